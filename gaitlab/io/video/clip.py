"""The clean clip of a report: images reduced in size, without annotation."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from gaitlab.core.pieces import Pieces
from gaitlab.io.video.reader import Frame, Image, VideoInfo
from gaitlab.io.video.writer import VideoWriter

MAX_LINES = 720
CRF = 26


class CleanClip:
    """Writer of the clean clip while a video is read for the first time; use it as a context manager.

    A failure costs only the clip, never the analysis.

    Parameters
    ----------
    path : Path
        file to write.
    info : VideoInfo
        the video that is read.

    Attributes
    ----------
    path : Path
        the file; it exists after a complete pass without failure.
    size : tuple[int, int]
        width and height of the clip, px.
    """

    def __init__(self, path: Path, info: VideoInfo) -> None:
        self.path = path
        self.size = clip_size(info.width, info.height)
        self._writer = VideoWriter(path, fps=info.fps, crf=CRF)
        self._pieces = Pieces()
        self._begins_s: float | None = None

    def __enter__(self) -> CleanClip:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        with self._pieces.attempt(self.path.name):
            self._writer.close(keep=kind is None and self._pieces.made(self.path.name))

    def see(self, frame: Frame) -> None:
        """Append a frame, which has come with a ``small`` image of this ``size``."""
        if frame.small is None or not self._pieces.made(self.path.name):
            return
        if self._begins_s is None:
            self._begins_s = frame.time_s
        with self._pieces.attempt(self.path.name):
            self._writer.write(frame.small, frame.time_s - self._begins_s)


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
