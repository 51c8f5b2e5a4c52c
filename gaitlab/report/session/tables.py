"""Headline cards and the table of all metrics, as texts and positions for the templates."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from string import ascii_lowercase
from types import MappingProxyType
from typing import Any

from gaitlab.metrics import METRICS
from gaitlab.metrics.norms import norms
from gaitlab.metrics.sources import SYMMETRY_INDEX
from gaitlab.report.shared.measures import Measure, Measured
from gaitlab.report.shared.numbers import decimal
from gaitlab.report.shared.said import as_html, foreign, together
from gaitlab.report.shared.texts import point_of

# Characters of a value and its ± that stand beside the name of a leg in a card.
_DIGITS_BESIDE = 7


@dataclass(frozen=True, slots=True)
class Whisker:
    """Value of one side in a range bar: position and extent of its ±, in percent of the bar."""

    side: str
    at: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class RangeBar:
    """A number line in percent of its width; ``band`` is the published range, or None."""

    whiskers: tuple[Whisker, ...]
    band: tuple[float, float] | None
    alt: str


@dataclass(frozen=True, slots=True)
class Cell:
    """A value as text; ``missing`` is the reason for a missing value, ``notes`` are footnotes (letter, text).

    ``network`` is the text on the network's error.
    """

    side: str
    value: str
    uncertainty: str
    spread: str
    missing: str
    notes: tuple[tuple[str, str], ...] = ()
    network: str = ""


@dataclass(frozen=True, slots=True)
class Card:
    """A headline metric; ``weak`` is the reason why it is not reliable enough for a headline."""

    label: str
    description: str
    unit: str
    suffix: str
    cells: tuple[Cell, ...]
    range: str
    source: str
    missing: str
    weak: str
    notes: tuple[str, ...]
    bar: RangeBar | None
    rating: str = ""
    no_range: str = ""

    @property
    def stacked(self) -> bool:
        """Whether a leg stands above its number, which has too many digits for one line: 115.9 ± 12.1."""
        return any(len(cell.value) + len(cell.uncertainty) > _DIGITS_BESIDE for cell in self.cells)


@dataclass(frozen=True, slots=True)
class Row:
    """A metric in the table."""

    name: str
    label: str
    description: str
    unit: str
    cells: Mapping[str, Cell]
    difference: str
    difference_uncertainty: str
    differs: bool
    verdict: list[str]
    range: str
    source_number: int
    source: str
    missing: str


def cards(chosen: Iterable[Measure], texts: Mapping[str, Any]) -> list[Card]:
    """Return the headline cards of these metrics."""
    return [
        Card(
            label=measure.full_label,
            description=measure.description,
            unit=measure.display.unit,
            suffix=measure.display.suffix,
            cells=tuple(_cell(measure, side, texts) for side in measure.known),
            range=_range(measure),
            source=measure.reference.source if measure.reference else "",
            missing=together(measure.missing_reasons, texts),
            weak=_weak(measure, texts),
            notes=measure.notes,
            bar=_bar(measure, texts),
            rating=rating(measure, texts),
            no_range="" if measure.reference else texts["headlines"][_no_range(measure)],
        )
        for measure in chosen
    ]


def _weak(measure: Measure, texts: Mapping[str, Any]) -> str:
    """Return why a metric is not reliable enough for a headline, with the leg of which that is true."""
    side = next((side for side in measure.known if side.weak), None)
    if side is None or side.side == "both":
        return side.weak if side is not None else ""
    leg = texts["sides"][side.side].lower()
    return as_html("{leg}{colon}{reason}", leg=leg, colon=texts["format"]["colon"], reason=side.weak)


def _no_range(measure: Measure) -> str:
    """Return the key of the text of a metric without a range, which may have one at another speed or setting."""
    spec = METRICS.get(measure.name)
    elsewhere = measure.name in norms()["metrics"] or (spec is not None and spec.reference is not None)
    return "no_range_here" if elsewhere else "no_range"


def rating(measure: Measure, texts: Mapping[str, Any]) -> str:
    """Return how a value compares with mean ± SD of other runners in plain words; empty where that cannot be said."""
    return str(texts["headlines"]["ratings"][rated(measure)]) if rated(measure) else ""


def rated(measure: Measure) -> str:
    """Return whether a value lies ``within`` its range, ``above`` or ``below`` it; empty where that cannot be said.

    Every leg measured must lie within or beyond it with its whole interval: a value that may be either is ``unsure``.
    """
    reference, known = measure.reference, measure.known
    if reference is None or not known or measure.weak or not all(math.isfinite(s.whole_uncertainty) for s in known):
        return ""
    ends = [(s.mean - s.whole_uncertainty, s.mean + s.whole_uncertainty) for s in known]
    if all(reference.low <= low and high <= reference.high for low, high in ends):
        return "within"
    if all(low > reference.high for low, _ in ends):
        return "above"
    if all(high < reference.low for _, high in ends):
        return "below"
    return "unsure"


def groups(
    measures: Iterable[Measure], texts: Mapping[str, Any], *, sources: Mapping[str, int], notes: Mapping[str, str]
) -> list[tuple[str, list[Row]]]:
    """Return the table's rows by group, in the order of the metrics."""
    found: dict[str, list[Row]] = {}
    for measure in measures:
        found.setdefault(measure.group, []).append(_row(measure, texts, sources, notes))
    return list(found.items())


def range_sources(measures: Iterable[Measure]) -> dict[str, int]:
    """Return the published sources, numbered from 1 as footnotes."""
    named = dict.fromkeys(m.reference.source for m in measures if m.reference)
    return {source: number for number, source in enumerate(named, start=1)}


def formula_sources(measures: Sequence[Measure], texts: Mapping[str, Any]) -> list[str]:
    """Return the sources of the symmetry formulas used in the table."""
    words = texts["metrics"]
    retests = dict.fromkeys(
        spec.detectable.source for m in measures if (spec := METRICS.get(m.name)) and spec.detectable
    )
    lines: list[str] = [as_html(words["detectable_source"], source=foreign(source, texts)) for source in retests]
    if any(measure.differs and math.isfinite(measure.symmetry_index_percent) for measure in measures):
        lines.append(as_html(words["symmetry_source"], source=foreign(SYMMETRY_INDEX, texts)))
    return lines


def note_letters(measures: Iterable[Measure]) -> dict[str, str]:
    """Return the notes of all values, each with its footnote letter: a, b, … z, aa, ab."""
    notes = dict.fromkeys(note for measure in measures for note in measure.notes)
    return {note: _letter(number) for number, note in enumerate(notes)}


def _letter(number: int) -> str:
    before, here = divmod(number, len(ascii_lowercase))
    return (_letter(before - 1) if before else "") + ascii_lowercase[here]


def _row(measure: Measure, texts: Mapping[str, Any], sources: Mapping[str, int], notes: Mapping[str, str]) -> Row:
    between, show = measure.between, measure.display
    known = math.isfinite(between.difference) and between.comparable and not measure.of_trunk
    return Row(
        name=measure.name,
        label=measure.label,
        description=measure.description,
        unit=show.unit,
        cells={side.side: _cell(measure, side, texts, notes) for side in measure.sides.values()},
        difference=show.signed(between.difference) if known else "",
        difference_uncertainty=show.half_width(between.uncertainty)
        if known and math.isfinite(between.uncertainty)
        else "",
        differs=measure.differs,
        verdict=_verdict(measure, texts),
        range=_range(measure),
        source_number=sources.get(measure.reference.source, 0) if measure.reference else 0,
        source=measure.reference.source if measure.reference else "",
        missing=together(measure.missing_reasons, texts),
    )


def _verdict(measure: Measure, texts: Mapping[str, Any]) -> list[str]:
    """Return the network's error of a difference, and its percentage if significant, otherwise the noise level."""
    names, between, show = texts["metrics"], measure.between, measure.display
    words = [_network(between.network_error, measure, texts)]
    percent = measure.symmetry_index_percent
    if not measure.differs and math.isfinite(between.told_from):
        words.append(names["within"].format(limit=show.half_width(between.told_from), unit=show.suffix))
    elif measure.differs and math.isfinite(percent):
        side = texts["sides"]["right" if percent > 0 else "left"].lower()
        words.append(names["symmetry"].format(percent=decimal(abs(percent), 0, point=point_of(texts)), side=side))
    return words


def _network(error: float, measure: Measure, texts: Mapping[str, Any]) -> str:
    """Return the text on the network's error, or that it is unknown."""
    names = texts["metrics"]
    if not math.isfinite(error):
        return str(names["network_unknown"])
    return str(names["network"].format(error=measure.display.half_width(error)))


def _cell(
    measure: Measure, side: Measured, texts: Mapping[str, Any], notes: Mapping[str, str] = MappingProxyType({})
) -> Cell:
    show = measure.display
    if not side.known:
        return Cell(side.side, "", "", "", side.missing_reason)
    spread = texts["metrics"]["spread"].format(sd=show.number(side.sd), n=side.n)
    uncertainty = show.half_width(side.uncertainty) if math.isfinite(side.uncertainty) else ""
    letters = tuple((notes[note], note) for note in side.notes if note in notes)
    network = _network(side.network_error, measure, texts)
    return Cell(side.side, show.number(side.mean), uncertainty, spread, "", letters, network)


def _range(measure: Measure) -> str:
    if measure.reference is None:
        return ""
    return measure.display.interval(measure.reference.low, measure.reference.high)


def _bar(measure: Measure, texts: Mapping[str, Any]) -> RangeBar | None:
    """Return the number line of a metric: its values with ± and the published range."""
    if not measure.known:
        return None
    ends = [
        (s.mean - _reach(s), s.mean + _reach(s)) for s in measure.known
    ]  # fmt: skip
    reference = measure.reference
    if reference is not None:
        ends.append((reference.low, reference.high))
    low, high = min(e[0] for e in ends), max(e[1] for e in ends)
    air = 0.12 * (high - low) or 1.0

    def place(value: float) -> float:
        return round(100 * (value - low + air) / (high - low + 2 * air), 2)

    return RangeBar(
        tuple(
            Whisker(s.side, place(s.mean), place(s.mean - _reach(s)), place(s.mean + _reach(s))) for s in measure.known
        ),
        (place(reference.low), place(reference.high)) if reference else None,
        _bar_alt(measure, measure.known, texts),
    )


def _reach(side: Measured) -> float:
    parts = (side.uncertainty, side.network_error)
    return math.hypot(*(part for part in parts if math.isfinite(part)))


def _bar_alt(measure: Measure, known: Sequence[Measured], texts: Mapping[str, Any]) -> str:
    show, names = measure.display, texts["headlines"]
    values = ", ".join(f"{texts['sides'][s.side].lower()} {show.number(s.mean)}{show.suffix}" for s in known)
    band = names["bar_range"].format(range=_range(measure), unit=show.suffix) if measure.reference else ""
    return str(names["bar_alt"].format(label=measure.full_label, values=values, range=band))
