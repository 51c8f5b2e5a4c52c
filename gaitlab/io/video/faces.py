"""Anonymisation: position of the runner's head in every frame, and a mosaic over it."""

from __future__ import annotations

import cv2
import numpy as np

from gaitlab.core.errors import InputError
from gaitlab.core.pose import FloatArray, PoseSequence
from gaitlab.io.video.reader import Image

_HEAD = ("nose", "head", "left_eye", "right_eye", "left_ear", "right_ear")
# A head is about 0.13 of the body height, the trunk from mid-hip to neck about 0.3: the circle covers a whole head from
# chin to crown, wherever its keypoints are.
_RADIUS_TO_TRUNK = 0.45
_ABOVE_NECK_TO_TRUNK = 0.36
# Who comes into the picture is found only when they are wholly in it. Before, and after they were last found, the
# circle goes on across the picture as fast as within so long, s, where that is faster than anybody drifts on a belt
# (trunks per second), and grows by a share of its way, since nobody keeps a speed exactly.
_FIRST_S, _TRAVELS, _GROWS = 0.4, 1.0, 0.5
# Cells across a face, few enough to prevent recognition.
_CELLS = 5


def face_circles(pose: PoseSequence) -> FloatArray:
    """Return the circle over the runner's head in every frame, (frame, 3) px: centre x, centre y, radius.

    The centre is the mean of the head's keypoints, or a point above the neck; it is interpolated over frames without
    either, because the face must not be visible in a gap, and goes on before the first one and after the last one of
    somebody who travels across the picture.

    Raises
    ------
    InputError
        if the trunk was never detected, so that no face can be hidden.
    """
    neck, hip = pose.point("neck"), pose.point("mid_hip")
    trunk = neck - hip
    length = np.hypot(trunk[:, 0], trunk[:, 1])
    if not np.isfinite(length).any():
        raise InputError("cannot hide the face: the trunk was not seen in any frame")
    length_px = float(np.nanmedian(length))
    points = np.stack([pose.point(name) for name in _HEAD])
    seen = np.isfinite(points[..., 0])
    any_seen = np.asarray(seen.any(axis=0))
    head = np.where(seen[..., None], points, 0.0).sum(axis=0) / np.maximum(seen.sum(axis=0), 1)[:, None]
    above = neck + _ABOVE_NECK_TO_TRUNK * trunk
    centre = np.where(any_seen[:, None], head, above)
    known = np.asarray(np.isfinite(centre).all(axis=1))
    circles = np.empty((len(pose), 3))
    for axis in range(2):
        circles[:, axis] = np.interp(pose.time_s, pose.time_s[known], centre[known, axis])
    circles[:, 2] = _RADIUS_TO_TRUNK * length_px
    first, last = np.flatnonzero(known)[[0, -1]]
    for end, beyond in ((first, slice(None, first)), (last, slice(last + 1, None))):
        since_s = pose.time_s[beyond] - pose.time_s[end]
        way_px = since_s * _speed_px_s(pose.time_s, centre[:, 0], known, end, length_px=length_px)
        circles[beyond, 0] += way_px
        circles[beyond, 2] += _GROWS * np.abs(way_px)
    return circles


def _speed_px_s(time_s: FloatArray, across_px: FloatArray, known: np.ndarray, end: int, *, length_px: float) -> float:
    """Return how fast a head goes across the picture at an end of its track, px/s; 0 for one that stays."""
    near = known & (np.abs(time_s - time_s[end]) <= _FIRST_S)
    if near.sum() < 3:
        return 0.0
    speed_px_s = float(np.polyfit(time_s[near], across_px[near], 1)[0])
    return speed_px_s if abs(speed_px_s) > _TRAVELS * length_px else 0.0


def hide_face(image: Image, circle: FloatArray) -> None:
    """Pixelate a circle (x, y, radius; px) of an image in place."""
    x, y, radius = (float(v) for v in circle)
    left, top = max(int(x - radius), 0), max(int(y - radius), 0)
    right, bottom = min(int(x + radius) + 1, image.shape[1]), min(int(y + radius) + 1, image.shape[0])
    if right - left < 2 or bottom - top < 2:
        return
    part = image[top:bottom, left:right]
    cells = cv2.resize(part, (_CELLS, _CELLS), interpolation=cv2.INTER_AREA)
    mosaic = cv2.resize(cells, (right - left, bottom - top), interpolation=cv2.INTER_NEAREST)
    rows, columns = np.ogrid[top:bottom, left:right]
    inside = (columns - x) ** 2 + (rows - y) ** 2 <= radius**2
    part[inside] = mosaic[inside]
