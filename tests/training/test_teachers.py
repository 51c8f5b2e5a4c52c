"""What two of three machines agree on, by hand."""

from __future__ import annotations

import numpy as np
import pytest

from training.teachers import agreed


def _at(x: float, y: float) -> np.ndarray:
    return np.array([x, y])


def test_the_nearest_two_are_taken_in_their_mean() -> None:
    knees = [{"left_knee": _at(10, 0)}, {"left_knee": _at(12, 0)}, {"left_knee": _at(13, 0)}]
    assert agreed(knees, same_px=5)["left_knee"].tolist() == [12.5, 0]
    assert agreed(knees, same_px=1) == {}
    assert agreed(knees[:1], same_px=5) == {}


def test_hips_are_moved_to_the_joints_and_need_both() -> None:
    """COCO's hips 100 px apart: the joints are 65 apart round the same middle."""
    one = {"left_hip": _at(0, 7), "right_hip": _at(100, 7)}
    points = agreed([one, one], same_px=5)
    assert points["left_hip"] == pytest.approx([17.5, 7])
    assert points["right_hip"] == pytest.approx([82.5, 7])
    assert agreed([one, {"left_hip": _at(0, 7)}], same_px=5) == {}
