"""Tape dots in drawn pictures whose places are known."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from gaitlab.apps.demo import demo_clip
from gaitlab.apps.truth import load_truth
from gaitlab.core.errors import InputError
from gaitlab.core.gait import BOTH_SIDES
from gaitlab.core.pose import PoseSequence
from gaitlab.core.skeleton import Skeleton
from gaitlab.markers.clicks import Clicks, clicks_from, read_clicks, write_clicks
from gaitlab.markers.dots import DotCollector, dots_possible, track_dots
from gaitlab.markers.heel_registration import EdgeCollector
from gaitlab.markers.layout import DOTS, Dot, find_layout
from gaitlab.markers.legs import LegFrame
from gaitlab.markers.spots import NO_SPOTS, Spots, find_spots
from gaitlab.markers.tracks import follow_dots
from gaitlab.markers.watch import LegWatch

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
    return collector.seen


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
        Spots(
            *(
                getattr(s, name)[s.xy[:, 1] < 225]
                for name in ("xy", "colour", "beside", "contrast", "sd_px", "roundness")
            )
        )
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


def spots_at(*places: tuple[float, float]) -> Spots:
    count = len(places)
    white, beside = np.tile([95.0, 0.0, 0.0], (count, 1)), np.tile([50.0, 0.0, 0.0], (count, 1))
    return Spots(np.array(places), white, beside, np.full(count, 40.0), np.full(count, 0.1), np.ones(count))


def standing_leg(x: float, frames: int) -> LegFrame:
    knee, ankle = (np.tile([x, y], (frames, 1)) for y in (0.0, 100.0))
    return LegFrame(knee, ankle, 100.0, np.ones(frames, bool))


def heels(rise: float, x: float) -> list[tuple[float, float]]:
    """Two dots of a calf, and two of a heel that has risen."""
    return [(x, 40.0), (x, 75.0), (x, 108.0 - rise), (x, 120.0 - rise)]


def layout_at(x: float, frames: int) -> dict[str, Dot]:
    leg, look = standing_leg(x, frames), spots_at(*heels(0.0, x))
    return {
        name: Dot(leg.local(0, look.xy[i][None])[0], look.colour[i], look.beside[i], 40.0)
        for i, name in enumerate(DOTS)
    }


def test_a_heel_that_rises_by_more_than_its_dots_are_apart_keeps_them_apart() -> None:
    # In the middle the lower dot stands where the upper one was before.
    rise = np.concatenate([np.linspace(0, 14, 20), np.linspace(14, 0, 20)])
    legs = {"left": standing_leg(50.0, 40), "right": standing_leg(300.0, 40)}
    spots = [spots_at(*heels(r, 50.0), *heels(0.0, 300.0)) for r in rise]
    layout = {"left": layout_at(50.0, 40), "right": layout_at(300.0, 40)}
    xy, _ = follow_dots(spots, legs, layout, np.arange(40) / 60)  # type: ignore[arg-type]
    assert xy["left_heel_top"][:, 1] == pytest.approx(108.0 - rise)
    assert xy["left_heel"][:, 1] == pytest.approx(120.0 - rise)
    assert xy["right_heel"][:, 1] == pytest.approx(120.0)


def test_a_hidden_foot_does_not_take_the_dots_of_the_other_one() -> None:
    # The left heel is hidden for ten frames while the right one stands 8 px beside it, within its reach.
    legs = {"left": standing_leg(50.0, 40), "right": standing_leg(58.0, 40)}
    left = [heels(0.0, 50.0) if not 15 <= frame < 25 else heels(0.0, 50.0)[:2] for frame in range(40)]
    spots = [spots_at(*some, *heels(0.0, 58.0)) for some in left]
    layout = {"left": layout_at(50.0, 40), "right": layout_at(58.0, 40)}
    xy, _ = follow_dots(spots, legs, layout, np.arange(40) / 60)  # type: ignore[arg-type]
    assert np.isnan(xy["left_heel"][15:25]).all()
    assert np.isnan(xy["left_heel_top"][15:25]).all()
    assert xy["left_heel"][[14, 25], 0] == pytest.approx([50.0, 50.0])
    assert xy["right_heel"][:, 0] == pytest.approx(58.0)
    assert xy["right_heel_top"][:, 0] == pytest.approx(58.0)


def test_heel_dots_are_told_though_the_foot_turns_by_more_than_they_are_apart() -> None:
    # The places mix; the way from one to the other does not.
    legs = {"left": standing_leg(50.0, 60), "right": standing_leg(300.0, 60)}
    rise = 8 + 8 * np.sin(np.arange(60))
    spots = [spots_at(*heels(r, 50.0), *heels(r / 2, 300.0)) for r in rise]
    layout = find_layout(spots, legs)  # type: ignore[arg-type]
    assert layout is not None
    for side in BOTH_SIDES:
        way = layout[side]["heel"].place - layout[side]["heel_top"].place
        assert way == pytest.approx([0.12, 0.0], abs=0.01)


def running(pose: PoseSequence) -> PoseSequence:
    """The same legs once more, both feet up in every third half second."""
    xy = np.concatenate([pose.xy, pose.xy])
    for frame in (f for f in range(len(xy)) if f // 30 % 3 == 2):
        xy[frame, :, 1] = 60 + 0.5 * (xy[frame, :, 1] - 60)
    return PoseSequence(xy, np.ones(xy.shape[:2]), np.arange(len(xy)) / FPS, pose.skeleton)


def test_without_dots_a_few_steps_are_enough_to_give_up(pose: PoseSequence) -> None:
    legs = running(pose)
    watch = LegWatch(DotCollector(legs.skeleton), legs.skeleton, unless_side=False, dots_told=False)

    def see_all() -> None:
        for frame, xy in enumerate(legs.xy):
            watch.see(draw(frame % FRAMES, dots=False), frame / FPS, xy)

    with pytest.raises(InputError, match="no tape dots were found"):
        see_all()


def test_dots_are_possible_as_soon_as_they_are_there(pose: PoseSequence, spots: list[Spots]) -> None:
    assert dots_possible(running(pose), spots + spots) is True
    # Who only stands may be the coach, or stand before running: nothing is decided yet.
    assert dots_possible(pose, [NO_SPOTS] * len(pose)) is None


@pytest.mark.parametrize(("view", "kept"), [("side", False), ("rear", True)])
def test_heels_of_a_side_view_are_soon_no_longer_gathered(view: str, kept: bool) -> None:
    truth = load_truth(demo_clip(view)[1])  # type: ignore[arg-type]
    pose, blank = truth.seen(), np.zeros((720, 640, 3), np.uint8)
    watch = LegWatch(EdgeCollector(pose.skeleton), pose.skeleton, unless_side=True, dots_told=False)
    for frame in range(150):
        watch.see(blank, float(pose.time_s[frame]), pose.xy[frame])
    assert (watch.collector is not None) is kept
