"""Detection of dropped frames from gaps in the frame times."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gaitlab.core.pose import FloatArray, frame_rate_hz

# Ratio of a frame interval to the typical one above which frames are missing.
_LONGER = 1.5


@dataclass(frozen=True, slots=True)
class Missing:
    """Summary of the missing frames of a recording.

    Attributes
    ----------
    frames : int
        number of missing frames.
    share : float
        missing frames as a share of all expected frames, 0 to 1.
    gaps : int
        number of gaps.
    longest_s : float
        duration of the longest gap, s, from the frame before it to the frame after it.
    """

    frames: int
    share: float
    gaps: int
    longest_s: float


def missing_frames(time_s: FloatArray) -> Missing:
    """Count the missing frames in increasing (frame,) times in seconds, relative to their typical rate."""
    steps_s = np.diff(time_s)
    if not len(steps_s):
        return Missing(0, 0.0, 0, 0.0)
    steps = steps_s * frame_rate_hz(time_s)
    gaps = steps > _LONGER
    frames = int(np.sum(np.round(steps[gaps]) - 1))
    longest_s = float(steps_s[gaps].max()) if gaps.any() else 0.0
    return Missing(frames, frames / (frames + len(time_s)), int(gaps.sum()), longest_s)
