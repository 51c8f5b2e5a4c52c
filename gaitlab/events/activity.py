"""Running or walking, from duty factor and double support, which need no movement through the image."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from gaitlab.core.gait import BOTH_SIDES, Activity, Contact
from gaitlab.events.signals import LegPoints
from gaitlab.events.swings import Swings

# A duty factor in between may be grounded running or very fast walking.
_RUNNING_BELOW, _WALKING_ABOVE = 0.48, 0.52
# Slower than this, leg lengths (thigh plus shank) per second, nobody runs: 1.4 m/s, a Froude number of 0.2, far below
# the 0.5 at which people change from walking to running (Alexander 1989, Physiological Reviews 69:1199).
_NOBODY_RUNS = 1.6


def is_inverted_pendulum(legs: Sequence[LegPoints], swings: Sequence[Swings]) -> bool:
    """Return whether the hips are highest at mid-stance (inverted pendulum: walking) and not lowest (spring: running).

    Parameters
    ----------
    legs : Sequence[LegPoints]
        left and right leg.
    swings : Sequence[Swings]
        turning points of the same feet.

    Notes
    -----
    The mechanical difference between walking and running of Cavagna, Heglund & Taylor 1977 (Am J Physiol 233:R243). It
    selects the events to detect; duty factor and double support must confirm it afterwards.
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


def activity_at(speed_legs_per_s: float) -> Activity | None:
    """Return ``walking`` for a speed over the ground at which nobody runs, leg lengths/s; None where either may be."""
    return "walking" if speed_legs_per_s < _NOBODY_RUNS else None


def duty_factor(contacts: Sequence[Contact]) -> float:
    """Return the median ratio of contact time to stride time, 0 to 1; NaN with fewer than two contacts.

    Rejected contacts with known times are included, because the ranges that reject them depend on the activity.
    """
    shares = []
    for side in BOTH_SIDES:
        mine = [c for c in contacts if c.side == side]
        shares += [a.duration_s / (b.foot_strike_s - a.foot_strike_s) for a, b in pairwise(mine)]
    if not np.isfinite(shares).any():  # of one step a pass shows, twice its time is a stride
        pairs = pairwise(sorted(contacts, key=lambda c: c.foot_strike_s))
        shares = [a.duration_s / (2 * (b.foot_strike_s - a.foot_strike_s)) for a, b in pairs if a.side != b.side]
    finite = [share for share in shares if np.isfinite(share)]
    return float(np.median(finite)) if finite else float("nan")


def double_support_share(contacts: Sequence[Contact]) -> float:
    """Return the share of foot strikes before the other foot's toe-off, 0 to 1; NaN without alternating contacts."""
    ordered = sorted(contacts, key=lambda c: c.foot_strike_s)
    pairs = [
        later.foot_strike_s < earlier.toe_off_s
        for earlier, later in pairwise(ordered)
        if earlier.side != later.side and np.isfinite(earlier.toe_off_s)
    ]
    return float(np.mean(pairs)) if pairs else float("nan")


def activity_of(contacts: Sequence[Contact]) -> Activity:
    """Return the activity from duty factor and double support.

    Returns
    -------
    Activity
        ``running`` for a duty factor below 0.48 without double support, ``walking`` above 0.52 with double support,
        otherwise ``ambiguous``.
    """
    duty, double = duty_factor(contacts), double_support_share(contacts)
    if duty < _RUNNING_BELOW and double < 0.5:
        return "running"
    if duty > _WALKING_ABOVE and double >= 0.5:
        return "walking"
    return "ambiguous"
