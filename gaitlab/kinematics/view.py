"""Camera view (side, rear or front) from the breadth of hips and shoulders beside the stride, or beside the feet.

A stride shows what gait is seen of from the side. Who squats, jumps, sits or rides takes none: there the feet tell,
which point across the picture from the side and at the camera from the front. Legs alone are told by themselves.
"""

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
# From heel to big toe in an exact side view, leg lengths: a foot is a seventh of the height, a leg 0.47.
_FOOT = 0.30
# Camera angle half-way between the views, where the confidence is 0, and the deviation from it at which it is 1.
_HALF_WAY_DEG, _SURE_BEYOND_DEG = 45.0, 20.0
# With both below this share, the person stands still sideways to the camera, or no person is tracked.
_LEAST_SHOWN = 0.35
# Feet that are seen in less of the frames tell nothing.
_FEET_SEEN = 0.3
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

    def surely(self, view: str) -> bool:
        """Whether it is this view, with that confidence."""
        return self.view == view and self.sure

    @property
    def unclear_legs(self) -> bool:
        """Whether it shows legs only, not from the side, and is not sure: a front view must not pass for a rear one."""
        return self.legs_only and self.view != "side" and not self.sure


def view_of(pose: PoseSequence) -> Seen:
    """Return the camera view of a whole sequence.

    Notes
    -----
    The camera angle is estimated from the ratio of the visible stride to the visible breadth of hips and shoulders. The
    confidence is 0 at 45 degrees from behind, and 1 at 65 degrees or more and at 25 degrees or less; also 0 where the
    feet contradict a rear or front view, because somebody took no stride. Of a recording of legs only, see
    `legs.view_of_legs`.
    """
    if legs_only(pose):
        told = view_of_legs(pose, half_way_deg=_HALF_WAY_DEG, sure_beyond_deg=_SURE_BEYOND_DEG)
        return Seen(*told, legs_only=True)
    leg = leg_px(pose)
    middle = pose.point("mid_hip")[:, 0]
    swings = [_reach(pose.point(f"{side}_ankle")[:, 0] - middle) / leg for side in BOTH_SIDES]
    stride = float(np.nanmean(swings)) / _STRIDE if np.isfinite(swings).any() else float("nan")
    breadth = _breadth(pose, leg)
    if not np.isfinite(stride):
        # Dots without body keypoints are recorded from behind.
        return Seen("rear" if pose.seen("left_heel_top") else "side", 0.0)
    if not np.isfinite(breadth):
        return Seen("side" if stride > 0.5 else "rear", round(float(np.clip(2 * stride - 1, 0.0, 1.0)), 3))
    found, feet = _between(stride, breadth), _along_feet(pose, leg)
    if found.sure and found.view != "side" and np.isfinite(feet) and _between(feet, breadth).view == "side":
        # A stride and feet tell the same angle. Where they differ so much there was no stride, and nothing is told.
        return Seen("side", 0.0)
    return found


def view_of_feet(pose: PoseSequence) -> Seen:
    """Return the camera view of somebody who need take no step, of a whole sequence.

    Notes
    -----
    As `view_of`, with the feet in the place of the stride: how far the big toe is from the heel across the picture,
    the mean of both feet, so that toes that are turned out cancel from the front. Without feet, or of legs only, it is
    `view_of`.
    """
    leg = leg_px(pose)
    feet, breadth = _along_feet(pose, leg), _breadth(pose, leg)
    if legs_only(pose) or not np.isfinite(feet + breadth):
        return view_of(pose)
    return _between(feet, breadth)


def _along_feet(pose: PoseSequence, leg: float) -> float:
    """Return how long the feet are across the picture, as a share of that in an exact side view; NaN without feet."""
    feet = np.array([(pose.point(f"{side}_big_toe") - pose.point(f"{side}_heel"))[:, 0] for side in BOTH_SIDES])
    seen = np.isfinite(feet)
    here = seen.any(axis=0)
    if not here.mean() > _FEET_SEEN:
        return float("nan")
    ways = np.where(seen, feet, 0.0).sum(axis=0)[here] / seen.sum(axis=0)[here]
    return abs(float(np.median(ways))) / leg / _FOOT


def _breadth(pose: PoseSequence, leg: float) -> float:
    """Return how far left is from right, as a share of the distance in an exact rear view; above 0 from the front."""
    pairs = [float(np.nanmedian(across)) / leg for across in left_from_right_px(pose)]
    return float(np.mean(pairs)) / _BREADTH if pairs else float("nan")


def left_from_right_px(pose: PoseSequence) -> list[FloatArray]:
    """Return how far left is to the right of right in the picture, (frame,) px, of hips and of shoulders if seen."""
    pairs = [(pose.point(f"left_{part}") - pose.point(f"right_{part}"))[:, 0] for part in ("hip", "shoulder")]
    return [across for across in pairs if np.isfinite(across).any()]


def _between(along: float, breadth: float) -> Seen:
    """Return the view of what is seen of an exact side view and of an exact rear view, both shares of 1."""
    if np.hypot(along, breadth) < _LEAST_SHOWN:
        return Seen("side", 0.0)
    off_deg = float(np.degrees(np.arctan2(along, abs(breadth)))) - _HALF_WAY_DEG
    score = round(min(abs(off_deg) / _SURE_BEYOND_DEG, 1.0), 3)
    if off_deg > 0:
        return Seen("side", score)
    # The person's left on the right of the picture: the camera stands in front.
    return Seen("front" if breadth > 0 else "rear", score)


def _reach(values: FloatArray) -> float:
    seen = values[np.isfinite(values)]
    return float(np.ptp(np.percentile(seen, (5, 95)))) if len(seen) else float("nan")
