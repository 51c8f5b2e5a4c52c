"""Jobs on this machine, one process each; a process that is killed affects only its own job."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager, suppress
from multiprocessing import get_context, resource_tracker
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from gaitlab.apps.batch.jobs import Job
from gaitlab.apps.batch.work import Outcome, do_job, known_already
from gaitlab.config import Settings
from gaitlab.io.session.folder import clear_remains

# Signals that end a batch; Windows cannot block them.
_ENDING = {signal.SIGINT, signal.SIGTERM, signal.SIGHUP} if hasattr(signal, "pthread_sigmask") else set()
_GRACE_S = 1.0
ENDED = 128 + signal.SIGTERM  # exit code of a process that its parent has ended


def outcomes_of_processes(
    jobs: Sequence[Job], *, directory: Path, settings: Settings, workers: int
) -> Generator[tuple[int, Outcome], None, None]:
    """Yield the number of each job and its outcome when complete; closing the iterator ends the processes.

    Parameters
    ----------
    jobs : Sequence[Job]
        the jobs.
    directory : Path
        output folder of the batch.
    settings : Settings
        settings of all analyses.
    workers : int
        number of parallel processes.
    """
    # spawn, because a forked child inherits locks of threads that it does not have.
    context = get_context("spawn")
    threads = max((os.cpu_count() or 1) // workers, 1)
    waiting = list(enumerate(jobs))[::-1]
    running: dict[int, tuple[int, BaseProcess, Connection]] = {}
    try:
        while waiting or running:
            while waiting and len(running) < workers:
                number, job = waiting.pop()
                known = known_already(job, directory=directory, settings=settings)
                if known is not None:  # starting a process takes longer than this check
                    yield number, known
                    continue
                receiver, sender = context.Pipe(duplex=False)
                process = context.Process(target=_child, args=(sender, job, directory, settings, threads))
                with _signals_waiting():
                    process.start()
                    running[process.sentinel] = (number, process, receiver)
                sender.close()
            ended = wait(list(running)) if running else []
            for sentinel in [known for known in running if known in ended]:
                number, ended_process, results = running.pop(sentinel)
                yield number, _outcome(jobs[number], ended_process, results)
    finally:
        _end([process for _, process, _ in running.values()], directory)


@contextmanager
def _signals_waiting() -> Iterator[None]:
    """Block signals, because one between the start of a process and its registration would leave it running.

    The process starts with blocked signals: Ctrl-C, which reaches the whole group, must not print import tracebacks.
    """
    heard = [number for number in _ENDING if signal.getsignal(number) not in (signal.SIG_IGN, None)]
    if not heard or threading.current_thread() is not threading.main_thread():
        yield
        return
    resource_tracker.ensure_running()  # otherwise the first process start does so and unblocks the signals
    came: list[int] = []
    # Blocking is not sufficient: it applies to this thread only, and libraries have others.
    before = {number: signal.signal(number, lambda number, _: came.append(number)) for number in heard}
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, _ENDING)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        for number, handler in before.items():
            signal.signal(number, handler)
        for late in came:
            signal.raise_signal(late)


def _end(processes: Sequence[BaseProcess], directory: Path) -> None:
    """End processes and clean up for those that do not do so themselves in time."""
    for process in processes:
        process.terminate()
    last_s = time.monotonic() + _GRACE_S
    for process in processes:
        process.join(max(last_s - time.monotonic(), 0.0))
    for process in processes:
        if process.is_alive():
            process.kill()
            process.join()
    if processes:
        clear_remains(directory)


def _outcome(job: Job, process: BaseProcess, receiver: Connection) -> Outcome:
    process.join()
    with receiver, suppress(EOFError):  # it ended without a result
        outcome: Outcome = receiver.recv()
        return outcome
    code = process.exitcode or 0
    if code < 0:
        name = signal.Signals(-code).name
        memory = "; out of memory? fewer --workers need less" if name == "SIGKILL" else ""
        return Outcome(job, "failed", f"its process was ended by {name}{memory}")
    return Outcome(job, "failed", f"its process stopped with exit code {code}; the traceback is in the log")


def prepare_child(threads: int) -> Callable[[], bool]:
    """Let this process be ended by its parent alone, and unwind what is at work; return whether that has begun.

    Parameters
    ----------
    threads : int
        threads of OpenCV in it.
    """
    # Ctrl-C reaches the whole process group; the parent ends its children itself, so that they can clean up.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    ended = False

    def stop(*_: Any) -> None:
        nonlocal ended
        ended = True
        sys.exit(ENDED)

    signal.signal(signal.SIGTERM, stop)
    if _ENDING:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _ENDING)
    import cv2

    cv2.setNumThreads(threads)
    return lambda: ended


def _child(sender: Connection, job: Job, directory: Path, settings: Settings, threads: int) -> None:
    stopped = prepare_child(threads)
    try:
        sender.send(do_job(job, directory=directory, settings=settings))
    except Exception:
        if stopped():  # an exception of a library that was interrupted
            sys.exit(ENDED)
        raise
