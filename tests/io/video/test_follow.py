"""The window that follows a small runner: never out of the picture, calm, and points stay where they are seen."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from gaitlab.core.pose import PoseSequence
from gaitlab.core.skeleton import Skeleton
from gaitlab.io.video.annotate import frame_shown
from gaitlab.io.video.drawing import draw_caption
from gaitlab.io.video.follow import follow_window, height_share

BODY = Skeleton("body", ("nose", "left_big_toe"))
WIDTH, HEIGHT, FPS = 1280, 720, 30


def runner(x_px: np.ndarray, *, top: float = 300.0, tall: float = 160.0) -> PoseSequence:
    bob = 8 * np.sin(2 * np.pi * np.arange(len(x_px)) / (0.35 * FPS))
    xy = np.stack([np.stack([x_px, top + bob], 1), np.stack([x_px, top + tall + bob], 1)], 1)
    return PoseSequence(xy, np.ones(xy.shape[:2]), np.arange(len(x_px)) / FPS, BODY)


def test_a_runner_across_the_picture_stays_in_the_middle_until_the_edge() -> None:
    pose = runner(np.linspace(30, 1250, 120))
    assert height_share(pose, height=HEIGHT) == pytest.approx(160 / 720)
    window = follow_window(pose, width=WIDTH, height=HEIGHT)
    assert window is not None
    wide, high = window.width / window.zoom, window.height / window.zoom
    assert (window.left_px >= 0).all()
    assert (window.left_px + wide <= WIDTH + 1e-6).all()
    assert (window.top_px >= 0).all()
    assert (window.top_px + high <= HEIGHT + 1e-6).all()
    middle = window.moved(pose.xy[60], 60).mean(axis=0)
    assert middle[0] == pytest.approx(window.width / 2, abs=2)
    # The body is 16 px up and down in every step; the window hardly moves.
    assert np.ptp(window.top_px) < 2
    assert window.width % 2 == window.height % 2 == 0


def test_what_the_window_shows_lies_where_its_points_do() -> None:
    pose = runner(np.full(40, 400.0))
    window = follow_window(pose, width=WIDTH, height=HEIGHT)
    assert window is not None
    image = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    cv2.circle(image, (400, 380), 4, (255, 255, 255), -1)
    shown = window.cut(image, 20)
    assert shown.shape == (window.height, window.width, 3)
    rows, columns = np.nonzero(shown[..., 0] > 127)
    assert (columns.mean(), rows.mean()) == pytest.approx(window.moved(np.array([400.0, 380.0]), 20), abs=1)


def test_a_large_runner_or_none_needs_no_window() -> None:
    assert follow_window(runner(np.full(40, 400.0), top=20, tall=680), width=WIDTH, height=HEIGHT) is None
    nobody = PoseSequence(np.full((3, 2, 2), np.nan), np.zeros((3, 2)), np.arange(3) / FPS, BODY)
    assert follow_window(nobody, width=WIDTH, height=HEIGHT) is None
    assert np.isnan(height_share(nobody, height=HEIGHT))


def test_the_nearest_time() -> None:
    times_s = np.array([0.0, 0.1, 0.2])
    assert [frame_shown(times_s, t, fps=10.0) for t in (-1, 0.04, 0.06, 0.2, 9)] == [0, 0, 1, 2, 2]


@pytest.mark.parametrize(("width", "height"), [(1080, 1920), (1280, 720), (640, 720)])
def test_captions_can_be_read_on_a_phone_and_on_white(width: int, height: int) -> None:
    """Shown 390 points wide: a plate of 12 or more, white on less than a third of the ground's light."""
    image = np.full((height, width, 3), 255, np.uint8)
    draw_caption(image, "left knee  45 deg", 0, colour=(178, 114, 0))
    plate = image[..., 2] < 100
    rows = np.flatnonzero(plate.sum(axis=1) > 20)
    assert np.ptp(rows) * 390 / width >= 12
    assert (image[rows[0] : rows[-1], : width // 2] == 255).all(axis=2).any()
