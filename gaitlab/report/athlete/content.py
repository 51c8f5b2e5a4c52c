"""Content of an athlete's page: sessions by kind, their trends, what changed since last time, notes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gaitlab.core.errors import InputError, one_of
from gaitlab.io.brand import Brand
from gaitlab.io.session.session import Session
from gaitlab.report.comparison.content import Comparison, read_comparison
from gaitlab.report.session.content import headlines_of, listed_measures
from gaitlab.report.shared.measures import Measure
from gaitlab.report.shared.numbers import UNIT_SYSTEMS, Units
from gaitlab.report.shared.said import said
from gaitlab.report.shared.season import SYMBOLS, Mark, Pin
from gaitlab.report.shared.texts import Texts, read_texts
from gaitlab.stats.athletes import Kind, Run, kinds_of, last_two
from gaitlab.stats.treatment import grave, notes
from gaitlab.stats.trends import FEWEST, trends

# In the style sheet: s0 is of sessions without a label.
_LABEL_COLOURS = 5
NO_LABEL = Mark("s0", 0)


@dataclass(frozen=True, slots=True, eq=False)
class Noted:
    """A note with the letter it has on the charts, and the session it is on."""

    pin: Pin
    run: Run


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """One view and activity of the season.

    Attributes
    ----------
    kind : Kind
        the sessions.
    measures : Mapping[str, Mapping[str, Measure]]
        number of a session to its metrics by name.
    headlines : tuple[str, ...]
        names of the headline metrics.
    trend : list[dict[str, Any]]
        rows of `gaitlab.stats.trends`; empty for fewer than three dates.
    since : Comparison | None
        the last session compared with the one before it.
    grave : list[str]
        warnings of sessions whose numbers must not be relied on.
    cautions : list[str]
        other differences between the sessions, which may explain a change.
    """

    kind: Kind
    measures: Mapping[str, Mapping[str, Measure]]
    headlines: tuple[str, ...]
    trend: list[dict[str, Any]]
    since: Comparison | None
    grave: list[str]
    cautions: list[str]


@dataclass(frozen=True, slots=True, eq=False)
class Season:
    """Data for the elements of the page.

    Attributes
    ----------
    athlete : str
        the name as the last session has it.
    sessions : tuple[Session, ...]
        all sessions by date, those without one last.
    parts : tuple[Part, ...]
        the sessions by view and activity.
    marks : Mapping[str, Mark]
        label to the mark of its sessions, in the order of their first dates.
    noted : tuple[Noted, ...]
        notes by date.
    undated : tuple[str, ...]
        numbers of the sessions without a date.
    brand : Brand | None
        the shop or clinic whose page it is.
    units : Units
        ``metric`` or ``imperial``.
    texts : Texts
        sentences of the page's language.
    """

    athlete: str
    sessions: tuple[Session, ...]
    parts: tuple[Part, ...]
    marks: Mapping[str, Mark]
    noted: tuple[Noted, ...]
    undated: tuple[str, ...]
    brand: Brand | None
    units: Units
    texts: Texts

    def mark(self, session: Session) -> Mark | None:
        """Return how a session is drawn; None, in the colours of the legs, where no session has a label."""
        return self.marks.get(session.info["label"] or "", NO_LABEL) if self.marks else None


def read_season(
    sessions: Sequence[Session],
    *,
    units: str = "metric",
    language: str = "en",
    brand: Brand | None = None,
    skip: Callable[[str], None],
) -> Season:
    """Read the sessions of an athlete for their page.

    Parameters
    ----------
    sessions : Sequence[Session]
        the sessions in order, as of `gaitlab.stats.athletes.sessions_of`.
    units : str, optional
        ``metric`` or ``imperial``.
    language : str, optional
        language of the page.
    brand : Brand | None, optional
        the head of the page; None takes that of the last session that has one.
    skip : Callable[[str], None]
        called with the reason for each session that turns out to be damaged.

    Raises
    ------
    InputError
        for an unknown unit system or language, or damaged notes.
    """
    if units not in UNIT_SYSTEMS:
        raise InputError(one_of("units", units, UNIT_SYSTEMS))
    chosen: Units = "imperial" if units == "imperial" else "metric"
    kinds = kinds_of(sessions, skip=skip)
    texts = read_texts(language)
    labels = dict.fromkeys(session.info["label"] for session in sessions if session.info["label"])
    newest = next((one.brand for one in reversed(sessions) if one.info.get("brand")), None)
    return Season(
        athlete=" ".join(sessions[-1].info["athlete"].split()),
        sessions=tuple(sessions),
        parts=tuple(_part(kind, units=chosen, language=language, skip=skip) for kind in kinds),
        marks={label: _mark(number) for number, label in enumerate(labels)},
        noted=_noted(sessions, kinds),
        undated=tuple(dict.fromkeys(run.number for kind in kinds for run in kind.runs if run.time is None)),
        brand=brand or newest,
        units=chosen,
        texts=texts,
    )


def _mark(number: int) -> Mark:
    """Return the mark of a label: colours repeat after five, then with another symbol."""
    again, colour = divmod(number, _LABEL_COLOURS)
    return Mark(f"s{1 + colour}", (1 + colour + again) % len(SYMBOLS))


def _part(kind: Kind, *, units: Units, language: str, skip: Callable[[str], None]) -> Part:
    sessions, called = [run.session for run in kind.runs], [run.number for run in kind.runs]
    pair = last_two(kind, skip=skip)
    gravest, texts = grave(sessions, names=called), read_texts(language)
    return Part(
        kind,
        {
            run.number: {m.name: m for m in listed_measures(run.session, units=units, language=language)}
            for run in kind.runs
        },
        headlines_of(sessions[-1].info),
        _trend(kind),
        read_comparison(
            [run.session for run in pair], units=units, language=language, called=[run.number for run in pair]
        )
        if pair is not None
        else None,
        [said(warning, texts) for warning in gravest],
        [said(note, texts) for note in notes(sessions, names=called) if note not in gravest]
        if len(sessions) > 1
        else [],
    )


def _trend(kind: Kind) -> list[dict[str, Any]]:
    if len({run.time for run in kind.dated}) < FEWEST:
        return []
    table = trends([run.session for run in kind.dated])
    return [{str(name): value for name, value in row.items()} for row in table.to_dict("records")]


def _noted(sessions: Sequence[Session], kinds: Sequence[Kind]) -> tuple[Noted, ...]:
    """Return all notes by date, each with a letter; one is on a session, not on a view of it."""
    runs = {run.session.folder: run for kind in kinds for run in kind.runs}
    found = [(note, runs[one.folder]) for one in sessions for note in one.notes]
    found.sort(key=lambda pair: pair[0].date)
    return tuple(Noted(Pin(note.date, _key(n), note.text), run) for n, (note, run) in enumerate(found))


def _key(number: int) -> str:
    """Return the letter of a note by its place: ``a``, ``b``, … ``z``, ``aa``."""
    before, here = divmod(number, 26)
    return (_key(before - 1) if before else "") + chr(ord("a") + here)
