"""Where somebody will be in the next frame: legs go on by their own courses, whatever a network calls them."""

from __future__ import annotations

import numpy as np
import pytest

from gaitlab.core.skeleton import SKELETONS
from gaitlab.pose.body import Body
from gaitlab.pose.track import Track
from tests.pose.synthetic import standing

COCO = SKELETONS["coco_18"]
LEGS = [[COCO.index(f"{side}_{joint}") for joint in ("knee", "ankle")] for side in ("left", "right")]
FPS = 30.0
STEP_PX = 6.0


def _course(frame: int) -> np.ndarray:
    """A body whose left leg goes forward and whose right leg goes back, 6 px a frame; they pass in frame 10."""
    xy = standing(300.0, 100, 400)
    xy[LEGS[0], 0] = 300 + STEP_PX * (frame - 10)
    xy[LEGS[1], 0] = 300 - STEP_PX * (frame - 10)
    return xy


def _guess(named_otherwise: range, *, last: int) -> np.ndarray:
    """What is guessed for the frame after ``last``, when the legs had each other's names in some frames."""
    track = Track(0, COCO)
    for frame in range(last + 1):
        xy = _course(frame)
        if frame in named_otherwise:
            xy[LEGS[0] + LEGS[1]] = xy[LEGS[1] + LEGS[0]]
        track.add(frame, frame / FPS, Body(xy, np.full(len(COCO), 0.9)))
    return track.guess((last + 1) / FPS).xy


@pytest.mark.parametrize("named_otherwise", [range(0), range(5, 6), range(12, 15), range(9, 12)])
@pytest.mark.parametrize("last", [14, 15])
def test_names_exchanged_for_a_moment_do_not_turn_the_legs(named_otherwise: range, last: int) -> None:
    """A velocity taken across an exchange would throw the feet out by their distance, 48 px and more."""
    np.testing.assert_allclose(_guess(named_otherwise, last=last), _course(last + 1), atol=1e-9)


def test_names_that_stay_exchanged_are_believed() -> None:
    """After most of half a second of other names the guess has them too, and each leg still its course."""
    turned = _course(26)
    turned[LEGS[0] + LEGS[1]] = turned[LEGS[1] + LEGS[0]]
    np.testing.assert_allclose(_guess(range(14, 40), last=25), turned, atol=1e-9)
    np.testing.assert_allclose(_guess(range(14, 40), last=16), _course(17), atol=1e-9)


def test_after_a_gap_the_body_moves_on_as_a_whole() -> None:
    track = Track(0, COCO)
    for frame in (0, 1, 2):
        track.add(frame, frame / FPS, Body(_course(frame), np.full(len(COCO), 0.9)))
    np.testing.assert_allclose(track.guess(2 / FPS + 0.3).xy, _course(2), atol=1e-9)
