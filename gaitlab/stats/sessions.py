"""Differences between sessions, one row per metric and side, with confidence interval and threshold."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from gaitlab.core.errors import InputError
from gaitlab.core.statistics import FEWEST, t_quantile
from gaitlab.io.session.migrate import without_options
from gaitlab.io.session.session import Session, glance_at, open_session
from gaitlab.metrics import METRICS
from gaitlab.stats.differences import difference
from gaitlab.stats.treatment import Info, Row, clip_of, clips_of, network_part, notes, same_faults, spoiled

if TYPE_CHECKING:
    import pandas as pd

CHANGED, NOISE, UNKNOWN = "changed", "within noise", "not comparable"
KEY = ["metric", "side", "unit"]
_COLUMNS = (
    "metric", "side", "unit", "session", "a", "b", "difference", "interval", "verdict", "n_a", "n_b",
    "effective_n_a", "effective_n_b", "random", "systematic", "hedges_g", "smallest_detectable", "detectable_source",
    "reason",
)  # fmt: skip


def compare(sessions: Sequence[Session | str | Path]) -> pd.DataFrame:
    """Compare every session with the first one, on the level of gait cycles.

    Parameters
    ----------
    sessions : Sequence[Session | str | Path]
        two or more sessions, or their folders.

    Returns
    -------
    pd.DataFrame
        one row per metric, side and later session: ``metric, side, unit, session, a, b, difference, interval,
        verdict``; ``a`` and ``b`` are the means. ``verdict`` is ``changed`` if the difference exceeds both its interval
        and the smallest detectable difference (if one is published), else ``within noise``, or ``not comparable`` for
        the ``reason`` in the last column: fewer than three cycles, another unit, vertical or network. Then
        ``n_a, n_b``, the effective numbers of cycles ``effective_n_a, effective_n_b``, the half-widths ``random`` and
        ``systematic``, ``hedges_g``, ``smallest_detectable`` and ``detectable_source``. ``attrs["first"]`` is the
        folder of the first session, ``attrs["notes"]`` the sentences of `notes`.

    Raises
    ------
    InputError
        for fewer than two sessions, and as in `opened`.

    Notes
    -----
    The 95 % interval of a difference combines in quadrature its random part, from the spread over cycles and their
    autocorrelation, and the systematic part (timing, scale; between networks also their errors).
    """
    import pandas as pd

    first, *others = opened(sessions)
    if not others:
        raise InputError("comparing takes two sessions or more, not 1")
    table = pd.DataFrame([row for other in others for row in _pair(first, other)], columns=list(_COLUMNS))
    table.attrs.update(first=str(first.folder), notes=notes([first, *others]))
    return table


def opened(sessions: Sequence[Session | str | Path], *, many: bool = False) -> list[Session]:
    """Return sessions and folders of sessions as sessions.

    Parameters
    ----------
    sessions : Sequence[Session | str | Path]
        two or more sessions, or their folders.
    many : bool, optional
        whether to open them with the quick check for many sessions (`glance_at`).

    Raises
    ------
    InputError
        if it is not a list, the list is empty, a session occurs twice, or a folder is not a session.
    """
    if isinstance(sessions, str | Path | Session):
        alone = sessions.folder if isinstance(sessions, Session) else sessions
        raise InputError(f"expected a list of sessions or their folders, such as ['a', 'b'], not '{alone}' alone")
    open_one = glance_at if many else open_session
    found = [one if isinstance(one, Session) else open_one(one) for one in sessions]
    if not found:
        raise InputError("comparing takes two sessions or more, not 0")
    folders = [session.folder.resolve() for session in found]
    twice = next((folder for folder in folders if folders.count(folder) > 1), None)
    if twice is not None:
        raise InputError(f"'{twice}' is named twice; a session is compared with others")
    return found


def rows_by_key(summary: pd.DataFrame) -> dict[tuple[str, ...], Row]:
    """Return the rows of a summary by metric, side and unit."""
    records: list[dict[Any, Any]] = summary.to_dict("records")
    return {tuple(row[name] for name in KEY): row for row in records}


def detectable_of(metric: str, unit: str) -> tuple[float, str]:
    """Return a metric's smallest detectable difference and its source; NaN if none is known in this unit."""
    spec = METRICS.get(metric)
    published = spec.detectable if spec is not None and unit == spec.unit else None
    return (published.difference, published.source) if published else (float("nan"), "")


def not_compared(rows: Iterable[Mapping[Any, Any]]) -> list[tuple[str, str, list[str]]]:
    """Return why rows of two sessions were not compared: reason, side (if for one leg only), and metrics."""
    sides: dict[tuple[str, str], list[str]] = {}
    for row in rows:
        if row["verdict"] == UNKNOWN:
            sides.setdefault((row["reason"], row["metric"]), []).append(row["side"])
    found: dict[tuple[str, str], list[str]] = {}
    for (reason, metric), of in sides.items():
        found.setdefault((reason, of[0] if of in (["left"], ["right"]) else ""), []).append(metric)
    return [(reason, side, metrics) for (reason, side), metrics in found.items()]


@dataclass(frozen=True, slots=True, eq=False)
class _Measured:
    """A metric of one side in one session: its row of the summary (empty if there is none) and its cycles in order.

    Side ``both`` has the cycles of both legs.
    """

    info: Info
    row: Row
    values: np.ndarray
    time_s: np.ndarray
    leg: np.ndarray

    @property
    def unit(self) -> str:
        return str(self.row.get("unit", ""))


def _pair(first: Session, other: Session) -> Iterator[dict[str, Any]]:
    """Yield one row per metric and side of either session."""
    named = [{key[:2]: row for key, row in rows_by_key(one.summary).items()} for one in (first, other)]
    pair = [(one, clips_of(one), rows) for one, rows in zip((first, other), named, strict=True)]
    for metric, side in {**named[0], **named[1]}:
        a, b = (
            _measured(one.cycles, metric, side, info=clip_of(clips, metric), row=rows.get((metric, side), {}))
            for one, clips, rows in pair
        )
        unit = a.unit if a.row else b.unit
        yield {
            "metric": metric, "side": side, "unit": unit, "session": str(other.folder), **_compared(metric, unit, a, b)
        }  # fmt: skip


def _measured(cycles: pd.DataFrame, metric: str, side: str, *, info: Info, row: Row) -> _Measured:
    chosen = cycles[cycles["metric"] == metric]
    if side != "both":
        chosen = chosen[chosen["side"] == side]
    chosen = chosen.sort_values("time_s")
    values, time_s, leg = (chosen[name].to_numpy(kind) for name, kind in _CYCLE)
    return _Measured(info, row, values, time_s, leg)


_CYCLE: tuple[tuple[str, type], ...] = (("value", float), ("time_s", float), ("side", str))


def _compared(metric: str, unit: str, a: _Measured, b: _Measured) -> dict[str, Any]:
    alike = same_faults(a.info, b.info)
    reason = _reason(metric, a, b)
    systematic = systematic_part(a.row, b.row, same_treatment=alike)
    # Values in another unit are omitted.
    of_b = b.values if b.unit == unit else b.values[:0]
    found = difference(
        a.values, of_b, time_a_s=a.time_s, time_b_s=b.time_s[: len(of_b)], leg_a=a.leg, leg_b=b.leg[: len(of_b)]
    )
    interval = float(np.hypot(found.random, systematic))
    smallest, source = detectable_of(metric, unit)
    if not reason and np.isnan(interval):
        reason = "its uncertainty is not known"
    changed = abs(found.difference) > np.nanmax([interval, smallest, 0.0])
    if not reason and not changed and not alike and network_part(a.row, b.row) > 0:
        reason = "less than the points of different networks, or of the near and the far leg, are apart by themselves"
    return {
        "a": a.row.get("mean", float("nan")),
        "b": b.row.get("mean", float("nan")) if b.unit == unit else float("nan"),
        "difference": found.difference,
        "interval": interval,
        "verdict": UNKNOWN if reason else CHANGED if changed else NOISE,
        "n_a": len(a.values),
        "n_b": len(of_b),
        "effective_n_a": found.effective_n_a,
        "effective_n_b": found.effective_n_b,
        "random": found.random,
        "systematic": systematic,
        "hedges_g": found.hedges_g,
        "smallest_detectable": smallest,
        "detectable_source": source,
        "reason": reason,
    }


def _reason(metric: str, a: _Measured, b: _Measured) -> str:
    """Return why two values cannot be compared, or an empty string."""
    missing = dict.fromkeys(why for one in (a, b) if isinstance(why := one.row.get("missing_reason"), str) and why)
    if missing:
        return without_options("; ".join(missing))
    if not (a.row and b.row):
        return "measured in one of them only"
    if a.unit != b.unit:
        return (
            f"in {a.unit or 'no unit'} and in {b.unit or 'no unit'}: what gives the scale is known in one of them only"
        )
    if min(len(a.values), len(b.values)) < FEWEST:
        if metric in METRICS and METRICS[metric].movement:
            return "fewer than three repetitions in one of them"
        return "fewer than three cycles in one of them"
    return spoiled(metric, (a.info, a.row), (b.info, b.row))


def systematic_part(a: Row, b: Row, *, same_treatment: bool) -> float:
    """Return the systematic half-width of the difference of two rows of summaries; NaN if unknown.

    The error of the network, if known, cancels between sessions with the same network and view.
    """
    own = float(np.hypot(_beside_spread(a), _beside_spread(b)))
    return own if same_treatment else float(np.hypot(own, np.nan_to_num(network_part(a, b))))


def _beside_spread(row: Row) -> float:
    """Return the part of a summary's uncertainty that is not from the spread over cycles; NaN if unknown.

    Sessions from before it was written had their spread from independent cycles.
    """
    if math.isfinite(known := float(row.get("systematic", "nan"))):
        return known
    n, sd, uncertainty = (float(row.get(name, "nan")) for name in ("n", "sd", "uncertainty"))
    if not n >= 2 or not np.isfinite([sd, uncertainty]).all():
        return math.nan
    spread = t_quantile(0.975, n - 1) * sd / math.sqrt(n)
    return math.sqrt(max(uncertainty**2 - spread**2, 0.0))
