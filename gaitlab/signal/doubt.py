"""Retain low-confidence points that agree with the trajectory of neighbouring high-confidence points."""

from __future__ import annotations

import numpy as np

from gaitlab.core.pose import FloatArray
from gaitlab.signal.outliers import curve_at

# Interpolation of a foot is unreliable across longer intervals (three frames at 12 Hz).
_LONGEST_S = 0.25


def borne_out(
    track: FloatArray, time_s: FloatArray, *, sure: np.ndarray, doubtful: np.ndarray, tolerance_px: float
) -> np.ndarray:
    """Find low-confidence points that lie close to the position interpolated from high-confidence points.

    The prediction is the cubic through the two nearest high-confidence points on each side, or the straight line
    between the inner two where the outer ones are missing or too distant in time. High-confidence points more than
    0.25 s apart give no prediction. Low-confidence points never support each other.

    Parameters
    ----------
    track : FloatArray
        (frame, 2) px.
    time_s : FloatArray
        (frame,) seconds.
    sure : np.ndarray
        (frame,) True for high-confidence points.
    doubtful : np.ndarray
        (frame,) True for low-confidence points to test.
    tolerance_px : float
        largest accepted distance from the prediction, px.

    Returns
    -------
    np.ndarray
        (frame,) True for the low-confidence points that agree with their prediction.
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
