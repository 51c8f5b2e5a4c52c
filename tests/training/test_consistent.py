"""What a network says again and again, by hand."""

from __future__ import annotations

import numpy as np
import pytest

from training.consistent import agreed, usual_length
from training.photographs import SKELETON

LEG = [SKELETON.index(f"left_{name}") for name in ("hip", "knee", "ankle", "heel", "big_toe")]
OTHER = [SKELETON.index(f"right_{name}") for name in ("hip", "knee", "ankle", "heel", "big_toe")]


def legs_that_walk_away(frames: int) -> np.ndarray:
    """Both legs with limbs of 100, 90, 30 and 40 px, going to the right by 5 px a frame."""
    xy = np.full((frames, len(SKELETON), 2), np.nan)
    chain = np.array([[0, 0], [0, 100], [0, 190], [0, 220], [40, 220]], dtype=float)
    for leg, x in ((LEG, 0.0), (OTHER, 60.0)):
        xy[:, leg] = chain + [x, 0] + 5.0 * np.arange(frames)[:, None, None] * [1, 0]
    return xy


def test_both_ends_of_a_limb_of_another_length_are_doubted() -> None:
    xy = legs_that_walk_away(9)
    assert usual_length(xy)[:, LEG + OTHER].all()
    xy[4, LEG[1]] += [0, 15]  # the thigh is 15 % too long, and the shank 17 % too short
    xy[6, OTHER[4]] += [4, 0]  # a tenth of a foot
    usual = usual_length(xy)
    assert usual[4, LEG].tolist() == [False, False, False, True, True]
    assert usual[4, OTHER].all()
    assert usual[[0, 1, 2, 3, 5, 6, 7, 8]][:, LEG + OTHER].all()


def test_a_point_that_was_not_found_is_not_kept() -> None:
    xy = legs_that_walk_away(5)
    xy[2, LEG[1]] = np.nan
    assert usual_length(xy)[2, LEG].tolist() == [False, False, False, True, True]
    assert not usual_length(xy)[:, SKELETON.index("nose")].any()


def test_one_answer_that_is_elsewhere_keeps_a_point_out() -> None:
    looks = np.array([[[0, 0], [10, 10]], [[2, 0], [10, 10]], [[1, 0], [30, 10]]], dtype=float)
    middle, same = agreed(looks, same_px=1.5)
    assert middle[0] == pytest.approx([1, 0])
    assert same.tolist() == [True, False]
