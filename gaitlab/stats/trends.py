"""How a metric goes over the sessions of a season: a straight line through their means, and whether it is noise."""

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
    """A straight line through values over time.

    Attributes
    ----------
    slope : float
        change a day.
    interval : float
        half-width of its 95 % interval.
    """

    slope: float
    interval: float


def fitted_line(days: np.ndarray, values: np.ndarray, half_widths: np.ndarray) -> Line:
    """Fit a line by least squares.

    The interval is that of the scatter about the line (Student's t, n - 2 degrees of freedom), but never narrower than
    what the values' own half-widths leave open: three points may lie on a line by chance.

    Parameters
    ----------
    days : np.ndarray
        (session,) times in days, three or more and not all the same.
    values : np.ndarray
        (session,) means.
    half_widths : np.ndarray
        (session,) of their 95 % intervals; NaN counts as none.
    """
    away = days - days.mean()
    square = float(away @ away)
    slope = float(away @ values) / square
    left = values - values.mean() - slope * away
    scatter = t_quantile(0.975, len(days) - 2) * float(np.sqrt(left @ left / (len(days) - 2) / square))
    own = float(np.sqrt(np.sum((away * np.nan_to_num(half_widths)) ** 2))) / square
    return Line(slope, max(scatter, own))


def session_time(session: Session) -> datetime | None:
    """Return when a session was recorded; None where it is not known."""
    text = session.info["recorded_at"]
    try:
        found = datetime.fromisoformat(text) if text else None
    except ValueError:
        return None
    # A date without a zone is a recording's own local time: hours do not matter over weeks.
    return found.replace(tzinfo=UTC) if found is not None and found.tzinfo is None else found


def trends(sessions: Sequence[Session | str | Path]) -> pd.DataFrame:
    """Return how every metric goes over three sessions or more of different times.

    Parameters
    ----------
    sessions : Sequence[Session | str | Path]
        sessions, or their folders.

    Returns
    -------
    pd.DataFrame
        a row a metric and side that three sessions or more measured in the same unit: ``metric, side, unit``, in how
        many ``sessions`` over how many ``days``, its mean in the ``first`` and ``last``, the line's
        ``slope_per_30_days`` with the half-width of its 95 % ``interval``, the ``change`` along the line from first to
        last, and the ``verdict``: ``changed`` where the slope exceeds its interval and the change the smallest
        detectable one (where one is published), else ``within noise``, or ``not comparable`` for the ``reason`` in the
        last column: the sessions were not levelled alike, or seen by different networks. Empty where there are not
        three times.

    Raises
    ------
    InputError
        a session that does not say when it was recorded, and what `gaitlab.compare` refuses.
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
