"""Running or walking, from how long the feet stay down: nothing moves through the picture on a treadmill."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from gaitlab.core import Activity, Contact
from gaitlab.core.gait import BOTH_SIDES

# Between these a duty factor can be grounded running or a very fast walk.
_RUNNING_BELOW, _WALKING_ABOVE = 0.48, 0.52


def duty_factor(contacts: Sequence[Contact]) -> float:
    """Return the median of contact time over stride time, NaN without two contacts of one foot in succession.

    Rejected contacts count where their times are known: the ranges that reject them depend on the answer.
    """
    shares = []
    for side in BOTH_SIDES:
        mine = [c for c in contacts if c.side == side]
        shares += [a.duration_s / (b.foot_strike_s - a.foot_strike_s) for a, b in pairwise(mine)]
    finite = [share for share in shares if np.isfinite(share)]
    return float(np.median(finite)) if finite else float("nan")


def double_support_share(contacts: Sequence[Contact]) -> float:
    """Return the share of foot strikes that come before the other foot's toe-off, NaN without alternating contacts."""
    ordered = sorted(contacts, key=lambda c: c.foot_strike_s)
    pairs = [
        later.foot_strike_s < earlier.toe_off_s
        for earlier, later in pairwise(ordered)
        if earlier.side != later.side and np.isfinite(earlier.toe_off_s)
    ]
    return float(np.mean(pairs)) if pairs else float("nan")


def activity_of(contacts: Sequence[Contact]) -> Activity:
    """Return ``running`` (duty factor under 0.48, no double support), ``walking`` (over 0.52, with), ``ambiguous``."""
    duty, double = duty_factor(contacts), double_support_share(contacts)
    if duty < _RUNNING_BELOW and double < 0.5:
        return "running"
    if duty > _WALKING_ABOVE and double >= 0.5:
        return "walking"
    return "ambiguous"
