"""Coordinate frame of the lower leg: position along the shank from knee to ankle, and across it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gaitlab.core.errors import InputError
from gaitlab.core.gait import BOTH_SIDES, Side
from gaitlab.core.pose import FloatArray, PoseSequence
from gaitlab.core.skeleton import Skeleton
from gaitlab.signal.gaps import fill_gaps
from gaitlab.signal.smoothing import savitzky_golay

# Least apparent length of an upright shank relative to its usual length; a shorter one points out of the image plane.
_UPRIGHT_SHARE = 0.88
# Largest height of a foot on the ground above its lowest position, shank lengths; above, it rotates about the ankle.
_LOW_SHANKS = 0.30
_MOST_LEANING = 0.5  # largest ratio of horizontal to vertical extent of the shank
_LONGEST_GAP_S = 0.3
_CUTOFF_HZ = 8.0
_SHANKS_REMEMBERED = 60


class ShanksSeen:
    """Knees and ankles of successive frames, and the apparent length of the shank.

    Parameters
    ----------
    skeleton : Skeleton
        keypoints of the bodies.
    looked_for : str
        beginning of the error message, e.g. ``dots are looked for round``.

    Raises
    ------
    InputError
        if the skeleton has no knees or ankles.
    """

    def __init__(self, skeleton: Skeleton, looked_for: str) -> None:
        names = [f"{side}_{joint}" for side in BOTH_SIDES for joint in ("knee", "ankle")]
        missing = [name for name in names if name not in skeleton]
        if missing:
            raise InputError(f"{looked_for} knees and ankles, but the keypoints have no {', '.join(missing)}")
        self._columns = [skeleton.index(name) for name in names]
        self._lengths_px: list[float] = []

    def joints(self, xy: FloatArray | None) -> FloatArray | None:
        """Return left knee and ankle, right knee and ankle, (4, 2) px, of the next body; None if one is missing."""
        if xy is None or not np.isfinite(joints := xy[self._columns]).all():
            return None
        lengths = [float(np.linalg.norm(joints[i + 1] - joints[i])) for i in (0, 2)]
        # The longer shank of a runner is the upright one.
        self._lengths_px = [*self._lengths_px[1 - _SHANKS_REMEMBERED :], max(lengths)]
        return joints

    @property
    def shank_px(self) -> float:
        """Median shank length of the last frames, px; at least one body must have been processed."""
        return float(np.median(self._lengths_px))


@dataclass(frozen=True, slots=True, eq=False)
class LegFrame:
    """One lower leg in every frame.

    Attributes
    ----------
    knee, ankle : FloatArray
        (frame, 2) px, NaN where not detected.
    shank_px : float
        usual length of the shank, px.
    upright : np.ndarray
        (frame,) whether the shank has its full length and the foot is low, as in stance.
    """

    knee: FloatArray
    ankle: FloatArray
    shank_px: float
    upright: np.ndarray

    def local(self, frame: int, xy: FloatArray) -> FloatArray:
        """Return (n, 2): position along the shank from knee (0) to ankle (1), and to its right, in shank lengths."""
        along, across = self._axes(frame)
        relative = xy - self.knee[frame]
        reach = np.linalg.norm(self.ankle[frame] - self.knee[frame])
        below = np.maximum(relative @ along - reach, 0.0)
        # Below the ankle the foot keeps its size, even if a swinging shank appears shortened.
        down = np.minimum(relative @ along, reach) / reach + below / self.shank_px
        return np.stack([down, relative @ across / self.shank_px], axis=1)

    def picture(self, frame: int, local: FloatArray) -> FloatArray:
        """Return the (2,) px of a position in the leg's frame, the inverse of `local`."""
        along, across = self._axes(frame)
        reach = np.linalg.norm(self.ankle[frame] - self.knee[frame])
        down = min(local[0], 1.0) * reach + max(local[0] - 1.0, 0.0) * self.shank_px
        point: FloatArray = self.knee[frame] + down * along + local[1] * self.shank_px * across
        return point

    def _axes(self, frame: int) -> tuple[FloatArray, FloatArray]:
        shank = self.ankle[frame] - self.knee[frame]
        along = shank / max(np.linalg.norm(shank), 1e-6)
        return along, np.array([along[1], -along[0]])


def leg_frame(pose: PoseSequence, side: Side) -> LegFrame:
    """Return the lower leg of one side, with short gaps filled and keypoint jitter smoothed."""
    joints = []
    for joint in ("knee", "ankle"):
        filled, _ = fill_gaps(pose.point(f"{side}_{joint}"), pose.time_s, longest_s=_LONGEST_GAP_S)
        joints.append(savitzky_golay(filled, pose.time_s, cutoff_hz=_CUTOFF_HZ))
    knee, ankle = joints
    shank = ankle - knee
    length = np.linalg.norm(shank, axis=1)
    usual = float(np.nanpercentile(length, 75)) if np.isfinite(length).any() else float("nan")
    with np.errstate(invalid="ignore"):
        upright = (length > _UPRIGHT_SHARE * usual) & (np.abs(shank[:, 0]) < _MOST_LEANING * shank[:, 1])
        lowest = np.nanpercentile(ankle[upright, 1], 95) if upright.any() else np.nan
        upright &= ankle[:, 1] > lowest - _LOW_SHANKS * usual
    return LegFrame(knee, ankle, usual, upright)
