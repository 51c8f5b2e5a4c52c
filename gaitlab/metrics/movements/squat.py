"""Squats, from the side and from the front: depth, trunk, heels, tempo, and how alike the two sides are.

A repetition is the way of the hips down towards the ankles and back. Depth is told by the thigh against the horizontal,
0 where it is level (the hip as high as the knee, "parallel"), which is what coaches and referees look at, and by the
knee's flexion. Both are angles in the picture's plane: a camera that stands askew, and knees that point outwards, make
them smaller.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from gaitlab.core.gait import BOTH_SIDES, Repetition
from gaitlab.core.pose import FloatArray
from gaitlab.metrics.movements.declaration import FRONTAL, Found, Movement
from gaitlab.metrics.movements.phases import EDGE, HELD, excursions
from gaitlab.metrics.movements.signals import (
    FEET,
    STEPS,
    between,
    frame_time,
    hips_above_ankles,
    largest,
    largest_shown,
    length_of_scale,
    of_hips,
    renumbered,
    repetition,
    together,
)
from gaitlab.metrics.spec import MetricSpec
from gaitlab.metrics.trial import Trial

NAME = "squat"
# Smallest fall of the hips, leg lengths: a quarter squat has 0.2; breathing and sway far less.
LEAST_DROP = 0.15
# Both legs shorten together, see `signals.together`; in steps one becomes longer while the other becomes shorter.
LEAST_TOGETHER = 0.5
# How long before it somebody is looked at as they stood, s.
_STOOD_S = 0.5
# Legs that bend together are seen bent by angles that differ by less, degrees, square from the side.
_ASKEW_DEG = 25.0
# And of two knees none goes so much farther inwards than the other goes outwards, degrees.
_OBLIQUE_DEG = 30.0


def find(trial: Trial) -> Found:
    """Find the squats in the fall of the hips towards the ankles."""
    time_s, height = trial.pose.time_s, hips_above_ankles(trial)
    found = []
    for number, one in enumerate(excursions(time_s, -height, least=LEAST_DROP, held=HELD)):
        alike = together(trial, one.start_s, one.end_s)
        reason = STEPS if alike < LEAST_TOGETHER else "" if of_hips(trial, one) else FEET
        found.append(repetition(trial, number, one, moments=("down", "bottom", "up"), reason=reason))
    repetitions = renumbered(found)
    told = askew(trial, repetitions)
    return Found(repetitions, told, askew=bool(told))


def askew(trial: Trial, repetitions: Sequence[Repetition]) -> tuple[str, ...]:
    """Say so where a view shows the two legs by so different angles that it is none."""
    used = [one for one in repetitions if one.accepted]
    if trial.view != "side":
        return _obliquely(trial, used)
    left, right = _usual(trial, used, largest("{side}_knee_flexion"))
    if not abs(left - right) > _ASKEW_DEG:
        return ()
    return (
        f"the left knee is seen to bend by {left:.0f}° and the right one by {right:.0f}°: the camera stands askew or "
        "one leg is hidden, and depth and angles are those of the picture, not of the legs; film square from the side",
    )


def _obliquely(trial: Trial, used: Sequence[Repetition]) -> tuple[str, ...]:
    """Say so where one knee is seen to go inwards and the other outwards, as a camera sees it that stands between."""
    left, right = _usual(trial, used, largest_shown("{side}_knee_projection"))
    if not (abs(left - right) > _OBLIQUE_DEG and left * right < 0):
        return ()
    return (
        f"the left knee is seen {_inwards(left)} and the right one {_inwards(right)}: the camera stands askew, and "
        "knees and shift of the hips are those of the picture, not of the legs; film straight from the front or from "
        "behind",
    )


def _inwards(angle_deg: float) -> str:
    return f"{abs(angle_deg):.0f}° {'inwards' if angle_deg > 0 else 'outwards'}"


def _usual(
    trial: Trial, used: Sequence[Repetition], value: Callable[[Trial, Repetition], float]
) -> tuple[float, float]:
    """Return the median over repetitions of what is measured of the left and of the right leg; NaN if never seen."""
    of_legs = ([value(trial, replace(one, side=side)) for one in used] for side in BOTH_SIDES)
    seen = ([v for v in values if np.isfinite(v)] for values in of_legs)
    left, right = (float(np.median(values)) if values else float("nan") for values in seen)
    return left, right


def _depth(trial: Trial, one: Repetition) -> float:
    return 90.0 - largest("{side}_thigh")(trial, one)


def _heel_lift(trial: Trial, one: Repetition) -> float:
    """Return how far the heel rises from where it stood before the squat, beyond what the toe does."""

    def apart(start_s: float, end_s: float) -> FloatArray:
        heel, toe = (trial.position(f"{one.side}_{point}", start_s, end_s)[:, 1] for point in ("heel", "big_toe"))
        seen = np.isfinite(heel - toe)
        return (heel - toe)[seen] if seen.mean() > 0.7 else (heel - toe)[:0]

    stood, moved = apart(one.start_s - _STOOD_S, one.start_s), apart(one.start_s, one.end_s)
    if not (len(stood) and len(moved)):
        return float("nan")
    return float(np.percentile(moved, 95) - np.median(stood)) * trial.length_per_px


def _hip_drop(trial: Trial, one: Repetition) -> float:
    heights = [trial.position("mid_hip", at_s)[0, 1] for at_s in (one.start_s, one.at("bottom"))]
    # At the beginning the hips are on their way already, by the share that tells it.
    return float(heights[0] - heights[1]) / (1 - EDGE) * trial.length_per_px


def _hip_shift(trial: Trial, one: Repetition) -> float:
    """Return how far the hips move to the person's right against the feet, from the beginning to the bottom."""

    def off(at_s: float) -> float:
        hips, left, right = (trial.position(p, at_s)[0, 0] for p in ("mid_hip", "left_ankle", "right_ankle"))
        return float(hips - (left + right) / 2)

    return (off(one.at("bottom")) - off(one.start_s)) * trial.length_per_px


_LEG, _TRUNK = ("hip", "knee", "ankle"), ("neck", "mid_hip")
_DEPTH, _TEMPO, _BODY, _SIDES = "Depth", "Tempo", "At the deepest point", "Left and right"

METRICS = (
    MetricSpec(
        "squat_depth", "Thigh to horizontal", "deg", _DEPTH, ("side",),
        "thigh against the horizontal at the deepest point; 0: level, below 0: the hip is below the knee",
        _depth, (-40, 75), needs=("hip", "knee"), movement=NAME,
    ),
    MetricSpec(
        "squat_knee_flexion", "Peak knee flexion", "deg", _DEPTH, ("side",),
        "largest knee flexion", largest("{side}_knee_flexion"), (20, 165), needs=_LEG, movement=NAME,
    ),
    MetricSpec(
        "squat_hip_drop", "Fall of the hips", "m", _DEPTH, ("side", *FRONTAL),
        "how far the hips come down from the beginning to the deepest point", _hip_drop, (0.05, 0.9),
        needs=("mid_hip",), unit_without_scale="leg lengths", per_side=False, systematic=length_of_scale, decimals=2,
        ratio=True, movement=NAME,
    ),
    MetricSpec(
        "squat_hip_flexion", "Peak hip flexion (thigh to trunk)", "deg", _BODY, ("side",),
        "largest flexion of the thigh against the trunk", largest("{side}_hip_flexion"), (20, 160),
        needs=("hip", "knee", *_TRUNK), movement=NAME,
    ),
    MetricSpec(
        "squat_dorsiflexion", "Peak dorsiflexion", "deg", _BODY, ("side",),
        "largest dorsiflexion of the ankle", largest("{side}_ankle_flexion"), (-5, 55),
        needs=("knee", "ankle", "heel", "big_toe"), movement=NAME,
    ),
    MetricSpec(
        "squat_trunk_lean", "Largest trunk lean", "deg", _BODY, ("side",),
        "largest forward lean of the trunk against the vertical", largest("trunk_lean"), (-10, 90),
        needs=_TRUNK, per_side=False, movement=NAME,
    ),
    MetricSpec(
        "squat_heel_lift", "Heel lift", "m", _BODY, ("side",),
        "how far the heel rises against the toes", _heel_lift, (-0.05, 0.2), needs=("heel", "big_toe"),
        unit_without_scale="leg lengths", systematic=length_of_scale, decimals=3, movement=NAME,
    ),
    MetricSpec(
        "squat_knee_projection", "Knee projection (inwards)", "deg", _SIDES, FRONTAL,
        "largest angle by which the knee lies inside the line from hip to ankle, while the thigh shows 0.7 of its "
        "length", largest_shown("{side}_knee_projection"), (-60, 60), needs=_LEG, movement=NAME,
    ),
    MetricSpec(
        "squat_hip_shift", "Shift of the hips", "m", _SIDES, FRONTAL,
        "how far the hips move to the right against the feet at the deepest point; below 0: to the left", _hip_shift,
        (-0.3, 0.3), needs=("mid_hip", "ankle"), unit_without_scale="leg lengths", per_side=False,
        systematic=length_of_scale, decimals=3, movement=NAME,
    ),
    MetricSpec(
        "squat_time", "Time of a squat", "s", _TEMPO, ("side", *FRONTAL),
        "from the first 5 % of the way down to the last 5 % of the way up", between("start", "end"), (0.5, 20),
        per_side=False, systematic=frame_time, decimals=2, ratio=True, movement=NAME,
    ),
    MetricSpec(
        "squat_down_time", "Time down", "s", _TEMPO, ("side", *FRONTAL),
        "from the first 5 % of the way down to its last 10 %", between("start", "down"), (0.2, 10),
        per_side=False, systematic=frame_time, decimals=2, ratio=True, movement=NAME,
    ),
    MetricSpec(
        "squat_hold_time", "Time at the bottom", "s", _TEMPO, ("side", *FRONTAL),
        "how long the hips stay within 10 % of their way from the deepest point", between("down", "up"), (0.0, 15),
        per_side=False, systematic=frame_time, decimals=2, movement=NAME,
    ),
    MetricSpec(
        "squat_up_time", "Time up", "s", _TEMPO, ("side", *FRONTAL),
        "from the first 10 % of the way up to its last 5 %", between("up", "end"), (0.2, 10),
        per_side=False, systematic=frame_time, decimals=2, ratio=True, movement=NAME,
    ),
)  # fmt: skip

TEXTS = {
    "title": "{athlete} · squat analysis",
    "words": {NAME: "Squat"},
    "keyframes": {
        "start": "Beginning", "down": "Almost down", "bottom": "Deepest point", "up": "Setting out upwards",
        "end": "End",
    },
    "next": {
        "film": [
            "Five squats or more, with a second of standing between them.",
            "The camera square to the side at the height of the hips, the whole body and both feet in the picture.",
        ],
        "front": [
            "The camera straight in front at the height of the hips: knees and hips of both sides are compared there.",
        ],
    },
}  # fmt: skip

SQUAT = Movement(
    name=NAME,
    views=("side", *FRONTAL),
    find=find,
    metrics=METRICS,
    headlines={
        "side": ("squat_depth", "squat_knee_flexion", "squat_trunk_lean", "squat_heel_lift", "squat_time"),
        **dict.fromkeys(FRONTAL, ("squat_hip_drop", "squat_knee_projection", "squat_hip_shift", "squat_time")),
    },
    moments=("start", "bottom", "end"),
    mark="bottom",
    curves={
        "side": ("{side}_hip_flexion_deg", "{side}_knee_flexion_deg", "{side}_ankle_flexion_deg", "trunk_lean_deg"),
        **dict.fromkeys(FRONTAL, ("{side}_knee_projection_deg", "trunk_side_lean_deg", "pelvis_tilt_deg")),
    },
    cutoff_hz=6.0,
    enough=(5, 1),
    fps=(24, 12),
    texts=TEXTS,
)
