"""From where the camera sees the runner: side, rear or front, told by how the feet and the hips lie in the picture."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gaitlab.core.gait import BOTH_SIDES
from gaitlab.core.pose import FloatArray, PoseSequence
from gaitlab.kinematics.frontal import leg_px

# The ankles' way across the picture, relative to the hips, in leg lengths: from behind it is the step's width and sway,
# from the side the whole stride. And by how much the left hip and shoulder lie to the right of the other ones.
_REAR_SWING, _SIDE_SWING = 0.35, 0.75
_APART = 0.10
_SURE = 0.6


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

    The score is 1 where the feet swing across the picture as from one direction only, and the hips and shoulders agree;
    0 where they tell nothing.
    """
    leg = leg_px(pose)
    middle = pose.point("mid_hip")[:, 0]
    swings = [_reach(pose.point(f"{side}_ankle")[:, 0] - middle) / leg for side in BOTH_SIDES]
    swing = float(np.nanmean(swings)) if np.isfinite(swings).any() else float("nan")
    if not np.isfinite(swing):
        return Seen("side", 0.0)
    sideness = float(np.clip((swing - _REAR_SWING) / (_SIDE_SWING - _REAR_SWING), 0.0, 1.0))
    if sideness >= 0.5:
        return Seen("side", round(2 * sideness - 1, 3))
    pairs = [
        float(np.nanmedian(across)) / leg
        for part in ("hip", "shoulder")
        if np.isfinite(across := (pose.point(f"left_{part}") - pose.point(f"right_{part}"))[:, 0]).any()
    ]
    if not pairs:
        return Seen("rear", 0.0)
    # The runner's left on the right of the picture: the camera stands in front.
    turned = float(np.clip(np.mean(pairs) / _APART, -1.0, 1.0))
    return Seen("front" if turned > 0 else "rear", round(min(abs(turned), 1 - 2 * sideness), 3))


def _reach(values: FloatArray) -> float:
    seen = values[np.isfinite(values)]
    return float(np.ptp(np.percentile(seen, (5, 95)))) if len(seen) else float("nan")
