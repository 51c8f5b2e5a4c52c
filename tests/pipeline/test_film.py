"""What a recording makes of films that are not as most: raw streams, fields, and their own account of themselves."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from gaitlab.core.pose import PoseSequence
from gaitlab.core.skeleton import SKELETONS
from gaitlab.pipeline import unused_arguments
from gaitlab.pipeline.description import _describe_video
from gaitlab.pipeline.reading.film import Film, one_shot
from gaitlab.pipeline.reading.repeated import RepeatedPictures
from gaitlab.pipeline.recording import read_recording
from gaitlab.pipeline.spec import RecordingSpec
from gaitlab.scene.motion import CameraMotion
from gaitlab.scene.shots import Shot
from tests.conftest import DemoRun
from tests.io.video.make import make_video
from tests.io.video.test_kinds import encode, moving, numbered


def points(folder: Path, frames: int) -> Path:
    path = folder / "points.csv"
    rows = [f"{frame},left_ankle,{frame},2,0.9" for frame in range(frames)]
    path.write_text("\n".join(["frame,keypoint,x_px,y_px,score", *rows]))
    return path


def test_the_rate_of_a_raw_stream_is_no_idle_argument(tmp_path: Path) -> None:
    raw = encode(tmp_path / "a.h264", numbered())
    clip = make_video(tmp_path / "b.mp4", [n / 30 for n in range(10)])
    keypoints = points(tmp_path, 30)
    unused_arguments.check({"video": raw, "fps": 60})
    unused_arguments.check({"video": raw, "keypoints": keypoints, "fps": 60})
    assert [name for name, _ in unused_arguments.idle({"video": clip, "fps": 60})] == ["fps"]
    assert [name for name, _ in unused_arguments.idle({"video": clip, "keypoints": keypoints, "fps": 60})] == ["fps"]
    read = read_recording(
        RecordingSpec(video=raw, view="side", keypoints=keypoints, fps=50.0), progress=lambda *_: None
    )
    np.testing.assert_allclose(read.raw.time_s, np.arange(30) / 50, atol=1e-9)


@pytest.mark.parametrize(("frames", "fps"), [(20, 25), (40, 50)])
def test_keypoints_of_pictures_or_of_their_fields_fit_an_interlaced_film(tmp_path: Path, frames: int, fps: int) -> None:
    woven = []
    for number in range(0, 40, 2):
        image = moving(number // 2)
        image[1::2] = moving(number // 2 + 1)[1::2]
        woven.append(image)
    film = encode(tmp_path / "a.mts", woven, options={"crf": "8", "x264-params": "tff=1"}, fps=25)
    read = read_recording(
        RecordingSpec(video=film, view="side", keypoints=points(tmp_path, frames)), progress=lambda *_: None
    )
    np.testing.assert_allclose(read.raw.time_s, np.arange(frames) / fps, atol=1e-6)
    assert read.video is not None
    said = _describe_video(read.video)
    assert (said["fps"], said["frames"], said["deinterlaced"]) == (pytest.approx(50), 40, "fields, top first")
    assert (said["mirrored"], said["sample_aspect"], said["tone_mapped"]) == (False, 1.0, None)


@pytest.mark.shared
def test_slow_motion_shows_the_same_points_as_the_film_at_its_true_speed(shared: Path, demo_run: DemoRun) -> None:
    """The demonstration clip at half its speed, each picture twice: the hips rise and fall as far as in life."""
    slow = shared / "data" / "cases" / "v09_slow_60fps_ms_clock.mkv"
    read = read_recording(
        RecordingSpec(video=slow, view="side", capture_fps=120.0, end_s=3.0), progress=lambda *_: None
    )
    folder = demo_run.folder / "reports" / "demo"
    with np.load(folder / "keypoints.npz") as alive:
        frames = len(read.raw)
        hip = list(alive["names"]).index("mid_hip")
        assert alive["time_s"][:frames] == pytest.approx(read.raw.time_s, abs=1e-3)
        off_px = read.raw.point("mid_hip") - alive["raw_xy"][:frames, hip]
        assert frames == pytest.approx(90, abs=1)
        assert np.nanstd(off_px, axis=0).max() < 0.8  # the noise of an encoder; 1.4 where the crop bounces


def test_of_a_spliced_film_the_shot_that_shows_the_runner_for_longest_is_kept() -> None:
    skeleton, time_s = SKELETONS["coco_17"], np.arange(100) / 25
    xy = np.full((100, len(skeleton), 2), 50.0)
    xy[:45] = np.nan  # nobody in the first shot, which is the longest
    shift = np.column_stack([3.0 * np.arange(100), np.zeros(100)])
    to_first = np.concatenate([np.broadcast_to(np.eye(2), (100, 2, 2)), shift[:, :, None]], axis=2)
    camera = CameraMotion(time_s, to_first, np.full(100, 50), np.full(100, 0.1), np.zeros(100), 640, 360, np.zeros(100))
    shots = [Shot(0, 44, 0.0, 1.76), Shot(45, 59, 1.8, 2.36), Shot(60, 99, 2.4, 3.96)]
    raw = PoseSequence(xy, np.ones(xy.shape[:2]), time_s, skeleton)
    film = Film(raw, {}, (), RepeatedPictures(), heel_pictures=[()] * 100, camera=camera, shots=shots)
    part, shown_s, (note,) = one_shot(film, time_s)
    assert shown_s.tolist() == time_s[60:].tolist() == part.raw.time_s.tolist()
    assert len(part.heel_pictures or ()) == 40
    assert "from 2.40 to 3.96 s is measured" in note
    # On the ground of the shot's own first picture: 3 px for each frame since.
    assert part.camera is not None
    assert part.camera.to_first[:, 0, 2] == pytest.approx(3.0 * np.arange(40))
    # A film of one shot stays as it is.
    whole, _, said = one_shot(replace(film, shots=shots[:1]), time_s)
    assert (len(whole.raw), said) == (100, ())
