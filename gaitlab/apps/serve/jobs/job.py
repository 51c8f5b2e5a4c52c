"""One film on its way to a session, and its folder on disk."""

from __future__ import annotations

import json
import logging
import re
import secrets
import shutil
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import Any, Literal, get_args

from gaitlab.io.files import whole_file

_log = logging.getLogger("gaitlab")

# looking: what is in the film; draft: waits for its form; asking: waits for an answer in the middle of its analysis.
State = Literal["looking", "draft", "queued", "running", "asking", "done", "failed", "cancelled"]
ACTIVE: frozenset[State] = frozenset(("looking", "queued", "running", "asking"))
_ID = re.compile(r"[0-9a-f]{16}")


@dataclass(frozen=True, slots=True)
class Job:
    """One film.

    Attributes
    ----------
    id : str
        16 hexadecimal digits; also the name of its folder.
    name : str
        name of the film where it came from; it is shown, and never a path.
    size : int
        bytes of the film.
    state : State
        where it is on its way.
    order : float
        place in the queue: the time it was added or queued, s.
    fields : dict[str, str]
        the form, as typed.
    look : dict[str, Any]
        what was seen in the film, see `gaitlab.apps.serve.jobs.look`.
    message : str
        one line: why it failed, or what could not be measured.
    session : str
        name of its session in the folder of sessions, once the analysis has begun.
    question : dict[str, Any]
        what is asked while ``asking``.
    """

    id: str
    name: str
    size: int
    state: State = "looking"
    order: float = 0.0
    fields: dict[str, str] = field(default_factory=dict)
    look: dict[str, Any] = field(default_factory=dict)
    message: str = ""
    session: str = ""
    question: dict[str, Any] = field(default_factory=dict)


class JobFolder:
    """The folders of all jobs; what is in them survives the server.

    Parameters
    ----------
    root : Path
        where they lie.
    """

    def __init__(self, root: Path) -> None:
        self.root = root

    def new(self) -> str:
        """Make a folder for a film that is about to come, and return its id."""
        made = secrets.token_hex(8)
        self.folder(made).mkdir(parents=True)
        return made

    def folder(self, job: str) -> Path:
        """Return the folder of a job."""
        if not _ID.fullmatch(job):
            raise ValueError(f"no id of a job: {job!r}")
        return self.root / job

    def film(self, job: str) -> Path:
        """Return the path of a job's film, whatever the film was called."""
        return self.folder(job) / "film"

    def write(self, job: Job) -> None:
        """Write a job, whole or not at all."""
        with whole_file(self.folder(job.id) / "job.json", advice="is the disk full?") as partial:
            partial.write_text(json.dumps(asdict(job), ensure_ascii=True), encoding="utf-8")

    def remove(self, job: str) -> None:
        """Remove a job with its film."""
        shutil.rmtree(self.folder(job), ignore_errors=True)

    def forget_pictures(self, job: str) -> None:
        """Delete the film of a job and all pictures of it."""
        for path in self.folder(job).iterdir():
            if path.name != "job.json":
                path.unlink(missing_ok=True)

    def found(self) -> Iterator[Job]:
        """Yield the jobs of an earlier server in order; uploads that were cut off are removed."""
        jobs = []
        for folder in sorted(self.root.iterdir()) if self.root.is_dir() else ():
            if not _ID.fullmatch(folder.name):
                continue
            job = _read(folder)
            if job is None:
                shutil.rmtree(folder, ignore_errors=True)
            else:
                jobs.append(job)
        yield from sorted(jobs, key=lambda job: job.order)


def _read(folder: Path) -> Job | None:
    try:
        content = json.loads((folder / "job.json").read_text(encoding="utf-8"))
        known = {one.name for one in fields(Job)}
        job = Job(**{name: value for name, value in content.items() if name in known})
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError, AttributeError) as error:
        _log.warning("the job in '%s' cannot be read and is left out: %s", folder, error)
        return None
    return job if job.id == folder.name and job.state in get_args(State) else None


def interrupted(job: Job) -> Job:
    """Return a job as a new server goes on with it: what was at work begins again."""
    if job.state in ("running", "asking"):
        return replace(job, state="queued", question={})
    return job


def now_s() -> float:
    """Return the present as a place in the queue, s."""
    return time.time()
