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

from gaitlab.apps.truth import Truth
from gaitlab.core.pose import PoseSequence, Step
from gaitlab.core.skeleton import SKELETONS, Skeleton
from gaitlab.io.keypoints import read_keypoints
from gaitlab.io.video.reader import open_video
from gaitlab.markers.heel_registration import EdgeCollector, with_heel_lines
from gaitlab.pose.follow import follow_runner
from gaitlab.pose.networks.estimator import PoseEstimator, load_estimator

OUT = Path(__file__).resolve().parent / "out" / "end_to_end"
View = Literal["side", "rear", "front"]
_SEEN_FROM: dict[View, Literal["behind", "front"] | None] = {"side": None, "rear": "behind", "front": "front"}
# What no network saw: the true points as the camera shows them, and the same as tape dots that are tracked to 2 mm.
TRUE_POINTS, DOTS = "true points", "dots"
_DOT_NOISE_M = 0.002
# The one real runner from the side, and beside it the points of a stronger network.
REAL = Path(__file__).resolve().parents[2] / "shared" / "data" / "treadmill_side" / "male_side.mp4"
_WIDTH_PX, _HEIGHT_PX = 360, 448


def clip_of(view: View, seed: int, *, seconds: float) -> Path:
    """Return the clip of a seed, rendered if it is not there yet (needs ``pip install .[synthetic]``)."""
    video = OUT / f"{view}-{seed:02d}-{seconds:g}s.mp4"
    if not video.with_suffix(".npz").is_file():
        from tools.synthetic.clips import random_clip
        from tools.synthetic.film import render

        video.parent.mkdir(parents=True, exist_ok=True)
        clip = random_clip(
            seed, seen_from=_SEEN_FROM[view], duration_s=seconds, width_px=_WIDTH_PX,
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


def keypoints_of(
    video: Path, truth: Truth, source: str, *, again: bool = False, kept_beside: Path | None = None
) -> PoseSequence | None:
    """Return the raw keypoints of a clip by a network, or by `TRUE_POINTS` or `DOTS`; None where nobody was found.

    Args:
        again: look anew for what was found before.
        kept_beside: where they are kept; None: beside the clip.
    """
    if source == TRUE_POINTS:
        return truth.seen()
    if source == DOTS:
        return _dots(video, truth)
    kept = _kept(kept_beside or video, source)
    if again or not kept.is_file():
        with open_video(video) as opened:
            pose = follow_runner(opened.frames(), _estimator(source)).pose
        if pose is None:
            return None
        np.savez_compressed(
            kept, xy=pose.xy, score=pose.score, time_s=pose.time_s, skeleton=np.array(pose.skeleton.name)
        )
    return _read(kept, source)


def as_analysed(
    video: Path, truth: Truth, raw: PoseSequence, source: str, *, kept_beside: Path | None = None
) -> PoseSequence:
    """Return keypoints as `gaitlab analyze` hands them on: from behind with the lines of the heels' own pictures."""
    if truth.view == "side" or source in (TRUE_POINTS, DOTS):
        return raw
    beside = kept_beside or video
    kept = beside.with_name(f"{beside.stem}-{source}-heels.npz")
    if not kept.is_file():
        collector = EdgeCollector(raw.skeleton)
        with open_video(video) as opened:
            for frame, xy in zip(opened.frames(), raw.xy, strict=True):
                collector.see(frame.image, xy if np.isfinite(xy).any() else None)
        lined = with_heel_lines(raw, collector.seen)
        extra = lined.skeleton.names[len(raw.skeleton) :]
        np.savez_compressed(
            kept, names=np.array(extra, dtype=str), xy=lined.xy[:, len(raw.skeleton) :],
            score=lined.score[:, len(raw.skeleton) :],
        )  # fmt: skip
    with np.load(kept, allow_pickle=False) as data:
        if not len(data["names"]):
            return raw
        skeleton = Skeleton(raw.skeleton.name, (*raw.skeleton.names, *map(str, data["names"])))
        xy, score = (np.concatenate([old, data[name]], axis=1) for old, name in ((raw.xy, "xy"), (raw.score, "score")))
        return PoseSequence(xy, score, raw.time_s, skeleton, history=(*raw.history, Step("heel pictures")))


def real_keypoints(source: str, *, kept: bool = False) -> PoseSequence | None:
    """Return a network's keypoints of the real clip, or None where that is not there."""
    cache = OUT / f"real-{source}.npz"
    if not cache.is_file():
        if kept or not REAL.is_file():
            return None
        with open_video(REAL) as opened:
            pose = follow_runner(opened.frames(), _estimator(source)).pose
        if pose is None:
            return None
        np.savez_compressed(
            cache, xy=pose.xy, score=pose.score, time_s=pose.time_s, skeleton=np.array(pose.skeleton.name)
        )
    return _read(cache, source)


def stronger_keypoints() -> PoseSequence | None:
    """Return a stronger network's keypoints of the real clip, or None where that is not there."""
    beside = REAL.with_suffix(".pose.json")
    return read_keypoints(beside, format="gaitlab-pose") if beside.is_file() else None


def _read(kept: Path, source: str) -> PoseSequence:
    """Return keypoints that were kept, marked as a network's."""
    with np.load(kept, allow_pickle=False) as data:
        return PoseSequence(
            data["xy"], data["score"], data["time_s"], SKELETONS[str(data["skeleton"])],
            history=(Step("pose", {"model": source}),),
        )  # fmt: skip


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
