"""Charts of metrics over the dates of a season: mean and interval of every session, and the line through the means."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np

from gaitlab.report.shared.measures import Measure, Measured
from gaitlab.report.shared.plot import MARGINS, Chart, Figure, axis, line, no_markup, plain_layout, plain_numbers
from gaitlab.report.shared.said import ENGLISH
from gaitlab.report.shared.texts import day

# By the number of a mark: plotly's names, which the style sheet draws as classes m0 to m5.
SYMBOLS = ("circle", "square", "diamond", "triangle-up", "cross", "star")
# Left and right of one session stand beside each other by this share of the season.
_APART = 0.01
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Mark:
    """How the sessions of one label are drawn: a colour of the style sheet and a symbol, never colour alone."""

    colour: str
    symbol: int


@dataclass(frozen=True, slots=True)
class Dated:
    """A session on the axis of time: when it was recorded (ISO 8601), its name, its metrics by name, its mark.

    Without a mark the two legs have their colours; with one they are filled (left) and open (right).
    """

    time: str
    name: str
    measures: Mapping[str, Measure]
    mark: Mark | None = None


@dataclass(frozen=True, slots=True)
class Pin:
    """A note at its date: a letter on every chart, and its text under the pointer."""

    date: str
    key: str
    text: str


def season_charts(
    dated: Sequence[Dated],
    trend: Sequence[Mapping[str, Any]],
    *,
    headlines: Sequence[str],
    texts: Mapping[str, Any],
    pins: Sequence[Pin] = (),
    smallest: Mapping[str, float] | None = None,
) -> list[Chart]:
    """Return one chart per headline metric; without ``smallest`` only of those that have a trend.

    Parameters
    ----------
    dated : Sequence[Dated]
        the sessions, in any order.
    trend : Sequence[Mapping[str, Any]]
        rows of `gaitlab.stats.trends`.
    headlines : Sequence[str]
        names of the metrics.
    texts : Mapping[str, Any]
        sentences of the page's language.
    pins : Sequence[Pin], optional
        notes to show at their dates.
    smallest : Mapping[str, float] | None, optional
        smallest detectable difference of each metric to draw, NaN where none is published.
    """
    ordered = sorted(dated, key=lambda one: one.time)
    charts = []
    for name in headlines:
        # The last session that has it says in which unit.
        measure = next((one.measures[name] for one in reversed(ordered) if _has(one, name)), None)
        if measure is None:
            continue
        rows = {row["side"]: row for row in trend if (row["metric"], row["unit"]) == (name, measure.unit)}
        if rows or smallest is not None:
            bar = (smallest or {}).get(name, float("nan"))
            charts.append(_chart(measure, ordered, rows, texts, pins=pins, smallest=bar))
    return charts


def _has(one: Dated, name: str) -> bool:
    return name in one.measures and bool(one.measures[name].known)


@dataclass(frozen=True, slots=True)
class _Point:
    time: datetime
    one: Dated
    value: Measured


def _points(measure: Measure, dated: Sequence[Dated], side: str) -> list[_Point]:
    return [
        _Point(datetime.fromisoformat(one.time), one, value)
        for one in dated
        if (found := one.measures.get(measure.name)) and found.unit == measure.unit
        and (value := found.sides.get(side)) and value.known
    ]  # fmt: skip


def _chart(
    measure: Measure,
    dated: Sequence[Dated],
    rows: Mapping[str, Mapping[str, Any]],
    texts: Mapping[str, Any],
    *,
    pins: Sequence[Pin],
    smallest: float,
) -> Chart:
    sides = [side for side in ("left", "right", "both") if any(_points(measure, dated, side))]
    span = _span(dated, pins)
    traces: list[Figure] = []
    for side in sides:
        points = _points(measure, dated, side)
        shift = {"left": -_APART, "right": _APART}.get(side, 0.0) * (span[1] - span[0]) if len(sides) > 1 else _DAY * 0
        marked = any(one.mark is not None for one in dated)
        traces.append(_markers(measure, points, side, shift=shift if marked else _DAY * 0))
        if side in rows:
            traces.append(_line(measure, points, rows[side], side, marked=marked))
    title = f"{measure.full_label}, {measure.display.unit}" if measure.display.unit else measure.full_label
    shapes, annotations = _pinned(pins)
    layout: Figure = {
        **plain_layout(),
        "margin": {**MARGINS, "b": 30},
        "hovermode": "closest",
        "xaxis": axis("", type="date", **_ticks(texts)),
        "yaxis": axis(""),
    }
    bar = smallest * measure.display.factor
    if pins or np.isfinite(bar):
        low, high = _range([point for side in sides for point in _points(measure, dated, side)], measure, bar)
        pad = 0.04 * (span[1] - span[0])
        right = 0.1 * (span[1] - span[0]) if np.isfinite(bar) else pad
        layout["xaxis"] |= {"range": [(span[0] - pad).isoformat(), (span[1] + right).isoformat()]}
        layout["yaxis"] |= {"range": plain_numbers([low, high], 4)}
        if np.isfinite(bar):
            shapes.append(_bar((low + high) / 2, bar))
    figure = {"data": traces, "layout": {**layout, "shapes": shapes, "annotations": annotations}, "height": 240,
              "kind": "trend"}  # fmt: skip
    alt = texts["comparison"]["trend"]["alt"].format(
        title=measure.full_label,
        count=len(dated),
        first=day(dated[0].time[:10], texts),
        last=day(dated[-1].time[:10], texts),
    )
    legend = tuple((side, texts["sides"][side]) for side in sides)
    return Chart(f"trend-{measure.name}", title, figure, alt, legend if len(legend) > 1 else ())


def _ticks(texts: Mapping[str, Any]) -> Figure:
    """Return how dates stand at the axis: as the language writes them, for plotly's names of months are English."""
    return {} if texts["language"] == ENGLISH else {"tickformat": texts["format"]["date"]}


def _markers(measure: Measure, points: Sequence[_Point], side: str, *, shift: timedelta) -> Figure:
    show = measure.display
    means = np.array([point.value.mean for point in points]) * show.factor
    colours, symbols = zip(*(_look(point.one.mark, side) for point in points), strict=True)
    half = np.nan_to_num([point.value.uncertainty for point in points]) * show.factor
    return {
        "type": "scatter", "mode": "markers", "x": [(point.time + shift).isoformat() for point in points],
        "y": plain_numbers(means, 4),
        # Bars have one colour a trace.
        "error_y": {"type": "data", "color": f"@{side}" if points[0].one.mark is None else "@muted", "thickness": 1.5,
                    "width": 4, "array": half.tolist()},
        "marker": {"color": list(colours), "size": 10, "symbol": list(symbols),
                   "line": {"width": 1.6, "color": list(colours)}},
        "text": [no_markup(point.one.name) for point in points],
        "hovertemplate": f"%{{y:.{show.decimals}f}}{no_markup(show.suffix)}<extra>%{{text}}</extra>",
    }  # fmt: skip


def _look(mark: Mark | None, side: str) -> tuple[str, str]:
    if mark is None:
        return f"@{side}", "square" if side == "right" else "circle"
    symbol = SYMBOLS[mark.symbol % len(SYMBOLS)]
    return f"@{mark.colour}", f"{symbol}-open" if side == "right" else symbol


def _line(
    measure: Measure, points: Sequence[_Point], row: Mapping[str, Any], side: str, *, marked: bool
) -> Figure:  # fmt: skip
    """Return the line through the means by the slope of a trend's row; it goes through their centre."""
    days = np.array([point.time.timestamp() / 86400 for point in points])
    means = np.array([point.value.mean for point in points])
    fitted = (means.mean() + row["slope_per_30_days"] / 30 * (days - days.mean())) * measure.display.factor
    drawn = line(fitted, fitted, side, "")
    if marked:
        drawn["line"] = {**drawn["line"], "color": "@muted", "width": 1.6}
    return {**drawn, "x": [point.time.isoformat() for point in points], "hoverinfo": "skip", "hovertemplate": None}


def _span(dated: Sequence[Dated], pins: Sequence[Pin]) -> tuple[datetime, datetime]:
    """Return the first and the last time of a chart, a day apart at least."""
    times = [datetime.fromisoformat(one.time) for one in dated]
    times += [datetime.fromisoformat(f"{pin.date}T12:00:00").replace(tzinfo=times[0].tzinfo) for pin in pins]
    first, last = min(times), max(times)
    return (first, last) if last - first >= _DAY else (first - _DAY / 2, last + _DAY / 2)


def _range(points: Sequence[_Point], measure: Measure, bar: float) -> tuple[float, float]:
    """Return the ends of the vertical axis: all intervals, and room for the smallest detectable difference."""
    half = np.nan_to_num([point.value.uncertainty for point in points])
    means = np.array([point.value.mean for point in points])
    ends = np.concatenate([means - half, means + half]) * measure.display.factor
    low, high = float(ends.min()), float(ends.max())
    least = max(high - low, 1.2 * bar if np.isfinite(bar) else 0.0, 10.0**-measure.display.decimals)
    middle = (low + high) / 2
    return middle - 0.58 * least, middle + 0.58 * least


def _pinned(pins: Sequence[Pin]) -> tuple[list[Figure], list[Figure]]:
    """Return a dotted line and a letter at the date of every note; those of one day share both."""
    shapes: list[Figure] = []
    annotations: list[Figure] = []
    for date in dict.fromkeys(pin.date for pin in pins):
        here = [pin for pin in pins if pin.date == date]
        x = f"{date}T12:00:00"
        shapes.append({
            "type": "line", "x0": x, "x1": x, "yref": "paper", "y0": 0, "y1": 1, "layer": "below",
            "line": {"color": "@zero", "width": 1.2, "dash": "dot"},
        })  # fmt: skip
        annotations.append({
            "x": x, "y": 1, "yref": "paper", "yanchor": "bottom", "showarrow": False,
            "text": no_markup(" ".join(pin.key for pin in here)), "font": {"color": "@muted", "size": 11},
            "hovertext": no_markup(" · ".join(pin.text for pin in here))[:300],
        })  # fmt: skip
    return shapes, annotations


def _bar(middle: float, size: float) -> Figure:
    low, high = middle - size / 2, middle + size / 2
    return {
        "type": "path", "xref": "paper", "yref": "y", "line": {"color": "@ink", "width": 2},
        "path": f"M 0.975 {low:.4f} L 0.995 {low:.4f} M 0.985 {low:.4f} L 0.985 {high:.4f} M 0.975 {high:.4f} "
                f"L 0.995 {high:.4f}",
    }  # fmt: skip
