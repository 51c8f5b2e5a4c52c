"""The belt as the feet show it that ride on it: how it slopes in the picture and how fast it runs.

Past a fixed camera the belt is the ground, for the runner is held in place (`signals.leg_points`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from gaitlab.core.errors import InputError
from gaitlab.core.gait import BOTH_SIDES, Contact, Side
from gaitlab.core.pose import FloatArray, PoseSequence
from gaitlab.events.signals import LegPoints, leg_points

# Share of stance in which a foot lies on the belt and rides with it.
RIDING = (0.25, 0.60)
_FEWEST_RIDES = 4
_MAX_TILT = np.radians(15.0)


@dataclass(frozen=True, slots=True)
class _FootPoint:
    """Points that ride on the belt, the share of stance in which their path shows its slope, and how they ride.

    Toes come down late, after the heel of a rearfoot striker, and stay; the ankle lifts early, and rolls forward and
    down over the resting toe: its path has a slope of its own and it rides slower than the belt (medians of the trials
    of treadmill_truth).
    """

    points: tuple[str, ...]
    share: tuple[float, float]
    own_slope: float
    speed: float


_TOES = _FootPoint(("big_toe", "small_toe"), (0.40, 0.80), np.radians(-0.1), 1.0)
_HEEL = _FootPoint(("heel",), RIDING, np.radians(-2.3), 0.992)
_ANKLE = _FootPoint(("ankle",), RIDING, np.radians(-1.7), 0.964)
_SLOPE_SHOWN_BY = (_TOES, _ANKLE)
_SPEED_SHOWN_BY = (_TOES, _HEEL, _ANKLE)


@dataclass(frozen=True, slots=True)
class Belt:
    """The belt in the runner's frame.

    Attributes
    ----------
    tilt : float
        radians, + where it rises in the direction of running; incline and camera roll are one in a picture.
    speed : float
        leg lengths a second, backwards.
    """

    tilt: float
    speed: float


def stance_slices(
    time_s: FloatArray, strike_s: FloatArray, off_s: FloatArray, share: tuple[float, float] = RIDING
) -> list[slice]:
    """Return for each contact the samples of a share of its stance; empty where its end is unknown."""
    slices = []
    for start_s, end_s in zip(strike_s, off_s, strict=True):
        if not np.isfinite(end_s):
            slices.append(slice(0, 0))
            continue
        first_s, last_s = (start_s + part * (end_s - start_s) for part in share)
        slices.append(slice(*np.searchsorted(time_s, (first_s, last_s))))
    return slices


def _paths(
    leg: LegPoints, stances: tuple[FloatArray, FloatArray], points: Iterable[str], *, share: tuple[float, float]
) -> list[tuple[FloatArray, FloatArray]]:
    """Return (time, path) of every ride of every point that is seen whole, both about their means."""
    return [
        (leg.time_s[ride] - leg.time_s[ride].mean(), xy[ride] - xy[ride].mean(axis=0))
        for xy in (leg.xy[name] for name in points)
        for ride in stance_slices(leg.time_s, *stances, share)
        if ride.stop - ride.start >= 3 and np.isfinite(xy[ride]).all()
    ]


def _slope(pairs: Iterable[tuple[FloatArray, FloatArray]]) -> float:
    """Return dy/dx of a line through the origin of each of many paths at once."""
    x, y = (np.concatenate(parts) for parts in zip(*pairs, strict=True))
    return float(x @ y / (x @ x))


def find_belt(legs: Sequence[LegPoints], stances: Sequence[tuple[FloatArray, FloatArray]]) -> Belt:
    """Measure the belt on both legs together, for they run on one.

    Parameters
    ----------
    legs : Sequence[LegPoints]
        both of them.
    stances : Sequence[tuple[FloatArray, FloatArray]]
        for each leg the (contact,) times of foot strike and toe-off, coarse ones will do.

    Raises
    ------
    InputError
        where no foot is seen riding.
    """

    def paths(rider: _FootPoint, share: tuple[float, float]) -> list[tuple[FloatArray, FloatArray]]:
        pairs = zip(legs, stances, strict=True)
        return [path for leg, stance in pairs for path in _paths(leg, stance, rider.points, share=share)]

    tilt = 0.0
    for rider in _SLOPE_SHOWN_BY:
        if len(found := paths(rider, rider.share)) >= _FEWEST_RIDES:
            slope = _slope((xy[:, 0], xy[:, 1]) for _, xy in found)
            tilt = float(np.clip(np.arctan(slope) - rider.own_slope, -_MAX_TILT, _MAX_TILT))
            break
    speed = _consensus_speed([
        (rider, [-_slope([(time_s, xy[:, 0])]) for time_s, xy in paths(rider, RIDING)]) for rider in _SPEED_SHOWN_BY
    ])  # fmt: skip
    if not np.isfinite(speed):
        raise InputError("no foot was seen long enough on the ground; expected both legs in view, check the keypoints")
    return Belt(tilt, speed / float(np.cos(tilt)))


def _consensus_speed(rides_of: Sequence[tuple[_FootPoint, Sequence[float]]]) -> float:
    """Return the belt's speed from the speeds of each rider's rides; NaN where there are none.

    A foot is one piece: toes, heel and ankle tell the same speed, and the middle one of the three is right where a
    network lets one of them slip (markers agree to 1 %; BlazePose's near toe runs 30 % too fast while the other foot
    passes it). Of fewer the first counts.
    """
    told = [float(np.median(speeds)) / rider.speed for rider, speeds in rides_of if speeds]
    if len(told) == len(rides_of):
        return float(np.median(told))
    return told[0] if told else float("nan")


def level(leg: LegPoints, tilt: float) -> LegPoints:
    """Return the leg with the belt turned level."""
    turn = np.array([[np.cos(tilt), -np.sin(tilt)], [np.sin(tilt), np.cos(tilt)]])
    return replace(leg, xy={name: points @ turn for name, points in leg.xy.items()})


def belt_speed_px_per_s(pose: PoseSequence, contacts: Sequence[Contact], *, forward: int) -> dict[Side, float]:
    """Return the speed of each riding foot along the belt, px/s; NaN for a side without a whole stance.

    The two differ where perspective makes the far leg smaller: each holds at its own leg's distance, their mean at the
    hips'. Metres a pixel are the belt's speed divided by it.

    Parameters
    ----------
    pose : PoseSequence
        as for `detect_contacts`.
    contacts : Sequence[Contact]
        accepted ones count.
    forward : int
        +1 where the runner faces image-right, -1 where image-left.
    """
    speeds: dict[Side, float] = {}
    for side in BOTH_SIDES:
        leg = leg_points(pose, side, forward=forward)
        mine = [c for c in contacts if c.side == side and c.accepted]
        stances = (np.array([c.foot_strike_s for c in mine]), np.array([c.toe_off_s for c in mine]))
        slopes = [
            (rider, [float(np.hypot(_slope([(t, xy[:, 0])]), _slope([(t, xy[:, 1])])))
                     for t, xy in _paths(leg, stances, rider.points, share=RIDING)])
            for rider in _SPEED_SHOWN_BY
        ]  # fmt: skip
        speeds[side] = _consensus_speed(slopes) * leg.leg_px
    return speeds
