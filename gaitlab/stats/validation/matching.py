"""Which contact that was found is which true one, and which are missed or invented."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gaitlab.core.gait import BOTH_SIDES, Contact, Side
from gaitlab.core.pose import FloatArray

# A found contact is the true one whose foot strike is no farther off, s; or as a share of a stride, where that is more.
NEAR_S, NEAR_SHARE = 0.1, 0.15
# Contacts nearer than this to an end of a recording are not whole in it.
EDGE_S = 0.25


@dataclass(frozen=True, slots=True)
class Matched:
    """A found contact and the true one, both on the clock of the session."""

    found: Contact
    true: Contact

    @property
    def strike_s(self) -> float:
        """Error of the foot strike, s, found minus true."""
        return self.found.foot_strike_s - self.true.foot_strike_s

    @property
    def off_s(self) -> float:
        """Error of the toe-off, s, found minus true; NaN where one of them is not known."""
        return self.found.toe_off_s - self.true.toe_off_s


@dataclass(frozen=True, slots=True)
class LegMatch:
    """Contacts of one leg: those found, the number that a session shows whole but lacks, and that it has too many."""

    side: Side
    pairs: tuple[Matched, ...]
    missed: int
    invented: int


def near_s(contacts: Sequence[Contact]) -> float:
    """Return within how many seconds foot strikes are one contact: 0.1 s, or 15 % of the stride of slow gait."""
    strides_s = np.concatenate([np.diff([c.foot_strike_s for c in contacts if c.side == side]) for side in BOTH_SIDES])
    return max(NEAR_S, NEAR_SHARE * float(np.median(strides_s))) if len(strides_s) else NEAR_S


def match_contacts(
    found: Sequence[Contact], true: Sequence[Contact], *, span_s: tuple[float, float], near: float | None = None
) -> tuple[LegMatch, ...]:
    """Match the contacts of both legs.

    Parameters
    ----------
    found, true : Sequence[Contact]
        contacts on one clock; of ``found`` the accepted ones count.
    span_s : tuple[float, float]
        start and end of what the session saw, s: true contacts that are not whole in it were not missed.
    near : float | None, optional
        farthest distance of two foot strikes that are one contact, s; None is `near_s` of the true ones.

    Notes
    -----
    Two contacts match where each is the other's nearest. What was invented is counted between the first and the last
    true contact of a leg only: force plates in a walkway do not see the steps beside them.
    """
    within = near_s(true) if near is None else near
    return tuple(_leg(side, found, true, span_s, within) for side in BOTH_SIDES)


def _leg(
    side: Side, found: Sequence[Contact], true: Sequence[Contact], span_s: tuple[float, float], near: float
) -> LegMatch:
    mine = [c for c in found if c.side == side and c.accepted]
    real = sorted((c for c in true if c.side == side), key=lambda c: c.foot_strike_s)
    mine_s, real_s = (np.array([c.foot_strike_s for c in some]) for some in (mine, real))
    pairs = mutual(mine_s, real_s, near)
    matched = {j for _, j in pairs}
    whole = [
        j
        for j, c in enumerate(real)
        if c.foot_strike_s > span_s[0] + EDGE_S and _end_s(c) < span_s[1] - EDGE_S
    ]  # fmt: skip
    taken = {i for i, _ in pairs}
    between = [
        i for i, t in enumerate(mine_s) if len(real_s) and real_s[0] - near < t < real_s[-1] + near and i not in taken
    ]
    return LegMatch(
        side, tuple(Matched(mine[i], real[j]) for i, j in pairs), sum(j not in matched for j in whole), len(between)
    )


def mutual(a_s: FloatArray, b_s: FloatArray, near: float) -> list[tuple[int, int]]:
    """Return the pairs of indices that are each other's nearest, no farther than ``near`` apart."""
    if not len(a_s) or not len(b_s):
        return []
    apart = np.abs(a_s[:, None] - b_s[None, :])
    of_a, of_b = apart.argmin(axis=1), apart.argmin(axis=0)
    return [(i, int(j)) for i, j in enumerate(of_a) if of_b[j] == i and apart[i, j] <= near]


def _end_s(contact: Contact) -> float:
    return contact.toe_off_s if np.isfinite(contact.toe_off_s) else contact.foot_strike_s
