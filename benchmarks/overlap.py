"""The whole analysis of a video against its parts measured alone: do decoding, inference and encoding overlap?

    python -m benchmarks.overlap [--clip VIDEO] [--model NAME …]

Prints (wall seconds x cores) / (CPU seconds of decoding, inference and encoding, each measured alone). 1.0 would be
all cores busy with nothing but these; imports, tracks, angles, charts and waiting come on top. The machine should do
nothing else.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from gaitlab.io.video.clip import CRF, shrunk
from gaitlab.io.video.reader import Frame, open_video
from gaitlab.io.video.writer import VideoWriter
from gaitlab.pose.follow import follow_runner
from gaitlab.pose.networks.estimator import load_estimator

CLIP = Path(__file__).resolve().parents[2] / "shared" / "data" / "treadmill_side" / "male_side.mp4"


def cpu_s(work: Callable[[], object]) -> float:
    """Return the CPU seconds of all threads that a piece of work takes."""
    start = time.process_time()
    work()
    return time.process_time() - start


def decode(clip: Path) -> list[Frame]:
    with open_video(clip) as video:
        return list(video.frames())


def encode(frames: list[Frame], target: Path, *, small: bool) -> None:
    with VideoWriter(target, fps=30, crf=CRF if small else 23) as writer:
        for frame in frames:
            writer.write(shrunk(frame.image) if small else frame.image, frame.time_s)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--clip", type=Path, default=CLIP)
    parser.add_argument("--model", nargs="+", default=["openpose-light+blazepose", "openpose-light", "runner-baseline"])
    options = parser.parse_args()
    cores = len(os.sched_getaffinity(0))
    frames = decode(options.clip)
    with tempfile.TemporaryDirectory() as folder:
        decoding_s = cpu_s(lambda: decode(options.clip))
        encoding_s = cpu_s(lambda: encode(frames, Path(folder) / "a.mp4", small=False))
        encoding_s += cpu_s(lambda: encode(frames, Path(folder) / "b.mp4", small=True))
        print(
            f"{cores} cores, {len(frames)} frames: decoding {decoding_s:.1f} s CPU (twice), encoding {encoding_s:.1f} s"
        )
        for model in options.model:
            estimator = load_estimator(model)
            inference_s = cpu_s(lambda network=estimator: follow_runner(frames, network))
            command = [sys.executable, "-m", "gaitlab", "analyze", str(options.clip), "--model", model]
            start = time.perf_counter()
            subprocess.run([*command, "--force", "-o", f"{folder}/out"], check=True, capture_output=True)
            wall_s = time.perf_counter() - start
            parts_s = 2 * decoding_s + inference_s + encoding_s
            print(
                f"{model:<26} inference {inference_s:6.1f} s CPU, the whole {wall_s:6.1f} s wall, "
                f"ratio {wall_s * cores / parts_s:.2f}  bar: at most 1.15"
            )


if __name__ == "__main__":
    main()
