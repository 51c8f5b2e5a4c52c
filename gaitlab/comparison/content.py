"""What a comparison shows: every session with its letter and name, what tells them apart, what changed between them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from string import ascii_uppercase
from typing import TYPE_CHECKING, Any

from gaitlab.compare.sessions import compare
from gaitlab.compare.trends import FEWEST, session_time, trends
from gaitlab.core.gait import BOTH_SIDES
from gaitlab.errors import InputError
from gaitlab.quality import LIMITS, grave_warnings
from gaitlab.report.content import Content, network, read_content
from gaitlab.report.measures import Measure
from gaitlab.report.numbers import decimal
from gaitlab.report.numbers import speed as speed_text
from gaitlab.store.session import Session

if TYPE_CHECKING:
    import pandas as pd

# Colours in the style sheet; a further session takes them again from the first on.
COLOURS = 6
# Two belt speeds nearer than this are the same within how well they are known.
_SAME_SPEED = 0.03
_SAME_RATE = 0.1


@dataclass(frozen=True, slots=True, eq=False)
class Compared:
    """One session of a comparison.

    Attributes:
        letter: ``A``, ``B``, … as the page calls it.
        name: what tells it from the others: its label, its date, its athlete.
        colour: name of its colour in the style sheet.
        session: the folder.
        content: what was read from it.
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

    Attributes:
        compared: the sessions, the first one being what the others are held against.
        differences: letter of a later session -> rows of `gaitlab.compare.compare`.
        trend: rows of `gaitlab.compare.trends`; empty without three times.
        texts: sentences of the page's language.
    """

    compared: tuple[Compared, ...]
    differences: Mapping[str, list[dict[str, Any]]]
    trend: list[dict[str, Any]]
    texts: Mapping[str, Any]

    @property
    def first(self) -> Compared:
        """What the others are held against."""
        return self.compared[0]

    @property
    def grave(self) -> list[str]:
        """What forbids to build on the numbers of one of them."""
        return [f"{one.letter}: {warning}" for one in self.compared for warning in grave_warnings(one.content.info)]

    @property
    def cautions(self) -> list[str]:
        """What else differs between the sessions, so that no difference is put down to the wrong cause."""
        return list(_cautions(self.compared, self.texts["comparison"]["cautions"]))


def read_comparison(sessions: Sequence[Session], *, units: str = "metric", language: str = "en") -> Comparison:
    """Read sessions for their page.

    Raises:
        InputError: fewer than two sessions, one named twice, sessions of different views, or a damaged one.
    """
    table = compare(sessions)
    folders = [session.folder.resolve() for session in sessions]
    twice = next((folder for folder in folders if folders.count(folder) > 1), None)
    if twice is not None:
        raise InputError(f"'{twice}' is named twice; a session is compared with others")
    contents = [read_content(session, units=units, language=language) for session in sessions]
    views = {content.view for content in contents}
    if len(views) > 1:
        raise InputError(
            f"sessions of different views ({' and '.join(sorted(views))}) measure different things; compare one view"
        )
    texts = contents[0].texts
    names = _names(contents, texts)
    compared = tuple(
        Compared(_letter(number), name, f"s{number % COLOURS}", session, content)
        for number, (name, session, content) in enumerate(zip(names, sessions, contents, strict=True))
    )
    size = len(table) // (len(sessions) - 1)
    rows: list[dict[str, Any]] = [{str(k): v for k, v in row.items()} for row in table.to_dict("records")]
    return Comparison(
        compared,
        {one.letter: rows[size * number : size * (number + 1)] for number, one in enumerate(compared[1:])},
        _trend(sessions),
        texts,
    )


def _trend(sessions: Sequence[Session]) -> list[dict[str, Any]]:
    times = {session_time(session) for session in sessions}
    if None in times or len(times) < FEWEST:
        return []
    table: pd.DataFrame = trends(sessions)
    return [{str(k): v for k, v in row.items()} for row in table.to_dict("records")]


def _letter(number: int) -> str:
    before, here = divmod(number, len(ascii_uppercase))
    return (_letter(before - 1) if before else "") + ascii_uppercase[here]


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


def _cautions(compared: Sequence[Compared], texts: Mapping[str, str]) -> Iterator[str]:
    """Yield a sentence for every circumstance beside the label that is not the same."""

    def told(values: Sequence[str]) -> str:
        return ", ".join(f"{one.letter} {value}" for one, value in zip(compared, values, strict=True))

    infos = [one.content.info for one in compared]
    units = compared[0].content.units
    if len({info["athlete"] for info in infos}) > 1:
        yield texts["athlete"]
    speeds = [_speed_mps(info) for info in infos]
    known = [speed for speed in speeds if speed]
    if known and max(known) / min(known) - 1 > _SAME_SPEED:
        yield texts["speed"].format(told=told([speed_text(v, units=units) if v else "–" for v in speeds]))
    rates = [float(info["fps"]) for info in infos]
    if max(rates) / min(rates) - 1 > _SAME_RATE:
        yield texts["fps"].format(told=told([f"{rate:.4g}" for rate in rates]))
    for fact, values in (
        ("facing", [str(info.get("facing")) for info in infos]),
        ("network", [network(info, compared[0].content.texts) for info in infos]),
        ("activity", [str(info["activity"]) for info in infos]),
    ):
        if len(set(values)) > 1:
            yield texts[fact].format(told=told(values))
    sources = [info["calibration"]["source"] or texts["no_scale"] for info in infos]
    if len(set(sources)) > 1:
        yield texts["scale"].format(told=told(sources))
    enough = LIMITS["accepted_cycles_a_side"].good
    thin = [
        f"{one.letter} {decimal(n, 0)}"
        for one in compared
        if 0 < (n := min(one.content.info["quality"]["cycles_accepted"].get(side, 0) for side in BOTH_SIDES)) < enough
    ]
    if thin:
        yield texts["few_cycles"].format(told=", ".join(thin))


def _speed_mps(info: Mapping[str, Any]) -> float | None:
    entered, measured = info["runner"]["belt_speed_mps"], info["calibration"]["belt_speed_mps"]
    return float(entered or measured) if entered or measured else None
