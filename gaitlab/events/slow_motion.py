"""Detection of undeclared slow motion, of the whole film or a part, and of wrong frame rates, from the strides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from gaitlab.core.errors import InputError
from gaitlab.core.gait import Activity, GaitCycle
from gaitlab.core.metric import View
from gaitlab.core.pose import FloatArray, PoseSequence
from gaitlab.events.cycles import gait_cycles
from gaitlab.events.side import detect_contacts
from gaitlab.events.signals import SHORTEST_S
from gaitlab.signal.missing import Missing, missing_frames

# Range of cadences of runners, steps per minute.
_LOWEST_CADENCE, _HIGHEST_CADENCE = 130.0, 220.0
# Sprinters take up to five steps a second.
_SPRINT_CADENCE = 300.0
# The usual cadence: of several rates that are possible the one that comes nearest to it is the likeliest.
_USUAL_CADENCE = 170.0
# Slow-motion factors of phones, and rates that films are taken at, Hz, before an editor makes fewer of them.
PHONES = (2, 4, 8)
_TAKEN_HZ = (25, 30, 50, 60, 100, 120, 240)
_LEAST_FACTOR, _ALIKE = 1.5, 1.03
# With a larger share of missing frames, steps may be missing too.
_MANY_MISSING = 0.02
# Strides of a ramp may be off the factors of phones by this factor: runners change their stride by a tenth, and from
# walking to running by 1.6.
_NEAR = 1.25
# So many strides, and so long, are a part; where they are shorter (240 steps/min) left and right are confused.
_STRIDES, _PART_S, _SHORTEST_S = 2, 1.0, 0.5
# The legs pass each other by this share of what lies between their usual extremes.
_PASS = 0.25
# Between the strides of a ramp few are of lengths between; of one gait no two neighbours differ by as much.
_GAP = 1.25


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
    factors = [float(factor) for factor in PHONES]
    for taken in _TAKEN_HZ if np.isfinite(fps) else ():
        if taken / fps > _LEAST_FACTOR and not any(1 / _ALIKE < taken / fps / known < _ALIKE for known in factors):
            factors.append(taken / fps)
    fits = [factor for factor in factors if _LOWEST_CADENCE <= cadence * factor <= _HIGHEST_CADENCE]
    return tuple(sorted(fits, key=lambda factor: abs(np.log(cadence * factor / _USUAL_CADENCE))))


def slow_motion_warnings(
    cycles: Sequence[GaitCycle],
    activity: Activity,
    *,
    missing: Missing,
    pose: PoseSequence | None = None,
    view: View = "side",
    slowed: bool = True,
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
    view : View, optional
        what the camera sees, which says how long a recording must be.
    slowed : bool, optional
        whether the recording was taken for slow motion. One that was not may show a sprint, and there is no rate that
        could have been entered wrongly.

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
    highest = _HIGHEST_CADENCE if slowed else _SPRINT_CADENCE
    if activity != "running" or not np.isfinite(cadence) or _LOWEST_CADENCE <= cadence <= highest:
        return ()
    if cadence > highest:
        slower = [factor for factor in PHONES if _LOWEST_CADENCE <= cadence / factor <= _HIGHEST_CADENCE]
        sprint = cadence <= _SPRINT_CADENCE
        would_be = f"; {slower[0]} times slower it would be {cadence / slower[0]:.0f}" if slower else ""
        return (
            f"{cadence:.0f} steps/min is {'a cadence of sprints alone' if sprint else 'no cadence of running'}"
            f"{would_be}: if the video was taken for slow motion and is none, the rate that it plays at must be "
            "entered as its true frame rate",
        )
    if missing.share > _MANY_MISSING:
        return (
            f"{cadence:.0f} steps/min is no cadence of running; steps may lie in the gaps of the video, where frames "
            "are missing",
        )
    fits = likely_factors(cadence, fps=float("nan") if pose is None else pose.fps)
    would_be = ", ".join(f"{cadence * factor:.0f} at {factor:.3g}x" for factor in fits or PHONES)
    likely = f" ({fits[0]:.3g}x is likely)" if fits else ""
    if fits and pose is not None and (short := too_short(pose, cadence, fits[0], view=view)):
        return (short,)
    rate = f": {fits[0] * plays_fps(pose):.0f} if it is {fits[0]:.3g}x" if fits and pose is not None else ""
    return (
        f"{cadence:.0f} steps/min is no cadence of running; in slow motion it would be {would_be}{likely}: if the "
        f"video is slow motion, the true frame rate must be entered{rate}",
    )


def too_short(pose: PoseSequence, cadence: float, factor: float, *, view: View) -> str:
    """Return that a slow recording is too short once its clock is right, or an empty string: no rate would help then.

    Parameters
    ----------
    pose : PoseSequence
        the recording as it plays.
    cadence : float
        steps per minute that it shows.
    factor : float
        how many times slower than life it is likely to play.
    view : View
        what the camera sees, which says how long a recording must be.
    """
    shortest_s = SHORTEST_S[view]
    life_s = float(pose.time_s[-1] - pose.time_s[0]) / factor
    if life_s >= shortest_s:
        return ""
    return (
        f"{cadence:.0f} steps/min is no cadence of running; in slow motion, {factor:.3g}x, it would be "
        f"{cadence * factor:.0f}, but then the recording shows {life_s:.1f} s of life, and gait events need "
        f"{shortest_s:g} s: record longer, or use more of the recording"
    )


def plays_fps(pose: PoseSequence) -> float:
    """Return the frame rate of the film, Hz, in which pictures may be repeated that the keypoints hold once."""
    shown_times = [step.parameters.get("shown_times", 1.0) for step in pose.history if step.name == "repeated pictures"]
    return pose.fps * float(np.prod(shown_times))


def film_cadences(pose: PoseSequence, cycles: Sequence[GaitCycle], *, view: View) -> tuple[float, ...]:
    """Return the steps per minute that a film of any speed may show, the surest first; none for less than two strides.

    Parameters
    ----------
    pose : PoseSequence
        smoothed keypoints, px.
    cycles : Sequence[GaitCycle]
        strides of the recording: accepted ones tell the cadence. Where none is accepted, as in a film that is many
        times slower than life, the ankles that pass each other do, or all strides.
    view : View
        see `ramp_warnings`.
    """
    if any(cycle.accepted for cycle in cycles):
        return (_cadence(cycles),)
    strides_s = np.diff(_stride_starts(pose, axis=0 if view == "side" else 1))
    passed = (120.0 / float(np.median(strides_s)),) if len(strides_s) >= _STRIDES else ()
    return (*passed, _cadence(cycles)) if cycles else passed


def other_rate(cleaned: PoseSequence, *, forward: int, film: bool) -> tuple[str, ...]:
    """Return a warning with the frame rate at which the recording shows running, if there is one.

    Asked where no gait cycle is plausible: at the rate that was taken nobody runs or walks.

    Parameters
    ----------
    cleaned : PoseSequence
        repaired keypoints, px.
    forward : int
        +1 if the runner faces image-right, -1 if image-left.
    film : bool
        whether the keypoints are those of a film, which cannot have been taken at a lower rate than it plays.
    """
    if missing_frames(cleaned.time_s).share > _MANY_MISSING:
        return ()
    for factor in (*PHONES, *(1 / factor for factor in PHONES)):
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
        entered = f"must be entered: {plays_fps(cleaned) * factor:.0f}"
        if factor > 1:
            return (
                f"at {factor} times the speed it would be running at {cadence:.0f} steps/min: if the video is slow "
                f"motion, the true frame rate {entered}",
            )
        if film:
            return (
                f"at 1/{1 / factor:.0f} of the speed it would be running at {cadence:.0f} steps/min: the film plays "
                "faster than life; it must be analysed as the camera wrote it, or filmed again",
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


def ramp_warnings(pose: PoseSequence, *, view: View) -> tuple[str, ...]:
    """Return a warning where strides last 2, 4 or 8 times as long in one part as in another.

    Parameters
    ----------
    pose : PoseSequence
        smoothed keypoints, px.
    view : View
        from the side the ankles pass each other along the picture, from behind upwards.
    """
    starts_s = _stride_starts(pose, axis=0 if view == "side" else 1)
    strides_s = np.diff(starts_s)
    if len(strides_s) < 2 * _STRIDES:
        return ()
    split = _split(strides_s)
    if split is None:
        return ()
    slow = strides_s > split
    factor = float(np.median(strides_s[slow]) / np.median(strides_s[~slow]))
    likely = next((one for one in PHONES if one / _NEAR <= factor <= one * _NEAR), None)
    if likely is None or np.median(strides_s[~slow]) < _SHORTEST_S:
        return ()
    first, last = _longest(~slow)
    first_slow, last_slow = _longest(slow)
    parts = ((first, last), (first_slow, last_slow))
    if any(b - a < _STRIDES or starts_s[b] - starts_s[a] < _PART_S for a, b in parts):
        return ()
    part_s = starts_s[last] - starts_s[first]
    if part_s < SHORTEST_S[view]:  # to enter it would lead to the next refusal
        return (
            f"strides last {np.median(strides_s[slow]):.2f} s from {starts_s[first_slow]:.1f} to "
            f"{starts_s[last_slow]:.1f} s and {np.median(strides_s[~slow]):.2f} s elsewhere: that part plays in slow "
            f"motion ({likely:.0f}x), or is another gait; numbers mix the two, and the rest, {part_s:.1f} s, is too "
            f"short by itself, which takes {SHORTEST_S[view]:g} s: record longer",
        )
    from_s = starts_s[first] if first > 0 else pose.time_s[0]
    to_s = starts_s[last] if last < len(strides_s) else pose.time_s[-1]
    return (
        f"strides last {np.median(strides_s[slow]):.2f} s from {starts_s[first_slow]:.1f} to {starts_s[last_slow]:.1f} "
        f"s and {np.median(strides_s[~slow]):.2f} s elsewhere: that part plays in slow motion ({likely:.0f}x), or is "
        f"another gait; numbers mix the two: the part to analyse must be entered, e.g. {from_s:.1f} to {to_s:.1f} s",
    )


def _split(strides_s: FloatArray) -> float | None:
    """Return the length, s, in the widest gap between short and long strides; None where they are all alike."""
    lengths = np.sort(strides_s)
    steps = np.diff(np.log(lengths))
    at = int(np.argmax(steps))
    return float(np.sqrt(lengths[at] * lengths[at + 1])) if steps[at] > np.log(_GAP) else None


def _stride_starts(pose: PoseSequence, *, axis: int) -> FloatArray:
    """Return when the left ankle passes the right one in one direction, s: once a stride, in every gait and speed."""
    apart = (pose.point("left_ankle") - pose.point("right_ankle"))[:, axis]
    seen = np.isfinite(apart)
    apart, time_s = apart[seen], pose.time_s[seen]
    if len(apart) < 2:
        return np.empty(0)
    low, middle, high = np.percentile(apart, (5, 50, 95))
    if not high > low:
        return np.empty(0)
    behind, starts = False, []
    for value, at_s in zip((apart - middle) / (high - low), time_s, strict=True):
        if value < -_PASS:
            behind = True
        elif value > _PASS and behind:
            behind = False
            starts.append(float(at_s))
    return np.array(starts)


def _longest(which: np.ndarray) -> tuple[int, int]:
    """Return the first stride of the longest run, and that after its last."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], which, [False]]).astype(int)))
    first, after = max(edges.reshape(-1, 2).tolist(), key=lambda run: run[1] - run[0])
    return first, after
