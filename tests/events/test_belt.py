"""Slope and speed of the belt from feet whose belt is known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from gaitlab.core.errors import InputError
from gaitlab.events import detect_contacts
from gaitlab.events.belt import belt_speed_px_per_s, find_belt
from gaitlab.events.features import coarse_stances
from gaitlab.events.signals import leg_points
from gaitlab.events.swings import both_swings
from tests.events.make import RUNNING, SHANK_M, THIGH_M, filmed


@pytest.mark.parametrize("forward", [1, -1])
@pytest.mark.parametrize("tilt_deg", [-6.0, 0.0, 6.0])
def test_slope_and_speed_are_those_of_the_belt(forward: int, tilt_deg: float) -> None:
    pose = filmed(RUNNING, forward=forward)
    # Turning the picture anticlockwise, as seen, lifts what lies to the right.
    angle = np.radians(tilt_deg)
    c, s = np.cos(angle), np.sin(angle)
    pose = replace(pose, xy=pose.xy @ np.array([[c, -s], [s, c]]))
    legs = [leg_points(pose, side, forward=forward) for side in ("left", "right")]
    belt = find_belt(legs, [coarse_stances(swings) for swings in both_swings(legs)])
    assert np.degrees(belt.tilt) == pytest.approx(forward * tilt_deg, abs=0.5)
    assert belt.speed == pytest.approx(RUNNING.belt_mps / (THIGH_M + SHANK_M), rel=0.03)


def test_px_per_second_scale_with_the_picture() -> None:
    for px_per_m in (200.0, 800.0):
        pose = filmed(RUNNING, px_per_m=px_per_m)
        contacts = detect_contacts(pose, forward=1).contacts
        for speed in belt_speed_px_per_s(pose, contacts, forward=1).values():
            assert speed == pytest.approx(RUNNING.belt_mps * px_per_m, rel=0.01)


def test_no_accepted_contact_no_speed() -> None:
    pose = filmed(RUNNING)
    assert np.isnan(list(belt_speed_px_per_s(pose, [], forward=1).values())).all()


def test_hidden_toes_leave_the_ankles_to_show_the_belt() -> None:
    pose = filmed(RUNNING)
    legs = [leg_points(pose, side, forward=1) for side in ("left", "right")]
    stances = [coarse_stances(swings) for swings in both_swings(legs)]
    bare = [replace(leg, xy={n: xy * np.nan if "toe" in n else xy for n, xy in leg.xy.items()}) for leg in legs]
    assert find_belt(bare, stances).speed == pytest.approx(find_belt(legs, stances).speed, rel=0.05)
    # This foot is stiff while it rides: the roll of 1.7 degrees that people's ankles have is not in it.
    assert np.degrees(find_belt(bare, stances).tilt) == pytest.approx(1.7, abs=0.5)


@pytest.mark.parametrize("slipping", ["toe", "ankle"])
def test_a_point_that_slips_does_not_drive_the_belt(slipping: str) -> None:
    """The middle one of toes, heel and ankle counts, whichever of them a network loses."""
    pose = filmed(RUNNING)
    legs = [leg_points(pose, side, forward=1) for side in ("left", "right")]
    stances = [coarse_stances(swings) for swings in both_swings(legs)]
    fast = [replace(leg, xy={n: xy * [1.3 if slipping in n else 1.0, 1] for n, xy in leg.xy.items()}) for leg in legs]
    assert find_belt(fast, stances).speed == pytest.approx(find_belt(legs, stances).speed, rel=0.03)


def test_a_belt_on_which_no_foot_was_seen_is_an_error() -> None:
    pose = filmed(RUNNING)
    legs = [leg_points(pose, side, forward=1) for side in ("left", "right")]
    stances = [coarse_stances(swings) for swings in both_swings(legs)]
    unseen = [replace(leg, xy={n: xy * np.nan for n, xy in leg.xy.items()}) for leg in legs]
    with pytest.raises(InputError, match="expected both legs in view, check the keypoints"):
        find_belt(unseen, stances)
