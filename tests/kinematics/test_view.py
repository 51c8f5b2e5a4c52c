"""From where somebody is filmed who takes no step: told by the feet, from the side, the front and in between."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from gaitlab.analysis.claims import contradiction
from gaitlab.core.pose import PoseSequence
from gaitlab.core.skeleton import SKELETONS
from gaitlab.kinematics.view import view_of, view_of_feet
from tools.synthetic.movements.make import make_movement
from tools.synthetic.movements.points import NAMES, camera_for

BODY_25 = SKELETONS["body_25"]
FPS = 10.0


def filmed(kind: str, seen_from: str, off_deg: float, *, seed: int = 0, **style: object) -> PoseSequence:
    """Return rendered keypoints by a camera that stands so far off the side or the front."""
    movement = make_movement(kind, seed=seed, **style)
    time_s = np.arange(int(movement.duration_s * FPS)) / FPS
    points = movement.points_m(time_s)
    xyz = np.stack([points[name] for name in NAMES], axis=1)
    camera = camera_for(movement, view=seen_from, seed=seed, width_px=1280, height_px=720)  # type: ignore[arg-type]
    xy = replace(camera, yaw_deg=off_deg).project(xyz)[:, [NAMES.index(name) for name in BODY_25.names], :2]
    noise = np.random.default_rng(seed).normal(0, 1.5, xy.shape)
    return PoseSequence(xy + noise, np.full(xy.shape[:2], 0.9), time_s, BODY_25)


@pytest.mark.parametrize("kind", ["squat", "sit_to_stand", "lunge"])
@pytest.mark.parametrize("off_deg", [-20.0, 0.0, 20.0])
def test_who_squats_sits_or_lunges_is_seen_from_the_side_and_from_the_front(kind: str, off_deg: float) -> None:
    for seen_from, view in (("right", "side"), ("left", "side"), ("front", "front"), ("behind", "rear")):
        assert view_of_feet(filmed(kind, seen_from, off_deg)).surely(view), seen_from


def test_half_way_nothing_is_sure() -> None:
    for off_deg in (-45.0, 45.0):
        assert view_of_feet(filmed("squat", "front", off_deg)).score < 0.8


def test_a_half_squat_seen_askew_is_no_front_view() -> None:
    """Hips and shoulders are seen a little, and the ankles hardly leave the hips: a stride would tell the front."""
    pose = filmed("squat", "right", -30.0, thighs_deg=(60.0, 55.0))
    assert view_of_feet(pose).view == "side"
    assert not view_of(pose).surely("front")
    surely = replace(view_of_feet(pose), score=1.0)
    assert contradiction(pose, view="side", facing="auto", seen=surely) == ""
    assert "looks like a film from the side" in contradiction(pose, view="front", facing="auto", seen=surely)


def test_without_feet_the_stride_tells() -> None:
    pose = filmed("squat", "front", 0.0)
    feet = [any(part in name for part in ("toe", "heel")) for name in BODY_25.names]
    without = replace(pose, xy=np.where(np.array(feet)[:, None], np.nan, pose.xy))
    assert view_of_feet(without) == view_of(without)
    assert view_of(without).surely("front")
