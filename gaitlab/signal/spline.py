"""Cubic splines through samples at any times: how events get between the frames."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gaitlab.core.pose import FloatArray
from gaitlab.signal.runs import runs

_FEWEST_KNOTS = 4  # fewer do not fix a not-a-knot cubic


@dataclass(frozen=True, slots=True, eq=False)
class CubicSpline:
    """A cubic spline with not-a-knot ends; made by `cubic_spline`.

    Attributes
    ----------
    time_s : FloatArray
        (knot,) rising.
    values : FloatArray
        (knot, column).
    curvature : FloatArray
        (knot, column) second derivatives at the knots.
    """

    time_s: FloatArray
    values: FloatArray
    curvature: FloatArray

    def __call__(self, time_s: FloatArray, *, derivative: int = 0) -> FloatArray:
        """Return (time, column) values, or the first or second derivative; beyond the ends the last cubic goes on."""
        at = np.asarray(time_s, dtype=np.float64)
        left = np.clip(np.searchsorted(self.time_s, at, side="right") - 1, 0, len(self.time_s) - 2)
        step = (self.time_s[left + 1] - self.time_s[left])[:, None]
        a = (self.time_s[left + 1] - at)[:, None]
        b = (at - self.time_s[left])[:, None]
        y0, y1 = self.values[left], self.values[left + 1]
        m0, m1 = self.curvature[left], self.curvature[left + 1]
        if derivative == 0:
            return (
                (m0 * a**3 + m1 * b**3) / (6 * step) + (y0 / step - m0 * step / 6) * a + (y1 / step - m1 * step / 6) * b
            )
        if derivative == 1:
            return (m1 * b**2 - m0 * a**2) / (2 * step) + (y1 - y0) / step - (m1 - m0) * step / 6
        if derivative == 2:
            return (m0 * a + m1 * b) / step
        raise ValueError(f"derivative must be 0, 1 or 2, not {derivative}")


def cubic_spline(time_s: FloatArray, values: FloatArray) -> CubicSpline:
    """Fit a not-a-knot cubic spline through gap-free samples.

    The second derivatives solve the usual tridiagonal system (de Boor, A Practical Guide to Splines, ch. IV); the
    third derivative is continuous across the second and the last but one knot, so that cubics come back exactly.

    Parameters
    ----------
    time_s : FloatArray
        (knot,) rising, 4 or more.
    values : FloatArray
        (knot,) or (knot, column), finite.

    Raises
    ------
    ValueError
        for fewer than 4 knots or times that do not rise.
    """
    t = np.asarray(time_s, dtype=np.float64)
    y = np.asarray(values, dtype=np.float64).reshape(len(t), -1)
    h = np.diff(t)
    if len(t) < _FEWEST_KNOTS or np.any(h <= 0):
        raise ValueError(f"a cubic spline needs {_FEWEST_KNOTS} or more samples at rising times, not {len(t)}")
    slope = np.diff(y, axis=0) / h[:, None]
    right_side = 6 * np.diff(slope, axis=0)
    diagonal = 2 * (h[:-1] + h[1:])
    lower, upper = h[:-1].copy(), h[1:].copy()
    # Not-a-knot: the end curvatures continue the line through their two neighbours.
    diagonal[0] += h[0] + h[0] ** 2 / h[1]
    upper[0] -= h[0] ** 2 / h[1]
    diagonal[-1] += h[-1] + h[-1] ** 2 / h[-2]
    lower[-1] -= h[-1] ** 2 / h[-2]
    inner = np.empty_like(right_side)
    for i in range(1, len(diagonal)):
        factor = lower[i] / diagonal[i - 1]
        diagonal[i] -= factor * upper[i - 1]
        right_side[i] -= factor * right_side[i - 1]
    inner[-1] = right_side[-1] / diagonal[-1]
    for i in range(len(diagonal) - 2, -1, -1):
        inner[i] = (right_side[i] - upper[i] * inner[i + 1]) / diagonal[i]
    first = inner[0] + (inner[0] - inner[1]) * h[0] / h[1]
    last = inner[-1] + (inner[-1] - inner[-2]) * h[-1] / h[-2]
    return CubicSpline(t, y, np.concatenate([first[None], inner, last[None]]))


def resample(values: FloatArray, time_s: FloatArray, at_s: FloatArray, *, longest_gap_s: float) -> FloatArray:
    """Evaluate splines through the finite samples of every column at other times.

    Parameters
    ----------
    values : FloatArray
        (frame, column), NaN where missing.
    time_s : FloatArray
        (frame,) seconds; intervals may vary.
    at_s : FloatArray
        (time,) rising.
    longest_gap_s : float
        samples further apart than this are not joined.

    Returns
    -------
    FloatArray
        (time, column), NaN outside the samples and inside longer gaps.
    """
    result = np.full((len(at_s), values.shape[1]), np.nan)
    patterns, members = np.unique(np.isfinite(values), axis=1, return_inverse=True)
    for number in range(patterns.shape[1]):
        columns = np.flatnonzero(members.ravel() == number)
        seen = np.flatnonzero(patterns[:, number])
        joined = np.concatenate([np.diff(time_s[seen]) <= longest_gap_s, [False]])
        for run in runs(joined):
            knots = seen[run.start : run.stop + 1]
            if len(knots) < _FEWEST_KNOTS:
                continue
            inside = (at_s >= time_s[knots[0]]) & (at_s <= time_s[knots[-1]])
            curve = cubic_spline(time_s[knots], values[np.ix_(knots, columns)])
            result[np.ix_(inside, columns)] = curve(at_s[inside])
    return result
