"""The real networks on the real clip: cadence known from raw pixels, points known from a stronger network."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest

from gaitlab.core.pose import PoseSequence
from gaitlab.core.skeleton import SIDES
from gaitlab.io.keypoints import read_keypoints
from gaitlab.io.video.reader import Frame, open_video
from gaitlab.pose.follow import Followed, follow_runner
from gaitlab.pose.networks.estimator import load_estimator

pytestmark = pytest.mark.shared
SECONDS = 3.0


@pytest.fixture(scope="module", params=["openpose-light", "runner-baseline"])
def followed(request: pytest.FixtureRequest, shared: Path) -> Followed:
    estimator = load_estimator(request.param, models_dir=shared / "models")
    with open_video(shared / "data/treadmill_side/male_side.mp4") as video:
        return follow_runner(video.frames(end_s=SECONDS), estimator)


def cadence_spm(track: np.ndarray, fps: float) -> float:
    """Steps a minute: twice the frequency of one ankle's strongest oscillation."""
    seen = np.flatnonzero(np.isfinite(track))
    filled = np.interp(np.arange(len(track)), seen, track[seen])
    hertz = np.arange(1.0, 2.0, 0.001)
    wave = np.exp(-2j * np.pi * hertz[:, None] * np.arange(len(track)) / fps)
    return float(120 * hertz[np.abs(wave @ ((filled - filled.mean()) * np.hanning(len(track)))).argmax()])


def near(pose: PoseSequence, truth: PoseSequence, name: str, share: float) -> float:
    """Share of frames in which a point lies within ``share`` of the runner's height of the stronger network's."""
    height_px = 600.0
    apart = np.linalg.norm(pose.point(name) - truth.point(name)[: len(pose)], axis=1)
    return float((apart < share * height_px).mean())


def test_the_runner_is_followed_with_the_right_cadence(followed: Followed, shared: Path) -> None:
    pose = followed.pose
    assert pose is not None
    assert len(pose) == 91
    assert followed.person == 0
    # Three seconds know the cadence to about 2 %; the whole clip is measured in benchmarks/pose_quality.py.
    for side in ("left", "right"):
        assert cadence_spm(pose.point(f"{side}_ankle")[:, 0], pose.fps) == pytest.approx(168.9, abs=4)


def test_the_points_are_where_a_stronger_network_sees_them(followed: Followed, shared: Path) -> None:
    truth = read_keypoints(shared / "data/treadmill_side/male_side.pose.json", format="gaitlab-pose")
    assert followed.pose is not None
    assert near(followed.pose, truth, "left_knee", 0.05) > 0.85
    assert near(followed.pose, truth, "left_ankle", 0.05) > 0.85
    assert near(followed.pose, truth, "right_ankle", 0.1) > 0.6


def beside_a_mirror_and_a_poster(clip: Path, *, count: int, hidden: range) -> Iterator[Frame]:
    """A wide picture: the runner in the middle, a smaller mirror image on the left, a still of them on the right."""
    poster = None
    with open_video(clip) as video:
        for number, frame in enumerate(video.frames(end_s=(count - 1) / 30)):
            wide = np.full((800, 1740, 3), 90, np.uint8)
            runner = frame.image[500:, 60:620]
            poster = runner.copy() if poster is None else poster
            mirror = cv2.resize(runner[:, ::-1], None, fx=0.6, fy=0.6, interpolation=cv2.INTER_AREA)
            wide[10 : 10 + len(mirror), 10 : 10 + mirror.shape[1]] = mirror
            wide[10:790, 1170:1730] = poster
            if number not in hidden:
                wide[10:790, 580:1140] = runner
            yield Frame(frame.time_s, wide)


def test_the_runner_is_told_from_mirror_and_poster_and_found_again(shared: Path) -> None:
    clip, hidden = shared / "data/treadmill_side/male_side.mp4", range(45, 60)
    estimator = load_estimator("runner-baseline", models_dir=shared / "models")
    followed = follow_runner(beside_a_mirror_and_a_poster(clip, count=80, hidden=hidden), estimator)
    assert followed.pose is not None
    assert len(followed.others) >= 2
    knees = [followed.pose.point(f"{side}_knee")[:, 0] for side in SIDES]
    seen = np.isfinite(knees).all(axis=0)
    assert not seen[hidden].any()
    assert seen[[n for n in range(80) if n not in hidden]].mean() > 0.95
    assert np.all((np.array(knees)[:, seen] > 580) & (np.array(knees)[:, seen] < 1140))
