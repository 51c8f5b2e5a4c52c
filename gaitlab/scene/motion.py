"""What the camera does over a film, and positions on the ground from those in its pictures."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from gaitlab.core.pose import FloatArray, PoseSequence, Step

Camera = Literal["fixed", "hand-held", "moving", "unknown"]

# How far the middle of the picture travels, as a share of its longer side: less than the first on a tripod, less than
# the second in a hand that holds the camera still.
_FIXED, _HELD = 0.004, 0.06
# Share of the pictures whose motion must be found.
_FOUND = 0.7


@dataclass(frozen=True, slots=True, eq=False)
class CameraMotion:
    """How the camera moves, told from what stands still behind the runner.

    Attributes
    ----------
    time_s : FloatArray
        (frame,).
    to_first : FloatArray
        (frame, 2, 3) similarity that takes a point of each picture, px, to where the first picture would show it.
    inliers : np.ndarray
        (frame,) points of the background that the similarity rests on; 0 where it was not found. Frames that were not
        looked at, because the camera stood still, have those of the last look.
    rms_px : FloatArray
        (frame,) distance of these points from it.
    drift_px : FloatArray
        (frame,) estimated error of ``to_first``, which grows with every new set of points; infinite after a picture
        that has nothing in common with the one before.
    width, height : int
        of the pictures, px.
    """

    time_s: FloatArray
    to_first: FloatArray
    inliers: np.ndarray
    rms_px: FloatArray
    drift_px: FloatArray
    width: int
    height: int

    @property
    def to_previous(self) -> FloatArray:
        """(frame, 2, 3) similarity that takes a point of each picture to the one before; the first is no motion."""
        whole = _square(self.to_first)
        steps = np.linalg.solve(whole[:-1], whole[1:])
        return np.concatenate([np.eye(3)[None], steps])[:, :2]

    def part(self, frames: np.ndarray, time_s: FloatArray) -> CameraMotion:
        """Return the motion in some frames, to the first of these.

        Parameters
        ----------
        frames : np.ndarray
            (frame,) bool, those that are kept.
        time_s : FloatArray
            (kept frame,) their times on the clock that is wanted.
        """
        whole = _square(self.to_first[frames])
        to_first: FloatArray = np.asarray(np.linalg.solve(whole[:1], whole)[:, :2], dtype=np.float64)
        drift_px = self.drift_px[frames]
        with np.errstate(invalid="ignore"):  # where it is unknown from the first frame on
            drift_px = np.nan_to_num(np.abs(drift_px - drift_px[0]), nan=np.inf) if len(drift_px) else drift_px
        return replace(
            self, time_s=time_s, to_first=to_first, inliers=self.inliers[frames],
            rms_px=self.rms_px[frames], drift_px=drift_px,
        )  # fmt: skip

    @property
    def camera(self) -> Camera:
        """``fixed`` on a tripod, ``hand-held`` but pointing one way, ``moving``, or ``unknown``."""
        if len(self.time_s) < 2 or np.mean(self.inliers > 0) < _FOUND:
            return "unknown"
        middle = np.array([[self.width / 2, self.height / 2]])
        way = np.ptp(moved(self.to_first, np.broadcast_to(middle, (len(self.time_s), 1, 2)))[:, 0], axis=0)
        share = float(np.hypot(*way)) / max(self.width, self.height)
        if share < _FIXED:
            return "fixed"
        return "hand-held" if share < _HELD else "moving"


def moved(transforms: FloatArray, xy: FloatArray) -> FloatArray:
    """Return points (frame, point, 2) after the similarity (frame, 2, 3) of each frame."""
    turned: FloatArray = np.einsum("fij,fpj->fpi", transforms[:, :, :2], xy)
    return turned + transforms[:, None, :, 2]


def on_ground(pose: PoseSequence, motion: CameraMotion) -> PoseSequence:
    """Return keypoints where the first picture of the film would show them, as if the camera had stood still.

    Parameters
    ----------
    pose : PoseSequence
        px in the pictures, at times that the motion was followed at; before it is smoothed.
    motion : CameraMotion
        of the same film, on the same clock.

    Returns
    -------
    PoseSequence
        px of the first picture, also beyond its edges. Of a fixed camera it is the same as before.

    Raises
    ------
    ValueError
        times of the keypoints that the motion does not have.

    Notes
    -----
    A similarity is exact for a camera that turns and zooms, nearly so for one that is carried beside the runner where
    what stands still is as far away as they are. What is further behind moves less, and then a foot on the ground
    seems to slide.
    """
    if motion.camera == "fixed":
        return pose
    frames = np.clip(np.searchsorted(motion.time_s, pose.time_s - 1e-6), 0, len(motion.time_s) - 1)
    if np.abs(motion.time_s[frames] - pose.time_s).max(initial=0.0) > 1e-3:
        raise ValueError("the motion of the camera must be known at the times of the keypoints")
    step = Step("camera motion", {"camera": motion.camera}, {"drift_px": float(motion.drift_px[frames].max(initial=0))})
    return pose.after(step, xy=moved(motion.to_first[frames], pose.xy))


def _square(transforms: FloatArray) -> FloatArray:
    last = np.broadcast_to([[0.0, 0.0, 1.0]], (len(transforms), 1, 3))
    return np.concatenate([transforms, last], axis=1)
