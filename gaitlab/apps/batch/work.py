"""Processing of one job of a batch: an up-to-date session, or the reason for its absence."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from gaitlab._version import __version__
from gaitlab.apps.batch.jobs import Job, column_of, fingerprint
from gaitlab.config import Settings, with_values
from gaitlab.core.errors import GaitlabError, OutputError
from gaitlab.core.pieces import sentences
from gaitlab.io.files import whole_file
from gaitlab.io.session.session import Session, open_session
from gaitlab.metrics.quality import grave_warnings
from gaitlab.pipeline.run import analyze

# Fingerprint of the inputs, stored with the session and compared by the next run.
_MARK = "batch.json"
# Names claimed by the batch before the analysis: a session of that name without a fingerprint is an unfinished one.
_CLAIMS = ".batch"
Status = Literal["done", "kept", "incomplete", "no gait", "not found", "failed"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """Outcome of a job.

    Attributes
    ----------
    job : Job
        the job.
    status : Status
        ``done`` now, ``kept`` from a previous run, ``incomplete`` if a video or page could not be made, ``no gait`` if
        nothing could be measured, ``not found`` if nothing of the movement that was named, or ``failed``.
    reason : str
        one line: why it failed, shows no gait or is too poor to rely on, or what could not be made.
    folder : Path | None
        folder of the session, if there is one.
    seconds : float
        processing time, s.
    """

    job: Job
    status: Status
    reason: str = ""
    folder: Path | None = None
    seconds: float = 0.0


def do_job(job: Job, *, directory: Path, settings: Settings) -> Outcome:
    """Analyse a video into ``directory/NAME``, unless a session of the same video and settings exists."""
    began = time.monotonic()
    known = known_already(job, directory=directory, settings=settings)
    if known is not None:
        return known
    folder = directory / job.name
    try:
        mark = fingerprint(job, settings.as_dict(), version=__version__)
        _claim(folder)
        own = {name: value for name, value in job.options.items() if "." in name}
        arguments = {name: value for name, value in job.options.items() if name not in own}
        session = analyze(**arguments, settings=with_values(settings, own), output=folder, force=True)
        _write_mark(folder, mark)
    except GaitlabError as error:
        return Outcome(job, "failed", error.worded(column_of), seconds=time.monotonic() - began)
    return _of_session(job, session, "done", time.monotonic() - began)


def known_already(job: Job, *, directory: Path, settings: Settings) -> Outcome | None:
    """Return the outcome if no analysis is needed, because the session exists or the job is invalid; else None."""
    if job.problem:
        return Outcome(job, "failed", job.problem)
    try:
        mark = fingerprint(job, settings.as_dict(), version=__version__)
    except GaitlabError as error:
        return Outcome(job, "failed", str(error))
    folder = directory / job.name
    return _of_session(job, open_session(folder), "kept", 0.0) if _mark_of(folder) == mark else None


def _of_session(job: Job, session: Session, status: Status, seconds: float) -> Outcome:
    if not any(session.info["quality"]["cycles_accepted"].values()):
        nothing: Status = "not found" if session.info.get("movement") else "no gait"
        return Outcome(job, nothing, "; ".join(session.warnings), session.folder, seconds)
    lost = sentences(session.info.get("not_made", {}))
    reason = "; ".join([*lost, *grave_warnings(session.info)])
    return Outcome(job, "incomplete" if lost else status, reason, session.folder, seconds)


def _mark_of(folder: Path) -> str | None:
    """Return the fingerprint of a complete session; None if it is missing, damaged, incomplete, or not from a batch."""
    try:
        content = json.loads((folder / _MARK).read_text(encoding="utf-8"))
        if open_session(folder).info.get("not_made"):
            return None  # try again: e.g. the disk may no longer be full
    except (GaitlabError, OSError, ValueError, RecursionError):
        return None
    return content.get("fingerprint") if isinstance(content, dict) else None


def _write_mark(folder: Path, mark: str) -> None:
    with whole_file(folder / _MARK, failure=f"cannot write into '{folder}'", advice="") as partial:
        partial.write_text(json.dumps({"fingerprint": mark}) + "\n", encoding="utf-8")


def _claim(folder: Path) -> None:
    """Claim the name; sessions that were not made by a batch are not replaced."""
    claim = folder.parent / _CLAIMS / folder.name
    if folder.exists() and not (folder / _MARK).exists() and not claim.exists():
        raise OutputError(f"'{folder}' was not made by a batch; move it away, or write elsewhere with -o")
    try:
        claim.parent.mkdir(parents=True, exist_ok=True)
        claim.touch()
    except OSError as error:
        raise OutputError(f"cannot write into '{folder.parent}': {error.strerror}") from error
