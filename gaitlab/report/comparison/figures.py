"""Charts of a comparison: mean curves of all sessions per leg, and metrics over the dates of a season."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from gaitlab.core.gait import BOTH_SIDES
from gaitlab.report.comparison.content import Compared, Comparison
from gaitlab.report.session.content import column_key
from gaitlab.report.shared.curves import PERCENT, CycleCurve, cycle_curve
from gaitlab.report.shared.measures import Measure
from gaitlab.report.shared.numbers import decimal
from gaitlab.report.shared.plot import (  # fmt: skip
    Chart,
    Figure,
    axis,
    band,
    line,
    no_markup,
    plain_layout,
    plain_numbers,
    vertical,
    wide_enough,
)
from gaitlab.stats.trends import session_time

# With more sessions the bands of the SD would hide each other.
_MOST_BANDS = 4


def curve_charts(comparison: Comparison) -> list[Chart]:
    """Return one chart per curve of the view and leg that is present in a session."""
    view = comparison.first.content.view
    charts = []
    for spec in comparison.first.content.layout["curves"]:
        if spec["view"] != view:
            continue
        for side in BOTH_SIDES if "{side}" in spec["column"] else ("both",):
            curves = {
                one.letter: curve
                for one in comparison.compared
                if (curve := _curve(one, spec["column"].format(side=side), side, spec.get("stance_only", False)))
            }
            if curves:
                charts.append(_curve_chart(comparison, spec, side, curves))
    return charts


def _curve(one: Compared, column: str, side: str, stance_only: bool) -> CycleCurve | None:
    angles = one.content.angles
    if column not in angles.values_deg:
        return None
    cycles = [cycle for cycle in one.content.cycles if side in (cycle.side, "both")]
    return cycle_curve(angles.time_s, angles.values_deg[column], cycles, stance_only=stance_only)


def _curve_chart(
    comparison: Comparison, spec: Mapping[str, Any], side: str, curves: Mapping[str, CycleCurve]
) -> Chart:  # fmt: skip
    texts, words = comparison.texts, comparison.texts["comparison"]["curves"]
    stance_only = spec.get("stance_only", False)
    title = texts["columns"][column_key(spec["column"])]
    if side != "both":
        title = words["chart"].format(title=title, side=texts["sides"][side].lower())
    traces: list[Figure] = []
    shapes: list[Figure] = []
    legend = []
    ranges = []
    for one in comparison.compared:
        curve = curves.get(one.letter)
        if curve is None:
            continue
        text = words["line"].format(letter=one.letter, n=curve.n)
        legend.append((one.colour, text))
        traces += [band(one.colour, curve)] if len(curves) <= _MOST_BANDS else []
        traces.append(line(PERCENT, curve.mean_deg, one.colour, f"{one.letter} {one.name}"))
        shapes += [] if stance_only else [vertical(curve.toe_off_percent, one.colour)]
        low, high = (decimal(float(end(curve.mean_deg)), 0) for end in (np.nanmin, np.nanmax))
        ranges.append(words["range"].format(letter=one.letter, low=low, high=high))
    figure = {
        "data": traces,
        "layout": {
            **plain_layout(),
            "xaxis": axis(texts["cycle"]["x_stance" if stance_only else "x"], range=[0, 100], dtick=20),
            "yaxis": axis("", ticksuffix="°", **wide_enough([(c.mean_deg, c.sd_deg) for c in curves.values()])),
            "shapes": shapes,
        },
        "height": 260,
        "kind": "stance" if stance_only else "phase",
    }
    alt = words["alt"].format(title=title, ranges=", ".join(ranges))
    return Chart(f"{column_key(spec['column'])}-{side}", title, figure, alt, tuple(legend))


@dataclass(frozen=True, slots=True)
class Dated:
    """A session on the axis of time: when it was recorded (ISO 8601), its name, and its metrics by name."""

    time: str
    name: str
    measures: Mapping[str, Measure]


def trend_charts(comparison: Comparison) -> list[Chart]:
    """Return one chart per headline metric over the dates; none without a trend."""
    dated = [
        Dated(time.isoformat(), f"{one.letter} {one.name}", one.measures)
        for one in comparison.compared
        if (time := session_time(one.session)) is not None
    ]
    headlines = comparison.first.content.headlines
    return season_charts(dated, comparison.trend, headlines=headlines, texts=comparison.texts)


def season_charts(
    dated: Sequence[Dated], trend: Sequence[Mapping[str, Any]], *, headlines: Sequence[str], texts: Mapping[str, Any]
) -> list[Chart]:
    """Return one chart per headline metric that has a trend.

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
    """
    ordered = sorted(dated, key=lambda one: one.time)
    charts = []
    for name in headlines:
        rows = [row for row in trend if row["metric"] == name]
        measure = next((one.measures[name] for one in dated if name in one.measures), None)
        if measure is not None and rows:
            charts.append(_trend_chart(measure, ordered, rows, texts))
    return charts


def _trend_chart(
    measure: Measure, dated: Sequence[Dated], rows: Sequence[Mapping[str, Any]], texts: Mapping[str, Any]
) -> Chart:
    show = measure.display
    traces: list[Figure] = []
    legend = []
    for row in rows:
        side = row["side"]
        points = [
            (one.time, one, value)
            for one in dated
            if (found := one.measures.get(measure.name)) and found.unit == measure.unit
            and (value := found.sides.get(side)) and value.known
        ]  # fmt: skip
        days = np.array([np.datetime64(time[:19], "s").astype(float) / 86400 for time, _, _ in points])
        means = np.array([value.mean for _, _, value in points])
        fitted = means.mean() + row["slope_per_30_days"] / 30 * (days - days.mean())
        times = [time for time, _, _ in points]
        scale = show.factor
        traces.append({
            "type": "scatter", "mode": "markers", "x": times, "y": plain_numbers(means * scale, 4),
            "error_y": {"type": "data", "color": f"@{side}", "thickness": 1.5, "width": 4,
                        "array": (np.nan_to_num([v.uncertainty for _, _, v in points]) * scale).tolist()},
            "marker": {"color": f"@{side}", "size": 9, "symbol": "square" if side == "right" else "circle"},
            "text": [no_markup(one.name) for _, one, _ in points],
            "hovertemplate": f"%{{y:.{show.decimals}f}}{no_markup(show.suffix)}<extra>%{{text}}</extra>",
        })  # fmt: skip
        traces.append({**line(fitted * scale, fitted * scale, side, ""), "x": times, "hoverinfo": "skip",
                       "hovertemplate": None})  # fmt: skip
        legend.append((side, texts["sides"][side]))
    title = f"{measure.full_label}, {show.unit}" if show.unit else measure.full_label
    figure = {
        "data": traces,
        "layout": {**plain_layout(), "hovermode": "closest", "xaxis": axis("", type="date"), "yaxis": axis("")},
        "height": 240,
        "kind": "trend",
    }
    alt = texts["comparison"]["trend"]["alt"].format(
        title=measure.full_label, count=len(dated), first=dated[0].time[:10], last=dated[-1].time[:10]
    )
    shown = tuple(legend) if len(legend) > 1 else ()
    return Chart(f"trend-{measure.name}", title, figure, alt, shown)
