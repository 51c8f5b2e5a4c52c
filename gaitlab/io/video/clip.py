"""The plain clip of a report: images reduced in size, without annotation."""

from __future__ import annotations

import cv2
import numpy as np

from gaitlab.io.video.reader import Image

MAX_LINES = 720
CRF = 26


def shrunk(image: Image, *, max_lines: int = MAX_LINES) -> Image:
    """Return a copy of a (height, width, 3) image with at most ``max_lines`` lines and even width and height."""
    height, width = image.shape[:2]
    size = clip_size(width, height, max_lines=max_lines)
    if size == (width, height):
        return image.copy()
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)


def clip_size(width: int, height: int, *, max_lines: int = MAX_LINES) -> tuple[int, int]:
    """Return the even width and height, px, of an image reduced to at most ``max_lines`` lines."""
    scale = min(1.0, max_lines / height)
    return max(round(width * scale / 2) * 2, 2), max(round(height * scale / 2) * 2, 2)
