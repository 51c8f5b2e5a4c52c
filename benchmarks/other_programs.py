"""The same clip through other programs for gait from one camera: whole commands beside ``gaitlab analyze``.

    python -m benchmarks.other_programs [--gaitlab PYTHON] [--myogait PYTHON] [--sports2d PYTHON]
                                        [--frames 1200] [--rounds 3] [--write]

Each program is given as the Python of an environment of its own; gaitlab's is this one unless it is given. The programs
run one after the other in every round, so that a noisy machine is as noisy for all; the medians are printed. Before the
first round each runs once on a short clip: byte code is written, and a program that would fetch its network does so.
One that fails then has no figures, and its row says why. Sports2D also runs with keypoints given (gaitlab's), which
leaves out its detector and its pose network: its time with them is more. ``--write`` puts the table into docs/speed.md.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from benchmarks.end_to_end import write_tables
from benchmarks.end_to_end_speed import analysis, phone_clip
from benchmarks.speed_and_weight import ENVIRONMENT, GAITLAB, ROOT
from gaitlab.core.gait import GaitEvents
from gaitlab.core.pose import PoseSequence
from gaitlab.io.export.opensim import write_trc
from gaitlab.io.export.recording import Recording
from gaitlab.io.session.session import open_session

_DOC = ROOT / "docs" / "speed.md"
_FRAMES, _SHORT = 1200, 150
# Programs of other environments must not see this checkout, nor its packages of the same names.
_ENVIRONMENT = {name: value for name, value in ENVIRONMENT.items() if name != "PYTHONPATH"}

# Runs a command and tells what it took. A process of its own, and a small one: to the system, the peak of a command is
# never below the peak of the process that starts it.
_LAUNCHER = """
import json, resource, subprocess, sys, time
began_s = time.perf_counter()
code = subprocess.run(sys.argv[1:], stdout=sys.stderr).returncode
wall_s, usage = time.perf_counter() - began_s, resource.getrusage(resource.RUSAGE_CHILDREN)
print(json.dumps([wall_s, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024 / 1e6]))
sys.exit(code)
"""

# Sports2D's points of Halpe-26 in the order of its skeleton, which its drawing relies on, and gaitlab's names of them.
# gaitlab has no point on top of the head; the nose stands in for it, which changes one line of the drawing.
_SIDES = ("right", "left")
LEG = {"Hip": "hip", "Knee": "knee", "Ankle": "ankle", "BigToe": "big_toe", "SmallToe": "small_toe", "Heel": "heel"}
ARM = {"Shoulder": "shoulder", "Elbow": "elbow", "Wrist": "wrist"}
_HALPE = {
    "Hip": "mid_hip",
    **{f"{side[0].upper()}{theirs}": f"{side}_{ours}" for side in _SIDES for theirs, ours in LEG.items()},
    "Neck": "neck",
    "Head": "nose",
    "Nose": "nose",
    **{f"{side[0].upper()}{theirs}": f"{side}_{ours}" for side in _SIDES for theirs, ours in ARM.items()},
}


@dataclass(frozen=True, slots=True)
class Run:
    """What a run took: wall and CPU time, s, the largest process's peak memory and the files it left, MB."""

    wall_s: float
    cpu_s: float
    peak_mb: float
    written_mb: float


@dataclass(frozen=True, slots=True)
class Program:
    """A program in its environment.

    Attributes
    ----------
    name : str
        what it is called in the table, with its version.
    python : Path
        the Python of its environment.
    network : str
        the networks it looks with.
    writes : str
        what it leaves in the folder.
    commands : Callable[[Path, Path], list[list[str]]]
        what a user types, for a clip and a folder to write to.
    """

    name: str
    python: Path
    network: str
    writes: str
    commands: Callable[[Path, Path], list[list[str]]]


@dataclass(frozen=True, slots=True)
class Row:
    """A program's runs, or the line that says why there are none."""

    program: Program
    environment_mb: float
    runs: tuple[Run, ...] = ()
    failed: str = ""


class FailedRunError(Exception):
    """A command failed; the message is the first error that it told of."""


def version(python: Path, distribution: str) -> str:
    code = f"from importlib.metadata import version; print(version({distribution!r}))"
    command = [str(python), "-c", code]
    return subprocess.run(command, check=True, capture_output=True, text=True, env=_ENVIRONMENT, cwd="/").stdout.strip()


def size_mb(path: Path) -> float:
    """Return the size on disk of a folder and all that is in it, MB."""
    size = subprocess.run(["du", "-sB1", str(path)], check=True, capture_output=True, text=True).stdout
    return int(size.split()[0]) / 1e6


def first_error(output: str) -> str:
    """Return the first error that a program told of, or its last line."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    errors = (line for line in lines if re.match(r"[\w.]+(Error|Exception): ", line))
    return next(errors, lines[-1] if lines else "no word of why")


def run(commands: Sequence[Sequence[str]], folder: Path) -> Run:
    """Run commands one after the other, each as a process, in a folder that is made anew.

    Raises
    ------
    FailedRunError
        if one of them fails.
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    took = []
    for command in commands:
        launcher = [sys.executable, "-c", _LAUNCHER, *command]
        done = subprocess.run(launcher, capture_output=True, text=True, errors="replace", cwd=folder, env=_ENVIRONMENT)
        if done.returncode:
            raise FailedRunError(first_error(done.stderr))
        took.append(json.loads(done.stdout))
    wall_s, cpu_s, peak_mb = zip(*took, strict=True)
    return Run(sum(wall_s), sum(cpu_s), max(peak_mb), size_mb(folder))


def write_points(pose: PoseSequence, path: Path) -> None:
    """Write points as Sports2D takes them, px in the picture."""
    xy = pose.xy[:, [pose.skeleton.names.index(name) for name in _HALPE.values()]]
    recording = Recording(
        name=path.stem, time_s=pose.time_s, points=tuple(_HALPE), unit="px",
        xyz=np.concatenate([xy, np.zeros_like(xy[..., :1])], axis=-1), score=np.ones(xy.shape[:2]),
        angles_deg={}, events=GaitEvents((), "ambiguous"),
    )  # fmt: skip
    write_trc(recording, path)


def gaitlab(python: Path) -> Program:
    def commands(clip: Path, folder: Path) -> list[list[str]]:
        return [[str(python), *analysis(clip, folder / "session")[1:]]]

    return Program(
        f"gaitlab {version(python, 'gaitlab-run')}", python, "its own (runner)",
        "tables, report with video, annotated video of 720 lines", commands,
    )  # fmt: skip


def myogait(python: Path) -> Program:
    def commands(clip: Path, folder: Path) -> list[list[str]]:
        tool, result = [str(python), "-m", "myogait"], str(folder / "clip.json")
        return [[*tool, "run", str(clip), "-o", result], [*tool, "analyze", result, "-o", str(folder)]]

    return Program(
        f"myogait {version(python, 'myogait')}, mediapipe {version(python, 'mediapipe')}", python,
        "BlazePose heavy", "JSON, five plots", commands,
    )  # fmt: skip


def sports2d(python: Path) -> Program:
    def commands(clip: Path, folder: Path) -> list[list[str]]:
        # Windows, and a click on the person: off. Plots without windows end version 0.8.34 before its video is written.
        return [[
            str(python.parent / "sports2d"), "--video_input", str(clip), "--result_dir", str(folder),
            "--show_realtime_results", "False", "--show_graphs", "False", "--save_graphs", "False",
            "--nb_persons_to_detect", "1", "--person_ordering_method", "highest_likelihood",
        ]]  # fmt: skip

    return Program(
        f"Sports2D {version(python, 'sports2d')}", python, "RTMPose-m, YOLOX-m",
        "TRC, MOT, C3D, annotated video of the clip's size, a picture a frame", commands,
    )  # fmt: skip


def with_points(program: Program, points: Path) -> Program:
    """Return Sports2D with keypoints given, so that it looks with no network."""

    def commands(clip: Path, folder: Path) -> list[list[str]]:
        return [[*command, "--load_trc_px", str(points)] for command in program.commands(clip, folder)]

    return replace(program, name=f"{program.name}, keypoints given", network="none", commands=commands)


def measured(programs: Sequence[Program], frames: int, rounds: int, folder: Path) -> list[Row]:
    """Return a row a program: each on a short clip first, then all in turn in every round.

    The first program is gaitlab; Sports2D with its keypoints comes last where Sports2D is among the others.
    """
    points = folder / "clip_px.trc"
    rows = [Row(program, size_mb(program.python.parent.parent)) for program in programs]
    rows += [
        replace(row, program=with_points(row.program, points))
        for row in rows
        if row.program.name.startswith("Sports2D")
    ]

    def went(row: Row, clip: Path) -> Run:
        result = run(row.program.commands(clip, folder / "out"), folder / "out")
        if row is rows[0]:
            write_points(open_session(folder / "out" / "session").pose, points)
        return result

    for number, row in enumerate(rows):
        try:
            went(row, phone_clip(frames=_SHORT))
        except FailedRunError as error:
            rows[number] = replace(row, failed=str(error))
    clip = phone_clip(frames=frames)
    for _ in range(rounds):
        for number, row in enumerate(rows):
            if not row.failed:
                rows[number] = replace(row, runs=(*row.runs, went(row, clip)))
                print(row.program.name, rows[number].runs[-1], flush=True)
    return rows


def others_table(rows: Sequence[Row], frames: int) -> str:
    """Return the medians as a Markdown table; a program that could not run says why instead."""
    lines = [
        "| program | network | what it writes | wall | CPU | frames a second | peak memory | files | environment |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for row in rows:
        program = row.program
        if row.runs:
            wall_s, cpu_s, peak_mb, written_mb = (
                statistics.median(getattr(one, name) for one in row.runs)
                for name in ("wall_s", "cpu_s", "peak_mb", "written_mb")
            )
            writes = program.writes
            cells = (f"{wall_s:.1f} s", f"{cpu_s:.1f} s", f"{frames / wall_s:.0f}", f"{peak_mb:.0f} MB",
                     f"{written_mb:.0f} MB")  # fmt: skip
        else:
            writes, cells = f"did not run: `{row.failed}`", ("-",) * 5
        columns = (program.name, program.network, writes, *cells, f"{row.environment_mb:.0f} MB")
        lines.append(f"| {' | '.join(columns)} |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--gaitlab", type=Path, metavar="PYTHON", default=Path(GAITLAB[0]), help="default: this one")
    parser.add_argument("--myogait", type=Path, metavar="PYTHON")
    parser.add_argument("--sports2d", type=Path, metavar="PYTHON")
    parser.add_argument("--frames", type=int, default=_FRAMES)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--write", action="store_true", help=f"put the table into {_DOC.name}")
    options = parser.parse_args()
    # Not resolved: the Python of an environment is a link, and where it leads to knows nothing of the environment.
    programs = [gaitlab(options.gaitlab.absolute())]
    programs += [myogait(options.myogait.absolute())] if options.myogait else []
    programs += [sports2d(options.sports2d.absolute())] if options.sports2d else []
    with tempfile.TemporaryDirectory() as folder:
        rows = measured(programs, options.frames, options.rounds, Path(folder))
    line = f"{options.frames} frames, medians of {options.rounds} rounds, {os.cpu_count()} cores with a mean load of "
    table = f"{line}{os.getloadavg()[2]:.0f} over the last 15 minutes.\n\n{others_table(rows, options.frames)}"
    print(table)
    if options.write:
        write_tables(_DOC, {"table: others": table})


if __name__ == "__main__":
    main()
