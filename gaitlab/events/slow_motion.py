"""Detection of undeclared slow motion and of wrong frame rates from an impossible cadence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from gaitlab.core.errors import InputError
from gaitlab.core.gait import Activity, GaitCycle
from gaitlab.core.pose import PoseSequence
from gaitlab.events.cycles import gait_cycles
from gaitlab.events.side import detect_contacts
from gaitlab.signal.missing import Missing, missing_frames

# Range of cadences of runners, steps per minute.
_LOWEST_CADENCE, _HIGHEST_CADENCE = 130.0, 220.0
# The usual cadence: of several rates that are possible the one that comes nearest to it is the likeliest.
_USUAL_CADENCE = 170.0
# Slow-motion factors of phones, and rates that films are taken at, Hz, before an editor makes fewer of them.
_SLOW_MOTIONS = (2, 4, 8)
_TAKEN_HZ = (25, 30, 50, 60, 100, 120, 240)
_LEAST_FACTOR, _ALIKE = 1.5, 1.03
# With a larger share of missing frames, steps may be missing too.
_MANY_MISSING = 0.02


def likely_factors(cadence: float, *, fps: float) -> tuple[float, ...]:
    """Return how many times slower than life a film may play, the likeliest first.

    Parameters
    ----------
    cadence : float
        steps per minute of the film.
    fps : float
        different pictures a second of it; NaN if unknown.

    Notes
    -----
    A film that was taken at one of the usual rates and plays all its pictures at another is slower by their quotient:
    60 a second shown at 25 are 2.4 times slower. Of those at which the runner has a cadence of running, that nearest
    to the usual one comes first.
    """
    factors = [float(factor) for factor in _SLOW_MOTIONS]
    for taken in _TAKEN_HZ if np.isfinite(fps) else ():
        if taken / fps > _LEAST_FACTOR and not any(1 / _ALIKE < taken / fps / known < _ALIKE for known in factors):
            factors.append(taken / fps)
    fits = [factor for factor in factors if _LOWEST_CADENCE <= cadence * factor <= _HIGHEST_CADENCE]
    return tuple(sorted(fits, key=lambda factor: abs(np.log(cadence * factor / _USUAL_CADENCE))))


def slow_motion_warnings(
    cycles: Sequence[GaitCycle], activity: Activity, *, missing: Missing, pose: PoseSequence | None = None
) -> tuple[str, ...]:
    """Return a warning that asks for the true frame rate if the cadence is impossible for running.

    Parameters
    ----------
    cycles : Sequence[GaitCycle]
        all strides of the recording.
    activity : Activity
        only running is checked.
    missing : Missing
        frames missing from the video.
    pose : PoseSequence | None, optional
        the recording, whose frame rate says which slow motion is possible.

    Returns
    -------
    tuple[str, ...]
        one warning, or none.

    Notes
    -----
    A slow-motion file plays 120 or 240 frames of one second over 4 or 8 seconds, which a single frame does not show
    but the cadence does. With many missing frames a low cadence may also come from missed steps.
    """
    cadence = _cadence(cycles)
    if activity != "running" or not np.isfinite(cadence) or _LOWEST_CADENCE <= cadence <= _HIGHEST_CADENCE:
        return ()
    if missing.share > _MANY_MISSING:
        return (
            f"{cadence:.0f} steps/min is no cadence of running; steps may lie in the gaps of the video, where frames "
            "are missing",
        )
    if cadence > _HIGHEST_CADENCE:
        slower = [factor for factor in _SLOW_MOTIONS if _LOWEST_CADENCE <= cadence / factor <= _HIGHEST_CADENCE]
        would_be = f"; {slower[0]} times slower it would be {cadence / slower[0]:.0f}" if slower else ""
        return (
            f"{cadence:.0f} steps/min is no cadence of running{would_be}: if the video was taken for slow motion and "
            "is none, the rate that it plays at must be entered as its true frame rate",
        )
    fits = likely_factors(cadence, fps=float("nan") if pose is None else pose.fps)
    would_be = ", ".join(f"{cadence * factor:.0f} at {factor:.3g}x" for factor in fits or _SLOW_MOTIONS)
    likely = f" ({fits[0]:.3g}x is likely)" if fits else ""
    rate = f": {fits[0] * _plays_fps(pose):.0f} if it is {fits[0]:.3g}x" if fits and pose is not None else ""
    return (
        f"{cadence:.0f} steps/min is no cadence of running; in slow motion it would be {would_be}{likely}: if the "
        f"video is slow motion, the true frame rate must be entered{rate}",
    )


def _plays_fps(pose: PoseSequence) -> float:
    """Return the frame rate of the film, Hz, in which pictures may be repeated that the keypoints hold once."""
    shown_times = [step.parameters.get("shown_times", 1.0) for step in pose.history if step.name == "repeated pictures"]
    return pose.fps * float(np.prod(shown_times))


def other_rate(cleaned: PoseSequence, *, forward: int) -> tuple[str, ...]:
    """Return a warning with the frame rate at which the recording shows running, if there is one.

    Asked where no gait cycle is plausible: at the rate that was taken nobody runs or walks.
    """
    if missing_frames(cleaned.time_s).share > _MANY_MISSING:
        return ()
    for factor in (*_SLOW_MOTIONS, *(1 / factor for factor in _SLOW_MOTIONS)):
        try:
            events = detect_contacts(replace(cleaned, time_s=cleaned.time_s / factor), forward=forward)
        except InputError:
            continue
        cycles = gait_cycles(events)
        cadence = _cadence(cycles)
        if not any(cycle.accepted for cycle in cycles) or events.activity != "running":
            continue
        if not _LOWEST_CADENCE <= cadence <= _HIGHEST_CADENCE:
            continue
        entered = f"must be entered: {_plays_fps(cleaned) * factor:.0f}"
        if factor > 1:
            return (
                f"at {factor} times the speed it would be running at {cadence:.0f} steps/min: if the video is slow "
                f"motion, the true frame rate {entered}",
            )
        return (
            f"at 1/{1 / factor:.0f} of the speed it would be running at {cadence:.0f} steps/min: if fewer frames a "
            f"second were taken, the true frame rate {entered}",
        )
    return ()


def _cadence(cycles: Sequence[GaitCycle]) -> float:
    """Return steps per minute of the accepted cycles, or of all if none is accepted; NaN without a cycle."""
    strides_s = [cycle.stride_time_s for cycle in cycles if cycle.accepted] or [c.stride_time_s for c in cycles]
    return 120.0 / float(np.median(strides_s)) if strides_s else float("nan")
