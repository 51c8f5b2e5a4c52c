"""Foot strikes and toe-offs in the rear view, from vertical positions: movement along the belt is not visible.

Features of the heights of ankle, heel, toe and hips, defined as in the side view (`features.py`), are averaged with
offsets of their own (`models/rear.py`). Hips, knees and ankles suffice. For a camera close to the runner and above the
belt, the stance foot descends in the image as it approaches; heights are then unreliable and fitted regressions are
used instead (`rear_regression.py`), as they are for recordings with four dots per leg and no body keypoints.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from gaitlab.core.errors import InputError
from gaitlab.core.gait import BOTH_SIDES, Contact, GaitEvents, Side, TimingBias
from gaitlab.core.pose import FloatArray, PoseSequence
from gaitlab.events.activity import activity_of
from gaitlab.events.features import EventFeature, EventModel, find_feature, ground_level
from gaitlab.events.models import rear
from gaitlab.events.models.rear_regression import REGRESSIONS
from gaitlab.events.plausible import validate_contact
from gaitlab.events.rear_regression import (
    CURVES,
    CoarseContacts,
    FootSpeeds,
    RegressionModel,
    both_feet_speeds,
    coarse_contacts,
    coarse_toe_offs,
    regressed_events,
    stance_descent_rate,
)
from gaitlab.events.side import FEATURE_REACH_S, fuse, why_missing
from gaitlab.events.signals import LegPoints, bridged, check_legs_seen, check_long_enough, leg_points
from gaitlab.events.swings import Swings, find_swings, stride_time_s
from gaitlab.kinematics.rear import leg_px
from gaitlab.signal.smoothing import savitzky_golay

_COARSE_CUTOFF_HZ = 5.0
# From the ankle's fastest descent to foot strike, and from toe-off to its fastest ascent: a first estimate, accurate to
# 45 ms in 1442 contacts on the instrumented treadmill of `models/rear.py`.
_FALL_TO_STRIKE_S, _OFF_TO_RISE_S = 0.168, 0.072
# The part of the coarse stance in which the ankle hardly moves.
_MIDSTANCE = (0.30, 0.55)
# A stance foot that descends faster than this in the image, leg lengths per second, indicates a near and high camera,
# for which the regressions are more accurate than the features (``python -m benchmarks.rear_cameras``).
_DESCENT_RATE_OF_NEAR_CAMERA = -0.1
# Least share of a foot's contacts that the features must find to be used.
_LEAST_FOUND = 0.6
# A longer stride is walking, to which the regressions were not fitted.
_LONGEST_RUNNING_STRIDE_S = 0.9
# Percentile of the ankle's upward speed over all frames.
_LIFT_PERCENTILE = 98

REAR_STRIKE_FEATURES: dict[str, EventFeature] = {
    "ankle_low": EventFeature("ankle_height", "fall", (-0.10, 0.10), 0.02),
    "ankle_lowers": EventFeature("ankle_height", "fall", (-0.10, 0.10), 0.04),
    "toe_low": EventFeature("toe_height", "fall", (-0.10, 0.10), 0.02),
    "hips_fall": EventFeature("hip_rate", "min", (-0.10, 0.10)),
}
REAR_OFF_FEATURES: dict[str, EventFeature] = {
    "ankle_up": EventFeature("ankle_height", "rise", (-0.15, 0.12), 0.08),
    "ankle_high": EventFeature("ankle_height", "rise", (-0.15, 0.12), 0.15),
    "heel_high": EventFeature("heel_height", "rise", (-0.15, 0.12), 0.15),
    "toe_clear": EventFeature("toe_height", "rise", (-0.15, 0.12), 0.02),
    "toe_leaves": EventFeature("toe_rate", "rise", (-0.10, 0.12), 0.6),
    "leg_longest": EventFeature("leg_drop", "max", (-0.12, 0.15)),
    "hips_top": EventFeature("hip_height", "max", (-0.12, 0.15)),
}


def rear_swings(legs: list[LegPoints]) -> list[Swings]:
    """Return the coarse rhythm of both feet: each ankle's fastest descent and the fastest ascent after it.

    Raises
    ------
    InputError
        if an ankle was never detected or the movement is not periodic.
    """
    for leg in legs:
        if not np.isfinite(leg.xy["ankle"]).any():
            raise InputError(f"the {leg.side} ankle was never seen long enough to follow; check the keypoints")
    heights = [bridged(leg.xy["ankle"][:, 1]) for leg in legs]
    stride_s = stride_time_s(heights[0] - heights[1])
    swings = []
    for leg, height in zip(legs, heights, strict=True):
        rate = leg.slope(savitzky_golay(height, leg.time_s, cutoff_hz=_COARSE_CUTOFF_HZ))
        unseen = np.isnan(leg.xy["ankle"][:, 1])
        swings.append(find_swings(leg.time_s, np.where(unseen, np.nan, -rate), stride_s))
    return swings


def coarse_stances(swings: Swings) -> tuple[FloatArray, FloatArray]:
    """Return the coarse times of each contact: (foot_strike_s, toe_off_s), (contact,) each."""
    return swings.front_s + _FALL_TO_STRIKE_S, swings.back_s - _OFF_TO_RISE_S


def lift_speed(leg: LegPoints) -> float:
    """Return the speed at which the ankle is lifted, leg lengths per second: the rear view's measure of speed."""
    rate = leg.slope(leg.xy["ankle"][:, 1])
    return float(np.percentile(rate[np.isfinite(rate)], _LIFT_PERCENTILE))


def _curves(leg: LegPoints) -> dict[str, FloatArray]:
    ankle, heel, toe, hips = (leg.xy[name][:, 1] for name in ("ankle", "heel", "toe", "mid_hip"))
    return {
        "ankle_height": ankle,
        "heel_height": heel,
        "toe_height": toe,
        "toe_rate": leg.slope(toe),
        "leg_drop": hips - toe,
        "hip_height": hips,
        "hip_rate": leg.slope(hips),
    }


def rear_features(leg: LegPoints, swings: Swings) -> tuple[dict[str, FloatArray], dict[str, FloatArray]]:
    """Return the features of foot strike and of toe-off, each name to (contact,) seconds, NaN where not found."""
    strike_s, off_s = coarse_stances(swings)
    # If the recording ends before toe-off, the median stance time is assumed.
    usual_s = float(np.nanmedian(off_s - strike_s)) if np.isfinite(off_s).any() else 0.25
    end_s = np.where(np.isfinite(off_s), off_s, strike_s + usual_s)
    from_s, to_s = (strike_s + share * (end_s - strike_s) for share in _MIDSTANCE)
    bounds = np.stack([np.searchsorted(leg.time_s, from_s), np.searchsorted(leg.time_s, to_s)], axis=1)
    stances = [slice(int(first), int(last)) for first, last in bounds]
    curves = _curves(leg)

    def find(features: dict[str, EventFeature], coarse_s: FloatArray) -> dict[str, FloatArray]:
        found, none = {}, np.zeros(len(coarse_s))
        for name, feature in features.items():
            curve = curves[feature.curve]
            levels = (
                ground_level(curve, stances) if feature.find in ("rise", "fall") and "height" in feature.curve else none
            )
            found[name] = np.array(
                [
                    find_feature(feature, leg.time_s, curve, at_s, feature.level + level)
                    for at_s, level in zip(coarse_s, levels, strict=True)
                ]
            )
        return found

    return find(REAR_STRIKE_FEATURES, strike_s), find(REAR_OFF_FEATURES, off_s)


@dataclass(frozen=True, slots=True, eq=False)
class FootTimes:
    """One foot's events, (contact,) seconds each: detected (NaN where not), coarse, and their standard deviations.

    ``time_s`` and ``curve`` are the (time,) track in which they were detected, ``bias`` is what running contacts found
    so have in common, None if nobody measured it.
    """

    side: Side
    strike_s: FloatArray
    off_s: FloatArray
    coarse_strike_s: FloatArray
    coarse_off_s: FloatArray
    strike_sd_s: FloatArray
    off_sd_s: FloatArray
    time_s: FloatArray
    curve: FloatArray
    bias: TimingBias | None = None

    @property
    def found(self) -> float:
        """Share of the contacts with both events detected, 0 to 1."""
        return float(np.isfinite(self.strike_s + self.off_s).mean()) if len(self.strike_s) else 0.0


def _times_by_features(leg: LegPoints, swings: Swings, *, strike: EventModel, off: EventModel) -> FootTimes:
    strike_features, off_features = rear_features(leg, swings)
    speed = lift_speed(leg)
    strike_s, strike_weight = fuse(strike_features, strike, feet=leg.feet, belt_speed=speed)
    off_s, off_weight = fuse(off_features, off, feet=leg.feet, belt_speed=speed)
    coarse_s, coarse_off_s = coarse_stances(swings)
    strike_sd_s, off_sd_s = (
        model.sd_s[leg.feet] / np.sqrt(np.maximum(weight, 0.35))
        for model, weight in ((strike, strike_weight), (off, off_weight))
    )
    curve = leg.xy["ankle"][:, 1]
    return FootTimes(
        leg.side, strike_s, off_s, coarse_s, coarse_off_s, strike_sd_s, off_sd_s, leg.time_s, curve, rear.BIAS[leg.feet]
    )  # fmt: skip


def _times_by_regression(
    foot: FootSpeeds, coarse: CoarseContacts, descent_rate: float, fit: RegressionModel
) -> FootTimes:
    strike_s, off_s, off_sd_s = regressed_events(foot, coarse, descent_rate, fit)
    strike_sd_s = np.full(len(strike_s), fit.strike_sd_s)
    return FootTimes(
        foot.side, strike_s, off_s, coarse.strike_s, coarse.off_s, strike_sd_s, off_sd_s, foot.time_s, foot.height
    )  # fmt: skip


def contacts_of(pose: PoseSequence, times: FootTimes) -> list[Contact]:
    """Return one foot's contacts, durations not yet validated."""
    half_frame_s = 1 / pose.fps / math.sqrt(12)
    contacts = []
    for i, at_s in enumerate(times.strike_s):
        start_s = float(times.coarse_strike_s[i] if np.isnan(at_s) else at_s)
        if not pose.time_s[0] <= start_s <= pose.time_s[-1]:
            continue
        reason = ""
        coarse_off_s = float(times.coarse_off_s[i])
        if np.isnan(at_s):
            reason = why_missing(pose, times.time_s, [times.curve], start_s, "foot strike")
        elif np.isnan(times.off_s[i]) and coarse_off_s + 1.5 * FEATURE_REACH_S < pose.time_s[-1]:
            reason = why_missing(pose, times.time_s, [times.curve], coarse_off_s, "toe-off")
        off_sd_s = math.hypot(float(times.off_sd_s[i]), half_frame_s)
        contacts.append(
            Contact(
                side=times.side,
                foot_strike_s=start_s,
                toe_off_s=float(times.off_s[i]),
                foot_strike_sd_s=math.hypot(float(times.strike_sd_s[i]), half_frame_s),
                toe_off_sd_s=off_sd_s if np.isfinite(times.off_s[i]) else math.nan,
                accepted=not reason,
                reason=reason,
                bias=times.bias,
            )
        )
    return contacts


def kind_of(pose: PoseSequence) -> str:
    """Return the key of `rear_regression.CURVES` for these keypoints: ``body``, or ``dots`` without body keypoints.

    Raises
    ------
    InputError
        if the keypoints of neither were detected.
    """
    dots = [f"{side}_{name}" for side in BOTH_SIDES for name in CURVES["dots"]]
    legs = [f"{side}_{name}" for side in BOTH_SIDES for name in ("hip", "knee", "ankle")]
    if all(pose.seen(name) for name in dots) and not all(pose.seen(name) for name in legs):
        check_long_enough(pose)
        return "dots"
    check_legs_seen(pose)
    return "body"


def detect_rear_contacts(
    pose: PoseSequence,
    *,
    strike: EventModel = rear.STRIKE,
    off: EventModel = rear.OFF,
    regressions: Mapping[str, RegressionModel] = REGRESSIONS,
) -> GaitEvents:
    """Find every contact of both feet of a runner seen from behind.

    Parameters
    ----------
    pose : PoseSequence
        preprocessed but unsmoothed. Required are hips, knees and ankles of both legs (heels and toes improve the
        result), or else ``heel``, ``heel_top`` and ``calf_top`` of both legs.
    strike, off : EventModel, optional
        event models other than the built-in ones, for fits and benchmarks.
    regressions : Mapping[str, RegressionModel], optional
        the same for near and high cameras; keys as in `rear_regression.CURVES`.

    Returns
    -------
    GaitEvents
        contacts in the order of their foot strikes, rejected ones included with their reason.

    Raises
    ------
    InputError
        for missing keypoints, a recording under 2 s, or no periodic stride.
    """
    kind = kind_of(pose)
    contacts: list[Contact] = []
    for times in _times(pose, kind, strike=strike, off=off, fit=regressions[kind]):
        contacts += contacts_of(pose, times)
    return events_of(contacts)


def events_of(contacts: Sequence[Contact]) -> GaitEvents:
    """Return contacts in the order of their foot strikes, each validated for the activity."""
    ordered = sorted(contacts, key=lambda c: c.foot_strike_s)
    activity = activity_of(ordered)
    if activity == "walking":  # their timing was measured on runners
        ordered = [replace(contact, bias=None) for contact in ordered]
    return GaitEvents(tuple(validate_contact(contact, activity) for contact in ordered), activity)


def _times(
    pose: PoseSequence, kind: str, *, strike: EventModel, off: EventModel, fit: RegressionModel
) -> list[FootTimes]:
    feet = both_feet_speeds(pose, kind=kind, leg_px=leg_px(pose))
    guesses = coarse_toe_offs(feet)
    coarse = [coarse_contacts(foot, *guess, fit) for foot, guess in zip(feet, guesses, strict=True)]
    descent_rate = stance_descent_rate(feet, coarse)
    runs = guesses[0][1] < _LONGEST_RUNNING_STRIDE_S
    by_regression = [
        _times_by_regression(foot, guess, descent_rate, fit) for foot, guess in zip(feet, coarse, strict=True)
    ]
    if kind == "dots" or (descent_rate < _DESCENT_RATE_OF_NEAR_CAMERA and runs):
        return by_regression
    by_features = times_by_features(pose, strike=strike, off=off)
    return by_regression if runs and min(times.found for times in by_features) < _LEAST_FOUND else by_features


def times_by_features(pose: PoseSequence, *, strike: EventModel, off: EventModel) -> list[FootTimes]:
    """Return the events of both feet from features of heights, for any camera position."""
    legs = [leg_points(pose, side, forward=1) for side in BOTH_SIDES]
    return [
        _times_by_features(leg, found, strike=strike, off=off)
        for leg, found in zip(legs, rear_swings(legs), strict=True)
    ]
