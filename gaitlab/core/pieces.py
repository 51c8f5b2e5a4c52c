"""What is made of the numbers, piece by piece: whatever goes wrong in one costs that one only, and is told.

The numbers are written before any piece is begun. So a fault in a still, a video, a chart or the page, a bug too, is
a sentence among the warnings, not the end of the session; Ctrl-C is neither.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from gaitlab.core.errors import GaitlabError

_log = logging.getLogger("gaitlab")


class Pieces:
    """Keeps account of the pieces of a session that could not be made.

    Parameters
    ----------
    lost : Mapping[str, str] | None, optional
        what is known to be lost already.

    Attributes
    ----------
    lost : Mapping[str, str] | None, optional
        name of a piece, as a reader knows it -> why it could not be made.
    """

    def __init__(self, lost: Mapping[str, str] | None = None) -> None:
        self.lost: dict[str, str] = dict(lost or {})

    @contextmanager
    def attempt(self, *names: str) -> Iterator[None]:
        """Make the pieces of these names in the block: what goes wrong in it ends the block and is noted."""
        try:
            yield
        except Exception as error:  # noqa: BLE001 - the one place where anything is caught: it is logged, and told
            _log.debug("%s could not be made", " and ".join(names), exc_info=error)
            for name in names:
                self.lost.setdefault(name, _cause(error))

    def add(self, others: Pieces, *, of: str) -> None:
        """Take over what is lost of something else, say ``the rear clip``."""
        self.lost |= {f"{name} of {of}": cause for name, cause in others.lost.items()}

    def made(self, name: str) -> bool:
        """Whether nothing went wrong with a piece so far."""
        return name not in self.lost


def told(info: Mapping[str, Any], lost: Mapping[str, str]) -> dict[str, Any]:
    """Return the content of session.json with what is lost in it and among its warnings.

    Parameters
    ----------
    info : Mapping[str, Any]
        the content so far; what it says of pieces lost before is replaced.
    lost : Mapping[str, str]
        see `Pieces`.
    """
    before = sentences(info.get("not_made", {}))
    warnings = [warning for warning in info["warnings"] if warning not in before]
    return {**info, "warnings": [*warnings, *sentences(lost)], "not_made": dict(lost)}


def sentences(lost: Mapping[str, str]) -> list[str]:
    """Return a sentence a cause: a full disk is one fault, however many pieces it costs."""
    names: dict[str, list[str]] = {}
    for name, cause in lost.items():
        names.setdefault(cause, []).append(name)
    return [
        f"{_and(several)} could not be made ({cause}); what was measured is kept" for cause, several in names.items()
    ]


def _and(names: list[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def _cause(error: Exception) -> str:
    """Return why, in a few words; of an error of the system only what the system said, for its path is temporary."""
    for reason in (error, error.__cause__):
        if isinstance(reason, OSError) and (reason.errno is not None or reason.strerror):
            return (reason.strerror or os.strerror(reason.errno or 0)).lower()
    if isinstance(error, MemoryError):
        return "not enough memory"
    if isinstance(error, GaitlabError):
        return str(error)
    return f"a fault in gaitlab, {type(error).__name__}: {error}".split("\n")[0]
