"""Charts as plotly JSON, made without importing plotly's Python figures.

Colours are names (``@left``, ``@ink``), which the page's script replaces by those of the light or dark theme.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from gaitlab.core.gait import BOTH_SIDES, GaitCycle
from gaitlab.metrics.norms import CurveNorm, curve_norm
from gaitlab.report.session.content import Content, column_key, column_sides
from gaitlab.report.shared.curves import PERCENT, CycleCurve, cycle_curve
from gaitlab.report.shared.numbers import decimal
from gaitlab.report.shared.plot import (  # fmt: skip
    MARGINS,
    Figure,
    axis,
    band,
    line,
    no_markup,
    norm_band,
    plain_layout,
    plain_numbers,
    vertical,
    wide_enough,
)
from gaitlab.report.shared.texts import pointed

# Most points per curve: more than a wide screen has pixels would only increase the size of the page.
_MAX_FRAMES = 4000
# What a contact is called where its time rests on an assumption, or on a rate that nobody knows.
_CONTACTS = {"assumed": "contact_assumed", "unknown": "contact_untimed"}


def cycle_figures(content: Content) -> dict[str, tuple[Figure, Mapping[str, CycleCurve]]]:
    """Return by column (figure, curves by side) for every curve of the view present in an accepted cycle."""
    found: dict[str, tuple[Figure, Mapping[str, CycleCurve]]] = {}
    for spec in content.layout["curves"]:
        if spec["view"] == content.view:
            with content.pieces.attempt(f"the chart '{chart_title(content, spec['column'])}'"):
                if curves := _cycle_curves(content, spec):
                    found[spec["column"]] = (_cycle_figure(content, spec, curves), curves)
    return found


def chart_title(content: Content, column: str) -> str:
    """Return the title of a curve."""
    return str(content.texts["columns"][column_key(column)])


def _cycle_curves(content: Content, spec: Mapping[str, Any]) -> dict[str, CycleCurve]:
    """Return by side the curves present in an accepted cycle."""
    return {
        side: curve
        for side, name in column_sides(spec["column"])
        if name in content.angles.values_deg
        and (
            curve := cycle_curve(
                content.angles.time_s,
                content.angles.values_deg[name],
                cycles_of(content, side),
                stance_only=spec.get("stance_only", False),
            )
        )
    }


def cycles_of(content: Content, side: str) -> list[GaitCycle]:
    """Return the cycles of a side, or of both: a repetition that both legs have then counts once."""
    found = [c for c in content.cycles if side in (c.side, "both")]
    return list({(c.start_s, c.end_s): c for c in found}.values())


def _cycle_figure(content: Content, spec: Mapping[str, Any], curves: Mapping[str, CycleCurve]) -> Figure:
    texts = content.texts["cycle"]
    stance_only = spec.get("stance_only", False)
    norm = norm_of(content, spec["column"])
    traces: list[Figure] = [] if norm is None else [norm_band(norm.mean_deg, norm.sd_deg)]
    shapes: list[Figure] = []
    for side, curve in curves.items():
        name = texts["mean"].format(side=content.texts["sides"][side], n=curve.n)
        traces += [band(side, curve), line(PERCENT, curve.mean_deg, side, name)]
        if not stance_only:
            shapes += vertical(curve.toe_off_percent, side)
    toe_off = float(np.mean([curve.toe_off_percent for curve in curves.values()]))
    if norm is None:  # whose band holds these ranges too
        shapes += _reference_marks(content, spec.get("marks", ()), toe_off)
    layout = {
        **plain_layout(),
        "xaxis": axis(texts["x_stance" if stance_only else "x"], range=[0, 100], dtick=20),
        "yaxis": axis("", ticksuffix="°", **wide_enough([(c.mean_deg, c.sd_deg) for c in curves.values()])),
        "shapes": shapes,
    }
    return {"data": traces, "layout": layout, "height": 260, "kind": "cycle"}


def norm_of(content: Content, column: str) -> CurveNorm | None:
    """Return mean ± SD of other runners on a treadmill for a curve, at the speed where that is known."""
    if content.info["activity"] != "running" or content.info.get("setting", "treadmill") != "treadmill":
        return None
    return curve_norm(column_key(column), content.speed_mps)


def _reference_marks(content: Content, marks: Sequence[Mapping[str, Any]], toe_off: float) -> list[Figure]:
    """Return the published ranges as bands at their position in the cycle."""
    references = {m.name: m.reference for m in content.measures if m.reference is not None}
    shapes = []
    for mark in marks:
        reference = references.get(mark["metric"])
        if reference is None:
            continue
        left, right = (toe_off, 100.0) if mark.get("span") == "swing" else _around(mark["percent"])
        shapes.append({
            "type": "rect", "x0": left, "x1": right, "y0": reference.low, "y1": reference.high,
            "fillcolor": "@reference", "line": {"width": 0}, "layer": "below",
        })  # fmt: skip
    return shapes


def _around(percent: float) -> tuple[float, float]:
    return max(percent - 3.0, 0.0), percent + 3.0


def time_figure(content: Content) -> Figure | None:
    """Return all angles of the view over time, one row each, with both feet's contacts as bars in the last row."""
    rows = [
        (spec["column"], names)
        for spec in content.layout["curves"]
        if spec["view"] == content.view
        and (names := [(s, n) for s, n in column_sides(spec["column"]) if _seen(content, n)])
    ]
    contacts = _contact_traces(content)
    if not rows and not contacts:
        return None
    every = max(1, -(-len(content.angles.time_s) // _MAX_FRAMES))
    time_s = content.angles.time_s[::every]
    heights = [1.0] * len(rows) + ([0.55] if contacts else [])
    domains = _stacked(heights)
    traces: list[Figure] = []
    layout: Figure = {**plain_layout(), "hovermode": "x unified"}
    for number, (column, names) in enumerate(rows, start=1):
        nth = _axis_number(number)
        for side, curve in names:
            values = content.angles.values_deg[curve][::every]
            name = content.texts["sides"][side]
            trace = line(time_s, values, side, name, yaxis=f"y{nth}", showlegend=False)
            traces.append({**trace, "line": {**trace["line"], "width": 1.5}})
        title = content.texts["short"].get(column_key(column), column_key(column))
        shown = [content.angles.values_deg[name][::every] for _, name in names]
        span = wide_enough([(values, np.zeros_like(values)) for values in shown])
        layout[f"yaxis{nth}"] = axis(title, ticksuffix="°", domain=domains[number - 1], nticks=4, **span)
    last = _axis_number(len(heights))
    if contacts:
        traces += [{**trace, "yaxis": f"y{last}"} for trace in contacts]
        layout[f"yaxis{last}"] = axis(
            "", domain=domains[-1], showgrid=False, zeroline=False, range=[1.6, -0.6], tickvals=[0, 1],
            ticktext=[content.texts["sides"][side] for side in BOTH_SIDES],
        )  # fmt: skip
    ends = [round(float(time_s[0]), 3), round(float(time_s[-1]), 3)]
    layout["xaxis"] = axis(_seconds(content), anchor=f"y{last}", fixedrange=False, range=ends)
    layout["barmode"] = "overlay"
    layout["margin"] = {**MARGINS, "l": 64}
    return {"data": traces, "layout": layout, "height": 110 * len(rows) + (130 if contacts else 60), "kind": "time"}


def _seconds(content: Content) -> str:
    """Return the title of an axis of time, with the slow motion where that is assumed or not known."""
    clock, texts = content.info.get("clock", {}), content.texts["time"]
    if clock.get("source") not in _CONTACTS:
        return str(texts["x"])
    return str(texts["x_assumed"].format(factor=pointed(f"{clock['slow_motion']:.3g}", content.texts)))


def _contact_traces(content: Content) -> list[Figure]:
    """Return the contacts as horizontal bars, rejected ones hatched."""
    texts, clock = content.texts["time"], content.info.get("clock", {})
    traces = []
    for row, side in enumerate(BOTH_SIDES):
        for accepted in (True, False):
            chosen = [c for c in content.events.of(side) if c.accepted == accepted and np.isfinite(c.toe_off_s)]
            if not chosen:
                continue
            hover = [
                texts[_CONTACTS.get(clock.get("source", ""), "contact_hover")].format(
                    side=content.texts["sides"][side], duration=decimal(c.duration_s * 1e3, 0, point=content.point)
                )
                + (
                    ""
                    if accepted
                    else "<br>" + texts["rejected_hover"].format(reason=no_markup(content.said(c.reason)))
                )
                for c in chosen
            ]
            marker: Figure = {"color": f"@{side}"}
            if not accepted:
                marker = {"color": "@surface", "line": {"color": f"@{side}", "width": 1},
                          "pattern": {"shape": "/", "fgcolor": f"@{side}", "size": 5}}  # fmt: skip
            traces.append({
                "type": "bar", "orientation": "h", "y": [row] * len(chosen), "width": 0.72,
                "base": plain_numbers([c.foot_strike_s for c in chosen], 3),
                "x": plain_numbers([c.duration_s for c in chosen], 3),
                "text": hover, "textposition": "none", "hovertemplate": "%{text}<extra></extra>",
                "marker": marker, "showlegend": False,
            })  # fmt: skip
    return traces


def _seen(content: Content, column: str) -> bool:
    values = content.angles.values_deg.get(column)
    return values is not None and bool(np.isfinite(values).any())


def _stacked(heights: Sequence[float], *, gap: float = 0.035) -> list[list[float]]:
    """Return the (bottom, top) share of the figure for rows of these relative heights, first row on top."""
    unit = (1 - gap * (len(heights) - 1)) / sum(heights)
    domains, top = [], 1.0
    for height in heights:
        domains.append([max(top - height * unit, 0.0), top])
        top -= height * unit + gap
    return domains


def _axis_number(number: int) -> str:
    return "" if number == 1 else str(number)
