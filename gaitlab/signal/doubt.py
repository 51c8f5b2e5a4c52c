"""Points that a network was unsure of, but that lie where sure ones before and after say."""

from __future__ import annotations

import numpy as np

from gaitlab.core.pose import FloatArray
from gaitlab.signal.outliers import curve_at

# No curve knows what a foot did between two sure points further apart: three frames at 12 a second.
_LONGEST_S = 0.25


def borne_out(
    track: FloatArray, time_s: FloatArray, *, sure: np.ndarray, doubtful: np.ndarray, tolerance_px: float
) -> np.ndarray:
    """Return (frame,) True for the doubtful points of a (frame, 2) px track that the sure ones around them predict.

    The prediction is the cubic through the two nearest sure points on each side; where the outer ones are too far away
    in time, or there are none, the straight line between the inner two. Sure points more than `_LONGEST_S` apart
    predict nothing, and a doubtful point never bears out another.

    Parameters
    ----------
    sure : np.ndarray
        (frame,) True for points to trust.
    doubtful : np.ndarray
        (frame,) True for points to decide about.
    tolerance_px : float
        how far from its prediction such a point may lie.
    """
    found = np.zeros(len(track), dtype=bool)
    known = np.flatnonzero(sure)
    asked = np.flatnonzero(doubtful)
    place = np.searchsorted(known, asked)
    between = (place > 0) & (place < len(known))
    asked, place = asked[between], place[between]
    if not len(asked):
        return found
    knots = [np.clip(place + k, 0, len(known) - 1) for k in (-2, -1, 0, 1)]
    outer = (place >= 2) & (place + 1 < len(known))
    points = [track[known[knot]] for knot in knots]
    times = [time_s[known[knot]] for knot in knots]
    outer &= times[3] - times[0] < 3 * _LONGEST_S
    predicted = curve_at(points[1:3], times[1:3], time_s[asked])
    predicted[outer] = curve_at([p[outer] for p in points], [t[outer] for t in times], time_s[asked[outer]])
    near = np.linalg.norm(track[asked] - predicted, axis=1) < tolerance_px
    found[asked[near & (times[2] - times[1] <= _LONGEST_S + 1e-9)]] = True
    return found
