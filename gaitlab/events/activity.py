"""Running or walking, from how long the feet stay down: nothing moves through the picture on a treadmill."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from gaitlab.core.gait import BOTH_SIDES, Activity, Contact
from gaitlab.events.signals import LegPoints
from gaitlab.events.swings import Swings

# Between these a duty factor can be grounded running or a very fast walk.
_RUNNING_BELOW, _WALKING_ABOVE = 0.48, 0.52


def is_inverted_pendulum(legs: Sequence[LegPoints], swings: Sequence[Swings]) -> bool:
    """Whether the hips are highest over the standing leg, as an inverted pendulum, instead of lowest, as on a spring.

    The mechanical difference between walking and running (Cavagna, Heglund & Taylor 1977, Am J Physiol 233:R243). It
    tells which events to look for; duty factor and double support then have to agree.
    """
    rises = []
    for leg, swing in zip(legs, swings, strict=True):
        height = leg.xy["mid_hip"][:, 1]
        middle_s = (swing.front_s + swing.back_s) / 2
        over, before, after = (
            np.interp(middle_s + share * swing.stride_s, leg.time_s, height) for share in (0.0, -0.25, 0.25)
        )
        rises.append(over - (before + after) / 2)
    all_rises = np.concatenate(rises)
    all_rises = all_rises[np.isfinite(all_rises)]
    return bool(len(all_rises) and np.median(all_rises) > 0)


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
