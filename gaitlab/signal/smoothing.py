"""Savitzky-Golay, Butterworth and Kalman smoothing, each parametrised by one cut-off frequency in Hz.

The cut-off is where a sine keeps 0.707 of its amplitude after the whole treatment, forwards and backwards.
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
_NARROWEST = 3  # frames: a cubic goes through all of them, so that nothing is smoothed
_CUBIC = 3
# How long a smoother remembers an impulse, on each side.
_MEMORY_PERIODS, _SHORTEST_MEMORY = 4, 40
_RESOLUTION = 8  # points of the spectrum a frame of that memory


def _by_runs(
    values: FloatArray,
    time_s: FloatArray,
    cutoff_hz: float,
    uniform: Callable[[FloatArray, float, float], FloatArray],
    *,
    min_length: int,
) -> FloatArray:
    """Smooth each stretch for itself by ``uniform(values, rate_hz, cutoff_hz)``, where its frames show the cut-off."""

    def smooth(run: FloatArray, run_time_s: FloatArray) -> FloatArray:
        if not can_show(run_time_s, cutoff_hz):
            return run
        return on_uniform_grid(run, run_time_s, lambda x, rate_hz: uniform(x, rate_hz, cutoff_hz))

    return per_run(values, time_s, smooth, min_length=min_length)


def _gain(window: int, cycles_per_frame: float) -> float:
    """Return what is left of a sine's amplitude in the middle of a window."""
    from scipy.signal import savgol_coeffs

    half = window // 2
    waves = np.cos(2 * np.pi * cycles_per_frame * np.arange(-half, half + 1))
    return float(waves @ savgol_coeffs(window, _CUBIC))


@lru_cache(maxsize=256)
def savgol_windows(rate_hz: float, cutoff_hz: float) -> tuple[int, float]:
    """Return the widest odd window that leaves 0.707 or more at ``cutoff_hz``, and the next wider one's share.

    A window is a whole number of frames: alone, that of 5 cuts at 7.1 Hz at 30 fps, and none cuts at 10. Mixed with
    this share of the next wider one, exactly 0.707 is left, and the mean of two cubic fits still keeps every cubic.
    """
    window, gain = _NARROWEST, 1.0
    while (wider := _gain(window + 2, cutoff_hz / rate_hz)) >= _HALF_POWER:
        window, gain = window + 2, wider
    return window, float((gain - _HALF_POWER) / (gain - wider))


def _fitted(values: FloatArray, window: int) -> FloatArray:
    """Return (frame, column) values smoothed by sliding cubic fits; at the ends the first and the last one goes on."""
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
    """Smooth by sliding cubic least-squares fits (Savitzky & Golay 1964), two odd windows mixed: `savgol_windows`.

    Parameters
    ----------
    values : FloatArray
        (frame, …), NaN where missing; each stretch of 5 frames or more is smoothed for itself.
    time_s : FloatArray
        (frame,) seconds.
    cutoff_hz : float
        -3 dB frequency; nothing is smoothed where it is half the frame rate or more.
    """
    return _by_runs(values, time_s, cutoff_hz, _savgol_uniform, min_length=5)


def _butterworth_uniform(values: FloatArray, rate_hz: float, cutoff_hz: float) -> FloatArray:
    from scipy.signal import butter, sosfiltfilt

    # Two passes of a 2nd-order filter: each may lose only 2^-1/4 at the cut-off, hence the corrected corner
    # (Winter 2009): (sqrt 2 - 1)^(1/4) = 0.802, of the warped frequency, so that it holds at low frame rates too.
    warped = np.tan(np.pi * cutoff_hz / rate_hz) / (np.sqrt(2) - 1) ** 0.25
    corner_hz = rate_hz / np.pi * np.arctan(warped)
    # Odd extension keeps level and slope at the ends; the filter starts in the steady state of its first sample.
    pad = min(max(int(rate_hz / cutoff_hz * 3), 9), len(values) - 1)
    sections = butter(2, corner_hz, fs=rate_hz, output="sos")
    smoothed: FloatArray = sosfiltfilt(sections, values, axis=0, padtype="odd", padlen=pad)
    return smoothed


def butterworth(values: FloatArray, time_s: FloatArray, *, cutoff_hz: float) -> FloatArray:
    """Smooth without lag by a 2nd-order Butterworth filter run forwards and backwards (4th order in all).

    Parameters
    ----------
    values : FloatArray
        (frame, …), NaN where missing; each stretch of 10 frames or more is smoothed for itself.
    time_s : FloatArray
        (frame,) seconds.
    cutoff_hz : float
        -3 dB frequency of both passes together (the single pass is designed at cut-off / 0.802); nothing is smoothed
        where it is half the frame rate or more.
    """
    return _by_runs(values, time_s, cutoff_hz, _butterworth_uniform, min_length=10)


SMOOTHERS: dict[str, Callable[..., FloatArray]] = {
    "savitzky-golay": savitzky_golay,
    "butterworth": butterworth,
    "kalman": kalman,
}


@lru_cache(maxsize=256)
def effective_cutoff_hz(method: str, *, rate_hz: float, cutoff_hz: float) -> float | None:
    """Return the frequency at which a smoother really leaves 0.707, measured on its answer to an impulse.

    Parameters
    ----------
    method : str
        one of `SMOOTHERS`.
    rate_hz : float
        frames a second.
    cutoff_hz : float
        what the smoother is asked for.

    Returns
    -------
    float | None
        None where it leaves more at every frequency that the frame rate can show: nothing is smoothed then.
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
