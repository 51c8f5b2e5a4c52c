"""Drawing on images: limbs, keypoints, captions, the strip of foot contacts. All functions draw in place."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from functools import lru_cache

import cv2
import numpy as np

from gaitlab.core.pose import FloatArray
from gaitlab.core.skeleton import Skeleton
from gaitlab.io.video.reader import Image

Colour = tuple[int, int, int]  # BGR
# Okabe and Ito's palette, distinguishable with every kind of colour vision.
SIDE_COLOURS: Mapping[str, Colour] = {"left": (178, 114, 0), "right": (0, 94, 213)}
_MIDDLE: Colour = (220, 220, 220)
_FONT = cv2.FONT_HERSHEY_SIMPLEX
_SUBPIXEL_BITS = 4
# Height of a capital letter of the font at scale 1; its target as a share of the image, readable on a phone that shows
# the image 390 points wide; line height in letter heights.
_LETTER_PX = 22
_LETTER_TO_WIDTH, _LETTER_TO_HEIGHT = 0.03, 0.045
_LINE_TO_LETTER = 1.9


def side_colour(name: str) -> Colour:
    """Return the colour of a keypoint or limb by the side in its name."""
    return SIDE_COLOURS.get(name.partition("_")[0], _MIDDLE)


def draw_pose(image: Image, xy: FloatArray, skeleton: Skeleton) -> None:
    """Draw the limbs and keypoints of one person, (keypoint, 2) px; NaN is not drawn. Left is blue, right vermilion."""
    thickness = max(2, round(image.shape[0] / 320))
    # cv2's fixed-point coordinates avoid jitter of the skeleton by whole pixels.
    places = np.round(np.nan_to_num(xy) * (1 << _SUBPIXEL_BITS)).astype(int).tolist()
    seen: list[bool] = np.asarray(np.isfinite(xy).all(axis=1)).tolist()
    for a, b in skeleton.edges:
        start, end = skeleton.index(a), skeleton.index(b)
        if seen[start] and seen[end]:
            colour = side_colour(b if "_" in b and b != "mid_hip" else a)
            cv2.line(image, places[start], places[end], colour, thickness, cv2.LINE_AA, _SUBPIXEL_BITS)
    radius = (thickness + 1) << _SUBPIXEL_BITS
    for name, there, place in zip(skeleton.names, seen, places, strict=True):
        if there:
            cv2.circle(image, place, radius, side_colour(name), -1, cv2.LINE_AA, _SUBPIXEL_BITS)
            cv2.circle(image, place, radius, (255, 255, 255), 1, cv2.LINE_AA, _SUBPIXEL_BITS)


def draw_caption(image: Image, text: str, row: int, *, colour: Colour | None = None, size: float = 1.0) -> None:
    """Draw a line of (ASCII) text at the left edge: white on a dark background, readable on any image.

    Parameters
    ----------
    image : Image
        modified in place.
    text : str
        drawn in white, because the colours of the sides have little contrast on a dark background.
    row : int
        line number, 0 the uppermost, -1 the lowest.
    colour : Colour | None, optional
        colour of a bar before the text.
    size : float, optional
        relative text size; 1 is readable on a phone that shows the whole width of the image.
    """
    letter = size * min(_LETTER_TO_WIDTH * image.shape[1], _LETTER_TO_HEIGHT * image.shape[0])
    scale, thickness = max(letter / _LETTER_PX, 0.25), max(1, round(letter / 7))
    width = _text_width(text, scale, thickness)
    line, bar = max(round(_LINE_TO_LETTER * letter), 4), 0 if colour is None else max(round(letter / 2), 2)
    pad = max(round(letter / 2), 2)
    top = pad + row * line if row >= 0 else image.shape[0] - pad + row * line
    ground = image[max(top, 0) : max(top + line, 0), pad : pad + bar + width + 2 * pad]
    ground //= 4
    if colour is not None:
        ground[:, :bar] = colour
    baseline = top + (line + round(letter)) // 2
    cv2.putText(image, text, (2 * pad + bar, baseline), _FONT, scale, (255, 255, 255), thickness, cv2.LINE_AA)


@lru_cache(maxsize=1024)
def _text_width(text: str, scale: float, thickness: int) -> int:
    """Return the width of a line of text, px; the captions of a video repeat."""
    (width, _), _ = cv2.getTextSize(text, _FONT, scale, thickness)
    return width


def draw_text(image: Image, text: str, at: FloatArray) -> None:
    """Draw a few outlined (ASCII) characters next to a point (x, y; px); nothing for NaN."""
    if not np.isfinite(at).all():
        return
    scale = max(image.shape[0] / 1800, 0.3)
    corner = (round(float(at[0]) + 12 * scale), round(float(at[1]) - 6 * scale))
    for colour, thickness in (((0, 0, 0), max(3, round(5 * scale))), ((255, 255, 255), max(1, round(2 * scale)))):
        cv2.putText(image, text, corner, _FONT, scale, colour, thickness, cv2.LINE_AA)


def draw_contact_strip(
    image: Image, intervals: Mapping[str, Sequence[tuple[float, float]]], time_s: float, *, span_s: float = 2.0
) -> None:
    """Draw the foot contacts around a time as bars along the lower edge, one row per side.

    Parameters
    ----------
    image : Image
        modified in place.
    intervals : Mapping[str, Sequence[tuple[float, float]]]
        side to (start, end) of its contacts, s, in order; only visible ones are processed.
    time_s : float
        time at the centre of the strip, s.
    span_s : float, optional
        time covered by the width of the image, s.
    """
    height, width = image.shape[:2]
    row = max(8, height // 60)
    top = height - (len(intervals) * (row + 4) + 8)
    strip = image[top:]
    strip //= 3
    for number, (side, contacts) in enumerate(intervals.items()):
        y = top + 6 + number * (row + 4)
        first = bisect_right(contacts, time_s - span_s / 2, key=lambda contact: contact[1])
        last = bisect_left(contacts, time_s + span_s / 2, key=lambda contact: contact[0])
        for start_s, end_s in contacts[first:last]:
            x0, x1 = ((t - time_s) / span_s * width + width / 2 for t in (start_s, end_s))
            corners = (max(round(x0), 0), y), (min(round(x1), width - 1), y + row)
            cv2.rectangle(image, *corners, SIDE_COLOURS[side], -1)
            if start_s <= time_s < end_s:
                cv2.rectangle(image, *corners, (255, 255, 255), 2)
    cv2.line(image, (width // 2, top), (width // 2, height - 1), (255, 255, 255), 1)
