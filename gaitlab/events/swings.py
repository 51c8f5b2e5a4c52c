"""Coarse rhythm: when each foot is furthest ahead of the hips and furthest behind them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from gaitlab.core.errors import InputError
from gaitlab.core.pose import FloatArray
from gaitlab.events.signals import RATE_HZ, LegPoints, bridged
from gaitlab.signal.smoothing import savitzky_golay

# From a sprint to a slow walk.
_SHORTEST_STRIDE_S, _LONGEST_STRIDE_S = 0.45, 2.0
_COARSE_CUTOFF_HZ = 5.0
# The autocorrelation of what repeats.
_HIGH_CORRELATION = 0.3
# A recording of fewer strides repeats too little for an autocorrelation: one wave is fitted to it, which must explain
# this share of the movement, and of which this share at least must be seen.
_FEW_STRIDES = 2.5
_EXPLAINED, _LEAST_SEEN = 0.8, 0.8
# Two maxima of one foot closer than this share of a stride are one.
_CLOSEST = 0.6
# Least height of a maximum above the median, as a share of the usual amplitude.
_RISE = 0.2


@dataclass(frozen=True, slots=True, eq=False)
class Swings:
    """Turning points of one foot's path relative to the hips.

    Attributes
    ----------
    front_s : FloatArray
        (contact,) times of furthest reach ahead, s, just before foot strike.
    back_s : FloatArray
        (contact,) times of furthest reach behind, s, after toe-off; NaN if the recording ends first.
    stride_s : float
        usual stride time, s.
    """

    front_s: FloatArray
    back_s: FloatArray
    stride_s: float


def stride_time_s(foot_separation: FloatArray) -> float:
    """Return the stride time, s: the first high peak of the autocorrelation, or of few strides the wave that fits.

    Parameters
    ----------
    foot_separation : FloatArray
        (time,) reach of the left foot minus that of the right, at `RATE_HZ`, without NaN.

    Raises
    ------
    InputError
        if the signal is not periodic.
    """
    from scipy.signal import find_peaks

    x = foot_separation - np.mean(foot_separation)
    spectrum = np.fft.rfft(x, 2 * len(x))
    correlation = np.fft.irfft(np.abs(spectrum) ** 2)[: len(x)]
    # A lag of k has n - k products: without this normalisation long strides are underestimated.
    correlation = correlation / np.maximum(len(x) - np.arange(len(x)), 1) / max(correlation[0] / len(x), 1e-12)
    first, last = int(_SHORTEST_STRIDE_S * RATE_HZ), min(int(_LONGEST_STRIDE_S * RATE_HZ), len(x) // 2)
    # Peaks are places between the ends of what is searched, hence one lag more on each side.
    peaks, _ = find_peaks(correlation[first - 1 : last + 1], height=_HIGH_CORRELATION)
    high = peaks + first - 1
    if len(high):
        # Two strides correlate as well as one: the shortest of those nearly as high as the best is the stride.
        good = high[correlation[high] > 0.85 * correlation[high].max()]
        if len(x) >= _FEW_STRIDES * good[0]:
            return float(good[0] / RATE_HZ)
    if len(x) < _FEW_STRIDES * _LONGEST_STRIDE_S * RATE_HZ and np.isfinite(wave_s := _wave_time_s(foot_separation)):
        return wave_s
    if len(high):
        return float(good[0] / RATE_HZ)
    raise InputError(
        "no repeating stride found in the foot tracks; expected a few seconds of running or walking seen from the "
        "side, check the start and end of the recording and the keypoints"
    )


def _wave_time_s(values: FloatArray) -> float:
    """Return the period, s, of the wave about 0 that fits (time,) values at `RATE_HZ` best; NaN if none fits well.

    The feet change places about the hips, so the wave needs no mean, which a part of a stride would not show.
    """
    time_s = np.arange(len(values)) / RATE_HZ
    longest_s = min(_LONGEST_STRIDE_S, time_s[-1] / _LEAST_SEEN) if len(values) > 1 else 0.0
    periods_s = np.arange(_SHORTEST_STRIDE_S, longest_s, 0.01)
    explained = np.zeros(len(periods_s))
    for i, period_s in enumerate(periods_s):
        angle = 2 * np.pi * time_s / period_s
        wave = np.stack([np.cos(angle), np.sin(angle)], axis=1)
        rest = values - wave @ np.linalg.lstsq(wave, values, rcond=None)[0]
        explained[i] = 1 - rest @ rest / max(values @ values, 1e-12)
    best = int(np.argmax(explained)) if len(explained) else 0
    inside = 0 < best < len(explained) - 1
    return float(periods_s[best]) if inside and explained[best] > _EXPLAINED else float("nan")


def find_swings(time_s: FloatArray, reach: FloatArray, stride_s: float) -> Swings:
    """Find the turning points of one foot.

    Parameters
    ----------
    time_s : FloatArray
        (time,) s, uniform.
    reach : FloatArray
        (time,) distance of the foot ahead of the hips, with NaN in gaps.
    stride_s : float
        stride time from `stride_time_s`.

    Returns
    -------
    Swings
        turning points in the order of time.

    Notes
    -----
    Gaps are interpolated here. A swing hidden by a gap is placed by the stride rhythm: the features of its contact are
    not found later, but the strides of the other leg keep their opposite contact.
    """
    from scipy.signal import find_peaks

    coarse = savitzky_golay(bridged(reach), time_s, cutoff_hz=_COARSE_CUTOFF_HZ)
    low, middle, high = np.percentile(coarse, (5, 50, 95))
    closest = _CLOSEST * stride_s * RATE_HZ
    peaks, _ = find_peaks(coarse, height=middle + _RISE * (high - low) / 2, distance=int(closest) + 1)
    fronts: list[int] = peaks.tolist()
    fronts = sorted(fronts + _hidden_swings(fronts, reach, stride_s))
    backs: list[float] = []
    if not fronts:
        return Swings(np.empty(0), np.empty(0), stride_s)
    for front, following in zip(fronts, [*fronts[1:], len(coarse)], strict=True):
        end = min(following, front + int(stride_s * RATE_HZ))
        back = front + int(np.argmin(coarse[front:end]))
        backs.append(time_s[back] if back < len(coarse) - 2 else np.nan)
    return Swings(time_s[fronts], np.array(backs), stride_s)


def _hidden_swings(fronts: Sequence[int], reach: FloatArray, stride_s: float) -> list[int]:
    """Return the samples of swings hidden by gaps, between swings that are a multiple of the stride apart."""
    missing = []
    for first, last in pairwise(sorted(fronts)):
        steps = round((last - first) / RATE_HZ / stride_s)
        guesses = [round(first + (last - first) * k / steps) for k in range(1, steps)]
        missing += [guess for guess in guesses if np.isnan(reach[guess])]
    return missing


def both_swings(legs: Sequence[LegPoints]) -> list[Swings]:
    """Return the turning points of the left and the right foot, with one common stride time.

    Raises
    ------
    InputError
        if a foot and the hips were never detected together, or the movement is not periodic.
    """
    for leg in legs:
        if not np.isfinite(leg.reach).any():
            raise InputError(
                f"the {leg.side} leg and the hips were never seen together long enough to follow; expected both legs "
                "in view, check the keypoints"
            )
    left, right = legs
    stride_s = stride_time_s(bridged(left.reach) - bridged(right.reach))
    return [find_swings(leg.time_s, leg.reach, stride_s) for leg in legs]
