"""Reading of a video as a stream of upright frames with their true timestamps.

The nominal frame rate is not used: phones vary it, and editors may set it wrongly. Decoding runs in its own thread, a
few frames ahead of the consumer, so that the whole video is never in memory.
"""

from __future__ import annotations

import os
import queue
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import av
import numpy as np

from gaitlab.core.errors import InputError
from gaitlab.core.pose import FloatArray
from gaitlab.io.parallel import put_while
from gaitlab.io.video.contents import Contents, VideoInfo, contents_of, damage_tolerant, opened, reason
from gaitlab.io.video.shape import Image, fields, turned

__all__ = ["Frame", "Image", "Video", "VideoInfo", "frames_held", "open_video", "turned"]

# Limits of the queue between two threads, images and bytes: six 4K images take 150 MB.
_MOST_HELD, _MOST_HELD_BYTES = 6, 40_000_000
# How far before a time it is looked for, until a picture at or before it can be decoded; at last from the beginning.
_LOOK_BACK_S = (0.0, 1.0, 10.0, np.inf)


@dataclass(frozen=True, slots=True)
class Frame:
    """One upright image, (height, width, 3) BGR, and its time since the first frame of the video, s.

    ``small`` is the same image reduced in size, where that was asked for.
    """

    time_s: float
    image: Image
    small: Image | None = None


class Video:
    """An open video; use it as a context manager.

    Attributes
    ----------
    info : VideoInfo
        properties of the video.
    timestamps_s : FloatArray
        (frame,) time of every frame since the first.
    coded_times_s : FloatArray
        (picture,) the same of every picture in the file, which is two frames where its fields are.
    seekable : bool
        whether seeking is possible; otherwise all earlier frames are decoded.
    resized_s : float | None
        time of the first frame read so far whose size differs from the first one, s; None if there is none.
    """

    def __init__(self, contents: Contents, *, rotate_deg: int) -> None:
        self._container: Any = None
        self._contents = contents
        self._rotate_deg = rotate_deg
        self.coded_times_s = contents.times_s
        self.seekable = contents.seekable
        self.resized_s: float | None = None
        self._at_work: list[tuple[threading.Event, threading.Thread]] = []
        info = contents.info
        sides = (info.width, info.height)
        width, height = sides[::-1] if rotate_deg % 180 == 90 else sides
        self.info = replace(info, width=width, height=height, rotate_deg=rotate_deg)
        self._field_s = 1 / info.fps if info.fields_of else 0.0
        both = np.stack([contents.times_s, contents.times_s + self._field_s], axis=1)
        self.timestamps_s: FloatArray = both.ravel() if info.fields_of else contents.times_s

    def __enter__(self) -> Video:
        return self

    def __exit__(self, *_: object) -> None:
        # An interrupted consumer may have left an iterator whose thread still uses the container.
        for stop, worker in self._at_work:
            stop.set()
            worker.join()
        if self._container is not None:
            self._container.close()

    def frames(
        self, start_s: float | None = None, end_s: float | None = None, *, small: tuple[int, int] | None = None
    ) -> Iterator[Frame]:
        """Yield the frames with ``start_s <= time_s <= end_s``, decoded a few frames ahead in a thread.

        Parameters
        ----------
        start_s, end_s : float | None, optional
            part of the video, s; None is its start or end.
        small : tuple[int, int] | None, optional
            width and height, px, of a reduced image that comes with every frame.

        Raises
        ------
        InputError
            if the next frame cannot be decoded. Other exceptions of the thread are raised here unchanged.
        """
        ahead: queue.Queue[Frame | BaseException | None] = queue.Queue(frames_held(self.info.width, self.info.height))
        stop = threading.Event()

        def put(item: Frame | BaseException | None) -> bool:
            return put_while(lambda: not stop.is_set(), ahead, item)

        def decode() -> None:
            try:
                for frame in self._decode(start_s, end_s, small):
                    if not put(frame):
                        return
                put(None)
            except BaseException as error:  # noqa: BLE001 - raised again in the consumer
                put(error)

        worker = threading.Thread(target=decode, name="gaitlab-decode", daemon=True)
        self._at_work.append((stop, worker))
        worker.start()
        try:
            while (item := ahead.get()) is not None:
                match item:
                    case Frame():
                        yield item
                    case av.FFmpegError() | OSError() | ValueError():
                        raise InputError(f"the video '{self.info.path}' cannot be decoded: {reason(item)}") from item
                    case _:
                        raise item
        finally:
            stop.set()
            worker.join()
            self._at_work.remove((stop, worker))

    def count(self, start_s: float | None = None, end_s: float | None = None) -> int:
        """Return how many frames the file announces between two times, s; some of them may not be readable."""
        first_s, last_s = start_s or 0.0, np.inf if end_s is None else end_s
        times_s = np.unique(self.timestamps_s)
        return int(np.sum((times_s > first_s - 1e-6) & (times_s < last_s + 1e-6)))

    def _decode(self, start_s: float | None, end_s: float | None, small: tuple[int, int] | None) -> Iterator[Frame]:
        first_s = max(start_s or 0.0, 0.0)
        last_s = -np.inf
        for picture, time_s in self._whole_pictures(first_s):
            if time_s < first_s - 1e-6 or time_s <= last_s:
                continue
            if end_s is not None and time_s > end_s + 1e-6:
                return
            last_s = time_s
            image = self._upright(picture)
            if small in (None, image.shape[1::-1]):
                yield Frame(time_s, image, None if small is None else image)
            else:
                yield Frame(time_s, image, self._upright(picture, small))

    def _whole_pictures(self, first_s: float) -> Iterator[tuple[Any, float]]:
        """Yield pictures and their times; of interlaced ones each field, for which the one before is looked at too."""
        first_field = self._contents.info.fields_of
        if not first_field:
            return self._from(first_s)
        return fields(self._from(first_s - 4 * self._field_s), first=first_field, field_s=self._field_s)

    def _from(self, first_s: float) -> Iterator[tuple[Any, float]]:
        """Yield decoded pictures and their times, s, beginning at or before the first frame from ``first_s`` on.

        Seeking is inexact in streams without an index (of camcorders), and the picture found may depend on an earlier
        one: the seek is then repeated further back, finally from the beginning of the file.
        """
        times_s = self._contents.times_s
        due = times_s[times_s > first_s - 1e-6]
        if not len(due):
            return
        sought = self._contents.seekable and due[0] > times_s[0]
        for back_s in _LOOK_BACK_S if sought else (np.inf,):
            pictures = self._timed(self._found(first_s - back_s))
            first = next(pictures, None)
            if first is None or (first[1] > due[0] + 1e-6 and np.isfinite(back_s)):
                continue
            yield first
            yield from pictures
            return

    def _timed(self, stream: Any) -> Iterator[tuple[Any, float]]:
        """Yield what is decoded from here on, each picture with its time; what the file does not announce is left."""
        last = -1
        for picture in damage_tolerant(self._container, stream):
            number = self._contents.number(picture.pts, after=last)
            if number is None:
                continue
            last, time_s = number, float(self._contents.times_s[number])
            if self.resized_s is None and not self._contents.shape.fits(picture):
                self.resized_s = time_s
            yield picture, time_s

    def _found(self, time_s: float) -> Any:
        """Go to a time, or for minus infinity to where the file begins, and return the stream to read on from there."""
        if self._container is None or not np.isfinite(time_s):
            if self._container is not None:
                self._container.close()
            self._container = opened(self.info.path)
        stream = self._container.streams.video[0]
        ticks = self._contents.ticks
        if np.isfinite(time_s) and ticks is not None:
            number = max(int(np.searchsorted(self._contents.times_s, time_s + 1e-6, side="right")) - 1, 0)
            self._container.seek(int(ticks[number]), stream=stream, backward=True)
        return stream

    def key_frame(self, time_s: float) -> Frame | None:
        """Return the nearest picture at or before a time that needs no other to be decoded: cheap to have.

        None where there is none, or the file does not say where it is.
        """
        if not self._contents.seekable:
            return None
        pictures = self._timed(self._found(time_s))
        return next((Frame(found_s, self._upright(picture)) for picture, found_s in pictures), None)

    def _upright(self, picture: Any, size: tuple[int, int] | None = None) -> Image:
        return self._contents.shape.upright(picture, rotate_deg=self._rotate_deg, size=size)


def frames_held(width: int, height: int) -> int:
    """Return how many images of a size (px) may be queued between two threads."""
    return max(1, min(_MOST_HELD, _MOST_HELD_BYTES // (3 * width * height)))


def open_video(path: str | Path, *, rotate_deg: int = 0, fps: float | None = None) -> Video:
    """Open a video file.

    Parameters
    ----------
    path : str | Path
        the file.
    rotate_deg : int, optional
        turn every picture clockwise by so much, on top of what the container asks for: 0, 90, 180, 270.
    fps : float | None, optional
        frames a second of a raw stream, which has no clock; of others it is not asked.

    Raises
    ------
    InputError
        no such file, a folder, not a video, a video without frames, or one without a clock.
    """
    path = Path(path)
    if os.path.isdir(path):  # unlike Path.is_dir, it does not raise for a name that is too long
        raise InputError(f"expected a video file, but '{path}' is a folder; name the file in it")
    if not os.path.exists(path):
        raise InputError(f"no such file: '{path}'; check the path of the video")
    try:
        container = opened(path)
    except (av.FFmpegError, OSError, ValueError) as error:
        raise InputError(
            f"'{path}' is not a video that can be read ({reason(error)}); expected e.g. an mp4 or mov file, "
            "copied whole"
        ) from error
    with container:
        return Video(contents_of(container, path, fps=fps), rotate_deg=rotate_deg)
