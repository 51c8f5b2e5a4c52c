"""Pictures that are shown twice are found by their looks, and count once."""

from __future__ import annotations

import numpy as np
import pytest

from gaitlab.analysis import warnings
from gaitlab.core.pose import PoseSequence
from gaitlab.core.skeleton import SKELETONS
from gaitlab.events.slow_motion import plays_fps
from gaitlab.pipeline.reading.film import of_new
from gaitlab.pipeline.reading.repeated import Repeated, RepeatedPictures

RNG = np.random.default_rng(5)
WALL = RNG.integers(60, 120, (120, 160, 3))


def film(taken_fps: float, written_fps: float, *, seconds: float = 4.0) -> list[np.ndarray]:
    """Pictures of two bars that swing before a wall, never both at rest, with the noise of an encoder in each."""
    images = []
    for number in range(round(seconds * written_fps)):
        taken_s = np.floor(number / written_fps * taken_fps + 1e-9) / taken_fps
        image = WALL + RNG.integers(-1, 2, WALL.shape)
        for top, phase in ((10, 0.0), (65, np.pi / 2)):
            left = round(70 + 50 * np.sin(2 * np.pi * 1.4 * taken_s + phase))
            image[top : top + 45, left : left + 25] = 220
        images.append(image.astype(np.uint8))
    return images


def found(images: list[np.ndarray], fps: float) -> Repeated | None:
    pictures = RepeatedPictures()
    for image in images:
        pictures.see(image)
    return pictures.found(np.arange(len(images)) / fps)


@pytest.mark.parametrize(("taken", "written"), [(30, 60), (24, 60), (25, 60), (20, 60), (24, 30), (50, 60)])
def test_pictures_count_once_at_the_rate_they_were_taken(taken: int, written: int) -> None:
    repeated = found(film(taken, written), written)
    assert repeated is not None
    assert repeated.fps == pytest.approx(taken, rel=0.01)
    assert repeated.new.sum() == pytest.approx(4 * taken, abs=2)
    np.testing.assert_allclose(np.diff(repeated.times_s), 1 / taken, atol=0.02 / taken)
    assert repeated.even
    (said,) = warnings.repeated(repeated.new, fps=repeated.fps)
    assert f"{(~repeated.new).sum()} of {4 * written} pictures of the video repeat the one before" in said


@pytest.mark.parametrize("fps", [24, 30, 60, 120])
def test_a_film_without_repeated_pictures_has_none(fps: int) -> None:
    assert found(film(fps, fps), fps) is None


def test_where_nothing_moves_nothing_is_repeated() -> None:
    still = [(WALL + RNG.integers(-1, 2, WALL.shape)).astype(np.uint8) for _ in range(120)]
    assert found(still, 60) is None


@pytest.mark.parametrize("fps", [30, 60])
def test_who_holds_still_between_two_movements_repeats_nothing(fps: int) -> None:
    """Half a second of moving, 0.3 s of holding still: an encoder then writes the same picture again."""
    moving = film(fps, fps, seconds=4.0)
    images: list[np.ndarray] = []
    for start in range(0, len(moving), fps // 2):
        part = moving[start : start + fps // 2]
        images += [*part, *[part[-1]] * round(0.3 * fps)]
    assert found(images, fps) is None


def test_repeated_pictures_are_found_beside_somebody_who_holds_still() -> None:
    moving = film(30, 60, seconds=4.0)
    images = [*moving[:120], *[moving[119]] * 30, *moving[120:]]
    repeated = found(images, 60)
    assert repeated is not None
    assert repeated.new[120:150].mean() > 0.9  # whoever holds still is seen in every picture
    assert repeated.new[:119].mean() == pytest.approx(0.5, abs=0.03)


def test_pictures_that_lack_here_and_there_are_told_as_an_average() -> None:
    """Every second picture of two seconds of four repeats the one before: 90 of 120 are new, 22.5 a second."""
    moving = film(30, 30)
    images = [moving[number // 2 * 2] if number < 60 else picture for number, picture in enumerate(moving)]
    repeated = found(images, 30)
    assert repeated is not None
    assert not repeated.even
    assert repeated.new.sum() == pytest.approx(90, abs=2)
    assert repeated.fps == pytest.approx(22.5, abs=0.7)
    (said,) = warnings.repeated(repeated.new, fps=repeated.fps, even=repeated.even)
    assert "in some places more than in others" in said
    assert "22" in said
    # What slow motion is reckoned by is the rate of the film: that of the file, which a user enters a multiple of.
    skeleton = SKELETONS["coco_17"]
    raw = PoseSequence(np.zeros((120, 17, 2)), np.ones((120, 17)), np.arange(120) / 30, skeleton)
    assert plays_fps(of_new(raw, repeated)) == pytest.approx(30.0)
