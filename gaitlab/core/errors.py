"""The family of errors a user may meet: each says what was expected, what came and what to do next, in one line."""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Callable, Iterable

# Stands on both sides of an argument's name in a sentence; no path and no shown value has one.
_MARK = "\0"


class GaitlabError(Exception):
    """Something the user can mend; the command line prints it as one line and exits with 2.

    An argument that the sentence names by `argument` is called as Python calls it, but see `worded`.
    """

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence.replace(_MARK, ""))
        self._sentence = sentence

    def worded(self, called: Callable[[str], str]) -> str:
        """Return the sentence with each argument as others call it, say ``--start`` for ``start_s``."""
        return re.sub(f"{_MARK}([^{_MARK}]*){_MARK}", lambda name: called(name[1]), self._sentence)


def argument(name: str) -> str:
    """Return an argument's name for the sentence of an error, which each place can give its own."""
    return f"{_MARK}{name}{_MARK}"


class InputError(GaitlabError):
    """A file, folder or number that cannot be used as given."""


class SettingsError(GaitlabError):
    """A setting that does not exist or does not take the value given."""


class ModelError(GaitlabError):
    """A pose network that is not there, not whole or not readable."""


class OutputError(GaitlabError):
    """A place where the results cannot be written."""


def shown(value: object) -> str:
    """Return a value as an error shows it: short, in one line, whatever it is."""
    match value:
        case None:
            return "nothing"
        case bool():
            return str(value).lower()
        case int() if value.bit_length() > 64:
            return f"a number of about {math.ceil(value.bit_length() * math.log10(2))} digits"
        case int() | float():
            return str(value)
        case str():
            return repr(value) if len(value) <= _SHOWN else f"{value[:_SHOWN]!r}… ({len(value)} characters)"
        case list() | tuple():
            return f"a list of {len(value)}"
        case dict():
            return "a table"
    return f"a {type(value).__name__}"


# So many characters of a text are shown.
_SHOWN = 60


def nearest(word: str, allowed: Iterable[str]) -> str:
    """Return `` (did you mean 'x'?)`` for the allowed word most like ``word``, or an empty string."""
    close = difflib.get_close_matches(word, list(allowed), n=1, cutoff=0.5)
    return f" (did you mean '{close[0]}'?)" if close else ""


def one_of(kind: str, value: object, allowed: Iterable[str]) -> str:
    """Return the sentence that names a wrong choice, the nearest right one and all that are allowed."""
    names = list(allowed)
    return f"unknown {kind} {shown(value)}{nearest(str(value)[:_SHOWN], names)}; known: {', '.join(names)}"
