"""Angle curves over the gait cycle: accepted cycles time-normalised to 0-100 %, with mean and SD."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gaitlab.core.gait import GaitCycle
from gaitlab.core.pose import FloatArray
from gaitlab.events.signals import LONGEST_GAP_S
from gaitlab.signal.spline import resample

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
    spans_s = np.array([(c.start_s, c.toe_off_s if stance_only else c.end_s) for c in used]).reshape(-1, 2)
    curves = _stretched(time_s, values_deg, spans_s)
    together = curves[np.isfinite(curves).any(axis=1)]
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


def _stretched(time_s: FloatArray, values: FloatArray, spans_s: FloatArray) -> FloatArray:
    """Return (interval, 101) curves at 0-100 % of (interval, 2) start and end, s, by cubic splines through the samples.

    Straight lines would cut the peaks of a fast joint at 25 frames a second. Next to missing samples, outside the
    recording and where an end is unknown a curve is NaN.
    """
    at_s = (spans_s[:, :1] + PERCENT / 100 * np.diff(spans_s)).ravel()
    there = np.isfinite(np.interp(at_s, time_s, values, left=np.nan, right=np.nan)) & np.isfinite(at_s)
    curves = np.full(len(at_s), np.nan)
    curves[there] = resample(values[:, None], time_s, at_s[there], longest_gap_s=LONGEST_GAP_S)[:, 0]
    return curves.reshape(len(spans_s), len(PERCENT))
