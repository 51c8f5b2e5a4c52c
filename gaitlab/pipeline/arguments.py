"""Validation of arguments, with one function per type.

Errors are one line and name the argument as Python or the command line spells it (`gaitlab.core.errors.argument`).
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from numbers import Integral

from gaitlab.core import units
from gaitlab.core.errors import InputError, argument, one_of, shown

# Takes an argument's name and its value, and raises InputError where they do not go together.
Check = Callable[[str, object], None]


def check(values: Mapping[str, object], checks: Mapping[str, Check], *, needed: Iterable[str] = ()) -> None:
    """Check arguments and report the first invalid one.

    Parameters
    ----------
    values : Mapping[str, object]
        name to what was given; names without a check are passed over.
    checks : Mapping[str, Check]
        name to check.
    needed : Iterable[str], optional
        names that may not be None, which otherwise is an argument that was not given.

    Raises
    ------
    InputError
        says which argument, what was expected and what came.
    """
    for name, value in values.items():
        if name in checks and (value is not None or name in needed):
            checks[name](name, value)


def check_span(start_s: float | None, end_s: float | None) -> None:
    """Raise InputError if a part of a recording ends before it begins; None is its beginning or end, s."""
    if start_s is not None and end_s is not None and start_s >= end_s:
        raise InputError(f"{argument('start_s')} ({start_s:g} s) must come before {argument('end_s')} ({end_s:g} s)")


def quantity(kind: units.Quantity) -> Check:
    """Return the check of a number in SI units."""
    return lambda name, value: units.check(name, value, kind)


def whole(low: int, high: int) -> Check:
    """Return the check of a whole number."""

    def check_whole(name: str, value: object) -> None:
        if isinstance(value, bool) or not isinstance(value, Integral) or not low <= int(value) <= high:
            raise InputError(f"{argument(name)} must be a whole number from {low} to {high}, not {shown(value)}")

    return check_whole


def choice(allowed: Iterable[str]) -> Check:
    """Return the check of one word out of some."""
    words = tuple(allowed)

    def check_choice(name: str, value: object) -> None:
        if not isinstance(value, str) or value not in words:
            raise InputError(one_of(name.replace("_", " "), value, words))

    return check_choice


def text(name: str, value: object) -> None:
    """Check a text."""
    if not isinstance(value, str):
        raise InputError(f"{argument(name)} must be a text, not {shown(value)}")


def truth(name: str, value: object) -> None:
    """Check a boolean."""
    if not isinstance(value, bool):
        raise InputError(f"{argument(name)} must be True or False, not {shown(value)}")


def path(name: str, value: object) -> None:
    """Check the path of a file or folder: one that a file system takes, whether it is there or not."""
    if not isinstance(value, str | os.PathLike):
        raise InputError(f"{argument(name)} must be the path of a file, not {shown(value)}")
    if not str(value):
        raise InputError(f"{argument(name)} is empty; expected the path of a file")
    try:
        os.stat(value)
    except (FileNotFoundError, NotADirectoryError):
        return  # whoever opens it says so
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise InputError(f"{argument(name)} {shown(str(value))} is no path that can be used: {why}") from error
