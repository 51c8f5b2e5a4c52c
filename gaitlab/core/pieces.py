"""Optional outputs (stills, videos, charts, page), made one by one: a failure affects one output and is reported.

The numbers are written first. An error while making an optional output, even a bug, becomes a warning and does not
abort the session; Ctrl-C still does.
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
    """Record of the optional outputs of a session that could not be made.

    Parameters
    ----------
    lost : Mapping[str, str] | None, optional
        outputs already known to be missing.

    Attributes
    ----------
    lost : dict[str, str]
        user-facing name of an output to the reason why it could not be made.
    """

    def __init__(self, lost: Mapping[str, str] | None = None) -> None:
        self.lost: dict[str, str] = dict(lost or {})

    @contextmanager
    def attempt(self, *names: str) -> Iterator[None]:
        """Run the block that makes the named outputs; an exception ends the block and is recorded."""
        try:
            yield
        except Exception as error:  # noqa: BLE001 - the one place that catches everything: logged and reported
            _log.debug("%s could not be made", " and ".join(names), exc_info=error)
            for name in names:
                self.lost.setdefault(name, _cause(error))

    def add(self, others: Pieces, *, of: str) -> None:
        """Add the missing outputs of another recording, e.g. ``the rear clip``."""
        self.lost |= {f"{name} of {of}": cause for name, cause in others.lost.items()}

    def made(self, name: str) -> bool:
        """Whether an output has not failed so far."""
        return name not in self.lost


def told(info: Mapping[str, Any], lost: Mapping[str, str]) -> dict[str, Any]:
    """Return the content of session.json with the missing outputs listed under ``not_made`` and among its warnings.

    Parameters
    ----------
    info : Mapping[str, Any]
        the content so far; earlier entries about missing outputs are replaced.
    lost : Mapping[str, str]
        name of an output to the reason, see `Pieces`.

    Returns
    -------
    dict[str, Any]
        a copy of ``info`` with ``warnings`` and ``not_made`` updated.
    """
    before = sentences(info.get("not_made", {}))
    warnings = [warning for warning in info["warnings"] if warning not in before]
    return {**info, "warnings": [*warnings, *sentences(lost)], "not_made": dict(lost)}


def sentences(lost: Mapping[str, str]) -> list[str]:
    """Return one sentence per cause, so that a full disk is reported once for all outputs it affects."""
    names: dict[str, list[str]] = {}
    for name, cause in lost.items():
        names.setdefault(cause, []).append(name)
    return [
        f"{_and(several)} could not be made ({cause}); what was measured is kept" for cause, several in names.items()
    ]


def _and(names: list[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def _cause(error: Exception) -> str:
    """Return a short reason; of an operating system error only its message, because its path is temporary."""
    for reason in (error, error.__cause__):
        if isinstance(reason, OSError) and (reason.errno is not None or reason.strerror):
            return (reason.strerror or os.strerror(reason.errno or 0)).lower()
    if isinstance(error, MemoryError):
        return "not enough memory"
    if isinstance(error, GaitlabError):
        return str(error)
    return f"a fault in gaitlab, {type(error).__name__}: {error}".split("\n")[0]
