"""Mending must not spoil: what it takes away and puts elsewhere is wrong, whatever the frame rate."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pytest

import gaitlab
from gaitlab.apps.truth import Truth, load_truth
from gaitlab.core.pose import FloatArray, PoseSequence
from gaitlab.core.skeleton import BELOW_THE_KNEE
from gaitlab.signal import preprocessing

DEMO = Path(gaitlab.__file__).parent / "apps" / "demo_data"
LEG = ("knee", "ankle", "heel", "big_toe")
POINTS = tuple(f"{side}_{name}" for side in ("left", "right") for name in ("hip", *LEG))
FRAME_RATES = (12, 15, 25, 30, 60)


@cache
def truth_of(view: str) -> Truth:
    return load_truth(DEMO / f"{view}_truth.npz")


def height_px(truth: Truth) -> float:
    return truth.height_m / truth.metres_per_px


def filmed(truth: Truth, *, fps: float, noise: float = 0.003) -> PoseSequence:
    """Return the true points at a frame rate, with noise in heights of the runner."""
    full = truth.seen()
    kept = np.round(np.arange(0, len(full) - 0.6, 60 / fps)).astype(int)
    xy = full.xy[kept] + np.random.default_rng(4).normal(0, noise * height_px(truth), full.xy[kept].shape)
    return PoseSequence(xy, np.ones(xy.shape[:2]), full.time_s[kept], full.skeleton)


def cleaned(pose: PoseSequence, truth: Truth) -> PoseSequence:
    """Mend as an analysis does; the leg is 49 % of the height."""
    return preprocessing.preprocess(
        pose, min_score=0.3, outlier_threshold=3.0, outlier_floor_px=0.02 * 0.49 * height_px(truth)
    )


def away(pose: PoseSequence, other: PoseSequence, point: str, truth: Truth) -> FloatArray:
    """Return (frame,) how far a point lies from the other's, in heights of the runner."""
    distance: FloatArray = np.linalg.norm(pose.point(point) - other.point(point), axis=1) / height_px(truth)
    return distance


@pytest.mark.parametrize("view", ["side", "rear"])
@pytest.mark.parametrize("fps", FRAME_RATES)
def test_what_was_right_stays_right(view: str, fps: int) -> None:
    truth = truth_of(view)
    pose = filmed(truth, fps=fps)
    clean = cleaned(pose, truth)
    for point in POINTS:
        assert np.mean(away(clean, pose, point, truth) < 0.02) > 0.99, point


@pytest.mark.parametrize("view", ["side", "rear"])
@pytest.mark.parametrize("fps", [12, 15])
def test_where_frames_are_few_hardly_a_true_point_is_taken_for_an_outlier(view: str, fps: int) -> None:
    truth = truth_of(view)
    pose = filmed(truth, fps=fps)
    dropped = preprocessing.remove_outliers(pose, threshold=3.0, floor_px=0.02 * 0.49 * height_px(truth))
    for point in POINTS:
        assert np.isnan(dropped.point(point)[:, 0]).mean() <= 0.005, point


@pytest.mark.parametrize(("fps", "frames"), [(15, 1), (25, 1), (25, 2), (30, 1), (30, 2), (60, 1), (60, 2)])
def test_a_toe_that_jumps_away_is_put_back(fps: int, frames: int) -> None:
    truth = truth_of("side")
    pose = filmed(truth, fps=fps)
    rng = np.random.default_rng(7)
    column, xy = pose.skeleton.index("right_big_toe"), np.array(pose.xy)
    thrown = np.arange(5, len(pose) - 6, round(0.8 * fps))
    for first in thrown:
        angle = rng.uniform(0, 2 * np.pi)
        xy[first : first + frames, column] += 0.2 * height_px(truth) * np.array([np.cos(angle), np.sin(angle)])
    clean = cleaned(PoseSequence(xy, pose.score, pose.time_s, pose.skeleton), truth)
    rows = (thrown[:, None] + np.arange(frames)).ravel()
    off = away(clean, pose, "right_big_toe", truth)
    # At 15 frames a second the curve through its neighbours knows no better where it was.
    assert off[rows].max() < (0.05 if fps >= 25 else 0.10)


@pytest.mark.parametrize("view", ["side", "rear"])
@pytest.mark.parametrize("fps", FRAME_RATES)
def test_legs_exchanged_for_some_frames_are_put_back(view: str, fps: int) -> None:
    truth = truth_of(view)
    pose = filmed(truth, fps=fps, noise=0.01)
    rng = np.random.default_rng(2)
    exchanged = np.zeros(len(pose), dtype=bool)
    for start_s in np.arange(0.4, pose.time_s[-1] - 0.6, 0.9):
        exchanged |= (pose.time_s >= start_s) & (pose.time_s < start_s + rng.choice([0.05, 0.1, 0.2, 0.3]))
    whole = ("knee", *BELOW_THE_KNEE)
    left, right = (
        [pose.skeleton.index(f"{side}_{name}") for name in whole if pose.seen(f"left_{name}")]
        for side in ("left", "right")
    )
    xy, rows = np.array(pose.xy), np.flatnonzero(exchanged)[:, None]
    xy[rows, left], xy[rows, right] = pose.xy[rows, right], pose.xy[rows, left]
    clean = preprocessing.fix_left_right_swaps(PoseSequence(xy, pose.score, pose.time_s, pose.skeleton))
    np.testing.assert_array_equal(clean.point("left_ankle"), pose.point("left_ankle"))


@pytest.mark.parametrize("fps", FRAME_RATES)
def test_legs_that_are_seen_badly_are_not_exchanged_by_mending(fps: int) -> None:
    truth = truth_of("side")
    pose = filmed(truth, fps=fps, noise=0.1)
    clean = preprocessing.fix_left_right_swaps(pose)
    wrong = away(clean, pose, "left_ankle", truth) > 0
    assert wrong.mean() < 0.005
