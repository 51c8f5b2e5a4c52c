"""Foot strikes and toe-offs from behind through a camera near and high, read from whole stretches of curves.

Such a camera sees the stance foot sink as it rides nearer, and the landing foot hang still while it swings away and
down: heights alone (`rear.py`) no longer tell. What a leg does about an event still looks alike from runner to runner.
The rise of the foot after toe-off comes first, for it is seen through every camera; then three fitted straight lines
(`rear_wave_constants.py`), in the vertical speeds of a few points at many times, give the strike roughly, and strike
and toe-off finely. How fast the stance foot sinks stands for the camera.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gaitlab.core.errors import InputError
from gaitlab.core.gait import BOTH_SIDES, Side
from gaitlab.core.pose import FloatArray, PoseSequence
from gaitlab.events.signals import LONGEST_GAP_S, RATE_HZ, bridged
from gaitlab.events.swings import find_swings, stride_time_s
from gaitlab.signal.smoothing import savitzky_golay
from gaitlab.signal.spline import resample

# The points whose vertical speeds are read, by what the keypoints are; the first one sets the rhythm.
CURVES: dict[str, tuple[str, ...]] = {
    "body": ("ankle", "knee", "mid_hip"),
    "dots": ("heel_top", "heel", "calf_top"),
}
# Seconds about the guess at which the curves are read: of the strike, from the guessed toe-off; of each event, from
# the guess at itself.
OFFSETS_S: dict[str, FloatArray] = {
    "rough strike": np.arange(-0.42, 0.061, 0.02),
    "strike": np.arange(-0.12, 0.161, 0.02),
    "toe-off": np.arange(-0.16, 0.121, 0.02),
}
# The part of the stance in which the foot only rides.
RIDING = (0.30, 0.55)
# From toe-off to the foot's fastest rise, good to 30 ms.
_OFF_TO_RISE_S = 0.072
_COARSE_CUTOFF_HZ = 5.0
_CUTOFF_HZ = 12.0
# Speed of the rising foot that only the fastest 2 % of frames exceed: the measure of dots, which show no leg.
_LIFT_PERCENTILE = 98


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """A time as a straight line in curves: seconds to add to a guess.

    Attributes
    ----------
    constant_s, descent_s : float
        seconds, and seconds a unit of sinking.
    weights, descent_weights : FloatArray
        (curve, offset) seconds a unit of speed, and the same a unit of sinking.
    """

    constant_s: float
    descent_s: float
    weights: FloatArray
    descent_weights: FloatArray

    def at(self, read: FloatArray, descent_rate: float) -> FloatArray:
        """Return (contact,) seconds for (contact, curve, offset) speeds; NaN where one of them is not known."""
        slopes = self.weights + descent_rate * self.descent_weights
        found: FloatArray = self.constant_s + descent_rate * self.descent_s + np.einsum("kco,co->k", read, slopes)
        return found


@dataclass(frozen=True, slots=True, eq=False)
class WaveFit:
    """Everything fitted for one kind of points; the standard deviations are those of a runner left out."""

    lines: dict[str, Line]
    strike_sd_s: float
    off_sd_s: float


@dataclass(frozen=True, slots=True, eq=False)
class FootWaves:
    """One leg's vertical speeds, upward, in leg lengths a second, or, of dots, in shares of the foot's fastest rise.

    Attributes
    ----------
    time_s : FloatArray
        (time,) uniform.
    speeds : FloatArray
        (curve, time).
    height : FloatArray
        (time,) of the first curve, px upwards.
    """

    side: Side
    time_s: FloatArray
    speeds: FloatArray
    height: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class Rough:
    """A first guess at one foot's contacts, (contact,) seconds; the last one's toe-off may be NaN."""

    strike_s: FloatArray
    off_s: FloatArray
    stride_s: float


def foot_waves(pose: PoseSequence, side: Side, *, kind: str, leg_px: float) -> FootWaves:
    """Return the curves of `CURVES` for one leg.

    Parameters
    ----------
    kind : str
        ``body`` or ``dots``.
    leg_px : float
        thigh plus shank; not used for dots.
    """
    heights = np.stack([-_point(pose, side, name)[:, 1] for name in CURVES[kind]], axis=1)
    time_s = np.arange(pose.time_s[0], pose.time_s[-1], 1 / RATE_HZ)
    fine = resample(heights, pose.time_s, time_s, longest_gap_s=LONGEST_GAP_S)
    fine = savitzky_golay(fine, time_s, cutoff_hz=_CUTOFF_HZ)
    speeds = np.gradient(fine, 1 / RATE_HZ, axis=0).T
    first = speeds[0][np.isfinite(speeds[0])]
    if not len(first):
        raise InputError(
            f"the {side} {CURVES[kind][0].replace('_', ' ')} was never seen long enough to follow; check the keypoints"
        )
    measure = leg_px if kind == "body" else float(np.percentile(first, _LIFT_PERCENTILE))
    return FootWaves(side, time_s, speeds / max(measure, 1e-9), fine[:, 0])


def _point(pose: PoseSequence, side: Side, name: str) -> FloatArray:
    return pose.point(name if name == "mid_hip" else f"{side}_{name}")


def rough_offs(both: list[FootWaves]) -> list[tuple[FloatArray, float]]:
    """Return for each foot the guessed times of toe-off, from its fastest rises, and the stride time.

    Raises
    ------
    InputError
        where nothing repeats.
    """
    heights = [bridged(foot.height) for foot in both]
    stride_s = stride_time_s(heights[0] - heights[1])
    offs = []
    for foot, height in zip(both, heights, strict=True):
        rate = np.gradient(savitzky_golay(height, foot.time_s, cutoff_hz=_COARSE_CUTOFF_HZ), 1 / RATE_HZ)
        swings = find_swings(foot.time_s, np.where(np.isnan(foot.height), np.nan, rate), stride_s)
        offs.append((swings.front_s - _OFF_TO_RISE_S, stride_s))
    return offs


def read(foot: FootWaves, at_s: FloatArray, what: str) -> FloatArray:
    """Return (contact, curve, offset) speeds about times; NaN outside the recording and in its gaps."""
    times = at_s[:, None] + OFFSETS_S[what]
    return np.stack([np.interp(times, foot.time_s, speed, left=np.nan, right=np.nan) for speed in foot.speeds], axis=1)


def rough_contacts(foot: FootWaves, off_s: FloatArray, stride_s: float, fit: WaveFit) -> Rough:
    """Return the first guess at a foot's contacts; one that the recording cuts off ends it, with a toe-off of NaN."""
    strike_s = off_s + fit.lines["rough strike"].at(read(foot, off_s, "rough strike"), 0.0)
    usual_s = float(np.nanmedian(off_s - strike_s)) if np.isfinite(strike_s).any() else 0.25
    strike_s = np.where(np.isfinite(strike_s), strike_s, off_s - usual_s)
    if len(off_s) and strike_s[-1] + stride_s < foot.time_s[-1]:
        strike_s, off_s = np.append(strike_s, strike_s[-1] + stride_s), np.append(off_s, np.nan)
    return Rough(strike_s, off_s, stride_s)


def stance_descent_rate(both: list[FootWaves], rough: list[Rough]) -> float:
    """Return how fast the riding feet move in the picture, upwards: below 0 where the camera is near and high."""
    means = []
    for foot, guess in zip(both, rough, strict=True):
        for start_s, end_s in zip(guess.strike_s, guess.off_s, strict=True):
            if np.isfinite(end_s):
                bounds = [start_s + share * (end_s - start_s) for share in RIDING]
                part = foot.speeds[0][slice(*np.searchsorted(foot.time_s, bounds))]
                if len(part) and np.isfinite(part).all():
                    means.append(part.mean())
    return float(np.median(means)) if means else float("nan")


def wave_events(foot: FootWaves, rough: Rough, descent_rate: float, fit: WaveFit) -> tuple[FloatArray, FloatArray]:
    """Return (contact,) times of foot strike and of toe-off, NaN where a curve has a gap or ends."""
    strike_s = rough.strike_s + fit.lines["strike"].at(read(foot, rough.strike_s, "strike"), descent_rate)
    off_s = rough.off_s + fit.lines["toe-off"].at(read(foot, rough.off_s, "toe-off"), descent_rate)
    return strike_s, off_s


def both_waves(pose: PoseSequence, *, kind: str, leg_px: float) -> list[FootWaves]:
    """Return the curves of both legs."""
    return [foot_waves(pose, side, kind=kind, leg_px=leg_px) for side in BOTH_SIDES]
