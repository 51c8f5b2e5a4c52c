"""Foot strikes and toe-offs in the rear view for near and high cameras, by linear regression on vertical speeds.

With such a camera the stance foot descends in the image as it approaches, and the landing foot appears stationary
while it moves away and down, so heights alone (`rear.py`) are not sufficient. The movement around an event is still
similar between runners. The ascent of the foot after toe-off, visible from every camera, gives the coarse toe-off; then
three fitted linear regressions (`models/rear_regression.py`) in the vertical speeds of a few points at many instants
give the coarse foot strike and then foot strike and toe-off. The descent rate of the stance foot is the covariate for
the camera position.
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

# Points whose vertical speeds are used, by the kind of keypoints; the first one gives the rhythm.
CURVES: dict[str, tuple[str, ...]] = {
    "body": ("ankle", "knee", "mid_hip"),
    "dots": ("heel_top", "heel", "calf_top"),
}
# Instants at which the curves are read, s: for the coarse strike relative to the coarse toe-off, for each event
# relative to its coarse time. A swinging shoe may hide the dots of its own leg soon after toe-off: then the part before
# must do.
OFFSETS_S: dict[str, FloatArray] = {
    "coarse strike": np.arange(-0.42, 0.061, 0.02),
    "strike": np.arange(-0.12, 0.161, 0.02),
    "toe-off": np.arange(-0.16, 0.121, 0.02),
    "toe-off, then hidden": np.arange(-0.16, 0.001, 0.02),
}
# The part of stance in which the foot only moves with the belt.
MIDSTANCE = (0.30, 0.55)
# From toe-off to the foot's fastest ascent, accurate to 30 ms.
_OFF_TO_RISE_S = 0.072
_COARSE_CUTOFF_HZ = 5.0
_CUTOFF_HZ = 12.0
# Percentile of the foot's upward speed: the unit of speed for dots, for which no leg length is known.
_LIFT_PERCENTILE = 98


@dataclass(frozen=True, slots=True, eq=False)
class TimeRegression:
    """Linear regression of a time correction, s, on vertical speeds and the descent rate.

    Attributes
    ----------
    constant_s, descent_s : float
        intercept, s, and its change per unit of descent rate.
    weights, descent_weights : FloatArray
        (curve, offset) seconds per unit of speed, and their change per unit of descent rate.
    """

    constant_s: float
    descent_s: float
    weights: FloatArray
    descent_weights: FloatArray

    def at(self, read: FloatArray, descent_rate: float) -> FloatArray:
        """Return (contact,) seconds for (contact, curve, offset) speeds; NaN where one of them is unknown."""
        slopes = self.weights + descent_rate * self.descent_weights
        found: FloatArray = self.constant_s + descent_rate * self.descent_s + np.einsum("kco,co->k", read, slopes)
        return found


@dataclass(frozen=True, slots=True, eq=False)
class RegressionModel:
    """The regressions for one kind of keypoints; standard deviations, s, are of runners left out of the fit.

    ``hidden_off_sd_s`` is that of a toe-off after which the leg was hidden.
    """

    lines: dict[str, TimeRegression]
    strike_sd_s: float
    off_sd_s: float
    hidden_off_sd_s: float = float("nan")


@dataclass(frozen=True, slots=True, eq=False)
class FootSpeeds:
    """Vertical speeds of one leg, upwards positive.

    Attributes
    ----------
    side : Side
        left or right.
    time_s : FloatArray
        (time,) s, uniform.
    speeds : FloatArray
        (curve, time) leg lengths per second; for dots, relative to the foot's fastest ascent.
    height : FloatArray
        (time,) height of the first point, px upwards.
    """

    side: Side
    time_s: FloatArray
    speeds: FloatArray
    height: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class CoarseContacts:
    """Coarse contacts of one foot, (contact,) seconds; the toe-off of the last one may be NaN."""

    strike_s: FloatArray
    off_s: FloatArray
    stride_s: float


def foot_speeds(pose: PoseSequence, side: Side, *, kind: str, leg_px: float) -> FootSpeeds:
    """Return the vertical speeds of the points of `CURVES` for one leg.

    Parameters
    ----------
    pose : PoseSequence
        preprocessed but unsmoothed keypoints.
    side : Side
        left or right.
    kind : str
        ``body`` or ``dots``.
    leg_px : float
        thigh plus shank, px; not used for dots.

    Raises
    ------
    InputError
        if the first point was never detected.
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
    return FootSpeeds(side, time_s, speeds / max(measure, 1e-9), fine[:, 0])


def _point(pose: PoseSequence, side: Side, name: str) -> FloatArray:
    return pose.point(name if name == "mid_hip" else f"{side}_{name}")


def coarse_toe_offs(both: list[FootSpeeds]) -> list[tuple[FloatArray, float]]:
    """Return for each foot the coarse times of toe-off, (contact,) s, from its fastest ascents, and the stride time, s.

    Raises
    ------
    InputError
        if the movement is not periodic.
    """
    heights = [bridged(foot.height) for foot in both]
    stride_s = stride_time_s(heights[0] - heights[1])
    offs = []
    for foot, height in zip(both, heights, strict=True):
        rate = np.gradient(savitzky_golay(height, foot.time_s, cutoff_hz=_COARSE_CUTOFF_HZ), 1 / RATE_HZ)
        swings = find_swings(foot.time_s, np.where(np.isnan(foot.height), np.nan, rate), stride_s)
        offs.append((swings.front_s - _OFF_TO_RISE_S, stride_s))
    return offs


def read(foot: FootSpeeds, at_s: FloatArray, what: str) -> FloatArray:
    """Return (contact, curve, offset) speeds around the times ``at_s``; NaN outside the recording and in gaps."""
    times = at_s[:, None] + OFFSETS_S[what]
    return np.stack([np.interp(times, foot.time_s, speed, left=np.nan, right=np.nan) for speed in foot.speeds], axis=1)


def coarse_contacts(foot: FootSpeeds, off_s: FloatArray, stride_s: float, fit: RegressionModel) -> CoarseContacts:
    """Return the coarse contacts of a foot; a last one cut off by the end of the recording has a toe-off of NaN."""
    strike_s = off_s + fit.lines["coarse strike"].at(read(foot, off_s, "coarse strike"), 0.0)
    usual_s = float(np.nanmedian(off_s - strike_s)) if np.isfinite(strike_s).any() else 0.25
    strike_s = np.where(np.isfinite(strike_s), strike_s, off_s - usual_s)
    if len(off_s) and strike_s[-1] + stride_s < foot.time_s[-1]:
        strike_s, off_s = np.append(strike_s, strike_s[-1] + stride_s), np.append(off_s, np.nan)
    return CoarseContacts(strike_s, off_s, stride_s)


def stance_descent_rate(both: list[FootSpeeds], coarse: list[CoarseContacts]) -> float:
    """Return the vertical speed of the stance feet in the image, upwards: negative for a near and high camera."""
    means = []
    for foot, guess in zip(both, coarse, strict=True):
        for start_s, end_s in zip(guess.strike_s, guess.off_s, strict=True):
            if np.isfinite(end_s):
                bounds = [start_s + share * (end_s - start_s) for share in MIDSTANCE]
                part = foot.speeds[0][slice(*np.searchsorted(foot.time_s, bounds))]
                if len(part) and np.isfinite(part).all():
                    means.append(part.mean())
    return float(np.median(means)) if means else float("nan")


def regressed_events(
    foot: FootSpeeds, coarse: CoarseContacts, descent_rate: float, fit: RegressionModel
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return the times of foot strike and of toe-off, (contact,) s each, NaN where a curve has a gap or ends.

    The third array is the standard deviation of each toe-off, s.
    """
    strike_s = coarse.strike_s + fit.lines["strike"].at(read(foot, coarse.strike_s, "strike"), descent_rate)
    off_s = coarse.off_s + fit.lines["toe-off"].at(read(foot, coarse.off_s, "toe-off"), descent_rate)
    off_sd_s = np.full(len(off_s), fit.off_sd_s)
    if (hidden := fit.lines.get("toe-off, then hidden")) is not None:
        part_s = coarse.off_s + hidden.at(read(foot, coarse.off_s, "toe-off, then hidden"), descent_rate)
        off_sd_s = np.where(np.isnan(off_s), fit.hidden_off_sd_s, off_sd_s)
        off_s = np.where(np.isnan(off_s), part_s, off_s)
    return strike_s, off_s, off_sd_s


def both_feet_speeds(pose: PoseSequence, *, kind: str, leg_px: float) -> list[FootSpeeds]:
    """Return the vertical speeds of both legs, see `foot_speeds`."""
    return [foot_speeds(pose, side, kind=kind, leg_px=leg_px) for side in BOTH_SIDES]
