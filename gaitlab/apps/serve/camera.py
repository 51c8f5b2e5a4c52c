"""A camera of this machine: shown with the skeleton, and recorded for an analysis, in a process of its own."""

from __future__ import annotations

import os
import re
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gaitlab.apps.serve.jobs.process import Line, Worker
from gaitlab.apps.serve.jobs.queue import Queue
from gaitlab.core.errors import InputError

RECORDED_S = 20.0
_LINES = 540
_SHOW_EVERY_S = 0.07
# A page that asks for no picture for so long is closed.
_UNSEEN_S = 8.0
_WAIT_S = 1.0
_PROBED = 3  # cameras that are offered where a system does not list them


def cameras(only: int | Path | None) -> list[int | Path]:
    """Return the cameras that may be chosen."""
    if only is not None:
        return [only]
    if sys.platform.startswith("linux"):
        names = [re.fullmatch(r"video(\d+)", path.name) for path in Path("/dev").glob("video*")]
        return sorted(int(found[1]) for found in names if found)
    return list(range(_PROBED))


def watch(line: Line, source: int | Path, model: str | None, record: Path | None, seconds: float | None) -> None:
    """Tell pictures with the skeleton drawn as ``picture``, and record them undrawn if asked to.

    Raises
    ------
    InputError
        if the camera cannot be opened.
    """
    from gaitlab.apps.live import run_live
    from gaitlab.apps.serve.jobs.look import encoded
    from gaitlab.pose.networks.estimator import load_estimator

    shown_s = -_SHOW_EVERY_S

    def show(image: Any) -> bool:
        nonlocal shown_s
        if time.monotonic() - shown_s >= _SHOW_EVERY_S:
            shown_s = time.monotonic()
            line.tell("picture", encoded(image, most_lines=_LINES))
        return True

    run_live(source, load_estimator(model), show, record=record, seconds=seconds)
    line.tell("ended")


@dataclass(slots=True)
class _Take:
    """One preview or recording: its process, and the job that a recording becomes."""

    worker: Worker
    job: str = ""
    began_s: float = 0.0
    stopped: bool = False


class Camera:
    """The camera of a server; one at a time. All methods may be called from any thread.

    Parameters
    ----------
    queue : Queue
        where recordings go.
    model : str | None
        the pose network.
    """

    def __init__(self, queue: Queue, *, model: str | None) -> None:
        self._queue = queue
        self._model = model
        self._news = threading.Condition()
        self._take: _Take | None = None
        self._picture, self._number = b"", 0
        self._asked_s = 0.0
        self.message = ""

    def show(self, source: int | Path) -> None:
        """Show a camera."""
        self._begin(source, job="", record=None, seconds=None)

    def record(self, source: int | Path, *, seconds: float = RECORDED_S) -> str:
        """Record a camera, and return the id that the film will have in the queue."""
        job = self._queue.folder.new()
        self._begin(source, job=job, record=self._queue.folder.folder(job) / "film.mp4", seconds=seconds)
        return job

    def stop(self) -> None:
        """End what is shown; what was being recorded is dropped."""
        with self._news:
            take, self._take = self._take, None
            self._picture = b""
            if take is not None:
                take.stopped = True
        if take is not None:
            take.worker.end()
            if take.job:
                self._queue.folder.remove(take.job)

    def status(self) -> dict[str, Any]:
        """Return whether it is ``off``, ``shown`` or ``recorded``, seconds recorded so far, and what went wrong."""
        with self._news:
            take = self._take
            state = "off" if take is None else "recorded" if take.job else "shown"
            done_s = time.monotonic() - take.began_s if take is not None and take.job and take.began_s else 0.0
            return {"state": state, "done_s": round(min(done_s, RECORDED_S), 1), "message": self.message}

    def picture(self, after: int) -> tuple[int, bytes]:
        """Wait a moment for a picture later than a number, and return its number and JPEG; empty if none came."""
        with self._news:
            self._asked_s = time.monotonic()
            self._news.wait_for(lambda: self._number > after and bool(self._picture), _WAIT_S)
            return (self._number, self._picture) if self._number > after else (after, b"")

    def _begin(self, source: int | Path, *, job: str, record: Path | None, seconds: float | None) -> None:
        self.stop()
        cores = os.cpu_count() or 1
        worker = Worker(watch, source, self._model, record, seconds, threads=max(cores - 1, 1))
        with self._news:
            self._take = _Take(worker, job)
            self._asked_s, self.message = time.monotonic(), ""
            take = self._take
        threading.Thread(target=self._follow, args=(take,), name="gaitlab-camera", daemon=True).start()

    def _follow(self, take: _Take) -> None:
        failed = ""
        for kind, content in take.worker:
            with self._news:
                if kind == "failed":
                    failed = failed or str(content)
                if kind == "picture" and not take.stopped:
                    take.began_s = take.began_s or time.monotonic()
                    self._picture, self._number = content, self._number + 1
                    self._news.notify_all()
                unseen = not take.job and time.monotonic() - self._asked_s > _UNSEEN_S
            if unseen and not take.stopped:
                self.stop()
        with self._news:
            if take.stopped:
                return
            self._take = None
            self.message = failed
        if take.job:
            self._hand_over(take.job, failed)

    def _hand_over(self, job: str, failed: str) -> None:
        """Put a recording into the queue, or drop what failed."""
        folders = self._queue.folder
        recorded = folders.folder(job) / "film.mp4"
        if failed or not recorded.is_file():
            folders.remove(job)
            self.message = failed or "nothing was recorded"
            return
        os.replace(recorded, folders.film(job))
        name = time.strftime("camera %Y-%m-%d %H.%M.%S.mp4")
        self._queue.add(job, name=name, size=folders.film(job).stat().st_size)


def chosen(number: Any, known: list[int | Path]) -> int | Path:
    """Return one of the cameras by its place in the list; InputError if there is none."""
    if not isinstance(number, int) or not 0 <= number < len(known):
        raise InputError("there is no such camera; load the page again")
    return known[number]
