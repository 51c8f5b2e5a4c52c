"""Walking: foot strike where the heel is furthest ahead of the hips, toe-off where the toe is furthest behind.

Zeni, Richards & Higginson 2008 (Gait & Posture 27:710): 94 % of treadmill events within one frame of 16.7 ms. In
running its toe-off is 0.09 s late, so it is used for walking only.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from gaitlab.core.pose import FloatArray
from gaitlab.events.features import EventFeature, find_feature
from gaitlab.events.signals import LegPoints
from gaitlab.events.swings import Swings
from gaitlab.signal.smoothing import savitzky_golay

_HIP_CUTOFF_HZ = 6.0
_STRIKE = EventFeature("heel", "max", (-0.15, 0.15))
_OFF = EventFeature("toe", "min", (-0.20, 0.20))
# Where the other leg hides the foot on its way there, its extreme is looked for in this share of the window only.
_NARROWER = 0.6
# So close to the end of a recording a foot is not seen to turn: an extreme there is one of the smoothing.
_END_S = 0.06


def walking_events(leg: LegPoints, swings: Swings) -> tuple[FloatArray, FloatArray]:
    """Return (foot_strike_s, toe_off_s), (contact,) each, NaN where the foot or the hips were not detected.

    Without heel and toe, the extremes of the ankle are used.
    """
    hips = savitzky_golay(leg.xy["mid_hip"][:, 0], leg.time_s, cutoff_hz=_HIP_CUTOFF_HZ)
    heel, toe = (leg.xy[name][:, 0] - hips for name in (("heel", "toe") if leg.feet else ("ankle", "ankle")))
    strike_s = [_found(_STRIKE, leg.time_s, heel, at_s) for at_s in swings.front_s]
    off_s = [_found(_OFF, leg.time_s, toe, at_s) for at_s in swings.back_s]
    return np.array(strike_s), np.array(off_s)


def _found(feature: EventFeature, time_s: FloatArray, curve: FloatArray, at_s: float) -> float:
    """Return the time of an extreme, s; NaN if the foot was not seen around it."""
    found_s = find_feature(feature, time_s, curve, at_s, 0.0)
    if np.isfinite(found_s):
        return found_s if found_s < time_s[-1] - _END_S else float("nan")
    first_s, last_s = feature.window_s
    return find_feature(replace(feature, window_s=(_NARROWER * first_s, _NARROWER * last_s)), time_s, curve, at_s, 0.0)
