"""The sessions of one athlete: found by name, in the order of their dates, and apart where they are of another kind."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import get_args

from gaitlab.core.errors import InputError, shown
from gaitlab.core.metric import View
from gaitlab.core.text import plain_name
from gaitlab.io.session.index import log_skipped, named_sessions
from gaitlab.io.session.session import Session, glance_at, open_session
from gaitlab.metrics import MOVEMENTS
from gaitlab.stats.trends import session_time

_MOST_NAMED = 8
# What is measured from one side, or of one kind of gait, is no change of the other.
_ORDER = (get_args(View), ("running", "walking", "ambiguous", *MOVEMENTS))


@dataclass(frozen=True, slots=True, eq=False)
class Run:
    """One session of a season.

    Attributes
    ----------
    number : str
        its place by date among all sessions of the athlete, from ``#1`` on; two views of one run have the same.
    session : Session
        the session.
    time : datetime | None
        when it was recorded; None if nobody knows.
    """

    number: str
    session: Session
    time: datetime | None


@dataclass(frozen=True, slots=True, eq=False)
class Kind:
    """The sessions of one view and activity, by date; those without a date are last."""

    view: str
    activity: str
    runs: tuple[Run, ...]

    @property
    def dated(self) -> tuple[Run, ...]:
        """Those that have a date."""
        return tuple(run for run in self.runs if run.time is not None)


def sessions_of(
    name: str, directory: str | Path = "reports", *, skip: Callable[[str], None] = log_skipped
) -> list[Session]:
    """Return the sessions of an athlete below a directory, by date; those without a date are last.

    Parameters
    ----------
    name : str
        the athlete's name; case and spaces at its ends do not matter.
    directory : str | Path, optional
        directory of sessions.
    skip : Callable[[str], None], optional
        called with the reason for each damaged session that is skipped.

    Raises
    ------
    InputError
        if there is no such directory, or no session of that name; the message names the athletes that are there.
    """
    wanted = plain_name(name) if isinstance(name, str) else ""
    if not wanted:
        raise InputError(f"an athlete is a name, not {shown(name)}")
    named = named_sessions(Path(directory), skip=skip)
    there = [(folder, facts["athlete"]) for folder, facts in named.items() if facts["athlete"]]
    found = []
    for folder in (folder for folder, athlete in there if plain_name(athlete) == wanted):
        try:
            session = glance_at(folder)
            _ = session.notes  # what is shown of a session is read before anything rests on it
        except InputError as error:
            skip(str(error))
            continue
        found.append(session)
    if not found:
        raise InputError(_nobody(name, directory, [athlete for _, athlete in there if plain_name(athlete) != wanted]))
    times = {session.folder: session_time(session) for session in found}
    return sorted(found, key=lambda one: _place(times[one.folder], one.folder))


def _place(time: datetime | None, folder: Path) -> tuple[bool, float, str]:
    return (time is None, time.timestamp() if time is not None else 0.0, str(folder))


def _nobody(name: str, directory: str | Path, names: Sequence[str]) -> str:
    sentence = f"no session of {shown(name)} below '{directory}'"
    spelled = {plain_name(one): " ".join(one.split()) for one in names}
    if not spelled:
        return f"{sentence}, nor one that names an athlete"

    def unlike(plain: str) -> tuple[float, str]:
        return -difflib.SequenceMatcher(None, plain_name(name), plain).ratio(), plain

    nearest = [spelled[plain] for plain in sorted(spelled, key=unlike)]
    more = f" and {len(nearest) - _MOST_NAMED} more" if len(nearest) > _MOST_NAMED else ""
    return f"{sentence}; athletes there: {', '.join(nearest[:_MOST_NAMED])}{more}"


def kinds_of(sessions: Sequence[Session], *, skip: Callable[[str], None] = log_skipped) -> list[Kind]:
    """Return sessions by view and activity, side and running first; a second view of a run is a session of its own.

    Parameters
    ----------
    sessions : Sequence[Session]
        the sessions in order, as of `sessions_of`.
    skip : Callable[[str], None], optional
        called with the reason for each second view that is damaged.
    """
    found: dict[tuple[str, str], list[Run]] = {}
    for number, session in enumerate(sessions, start=1):
        views = [session]
        try:
            views += [session.companion] if session.companion is not None else []
        except InputError as error:
            skip(str(error))
        for one in views:
            key = (one.info["view"], one.info["activity"])
            found.setdefault(key, []).append(Run(f"#{number}", one, session_time(one)))
    order = sorted(found, key=lambda key: tuple(known.index(word) for known, word in zip(_ORDER, key, strict=True)))
    return [Kind(*key, tuple(found[key])) for key in order]


def last_two(kind: Kind, *, skip: Callable[[str], None] = log_skipped) -> tuple[Run, Run] | None:
    """Return the last session with a date and the one before it, both read whole; None if there are not two.

    Damaged ones are told to ``skip`` and passed over.
    """
    sound: list[Run] = []
    for run in reversed(kind.dated):
        try:
            open_session(run.session.folder)
        except InputError as error:
            skip(str(error))
            continue
        sound.append(run)
        if len(sound) == 2:
            return sound[1], sound[0]
    return None
