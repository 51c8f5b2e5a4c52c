"""Cubic-spline resampling of signals with missing samples, for sub-frame event times."""

from __future__ import annotations

import numpy as np

from gaitlab.core.pose import FloatArray
from gaitlab.signal.runs import runs, same_columns

_FEWEST_KNOTS = 4  # minimum for a not-a-knot cubic spline


def resample(values: FloatArray, time_s: FloatArray, at_s: FloatArray, *, longest_gap_s: float) -> FloatArray:
    """Evaluate cubic splines through the finite samples of each column at other times.

    Parameters
    ----------
    values : FloatArray
        (frame, column), NaN where missing.
    time_s : FloatArray
        (frame,) seconds; intervals may vary.
    at_s : FloatArray
        (time,) seconds, in any order.
    longest_gap_s : float
        longest interval between samples that is interpolated, s.

    Returns
    -------
    FloatArray
        (time, column), NaN outside the samples and inside longer gaps.
    """
    from scipy.interpolate import CubicSpline

    result = np.full((len(at_s), values.shape[1]), np.nan)
    for pattern, columns in same_columns(np.isfinite(values)):
        seen = np.flatnonzero(pattern)
        joined = np.concatenate([np.diff(time_s[seen]) <= longest_gap_s, [False]])
        for run in runs(joined):
            knots = seen[run.start : run.stop + 1]
            if len(knots) < _FEWEST_KNOTS:
                continue
            inside = (at_s >= time_s[knots[0]]) & (at_s <= time_s[knots[-1]])
            curve = CubicSpline(time_s[knots], values[np.ix_(knots, columns)])
            result[np.ix_(inside, columns)] = curve(at_s[inside])
    return result
