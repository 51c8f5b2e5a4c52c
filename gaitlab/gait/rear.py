"""Foot strikes and toe-offs from behind, where nothing shows the foot's way along the belt: heights alone tell.

The ankle comes down, stays low and goes up again. Marks on the heights of ankle, heel, toe and hips, read like those of
the side view (`marks.py`), are averaged with leads of their own (`rear_constants.py`). No head, trunk or feet are
needed: hips, knees and ankles do. A camera near the runner and above the belt sees the stance foot sink as it rides
nearer; then heights tell little: the fit holds for a camera far away or at ankle height.
"""

from __future__ import annotations

import math

import numpy as np

from gaitlab.core import Contact, FloatArray, GaitEvents, PoseSequence
from gaitlab.core.gait import BOTH_SIDES
from gaitlab.errors import InputError
from gaitlab.gait import rear_constants
from gaitlab.gait.activity import activity_of
from gaitlab.gait.events import fuse
from gaitlab.gait.marks import Fitted, Mark, find_mark, ground_level
from gaitlab.gait.plausible import AT_THE_EDGE, IN_A_GAP, UNCLEAR, judged
from gaitlab.gait.signals import LegPoints, bridged, check_legs_seen, leg_points
from gaitlab.gait.swings import Swings, find_swings, stride_time_s
from gaitlab.signal.smoothing import savitzky_golay

_COARSE_CUTOFF_HZ = 5.0
# From the ankle's fastest fall to foot strike, and from toe-off to its fastest rise: a first guess, good to 45 ms in
# 1442 contacts on the instrumented treadmill of `rear_constants`.
_FALL_TO_STRIKE_S, _OFF_TO_RISE_S = 0.168, 0.072
# The part of the coarse stance in which the ankle only drifts.
_RIDING = (0.30, 0.55)
_MARK_REACH_S = 0.15
# Speed of the rising ankle that only the fastest 2 % of frames exceed.
_LIFT_PERCENTILE = 98

REAR_STRIKE_MARKS: dict[str, Mark] = {
    "ankle_low": Mark("ankle_height", "fall", (-0.10, 0.10), 0.02),
    "ankle_lowers": Mark("ankle_height", "fall", (-0.10, 0.10), 0.04),
    "toe_low": Mark("toe_height", "fall", (-0.10, 0.10), 0.02),
    "hips_fall": Mark("hip_rate", "min", (-0.10, 0.10)),
}
REAR_OFF_MARKS: dict[str, Mark] = {
    "ankle_up": Mark("ankle_height", "rise", (-0.15, 0.12), 0.08),
    "ankle_high": Mark("ankle_height", "rise", (-0.15, 0.12), 0.15),
    "heel_high": Mark("heel_height", "rise", (-0.15, 0.12), 0.15),
    "toe_clear": Mark("toe_height", "rise", (-0.15, 0.12), 0.02),
    "toe_leaves": Mark("toe_rate", "rise", (-0.10, 0.12), 0.6),
    "leg_longest": Mark("leg_drop", "max", (-0.12, 0.15)),
    "hips_top": Mark("hip_height", "max", (-0.12, 0.15)),
}


def rear_swings(legs: list[LegPoints]) -> list[Swings]:
    """Return the coarse rhythm of both feet: each ankle's fastest fall and the fastest rise after it.

    Raises:
        InputError: where an ankle was never seen or nothing repeats.
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


def rear_marks(leg: LegPoints, swings: Swings) -> tuple[dict[str, FloatArray], dict[str, FloatArray]]:
    """Return the (contact,) times of all marks of foot strike and of toe-off, NaN where not found."""
    strike_s, off_s = coarse_stances(swings)
    # Where the recording ends before the foot leaves, the usual stance serves.
    usual_s = float(np.nanmedian(off_s - strike_s)) if np.isfinite(off_s).any() else 0.25
    end_s = np.where(np.isfinite(off_s), off_s, strike_s + usual_s)
    from_s, to_s = (strike_s + share * (end_s - strike_s) for share in _RIDING)
    bounds = np.stack([np.searchsorted(leg.time_s, from_s), np.searchsorted(leg.time_s, to_s)], axis=1)
    riding = [slice(int(first), int(last)) for first, last in bounds]
    curves = _curves(leg)

    def find(marks: dict[str, Mark], coarse_s: FloatArray) -> dict[str, FloatArray]:
        found, none = {}, np.zeros(len(coarse_s))
        for name, mark in marks.items():
            curve = curves[mark.curve]
            levels = ground_level(curve, riding) if mark.find in ("rise", "fall") and "height" in mark.curve else none
            found[name] = np.array(
                [
                    find_mark(mark, leg.time_s, curve, at_s, mark.level + level)
                    for at_s, level in zip(coarse_s, levels, strict=True)
                ]
            )
        return found

    return find(REAR_STRIKE_MARKS, strike_s), find(REAR_OFF_MARKS, off_s)


def _why_missing(pose: PoseSequence, leg: LegPoints, at_s: float, event: str) -> str:
    if min(at_s - pose.time_s[0], pose.time_s[-1] - at_s) < _MARK_REACH_S:
        return AT_THE_EDGE
    around = slice(*np.searchsorted(leg.time_s, (at_s - _MARK_REACH_S, at_s + _MARK_REACH_S)))
    return (UNCLEAR if np.isfinite(leg.xy["ankle"][around]).all() else IN_A_GAP).format(event=event)


def _contacts(pose: PoseSequence, leg: LegPoints, swings: Swings, *, strike: Fitted, off: Fitted) -> list[Contact]:
    """Return one foot's contacts, not yet judged by their duration."""
    strike_marks, off_marks = rear_marks(leg, swings)
    speed = lift_speed(leg)
    strike_s, strike_weight = fuse(strike_marks, strike, feet=leg.feet, belt_speed=speed)
    off_s, off_weight = fuse(off_marks, off, feet=leg.feet, belt_speed=speed)
    coarse_s, coarse_off_s = coarse_stances(swings)
    half_frame_s = 1 / pose.fps / math.sqrt(12)
    contacts = []
    for i, at_s in enumerate(strike_s):
        start_s = float(coarse_s[i] if np.isnan(at_s) else at_s)
        if not pose.time_s[0] <= start_s <= pose.time_s[-1]:
            continue
        reason = ""
        if np.isnan(at_s):
            reason = _why_missing(pose, leg, start_s, "foot strike")
        elif np.isnan(off_s[i]) and swings.back_s[i] + _MARK_REACH_S < pose.time_s[-1]:
            reason = _why_missing(pose, leg, float(coarse_off_s[i]), "toe-off")
        strike_sd_s = math.hypot(strike.sd_s[leg.feet] / math.sqrt(max(float(strike_weight[i]), 0.35)), half_frame_s)
        off_sd_s = math.hypot(off.sd_s[leg.feet] / math.sqrt(max(float(off_weight[i]), 0.35)), half_frame_s)
        contacts.append(
            Contact(
                side=leg.side,
                foot_strike_s=start_s,
                toe_off_s=float(off_s[i]),
                foot_strike_sd_s=strike_sd_s,
                toe_off_sd_s=off_sd_s if np.isfinite(off_s[i]) else math.nan,
                accepted=not reason,
                reason=reason,
            )
        )
    return contacts


def detect_rear_contacts(
    pose: PoseSequence, *, strike: Fitted = rear_constants.STRIKE, off: Fitted = rear_constants.OFF
) -> GaitEvents:
    """Find every contact of both feet of a runner seen from behind, from the rear view alone.

    Args:
        pose: conditioned but unsmoothed. Hips, knees and ankles of both legs are needed; heels and toes help.
        strike, off: other leads than those that ship, for fits and benchmarks.

    Returns:
        contacts in the order of their foot strikes, those that cannot be used with their reason.

    Raises:
        InputError: for missing joints, a recording under 2 s, or no repeating stride.
    """
    check_legs_seen(pose)
    legs = [leg_points(pose, side, forward=1) for side in BOTH_SIDES]
    contacts: list[Contact] = []
    for leg, swings in zip(legs, rear_swings(legs), strict=True):
        contacts += _contacts(pose, leg, swings, strike=strike, off=off)
    contacts = sorted(contacts, key=lambda c: c.foot_strike_s)
    activity = activity_of(contacts)
    return GaitEvents(tuple(judged(contact, activity) for contact in contacts), activity)
