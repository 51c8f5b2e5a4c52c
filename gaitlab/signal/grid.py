"""Sampling rate, and resampling to the uniform grid that fixed-kernel filters require."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from gaitlab.core.pose import FloatArray, frame_rate_hz

# Frame intervals that differ by less than this share of the median count as uniform; phones jitter by about 1 %.
_UNIFORM_TOLERANCE = 0.02


def sampling_rate_hz(time_s: FloatArray) -> float:
    """Return the typical sampling rate, Hz, of increasing (frame,) times in seconds."""
    return frame_rate_hz(time_s)


def is_uniform(time_s: FloatArray) -> bool:
    """Return whether all frame intervals are within 2 % of their median."""
    steps = np.diff(time_s)
    return bool(len(steps) == 0 or np.all(np.abs(steps / np.median(steps) - 1) < _UNIFORM_TOLERANCE))


def can_show(time_s: FloatArray, frequency_hz: float) -> bool:
    """Return whether ``frequency_hz`` is below the Nyquist frequency of (frame,) times in seconds."""
    return len(time_s) > 1 and 2 * frequency_hz < sampling_rate_hz(time_s)


def on_uniform_grid(
    values: FloatArray, time_s: FloatArray, smooth: Callable[[FloatArray, float], FloatArray]
) -> FloatArray:
    """Apply a fixed-kernel filter to gap-free samples, resampling to a uniform grid if the frame rate varies.

    Parameters
    ----------
    values : FloatArray
        (frame, column) without NaN.
    time_s : FloatArray
        (frame,) seconds, increasing.
    smooth : Callable[[FloatArray, float], FloatArray]
        called as ``smooth(values, rate_hz)``.

    Returns
    -------
    FloatArray
        (frame, column) filtered values at ``time_s``.

    Notes
    -----
    Cubic splines interpolate to a grid at the median rate, with at least as many points as frames, and back. Linear
    interpolation would flatten the peaks of a fast foot at 15 fps.
    """
    if is_uniform(time_s):
        return smooth(values, sampling_rate_hz(time_s))
    from scipy.interpolate import CubicSpline

    steps = math.ceil((time_s[-1] - time_s[0]) * sampling_rate_hz(time_s))
    grid_s = np.linspace(time_s[0], time_s[-1], max(steps + 1, len(time_s)))
    smoothed = smooth(CubicSpline(time_s, values)(grid_s), sampling_rate_hz(grid_s))
    back: FloatArray = CubicSpline(grid_s, smoothed)(time_s)
    return back
