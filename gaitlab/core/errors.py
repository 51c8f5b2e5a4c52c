"""The errors a user may see: each says in one line what was expected, what was given and what to do next."""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Callable, Iterable

# Encloses an argument's name in a sentence; it occurs in no path and in no displayed value.
_MARK = "\0"


class GaitlabError(Exception):
    """An error the user can correct; the command line prints it as one line and exits with status 2.

    Arguments named through `argument` appear under their Python name; `worded` replaces it, e.g. by an option's name.
    """

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence.replace(_MARK, ""))
        self._sentence = sentence

    def worded(self, called: Callable[[str], str]) -> str:
        """Return the message with each argument name replaced by ``called(name)``, e.g. ``--start`` for ``start_s``."""
        return re.sub(f"{_MARK}([^{_MARK}]*){_MARK}", lambda name: called(name[1]), self._sentence)


def argument(name: str) -> str:
    """Return an argument's name marked for an error message, so that `GaitlabError.worded` can replace it."""
    return f"{_MARK}{name}{_MARK}"


class InputError(GaitlabError):
    """A file, folder or number that cannot be used as given."""


class NobodyError(InputError):
    """A film in which no person is found."""


class SettingsError(GaitlabError):
    """A setting that does not exist or does not accept the value given."""


class ModelError(GaitlabError):
    """A pose network that is missing, incomplete or unreadable."""


class OutputError(GaitlabError):
    """A location where the results cannot be written."""


def shown(value: object) -> str:
    """Return a short one-line description of any value for an error message."""
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


# Longer texts are truncated to this many characters.
_SHOWN = 60


def nearest(word: str, allowed: Iterable[str]) -> str:
    """Return `` (did you mean 'x'?)`` for the allowed word closest to ``word``, or an empty string."""
    close = difflib.get_close_matches(word, list(allowed), n=1, cutoff=0.5)
    return f" (did you mean '{close[0]}'?)" if close else ""


def one_of(kind: str, value: object, allowed: Iterable[str]) -> str:
    """Return the message for an unknown choice: the value, the closest allowed one and all allowed ones."""
    names = list(allowed)
    return f"unknown {kind} {shown(value)}{nearest(str(value)[:_SHOWN], names)}; known: {', '.join(names)}"
