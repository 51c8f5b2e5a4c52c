"""The table of other programs: medians, and why a program has no figures."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from benchmarks.other_programs import ARM, LEG, FailedRunError, Program, Row, Run, others_table, run, write_points
from gaitlab.core.pose import PoseSequence
from gaitlab.core.skeleton import Skeleton

PROGRAM = Program("walker 1.0", Path("python"), "a network", "a table", lambda clip, folder: [])


def test_the_table_has_the_medians_of_the_rounds() -> None:
    runs = (Run(9.0, 21.0, 300.0, 4.0), Run(30.0, 18.0, 320.0, 4.0), Run(12.0, 20.0, 310.0, 4.0))
    row = others_table([Row(PROGRAM, 700.4, runs)], 600).splitlines()[-1]
    assert row == "| walker 1.0 | a network | a table | 12.0 s | 20.0 s | 50 | 310 MB | 4 MB | 700 MB |"


def test_a_program_that_did_not_run_has_no_figures_and_says_why() -> None:
    table = others_table([Row(PROGRAM, 700.0, failed="URLError: no network")], 600)
    assert table.splitlines()[-1] == (
        "| walker 1.0 | a network | did not run: `URLError: no network` | - | - | - | - | - | 700 MB |"
    )
    assert len({line.count("|") for line in table.splitlines()}) == 1


def test_commands_run_in_turn_in_an_empty_folder_each_with_its_own_peak(tmp_path: Path) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / "left over").write_bytes(bytes(5_000_000))
    large = "x = bytearray(200_000_000); open('a', 'wb').write(bytes(1_000_000))"
    small = "assert open('a', 'rb').read()"
    result = run([[sys.executable, "-c", large], [sys.executable, "-c", small]], folder)
    assert 200 < result.peak_mb < 300
    assert result.written_mb == pytest.approx(1.0, rel=0.05)
    assert run([[sys.executable, "-c", "pass"]], folder).peak_mb < 100
    assert 0 < result.cpu_s < 5


def test_a_failed_command_tells_its_first_error(tmp_path: Path) -> None:
    fails = "import sys\ntry: open('/none/there')\nexcept OSError as e: raise ValueError('look at the settings') from e"
    with pytest.raises(FailedRunError, match=r"^FileNotFoundError: .*/none/there"):
        run([[sys.executable, "-c", fails]], tmp_path / "out")


def test_points_are_written_in_the_order_of_the_skeleton_that_reads_them(tmp_path: Path) -> None:
    legs = [f"{side}_{part}" for side in ("left", "right") for part in LEG.values()]
    arms = [f"{side}_{part}" for side in ("left", "right") for part in ARM.values()]
    names = ("nose", "mid_hip", "neck", *arms, *legs)
    xy = np.zeros((2, len(names), 2))
    xy[1, names.index("mid_hip")], xy[1, names.index("right_hip")] = (102, 103), (104, 105)
    pose = PoseSequence(xy, np.ones(xy.shape[:2]), np.array([0.0, 0.5]), Skeleton("any", names))
    path = tmp_path / "clip_px.trc"
    write_points(pose, path)
    lines = [line.split("\t") for line in path.read_text().splitlines()]
    assert lines[3][2:9:3] == ["Hip", "RHip", "RKnee"]
    assert len(lines[3][2::3]) == 22
    assert [float(cell) for cell in lines[7][2:8]] == [102.0, 103.0, 0.0, 104.0, 105.0, 0.0]
