"""``gaitlab pose``: any picture, any video, any number of people."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from gaitlab.apps.pose_images import DrawOptions, draw_all_poses
from gaitlab.io.video.reader import open_video
from gaitlab.io.video.writer import VideoWriter
from gaitlab.pose.networks.estimator import PoseEstimator, load_estimator
from tests.cli.test_cli import gaitlab, refused


@pytest.fixture(scope="module")
def runner(shared: Path) -> np.ndarray:
    with open_video(shared / "data/treadmill_side/male_side.mp4") as video:
        return next(iter(video.frames(2.0))).image


@pytest.fixture(scope="module")
def estimator(shared: Path) -> PoseEstimator:
    return load_estimator("openpose-light")


@pytest.mark.shared
def test_two_people_in_a_picture(runner: np.ndarray, tmp_path: Path) -> None:
    pair = np.concatenate([runner, runner[:, ::-1]], axis=1)
    cv2.imwrite(str(tmp_path / "pair.png"), pair)
    result = gaitlab(
        "pose", "pair.png", "-o", "out", "--model", "openpose-light", "--angles", "--numbers", "--heatmaps",
        cwd=tmp_path,
    )  # fmt: skip
    assert result.returncode == 0, result.stderr
    assert "pair.png: 2 people" in result.stdout
    names = {path.name for path in (tmp_path / "out").iterdir()}
    assert names == {"pair.png", "pair_heatmaps.png", "pair_000000000000_keypoints.json"}
    people = json.loads((tmp_path / "out" / "pair_000000000000_keypoints.json").read_text())["people"]
    noses = sorted(person["pose_keypoints_2d"][0] for person in people)
    # The second is the first in a mirror.
    assert noses[0] + noses[1] == pytest.approx(pair.shape[1], abs=30)
    drawn = cv2.imread(str(tmp_path / "out" / "pair.png"))
    assert drawn.shape == pair.shape
    assert np.abs(drawn.astype(int) - pair).max() > 100


@pytest.mark.shared
def test_a_video_keeps_its_times(runner: np.ndarray, estimator: PoseEstimator, tmp_path: Path) -> None:
    small = cv2.resize(runner, (180, 320))
    with VideoWriter(tmp_path / "clip.mp4", fps=30) as writer:
        for number in range(5):
            writer.write(small, number / 15)
    (found,) = draw_all_poses([tmp_path / "clip.mp4"], estimator, tmp_path / "out", options=DrawOptions(heatmaps=True))
    assert found.people == 1
    assert found.network_ms > 0
    with open_video(tmp_path / "out" / "clip.mp4") as drawn, open_video(tmp_path / "clip.mp4") as source:
        np.testing.assert_allclose(drawn.timestamps_s, source.timestamps_s, atol=1e-4)
    assert len(list((tmp_path / "out" / "clip_json").iterdir())) == 5
    assert (tmp_path / "out" / "clip_heatmaps.mp4").is_file()


@pytest.mark.shared
def test_the_threshold_leaves_points_out(runner: np.ndarray, estimator: PoseEstimator, tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "a.png"), runner)
    seen = {}
    for threshold in (0.1, 0.8):
        options = DrawOptions(threshold=threshold)
        list(draw_all_poses([tmp_path / "a.png"], estimator, tmp_path / f"{threshold}", options=options))
        content = json.loads((tmp_path / f"{threshold}" / "a_000000000000_keypoints.json").read_text())
        seen[threshold] = sum(1 for score in content["people"][0]["pose_keypoints_2d"][2::3] if score > 0)
    assert 0 < seen[0.8] < seen[0.1]


@pytest.mark.shared
def test_what_cannot_be_read(tmp_path: Path, shared: Path) -> None:
    (tmp_path / "text.png").write_text("no picture")
    model = ["--model", "openpose-light"]
    assert "no such file" in refused("pose", "none.jpg", "-o", ".", *model, cwd=tmp_path)
    assert "not a picture" in refused("pose", "text.png", "-o", ".", *model, cwd=tmp_path)
    assert "two of the files" in refused("pose", "a/x.jpg", "b/x.jpg", "-o", ".", *model, cwd=tmp_path)
