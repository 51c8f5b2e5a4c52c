"""Force-plate trials as a camera would have seen them: the truth that benchmarks and fits share.

A trial is one ``.npz`` with 3-D points (x forward, y up, z to the runner's right) and the times of foot strikes and
toe-offs; see the README beside the data. A few of them come with the tests:

    python -m benchmarks.truth [DIR] -o tests/data/force_plates
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import numpy as np

from gaitlab.core.pose import FloatArray, PoseSequence
from gaitlab.core.skeleton import SKELETONS, Skeleton
from gaitlab.signal.spline import resample

# Three runners come with the tests; all twelve lie beside the checkout, where they are at hand.
PUBLIC_FOLDER = Path(__file__).resolve().parents[1] / "tests" / "data" / "force_plates"
_ALL = Path(__file__).resolve().parents[2] / "shared" / "data" / "treadmill_truth"
DEFAULT_FOLDER = _ALL if _ALL.is_dir() else PUBLIC_FOLDER
# Gaps of the recorded markers that may be bridged before filming.
_MARKER_GAP_S = 0.05


@dataclass(frozen=True, slots=True, eq=False)
class Trial:
    """One recording on the instrumented treadmill.

    Attributes:
        name: file name without its ending.
        subject: the runner.
        nominal_speed_mps: what the belt was set to.
        height_m: of the body.
        strike: foot-strike type a side, lower case.
        time_s: (frame,).
        names: marker names.
        points: (frame, marker, 3) m, NaN where not seen.
        side, strike_s, toe_off_s: (contact,) from the force plates.
    """

    name: str
    subject: str
    nominal_speed_mps: float
    height_m: float
    strike: dict[str, str]
    time_s: FloatArray
    names: tuple[str, ...]
    points: FloatArray
    side: np.ndarray
    strike_s: FloatArray
    toe_off_s: FloatArray

    def point(self, name: str) -> FloatArray:
        """Return (frame, 3) m of one marker, all NaN where the trial lacks it."""
        if name not in self.names:
            return np.full((len(self.time_s), 3), np.nan)
        return self.points[:, self.names.index(name)]

    def of(self, side: str) -> tuple[FloatArray, FloatArray]:
        """Return the (strike_s, toe_off_s) of one foot."""
        mine = self.side == side
        return self.strike_s[mine], self.toe_off_s[mine]

    def belt_speed_mps(self) -> float:
        """Return the speed of the belt as the stance foot shows it: the 5th metatarsal over 30-50 % of stance."""
        slopes = []
        for side in ("left", "right"):
            x = self.point(f"{side}_small_toe")[:, 0]
            for start_s, end_s in zip(*self.of(side), strict=True):
                phase = (self.time_s - start_s) / (end_s - start_s)
                keep = (phase > 0.3) & (phase < 0.5) & np.isfinite(x)
                if keep.sum() >= 4:
                    slopes.append(-np.polyfit(self.time_s[keep], x[keep], 1)[0])
        return float(np.median(slopes))


def load_trial(path: Path) -> Trial:
    """Read one trial."""
    with np.load(path, allow_pickle=False) as data:
        meta: dict[str, Any] = json.loads(str(data["meta"]))
        return Trial(
            name=path.stem,
            subject=str(meta["subject"]),
            nominal_speed_mps=float(meta["nominal_speed_mps"]),
            height_m=float(meta["height_m"]),
            strike={side: str(meta[f"strike_{side}"]).lower() for side in ("left", "right")},
            time_s=data["time_s"].astype(np.float64),
            names=tuple(str(name) for name in data["names"]),
            points=data["points"].astype(np.float64),
            side=data["side"].astype(str),
            strike_s=data["strike_s"].astype(np.float64),
            toe_off_s=data["toe_off_s"].astype(np.float64),
        )


def load_trials(folder: Path) -> list[Trial]:
    """Read all trials of a folder in the order of their names."""
    return [load_trial(path) for path in sorted(folder.glob("*.npz"))]


# What a pose network adds to markers, m: a constant place of its own on each segment (Needham et al. 2021 find 30-50 mm
# at hip and knee, up to 15 mm at the ankle), and an error that repeats with every stride.
_MISPLACED_M = {"hip": 0.030, "knee": 0.020, "ankle": 0.012, "heel": 0.015, "big_toe": 0.020, "small_toe": 0.020}
_WANDER_M = 0.010
_WANDER_HARMONICS = 3


def as_network(trial: Trial, *, rng: np.random.Generator) -> Trial:
    """Return the trial with its markers moved to where a pose network might see the joints, in the side view.

    Every joint gets a random constant offset in the frame of its segment (the foot's for ankle, heel and toes) and a
    random error of up to three harmonics of the stride. Both are one draw a trial, as a network's habits are.
    """
    points = trial.points.copy()
    left_s = trial.of("left")[0]
    stride = np.interp(trial.time_s, left_s, np.arange(len(left_s)))
    before, after = trial.time_s < left_s[0], trial.time_s > left_s[-1]
    usual_s = np.median(np.diff(left_s))
    stride[before] = (trial.time_s[before] - left_s[0]) / usual_s
    stride[after] = len(left_s) - 1 + (trial.time_s[after] - left_s[-1]) / usual_s
    harmonics = np.arange(1, _WANDER_HARMONICS + 1)
    for side in ("left", "right"):
        along = {"foot": trial.point(f"{side}_small_toe") - trial.point(f"{side}_heel")}
        along["shank"] = trial.point(f"{side}_knee") - trial.point(f"{side}_ankle")
        for joint, misplaced_m in _MISPLACED_M.items():
            if f"{side}_{joint}" not in trial.names:
                continue
            segment = along["shank" if joint in ("knee", "hip") else "foot"][:, :2]
            unit = segment / np.linalg.norm(segment, axis=1, keepdims=True)
            across = np.stack([-unit[:, 1], unit[:, 0]], axis=1)
            shift = rng.normal(0, misplaced_m) * unit + rng.normal(0, misplaced_m) * across
            phase = 2 * np.pi * (stride[:, None] * harmonics + rng.uniform(size=_WANDER_HARMONICS))
            size = rng.normal(0, _WANDER_M / np.sqrt(_WANDER_HARMONICS / 2), (_WANDER_HARMONICS, 2))
            column = trial.names.index(f"{side}_{joint}")
            points[:, column, :2] += shift + np.cos(phase) @ size
    return replace(trial, points=points)


def film(
    trial: Trial,
    *,
    fps: float,
    seen_from: Literal["right", "left", "behind", "front"] = "right",
    px_per_m: float = 400.0,
    noise_m: float = 0.004,
    rng: np.random.Generator,
    skeleton: Skeleton = SKELETONS["runner_31"],
    camera_distance_m: float = float("inf"),
    camera_height_m: float = 0.0,
) -> PoseSequence:
    """Project a trial into a picture, at a frame rate of its own and with white noise on both axes.

    Args:
        seen_from: ``right`` shows a runner who faces image-right, ``left`` one who faces image-left.
        noise_m: standard deviation an axis, per point and frame.
        camera_distance_m: finite values add perspective: what is nearer looks larger.
        camera_height_m: of the lens over the belt: what is nearer also moves away from its height in the picture.
    """
    # The first frame falls anywhere within a frame interval, as in a video.
    time_s = np.arange(trial.time_s[0] + rng.uniform(0, 1 / fps), trial.time_s[-1], 1 / fps)
    xyz = np.stack([trial.point(name) for name in skeleton.names], axis=1)
    flat = resample(xyz.reshape(len(xyz), -1), trial.time_s, time_s, longest_gap_s=_MARKER_GAP_S)
    xyz = flat.reshape(len(time_s), len(skeleton), 3)
    across, depth = {
        "right": (xyz[..., 0], xyz[..., 2]),
        "left": (-xyz[..., 0], -xyz[..., 2]),
        "behind": (xyz[..., 2], -xyz[..., 0]),
        "front": (-xyz[..., 2], xyz[..., 0]),
    }[seen_from]
    picture = np.stack([across, camera_height_m - xyz[..., 1]], axis=-1) / (1 - depth / camera_distance_m)[..., None]
    picture = (picture + rng.normal(0, noise_m, picture.shape)) * px_per_m
    score = np.isfinite(picture[..., 0]).astype(np.float64)
    return PoseSequence(picture, score, time_s, skeleton)


def hide(
    pose: PoseSequence, side: str, *, share: float, burst_s: tuple[float, float], rng: np.random.Generator
) -> PoseSequence:
    """Blank the whole leg of one side for a share of the time, in bursts of a random length."""
    xy = pose.xy.copy()
    columns = [i for i, name in enumerate(pose.skeleton.names) if name.startswith(side) and _of_leg(name)]
    duration_s = pose.time_s[-1] - pose.time_s[0]
    hidden = np.zeros(len(pose), dtype=bool)
    while hidden.mean() < share:
        start_s = pose.time_s[0] + rng.uniform(0, duration_s)
        hidden |= (pose.time_s >= start_s) & (pose.time_s < start_s + rng.uniform(*burst_s))
    xy[np.ix_(hidden, columns)] = np.nan
    return replace(pose, xy=xy)


def drop_frames(pose: PoseSequence, *, share: float, rng: np.random.Generator) -> PoseSequence:
    """Leave out single frames at random, as a camera does: the times that stay are true."""
    keep = rng.uniform(size=len(pose)) >= share
    return replace(pose, xy=pose.xy[keep], score=pose.score[keep], time_s=pose.time_s[keep])


def without(pose: PoseSequence, points: Iterable[str]) -> PoseSequence:
    """Blank points of both sides, e.g. ``heel``: what a network without feet gives."""
    xy = pose.xy.copy()
    for i, name in enumerate(pose.skeleton.names):
        if name.partition("_")[2] in points:
            xy[:, i] = np.nan
    return replace(pose, xy=xy)


def _of_leg(name: str) -> bool:
    return name.partition("_")[2] in ("knee", "ankle", "heel", "big_toe", "small_toe", "heel_top")


# Fore-, mid- and rearfoot striker.
PUBLIC = ("RBDS001", "RBDS010", "RBDS014")
# Points are kept to this part of a metre, 0.1 mm, which packs well in binary numbers.
_PARTS_OF_A_METRE = 8192


def write_public(folder: Path, to: Path) -> None:
    """Write the trials of the `PUBLIC` runners, with points rounded to 0.1 mm."""
    to.mkdir(parents=True, exist_ok=True)
    for path in sorted(folder.glob("*.npz")):
        if path.stem.partition("_")[0] in PUBLIC:
            with np.load(path, allow_pickle=False) as data:
                arrays = {name: data[name] for name in data.files}
            arrays["points"] = (np.round(arrays["points"] * _PARTS_OF_A_METRE) / _PARTS_OF_A_METRE).astype(np.float32)
            np.savez_compressed(to / path.name, **arrays)


def main() -> None:
    """Write the trials that come with the tests."""
    parser = argparse.ArgumentParser(description="Write the force-plate trials that come with the tests.")
    parser.add_argument("folder", nargs="?", type=Path, default=DEFAULT_FOLDER)
    parser.add_argument("-o", "--output", type=Path, required=True)
    options = parser.parse_args()
    write_public(options.folder, options.output)


if __name__ == "__main__":
    main()
