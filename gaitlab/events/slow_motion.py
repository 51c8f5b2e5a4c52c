"""Slow motion that nobody told of: nobody runs at such a cadence."""

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

# Steps a minute that people run at.
_LOWEST_CADENCE, _HIGHEST_CADENCE = 130.0, 220.0
# How much slower than life phones play their slow motion.
_SLOW_MOTIONS = (2, 4, 8)
# A larger share of frames that are missing may take steps along.
_MANY_MISSING = 0.02


def slow_motion_warnings(cycles: Sequence[GaitCycle], activity: Activity, *, missing: Missing) -> tuple[str, ...]:
    """Ask for the true frame rate where nobody runs at such a cadence.

    A slow-motion file plays 120 or 240 frames of a second over 4 or 8 seconds, and no network can see it; physics can.
    Where frames are missing steps may be, and a slow cadence says nothing of that kind.
    """
    cadence = _cadence(cycles)
    if activity != "running" or not np.isfinite(cadence) or _LOWEST_CADENCE <= cadence <= _HIGHEST_CADENCE:
        return ()
    if missing.share > _MANY_MISSING:
        return (
            f"{cadence:.0f} steps/min is no cadence of running; steps may lie in the gaps of the video, where frames "
            "are missing",
        )
    would_be = ", ".join(f"{cadence * factor:.0f} at {factor}x" for factor in _SLOW_MOTIONS)
    fits = [factor for factor in _SLOW_MOTIONS if _LOWEST_CADENCE <= cadence * factor <= _HIGHEST_CADENCE]
    likely = f" ({fits[0]}x is likely)" if fits else ""
    return (
        f"{cadence:.0f} steps/min is no cadence of running; in slow motion it would be {would_be}{likely}: if the "
        "video is slow motion, the true frame rate must be entered",
    )


def slower_than_life(cleaned: PoseSequence, *, forward: int) -> tuple[str, ...]:
    """Say at which slow motion the recording would show running, if at one of the usual ones."""
    if missing_frames(cleaned.time_s).share > _MANY_MISSING:
        return ()
    for factor in _SLOW_MOTIONS:
        try:
            events = detect_contacts(replace(cleaned, time_s=cleaned.time_s / factor), forward=forward)
        except InputError:
            continue
        cadence = _cadence(gait_cycles(events))
        if events.activity == "running" and _LOWEST_CADENCE <= cadence <= _HIGHEST_CADENCE:
            return (
                f"at {factor} times the speed it would be running at {cadence:.0f} steps/min: if the video is slow "
                f"motion, the true frame rate must be entered: {cleaned.fps * factor:.0f}",
            )
    return ()


def _cadence(cycles: Sequence[GaitCycle]) -> float:
    """Return steps a minute, of the accepted cycles where there are any; NaN without a cycle."""
    strides_s = [cycle.stride_time_s for cycle in cycles if cycle.accepted] or [c.stride_time_s for c in cycles]
    return 120.0 / float(np.median(strides_s)) if strides_s else float("nan")
