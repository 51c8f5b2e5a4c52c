"""Milliseconds a frame of every installed pose network, and what reading, drawing and writing the video add.

    python -m benchmarks.pose [--clip VIDEO] [--frames N] [--models-dir DIR] [--csv FILE]

What is measured depends on the OpenCV that is installed. To compare two, make an environment for each and run it in
both:

    python3 -m venv /tmp/opencv4 && /tmp/opencv4/bin/pip install -e . 'opencv-python-headless<5'
    /tmp/opencv4/bin/python -m benchmarks.pose

Every network is timed alone, one frame after another as `gaitlab analyze` uses it: `pass` is cv2.dnn alone on one
picture (the sum where a model has several networks), `both` cv2.dnn alone with the mirror image too where the recipe
averages with it, `crop` one runner in a crop with all that belongs to it (cutting and decoding), `picture` everybody in
the whole picture (needed now and then), `follow` the whole of it with reading the video. The first three are taken in
turn, so their ratios hold on a machine that is busy now and then, too.
"""

from __future__ import annotations

import argparse
import csv
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any
from unittest import mock

import cv2

from gaitlab.core.errors import ModelError
from gaitlab.core.pose import FloatArray
from gaitlab.io.video.drawing import draw_pose
from gaitlab.io.video.reader import Frame, Image, open_video
from gaitlab.io.video.writer import VideoWriter
from gaitlab.pose.follow import follow_runner
from gaitlab.pose.models.catalogue import catalogue, installed
from gaitlab.pose.networks.estimator import load_estimator
from gaitlab.pose.networks.network import Network

CLIP = Path(__file__).resolve().parents[2] / "shared" / "data" / "treadmill_side" / "male_side.mp4"
COLUMNS = ("opencv", "what", "load_ms", "pass_ms", "both_ms", "crop_ms", "picture_ms", "follow_ms")


def milliseconds(work: Callable[[], Any], *, repeats: int) -> float:
    """Return the median time of ``work`` after a run that is not counted."""
    work()
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return 1000 * statistics.median(times)


def passes(work: Callable[[], Any], *, at_most: int) -> Callable[[], None]:
    """Return what runs the networks that ``work`` ran, each on so many of its pictures, and nothing else."""
    forward, seen = Network.forward, []

    def noted(network: Network, pictures: Sequence[Image]) -> list[FloatArray]:
        seen.append((network, pictures[:at_most]))
        return forward(network, pictures)

    with mock.patch.object(Network, "forward", noted):
        work()

    def again() -> None:
        for network, pictures in seen:
            network.forward(pictures)

    return again


def in_turn(works: Mapping[str, Callable[[], Any]], *, rounds: int) -> dict[str, float]:
    """Return each work's median milliseconds, taken in turn: what slows the machine for a while slows all."""
    times: dict[str, list[float]] = {name: [] for name in works}
    for name, work in [*works.items()] * (rounds + 1):
        start = time.perf_counter()
        work()
        times[name].append(time.perf_counter() - start)
    return {name: 1000 * statistics.median(taken[1:]) for name, taken in times.items()}


def network_row(
    name: str, frames: list[Frame], *, models_dir: Path | None
) -> tuple[dict[str, object], Callable[[], Any] | None]:
    """Time one network on the frames, and return what it does with a crop, None where it finds nobody."""
    start = time.perf_counter()
    estimator = load_estimator(name, models_dir=models_dir)
    load_ms = 1000 * (time.perf_counter() - start)
    image = frames[0].image
    people = estimator.detect_people(image)
    row: dict[str, object] = {"what": name, "load_ms": load_ms}
    row["picture_ms"] = milliseconds(lambda: estimator.detect_people(image), repeats=5)
    crop = (lambda: estimator.detect_person(image, people[0].box, people[0])) if people else None
    start = time.perf_counter()
    follow_runner(iter(frames), estimator)
    row["follow_ms"] = 1000 * (time.perf_counter() - start) / len(frames)
    return row, crop


def video_rows(clip: Path, frames: list[Frame]) -> Iterable[dict[str, object]]:
    """Time reading, drawing and writing alone."""
    start = time.perf_counter()
    with open_video(clip) as video:
        count = sum(1 for _ in islice(video.frames(), len(frames)))
        info = video.info
    yield {"what": "reading alone", "follow_ms": 1000 * (time.perf_counter() - start) / count}
    name = next((name for name in catalogue() if installed(name)), None)
    if name is not None:
        estimator = load_estimator(name)
        people = estimator.detect_people(frames[0].image)
        canvas = frames[0].image.copy()
        if people:
            draw = milliseconds(lambda: draw_pose(canvas, people[0].xy, estimator.skeleton), repeats=50)
            yield {"what": "drawing alone", "follow_ms": draw}
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        with VideoWriter(Path(folder) / "out.mp4", fps=info.fps) as writer:
            for frame in frames:
                writer.write(frame.image, frame.time_s)
        yield {"what": "writing alone", "follow_ms": 1000 * (time.perf_counter() - start) / len(frames)}


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clip", type=Path, default=CLIP)
    parser.add_argument("--frames", type=int, default=60)
    parser.add_argument("--models-dir", type=Path)
    parser.add_argument("--csv", type=Path)
    options = parser.parse_args()
    with open_video(options.clip) as video:
        frames = list(islice(video.frames(), options.frames))
    rows: list[dict[str, object]] = []
    crops: dict[str, Callable[[], Any]] = {}
    for name in catalogue():
        if installed(name, models_dir=options.models_dir) is None:
            continue
        try:
            row, crop = network_row(name, frames, models_dir=options.models_dir)
        except ModelError as error:
            print(error, file=sys.stderr)
            continue
        rows.append(row)
        if crop is not None:
            crops[name] = crop
    crop_ms = in_turn(crops, rounds=20)
    pass_ms, both_ms = (
        in_turn({name: passes(work, at_most=count) for name, work in crops.items()}, rounds=20) for count in (1, 2)
    )
    for row in rows:
        columns = {"pass_ms": pass_ms, "both_ms": both_ms, "crop_ms": crop_ms}
        row |= {column: times.get(str(row["what"]), "") for column, times in columns.items()}
    rows.extend(video_rows(options.clip, frames))
    print("  ".join(f"{column:>12}" if column != "what" else f"{column:26}" for column in COLUMNS))
    for row in rows:
        row["opencv"] = cv2.__version__
        cells = (row.get(column, "") for column in COLUMNS)
        texts = (f"{cell:>12.1f}" if isinstance(cell, float) else f"{cell:>12}" for cell in cells)
        print("  ".join(text if i != 1 else f"{row['what']:26}" for i, text in enumerate(texts)))
    if options.csv:
        with options.csv.open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, COLUMNS)
            writer.writeheader()
            writer.writerows(rows)


if __name__ == "__main__":
    main()
