"""How good the keypoints of every installed network are on the shared clip, whose points a stronger network knows.

    python -m benchmarks.pose_quality [--models NAME…] [--seconds S] [--models-dir DIR] [--csv FILE]

A row a network and leg point: share of frames seen with a score of 0.3 or more, share within 5 % of the runner's
height of the stronger network's point, median distance, and jitter: how far a point strays from the smooth path
through its neighbours while the foot stands and the belt carries it along. Below them a line a network: cadence from
each ankle (the clip's is 168.9 ± 0.5), frames with all points of both legs, left/right exchanges per 100 frames as
gaitlab finds and mends them, and the share of frames whose knees and ankles lie nearer to the stronger network's of the
other leg, as the network has them and after the repair. Jitter, too, is told before and after: a leg that jumps to the
other one for a frame is mended.

The stronger network is no truth: two networks that are each right differ by a few pixels, hips by more.
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from gaitlab.core.pose import FloatArray, PoseSequence
from gaitlab.core.skeleton import SIDES
from gaitlab.io.keypoints import read_keypoints
from gaitlab.io.video.reader import open_video
from gaitlab.pose.follow import follow_runner
from gaitlab.pose.models.catalogue import catalogue, installed
from gaitlab.pose.networks.estimator import load_estimator
from gaitlab.signal.preprocessing import fix_left_right_swaps
from gaitlab.signal.swaps import swapped_frames

FOLDER = Path(__file__).resolve().parents[2] / "shared" / "data" / "treadmill_side"
LEG = ("hip", "knee", "ankle", "heel", "big_toe", "small_toe")
SURE = 0.3
COLUMNS = ("network", "point", "seen_%", "within_5%_of_height", "median_%_of_height", "jitter_px", "mended_jitter_px")


def height_px(pose: PoseSequence) -> float:
    """Return the runner's height in the picture: from the head, or the eyes, to the lowest ankle."""
    low = np.nanmax([pose.point(f"{side}_ankle")[:, 1] for side in SIDES], axis=0)
    top = pose.point("head")[:, 1] if "head" in pose.skeleton else pose.point("nose")[:, 1]
    return float(np.nanpercentile(low - top, 90) * 1.05)


def stance(truth: PoseSequence, side: str) -> np.ndarray:
    """Return (frame,) whether the foot stands: the ankle is low and moves with the belt, backwards and level."""
    ankle = truth.point(f"{side}_ankle")
    low = ankle[:, 1] > np.nanpercentile(ankle[:, 1], 60)
    level = np.abs(np.gradient(ankle[:, 1])) < 0.02 * height_px(truth)
    return np.asarray(low & level)


def jitter_px(track: FloatArray, standing: np.ndarray) -> float:
    """Return the spread (robust standard deviation, px an axis) of a track about the line through its neighbours."""
    second = track[:-2] - 2 * track[1:-1] + track[2:]  # of white noise: sqrt(6) times as large
    chosen = second[standing[:-2] & standing[1:-1] & standing[2:]]
    chosen = chosen[np.isfinite(chosen).all(axis=1)]
    if len(chosen) < 8:
        return float("nan")
    return float(1.4826 * np.median(np.abs(chosen - np.median(chosen, axis=0))) / np.sqrt(6))


def cadence_spm(track: FloatArray, fps: float) -> float:
    """Return twice the strongest frequency of an ankle's way, steps a minute."""
    seen = np.flatnonzero(np.isfinite(track))
    if len(seen) < 30:
        return float("nan")
    filled = np.interp(np.arange(len(track)), seen, track[seen])
    hertz = np.arange(1.0, 2.0, 0.0005)
    wave = np.exp(-2j * np.pi * hertz[:, None] * np.arange(len(track)) / fps)
    return float(120 * hertz[np.abs(wave @ ((filled - filled.mean()) * np.hanning(len(track)))).argmax()])


def point_rows(name: str, pose: PoseSequence, cleaned: PoseSequence, truth: PoseSequence) -> list[dict[str, object]]:
    """Return a row a leg point."""
    height = height_px(truth)
    rows: list[dict[str, object]] = []
    for side in SIDES:
        standing = stance(truth, side)[: len(pose)]
        for joint in (j for j in LEG if f"{side}_{j}" in pose.skeleton):
            point = f"{side}_{joint}"
            track, score = pose.point(point), pose.score[:, pose.skeleton.index(point)]
            sure = np.isfinite(track[:, 0]) & (score >= SURE)
            apart = np.linalg.norm(track - truth.point(point)[: len(pose)], axis=1) / height
            rows.append(
                {
                    "network": name,
                    "point": point,
                    "seen_%": 100 * float(sure.mean()),
                    "within_5%_of_height": 100 * float((apart < 0.05).mean()),
                    "median_%_of_height": 100 * float(np.nanmedian(apart)) if np.isfinite(apart).any() else np.nan,
                    "jitter_px": jitter_px(track, standing),
                    "mended_jitter_px": jitter_px(cleaned.point(point), standing),
                }
            )
    return rows


def legs_exchanged(pose: PoseSequence, truth: PoseSequence) -> float:
    """Return the share of frames, %, whose knees and ankles are nearer to the truth's of the other leg."""

    def away(other: bool) -> FloatArray:
        sides = SIDES[::-1] if other else SIDES
        apart = [
            np.linalg.norm(pose.point(f"{a}_{joint}") - truth.point(f"{b}_{joint}")[: len(pose)], axis=1)
            for a, b in zip(SIDES, sides, strict=True)
            for joint in ("knee", "ankle")
        ]
        total: FloatArray = np.nansum(apart, axis=0)
        return total

    return 100 * float((away(other=True) < away(other=False)).mean())


def summary(name: str, pose: PoseSequence, cleaned: PoseSequence, truth: PoseSequence) -> str:
    """Return the line of one network."""
    joints = [j for j in LEG if f"left_{j}" in pose.skeleton and pose.seen(f"left_{j}") and pose.seen(f"right_{j}")]
    left, right = (np.stack([pose.point(f"{side}_{j}") for j in joints], axis=1) for side in SIDES)
    whole = np.isfinite(np.concatenate([left, right], axis=1)).all(axis=(1, 2))
    swaps = swapped_frames(left, right, pose.time_s)
    ankles = " ".join(f"{cadence_spm(pose.point(f'{side}_ankle')[:, 0], pose.fps):.1f}" for side in SIDES)
    return (
        f"{name}: cadence {ankles} steps/min; all of {len(joints)} points of both legs in {100 * whole.mean():.0f} % "
        f"of frames; {100 * swaps.mean():.1f} left/right exchanges per 100 frames; legs exchanged in "
        f"{legs_exchanged(pose, truth):.1f} % of frames, {legs_exchanged(cleaned, truth):.1f} % after the repair"
    )


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--models", nargs="*", help="names; by default all that are installed")
    parser.add_argument("--seconds", type=float)
    parser.add_argument("--models-dir", type=Path)
    parser.add_argument("--csv", type=Path)
    options = parser.parse_args(arguments)
    truth = read_keypoints(FOLDER / "male_side.pose.json", format="gaitlab-pose")
    names = options.models or [n for n in catalogue() if installed(n, models_dir=options.models_dir)]
    rows: list[dict[str, object]] = []
    lines: list[str] = []

    def judge(name: str, pose: PoseSequence) -> None:
        cleaned = fix_left_right_swaps(pose)
        rows.extend(point_rows(name, pose, cleaned, truth))
        lines.append(summary(name, pose, cleaned, truth))

    judge("the stronger network", truth)
    for name in names:
        estimator = load_estimator(name, models_dir=options.models_dir, checked=False)
        with open_video(FOLDER / "male_side.mp4") as video:
            followed = follow_runner(video.frames(end_s=options.seconds), estimator)
        if followed.pose is None:
            lines.append(f"{name}: nobody found")
            continue
        judge(name, followed.pose)
    print(f"{'network':26}{'point':18}" + "".join(f"{column:>22}" for column in COLUMNS[2:]))
    for row in rows:
        print(f"{row['network']:26}{row['point']:18}" + "".join(f"{row[column]:>22.1f}" for column in COLUMNS[2:]))
    print("\n".join(lines))
    if options.csv:
        with options.csv.open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, COLUMNS)
            writer.writeheader()
            writer.writerows(rows)


if __name__ == "__main__":
    main()
