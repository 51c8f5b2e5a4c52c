"""Angles of the whole body: what a camera in front can tell of a knee, and what it cannot."""

from __future__ import annotations

import numpy as np
import pytest

from gaitlab.core.pose import PoseSequence
from gaitlab.core.skeleton import SKELETONS
from gaitlab.kinematics.body import body_angles

SKELETON = SKELETONS["body_25"]


def seen_from_the_front(thigh_px: list[float], knee_in_px: float) -> PoseSequence:
    """Somebody whose left thigh is seen at other lengths, with the left knee inside the line from hip to ankle.

    The person's left is on image-right; both hips lie 100 px above the standing knees.
    """
    xy = np.zeros((len(thigh_px), len(SKELETON), 2))
    for frame, length in enumerate(thigh_px):
        for side, x in (("left", 120.0), ("right", 80.0)):
            inwards = knee_in_px * (-1 if side == "left" else 1)
            for name, at in (
                ("hip", (x, 0.0)), ("knee", (x + inwards, length)), ("ankle", (x, length + 100.0)),
            ):  # fmt: skip
                xy[frame, SKELETON.index(f"{side}_{name}")] = at
        xy[frame, SKELETON.index("mid_hip")] = (100.0, 0.0)
        xy[frame, SKELETON.index("neck")] = (100.0, -120.0)
    return PoseSequence(xy, np.ones(xy.shape[:2]), np.arange(len(thigh_px)) / 30, SKELETON)


def test_a_thigh_that_points_at_the_camera_tells_nothing_of_the_knee() -> None:
    pose = seen_from_the_front([100.0] * 20 + [80.0, 60.0, 20.0], knee_in_px=10.0)
    values = body_angles(pose, view="front", forward=-1, leg_px=200.0).values_deg
    for side in ("left", "right"):
        angle = values[f"{side}_knee_projection_deg"]
        assert angle[0] == pytest.approx(2 * np.degrees(np.arctan(0.1)))  # inwards is positive on both sides
        assert angle[20] == pytest.approx(np.degrees(np.arctan(10 / 80) + np.arctan(0.1)))
        assert np.isnan(angle[21:]).all()
