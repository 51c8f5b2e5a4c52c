"""Annotated video: the runner enlarged, with skeleton, captions and foot contacts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from gaitlab.core.pose import FloatArray, PoseSequence
from gaitlab.io.video.drawing import SIDE_COLOURS, draw_caption, draw_contact_strip, draw_pose
from gaitlab.io.video.follow import Window
from gaitlab.io.video.reader import Image


@dataclass(frozen=True, slots=True, eq=False)
class Annotation:
    """Content drawn into the frames of a video.

    Attributes
    ----------
    pose : PoseSequence
        keypoints to draw.
    video_time_s : FloatArray
        (frame,) time of each pose frame in the video, s; it differs from ``pose.time_s`` in slow motion.
    captions : Mapping[str, tuple[str, FloatArray]]
        key to (label, (frame,) values in degrees); keys that begin with a side have the side's colour.
    contacts : Mapping[str, Sequence[tuple[float, float]]]
        side to (start, end) of each contact in video time, s.
    fps : float
        frame rate of the video, Hz.
    window : Window | None
        visible part of the image; None for all of it.
    """

    pose: PoseSequence
    video_time_s: FloatArray
    captions: Mapping[str, tuple[str, FloatArray]]
    contacts: Mapping[str, Sequence[tuple[float, float]]]
    fps: float
    window: Window | None = None

    def drawn(self, image: Image, time_s: float) -> Image:
        """Return the annotated frame for a time; ``image`` is modified in place, or cropped into a new image."""
        number = frame_shown(self.video_time_s, time_s, fps=self.fps)
        xy = self.pose.xy[number]
        if self.window is not None:
            image, xy = self.window.cut(image, number), self.window.moved(xy, number)
        draw_pose(image, xy, self.pose.skeleton)
        draw_contact_strip(image, self.contacts, time_s)
        for row, (key, (label, values)) in enumerate(self.captions.items()):
            value = values[number]
            text = f"{label}  {value:.0f} deg" if np.isfinite(value) else f"{label}  -"
            draw_caption(image, text, row, colour=SIDE_COLOURS.get(key.partition("_")[0]))
        return image


def frame_shown(times_s: FloatArray, time_s: float, *, fps: float) -> int:
    """Return the index of the frame that a video shows at a time.

    It is the nearest one, but none that begins more than half a frame of the video later: where a video repeats a
    picture, the next one is not to be seen yet.

    Parameters
    ----------
    times_s : FloatArray
        (frame,) increasing times at which the video shows each, s.
    time_s : float
        time of a picture of the video, s.
    fps : float
        frame rate of the video, Hz.
    """
    after = min(int(np.searchsorted(times_s, time_s)), len(times_s) - 1)
    before = max(after - 1, 0)
    ahead_s = times_s[after] - time_s
    return before if time_s - times_s[before] <= ahead_s or ahead_s > 0.5 / fps else after
