"""Recordings of legs only: the view by knees and feet, and what is told of them."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest

import gaitlab
from benchmarks.legs_only import centred, top_px
from benchmarks.truth import DEFAULT_FOLDER, film, load_trial, without
from gaitlab.apps.demo import demo_clip
from gaitlab.apps.truth import load_truth
from gaitlab.core.errors import InputError
from gaitlab.core.gait import BOTH_SIDES
from gaitlab.core.pose import PoseSequence
from gaitlab.core.skeleton import Skeleton
from gaitlab.io.keypoints import read_keypoints
from gaitlab.io.video.reader import open_video
from gaitlab.io.video.writer import VideoWriter
from gaitlab.kinematics.legs import LEGS_ONLY, legs_alone, legs_only, sinking
from gaitlab.kinematics.view import view_of

FPS, SECONDS, SHANK_PX = 100, 4, 200.0
NAMES = tuple(f"{side}_{point}" for side in BOTH_SIDES for point in ("knee", "ankle", "heel", "big_toe"))


def legs(*, right_px: float, falls_s: float = 0.7, swing_px: float = 0.0) -> PoseSequence:
    """Feet that go down in the picture for some part of a second and up for the rest of it, the left half later.

    ``right_px`` is how far the right leg is right of the left one; ``swing_px`` how far the ankles swing across.
    """
    time_s = np.arange(FPS * SECONDS) / FPS
    xy = np.zeros((len(time_s), len(NAMES), 2))
    for i, name in enumerate(NAMES):
        side, _, point = name.partition("_")
        phase = (time_s + (0.5 if side == "left" else 0.0)) % 1.0
        xy[:, i, 0] = right_px / 2 if side == "right" else -right_px / 2
        if point != "knee":
            down = np.where(phase < falls_s, phase / falls_s, (1 - phase) / (1 - falls_s))
            xy[:, i, 0] += swing_px / 2 * np.sin(2 * np.pi * phase)
            xy[:, i, 1] = SHANK_PX - 40 + 40 * down
    return PoseSequence(xy, np.ones(xy.shape[:2]), time_s, Skeleton("legs", NAMES))


def test_the_share_of_the_time_in_which_feet_sink_is_that_of_the_motion() -> None:
    # Down in 0.7 s, up in 0.3 s, compared 0.1 s apart: lower than 0.1 s before for t in [0, 0.63) and [0.97, 1).
    assert sinking(legs(right_px=50)) == pytest.approx(0.66, abs=0.01)
    assert sinking(legs(right_px=50, falls_s=0.3)) == pytest.approx(0.34, abs=0.01)


@pytest.mark.parametrize(
    ("how", "expected", "sure"),
    [
        ({"right_px": 50, "falls_s": 0.7}, "rear", True),
        ({"right_px": -50, "falls_s": 0.3}, "front", True),
        # The names of the legs and the way of the feet disagree.
        ({"right_px": 50, "falls_s": 0.3}, "rear", False),
        ({"right_px": -50, "falls_s": 0.7}, "front", False),
        ({"right_px": 5, "swing_px": 230}, "side", True),
    ],
)
def test_the_view_is_told_by_knees_and_feet(how: dict[str, float], expected: str, sure: bool) -> None:
    seen = view_of(legs(**how))
    assert (seen.view, seen.sure, seen.legs_only) == (expected, sure, True)
    assert seen.unclear_legs is not sure


def test_size_and_place_of_the_picture_change_nothing() -> None:
    pose = legs(right_px=50, falls_s=0.6)
    assert view_of(dataclasses.replace(pose, xy=3.0 * pose.xy + [100, 700])) == view_of(pose)


@pytest.mark.shared
@pytest.mark.parametrize(("seen_from", "expected"), [("behind", "rear"), ("front", "front")])
def test_runners_on_the_treadmill_are_never_taken_for_the_other_view(
    shared: Path, seen_from: str, expected: str
) -> None:
    for path in sorted((shared / "data" / DEFAULT_FOLDER.name).glob("*.npz"))[::3]:
        pose = film(
            centred(load_trial(path)), fps=60, seen_from=seen_from, rng=np.random.default_rng(3),  # type: ignore[arg-type]
            camera_distance_m=4.0, camera_height_m=0.6,
        )  # fmt: skip
        pose = without(pose, ("hip", "shoulder")).between(2, 6)
        assert (view_of(pose).view, view_of(pose).sure) == (expected, True), path.name
        exchanged = view_of(dataclasses.replace(pose, xy=pose.xy[:, list(pose.skeleton.mirrored)]))
        assert (exchanged.view, exchanged.sure) != ("rear", True), path.name


def _file(folder: Path, pose: PoseSequence) -> Path:
    rows = [
        f"{frame},{name},{x:.2f},{y:.2f},1"
        for frame in range(len(pose))
        for name, (x, y) in zip(pose.skeleton.names, pose.xy[frame] + [400, 300], strict=True)
    ]
    path = folder / "legs.csv"
    path.write_text("\n".join(["frame,keypoint,x_px,y_px,score", *rows]) + "\n", encoding="utf-8")
    return path


def test_legs_from_the_front_are_refused_in_one_line(tmp_path: Path) -> None:
    path = _file(tmp_path, legs(right_px=-50, falls_s=0.3))
    with pytest.raises(InputError, match=r"filmed from the front .told by feet and knees, sure to 1\.0") as refused:
        gaitlab.analyze(keypoints=path, fps=FPS, output=tmp_path / "out")
    assert "\n" not in str(refused.value)
    pose = read_keypoints(path, fps=FPS)
    with pytest.raises(InputError, match="seen from the front"):
        gaitlab.detect_contacts(pose, view="rear")


def test_legs_that_may_be_from_the_front_are_measured_from_behind_only_where_that_is_said(tmp_path: Path) -> None:
    path = _file(tmp_path, legs(right_px=50, falls_s=0.3))
    with pytest.raises(InputError, match=r"shows legs only, .* if it was filmed from behind, say view rear"):
        gaitlab.analyze(keypoints=path, fps=FPS, output=tmp_path / "out")
    session = gaitlab.analyze(keypoints=path, fps=FPS, view="rear", output=tmp_path / "out")
    assert session.info["view"] == "rear"
    with pytest.raises(InputError, match="show legs only"):
        gaitlab.detect_contacts(read_keypoints(path, fps=FPS))


def test_a_body_seen_whole_keeps_its_hips() -> None:
    pose = load_truth(demo_clip("rear")[1]).seen()
    assert not legs_only(pose)
    assert legs_alone(pose) is pose
    assert not view_of(pose).legs_only


def test_a_clip_cut_at_the_hips_is_measured_from_behind_with_what_the_legs_give(tmp_path: Path) -> None:
    video = tmp_path / "legs.mp4"
    clip, truth = demo_clip("rear")
    top = top_px(load_truth(truth), "hips")
    with open_video(clip) as opened, VideoWriter(video, fps=opened.info.fps) as writer:
        for frame in opened.frames(None, 5.0):
            writer.write(np.ascontiguousarray(frame.image[top:]), frame.time_s)
    session = gaitlab.analyze(video, output=tmp_path / "out", settings={"video.annotate": False})
    assert session.info["view"] == "rear"
    told = [warning for warning in session.warnings if "shows legs only" in warning]
    assert len(told) == 1
    assert "pelvic drop" in told[0]
    summary = session.summary.set_index(["metric", "side"])
    assert summary.loc[("contact_time", "left"), "n"] >= 3
    assert summary.loc[("cadence", "both"), "mean"] == pytest.approx(172, abs=2)
    assert summary.loc[("pelvic_drop", "left"), "missing_reason"] == "the film shows legs only: no hip"
    assert not any("hip was seen in only" in warning for warning in session.warnings)
    assert any(step["step"] == LEGS_ONLY for step in session.info["quality"]["history"])
