"""What kills, starves or locks out an analysis: there is no session or a whole one, and the next run completes."""

from __future__ import annotations

import csv
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest

from gaitlab.io.session.session import open_session
from gaitlab.io.video.reader import open_video
from tests.report.make import FPS, make_film, make_session, pose

resource = pytest.importorskip("resource", reason="Windows sets no limits to a process")

# Loads everything once and forks for every analysis, so that twenty of them take seconds.
SERVER = """
import os, sys
import gaitlab.pipeline.pictures, gaitlab.pipeline.run, gaitlab.io.keypoints, gaitlab.io.video.annotate, plotly.offline
from gaitlab.core.errors import GaitlabError

film, keypoints, target = sys.argv[1:]
for _ in sys.stdin:
    child = os.fork()
    if child == 0:
        try:
            gaitlab.pipeline.run.analyze(film, keypoints=keypoints, output=target, force=True)
        finally:
            os._exit(0 if sys.exc_info()[0] is None else 1)
    print(child, flush=True)
    _, status, used = os.wait4(child, 0)
    print(os.waitstatus_to_exitcode(status), used.ru_utime + used.ru_stime, flush=True)
"""
SECONDS = 1.0
KILLS = 20


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A film of a second with its keypoints."""
    folder = tmp_path_factory.mktemp("recording")
    sequence = pose(SECONDS)
    with (folder / "run.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["frame", "keypoint", "x_px", "y_px", "score"])
        for frame, points in enumerate(sequence.xy):
            for name, (x, y) in zip(sequence.skeleton.names, points, strict=True):
                writer.writerow([frame, name, x, y, 0.9])
    return make_film(folder / "run.mp4", sequence), folder / "run.csv"


def is_whole(target: Path) -> bool:
    """Whether every file of a session is there to its end."""
    session = open_session(target)
    with open_video(target / "annotated.mp4") as video:
        frames = video.info.frames
    return (
        len(session.pose) == len(session.rows("angles")) == frames == round(SECONDS * FPS)
        and session.report.read_text().rstrip().endswith("</html>")
    )  # fmt: skip


def kill_after(process: int, used_s: float) -> None:
    """Kill a process once it has used so much processor time, whatever else the machine does meanwhile."""
    ticks = os.sysconf("SC_CLK_TCK")
    with suppress(ProcessLookupError, FileNotFoundError):  # it was quicker
        while (
            sum(map(int, Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[11:13])) / ticks < used_s
        ):
            time.sleep(0.001)
        os.kill(process, signal.SIGKILL)


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="moments are told by /proc")
def test_killed_at_twenty_random_moments_leaves_no_session_or_a_whole_one(
    tmp_path: Path, recording: tuple[Path, Path]
) -> None:
    target = tmp_path / "out" / "run"
    target.parent.mkdir()
    server = subprocess.Popen(
        [sys.executable, "-c", SERVER, *map(str, recording), str(target)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert server.stdin is not None
    assert server.stdout is not None

    def start() -> int:
        print("go", file=server.stdin, flush=True)
        return int(server.stdout.readline())

    def ended() -> tuple[int, float]:
        code, used_s = server.stdout.readline().split()
        return int(code), float(used_s)

    start()
    code, whole_s = ended()
    assert code == 0
    assert is_whole(target)

    moments = random.Random(9)
    killed = half_done = 0
    for number in range(KILLS):
        # Every other time there is a session already: it must stay, or the new one be there.
        if number % 2 and target.exists():
            target.rename(tmp_path / f"kept-{number}")
        there_before = target.exists()
        child = start()
        kill_after(child, moments.uniform(0, whole_s))
        killed += ended()[0] == -signal.SIGKILL
        half_done += any(path.name.startswith(".") for path in target.parent.iterdir())
        assert target.exists() or not there_before or any(".old-" in p.name for p in target.parent.iterdir())
        assert not target.exists() or is_whole(target)
    assert killed >= KILLS // 2
    assert half_done >= 2

    start()
    assert ended()[0] == 0
    assert is_whole(target)
    assert [path.name for path in target.parent.iterdir()] == ["run"]
    server.communicate()


def analysed(recording: tuple[Path, Path], target: Path, **how: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "gaitlab", "analyze", str(recording[0]), "--keypoints", str(recording[1])]
    return subprocess.run([*command, "-o", str(target)], capture_output=True, text=True, **how)  # type: ignore[call-overload,no-any-return]


def analysed_with_files_up_to(
    size: int, recording: tuple[Path, Path], target: Path
) -> subprocess.CompletedProcess[str]:
    """Analyse while a limit on the size of files stands for a disk that is full."""

    def limit() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

    return analysed(recording, target, preexec_fn=limit)


def test_a_disk_that_is_full_before_the_data_are_written_is_one_line_and_leaves_nothing(
    tmp_path: Path, recording: tuple[Path, Path]
) -> None:
    result = analysed_with_files_up_to(3_000, recording, tmp_path / "run")
    assert result.returncode == 2, result.stderr
    assert result.stderr.strip().splitlines()[-1].startswith("gaitlab: cannot write")
    assert "Traceback" not in result.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_disk_that_is_full_later_costs_the_page_and_keeps_what_was_measured(
    tmp_path: Path, recording: tuple[Path, Path]
) -> None:
    """The report, written last, is the first to exceed the limit."""
    result = analysed_with_files_up_to(500_000, recording, tmp_path / "run")
    assert result.returncode == 1, result.stderr
    assert "report.html could not be made (file too large); what was measured is kept" in result.stderr
    assert "Traceback" not in result.stderr
    session = open_session(tmp_path / "run")
    assert len(session.pose) == round(SECONDS * FPS)
    assert session.video is not None
    assert not session.report.exists()
    assert [path.name for path in tmp_path.iterdir()] == ["run"]


# Root may write anywhere, so it becomes nobody; what that one may not import must have been imported before.
NOBODY = """
import os, sys
import gaitlab.cli.app, gaitlab.pipeline.run

film, keypoints, before, target = sys.argv[1:]
gaitlab.pipeline.run.analyze(film, keypoints=keypoints, output=before)
if os.geteuid() == 0:
    os.setgroups([])
    os.setgid(65534)
    os.setuid(65534)
sys.argv = ["gaitlab", "analyze", film, "--keypoints", keypoints, "-o", target]
gaitlab.cli.app.main()
"""


def test_a_folder_that_one_may_only_read_is_one_line(tmp_path: Path, recording: tuple[Path, Path]) -> None:
    # pytest's own folders are for their owner alone.
    shared = Path(tempfile.gettempdir())
    for folder in (tmp_path, *tmp_path.parents, recording[0].parent):
        if shared in folder.parents:
            folder.chmod(0o755)
    locked = tmp_path / "locked"
    locked.mkdir(mode=0o555)
    result = subprocess.run(
        [sys.executable, "-c", NOBODY, *map(str, recording), str(tmp_path / "before"), str(locked / "run")],
        capture_output=True, text=True,
    )  # fmt: skip
    assert is_whole(tmp_path / "before")
    assert result.returncode == 2, result.stderr
    assert result.stderr.strip().splitlines()[-1] == (
        f"gaitlab: cannot write into '{locked}'; choose another place with -o"
    )  # fmt: skip
    assert list(locked.iterdir()) == []


def test_two_analyses_of_one_video_at_once_leave_one_whole_session(
    tmp_path: Path, recording: tuple[Path, Path]
) -> None:
    target = tmp_path / "run"
    command = [sys.executable, "-m", "gaitlab", "analyze", str(recording[0]), "--keypoints", str(recording[1])]
    both = [
        subprocess.Popen([*command, "-o", str(target)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    errors = [process.communicate()[1] for process in both]
    codes = sorted(process.returncode for process in both)
    # One is done (1: a second of running shows too few cycles); the other is told that somebody was quicker.
    assert codes in ([0, 2], [1, 2]), errors
    assert any("exists; choose another with -o" in error for error in errors)
    assert is_whole(target)
    assert [path.name for path in tmp_path.iterdir()] == ["run"]


assert np.isclose(SECONDS * FPS, round(SECONDS * FPS))  # so many frames the film has


@pytest.mark.parametrize("name", ["trc", "mot", "c3d", "csv", "parquet"])
def test_an_export_on_a_full_disk_is_one_line_and_keeps_what_is_there(tmp_path: Path, name: str) -> None:
    pytest.importorskip({"c3d": "ezc3d", "parquet": "pyarrow"}.get(name, "numpy"))
    session, file = tmp_path / "session", tmp_path / f"out.{name}"
    make_session(session)
    file.write_text("the one before")
    command = [sys.executable, "-m", "gaitlab", "export", str(session), "-o", str(file), "--force"]

    def limit() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (9_000, 9_000))

    result = subprocess.run(command, capture_output=True, text=True, preexec_fn=limit)
    assert result.returncode == 2, result.stdout + result.stderr
    assert result.stderr.startswith("gaitlab: cannot write")
    assert len(result.stderr.splitlines()) == 1
    assert file.read_text() == "the one before"
    assert sorted(path.name for path in tmp_path.iterdir()) == [f"out.{name}", "session"]
