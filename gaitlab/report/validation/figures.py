"""Charts of a validation: Bland-Altman of events and metrics, and mean curves of both over the gait cycle."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from gaitlab.core.gait import BOTH_SIDES
from gaitlab.core.pose import FloatArray
from gaitlab.metrics import METRICS
from gaitlab.report.shared.curves import PERCENT, CycleCurve
from gaitlab.report.shared.measures import label_of
from gaitlab.report.shared.numbers import Display, decimal, of_language
from gaitlab.report.shared.plot import (  # fmt: skip
    Chart,
    Figure,
    axis,
    band,
    line,
    no_markup,
    plain_layout,
    plain_numbers,
    wide_enough,
)
from gaitlab.report.shared.texts import point_of
from gaitlab.report.validation.tables import angle_label, show_of
from gaitlab.stats.validation.result import Validation
from gaitlab.stats.validation.tables import EVENTS, event_errors, metric_values

_FOUND, _TRUE = "s1", "s0"
_MS = Display("ms", 1000.0, 1)
_HEIGHT, _CURVE_HEIGHT = 250, 260
# Points beyond this number are drawn one in so many: a chart shows where they lie, the tables count them all.
_MOST_POINTS = 1500


@dataclass(frozen=True, slots=True, eq=False)
class _Dots:
    """Points of one leg: place, difference, and the words on each."""

    side: str
    x: FloatArray
    y: FloatArray
    words: Sequence[str]


def event_charts(found: Validation, texts: Mapping[str, Any]) -> list[Chart]:
    """Return a chart an event: differences over the recording, which would show clocks that drift apart."""
    words = texts["validation"]["events"]
    charts = []
    for event in EVENTS:
        dots = []
        for side in BOTH_SIDES:
            ours, theirs, subjects, _ = event_errors(found.compared, event, side)
            dots.append(_Dots(side, theirs, (ours - theirs) * 1000 if len(ours) else theirs, subjects))
        row = _row(found.events, event=event, side="both")
        if row is None or not row["n"]:
            continue
        show = of_language(_MS, texts)
        ends = {name: show.number(row[name]) for name in ("bias", "loa_low", "loa_high")}
        alt = words["alt"].format(
            event=words[event], n=row["n"], bias=ends["bias"], low=ends["loa_low"], high=ends["loa_high"]
        )
        limits = [row[name] * 1000 for name in ("bias", "loa_low", "loa_high")]
        figure = _bland_altman(dots, limits, words["axis"], show)
        charts.append(
            Chart(f"event-{event}", words["chart"].format(event=words[event]), figure, alt, _legs(dots, texts))
        )
    return charts


def metric_charts(found: Validation, texts: Mapping[str, Any]) -> list[Chart]:
    """Return a Bland-Altman chart a metric."""
    words = texts["validation"]["metrics"]
    charts = []
    keys = dict.fromkeys((row["metric"], row["unit"]) for row in found.metrics.to_dict("records"))
    for metric, unit in keys:
        show = show_of(metric, unit, texts)
        row = _row(found.metrics, metric=metric, unit=unit, side="both")
        if row is None:
            continue
        dots = []
        sides = BOTH_SIDES if (found.metrics["metric"] == metric).sum() > 1 else ("both",)
        for side in sides:
            ours, theirs, subjects, _, _ = metric_values(found.compared, metric, unit, side)
            dots.append(_Dots(side, (ours + theirs) / 2 * show.factor, (ours - theirs) * show.factor, subjects))
        limits = [row[name] * show.factor for name in ("bias", "loa_low", "loa_high")]
        label = label_of(metric, METRICS[metric].label if metric in METRICS else metric, texts)
        figure = _bland_altman(dots, limits, words["axis"].format(unit=show.unit), show)
        alt = words["alt"].format(
            label=label, n=row["n"], unit=show.unit, bias=show.number(row["bias"]), low=show.number(row["loa_low"]),
            high=show.number(row["loa_high"]),
        )  # fmt: skip
        named = label_of(metric, row["label"], texts)
        title = words["chart"].format(label=named, unit=show.unit) if show.unit else named
        charts.append(Chart(f"metric-{metric}", title, figure, alt, _legs(dots, texts)))
    return charts


def curve_charts(found: Validation, texts: Mapping[str, Any]) -> list[Chart]:
    """Return a chart an angle and leg: mean and SD of all strides, found and true."""
    words = texts["validation"]["angles"]
    charts = []
    angles = dict.fromkeys(angle for one in found.compared for angle, _ in one.curves)
    keys = [(angle, side) for angle in angles for side in (*BOTH_SIDES, "both")]
    for angle, side in keys:
        pairs = [one.curves[angle, side] for one in found.compared if (angle, side) in one.curves]
        if not sum(len(pair.found) for pair in pairs):
            continue
        ours, theirs = (np.concatenate([getattr(pair, name) for pair in pairs]) for name in ("found", "true"))
        curves = {_TRUE: _mean(theirs), _FOUND: _mean(ours)}
        title = angle_label(angle, texts)
        if side != "both":
            title = words["chart"].format(title=title, side=texts["sides"][side].lower())
        names = {_TRUE: texts["validation"]["true"], _FOUND: texts["validation"]["found"]}
        traces = [band(colour, curve) for colour, curve in curves.items()]
        traces += [line(PERCENT, curve.mean_deg, colour, names[colour]) for colour, curve in curves.items()]
        figure: Figure = {
            "data": traces,
            "layout": {
                **plain_layout(),
                "xaxis": axis(texts["cycle"]["x"], range=[0, 100], dtick=20),
                "yaxis": axis("", ticksuffix="°", **wide_enough([(c.mean_deg, c.sd_deg) for c in curves.values()])),
            },
            "height": _CURVE_HEIGHT,
            "kind": "phase",
        }
        point = point_of(texts)
        ends = [
            decimal(float(end(c.mean_deg)), 0, point=point)
            for c in (curves[_FOUND], curves[_TRUE])
            for end in (np.min, np.max)
        ]
        alt = words["alt"].format(
            title=title, n=len(ours), low=ends[0], high=ends[1], low_true=ends[2], high_true=ends[3]
        )
        legend = tuple((colour, words["line"].format(who=names[colour], n=len(ours))) for colour in curves)
        charts.append(Chart(f"curve-{re.sub(r'[^a-z]+', '-', angle.lower())}-{side}", title, figure, alt, legend))
    return charts


def _mean(curves: FloatArray) -> CycleCurve:
    spread = curves.std(axis=0, ddof=1) if len(curves) > 1 else np.full(curves.shape[1], math.nan)
    return CycleCurve(curves.mean(axis=0), spread, 100.0, len(curves))


def _row(table: Any, **wanted: str) -> Mapping[str, Any] | None:
    rows = [row for row in table.to_dict("records") if all(row[name] == value for name, value in wanted.items())]
    return rows[0] if rows else None


def _legs(dots: Sequence[_Dots], texts: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    return tuple((one.side, f"{texts['sides'][one.side]} (n {len(one.x)})") for one in dots if len(one.x))


def _bland_altman(dots: Sequence[_Dots], limits: Sequence[float], title: str, show: Display) -> Figure:
    traces: list[Figure] = []
    for one in dots:
        every = max(1, -(-len(one.x) // _MOST_POINTS))
        traces.append({
            "type": "scatter", "mode": "markers", "x": plain_numbers(one.x[::every], 3),
            "y": plain_numbers(one.y[::every], 3), "text": [no_markup(word) for word in one.words[::every]],
            "marker": {"color": f"@{one.side}", "size": 7, "opacity": 0.7,
                       "symbol": "square" if one.side == "right" else "circle"},
            "hovertemplate": f"%{{y:+.{show.decimals}f}}{no_markup(show.suffix)}<extra>%{{text}}</extra>",
        })  # fmt: skip
    known = [value for value in limits if math.isfinite(value)]
    shapes = [
        {
            "type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": value, "y1": value,
            "line": {"color": "@ink", "width": 1.0 if number else 1.5, "dash": "6px,4px" if number else "solid"},
        }
        for number, value in enumerate(known)
    ]  # fmt: skip
    return {
        "data": traces,
        "layout": {
            **plain_layout(), "hovermode": "closest", "xaxis": axis(title),
            "yaxis": axis("", range=_around(dots, known)), "shapes": shapes,
        },
        "height": _HEIGHT,
        "kind": "agreement",
    }  # fmt: skip


def _around(dots: Sequence[_Dots], limits: Sequence[float]) -> list[float]:
    """Return a range that shows all points, both limits and zero."""
    values = np.concatenate([*(one.y for one in dots), np.array([*limits, 0.0])])
    low, high = float(np.nanmin(values)), float(np.nanmax(values))
    room = 0.08 * (high - low) or 1.0
    return [low - room, high + room]
