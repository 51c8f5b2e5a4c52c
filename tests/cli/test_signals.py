"""Real processes that are stopped: no traceback, no half session, no worker left behind, and soon."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from gaitlab.io.session.tables import read_table
from tests.apps.test_batch import listed, still_person
from tests.report.make import make_film, pose

if not (Path("/proc/self/stat").exists() and hasattr(signal, "SIGHUP")):
    pytest.skip("processes are looked at in /proc", allow_module_level=True)
# Far more than it takes, on a machine that does a dozen other things; who hangs does so for longer.
SOON_S = 30.0
RECORDINGS = 100  # one worker does not finish them while the other is being started


def started(*arguments: object, cwd: Path) -> subprocess.Popen[str]:
    """A command as the leader of a session of processes, so that all of them can be found, and reached, together."""
    return subprocess.Popen(
        [sys.executable, "-m", "gaitlab", *map(str, arguments)],
        cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip


def wait_for(there: Callable[[], object]) -> None:
    last_s = time.monotonic() + 60
    while not there():
        assert time.monotonic() < last_s
        time.sleep(0.002)


def living(leader: int) -> list[str]:
    """The command lines of all processes of a session, but for those that only wait to be noticed."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            state, _, _, session = folder.joinpath("stat").read_text().rpartition(")")[2].split()[:4]
            if int(session) == leader and state != "Z":
                found.append(folder.joinpath("cmdline").read_text().replace("\0", " "))
        except (OSError, ValueError):
            continue  # it has just ended
    return found


def workers(leader: int) -> int:
    return sum("spawn_main" in command for command in living(leader))


def catches(process: int, number: signal.Signals) -> bool:
    caught = next(line for line in Path(f"/proc/{process}/status").read_text().splitlines() if "SigCgt" in line)
    return bool(int(caught.split()[1], 16) >> (number - 1) & 1)


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("many")
    listed(folder, RECORDINGS)
    return folder


@pytest.mark.parametrize(
    ("number", "code", "how"),
    [(signal.SIGTERM, 143, "ended"), (signal.SIGHUP, 129, "ended"), (signal.SIGINT, 130, "interrupted")],
)
def test_a_batch_and_its_workers_end_soon(
    tmp_path: Path, many: Path, number: signal.Signals, code: int, how: str
) -> None:
    batch = started("batch", "--list", many / "list.csv", "--workers", 2, "-o", tmp_path / "out", cwd=tmp_path)
    assert batch.stdout is not None
    assert "no gait" in batch.stdout.readline()
    wait_for(lambda: workers(batch.pid) == 2)
    batch.send_signal(number)
    _, errors = batch.communicate(timeout=SOON_S)
    assert batch.returncode == code
    assert errors.splitlines()[-1] == (
        f"gaitlab: {how}; finished sessions are kept, the same command does the rest"
    )  # fmt: skip
    assert "Traceback" not in errors
    wait_for(lambda: not living(batch.pid))
    assert [path.name for path in tmp_path.glob("out/.*.partial-*")] == []
    assert {row["status"] for row in read_table(tmp_path / "out" / "results.csv")} == {"no gait"}


@pytest.mark.parametrize("later_s", [0.0, 0.1, 0.3])
def test_control_c_while_workers_are_being_loaded_is_one_line(tmp_path: Path, many: Path, later_s: float) -> None:
    batch = started("batch", "--list", many / "list.csv", "--workers", 2, "-o", tmp_path / "out", cwd=tmp_path)
    wait_for(lambda: workers(batch.pid))
    time.sleep(later_s)
    os.killpg(batch.pid, signal.SIGINT)
    _, errors = batch.communicate()
    assert batch.returncode == 130
    assert [line for line in errors.splitlines() if " s left" not in line] == [
        "gaitlab: interrupted; finished sessions are kept, the same command does the rest"
    ]
    wait_for(lambda: not living(batch.pid))


@pytest.mark.parametrize("later_s", [0.0, 0.01, 0.03, 0.06, 0.1, 0.2])
def test_control_c_while_the_command_is_being_loaded_is_one_line(tmp_path: Path, later_s: float) -> None:
    keypoints = still_person(tmp_path / "k.csv")
    analysis = started("analyze", "--keypoints", keypoints, "--fps", 60, "-o", tmp_path / "run", cwd=tmp_path)
    # Until then there is Python alone.
    wait_for(lambda: catches(analysis.pid, signal.SIGTERM))
    time.sleep(later_s)
    analysis.send_signal(signal.SIGINT)
    output, errors = analysis.communicate()
    assert (analysis.returncode, output) == (130, "")
    assert len(errors.splitlines()) == 1, errors
    assert errors.startswith("gaitlab: interrupted; nothing ")
    assert [path.name for path in tmp_path.iterdir()] == ["k.csv"]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_an_analysis_that_is_ended_leaves_no_half_session(tmp_path: Path, number: signal.Signals) -> None:
    sequence = pose(3.0)
    film = make_film(tmp_path / "run.mp4", sequence)
    rows = [
        f"{frame},{name},{x},{y},0.9"
        for frame, points in enumerate(sequence.xy)
        for name, (x, y) in zip(sequence.skeleton.names, points, strict=True)
    ]
    (tmp_path / "k.csv").write_text("\n".join(["frame,keypoint,x_px,y_px,score", *rows]))
    (tmp_path / "out").mkdir()
    analysis = started("analyze", film, "--keypoints", "k.csv", "-o", "out/run", cwd=tmp_path)
    wait_for(lambda: list(tmp_path.glob("out/.run.partial-*")))
    analysis.send_signal(number)
    _, errors = analysis.communicate()
    assert analysis.returncode == 128 + number
    assert errors.splitlines()[-1] == "gaitlab: ended; nothing half-written is left"
    assert list((tmp_path / "out").iterdir()) == []


# What becomes of a signal in the hands of a library: a destructor cannot raise, and a way out may itself go wrong.
IN_A_LIBRARY = """
import os, signal, sys, time
from gaitlab.cli.signals import StoppedError, unwinding

class Destroyed:
    def __del__(self):
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(0.1)

def destructor():
    Destroyed()
    time.sleep(30)

def way_out():
    try:
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(30)
    finally:
        raise ValueError("cannot close")

try:
    with unwinding():
        locals()[sys.argv[1]]()
except StoppedError as stopped:
    sys.exit(stopped.code)
"""


@pytest.mark.parametrize("where", ["destructor", "way_out"])
def test_a_signal_is_not_lost_in_a_library(where: str) -> None:
    result = subprocess.run([sys.executable, "-c", IN_A_LIBRARY, where], capture_output=True, text=True, timeout=20)
    assert (result.returncode, result.stderr) == (130, "")
