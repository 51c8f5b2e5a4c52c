"""Contacts that are matched, missed and invented."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gaitlab.core.gait import Contact
from gaitlab.stats.validation.matching import match_contacts, near_s


def contacts(*, stride_s: float = 0.7, count: int = 10, start_s: float = 1.0) -> tuple[Contact, ...]:
    both = [
        Contact(side, start_s + shift + i * stride_s, start_s + shift + i * stride_s + 0.25, 0.0, 0.0)
        for i in range(count)
        for side, shift in (("left", 0.0), ("right", stride_s / 2))
    ]
    return tuple(both)


def moved(some: tuple[Contact, ...], by_s: float) -> tuple[Contact, ...]:
    return tuple(replace(c, foot_strike_s=c.foot_strike_s + by_s, toe_off_s=c.toe_off_s + by_s) for c in some)


SPAN = (0.0, 10.0)


def test_a_later_truth_makes_the_error_negative() -> None:
    for leg in match_contacts(contacts(), moved(contacts(), 0.010), span_s=SPAN):
        assert len(leg.pairs) == 10
        assert [pair.strike_s for pair in leg.pairs] == pytest.approx([-0.010] * 10)
        assert [pair.off_s for pair in leg.pairs] == pytest.approx([-0.010] * 10)
        assert (leg.missed, leg.invented) == (0, 0)


def test_missed_and_invented() -> None:
    true = contacts()
    found = tuple(c for c in true if c is not true[6])
    extra = Contact("right", true[5].foot_strike_s + 0.3, true[5].toe_off_s + 0.3, 0.0, 0.0)
    left, right = match_contacts((*found, extra), true, span_s=SPAN)
    assert (left.missed, left.invented, len(left.pairs)) == (1, 0, 9)
    assert (right.missed, right.invented, len(right.pairs)) == (0, 1, 10)


def test_a_rejected_contact_is_missed() -> None:
    true = contacts()
    found = (replace(true[0], accepted=False, reason="blurred"), *true[1:])
    assert match_contacts(found, true, span_s=SPAN)[0].missed == 1


def test_what_the_session_does_not_see_whole_is_not_missed() -> None:
    left, right = match_contacts((), contacts(), span_s=(1.1, 4.0))
    assert left.missed == 3  # strikes at 1.7, 2.4 and 3.1; that at 3.8 is not over in time
    assert right.missed == 3  # 2.05, 2.75 and 3.45


def test_legs_are_not_confused() -> None:
    turned = tuple(replace(c, side="left" if c.side == "right" else "right") for c in contacts())
    for leg in match_contacts(turned, contacts(), span_s=SPAN):
        assert len(leg.pairs) == 0


def test_slow_gait_may_be_farther_off() -> None:
    assert near_s(contacts()) == pytest.approx(0.105)
    assert near_s(contacts(stride_s=1.2)) == pytest.approx(0.18)
    assert near_s(()) == 0.1
