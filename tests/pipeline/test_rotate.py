"""A film that lies on its side: turned before everything else, so that all that is written is upright."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

import gaitlab
from gaitlab.core.errors import InputError
from gaitlab.io.video.reader import open_video
from tests.report.make import HEIGHT, WIDTH, make_film, pose


def write_points(path: Path, *, seconds: float) -> Path:
    sequence = pose(seconds)
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["frame", "keypoint", "x_px", "y_px", "score"])
        for frame, points in enumerate(sequence.xy):
            for name, (x, y) in zip(sequence.skeleton.names, points, strict=True):
                writer.writerow([frame, name, x, y, 0.9])
    return path


def test_videos_sizes_and_the_session_follow_the_turned_picture(tmp_path: Path) -> None:
    film = make_film(tmp_path / "run.mp4", pose(1.0))
    points = write_points(tmp_path / "run.csv", seconds=1.0)
    session = gaitlab.analyze(film, keypoints=points, view="side", rotate=90, output=tmp_path / "out")
    video = session.info["video"]
    assert (video["width"], video["height"], video["rotate"], video["rotation"]) == (HEIGHT, WIDTH, 90, 0)
    for name in ("annotated.mp4", "clip.mp4"):
        with open_video(session.folder / name) as written:
            assert np.isclose(written.info.width / written.info.height, HEIGHT / WIDTH, rtol=0.02)
    assert session.report.stat().st_size > 10_000


def test_keypoints_without_a_video_are_not_turned(tmp_path: Path) -> None:
    points = write_points(tmp_path / "run.csv", seconds=0.5)
    with pytest.raises(InputError, match="rotate turns the pictures of a video"):
        gaitlab.analyze(keypoints=points, fps=60, rotate=90, output=tmp_path / "out")
    with pytest.raises(InputError, match="rotate must be 0, 90, 180 or 270"):
        gaitlab.analyze(keypoints=points, fps=60, rotate=45, output=tmp_path / "out")
