"""The ground beside a runner before whom the camera is carried along: it goes back, and the sky does not."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from gaitlab.core.pose import PoseSequence
from gaitlab.core.skeleton import SKELETONS
from gaitlab.io.video.reader import Frame
from gaitlab.scene.background import Background
from gaitlab.scene.ground import ground_step
from gaitlab.scene.motion import CameraMotion, on_ground
from tests.scene.test_background import FPS, HEIGHT, WIDTH, texture

BOX = np.array([280.0, 100.0, 360.0, 300.0])


def pictures(step_px: float, count: int, *, belt: bool = False) -> list[np.ndarray]:
    """A far view that stays, and ground below row 220 that goes by ``step_px`` a picture; a ``belt`` is narrow."""
    far, near = texture(1, width=WIDTH, height=HEIGHT), texture(5, width=4 * WIDTH, height=HEIGHT)
    shown = []
    for number in range(count):
        picture = far.copy()
        shift = np.array([[1.0, 0.0, number * step_px - 2 * WIDTH], [0.0, 1.0, 0.0]])
        moved = cv2.warpAffine(near, shift, (WIDTH, HEIGHT))
        rows = slice(288, 306) if belt else slice(220, HEIGHT)
        picture[rows] = moved[rows]
        shown.append(picture)
    return shown


def watched(shown: list[np.ndarray]) -> CameraMotion:
    background = Background(width=WIDTH, height=HEIGHT)
    for number, picture in enumerate(shown):
        background.see(Frame(number / FPS, picture), BOX)
    return background.motion()


@pytest.mark.parametrize("step_px", [-14.0, 5.0])
def test_the_step_of_the_ground_is_found_with_its_sign(step_px: float) -> None:
    first, second = (picture[:, :, 1] for picture in pictures(step_px, 2))
    assert ground_step(first.copy(), second.copy(), BOX).along_px == pytest.approx(step_px, abs=0.3)


def test_a_belt_in_its_frame_is_no_ground() -> None:
    first, second = (picture[:, :, 1].copy() for picture in pictures(-9.0, 2, belt=True))
    along_px = ground_step(first, second, BOX).along_px
    assert np.isnan(along_px) or abs(along_px) < 0.3


def test_a_runner_before_a_carried_camera_goes_over_the_ground() -> None:
    motion = watched(pictures(-8.0, 60))
    assert motion.camera == "moving"
    skeleton = SKELETONS["blazepose_33"]
    xy = np.full((60, len(skeleton), 2), 300.0)  # who stays in the middle of the picture
    ground = on_ground(PoseSequence(xy, np.ones(xy.shape[:2]), np.arange(60) / FPS, skeleton), motion)
    way_px = ground.xy[:, 0, 0] - ground.xy[0, 0, 0]
    # The ground goes to the left, so they go to the right over it, 8 px a picture.
    np.testing.assert_allclose(way_px, 8.0 * np.arange(60), atol=8.0)
    # It is not known better than the way was found.
    off_px = np.abs(way_px - 8.0 * np.arange(60))
    assert (motion.ground_drift_px >= motion.drift_px).all()
    assert off_px.max() <= 8.0 + 3 * motion.ground_drift_px[-1]
    part = motion.part(np.arange(60) % 2 == 0, np.arange(30) / 15)
    assert part.carried_px[-1] == pytest.approx(-16.0 * 29, abs=10.0)


def test_nothing_is_carried_where_all_stands_or_the_ground_is_not_seen() -> None:
    assert not watched(pictures(0.0, 40)).carried_px.any()
    plain = [np.where(np.arange(HEIGHT)[:, None, None] < 220, picture, np.uint8(90)) for picture in pictures(-8.0, 40)]
    assert not watched(plain).carried_px.any()
