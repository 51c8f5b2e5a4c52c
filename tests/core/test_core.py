from __future__ import annotations

import numpy as np
import pytest

from gaitlab.core.gait import Angles, Contact, GaitEvents
from gaitlab.core.pose import PoseSequence, Step
from gaitlab.core.skeleton import SKELETONS

COCO = SKELETONS["coco_18"]


def sequence(frames: int = 3) -> PoseSequence:
    xy = np.arange(frames * len(COCO) * 2, dtype=float).reshape(frames, len(COCO), 2)
    return PoseSequence(xy, np.ones((frames, len(COCO))), np.arange(frames) / 30, COCO)


def test_types_show_themselves_in_a_line() -> None:
    pose = sequence(60).after(Step("gaps"))
    shown = (
        "<PoseSequence: 60 frames, 0.000 to 1.967 s, 30 fps, 18 keypoints (coco_18), 100% of the points seen, steps: g"
    )
    assert repr(pose) == f"{shown}aps>"
    curve = np.zeros(60)
    assert repr(Angles(pose.time_s, {"trunk_lean_deg": curve})) == (
        "<Angles: 60 frames, 0.000 to 1.967 s, degrees: trunk_lean_deg>"
    )
    contacts = tuple(Contact("left", at, at + 0.3, 0.01, 0.01, accepted=at > 0) for at in (0.0, 0.7, 1.4))
    assert repr(GaitEvents(contacts, "running")) == (
        "<GaitEvents: running, contacts: left 3 (2 accepted), right 0 (0 accepted)>"
    )


def test_arrays_are_copied_and_read_only() -> None:
    xy = np.zeros((2, len(COCO), 2))
    pose = PoseSequence(xy, np.ones((2, len(COCO))), np.array([0.0, 0.1]), COCO)
    xy[:] = 5
    assert not pose.xy.any()
    with pytest.raises(ValueError, match="read-only"):
        pose.xy[0] = 1


@pytest.mark.parametrize(
    ("xy", "score", "time_s", "said"),
    [
        (np.zeros((2, 17, 2)), np.ones((2, 18)), [0, 1], "xy must have the shape"),
        (np.zeros((2, 18, 2)), np.ones((2, 17)), [0, 1], "score must have the shape"),
        (np.zeros((2, 18, 2)), np.ones((2, 18)), [0, 1, 2], "time_s must have the shape"),
        (np.zeros((2, 18, 2)), np.ones((2, 18)), [1, 1], "time_s must rise"),
    ],
)
def test_wrong_shapes_are_refused(xy, score, time_s, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        PoseSequence(xy, score, time_s, COCO)


def test_the_middle_of_the_hips_stands_in_for_a_missing_point() -> None:
    pose = sequence()
    expected = (pose.point("left_hip") + pose.point("right_hip")) / 2
    np.testing.assert_array_equal(pose.point("mid_hip"), expected)
    assert np.isnan(pose.point("left_heel")).all()
    assert not pose.seen("left_heel")


def test_frame_rate_is_never_rounded() -> None:
    pose = PoseSequence(np.zeros((4, 18, 2)), np.ones((4, 18)), np.arange(4) * 1001 / 30000, COCO)
    assert pose.fps == pytest.approx(29.97002997)


def test_history_grows_and_the_old_sequence_stays() -> None:
    pose = sequence()
    moved = pose.after(Step("moved", {"by_px": 1}), xy=pose.xy + 1)
    assert [step.name for step in moved.history] == ["moved"]
    assert pose.history == ()
    assert moved.xy[0, 0, 0] == pose.xy[0, 0, 0] + 1


def test_skeletons_know_sides_and_feet() -> None:
    assert SKELETONS["body_25"].has_feet
    assert not COCO.has_feet
    left, right = COCO.pairs[0]
    assert COCO.names[left][5:] == COCO.names[right][6:]
    assert (COCO.mirrored[left], COCO.mirrored[right], COCO.mirrored[0]) == (right, left, 0)
    # The order of the published tables.
    assert COCO.names[8:11] == ("right_hip", "right_knee", "right_ankle")
    assert SKELETONS["body_25"].names[19:25] == (
        "left_big_toe", "left_small_toe", "left_heel", "right_big_toe", "right_small_toe", "right_heel",
    )  # fmt: skip
    assert SKELETONS["halpe_26"].names[24:] == ("left_heel", "right_heel")
    assert SKELETONS["blazepose_33"].names[29:] == ("left_heel", "right_heel", "left_big_toe", "right_big_toe")
