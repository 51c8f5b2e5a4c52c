"""Gait cycles between consecutive contacts, each accepted or rejected with a reason."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np

from gaitlab.core.gait import BOTH_SIDES, Contact, GaitCycle, GaitEvents, other
from gaitlab.events.plausible import AT_THE_EDGE, RECORDING_ENDS, STRIDE_S

_OFF_THE_MEDIAN = 0.20
# What the ends of a short recording do to contacts and strides.
_CUT_OFF = (RECORDING_ENDS, AT_THE_EDGE, f"next contact: {AT_THE_EDGE}")
# No stride takes so long, s, also where it is seen four times slower than life.
_AWAY_S = 4.0


def _reason(start: Contact, end: Contact, opposites: Sequence[Contact], low_s: float, high_s: float) -> str:
    """Return why a stride cannot be used, or an empty string."""
    if not start.accepted:
        return start.reason
    if not end.accepted and end.reason != RECORDING_ENDS:
        return f"next contact: {end.reason}"
    if not start.foot_strike_s < start.toe_off_s < end.foot_strike_s:
        return "toe-off does not lie between the foot strikes"
    stride_s = end.foot_strike_s - start.foot_strike_s
    if stride_s >= _AWAY_S:
        return f"no contact for {stride_s:.1f} s"
    if not low_s <= stride_s <= high_s:
        return f"stride of {stride_s:.2f} s outside {low_s:.2f}-{high_s:.2f} s"
    if len(opposites) != 1:
        return f"{len(opposites)} foot strikes of the other foot within, expected 1"
    return ""


def _cycle(start: Contact, end: Contact, number: int, events: GaitEvents) -> tuple[GaitCycle, list[Contact]]:
    """Return one stride, not yet validated, and the contacts of the other foot that begin within it."""
    others = events.of(other(start.side))
    within = [c for c in others if start.foot_strike_s < c.foot_strike_s < end.foot_strike_s]
    strike_s = off_s = math.nan
    if len(within) == 1:
        if within[0].accepted or within[0].reason == RECORDING_ENDS:
            strike_s = within[0].foot_strike_s
        before = [c for c in others if c.foot_strike_s < within[0].foot_strike_s]
        if before and before[-1].accepted and before[-1].toe_off_s < within[0].foot_strike_s:
            off_s = before[-1].toe_off_s
    cycle = GaitCycle(start.side, number, start.foot_strike_s, start.toe_off_s, end.foot_strike_s, strike_s, off_s)
    return cycle, within


def gait_cycles(events: GaitEvents) -> tuple[GaitCycle, ...]:
    """Return every stride of both feet in the order of their foot strikes.

    Notes
    -----
    A stride is accepted if both its contacts are accepted, its duration is plausible for the activity and within 20 %
    of the foot's median, and the other foot strikes exactly once in between. If the other foot's contact was rejected,
    its times are NaN and the stride is kept. Dingenen et al. 2018 found 7 steps per side necessary for stable means.
    """
    found: list[GaitCycle] = []
    for side in BOTH_SIDES:
        contacts = events.of(side)
        pairs = list(pairwise(contacts))
        if not pairs:
            continue
        strides_s = np.array([b.foot_strike_s - a.foot_strike_s for a, b in pairs])
        # The person may have gone out of the picture and come back meanwhile.
        fastest_s, slowest_s = STRIDE_S[events.activity]
        usual_s = strides_s[strides_s <= slowest_s] if (strides_s <= slowest_s).any() else strides_s
        median_s = float(np.median(usual_s))
        low_s = max(fastest_s, (1 - _OFF_THE_MEDIAN) * median_s)
        high_s = min(slowest_s, (1 + _OFF_THE_MEDIAN) * median_s)
        if low_s > high_s:  # no stride is one of this activity: what is told is what would be
            low_s, high_s = fastest_s, slowest_s
        for number, (start, end) in enumerate(pairs):
            cycle, opposites = _cycle(start, end, number, events)
            reason = _reason(start, end, opposites, low_s, high_s)
            found.append(replace(cycle, accepted=not reason, reason=reason))
    return tuple(sorted(found, key=lambda c: c.start_s))


def single_steps(events: GaitEvents) -> tuple[GaitCycle, ...]:
    """Return the contacts of feet of which no stride is accepted, as strides without an end, in the order of time.

    A pass of a second shows a contact and a step, but no stride. What they show is given; not where something else is
    wrong: a stride or a contact of a time that no person has, or the other foot twice in a stride.

    Parameters
    ----------
    events : GaitEvents
        contacts of one pass.
    """
    cycles = gait_cycles(events)
    reasons = {c.reason for c in events.contacts} | {c.reason for c in cycles}
    if not reasons <= {"", *_CUT_OFF}:
        return ()
    whole = {cycle.side for cycle in cycles if cycle.accepted}
    found = []
    for number, contact in enumerate(events.contacts):
        if contact.side in whole or not (contact.accepted or contact.reason == RECORDING_ENDS):
            continue
        after = [c.foot_strike_s for c in events.of(other(contact.side)) if c.foot_strike_s > contact.foot_strike_s]
        opposite_s = after[0] if after and after[0] - contact.foot_strike_s < STRIDE_S[events.activity][1] else math.nan
        start_s, off_s = contact.foot_strike_s, contact.toe_off_s
        found.append(GaitCycle(contact.side, number, start_s, off_s, math.nan, opposite_s, math.nan))
    return tuple(found)
