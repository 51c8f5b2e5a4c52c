"""Charts of a comparison: mean curves of all sessions per leg, and metrics over the dates of a season."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from gaitlab.core.gait import BOTH_SIDES
from gaitlab.report.comparison.content import Compared, Comparison
from gaitlab.report.session.content import column_key
from gaitlab.report.session.figures import cycles_of
from gaitlab.report.shared.curves import PERCENT, CycleCurve, cycle_curve
from gaitlab.report.shared.numbers import decimal
from gaitlab.report.shared.plot import (  # fmt: skip
    Chart,
    Figure,
    axis,
    band,
    line,
    plain_layout,
    vertical,
    wide_enough,
)
from gaitlab.report.shared.season import Dated, season_charts
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
    cycles = cycles_of(one.content, side)
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
        shapes += [] if stance_only else vertical(curve.toe_off_percent, one.colour)
        ends = (float(end(curve.mean_deg)) for end in (np.nanmin, np.nanmax))
        low, high = (decimal(end, 0, point=one.content.point) for end in ends)
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


def trend_charts(comparison: Comparison) -> list[Chart]:
    """Return one chart per headline metric over the dates; none without a trend."""
    dated = [
        Dated(time.isoformat(), f"{one.letter} {one.name}", one.measures)
        for one in comparison.compared
        if (time := session_time(one.session)) is not None
    ]
    headlines = comparison.first.content.headlines
    return season_charts(dated, comparison.trend, headlines=headlines, texts=comparison.texts)
