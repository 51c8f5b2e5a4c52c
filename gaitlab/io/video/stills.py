"""Stills: single frames cropped to the runner, as JPEG."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass

import cv2

from gaitlab.core.errors import OutputError
from gaitlab.io.video.reader import Image, Video

# Stills closer than this are decoded in one pass, because seeking takes longer than reading on.
_READ_ON_S = 2.0


@dataclass(frozen=True, slots=True)
class Shot:
    """A still to take: video time, s, and crop (left, top, right, bottom) of the upright frame, px."""

    time_s: float
    box_px: tuple[int, int, int, int]


def take_stills(
    video: Video,
    shots: Mapping[str, Shot],
    *,
    max_height_px: int = 560,
    quality: int = 82,
    change: Callable[[Image, float], None] = lambda image, time_s: None,
    attempt: Callable[[str], AbstractContextManager[None]] = lambda key: nullcontext(),
) -> dict[str, bytes]:
    """Return the stills of a video as JPEG, by key.

    Parameters
    ----------
    video : Video
        the open video.
    shots : Mapping[str, Shot]
        stills to take; the frame nearest to each time is used.
    max_height_px : int, optional
        larger images are reduced to this height.
    quality : int, optional
        JPEG quality, 0 to 100.
    change : Callable[[Image, float], None], optional
        called with each whole frame used and its time, to modify it in place (to hide a face).
    attempt : Callable[[str], AbstractContextManager[None]], optional
        context in which each still is taken, by key; one that suppresses exceptions loses only that still.

    Raises
    ------
    OutputError
        if a crop lies outside the image.
    """
    taken: dict[str, bytes] = {}
    half_frame_s = 0.5 / video.info.fps
    for keys in _together(shots):
        waiting = list(keys)
        start_s, end_s = shots[waiting[0]].time_s, shots[waiting[-1]].time_s
        for frame in video.frames(start_s - half_frame_s, end_s + 2 * half_frame_s):
            due = [key for key in waiting if shots[key].time_s <= frame.time_s + half_frame_s]
            if not due:
                continue
            change(frame.image, frame.time_s)
            for key in due:
                with attempt(key):
                    taken[key] = _jpeg(_cut(frame.image, shots[key], key), max_height_px, quality)
            waiting = [key for key in waiting if key not in due]
            if not waiting:
                break
    return taken


def _together(shots: Mapping[str, Shot]) -> Iterator[list[str]]:
    """Yield the keys in the order of their times, grouped into passes."""
    group: list[str] = []
    for key in sorted(shots, key=lambda k: shots[k].time_s):
        if group and shots[key].time_s - shots[group[-1]].time_s > _READ_ON_S:
            yield group
            group = []
        group.append(key)
    if group:
        yield group


def _cut(image: Image, shot: Shot, key: str) -> Image:
    left, top, right, bottom = shot.box_px
    height, width = image.shape[:2]
    if not (0 <= left < right <= width and 0 <= top < bottom <= height):
        raise OutputError(
            f"the box {shot.box_px} of the still '{key}' does not lie in a picture of {width}x{height} px"
        )
    return image[top:bottom, left:right]


def _jpeg(image: Image, max_height_px: int, quality: int) -> bytes:
    height, width = image.shape[:2]
    if height > max_height_px:
        smaller = (max(round(width * max_height_px / height), 1), max_height_px)
        image = cv2.resize(image, smaller, interpolation=cv2.INTER_AREA)  # type: ignore[assignment]
    done, data = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])
    if not done:
        raise OutputError("a still could not be written as JPEG; update opencv-python-headless")
    return bytes(data)
