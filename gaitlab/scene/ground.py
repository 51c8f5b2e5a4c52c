"""Motion of the ground beside the runner, at their distance from the camera.

A camera that is carried along shows what is far behind moving little and the ground beneath the runner moving much. The
ground beside their feet is as far away as they are, and goes back as fast as a foot that stands on it.
"""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np

from gaitlab.core.pose import FloatArray

# The strip reaches from the lowest point of the runner so far up and down, and begins so far beside them, as shares of
# their height in the picture.
_UP_DOWN, _BESIDE = 0.12, 0.08
# Points in it: the most, the weakest as a share of the strongest, and how far apart, px.
_MOST, _QUALITY, _APART_PX = 60, 0.02, 8
_WINDOW_PX, _LEVELS = 21, 4
# A point that is followed forth and back ends where it began, within this, px.
_BACK_PX = 0.5
# So many points, and such a share of them, must move alike: within so many px or that share of their motion.
_FEWEST, _ALIKE_SHARE, _ALIKE_PX, _ALIKE = 6, 0.5, 1.0, 0.25
# Where more than this share of the points stands still, what the others show is something that moves before them: a
# belt, whose frame stands still beside it.
_STILL_PX, _STILL_SHARE = 0.3, 0.25


class GroundStep(NamedTuple):
    """How the ground beside the runner moved between two pictures: along x, px, and the points that say so.

    NaN and 0 where it is not seen clearly.
    """

    along_px: float
    points: int


UNSEEN = GroundStep(float("nan"), 0)


def ground_step(before: np.ndarray, now: np.ndarray, box: FloatArray) -> GroundStep:
    """Return the motion of the strip of ground beside the runner.

    Parameters
    ----------
    before, now : np.ndarray
        (height, width) grey levels of a picture and of the next.
    box : FloatArray
        (4,) px left, top, right, bottom of the runner in the first.
    """
    left, top, right, bottom = box
    tall = bottom - top
    if not (np.isfinite(box).all() and tall > 0):
        return UNSEEN
    strip = np.zeros(before.shape, np.uint8)
    rows = slice(max(int(bottom - _UP_DOWN * tall), 0), max(int(bottom + _UP_DOWN * tall), 0))
    strip[rows] = 255
    strip[:, max(int(left - _BESIDE * tall), 0) : max(int(right + _BESIDE * tall), 0)] = 0
    start = cv2.goodFeaturesToTrack(before, _MOST, _QUALITY, _APART_PX, mask=strip)
    if start is None or len(start) < _FEWEST:
        return UNSEEN
    size = (_WINDOW_PX, _WINDOW_PX)
    end, seen, _ = cv2.calcOpticalFlowPyrLK(before, now, start, start.copy(), winSize=size, maxLevel=_LEVELS)
    again, seen_again, _ = cv2.calcOpticalFlowPyrLK(now, before, end, end.copy(), winSize=size, maxLevel=_LEVELS)
    back_px = np.linalg.norm((again - start)[:, 0], axis=1)
    followed = (seen.ravel() > 0) & (seen_again.ravel() > 0) & (back_px < _BACK_PX)
    way_px = (end - start)[followed, 0]
    if len(way_px) < _FEWEST:
        return UNSEEN
    along_px = float(np.median(way_px[:, 0]))
    alike = np.abs(way_px[:, 0] - along_px) < max(_ALIKE_PX, _ALIKE * abs(along_px))
    still = np.linalg.norm(way_px, axis=1) < _STILL_PX
    if alike.mean() < _ALIKE_SHARE or (abs(along_px) > _ALIKE_PX and still.mean() > _STILL_SHARE):
        return UNSEEN
    return GroundStep(along_px, int(alike.sum()))
