"""Contacts of hand-made people, and what must not change when the picture, the clock or the sides do."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from gaitlab.core.errors import InputError
from gaitlab.core.gait import BOTH_SIDES, Contact, GaitEvents, other
from gaitlab.core.pose import PoseSequence
from gaitlab.events import detect_contacts, gait_cycles
from gaitlab.events.activity import double_support_share, duty_factor
from gaitlab.events.plausible import AT_THE_EDGE, RECORDING_ENDS
from tests.events.make import RUNNING, WALKING, Style, events, filmed

FEET = ("heel", "big_toe", "small_toe")
# The hand-made foot hits the belt in an instant, which the leads, fitted on people, do not expect.
NEAR_S = 0.035


def times(found: GaitEvents) -> np.ndarray:
    return np.array([(c.foot_strike_s, c.toe_off_s) for c in found.contacts])


def dropped(pose: PoseSequence, points: tuple[str, ...], frames: slice = slice(None), side: str = "") -> PoseSequence:
    xy = pose.xy.copy()
    for i, name in enumerate(pose.skeleton.names):
        if name.startswith(side) and name.partition("_")[2] in points:
            xy[frames, i] = np.nan
    return replace(pose, xy=xy)


def check_against_truth(found: GaitEvents, style: Style, seconds: float, near_s: float) -> None:
    for side in BOTH_SIDES:
        strike_s, off_s = events(style, side, seconds)
        whole = off_s < seconds - 0.2
        contacts = found.of(side)
        for true_strike_s, true_off_s in zip(strike_s[whole], off_s[whole], strict=True):
            nearest = min(contacts, key=lambda c: abs(c.foot_strike_s - true_strike_s))
            assert nearest.accepted, nearest.reason
            assert nearest.foot_strike_s == pytest.approx(true_strike_s, abs=near_s)
            assert nearest.toe_off_s == pytest.approx(true_off_s, abs=near_s)
        assert len(contacts) <= len(strike_s)


@pytest.mark.parametrize("fps", [30.0, 60.0, 240.0])
def test_a_runner_is_measured_at_any_frame_rate(fps: float) -> None:
    found = detect_contacts(filmed(RUNNING, fps=fps, noise_px=1.0), forward=1)
    assert found.activity == "running"
    check_against_truth(found, RUNNING, 8.0, NEAR_S)


@pytest.mark.parametrize("fps", [30.0, 60.0])
def test_a_walker_is_told_by_double_support_and_measured(fps: float) -> None:
    found = detect_contacts(filmed(WALKING, fps=fps, noise_px=1.0), forward=1)
    assert found.activity == "walking"
    check_against_truth(found, WALKING, 8.0, 0.020)
    assert duty_factor(found.contacts) == pytest.approx(WALKING.duty, abs=0.03)
    assert double_support_share(found.contacts) == 1.0


@pytest.mark.parametrize("style", [RUNNING, WALKING])
def test_without_feet_the_ankles_serve_with_a_larger_uncertainty(style: Style) -> None:
    pose = filmed(style)
    found, with_feet = (detect_contacts(p, forward=1) for p in (dropped(pose, FEET), pose))
    assert found.activity == with_feet.activity
    for side in BOTH_SIDES:
        accepted = [c for c in found.of(side) if c.accepted]
        assert len(accepted) >= len([c for c in with_feet.of(side) if c.accepted]) - 1
        pairs = zip(found.of(side)[1:-1], with_feet.of(side)[1:-1], strict=True)
        assert all(a.toe_off_sd_s > b.toe_off_sd_s for a, b in pairs)


def test_small_toes_stand_in_for_missing_big_ones() -> None:
    pose = filmed(RUNNING)
    np.testing.assert_allclose(
        times(detect_contacts(dropped(pose, ("big_toe",)), forward=1)), times(detect_contacts(pose, forward=1))
    )


def test_a_mirrored_picture_gives_the_same_times() -> None:
    right = detect_contacts(filmed(RUNNING, forward=1), forward=1)
    left = detect_contacts(filmed(RUNNING, forward=-1), forward=-1)
    np.testing.assert_allclose(times(left), times(right), atol=1e-9)
    assert [c.side for c in left.contacts] == [c.side for c in right.contacts]


def test_the_far_leg_is_less_certain() -> None:
    for forward, far in ((1, "left"), (-1, "right")):
        found = detect_contacts(filmed(RUNNING, forward=forward), forward=forward)
        far_sd_s, near_sd_s = (
            np.median([c.foot_strike_sd_s for c in found.contacts if (c.side == far) == is_far])
            for is_far in (True, False)
        )
        assert far_sd_s > near_sd_s


def test_swapped_legs_give_swapped_sides() -> None:
    pose = filmed(RUNNING)
    xy = pose.xy[:, pose.skeleton.mirrored]
    swapped, straight = detect_contacts(replace(pose, xy=xy), forward=1), detect_contacts(pose, forward=1)
    np.testing.assert_allclose(times(swapped), times(straight), atol=1e-9)
    assert [c.side for c in swapped.contacts] == [other(c.side) for c in straight.contacts]


def test_scale_and_place_in_the_picture_do_not_matter() -> None:
    small = detect_contacts(filmed(RUNNING), forward=1)
    large = detect_contacts(filmed(RUNNING, px_per_m=1100.0, origin_px=(-50.0, 2000.0)), forward=1)
    np.testing.assert_allclose(times(large), times(small), atol=1e-6)


def test_a_later_clock_gives_later_times() -> None:
    pose = filmed(RUNNING)
    later = replace(pose, time_s=pose.time_s + 100.0)
    np.testing.assert_allclose(
        times(detect_contacts(later, forward=1)), times(detect_contacts(pose, forward=1)) + 100.0, atol=1e-6
    )


@pytest.mark.parametrize("tilt_deg", [-8.0, 8.0])
def test_a_tilted_camera_or_an_incline_is_levelled(tilt_deg: float) -> None:
    pose = filmed(RUNNING)
    c, s = np.cos(np.radians(tilt_deg)), np.sin(np.radians(tilt_deg))
    tilted = replace(pose, xy=pose.xy @ np.array([[c, s], [-s, c]]))
    level = times(detect_contacts(pose, forward=1))
    difference_s = times(detect_contacts(tilted, forward=1)) - level
    assert np.nanmax(np.abs(difference_s)) < 0.012


@pytest.mark.parametrize(("style", "seconds"), [(RUNNING, 3.0), (WALKING, 5.0)])
@pytest.mark.parametrize("forward", [1, -1])
def test_who_passes_the_camera_is_measured_as_on_a_belt(style: Style, seconds: float, forward: int) -> None:
    pose = filmed(style, seconds=seconds, forward=forward)
    travel_px = forward * style.belt_mps * 400 * pose.time_s
    passing = replace(pose, xy=pose.xy + travel_px[:, None, None] * np.array([1.0, 0.0]))
    on_belt, past = detect_contacts(pose, forward=forward), detect_contacts(passing, forward=forward)
    assert past.activity == on_belt.activity
    np.testing.assert_allclose(times(past), times(on_belt), atol=0.001)


def test_dropped_frames_and_a_variable_rate_hardly_move_the_events() -> None:
    rng = np.random.default_rng(3)
    time_s = np.cumsum(rng.uniform(0.6, 1.4, 480) / 60)
    keep = rng.uniform(size=480) > 0.1
    found = detect_contacts(filmed(RUNNING, time_s=time_s[keep]), forward=1)
    check_against_truth(found, RUNNING, float(time_s[-1]) - 0.1, NEAR_S)


def test_no_event_is_made_up_in_a_gap() -> None:
    pose = filmed(RUNNING)
    strike_s, _ = events(RUNNING, "left", 8.0)
    frames = slice(int(60 * (strike_s[4] - 0.2)), int(60 * (strike_s[4] + 0.2)))
    hidden = dropped(pose, ("knee", "ankle", *FEET), frames, "left")
    found = detect_contacts(hidden, forward=1)
    near = [c for c in found.of("left") if abs(c.foot_strike_s - strike_s[4]) < 0.2]
    assert all(not c.accepted and c.reason == "the leg was not seen around its foot strike" for c in near)
    assert sum(c.accepted for c in found.of("left")) >= len(strike_s) - 3
    cut = [c for c in gait_cycles(found) if c.side == "left" and not c.accepted]
    assert cut
    assert all(c.reason for c in cut)
    # The other leg goes on, only without the hidden foot's times.
    near_leg = [c for c in gait_cycles(found) if c.side == "right" and c.start_s < strike_s[4] < c.end_s]
    assert [c.accepted for c in near_leg] == [True]
    assert np.isnan(near_leg[0].opposite_strike_s)


def test_uncertainty_grows_as_frames_get_fewer() -> None:
    slow, fast = (
        np.median([c.foot_strike_sd_s for c in detect_contacts(filmed(RUNNING, fps=fps), forward=1).contacts])
        for fps in (30.0, 120.0)
    )
    assert slow > fast
    assert slow > 1 / 30 / np.sqrt(12)


def test_the_last_contact_is_open_where_the_recording_ends_in_it() -> None:
    strike_s, _ = events(RUNNING, "left", 8.0)
    pose = filmed(RUNNING).between(0.0, float(strike_s[8]) + 0.22)
    last = detect_contacts(pose, forward=1).of("left")[-1]
    assert last.foot_strike_s == pytest.approx(strike_s[8], abs=NEAR_S)
    assert not last.accepted
    assert last.reason in (RECORDING_ENDS, AT_THE_EDGE)


def test_implausible_contacts_are_rejected_with_their_time() -> None:
    found = detect_contacts(filmed(RUNNING), forward=1, activity="walking")
    assert found.activity == "walking"
    bad = [c for c in found.contacts if np.isfinite(c.toe_off_s)]
    assert len(bad) >= 18
    assert all(not c.accepted and "outside 0.50-1.10 s for walking" in c.reason for c in bad)
    assert not any(c.accepted for c in gait_cycles(found))


def test_feet_seen_now_and_then_count_as_missing() -> None:
    pose = filmed(RUNNING)
    shreds = pose.xy.copy()
    columns = [i for i, name in enumerate(pose.skeleton.names) if name.partition("_")[2] in FEET]
    gone = np.arange(len(pose)) % 40 < 30
    shreds[np.ix_(gone, columns)] = np.nan
    found, bare = (detect_contacts(p, forward=1) for p in (replace(pose, xy=shreds), dropped(pose, FEET)))
    np.testing.assert_allclose(times(found), times(bare), atol=0.01)


def standing() -> PoseSequence:
    pose = filmed(RUNNING)
    return replace(pose, xy=np.broadcast_to(pose.xy[:1], pose.xy.shape))


@pytest.mark.parametrize(
    ("pose", "forward", "says"),
    [
        (filmed(RUNNING), 0, r"forward must be \+1 .* or -1 .*, not 0"),
        (dropped(filmed(RUNNING), ("ankle",)), 1, "left_ankle, right_ankle never came; use a model"),
        (filmed(RUNNING, seconds=0.7), 1, r"0\.8 s of recording or more, not 0\.68 s; record longer"),
        (dropped(filmed(RUNNING), ("ankle", *FEET), slice(3, None), "left_"), 1, "the left leg .* never seen together"),
        (standing(), 1, "no repeating stride found"),
    ],
)
def test_errors_say_what_was_expected_and_what_to_do(pose: PoseSequence, forward: int, says: str) -> None:
    with pytest.raises(InputError, match=says):
        detect_contacts(pose, forward=forward)


def test_contacts_come_in_the_order_of_their_strikes() -> None:
    contacts: tuple[Contact, ...] = detect_contacts(filmed(RUNNING), forward=1).contacts
    strikes = [c.foot_strike_s for c in contacts]
    assert strikes == sorted(strikes)
    assert all(a.side != b.side for a, b in pairwise(contacts))
