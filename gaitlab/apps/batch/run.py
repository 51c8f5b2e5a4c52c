"""Running of a batch: jobs to processes or to a cluster, outcomes to one table and one page."""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from pathlib import Path

from gaitlab.apps.batch.jobs import Job
from gaitlab.apps.batch.processes import outcomes_of_processes
from gaitlab.apps.batch.results import write_index, write_results
from gaitlab.apps.batch.work import Outcome
from gaitlab.config import Settings
from gaitlab.core.errors import InputError, OutputError, argument

# progress(stage, done, total)
Progress = Callable[[str, int, int], None]


def run_batch(
    jobs: Sequence[Job],
    *,
    output: str | Path = "reports",
    settings: Settings | None = None,
    workers: int | None = None,
    scheduler: str | None = None,
    on_outcome: Callable[[Outcome], None] | None = None,
    progress: Progress | None = None,
) -> list[Outcome]:
    """Analyse many videos; existing unchanged sessions are kept, and a failure does not stop the others.

    Incomplete sessions are analysed again. Writes one session folder per video, ``results.csv`` (one row per metric and
    side of every video; one row with the reason for a video without any) and ``index.html`` into ``output``, the latter
    two also when interrupted.

    Parameters
    ----------
    jobs : Sequence[Job]
        the jobs.
    output : str | Path
        output folder.
    settings : Settings | None, optional
        settings of all analyses; by default the default settings.
    workers : int | None, optional
        number of parallel processes on this machine; None uses one per core.
    scheduler : str | None, optional
        address of a dask.distributed scheduler, used instead of local processes; its workers must have access to the
        same files under the same names.
    on_outcome : Callable[[Outcome], None] | None, optional
        called with each outcome when complete.
    progress : Progress | None, optional
        called as ``progress("videos", done, total)``.

    Returns
    -------
    list[Outcome]
        one outcome per job, in the order of the jobs.

    Raises
    ------
    InputError
        for no jobs, less than one worker, workers together with a scheduler, or an unreachable scheduler.
    OutputError
        if ``output`` cannot be written.
    """
    if not jobs:
        raise InputError("nothing to analyse: name videos, or a list of them with --list FILE.csv")
    if workers is not None and workers < 1:
        raise InputError(f"{argument('workers')} takes 1 or more, not {workers}")
    if workers is not None and scheduler is not None:
        raise InputError(
            f"{argument('workers')} is of this machine, but {argument('scheduler')} names a cluster, which has its "
            "own; leave one of them out"
        )
    directory = Path(output).absolute()
    _make(directory)
    found: dict[int, Outcome] = {}
    try:
        with closing(_outcomes(jobs, directory, settings or Settings(), workers, scheduler)) as coming:
            for number, outcome in coming:
                found[number] = outcome
                if on_outcome is not None:
                    on_outcome(outcome)
                if progress is not None:
                    progress("videos", len(found), len(jobs))
    finally:
        outcomes = [found[number] for number in sorted(found)]
        if outcomes:
            write_results(directory / "results.csv", outcomes)
            write_index(directory / "index.html", outcomes, total=len(jobs))
    return outcomes


def _outcomes(
    jobs: Sequence[Job], directory: Path, settings: Settings, workers: int | None, scheduler: str | None
) -> Generator[tuple[int, Outcome], None, None]:
    if scheduler is not None:
        from gaitlab.apps.batch.cluster import outcomes_of_cluster

        return outcomes_of_cluster(jobs, directory=directory, settings=settings, address=scheduler)
    return outcomes_of_processes(jobs, directory=directory, settings=settings, workers=workers or os.cpu_count() or 1)


def _make(directory: Path) -> None:
    try:
        directory.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"cannot make the folder '{directory}': {error.strerror}; choose another with -o") from error
