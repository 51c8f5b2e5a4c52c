"""Jumps from standing, from a held squat and from a box, from the side and from the front.

The height is that of a throw of the same duration, g t² / 8 (Bosco, Luhtanen & Komi 1983, Eur J Appl Physiol
50:273-282): it holds as far as somebody lands as tall as they took off, which is looked at and said. How far the hips
rise from take-off to the top is measured in the picture as a check, where the body height gives a scale. Its ± is that
of the two times: an error dt of the flight time makes one of g t dt / 4 of the height, 1.2 cm for 10 ms in a jump of
half a second.

Contact time and reactive strength index (height over contact time, Young 1995) are given of jumps that follow a landing
at once: after a drop from a box, and of jumps in a row.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from gaitlab.core.gait import Repetition
from gaitlab.core.metric import Unsure, View
from gaitlab.core.pose import FloatArray
from gaitlab.metrics.movements.declaration import FRONTAL, Found, Movement
from gaitlab.metrics.movements.flights import (
    Flight,
    after_landing,
    flies,
    flights,
    met_with,
    slow_motion,
    toe_heights,
    too_long,
)
from gaitlab.metrics.movements.phases import extreme_s, leaves_level_s
from gaitlab.metrics.movements.signals import (
    CUT,
    STEPS,
    at,
    between,
    height,
    hips_above_ankles,
    length_of_scale,
    renumbered,
    together,
)
from gaitlab.metrics.spec import MetricSpec
from gaitlab.metrics.trial import Trial

NAME = "jump"
STAYS = "the hips do not rise in it, as they do in a jump"
UNTRUE = "the film does not play at its true speed"
GRAVITY = 9.81
# Longer than that on the ground before it, s, a jump is one of its own and no rebound.
_REBOUND_S = 0.6
# How far back a jump may begin, and how long a landing takes, s.
_BEGINS_S, _LANDS_S = 4.0, 1.5
# A landing that is lower than the take-off by so much, leg lengths, is told.
_LOWER = 0.05
_TOO_LARGE = "the height from flight time is too large by about half of that; land with the legs as they took off"
# Few land taller than they took off. More often the points of the feet err, and the flight is taken for too long.
_TOO_SMALL = (
    "the height from flight time is too small by about half of that, or the take-off was found too early and it is too "
    "large: look at both in the annotated video"
)
# Both legs bend together before and after a jump, see `signals.together`, though they may land in turn.
_TOGETHER = 0.3
# The hips' rise and the flight's height differ by more than this, m, only where scale, clock or flight are wrong.
_RISES_APART_M = 0.12
_TOO_LOW = (
    "no jump of 10 cm or more was seen; if the hops were lower, as in jumping jacks, the movement must be entered: any"
)
# From hip to ankle a leg has 0.7 to 0.95 m, and half as much again or half of it is none.
# In a lower jump the rise is not known well enough to tell.
_LEG_M, _LOW_M = (0.45, 1.6), 0.1
# Standard uncertainty of a flight time: of the way tips leave and meet the ground, s, and of so much of a frame.
# Measured on rendered jumps, where the first is 4 to 6 ms; no jump on a force plate was at hand.
_TIP_S, _OF_FRAME = 0.007, 0.3


def find(trial: Trial) -> Found:
    """Find the jumps by the flights of both feet."""
    time_s, leg_px = trial.pose.time_s, trial.calibration.leg_px
    all_flights = flights(time_s, toe_heights(trial.pose.unsmoothed, leg_px=leg_px))
    hips, above = height(trial.pose, "mid_hip", leg_px=leg_px), hips_above_ankles(trial)
    found: list[Repetition] = []
    for number, flight in enumerate(all_flights):
        if flight.from_above:
            continue  # the drop from a box
        before = all_flights[number - 1] if number else None
        after_s = all_flights[number + 1].take_off_s if number + 1 < len(all_flights) else math.inf
        one = _jump(time_s, hips, flight, before=before, after_s=after_s)
        # In lower ones the rise is not known well enough to tell.
        if one and flight.whole and _jump_height(trial, one) > _LOW_M and not flies(time_s, hips, above, flight):
            one = replace(one, accepted=False, reason=STAYS)
        found += [] if one is None else [_of_both_legs(trial, one)]
    leg_m = _fitting_leg_m(trial, [one for one in found if one.accepted])
    if leg_m and not _LEG_M[0] < leg_m < _LEG_M[1]:
        return Found(renumbered([_untrue(one) for one in found]), (
            f"the flight times would fit legs of {leg_m:.1f} m: the film does not play at its true speed, and no "
            "height is told; the true frame rate must be entered",
        ))  # fmt: skip
    repetitions = renumbered(found)
    told = (*slow_motion(repetitions), *_doubts(trial, repetitions))
    return Found(repetitions, told or (() if any(one.accepted for one in repetitions) else (_TOO_LOW,)))


def _untrue(one: Repetition) -> Repetition:
    return replace(one, accepted=False, reason=UNTRUE) if one.accepted else one


def _of_both_legs(trial: Trial, one: Repetition) -> Repetition:
    """Return a jump, rejected where the legs do not bend together: in a run both feet are in the air too."""
    if one.accepted and together(trial, one.start_s, one.end_s) < _TOGETHER:
        return replace(one, accepted=False, reason=STEPS)
    return one


def _jump(
    time_s: FloatArray, hips: FloatArray, flight: Flight, *, before: Flight | None, after_s: float
) -> Repetition | None:
    """Return a flight as a jump with its moments; None where the hips are not seen."""
    shown = CUT if not flight.whole else "it lands on something higher" if flight.onto_above else ""
    reason = shown or too_long(flight)
    landed_s = before.landing_s if before is not None else -math.inf
    rebound = flight.take_off_s - landed_s < _REBOUND_S
    earliest_s = max(landed_s if rebound else landed_s + 0.1, flight.take_off_s - _BEGINS_S)
    deepest_s = extreme_s(time_s, hips, earliest_s, flight.take_off_s, lowest=True)
    top_s = extreme_s(time_s, hips, flight.take_off_s, flight.landing_s, lowest=False)
    lowest_s = extreme_s(time_s, hips, flight.landing_s, min(flight.landing_s + _LANDS_S / 2, after_s), lowest=True)
    if not np.isfinite([deepest_s, top_s]).all():
        return None
    start_s = landed_s if rebound else leaves_level_s(time_s, hips, deepest_s, earliest_s)
    end_s = leaves_level_s(time_s, hips, lowest_s, min(flight.landing_s + _LANDS_S, after_s))
    moments = {"contact": landed_s} if rebound else {}
    moments |= {
        "deepest": deepest_s, "take_off": flight.take_off_s, "top": top_s, "landing": flight.landing_s,
        "lowest": lowest_s,
    }  # fmt: skip
    last_s = max(end_s, flight.landing_s) if math.isfinite(end_s) else flight.landing_s
    return Repetition("both", 0, min(start_s, deepest_s), last_s, moments, accepted=not reason, reason=reason)


def _doubts(trial: Trial, found: Sequence[Repetition]) -> list[str]:
    """Say what speaks against the heights: a landing in another posture, hips that rise by something else."""
    told = []
    used = [one for one in found if one.accepted]
    lower = [_lower(trial, one) for one in used]
    worst = max(lower, key=abs, default=0.0)
    if abs(worst) > _LOWER:
        told.append(
            f"the hips are up to {100 * abs(worst):.0f} % of the leg length {'lower' if worst > 0 else 'higher'} over "
            f"the feet at landing than at take-off: {_TOO_LARGE if worst > 0 else _TOO_SMALL}"
        )
    if trial.calibration.metres_per_px is not None:
        apart = [_hip_rise(trial, one) - _jump_height(trial, one) for one in used]
        largest = max(apart, key=abs, default=0.0)
        if abs(largest) > _RISES_APART_M:
            told.append(
                f"the hips rise {100 * abs(largest):.0f} cm {'more' if largest > 0 else 'less'} than the flight time "
                "tells: check the height that was entered, and whether the film plays at its true speed"
            )
    if trial.pose.fps < 50 and used:
        flight_s = float(np.mean([_flight_time(trial, one) for one in used]))
        half_cm = 100 * GRAVITY * flight_s / 4 / trial.pose.fps
        told.append(
            f"at {trial.pose.fps:.3g} frames a second a frame more or less in the air is {half_cm:.0f} cm of height; "
            "120 or more are better"
        )
    return told


def _fitting_leg_m(trial: Trial, used: Sequence[Repetition]) -> float:
    """Return how long legs are by which the hips rise as high as the flight times tell, m; 0 for jumps too low."""
    leg = trial.calibration.leg_px * trial.length_per_px  # m, or 1 without a scale
    pairs = [(_jump_height(trial, one), _hip_rise(trial, one)) for one in used]
    fit = [high_m * leg / rise for high_m, rise in pairs if high_m > _LOW_M and rise > 0]
    return float(np.median(fit)) if fit else 0.0


def _lower(trial: Trial, one: Repetition) -> float:
    """Return how much lower over the tips of the feet the hips are at landing than at take-off, leg lengths."""

    def over(at_s: float) -> float:
        sides = [trial.position(f"{side}_big_toe", at_s)[0, 1] for side in ("left", "right")]
        toes = np.array(sides)[np.isfinite(sides)]
        return float(trial.position("mid_hip", at_s)[0, 1] - toes.mean()) if len(toes) else math.nan

    found = (over(one.at("take_off")) - over(one.at("landing"))) / trial.calibration.leg_px
    return found if math.isfinite(found) else 0.0


# Metrics


def _flight_time(trial: Trial, one: Repetition) -> float:
    return one.at("landing") - one.at("take_off")


def _jump_height(trial: Trial, one: Repetition) -> float:
    return GRAVITY * _flight_time(trial, one) ** 2 / 8


def _best_height(trial: Trial, one: Repetition) -> float:
    heights = [_jump_height(trial, other) for other in trial.counted("both") if isinstance(other, Repetition)]
    here = _jump_height(trial, one)
    return here if here == max(heights) else math.nan


def _hip_rise(trial: Trial, one: Repetition) -> float:
    return _hips_between(trial, one, "take_off", "top")


def _hips_between(trial: Trial, one: Repetition, low: str, high: str) -> float:
    heights = [trial.position("mid_hip", one.at(moment))[0, 1] for moment in (high, low)]
    return float(heights[0] - heights[1]) * trial.length_per_px


def _countermovement(trial: Trial, one: Repetition) -> float:
    stood, deepest = (trial.position("mid_hip", at_s)[0, 1] for at_s in (one.start_s, one.at("deepest")))
    return float(stood - deepest) * trial.length_per_px


def _contact_time(trial: Trial, one: Repetition) -> float:
    return one.at("take_off") - one.at("contact")


def _strength(trial: Trial, one: Repetition) -> float:
    return _jump_height(trial, one) / _contact_time(trial, one)


def _flight_sd_s(trial: Trial) -> float:
    return math.hypot(_TIP_S, _OF_FRAME / trial.pose.fps)


def _unsure_flight(trial: Trial, mean: float) -> Unsure:
    return Unsure(shared=_flight_sd_s(trial))


def _unsure_height(trial: Trial, mean: float) -> Unsure:
    """Return the uncertainty of a height: g t / 4 times that of the flight time."""
    flight_s = math.sqrt(8 * max(mean, 0.0) / GRAVITY)
    return Unsure(shared=GRAVITY * flight_s / 4 * _flight_sd_s(trial))


def _unsure_strength(trial: Trial, mean: float) -> Unsure:
    """Return the uncertainty of the index: those of height and contact time, which share the take-off's error."""
    heights = [_jump_height(trial, one) for one in trial.counted("both") if isinstance(one, Repetition)]
    height_m = float(np.mean(heights)) if heights else math.nan
    height_share = _unsure_height(trial, height_m).shared / height_m
    return Unsure(shared=mean * (height_share + _flight_sd_s(trial) * mean / height_m))


_LEG = ("hip", "knee", "ankle")
_NO_REBOUND = "no jump follows a landing at once, as after a drop from a box"
_FLIGHT, _GROUND, _DEEP, _LANDING = "Flight", "On the ground", "Before take-off", "Landing"
_ALL: tuple[View, ...] = ("side", *FRONTAL)

METRICS = (
    MetricSpec(
        "jump_height", "Jump height", "m", _FLIGHT, _ALL,
        "height of a throw that lasts as long as the flight: g t² / 8", _jump_height, (0.02, 0.9), per_side=False,
        systematic=_unsure_height, decimals=3, ratio=True, movement=NAME,
    ),
    MetricSpec(
        "jump_height_best", "Best jump", "m", _FLIGHT, _ALL,
        "height of the highest of the jumps, from flight time", _best_height, (0.02, 0.9), per_side=False,
        systematic=_unsure_height, decimals=3, ratio=True, movement=NAME,
    ),
    MetricSpec(
        "jump_flight_time", "Flight time", "s", _FLIGHT, _ALL,
        "from the last tip that leaves the ground to the first that meets it", _flight_time, (0.1, 0.9),
        per_side=False, systematic=_unsure_flight, decimals=3, ratio=True, movement=NAME,
    ),
    MetricSpec(
        "jump_hip_rise", "Rise of the hips", "m", _FLIGHT, _ALL,
        "how far the hips rise from take-off to the top, measured in the picture: a check of the height", _hip_rise,
        (0.02, 0.9), needs=("mid_hip",), unit_without_scale="leg lengths", per_side=False, systematic=length_of_scale,
        decimals=3, ratio=True, movement=NAME,
    ),
    MetricSpec(
        "jump_contact_time", "Contact time", "s", _GROUND, _ALL,
        "from landing to take-off of a jump that follows at once, as after a drop", _contact_time, (0.08, 0.6),
        per_side=False, systematic=_unsure_flight, decimals=3, ratio=True, movement=NAME, lacking=_NO_REBOUND,
    ),
    MetricSpec(
        "reactive_strength_index", "Reactive strength index", "mm/ms", _GROUND, _ALL,
        "jump height over contact time of a jump that follows a landing at once", _strength, (0.1, 4.0),
        per_side=False, systematic=_unsure_strength, decimals=2, ratio=True, movement=NAME, lacking=_NO_REBOUND,
    ),
    MetricSpec(
        "jump_countermovement", "Depth of the countermovement", "m", _DEEP, _ALL,
        "how far the hips come down before the jump", _countermovement, (0.0, 0.8), needs=("mid_hip",),
        unit_without_scale="leg lengths", per_side=False, systematic=length_of_scale, decimals=3, movement=NAME,
    ),
    MetricSpec(
        "jump_knee_flexion", "Knee flexion, deepest", "deg", _DEEP, ("side",),
        "knee flexion at the deepest point before take-off", at("{side}_knee_flexion", "deepest"), (10, 150),
        needs=_LEG, movement=NAME,
    ),
    MetricSpec(
        "jump_hip_flexion", "Hip flexion, deepest", "deg", _DEEP, ("side",),
        "thigh against the trunk at the deepest point before take-off", at("{side}_hip_flexion", "deepest"), (0, 150),
        needs=("hip", "knee", "neck", "mid_hip"), movement=NAME,
    ),
    MetricSpec(
        "jump_dorsiflexion", "Dorsiflexion, deepest", "deg", _DEEP, ("side",),
        "dorsiflexion of the ankle at the deepest point before take-off", at("{side}_ankle_flexion", "deepest"),
        (-20, 55), needs=("knee", "ankle", "heel", "big_toe"), movement=NAME,
    ),
    MetricSpec(
        "jump_landing_knee_flexion", "Knee flexion at landing", "deg", _LANDING, ("side",),
        "knee flexion when the first tip meets the ground", met_with("{side}_knee_flexion"), (-5, 100),
        needs=_LEG, movement=NAME,
    ),
    MetricSpec(
        "jump_landing_knee_peak", "Peak knee flexion after landing", "deg", _LANDING, ("side",),
        "largest knee flexion between landing and the lowest point of the hips", after_landing("{side}_knee_flexion"),
        (10, 160), needs=_LEG, movement=NAME,
    ),
    MetricSpec(
        "jump_landing_hip_flexion", "Hip flexion at landing", "deg", _LANDING, ("side",),
        "thigh against the trunk when the first tip meets the ground", met_with("{side}_hip_flexion"), (-20, 120),
        needs=("hip", "knee", "neck", "mid_hip"), movement=NAME,
    ),
    MetricSpec(
        "jump_landing_dorsiflexion", "Dorsiflexion at landing", "deg", _LANDING, ("side",),
        "dorsiflexion of the ankle when the first tip meets the ground; below 0: the foot points down",
        met_with("{side}_ankle_flexion"), (-60, 40), needs=("knee", "ankle", "heel", "big_toe"), movement=NAME,
    ),
    MetricSpec(
        "jump_landing_knee_projection", "Knee projection after landing (inwards)", "deg", _LANDING, FRONTAL,
        "largest angle by which the knee lies inside the line from hip to ankle, from landing to the lowest point",
        after_landing("{side}_knee_projection"), (-60, 60), needs=_LEG, movement=NAME,
    ),
    MetricSpec(
        "jump_landing_time", "Time of the landing", "s", _LANDING, _ALL,
        "from the first tip on the ground to the lowest point of the hips", between("landing", "lowest"), (0.03, 1.0),
        per_side=False, systematic=_unsure_flight, decimals=3, ratio=True, movement=NAME,
    ),
)  # fmt: skip

_FILM = [
    "Three jumps or more, with a second of standing still before and after each.",
    "120 frames a second or more: the height is as good as the times of take-off and landing.",
]
TEXTS = {
    "title": "{athlete} · jump analysis",
    "words": {NAME: "Jump"},
    "keyframes": {
        "start": "Beginning", "contact": "Landing before it", "deepest": "Deepest point", "take_off": "Take-off",
        "top": "Top", "landing": "Landing", "lowest": "Lowest after landing", "end": "End",
    },
    "next": {
        "checks": {"fps": ""},  # said below
        "film": [*_FILM, "The camera at the height of the knees, still, feet and head in the picture all the time."],
        "front": [*_FILM, "The camera straight in front, at the height of the knees."],
    },
}  # fmt: skip

JUMP = Movement(
    name=NAME,
    views=_ALL,
    find=find,
    metrics=METRICS,
    headlines={
        "side": ("jump_height", "jump_height_best", "jump_flight_time", "reactive_strength_index", "jump_knee_flexion"),
        **dict.fromkeys(
            FRONTAL,
            ("jump_height", "jump_height_best", "reactive_strength_index", "jump_landing_knee_projection"),
        ),
    },
    moments=("deepest", "take_off", "top", "landing", "lowest"),
    mark="take_off",
    curves={
        "side": ("{side}_hip_flexion_deg", "{side}_knee_flexion_deg", "{side}_ankle_flexion_deg", "trunk_lean_deg"),
        **dict.fromkeys(FRONTAL, ("{side}_knee_projection_deg", "trunk_side_lean_deg", "pelvis_tilt_deg")),
    },
    cutoff_hz=10.0,
    enough=(3, 1),
    fps=(100, 45),
    texts=TEXTS,
)
