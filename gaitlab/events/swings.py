"""The coarse rhythm: when each foot is furthest ahead of the hips and furthest behind them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from gaitlab.core.errors import InputError
from gaitlab.core.pose import FloatArray
from gaitlab.events.signals import RATE_HZ, LegPoints, bridged
from gaitlab.signal.smoothing import savitzky_golay

# Strides of a sprinter and of a stroll.
_SHORTEST_STRIDE_S, _LONGEST_STRIDE_S = 0.45, 2.0
_COARSE_CUTOFF_HZ = 5.0
# The autocorrelation of what repeats.
_HIGH_CORRELATION = 0.3
# Two maxima of one foot closer than this share of a stride are one.
_CLOSEST = 0.6
# A maximum must rise this share of the usual swing above the middle to be a reach forward.
_RISE = 0.2


@dataclass(frozen=True, slots=True, eq=False)
class Swings:
    """Turning points of one foot's path relative to the hips.

    Attributes
    ----------
    front_s : FloatArray
        (contact,) times of furthest reach ahead, just before foot strike.
    back_s : FloatArray
        (contact,) times of furthest reach behind after each of them, after toe-off; NaN where the recording ends first.
    stride_s : float
        the usual stride time.
    """

    front_s: FloatArray
    back_s: FloatArray
    stride_s: float


def stride_time_s(foot_separation: FloatArray) -> float:
    """Return the stride time from (time,) left reach minus right reach: the first high peak of its autocorrelation.

    Raises
    ------
    InputError
        where nothing repeats.
    """
    from scipy.signal import find_peaks

    x = foot_separation - np.mean(foot_separation)
    spectrum = np.fft.rfft(x, 2 * len(x))
    correlation = np.fft.irfft(np.abs(spectrum) ** 2)[: len(x)]
    # A lag of k leaves n - k products: without this, long strides look weaker than they are.
    correlation = correlation / np.maximum(len(x) - np.arange(len(x)), 1) / max(correlation[0] / len(x), 1e-12)
    first, last = int(_SHORTEST_STRIDE_S * RATE_HZ), min(int(_LONGEST_STRIDE_S * RATE_HZ), len(x) // 2)
    # Peaks are places between the ends of what is searched, hence one lag more on each side.
    peaks, _ = find_peaks(correlation[first - 1 : last + 1], height=_HIGH_CORRELATION)
    high = peaks + first - 1
    if len(high):
        # Two strides correlate as well as one: the shortest of those nearly as high as the best is the stride.
        good = high[correlation[high] > 0.85 * correlation[high].max()]
        return float(good[0] / RATE_HZ)
    raise InputError(
        "no repeating stride found in the foot tracks; expected a few seconds of running or walking seen from the "
        "side, check the start and end of the recording and the keypoints"
    )


def find_swings(time_s: FloatArray, reach: FloatArray, stride_s: float) -> Swings:
    """Find the turning points of one foot.

    Parameters
    ----------
    time_s : FloatArray
        (time,) uniform.
    reach : FloatArray
        (time,) foot ahead of the hips; gaps are bridged here, and a swing that a gap swallowed is put where the rhythm
        has it: the marks of its contact fail later, but the other leg's strides keep their partner.
    stride_s : float
        from `stride_time_s`.
    """
    from scipy.signal import find_peaks

    coarse = savitzky_golay(bridged(reach), time_s, cutoff_hz=_COARSE_CUTOFF_HZ)
    low, middle, high = np.percentile(coarse, (5, 50, 95))
    closest = _CLOSEST * stride_s * RATE_HZ
    peaks, _ = find_peaks(coarse, height=middle + _RISE * (high - low) / 2, distance=int(closest) + 1)
    fronts: list[int] = peaks.tolist()
    fronts = sorted(fronts + _swallowed(fronts, reach, stride_s))
    backs = []
    for front, following in zip(fronts, [*fronts[1:], len(coarse)], strict=True):
        end = min(following, front + int(stride_s * RATE_HZ))
        back = front + int(np.argmin(coarse[front:end]))
        backs.append(time_s[back] if back < len(coarse) - 2 else np.nan)
    return Swings(time_s[fronts], np.array(backs), stride_s)


def _swallowed(fronts: Sequence[int], reach: FloatArray, stride_s: float) -> list[int]:
    """Return where swings are missing between others a multiple of the stride apart, as far as gaps explain it."""
    missing = []
    for first, last in pairwise(sorted(fronts)):
        steps = round((last - first) / RATE_HZ / stride_s)
        guesses = [round(first + (last - first) * k / steps) for k in range(1, steps)]
        missing += [guess for guess in guesses if np.isnan(reach[guess])]
    return missing


def both_swings(legs: Sequence[LegPoints]) -> list[Swings]:
    """Return the turning points of the left and the right foot, by one common stride time."""
    for leg in legs:
        if not np.isfinite(leg.reach).any():
            raise InputError(
                f"the {leg.side} leg and the hips were never seen together long enough to follow; expected both legs "
                "in view, check the keypoints"
            )
    left, right = legs
    stride_s = stride_time_s(bridged(left.reach) - bridged(right.reach))
    return [find_swings(leg.time_s, leg.reach, stride_s) for leg in legs]
