"""A hidden face is hidden in every frame, also where nobody saw the head."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from gaitlab.core.errors import InputError
from gaitlab.core.pose import PoseSequence
from gaitlab.core.skeleton import Skeleton
from gaitlab.io.video.faces import face_circles, hide_face

BODY = Skeleton("body", ("nose", "left_ear", "neck", "mid_hip"))


def runner(frames: int = 5) -> PoseSequence:
    """Head 30 px above the neck, trunk 100 px; 10 px to the right from frame to frame."""
    points = np.array([[104.0, 70.0], [96.0, 70.0], [100.0, 100.0], [100.0, 200.0]])
    xy = points + np.arange(frames)[:, None, None] * np.array([10.0, 0.0])
    return PoseSequence(xy, np.ones(xy.shape[:2]), np.arange(frames) / 25, BODY)


def without(pose: PoseSequence, frame: int, *names: str) -> PoseSequence:
    xy = np.array(pose.xy)
    for name in names:
        xy[frame, BODY.index(name)] = np.nan
    return PoseSequence(xy, pose.score, pose.time_s, BODY)


def test_the_circle_lies_over_the_head_and_holds_all_its_points() -> None:
    circles = face_circles(runner())
    assert circles[0, :2] == pytest.approx([100.0, 70.0])
    assert circles[3, :2] == pytest.approx([130.0, 70.0])
    assert (np.hypot(*(runner().xy[0, :2] - circles[0, :2]).T) < circles[0, 2]).all()


def test_a_head_that_was_not_seen_is_hidden_above_the_neck_or_between_its_neighbours() -> None:
    above = face_circles(without(runner(), 2, "nose", "left_ear"))
    assert above[2, 0] == pytest.approx(120.0)
    assert above[2, 1] == pytest.approx(100 - 36)
    between = face_circles(without(runner(), 2, "nose", "left_ear", "neck"))
    assert between[2] == pytest.approx(face_circles(runner())[2])
    assert np.isfinite(face_circles(without(runner(), 0, *BODY.names))).all()


def test_somebody_who_comes_in_and_goes_out_is_hidden_before_and_after_they_are_found() -> None:
    """2.5 trunks a second; a head that is nowhere found keeps within its circle, which one that stayed would not do."""
    cut = runner(30)
    for frame in (*range(8), *range(22, 30)):
        cut = without(cut, frame, *BODY.names)
    circles, whole = face_circles(cut), face_circles(runner(30))
    assert circles[:, :2] == pytest.approx(whole[:, :2])
    assert circles[8:22] == pytest.approx(whole[8:22])
    assert circles[0, 2] == pytest.approx(45.0 + 0.5 * 80.0)
    # Who runs on a belt stays.
    slow = replace(cut, xy=cut.xy - np.arange(30)[:, None, None] * np.array([9.0, 0.0]))
    assert face_circles(slow)[0] == pytest.approx(face_circles(slow)[8])


def test_without_any_trunk_it_refuses_rather_than_shows() -> None:
    pose = runner(1)
    with pytest.raises(InputError, match="cannot hide the face"):
        face_circles(without(pose, 0, "neck"))


def test_nothing_of_the_face_is_left_and_nothing_else_is_touched() -> None:
    rng = np.random.default_rng(1)
    before = rng.integers(0, 256, (120, 160, 3), dtype=np.uint8)
    image = before.copy()
    hide_face(image, np.array([80.0, 60.0, 30.0]))
    rows, columns = np.ogrid[:120, :160]
    inside = (columns - 80) ** 2 + (rows - 60) ** 2 <= 30**2
    assert np.array_equal(image[~inside], before[~inside])
    # A mosaic of five by five cells: hardly any of the noise is left.
    assert len(np.unique(image[inside], axis=0)) <= 25
    assert float(image[inside].std()) < 0.25 * float(before[inside].std())


def test_a_face_at_the_edge_or_outside_the_picture_does_no_harm() -> None:
    image = np.full((40, 40, 3), 7, dtype=np.uint8)
    for circle in ([-5.0, 5.0, 20.0], [45.0, 45.0, 10.0], [500.0, 500.0, 10.0], [39.5, 0.0, 1.0]):
        hide_face(image, np.array(circle))
    assert (image == 7).all()
