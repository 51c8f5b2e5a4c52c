"""Rendered clips and what networks see in them, each made once: the ground of `benchmarks.end_to_end`.

A clip is drawn by its seed (body, clothes, style, camera, light). Everything lies in ``benchmarks/out/end_to_end``:
``side-00-5s.mp4``, its truth ``side-00-5s.npz``, and a network's keypoints ``side-00-5s-NAME.npz``. A network that is
trained anew under its old name needs ``--again``.
"""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path
from typing import Literal

import numpy as np

from gaitlab.core import SKELETONS, PoseSequence
from gaitlab.pose.estimator import PoseEstimator, load_estimator
from gaitlab.pose.follow import follow_runner
from gaitlab.pose.importers import read_keypoints
from gaitlab.truth import Truth
from gaitlab.video.reader import open_video

OUT = Path(__file__).resolve().parent / "out" / "end_to_end"
View = Literal["side", "rear"]
# What no network saw: the true points as the camera shows them, and the same as tape dots that are tracked to 2 mm.
TRUE_POINTS, DOTS = "true points", "dots"
_DOT_NOISE_M = 0.002
_WIDTH_PX, _HEIGHT_PX = 360, 448


def clip_of(view: View, seed: int, *, seconds: float) -> Path:
    """Return the clip of a seed, rendered if it is not there yet (needs ``pip install .[synthetic]``)."""
    video = OUT / f"{view}-{seed:02d}-{seconds:g}s.mp4"
    if not video.with_suffix(".npz").is_file():
        from tools.synthetic.clips import random_clip
        from tools.synthetic.film import render

        video.parent.mkdir(parents=True, exist_ok=True)
        clip = random_clip(
            seed, seen_from="behind" if view == "rear" else None, duration_s=seconds, width_px=_WIDTH_PX,
            height_px=_HEIGHT_PX,
        )  # fmt: skip
        render(clip, video, video.with_suffix(".npz"), preset="veryfast")
    return video


@cache
def _estimator(model: str) -> PoseEstimator:
    return load_estimator(model)


def is_kept(video: Path, source: str) -> bool:
    """Return whether the keypoints of a clip are there already, or cost nothing."""
    return source in (TRUE_POINTS, DOTS) or _kept(video, source).is_file()


def _kept(video: Path, source: str) -> Path:
    return video.with_name(f"{video.stem}-{source}.npz")


def keypoints_of(video: Path, truth: Truth, source: str, *, again: bool = False) -> PoseSequence | None:
    """Return the raw keypoints of a clip by a network, or by `TRUE_POINTS` or `DOTS`; None where nobody was found."""
    if source == TRUE_POINTS:
        return truth.seen()
    if source == DOTS:
        return _dots(video, truth)
    kept = _kept(video, source)
    if again or not kept.is_file():
        with open_video(video) as opened:
            pose = follow_runner(opened.frames(), _estimator(source)).pose
        if pose is None:
            return None
        np.savez_compressed(
            kept, xy=pose.xy, score=pose.score, time_s=pose.time_s, skeleton=np.array(pose.skeleton.name)
        )
    with np.load(kept, allow_pickle=False) as data:
        return PoseSequence(data["xy"], data["score"], data["time_s"], SKELETONS[str(data["skeleton"])])


def _dots(video: Path, truth: Truth) -> PoseSequence:
    """Return the true points with noise, by way of a file of keypoints, as a dot tracker would hand them over."""
    rng = np.random.default_rng(int(video.stem.split("-")[1]))
    noise_px = _DOT_NOISE_M / truth.metres_per_px
    xy = truth.xy_px + rng.normal(0, noise_px, truth.xy_px.shape)
    path = video.with_name(f"{video.stem}-dots.csv")
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["frame", "time_s", "keypoint", "x_px", "y_px", "score"])
        for frame, (time_s, points) in enumerate(zip(truth.time_s, xy, strict=True)):
            for name, (x, y) in zip(truth.names, points, strict=True):
                rows.writerow([frame, f"{time_s:.4f}", name, f"{x:.3f}", f"{y:.3f}", 1])
    return read_keypoints(path, format="csv")
