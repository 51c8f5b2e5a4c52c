"""What a comparison shows: every session with its letter and name, what tells them apart, what changed between them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gaitlab.core.errors import InputError
from gaitlab.io.session.session import Session
from gaitlab.report.session.content import Content, read_content
from gaitlab.report.shared.measures import Measure
from gaitlab.stats.sessions import compare
from gaitlab.stats.treatment import grave, letter
from gaitlab.stats.trends import FEWEST, session_time, trends

if TYPE_CHECKING:
    import pandas as pd

# Colours in the style sheet; a further session takes them again from the first on.
COLOURS = 6


@dataclass(frozen=True, slots=True, eq=False)
class Compared:
    """One session of a comparison.

    Attributes
    ----------
    letter : str
        ``A``, ``B``, … as the page calls it.
    name : str
        what tells it from the others: its label, its date, its athlete.
    colour : str
        name of its colour in the style sheet.
    session : Session
        the folder.
    content : Content
        what was read from it.
    """

    letter: str
    name: str
    colour: str
    session: Session
    content: Content

    @property
    def measures(self) -> Mapping[str, Measure]:
        """Its metrics by name."""
        return {measure.name: measure for measure in self.content.measures}


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """Everything the elements of the page choose from.

    Attributes
    ----------
    compared : tuple[Compared, ...]
        the sessions, the first one being what the others are held against.
    differences : Mapping[str, list[dict[str, Any]]]
        letter of a later session -> rows of `gaitlab.stats.compare`.
    trend : list[dict[str, Any]]
        rows of `gaitlab.stats.trends`; empty without three times.
    grave : list[str]
        what forbids to build on the numbers of one of them.
    cautions : list[str]
        what else differs between the sessions, so that no difference is put down to the wrong cause.
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
        """What the others are held against."""
        return self.compared[0]


def read_comparison(sessions: Sequence[Session], *, units: str = "metric", language: str = "en") -> Comparison:
    """Read sessions for their page.

    Raises
    ------
    InputError
        fewer than two sessions, one named twice, sessions of different views, or a damaged one.
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
    compared = tuple(
        Compared(letter(number), name, f"s{number % COLOURS}", session, content)
        for number, (name, session, content) in enumerate(zip(names, sessions, contents, strict=True))
    )
    gravest = grave(sessions)
    rows: list[dict[str, Any]] = [{str(k): v for k, v in row.items()} for row in table.to_dict("records")]
    return Comparison(
        compared,
        {one.letter: [row for row in rows if row["session"] == str(one.session.folder)] for one in compared[1:]},
        _trend(sessions),
        gravest,
        [note for note in table.attrs["notes"] if note not in gravest],
        texts,
    )


def _trend(sessions: Sequence[Session]) -> list[dict[str, Any]]:
    times = {session_time(session) for session in sessions}
    if None in times or len(times) < FEWEST:
        return []
    table: pd.DataFrame = trends(sessions)
    return [{str(k): v for k, v in row.items()} for row in table.to_dict("records")]


def _names(contents: Sequence[Content], texts: Mapping[str, Any]) -> list[str]:
    """Name every session by the facts in which they differ; by all of them where they do not."""
    facts = [
        (
            content.info["athlete"] or texts["no_athlete"],
            content.info["label"] or "",
            (content.info["recorded_at"] or "")[:10],
        )
        for content in contents
    ]
    differ = [len({row[i] for row in facts}) > 1 for i in range(3)]
    kept = differ if any(differ) else [True, True, True]
    return [
        " · ".join(fact for fact, keep in zip(row, kept, strict=True) if fact and keep) or row[0] for row in facts
    ]  # fmt: skip
