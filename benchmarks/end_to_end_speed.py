"""Twenty seconds of a phone's video: how long the whole analysis takes beside what no analysis could leave out.

    python -m benchmarks.end_to_end_speed [--rounds 3] [--memory] [--batch] [--write]

The clip (1,200 frames of 1080x1920 at 60 fps, H.264) is made once from the demonstration clip. The unavoidable part is
done alone, in three threads: the video decoded once, one forward pass a frame, and 720 lines of every frame encoded.
It is timed without the start of a process. The whole analysis is timed as a process, imports included. Both follow
each other in every round, so that their ratio holds on a noisy machine; the medians are printed. ``--memory`` adds the
peak memory of clips of several sizes and lengths, ``--batch`` compares several workers of one thread with one worker of
several threads, ``--write`` puts the tables into docs/speed.md.
"""

from __future__ import annotations

import argparse
import json
import os
import pty
import queue
import resource
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np

from benchmarks.end_to_end import write_tables
from benchmarks.speed_and_weight import ENVIRONMENT, GAITLAB, ROOT, peak_mb
from gaitlab.apps.demo import demo_clip
from gaitlab.io.video.clip import CRF, clip_size
from gaitlab.io.video.reader import Image, open_video
from gaitlab.io.video.writer import encoder_options

OUT = Path(__file__).resolve().parent / "out" / "speed"
_DOC = ROOT / "docs" / "speed.md"
_FRAMES, _WIDTH_PX, _HEIGHT_PX, _FPS = 1200, 1080, 1920, 60
_QUEUED = 4
_TEN_STRIDES = 429  # frames of the demonstration clip: a stride takes 0.715 s


def demo_frames(count: int) -> Iterator[Image]:
    """Yield so many frames of the demonstration clip, begun again after ten strides, so that no seam shows."""
    while True:
        with open_video(demo_clip()[0]) as video:
            for frame in islice(video.frames(), _TEN_STRIDES):
                yield frame.image
                count -= 1
                if count == 0:
                    return


def phone_clip(*, frames: int = _FRAMES, width: int = _WIDTH_PX, height: int = _HEIGHT_PX, fps: int = _FPS) -> Path:
    """Return the demonstration clip in the shape of another camera: scaled to its height, cut or extended at the sides.

    Parameters
    ----------
    frames : int
        how many.
    width, height : int
        size of the picture, px.
    fps : int
        frames a second that the file says.
    """
    path = OUT / f"{width}x{height}-{fps}fps-{frames}.mp4"
    if path.is_file():
        return path
    path.parent.mkdir(parents=True, exist_ok=True)
    begun = path.with_suffix(".begun.mp4")
    with av.open(str(begun), "w") as container:
        stream: Any = container.add_stream("libx264", rate=fps)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        stream.options = {"crf": "20", "preset": "veryfast"}
        for image in demo_frames(frames):
            scale = height / image.shape[0]
            move = np.array([[scale, 0, (width - scale * image.shape[1]) / 2], [0, scale, 0]])
            shown = cv2.warpAffine(image, move, (width, height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(np.asarray(shown, dtype=np.uint8), format="bgr24")))
        container.mux(stream.encode(None))
    begun.replace(path)
    return path


class _Parts:
    """What no analysis could leave out, a step each: a decoded picture, a pass of the network, an encoded frame."""

    def __init__(self, clip: Path) -> None:
        from gaitlab.pose.networks.estimator import load_estimator

        self._clip = clip
        estimator: Any = load_estimator("runner")
        self._network = estimator._network
        width, height = estimator.model["crop_px"]
        with open_video(clip) as video:
            image = next(iter(video.frames())).image
            self._size = clip_size(video.info.width, video.info.height)
        self._crop = np.asarray(cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA), dtype=np.uint8)

    def decoded(self) -> Iterator[Any]:
        with av.open(str(self._clip)) as container:
            stream = container.streams.video[0]
            stream.thread_type = "AUTO"
            yield from container.decode(stream)

    def forward(self, _: Any) -> None:
        self._network.forward([self._crop])

    def encode(self, pictures: Iterator[Any], path: Path) -> None:
        with av.open(str(path), "w", format="mp4") as container:
            stream: Any = container.add_stream("libx264", rate=_FPS)
            stream.width, stream.height = self._size
            stream.pix_fmt, stream.options = "yuv420p", encoder_options(crf=CRF)
            for picture in pictures:
                container.mux(stream.encode(self.reduced(picture)))
            container.mux(stream.encode(None))

    def reduced(self, picture: Any) -> Any:
        small = picture.reformat(*self._size, format="yuv420p", interpolation="AREA")
        small.pts, small.time_base = picture.pts, picture.time_base
        return small


def unavoidable(clip: Path) -> dict[str, float]:
    """Do the unavoidable part in three threads, then its steps one by one.

    Returns
    -------
    dict[str, float]
        ``wall_s`` of all three at once, and ``decode_ms``, ``network_ms``, ``encode_ms``: CPU time of each a frame.
    """
    parts = _Parts(clip)
    parts.forward(None)
    to_network: queue.Queue[Any] = queue.Queue(_QUEUED)
    to_encoder: queue.Queue[Any] = queue.Queue(_QUEUED)

    def decode() -> None:
        for picture in parts.decoded():
            to_network.put(picture)
            to_encoder.put(picture)
        to_network.put(None)
        to_encoder.put(None)

    def forward() -> None:
        while (picture := to_network.get()) is not None:
            parts.forward(picture)

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "clip.mp4"

        def encode() -> None:
            parts.encode(iter(to_encoder.get, None), path)

        threads = [threading.Thread(target=work) for work in (decode, forward, encode)]
        began_s = time.perf_counter()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        wall_s = time.perf_counter() - began_s

        cpu_s = {}
        began_s = time.process_time()
        kept, count = [], 0
        for picture in parts.decoded():
            count += 1
            if count % 8 == 0:
                kept.append(picture)
        cpu_s["decode"] = (time.process_time() - began_s) / count
        began_s = time.process_time()
        for picture in kept:
            parts.forward(picture)
        cpu_s["network"] = (time.process_time() - began_s) / len(kept)
        del kept
        first = [picture for picture, _ in zip(parts.decoded(), range(240), strict=False)]
        began_s = time.process_time()
        parts.encode(iter(first), path)
        cpu_s["encode"] = (time.process_time() - began_s) / len(first)
    return {"wall_s": wall_s, **{f"{name}_ms": 1000 * value for name, value in cpu_s.items()}}


def _in_process(clip: Path) -> dict[str, float]:
    """Do the unavoidable part in a process of its own, so that nothing is left of it in this one."""
    command = [sys.executable, "-m", "benchmarks.end_to_end_speed", "--unavoidable", str(clip)]
    output = subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT, env=ENVIRONMENT).stdout
    result: dict[str, float] = json.loads(output)
    return result


def timed(command: Sequence[str]) -> tuple[float, float]:
    """Return the wall and the CPU time of a process, s."""
    before, began_s = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run(command, check=True, capture_output=True, env=ENVIRONMENT)
    wall_s, after = time.perf_counter() - began_s, resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall_s, after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def to_first_line_s(command: Sequence[str]) -> float:
    """Return the time from the start of a process to the first thing it says on a terminal, s; it is then ended."""
    ours, theirs = pty.openpty()
    began_s = time.perf_counter()
    process = subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, env=ENVIRONMENT)
    os.close(theirs)
    os.read(ours, 1)
    passed_s = time.perf_counter() - began_s
    process.terminate()
    process.wait()
    os.close(ours)
    return passed_s


def analysis(clip: Path, folder: Path, *options: str) -> list[str]:
    return [*GAITLAB, "analyze", str(clip), "--speed", "3 m/s", "--force", "-o", str(folder), *options]


def measured(rounds: int, folder: Path) -> dict[str, float]:
    """Return the medians over the rounds of everything that is timed."""
    clip, half = phone_clip(), phone_clip(frames=_FRAMES // 2)
    found: dict[str, list[float]] = {}

    def add(values: Mapping[str, float]) -> None:
        for name, value in values.items():
            found.setdefault(name, []).append(value)

    for _ in range(rounds):
        alone = _in_process(clip)
        wall_s, cpu_s = timed(analysis(clip, folder))
        without_s, _ = timed(analysis(clip, folder, "--no-video"))
        _, half_cpu_s = timed(analysis(half, folder))
        a_frame_ms = 1000 * (cpu_s - half_cpu_s) / (_FRAMES - _FRAMES // 2)
        add(alone)
        add({
            "analysis_s": wall_s, "analysis_cpu_s": cpu_s, "without_video_s": without_s,
            "ratio": wall_s / alone["wall_s"], "a_frame_ms": a_frame_ms,
            "fixed_s": cpu_s - _FRAMES * a_frame_ms / 1000,
            "beside_ms": a_frame_ms - sum(alone[f"{part}_ms"] for part in ("decode", "network", "encode")),
            "first_line_s": to_first_line_s(analysis(clip, folder)),
        })  # fmt: skip
    return {name: statistics.median(values) for name, values in found.items()}


def speed_table(found: Mapping[str, float]) -> str:
    """Return the table of what was timed, with its bars."""
    rows = (
        ("the unavoidable part alone, wall", f"{found['wall_s']:.1f} s", ""),
        ("`gaitlab analyze`, report and videos included, wall", f"{found['analysis_s']:.1f} s", "20 s, quiet machine"),
        ("the same over the unavoidable part", f"{found['ratio']:.2f}", "1.5"),
        ("`gaitlab analyze --no-video`, wall", f"{found['without_video_s']:.1f} s", "12 s, quiet machine"),
        ("`gaitlab analyze`, CPU", f"{found['analysis_cpu_s']:.1f} s", ""),
        ("CPU a frame", f"{found['a_frame_ms']:.1f} ms", ""),
        ("of which decoder, one pass of the network, one encoder",
         f"{found['decode_ms']:.1f} + {found['network_ms']:.1f} + {found['encode_ms']:.1f} ms", ""),
        ("CPU a frame beside these (second video, mirror images, drawing)", f"{found['beside_ms']:.1f} ms", "3 ms"),
        ("CPU of what does not grow with the frames", f"{found['fixed_s']:.1f} s", ""),
        ("start to the first progress line", f"{found['first_line_s']:.2f} s", "0.8 s"),
    )  # fmt: skip
    return "\n".join(["| figure | measured | bar |", "|---|---|---|", *(f"| {a} | {b} | {c} |" for a, b, c in rows)])


def memory_table(folder: Path) -> str:
    """Return the table of peak memory for several sizes and lengths."""
    # Long films are beside the page, not in it, which holds up to 15 MB of video; so are these, to show what grows.
    beside = ("--set", "report.embed_video=no")
    shapes: tuple[tuple[str, dict[str, int], int | None, tuple[str, ...]], ...] = (
        ("20 s of 1080x1920 at 60 fps", {}, 450, ()),
        ("5 s of 2160x3840 at 60 fps", {"frames": 300, "width": 2160, "height": 3840}, 900, ()),
        ("1 min of 360x640 at 30 fps", {"frames": 1800, "width": 360, "height": 640, "fps": 30}, None, beside),
        ("5 min of 360x640 at 30 fps", {"frames": 9000, "width": 360, "height": 640, "fps": 30}, None, beside),
    )
    rows = [
        f"| {name} | {peak_mb(analysis(phone_clip(**shape), folder, *options)):.0f} MB | "
        f"{'' if bar is None else f'{bar} MB'} |"
        for name, shape, bar, options in shapes
    ]
    return "\n".join(["| clip | peak memory | bar |", "|---|---|---|", *rows])


def batch_table(folder: Path) -> str:
    """Return the table of two ways to share the cores between videos."""
    cores = os.cpu_count() or 1
    clip = phone_clip(frames=_FRAMES // 2)
    videos = folder / "videos"
    videos.mkdir()
    for number in range(2 * cores):
        (videos / f"{number}.mp4").symlink_to(clip)
    rows = []
    for workers in (cores, 1):
        command = [*GAITLAB, "batch", str(videos), "-o", str(folder / f"batch-{workers}"), "--workers", str(workers)]
        wall_s, cpu_s = timed(command)
        rows.append(
            f"| {workers} with {cores // workers} thread{'s' * (cores // workers > 1)} each | {wall_s:.1f} s | "
            f"{cpu_s:.1f} s | {2 * cores * _FRAMES // 2 / wall_s:.0f} |"
        )
    return "\n".join(["| workers | wall | CPU | frames a second |", "|---|---|---|---|", *rows])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--memory", action="store_true", help="peak memory too")
    parser.add_argument("--batch", action="store_true", help="several workers against one")
    parser.add_argument("--write", action="store_true", help=f"put the tables into {_DOC.name}")
    parser.add_argument("--unavoidable", type=Path, metavar="CLIP", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.unavoidable:
        print(json.dumps(unavoidable(options.unavoidable)))
        return
    tables: dict[str, str] = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        tables["table: speed"] = speed_table(measured(options.rounds, folder / "out"))
        if options.memory:
            tables["table: memory"] = memory_table(folder / "out")
        if options.batch:
            tables["table: batch"] = batch_table(folder)
    print("\n\n".join(tables.values()))
    if options.write:
        write_tables(_DOC, tables)


if __name__ == "__main__":
    main()
