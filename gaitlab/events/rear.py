"""Foot strikes and toe-offs from behind, where nothing shows the foot's way along the belt: heights alone tell.

The ankle comes down, stays low and goes up again. Marks on the heights of ankle, heel, toe and hips, read like those of
the side view (`features.py`), are averaged with leads of their own (`rear_constants.py`). No head, trunk or feet are
needed: hips, knees and ankles do. A camera near the runner and above the belt sees the stance foot sink as it rides
nearer; then heights tell little, and fitted lines take over (`rear_waves.py`). Four dots a leg do without a body.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from gaitlab.core.errors import InputError
from gaitlab.core.gait import BOTH_SIDES, Contact, GaitEvents, Side
from gaitlab.core.pose import FloatArray, PoseSequence
from gaitlab.events.activity import activity_of
from gaitlab.events.features import EventFeature, EventModel, find_feature, ground_level
from gaitlab.events.models import rear
from gaitlab.events.models.rear_waves import WAVES
from gaitlab.events.plausible import validate_contact
from gaitlab.events.rear_waves import (
    CURVES,
    FootWaves,
    Rough,
    WaveFit,
    both_waves,
    rough_contacts,
    rough_offs,
    stance_descent_rate,
    wave_events,
)
from gaitlab.events.side import MARK_REACH_S, fuse, why_missing
from gaitlab.events.signals import LegPoints, bridged, check_legs_seen, check_long_enough, leg_points
from gaitlab.events.swings import Swings, find_swings, stride_time_s
from gaitlab.kinematics.rear import leg_px
from gaitlab.signal.smoothing import savitzky_golay

_COARSE_CUTOFF_HZ = 5.0
# From the ankle's fastest fall to foot strike, and from toe-off to its fastest rise: a first guess, good to 45 ms in
# 1442 contacts on the instrumented treadmill of `rear_constants`.
_FALL_TO_STRIKE_S, _OFF_TO_RISE_S = 0.168, 0.072
# The part of the coarse stance in which the ankle only drifts.
_RIDING = (0.30, 0.55)
# A stance foot that sinks faster than this through the picture, leg lengths a second, says that the camera is near and
# high: from there on the lines beat the marks (``python -m benchmarks.rear_cameras``).
_SINKS = -0.1
# Where the marks of a foot find fewer of its contacts, they do not know how it moves.
_MARKS_FIND = 0.6
# Who takes longer for a stride walks, and the lines know running only.
_LONGEST_RUNNING_STRIDE_S = 0.9
# Speed of the rising ankle that only the fastest 2 % of frames exceed.
_LIFT_PERCENTILE = 98

REAR_STRIKE_MARKS: dict[str, EventFeature] = {
    "ankle_low": EventFeature("ankle_height", "fall", (-0.10, 0.10), 0.02),
    "ankle_lowers": EventFeature("ankle_height", "fall", (-0.10, 0.10), 0.04),
    "toe_low": EventFeature("toe_height", "fall", (-0.10, 0.10), 0.02),
    "hips_fall": EventFeature("hip_rate", "min", (-0.10, 0.10)),
}
REAR_OFF_MARKS: dict[str, EventFeature] = {
    "ankle_up": EventFeature("ankle_height", "rise", (-0.15, 0.12), 0.08),
    "ankle_high": EventFeature("ankle_height", "rise", (-0.15, 0.12), 0.15),
    "heel_high": EventFeature("heel_height", "rise", (-0.15, 0.12), 0.15),
    "toe_clear": EventFeature("toe_height", "rise", (-0.15, 0.12), 0.02),
    "toe_leaves": EventFeature("toe_rate", "rise", (-0.10, 0.12), 0.6),
    "leg_longest": EventFeature("leg_drop", "max", (-0.12, 0.15)),
    "hips_top": EventFeature("hip_height", "max", (-0.12, 0.15)),
}


def rear_swings(legs: list[LegPoints]) -> list[Swings]:
    """Return the coarse rhythm of both feet: each ankle's fastest fall and the fastest rise after it.

    Raises
    ------
    InputError
        where an ankle was never seen or nothing repeats.
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
    """Return the coarse (foot_strike_s, toe_off_s) of each contact."""
    return swings.front_s + _FALL_TO_STRIKE_S, swings.back_s - _OFF_TO_RISE_S


def lift_speed(leg: LegPoints) -> float:
    """Return how fast the ankle is lifted, leg lengths a second: what the rear view shows of the running speed."""
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
    """Return the (contact,) times of all marks of foot strike and of toe-off, NaN where not found."""
    strike_s, off_s = coarse_stances(swings)
    # Where the recording ends before the foot leaves, the usual stance serves.
    usual_s = float(np.nanmedian(off_s - strike_s)) if np.isfinite(off_s).any() else 0.25
    end_s = np.where(np.isfinite(off_s), off_s, strike_s + usual_s)
    from_s, to_s = (strike_s + share * (end_s - strike_s) for share in _RIDING)
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

    return find(REAR_STRIKE_MARKS, strike_s), find(REAR_OFF_MARKS, off_s)


@dataclass(frozen=True, slots=True, eq=False)
class FootTimes:
    """One foot's events, (contact,) seconds: found (NaN where not), guessed, and their standard deviations.

    ``time_s`` and ``curve`` are the (time,) track that they were found on.
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

    @property
    def found(self) -> float:
        """Share of the contacts of which both events were found."""
        return float(np.isfinite(self.strike_s + self.off_s).mean()) if len(self.strike_s) else 0.0


def _times_by_features(leg: LegPoints, swings: Swings, *, strike: EventModel, off: EventModel) -> FootTimes:
    strike_marks, off_marks = rear_features(leg, swings)
    speed = lift_speed(leg)
    strike_s, strike_weight = fuse(strike_marks, strike, feet=leg.feet, belt_speed=speed)
    off_s, off_weight = fuse(off_marks, off, feet=leg.feet, belt_speed=speed)
    coarse_s, coarse_off_s = coarse_stances(swings)
    strike_sd_s, off_sd_s = (
        fitted.sd_s[leg.feet] / np.sqrt(np.maximum(weight, 0.35))
        for fitted, weight in ((strike, strike_weight), (off, off_weight))
    )
    curve = leg.xy["ankle"][:, 1]
    return FootTimes(
        leg.side, strike_s, off_s, coarse_s, coarse_off_s, strike_sd_s, off_sd_s, leg.time_s, curve
    )  # fmt: skip


def _waves_times(foot: FootWaves, rough: Rough, descent_rate: float, fit: WaveFit) -> FootTimes:
    strike_s, off_s = wave_events(foot, rough, descent_rate, fit)
    strike_sd_s, off_sd_s = (np.full(len(strike_s), sd_s) for sd_s in (fit.strike_sd_s, fit.off_sd_s))
    return FootTimes(
        foot.side, strike_s, off_s, rough.strike_s, rough.off_s, strike_sd_s, off_sd_s, foot.time_s, foot.height
    )  # fmt: skip


def contacts_of(pose: PoseSequence, times: FootTimes) -> list[Contact]:
    """Return one foot's contacts, not yet judged by their duration."""
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
        elif np.isnan(times.off_s[i]) and coarse_off_s + 1.5 * MARK_REACH_S < pose.time_s[-1]:
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
            )
        )
    return contacts


def kind_of(pose: PoseSequence) -> str:
    """Return which of `rear_waves.CURVES` the keypoints have: ``body``, or ``dots`` where no body is there.

    Raises
    ------
    InputError
        where neither is there.
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
    waves: Mapping[str, WaveFit] = WAVES,
) -> GaitEvents:
    """Find every contact of both feet of a runner seen from behind, from the rear view alone.

    Parameters
    ----------
    pose : PoseSequence
        conditioned but unsmoothed. Hips, knees and ankles of both legs are needed, heels and toes help; or else
        ``heel``, ``heel_top`` and ``calf_top`` of both legs.
    strike, off, waves : EventModel, optional
        other fits than those that ship, for fits and benchmarks.

    Returns
    -------
    GaitEvents
        contacts in the order of their foot strikes, those that cannot be used with their reason.

    Raises
    ------
    InputError
        for missing points, a recording under 2 s, or no repeating stride.
    """
    kind = kind_of(pose)
    contacts: list[Contact] = []
    for times in _times(pose, kind, strike=strike, off=off, fit=waves[kind]):
        contacts += contacts_of(pose, times)
    return events_of(contacts)


def events_of(contacts: Sequence[Contact]) -> GaitEvents:
    """Return contacts in their order, each judged by what the person was doing."""
    ordered = sorted(contacts, key=lambda c: c.foot_strike_s)
    activity = activity_of(ordered)
    return GaitEvents(tuple(validate_contact(contact, activity) for contact in ordered), activity)


def _times(pose: PoseSequence, kind: str, *, strike: EventModel, off: EventModel, fit: WaveFit) -> list[FootTimes]:
    feet = both_waves(pose, kind=kind, leg_px=leg_px(pose))
    guesses = rough_offs(feet)
    rough = [rough_contacts(foot, *guess, fit) for foot, guess in zip(feet, guesses, strict=True)]
    descent_rate = stance_descent_rate(feet, rough)
    runs = guesses[0][1] < _LONGEST_RUNNING_STRIDE_S
    by_waves = [_waves_times(foot, guess, descent_rate, fit) for foot, guess in zip(feet, rough, strict=True)]
    if kind == "dots" or (descent_rate < _SINKS and runs):
        return by_waves
    by_marks = times_by_features(pose, strike=strike, off=off)
    return by_waves if runs and min(times.found for times in by_marks) < _MARKS_FIND else by_marks


def times_by_features(pose: PoseSequence, *, strike: EventModel, off: EventModel) -> list[FootTimes]:
    """Return the events of both feet by marks on heights, whatever the camera."""
    legs = [leg_points(pose, side, forward=1) for side in BOTH_SIDES]
    return [
        _times_by_features(leg, found, strike=strike, off=off)
        for leg, found in zip(legs, rear_swings(legs), strict=True)
    ]
