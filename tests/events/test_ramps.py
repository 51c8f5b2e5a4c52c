"""Slow motion in a part of a film: strides are as long as they were made, and the part of true speed is named."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import gaitlab
from gaitlab.cli.tables import with_options
from gaitlab.core.metric import View
from gaitlab.core.pose import PoseSequence
from gaitlab.core.skeleton import Skeleton
from gaitlab.events.slow_motion import ramp_warnings
from tests.analysis.test_rear import clip_points

STRIDE_S, RAMP_S = 0.7, 3.0


def ankles(factor: float, *, axis: int = 0, seconds: float = 9.0) -> PoseSequence:
    """Ankles that pass each other every 0.7 s, and from 3 s on so many times slower."""
    film_s = np.arange(0, seconds, 1 / 30)
    life_s = np.where(film_s < RAMP_S, film_s, RAMP_S + (film_s - RAMP_S) / factor)
    xy = np.zeros((len(film_s), 2, 2))
    xy[:, 0, axis] = 100 * np.sin(2 * np.pi * life_s / STRIDE_S)
    return PoseSequence(xy, np.ones(xy.shape[:2]), film_s, Skeleton("two", ("left_ankle", "right_ankle")))


@pytest.mark.parametrize("factor", [2, 4, 8])
@pytest.mark.parametrize("view", ["side", "rear"])
def test_a_ramp_is_told_with_the_part_that_plays_at_true_speed(factor: int, view: View) -> None:
    pose = ankles(factor, axis=0 if view == "side" else 1, seconds=RAMP_S + 3 * factor * STRIDE_S)
    (said,) = ramp_warnings(pose, view=view)
    assert f"plays in slow motion ({factor}x)" in said
    assert f"strides last {factor * STRIDE_S:.2f} s" in said
    assert "0.70 s elsewhere" in said
    start_s, end_s = (float(word) for word in said.rpartition("e.g. ")[2].removesuffix(" s").split(" to "))
    assert start_s == 0
    assert end_s == pytest.approx(RAMP_S, abs=STRIDE_S)
    assert "the part to analyse (--start, --end) must be entered" in with_options(said)


@pytest.mark.parametrize("factor", [1.0, 1.15, 1.5, 0.9])
def test_a_change_of_pace_is_no_ramp(factor: float) -> None:
    assert ramp_warnings(ankles(factor), view="side") == ()


def test_legs_that_change_names_are_no_ramp() -> None:
    """Left taken for right at one pass makes one stride look like two short ones."""
    pose = ankles(1.0)
    xy = pose.xy.copy()
    for at in (60, 95, 130, 165):
        xy[at : at + 11] = xy[at : at + 11, ::-1]
    assert ramp_warnings(PoseSequence(xy, pose.score, pose.time_s, pose.skeleton), view="side") == ()


def test_a_session_says_so(tmp_path: Path) -> None:
    """A runner whose second half plays four times slower, in a file of one rate."""
    pose = clip_points("side")
    half = len(pose) // 2
    rows = np.concatenate([np.arange(half, dtype=np.float64), np.arange(half, len(pose) - 1, 0.25)])
    flat = pose.xy.reshape(len(pose), -1)
    xy = np.stack([np.interp(rows, np.arange(len(pose)), column) for column in flat.T], axis=-1)
    points = xy.reshape(len(rows), len(pose.skeleton), 2)
    lines = ["frame,keypoint,x_px,y_px"]
    for frame, one in enumerate(points):
        lines += [f"{frame},{name},{x:.3f},{y:.3f}" for name, (x, y) in zip(pose.skeleton.names, one, strict=True)]
    (tmp_path / "ramp.csv").write_text("\n".join(lines) + "\n")
    session = gaitlab.analyze(keypoints=tmp_path / "ramp.csv", fps=pose.fps, view="side", output=tmp_path / "out")
    assert sum("plays in slow motion (4x)" in warning for warning in session.warnings) == 1
