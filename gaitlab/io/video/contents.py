"""Contents of a video file: frame times, image geometry and remarks."""

from __future__ import annotations

import logging
import math
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any

import av
import numpy as np

from gaitlab.core.errors import InputError, argument, shown
from gaitlab.core.pose import FloatArray
from gaitlab.core.units import FRAME_RATE
from gaitlab.io.video.clock import Clock, Ticks, clock_of, even_clock, joined, restarted
from gaitlab.io.video.shape import Interlaced, Light, Shape, field_order, shape_of

_log = logging.getLogger("gaitlab")

# Each of a decoder's threads holds pictures of its own; the network, not the decoder, is what one waits for.
_DECODER_THREADS = 4
# Apple and Android write the true capture rate of slow-motion clips under these names.
_CAPTURE_RATE_KEYS = ("com.android.capture.fps", "com.apple.quicktime.capture-fps", "com.apple.photos.captureMode.fps")
SAME_RATE = 0.98  # 59.94 is 60 to a phone
_NO_TIMESTAMPS = 0x80  # FFmpeg's AVFMT_NOTIMESTAMPS
# So many pictures tell in which order a file's times are, and which field comes first.
_FIRST_PICTURES = 48
# Pictures of which two thirds come out are halves of pictures: each field in a packet of its own.
_HALVES = 2 / 3
_UNSHOWN_S = 0.1  # as much at the beginning that cannot be decoded is said


@dataclass(frozen=True, slots=True)
class VideoInfo:
    """What is known of a video, upright (after what the container asks for, and the turn that was asked for).

    ``rotation_deg`` is what the container asks for, anticlockwise, after it was ``mirrored``; ``rotate_deg`` what was
    asked for on top of that, clockwise. ``duration_s`` runs from the first frame to the end of the last; ``grain_s`` is
    what the written times are multiples of, ``told_fps`` the rate that was told of a stream without a clock.
    ``capture_fps`` is the true rate of a slow-motion clip where the phone wrote it down, under ``capture_key``;
    ``remark`` what a reader must know where it wrote what cannot be, ``remarks`` everything else that one must know.
    ``fields_of`` is the field that comes first where each field is a frame, ``light`` the curve of a high dynamic range
    that was mapped to ordinary light.
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
    told_fps: float | None = None
    grain_s: float = 0.0
    mirrored: bool = False
    sample_aspect: float = 1.0
    fields_of: Interlaced = ""
    light: Light = ""
    capture_key: str = ""
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Contents:
    """The frames of a video file, as they are coded.

    Attributes
    ----------
    info : VideoInfo
        properties of the video.
    shape : Shape
        geometric correction of each frame.
    times_s : FloatArray
        (frame,) since the first, in the order of showing.
    ticks : Ticks | None
        (frame,) times as the file writes them; None where it writes none, or not those of showing: then the frames are
        counted from the beginning.
    """

    info: VideoInfo
    shape: Shape
    times_s: FloatArray
    ticks: Ticks | None

    @property
    def seekable(self) -> bool:
        """Whether a written time belongs to one frame only."""
        return self.ticks is not None and bool(np.all(np.diff(self.ticks) > 0))

    def number(self, tick: int | None, *, after: int) -> int | None:
        """Return the number of a decoded frame, after another's; None of one that is not announced."""
        if self.ticks is None:
            return after + 1 if after + 1 < len(self.times_s) else None
        if tick is None:
            return None
        if after + 1 < len(self.ticks) and self.ticks[after + 1] == tick:
            return after + 1
        found = np.flatnonzero(self.ticks[after + 1 :] == tick)
        return after + 1 + int(found[0]) if len(found) else None


def opened(path: Path, *, threads: int = _DECODER_THREADS) -> Any:
    """Return the container of a file, its video to be decoded in a few threads.

    Raises
    ------
    ValueError
        if its pictures are of a kind that cannot be decoded, such as a drawing's.
    """
    container: Any = av.open(str(path))
    for stream in container.streams.video[:1]:
        if stream.codec_context is None:
            container.close()
            raise ValueError(f"no decoder for what it holds, {container.format.name}")
        stream.thread_type = "AUTO"
        stream.codec_context.thread_count = min(os.cpu_count() or 1, threads)
    return container


def has_clock(path: str | Path) -> bool:
    """Whether a video says when its pictures are shown: a raw stream, as a Raspberry Pi writes it, does not.

    What is no video counts as one that does, for others to refuse.
    """
    try:
        with av.open(str(path)) as container:
            return not container.format.flags & _NO_TIMESTAMPS
    except (av.FFmpegError, OSError, ValueError):
        return True


def reason(error: BaseException) -> str:
    """Return the FFmpeg error message as one line."""
    return (getattr(error, "strerror", None) or str(error)).split("\n")[0].lower()


def damage_tolerant(container: Any, stream: Any) -> Iterator[Any]:
    """Decode packet by packet: a broken one costs its frames, not the whole video."""
    for packet in container.demux(stream):
        try:
            yield from packet.decode()
        except av.InvalidDataError as error:  # the frames that are not there are counted
            _log.debug("a damaged part of '%s' was skipped: %s", container.name, error)


def contents_of(container: Any, path: Path, *, fps: float | None) -> Contents:
    """Read the times of all packets (no decoding), and the first picture.

    Parameters
    ----------
    container : Any
        freshly opened; it is read to its end.
    fps : float | None
        frames a second of a stream without a clock.

    Raises
    ------
    InputError
        no video, no frames, or no clock.
    """
    if not container.streams.video:
        raise InputError(f"'{path}' has no video in it (only sound?); expected e.g. an mp4 or mov file")
    clockless = bool(container.format.flags & _NO_TIMESTAMPS)
    if clockless and fps is None:
        raise InputError(
            f"'{path}' is a raw stream ({container.format.name}) that does not say when its pictures were taken; give "
            f"its frame rate with {argument('fps')}, e.g. 60"
        )
    stream = container.streams.video[0]
    try:
        all_packets = [(p.pts, p.dts, p.is_discard) for p in container.demux(stream) if p.size]
        picture = next(_pictures(path, 1), None)
    except av.FFmpegError as error:
        raise InputError(f"the video '{path}' cannot be decoded ({reason(error)})") from error
    packets = [(pts, dts) for pts, dts, discarded in all_packets if not discarded]
    if picture is None or not packets:
        raise InputError(f"the video '{path}' holds no frames; is the recording complete?")
    rate = fps or float(stream.average_rate or 30)
    shape = shape_of(picture, stream.sample_aspect_ratio)
    interlaced: Interlaced = ""
    if picture.interlaced_frame:
        interlaced = field_order(_pictures(path, _FIRST_PICTURES))
        if _packets_are_fields(path):
            packets = [(picture.pts, picture.dts) for picture in _pictures(path, None)]
    known = [(pts, dts) for pts, dts in packets if pts is not None]
    if clockless or len(known) < len(packets):
        clock, ticks, lacking_s = even_clock(len(packets), rate), None, 0.0
    else:
        clock, ticks, lacking_s = _told(container, stream, known, first_tick=picture.pts, otherwise_fps=rate)
        if not {"avi", "mov"} & set(container.format.name.split(",")):
            announced_s, held_s = stream.frames / clock.fps, len(all_packets) / clock.fps
            lacking_s = max(lacking_s, _worth_saying(announced_s - held_s, announced_s))
        if _in_order_of_decoding(path, packets, stream):
            ticks = None
    info = _info(container, stream, path, shape=shape, clock=clock, interlaced=interlaced)
    return Contents(replace(info, lacking_s=lacking_s, told_fps=fps), shape, clock.times_s, ticks)


def _told(
    container: Any, stream: Any, packets: Sequence[tuple[int, int | None]], *, first_tick: int | None,
    otherwise_fps: float,
) -> tuple[Clock, Ticks, float]:  # fmt: skip
    """Return the clock of written times, the times themselves, and how much the file lacks at its end."""
    tick_s = float(stream.time_base)
    ticks, shown_ticks, starts = joined(packets)
    # What comes before the first picture that can be decoded is never shown.
    unshown = int(np.argmax(ticks == first_tick)) if first_tick is not None else 0
    before_s = float(shown_ticks[unshown] - shown_ticks[0]) * tick_s
    ticks, shown_ticks = ticks[unshown:], shown_ticks[unshown:]
    clock = clock_of(shown_ticks, stream.time_base, otherwise_fps=otherwise_fps)
    remarks = [*clock.remarks, *restarted(clock, [start - unshown for start in starts if start > unshown])]
    if before_s > _UNSHOWN_S:
        remarks.append(
            f"the first {before_s:.2f} s of the video ({unshown} frames) cannot be decoded: the file begins without a "
            "key frame; times count from the first picture that can"
        )
    lacking_s = 0.0 if starts else _lacking_s(container, stream, float(ticks[-1]) * tick_s + 1 / clock.fps)
    return replace(clock, remarks=tuple(remarks)), ticks, lacking_s


def _pictures(path: Path, count: int | None) -> Iterator[Any]:
    """Yield the first pictures of a file, decoded from a freshly opened one: a seek may land behind them."""
    with opened(path, threads=1) as container:
        yield from islice(damage_tolerant(container, container.streams.video[0]), count)


def _packets_are_fields(path: Path) -> bool:
    """Whether many packets of interlaced pictures hold one field each, as camcorders write them."""
    with opened(path) as container:
        stream = container.streams.video[0]
        packets = pictures = 0
        for packet in islice(container.demux(stream), _FIRST_PICTURES):
            try:
                packets, pictures = packets + bool(packet.size), pictures + len(packet.decode())
            except av.InvalidDataError:
                return False
        pictures += len(stream.codec_context.decode(None)) if packet.size else 0
    return pictures < _HALVES * packets


def _in_order_of_decoding(path: Path, packets: Sequence[tuple[int | None, int | None]], stream: Any) -> bool:
    """Whether the times of a file are not those of showing: an AVI of pictures that are shown in another order."""
    times = [pts for pts, _ in packets]
    if not stream.codec_context.has_b_frames or times != sorted(times, key=lambda pts: pts or 0):
        return False
    ticks = [picture.pts for picture in _pictures(path, _FIRST_PICTURES)]
    return None in ticks or ticks != sorted(ticks)


def _info(container: Any, stream: Any, path: Path, *, shape: Shape, clock: Clock, interlaced: Interlaced) -> VideoInfo:
    metadata = {**container.metadata, **stream.metadata}
    fields = 2 if interlaced else 1
    fps = fields * clock.fps
    capture_fps, capture_key, remark = _capture_fps(metadata, fps=fps)
    turned = shape.rotation_deg % 180 == 90
    mirror = (
        "the video asks for its pictures to be mirrored, as phones do with the front camera, and so they were: if "
        "the runner's left is shown as right, film with the other camera",
    )
    return VideoInfo(
        path=path,
        width=shape.height if turned else shape.width,
        height=shape.width if turned else shape.height,
        frames=fields * len(clock.times_s),
        duration_s=float(clock.times_s[-1]) + 1 / clock.fps,
        fps=fps,
        variable_frame_rate=clock.variable,
        rotation_deg=shape.rotation_deg,
        capture_fps=capture_fps,
        recorded_at=metadata.get("com.apple.quicktime.creationdate") or metadata.get("creation_time"),
        remark=remark,
        grain_s=clock.grain_s,
        mirrored=shape.mirrored,
        sample_aspect=float(shape.sample_aspect),
        fields_of=interlaced,
        light=shape.light,
        capture_key=capture_key,
        remarks=(*clock.remarks, *(mirror if shape.mirrored else ())),
    )


def _lacking_s(container: Any, stream: Any, end_s: float) -> float:
    """Return how much of what a file promises it does not hold, if it is more than clocks differ by; otherwise 0.

    Parameters
    ----------
    end_s : float
        where its last frame ends, on the file's own clock.
    """
    tick_s, kind = float(stream.time_base), container.format.name.split(",")
    doubt_s = 0.25
    if "avi" in kind:  # it numbers its frames from its beginning, those that are empty too
        promised_s = max(stream.duration or 0, stream.frames) * tick_s
    elif stream.duration is not None:  # an edit list may leave out frames: their number is no promise
        promised_s = float((stream.start_time or 0) + stream.duration) * tick_s
    elif container.duration is not None:  # of the longest stream: sound may go on
        doubt_s = 1.0
        # Matroska's duration is when the last frame ends, also where the first does not begin at 0.
        begins = 0 if "matroska" in kind else container.start_time or 0
        promised_s = (begins + container.duration) / av.time_base
    else:
        return 0.0
    return _worth_saying(promised_s - end_s, promised_s, doubt_s=doubt_s)


def _worth_saying(lacking_s: float, promised_s: float, *, doubt_s: float = 0.25) -> float:
    return lacking_s if lacking_s > max(doubt_s, 0.02 * promised_s) else 0.0


def _capture_fps(metadata: Mapping[str, str], *, fps: float) -> tuple[float | None, str, str]:
    """Return the rate the pictures were taken at, as the phone wrote it down, under which name, and a remark on it.

    The capture rate is at least the playback rate. Other values are reported and ignored.

    Parameters
    ----------
    metadata : Mapping[str, str]
        of the file.
    fps : float
        playback frame rate, Hz.
    """
    for key in _CAPTURE_RATE_KEYS:
        if not metadata.get(key):
            continue
        try:
            rate = float(metadata[key])
        except ValueError:
            rate = math.nan
        if SAME_RATE * fps <= rate <= FRAME_RATE.high:
            return rate, key, ""
        remark = (
            f"the file says that it was taken at {shown(metadata[key])} frames a second ({key}); with {fps:.4g} frames "
            f"a second played that can only be {fps:.4g} to {FRAME_RATE.high:g}: it was ignored, and the film counts "
            "as played at true speed; if it is slow motion, say --capture-fps"
        )
        return None, key, remark
    return None, "", ""
