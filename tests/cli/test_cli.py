"""The commands as a user meets them: real processes, real files, one line an error."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from gaitlab import __version__
from tests.io.video.make import make_video

CLIP = Path("data/treadmill_side/male_side.mp4")
TRACKS = Path("data/treadmill_side/male_side.pose.json")
TABLES = {"session.json", "keypoints.npz", "angles.csv", "events.csv", "cycles.csv", "summary.csv", "report.html"}


def gaitlab(*arguments: object, cwd: Path | None = None, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "gaitlab", *map(str, arguments)],
        capture_output=True,
        text=True,
        cwd=cwd,
        env={**os.environ, **environment},
        timeout=300,
        check=False,
    )


def refused(*arguments: object, cwd: Path, **environment: str) -> str:
    """Run a command that must fail with exit code 2 and one line, and leave nothing new behind; return the line."""
    before = sorted(cwd.rglob("*"))
    result = gaitlab(*arguments, cwd=cwd, **environment)
    assert result.returncode == 2, result.stderr
    lines = [line for line in result.stderr.splitlines() if line.strip() and " s left" not in line]
    assert len(lines) == 1, result.stderr
    assert sorted(cwd.rglob("*")) == before
    return lines[0]


@pytest.fixture
def blank_video(tmp_path: Path) -> Path:
    """Two seconds of nobody."""
    return make_video(tmp_path / "nobody.mp4", [n / 30 for n in range(60)], width=320, height=240)


def test_version_and_help() -> None:
    assert gaitlab("--version").stdout.strip() == __version__
    page = gaitlab("--help").stdout
    for command in ("analyze", "demo", "report", "compare", "athlete", "note", "sessions", "models", "config"):
        assert command in page


def test_help_says_what_happens_without_an_option() -> None:
    """Defaults in words stand in brackets, which a terminal's markup would take for a style and leave out."""
    assert "[default: reports/NAME]" in " ".join(gaitlab("analyze", "--help").stdout.replace("│", " ").split())


def test_no_such_file(tmp_path: Path) -> None:
    assert "no such file: 'none.mp4'" in refused("analyze", "none.mp4", cwd=tmp_path)


def test_a_text_file_named_mp4(tmp_path: Path) -> None:
    (tmp_path / "text.mp4").write_text("not a video at all\n" * 50)
    assert "'text.mp4' is not a video that can be read" in refused("analyze", "text.mp4", cwd=tmp_path)


def test_a_folder_as_input(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    assert "'folder' is a folder" in refused("analyze", "folder", cwd=tmp_path)


def test_nothing_to_analyse(tmp_path: Path) -> None:
    assert "name a video, or a file of keypoints with --keypoints" in refused("analyze", cwd=tmp_path)


def test_an_output_folder_that_exists(tmp_path: Path, blank_video: Path) -> None:
    (tmp_path / "out").mkdir()
    line = refused("analyze", blank_video, "-o", "out", cwd=tmp_path)
    assert "the output folder 'out' exists" in line
    assert "--force" in line


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--speed", "10"], "speed '10' has no unit; write it like '10 km/h'"),
        (["--height", "178 m"], "height '178 m' is outside 0.5-2.6 m"),
        (["--set", "smoothing.metod=kalman"], "did you mean 'smoothing.method'?"),
        (["--set", "smoothing.method=kalmann"], "did you mean 'kalman'?"),
        (["--view", "top"], "unknown view 'top'"),
        (["--view", "back"], "did you mean 'rear'?"),
        (["--view", "behind"], "did you mean 'rear'?"),
        (["--view", "Posterior"], "did you mean 'rear'?"),
        (["--view", "lateral"], "did you mean 'side'?"),
        (["--view", "sagittal"], "did you mean 'side'?"),
        (["--view", "front", "--movement", "run"], "gait is measured from the side or from behind, film again"),
        (
            ["--view", "front", "--movement", "cycling"],
            "cycling is measured from the side: film again, or say --view side",
        ),
        (["--movement", "sqat"], "did you mean 'squat'?"),
        (["--movement", "squat", "--speed", "10 km/h"], "--speed is of gait, but another movement was named"),
        (["--rotate", "45"], "--rotate must be 0, 90, 180 or 270 (degrees, clockwise), not 45"),
        (["--facing", "rihgt"], "did you mean 'right'?"),
        (["--fps", "0"], "gaitlab: --fps must be a frame rate"),
        (["--start", "5", "--end", "4"], "--start (5 s) must come before --end (4 s)"),
        (["--start", "nan"], "--start must be a time from 0 to 86400 s, not nan"),
        (["--end=-inf"], "--end must be a time"),
        (["--fps", "60"], "--fps is of keypoints"),
        (["--format", "trc"], "--format is of a file of keypoints, but none is given; name it with --keypoints"),
        (["--keypoints", "k.csv", "--model", "nonsense"], "--model names a network, but all keypoints come from files"),
        (["--view", "side", "--dots", "auto"], "--dots is for the rear view, but this is a side view; say --view rear"),
        (["--capture-fps", "10"], "is below the 30 frames a second of"),
        (["--set", "tracks.min_score=nan"], "must be a number from 0 to 1, not nan"),
        (["--speed", "6:00"], "write it like '6:00 min/km'"),
        (["--speed", ""], "speed '' is not a number with a unit"),
        (["--config", "none.toml"], "cannot read the settings file 'none.toml'"),
        (["--model", "openpse-light"], "did you mean 'openpose-light'?"),
    ],
)
def test_options_that_make_no_sense(tmp_path: Path, blank_video: Path, options: list[str], said: str) -> None:
    assert said in refused("analyze", blank_video, *options, cwd=tmp_path)


def test_no_pose_network(tmp_path: Path, blank_video: Path) -> None:
    """A copy of the package far from any network says which were looked for, where, and what installs one."""
    code = (
        "import sys, gaitlab.pose.models.catalogue as c, pathlib\n"
        f"c.search_folders = lambda models_dir=None: [pathlib.Path({str(tmp_path)!r}) / 'models']\n"
        f"sys.argv = ['gaitlab', 'analyze', {str(blank_video)!r}]\n"
        "from gaitlab.cli.app import main\nmain()"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=tmp_path, check=False)
    assert result.returncode == 2
    assert "openpose-light" in result.stderr
    assert str(tmp_path / "models") in result.stderr
    assert "gaitlab models install" in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1


def test_debug_shows_the_traceback(tmp_path: Path) -> None:
    result = gaitlab("analyze", "none.mp4", "--debug", cwd=tmp_path)
    assert "Traceback" in result.stderr
    assert result.stderr.splitlines()[-1].startswith("gaitlab: no such file: 'none.mp4'")
    assert result.returncode == 2


@pytest.mark.parametrize("debug", [False, True])
@pytest.mark.parametrize(
    ("error", "said"),
    [
        ("KeyError('left\\nheel')", "gaitlab: this is a bug of gaitlab, please report it: KeyError in "),
        ("MemoryError()", "gaitlab: there is not enough memory for this"),
    ],
)
def test_what_nobody_foresaw_is_no_result(tmp_path: Path, error: str, said: str, debug: bool) -> None:
    """Code 1 says that a session was written: a bug must not."""
    code = (
        "import sys, gaitlab.pipeline.run as pipeline\n"
        f"def broken(*_, **__): raise {error}\n"
        "pipeline.analyze = broken\n"
        f"sys.argv = {['gaitlab', 'analyze', 'a.mp4', *(['--debug'] if debug else [])]}\n"
        "from gaitlab.cli.app import main\nmain()"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=tmp_path, check=False)
    assert result.returncode == 70
    assert result.stderr.splitlines()[-1].startswith(said)
    assert ("Traceback" in result.stderr) == debug
    assert debug or len(result.stderr.splitlines()) == 1


def test_config_prints_what_can_be_read_back(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(gaitlab("config", "--set", "smoothing.cutoff_hz=8").stdout)
    again = gaitlab("config", "--config", tmp_path / "mine.toml").stdout
    assert "cutoff_hz = 8.0" in again


@pytest.fixture
def tracks_csv(tmp_path: Path, shared: Path) -> Path:
    """The real tracks of the clip as a tidy CSV with gaitlab's names."""
    content = json.loads((shared / TRACKS).read_text())
    sides = {"l": "left", "r": "right"}
    lines = ["frame,keypoint,x_px,y_px,score"]
    for number, frame in enumerate(content["frames"]):
        for name, (x, y, score) in zip(content["keypoint_names"], frame, strict=True):
            full = f"{sides[name[0]]}{name[1:]}" if name[1] == "_" else name
            lines.append(f"{number},{full},{x},{y},{score}")
    path = tmp_path / "tracks.csv"
    path.write_text("\n".join(lines))
    return path


def summary(folder: Path) -> dict[tuple[str, str], dict[str, str]]:
    from gaitlab.io.session.tables import read_table

    return {(row["metric"], row["side"]): row for row in read_table(folder / "summary.csv")}


@pytest.mark.shared
def test_keypoints_without_a_video_write_everything_but_the_video(tmp_path: Path, tracks_csv: Path) -> None:
    out = tmp_path / "out"
    result = gaitlab(
        "analyze", "--keypoints", tracks_csv, "--format", "csv", "--fps", 30, "--view", "side", "--facing", "left",
        "--height", "178 cm", "-o", out, cwd=tmp_path,
    )  # fmt: skip
    assert result.returncode == 0, result.stderr
    assert {path.name for path in out.iterdir()} == TABLES
    assert "Cadence" in result.stdout
    assert str(out / "report.html") in result.stdout
    table = summary(out)
    assert float(table["cadence", "both"]["mean"]) == pytest.approx(168.9, abs=1.0)


@pytest.mark.shared
def test_the_pose_file_of_the_clip(tmp_path: Path, shared: Path) -> None:
    out = tmp_path / "out"
    result = gaitlab("analyze", "--keypoints", shared / TRACKS, "--format", "gaitlab-pose", "-o", out, cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    info = json.loads((out / "session.json").read_text())
    assert (info["facing"], info["activity"]) == ("left", "running")
    assert info["fps"] == pytest.approx(30)
    assert info["duration_s"] == pytest.approx(12.0)
    assert min(info["quality"]["cycles_accepted"].values()) >= 14
    table = summary(out)
    assert float(table["cadence", "both"]["mean"]) == pytest.approx(168.9, abs=1.0)
    for side in ("left", "right"):
        assert 0.18 <= float(table["contact_time", side]["mean"]) <= 0.32
        assert 0.25 <= float(table["duty_factor", side]["mean"]) <= 0.48
    # No scale is known: lengths come as shares of the leg, and the unit says so.
    assert table["overstride", "left"]["unit"] == "leg lengths"
    assert table["leg_stiffness", "left"]["missing_reason"] == "needs the body mass"


@pytest.mark.shared
@pytest.mark.parametrize("model", ["openpose-light", "runner"])
def test_the_whole_way_with_a_network(tmp_path: Path, shared: Path, model: str) -> None:
    """With the network that is taken unless another is named, and, for five seconds, with one that has no feet."""
    out = tmp_path / "out"
    named = [] if model == "runner" else ["--model", model, "--end", "5"]
    result = gaitlab("analyze", shared / CLIP, "--view", "side", "--height", "178 cm", *named, "-o", out, cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    assert {path.name for path in out.iterdir()} == TABLES | {"annotated.mp4", "clip.mp4"}
    info = json.loads((out / "session.json").read_text())
    assert (info["facing"], info["activity"], info["model"]["name"]) == ("left", "running", model)
    assert info["video"]["duration_s"] == pytest.approx(12.0)
    table = summary(out)
    assert float(table["cadence", "both"]["mean"]) == pytest.approx(168.9, abs=1.0 if model == "runner" else 2.0)
    missing = table["foot_strike_angle", "left"]["missing_reason"]
    assert ("gives no heel and no big toe" in missing) == (model == "openpose-light")
    if model == "runner":
        assert min(int(table["stride_time", side]["n"]) for side in ("left", "right")) >= 14
    _same_frame_times(shared / CLIP, out / "annotated.mp4", frames=360 if model == "runner" else 150)


def _same_frame_times(source: Path, annotated: Path, *, frames: int) -> None:
    from gaitlab.io.video.reader import open_video

    with open_video(source) as a, open_video(annotated) as b:
        np.testing.assert_allclose(b.timestamps_s, a.timestamps_s[: len(b.timestamps_s)], atol=1e-4)
        assert len(b.timestamps_s) == pytest.approx(frames, abs=1)


@pytest.mark.shared
def test_a_video_with_nobody_in_it(tmp_path: Path, blank_video: Path, shared: Path) -> None:
    line = refused("analyze", blank_video, "--model", "openpose-light", cwd=tmp_path)
    assert "no person found in" in line


@pytest.mark.shared
def test_keypoints_of_another_video(tmp_path: Path, blank_video: Path, tracks_csv: Path) -> None:
    line = refused("analyze", blank_video, "--keypoints", tracks_csv, cwd=tmp_path)
    assert "has keypoints for 360 frames" in line
    assert "has 60" in line


@pytest.mark.shared
def test_control_c_leaves_nothing(tmp_path: Path, shared: Path) -> None:
    out = tmp_path / "deep" / "out"
    command = [
        sys.executable,
        "-m",
        "gaitlab",
        "analyze",
        str(shared / CLIP),
        "--model",
        "runner-baseline",
        "-o",
        str(out),
    ]
    process = subprocess.Popen(command, cwd=tmp_path, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    time.sleep(3.0)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=30)
    assert process.returncode == 130
    assert errors.strip().splitlines()[-1] == "gaitlab: interrupted; nothing half-written is left"
    assert not out.exists()
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


@pytest.mark.shared
def test_python_calls_do_what_the_commands_do(tmp_path: Path, shared: Path, tracks_csv: Path) -> None:
    import gaitlab as package

    session = package.analyze(
        keypoints=tracks_csv, fps=30, view="side", height_m=1.78, label="A", output=tmp_path / "s" / "a"
    )
    assert session.summary.query("metric == 'cadence'")["mean"].iloc[0] == pytest.approx(168.9, abs=1.0)
    assert set(session.cycles["metric"]) <= set(session.summary["metric"])
    other = package.analyze(
        keypoints=tracks_csv, fps=30, height_m=1.78, settings={"smoothing.method": "kalman"}, label="B",
        output=tmp_path / "s" / "b",
    )  # fmt: skip
    assert other.info["settings"]["smoothing"]["method"] == "kalman"
    table = package.load_sessions(tmp_path / "s")
    assert set(table["label"]) == {"A", "B"}
    package.compare([session, other])
    # Once more: by now the room of the same name is loaded.
    changes = package.compare([session, other]).set_index(["metric", "side"])
    assert changes.loc[("cadence", "both"), "verdict"] == "within noise"

    result = gaitlab("compare", tmp_path / "s" / "a", tmp_path / "s" / "b", cwd=tmp_path)
    assert result.returncode == 0
    assert "within noise" in result.stdout
    result = gaitlab("sessions", tmp_path / "s", "--csv", tmp_path / "all.csv", cwd=tmp_path)
    assert "A" in result.stdout
    assert (tmp_path / "all.csv").read_text().startswith("session,athlete,label,date,view,metric")
    report = tmp_path / "s" / "a" / "report.html"
    report.unlink()
    assert gaitlab("report", tmp_path / "s" / "a", cwd=tmp_path).stdout.strip() == str(report)
    assert report.is_file()


def test_people_who_stand_still_have_no_gait(tmp_path: Path) -> None:
    lines = ["frame,keypoint,x_px,y_px,score"]
    spots = {"hip": (300, 300), "knee": (305, 400), "ankle": (300, 500), "heel": (290, 515), "big_toe": (330, 515)}
    for frame in range(180):
        for side in ("left", "right"):
            for name, (x, y) in spots.items():
                lines.append(f"{frame},{side}_{name},{x + 0.3 * np.sin(frame)},{y},0.9")
    (tmp_path / "still.csv").write_text("\n".join(lines))
    result = gaitlab("analyze", "--keypoints", "still.csv", "--fps", 60, "-o", "out", cwd=tmp_path)
    assert result.returncode == 1, result.stderr
    assert "no gait cycle could be measured" in result.stderr
    assert {path.name for path in (tmp_path / "out").iterdir()} == TABLES
