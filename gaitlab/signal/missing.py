"""Frames that are missing: what a camera dropped or a file lost shows as gaps in time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gaitlab.core.pose import FloatArray, frame_rate_hz

# A step of time this many times longer than usual lacks a frame.
_LONGER = 1.5


@dataclass(frozen=True, slots=True)
class Missing:
    """What is missing in a recording.

    Attributes
    ----------
    frames : int
        how many.
    share : float
        of all frames that should be there.
    gaps : int
        in how many places.
    longest_s : float
        the longest of them, from the frame before to the one after.
    """

    frames: int
    share: float
    gaps: int
    longest_s: float


def missing_frames(time_s: FloatArray) -> Missing:
    """Count the frames that rising times lack, at the rate that most of them have."""
    steps_s = np.diff(time_s)
    if not len(steps_s):
        return Missing(0, 0.0, 0, 0.0)
    steps = steps_s * frame_rate_hz(time_s)
    gaps = steps > _LONGER
    frames = int(np.sum(np.round(steps[gaps]) - 1))
    longest_s = float(steps_s[gaps].max()) if gaps.any() else 0.0
    return Missing(frames, frames / (frames + len(time_s)), int(gaps.sum()), longest_s)
