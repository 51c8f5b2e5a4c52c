"""The clean clip of a page: the analysed part of the video, made small, nothing drawn into it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import cv2

from gaitlab.video.reader import Image, Video
from gaitlab.video.writer import VideoWriter

MAX_LINES = 720


def write_clip(
    video: Video,
    target: Path,
    *,
    start_s: float,
    end_s: float,
    max_lines: int = MAX_LINES,
    crf: int = 26,
    change: Callable[[Image, float], None] = lambda image, time_s: None,
    on_frame: Callable[[], None] = lambda: None,
) -> None:
    """Write the frames from ``start_s`` to ``end_s`` as H.264; the first one is shown at time 0.

    Args:
        video: the open source.
        target: the file to write.
        start_s: time of the first frame in the video.
        end_s: time of the last one.
        max_lines: higher pictures are made smaller.
        crf: quality, see `VideoWriter`.
        change: called with each frame and its time before it is made small, to change it in place (to hide a face).
        on_frame: called after every frame.

    Raises:
        InputError: where the video cannot be decoded.
        OutputError: where the clip cannot be written.
    """
    width, height = clip_size(video.info.width, video.info.height, max_lines=max_lines)
    half_frame_s = 0.5 / video.info.fps
    with VideoWriter(target, fps=video.info.fps, crf=crf) as writer:
        for frame in video.frames(start_s, end_s + half_frame_s):
            image = frame.image
            change(image, frame.time_s)
            if image.shape[:2] != (height, width):
                image = cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA)  # type: ignore[assignment]
            writer.write(image, frame.time_s - start_s)
            on_frame()


def clip_size(width: int, height: int, *, max_lines: int = MAX_LINES) -> tuple[int, int]:
    """Return the even width and height of a picture with at most ``max_lines`` lines, its shape kept."""
    scale = min(1.0, max_lines / height)
    return max(round(width * scale / 2) * 2, 2), max(round(height * scale / 2) * 2, 2)
