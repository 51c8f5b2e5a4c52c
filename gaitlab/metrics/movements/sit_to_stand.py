"""Standing up from a chair and sitting down, from the side and from the front: tempo, trunk, five times, 30 seconds.

A repetition is the way of the hips from the chair up and back to it. Five times: from the beginning of the first rise
to the fifth stand (Guralnik et al. 1994, J Gerontol 49:M85-94, stops the watch there; others at the fifth seat). In 30
seconds: stands that are complete, or more than half done at the end (Jones, Rikli & Beam 1999, Res Q Exerc Sport
70:113-119).
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from gaitlab.core.gait import Repetition
from gaitlab.core.metric import Unsure, View
from gaitlab.metrics.movements.declaration import FRONTAL, Found, Movement
from gaitlab.metrics.movements.phases import excursions
from gaitlab.metrics.movements.signals import (
    CUT,
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
from gaitlab.metrics.movements.squat import LEAST_TOGETHER
from gaitlab.metrics.spec import MetricSpec
from gaitlab.metrics.trial import Trial

NAME = "sit-to-stand"
# Smallest rise of the hips over the ankles, leg lengths: from a chair of usual height it is 0.4 to 0.5.
_LEAST_RISE = 0.2
_TIMES, _LONG_S = 5, 30.0
# In a gap of this length, s, a stand may be lost.
_LOST_S = 1.0
# Who stays up comes down by less of the rise.
_STAYS = 0.3


def find(trial: Trial) -> Found:
    """Find the stands in the rise of the hips over the ankles."""
    time_s, height = trial.pose.time_s, hips_above_ankles(trial)
    found = []
    for number, one in enumerate(excursions(time_s, height, least=_LEAST_RISE)):
        alike = together(trial, one.start_s, one.end_s)
        reason = STEPS if alike < LEAST_TOGETHER else "" if of_hips(trial, one) else FEET
        made = repetition(trial, number, one, moments=("stand", "top", "sits_down"), reason=reason)
        found.append(_last_stand(trial, made, size=one.size))
    return Found(renumbered(found))


def _last_stand(trial: Trial, one: Repetition, *, size: float) -> Repetition:
    """Return a stand after which the recording ends as one that counts, although nobody sits down again.

    Parameters
    ----------
    size : float
        how far the hips rise, leg lengths.
    """
    time_s, height = trial.pose.time_s, hips_above_ankles(trial)
    before, after = (
        (time_s >= first_s) & (time_s <= last_s) & np.isfinite(height)
        for first_s, last_s in ((one.start_s, one.at("top")), (one.at("top"), time_s[-1]))
    )
    begun = one.start_s > time_s[0] + 1 / trial.pose.fps and before.any() and np.ptp(height[before]) > 0.8 * size
    stays = after.any() and np.ptp(height[after]) < _STAYS * size
    if one.reason != CUT or not (begun and stays):
        return one
    moments = {**one.moments_s, "sits_down": math.nan}
    return replace(one, end_s=float(time_s[-1]), moments_s=moments, accepted=True, reason="")


def _rises(trial: Trial) -> list[Repetition]:
    return [one for one in trial.counted("both") if isinstance(one, Repetition)]


def _five_times(trial: Trial, one: Repetition) -> float:
    """Return the time of the first five stands, of the first repetition alone."""
    rises = _rises(trial)
    if len(rises) < _TIMES or one.number != rises[0].number:
        return math.nan
    fifth_s = rises[_TIMES - 1].at("stand")
    return fifth_s - one.start_s if _all_seen(trial, one.start_s, fifth_s) else math.nan


def _all_seen(trial: Trial, start_s: float, end_s: float) -> bool:
    """Return whether every stand in between was counted: one that is lost would make five of six."""
    lost = any(not one.accepted and start_s <= one.start_s < end_s for one in trial.repetitions)
    here = (trial.pose.time_s >= start_s) & (trial.pose.time_s <= end_s)
    seen_s = trial.pose.time_s[here & np.isfinite(hips_above_ankles(trial))]
    return not lost and len(seen_s) > 1 and float(np.diff(seen_s).max()) < _LOST_S


def _end(trial: Trial, one: Repetition, first: str) -> float:
    """Return the time from a moment to being back on the chair, s; NaN where nobody sat down."""
    return between(first, "end")(trial, one) if math.isfinite(one.at("sits_down")) else math.nan


def _whole(trial: Trial, one: Repetition) -> float:
    return _end(trial, one, "start")


def _down(trial: Trial, one: Repetition) -> float:
    return _end(trial, one, "sits_down")


def _in_30_s(trial: Trial, one: Repetition) -> float:
    """Return the stands within 30 s of the first rise, of the first repetition alone; one half done counts."""
    rises = _rises(trial)
    if one.number != rises[0].number or trial.pose.time_s[-1] - one.start_s < _LONG_S:
        return math.nan
    until_s = one.start_s + _LONG_S
    if not _all_seen(trial, one.start_s, until_s):
        return math.nan
    return float(sum((rise.start_s + rise.at("stand")) / 2 < until_s for rise in rises))


def _lean_up(trial: Trial, one: Repetition) -> float:
    values = trial.angle("trunk_lean_deg", one.start_s - 0.5, one.at("stand"))
    return float(np.nanmax(values)) if np.isfinite(values).any() else math.nan


def _hip_rise(trial: Trial, one: Repetition) -> float:
    low, high = (trial.position("mid_hip", at_s)[0, 1] for at_s in (one.start_s, one.at("top")))
    return float(high - low) * trial.length_per_px


def _none(trial: Trial, mean: float) -> Unsure:
    return Unsure()


_ALL: tuple[View, ...] = ("side", *FRONTAL)
_LEG, _TRUNK = ("hip", "knee", "ankle"), ("neck", "mid_hip")
_TEMPO, _TEST, _BODY, _SIDES = "Tempo", "Tests", "Body", "Left and right"

METRICS = (
    MetricSpec(
        "five_times_sit_to_stand", "Five times sit-to-stand", "s", _TEST, _ALL,
        "from the hips leaving the chair to the fifth stand; a stopwatch that starts at the word shows more",
        _five_times, (3, 60), per_side=False,
        systematic=frame_time, decimals=2, ratio=True, movement=NAME,
        lacking="needs five stands one after the other, all of them seen",
    ),
    MetricSpec(
        "stands_in_30_s", "Stands in 30 s", "stands", _TEST, _ALL,
        "stands in the 30 s after the beginning of the first rise; one that is more than half done counts", _in_30_s,
        (1, 50), per_side=False, systematic=_none, decimals=0, ratio=True, movement=NAME,
        lacking="needs 30 s of film from the first rise on, and every stand in them seen",
    ),
    MetricSpec(
        "sit_to_stand_time", "Time of a repetition", "s", _TEMPO, _ALL,
        "from leaving the chair to being back on it", _whole, (0.7, 20), per_side=False,
        systematic=frame_time, decimals=2, ratio=True, movement=NAME,
    ),
    MetricSpec(
        "stand_up_time", "Time up", "s", _TEMPO, _ALL,
        "from the first 5 % of the hips' way up to its last", between("start", "stand"), (0.2, 10), per_side=False,
        systematic=frame_time, decimals=2, ratio=True, movement=NAME,
    ),
    MetricSpec(
        "standing_time", "Time standing", "s", _TEMPO, _ALL,
        "how long the hips stay within 5 % of their way from the top", between("stand", "sits_down"), (0, 15),
        per_side=False, systematic=frame_time, decimals=2, movement=NAME,
    ),
    MetricSpec(
        "sit_down_time", "Time down", "s", _TEMPO, _ALL,
        "from the first 5 % of the hips' way down to its last", _down, (0.2, 10),
        per_side=False, systematic=frame_time, decimals=2, ratio=True, movement=NAME,
    ),
    MetricSpec(
        "stand_up_trunk_lean", "Largest trunk lean, rising", "deg", _BODY, ("side",),
        "largest forward lean of the trunk from half a second before the hips rise until standing", _lean_up, (0, 90),
        needs=_TRUNK, per_side=False, movement=NAME,
    ),
    MetricSpec(
        "seated_knee_flexion", "Peak knee flexion", "deg", _BODY, ("side",),
        "largest knee flexion of a repetition, on the chair", largest("{side}_knee_flexion"), (50, 140), needs=_LEG,
        movement=NAME,
    ),
    MetricSpec(
        "stand_up_hip_rise", "Rise of the hips", "m", _BODY, _ALL,
        "how far the hips rise from the chair to standing", _hip_rise, (0.1, 0.7), needs=("mid_hip",),
        unit_without_scale="leg lengths", per_side=False, systematic=length_of_scale, decimals=2, ratio=True,
        movement=NAME,
    ),
    MetricSpec(
        "stand_up_side_lean", "Trunk side lean", "deg", _SIDES, FRONTAL,
        "largest lean of the trunk to the right in a repetition; below 0: it leans to the left all the time",
        largest("trunk_side_lean"), (-30, 30), needs=_TRUNK, per_side=False, movement=NAME,
    ),
    MetricSpec(
        "stand_up_knee_projection", "Knee projection (inwards)", "deg", _SIDES, FRONTAL,
        "largest angle by which the knee lies inside the line from hip to ankle, while the thigh shows 0.7 of its "
        "length", largest_shown("{side}_knee_projection"), (-60, 60), needs=_LEG, movement=NAME,
    ),
)  # fmt: skip

_FILM = [
    "Begin and end on the chair, sitting still, arms crossed before the chest; five stands, or 30 seconds of them.",
    "The whole person and the chair in the picture, with nobody and nothing before the legs.",
]
TEXTS = {
    "title": "{athlete} · sit-to-stand analysis",
    "words": {NAME: "Sit-to-stand"},
    "keyframes": {
        "start": "Leaving the chair", "stand": "Standing", "top": "Highest point", "sits_down": "Sitting down",
        "end": "Back on the chair",
    },
    "next": {
        "film": _FILM,
        "front": _FILM,
    },
}  # fmt: skip

SIT_TO_STAND = Movement(
    name=NAME,
    views=_ALL,
    find=find,
    metrics=METRICS,
    headlines={
        "side": ("five_times_sit_to_stand", "stands_in_30_s", "stand_up_time", "sit_down_time", "stand_up_trunk_lean"),
        **dict.fromkeys(
            FRONTAL, ("five_times_sit_to_stand", "stands_in_30_s", "stand_up_time", "stand_up_knee_projection")
        ),
    },
    moments=("start", "top", "end"),
    mark="stand",
    curves={
        "side": ("{side}_hip_flexion_deg", "{side}_knee_flexion_deg", "trunk_lean_deg"),
        **dict.fromkeys(FRONTAL, ("{side}_knee_projection_deg", "trunk_side_lean_deg")),
    },
    cutoff_hz=6.0,
    enough=(5, 1),
    fps=(24, 12),
    texts=TEXTS,
)
