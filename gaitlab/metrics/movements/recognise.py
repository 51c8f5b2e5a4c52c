"""What somebody does, told from keypoints alone: gait, unless they clearly show another movement.

In gait one leg goes forward while the other goes back; in a squat, a jump and on a chair both do the same. A pedal
takes the feet round in circles under hips that stay. Lunges are no squats: they are any movement. Whatever is not clear
is gait, which says itself where it finds no step.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gaitlab.core.gait import BOTH_SIDES
from gaitlab.core.pose import FloatArray, PoseSequence
from gaitlab.kinematics.rear import size_px
from gaitlab.metrics.movements import cycling, free, jump, sit_to_stand, squat
from gaitlab.metrics.movements.cycling import circle_of
from gaitlab.metrics.movements.flights import flies, flights, toe_heights
from gaitlab.metrics.movements.phases import Excursion, bridged, excursions
from gaitlab.metrics.movements.signals import OWN_WAY, alike, height, mean_of_sides

# Smallest fall or rise of the hips that is told from gait, leg lengths, and how alike both legs must do it.
_LEAST_WAY, _ALIKE = 0.2, 0.6
# Flights of jumps, s, those of slow motion too; the hips fall by at least so much before them or after, leg lengths.
_FLIGHT_S, _JUMPS_WAY = (0.2, 8.0), 0.12
# Somebody who sits at the beginning, for so long, s, has their hips in the lower part of their way.
_BEGINS_S, _LOWER = 0.5, 0.4
# A foot on a pedal: scatter about its circle and its radius, leg lengths; the hips on a saddle rise and fall by less.
_ROUND, _CRANK, _SADDLE = 0.2, (0.12, 0.35), 0.12
# The trunk of who rides leans by more, degrees; both feet are on opposite pedals within this share of a turn.
_RIDES_DEG, _OPPOSITE = 15.0, 0.15
_EVEN_S = 0.12
# In a lunge one knee goes to the ground while the other stays over its foot. The difference of their heights that is
# clearly one, leg lengths: rendered lunges have more than 0.35 from every side, squats and chairs less than 0.1. How
# far the feet are apart tells less: those of a real squat seen askew are half a leg length apart.
_KNEES = 0.2
# Somebody is low in this part of the hips' way.
_LOW = 0.15
# The score of an ankle that was seen rather than guessed, and in which share of the frames one must be: of a runner who
# is cut off at the hips a network guesses legs, which do whatever its guesses do.
_SURE, _OFTEN = 0.3, 0.6


@dataclass(frozen=True, slots=True)
class Recognised:
    """A movement, a key of `table.MOVEMENTS` or empty for gait, and why; empty where it was not told from keypoints."""

    movement: str
    why: str = ""


def recognise(pose: PoseSequence) -> Recognised:
    """Return the movement that raw keypoints clearly show, else gait."""
    leg_px = size_px(pose)
    needed = ("mid_hip", "left_ankle", "right_ankle")
    if len(pose) < 10 or not leg_px > 0 or not all(pose.seen(name) for name in needed) or not _legs_seen(pose):
        return Recognised("")
    hips = height(pose, "mid_hip", leg_px=leg_px)
    above = _even(pose.time_s, hips - mean_of_sides(pose, "ankle", leg_px=leg_px))
    if rides := _rides(pose, hips, leg_px=leg_px):
        return Recognised(cycling.NAME, rides)
    same = alike(pose, np.ones(len(pose), bool))
    if not same >= _ALIKE:
        return Recognised("")
    if jumps := _jumps(pose, hips, above, leg_px=leg_px):
        return Recognised(jump.NAME, jumps)
    if _way(hips) < OWN_WAY * _way(above):
        return Recognised("")  # the feet come to the hips, as on pedals
    return _bends(pose, above, leg_px=leg_px)


def _legs_seen(pose: PoseSequence) -> bool:
    """Return whether the ankle that shows more often was seen most of the time."""
    ankles = [pose.skeleton.index(f"{side}_ankle") for side in BOTH_SIDES]
    sure = np.isfinite(pose.xy[:, ankles, 0]) & (pose.score[:, ankles] >= _SURE)
    return float(sure.mean(axis=0).max()) >= _OFTEN


def _way(heights: FloatArray) -> float:
    """Return how far heights go, without the outermost of them."""
    low, high = np.nanpercentile(heights, (5, 95))
    return float(high - low)


def _even(time_s: FloatArray, values: FloatArray) -> FloatArray:
    """Return a curve with its gaps bridged and its trembling evened out by a running median."""
    filled = bridged(time_s, values)
    frames = max(round(_EVEN_S / float(np.median(np.diff(time_s)))) // 2, 1)
    padded = np.pad(filled, frames, mode="edge")
    windows = np.lib.stride_tricks.sliding_window_view(padded, 2 * frames + 1)
    evened: FloatArray = np.median(windows, axis=1)
    return evened


def _jumps(pose: PoseSequence, hips: FloatArray, above: FloatArray, *, leg_px: float) -> str:
    """Return why somebody jumps; empty where they do not."""
    found = [
        one for one in flights(pose.time_s, toe_heights(pose, leg_px=leg_px))
        if one.whole and not one.onto_above and not one.from_above
        and _FLIGHT_S[0] < one.landing_s - one.take_off_s < _FLIGHT_S[1] and flies(pose.time_s, hips, above, one)
    ]  # fmt: skip
    seen = above[np.isfinite(above)]
    if not found or not np.ptp(np.percentile(seen, (2, 98))) > _JUMPS_WAY:
        return ""
    return f"both feet leave the ground together, {_times(len(found))}"


def _bends(pose: PoseSequence, above: FloatArray, *, leg_px: float) -> Recognised:
    """Return whether somebody squats or gets up from a chair; of lunges, which are neither, that it is any movement."""
    time_s = pose.time_s
    downs = _whole(excursions(time_s, -above, least=_LEAST_WAY))
    ups = _whole(excursions(time_s, above, least=_LEAST_WAY))
    if not downs and not ups:
        return Recognised("")
    low, high = np.nanpercentile(above, (5, 95))
    if _lunges(pose, above < low + _LOW * (high - low), leg_px=leg_px):
        why = f"the hips come down between a leg in front and one behind, as in lunges, {_times(len(downs or ups))}"
        return Recognised(free.NAME, why)
    begins = above[(time_s <= time_s[0] + _BEGINS_S) & np.isfinite(above)]
    if len(begins) and float(np.median(begins)) < low + _LOWER * (high - low) and ups:
        why = f"somebody who sits at first gets up and sits down, {_times(len(ups))}"
        return Recognised(sit_to_stand.NAME, why)
    if not downs:
        return Recognised("")
    way = float(np.median([one.size for one in downs]))
    why = f"both legs bend together and the hips come down by {way:.1f} leg lengths, {_times(len(downs))}"
    return Recognised(squat.NAME, why)


def _lunges(pose: PoseSequence, low: NDArray[np.bool_], *, leg_px: float) -> bool:
    """Return whether one knee is clearly lower than the other while somebody is low, from wherever it is seen."""
    apart = np.abs(pose.point("left_knee") - pose.point("right_knee"))[low, 1]
    seen = apart[np.isfinite(apart)]
    return bool(len(seen)) and float(np.median(seen)) > _KNEES * leg_px


def _whole(found: list[Excursion]) -> list[Excursion]:
    return [one for one in found if one.whole]


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"


def _rides(pose: PoseSequence, hips: FloatArray, *, leg_px: float) -> str:
    """Return why somebody rides; empty where they do not."""
    turns = []
    for side in BOTH_SIDES:
        way = (pose.point(f"{side}_ankle") - pose.point("mid_hip")) * [1.0, -1.0]
        seen = np.isfinite(way).all(axis=1)
        circle = circle_of(way[seen]) if seen.mean() > _OFTEN else None
        if circle is None:
            return ""
        centre, radius, off = circle
        if off > _ROUND or not _CRANK[0] < radius / leg_px < _CRANK[1]:
            return ""
        turns.append(np.arctan2(way[:, 0] - centre[0], way[:, 1] - centre[1]) / (2 * np.pi))
    both = np.isfinite(turns).all(axis=0)
    opposite = np.abs((turns[0] - turns[1])[both] % 1.0 - 0.5)
    trunk = pose.point("neck") - pose.point("mid_hip")
    lean_deg = np.degrees(np.arctan2(np.abs(trunk[:, 0]), -trunk[:, 1]))
    still = np.nanpercentile(hips, 95) - np.nanpercentile(hips, 5) < _SADDLE
    leans = np.isfinite(lean_deg).any() and float(np.nanmedian(lean_deg)) > _RIDES_DEG
    whole = float(np.ptp(np.unwrap(2 * np.pi * turns[0][both]))) / (2 * np.pi) if both.any() else 0.0
    if not (still and leans and whole > 1.5 and both.sum() > 10 and float(np.median(opposite)) < _OPPOSITE):
        return ""
    return f"both feet go round in circles, opposite to each other, {whole:.0f} turns under hips that stay"
