"""Frame times of a keypoint file, from its times, rate or frame numbers and the user's arguments."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from gaitlab.core.errors import InputError, argument
from gaitlab.core.pose import FloatArray, frame_rate_hz
from gaitlab.core.units import FRAME_RATE
from gaitlab.io.keypoints.imported import ImportedPoses, most_frames

# Rates that differ by less are the same: 29.97 and 30.
SAME_RATE = 0.02
# Numbers above belong to no film of a runner: dates, or identifiers of pictures.
_LAST_FIRST = 1_000_000


def clock(
    found: ImportedPoses, path: Path, *, fps: float | None, film_fps: float | None = None
) -> tuple[FloatArray, int, tuple[str, ...]]:
    """Return (frame,) times in seconds, the frame of the film, counted from 0, that is the first, and assumptions.

    Raises
    ------
    InputError
        no rate is known, the file contradicts it, or times that no camera keeps.
    """
    count, first = len(found.frames), first_frame(found)
    if fps and found.fps and abs(fps / found.fps - 1) > SAME_RATE:
        told = found.time_s
        if told is None or _rounded(told, found.fps) is not None:
            raise InputError(contradicted(path, f"says {found.fps:g} frames a second", fps))
    told, notes = _in_seconds(found.time_s, path) if found.time_s is not None else (None, ())
    if told is None:
        rate = fps or found.fps or film_fps
        if rate is None:
            counts = ", its times count frames" if found.time_s is not None else ""
            raise InputError(f"'{path}' does not say its frame rate{counts}; give it with {argument('fps')}, e.g. 120")
        numbers = first + np.arange(count) if found.time_s is None else found.time_s
        return numbers / rate, first, (*notes, *_steps(found, path))
    if (rate := fps or found.fps) and (steady := _rounded(told, rate)) is not None:
        return steady, first, notes
    check_times(told, path)
    if count > 1:
        made = (count - 1) / float(told[-1] - told[0])
        typical = frame_rate_hz(told)
        if rate and min(abs(rate / made - 1), abs(rate / typical - 1)) > SAME_RATE:
            if fps is None:
                raise InputError(
                    f"the heading of '{path}' says {rate:g} frames a second, but its times make {made:.4g}; say which "
                    f"is right with {argument('fps')}"
                )
            if found.fps and abs(fps / found.fps - 1) < SAME_RATE:
                return told[0] + np.arange(count) / fps, first, notes
            raise InputError(contradicted(path, f"has times that make {made:.4g} frames a second", fps))
    return told, first, notes


def _in_seconds(told: FloatArray, path: Path) -> tuple[FloatArray | None, tuple[str, ...]]:
    """Return times in seconds, by the one unit in which cameras make such steps; None where they count frames."""
    steps = np.diff(told[np.isfinite(told)])
    step = float(np.median(steps)) if len(steps) else 0.0
    if step == 1.0 and np.all(steps % 1.0 == 0):
        return None, ()
    if not step > 1 / FRAME_RATE.low:
        return told, ()
    unit, name = next(
        ((unit, name) for name, unit in _UNITS.items() if _STEPS_S[0] <= step * unit <= _STEPS_S[1]), (1.0, "")
    )
    if not name:
        return told, ()
    return told * unit, (f"the times in '{path.name}' go on by {step:.4g}: they were read as {name}",)


_UNITS = {"milliseconds": 1e-3, "microseconds": 1e-6, "nanoseconds": 1e-9}
# Steps between frames, s, by which a unit is told.
_STEPS_S = (1 / 1000, 1 / 10)


def _steps(found: ImportedPoses, path: Path) -> tuple[str, ...]:
    """Return a note where frames are numbered in steps, as of a film of which every second picture was read."""
    if found.first is None:
        return ()
    there = np.flatnonzero([len(people) > 0 for people in found.frames])
    step = int(np.gcd.reduce(np.diff(there))) if len(there) > 2 else 1
    if step < 2:
        return ()
    return (
        f"'{path.name}' numbers its frames in steps of {step}: {argument('fps')} was taken for all frames of the film, "
        f"of which it has one in {step}",
    )


def first_frame(found: ImportedPoses) -> int:
    """Return the film's frame, counted from 0, that is the first of a file; who counts from 1 begins with 1."""
    if found.first is None or found.first > _LAST_FIRST:
        return 0
    return 0 if found.first == 1 else found.first


def contradicted(path: Path, says: str, fps: float) -> str:
    """Return the message about a rate that a file contradicts."""
    return f"'{path}' {says}, but {argument('fps')} says {fps:g}; leave {argument('fps')} out, or correct the file"


def _rounded(told: FloatArray, rate: float) -> FloatArray | None:
    """Return times of a steady rate, where those told are the same, only rounded; None where they are others."""
    if not np.isfinite(told).all():
        return None
    steady: FloatArray = told[0] + np.arange(len(told)) / rate
    if np.abs(told - steady).max() > _grain_s(told):
        return None
    # The first time is rounded too.
    return steady


def _grain_s(told: FloatArray) -> float:
    """Return the step between times that can be written with their digits."""
    for digits in range(7):
        grain = 10.0**-digits
        if np.abs(told - np.round(told, digits)).max() < 1e-3 * grain:
            return grain * 1.001
    return 1e-6


def check_times(time_s: FloatArray, path: Path) -> None:
    """Refuse times that no camera keeps.

    Raises
    ------
    InputError
        times that are missing, do not rise, are no seconds, or lie too far apart.
    """
    if not np.isfinite(time_s).all():
        raise InputError(f"'{path}' has no time for frame {int((~np.isfinite(time_s)).argmax())}; expected seconds")
    steps_s = np.diff(time_s)
    if np.any(steps_s <= 0):
        rounded = np.all(steps_s >= 0) and _grain_s(time_s) > 1e-3 and time_s[-1] > time_s[0]
        raise InputError(
            f"the times in '{path}' do not rise from frame to frame; "
            + (f"they seem rounded: say the rate with {argument('fps')}" if rounded else "is it one recording?")
        )
    if not len(steps_s):
        return
    step_s = float(np.median(steps_s))
    if not 1 / FRAME_RATE.high <= step_s <= 1 / FRAME_RATE.low:
        raise InputError(
            f"the times in '{path}' make {1 / step_s:g} frames a second; expected seconds, and "
            f"{FRAME_RATE.low:g} to {FRAME_RATE.high:g} frames in one"
        )
    if time_s[-1] - time_s[0] > step_s * most_frames(len(time_s)):
        raise InputError(
            f"'{path}' has {len(time_s)} frames in {time_s[-1] - time_s[0]:g} s; expected one recording, without "
            "such gaps in time"
        )
