"""Names and arguments that will go: they work for one more minor version, and say what stands in their place."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")


def renamed_argument(old: str, new: str, *, gone_in: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Let a function still take a keyword argument under its former name, with a warning.

    Parameters
    ----------
    old, new : str
        the former and the present name of the argument.
    gone_in : str
        the version in which the former name stops working, e.g. ``0.4.0``.

    Returns
    -------
    Callable[[Callable[P, R]], Callable[P, R]]
        a decorator. The decorated function raises ``TypeError`` where both names are given.
    """

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        @wraps(function)
        def call(*args: P.args, **kwargs: P.kwargs) -> R:
            if old in kwargs:
                if new in kwargs:
                    raise TypeError(f"{function.__name__}() got both '{new}' and its former name '{old}'")
                _warn(f"the argument '{old}' of {function.__name__}() is called '{new}' now", gone_in)
                kwargs[new] = kwargs.pop(old)
            return function(*args, **kwargs)

        return call

    return decorate


def renamed_function(old: str, function: Callable[P, R], *, gone_in: str) -> Callable[P, R]:
    """Return a function under its former name: it does the same, with a warning.

    Parameters
    ----------
    old : str
        the former name.
    function : Callable[P, R]
        what it is called now.
    gone_in : str
        the version in which the former name stops working.
    """

    @wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        _warn(f"{old}() is called {function.__name__}() now", gone_in)
        return function(*args, **kwargs)

    call.__name__ = old
    return call


def _warn(what: str, gone_in: str) -> None:
    # The caller of the function: past this one and the wrapper.
    warnings.warn(f"{what}; the former name goes in gaitlab {gone_in}", DeprecationWarning, stacklevel=3)
