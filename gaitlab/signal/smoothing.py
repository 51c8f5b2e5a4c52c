"""Savitzky-Golay, Butterworth and Kalman smoothing, all told their strength as one cut-off frequency in Hz.

The cut-off is where a sine keeps 0.707 of its amplitude after the whole treatment, forwards and backwards.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import numpy as np

from gaitlab.core.pose import FloatArray
from gaitlab.signal.kalman import kalman
from gaitlab.signal.runs import on_uniform_grid, per_run

_POLYNOMIAL_ORDER = 3
_HALF_POWER = np.sqrt(0.5)


@lru_cache(maxsize=256)
def _savgol_kernel(window: int) -> FloatArray:
    """Weights (window, window): row i smooths the i-th sample of a window by a cubic least-squares fit."""
    position = np.arange(window) - window // 2
    powers = np.vander(position / max(window // 2, 1), min(_POLYNOMIAL_ORDER, window - 1) + 1, increasing=True)
    weights: FloatArray = powers @ np.linalg.pinv(powers)
    weights.setflags(write=False)
    return weights


def _cutoff(kernel: FloatArray) -> float:
    """Return the -3 dB frequency of a symmetric kernel in cycles a sample; infinite where it stays above."""
    position = np.arange(len(kernel)) - len(kernel) // 2
    frequencies = np.linspace(0, 0.5, 501)
    gains = np.cos(2 * np.pi * np.outer(frequencies, position)) @ kernel
    below = np.flatnonzero(gains < _HALF_POWER)
    return float(frequencies[below[0]]) if len(below) else np.inf


@lru_cache(maxsize=256)
def savgol_window(rate_hz: float, cutoff_hz: float) -> int:
    """Return the odd cubic window whose -3 dB frequency is nearest to ``cutoff_hz`` at ``rate_hz`` (5 at least).

    A window of 3 fits a cubic exactly and smooths nothing, so at 30 fps the weakest cubic smoothing is the one of
    5 frames, which leaves 0.707 at 7.1 Hz.
    """
    windows = range(5, int(2 * rate_hz / cutoff_hz) + 9, 2)
    return min(windows, key=lambda w: abs(_cutoff(_savgol_kernel(w)[w // 2]) * rate_hz - cutoff_hz))


def _savgol_uniform(values: FloatArray, rate_hz: float, cutoff_hz: float) -> FloatArray:
    window = min(savgol_window(rate_hz, cutoff_hz), len(values) - (len(values) + 1) % 2)
    kernel = _savgol_kernel(window)
    half = window // 2
    frames = np.lib.stride_tricks.sliding_window_view(values, window, axis=0)  # (frame, column, window)
    result = np.empty_like(values)
    result[half : len(values) - half] = frames @ kernel[half]
    result[:half] = kernel[:half] @ values[:window]
    result[len(values) - half :] = kernel[half + 1 :] @ values[-window:]
    return result


def savitzky_golay(values: FloatArray, time_s: FloatArray, *, cutoff_hz: float) -> FloatArray:
    """Smooth by a sliding cubic least-squares fit (Savitzky & Golay 1964); the ends take the fit of the last window.

    Args:
        values: (frame, …), NaN where missing; each stretch of 5 frames or more is smoothed for itself.
        time_s: (frame,) seconds.
        cutoff_hz: -3 dB frequency; the nearest odd window is taken, see `savgol_window`.
    """
    return per_run(
        values,
        time_s,
        lambda x, t: on_uniform_grid(x, t, lambda y, rate_hz: _savgol_uniform(y, round(rate_hz, 6), cutoff_hz)),
        min_length=5,
    )


def _butterworth_uniform(values: FloatArray, rate_hz: float, cutoff_hz: float) -> FloatArray:
    # Two passes of a 2nd-order filter: each may lose only 2^-1/4 at the cut-off, hence the corrected corner
    # (Winter 2009): (sqrt 2 - 1)^(1/4) = 0.802.
    corner_hz = min(cutoff_hz / (np.sqrt(2) - 1) ** 0.25, 0.49 * rate_hz)
    warped = np.tan(np.pi * corner_hz / rate_hz)
    norm = 1 + np.sqrt(2) * warped + warped**2
    b = np.array([1, 2, 1]) * warped**2 / norm
    a1, a2 = 2 * (warped**2 - 1) / norm, (1 - np.sqrt(2) * warped + warped**2) / norm
    # Odd extension keeps level and slope at the ends; the filter starts in the steady state of its first sample.
    pad = min(max(int(rate_hz / cutoff_hz * 3), 9), len(values) - 1)
    before = 2 * values[0] - values[pad:0:-1]
    after = 2 * values[-1] - values[-2 : -pad - 2 : -1]
    result = np.concatenate([before, values, after])
    for _ in range(2):
        state1, state2 = result[0] * (1 - b[0]), result[0] * (b[2] - a2)
        filtered = np.empty_like(result)
        for i, x in enumerate(result):
            y = b[0] * x + state1
            state1, state2 = b[1] * x - a1 * y + state2, b[2] * x - a2 * y
            filtered[i] = y
        result = filtered[::-1]
    return result[pad : pad + len(values)]


def butterworth(values: FloatArray, time_s: FloatArray, *, cutoff_hz: float) -> FloatArray:
    """Smooth without lag by a 2nd-order Butterworth filter run forwards and backwards (4th order in all).

    Args:
        values: (frame, …), NaN where missing; each stretch of 10 frames or more is smoothed for itself.
        time_s: (frame,) seconds.
        cutoff_hz: -3 dB frequency of both passes together (the single pass is designed at cut-off / 0.802).
    """
    return per_run(
        values,
        time_s,
        lambda x, t: on_uniform_grid(x, t, lambda y, rate_hz: _butterworth_uniform(y, rate_hz, cutoff_hz)),
        min_length=10,
    )


SMOOTHERS: dict[str, Callable[..., FloatArray]] = {
    "savitzky-golay": savitzky_golay,
    "butterworth": butterworth,
    "kalman": kalman,
}
