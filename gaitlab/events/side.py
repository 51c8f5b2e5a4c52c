"""Foot strikes and toe-offs in the side view, from hips, knees, ankles and, if detected, heels and toes.

Features (`features.py`) that follow or precede an event by a steady offset are averaged with fitted weights
(`models/side.py`). No stationary foot or moving person is assumed: on a treadmill the stance foot moves with the belt.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

import numpy as np

from gaitlab.core.errors import InputError
from gaitlab.core.gait import BOTH_SIDES, Activity, Belt, Contact, GaitEvents
from gaitlab.core.pose import FloatArray, PoseSequence
from gaitlab.events.activity import activity_of, is_inverted_pendulum
from gaitlab.events.belt import level, measure_belt, stance_slices, stances_of
from gaitlab.events.features import OFF_FEATURES, STRIKE_FEATURES, EventModel, coarse_stances, curves, find_features
from gaitlab.events.models import side
from gaitlab.events.plausible import AT_THE_EDGE, CONTACT_S, IN_A_GAP, UNCLEAR, validate_contact
from gaitlab.events.signals import SHORTEST_S, LegPoints, check_legs_seen, leg_points
from gaitlab.events.swings import Swings, both_swings
from gaitlab.events.walking import walking_events
from gaitlab.kinematics.frame import near_side

# The partly occluded far leg is detected less accurately: about twice the angle error of the near leg (Mo 2025, 4,800
# footfalls: 5.1 against 2.9 degrees).
_FAR_LEG_FACTOR = 1.5
# Frames within this time of an event determine it.
_NEIGHBOURHOOD_S = 0.06
# Features lie within this time of an event: closer to an end of the recording some are lost.
FEATURE_REACH_S = 0.15
# Least share of the total weight that the features found must have.
_LEAST_WEIGHT = 0.35


def fuse(
    found: Mapping[str, FloatArray], model: EventModel, *, feet: bool, belt_speed: float | FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return event times: the weighted mean of the features minus their offsets.

    Parameters
    ----------
    found : Mapping[str, FloatArray]
        feature name to (contact,) seconds, NaN where it was not found.
    model : EventModel
        offsets and weights of the event.
    feet : bool
        whether heel and toe are visible.
    belt_speed : float | FloatArray
        leg lengths per second, clipped to the range of the fit.

    Returns
    -------
    time_s : FloatArray
        (contact,) event times, NaN where the features found have less than 0.35 of the weight.
    share : FloatArray
        (contact,) share of the weight found, 0 to 1.

    Notes
    -----
    An offset is a time plus a distance divided by the belt speed, so that it becomes shorter at higher speeds.
    """
    offsets = model.offsets[feet]
    speed = np.clip(belt_speed, *model.belt_speed)
    times = np.stack([found[name] - offset.after_s - offset.after_legs / speed for name, offset in offsets.items()])
    weights = np.array([offset.weight for offset in offsets.values()])[:, None] * np.isfinite(times)
    share = weights.sum(axis=0) / sum(offset.weight for offset in offsets.values())
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.nansum(weights * np.nan_to_num(times), axis=0) / weights.sum(axis=0)
    return np.where(share >= _LEAST_WEIGHT, mean, np.nan), share


def running_features(leg: LegPoints, swings: Swings, belt: Belt) -> tuple[dict[str, FloatArray], dict[str, FloatArray]]:
    """Return the features of foot strike and of toe-off, each name to (contact,) seconds, NaN where not found."""
    strike_s, off_s = coarse_stances(swings)
    stances = stance_slices(leg.time_s, strike_s, off_s)
    leg = level(leg, belt)
    curve = curves(leg, belt.speed_legs_per_s)
    strike_features = find_features(STRIKE_FEATURES, leg, curve, strike_s, stances)
    return strike_features, find_features(OFF_FEATURES, leg, curve, off_s, stances)


def _seen_share(pose: PoseSequence, leg: LegPoints, at_s: float) -> float:
    """Return the share of frames around an event in which the leg is detected, by the nominal frame rate, 0.1 to 1."""
    first, last = np.searchsorted(pose.time_s, (at_s - _NEIGHBOURHOOD_S, at_s + _NEIGHBOURHOOD_S))
    names = ("knee", "ankle", "heel", "big_toe") if leg.feet else ("knee", "ankle")
    seen = [np.isfinite(pose.point(f"{leg.side}_{n}")[first:last, 0]).sum() for n in names]
    return float(np.clip(np.mean(seen) / max(2 * _NEIGHBOURHOOD_S * pose.fps, 1.0), 0.1, 1.0))


def why_missing(pose: PoseSequence, time_s: FloatArray, tracks: Iterable[FloatArray], at_s: float, event: str) -> str:
    """Return why an event near ``at_s`` was not found in tracks (time, …) that are NaN where nothing was detected."""
    if min(at_s - pose.time_s[0], pose.time_s[-1] - at_s) < FEATURE_REACH_S:
        return AT_THE_EDGE
    around = slice(*np.searchsorted(time_s, (at_s - FEATURE_REACH_S, at_s + FEATURE_REACH_S)))
    seen = all(np.isfinite(track[around]).all() for track in tracks)
    return (UNCLEAR if seen else IN_A_GAP).format(event=event)


def _sd(fit_s: float, weight: float, pose: PoseSequence, leg: LegPoints, at_s: float, *, forward: int) -> float:
    """Return an event's standard uncertainty, s, from fit, features found, visible frames, leg and frame interval."""
    if not math.isfinite(at_s):
        return math.nan
    factor = 1.0 if leg.side == near_side(forward) else _FAR_LEG_FACTOR
    spread_s = factor * fit_s / math.sqrt(max(weight, _LEAST_WEIGHT) * _seen_share(pose, leg, at_s))
    # The instant within a frame is unknown: uniformly distributed over ± half a frame.
    return math.hypot(spread_s, 1 / pose.fps / math.sqrt(12))


def _contacts(
    pose: PoseSequence,
    leg: LegPoints,
    swings: Swings,
    *,
    forward: int,
    belt: Belt,
    walking: bool,
    strike: EventModel,
    off: EventModel,
) -> list[Contact]:
    """Return one foot's contacts, durations not yet validated."""
    if walking:
        strike_s, off_s = walking_events(leg, swings)
        strike_weight = off_weight = np.ones(len(strike_s))
        strike_sd_s = off_sd_s = side.WALKING_SD_S if leg.feet else side.WALKING_ANKLES_SD_S
    else:
        strike_sd_s, off_sd_s = strike.sd_s[leg.feet], off.sd_s[leg.feet]
        strike_features, off_features = running_features(leg, swings, belt)
        strike_s, strike_weight = fuse(strike_features, strike, feet=leg.feet, belt_speed=belt.speed_legs_per_s)
        # In the shortest contacts of sprinters the search for the toe-off reaches back before the foot strike.
        off_features = {
            name: np.where(at_s < strike_s + CONTACT_S["running"][0], np.nan, at_s)
            for name, at_s in off_features.items()
        }
        off_s, off_weight = fuse(off_features, off, feet=leg.feet, belt_speed=belt.speed_legs_per_s)
    coarse_s, coarse_off_s = coarse_stances(swings)
    tracks = [leg.xy[name] for name in ("mid_hip", "knee", "ankle")]
    contacts = []
    for i, at_s in enumerate(strike_s):
        start_s = float(coarse_s[i] if np.isnan(at_s) else at_s)
        if not pose.time_s[0] <= start_s <= pose.time_s[-1]:
            continue
        reason = ""
        if np.isnan(at_s):
            reason = why_missing(pose, leg.time_s, tracks, start_s, "foot strike")
        elif np.isnan(off_s[i]) and swings.back_s[i] + FEATURE_REACH_S < pose.time_s[-1]:
            reason = why_missing(pose, leg.time_s, tracks, float(coarse_off_s[i]), "toe-off")
        contacts.append(
            Contact(
                side=leg.side,
                foot_strike_s=start_s,
                toe_off_s=float(off_s[i]),
                foot_strike_sd_s=_sd(strike_sd_s, float(strike_weight[i]), pose, leg, start_s, forward=forward),
                toe_off_sd_s=_sd(off_sd_s, float(off_weight[i]), pose, leg, float(off_s[i]), forward=forward),
                accepted=not reason,
                reason=reason,
                bias=None if walking else side.BIAS[leg.feet],
            )
        )
    return contacts


def _check(pose: PoseSequence, forward: int) -> None:
    if forward not in (1, -1):
        raise InputError(f"forward must be +1 (runner faces image-right) or -1 (image-left), not {forward}")
    check_legs_seen(pose, also=("mid_hip",), shortest_s=SHORTEST_S["side"])


def detect_contacts(
    pose: PoseSequence,
    *,
    forward: int,
    activity: Activity | None = None,
    strike: EventModel = side.STRIKE,
    off: EventModel = side.OFF,
) -> GaitEvents:
    """Find every contact of both feet, running or walking, on a treadmill or past a fixed camera.

    Parameters
    ----------
    pose : PoseSequence
        preprocessed but unsmoothed: outliers and swaps corrected, short gaps filled, long gaps NaN. Frame times may be
        irregular. Without heels and toes, events are estimated from ankles, knees and hips, with a larger uncertainty.
    forward : int
        +1 if the runner faces image-right, -1 if image-left.
    activity : Activity | None, optional
        known activity; by default it is decided from duty factor and double support.
    strike, off : EventModel, optional
        event models other than the built-in ones, for fits and benchmarks.

    Returns
    -------
    GaitEvents
        contacts in the order of their foot strikes. One that cannot be used is there too, with its reason; where its
        foot was not seen at foot strike, ``foot_strike_s`` is the coarse rhythm's guess. The belt is measured on the
        accepted ones.

    Raises
    ------
    InputError
        for a direction that is none, missing joints, a recording under 0.8 s, no repeating stride, or no foot seen on
        the ground.
    """
    _check(pose, forward)
    legs = [leg_points(pose, side, forward=forward) for side in BOTH_SIDES]
    swings = both_swings(legs)
    belt = measure_belt(pose, legs, [coarse_stances(swing) for swing in swings], slope_of="toes")
    if not np.isfinite(belt.speed_legs_per_s):
        raise InputError("no foot was seen long enough on the ground; expected both legs in view, check the keypoints")

    def found(walking: bool) -> list[Contact]:
        contacts: list[Contact] = []
        for leg, swing in zip(legs, swings, strict=True):
            contacts += _contacts(pose, leg, swing, forward=forward, belt=belt, walking=walking, strike=strike, off=off)
        return sorted(contacts, key=lambda c: c.foot_strike_s)

    walking = is_inverted_pendulum(legs, swings) if activity is None else activity == "walking"
    contacts = found(walking)
    decided = activity or activity_of(contacts)
    if decided == "walking" and not walking:
        # With little vertical hip movement the pendulum test fails, but double support still shows walking.
        contacts = found(walking=True)
    contacts = [validate_contact(contact, decided) for contact in contacts]
    return GaitEvents(tuple(contacts), decided, measure_belt(pose, legs, [stances_of(contacts, leg) for leg in legs]))
