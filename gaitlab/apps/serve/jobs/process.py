"""Work in a process of its own, which tells how far it is, may ask, and ends when its server does."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import suppress
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any

from gaitlab.apps.batch.processes import ENDED, prepare_child
from gaitlab.core.errors import GaitlabError

_GRACE_S = 3.0
_TELL_EVERY_S = 0.2
# Pages are answered before frames are looked at.
_NICE = 10
# Work gets a `Line` and its arguments, and returns nothing.
Work = Callable[..., None]


class Line:
    """The worker's end of the line to its server: `tell`, `progress` and `ask`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._answers: list[Any] = []
        self._answered = threading.Condition()
        self._told_s = 0.0
        self._stage = ""
        threading.Thread(target=self._listen, name="gaitlab-line", daemon=True).start()

    def tell(self, kind: str, content: Any = None) -> None:
        """Send a message; kinds ``failed`` and ``progress`` are known to every work."""
        self._connection.send((kind, content))

    def progress(self, stage: str, done: int, total: int) -> None:
        """Say how far the work is, a few times a second."""
        now_s = time.monotonic()
        if stage == self._stage and now_s - self._told_s < _TELL_EVERY_S:
            return
        self._stage, self._told_s = stage, now_s
        self.tell("progress", (stage, done / max(total, 1)))

    def ask(self, question: Any) -> Any:
        """Ask the user, and wait for the answer."""
        self.tell("ask", question)
        with self._answered:
            self._answered.wait_for(lambda: bool(self._answers))
            return self._answers.pop(0)

    def _listen(self) -> None:
        try:
            while True:
                answer = self._connection.recv()
                with self._answered:
                    self._answers.append(answer)
                    self._answered.notify()
        except (EOFError, OSError):
            # The server is gone. What is at work cleans up behind itself, or is ended.
            threading.Timer(_GRACE_S, os._exit, (1,)).start()
            signal.raise_signal(signal.SIGTERM)


class Worker:
    """A process at work; iterate over its messages, which end with it.

    Parameters
    ----------
    work : Work
        called in the process with a `Line` and the arguments.
    arguments : Any
        whatever can be sent to another process.
    threads : int
        threads of OpenCV.
    """

    def __init__(self, work: Work, *arguments: Any, threads: int) -> None:
        context = get_context("spawn")
        self._line, theirs = context.Pipe()
        self._process = context.Process(target=_child, args=(theirs, work, arguments, threads), daemon=True)
        self._process.start()
        theirs.close()

    def __iter__(self) -> Iterator[tuple[str, Any]]:
        with suppress(EOFError, OSError):
            while True:
                yield self._line.recv()
        self._process.join()
        if code := self._process.exitcode:
            yield "failed", _ended(code)

    def answer(self, content: Any) -> None:
        """Answer what was asked."""
        with suppress(OSError):
            self._line.send(content)

    def end(self) -> None:
        """End the process, which cleans up behind itself if it does so in time."""
        self._process.terminate()
        self._process.join(_GRACE_S)
        if self._process.is_alive():
            self._process.kill()
            self._process.join()


def _ended(code: int) -> str:
    if code < 0:
        name = signal.Signals(-code).name
        memory = "; out of memory? a part of the film needs less" if name == "SIGKILL" else ""
        return f"its process was ended by {name}{memory}"
    return f"its process stopped with exit code {code}; the traceback is in the server's terminal"


def _child(connection: Connection, work: Work, arguments: tuple[Any, ...], threads: int) -> None:
    stopped = prepare_child(threads)
    if hasattr(os, "nice"):
        os.nice(_NICE)
    line = Line(connection)
    try:
        work(line, *arguments)
    except GaitlabError as error:
        from gaitlab.apps.serve.jobs.form import label_of

        line.tell("failed", error.worded(label_of))
    except MemoryError:
        line.tell("failed", "there is not enough memory for this; take a part of it with “From” and “Until”")
    except Exception as error:  # noqa: BLE001 - what nobody foresaw must not look like a result
        if stopped():  # of a library that was interrupted
            sys.exit(ENDED)
        traceback.print_exc()
        said = f"this is a bug of gaitlab, please report it: {type(error).__name__} ({str(error)[:200]})"
        line.tell("failed", said)
