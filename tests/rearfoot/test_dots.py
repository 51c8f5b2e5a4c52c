"""Tape dots in drawn pictures whose places are known."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from gaitlab.core import PoseSequence, Skeleton
from gaitlab.core.gait import BOTH_SIDES
from gaitlab.errors import InputError
from gaitlab.rearfoot.clicks import Clicks, clicks_from, read_clicks, write_clicks
from gaitlab.rearfoot.dots import DotCollector, track_dots
from gaitlab.rearfoot.layout import DOTS
from gaitlab.rearfoot.legs import LegFrame
from gaitlab.rearfoot.spots import Spots, find_spots
from gaitlab.rearfoot.tracks import _put_in_order

FRAMES, FPS, SIZE = 60, 60.0, (300, 260)
HIDDEN = range(30, 36)
_BITS = 4


def place(side: str, point: str, frame: int) -> np.ndarray:
    """Two legs that sway: knees at 60 px, ankles at 200 px, heels below."""
    sway = 12 * np.sin(2 * np.pi * frame / 40 + (0 if side == "left" else 1.5))
    x = 80.0 if side == "left" else 180.0
    down = {"hip": -70, "knee": 60, "calf_top": 100, "calf_bottom": 155, "ankle": 200, "heel_top": 212, "heel": 238}
    # The knee leads the sway and the ankle stays.
    share = (238 - down[point]) / 238
    return np.array([x + sway * share, down[point] + 0.37 * np.sin(frame)])


def draw(frame: int, *, dots: bool = True, hide: bool = False) -> np.ndarray:
    rng = np.random.default_rng(frame)
    image = np.full((*SIZE, 3), (90, 100, 95), np.uint8)
    for side in BOTH_SIDES:
        ends = [
            tuple(np.round(place(side, p, frame) * 2**_BITS).astype(int).tolist()) for p in ("knee", "ankle", "heel")
        ]
        cv2.line(image, ends[0], ends[1], (120, 150, 200), 34, cv2.LINE_AA, _BITS)
        cv2.line(image, ends[1], ends[2], (140, 70, 40), 40, cv2.LINE_AA, _BITS)
        for dot in DOTS if dots else ():
            if not (hide and side == "left" and dot == "heel" and frame in HIDDEN):
                at = tuple(np.round(place(side, dot, frame) * 2**_BITS).astype(int).tolist())
                cv2.circle(image, at, 4 * 2**_BITS, (240, 240, 240), -1, cv2.LINE_AA, _BITS)
    noisy = cv2.GaussianBlur(image, (0, 0), 0.8).astype(float) + rng.normal(0, 3, image.shape)
    return np.clip(noisy, 0, 255).astype(np.uint8)


def network(rng: np.random.Generator) -> PoseSequence:
    names = tuple(f"{side}_{joint}" for side in BOTH_SIDES for joint in ("hip", "knee", "ankle"))
    xy = np.array([[place(*name.split("_", 1), frame) for name in names] for frame in range(FRAMES)])
    return PoseSequence(
        xy + rng.normal(0, 2, xy.shape), np.ones(xy.shape[:2]), np.arange(FRAMES) / FPS, Skeleton("legs", names)
    )


def gathered(pose: PoseSequence, **how: bool) -> list[Spots]:
    collector = DotCollector(pose.skeleton)
    for frame in range(FRAMES):
        # In a few frames the network sees nobody: the dots are still there.
        collector.see(draw(frame, **how), None if frame in (10, 11) else pose.xy[frame])
    return collector.spots


@pytest.fixture(scope="module")
def pose() -> PoseSequence:
    return network(np.random.default_rng(0))


@pytest.fixture(scope="module")
def spots(pose: PoseSequence) -> list[Spots]:
    return gathered(pose, hide=True)


def away(found: PoseSequence, side: str, dot: str) -> np.ndarray:
    truth = np.array([place(side, dot, frame) for frame in range(FRAMES)])
    return np.linalg.norm(found.point(f"{side}_{dot}") - truth, axis=1)


def test_a_spot_is_found_to_a_fraction_of_a_pixel() -> None:
    image = np.full((60, 60, 3), 80, np.uint8)
    cv2.circle(image, (30 * 16 + 5, 25 * 16 + 11), 4 * 16, (240, 240, 240), -1, cv2.LINE_AA, _BITS)
    found = find_spots(cv2.GaussianBlur(image, (0, 0), 0.8), (0, 0, 60, 60), shank_px=150)
    assert found.xy[np.argmax(found.contrast)] == pytest.approx([30 + 5 / 16, 25 + 11 / 16], abs=0.15)


def test_dots_are_found_by_colour_and_layout_and_again_after_they_were_hidden(
    pose: PoseSequence, spots: list[Spots]
) -> None:
    dots = track_dots(pose, spots)
    for side in BOTH_SIDES:
        for dot in DOTS:
            error = away(dots.pose, side, dot)
            shown = np.array([not (side == "left" and dot == "heel" and f in HIDDEN) for f in range(FRAMES)])
            assert np.mean(error[shown] < 1.0) >= 0.97, (side, dot)
            assert np.nanmedian(dots.sd_px[f"{side}_{dot}"]) < 1.0
    hidden = dots.pose.point("left_heel")[HIDDEN.start : HIDDEN.stop]
    assert np.isnan(hidden[:, 0]).mean() > 0.6
    assert away(dots.pose, "left", "heel")[HIDDEN.stop] < 1.0
    assert dots.pose.history[-1].name == "dots"


def test_clicks_name_the_dots(pose: PoseSequence, spots: list[Spots]) -> None:
    points = {side: {dot: tuple(place(side, dot, 20) + 1.0) for dot in DOTS} for side in BOTH_SIDES}
    clicks = Clicks(SIZE[1], SIZE[0], 20 / FPS, points)  # type: ignore[arg-type]
    dots = track_dots(pose, spots, clicks=clicks)
    assert np.nanmedian(away(dots.pose, "right", "heel")) < 0.5
    beside = {side: {**dots, "heel_top": (5.0, 5.0)} if side == "left" else dots for side, dots in points.items()}
    with pytest.raises(InputError, match="near the click at the left heel top"):
        track_dots(pose, spots, clicks=Clicks(SIZE[1], SIZE[0], 20 / FPS, beside))  # type: ignore[arg-type]
    with pytest.raises(InputError, match=r"clicked at 9\.00 s"):
        track_dots(pose, spots, clicks=Clicks(SIZE[1], SIZE[0], 9.0, points))  # type: ignore[arg-type]


def test_legs_without_dots_and_one_leg_hidden_are_told(pose: PoseSequence, spots: list[Spots]) -> None:
    with pytest.raises(InputError, match="dot"):
        track_dots(pose, gathered(pose, dots=False))
    xy = np.array(pose.xy)
    xy[:, pose.skeleton.index("left_ankle")] = np.nan
    one = PoseSequence(xy, pose.score, pose.time_s, pose.skeleton)
    with pytest.raises(InputError, match="left lower leg was never seen"):
        track_dots(one, spots)


def test_dots_that_leave_the_picture_are_missed_and_named(pose: PoseSequence, spots: list[Spots]) -> None:
    cut = [
        Spots(*(getattr(s, name)[s.xy[:, 1] < 225] for name in ("xy", "colour", "beside", "contrast", "sd_px")))
        for s in spots
    ]
    with pytest.raises(InputError, match="dot"):
        track_dots(pose, cut)


def test_a_file_of_clicks_is_read_back_and_wrong_ones_are_refused(tmp_path: Path) -> None:
    points = {side: {dot: (10.0 + i, 20.5) for i, dot in enumerate(DOTS)} for side in BOTH_SIDES}
    clicks = Clicks(640, 720, 1.5, points)  # type: ignore[arg-type]
    write_clicks(clicks, tmp_path / "dots.json")
    assert read_clicks(tmp_path / "dots.json") == clicks
    assert [p.name for p in tmp_path.iterdir()] == ["dots.json"]
    content = json.loads((tmp_path / "dots.json").read_text())
    del content["points"]["right"]["heel"]
    with pytest.raises(InputError, match="no file of dots"):
        clicks_from(content, where="it")
    content["points"]["right"]["heel"] = [700, 3]
    with pytest.raises(InputError, match="outside the picture of 640 x 720"):
        clicks_from(content, where="it")
    with pytest.raises(InputError, match="cannot read"):
        read_clicks(tmp_path / "none.json")
    (tmp_path / "bad.json").write_text("{")
    with pytest.raises(InputError, match="not JSON"):
        read_clicks(tmp_path / "bad.json")


def test_neighbours_that_were_taken_for_each_other_are_put_back() -> None:
    frames = 10
    knee, ankle = (np.tile([50.0, y], (frames, 1)) for y in (0.0, 100.0))
    leg = LegFrame(knee, ankle, 100.0, np.ones(frames, bool))
    upper, lower = (np.tile([50.0, y], (frames, 1)) for y in (110.0, 125.0))
    for wrong in (slice(3, 5), slice(2, 10)):
        xy = {"heel_top": upper.copy(), "heel": lower.copy()}
        xy["heel_top"][wrong], xy["heel"][wrong] = lower[wrong], upper[wrong]
        sd = {name: np.full(frames, 0.1) for name in xy}
        _put_in_order(leg, "heel_top", "heel", xy, sd)
        assert xy["heel_top"] == pytest.approx(upper)
        assert xy["heel"] == pytest.approx(lower)
