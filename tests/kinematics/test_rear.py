"""Rear-view angles by hand: every sign with a picture of its own, and what must not change them."""

from __future__ import annotations

import numpy as np
import pytest

from gaitlab.core.gait import BOTH_SIDES, Contact
from gaitlab.core.pose import PoseSequence
from gaitlab.core.skeleton import SKELETONS, Skeleton
from gaitlab.kinematics.rear import frontal_angles, rearfoot_source

BODY = SKELETONS["runner_31"]
TAN10 = np.tan(np.radians(10))
# A runner from behind standing straight, px, image x right and y down: the left side is on image-left.
STRAIGHT = {
    "neck": (0, 0), "mid_hip": (0, 100), "hip": (20, 100), "knee": (20, 200), "ankle": (20, 300), "heel": (20, 330),
    "heel_top": (20, 310), "calf_bottom": (20, 270), "calf_top": (20, 230), "big_toe": (20, 335),
}  # fmt: skip


def standing(skeleton: Skeleton = BODY, frames: int = 3, **moved: tuple[float, float]) -> PoseSequence:
    """The straight runner with some points moved by (x, y) px."""
    xy = np.full((frames, len(skeleton), 2), np.nan)
    for i, name in enumerate(skeleton.names):
        side, _, point = name.partition("_")
        if name in STRAIGHT:
            xy[:, i] = STRAIGHT[name]
        elif side in BOTH_SIDES and point in STRAIGHT:
            x, y = STRAIGHT[point]
            xy[:, i] = (x if side == "right" else -x, y)
        xy[:, i] += moved.get(name, (0.0, 0.0))
    return PoseSequence(xy, np.ones(xy.shape[:2]), np.arange(frames) / 100, skeleton)


def angle(name: str, pose: PoseSequence, source: str = "four points") -> float:
    return float(frontal_angles(pose, (), source=source).values_deg[name][1])


def test_a_straight_runner_has_no_angle() -> None:
    pose = standing()
    for name, values in frontal_angles(pose, (), source="four points").values_deg.items():
        if name not in ("pelvic_drop_deg", "trunk_side_lean_deg"):
            assert values == pytest.approx(0.0), name


def test_the_pelvis_drops_to_the_swing_side() -> None:
    pose = standing(left_hip=(0, 40 * TAN10))  # the left hip 10 degrees lower in the picture, the hips 40 px apart
    assert angle("right_pelvic_drop_deg", pose) == pytest.approx(10)
    assert angle("left_pelvic_drop_deg", pose) == pytest.approx(-10)


@pytest.mark.parametrize(("side", "inward"), [("left", 1.0), ("right", -1.0)])
def test_a_knee_that_falls_inward(side: str, inward: float) -> None:
    pose = standing(**{f"{side}_knee": (inward * 100 * TAN10, 0)})
    assert angle(f"{side}_hip_adduction_deg", pose) == pytest.approx(10)
    # Thigh and shank, 100 px each, lean by 10 degrees against each other's direction.
    assert angle(f"{side}_knee_projection_deg", pose) == pytest.approx(20)


def test_hip_adduction_is_pelvic_drop_and_thigh_together() -> None:
    pose = standing(left_hip=(0, 40 * TAN10), right_knee=(-100 * TAN10, 0))
    assert angle("right_hip_adduction_deg", pose) == pytest.approx(20)


@pytest.mark.parametrize(("side", "inward"), [("left", 1.0), ("right", -1.0)])
def test_a_heel_that_rolls_inward_is_everted(side: str, inward: float) -> None:
    # The top of the heel, 20 px above its bottom, moves inward: the sole turns outward, eversion.
    pose = standing(**{f"{side}_heel_top": (inward * 20 * TAN10, 0)})
    assert angle(f"{side}_rearfoot_deg", pose) == pytest.approx(10)
    # A shank whose top leans inward by the same takes it away again.
    leaning = standing(**{f"{side}_heel_top": (inward * 20 * TAN10, 0), f"{side}_calf_top": (inward * 40 * TAN10, 0)})
    assert angle(f"{side}_rearfoot_deg", leaning) == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize(("side", "inward"), [("left", 1.0), ("right", -1.0)])
def test_the_proxy_reads_heel_ankle_and_knee(side: str, inward: float) -> None:
    pose = standing(**{f"{side}_heel": (-inward * 30 * TAN10, 0)})  # the heel 30 px under the ankle, outward of it
    assert angle(f"{side}_rearfoot_deg", pose, "proxy") == pytest.approx(10)


@pytest.mark.parametrize(("side", "inward"), [("left", 1.0), ("right", -1.0)])
def test_the_heel_line_turns_inward(side: str, inward: float) -> None:
    pose = standing(**{f"{side}_big_toe": (-inward * 5 * TAN10, 0)})
    assert angle(f"{side}_heel_line_deg", pose) == pytest.approx(10)


def test_the_trunk_leans_to_the_stance_side() -> None:
    pose = standing(neck=(100 * TAN10, 0))  # to the runner's right
    assert angle("right_trunk_side_lean_deg", pose) == pytest.approx(10)
    assert angle("left_trunk_side_lean_deg", pose) == pytest.approx(-10)


def test_columns_without_a_side_belong_to_the_foot_on_the_ground() -> None:
    pose = standing(frames=60, left_hip=(0, 40 * TAN10), neck=(100 * TAN10, 0))
    contacts = (Contact("right", 0.10, 0.20, 0.0, 0.0), Contact("left", 0.30, 0.40, 0.0, 0.0))
    values = frontal_angles(pose, contacts, source="").values_deg
    assert values["pelvic_drop_deg"][[15, 35]] == pytest.approx([10, -10])
    assert values["trunk_side_lean_deg"][[15, 35]] == pytest.approx([10, -10])
    assert np.isnan(values["pelvic_drop_deg"][[5, 25, 50]]).all()
    assert np.isnan(values["left_rearfoot_deg"]).all()


def crooked() -> PoseSequence:
    """A pose in which every angle is different on both sides."""
    rng = np.random.default_rng(5)
    names = [n for n in BODY.names if n.partition("_")[2] in STRAIGHT or n in STRAIGHT]
    return standing(**{name: tuple(rng.uniform(-4, 4, 2)) for name in names})


def test_moving_and_scaling_the_picture_changes_nothing() -> None:
    pose = crooked()
    elsewhere = PoseSequence(pose.xy * 2.5 + [300, -40], pose.score, pose.time_s, pose.skeleton)
    here, there = (frontal_angles(p, (), source="four points").values_deg for p in (pose, elsewhere))
    for name, values in here.items():
        np.testing.assert_allclose(there[name], values, atol=1e-9)


def test_a_level_turned_by_the_camera_is_turned_back() -> None:
    pose, turn = crooked(), np.radians(6)
    rotation = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])  # falls to image-right
    turned = PoseSequence(pose.xy @ rotation, pose.score, pose.time_s, pose.skeleton)
    straight = frontal_angles(pose, (), source="proxy").values_deg
    back = frontal_angles(turned, (), source="proxy", tilt_deg=6.0).values_deg
    # Pelvic drop divides by the hips' distance without a sign, so it too must come back exactly.
    for name, values in straight.items():
        np.testing.assert_allclose(back[name], values, atol=1e-9)


def test_a_mirrored_runner_swaps_sides() -> None:
    pose = crooked()
    xy = pose.xy[:, BODY.mirrored] * [-1, 1]
    mirrored = frontal_angles(PoseSequence(xy, pose.score, pose.time_s, BODY), (), source="four points").values_deg
    for name, values in frontal_angles(pose, (), source="four points").values_deg.items():
        side, _, rest = name.partition("_")
        if side in BOTH_SIDES:
            swapped = ("right_" if side == "left" else "left_") + rest
            np.testing.assert_allclose(mirrored[swapped], values, atol=1e-9)


def test_the_best_source_both_feet_have() -> None:
    assert rearfoot_source(standing()) == "four points"
    assert rearfoot_source(standing(SKELETONS["body_25"])) == "proxy"
    assert rearfoot_source(standing(SKELETONS["coco_17"])) == ""
    one_sided = standing(right_calf_top=(np.nan, np.nan))
    assert rearfoot_source(one_sided) == "proxy"
