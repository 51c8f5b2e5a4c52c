"""Shots of a spliced film: cuts, dissolves and blank pictures put in on purpose, and what real clips hold."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from gaitlab.core.pose import PoseSequence
from gaitlab.core.skeleton import SKELETONS
from gaitlab.io.video.reader import open_video
from gaitlab.scene.shots import Shot, ShotFinder, jumps, longest, spliced
from tests.scene.test_background import texture

WIDTH, HEIGHT, FPS = 320, 180, 30.0
COCO = SKELETONS["coco_17"]
BY_EYE = json.loads((Path(__file__).parents[1] / "data" / "contacts_by_eye.json").read_text())["clips"]


def scene(seed: int, count: int, *, pan_px: float = 0.0) -> list[np.ndarray]:
    """Return pictures of a scene by a camera that pans, with a figure that swings before it."""
    wide = texture(seed, width=WIDTH + 600, height=HEIGHT)
    pictures = []
    for number in range(count):
        left = round(pan_px * number)
        picture = wide[:, left : left + WIDTH].copy()
        x = WIDTH // 2 + round(25 * np.sin(number / 3))
        cv2.ellipse(picture, (x, HEIGHT // 2), (25, 70), 10 * np.sin(number / 2), 0, 360, (20, 30, 40), -1)
        pictures.append(picture)
    return pictures


def shots_of(pictures: list[np.ndarray], pose: PoseSequence | None = None) -> list[tuple[int, int]]:
    finder = ShotFinder()
    for picture in pictures:
        finder.see(picture)
    return [(shot.first, shot.last) for shot in finder.found(np.arange(len(pictures)) / FPS, pose)]


def runner(x_px: np.ndarray) -> PoseSequence:
    """Return somebody 100 px high whose every point is at these x."""
    y = np.linspace(20, 120, len(COCO))
    xy = np.stack([np.broadcast_to(x_px[:, None], (len(x_px), len(COCO))), np.broadcast_to(y, (len(x_px), len(COCO)))])
    return PoseSequence(np.moveaxis(xy, 0, 2), np.ones((len(x_px), len(COCO))), np.arange(len(x_px)) / FPS, COCO)


@pytest.mark.parametrize("pan_px", [0.0, 2.0])
def test_a_film_without_a_cut_is_one_shot(pan_px: float) -> None:
    assert shots_of(scene(1, 90, pan_px=pan_px)) == [(0, 89)]


@pytest.mark.parametrize("pan_px", [0.0, 2.0])
def test_cuts_are_found_to_the_frame(pan_px: float) -> None:
    film = scene(1, 50, pan_px=pan_px) + scene(2, 40, pan_px=pan_px) + scene(3, 30, pan_px=pan_px)
    assert shots_of(film) == [(0, 49), (50, 89), (90, 119)]


@pytest.mark.parametrize("length", [10, 20, 30])
def test_a_dissolve_parts_two_shots_and_belongs_to_none(length: int) -> None:
    one, two = scene(1, 60 + length), scene(2, 60 + length)
    mixed = [
        cv2.addWeighted(one[60 + k], 1 - (k + 0.5) / length, two[k], (k + 0.5) / length, 0.0) for k in range(length)
    ]
    (first, end), (start, last) = shots_of(one[:60] + mixed + two[length:])
    assert (first, last) == (0, 119 + length)
    # Up to 0.2 s beside it is left out, and never a third of a picture mixed in.
    assert 60 - 8 <= end <= 60 + length // 3
    assert 60 + length - length // 3 <= start <= 60 + length + 8


def test_blank_pictures_part_shots() -> None:
    black = [np.zeros((HEIGHT, WIDTH, 3), np.uint8)] * 15
    assert shots_of(scene(1, 40) + black + scene(1, 40)) == [(0, 39), (55, 94)]


def test_a_flash_and_repeated_pictures_are_no_cut() -> None:
    film = scene(1, 60)
    film[30] = cv2.convertScaleAbs(film[30], alpha=1.0, beta=60)
    assert shots_of(film) == [(0, 59)]
    assert shots_of([picture for picture in scene(1, 40, pan_px=2.0) for _ in range(3)]) == [(0, 119)]


def test_a_jump_of_the_runner_before_the_same_wall_is_a_cut() -> None:
    wall = texture(1, width=WIDTH, height=HEIGHT)

    def picture(x: float) -> np.ndarray:
        return cv2.rectangle(wall.copy(), (round(x) - 8, 30), (round(x) + 8, 150), (90, 90, 90), -1)

    x_px = np.concatenate([np.linspace(30, 130, 40), np.linspace(200, 290, 40)])
    film = [picture(x) for x in x_px]
    assert shots_of(film) == [(0, 79)]  # the picture alone does not tell
    assert shots_of(film, runner(x_px)) == [(0, 39), (40, 79)]


def test_who_runs_fast_does_not_jump() -> None:
    assert not jumps(runner(np.arange(30) * 70.0)).any()
    x_px = np.arange(30) * 5.0
    x_px[12:] += 80
    assert np.flatnonzero(jumps(runner(x_px))).tolist() == [12]


def test_the_shot_with_the_runner_is_taken_and_the_others_are_named() -> None:
    empty, taken, short = Shot(0, 99, 0.0, 3.3), Shot(100, 159, 3.333, 5.3), Shot(160, 199, 5.333, 6.633)
    seen = np.arange(200) >= 90
    shots = [empty, taken, short]
    times_s = np.arange(200) / FPS
    assert longest(shots, times_s, seen=seen) == taken
    (note,) = spliced(shots, taken)
    assert "from 3 shots" in note
    assert "from 3.33 to 5.30 s is measured" in note
    assert "for another the part to analyse must be entered: 0.00 to 3.30, 5.33 to 6.63 s" in note
    assert spliced([taken], taken) == ()


@pytest.mark.shared
@pytest.mark.parametrize("clip", BY_EYE, ids=[clip["file"] for clip in BY_EYE])
def test_shots_of_real_clips(shared: Path, clip: dict[str, object]) -> None:
    """Those with cuts part where they were seen by eye; the others, with a pan, shake or slow motion, do nowhere."""
    finder, times_s = ShotFinder(), []
    with open_video(shared / "data" / str(clip["file"])) as video:
        for frame in video.frames():
            finder.see(frame.image)
            times_s.append(frame.time_s)
    found = [(shot.first, shot.last) for shot in finder.found(np.array(times_s))]
    whole = len(times_s) - 1
    if clip["file"] == "overground/field_following.mp4":
        assert found == [(0, 61), (62, 204), (205, 344), (345, 523), (524, 666)]
    elif clip["file"] == "overground/hall_following.mp4":
        # Dissolves at 39 to 60, 185 to 206 and 297 to 318.
        clear = [(0, 39), (60, 185), (206, 297), (318, 428)]
        assert len(found) == len(clear)
        for (first, last), (start, end) in zip(found, clear, strict=True):
            assert start - 3 <= first <= start + 13
            assert end - 10 <= last <= end + 3
    else:
        assert found == [(0, whole)]
