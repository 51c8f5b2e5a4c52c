"""Trend of a metric over the sessions of a season: linear regression of the means, tested against its uncertainty."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from gaitlab.core.errors import InputError
from gaitlab.core.statistics import t_quantile
from gaitlab.stats.sessions import CHANGED, KEY, NOISE, UNKNOWN, detectable_of, opened, rows_by_key
from gaitlab.stats.treatment import Info, Row, clip_of, clips_of, network_part, same_faults, spoiled

if TYPE_CHECKING:
    import pandas as pd

    from gaitlab.io.session.session import Session

FEWEST = 3
_DAYS = 30.0
_SECONDS_A_DAY = 86400
_COLUMNS = (
    "metric", "side", "unit", "sessions", "days", "first", "last", "slope_per_30_days", "interval", "change", "verdict",
    "smallest_detectable", "detectable_source", "reason",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """A regression line of values over time.

    Attributes
    ----------
    slope : float
        change per day.
    interval : float
        half-width of the 95 % interval of the slope, per day.
    """

    slope: float
    interval: float


def fitted_line(days: np.ndarray, values: np.ndarray, half_widths: np.ndarray) -> Line:
    """Fit a line by least squares.

    Parameters
    ----------
    days : np.ndarray
        (session,) times in days, three or more and not all equal.
    values : np.ndarray
        (session,) means.
    half_widths : np.ndarray
        (session,) half-widths of their 95 % intervals; NaN counts as 0.

    Notes
    -----
    The interval is that of the residuals (Student's t, n - 2 degrees of freedom), but at least the one propagated from
    ``half_widths``, because three points may lie on a line by chance.
    """
    centred = days - days.mean()
    square = float(centred @ centred)
    slope = float(centred @ values) / square
    residual = values - values.mean() - slope * centred
    scatter = t_quantile(0.975, len(days) - 2) * float(np.sqrt(residual @ residual / (len(days) - 2) / square))
    propagated = float(np.sqrt(np.sum((centred * np.nan_to_num(half_widths)) ** 2))) / square
    return Line(slope, max(scatter, propagated))


def session_time(session: Session) -> datetime | None:
    """Return when a session was recorded; None if unknown."""
    text = session.info["recorded_at"]
    try:
        found = datetime.fromisoformat(text) if text else None
    except ValueError:
        return None
    # A date without a time zone is local time; hours do not matter over weeks.
    return found.replace(tzinfo=UTC) if found is not None and found.tzinfo is None else found


def trends(sessions: Sequence[Session | str | Path]) -> pd.DataFrame:
    """Return the trend of every metric over three or more sessions of different times.

    Parameters
    ----------
    sessions : Sequence[Session | str | Path]
        sessions, or their folders.

    Returns
    -------
    pd.DataFrame
        one row per metric and side measured in the same unit in three or more sessions: ``metric, side, unit``, number
        of ``sessions`` and ``days``, mean of the ``first`` and ``last`` session, ``slope_per_30_days`` with the
        half-width of its 95 % ``interval``, ``change`` along the line from first to last, and ``verdict``: ``changed``
        if the slope exceeds its interval and the change exceeds the smallest detectable difference (if one is
        published), else ``within noise``, or ``not comparable`` for the ``reason`` in the last column: the sessions
        were not levelled alike, or have different networks. Empty for fewer than three times.

    Raises
    ------
    InputError
        if a session has no recording date, and as in `gaitlab.compare`.
    """
    import pandas as pd

    timed: list[tuple[datetime, Session]] = []
    for session in opened(sessions, many=True):
        time = session_time(session)
        if time is None:
            raise InputError(f"'{session.folder}' does not say when it was recorded, so there is no trend over it")
        timed.append((time, session))
    timed.sort(key=lambda one: one[0])
    found: dict[tuple[str, ...], list[_Point]] = {}
    for time, session in timed:
        day = (time - timed[0][0]).total_seconds() / _SECONDS_A_DAY
        clips = clips_of(session)
        for key, row in rows_by_key(session.summary).items():
            if np.isfinite(row["mean"]):
                found.setdefault(key, []).append(_Point(day, clip_of(clips, key[0]), row))
    rows = [_row(key, points) for key, points in found.items() if len({point.day for point in points}) >= FEWEST]
    return pd.DataFrame(rows, columns=list(_COLUMNS))


@dataclass(frozen=True, slots=True, eq=False)
class _Point:
    """A metric in one session, days after the first."""

    day: float
    info: Info
    row: Row


def _row(key: tuple[str, ...], points: Sequence[_Point]) -> dict[str, Any]:
    metric, _, unit = key
    days, means, half_widths = np.array(
        [(one.day, one.row["mean"], one.row["uncertainty"]) for one in points], dtype=float
    ).T
    first = points[0]
    if not all(same_faults(first.info, one.info) for one in points):
        half_widths = np.hypot(half_widths, [network_part(one.row) for one in points])
    line = fitted_line(days, means, half_widths)
    smallest, source = detectable_of(metric, unit)
    span = float(days[-1] - days[0])
    beyond = abs(line.slope) > line.interval and not abs(line.slope) * span <= smallest
    apart = (spoiled(metric, (first.info, first.row), (one.info, one.row)) for one in points[1:])
    reason = next((why for why in apart if why), "")
    return {
        **dict(zip(KEY, key, strict=True)),
        "sessions": len(points),
        "days": span,
        "first": means[0],
        "last": means[-1],
        "slope_per_30_days": line.slope * _DAYS,
        "interval": line.interval * _DAYS,
        "change": line.slope * span,
        "verdict": UNKNOWN if reason or not np.isfinite(line.interval) else CHANGED if beyond else NOISE,
        "smallest_detectable": smallest,
        "detectable_source": source,
        "reason": reason,
    }
