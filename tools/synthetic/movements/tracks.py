"""Smooth courses between set values: of least jerk where nothing else is asked, and exactly a throw in the air."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from scipy.interpolate import BPoly

from gaitlab.core.pose import FloatArray

GRAVITY = 9.81


class Track:
    """A quantity over time, through knots of (time, value[, speed[, acceleration]]); unsaid ones are 0.

    Between two knots runs the polynomial of fifth degree that has what both say. Without speeds and accelerations that
    is the course of least jerk (Flash and Hogan 1985); where both ends have an acceleration of -g and the values of a
    throw, it is the parabola. Before the first and after the last knot nothing moves.
    """

    def __init__(self, knots: Iterable[tuple[float, ...]]) -> None:
        rows = sorted((*knot, *(0.0,) * (4 - len(knot))) for knot in knots)
        self._first, self._last = rows[0], rows[-1]
        self._spline = BPoly.from_derivatives([r[0] for r in rows], [r[1:] for r in rows]) if len(rows) > 1 else None

    def __call__(self, time_s: FloatArray) -> FloatArray:
        """Return the values at (t,) seconds."""
        time_s = np.asarray(time_s, dtype=np.float64)
        if self._spline is None:
            return np.full(time_s.shape, self._first[1])
        return np.asarray(self._spline(np.clip(time_s, self._first[0], self._last[0])), dtype=np.float64)


def constant(value: float) -> Track:
    """Return a quantity that does not change."""
    return Track([(0.0, value)])


def throw_s(*, up_mps: float, from_m: float, to_m: float) -> float:
    """Return how long a throw upwards is under way from one height to another, seconds."""
    return float((up_mps + np.sqrt(up_mps**2 + 2 * GRAVITY * (from_m - to_m))) / GRAVITY)


def flight_height_m(flight_s: FloatArray) -> FloatArray:
    """Return the height g t² / 8 of a jump that lands as it took off (Bosco, Luhtanen and Komi 1983)."""
    return GRAVITY * np.asarray(flight_s) ** 2 / 8
