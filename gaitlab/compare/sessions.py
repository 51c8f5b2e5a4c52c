"""Differences between sessions, a row a metric and side, each with its interval and what it must exceed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from gaitlab.compare.differences import difference
from gaitlab.errors import InputError
from gaitlab.metrics import METRICS
from gaitlab.statistics import t_quantile

if TYPE_CHECKING:
    import pandas as pd

    from gaitlab.store.session import Session

CHANGED, NOISE, UNKNOWN = "changed", "within noise", "not comparable"
KEY = ["metric", "side", "unit"]
_COLUMNS = (
    "metric", "side", "unit", "session", "a", "b", "difference", "interval", "verdict", "n_a", "n_b",
    "effective_n_a", "effective_n_b", "random", "systematic", "hedges_g", "smallest_detectable", "detectable_source",
)  # fmt: skip


def compare(sessions: Sequence[Session]) -> pd.DataFrame:
    """Compare every session with the first one, on the level of gait cycles.

    The 95 % interval of a difference holds its random part, from the spread over cycles and how much neighbouring
    cycles resemble each other, and the systematic part that more cycles do not mend (timing, scale: what the summaries'
    uncertainty holds beside the spread), in quadrature.

    Returns:
        a row a metric, side and later session: ``metric, side, unit, session, a, b, difference, interval, verdict``;
        ``a`` and ``b`` are the means. ``verdict`` is ``changed`` where the difference exceeds both its interval and
        the smallest detectable one (where one is published), else ``within noise``, or ``not comparable`` where a
        side has fewer than two cycles, or another unit. Then ``n_a, n_b``, how many independent cycles those are
        worth (``effective_n_a, effective_n_b``), the half-widths ``random`` and ``systematic``, ``hedges_g``,
        ``smallest_detectable`` and ``detectable_source``.

    Raises:
        InputError: for fewer than two sessions.
    """
    import pandas as pd

    if len(sessions) < 2:
        raise InputError(f"comparing takes two sessions or more, not {len(sessions)}")
    first, *others = sessions
    rows: list[dict[str, Any]] = []
    for other in others:
        of_other = rows_by_key(other.summary)
        for key, row in rows_by_key(first.summary).items():
            found = _compared(key, row, of_other.get(key), first.cycles, other.cycles)
            rows.append({**dict(zip(KEY, key, strict=True)), "session": str(other.folder), **found})
    return pd.DataFrame(rows, columns=list(_COLUMNS))


def rows_by_key(summary: pd.DataFrame) -> dict[tuple[str, ...], dict[str, Any]]:
    """Return the rows of a summary by metric, side and unit."""
    records: list[dict[Any, Any]] = summary.to_dict("records")
    return {tuple(row[name] for name in KEY): row for row in records}


def detectable_of(metric: str, unit: str) -> tuple[float, str]:
    """Return a metric's smallest detectable difference and who found it; NaN where none is known in this unit."""
    spec = METRICS.get(metric)
    published = spec.detectable if spec is not None and unit == spec.unit else None
    return (published.difference, published.source) if published else (float("nan"), "")


def _compared(
    key: tuple[str, ...], a: dict[str, Any], b: dict[str, Any] | None, cycles_a: pd.DataFrame, cycles_b: pd.DataFrame
) -> dict[str, Any]:
    metric, side, unit = key
    value_a, time_a_s, leg_a = _cycles_of(cycles_a, metric, side)
    value_b, time_b_s, leg_b = _cycles_of(cycles_b, metric, side)
    if b is None:
        value_b, time_b_s, leg_b = value_b[:0], time_b_s[:0], leg_b[:0]
    found = difference(value_a, value_b, time_a_s=time_a_s, time_b_s=time_b_s, leg_a=leg_a, leg_b=leg_b)
    systematic = float(np.hypot(_systematic(a), _systematic(b))) if b else float("nan")
    interval = float(np.hypot(found.random, systematic))
    smallest, source = detectable_of(metric, unit)
    return {
        "a": a["mean"],
        "b": b["mean"] if b else float("nan"),
        "difference": found.difference,
        "interval": interval,
        "verdict": _verdict(found.difference, interval, smallest),
        "n_a": len(value_a),
        "n_b": len(value_b),
        "effective_n_a": found.effective_n_a,
        "effective_n_b": found.effective_n_b,
        "random": found.random,
        "systematic": systematic,
        "hedges_g": found.hedges_g,
        "smallest_detectable": smallest,
        "detectable_source": source,
    }


def _cycles_of(cycles: pd.DataFrame, metric: str, side: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return values, times and legs of a metric's cycles in the order of time; ``both`` takes those of both legs."""
    chosen = cycles[cycles["metric"] == metric]
    if side != "both":
        chosen = chosen[chosen["side"] == side]
    chosen = chosen.sort_values("time_s")
    return chosen["value"].to_numpy(float), chosen["time_s"].to_numpy(float), chosen["side"].to_numpy(str)


def _systematic(row: dict[str, Any]) -> float:
    """Return the half-width in a summary's uncertainty that is not the spread over its cycles; NaN where unknown."""
    n, sd, uncertainty = int(row["n"]), float(row["sd"]), float(row["uncertainty"])
    if n < 2 or not np.isfinite([sd, uncertainty]).all():
        return float("nan")
    spread = t_quantile(0.975, n - 1) * sd / np.sqrt(n)
    return float(np.sqrt(max(uncertainty**2 - spread**2, 0.0)))


def _verdict(found: float, interval: float, smallest: float) -> str:
    if not np.isfinite([found, interval]).all():
        return UNKNOWN
    return CHANGED if abs(found) > np.nanmax([interval, smallest]) else NOISE
