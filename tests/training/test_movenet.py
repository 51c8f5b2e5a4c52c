"""MoveNet beside our networks: where its squares lie in a crop, and who counts as found; by hand."""

from __future__ import annotations

import json

import numpy as np
import pytest

from training.movenet import KEPT, NAMES, SIZES, in_image, is_found, looked_at, square


def test_a_square_goes_round_the_middle_of_a_box_by_hand() -> None:
    """40 wide, 80 high, 1.25 times: 100 px round (30, 60)."""
    assert square(np.array([10.0, 20.0, 50.0, 100.0]), room=1.25) == pytest.approx([-20, 10, 100])


def test_an_answer_is_y_before_x_in_shares_of_the_square() -> None:
    """A quarter down and three quarters across 100 px that begin at (-20, 10): x 55, y 35."""
    points = in_image(np.full((17, 3), (0.25, 0.75, 0.9)), np.array([-20.0, 10.0, 100.0]))
    assert points == pytest.approx(np.full((17, 3), (55.0, 35.0, 0.9)))


def test_a_square_is_seen_in_rgb_and_black_outside() -> None:
    """Two blue pixels of BGR, as high as two: one column of padding on each side where the square is four wide."""
    seen = looked_at(np.full((4, 2, 3), (255, 0, 0), dtype=np.uint8), square(np.array([0.0, 0.0, 2.0, 4.0])), 4)
    assert seen[:, :, 2].tolist() == [[0, 255, 255, 0]] * 4
    assert not seen[:, :, :2].any()


def test_what_is_seen_lies_where_the_answer_says() -> None:
    """The one bright pixel, (5, 2) of 8 by 8, has its middle at 5.5 and 2.5: twice as large it is at 11 and 5 of 16."""
    image = np.zeros((8, 8, 3), dtype=np.uint8)
    image[2, 5] = 255
    seen = looked_at(image, np.array([0.0, 0.0, 8.0]), 16)[:, :, 0].astype(float)
    middle = [(seen.sum(axis=axis) * (np.arange(16) + 0.5)).sum() / seen.sum() for axis in (0, 1)]
    assert middle == pytest.approx([11, 5], abs=0.01)
    answer = np.array([[middle[1] / 16, middle[0] / 16, 1.0]])
    assert in_image(answer, np.array([0.0, 0.0, 8.0]))[0, :2] == pytest.approx([5.5, 2.5], abs=0.01)


def test_found_is_who_is_labelled_with_a_mean_score_above_0_3() -> None:
    box = np.array([0.0, 0.0, 10.0, 20.0])
    corners = np.resize([[0.0, 0.0], [10.0, 20.0]], (17, 2))
    assert is_found(np.column_stack([corners, np.full(17, 0.31)]), box)
    assert not is_found(np.column_stack([corners, np.full(17, 0.29)]), box)
    assert not is_found(np.column_stack([corners + [30, 0], np.full(17, 0.9)]), box)


def test_points_are_coco_s() -> None:
    assert NAMES[:5] == ("nose", "left_eye", "right_eye", "left_ear", "right_ear")
    assert (NAMES[5], NAMES[12], NAMES[16]) == ("left_shoulder", "right_hip", "right_ankle")


@pytest.mark.shared
@pytest.mark.skipif(not KEPT.is_file(), reason="MoveNet has not been asked: python -m training.movenet")
def test_kept_answers_name_every_point_of_every_crop() -> None:
    kept = json.loads(KEPT.read_text(encoding="utf-8"))
    for name in SIZES:
        assert len(kept[name]["told the box"]) == 179
        assert all(set(points) == set(NAMES) for way in kept[name].values() for points in way.values())
        assert 100 < len(kept[name]["found by itself"]) <= 179
