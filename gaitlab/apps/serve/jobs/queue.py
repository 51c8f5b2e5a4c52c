"""The queue: films are looked at and analysed one after the other, and every step is on disk before it begins."""

from __future__ import annotations

import math
import os
import re
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from gaitlab.apps.serve.jobs.form import read_form
from gaitlab.apps.serve.jobs.job import ACTIVE, Job, JobFolder, State, interrupted, now_s
from gaitlab.apps.serve.jobs.look import look
from gaitlab.apps.serve.jobs.process import Work, Worker
from gaitlab.apps.serve.jobs.work import analyse
from gaitlab.core.errors import InputError, OutputError
from gaitlab.core.text import folder_name
from gaitlab.io.session.folder import clear_remains

# So long somebody may take for an answer; then the analysis goes on without.
_PATIENCE_S = 1800.0
DOTS = "dots.json"
# Before so much time has passed, or so little is done, nothing can be said of the time left.
_KNOWN_AFTER_S, _KNOWN_SHARE = 2.0, 0.02
_WAITS = "waiting for its turn"
# What may be done with a job in which state.
_MAY: Mapping[str, frozenset[State]] = {
    "start": frozenset(("draft",)),
    "answer": frozenset(("asking",)),
    "cancel": frozenset(("queued", "running", "asking")),
    "retry": frozenset(("failed", "cancelled")),
    "change": frozenset(("failed", "cancelled", "done")),
    "remove": frozenset(("draft", "done", "failed", "cancelled", "looking")),
}


@dataclass(slots=True)
class _Present:
    """What is known of a job at work, and not worth keeping."""

    worker: Worker | None = None
    stage: str = ""
    share: float = 0.0
    began_s: float = 0.0
    stopped: bool = False
    answer: Any = None
    answered: threading.Event | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a job is: its stage, the share of the time that has passed, 0 to 1, and the time left, s, if known."""

    stage: str = ""
    share: float = 0.0
    left_s: float | None = None


def _progress(present: _Present | None) -> Progress:
    if present is None:
        return Progress()
    passed_s, share = now_s() - present.began_s, present.share
    known = passed_s > _KNOWN_AFTER_S and share > _KNOWN_SHARE
    return Progress(present.stage, share, passed_s / share * (1 - share) if known else None)


class Queue:
    """The jobs of a server; all methods may be called from any thread.

    Parameters
    ----------
    folder : Path
        where the jobs are kept.
    sessions : Path
        the folder of sessions.
    workers : int
        analyses at a time.
    model : str | None
        the pose network.
    profile : Path | None
        the file of a shop whose brand heads every report.
    on_session : Callable[[], None]
        called after a session was written.
    """

    def __init__(
        self,
        folder: Path,
        *,
        sessions: Path,
        workers: int,
        model: str | None,
        on_session: Callable[[], None],
        profile: Path | None = None,
    ) -> None:
        self.folder = JobFolder(folder)
        self._sessions = sessions
        self._workers = workers
        self._model = model
        self._profile = profile
        self._on_session = on_session
        self._jobs: dict[str, Job] = {}
        self._present: dict[str, _Present] = {}
        self._news = threading.Condition(threading.RLock())
        self._stopped = False
        self._busy = 0
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        """Take up what an earlier server left, and begin to work."""
        clear_remains(self._sessions)
        with self._news:
            for job in self.folder.found():
                self._jobs[job.id] = job
                if (again := interrupted(job)) is not job:
                    self._put(again)
        for run in (self._looking, self._analysing):
            self._begin(run)

    def stop(self) -> None:
        """End what is at work; the next server begins it again."""
        with self._news:
            self._stopped = True
            workers = [present.worker for present in self._present.values() if present.worker is not None]
            for present in self._present.values():
                if present.answered is not None:
                    present.answered.set()
            self._news.notify_all()
        for worker in workers:
            worker.end()
        for thread in self._threads:
            thread.join(5)
        clear_remains(self._sessions)

    def jobs(self) -> list[tuple[Job, Progress]]:
        """Return all jobs in order, each with how far it is."""
        with self._news:
            known = sorted(self._jobs.values(), key=lambda job: job.order)
            return [(job, _progress(self._present.get(job.id))) for job in known]

    def get(self, job: str) -> Job:
        """Return a job; KeyError if there is none."""
        with self._news:
            return self._jobs[job]

    def add(self, job: str, *, name: str, size: int) -> Job:
        """Take in a film that lies in its folder, whole."""
        with self._news:
            return self._put(Job(job, name, size, order=now_s()))

    def submit(self, job: str, fields: Mapping[str, str]) -> dict[str, str]:
        """Queue a film with its form; return what is wrong with the form instead, if anything is."""
        with self._news:
            known = self._allowed(job, "start")
            values, wrong = read_form(fields)
            length_s = known.look.get("facts", {}).get("duration_s", math.inf)
            if values.get("start_s", 0.0) >= length_s:
                wrong["start"] = f"the film lasts {length_s:g} s; expected a time before its end"
            if fields.get("dots") == "clicks" and not (self.folder.folder(job) / DOTS).is_file():
                wrong["dots"] = "no dots are clicked yet: click them first"
            if not known.look.get("view", {}).get("sure") and not fields.get("view"):
                wrong["view"] = "the film does not show it clearly: choose from where it was filmed"
            self._put(replace(known, fields=dict(fields)))
            if not wrong:
                self._put(replace(known, state="queued", fields=dict(fields), order=now_s(), message="", session=""))
            return wrong

    def keep(self, job: str, fields: Mapping[str, str]) -> None:
        """Keep what was typed so far."""
        with self._news:
            self._put(replace(self._allowed(job, "start"), fields=dict(fields)))

    def answer(self, job: str, answer: float | None) -> None:
        """Answer what an analysis asked."""
        with self._news:
            self._allowed(job, "answer")
            present = self._present[job]
            if present.answered is not None:
                present.answer = answer
                present.answered.set()

    def cancel(self, job: str) -> None:
        """End an analysis, or take it out of the queue."""
        with self._news:
            known = self._allowed(job, "cancel")
            present = self._present.get(job)
            worker = present.worker if present is not None else None
            if present is not None:
                present.stopped = True
                if present.answered is not None:
                    present.answered.set()
            self._put(replace(known, state="cancelled", question={}))
        if worker is not None:
            worker.end()
            clear_remains(self._sessions)

    def retry(self, job: str) -> None:
        """Queue a film again as it was."""
        with self._news:
            known = self._allowed(job, "retry")
            if not self.folder.film(job).is_file():
                raise InputError("the film is not kept; drop it again")
            state: State = "queued" if known.look else "looking"
            self._put(replace(known, state=state, message="", session="", order=now_s()))

    def change(self, job: str) -> None:
        """Bring back the form of a film that was analysed, failed or was cancelled."""
        with self._news:
            known = self._allowed(job, "change")
            if not self.folder.film(job).is_file():
                raise InputError("the film is not kept; drop it again")
            self._put(replace(known, state="draft" if known.look else "looking", message="", order=now_s()))

    def remove(self, job: str) -> None:
        """Forget a film; its session stays."""
        with self._news:
            self._allowed(job, "remove")
            present = self._present.get(job)
            worker = present.worker if present is not None else None
            if present is not None:
                present.stopped = True
            del self._jobs[job]
        if worker is not None:
            worker.end()
        self.folder.remove(job)

    def _allowed(self, job: str, what: str) -> Job:
        known = self._jobs[job]
        if known.state not in _MAY[what]:
            raise InputError(f"'{known.name}' is {known.state} now, so this cannot be done; the page shows what can")
        return known

    def _put(self, job: Job) -> Job:
        self.folder.write(job)
        self._jobs[job.id] = job
        self._news.notify_all()
        return job

    def _next(self, state: State) -> Job | None:
        """Wait for the first job of a state that nobody is at, and take it; None when the server stops."""
        with self._news:
            while not self._stopped:
                waiting = [job for job in self._jobs.values() if job.state == state and job.id not in self._present]
                free = state == "looking" or self._busy < self._workers
                if waiting and free:
                    job = min(waiting, key=lambda one: one.order)
                    self._present[job.id] = _Present(began_s=now_s())
                    if state == "queued":
                        self._busy += 1
                        try:
                            return self._put(replace(job, state="running", session=job.session or self._free_name(job)))
                        except OutputError as error:
                            self._busy -= 1
                            del self._present[job.id]
                            self._jobs[job.id] = replace(job, state="failed", message=str(error))
                            continue
                    return job
                self._news.wait()
        return None

    def _free_name(self, job: Job) -> str:
        """Return a name for the session that no folder and no other job has."""
        stem = re.sub(r"\.\w{1,5}$", "", job.name) or job.name
        name = folder_name(stem, job.fields.get("label"))
        taken = {other.session for other in self._jobs.values() if other.state in ACTIVE}
        number, free = 1, name
        while free in taken or os.path.lexists(self._sessions / free):
            number += 1
            free = f"{name}-{number}"
        return free

    def _begin(self, run: Callable[..., None], *arguments: Any) -> None:
        thread = threading.Thread(target=run, args=arguments, name="gaitlab-queue", daemon=True)
        with self._news:
            self._threads = [one for one in self._threads if one.is_alive()] + [thread]
            thread.start()

    def _looking(self) -> None:
        while (job := self._next("looking")) is not None:
            seen: dict[str, Any] = {}
            failed = self._run(job, seen, look, self.folder.film(job.id), self._model)
            if failed and "facts" not in seen:
                self._leave(job, state="failed", message=failed)
            else:
                self._leave(job, state="draft", look=seen)

    def _analysing(self) -> None:
        # A thread each: one that waits for an answer keeps none from being analysed.
        while (job := self._next("queued")) is not None:
            self._begin(self._analyse, job)

    def _analyse(self, job: Job) -> None:
        values, _ = read_form(job.fields)
        if values.get("dots") == "clicks":
            values["dots"] = str(self.folder.folder(job.id) / DOTS)
        if self._model is not None:
            values["model"] = self._model
        if self._profile is not None:
            values["profile"] = str(self._profile)
        told: dict[str, Any] = {}
        target = self._sessions / job.session
        failed = self._run(job, told, analyse, self.folder.film(job.id), job.name, target, values)
        with self._news:
            self._busy -= 1
            if self._stopped:
                return
            self._leave(
                job, state="done" if "done" in told else "failed", message=told.get("done", failed), question={}
            )
            if "done" in told and job.fields.get("keep") != "yes":
                with suppress(OSError):  # looked at just now
                    self.folder.forget_pictures(job.id)
        self._on_session()

    def _run(self, job: Job, told: dict[str, Any], work: Work, *arguments: Any) -> str:
        """Run work in a process and gather what it tells; return why it failed, or ""."""
        present = self._present[job.id]
        cores = max((os.cpu_count() or 1) // self._workers, 1)
        try:
            worker = Worker(work, *arguments, threads=cores)
        except OSError as error:
            return f"no process can be started: {error.strerror}; is the memory full?"
        with self._news:
            present.worker = worker
            gone = present.stopped or self._stopped
        if gone:
            worker.end()
        failed = ""
        for kind, content in worker:
            if kind == "progress":
                present.stage, present.share = content
            elif kind == "ask":
                worker.answer(self._asked(job, content))
            elif kind == "failed":
                failed = failed or str(content).replace(str(self.folder.film(job.id)), job.name)
            else:
                told[kind] = content
                self._seen(job, told)
        return failed if failed or told else "its process ended without a word"

    def _seen(self, job: Job, told: Mapping[str, Any]) -> None:
        """Show what is known of a film that is still looked at."""
        with self._news:
            if job.state == "looking" and job.id in self._jobs and not self._present[job.id].stopped:
                self._jobs[job.id] = replace(self._jobs[job.id], look=dict(told))

    def _asked(self, job: Job, question: dict[str, Any]) -> Any:
        """Put a question on the page, and return the answer; meanwhile another film may be analysed."""
        present = self._present[job.id]
        with self._news:
            if present.stopped or job.id not in self._jobs:
                return None
            present.answered, present.answer = threading.Event(), None
            self._busy -= 1
            self._tell(replace(self._jobs[job.id], state="asking", question=question))
        present.answered.wait(_PATIENCE_S)
        with self._news:
            present.answered = None
            if not (present.stopped or self._stopped) and job.id in self._jobs:
                present.stage = _WAITS
                self._tell(replace(self._jobs[job.id], state="running", question={}))
            self._news.wait_for(lambda: self._busy < self._workers or present.stopped or self._stopped)
            self._busy += 1
            return present.answer

    def _leave(self, job: Job, **changes: Any) -> None:
        """Write down how work on a job ended, unless it was cancelled or removed meanwhile."""
        with self._news:
            present = self._present.pop(job.id)
            if not (present.stopped or self._stopped) and job.id in self._jobs:
                self._tell(replace(self._jobs[job.id], **changes))
            self._news.notify_all()

    def _tell(self, job: Job) -> None:
        """Show how a job is, also where that cannot be written: on a full disk what is shown still is what happened."""
        self._jobs[job.id] = job
        with suppress(OutputError):
            self._put(job)
        self._news.notify_all()
