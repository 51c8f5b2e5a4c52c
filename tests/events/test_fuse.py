"""The weighted mean of marks, by hand."""

from __future__ import annotations

import numpy as np
import pytest

from gaitlab.events.features import EventModel, FeatureOffset
from gaitlab.events.side import fuse

# "late" comes 20 ms after the event; "far" after the time in which the belt covers 0.4 leg lengths.
FITTED = EventModel(
    {True: {"late": FeatureOffset(0.02, 0.0, 0.75), "far": FeatureOffset(0.0, 0.4, 0.25)}}, {True: 0.005}, (2.0, 5.0)
)


def fused(late_s: float, far_s: float, belt_speed: float = 4.0) -> tuple[float, float]:
    found = {"late": np.array([late_s]), "far": np.array([far_s])}
    time_s, share = fuse(found, FITTED, feet=True, belt_speed=belt_speed)
    return float(time_s[0]), float(share[0])


def test_marks_that_agree_give_their_event() -> None:
    assert fused(1.02, 1.10) == pytest.approx((1.0, 1.0))


def test_marks_that_disagree_count_by_weight() -> None:
    assert fused(1.02, 1.14)[0] == pytest.approx(1.01)


def test_a_faster_belt_covers_the_distance_sooner_within_what_was_fitted() -> None:
    assert fused(1.02, 1.08, belt_speed=5.0)[0] == pytest.approx(1.0)
    assert fused(1.02, 1.08, belt_speed=9.0)[0] == pytest.approx(1.0)
    assert fused(1.02, 1.20, belt_speed=2.0)[0] == pytest.approx(1.0)


def test_the_heavier_mark_will_do_alone_and_the_lighter_will_not() -> None:
    assert fused(1.02, np.nan) == pytest.approx((1.0, 0.75))
    assert np.isnan(fused(np.nan, 1.10)[0])
    assert np.isnan(fused(np.nan, np.nan)[0])
