"""Drawing on pictures: limbs, points, captions, the strip of foot contacts. All functions draw in place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import cv2
import numpy as np

from gaitlab.core.pose import FloatArray
from gaitlab.core.skeleton import Skeleton
from gaitlab.video.reader import Image

Colour = tuple[int, int, int]  # BGR
# Okabe and Ito's palette: told apart by every kind of colour vision.
SIDE_COLOURS: Mapping[str, Colour] = {"left": (178, 114, 0), "right": (0, 94, 213)}
_MIDDLE: Colour = (220, 220, 220)
_FONT = cv2.FONT_HERSHEY_SIMPLEX
_SUBPIXEL_BITS = 4


def side_colour(name: str) -> Colour:
    """Return the colour of a keypoint or limb by the side in its name."""
    return SIDE_COLOURS.get(name.partition("_")[0], _MIDDLE)


def _fixed(point: FloatArray) -> tuple[int, int]:
    """Return a point in cv2's fixed-point coordinates, so that skeletons do not tremble by whole pixels."""
    scaled = np.round(point * (1 << _SUBPIXEL_BITS)).astype(int)
    return int(scaled[0]), int(scaled[1])


def draw_pose(image: Image, xy: FloatArray, skeleton: Skeleton) -> None:
    """Draw one person's limbs and points: (keypoint, 2) px, NaN not drawn. Left is blue, right vermilion."""
    thickness = max(2, round(image.shape[0] / 320))
    for a, b in skeleton.edges:
        start, end = xy[skeleton.index(a)], xy[skeleton.index(b)]
        if np.isfinite([start, end]).all():
            colour = side_colour(b if "_" in b and b != "mid_hip" else a)
            cv2.line(image, _fixed(start), _fixed(end), colour, thickness, cv2.LINE_AA, _SUBPIXEL_BITS)
    for name, point in zip(skeleton.names, xy, strict=True):
        if np.isfinite(point).all():
            radius = (thickness + 1) << _SUBPIXEL_BITS
            cv2.circle(image, _fixed(point), radius, side_colour(name), -1, cv2.LINE_AA, _SUBPIXEL_BITS)
            cv2.circle(image, _fixed(point), radius, (255, 255, 255), 1, cv2.LINE_AA, _SUBPIXEL_BITS)


def draw_caption(image: Image, text: str, at: tuple[int, int], *, colour: Colour = (255, 255, 255)) -> None:
    """Write a line of (ASCII) text, its lower left corner at ``at``, on a dark ground that any picture allows."""
    scale = image.shape[0] / 1400
    thickness = max(1, round(scale * 2))
    (width, height), below = cv2.getTextSize(text, _FONT, scale, thickness)
    margin = max(3, height // 3)
    x, y = at
    top, bottom = max(y - height - margin, 0), min(y + below + margin // 2, image.shape[0])
    left, right = max(x - margin, 0), min(x + width + margin, image.shape[1])
    ground = image[top:bottom, left:right]
    ground[:] = (ground * 0.35).astype(np.uint8)
    cv2.putText(image, text, at, _FONT, scale, colour, thickness, cv2.LINE_AA)


def draw_text(image: Image, text: str, at: FloatArray) -> None:
    """Write a few (ASCII) characters beside a point (x, y; px), outlined so that any ground will do; NaN: nothing."""
    if not np.isfinite(at).all():
        return
    scale = max(image.shape[0] / 1800, 0.3)
    corner = (round(float(at[0]) + 12 * scale), round(float(at[1]) - 6 * scale))
    for colour, thickness in (((0, 0, 0), max(3, round(5 * scale))), ((255, 255, 255), max(1, round(2 * scale)))):
        cv2.putText(image, text, corner, _FONT, scale, colour, thickness, cv2.LINE_AA)


def draw_contact_strip(
    image: Image, intervals: Mapping[str, Sequence[tuple[float, float]]], time_s: float, *, span_s: float = 2.0
) -> None:
    """Draw the foot contacts around now as bars along the lower edge, one row a side, now in the middle."""
    height, width = image.shape[:2]
    row = max(8, height // 60)
    top = height - (len(intervals) * (row + 4) + 8)
    strip = image[top:]
    strip[:] = (strip * 0.35).astype(np.uint8)
    for number, (side, contacts) in enumerate(intervals.items()):
        y = top + 6 + number * (row + 4)
        for start_s, end_s in contacts:
            x0, x1 = ((t - time_s) / span_s * width + width / 2 for t in (start_s, end_s))
            if x1 > 0 and x0 < width and np.isfinite(x1):
                on = start_s <= time_s < end_s
                colour = SIDE_COLOURS[side]
                corners = (max(round(x0), 0), y), (min(round(x1), width - 1), y + row)
                cv2.rectangle(image, *corners, colour, -1)
                if on:
                    cv2.rectangle(image, *corners, (255, 255, 255), 2)
    cv2.line(image, (width // 2, top), (width // 2, height - 1), (255, 255, 255), 1)
