"""What was said of a film is wrong, or the film shows a part only: no number comes of it without a word."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import gaitlab
from gaitlab.analysis.movement import analyze_movement
from gaitlab.config import Settings
from gaitlab.core.person import Runner
from gaitlab.core.pose import PoseSequence
from gaitlab.kinematics.view import view_of_feet
from gaitlab.metrics import MOVEMENTS
from tests.movements.make import HEIGHT_M, PX_PER_M, bumps, front_body, pictured, side_body, times
from tests.movements.test_jump import jumps
from tests.movements.test_others import chair
from tests.movements.test_sessions import keypoint_file
from tests.movements.test_squat import STARTS_S, TEMPO, TIME_S, analysed, means, side_squats

CHAIR_S = times(24.0, 30.0)
# How long the way down of a whole squat is, from 5 to 90 % of it, s.
WHOLE_DOWN_S = 0.545
RISES_S = [1.0, 5.0, 9.0, 13.0, 17.0]


def on_a_chair() -> PoseSequence:
    return pictured(chair(CHAIR_S, RISES_S), CHAIR_S, noise_px=1.0)


def part(pose: PoseSequence, start_s: float, end_s: float = np.inf) -> PoseSequence:
    here = (pose.time_s >= start_s) & (pose.time_s <= end_s)
    return PoseSequence(pose.xy[here], pose.score[here], pose.time_s[here], pose.skeleton)


def in_slow_motion(pose: PoseSequence, factor: float) -> PoseSequence:
    return replace(pose, time_s=pose.time_s * factor)


def maybe(pose: PoseSequence, movement: str) -> list[str]:
    return [one for one in analysed(pose, movement).warnings if one.startswith("this may be ")]


def test_squats_and_a_chair_are_told_apart_by_how_the_film_begins() -> None:
    (squats,) = maybe(side_squats(noise_px=1.0), "sit-to-stand")
    assert squats.startswith("this may be squat (both legs bend together")
    assert "measured as sit to stand, as was said" in squats
    assert squats.endswith("the movement must be entered: squat")
    (stands,) = maybe(on_a_chair(), "squat")
    assert stands.endswith("the movement must be entered: sit-to-stand")
    assert not maybe(side_squats(noise_px=1.0), "squat")
    assert not maybe(on_a_chair(), "sit-to-stand")


@pytest.mark.parametrize("movement", ["squat", "sit-to-stand"])
def test_jumps_said_to_be_another_movement_have_no_number(movement: str) -> None:
    found = analysed(jumps(60.0, noise_px=0.5), movement)
    assert found.doubt.startswith("this looks like jump (both feet leave the ground together, 2 times)")
    assert not found.trial.counted("both")
    assert all(np.isnan(row.mean) for row in found.summary)


@pytest.mark.parametrize("movement", ["squat", "jump", "sit-to-stand"])
def test_of_legs_that_stand_still_nobody_says_how_they_go(movement: str) -> None:
    zeros = np.zeros(len(CHAIR_S))
    swing = 60 - 60 * np.cos(2 * np.pi * CHAIR_S / 2.0)
    pose = pictured(side_body(thigh_deg=zeros, shank_deg=zeros, trunk_deg=zeros, arm_deg=swing), CHAIR_S, noise_px=1.5)
    found = analysed(pose, movement)
    assert not found.trial.counted("both")
    assert not found.doubt


def test_a_foot_that_goes_to_and_fro_is_on_no_pedal() -> None:
    # A jog on a treadmill: the foot goes back 0.5 m on the ground, for 0.38 of the stride, and forwards 0.3 m higher.
    time_s = times(10.0, 60.0)
    share = (0.95 * time_s) % 1.0
    back, swing = share / 0.38, (share - 0.38) / 0.62
    ahead_m = np.where(share < 0.38, 0.25 - 0.5 * back, -0.25 * np.cos(np.pi * swing))
    high_m = np.where(share < 0.38, 0.0, 0.3 * np.sin(np.pi * swing))
    zeros = np.zeros(len(time_s))
    body = side_body(
        thigh_deg=zeros, shank_deg=zeros, trunk_deg=zeros, ankle_m=np.stack([ahead_m, 0.08 + high_m], axis=1)
    )
    # Hips that stay, as on a treadmill.
    body["mid_hip"] = body["left_hip"] = body["right_hip"] = np.stack([zeros, zeros + 0.93], axis=1)
    found = analysed(pictured(body, time_s, noise_px=1.0), "cycling")
    assert not found.trial.counted("both")
    assert MOVEMENTS["cycling"].find(found.trial).warnings == ("the feet do not go round as on pedals",)


def test_a_hop_at_the_end_makes_squats_no_jumps() -> None:
    share = bumps(TIME_S, STARTS_S, **TEMPO)
    after_s = TIME_S - 16.4
    hop_m = np.where((after_s > 0) & (after_s < 0.3), 9.81 / 2 * after_s * (0.3 - after_s), 0.0)
    body = side_body(
        thigh_deg=80 * share, shank_deg=30 * share, trunk_deg=40 * share,
        ankle_m=np.stack([0 * hop_m, 0.08 + hop_m], axis=1),
    )  # fmt: skip
    found = analysed(pictured(body, TIME_S, noise_px=1.0))
    assert not found.doubt
    assert len(found.trial.counted("both")) == 4


def test_what_the_network_is_off_is_not_known_of_a_camera_that_sees_it_otherwise(tmp_path: Path) -> None:
    """It was measured square from the side: angles askew have no bound, though times do; a wrong view has none."""

    def bounds(pose: PoseSequence, facing: str = "auto") -> dict[str, bool]:
        found = analyze_movement(
            pose, movement="squat", runner=Runner(height_m=HEIGHT_M, facing=facing), settings=Settings(),  # type: ignore[arg-type]
            network="runner",
        )  # fmt: skip
        return {row.metric: bool(np.isfinite(row.network_error)) for row in found.summary if np.isfinite(row.mean)}

    pose = side_squats(noise_px=1.0)
    assert all(bounds(pose).values())
    xy = pose.xy.copy()
    xy[:, pose.skeleton.index("left_knee"), 0] = xy[:, pose.skeleton.index("left_hip"), 0]
    askew = bounds(replace(pose, xy=xy))
    assert {name for name, known in askew.items() if known} == {
        "squat_time", "squat_down_time", "squat_hold_time", "squat_up_time",
    }  # fmt: skip
    # Somebody half turned to the camera: no contradiction, and no side view.
    xy = pose.xy.copy()
    for side, way in (("left", 1), ("right", -1)):
        for point in ("hip", "shoulder"):
            xy[:, pose.skeleton.index(f"{side}_{point}"), 0] += 0.10 * way * PX_PER_M
        for point in ("heel", "big_toe", "small_toe"):
            ankle = xy[:, pose.skeleton.index(f"{side}_ankle"), 0]
            xy[:, pose.skeleton.index(f"{side}_{point}"), 0] = ankle + 0.6 * (
                xy[:, pose.skeleton.index(f"{side}_{point}"), 0] - ankle
            )
    turned = replace(pose, xy=xy)
    assert view_of_feet(turned).view == "front"
    assert not analysed(turned).doubt
    assert not bounds(turned)["squat_depth"]
    session = gaitlab.analyze(
        keypoints=keypoint_file(tmp_path / "turned.csv", turned),
        output=tmp_path / "turned",
        movement="squat",
        view="side",
    )
    unclear = "from where the camera sees the person is not clear (most like the front"
    assert [one[: len(unclear)] for one in session.warnings].count(unclear) == 1
    wrong = bounds(pose, "left")
    assert wrong
    assert not any(wrong.values())


@pytest.mark.parametrize("movement", ["squat", "jump", "sit-to-stand", "any"])
def test_a_film_from_the_side_said_to_be_one_from_the_front(movement: str) -> None:
    pose = {"jump": jumps(60.0, noise_px=1.0), "sit-to-stand": on_a_chair()}.get(movement, side_squats(noise_px=1.0))
    for view in ("front", "rear"):
        found = analysed(pose, movement, view)  # type: ignore[arg-type]
        assert found.doubt.startswith("this looks like a film from the side (")
        assert found.doubt.endswith("the view must be entered: side")
    assert not analysed(pose, movement).doubt


def test_a_film_from_the_front_is_one() -> None:
    share = bumps(TIME_S, STARTS_S, **TEMPO)
    pose = pictured(front_body(0.84 - 0.4 * share), TIME_S, rightwards=-1, noise_px=1.0)
    assert not analysed(pose, "squat", "front").doubt
    assert analysed(pose, "squat", "side").doubt.endswith("the view must be entered: front")


def test_a_camera_between_front_and_side_is_told_by_knees_that_go_the_same_way() -> None:
    share = bumps(TIME_S, STARTS_S, **TEMPO)
    straight = front_body(0.84 - 0.4 * share, knees_in_m=0.06 * share)
    assert not any(
        "askew" in one for one in analysed(pictured(straight, TIME_S, rightwards=-1), "squat", "front").warnings
    )
    # Knees that go ahead are seen to go to one side, 0.5 of it at 30 degrees off.
    oblique = {
        name: points + np.stack([0.15 * share, 0 * share], axis=1) if "knee" in name else points
        for name, points in front_body(0.84 - 0.4 * share).items()
    }
    found = analysed(pictured(oblique, TIME_S, rightwards=-1), "squat", "front")
    ways = r"the left knee is seen \d+° (in|out)wards and the right one \d+° (?!\1)(in|out)wards: the camera "
    assert any(re.match(ways, one) for one in found.warnings)


@pytest.mark.parametrize(("start_s", "counted"), [(0.5, 4), (1.05, 4), (1.4, 3), (1.6, 3)])
def test_a_squat_that_had_begun_is_not_measured(start_s: float, counted: int) -> None:
    # 1.0 s down from 1.0 s on: after 0.4 s an eighth of the hips' way is behind, after 0.6 s almost half.
    found = analysed(part(side_squats(noise_px=1.0), start_s))
    assert [one.accepted for one in found.trial.repetitions] == [counted == 4, True, True, True]
    assert means(found)["squat_down_time", "both"] == pytest.approx(WHOLE_DOWN_S, abs=0.015)


def test_a_squat_that_is_not_over_is_not_measured() -> None:
    # 1.4 s up from 14.4 s on: after 0.9 s 72 % of the way is behind.
    found = analysed(part(side_squats(noise_px=1.0), 0.0, 15.3))
    assert [one.accepted for one in found.trial.repetitions] == [True, True, True, False]


def test_five_of_six_stands_are_no_five() -> None:
    time_s = times(28.0, 30.0)
    pose = pictured(chair(time_s, [*RISES_S, 21.0]), time_s, noise_px=1.0)
    assert means(analysed(pose, "sit-to-stand"))["five_times_sit_to_stand", "both"] == pytest.approx(16.8, abs=0.2)
    xy = pose.xy.copy()
    xy[(time_s > 8.9) & (time_s < 12.4)] = np.nan  # the third stand
    lost = analysed(replace(pose, xy=xy), "sit-to-stand")
    assert len(lost.trial.counted("both")) >= 5 - 1
    assert np.isnan(means(lost)["five_times_sit_to_stand", "both"])


@pytest.mark.parametrize(("factor", "told"), [(1.0, False), (2.0, True)])
def test_jumps_in_slow_motion_are_told_without_a_height(factor: float, told: bool) -> None:
    # Low ones: of higher ones the top lasts so long that it is taken for a box, and they are not counted.
    pose = in_slow_motion(jumps(240.0, throws=((1.5, 0.27), (4.0, 0.27)), noise_px=1.0), factor)
    found = analyze_movement(pose, movement="jump", runner=Runner(), settings=Settings(), view="side")
    sentences = [one for one in found.warnings if "legs of" in one]
    assert bool(sentences) == told
    if told:
        # A leg of 0.85 m, times the factor squared.
        assert sentences[0].startswith("the flight times would fit legs of 3.")
    of_known_height = analyze_movement(
        pose, movement="jump", runner=Runner(height_m=HEIGHT_M), settings=Settings(), view="side"
    )
    assert any("legs of" in one for one in of_known_height.warnings) == told
    for one in (found, of_known_height):
        assert [repetition.accepted for repetition in one.trial.repetitions] == [not told] * 2
        assert np.isnan(means(one)["jump_height", "both"]) == told
