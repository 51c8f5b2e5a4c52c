"""Crops of an image for a network, and the transformation from its heatmaps back to image pixels."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from gaitlab.core.pose import FloatArray
from gaitlab.io.video.reader import Image

# Least height of a network's input, px.
_NETWORK_PX = 128


@dataclass(frozen=True, slots=True)
class Window:
    """A rectangle in whole pixels, which may extend beyond the image."""

    left: int
    top: int
    width: int
    height: int

    def to_picture(self, cells: FloatArray, *, columns: int, rows: int) -> FloatArray:
        """Return (…, 2) px of the image for (…, 2) x, y in cells of a map of the whole window.

        The centre of the first cell is (0, 0) in cells, that of the first pixel (0, 0) in px.
        """
        share = (np.asarray(cells, dtype=np.float64) + 0.5) / (columns, rows)
        return share * (self.width, self.height) + (self.left, self.top) - 0.5

    def to_cells(self, xy: FloatArray, *, columns: int, rows: int) -> FloatArray:
        """Return (…, 2) cells for (…, 2) px: the inverse of `to_picture`."""
        share = (np.asarray(xy, dtype=np.float64) + 0.5 - (self.left, self.top)) / (self.width, self.height)
        return share * (columns, rows) - 0.5


def cut(image: Image, window: Window, *, width: int, height: int, border: float) -> Image:
    """Return the window resized to (height, width, 3); the area beyond the image is filled with ``border``.

    Reduction is by area averaging; point sampling would cause jitter of stationary keypoints.
    """
    rows, columns = image.shape[:2]
    left, top = max(window.left, 0), max(window.top, 0)
    right, bottom = min(window.left + window.width, columns), min(window.top + window.height, rows)
    inside = image[top:bottom, left:right] if right > left and bottom > top else image[:0, :0]
    # What lies within the image is made small before it is placed, so that what lies beyond costs little.
    step = _step(min(window.width / width, window.height / height))
    if any(size % step for size in (left - window.left, top - window.top, window.width, window.height)):
        step = 1
    inside = inside[: inside.shape[0] // step * step, : inside.shape[1] // step * step]
    if inside.size:
        for _ in range(step.bit_length() - 1):
            inside = halved(inside)
    y, x = (top - window.top) // step, (left - window.left) // step
    whole = _on_grey(inside, y, x, (window.height // step, window.width // step), border=round(border))
    return _averaged(whole, width, height)


def _on_grey(image: Image, y: int, x: int, shape: tuple[int, int], *, border: int) -> Image:
    """Return an image of a (rows, columns) shape with the given one in it, its first pixel at a row and column."""
    if image.shape[:2] == shape:
        return image
    whole = np.full((*shape, 3), border, dtype=np.uint8)
    if image.size:
        whole[y : y + image.shape[0], x : x + image.shape[1]] = image
    return whole


def _averaged(image: Image, width: int, height: int) -> Image:
    """Return an image resized to (height, width, 3) by area averaging.

    Halving is many times faster than averaging by a fractional factor: a large image is halved to two to four times the
    size, then resized to two or four times the size, and halved again.
    """
    rows, columns = image.shape[:2]
    step = _step(min(columns / width, rows / height))
    if rows % step or columns % step:
        image = _resized(image, round(columns / step) * step, round(rows / step) * step)
    while step > 1:
        image = halved(image)
        step //= 2
    halvings = (-(-image.shape[1] // width) - 1).bit_length()
    image = _resized(image, width << halvings, height << halvings)
    for _ in range(halvings):
        image = halved(image)
    return image


def _resized(image: Image, width: int, height: int) -> Image:
    return np.asarray(cv2.resize(image, (width, height), interpolation=cv2.INTER_LINEAR), dtype=np.uint8)


def halved(image: Image) -> Image:
    """Return an image of half the size by area averaging; a last odd row or column is left out."""
    rows, columns = image.shape[0] // 2, image.shape[1] // 2
    half = cv2.resize(image[: 2 * rows, : 2 * columns], (columns, rows), interpolation=cv2.INTER_AREA)
    return np.asarray(half, dtype=np.uint8)


def _step(times: float) -> int:
    """Return the power of two by which an image ``times`` too large is divided to be at most 4 times too large."""
    step = 1
    while times > 4 * step:
        step *= 2
    return step


def around(box: FloatArray, *, aspect: float, fill: float) -> Window:
    """Return the window of width/height ``aspect`` in which the box (left, top, right, bottom) fills ``fill``.

    ``fill`` is the box's share of the window's height; a wide box makes the window larger until it fits.
    """
    width, height = float(box[2] - box[0]), float(box[3] - box[1])
    high = max(height / fill, width / fill / aspect, 16.0)
    # Whole multiples, so that a large window can be halved without being resized first.
    step = _step(high / _NETWORK_PX)
    tall, wide = (max(round(size / step), 1) * step for size in (high, high * aspect))
    centre = (box[:2] + box[2:]) / 2
    left, top = (round((at - size / 2) / step) * step for at, size in zip(centre, (wide, tall), strict=True))
    return Window(left, top, max(wide, 8), tall)


def whole_picture(image: Image, *, height: int, multiple: int = 8) -> tuple[Window, int, int]:
    """Return the window of the whole image, and the network's input width and height, px.

    The aspect ratio is kept: the window extends beyond the right edge of the image until its width is a ``multiple``.
    """
    rows, columns = image.shape[:2]
    high = max(round(height / multiple), 1) * multiple
    wide = max(int(np.ceil(high * columns / rows / multiple)), 1) * multiple
    return Window(0, 0, round(rows * wide / high), rows), wide, high


def centres(size: int, margin: float, step: float) -> FloatArray:
    """Return centres from ``margin`` to ``size - margin``, at most ``step`` apart."""
    room = size - 2 * margin
    if room <= 0:
        return np.array([size / 2])
    return np.linspace(margin, size - margin, int(np.ceil(room / step)) + 1)
