"""The curves that movements are put together from: swing's usual course, joins, fades."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.interpolate import CubicSpline

from gaitlab.core.pose import FloatArray

# Thigh, knee and dorsiflexion through swing (share of swing, degrees): the usual course of running at 3 m/s, from the
# shape of published group curves; both ends are then bent to meet the planted foot.
SWING_THIGH = ((0, -22), (0.12, -22), (0.35, 2), (0.55, 28), (0.72, 39), (0.85, 37), (0.95, 30), (1, 26))
SWING_KNEE = ((0, 18), (0.15, 46), (0.35, 86), (0.48, 96), (0.62, 88), (0.78, 56), (0.92, 22), (1, 13))
SWING_ANKLE = ((0, -20), (0.12, -20), (0.35, -6), (0.6, 2), (0.85, 4), (1, 4))
# How long the planted foot's speed lasts into swing, and the landing's is prepared.
_END_S = 0.14


def fade(x: FloatArray) -> FloatArray:
    """Return 1 falling smoothly to 0 while x goes from 0 to 1."""
    x = np.clip(x, 0, 1)
    return 1 - x * x * (3 - 2 * x)


def hermite(u: FloatArray, span: float, p0: float, v0: float, p1: float, v1: float) -> FloatArray:
    """Return a curve with given values and velocities at both ends, ``u`` in 0..1 over ``span`` seconds.

    The velocities are felt only near the ends: what is added to a free swing must not bend its middle.
    """
    share = min(_END_S / span, 0.5)
    first, last = np.clip(1 - u / share, 0, 1), np.clip(1 - (1 - u) / share, 0, 1)
    smooth = u * u * (3 - 2 * u)
    return p0 * (1 - smooth) + p1 * smooth + v0 * span * u * first**2 - v1 * span * (1 - u) * last**2


def through(x: FloatArray, y: FloatArray) -> Callable[[FloatArray], FloatArray]:
    """Return the spline through points, a function of (n,) x."""
    spline = CubicSpline(x, y[:, None])
    return lambda at: spline(at)[:, 0]


def course(points: tuple[tuple[float, float], ...]) -> Callable[[FloatArray], FloatArray]:
    """Return the spline through a table of pairs."""
    table = np.array(points, dtype=np.float64)
    return through(table[:, 0], table[:, 1])
