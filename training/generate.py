"""Draw the pictures: ``python -m training.generate --sittings 1400 --workers 2`` writes shards into training/out/data.

A shard holds the pictures of 25 sittings (30 pictures each) as JPEG, their labels, where the runner shows, and the
empty places; seeds make it repeatable. Seeds from ``CLOSE_SEEDS`` on look at the lower legs from behind; those from
``TEST_SEEDS`` on are never trained on.
"""

from __future__ import annotations

import argparse
import os
import time
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path

import cv2
import numpy as np

OUT = Path(__file__).resolve().parent / "out"
DATA = OUT / "data"
CLOSE_SEEDS = 500_000
TEST_SEEDS = 1_000_000
PER_SHARD = 25


def packed(blobs: list[bytes]) -> tuple[np.ndarray, np.ndarray]:
    """Return blobs as one array of bytes and the ends of each."""
    return np.frombuffer(b"".join(blobs), np.uint8), np.cumsum([len(b) for b in blobs])


def unpacked(data: np.ndarray, ends: np.ndarray) -> list[np.ndarray]:
    """Return the blobs of `packed` as views."""
    return [data[start:end] for start, end in zip([0, *ends[:-1]], ends, strict=True)]


def draw_shard(first_seed: int, folder: Path) -> tuple[Path, int]:
    """Draw one shard and return its path and the number of its pictures."""
    from training.pictures import capture_sessions

    target = folder / f"{first_seed:08d}.npz"
    if target.is_file():
        with np.load(target) as data:
            return target, len(data["xy"])
    rng = np.random.default_rng([first_seed, 3])
    images, masks, empty, xy, seen, height_px, view, kind = [], [], [], [], [], [], [], []
    close = CLOSE_SEEDS <= first_seed < TEST_SEEDS
    for capture_session in capture_sessions(range(first_seed, first_seed + PER_SHARD), close=close):
        for picture in capture_session.pictures:
            quality = int(rng.integers(60, 97))
            images.append(cv2.imencode(".jpg", picture.image, [cv2.IMWRITE_JPEG_QUALITY, quality])[1].tobytes())
            masks.append(cv2.imencode(".png", picture.runner.astype(np.uint8) * 255)[1].tobytes())
            xy.append(picture.xy)
            seen.append(picture.seen)
            height_px.append(picture.height_px)
            view.append(picture.view)
            kind.append(picture.kind)
        for place in capture_session.empty:
            empty.append(cv2.imencode(".jpg", place, [cv2.IMWRITE_JPEG_QUALITY, 90])[1].tobytes())
    arrays = {}
    for name, blobs in (("image", images), ("mask", masks), ("empty", empty)):
        arrays[name], arrays[f"{name}_end"] = packed(blobs)
    fresh = target.with_suffix(f".{os.getpid()}.part")
    with fresh.open("wb") as file:
        np.savez(
            file,
            **arrays,
            xy=np.array(xy, np.float32),
            seen=np.array(seen),
            height_px=np.array(height_px, np.float32),
            view=np.array(view),
            kind=np.array(kind),
        )
    fresh.replace(target)
    return target, len(xy)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sittings", type=int, default=1400, help="people to draw, 30 pictures each")
    parser.add_argument("--close-sittings", type=int, default=250, help="of lower legs from behind")
    parser.add_argument("--test-sittings", type=int, default=50, help="of whole people, for judging")
    parser.add_argument("--first", type=int, default=0, help="seed of the first: others than a former training saw")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    options = parser.parse_args()
    DATA.mkdir(parents=True, exist_ok=True)
    (OUT / "test").mkdir(exist_ok=True)
    jobs = [(options.first + seed, DATA) for seed in range(0, options.sittings, PER_SHARD)]
    jobs += [(CLOSE_SEEDS + options.first + seed, DATA) for seed in range(0, options.close_sittings, PER_SHARD)]
    jobs[2:2] = [(TEST_SEEDS + seed, OUT / "test") for seed in range(0, options.test_sittings, PER_SHARD)]
    start_s, pictures = time.monotonic(), 0
    with ProcessPoolExecutor(options.workers) as pool:
        for done in as_completed([pool.submit(draw_shard, *job) for job in jobs]):
            pictures += done.result()[1]
            print(f"{pictures} pictures, {pictures / (time.monotonic() - start_s):.1f} a second", flush=True)


if __name__ == "__main__":
    main()
