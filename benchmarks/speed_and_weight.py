"""How long, how much memory, how many megabytes: whole processes, imports included.

    python -m benchmarks.speed_and_weight [--weight]

Prints the median of five runs after one warm-up. Needs the shared clip and networks beside the checkout. ``--weight``
also installs gaitlab into a fresh environment and weighs it.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import venv
from pathlib import Path

import numpy as np
from scipy.interpolate import CubicSpline

from gaitlab.io.video.reader import open_video
from gaitlab.io.video.writer import VideoWriter

ROOT = Path(__file__).resolve().parents[1]
CLIP = ROOT.parent / "shared" / "data" / "treadmill_side" / "male_side.mp4"
TRACKS = CLIP.with_suffix(".pose.json")
GAITLAB = [sys.executable, "-m", "gaitlab"]
# As on any user's machine, byte code is kept from one run to the next.
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def seconds(command: list[str], *, runs: int = 5) -> list[float]:
    """Return the wall times of ``runs`` whole processes after one warm-up."""
    times = []
    for _ in range(runs + 1):
        start = time.perf_counter()
        subprocess.run(command, check=True, capture_output=True, env=ENVIRONMENT)
        times.append(time.perf_counter() - start)
    return times[1:]


def tracks_of(frames: int, path: Path) -> None:
    """Write the clip's real tracks, resampled to ``frames`` frames over the same 12 s, as a tidy CSV."""
    content = json.loads(TRACKS.read_text())
    points = np.array(content["frames"], dtype=float)
    time_s = np.arange(len(points)) / content["fps"]
    at_s = np.linspace(0, time_s[-1], frames)
    dense = CubicSpline(time_s, points.reshape(len(points), -1))(at_s).reshape(frames, -1, 3)
    sides = {"l_": "left_", "r_": "right_"}
    names = [sides.get(n[:2], n[:2]) + n[2:] for n in content["keypoint_names"]]
    rows = (
        f"{frame},{name},{x:.2f},{y:.2f},{min(max(score, 0), 1):.3f}"
        for frame, points_of_frame in enumerate(dense)
        for name, (x, y, score) in zip(names, points_of_frame, strict=True)
    )
    path.write_text("frame,keypoint,x_px,y_px,score\n" + "\n".join(rows))


def looped(times: int, path: Path) -> None:
    """Write the clip ``times`` times in a row."""
    with open_video(CLIP) as video, VideoWriter(path, fps=video.info.fps) as writer:
        for number in range(times):
            for frame in video.frames():
                writer.write(frame.image, number * video.info.duration_s + frame.time_s)


def peak_mb(command: list[str]) -> float:
    """Return the peak resident memory of a process, MB."""
    code = (
        "import resource, subprocess, sys; subprocess.run(sys.argv[1:], check=True, capture_output=True); "
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    )
    result = subprocess.run([sys.executable, "-c", code, *command], check=True, capture_output=True, text=True)
    return int(result.stdout) * 1024 / 1e6


def installed_mb(*pip_options: str) -> float:
    """Return the size of a fresh environment with gaitlab in it, without pip itself, MB."""
    with tempfile.TemporaryDirectory() as folder:
        venv.create(folder, with_pip=False)
        python = str(Path(folder) / "bin" / "python")
        pip = [sys.executable, "-m", "pip", "--python", python, "install", "--quiet", *pip_options, str(ROOT)]
        subprocess.run(pip, check=True)
        size = subprocess.run(["du", "-sB1", folder], check=True, capture_output=True, text=True).stdout
        return int(size.split()[0]) / 1e6


def show(what: str, times: list[float], bar: str = "") -> None:
    print(f"{what:<58} {statistics.median(times):6.2f} s  ({min(times):.2f}-{max(times):.2f})  {bar}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--weight", action="store_true", help="install into a fresh environment and weigh it")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        tracks, out = Path(folder) / "tracks.csv", Path(folder) / "out"
        tracks_of(1200, tracks)
        show("gaitlab --help", seconds([*GAITLAB, "--help"]), "bar: under 0.5 s")
        from_tracks = [*GAITLAB, "analyze", "--keypoints", str(tracks), "--fps", "100", "--height", "178 cm"]
        show(
            "1,200 frames of keypoints to a session folder",
            seconds([*from_tracks, "--force", "-o", str(out)]),
            "bar: under 2 s",
        )
        print()
        for times in (1, 4):
            video = Path(folder) / f"{times}.mp4"
            looped(times, video)
            command = [*GAITLAB, "analyze", str(video), "--model", "runner", "--force", "-o", str(out)]
            print(f"peak memory, {12 * times:>3} s of 720x1280 video, runner {peak_mb(command):>12.0f} MB")
    if options.weight:
        weight_mb = installed_mb("--no-compile")
        print(f"\ninstalled environment {weight_mb:>50.0f} MB  bar: under 700 MB")
        print(f"the same, every file byte-compiled by pip {installed_mb():>30.0f} MB")


if __name__ == "__main__":
    main()
