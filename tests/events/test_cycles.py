"""Strides from contacts written by hand, one fault at a time."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from gaitlab.core.gait import BOTH_SIDES, Activity, Contact, GaitCycle, GaitEvents, Side
from gaitlab.events import gait_cycles
from gaitlab.events.activity import activity_of, double_support_share, duty_factor
from gaitlab.events.plausible import RECORDING_ENDS


def contact(side: Side, start_s: float, length_s: float = 0.25) -> Contact:
    return Contact(side, start_s, start_s + length_s, 0.005, 0.006)


def steady(*, stride_s: float = 0.7, length_s: float = 0.25, strides: int = 6) -> list[Contact]:
    return [
        contact(side, i * stride_s + (side == "right") * stride_s / 2, length_s)
        for i in range(strides)
        for side in BOTH_SIDES
    ]


def cycles(contacts: list[Contact], activity: Activity = "running") -> tuple[GaitCycle, ...]:
    return gait_cycles(GaitEvents(tuple(sorted(contacts, key=lambda c: c.foot_strike_s)), activity))


def test_a_running_stride_carries_all_its_times() -> None:
    third = next(c for c in cycles(steady()) if c.side == "left" and c.number == 2)
    assert (third.start_s, third.end_s) == pytest.approx((1.4, 2.1))
    assert third.stride_time_s == pytest.approx(0.7)
    assert third.toe_off_s == pytest.approx(1.65)
    assert third.opposite_strike_s == pytest.approx(1.75)
    assert third.opposite_toe_off_s == pytest.approx(1.3)  # in flight before this foot landed
    assert third.accepted


def test_walking_has_the_other_toe_off_after_the_strike() -> None:
    found = cycles(steady(stride_s=1.1, length_s=0.68), "walking")
    assert all(c.accepted for c in found)
    third = next(c for c in found if c.side == "right" and c.number == 2)
    assert third.opposite_toe_off_s == pytest.approx(2.2 + 0.68)
    assert third.start_s < third.opposite_toe_off_s < third.opposite_strike_s


def test_every_stride_is_numbered_and_in_order() -> None:
    found = cycles(steady())
    assert [c.start_s for c in found] == sorted(c.start_s for c in found)
    for side in BOTH_SIDES:
        assert [c.number for c in found if c.side == side] == list(range(5))


def test_no_contacts_no_cycles() -> None:
    assert cycles([]) == ()
    assert cycles([contact("left", 0.0)]) == ()


def test_a_rejected_contact_rejects_the_strides_on_both_sides_of_it_and_no_other() -> None:
    contacts = steady()
    index = next(i for i, c in enumerate(contacts) if c.side == "left" and c.foot_strike_s == pytest.approx(1.4))
    contacts[index] = replace(contacts[index], accepted=False, reason="hidden")
    found = cycles(contacts)
    assert {(c.side, c.number): c.reason for c in found if not c.accepted} == {
        ("left", 1): "next contact: hidden",
        ("left", 2): "hidden",
    }
    partner = next(c for c in found if c.side == "right" and c.start_s < 1.4 < c.end_s)
    assert partner.accepted
    assert np.isnan(partner.opposite_strike_s)


def test_a_last_contact_that_stays_open_still_ends_a_stride() -> None:
    contacts = steady()
    contacts[-1] = replace(contacts[-1], toe_off_s=float("nan"), accepted=False, reason=RECORDING_ENDS)
    assert all(c.accepted for c in cycles(contacts))


def test_a_missing_step_breaks_the_alternation() -> None:
    contacts = [c for c in steady() if not (c.side == "right" and c.foot_strike_s == pytest.approx(1.05))]
    found = cycles(contacts)
    reasons = {(c.side, c.number): c.reason for c in found if not c.accepted}
    assert reasons[("left", 1)] == "0 foot strikes of the other foot within, expected 1"
    # The right foot's stride across the hole is twice too long.
    assert reasons[("right", 0)] == "stride of 1.40 s outside 0.56-0.84 s"


@pytest.mark.parametrize(("shift_s", "accepted"), [(0.12, True), (0.16, False)])
def test_strides_stay_within_a_fifth_of_the_median(shift_s: float, accepted: bool) -> None:
    contacts = [
        replace(c, foot_strike_s=c.foot_strike_s + shift_s, toe_off_s=c.toe_off_s + shift_s)
        if c.side == "left" and c.foot_strike_s > 3.0
        else c
        for c in steady()
    ]
    last = [c for c in cycles(contacts) if c.side == "left"][-1]
    assert last.stride_time_s == pytest.approx(0.7 + shift_s)
    assert last.accepted == accepted


def test_a_stride_too_long_for_running_is_rejected() -> None:
    assert {c.reason for c in cycles(steady(stride_s=1.2))} == {"stride of 1.20 s outside 0.96-1.00 s"}
    # A fifth of their median does not reach down to running: what is told is what would be.
    assert {c.reason for c in cycles(steady(stride_s=1.5))} == {"stride of 1.50 s outside 0.42-1.00 s"}


@pytest.mark.parametrize(
    ("stride_s", "length_s", "activity"),
    [(0.7, 0.25, "running"), (1.1, 0.68, "walking"), (0.8, 0.40, "ambiguous"), (0.8, 0.41, "ambiguous")],
)
def test_activity_follows_duty_factor_and_double_support(stride_s: float, length_s: float, activity: str) -> None:
    contacts = steady(stride_s=stride_s, length_s=length_s)
    assert duty_factor(contacts) == pytest.approx(length_s / stride_s)
    assert double_support_share(contacts) == (length_s > stride_s / 2)
    assert activity_of(contacts) == activity


def test_without_contacts_the_activity_is_open() -> None:
    assert activity_of([]) == "ambiguous"
