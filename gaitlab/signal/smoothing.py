"""Savitzky-Golay, Butterworth and Kalman smoothing, each parametrised by one cut-off frequency in Hz.

The cut-off is the -3 dB frequency (gain 0.707) of the complete filter, both passes included.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import numpy as np

from gaitlab.core.pose import FloatArray
from gaitlab.signal.grid import can_show, on_uniform_grid
from gaitlab.signal.kalman import kalman
from gaitlab.signal.runs import per_run

_HALF_POWER = np.sqrt(0.5)
_NARROWEST = 3  # frames: a cubic interpolates all of them, so this window does not smooth
_CUBIC = 3
# Length of the impulse response on each side, in periods of the cut-off and in frames.
_MEMORY_PERIODS, _SHORTEST_MEMORY = 4, 40
_RESOLUTION = 8  # zero-padding factor of the spectrum


def _by_runs(
    values: FloatArray,
    time_s: FloatArray,
    cutoff_hz: float,
    uniform: Callable[[FloatArray, float, float], FloatArray],
    *,
    min_length: int,
) -> FloatArray:
    """Apply ``uniform(values, rate_hz, cutoff_hz)`` to each stretch whose Nyquist frequency exceeds the cut-off."""

    def smooth(run: FloatArray, run_time_s: FloatArray) -> FloatArray:
        if not can_show(run_time_s, cutoff_hz):
            return run
        return on_uniform_grid(run, run_time_s, lambda x, rate_hz: uniform(x, rate_hz, cutoff_hz))

    return per_run(values, time_s, smooth, min_length=min_length)


def _gain(window: int, cycles_per_frame: float) -> float:
    """Return the gain of a cubic Savitzky-Golay window at a frequency in cycles per frame."""
    from scipy.signal import savgol_coeffs

    half = window // 2
    waves = np.cos(2 * np.pi * cycles_per_frame * np.arange(-half, half + 1))
    return float(waves @ savgol_coeffs(window, _CUBIC))


@lru_cache(maxsize=256)
def savgol_windows(rate_hz: float, cutoff_hz: float) -> tuple[int, float]:
    """Return the widest odd window whose gain at ``cutoff_hz`` is at least 0.707, and the weight of the next wider.

    Windows are whole numbers of frames, so a single window rarely matches the cut-off: 5 frames at 30 fps give 7.1 Hz,
    and no window gives 10 Hz. The weighted mean of two windows has a gain of exactly 0.707 and preserves cubics.
    """
    window, gain = _NARROWEST, 1.0
    while (wider := _gain(window + 2, cutoff_hz / rate_hz)) >= _HALF_POWER:
        window, gain = window + 2, wider
    return window, float((gain - _HALF_POWER) / (gain - wider))


def _fitted(values: FloatArray, window: int) -> FloatArray:
    """Smooth (frame, column) values by sliding cubic fits; the first and last fits are evaluated up to the ends."""
    from scipy.signal import savgol_filter

    window = min(window, len(values) - (len(values) + 1) % 2)
    if window <= _NARROWEST:
        return values
    fitted: FloatArray = savgol_filter(values, window, _CUBIC, axis=0, mode="interp")
    return fitted


def _savgol_uniform(values: FloatArray, rate_hz: float, cutoff_hz: float) -> FloatArray:
    window, share = savgol_windows(round(rate_hz, 6), cutoff_hz)
    return (1 - share) * _fitted(values, window) + share * _fitted(values, window + 2)


def savitzky_golay(values: FloatArray, time_s: FloatArray, *, cutoff_hz: float) -> FloatArray:
    """Smooth by sliding cubic least-squares fits (Savitzky & Golay 1964), a mean of two windows: `savgol_windows`.

    Parameters
    ----------
    values : FloatArray
        (frame, …), NaN where missing; each stretch of 5 frames or more is smoothed independently.
    time_s : FloatArray
        (frame,) seconds.
    cutoff_hz : float
        -3 dB frequency, Hz; at or above half the frame rate, values are returned unchanged.

    Returns
    -------
    FloatArray
        smoothed values in the shape and unit of ``values``.
    """
    return _by_runs(values, time_s, cutoff_hz, _savgol_uniform, min_length=5)


def _butterworth_uniform(values: FloatArray, rate_hz: float, cutoff_hz: float) -> FloatArray:
    from scipy.signal import butter, sosfiltfilt

    # Each of the two passes of a 2nd-order filter must have a gain of 2^-1/4 at the cut-off, hence the correction
    # (Winter 2009) (sqrt 2 - 1)^(1/4) = 0.802, applied to the warped frequency so that it holds at low frame rates.
    warped = np.tan(np.pi * cutoff_hz / rate_hz) / (np.sqrt(2) - 1) ** 0.25
    corner_hz = rate_hz / np.pi * np.arctan(warped)
    # Odd extension preserves value and slope at the ends; the filter starts in steady state.
    pad = min(max(int(rate_hz / cutoff_hz * 3), 9), len(values) - 1)
    sections = butter(2, corner_hz, fs=rate_hz, output="sos")
    smoothed: FloatArray = sosfiltfilt(sections, values, axis=0, padtype="odd", padlen=pad)
    return smoothed


def butterworth(values: FloatArray, time_s: FloatArray, *, cutoff_hz: float) -> FloatArray:
    """Smooth with a zero-lag Butterworth filter: 2nd order, forwards and backwards (4th order in total).

    Parameters
    ----------
    values : FloatArray
        (frame, …), NaN where missing; each stretch of 10 frames or more is smoothed independently.
    time_s : FloatArray
        (frame,) seconds.
    cutoff_hz : float
        -3 dB frequency of both passes together, Hz (each pass is designed at cut-off / 0.802); at or above half the
        frame rate, values are returned unchanged.

    Returns
    -------
    FloatArray
        smoothed values in the shape and unit of ``values``.
    """
    return _by_runs(values, time_s, cutoff_hz, _butterworth_uniform, min_length=10)


SMOOTHERS: dict[str, Callable[..., FloatArray]] = {
    "savitzky-golay": savitzky_golay,
    "butterworth": butterworth,
    "kalman": kalman,
}


@lru_cache(maxsize=256)
def effective_cutoff_hz(method: str, *, rate_hz: float, cutoff_hz: float) -> float | None:
    """Return the actual -3 dB frequency of a smoother, measured on its impulse response.

    Parameters
    ----------
    method : str
        one of `SMOOTHERS`.
    rate_hz : float
        frame rate, Hz.
    cutoff_hz : float
        requested cut-off, Hz.

    Returns
    -------
    float | None
        Hz; None where the gain exceeds 0.707 at all frequencies up to half the frame rate.
    """
    half = max(round(_MEMORY_PERIODS * rate_hz / cutoff_hz), _SHORTEST_MEMORY)
    impulse = np.zeros(2 * half + 1)
    impulse[half] = 1.0
    answer = SMOOTHERS[method](impulse, np.arange(2 * half + 1) / rate_hz, cutoff_hz=cutoff_hz)
    gain = np.abs(np.fft.rfft(answer, _RESOLUTION * len(answer)))
    below = np.flatnonzero(gain < _HALF_POWER)
    if not len(below):
        return None
    last = slice(below[0] - 1, below[0] + 1)
    bin_hz = rate_hz / (_RESOLUTION * len(answer))
    return float(np.interp(-_HALF_POWER, -gain[last], [below[0] - 1, below[0]])) * bin_hz
