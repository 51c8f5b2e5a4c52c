"""Angle curves over the gait cycle: accepted cycles time-normalised to 0-100 %, with mean and SD."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gaitlab.core.gait import GaitCycle
from gaitlab.core.pose import FloatArray

PERCENT: FloatArray = np.linspace(0.0, 100.0, 101)
# Least share of cycles in a mean, which would otherwise jump at gaps.
_ENOUGH = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class CycleCurve:
    """An angle over the cycle.

    Attributes
    ----------
    mean_deg : FloatArray
        (101,) mean at 0, 1 … 100 %, degrees; NaN where most cycles have a gap.
    sd_deg : FloatArray
        (101,) standard deviation between cycles, degrees; NaN for a single one.
    toe_off_percent : float
        mean time of toe-off, %; 100 if the curve ends there.
    n : int
        number of cycles.
    """

    mean_deg: FloatArray
    sd_deg: FloatArray
    toe_off_percent: float
    n: int


def cycle_curve(
    time_s: FloatArray, values_deg: FloatArray, cycles: Sequence[GaitCycle], *, stance_only: bool = False
) -> CycleCurve | None:
    """Return the mean curve over the accepted cycles, or None if it is in none of them.

    Parameters
    ----------
    time_s : FloatArray
        (frame,) seconds.
    values_deg : FloatArray
        (frame,) degrees, NaN where keypoints are missing.
    cycles : Sequence[GaitCycle]
        cycles of one foot, or of both.
    stance_only : bool, optional
        whether the curve ends at toe-off instead of the next foot strike.
    """
    used = [cycle for cycle in cycles if cycle.accepted]
    curves = [
        _stretched(time_s, values_deg, cycle.start_s, cycle.toe_off_s if stance_only else cycle.end_s) for cycle in used
    ]
    together = np.array([curve for curve in curves if np.isfinite(curve).any()])
    if not len(together):
        return None
    count = np.isfinite(together).sum(axis=0)
    enough = count >= max(1.0, _ENOUGH * len(together))
    filled = np.where(np.isfinite(together), together, 0.0)
    mean = filled.sum(axis=0) / np.maximum(count, 1)
    squares = np.where(np.isfinite(together), (together - mean) ** 2, 0.0).sum(axis=0)
    sd = np.sqrt(squares / np.maximum(count - 1, 1))
    toe_off = (
        100.0 if stance_only else float(np.mean([100 * (c.toe_off_s - c.start_s) / c.stride_time_s for c in used]))
    )
    return CycleCurve(
        np.where(enough, mean, np.nan), np.where(enough & (count > 1), sd, np.nan), toe_off, len(together)
    )


def _stretched(time_s: FloatArray, values: FloatArray, start_s: float, end_s: float) -> FloatArray:
    """Return a curve interpolated at 0-100 % of an interval; NaN next to missing frames and outside the recording."""
    return np.interp(start_s + PERCENT / 100 * (end_s - start_s), time_s, values, left=np.nan, right=np.nan)
