"""Jobs on a dask.distributed cluster, one task per job; tasks of a lost worker are rescheduled."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from gaitlab.apps.batch.jobs import Job
from gaitlab.apps.batch.work import Outcome, do_job
from gaitlab.config import Settings
from gaitlab.core.errors import InputError

_CONNECT_S = 20


def outcomes_of_cluster(
    jobs: Sequence[Job], *, directory: Path, settings: Settings, address: str
) -> Generator[tuple[int, Outcome], None, None]:
    """Yield the number of each job and its outcome when complete; closing the iterator cancels pending jobs.

    Raises
    ------
    InputError
        if dask.distributed is not installed, or the scheduler does not answer.
    """
    try:
        import distributed
    except ImportError as error:
        raise InputError("--scheduler needs dask.distributed: pip install 'gaitlab-run[cluster]'") from error
    library: Any = distributed  # the library is untyped
    try:
        client = library.Client(address, timeout=_CONNECT_S)
    except (OSError, ValueError) as error:
        raise InputError(f"no dask scheduler answers at '{address}': {error}; expected e.g. tcp://host:8786") from error
    with client:
        futures = {
            client.submit(do_job, _absolute(job), directory=directory, settings=settings, pure=False): number
            for number, job in enumerate(jobs)
        }
        try:
            for future in library.as_completed(futures):
                number = futures[future]
                yield number, _outcome(jobs[number], future)
        finally:
            client.cancel([future for future in futures if not future.done()])


def _outcome(job: Job, future: Any) -> Outcome:
    problem = future.exception()
    if problem is not None:
        return Outcome(job, "failed", f"{type(problem).__name__}: {problem}".splitlines()[0])
    outcome: Outcome = future.result()
    return outcome


def _absolute(job: Job) -> Job:
    """Return the job with absolute paths, because a worker may run in another folder."""
    full = {name: str(Path(job.options[name]).absolute()) for name in ("video", "keypoints") if job.options.get(name)}
    return replace(job, options={**job.options, **full})
