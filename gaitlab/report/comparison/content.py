"""Content of a comparison: sessions with letters and names, and the differences between them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gaitlab.core.errors import InputError
from gaitlab.io.session.session import Session
from gaitlab.report.session.content import Content, read_content
from gaitlab.report.shared.measures import Measure
from gaitlab.report.shared.said import said
from gaitlab.report.shared.texts import day
from gaitlab.stats.naming import letter
from gaitlab.stats.sessions import compare
from gaitlab.stats.treatment import grave, notes
from gaitlab.stats.trends import FEWEST, session_time, trends

if TYPE_CHECKING:
    import pandas as pd

# Colours in the style sheet, repeated for further sessions.
COLOURS = 6


@dataclass(frozen=True, slots=True, eq=False)
class Compared:
    """One session of a comparison.

    Attributes
    ----------
    letter : str
        letter on the page: ``A``, ``B``, …
    name : str
        distinguishing name: label, date, athlete.
    colour : str
        name of its colour in the style sheet.
    session : Session
        the session.
    content : Content
        its content.
    """

    letter: str
    name: str
    colour: str
    session: Session
    content: Content

    @property
    def measures(self) -> Mapping[str, Measure]:
        """Metrics of the session by name."""
        return {measure.name: measure for measure in self.content.measures}


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """Data for the elements of the page.

    Attributes
    ----------
    compared : tuple[Compared, ...]
        the sessions; the first one is the reference.
    differences : Mapping[str, list[dict[str, Any]]]
        letter of a later session to rows of `gaitlab.stats.compare`.
    trend : list[dict[str, Any]]
        rows of `gaitlab.stats.trends`; empty for fewer than three times.
    grave : list[str]
        warnings of sessions whose numbers must not be relied on.
    cautions : list[str]
        other differences between the sessions that may explain a change.
    texts : Mapping[str, Any]
        sentences of the page's language.
    """

    compared: tuple[Compared, ...]
    differences: Mapping[str, list[dict[str, Any]]]
    trend: list[dict[str, Any]]
    grave: list[str]
    cautions: list[str]
    texts: Mapping[str, Any]

    @property
    def first(self) -> Compared:
        """The reference session."""
        return self.compared[0]


def read_comparison(
    sessions: Sequence[Session],
    *,
    units: str = "metric",
    language: str = "en",
    called: Sequence[str] | None = None,
) -> Comparison:
    """Read sessions for their page.

    Parameters
    ----------
    sessions : Sequence[Session]
        two or more sessions of one view.
    units : str, optional
        ``metric`` or ``imperial``.
    language : str, optional
        language of the page.
    called : Sequence[str] | None, optional
        what each is called on the page; None calls them by letters, ``A`` for the first.

    Raises
    ------
    InputError
        for fewer than two sessions, duplicates, different views, or a damaged session.
    """
    table = compare(sessions)
    contents = [read_content(session, units=units, language=language) for session in sessions]
    views = {content.view for content in contents}
    if len(views) > 1:
        raise InputError(
            f"sessions of different views ({' and '.join(sorted(views))}) measure different things; compare one view"
        )
    texts = contents[0].texts
    names = _names(contents, texts)
    letters = list(called) if called is not None else [letter(number) for number in range(len(sessions))]
    compared = tuple(
        Compared(letters[number], name, f"s{number % COLOURS}", session, content)
        for number, (name, session, content) in enumerate(zip(names, sessions, contents, strict=True))
    )
    gravest = grave(sessions, names=letters)
    rows: list[dict[str, Any]] = [{str(k): v for k, v in row.items()} for row in table.to_dict("records")]
    return Comparison(
        compared,
        {one.letter: [row for row in rows if row["session"] == str(one.session.folder)] for one in compared[1:]},
        _trend(sessions),
        [said(warning, texts) for warning in gravest],
        [said(note, texts) for note in notes(sessions, names=letters) if note not in gravest],
        texts,
    )


def _trend(sessions: Sequence[Session]) -> list[dict[str, Any]]:
    times = {session_time(session) for session in sessions}
    if None in times or len(times) < FEWEST:
        return []
    table: pd.DataFrame = trends(sessions)
    return [{str(k): v for k, v in row.items()} for row in table.to_dict("records")]


def _names(contents: Sequence[Content], texts: Mapping[str, Any]) -> list[str]:
    """Return a name for every session from the facts in which they differ, or from all facts."""
    facts = [
        (
            content.info["athlete"] or texts["no_athlete"],
            content.info["label"] or "",
            day((content.info["recorded_at"] or "")[:10], texts),
        )
        for content in contents
    ]
    differ = [len({row[i] for row in facts}) > 1 for i in range(3)]
    kept = differ if any(differ) else [True, True, True]
    return [
        " · ".join(fact for fact, keep in zip(row, kept, strict=True) if fact and keep) or row[0] for row in facts
    ]  # fmt: skip
