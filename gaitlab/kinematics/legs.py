"""Recordings that show legs only: which are, and their camera view, from knees and feet."""

from __future__ import annotations

import numpy as np

from gaitlab.core.gait import BOTH_SIDES
from gaitlab.core.pose import FloatArray, PoseSequence, Step

# Legs only: shoulders in fewer of the frames than this, and hips in fewer than that.
_SHOULDERS_SEEN, _HIPS_SEEN = 0.5, 0.9
# In shank lengths: horizontal range of the ankle relative to its knee in an exact side view, and mean distance between
# left and right knee and ankle in an exact rear view.
_SWING, _BREADTH = 1.15, 0.26
# Step of the history of keypoints without hips and trunk.
LEGS_ONLY = "legs only"
_FEET = ("ankle", "heel", "big_toe", "small_toe")
# What a swinging foot covers between two frames compared is large beside the noise of a network.
_APART_S = 0.1
# Share of the time in which feet go down in the picture at which a view is doubted fully, and not at all: the standing
# foot comes towards a camera behind, so it sinks slowly and rises fast (0.46 to 0.65 of the time), and goes away from
# one in front (0.40 to 0.54; by the points of the network, which sees toes better than heels then, up to 0.56).
_SINKS = {"rear": (0.47, 0.53), "front": (0.62, 0.56)}
# Share of the frames that show the knees in the order of the mean, likewise.
_IN_ORDER = (0.5, 0.8)
# Tracked dots, or a network's points at their places, by which contacts are found without hips.
_DOTS = ("heel", "heel_top", "calf_top")


def legs_only(pose: PoseSequence) -> bool:
    """Whether knees and ankles are seen, but no shoulders, and hips not all the time."""
    if not all(pose.seen(f"{side}_{joint}") for side in BOTH_SIDES for joint in ("knee", "ankle")):
        return False
    frames = np.asarray(np.isfinite(pose.xy[..., 0]).any(axis=1))
    return _share(pose, "shoulder", frames) < _SHOULDERS_SEEN and _share(pose, "hip", frames) < _HIPS_SEEN


def legs_alone(pose: PoseSequence) -> PoseSequence:
    """Return a rear view of legs only without hips and trunk, where heels and calves show the contacts.

    Hips that come and go at the edge of the picture spoil what rests on them, and a network guesses the trunk that it
    does not see.
    """
    dots = [f"{side}_{name}" for side in BOTH_SIDES for name in _DOTS]
    if not legs_only(pose) or not all(pose.seen(name) for name in dots):
        return pose
    below = ("knee", "heel_top", "calf_top", "calf_bottom", *_FEET)
    out = np.array([name.partition("_")[2] not in below and not _line(name) for name in pose.skeleton.names])
    step = Step(LEGS_ONLY, {}, {"points_dropped": int(np.isfinite(pose.xy[:, out, 0]).sum())})
    return pose.after(step, xy=np.where(out[:, None], np.nan, pose.xy), score=np.where(out, 0.0, pose.score))


def view_of_legs(pose: PoseSequence, *, half_way_deg: float, sure_beyond_deg: float) -> tuple[str, float]:
    """Return the view, ``side``, ``rear`` or ``front``, of a recording of legs only, and its confidence, 0 to 1.

    Parameters
    ----------
    pose : PoseSequence
        knees and ankles, better with feet.
    half_way_deg, sure_beyond_deg : float
        camera angle half-way between the views, and the deviation from it at which the confidence is 1.

    Notes
    -----
    Side or not is told by how far the ankles swing across the picture beside their knees, and how far the legs are
    apart. Behind or in front is told twice: by which leg is on the left of the picture, as the keypoints are named, and
    by whether the feet go down slowly and up fast or the other way round, which needs no names. Where the two disagree,
    the confidence falls to 0.
    """
    shank = float(np.nanmean([_shank_px(pose, side) for side in BOTH_SIDES]))
    swing = float(np.mean([_swing_px(pose, side) for side in BOTH_SIDES])) / shank / _SWING
    apart = [(pose.point(f"right_{joint}") - pose.point(f"left_{joint}"))[:, 0] for joint in ("knee", "ankle")]
    if not all(np.isfinite(across).any() for across in apart):
        return "side" if swing > 0.5 else "rear", 0.0
    breadth = float(np.mean([np.nanmean(across) for across in apart])) / shank / _BREADTH
    off_deg = float(np.degrees(np.arctan2(swing, abs(breadth)))) - half_way_deg
    score = min(abs(off_deg) / sure_beyond_deg, 1.0)
    if off_deg > 0:
        return "side", round(score, 3)
    view = "rear" if breadth > 0 else "front"
    knees = apart[0][np.isfinite(apart[0])]
    in_order = float((knees > 0).mean() if breadth > 0 else (knees < 0).mean())
    doubts = _between(in_order, *_IN_ORDER), _between(sinking(pose), *_SINKS[view])
    return view, round(min(score, *doubts), 3)


def sinking(pose: PoseSequence) -> float:
    """Return the share of the time in which the feet go down in the picture; NaN if none is seen."""
    apart = max(1, round(_APART_S * pose.fps))
    shares = []
    for name in (f"{side}_{point}" for side in BOTH_SIDES for point in _FEET):
        y = pose.point(name)[:, 1]
        down = y[apart:] - y[:-apart]
        if np.isfinite(down).any():
            shares.append(float((down[np.isfinite(down)] > 0).mean()))
    return float(np.mean(shares)) if shares else float("nan")


def _between(value: float, none: float, all_: float) -> float:
    """Return 0 at ``none`` and beyond, 1 at ``all_`` and beyond, evenly between; 0 for NaN."""
    return float(np.clip((value - none) / (all_ - none), 0.0, 1.0)) if np.isfinite(value) else 0.0


def _shank_px(pose: PoseSequence, side: str) -> float:
    lengths = np.linalg.norm(pose.point(f"{side}_knee") - pose.point(f"{side}_ankle"), axis=1)
    return float(np.nanpercentile(lengths, 90)) if np.isfinite(lengths).any() else float("nan")


def _swing_px(pose: PoseSequence, side: str) -> float:
    across: FloatArray = (pose.point(f"{side}_ankle") - pose.point(f"{side}_knee"))[:, 0]
    return float(np.ptp(np.nanpercentile(across, (5, 95)))) if np.isfinite(across).any() else float("nan")


def _share(pose: PoseSequence, point: str, frames: np.ndarray) -> float:
    both = [np.isfinite(pose.point(f"{side}_{point}")[frames, 0]) for side in BOTH_SIDES]
    return float(np.mean(both)) if frames.any() else 0.0


def _line(name: str) -> bool:
    """Whether a point is an end of a line that pictures of the heel show."""
    return "_line_" in name
