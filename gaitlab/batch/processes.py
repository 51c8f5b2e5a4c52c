"""Jobs on this machine: a process each, so many at a time; what kills one process costs only its own job."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Generator, Sequence
from contextlib import suppress
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from gaitlab.batch.jobs import Job
from gaitlab.batch.work import Outcome, do_job, known_already
from gaitlab.config import Settings


def outcomes_of_processes(
    jobs: Sequence[Job], *, directory: Path, settings: Settings, workers: int
) -> Generator[tuple[int, Outcome], None, None]:
    """Yield the number of each job and its outcome as they come; closing the iterator ends the processes.

    Args:
        workers: processes at once.
    """
    # spawn: a forked child inherits the locks of threads it does not have.
    context = get_context("spawn")
    threads = max((os.cpu_count() or 1) // workers, 1)
    waiting = list(enumerate(jobs))[::-1]
    running: dict[int, tuple[int, BaseProcess, Connection]] = {}
    try:
        while waiting or running:
            while waiting and len(running) < workers:
                number, job = waiting.pop()
                known = known_already(job, directory=directory, settings=settings)
                if known is not None:  # starting a process takes longer than looking
                    yield number, known
                    continue
                receiver, sender = context.Pipe(duplex=False)
                process = context.Process(target=_child, args=(sender, job, directory, settings, threads))
                process.start()
                sender.close()
                running[process.sentinel] = (number, process, receiver)
            ended = wait(list(running)) if running else []
            for sentinel in [known for known in running if known in ended]:
                number, ended_process, results = running.pop(sentinel)
                yield number, _outcome(jobs[number], ended_process, results)
    finally:
        for _, left, _ in running.values():
            left.terminate()
        for _, left, _ in running.values():
            left.join()


def _outcome(job: Job, process: BaseProcess, receiver: Connection) -> Outcome:
    process.join()
    with receiver, suppress(EOFError):  # it ended without a word
        outcome: Outcome = receiver.recv()
        return outcome
    code = process.exitcode or 0
    if code < 0:
        name = signal.Signals(-code).name
        memory = "; out of memory? fewer --workers need less" if name == "SIGKILL" else ""
        return Outcome(job, "failed", f"its process was ended by {name}{memory}")
    return Outcome(job, "failed", f"its process stopped with exit code {code}; the traceback is in the log")


def _child(sender: Connection, job: Job, directory: Path, settings: Settings, threads: int) -> None:
    # Ctrl-C reaches the whole group of processes; the parent ends its children itself, so that they can tidy up.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, _stop)
    import cv2

    cv2.setNumThreads(threads)
    sender.send(do_job(job, directory=directory, settings=settings))


def _stop(*_: Any) -> None:
    sys.exit(143)
