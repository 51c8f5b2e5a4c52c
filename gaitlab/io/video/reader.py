"""Reading of a video as a stream of upright frames with their true timestamps.

The nominal frame rate is not used: phones vary it, and editors may set it wrongly. Decoding runs in its own thread, a
few frames ahead of the consumer, so that the whole video is never in memory.
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

# Limits of the queue between two threads, images and bytes: six 4K images take 150 MB.
_MOST_HELD, _MOST_HELD_BYTES = 6, 40_000_000
# Seconds to seek before a time, tried in turn until an image at or before it can be decoded.
_LOOK_BACK_S = (0.0, 1.0, 10.0, np.inf)
# Each thread of the decoder holds images of its own; more threads do not help, because the network is slower.
_DECODER_THREADS = 4
# Relative deviation of frame intervals from the median beyond which the frame rate is variable.
_STEADY_SHARE = 0.05
# Metadata keys under which Apple and Android store the true capture rate of slow-motion clips.
_CAPTURE_RATE_KEYS = ("com.android.capture.fps", "com.apple.quicktime.capture-fps", "com.apple.photos.captureMode.fps")
SAME_RATE = 0.98  # 59.94 is 60 to a phone


@dataclass(frozen=True, slots=True)
class VideoInfo:
    """Properties of a video, for upright images (after the container's and the user's rotation).

    Attributes
    ----------
    path : Path
        the file.
    width, height : int
        image size, px.
    frames : int
        number of frames.
    duration_s : float
        from the first frame to the end of the last.
    fps : float
        frame rate, Hz.
    variable_frame_rate : bool
        whether frame intervals vary.
    rotation_deg : int
        rotation stored in the container, degrees anticlockwise.
    capture_fps : float | None
        true frame rate of a slow-motion clip, if the phone stored it.
    recorded_at : str | None
        recording date from the metadata.
    remark : str
        message about an impossible stored capture rate; otherwise empty.
    lacking_s : float
        missing end of an incomplete file, s.
    rotate_deg : int
        additional rotation requested by the user, degrees clockwise.
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
    """One upright image, (height, width, 3) BGR, and its time since the first frame of the video, s."""

    time_s: float
    image: Image


class Video:
    """An open video; use it as a context manager.

    Attributes
    ----------
    info : VideoInfo
        properties of the video.
    timestamps_s : NDArray[np.float64]
        (frame,) time of every frame since the first, s.
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
        # An interrupted consumer may have left an iterator whose thread still uses the container.
        for stop, worker in self._at_work:
            stop.set()
            worker.join()
        self._container.close()

    def frames(self, start_s: float | None = None, end_s: float | None = None) -> Iterator[Frame]:
        """Yield the frames with ``start_s <= time_s <= end_s``, decoded a few frames ahead in a thread.

        Raises
        ------
        InputError
            if the next frame cannot be decoded. Other exceptions of the thread are raised here unchanged.
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
        """Yield decoded pictures and their times, s, beginning at or before the first frame from ``first_s`` on.

        Seeking is inexact in streams without an index (of camcorders), and the picture found may depend on an earlier
        one: the seek is then repeated further back, finally from the beginning of the file.
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
        """Seek to a time, or for minus infinity to the beginning of the file, and return the stream."""
        if not np.isfinite(time_s):
            self._container.close()
            self._container = _opened(self.info.path)
            return self._container.streams.video[0]
        stream = self._container.streams.video[0]
        self._container.seek(int((self._start_pts_s + time_s) / stream.time_base), stream=stream, backward=True)
        return stream

    def key_frame(self, time_s: float) -> Frame | None:
        """Return the nearest key frame at or before a time, which is fast to decode; None if there is none."""
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
        """Decode packet by packet, skipping damaged packets."""
        for packet in self._container.demux(stream):
            try:
                yield from packet.decode()
            except av.InvalidDataError as error:  # missing frames are counted from their timestamps
                _log.debug("a damaged part of '%s' was skipped: %s", self.info.path, error)


def frames_held(width: int, height: int) -> int:
    """Return how many images of a size (px) may be queued between two threads."""
    return max(1, min(_MOST_HELD, _MOST_HELD_BYTES // (3 * width * height)))


def open_video(path: str | Path, *, rotate_deg: int = 0) -> Video:
    """Open a video file.

    Parameters
    ----------
    path : str | Path
        the file.
    rotate_deg : int, optional
        clockwise rotation in addition to that of the container: 0, 90, 180 or 270.

    Raises
    ------
    InputError
        if the file is missing, a folder, not a video, or a video without frames.
    """
    path = Path(path)
    if os.path.isdir(path):  # unlike Path.is_dir, it does not raise for a name that is too long
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
    """Return the container of a file, set up for decoding in a few threads."""
    container: Any = av.open(str(path))
    for stream in container.streams.video[:1]:
        stream.thread_type = "AUTO"
        stream.codec_context.thread_count = min(os.cpu_count() or 1, _DECODER_THREADS)
    return container


def _turned_info(info: VideoInfo, rotate_deg: int) -> VideoInfo:
    width, height = (info.height, info.width) if rotate_deg % 180 == 90 else (info.width, info.height)
    return replace(info, width=width, height=height, rotate_deg=rotate_deg)


def _inspect(container: Any, path: Path) -> tuple[VideoInfo, NDArray[np.float64]]:
    """Return the properties and the (frame,) timestamps, s, from all packets (not decoded) and one decoded frame."""
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
    # Container clocks are coarse (1/100 s in a GIF, 1/600 s in some phones), but the mean over many frames is exact.
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
    """Return how much of its declared duration a file lacks, s; 0 within the tolerance of clocks.

    Parameters
    ----------
    container, stream : Any
        PyAV's container and its video stream.
    end_s : float
        end of the last frame on the file's own clock, s.
    """
    if stream.duration is not None:
        promised_s, doubt_s = float((stream.start_time or 0) + stream.duration) * float(stream.time_base), 0.25
    elif container.duration is not None:  # of the longest stream: sound may be longer
        promised_s, doubt_s = ((container.start_time or 0) + container.duration) / av.time_base, 1.0
    else:
        return 0.0
    return promised_s - end_s if promised_s - end_s > max(doubt_s, 0.02 * promised_s) else 0.0


def _capture_fps(metadata: Mapping[str, str], *, fps: float) -> tuple[float | None, str]:
    """Return the capture rate, Hz, stored by the phone, and a remark if it is impossible.

    A video plays at its capture rate or slower; a lower capture rate is reported and ignored.

    Parameters
    ----------
    metadata : Mapping[str, str]
        metadata of the file.
    fps : float
        playback rate, Hz.
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
    """Return an image rotated clockwise by 0, 90, 180 or 270 degrees."""
    turns = ROTATIONS.index(clockwise_deg) if clockwise_deg in ROTATIONS else 0
    return np.ascontiguousarray(np.rot90(image, -turns)) if turns else image


def _reason(error: BaseException) -> str:
    return (getattr(error, "strerror", None) or str(error)).split("\n")[0].lower()
