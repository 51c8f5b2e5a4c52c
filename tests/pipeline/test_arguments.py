"""What analyze takes: each argument of a wrong kind or beyond reason is one line that names it, before any work."""

from __future__ import annotations

import inspect
import pickle
from pathlib import Path

import numpy as np
import pytest
import typer

import gaitlab
from gaitlab.cli.app import app
from gaitlab.cli.endings import option_of
from gaitlab.core.errors import GaitlabError, InputError, argument
from gaitlab.pipeline.recording import read_recording
from gaitlab.pipeline.run import analyze
from gaitlab.pipeline.spec import RecordingSpec
from gaitlab.pipeline.unused_arguments import check_settings, idle
from tests.io.video.make import make_video

NAN, INF = float("nan"), float("inf")
# A shop's file without a head of its own: it sorts inward rolling, and that is all.
SORTS = str(Path(__file__).resolve().parents[2] / "configs" / "shop_profile.toml")


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("height_m", "178", r"height_m must be a height from 0.5 to 2.6 m, not '178'; e.g. 1.78"),
        ("height_m", 178, "height_m must be a height from 0.5 to 2.6 m, not 178; e.g. 1.78"),
        ("height_m", True, "not true"),
        ("height_m", 10**400, "not a number of about 401 digits"),
        ("mass_kg", NAN, "mass_kg must be a mass from 10 to 350 kg, not nan; e.g. 70"),
        ("mass_kg", [70], "not a list of 1"),
        ("belt_speed_mps", INF, "belt_speed_mps must be a speed from 0.2 to 13 m/s, not inf; e.g. 2.78"),
        ("belt_speed_mps", np.float32("nan"), "belt_speed_mps must be a speed"),
        ("fps", 0, "fps must be a frame rate from 5 to 2000 frames a second, not 0"),
        ("fps", NAN, "fps must be a frame rate"),
        ("capture_fps", "240", "capture_fps must be a frame rate .* or auto, not '240'"),
        ("start_s", NAN, "start_s must be a time from 0 to 86400 s, not nan"),
        ("start_s", -0.1, "start_s must be a time from 0 to 86400 s, not -0.1"),
        ("end_s", -INF, "end_s must be a time"),
        ("view", 3, "unknown view 3; known: side, rear, front, auto"),
        ("view", None, "unknown view nothing"),
        ("facing", "rihgt", "did you mean 'right'"),
        ("label", 7, "label must be a text, not 7"),
        ("video", 7, "video must be the path of a file, not 7"),
        ("video", "", "video is empty"),
        ("video", "a\0b", "video 'a.x00b' is no path that can be used"),
        ("video", "x" * 5000, "is no path that can be used: File name too long"),
        ("output", 7, "output must be the path"),
        ("model", Path("runner"), "model must be a text, not a "),
        ("settings", "fast", "settings must be gaitlab.Settings or a dictionary of settings, not 'fast'"),
        ("settings", {"pose": 1}, "unknown setting 'pose'"),
        ("force", "no", "force must be True or False, not 'no'"),
        ("progress", 1, "progress must be a function, not 1"),
        ("keypoints_format", None, "keypoints_format must be a text, not nothing"),
    ],
)
def test_an_argument_of_the_wrong_kind_is_named(name: str, value: object, said: str, tmp_path: Path) -> None:
    arguments = {"video": "none.mp4", "output": tmp_path / "out", name: value}
    with pytest.raises(GaitlabError, match=said) as error:
        analyze(**arguments)  # type: ignore[arg-type]
    assert len(str(error.value).splitlines()) == 1
    assert len(str(error.value)) < 300


def test_numbers_of_numpy_and_whole_ones_are_numbers() -> None:
    with pytest.raises(InputError, match="no such file"):
        gaitlab.analyze("none.mp4", height_m=np.float32(1.78), mass_kg=np.int64(70), belt_speed_mps=3, start_s=0)


def test_times_and_rates_that_the_clip_has_not(tmp_path: Path) -> None:
    clip = make_video(tmp_path / "a.mp4", [n / 30 for n in range(60)])
    for arguments, said in (
        ({"start_s": 2.0}, r"start_s \(2 s\) is beyond the end of '.*a\.mp4' \(2\.000 s\)"),
        ({"start_s": 1.0, "end_s": 1.0}, "start_s .1 s. must come before end_s .1 s."),
        (
            {"capture_fps": 25},
            "capture_fps .25. is below the 30 frames a second of .* which is higher than what it plays",
        ),
    ):
        with pytest.raises(InputError, match=said):
            analyze(clip, output=tmp_path / "out", **arguments)  # type: ignore[arg-type]


def test_one_picture_is_no_film(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"'.*a\.mp4' is one picture; expected a film"):
        analyze(make_video(tmp_path / "a.mp4", [0.0]), output=tmp_path / "out")


def test_a_capture_rate_that_was_ignored_is_no_matter_to_who_names_the_true_one(tmp_path: Path) -> None:
    metadata = {"com.android.capture.fps": "inf"}
    clip = make_video(tmp_path / "a.mp4", [n / 30 for n in range(60)], metadata=metadata)
    points = tmp_path / "points.csv"
    rows = [f"{frame},left_ankle,{frame},2,0.9" for frame in range(60)]
    points.write_text("\n".join(["frame,keypoint,x_px,y_px,score", *rows]))
    for rate, slow_motion, said in ((None, 1.0, True), (120.0, 4.0, False)):
        spec = RecordingSpec(video=clip, view="side", keypoints=points, capture_fps=rate)
        read = read_recording(spec, progress=lambda *_: None)
        assert read.video is not None
        assert (read.slow_motion, bool(read.video.remark)) == (pytest.approx(slow_motion), said)


def test_times_rates_and_people_that_a_file_has_not(tmp_path: Path) -> None:
    path = tmp_path / "points.csv"
    rows = [f"{frame},{side}_ankle,{frame},2,0.9" for frame in range(60) for side in ("left", "right")]
    path.write_text("\n".join(["frame,keypoint,x_px,y_px,score", *rows]))
    for arguments, said in (
        ({"start_s": 2.0}, r"start_s \(2 s\) is beyond the end of '.*points\.csv' \(1\.967 s\)"),
        ({"settings": {"pose.person": 3}}, "person 3 is not in '.*points.csv'; it has 1"),
    ):
        with pytest.raises(InputError, match=said):
            analyze(keypoints=path, fps=30, output=tmp_path / "out", **arguments)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"keypoints": "k.csv", "model": "nonsense"}, "model names a network, but all keypoints come from files"),
        ({"keypoints": "k.csv", "video": "v.mp4", "model": "body"}, "model names a network"),
        ({"keypoints": "k.csv", "models_dir": "nets"}, "models_dir is a folder of networks"),
        ({"video": "v.mp4", "fps": 60}, "fps is of keypoints .* slow motion is capture_fps"),
        ({"video": "v.mp4", "keypoints": "k.csv", "fps": 60}, "fps is of keypoints alone"),
        (
            {"video": "v.mp4", "keypoints_format": "trc"},
            "keypoints_format is of a file of keypoints, but none",
        ),
        ({"keypoints": "k.csv", "rotate": 90}, "rotate turns the pictures of a video"),
        ({"keypoints": "k.csv", "dots": "auto"}, "dots are tracked in a video"),
        (
            {"video": "v.mp4", "view": "side", "dots": "auto"},
            "dots is for the rear .* say view rear, .* with with_",
        ),
        ({"video": "v.mp4", "view": "side", "profile": SORTS}, "profile is for the rear view"),
        ({"video": "v.mp4", "view": "rear", "facing": "left"}, "facing is for the side view"),
    ],
)
def test_an_argument_without_effect_beside_the_others_is_refused(arguments: dict[str, str], said: str) -> None:
    """None of the recordings is there: it is said before any is opened."""
    with pytest.raises(InputError, match=said):
        analyze(**arguments)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "arguments",
    [
        {"keypoints": "k.csv", "standing": "v.mp4", "view": "rear", "model": "body"},  # the network sees who stands
        {"keypoints": "k.csv", "with_": "v.mp4", "models_dir": "nets"},
        {"video": "v.mp4", "with_": "k.trc", "keypoints_format": "trc", "fps": 60},
        {"keypoints": "k.csv", "with_": "v.mp4", "view": "side", "dots": "auto"},
        {"video": "v.mp4", "with_": "b.mp4", "view": "rear", "facing": "left"},
        {"video": "v.mp4", "rotate": 0, "keypoints_format": "auto", "facing": "auto", "model": None},
    ],
)
def test_an_argument_that_one_of_the_recordings_takes_is_not_refused(arguments: dict[str, object]) -> None:
    assert list(idle(arguments)) == []


def test_an_error_calls_an_argument_as_its_reader_does() -> None:
    error = InputError(f"{argument('start_s')} must come before {argument('end_s')}, not 'start_s'")
    assert str(error) == "start_s must come before end_s, not 'start_s'"
    assert error.worded(option_of) == "--start must come before --end, not 'start_s'"
    assert str(pickle.loads(pickle.dumps(error))) == str(error)


def test_every_argument_is_called_by_an_option_that_there_is() -> None:
    """The names of the command line come from a table and a rule; the command itself says what it takes."""
    command = typer.main.get_command(app).commands["analyze"]  # type: ignore[attr-defined]
    known = {option for parameter in command.params for option in parameter.opts}
    python = set(inspect.signature(analyze).parameters) - {"video", "settings", "progress", "on_slow_motion"}
    assert {option_of(name) for name in python} - known == set()


def test_a_setting_of_pictures_is_refused_where_there_are_none(tmp_path: Path) -> None:
    for name, value in (
        ("video.annotate", False), ("video.crf", 20), ("video.height", 480), ("video.follow", "no"),
        ("video.blur_face", True), ("report.embed_video", "yes"),
    ):  # fmt: skip
        with pytest.raises(InputError, match=rf"^{name} is of a video's pictures, but only keypoints are given"):
            analyze(keypoints="k.csv", with_="rear.csv", settings={name: value})
        for given in ({"video": "v.mp4", "keypoints": "k.csv"}, {"keypoints": "k.csv", "with_": "rear.mp4"}):
            check_settings([name], given)
    with pytest.raises(InputError, match=r"^pose\.model names a network, but all keypoints come from files"):
        analyze(keypoints="k.csv", settings={"pose.model": "body"})


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--no-video"], "--no-video "),
        (["--blur-face"], "--blur-face "),
        (["--no-embed-video"], "--embed-video "),
        (["--set", "video.crf=20"], "--set video.crf "),
    ],
)
def test_a_command_names_the_option_of_pictures_that_there_are_not(options: list[str], said: str) -> None:
    with pytest.raises(InputError) as error:
        app(["analyze", "--keypoints", "k.csv", *options], standalone_mode=False)
    assert error.value.worded(option_of).startswith(said)


def test_a_file_of_settings_is_for_many_recordings(tmp_path: Path) -> None:
    """What it says of pictures is no reason to refuse keypoints: the next complaint is that there are none."""
    (tmp_path / "shop.toml").write_text("[video]\ncrf = 20\n")
    with pytest.raises(InputError, match="no such file"):
        app(
            ["analyze", "--keypoints", str(tmp_path / "k.csv"), "--config", str(tmp_path / "shop.toml")],
            standalone_mode=False,
        )
