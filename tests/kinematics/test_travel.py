"""Passes through the picture, and the frame in which the ground goes back like a belt."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from gaitlab.core.pose import PoseSequence
from gaitlab.kinematics.travel import in_runners_frame, passes, scale_of, strides_in_place, travel_of
from tests.events.make import RUNNING, WALKING, Style, filmed

LEG_PX = 0.86 * 400


def passing(style: Style = RUNNING, *, seconds: float = 2.0, way: int = 1) -> PoseSequence:
    """The runner on a belt, with the belt's way added: exactly how they run overground past a fixed camera."""
    pose = filmed(style, seconds=seconds, forward=way)
    travel_px = way * style.belt_mps * 400 * pose.time_s
    return replace(pose, xy=pose.xy + travel_px[:, None, None] * np.array([1.0, 0.0]))


def joined(*parts: PoseSequence) -> PoseSequence:
    """One recording after the other, each where the one before ended."""
    xy, time_s = [parts[0].xy], [parts[0].time_s]
    for part in parts[1:]:
        ended, begins = (np.nanmean(p[:, :, 0], axis=1) for p in (xy[-1], part.xy))
        xy.append(part.xy + np.array([ended[-1] - begins[0], 0.0]))
        time_s.append(part.time_s + time_s[-1][-1] + 1 / 60)
    whole = np.concatenate(xy)
    return PoseSequence(whole, np.ones(whole.shape[:2]), np.concatenate(time_s), parts[0].skeleton)


@pytest.mark.parametrize(("style", "seconds"), [(RUNNING, 1.0), (RUNNING, 4.0), (WALKING, 3.0)])
@pytest.mark.parametrize("way", [1, -1])
def test_who_goes_through_the_picture_makes_one_pass(style: Style, seconds: float, way: int) -> None:
    pose = passing(style, seconds=seconds, way=way)
    assert passes(pose, leg_px=LEG_PX) == (slice(0, len(pose)),)


def test_on_a_treadmill_there_is_none_even_with_drift() -> None:
    pose = filmed(RUNNING, seconds=10.0)
    drift_px = 0.4 * 400 * np.sin(2 * np.pi * pose.time_s / 8)
    assert passes(replace(pose, xy=pose.xy + drift_px[:, None, None]), leg_px=LEG_PX) == ()


def test_back_and_forth_are_two_passes() -> None:
    there, back = passing(seconds=2.0), passing(seconds=3.0, way=-1)
    first, second = passes(joined(there, back), leg_px=LEG_PX)
    assert abs(first.stop - len(there)) < 30
    assert abs(second.start - len(there)) < 30
    assert second.stop == len(there) + len(back)


def test_who_steps_onto_a_treadmill_and_runs_there_is_told() -> None:
    walk_on, run, stand = passing(WALKING, seconds=2.0), filmed(RUNNING, seconds=6.0), filmed(RUNNING, seconds=6.0)
    onto = joined(walk_on, run)
    assert strides_in_place(onto, passes(onto, leg_px=LEG_PX), leg_px=LEG_PX)
    still = joined(replace(stand, xy=np.repeat(stand.xy[:1], len(stand), axis=0)), walk_on)
    found = passes(still, leg_px=LEG_PX)
    assert len(found) == 1
    assert not strides_in_place(still, found, leg_px=LEG_PX)


def test_in_the_runners_frame_a_pass_is_the_run_on_the_belt() -> None:
    """The stance foot goes back at the speed of travel, and the hips stay."""
    pose = passing(seconds=3.0)
    travel = travel_of(pose, slice(0, len(pose)))
    assert travel.speed_px_per_s == pytest.approx(3.0 * 400, rel=0.01)
    assert travel.speed_legs_per_s == pytest.approx(3.0 / 0.86, rel=0.01)
    frame = in_runners_frame(pose, travel)
    assert np.ptp(frame.point("mid_hip")[:, 0]) < 0.02 * 400
    on_belt = filmed(RUNNING, seconds=3.0)
    apart = frame.point("left_big_toe") - on_belt.point("left_big_toe")
    assert np.ptp(apart[:, 0]) < 0.02 * 400


def test_who_comes_nearer_grows_and_is_taken_back_to_one_size() -> None:
    """An oblique path: the distance falls evenly by a fifth, so the size rises as its inverse."""
    pose = passing(seconds=2.0)
    distance = 1.1 - 0.2 * (pose.time_s - pose.time_s[0]) / np.ptp(pose.time_s)
    near = replace(pose, xy=pose.xy / distance[:, None, None])
    np.testing.assert_allclose(scale_of(near), 1 / distance / np.median(1 / distance), rtol=0.01)
    frame = in_runners_frame(near, travel_of(near, slice(0, len(near))))
    thigh = np.linalg.norm(frame.point("left_knee") - frame.point("left_hip"), axis=1)
    np.testing.assert_allclose(thigh, np.median(thigh), rtol=0.01)
