"""Differences and trends as texts for the templates."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gaitlab.metrics.summary import LABELS_OVERGROUND
from gaitlab.report.comparison.content import Compared, Comparison
from gaitlab.report.shared.measures import Measure, label_of
from gaitlab.report.shared.numbers import Display
from gaitlab.report.shared.said import as_html, foreign, said, together
from gaitlab.report.shared.texts import Texts
from gaitlab.stats.sessions import CHANGED, UNKNOWN, not_compared


@dataclass(frozen=True, slots=True)
class Row:
    """A metric of one side: before, after, the difference, the verdict."""

    label: str
    side: str
    unit: str
    a: str
    a_spread: str
    b: str
    b_spread: str
    difference: str
    interval: str
    verdict: str
    changed: bool
    smallest: str
    source: str


@dataclass(frozen=True, slots=True)
class TrendRow:
    """A metric of one side over a season."""

    label: str
    side: str
    unit: str
    first: str
    last: str
    slope: str
    interval: str
    verdict: str
    changed: bool


def difference_groups(comparison: Comparison, other: Compared) -> list[tuple[str, list[Row]]]:
    """Return the rows of the comparable metrics, by group heading."""
    found: dict[str, list[Row]] = {}
    for row in comparison.differences[other.letter]:
        a, b = comparison.first.measures.get(row["metric"]), other.measures.get(row["metric"])
        if a is not None and b is not None and row["verdict"] != UNKNOWN:
            found.setdefault(a.group, []).append(_row(row, a, b, comparison.texts))
    return list(found.items())


def not_comparable(comparison: Comparison, other: Compared) -> list[str]:
    """Return one line per reason with the metrics that cannot be compared, and the side if it is only one."""
    texts = comparison.texts["comparison"]
    known = _all_measures((comparison.first, other))
    lines: list[str] = []
    for reason, side, metrics in not_compared(comparison.differences[other.letter]):
        labels = together(
            (known[metric].full_label if metric in known else metric for metric in metrics), comparison.texts
        )
        sentence = texts["without_side"] if side else texts["without"]
        of_side = comparison.texts["sides"].get(side, "")
        lines.append(as_html(sentence, labels=labels, side=of_side, reason=said(reason, comparison.texts)))
    return lines


def changes(comparison: Comparison, other: Compared) -> list[str]:
    """Return one sentence per changed metric."""
    texts = comparison.texts
    sentences = []
    for row in comparison.differences[other.letter]:
        measure = comparison.first.measures.get(row["metric"])
        if row["verdict"] != CHANGED or measure is None:
            continue
        show = measure.display
        label = _named(measure.full_label, measure, other.measures[row["metric"]], texts)
        sentence = texts["comparison"]["changed" if row["side"] == "both" else "changed_side"].format(
            label=label, side=texts["sides"][row["side"]].lower(), a=show.number(row["a"]),
            b=show.number(row["b"]), unit=show.suffix, letter_a=comparison.first.letter, letter_b=other.letter,
            difference=show.signed(row["difference"]), interval=show.half_width(row["interval"]),
        )  # fmt: skip
        sentences.append(sentence)
    return sentences


def trend_groups(comparison: Comparison) -> list[tuple[str, list[TrendRow]]]:
    """Return the trends by group heading."""
    known = _all_measures(comparison.compared)
    found: dict[str, list[TrendRow]] = {}
    for row in comparison.trend:
        measure = known.get(row["metric"])
        if measure is None:
            continue
        show = measure.display
        found.setdefault(measure.group, []).append(
            TrendRow(
                measure.label, row["side"], show.unit, show.number(row["first"]), show.number(row["last"]),
                show.signed(row["slope_per_30_days"]), show.half_width(row["interval"]),
                _verdict(row["verdict"], comparison.texts), row["verdict"] == CHANGED,
            )
        )  # fmt: skip
    return list(found.items())


def detectable_sources(comparison: Comparison) -> list[str]:
    """Return the sources of the smallest detectable differences, without duplicates."""
    rows = [row for rows in comparison.differences.values() for row in rows]
    sources = dict.fromkeys(row["detectable_source"] for row in rows if row["detectable_source"])
    return [foreign(source, comparison.texts) for source in sources]


def _all_measures(compared: Sequence[Compared]) -> Mapping[str, Measure]:
    found: dict[str, Measure] = {}
    for one in compared:
        for name, measure in one.measures.items():
            found.setdefault(name, measure)
    return found


def _named(label: str, a: Measure, b: Measure, texts: Texts) -> str:
    """Return a label that is true of both: of a treadmill and overground it is no belt's speed."""
    return label if a.label == b.label else label_of(a.name, LABELS_OVERGROUND.get(a.name, label), texts)


def _row(row: Mapping[str, Any], a: Measure, b: Measure, texts: Mapping[str, Any]) -> Row:
    show, names = a.display, texts["comparison"]
    smallest = float(row["smallest_detectable"])
    return Row(
        label=_named(a.label, a, b, texts),
        side=str(row["side"]),
        unit=show.unit,
        a=show.number(row["a"]),
        a_spread=_spread(a, row["side"], show, texts),
        b=show.number(row["b"]),
        b_spread=_spread(b, row["side"], show, texts),
        difference=show.signed(row["difference"]),
        interval=show.half_width(row["interval"]),
        verdict=_verdict(row["verdict"], texts),
        changed=row["verdict"] == CHANGED,
        smallest=names["smallest"].format(value=show.number(smallest), unit=show.suffix)
        if math.isfinite(smallest)
        else "",
        source=str(row["detectable_source"]),
    )


def _spread(measure: Measure, side: str, show: Display, texts: Mapping[str, Any]) -> str:
    one = measure.sides.get(side)
    return str(texts["metrics"]["spread"].format(sd=show.number(one.sd), n=one.n)) if one is not None else ""


def _verdict(verdict: str, texts: Mapping[str, Any]) -> str:
    return str(texts["comparison"]["verdicts"][verdict.replace(" ", "_")])
