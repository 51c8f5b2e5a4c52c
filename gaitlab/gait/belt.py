"""The belt as the feet show it that ride on it: how it slopes in the picture and how fast it runs.

Works as well past a fixed camera, where the belt is the ground and the runner moves.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from gaitlab.core import Contact, FloatArray, PoseSequence, Side
from gaitlab.core.gait import BOTH_SIDES
from gaitlab.errors import InputError
from gaitlab.gait.signals import LegPoints, leg_points

# Shares of stance in which a foot lies on the belt and rides with it. Toes come down late, after the heel of a
# rearfoot striker, and stay; heel and ankle lift early.
RIDING = (0.25, 0.60)
_TOES_RIDING = (0.40, 0.80)
_FEWEST_RIDES = 4
_MAX_TILT = np.radians(15.0)
# The path of a riding point against the belt, degrees, median of the trials of treadmill_truth: toes are flat within
# 0.1, but the ankle rolls down over a resting toe.
_TOE_PATH_DEG, _ANKLE_PATH_DEG = -0.1, -1.7


@dataclass(frozen=True, slots=True)
class Belt:
    """The belt in the runner's frame.

    Attributes:
        tilt: radians, + where it rises in the direction of running; incline and camera roll are one in a picture.
        speed: leg lengths a second, backwards.
    """

    tilt: float
    speed: float


def rides(
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
    leg: LegPoints, stances: tuple[FloatArray, FloatArray], *, share: tuple[float, float]
) -> list[tuple[FloatArray, FloatArray]]:
    """Return (time, path) of every ride that is seen whole, both about their means: the toes', or else the ankle's."""
    points = [leg.xy[name] for name in (("big_toe", "small_toe") if leg.feet else ("ankle",))]
    return [
        (leg.time_s[ride] - leg.time_s[ride].mean(), xy[ride] - xy[ride].mean(axis=0))
        for xy in points
        for ride in rides(leg.time_s, *stances, share)
        if ride.stop - ride.start >= 3 and np.isfinite(xy[ride]).all()
    ]


def _slope(pairs: Iterable[tuple[FloatArray, FloatArray]]) -> float:
    """Return dy/dx of a line through the origin of each of many paths at once."""
    x, y = (np.concatenate(parts) for parts in zip(*pairs, strict=True))
    return float(x @ y / (x @ x))


def find_belt(legs: Sequence[LegPoints], stances: Sequence[tuple[FloatArray, FloatArray]]) -> Belt:
    """Measure the belt on both legs together, for they run on one.

    Args:
        legs: with the same points.
        stances: for each leg the (contact,) times of foot strike and toe-off, coarse ones will do.

    Raises:
        InputError: where no foot is seen riding.
    """
    feet = legs[0].feet
    tilt_share = _TOES_RIDING if feet else RIDING
    paths = [p for leg, s in zip(legs, stances, strict=True) for p in _paths(leg, s, share=tilt_share)]
    tilt = 0.0
    if len(paths) >= _FEWEST_RIDES:
        usual = np.radians(_TOE_PATH_DEG if feet else _ANKLE_PATH_DEG)
        tilt = float(np.clip(np.arctan(_slope((xy[:, 0], xy[:, 1]) for _, xy in paths)) - usual, -_MAX_TILT, _MAX_TILT))
    paths = [p for leg, s in zip(legs, stances, strict=True) for p in _paths(leg, s, share=RIDING)]
    if not paths:
        raise InputError("no foot was seen long enough on the ground; expected both legs in view, check the keypoints")
    speeds = [-_slope([(time_s, xy[:, 0])]) for time_s, xy in paths]
    return Belt(tilt, float(np.median(speeds)) / np.cos(tilt))


def level(leg: LegPoints, tilt: float) -> LegPoints:
    """Return the leg with the belt turned level."""
    turn = np.array([[np.cos(tilt), -np.sin(tilt)], [np.sin(tilt), np.cos(tilt)]])
    return replace(leg, xy={name: points @ turn for name, points in leg.xy.items()})


def belt_speed_px_per_s(pose: PoseSequence, contacts: Sequence[Contact], *, forward: int) -> dict[Side, float]:
    """Return the speed of each riding foot along the belt, px/s; NaN for a side without a whole stance.

    The two differ where perspective makes the far leg smaller: each holds at its own leg's distance, their mean at the
    hips'. Metres a pixel are the belt's speed divided by it.

    Args:
        pose: as for `detect_contacts`.
        contacts: accepted ones count.
        forward: +1 where the runner faces image-right, -1 where image-left.
    """
    speeds: dict[Side, float] = {}
    for side in BOTH_SIDES:
        leg = leg_points(pose, side, forward=forward)
        mine = [c for c in contacts if c.side == side and c.accepted]
        stances = (np.array([c.foot_strike_s for c in mine]), np.array([c.toe_off_s for c in mine]))
        found = _paths(leg, stances, share=RIDING)
        slopes = [np.hypot(_slope([(t, xy[:, 0])]), _slope([(t, xy[:, 1])])) for t, xy in found]
        speeds[side] = float(np.median(slopes)) * leg.leg_px if slopes else float("nan")
    return speeds
