"""Walking: foot strike where the heel is furthest ahead of the hips, toe-off where the toe is furthest behind.

Zeni, Richards & Higginson 2008 (Gait & Posture 27:710): 94 % of treadmill events within one frame of 16.7 ms. In
running its toe-off is 0.09 s late, so it is used for walking only.
"""

from __future__ import annotations

import numpy as np

from gaitlab.core.pose import FloatArray
from gaitlab.events.features import EventFeature, find_feature
from gaitlab.events.signals import LegPoints
from gaitlab.events.swings import Swings
from gaitlab.signal.smoothing import savitzky_golay

_HIP_CUTOFF_HZ = 6.0
_STRIKE = EventFeature("heel", "max", (-0.15, 0.15))
_OFF = EventFeature("toe", "min", (-0.20, 0.20))


def walking_events(leg: LegPoints, swings: Swings) -> tuple[FloatArray, FloatArray]:
    """Return (foot_strike_s, toe_off_s), (contact,) each, NaN where the foot or the hips were not detected.

    Without heel and toe, the extremes of the ankle are used.
    """
    hips = savitzky_golay(leg.xy["mid_hip"][:, 0], leg.time_s, cutoff_hz=_HIP_CUTOFF_HZ)
    heel, toe = (leg.xy[name][:, 0] - hips for name in (("heel", "toe") if leg.feet else ("ankle", "ankle")))
    strike_s = [find_feature(_STRIKE, leg.time_s, heel, at_s, 0.0) for at_s in swings.front_s]
    off_s = [find_feature(_OFF, leg.time_s, toe, at_s, 0.0) for at_s in swings.back_s]
    return np.array(strike_s), np.array(off_s)
