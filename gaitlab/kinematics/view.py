"""From where the camera sees the runner: side, rear or front, told by how the feet and the hips lie in the picture."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gaitlab.core.gait import BOTH_SIDES
from gaitlab.core.pose import FloatArray, PoseSequence
from gaitlab.kinematics.rear import leg_px

# What is seen squarely from the side and from behind, in leg lengths: the ankles' way across the picture relative to
# the hips (a runner's stride), and by how much left and right hip and shoulder lie apart.
_STRIDE, _BREADTH = 0.8, 0.31
# Half way between the two nothing is sure; so many degrees further it is.
_HALF_WAY_DEG, _SURE_BEYOND_DEG = 45.0, 20.0
# Somebody who shows less of either (as a share) than this stands still with their side to the camera, or is nobody.
_SHOWS_LITTLE = 0.35
_SURE = 0.6
# What a camera's view is called: a film from ...
FROM = {"side": "the side", "rear": "behind", "front": "the front"}


@dataclass(frozen=True, slots=True)
class Seen:
    """A camera's view: ``side``, ``rear`` or ``front``, and how sure that is, 0 to 1."""

    view: str
    score: float

    @property
    def sure(self) -> bool:
        """Whether nobody needs to be asked."""
        return self.score >= _SURE


def view_of(pose: PoseSequence) -> Seen:
    """Return what the camera sees over a whole clip.

    A view askew is told by the angle at which the stride and the breadth of hips and shoulders appear: its score is 0
    at 45 degrees from behind, and 1 from 65 and up to 25 degrees.
    """
    leg = leg_px(pose)
    middle = pose.point("mid_hip")[:, 0]
    swings = [_reach(pose.point(f"{side}_ankle")[:, 0] - middle) / leg for side in BOTH_SIDES]
    stride = float(np.nanmean(swings)) / _STRIDE if np.isfinite(swings).any() else float("nan")
    pairs = [
        float(np.nanmedian(across)) / leg
        for part in ("hip", "shoulder")
        if np.isfinite(across := (pose.point(f"left_{part}") - pose.point(f"right_{part}"))[:, 0]).any()
    ]
    if not np.isfinite(stride):
        # Points of dots alone are those of a film from behind.
        return Seen("rear" if pose.seen("left_heel_top") else "side", 0.0)
    if not pairs:
        return Seen("side" if stride > 0.5 else "rear", round(float(np.clip(2 * stride - 1, 0.0, 1.0)), 3))
    # The runner's left on the right of the picture: the camera stands in front.
    breadth = float(np.mean(pairs)) / _BREADTH
    if np.hypot(stride, breadth) < _SHOWS_LITTLE:
        return Seen("side", 0.0)
    off_deg = float(np.degrees(np.arctan2(stride, abs(breadth)))) - _HALF_WAY_DEG
    score = round(min(abs(off_deg) / _SURE_BEYOND_DEG, 1.0), 3)
    if off_deg > 0:
        return Seen("side", score)
    return Seen("front" if breadth > 0 else "rear", score)


def _reach(values: FloatArray) -> float:
    seen = values[np.isfinite(values)]
    return float(np.ptp(np.percentile(seen, (5, 95)))) if len(seen) else float("nan")
