"""Features: instants near foot strike and toe-off that are robust to noise, each a crossing or an extreme of one curve.

No feature is the event itself. Each precedes or follows it by an offset that varies little between runners
(`models/side.py`); the event is the weighted mean of the corrected features. One table per event lists the features.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np

from gaitlab.core.pose import FloatArray
from gaitlab.events.signals import LegPoints
from gaitlab.events.swings import Swings

# From the turning points of the foot to its events in running: a first estimate, accurate to 30 ms.
FRONT_TO_STRIKE_S = 0.033
OFF_TO_BACK_S = 0.108
# Strides shorter than those of the trials that this and the models are fitted on, s: a sprinter does all of it faster.
_SHORTEST_FITTED_S = 0.58
_LEVEL_CONTACTS = 9  # consecutive contacts whose ground levels are combined


@dataclass(frozen=True, slots=True)
class EventFeature:
    """Definition of one feature.

    Attributes
    ----------
    curve : str
        name of the curve in `curves`.
    find : Literal['rise', 'fall', 'max', 'min']
        first ``rise`` or ``fall`` through ``level``, or the ``max`` or ``min``.
    window_s : tuple[float, float]
        search window relative to the coarse event, s.
    level : float
        crossing level in the unit of the curve; heights are relative to that of the point during stance.
    """

    curve: str
    find: Literal["rise", "fall", "max", "min"]
    window_s: tuple[float, float]
    level: float = 0.0


class FeatureOffset(NamedTuple):
    """Offset of a feature: it follows its event by ``after_s + after_legs / belt speed`` seconds, with ``weight``.

    The belt speed is in leg lengths (thigh plus shank) per second.
    """

    after_s: float
    after_legs: float
    weight: float


@dataclass(frozen=True, slots=True)
class EventModel:
    """Model of one event fitted to force-plate data, with and without visible heel and toe.

    Attributes
    ----------
    offsets : dict[bool, dict[str, FeatureOffset]]
        by whether the feet are visible: feature name to offset.
    sd_s : dict[bool, float]
        by whether the feet are visible: root mean square error, s, of runners left out of the fit.
    belt_speed : tuple[float, float]
        lowest and highest belt speed of the fit, leg lengths per second.
    """

    offsets: dict[bool, dict[str, FeatureOffset]]
    sd_s: dict[bool, float]
    belt_speed: tuple[float, float]


# Mostly rates, not heights: a height needs the slope of the belt in the image to a degree and a keypoint without
# systematic error; a rate or an extreme needs neither.
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
    """Return the coarse times of each contact: (foot_strike_s, toe_off_s), (contact,) each."""
    quicker = min(swings.stride_s / _SHORTEST_FITTED_S, 1.0)
    return swings.front_s + quicker * FRONT_TO_STRIKE_S, swings.back_s - quicker * OFF_TO_BACK_S


def curves(leg: LegPoints, belt_speed: float) -> dict[str, FloatArray]:
    """Return the curves in which features are searched.

    Parameters
    ----------
    leg : LegPoints
        one leg, levelled.
    belt_speed : float
        leg lengths per second.

    Returns
    -------
    dict[str, FloatArray]
        name to (time,) curve: lengths in leg lengths, angles in radians, rates per second.
    """
    hip, knee, ankle, toe = (leg.xy[name] for name in ("hip", "knee", "ankle", "toe"))
    thigh = np.arctan2(knee[:, 0] - hip[:, 0], hip[:, 1] - knee[:, 1])
    shank = np.arctan2(knee[:, 0] - ankle[:, 0], knee[:, 1] - ankle[:, 1])
    mid_hip = leg.xy["mid_hip"][:, 1]
    return {
        # Speed relative to the belt as a share of the belt's: 0 in stance.
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
    """Return the (contact,) height of a point in stance: median over neighbouring contacts; NaN where not visible."""
    own = np.array([np.median(height[stance]) if stance.stop > stance.start else np.nan for stance in stances])
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
    """Return the time of the maximum, s, by parabolic interpolation; NaN if it lies at an end of the window."""
    i = int(np.argmax(curve))
    if i == 0 or i == len(curve) - 1:
        return float("nan")
    before, top, after = curve[i - 1 : i + 2]
    shift = 0.5 * (before - after) / (before - 2 * top + after) if before - 2 * top + after < 0 else 0.0
    return float(time_s[i] + shift * (time_s[1] - time_s[0]))


def _crossing(time_s: FloatArray, curve: FloatArray) -> float:
    """Return the time of the rise through 0, s, by linear interpolation; NaN if there is none.

    Noise makes several of one. Of these the one that best parts what lies below 0 from what lies above it is taken, or
    the mean of those that do so equally well: the first would come the earlier, the more noise there is.
    """
    at = np.flatnonzero((curve[:-1] < 0) & (curve[1:] >= 0))
    if not len(at):
        return float("nan")
    parted = np.cumsum(np.sign(np.nan_to_num(curve)))[at]
    at = at[parted == parted.min()]
    rises_s = time_s[at] + (time_s[at + 1] - time_s[at]) * curve[at] / (curve[at] - curve[at + 1])
    return float(rises_s.mean())


def find_feature(feature: EventFeature, time_s: FloatArray, curve: FloatArray, coarse_s: float, level: float) -> float:
    """Return the time of a feature, s.

    Parameters
    ----------
    feature : EventFeature
        what to search.
    time_s, curve : FloatArray
        (time,) each.
    coarse_s : float
        coarse time of the event.
    level : float
        crossing level in the unit of the curve.

    Returns
    -------
    float
        seconds; NaN if the feature does not occur in the window, or a gap in the curve may hide it.
    """
    if not np.isfinite(coarse_s):
        return float("nan")
    window = slice(*np.searchsorted(time_s, (coarse_s + feature.window_s[0], coarse_s + feature.window_s[1])))
    part, part_s = curve[window], time_s[window]
    if len(part) < 3 or not np.isfinite(level):
        return float("nan")
    sign = -1.0 if feature.find in ("min", "fall") else 1.0
    if feature.find in ("rise", "fall"):
        return _crossing(part_s, sign * (part - level))
    # A gap may hide the extreme, but not a crossing that is seen.
    return _extreme(part_s, sign * part) if np.isfinite(part).all() else float("nan")


def find_features(
    features: dict[str, EventFeature],
    leg: LegPoints,
    curve: dict[str, FloatArray],
    coarse_s: FloatArray,
    stances: list[slice],
) -> dict[str, FloatArray]:
    """Return the times of all features.

    Parameters
    ----------
    features : dict[str, EventFeature]
        name to definition.
    leg : LegPoints
        one leg, levelled.
    curve : dict[str, FloatArray]
        see `curves`.
    coarse_s : FloatArray
        (contact,) coarse event times.
    stances : list[slice]
        samples of each contact in which the foot rests on the belt.

    Returns
    -------
    dict[str, FloatArray]
        feature name to (contact,) seconds, NaN where not found.
    """
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
