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
_NORMAL_MAD = 1.4826  # standard deviation of normally distributed values over their median absolute deviation
# The ground beside the runner is heard where this share of the pictures shows it, and goes another way than what is
# behind by so much a picture, as a share of the picture's longer side, and by this share of the larger way. Its motion
# beyond that of the background is that of a camera carried along, smooth over so many seconds.
_GROUND_SEEN, _GROUND_STEP, _GROUND_APART, _CARRIED_S = 0.3, 0.0008, 0.1, 0.5


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
    ground_px : FloatArray
        (frame,) motion of the ground beside the runner since the picture before, along x, px; NaN where it was not
        seen clearly.
    """

    time_s: FloatArray
    to_first: FloatArray
    inliers: np.ndarray
    rms_px: FloatArray
    drift_px: FloatArray
    width: int
    height: int
    ground_px: FloatArray

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
        # Between two frames that are kept the ground moves by the sum of the steps.
        kept = np.flatnonzero(frames)
        ground_px = np.array([self.ground_px[a + 1 : b + 1].sum() for a, b in zip([-1, *kept], kept, strict=False)])
        if len(ground_px):
            ground_px[0] = np.nan
        return replace(
            self, time_s=time_s, to_first=to_first, inliers=self.inliers[frames],
            rms_px=self.rms_px[frames], drift_px=drift_px, ground_px=ground_px,
        )  # fmt: skip

    @property
    def ground_drift_px(self) -> FloatArray:
        """(frame,) estimated error of places on the ground, px: `drift_px` and that of the ground that is heard."""
        _, spread_px = self._carried()
        return np.hypot(self.drift_px, spread_px * np.sqrt(np.arange(len(self.time_s))))

    @property
    def carried_px(self) -> FloatArray:
        """(frame,) way of the ground beside the runner beyond that of the background, along x, since the first picture.

        What is far behind a camera that is carried along stays where it is, and the ground goes back; px. All 0 where
        the ground is not seen or agrees with the background.
        """
        return self._carried()[0]

    def _carried(self) -> tuple[FloatArray, float]:
        """Return `carried_px`, and how far the steps of the ground scatter about it, px."""
        nothing = np.zeros(len(self.time_s)), 0.0
        seen = np.isfinite(self.ground_px)
        if len(self.time_s) < 3 or seen.mean() < _GROUND_SEEN:
            return nothing
        middle = np.broadcast_to([[self.width / 2, self.height / 2]], (len(self.time_s), 1, 2))
        behind_px = (middle - moved(self.to_previous, middle))[:, 0, 0]
        apart_px = (self.ground_px - behind_px)[seen]
        least_px = max(
            _GROUND_STEP * max(self.width, self.height),
            _GROUND_APART * max(abs(np.median(self.ground_px[seen])), abs(np.median(behind_px[seen]))),
        )
        if abs(np.median(apart_px)) < least_px:
            return nothing
        step_px = np.interp(self.time_s, self.time_s[seen], apart_px)
        half = max(round(_CARRIED_S / 2 / float(np.median(np.diff(self.time_s)))), 1)
        padded = np.pad(step_px, half, mode="edge")
        smooth_px = np.median(np.lib.stride_tricks.sliding_window_view(padded, 2 * half + 1), axis=1)
        way: FloatArray = np.cumsum(smooth_px) - smooth_px[0]
        return way, float(_NORMAL_MAD * np.median(np.abs(apart_px - smooth_px[seen])))

    @property
    def camera(self) -> Camera:
        """``fixed`` on a tripod, ``hand-held`` but pointing one way, ``moving``, or ``unknown``."""
        carried = self.carried_px
        if len(self.time_s) < 2 or (np.mean(self.inliers > 0) < _FOUND and not carried.any()):
            return "unknown"
        middle = np.array([[self.width / 2, self.height / 2]])
        path = moved(self.to_first, np.broadcast_to(middle, (len(self.time_s), 1, 2)))[:, 0]
        path[:, 0] -= carried
        way = np.ptp(path, axis=0)
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
    A similarity is exact for a camera that turns and zooms. Behind one that is carried beside the runner what is
    further away moves less; there the ground beside their feet says what is lacking, where it is seen.
    """
    if motion.camera == "fixed":
        return pose
    frames = np.clip(np.searchsorted(motion.time_s, pose.time_s - 1e-6), 0, len(motion.time_s) - 1)
    if np.abs(motion.time_s[frames] - pose.time_s).max(initial=0.0) > 1e-3:
        raise ValueError("the motion of the camera must be known at the times of the keypoints")
    step = Step(
        "camera motion", {"camera": motion.camera}, {"drift_px": float(motion.ground_drift_px[frames].max(initial=0))}
    )
    xy = moved(motion.to_first[frames], pose.xy)
    zoom = np.hypot(*motion.to_first[frames, :, 0].T)
    xy[..., 0] -= (zoom * motion.carried_px[frames])[:, None]
    return pose.after(step, xy=xy)


def _square(transforms: FloatArray) -> FloatArray:
    last = np.broadcast_to([[0.0, 0.0, 1.0]], (len(transforms), 1, 3))
    return np.concatenate([transforms, last], axis=1)
