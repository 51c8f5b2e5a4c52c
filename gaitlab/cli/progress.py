"""Progress while one waits: one bar with the time left on a terminal, a line now and then in a log."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TextIO

_LINE_EVERY_S = 5.0
# Before so much time has passed, or so little is done, nothing can be said of the time left.
_KNOWN_AFTER_S, _KNOWN_SHARE = 1.0, 0.02


class Progress:
    """Call it as ``progress(what, done, total)``; use it as a context manager.

    All calls belong to one bar; one that begins anew (a next file) does so when less is done than before.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._bars: Any = None
        self._bar: Any = None
        self._done = self._total = 0
        self._began_s = self._last_line_s = time.monotonic()

    def __enter__(self) -> Progress:
        if self._stream.isatty():
            from rich.console import Console
            from rich.progress import BarColumn, TaskProgressColumn, TextColumn
            from rich.progress import Progress as Bars

            self._bars = Bars(
                TextColumn("{task.description:>20}"), BarColumn(), TaskProgressColumn(),
                TextColumn("{task.fields[left]}"), console=Console(file=self._stream), transient=True,
            )  # fmt: skip
            self._bar = self._bars.add_task("starting", total=None, left="")
            self._bars.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._bars is not None:
            self._bars.stop()

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Take the bar off the terminal while something is asked there."""
        if self._bars is not None:
            self._bars.stop()
        yield
        if self._bars is not None:
            self._bars.start()

    def __call__(self, what: str, done: int, total: int) -> None:
        """Say that ``done`` of ``total`` are done, and what is being done now."""
        now_s = time.monotonic()
        if done < self._done or total != self._total:
            self._began_s = now_s
        self._done, self._total = done, total
        left = self._left(now_s - self._began_s)
        if self._bars is not None:
            # What is done in one go has no share to show.
            self._bars.update(
                self._bar, description=what, completed=done, total=total if total > 1 else None, left=left
            )
        elif now_s - self._last_line_s >= _LINE_EVERY_S and done < total:
            self._last_line_s = now_s
            told = f"{what}: {100 * done // total} %" if done else what
            print(f"{told}, {left}" if left else told, file=self._stream, flush=True)

    def _left(self, passed_s: float) -> str:
        """Return the time left in words, "" while it is unknown."""
        if passed_s < _KNOWN_AFTER_S or self._done < _KNOWN_SHARE * self._total or not self._done:
            return ""
        left_s = passed_s / self._done * (self._total - self._done)
        if left_s < 90:
            return f"about {left_s:.0f} s left"
        return f"about {left_s / 60:.0f} min left"
