"""Pictures of single moments, and the clean clip: the right frames, the right part, the right times."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from gaitlab.core.errors import OutputError
from gaitlab.io.video.clip import clip_size, shrunk
from gaitlab.io.video.reader import Image, open_video
from gaitlab.io.video.stills import Shot, take_stills
from tests.io.video.make import make_video, number_of

TIMES_S = [number / 25 for number in range(28)]
WHOLE = (0, 0, 64, 48)


def decoded(jpeg: bytes) -> np.ndarray:
    return cv2.imdecode(np.frombuffer(jpeg, dtype=np.uint8), cv2.IMREAD_COLOR)


@pytest.fixture
def film(tmp_path: Path) -> Path:
    return make_video(tmp_path / "film.mp4", TIMES_S)


def test_each_still_is_the_frame_of_its_time_whatever_the_order(film: Path) -> None:
    shots = {"late": Shot(20 / 25, WHOLE), "early": Shot(3 / 25, WHOLE), "near": Shot(4 / 25 + 0.015, WHOLE)}
    with open_video(film) as video:
        stills = take_stills(video, shots, quality=100)
    assert {key: number_of(decoded(jpeg)) for key, jpeg in stills.items()} == {"late": 20, "early": 3, "near": 4}


def test_two_moments_may_share_a_frame_and_the_last_frame_is_one_too(film: Path) -> None:
    shots = {"a": Shot(27 / 25, WHOLE), "b": Shot(27 / 25, (0, 24, 64, 48))}
    with open_video(film) as video:
        stills = take_stills(video, shots, quality=100)
    assert set(stills) == {"a", "b"}
    assert decoded(stills["b"]).shape == (24, 64, 3)


def test_moments_far_apart_are_all_taken(tmp_path: Path) -> None:
    film = make_video(tmp_path / "slow.mp4", [number / 2 for number in range(20)])
    shots = {str(number): Shot(number / 2, WHOLE) for number in (0, 9, 19)}
    with open_video(film) as video:
        stills = take_stills(video, shots, quality=100)
    assert {key: number_of(decoded(jpeg)) for key, jpeg in stills.items()} == {"0": 0, "9": 9, "19": 19}


def test_the_box_is_cut_out_and_made_small(film: Path) -> None:
    with open_video(film) as video:
        stills = take_stills(video, {"corner": Shot(0.0, (0, 0, 32, 24))}, max_height_px=12, quality=100)
    picture = decoded(stills["corner"])
    assert picture.shape == (12, 16, 3)
    # The white corner of the whole picture is the left upper half of the box.
    assert picture[:5, :7].mean() > 220
    assert picture[7:, 9:].mean() < 40


def test_a_box_outside_the_picture_is_refused(film: Path) -> None:
    with open_video(film) as video, pytest.raises(OutputError, match="does not lie in a picture of 64x48 px"):
        take_stills(video, {"a": Shot(0.0, (0, 0, 65, 48))})


def test_a_change_reaches_the_still(film: Path) -> None:
    def black(image: Image, time_s: float) -> None:
        image[:] = 0

    with open_video(film) as video:
        stills = take_stills(video, {"a": Shot(20 / 25, WHOLE)}, change=black)
    assert decoded(stills["a"]).max() == 0


def test_a_clip_has_at_most_so_many_lines_and_even_sides() -> None:
    assert clip_size(1920, 1080) == (1280, 720)
    assert clip_size(1080, 1920) == (404, 720)
    assert clip_size(640, 480) == (640, 480)
    assert clip_size(641, 479) == (640, 480)


def test_pictures_of_the_clip_are_made_small_and_never_shared() -> None:
    image = np.random.default_rng(1).integers(0, 255, (1440, 1001, 3), dtype=np.uint8)
    small = shrunk(image)
    assert small.shape == (720, 500, 3)
    assert float(small.mean()) == pytest.approx(float(image.mean()), abs=1)
    same = shrunk(small)
    same[:] = 0
    assert small.any(), "what is drawn into one must not show in the other"
