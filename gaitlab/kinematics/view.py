"""Camera view (side, rear or front), from the stride and the breadth of hips and shoulders, or from the legs alone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gaitlab.core.gait import BOTH_SIDES
from gaitlab.core.pose import FloatArray, PoseSequence
from gaitlab.kinematics.legs import legs_only, view_of_legs
from gaitlab.kinematics.rear import leg_px

# In leg lengths: horizontal range of the ankles relative to the hips in an exact side view, and distance between left
# and right hip or shoulder in an exact rear view.
_STRIDE, _BREADTH = 0.8, 0.31
# Camera angle half-way between the views, where the confidence is 0, and the deviation from it at which it is 1.
_HALF_WAY_DEG, _SURE_BEYOND_DEG = 45.0, 20.0
# With both below this share, the person stands still sideways to the camera, or no person is tracked.
_LEAST_SHOWN = 0.35
_SURE = 0.6
# View to its wording in messages: recorded from ...
FROM = {"side": "the side", "rear": "behind", "front": "the front"}


@dataclass(frozen=True, slots=True)
class Seen:
    """A camera view: ``side``, ``rear`` or ``front``, with its confidence, 0 to 1, and whether it shows legs only."""

    view: str
    score: float
    legs_only: bool = False

    @property
    def sure(self) -> bool:
        """Whether the confidence suffices to proceed without the user's confirmation."""
        return self.score >= _SURE

    @property
    def unclear_legs(self) -> bool:
        """Whether it shows legs only, not from the side, and is not sure: a front view must not pass for a rear one."""
        return self.legs_only and self.view != "side" and not self.sure


def view_of(pose: PoseSequence) -> Seen:
    """Return the camera view of a whole sequence.

    Notes
    -----
    The camera angle is estimated from the ratio of the visible stride to the visible breadth of hips and shoulders. The
    confidence is 0 at 45 degrees from behind, and 1 at 65 degrees or more and at 25 degrees or less. Of a recording of
    legs only, see `legs.view_of_legs`.
    """
    if legs_only(pose):
        told = view_of_legs(pose, half_way_deg=_HALF_WAY_DEG, sure_beyond_deg=_SURE_BEYOND_DEG)
        return Seen(*told, legs_only=True)
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
        # Dots without body keypoints are recorded from behind.
        return Seen("rear" if pose.seen("left_heel_top") else "side", 0.0)
    if not pairs:
        return Seen("side" if stride > 0.5 else "rear", round(float(np.clip(2 * stride - 1, 0.0, 1.0)), 3))
    # The runner's left on the right of the picture: the camera stands in front.
    breadth = float(np.mean(pairs)) / _BREADTH
    if np.hypot(stride, breadth) < _LEAST_SHOWN:
        return Seen("side", 0.0)
    off_deg = float(np.degrees(np.arctan2(stride, abs(breadth)))) - _HALF_WAY_DEG
    score = round(min(abs(off_deg) / _SURE_BEYOND_DEG, 1.0), 3)
    if off_deg > 0:
        return Seen("side", score)
    return Seen("front" if breadth > 0 else "rear", score)


def _reach(values: FloatArray) -> float:
    seen = values[np.isfinite(values)]
    return float(np.ptp(np.percentile(seen, (5, 95)))) if len(seen) else float("nan")
