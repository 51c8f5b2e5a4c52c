"""Frame times of a video, corrected for the time-stamp resolution of the container."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from gaitlab.core.pose import FloatArray, frame_rate_hz

Ticks = NDArray[np.int64]

# Frames within so much of an even clock are on it, however fine the grain: muxers round to milliseconds.
_ROUNDED_S, _ROUNDED_FRAMES = 1.001e-3, 0.25
_EXACT_S = 1e-6  # nearer to the even clock than this they stay as they are written
# What a steady clock may do beyond its grain: intervals, as a share of a frame, in all but so many of them; the rate
# of a second; and the frames that are missing, as a share of all.
_STEADY_SHARE, _STEADY_BUT, _STEADY_RATE, _STEADY_MISSING = 0.05, 0.01, 0.02, 0.2
_USUAL_FPS = (24, 25, 30, 48, 50, 60, 90, 100, 120, 200, 240, 250, 300, 480, 500, 960, 1000)
_FITS = 3  # of the rate and the count of frames, each from the other
# A rate that changes by so much, for so long at least and so many times at most, is no accident of a camera's.
_RAMP_RATIO, _RAMP_S, _RAMP_FRAMES, _RAMP_CHANGES = 1.8, 0.25, 6, 8


@dataclass(frozen=True, slots=True, eq=False)
class Clock:
    """When each frame of a video is shown.

    Attributes
    ----------
    times_s : FloatArray
        (frame,) since the first frame, rising; even where the written times are even but for their grain.
    fps : float
        frame rate, Hz; for a variable frame rate, the most common one.
    grain_s : float
        resolution of the time stamps, s.
    variable : bool
        whether the intervals differ by more than the grain and some frames that are missing.
    remarks : tuple[str, ...]
        remarks for the report, one sentence each.
    """

    times_s: FloatArray
    fps: float
    grain_s: float
    variable: bool
    remarks: tuple[str, ...] = ()


def even_clock(frames: int, fps: float) -> Clock:
    """Return the clock of a stream without time stamps, with ``frames`` frames at ``fps`` Hz."""
    return Clock(np.arange(frames) / fps, fps, 1 / fps, variable=False)


def clock_of(ticks: Ticks, tick: Fraction, *, otherwise_fps: float) -> Clock:
    """Return the clock of written times.

    A container rounds times to its grain: 240 frames a second on the 1/600 s of an iPhone are 2 and 3 ticks apart. The
    rate is that of the straight line through all of them, frames that are missing counted; where no frame is further
    from the line than the grain, the line is truer than what was written.

    Parameters
    ----------
    ticks : Ticks
        (frame,) in the order of showing, rising.
    tick : Fraction
        the unit of the ticks, s.
    otherwise_fps : float
        the rate of a single frame.
    """
    steps = np.diff(ticks)
    if not len(steps):
        return Clock(np.zeros(len(ticks)), otherwise_fps, float(tick), variable=False)
    grain_s = float(int(np.gcd.reduce(steps)) * tick)
    times_s = (ticks - ticks[0]) * tick.numerator / tick.denominator
    frame_s, start_s, number = _line(times_s)
    off_s = times_s - (start_s + frame_s * number)
    tolerance_s = max(min(grain_s, frame_s / 2), min(_ROUNDED_S, _ROUNDED_FRAMES * frame_s))
    variable = _is_variable(times_s, off_s, number, frame_s=frame_s, tolerance_s=tolerance_s)
    if variable:
        fps = frame_rate_hz(times_s)
        return Clock(times_s, fps, grain_s, variable=True, remarks=_ramps(times_s))
    if _EXACT_S < np.abs(off_s).max() <= tolerance_s:
        frame_s = _usual_interval(frame_s, frames=number[-1], grain_s=grain_s)
        times_s = frame_s * number
    return Clock(times_s, 1 / frame_s, grain_s, variable=False)


def _line(times_s: FloatArray) -> tuple[float, float, FloatArray]:
    """Return the interval and the start of the straight line through times, and (frame,) the number of each on it."""
    frame_s = 1 / frame_rate_hz(times_s)
    number = np.arange(len(times_s), dtype=np.float64)
    for _ in range(_FITS):
        counted = np.maximum(np.round(np.diff(times_s) / frame_s), 1.0)
        number = np.concatenate([[0.0], np.cumsum(counted)])
        centred = number - number.mean()
        frame_s = float(centred @ times_s / (centred @ centred))
    return frame_s, float(times_s.mean() - frame_s * number.mean()), number


def _usual_interval(frame_s: float, *, frames: float, grain_s: float) -> float:
    """Return the interval of a rate that cameras have, or of 1000/1001 of one, if the grain hides what it is off."""
    usual_s = (1 / rate for rate in (*_USUAL_FPS, *(fps / 1.001 for fps in _USUAL_FPS)))
    return next((one_s for one_s in usual_s if abs(one_s - frame_s) * frames < min(grain_s, _ROUNDED_S)), frame_s)


def _is_variable(
    times_s: FloatArray, off_s: FloatArray, number: FloatArray, *, frame_s: float, tolerance_s: float
) -> bool:
    """Whether times wander from the even clock by more than its grain allows, from frame to frame or over a second."""
    if 1 - (len(times_s) - 1) / number[-1] > _STEADY_MISSING:
        return True
    if np.abs(off_s).max() <= tolerance_s:
        return False
    jitter_s = np.abs(np.diff(off_s))
    if np.mean(jitter_s > _STEADY_SHARE * frame_s + tolerance_s) > _STEADY_BUT:
        return True
    ends = np.unique(np.append(np.searchsorted(times_s, np.arange(0.0, times_s[-1], 1.0)), len(times_s) - 1))
    seconds = np.diff(times_s[ends])
    # A second with a pause in it says nothing of the rate.
    gap = np.maximum.reduceat(np.append(np.diff(number), 1.0), ends[:-1]) > 1
    drift_s = np.abs(np.diff(off_s[ends]))
    return bool(np.any(drift_s[~gap] > _STEADY_RATE * seconds[~gap] + 2 * tolerance_s))


def joined(packets: Sequence[tuple[int, int | None]]) -> tuple[Ticks, Ticks, tuple[int, ...]]:
    """Return the written times in the order of showing, the same on one rising clock, and where a clock starts anew.

    Parameters
    ----------
    packets : Sequence[tuple[int, int | None]]
        when each is shown and when it is decoded, ticks, in the order of the file. A clock of decoding that goes back
        has started anew, as where recordings were copied one behind the other.

    Returns
    -------
    tuple[Ticks, Ticks, tuple[int, ...]]
        (frame,) as written, (frame,) on one clock, and the number of the first frame of each further recording.
    """
    parts: list[list[int]] = [[]]
    latest: int | None = None
    for shown, decoded in packets:
        if decoded is not None and latest is not None and decoded < latest and shown < max(parts[-1]):
            parts.append([])
        latest = decoded if decoded is not None else latest
        parts[-1].append(shown)
    written = [np.unique(np.array(part, dtype=np.int64)) for part in parts]
    moved: list[Ticks] = []
    for part in written:
        begin = int(moved[-1][-1]) + _usual_step(moved[-1]) if moved else int(part[0])
        moved.append(part - part[0] + begin)
    starts = np.cumsum([len(part) for part in written])[:-1]
    return np.concatenate(written), np.concatenate(moved), tuple(int(start) for start in starts)


def _usual_step(ticks: Ticks) -> int:
    return max(round(float(np.median(np.diff(ticks)))), 1) if len(ticks) > 1 else 1


def restarted(clock: Clock, starts: Sequence[int]) -> tuple[str, ...]:
    """Say that a clock started anew before some frames, whose numbers are given."""
    if not starts:
        return ()
    times = ", ".join(f"{clock.times_s[start]:.2f}" for start in starts)
    return (
        f"the clock of the video starts anew at {times} s, as where several recordings were made one file: what "
        "follows counts as shown without a pause; analyse each by itself if they do not belong together",
    )


def _ramps(times_s: FloatArray) -> tuple[str, ...]:
    """Say that the rate changes, and not for a few frames only, as in slow motion with ramps that a phone exports."""
    steps_s = np.diff(times_s)
    # The interval that most of some neighbours have: neither a dropped frame nor jitter is a change of rate.
    half = _RAMP_FRAMES
    if len(steps_s) < 4 * half:
        return ()
    windows = np.lib.stride_tricks.sliding_window_view(np.pad(steps_s, half, mode="edge"), 2 * half + 1)
    usual_s = np.median(windows, axis=1)
    if usual_s.max() < _RAMP_RATIO * usual_s.min():
        return ()
    slow = usual_s > np.sqrt(usual_s.max() * usual_s.min())
    for side in (slow, ~slow):
        if steps_s[side].sum() < _RAMP_S or side.sum() < _RAMP_FRAMES:
            return ()
    if np.abs(np.diff(slow.astype(int))).sum() > _RAMP_CHANGES:
        return ()
    changes_s = times_s[np.flatnonzero(np.diff(slow.astype(int))) + 1]
    slow_fps, fast_fps = (frame_rate_hz(np.cumsum(steps_s[side])) for side in (slow, ~slow))
    when = ", ".join(f"{change_s:.1f}" for change_s in changes_s)
    return (
        f"the frame rate of the video changes between {fast_fps:.4g} and {slow_fps:.4g} (at {when} s): in slow motion "
        f"with ramps, as phones export it, time runs about {fast_fps / slow_fps:.2g} times slower in the part of "
        f"{slow_fps:.4g} and no time that spans a change is right; use one part, by its start and end",
    )
