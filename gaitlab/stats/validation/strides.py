"""Which stride of one recording is which of another, by their contacts.

Bells at contacts fit almost as well one stride off, and a contact that one of the two lacks at an end costs them more
than that. How far contacts scatter about a constant error tells strides apart much better: the scatter of each foot's
strikes and toe-offs, whose mean errors are free, is that of the detector alone only where strides are the same.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from gaitlab.core.gait import BOTH_SIDES, Contact
from gaitlab.stats.validation.matching import match_contacts
from gaitlab.stats.validation.offset import TOGETHER_S, Offset

# So many strides to either side are tried, and this share of the contacts that match best must match there.
_STRIDES, _MATCHED = 12, 0.7
# Fewer residuals do not tell scatters apart.
_FEWEST = 8
# A scatter beyond this quantile of Fisher's F is surely larger than the smallest one.
_SURELY = 0.99


@dataclass(frozen=True, slots=True)
class Scatter:
    """How contacts scatter at an offset: their variance, s², by how many degrees of freedom, and how many match."""

    offset_s: float
    variance_s2: float
    freedom: int
    matched: int

    def surely_less_than(self, more: Scatter) -> bool:
        """Return whether contacts scatter less here, beyond chance."""
        from scipy.stats import f

        limit = float(f.ppf(_SURELY, more.freedom, self.freedom))
        return more.variance_s2 > limit * max(self.variance_s2, 1e-12)


def settled(found: Sequence[Contact], true: Sequence[Contact], offset: Offset) -> tuple[Offset, Scatter | None]:
    """Return an offset at the stride where contacts scatter least, and that scatter; as it is where they are too few.

    Parameters
    ----------
    found, true : Sequence[Contact]
        contacts of the session and of the truth, each on its own clock.
    offset : Offset
        the best one by their bells.
    """
    tried = _tried(found, true, offset.offset_s)
    if not tried:
        return offset, None
    best = min(tried, key=lambda one: one.variance_s2)
    alike = [one for one in tried if one is not best and not best.surely_less_than(one)]
    together = [one for one in (best, *alike) if abs(one.offset_s) < TOGETHER_S]
    chosen = together[0] if together else best
    rivals = [one for one in (best, *alike) if one is not chosen]
    runner_up_s = min(rivals, key=lambda one: one.variance_s2).offset_s if rivals else math.nan
    same = abs(chosen.offset_s - offset.offset_s) < TOGETHER_S
    return replace(
        offset, offset_s=offset.offset_s if same else chosen.offset_s, runner_up_s=runner_up_s
    ), chosen  # fmt: skip


def _tried(found: Sequence[Contact], true: Sequence[Contact], about_s: float) -> list[Scatter]:
    strides_s = [float(s) for side in BOTH_SIDES for s in np.diff([c.foot_strike_s for c in true if c.side == side])]
    if not strides_s:
        return []
    stride_s = float(np.median(strides_s))
    tried = [scatter_at(found, true, about_s + k * stride_s) for k in range(-_STRIDES, _STRIDES + 1)]
    there = [one for one in tried if one is not None]
    most = max((one.matched for one in there), default=0)
    return [one for one in there if one.matched >= _MATCHED * most]


def scatter_at(found: Sequence[Contact], true: Sequence[Contact], offset_s: float) -> Scatter | None:
    """Return how contacts scatter with the truth moved to about an offset, s; None where too few match."""
    for _ in range(2):  # strides differ, so that a whole number of the usual one is a little off
        errors = _errors(found, true, offset_s)
        known = np.concatenate(errors)
        if len(known) < _FEWEST:
            return None
        offset_s += float(known.mean())
    errors = [one for one in _errors(found, true, offset_s) if len(one) > 1]
    freedom = sum(len(one) - 1 for one in errors)
    if freedom < _FEWEST:
        return None
    square = sum(float(((one - one.mean()) ** 2).sum()) for one in errors)
    return Scatter(offset_s, square / freedom, freedom, sum(map(len, errors)))


def _errors(found: Sequence[Contact], true: Sequence[Contact], offset_s: float) -> list[np.ndarray]:
    """Return found minus true, s, of each foot's strikes and of its toe-offs."""
    moved = [
        replace(c, foot_strike_s=c.foot_strike_s + offset_s, toe_off_s=c.toe_off_s + offset_s) for c in true
    ]  # fmt: skip
    legs = match_contacts(found, moved, span_s=(-math.inf, math.inf))
    errors = [np.array([getattr(m, what) for m in leg.pairs]) for leg in legs for what in ("strike_s", "off_s")]
    return [one[np.isfinite(one)] for one in errors]
