"""Reading a video as a stream of upright frames with their true timestamps.

Nothing here trusts the nominal frame rate: phones vary it, and editors lie about it. Decoding runs in a thread of
its own, a few frames ahead of whoever consumes them, so the whole video is never in memory.
"""

from __future__ import annotations

import logging
import math
import os
import queue
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

from gaitlab.core.errors import InputError, shown
from gaitlab.core.units import FRAME_RATE, ROTATIONS

_log = logging.getLogger("gaitlab")
Image = NDArray[np.uint8]  # (height, width, 3) BGR

# Pictures may wait between two threads, these many and no more bytes of them: six of 4K weigh 150 MB.
_MOST_HELD, _MOST_HELD_BYTES = 6, 40_000_000
# How far before a time it is looked for, until a picture at or before it can be decoded.
_LOOK_BACK_S = (0.0, 1.0, 10.0, np.inf)
# Each of a decoder's threads holds pictures of its own; the network, not the decoder, is what one waits for.
_DECODER_THREADS = 4
# Intervals that differ by more than this from the median make the frame rate variable.
_STEADY_SHARE = 0.05
# Apple and Android write the true capture rate of slow-motion clips under these names.
_CAPTURE_RATE_KEYS = ("com.android.capture.fps", "com.apple.quicktime.capture-fps", "com.apple.photos.captureMode.fps")
SAME_RATE = 0.98  # 59.94 is 60 to a phone


@dataclass(frozen=True, slots=True)
class VideoInfo:
    """What the container says of the video, upright (after the rotation it asks for, and the one that was asked for).

    ``rotation_deg`` is what the container asks for, anticlockwise; ``rotate_deg`` what was asked for on top of that,
    clockwise. ``duration_s`` runs from the first frame to the end of the last; ``capture_fps`` is the true rate of a
    slow-motion clip where the phone wrote it down, ``remark`` what a reader must know where it wrote what cannot be.
    """

    path: Path
    width: int
    height: int
    frames: int
    duration_s: float
    fps: float
    variable_frame_rate: bool
    rotation_deg: int
    capture_fps: float | None
    recorded_at: str | None
    remark: str = ""
    lacking_s: float = 0.0
    rotate_deg: int = 0


@dataclass(frozen=True, slots=True)
class Frame:
    """One upright picture and its time since the first frame of the video."""

    time_s: float
    image: Image


class Video:
    """An open video; use it as a context manager.

    Attributes
    ----------
    info : VideoInfo
        what the container says.
    timestamps_s
        (frame,) time of every frame since the first.
    """

    def __init__(self, container: Any, info: VideoInfo, pts_s: NDArray[np.float64]) -> None:
        self._container = container
        self._start_pts_s = float(pts_s[0])
        self._at_work: list[tuple[threading.Event, threading.Thread]] = []
        self.info = info
        self.timestamps_s = pts_s - pts_s[0]

    def __enter__(self) -> Video:
        return self

    def __exit__(self, *_: object) -> None:
        # Whoever was interrupted left the iterator, and its thread in the container.
        for stop, worker in self._at_work:
            stop.set()
            worker.join()
        self._container.close()

    def frames(self, start_s: float | None = None, end_s: float | None = None) -> Iterator[Frame]:
        """Yield the frames with ``start_s <= time_s <= end_s``, decoded a few frames ahead in a thread.

        Raises
        ------
        InputError
            what comes next cannot be decoded. Any other fault of the thread is raised here as it is.
        """
        ahead: queue.Queue[Frame | BaseException | None] = queue.Queue(frames_held(self.info.width, self.info.height))
        stop = threading.Event()

        def put(item: Frame | BaseException | None) -> bool:
            while not stop.is_set():
                try:
                    ahead.put(item, timeout=0.1)
                    return True
                except queue.Full:
                    continue
            return False

        def decode() -> None:
            try:
                for frame in self._decode(start_s, end_s):
                    if not put(frame):
                        return
                put(None)
            except BaseException as error:  # noqa: BLE001 - raised again where the frames are waited for
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
                        reason = _reason(item)
                        raise InputError(f"the video '{self.info.path}' cannot be decoded: {reason}") from item
                    case _:
                        raise item
        finally:
            stop.set()
            worker.join()
            self._at_work.remove((stop, worker))

    def _decode(self, start_s: float | None, end_s: float | None) -> Iterator[Frame]:
        first_s = max(start_s or 0.0, 0.0)
        last_s = -np.inf
        for picture, time_s in self._from(first_s):
            if time_s < first_s - 1e-6 or time_s <= last_s:
                continue
            if end_s is not None and time_s > end_s + 1e-6:
                return
            last_s = time_s
            yield Frame(time_s, self._upright(picture))

    def _from(self, first_s: float) -> Iterator[tuple[Any, float]]:
        """Yield decoded pictures and their times, beginning at or before the first frame due from ``first_s`` on.

        Streams without an index (a camcorder's) are sought by guessing, and the picture found may need an earlier one
        to be decoded: then it is looked for further back, at last from the beginning of the file.
        """
        due = self.timestamps_s[self.timestamps_s > first_s - 1e-6]
        for back_s in _LOOK_BACK_S if len(due) else ():
            stream = self._found(first_s - back_s)
            pictures = (
                (picture, float(picture.pts * stream.time_base) - self._start_pts_s)
                for picture in self._damage_tolerant(stream)
                if picture.pts is not None
            )
            first = next(pictures, None)
            if first is None or (first[1] > due[0] + 1e-6 and np.isfinite(back_s)):
                continue
            yield first
            yield from pictures
            return

    def _found(self, time_s: float) -> Any:
        """Go to a time, or for minus infinity to where the file begins, and return the stream to read on from there."""
        if not np.isfinite(time_s):
            self._container.close()
            self._container = _opened(self.info.path)
            return self._container.streams.video[0]
        stream = self._container.streams.video[0]
        self._container.seek(int((self._start_pts_s + time_s) / stream.time_base), stream=stream, backward=True)
        return stream

    def key_frame(self, time_s: float) -> Frame | None:
        """Return the nearest picture at or before a time that needs no other to be decoded: cheap to have."""
        stream = self._container.streams.video[0]
        self._container.seek(int((self._start_pts_s + time_s) / stream.time_base), stream=stream, backward=True)
        for picture in self._damage_tolerant(stream):
            if picture.pts is not None:
                return Frame(float(picture.pts * stream.time_base) - self._start_pts_s, self._upright(picture))
        return None

    def _upright(self, picture: Any) -> Image:
        image = picture.to_ndarray(format="bgr24")
        return turned(image, (self.info.rotate_deg - self.info.rotation_deg) % 360)

    def _damage_tolerant(self, stream: Any) -> Iterator[Any]:
        """Decode packet by packet: a broken one costs its frames, not the whole video."""
        for packet in self._container.demux(stream):
            try:
                yield from packet.decode()
            except av.InvalidDataError as error:  # the frames that are not there are counted, see `damage`
                _log.debug("a damaged part of '%s' was skipped: %s", self.info.path, error)


def frames_held(width: int, height: int) -> int:
    """Return how many pictures of a size may wait between two threads."""
    return max(1, min(_MOST_HELD, _MOST_HELD_BYTES // (3 * width * height)))


def open_video(path: str | Path, *, rotate_deg: int = 0) -> Video:
    """Open a video file.

    Parameters
    ----------
    rotate_deg : int, optional
        turn every picture clockwise by so much, on top of what the container asks for: 0, 90, 180, 270.

    Raises
    ------
    InputError
        no such file, a folder, not a video, or a video without frames.
    """
    path = Path(path)
    if os.path.isdir(path):  # unlike a path's own, it says so of a name too long to be
        raise InputError(f"expected a video file, but '{path}' is a folder; name the file in it")
    if not os.path.exists(path):
        raise InputError(f"no such file: '{path}'; check the path of the video")
    try:
        container = _opened(path)
    except (av.FFmpegError, OSError, ValueError) as error:
        raise InputError(
            f"'{path}' is not a video that can be read ({_reason(error)}); expected e.g. an mp4 or mov file"
        ) from error
    try:
        info, pts_s = _inspect(container, path)
    except InputError:
        container.close()
        raise
    return Video(container, _turned_info(info, rotate_deg), pts_s)


def _opened(path: Path) -> Any:
    """Return the container of a file, its video to be decoded in a few threads."""
    container: Any = av.open(str(path))
    for stream in container.streams.video[:1]:
        stream.thread_type = "AUTO"
        stream.codec_context.thread_count = min(os.cpu_count() or 1, _DECODER_THREADS)
    return container


def _turned_info(info: VideoInfo, rotate_deg: int) -> VideoInfo:
    width, height = (info.height, info.width) if rotate_deg % 180 == 90 else (info.width, info.height)
    return replace(info, width=width, height=height, rotate_deg=rotate_deg)


def _inspect(container: Any, path: Path) -> tuple[VideoInfo, NDArray[np.float64]]:
    """Read every packet's timestamp (no decoding), and one frame for the size and the rotation."""
    if not container.streams.video:
        raise InputError(f"'{path}' has no video in it (only sound?); expected e.g. an mp4 or mov file")
    stream = container.streams.video[0]
    try:
        pts = sorted(p.pts for p in container.demux(stream) if p.pts is not None and p.size)
        container.seek(0, stream=stream, any_frame=False, backward=True)
        first = next(iter(container.decode(stream)), None)
    except av.FFmpegError as error:
        raise InputError(f"the video '{path}' cannot be decoded ({_reason(error)})") from error
    if first is None or first.pts is None or not pts:
        raise InputError(f"the video '{path}' holds no frames; is the recording complete?")
    times_s = np.array(pts, dtype=np.float64) * float(stream.time_base)
    times_s = times_s[times_s >= float(first.pts * stream.time_base) - 1e-9]
    steps_s = np.diff(times_s)
    steps_s = steps_s[steps_s > 0]
    frame_s = float(np.median(steps_s)) if len(steps_s) else 1.0 / float(stream.average_rate or 30)
    # Container clocks are coarse (a GIF counts hundredths, some phones 1/600 s): the mean is exact over many frames.
    variable = bool(len(steps_s) and np.mean(np.abs(steps_s / frame_s - 1) > _STEADY_SHARE) > 0.01)
    fps = 1 / frame_s if variable or not len(steps_s) else len(steps_s) / float(times_s[-1] - times_s[0])
    rotation_deg = round(first.rotation) % 360
    width, height = (first.height, first.width) if rotation_deg % 180 == 90 else (first.width, first.height)
    metadata = {**container.metadata, **stream.metadata}
    capture_fps, remark = _capture_fps(metadata, fps=fps)
    info = VideoInfo(
        path=path,
        width=width,
        height=height,
        frames=len(times_s),
        duration_s=float(times_s[-1] - times_s[0]) + frame_s,
        fps=fps,
        variable_frame_rate=variable,
        rotation_deg=rotation_deg,
        capture_fps=capture_fps,
        recorded_at=metadata.get("com.apple.quicktime.creationdate") or metadata.get("creation_time"),
        remark=remark,
        lacking_s=_lacking_s(container, stream, float(pts[-1] * stream.time_base) + frame_s),
    )
    return info, times_s


def _lacking_s(container: Any, stream: Any, end_s: float) -> float:
    """Return how much of what a file promises it does not hold, if it is more than clocks differ by; otherwise 0.

    Parameters
    ----------
    end_s : float
        where its last frame ends, on the file's own clock.
    """
    if stream.duration is not None:
        promised_s, doubt_s = float((stream.start_time or 0) + stream.duration) * float(stream.time_base), 0.25
    elif container.duration is not None:  # of the longest stream: sound may go on
        promised_s, doubt_s = ((container.start_time or 0) + container.duration) / av.time_base, 1.0
    else:
        return 0.0
    return promised_s - end_s if promised_s - end_s > max(doubt_s, 0.02 * promised_s) else 0.0


def _capture_fps(metadata: Mapping[str, str], *, fps: float) -> tuple[float | None, str]:
    """Return the rate the pictures were taken at, as the phone wrote it down, and what is to be said of it.

    A film plays its pictures at the rate they were taken at or slower. What is neither is told, not believed.

    Parameters
    ----------
    metadata : Mapping[str, str]
        of the file.
    fps : float
        frames a second as the file plays.
    """
    for key in _CAPTURE_RATE_KEYS:
        if not metadata.get(key):
            continue
        try:
            rate = float(metadata[key])
        except ValueError:
            rate = math.nan
        if SAME_RATE * fps <= rate <= FRAME_RATE.high:
            return rate, ""
        return None, (
            f"the file says that it was taken at {shown(metadata[key])} frames a second ({key}); with {fps:.4g} frames "
            f"a second played that can only be {fps:.4g} to {FRAME_RATE.high:g}: it was ignored, and the film counts "
            "as played at true speed; if it is slow motion, say --capture-fps"
        )
    return None, ""


def turned(image: Image, clockwise_deg: int) -> Image:
    """Return a picture turned clockwise by 0, 90, 180 or 270 degrees."""
    turns = ROTATIONS.index(clockwise_deg) if clockwise_deg in ROTATIONS else 0
    return np.ascontiguousarray(np.rot90(image, -turns)) if turns else image


def _reason(error: BaseException) -> str:
    return (getattr(error, "strerror", None) or str(error)).split("\n")[0].lower()
