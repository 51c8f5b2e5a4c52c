"""Components of charts in plotly JSON: mean with SD, lines, axes.

Colours are names (``@left``, ``@ink``), which the page's script replaces by those of the light or dark theme.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from gaitlab.core.pose import FloatArray
from gaitlab.report.shared.curves import PERCENT, CycleCurve
from gaitlab.signal.runs import runs

Figure = dict[str, Any]
# Least range of an axis, degrees, so that small variations are not magnified.
_LEAST_SPAN_DEG = 24.0
# Left and right in a report, the sessions in a comparison.
_DASHES = {
    "right": "6px,3px",
    "s1": "7px,3px",
    "s2": "2px,2px",
    "s3": "9px,3px,2px,3px",
    "s4": "4px,4px",
    "s5": "12px,3px",
}
MARGINS = {"l": 48, "r": 14, "t": 12, "b": 44}


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart with heading and text alternative, for `_charts.html`; ``legend`` is (colour, text) of each mark."""

    key: str
    title: str
    figure: Figure
    alt: str
    legend: tuple[tuple[str, str], ...]


def band(side: str, curve: CycleCurve) -> Figure:
    """Return mean ± SD as closed outlines, which do not depend on the order of traces: one a part that was seen."""
    x: list[FloatArray] = []
    y: list[FloatArray] = []
    for part in runs(np.isfinite(curve.sd_deg)):
        here, mean, sd = PERCENT[part], curve.mean_deg[part], curve.sd_deg[part]
        # A gap ends an outline, also where the next one begins: nothing is drawn where nothing was measured.
        between = [np.array([np.nan])] if x else []
        x += [*between, here, here[::-1]]
        y += [*between, mean + sd, (mean - sd)[::-1]]
    return {
        "type": "scatter", "mode": "lines", "fill": "toself", "fillcolor": f"@{side}-band", "line": {"width": 0},
        "x": plain_numbers(np.concatenate(x or [PERCENT[:0]])), "y": plain_numbers(np.concatenate(y or [PERCENT[:0]])),
        "hoverinfo": "skip", "showlegend": False,
    }  # fmt: skip


def norm_band(mean_deg: FloatArray, sd_deg: FloatArray) -> Figure:
    """Return mean ± SD of other runners as one outline, which the page can switch off by its ``meta``."""
    around = np.concatenate([mean_deg + sd_deg, (mean_deg - sd_deg)[::-1]])
    return {
        "type": "scatter", "mode": "lines", "fill": "toself", "fillcolor": "@norm", "line": {"width": 0},
        "x": plain_numbers(np.concatenate([PERCENT, PERCENT[::-1]])), "y": plain_numbers(around), "hoverinfo": "skip",
        "showlegend": False, "meta": "norm",
    }  # fmt: skip


def line(x: FloatArray, y: FloatArray, side: str, name: str, **more: Any) -> Figure:
    """Return a curve in the colour and dash of ``side``, distinguishable in greyscale too."""
    return {
        "type": "scatter", "mode": "lines", "name": name, "x": plain_numbers(x), "y": plain_numbers(y),
        "line": {"color": f"@{side}", "width": 2.2, "dash": _DASHES.get(side, "solid")},
        "hovertemplate": "%{y:.1f}°<extra>" + no_markup(name) + "</extra>", **more,
    }  # fmt: skip


def vertical(x: float, side: str) -> list[Figure]:
    """Return a dotted line across the chart at ``x``; none for NaN, as of a repetition that no moment divides."""
    if not np.isfinite(x):
        return []
    return [{
        "type": "line", "x0": x, "x1": x, "yref": "paper", "y0": 0, "y1": 1,
        "line": {"color": f"@{side}", "width": 1.5, "dash": "dot"},
    }]  # fmt: skip


def wide_enough(curves: Sequence[tuple[FloatArray, FloatArray]]) -> Figure:
    """Return the axis range for curves below the least range; empty for others."""
    low = min(float(np.nanmin(mean - np.nan_to_num(sd))) for mean, sd in curves)
    high = max(float(np.nanmax(mean + np.nan_to_num(sd))) for mean, sd in curves)
    if not high - low < _LEAST_SPAN_DEG:
        return {}
    middle = (low + high) / 2
    return {"range": [round(middle - _LEAST_SPAN_DEG / 2, 1), round(middle + _LEAST_SPAN_DEG / 2, 1)]}


def plain_layout() -> Figure:
    """Return the layout common to all charts."""
    return {
        "paper_bgcolor": "rgba(0,0,0,0)", "plot_bgcolor": "rgba(0,0,0,0)", "margin": dict(MARGINS),
        "font": {"family": "system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif", "size": 12, "color": "@muted"},
        "showlegend": False, "hovermode": "x", "dragmode": False,
        "hoverlabel": {"bgcolor": "@surface", "bordercolor": "@line", "font": {"color": "@ink"}},
    }  # fmt: skip


def axis(title: str, **more: Any) -> Figure:
    """Return an axis in the page's colours."""
    return {
        "title": {"text": title, "standoff": 8}, "gridcolor": "@line", "zerolinecolor": "@zero", "linecolor": "@line",
        "automargin": True, "fixedrange": True, **more,
    }  # fmt: skip


def plain_numbers(values: Any, digits: int = 2) -> list[float | None]:
    """Return JSON numbers, None for NaN."""
    return [None if v != v else round(float(v), digits) for v in np.asarray(values, dtype=float).tolist()]


def no_markup(text: str) -> str:
    """Return text escaped for plotly's HTML subset."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace("%{", "% {")
