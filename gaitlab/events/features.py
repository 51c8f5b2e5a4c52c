"""Marks: moments near foot strike and toe-off that noise hardly moves, each a crossing or an extreme of one curve.

No mark is the event. Each runs ahead of it or after it by a lead that is much the same for all runners
(`constants.py`); their weighted mean is the event. One table an event says which curve is searched, where and for what.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np

from gaitlab.core.pose import FloatArray
from gaitlab.events.signals import LegPoints
from gaitlab.events.swings import Swings

# From the turning points of the foot to its events in running: a first guess, good to 30 ms.
FRONT_TO_STRIKE_S = 0.033
OFF_TO_BACK_S = 0.108
_LEVEL_CONTACTS = 9  # neighbours whose ground level is averaged


@dataclass(frozen=True, slots=True)
class EventFeature:
    """How one mark is found.

    Attributes
    ----------
    curve : str
        name in `curves`.
    find : Literal['rise', 'fall', 'max', 'min']
        the first ``rise`` or ``fall`` through ``level``, or the ``max`` or ``min``.
    window_s : tuple[float, float]
        where, from the coarse event.
    level : float
        of the crossing, in the unit of the curve; the toe's height counts from where it rides on the belt.
    """

    curve: str
    find: Literal["rise", "fall", "max", "min"]
    window_s: tuple[float, float]
    level: float = 0.0


class FeatureOffset(NamedTuple):
    """A mark comes ``after_s + after_legs / belt speed`` seconds after its event, and counts ``weight``.

    The belt speed is in leg lengths (thigh plus shank) a second.
    """

    after_s: float
    after_legs: float
    weight: float


@dataclass(frozen=True, slots=True)
class EventModel:
    """What was fitted on force plates for one event, once with heel and toe seen and once without.

    Attributes
    ----------
    offsets : dict[bool, dict[str, FeatureOffset]]
        whether the feet were seen to mark to lead.
    sd_s : dict[bool, float]
        whether the feet were seen to root mean square error of a runner left out of the fit.
    belt_speed : tuple[float, float]
        slowest and fastest of the fit, leg lengths a second.
    """

    offsets: dict[bool, dict[str, FeatureOffset]]
    sd_s: dict[bool, float]
    belt_speed: tuple[float, float]


# Rates rather than heights: a height needs the belt's slope in the picture to a degree, and a point that sits where the
# network thinks; where a curve turns or how fast it runs needs neither.
STRIKE_FEATURES: dict[str, EventFeature] = {
    "foot_matches_belt": EventFeature("foot_slip", "fall", (-0.08, 0.12), 0.2),
    "ankle_lands": EventFeature("ankle_rate", "rise", (-0.03, 0.10), -0.5),
    "shank_turns": EventFeature("shank_rate", "max", (-0.02, 0.12)),
    "hips_fall": EventFeature("hip_rate", "min", (-0.06, 0.10)),
}
OFF_FEATURES: dict[str, EventFeature] = {
    "knee_bends": EventFeature("knee_rate", "rise", (-0.08, 0.10), 2.0),
    "ankle_leaves": EventFeature("ankle_slip", "rise", (-0.15, 0.12), 0.3),
    "hips_top": EventFeature("hip_height", "max", (-0.05, 0.15)),
    "leg_longest": EventFeature("leg_length", "max", (-0.12, 0.15)),
    "toe_clear": EventFeature("toe_height", "rise", (-0.12, 0.15), 0.05),
}


def coarse_stances(swings: Swings) -> tuple[FloatArray, FloatArray]:
    """Return the coarse (foot_strike_s, toe_off_s) of each contact."""
    return swings.front_s + FRONT_TO_STRIKE_S, swings.back_s - OFF_TO_BACK_S


def curves(leg: LegPoints, belt_speed: float) -> dict[str, FloatArray]:
    """Return the named (time,) curves that marks are searched on; rates a second, angles in radians."""
    hip, knee, ankle, toe = (leg.xy[name] for name in ("hip", "knee", "ankle", "toe"))
    thigh = np.arctan2(knee[:, 0] - hip[:, 0], hip[:, 1] - knee[:, 1])
    shank = np.arctan2(knee[:, 0] - ankle[:, 0], knee[:, 1] - ankle[:, 1])
    mid_hip = leg.xy["mid_hip"][:, 1]
    return {
        # Speed over the belt as a share of the belt's: 0 while the foot rides.
        "foot_slip": 1 + leg.slope(leg.foot_x) / belt_speed,
        "ankle_slip": 1 + leg.slope(ankle[:, 0]) / belt_speed,
        "ankle_rate": leg.slope(ankle[:, 1]),
        "shank_rate": leg.slope(shank),
        "knee_rate": leg.slope(thigh + shank),
        "leg_length": np.hypot(*(toe - hip).T),
        "toe_height": toe[:, 1],
        "hip_height": mid_hip,
        "hip_rate": leg.slope(mid_hip),
    }


def ground_level(height: FloatArray, stances: list[slice]) -> FloatArray:
    """Return (contact,) the height of a riding point: the median of its stance and those around; NaN where unseen."""
    own = np.array([np.median(height[ride]) if ride.stop > ride.start else np.nan for ride in stances])
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


def find_feature(feature: EventFeature, time_s: FloatArray, curve: FloatArray, coarse_s: float, level: float) -> float:
    """Return when the mark happens, NaN where it does not or where the curve has a gap nearby."""
    if not np.isfinite(coarse_s):
        return float("nan")
    window = slice(*np.searchsorted(time_s, (coarse_s + feature.window_s[0], coarse_s + feature.window_s[1])))
    part, part_s = curve[window], time_s[window]
    if len(part) < 3 or not np.isfinite(level):
        return float("nan")
    sign = -1.0 if feature.find in ("min", "fall") else 1.0
    if feature.find in ("rise", "fall"):
        return _crossing(part_s, sign * (part - level))
    # A gap may hide the extreme; a crossing that is seen is no other's.
    return _extreme(part_s, sign * part) if np.isfinite(part).all() else float("nan")


def find_features(
    features: dict[str, EventFeature],
    leg: LegPoints,
    curve: dict[str, FloatArray],
    coarse_s: FloatArray,
    stances: list[slice],
) -> dict[str, FloatArray]:
    """Return every mark's (contact,) times."""
    found = {}
    for name, feature in features.items():
        values = curve[feature.curve]
        ground = ground_level(values, stances) if feature.curve == "toe_height" else np.zeros(len(coarse_s))
        found[name] = np.array(
            [
                find_feature(feature, leg.time_s, values, at_s, feature.level + base)
                for at_s, base in zip(coarse_s, ground, strict=True)
            ]
        )
    return found
