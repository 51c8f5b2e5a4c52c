"""Whether anybody is in a clip at all: told by a few pictures of it, upright and turned, at a bounded price."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gaitlab.core.errors import InputError
from gaitlab.core.person import Body
from gaitlab.core.pose import FloatArray
from gaitlab.core.skeleton import SKELETONS, Skeleton
from gaitlab.io.video.reader import Image, open_video
from gaitlab.pose.networks.window import Window
from gaitlab.pose.scout import by_promise, check_for_somebody, halving
from tests.io.video.make import make_video, number_of
from tests.pose.synthetic import standing

FPS = 30.0


@dataclass
class Eye:
    """An estimator that sees one person where ``sees`` says so, and counts how often it was asked."""

    sees: Callable[[Image], bool]
    name: str = "eye"
    skeleton: Skeleton = SKELETONS["coco_18"]
    model: dict[str, Any] = field(default_factory=dict)
    detection_interval_s: float = 3.0
    looks: int = 0

    def detect_people(self, image: Image, *, least_height_px: float = 0.0) -> list[Body]:
        self.looks += 1
        return [Body(np.ones((18, 2)), np.ones(18))] if self.sees(image) else []

    def detect_person(self, image: Image, box: FloatArray, guess: Body, *, mirrored: bool | None = None) -> Body | None:
        raise NotImplementedError

    def heatmaps(self, image: Image) -> tuple[FloatArray, Window]:
        raise NotImplementedError


def film(path: Path, *, seconds: float = 2.0, width: int = 64, height: int = 48) -> Path:
    return make_video(path, np.arange(round(seconds * FPS)) / FPS, width=width, height=height)


# The pictures of the film have a white upper left corner: that is "upright".
CORNERS = {0: (0, 0), 90: (0, -1), 180: (-1, -1), 270: (-1, 0)}


def corner_is_white(clockwise_deg: int) -> Callable[[Image], bool]:
    """Whether the film's corner lies where turning it clockwise brings it."""
    y, x = CORNERS[clockwise_deg]

    def sees(image: Image) -> bool:
        corners = {at: float(image[3 if at[0] == 0 else -4, 3 if at[1] == 0 else -4].mean()) for at in CORNERS.values()}
        return corners[y, x] > 200 and sum(value > 200 for value in corners.values()) == 1

    return sees


def test_somebody_in_the_first_picture_costs_one_look(tmp_path: Path) -> None:
    eye = Eye(lambda image: True)
    with open_video(film(tmp_path / "a.mp4")) as video:
        check_for_somebody(video, eye)
    assert eye.looks == 1


def facing_the_camera(height: float, *, breadth: float = 0.11) -> Body:
    """Somebody whose left is on the right of the picture: hips and shoulders ``breadth`` heights apart."""
    xy = standing(20, 0, height)
    coco = SKELETONS["coco_18"]
    for side, sign in (("left", 0.5), ("right", -0.5)):
        for joint in ("shoulder", "hip", "knee", "ankle"):
            xy[coco.index(f"{side}_{joint}"), 0] = 20 + sign * breadth * height
    return Body(xy, np.ones(18))


@pytest.mark.parametrize(
    ("others", "turns", "refused", "told"),
    [(0, False, True, True), (0, False, False, False), (1, False, True, False), (0, True, True, False)],
    ids=["front", "wanted nevertheless", "not alone", "turns round later"],
)
def test_a_film_from_the_front_is_told_by_a_few_pictures(
    tmp_path: Path, others: int, turns: bool, refused: bool, told: bool
) -> None:
    eye = Eye(lambda image: True)
    looks = 0

    def detect_people(image: Image, *, least_height_px: float = 0.0) -> list[Body]:
        nonlocal looks
        looks += 1
        return [facing_the_camera(40, breadth=-0.11 if turns and looks > 1 else 0.11)] * (1 + others)

    eye.detect_people = detect_people  # type: ignore[method-assign]
    with open_video(film(tmp_path / "a.mp4")) as video:
        if told:
            with pytest.raises(
                InputError, match=r"a\.mp4' was filmed from the front .* what else is no gait with movement, film again"
            ):
                check_for_somebody(video, eye, front_refused=refused)
        else:
            check_for_somebody(video, eye, front_refused=refused)
    assert looks == (9 if refused and not others else 1)


@pytest.mark.parametrize("seconds", [1.0, 30.0])
def test_nobody_costs_as_many_looks_in_a_long_clip_as_in_a_short_one(tmp_path: Path, seconds: float) -> None:
    eye = Eye(lambda image: False)
    with (
        open_video(film(tmp_path / "a.mp4", seconds=seconds)) as video,
        pytest.raises(InputError, match=r"no person found in .* by eye, in 17 pictures .* start_s and end_s"),
    ):
        check_for_somebody(video, eye)
    assert eye.looks == 1 + 16 + 4 * 3


@pytest.mark.parametrize("gait", [True, False])
def test_only_gait_is_asked_for_from_the_side_or_from_behind(tmp_path: Path, gait: bool) -> None:
    whence = " from the side or from behind" if gait else ""
    with (
        open_video(film(tmp_path / "a.mp4", seconds=0.5)) as video,
        pytest.raises(InputError, match=f"expected a person seen whole{whence}: name the part"),
    ):
        check_for_somebody(video, Eye(lambda image: False), front_refused=gait)


@pytest.mark.parametrize("degrees", [90, 180, 270])
@pytest.mark.parametrize("already", [0, 90])
def test_a_film_on_its_side_names_the_rotation_that_stands_it_up(tmp_path: Path, degrees: int, already: int) -> None:
    """Turned clockwise by what is said, the people are there; a rotation that was asked for counts on."""
    path = film(tmp_path / "a.mp4", seconds=0.5)
    eye = Eye(corner_is_white((degrees + already) % 360))
    said = (degrees + already) % 360
    with (
        open_video(path, rotate_deg=already) as video,
        pytest.raises(InputError, match=rf"clockwise by {degrees} degrees there is one; say rotate {said}$"),
    ):
        check_for_somebody(video, eye)
    with open_video(path, rotate_deg=said) as video:
        check_for_somebody(video, eye)


def test_a_person_who_lies_is_no_runner(tmp_path: Path) -> None:
    """A network may find people who lie in the picture: they stand in the turned one."""

    class Thorough(Eye):
        def detect_people(self, image: Image, *, least_height_px: float = 0.0) -> list[Body]:
            xy = standing(20, 0, 40)
            return [Body(xy if corner_is_white(90)(image) else xy[:, ::-1], np.ones(18))]

    with (
        open_video(film(tmp_path / "a.mp4", seconds=0.5)) as video,
        pytest.raises(InputError, match=r"say rotate 90$"),
    ):
        check_for_somebody(video, Thorough(lambda image: True))


def leaning(lean_deg: float, *, facing: int) -> FloatArray:
    """Somebody on a saddle, or deep in a squat: the trunk leans by so much over ankles that are under it, px."""
    xy = standing(0, 0, 40)
    coco = SKELETONS["coco_18"]
    hips = np.mean([xy[coco.index(f"{side}_hip")] for side in ("left", "right")], axis=0)
    lean = np.radians(lean_deg)
    turn = np.array([[np.cos(lean), -facing * np.sin(lean)], [facing * np.sin(lean), np.cos(lean)]])
    below = [any(joint in name for joint in ("hip", "knee", "ankle")) for name in coco.names]
    return np.where(np.array(below)[:, None], xy, hips + (xy - hips) @ turn.T)


@pytest.mark.parametrize("lean_deg", [50.0, 60.0, 80.0])
@pytest.mark.parametrize("facing", [1, -1])
@pytest.mark.parametrize("lies_deg", [0, 90, 180, 270])
def test_who_bends_low_does_not_lie_and_on_its_side_the_film_is_told(
    tmp_path: Path, lean_deg: float, facing: int, lies_deg: int
) -> None:
    """The network finds a cyclist in every turn of the picture; in one of them the trunk of who lies stands up."""
    quarter = np.array([[0.0, -1.0], [1.0, 0.0]])  # clockwise, y down

    def detect_people(image: Image, *, least_height_px: float = 0.0) -> list[Body]:
        turned_deg = next(degrees for degrees in CORNERS if corner_is_white(degrees)(image))
        turn = np.linalg.matrix_power(quarter, (turned_deg - lies_deg) // 90 % 4)
        return [Body(leaning(lean_deg, facing=facing) @ turn.T, np.ones(18))]

    eye = Eye(lambda image: True)
    eye.detect_people = detect_people  # type: ignore[method-assign]
    with open_video(film(tmp_path / "a.mp4", seconds=0.5)) as video:
        if not lies_deg:
            check_for_somebody(video, eye)
        else:
            with pytest.raises(InputError, match=rf"clockwise by {lies_deg} degrees there is one; say rotate"):
                check_for_somebody(video, eye)


@pytest.mark.parametrize("first", [10, 50])
def test_somebody_who_comes_later_is_seen(tmp_path: Path, first: int) -> None:
    """In the last sixth of the clip alone, or for the rest of it."""
    dark = film(tmp_path / "a.mp4")
    eye = Eye(lambda image: number_of(image) >= min(first, 31) and image.shape[0] < image.shape[1])
    with open_video(dark) as video:
        check_for_somebody(video, eye)


def test_a_long_clip_is_told_by_its_key_frames(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every tenth frame of the film is one: beside the very first picture no other is decoded."""
    monkeypatch.setattr("gaitlab.pose.scout._READ_WHOLE_PX", 0)
    eye, asked = Eye(lambda image: False), []
    with open_video(film(tmp_path / "a.mp4", seconds=20.0)) as video:
        frames = video.frames
        monkeypatch.setattr(video, "frames", lambda *part: (asked.append(part), frames(*part))[1])
        with pytest.raises(InputError, match="no person"):
            check_for_somebody(video, eye)
    assert asked == [(None, None)]
    assert eye.looks == 1 + 16 + 4 * 3


def test_a_long_clip_of_few_key_frames_is_told_by_what_lies_between(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gaitlab.pose.scout._READ_WHOLE_PX", 0)
    eye = Eye(lambda image: number_of(image) in (14, 15, 16))
    with open_video(film(tmp_path / "a.mp4", seconds=1.0)) as video:
        check_for_somebody(video, eye)


def test_a_part_of_the_clip_is_asked_alone(tmp_path: Path) -> None:
    eye = Eye(lambda image: number_of(image) < 15)
    with open_video(film(tmp_path / "a.mp4", seconds=1.0)) as video, pytest.raises(InputError, match="no person"):
        check_for_somebody(video, eye, start_s=0.6)


def test_every_beginning_of_the_order_is_spread() -> None:
    assert halving(7) == [3, 1, 5, 0, 2, 4, 6]
    assert sorted(halving(40)) == list(range(40))
    assert halving(0) == []


def test_legs_alone_are_somebody_too(tmp_path: Path) -> None:
    """A film of lower legs from behind shows no trunk, and is no film of nobody."""
    legs = np.where(np.arange(18)[:, None] >= 12, standing(20, 0, 40), np.nan)
    eye = Eye(lambda image: True)
    eye.detect_people = lambda image: [Body(legs, np.ones(18))]  # type: ignore[method-assign]
    with open_video(film(tmp_path / "a.mp4", seconds=0.5)) as video:
        check_for_somebody(video, eye)


def test_what_has_changed_comes_early() -> None:
    pictures = [np.full((90, 160, 3), 100, np.uint8) for _ in range(20)]
    pictures[16][30:60, 70:80] = 160
    assert 16 in by_promise(pictures)[:2]
    assert sorted(by_promise(pictures)) == list(range(20))
