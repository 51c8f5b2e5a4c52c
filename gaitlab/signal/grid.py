"""Uniform time: what a filter with a fixed kernel stands on."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from gaitlab.core.pose import FloatArray, frame_rate_hz

# Frame intervals that differ by less than this share of the median count as uniform; phones jitter by about 1 %.
_UNIFORM_TOLERANCE = 0.02


def sampling_rate_hz(time_s: FloatArray) -> float:
    """Return the usual sampling rate of rising times."""
    return frame_rate_hz(time_s)


def is_uniform(time_s: FloatArray) -> bool:
    """Whether all intervals equal the median one within 2 %."""
    steps = np.diff(time_s)
    return bool(len(steps) == 0 or np.all(np.abs(steps / np.median(steps) - 1) < _UNIFORM_TOLERANCE))


def can_show(time_s: FloatArray, frequency_hz: float) -> bool:
    """Whether frames come more than twice as often as a frequency: what is faster looks slower, and no filter helps."""
    return len(time_s) > 1 and 2 * frequency_hz < sampling_rate_hz(time_s)


def on_uniform_grid(
    values: FloatArray, time_s: FloatArray, smooth: Callable[[FloatArray, float], FloatArray]
) -> FloatArray:
    """Apply ``smooth(values, rate_hz)`` to gap-free (frame, column) values, by way of a uniform grid where needed.

    Filters with a fixed kernel are wrong on variable frame rates. Splines lead to a grid at the median rate, but of no
    fewer points than there are frames, and back: straight lines would cut the corners of a fast foot at 15 fps.
    """
    from scipy.interpolate import CubicSpline

    if is_uniform(time_s):
        return smooth(values, sampling_rate_hz(time_s))
    steps = math.ceil((time_s[-1] - time_s[0]) * sampling_rate_hz(time_s))
    grid_s = np.linspace(time_s[0], time_s[-1], max(steps + 1, len(time_s)))
    smoothed = smooth(CubicSpline(time_s, values)(grid_s), sampling_rate_hz(grid_s))
    back: FloatArray = CubicSpline(grid_s, smoothed)(time_s)
    return back
