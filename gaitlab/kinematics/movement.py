"""Movements that no body makes: points that stand still, rows out of order, time that runs backwards, and jitter."""

from __future__ import annotations

import numpy as np

from gaitlab.core.gait import BOTH_SIDES
from gaitlab.core.pose import FloatArray, PoseSequence
from gaitlab.kinematics.calibration import facing
from gaitlab.kinematics.proportions import proportions_of
from gaitlab.kinematics.view import view_of
from gaitlab.signal.kalman import measurement_noise

# A joint -> those beside it, whose movement it shares.
_BESIDE = {
    "shoulder": ("hip",), "hip": ("knee", "shoulder"), "knee": ("hip", "ankle"), "ankle": ("knee",),
    "heel": ("ankle",), "big_toe": ("ankle",),
}  # fmt: skip
# For so long no joint of a runner or walker stands still: a foot in stance on the ground does for less.
_WINDOW_S = 0.5
# It stands still if it moves by less than this share of what those beside it do, where these move by this share of the
# height: 0.06 is the vertical path of a runner's hip, 0.02 that of a walker's.
_STILL, _MOVES = 0.05, 0.02
_FEWEST = 20  # rows, windows' frames and samples by which anything is judged
# Toes and facing must agree in so many of the cues before a direction of time is told.
_SURE_FACING = 0.75


def frozen_points(pose: PoseSequence) -> dict[str, float]:
    """Return the leg and trunk points that stand still while those beside them move, and for what share of the time.

    Parameters
    ----------
    pose : PoseSequence
        raw keypoints, px.
    """
    if len(pose) < _FEWEST:  # one picture has no frame rate
        return {}
    height_px, frames = proportions_of(pose).height_px, max(round(_WINDOW_S * pose.fps), 3)
    if not height_px > 0 or len(pose) < 2 * frames:
        return {}
    ranges = {
        f"{side}_{joint}": _ranges(pose.point(f"{side}_{joint}"), frames) for side in BOTH_SIDES for joint in _BESIDE
    }
    found = {}
    for side in BOTH_SIDES:
        for joint, beside in _BESIDE.items():
            own = ranges[f"{side}_{joint}"]
            around = np.fmax.reduce([ranges[f"{side}_{other}"] for other in beside])
            judged = np.isfinite(own)
            still = judged & (around > _MOVES * height_px) & (own < _STILL * around)
            if still.any():
                found[f"{side}_{joint}"] = float(still.sum() / judged.sum())
    return found


def _ranges(track: FloatArray, frames: int) -> FloatArray:
    """Return how far a point moves in each window of so many frames, px; NaN where it is seen in less than half."""
    count = len(track) // frames
    windows = track[: count * frames].reshape(count, frames, 2)
    enough = np.isfinite(windows[..., 0]).sum(axis=1) >= max(frames / 2, 2)
    ranges = np.full(count, np.nan)
    seen = windows[enough]
    ranges[enough] = np.hypot(*(np.nanmax(seen, axis=1) - np.nanmin(seen, axis=1)).T)
    return ranges


def text_order(pose: PoseSequence) -> float:
    """Return how long the way of all points is after rows in text order (1, 10, 100, 2) are sorted, as a share.

    Rows in the order of time are shuffled by that: 1.2 and more on good recordings; 0.45 where they were in text order.
    """
    count = len(pose)
    if count < _FEWEST:
        return 1.0
    way = _way(pose.xy)
    ways = [_way(pose.xy[np.argsort(np.argsort(_numerals(first, count)))]) for first in (0, 1)]
    return min(ways) / way if way > 0 else 1.0


def _numerals(first: int, count: int) -> np.ndarray:
    return np.arange(first, first + count).astype(str)


def _way(xy: FloatArray) -> float:
    steps = np.linalg.norm(np.diff(xy, axis=0), axis=-1)
    seen = np.isfinite(steps)
    return float(steps[seen].mean()) if seen.any() else 0.0


def turning(pose: PoseSequence) -> float:
    """Return which way the ankles go round the loop that they make about the hips in a side view; -1 to 1.

    A foot goes back while it is low and forward while it is high, on a belt and on the ground: positive. Negative means
    the other way round. NaN in other views, or where it is not clear which way the runner faces.
    """
    forward, agreement = facing(pose)
    if agreement < _SURE_FACING or view_of(pose).view != "side":
        return float("nan")
    hips = pose.point("mid_hip")
    if not np.isfinite(hips).any():
        hips = (pose.point("left_hip") + pose.point("right_hip")) / 2
    swept, most = 0.0, 0.0
    for side in BOTH_SIDES:
        path = pose.point(f"{side}_ankle") - hips
        path = path[np.isfinite(path).all(axis=1)]
        if len(path) < _FEWEST:
            continue
        arm = path - path.mean(axis=0)
        x, y = arm[:-1].T
        dx, dy = np.diff(arm, axis=0).T
        swept += float(np.sum(x * dy - y * dx))
        most += float(np.sum(np.hypot(x, y) * np.hypot(dx, dy)))
    return forward * swept / most if most > 0 else float("nan")


def jitter(pose: PoseSequence) -> float:
    """Return the noise of hips, knees and ankles from frame to frame, standard deviation an axis; share of the height.

    Notes
    -----
    What third differences leave of the movement counts too: up to 0.008 of the height in fast runners at 25 frames a
    second.
    """
    height_px = proportions_of(pose).height_px
    noises_px = []
    for side in BOTH_SIDES:
        for joint in ("hip", "knee", "ankle"):
            track = pose.point(f"{side}_{joint}")
            seen = np.isfinite(track[:, 0])
            if seen.sum() >= _FEWEST:
                noises_px.append(float(measurement_noise(track[seen], pose.time_s[seen]).mean()))
    return float(np.median(noises_px)) / height_px if noises_px and height_px > 0 else float("nan")
