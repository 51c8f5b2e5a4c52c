"""Progress while one waits: a bar with the time left on a terminal, a line now and then in a log."""

from __future__ import annotations

import time
from typing import Any, TextIO

_LINE_EVERY_S = 5.0


class Progress:
    """Call it as ``progress(stage, done, total)``; use it as a context manager."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._bars: Any = None
        self._tasks: dict[str, Any] = {}
        self._started: dict[str, float] = {}
        self._last_line = time.monotonic()

    def __enter__(self) -> Progress:
        if self._stream.isatty():
            from rich.console import Console
            from rich.progress import BarColumn, TaskProgressColumn, TextColumn, TimeRemainingColumn
            from rich.progress import Progress as Bars

            self._bars = Bars(
                TextColumn("{task.description:>20}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn(),
                console=Console(file=self._stream), transient=True,
            )  # fmt: skip
            self._bars.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._bars is not None:
            self._bars.stop()

    def __call__(self, stage: str, done: int, total: int) -> None:
        """Say that ``done`` of ``total`` frames of a stage are done; whatever came before it is over."""
        if self._bars is not None:
            if stage not in self._tasks:
                for task in self._bars.tasks:
                    self._bars.update(task.id, completed=task.total)
                # A stage that is done in one go has no share and no time left to show.
                self._tasks[stage] = self._bars.add_task(stage, total=total if total > 1 else None)
            self._bars.update(self._tasks[stage], completed=done)
            return
        now = time.monotonic()
        if stage not in self._started and done == 0 and now - self._last_line >= _LINE_EVERY_S:
            self._last_line = now
            print(stage, file=self._stream, flush=True)
        started = self._started.setdefault(stage, now)
        if now - self._last_line >= _LINE_EVERY_S and 0 < done < total and now > started:
            self._last_line = now
            left_s = (now - started) / done * (total - done)
            print(f"{stage}: {100 * done // total} %, about {left_s:.0f} s left", file=self._stream, flush=True)
