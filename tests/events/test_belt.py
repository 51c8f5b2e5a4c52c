"""Slope and speed of the belt from feet whose belt is known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from gaitlab.core.errors import InputError
from gaitlab.core.gait import BOTH_SIDES, Belt, Contact, Side
from gaitlab.core.pose import PoseSequence
from gaitlab.core.skeleton import SKELETONS
from gaitlab.events import detect_contacts, measure_belt
from gaitlab.events.belt import stances_of
from gaitlab.events.features import coarse_stances
from gaitlab.events.signals import leg_points
from gaitlab.events.swings import both_swings
from tests.events.make import RUNNING, SHANK_M, THIGH_M, filmed

BODY = SKELETONS["body_25"]
FPS = 100


def riding(
    *, forward: int = 1, speed_px_per_s: float = 600.0, tilt_deg: float = 0.0
) -> tuple[PoseSequence, list[Contact]]:
    """Eight stances of 0.3 s; in each the toes ride backwards on a belt that falls towards image-right by the tilt."""
    time_s = np.arange(int(8 * 0.5 * FPS)) / FPS
    xy = np.full((len(time_s), len(BODY), 2), np.nan)
    contacts = []
    for number in range(8):
        side: Side = BOTH_SIDES[number % 2]
        start_s = number * 0.5
        contacts.append(Contact(side, start_s, start_s + 0.3, 0.005, 0.005))
        on = (time_s >= start_s) & (time_s < start_s + 0.3)
        along = -forward * speed_px_per_s * (time_s[on] - start_s)
        slope = np.radians(tilt_deg)
        path = np.array([400.0, 800.0]) + along[:, None] * [np.cos(slope), np.sin(slope)]
        for toe in ("big_toe", "small_toe"):
            xy[on, BODY.index(f"{side}_{toe}")] = path
    for side in BOTH_SIDES:
        for joint, y in (("hip", 300.0), ("knee", 500.0), ("ankle", 700.0)):
            xy[:, BODY.index(f"{side}_{joint}")] = [400.0, y]
        xy[:, BODY.index(f"{side}_knee"), 0] += 30.0 * forward
    return PoseSequence(xy, np.ones(xy.shape[:2]), time_s, BODY), contacts


def measured(pose: PoseSequence, contacts: list[Contact], *, forward: int) -> Belt:
    legs = [leg_points(pose, side, forward=forward) for side in BOTH_SIDES]
    return measure_belt(pose, legs, [stances_of(contacts, leg) for leg in legs])


def coarsely(pose: PoseSequence, *, forward: int) -> Belt:
    legs = [leg_points(pose, side, forward=forward) for side in BOTH_SIDES]
    return measure_belt(pose, legs, [coarse_stances(swings) for swings in both_swings(legs)], slope_of="toes")


@pytest.mark.parametrize("forward", [1, -1])
@pytest.mark.parametrize("tilt_deg", [-4.0, 0.0, 3.0])
def test_slope_and_speed_of_a_belt_on_which_toes_ride(forward: int, tilt_deg: float) -> None:
    pose, contacts = riding(forward=forward, tilt_deg=tilt_deg)
    belt = measured(pose, contacts, forward=forward)
    assert (belt.slope_deg, belt.slope_sd_deg) == pytest.approx((tilt_deg, 0.0), abs=1e-6)
    assert belt.slope_seen_on == "toes"
    assert (belt.speed_px_per_s, belt.speed_sd_px_per_s) == pytest.approx((600.0, 0.0), abs=1e-6)
    assert belt.speed_legs_per_s == pytest.approx(600.0 / (2 * np.hypot(30, 200)))


@pytest.mark.parametrize(("forward", "near"), [(1, "right"), (-1, "left")])
def test_the_near_foot_shows_the_slope_where_it_can(forward: int, near: str) -> None:
    level, contacts = riding(forward=forward, tilt_deg=1.0)
    steep, _ = riding(forward=forward, tilt_deg=12.0)
    far = [i for i, name in enumerate(BODY.names) if not name.startswith(near)]
    xy = np.array(level.xy)
    xy[:, far] = steep.xy[:, far]
    pose = replace(level, xy=xy)
    assert measured(pose, contacts, forward=forward).slope_deg == pytest.approx(1.0, abs=1e-6)
    few = [c for c in contacts if c.side != near or c.foot_strike_s < 1.2]
    assert measured(pose, few, forward=forward).slope_deg == pytest.approx(12.0, abs=1.0)


def test_stances_that_disagree_leave_slope_and_speed_unsure() -> None:
    """Four near stances at 1, 1, 3, 3 degrees: their standard deviation is 2 / sqrt 3, their median's sqrt(pi / 2) / 2
    of it. Four stances a foot at 580, 580, 620, 620 px/s: 40 / sqrt 3, and of the mean of two feet sqrt 2 less."""
    gentle, contacts = riding(tilt_deg=1.0, speed_px_per_s=580.0)
    steep, _ = riding(tilt_deg=3.0, speed_px_per_s=620.0)
    late = gentle.time_s >= 2.0  # the near (right) foot stands at 0.5, 1.5, 2.5 and 3.5 s
    belt = measured(
        replace(gentle, xy=np.where(late[:, None, None], steep.xy, gentle.xy)), contacts, forward=1
    )  # fmt: skip
    assert belt.slope_deg == pytest.approx(2.0)
    assert belt.slope_sd_deg == pytest.approx(np.sqrt(np.pi / 2) * (2 / np.sqrt(3)) / 2)
    assert belt.speed_px_per_s == pytest.approx(600.0)
    assert belt.speed_sd_px_per_s == pytest.approx(np.sqrt(np.pi / 2) * (40 / np.sqrt(3)) / 2 / np.sqrt(2))


def test_toes_that_slip_over_the_belt_do_not_show_its_slope() -> None:
    """Heel and ankle ride on a belt at 600 px/s, or at 480: then toes at 600 slip by 25 %."""
    pose, contacts = riding(tilt_deg=3.0)
    for speed_px_per_s, expected_deg in ((600.0, 3.0), (560.0, 3.0), (480.0, np.nan)):
        slower, _ = riding(speed_px_per_s=speed_px_per_s)
        xy = np.array(pose.xy)
        for side in BOTH_SIDES:
            for point in ("heel", "ankle"):
                on = np.isfinite(slower.point(f"{side}_big_toe")[:, 0])
                xy[on, BODY.index(f"{side}_{point}")] = slower.point(f"{side}_big_toe")[on] - [0.0, 100.0]
        belt = measured(replace(pose, xy=xy), contacts, forward=1)
        if np.isnan(expected_deg):
            assert belt.slope_seen_on != "toes"
        else:
            assert belt.slope_deg == pytest.approx(expected_deg, abs=1e-6)


def test_without_an_accepted_contact_nothing_is_known_of_the_belt() -> None:
    pose, contacts = riding()
    assert measured(pose, [], forward=1) == Belt()
    assert measured(pose, [replace(c, accepted=False) for c in contacts], forward=1) == Belt()


@pytest.mark.parametrize("forward", [1, -1])
@pytest.mark.parametrize("tilt_deg", [-6.0, 0.0, 6.0])
def test_coarse_stances_show_the_belt_too(forward: int, tilt_deg: float) -> None:
    pose = filmed(RUNNING, forward=forward)
    # Turning the picture clockwise, as seen, lowers what lies to the right.
    c, s = np.cos(np.radians(tilt_deg)), np.sin(np.radians(tilt_deg))
    belt = coarsely(replace(pose, xy=pose.xy @ np.array([[c, s], [-s, c]])), forward=forward)
    assert belt.slope_deg == pytest.approx(tilt_deg, abs=0.5)
    assert belt.speed_legs_per_s == pytest.approx(RUNNING.belt_mps / (THIGH_M + SHANK_M), rel=0.03)


def test_the_belt_flows_on_with_the_events_in_px_that_scale_with_the_picture() -> None:
    for px_per_m in (200.0, 800.0):
        belt = detect_contacts(filmed(RUNNING, px_per_m=px_per_m), forward=1).belt
        assert belt.speed_px_per_s == pytest.approx(RUNNING.belt_mps * px_per_m, rel=0.01)
        assert belt.slope_deg == pytest.approx(0.0, abs=0.1)


def hidden(pose: PoseSequence, *names: str) -> PoseSequence:
    gone = [i for i, name in enumerate(pose.skeleton.names) if name.endswith(names)]
    xy = np.array(pose.xy)
    xy[:, gone] = np.nan
    return replace(pose, xy=xy)


def test_hidden_toes_leave_the_ankles_to_show_the_belt() -> None:
    pose = filmed(RUNNING)
    bare = coarsely(hidden(pose, "toe"), forward=1)
    assert bare.speed_legs_per_s == pytest.approx(coarsely(pose, forward=1).speed_legs_per_s, rel=0.05)
    # This foot is stiff while it rides: the roll of 1.7 degrees that people's ankles have is not in it.
    assert (bare.slope_deg, bare.slope_seen_on) == (pytest.approx(-1.7, abs=0.5), "ankle")


@pytest.mark.parametrize("slipping", ["toe", "ankle"])
def test_a_point_that_slips_does_not_drive_the_belt(slipping: str) -> None:
    """The middle one of toes, heel and ankle counts, whichever of them a network loses."""
    pose = filmed(RUNNING)
    fast = [i for i, name in enumerate(pose.skeleton.names) if slipping in name]
    xy = np.array(pose.xy)
    xy[:, fast, 0] *= 1.3
    belt = coarsely(replace(pose, xy=xy), forward=1)
    assert belt.speed_px_per_s == pytest.approx(coarsely(pose, forward=1).speed_px_per_s, rel=0.03)


def test_a_belt_on_which_no_foot_was_seen_is_an_error() -> None:
    """Both ankles are seen in swing alone, so that there are steps but no rides."""
    pose = filmed(RUNNING)
    xy = np.array(pose.xy)
    for contact in detect_contacts(pose, forward=1).contacts:
        down = (pose.time_s >= contact.foot_strike_s) & (pose.time_s <= np.nan_to_num(contact.toe_off_s, nan=np.inf))
        xy[np.ix_(down, [i for i, name in enumerate(BODY.names) if name.startswith(contact.side)])] = np.nan
    with pytest.raises(InputError):
        detect_contacts(replace(pose, xy=xy), forward=1)
