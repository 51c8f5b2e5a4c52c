"""The annotated video: every frame of the source at its own time, with skeleton, captions and foot contacts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np

from gaitlab.core.pose import PoseSequence
from gaitlab.video.drawing import SIDE_COLOURS, draw_caption, draw_contact_strip, draw_pose
from gaitlab.video.reader import Image, Video
from gaitlab.video.writer import VideoWriter


def annotate(
    video: Video,
    target: Path,
    pose: PoseSequence,
    *,
    video_time_s: np.ndarray,
    captions: Mapping[str, tuple[str, np.ndarray]],
    contacts: Mapping[str, Sequence[tuple[float, float]]],
    crf: int,
    change: Callable[[Image, float], None] = lambda image, time_s: None,
    on_frame: Callable[[], None] = lambda: None,
) -> None:
    """Write ``target`` as H.264 with the frame times of the source.

    Args:
        video: the open source.
        pose: the tracks to draw.
        video_time_s: (frame,) time of each pose frame in the video; it differs from ``pose.time_s`` in slow motion.
        captions: key -> (what to print, (frame,) numbers in degrees); keys that are sides take the side's colour.
        contacts: side -> (start, end) of each contact in video time.
        crf: quality, see `VideoWriter`.
        change: called with each frame and its time before anything is drawn, to change it in place.
        on_frame: called after every frame.
    """
    start_s, end_s = float(video_time_s[0]), float(video_time_s[-1])
    half_frame_s = 0.5 / video.info.fps
    with VideoWriter(target, fps=video.info.fps, crf=crf) as writer:
        for frame in video.frames(start_s, end_s + half_frame_s):
            number = int(np.clip(np.searchsorted(video_time_s, frame.time_s - half_frame_s), 0, len(pose) - 1))
            image = frame.image
            change(image, frame.time_s)
            draw_pose(image, pose.xy[number], pose.skeleton)
            line = round(image.shape[0] * 0.035)
            for row, (key, (label, values)) in enumerate(captions.items()):
                value = values[number]
                text = f"{label}  {value:.0f} deg" if np.isfinite(value) else f"{label}  -"
                draw_caption(
                    image,
                    text,
                    (line // 2, line * (row + 1)),
                    colour=SIDE_COLOURS.get(key.partition("_")[0], (255, 255, 255)),
                )
            draw_contact_strip(image, contacts, frame.time_s)
            writer.write(image, frame.time_s - start_s)
            on_frame()
