"""Marks: moments near foot strike and toe-off that noise hardly moves, each a crossing or an extreme of one curve.

No mark is the event. Each runs ahead of it or after it by a lead that is much the same for all runners
(`constants.py`); their weighted mean is the event. One table an event says which curve is searched, where and for what.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from gaitlab.core import FloatArray
from gaitlab.gait.signals import LegPoints
from gaitlab.gait.swings import Swings

# From the turning points of the foot to its events in running: a first guess, good to 30 ms.
FRONT_TO_STRIKE_S = 0.033
OFF_TO_BACK_S = 0.108
_RIDING = (0.25, 0.60)  # share of stance in which the foot lies on the belt and rides with it
_LEVEL_CONTACTS = 9  # neighbours whose ground level is averaged
_MAX_TILT_DEG = 12.0
# The ankle rolls over a resting toe: its path falls by this much more than the belt (treadmill_truth).
_ANKLE_PATH_TILT_DEG = -1.9


@dataclass(frozen=True, slots=True)
class Mark:
    """How one mark is found.

    Attributes:
        curve: name in `curves`.
        find: the first ``rise`` or ``fall`` through ``level``, or the ``max`` or ``min``.
        window_s: where, from the coarse event.
        level: of the crossing, in the unit of the curve; heights count from where the foot rides on the belt.
    """

    curve: str
    find: Literal["rise", "fall", "max", "min"]
    window_s: tuple[float, float]
    level: float = 0.0


STRIKE_MARKS: dict[str, Mark] = {
    "ankle_down": Mark("ankle_height", "fall", (-0.10, 0.10), 0.03),
    "foot_matches_belt": Mark("foot_slip", "fall", (-0.07, 0.12), 0.2),
    "shank_turns": Mark("shank_rate", "max", (-0.02, 0.12)),
    "hips_fall": Mark("hip_rate", "min", (-0.06, 0.10)),
    "heel_low": Mark("heel_height", "min", (-0.05, 0.13)),
    "toe_falls": Mark("toe_rate", "min", (-0.10, 0.08)),
}
OFF_MARKS: dict[str, Mark] = {
    "toe_up": Mark("toe_height", "rise", (-0.12, 0.12), 0.02),
    "toe_clear": Mark("toe_height", "rise", (-0.12, 0.12), 0.03),
    "foot_turns": Mark("foot_rate", "min", (-0.15, 0.10)),
    "hips_rise": Mark("hip_rate", "max", (-0.15, 0.05)),
    "knee_straight": Mark("knee_flexion", "min", (-0.10, 0.10)),
    "thigh_back": Mark("thigh", "min", (-0.10, 0.12)),
}


def stance_windows(swings: Swings) -> tuple[FloatArray, FloatArray]:
    """Return the coarse (foot_strike_s, toe_off_s) of each contact."""
    return swings.front_s + FRONT_TO_STRIKE_S, swings.back_s - OFF_TO_BACK_S


def riding(time_s: FloatArray, strike_s: FloatArray, off_s: FloatArray) -> list[slice]:
    """Return for each contact the samples in which the foot rides on the belt; empty where the end is unknown."""
    slices = []
    for start_s, end_s in zip(strike_s, off_s, strict=True):
        if not np.isfinite(end_s):
            slices.append(slice(0, 0))
            continue
        first, last = (start_s + share * (end_s - start_s) for share in _RIDING)
        slices.append(slice(*np.searchsorted(time_s, (first, last))))
    return slices


def belt_slip_speed(leg: LegPoints, rides: list[slice]) -> float:
    """Return the belt's speed, leg lengths a second: the median of how fast the riding foot goes backwards."""
    name = "toe" if leg.feet else "ankle"
    speed = leg.slope(leg.xy[name][:, 0])
    medians = [np.median(speed[ride]) for ride in rides if ride.stop > ride.start and np.isfinite(speed[ride]).all()]
    return float(-np.median(medians)) if medians else float("nan")


def belt_tilt(leg: LegPoints, rides: list[slice]) -> float:
    """Return the slope of the belt in the picture, radians, + where it rises forward: the riding toe's path."""
    xy = leg.xy["toe" if leg.feet else "ankle"]
    paths = [xy[r] - xy[r].mean(axis=0) for r in rides if r.stop > r.start and np.isfinite(xy[r]).all()]
    if len(paths) < 4:
        return 0.0
    path = np.concatenate(paths)
    tilt = np.arctan((path[:, 0] @ path[:, 1]) / (path[:, 0] @ path[:, 0]))
    if not leg.feet:
        tilt -= np.radians(_ANKLE_PATH_TILT_DEG)
    return float(tilt) if abs(tilt) < np.radians(_MAX_TILT_DEG) else 0.0


def level_ground(leg: LegPoints, tilt: float) -> LegPoints:
    """Return the leg with the belt turned level."""
    turn = np.array([[np.cos(tilt), -np.sin(tilt)], [np.sin(tilt), np.cos(tilt)]])
    return LegPoints(leg.time_s, {k: v @ turn for k, v in leg.xy.items()}, leg.leg_px, leg.side, leg.feet)


def curves(leg: LegPoints, belt_speed: float) -> dict[str, FloatArray]:
    """Return the named (time,) curves that marks are searched on; rates a second, angles in radians."""
    hip, knee, ankle, heel, toe = (leg.xy[name] for name in ("hip", "knee", "ankle", "heel", "toe"))
    thigh = np.arctan2(knee[:, 0] - hip[:, 0], hip[:, 1] - knee[:, 1])
    shank = np.arctan2(knee[:, 0] - ankle[:, 0], knee[:, 1] - ankle[:, 1])
    along = toe - heel
    # d(angle) = cross / length^2: no unwrapping needed.
    along_rate = leg.slope(along)
    foot_rate = (along[:, 0] * along_rate[:, 1] - along[:, 1] * along_rate[:, 0]) / (along**2).sum(axis=1)
    return {
        "ankle_height": ankle[:, 1],
        "heel_height": heel[:, 1],
        "toe_height": toe[:, 1],
        "toe_rate": leg.slope(toe[:, 1]),
        "foot_slip": 1 + leg.slope(leg.foot_x) / belt_speed,
        "foot_rate": foot_rate,
        "thigh": thigh,
        "shank_rate": leg.slope(shank),
        "knee_flexion": thigh + shank,
        "hip_rate": leg.slope(leg.xy["mid_hip"][:, 1]),
    }


def ground_level(height: FloatArray, rides: list[slice]) -> FloatArray:
    """Return (contact,) the height of a riding point: the median of its stance and those around; NaN where unseen."""
    own = np.array([np.median(height[ride]) if ride.stop > ride.start else np.nan for ride in rides])
    half = _LEVEL_CONTACTS // 2
    padded = np.pad(own, half, constant_values=np.nan)
    level = np.full(len(own), np.nan)
    for i in range(len(own)):
        near = padded[i : i + _LEVEL_CONTACTS]
        near = near[np.isfinite(near)]
        if len(near):
            level[i] = np.median(near)
    return level


def _extreme(time_s: FloatArray, curve: FloatArray) -> float:
    """Return the time of the maximum, by a parabola through its neighbours; NaN where it lies at an end."""
    i = int(np.argmax(curve))
    if i == 0 or i == len(curve) - 1:
        return float("nan")
    before, top, after = curve[i - 1 : i + 2]
    shift = 0.5 * (before - after) / (before - 2 * top + after) if before - 2 * top + after < 0 else 0.0
    return float(time_s[i] + shift * (time_s[1] - time_s[0]))


def _crossing(time_s: FloatArray, curve: FloatArray) -> float:
    """Return the time of the first rise through 0, NaN where there is none."""
    at = np.flatnonzero((curve[:-1] < 0) & (curve[1:] >= 0))
    if not len(at):
        return float("nan")
    i = at[0]
    return float(time_s[i] + (time_s[i + 1] - time_s[i]) * curve[i] / (curve[i] - curve[i + 1]))


def find_mark(mark: Mark, time_s: FloatArray, curve: FloatArray, coarse_s: float, level: float) -> float:
    """Return when the mark happens, NaN where it does not or where the curve has a gap nearby."""
    if not np.isfinite(coarse_s):
        return float("nan")
    window = slice(*np.searchsorted(time_s, (coarse_s + mark.window_s[0], coarse_s + mark.window_s[1])))
    part, part_s = curve[window], time_s[window]
    if len(part) < 3 or not np.isfinite(part).all() or not np.isfinite(level):
        return float("nan")
    sign = -1.0 if mark.find in ("min", "fall") else 1.0
    if mark.find in ("max", "min"):
        return _extreme(part_s, sign * part)
    return _crossing(part_s, sign * (part - level))


def find_marks(
    marks: dict[str, Mark], leg: LegPoints, curve: dict[str, FloatArray], coarse_s: FloatArray, rides: list[slice]
) -> dict[str, FloatArray]:
    """Return every mark's (contact,) times."""
    found = {}
    for name, mark in marks.items():
        values = curve[mark.curve]
        ground = ground_level(values, rides) if mark.curve.endswith("_height") else np.zeros(len(coarse_s))
        found[name] = np.array(
            [
                find_mark(mark, leg.time_s, values, at_s, mark.level + base)
                for at_s, base in zip(coarse_s, ground, strict=True)
            ]
        )
    return found
