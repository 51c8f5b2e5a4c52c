"""Heels painted at a known tilt: what is found, and when it is not to be used."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from gaitlab.core.errors import InputError
from gaitlab.core.gait import BOTH_SIDES, Side
from gaitlab.core.pose import PoseSequence
from gaitlab.core.skeleton import Skeleton
from gaitlab.kinematics.frame import forward_up
from gaitlab.kinematics.rear import rearfoot_deg
from gaitlab.markers.heel_registration import EdgeCollector, Edges, mid_lines

FRAMES, FPS = 40, 60.0
KNEE_Y, ANKLE_Y, SHANK = 60.0, 200.0, 140.0
X: dict[Side, float] = {"left": 90.0, "right": 210.0}
NAMES = tuple(f"{side}_{joint}" for side in BOTH_SIDES for joint in ("knee", "ankle"))
SHOE, BELT = (150, 90, 40), (70, 75, 72)
_BITS = 4


def tilt_deg(side: Side, frame: int) -> float:
    """Eversion of 8 degrees in the middle, 5 more and less in the course of a clip."""
    return 8.0 + 5.0 * np.sin(2 * np.pi * frame / FRAMES + (0.0 if side == "left" else 1.0))


def draw(frame: int, *, shoe: tuple[int, int, int] = SHOE, hidden: Side | None = None) -> np.ndarray:
    """Return upright shanks on heels that tilt about their middle; everted heels have their top further inward."""
    image = np.full((270, 300, 3), BELT, np.uint8)
    for side in BOTH_SIDES:
        x = X[side]
        cv2.rectangle(image, (int(x) - 14, 40), (int(x) + 14, 200), (120, 150, 200), -1)
        inward = 1.0 if side == "left" else -1.0
        turn = np.radians(inward * tilt_deg(side, frame))
        # A heel counter 28 wide and 40 high about a point 15 px below the ankle, a collar across it.
        turned = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
        for corners, colour in (
            ([(-14, -18), (14, -18), (14, 22), (-14, 22)], shoe),
            ([(-14, 12), (14, 12), (14, 22), (-14, 22)], tuple(min(255, c + 60) if shoe != BELT else c for c in shoe)),
        ):
            outline = np.array(corners, float) @ turned.T + [x, ANKLE_Y + 15]
            points = np.round(outline * 2**_BITS).astype(np.int32)
            cv2.fillPoly(image, [points], colour, cv2.LINE_AA, _BITS)
        if side == hidden:
            image[150:, int(x) - 70 : int(x) + 60] = np.random.default_rng(frame).integers(0, 255, 3)
    noisy = cv2.GaussianBlur(image, (0, 0), 0.8) + np.random.default_rng(frame).normal(0, 2, image.shape)
    return np.clip(noisy, 0, 255).astype(np.uint8)


def network(*, mirrored: bool = False) -> PoseSequence:
    rng = np.random.default_rng(3)
    xy = np.array(
        [[(X[side], KNEE_Y if joint == "knee" else ANKLE_Y) for side in BOTH_SIDES for joint in ("knee", "ankle")]]
        * FRAMES
    )
    xy = xy + rng.normal(0, 1.0, xy.shape)
    if mirrored:
        xy = xy[:, [2, 3, 0, 1]] * [-1.0, 1.0] + [299.0, 0.0]
    return PoseSequence(xy, np.ones(xy.shape[:2]), np.arange(FRAMES) / FPS, Skeleton("legs", NAMES))


def collected(pose: PoseSequence) -> EdgeCollector:
    """Show plain pictures with the body that a pose has in them."""
    collector = EdgeCollector(pose.skeleton)
    for frame in range(FRAMES):
        collector.see(draw(frame), pose.xy[frame])
    return collector


def found(*, mirrored: bool = False, **how: object) -> Edges:
    pose = network(mirrored=mirrored)
    collector = EdgeCollector(pose.skeleton)
    for frame in range(FRAMES):
        image = draw(frame, **how)  # type: ignore[arg-type]
        image = np.ascontiguousarray(image[:, ::-1]) if mirrored else image
        # In two frames the network sees nobody.
        collector.see(image, None if frame in (7, 8) else pose.xy[frame])
    return mid_lines(pose, collector.seen)


def angle(edges: Edges, side: Side) -> np.ndarray:
    heel, heel_top, calf, calf_top = (
        forward_up(edges.points[f"{side}_{name}"], forward=1, tilt_deg=0.0)
        for name in ("heel", "heel_top", "calf_bottom", "calf_top")
    )
    return rearfoot_deg((heel, heel_top), (calf, calf_top), side=side)


@pytest.fixture(scope="module")
def edges() -> Edges:
    return found()


@pytest.mark.parametrize("side", BOTH_SIDES)
def test_a_tilted_heel_gives_its_angle_with_its_sign(edges: Edges, side: Side) -> None:
    true = np.array([tilt_deg(side, frame) for frame in range(FRAMES)])
    error = angle(edges, side) - true
    assert np.isfinite(error).mean() > 0.8
    assert np.isnan(error[7:9]).all()
    # The shank's line trembles with the network's points, and frames in which an ankle seems to rise are left out.
    assert abs(np.nanmean(error)) < 0.5
    assert np.nanstd(error) < 0.7
    assert edges.usable[side] > 0.9
    # The line is clear, yet nothing says that it is the heel's alone.
    assert 5.0 <= edges.line_sd_deg[side] < 5.5


def test_a_mirrored_picture_swaps_the_sides(edges: Edges) -> None:
    mirrored = found(mirrored=True)
    for side, twin in (("left", "right"), ("right", "left")):
        assert np.nanmedian(np.abs(angle(mirrored, side) - angle(edges, twin))) < 0.5  # type: ignore[arg-type]


def test_what_hides_the_heel_leaves_no_line() -> None:
    edges = found(hidden="left")
    assert edges.usable["left"] < 0.2
    assert np.isnan(angle(edges, "left")).mean() > 0.8
    assert edges.usable["right"] > 0.9


def test_a_shoe_of_the_belts_colour_may_not_be_used() -> None:
    edges = found(shoe=BELT)
    assert max(edges.usable.values()) < 0.1


def test_the_foot_in_front_of_the_heel_is_left_out(edges: Edges) -> None:
    pose = network()
    xy = np.array(pose.xy)
    # The left foot hangs before the right heel.
    xy[:, pose.skeleton.index("left_ankle")] = xy[:, pose.skeleton.index("right_ankle")] - [0.0, 60.0]
    lifted = PoseSequence(xy, pose.score, pose.time_s, pose.skeleton)
    hidden = mid_lines(lifted, collected(lifted).seen)
    assert hidden.usable["right"] == 0.0
    assert np.isnan(hidden.points["right_heel"]).all()


def test_a_leg_never_seen_gives_nothing_and_wrong_input_is_told() -> None:
    pose = network()
    xy = np.array(pose.xy)
    xy[:, pose.skeleton.index("left_knee")] = np.nan
    one = PoseSequence(xy, pose.score, pose.time_s, pose.skeleton)
    collector = collected(one)
    edges = mid_lines(one, collector.seen)
    assert edges.usable["left"] == 0.0
    assert np.isnan(edges.points["left_heel"]).all()
    with pytest.raises(InputError, match="pictures of 40 frames were expected, one entry a frame, got 1"):
        mid_lines(pose, collector.seen[:1])
    with pytest.raises(InputError, match="no left_knee"):
        EdgeCollector(Skeleton("feet", ("left_heel", "right_heel")))
