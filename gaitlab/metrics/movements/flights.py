"""When both feet leave the ground and come back, between frames, and with which angles they meet it.

The tips of the shoes stand still on the ground until take-off and from landing on. In between they rise and fall faster
and faster, so that a straight line through the first frames in which a tip is clearly off the ground, and through the
last ones before landing, meets the level of the ground when it was left and met. Keypoints before smoothing are used: a
low-pass filter moves both times into the flight's outside.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from gaitlab.core.gait import BOTH_SIDES, Repetition
from gaitlab.core.pose import FloatArray, PoseSequence
from gaitlab.kinematics.body import standing_foot_deg
from gaitlab.kinematics.side import sagittal_angles
from gaitlab.metrics.movements.phases import bridged
from gaitlab.metrics.trial import Trial
from gaitlab.signal.runs import runs

# In leg lengths above the ground: a foot that is off it for certain; the lowest and highest point of a line's frames.
_OFF, _CLEAR, _NEAR = 0.05, 0.012, 0.07
# Nobody flies longer, s: 1.2 m high.
_LONGEST_S = 1.0
_NOBODY = "nobody flies for"
# The lowest of all feet are within this of the ground, leg lengths.
_GROUND = 0.06
# The end of the flight in which the legs are as they meet the ground, s.
_END_OF_FLIGHT_S = 0.07
# How far inside the flight a line meets the ground, s: a tip starts from rest and is fast only then, so take-off comes
# late; of landing next to nothing; below 60 frames a second both by so much of what a frame lasts longer. Measured on
# rendered jumps (``python -m benchmarks.movement_detectors --chosen-on``), others than those that errors are told of.
_INSIDE_S, _OF_FRAME = {-1: 0.009, 1: 0.001}, 0.37
# Frames of a line lie within so long of each other, s; a level is read from so long beside the flight; a line
# meets it at most so long beside its first frame, s.
_LINE_S, _LEVEL_S, _FARTHEST_S = 0.055, 0.25, 0.03
# Both feet of who jumps leave the ground, and meet it, within a few hundredths of a second, and each is found to some
# 0.01 s: times that lie further apart than this, s, are not both right.
_IN_STEP_S = 0.05
# Of a throw, slow motion or not, a quarter of the time is below 0.44 of its height and another above 0.94: a ratio of
# 0.47. Who stands on a box in between is near its height all the time.
_OF_A_THROW = 0.65
# In a flight of 0.2 s or more the hips rise by more than this, leg lengths, by more yet in slow motion, and the legs
# lengthen by less than that share of it.
_RISE, _LENGTHEN = 0.03, 0.5
# Of hips that seem to fly longer than anybody does a parabola tells so much, in slow motion; of a rendered throw 0.99.
_PARABOLA = 0.7
# Shortest flight, s: of 0.06 s the height is 4 mm. A foot that stays at one height, leg lengths, so long, s, stands.
_SHORTEST_S, _STEADY, _STANDS_S = 0.06, 0.03, 0.25


@dataclass(frozen=True, slots=True)
class Flight:
    """Both feet off the ground.

    Attributes
    ----------
    take_off_s, landing_s : float
        when the last tip leaves the ground and the first meets it, s; the recording's first or last frame where it
        begins or ends in the air.
    from_above : bool
        whether it begins on something higher, as a box: then ``take_off_s`` is only roughly known.
    onto_above : bool
        whether it ends there.
    whole : bool
        whether the recording shows both its ends.
    """

    take_off_s: float
    landing_s: float
    from_above: bool = False
    onto_above: bool = False
    whole: bool = True


def toe_heights(pose: PoseSequence, *, leg_px: float) -> FloatArray:
    """Return how high the tips of both feet are, (2, frame) leg lengths, from an arbitrary zero.

    Of ankles where no toes are seen, which leave the ground earlier than the tips.
    """
    rows = []
    for side in BOTH_SIDES:
        name = next((p for p in ("big_toe", "small_toe", "ankle") if pose.seen(f"{side}_{p}")), "ankle")
        rows.append(bridged(pose.time_s, -pose.point(f"{side}_{name}")[:, 1] / leg_px))
    return np.array(rows)


def flights(time_s: FloatArray, heights: FloatArray) -> list[Flight]:
    """Return the flights of two feet, in the order of time.

    Parameters
    ----------
    time_s : FloatArray
        (frame,) s.
    heights : FloatArray
        (2, frame) of their tips, leg lengths, see `toe_heights`.
    """
    # Each above its own ground: a camera that looks down sees the farther foot higher. One that is not seen is where
    # the other one is.
    above = np.array([height - _ground(height) for height in heights])
    above = np.where(np.isfinite(above), above, above[::-1])
    lower = above.min(axis=0)
    found = []
    for part in runs(lower > _OFF):
        if time_s[part.stop - 1] - time_s[part.start] >= _SHORTEST_S:
            found += _flights_of(time_s, above, lower, part)
    return found


def _ground(height: FloatArray) -> float:
    """Return where a foot stands when it is on the ground; NaN if it is never seen."""
    seen = height[np.isfinite(height)]
    return float(np.median(seen[seen < seen.min() + _GROUND])) if len(seen) else float("nan")


def _flights_of(time_s: FloatArray, heights: FloatArray, lower: FloatArray, part: slice) -> list[Flight]:
    """Return the flights of a time in which no foot is on the ground: one, or those from and to a box in between."""
    begun, ended = part.start == 0, part.stop == len(time_s)
    stands = [one for one in _steady(time_s, lower, part) if lower[one].mean() > 2 * _OFF]
    # In slow motion feet hang at the top of a flight for as long as others stand.
    if not stands or (not (begun or ended) and _thrown(lower[part])):
        take_off_s = float(time_s[0]) if begun else _crossing_s(time_s, heights, part.start, -1)
        landing_s = float(time_s[-1]) if ended else _crossing_s(time_s, heights, part.stop - 1, 1)
        return [Flight(take_off_s, landing_s, whole=not (begun or ended))]
    found = []
    if part.start > 0 and time_s[stands[0].start] - time_s[part.start] >= _SHORTEST_S:
        off_s = _crossing_s(time_s, heights, part.start, -1)
        found.append(Flight(off_s, float(time_s[stands[0].start]), onto_above=True))
    if part.stop < len(time_s):
        landing_s = _crossing_s(time_s, heights, part.stop - 1, 1)
        found.append(Flight(float(time_s[stands[-1].stop - 1]), landing_s, from_above=True))
    return found


def _thrown(heights: FloatArray) -> bool:
    """Return whether heights over the ground, from leaving it to coming back, are those of a throw, not of a stand."""
    low, high = np.percentile(heights, (25, 75))
    return bool(low < _OF_A_THROW * high)


def flies(time_s: FloatArray, hips: FloatArray, above: FloatArray, flight: Flight) -> bool:
    """Return whether a body flies while its feet are off the ground: nobody does who steps back, or stands up.

    Parameters
    ----------
    hips, above : FloatArray
        (frame,) height of the hips, and of the hips over the ankles, leg lengths.
    """
    rises, lengthens = (_rise_in(time_s, heights, flight) for heights in (hips, above))
    one_throw = not too_long(flight) or _parabola_share(time_s, hips, flight) > _PARABOLA
    return rises > _RISE and not lengthens > _LENGTHEN * rises and one_throw


def too_long(flight: Flight) -> str:
    """Return why a flight is none of anybody at the film's speed, or nothing."""
    flight_s = flight.landing_s - flight.take_off_s
    return f"{_NOBODY} {flight_s:.1f} s" if flight_s > _LONGEST_S else ""


def slow_motion(found: Sequence[Repetition]) -> tuple[str, ...]:
    """Say so where every jump lasts longer than anybody flies."""
    flights_s = [one.at("landing") - one.at("take_off") for one in found if one.reason.startswith(_NOBODY)]
    return () if not flights_s or any(one.accepted for one in found) else (
        f"the jumps last {np.median(flights_s):.1f} s in the air: the film plays in slow motion; the true frame rate "
        "must be entered",
    )  # fmt: skip


def _rise_in(time_s: FloatArray, heights: FloatArray, flight: Flight) -> float:
    """Return how far a point is higher at most in a flight than at its ends, in the unit of its heights; NaN unseen."""
    here = (time_s >= flight.take_off_s) & (time_s <= flight.landing_s) & np.isfinite(heights)
    if not here.any():
        return float("nan")
    seen = heights[here]
    return float(seen.max() - (seen[0] + seen[-1]) / 2)


def _parabola_share(time_s: FloatArray, heights: FloatArray, flight: Flight) -> float:
    """Return what share of the variance of heights in a flight a parabola tells; NaN of fewer than four."""
    here = (time_s >= flight.take_off_s) & (time_s <= flight.landing_s) & np.isfinite(heights)
    if here.sum() < 4:
        return float("nan")
    from_start_s, seen = time_s[here] - flight.take_off_s, heights[here]
    off = seen - np.polyval(np.polyfit(from_start_s, seen, 2), from_start_s)
    return float(1 - off.var() / seen.var())


def _steady(time_s: FloatArray, lower: FloatArray, part: slice) -> list[slice]:
    """Return the parts of a part in which the lower foot stays at one height for long."""
    here_s, here = time_s[part], lower[part]
    still = np.zeros(len(here), bool)
    for at_s in here_s:
        window = (here_s >= at_s) & (here_s <= at_s + _STANDS_S)
        if here_s[-1] - at_s >= _STANDS_S and np.ptp(here[window]) < 2 * _STEADY:
            still |= window
    return [slice(part.start + one.start, part.start + one.stop) for one in runs(still)]


def _crossing_s(time_s: FloatArray, heights: FloatArray, index: int, outwards: int) -> float:
    """Return when the tips leave (``outwards`` -1) or meet (1) the ground, s, from a frame beside it in the air."""
    found = [_of_foot_s(time_s, height, index, outwards) for height in heights]
    seen = [at_s for at_s in found if np.isfinite(at_s)]
    if not seen:
        return float(time_s[index])
    frame_s = float(np.median(np.diff(time_s)))
    inside_s = _INSIDE_S[outwards] + _OF_FRAME * max(frame_s - 1 / 60, 0.0)
    # In the air is who has no foot on the ground; and a tip that is blurred, or hidden, is seen too high.
    # Of the frame that is asked about it is known that both feet are in the air.
    at_s = float(np.mean(seen)) if np.ptp(seen) < _IN_STEP_S else _nearer_s(seen, float(time_s[index]), outwards)
    return at_s + outwards * inside_s


def _nearer_s(found_s: Sequence[float], in_air_s: float, outwards: int) -> float:
    """Return of times at which feet leave or meet the ground the one nearest to a time in the air, but outside it."""
    return outwards * max(min(outwards * at_s for at_s in found_s), outwards * in_air_s)


def _of_foot_s(time_s: FloatArray, height: FloatArray, index: int, outwards: int) -> float:
    beside = (outwards * (time_s - time_s[index]) > 0.02) & (outwards * (time_s - time_s[index]) < 0.02 + _LEVEL_S)
    beside &= np.abs(height) < _GROUND
    level = float(np.median(height[beside])) if beside.any() else 0.0
    above = height - level
    # Back to the last frame that is clearly in the air, seen from the flight.
    first = index
    while 0 <= first - outwards < len(time_s) and above[first] <= _CLEAR:
        first -= outwards
    while 0 <= first + outwards < len(time_s) and above[first + outwards] > _CLEAR:
        first += outwards
    frames = [first]
    while 0 <= frames[-1] - outwards < len(time_s) and (
        len(frames) < 2
        or (above[frames[-1] - outwards] < _NEAR and abs(time_s[frames[-1] - outwards] - time_s[first]) <= _LINE_S)
    ):
        frames.append(frames[-1] - outwards)
    beside_it = min(max(first + outwards, 0), len(time_s) - 1)
    between_s = float(time_s[first] + time_s[beside_it]) / 2
    frames = [frame for frame in frames if np.isfinite(above[frame])]
    if len(frames) < 2:  # at an end of the recording, or beside a gap
        return between_s
    slope, at_zero = np.polyfit(time_s[frames] - time_s[first], above[frames], 1)
    beyond_s = time_s[first] + outwards * max(abs(time_s[beside_it] - time_s[first]), _FARTHEST_S)
    bounds = sorted((time_s[first], beyond_s))
    if not slope * outwards < 0:
        return between_s
    return float(np.clip(time_s[first] - at_zero / slope, *bounds))


def after_landing(curve: str) -> Callable[[Trial, Repetition], float]:
    """Return the function for the largest value from the landing to the lowest point of the hips."""

    def value(trial: Trial, one: Repetition) -> float:
        values = trial.angle(f"{curve.format(side=one.side)}_deg", one.at("landing"), one.at("lowest"))
        return float(np.nanmax(values)) if np.isfinite(values).any() else math.nan

    return value


def met_with(curve: str) -> Callable[[Trial, Repetition], float]:
    """Return the function for an angle with which the ground is met.

    The legs give way within a few hundredths of a second, which smoothing would move before the landing: the keypoints
    before smoothing are used, and a straight line through those of the end of the flight.
    """

    def value(trial: Trial, one: Repetition) -> float:
        pose, landing_s = trial.pose.unsmoothed, one.at("landing")
        before = np.flatnonzero((pose.time_s > landing_s - _END_OF_FLIGHT_S) & (pose.time_s <= landing_s))
        if not len(before):
            return math.nan
        # One frame earlier at least, for a slope.
        near = slice(max(before[0] - 1, 0), before[-1] + 1)
        part = PoseSequence(pose.xy[near], pose.score[near], pose.time_s[near], pose.skeleton)
        forward = trial.calibration.forward
        # The zero of the feet is that of standing, in which nothing is fast: smoothing does it no harm.
        flat_deg = standing_foot_deg(trial.pose, forward=forward, leg_px=trial.calibration.leg_px)
        curves = sagittal_angles(part, forward=forward, flat_deg=flat_deg).values_deg
        found = curves[f"{curve.format(side=one.side)}_deg"]
        seen = np.isfinite(found)
        if seen.sum() < 2:
            return math.nan
        return float(np.polyval(np.polyfit(part.time_s[seen] - landing_s, found[seen], 1), 0.0))

    return value
