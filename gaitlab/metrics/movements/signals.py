"""What repetitions are found in: heights of hips and feet and how the two legs go together, in leg lengths."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from gaitlab.core.gait import BOTH_SIDES, Repetition
from gaitlab.core.metric import Unsure
from gaitlab.core.pose import FloatArray, PoseSequence
from gaitlab.metrics.movements.phases import Excursion
from gaitlab.metrics.trial import Trial

Compute = Callable[[Trial, Repetition], float]
CUT = "the recording shows a part of it only"
STEPS = "the legs go one after the other, as in steps"
FEET = "the feet move, and not the hips"
# Share of a repetition's way that is the hips' own in the picture: of pedals all of it is the feet's.
OWN_WAY = 0.5
# Share of a repetition's frames in which the hips and one ankle must be seen.
_SEEN = 0.7
# Share of its duration before and after a repetition in which the ends of its ways lie.
_BESIDE = 0.15
# Between two frames a peak is higher than at both by this share of the range, of eight frames a period; a curve that is
# read farther off swings over, as beside a point that jumps.
_BETWEEN_FRAMES = 0.04


def height(pose: PoseSequence, name: str, *, leg_px: float) -> FloatArray:
    """Return how high a point is in the picture, (frame,) leg lengths, from an arbitrary zero."""
    return -pose.point(name)[:, 1] / leg_px


def mean_of_sides(pose: PoseSequence, name: str, *, leg_px: float) -> FloatArray:
    """Return the mean height of a point of both sides, (frame,) leg lengths, or of the one that is seen."""
    both = np.array([height(pose, f"{side}_{name}", leg_px=leg_px) for side in BOTH_SIDES])
    seen = np.isfinite(both)
    count = seen.sum(axis=0)
    return np.where(count > 0, np.where(seen, both, 0.0).sum(axis=0) / np.maximum(count, 1), np.nan)


def hips_above_ankles(trial: Trial) -> FloatArray:
    """Return how high the hips are above the ankles, (frame,) leg lengths."""
    leg_px = trial.calibration.leg_px
    return height(trial.pose, "mid_hip", leg_px=leg_px) - mean_of_sides(trial.pose, "ankle", leg_px=leg_px)


def together(trial: Trial, start_s: float, end_s: float) -> float:
    """Return how far both legs shorten together, -1 to 1: the covariance of their heights over the larger variance.

    1 in a squat, 0 where one leg stands while the other moves, below 0 where they go to and fro; NaN where one leg is
    not seen.
    """
    return alike(trial.pose, (trial.pose.time_s >= start_s) & (trial.pose.time_s <= end_s))


def alike(pose: PoseSequence, here: NDArray[np.bool_]) -> float:
    """Return how far both legs shorten together in some frames, (frame,) bool, see `together`."""
    lengths = [(pose.point(f"{side}_hip") - pose.point(f"{side}_ankle"))[here, 1] for side in BOTH_SIDES]
    seen = np.isfinite(lengths).all(axis=0)
    left, right = (length[seen] for length in lengths)
    if len(left) < 5:
        return float("nan")
    variance = np.cov(left, right)
    return float(variance[0, 1] / max(variance[0, 0], variance[1, 1])) if variance.any() else float("nan")


def of_hips(trial: Trial, excursion: Excursion) -> bool:
    """Return whether the hips move towards the feet in a whole excursion, and not the feet towards the hips."""
    hips = height(trial.pose, "mid_hip", leg_px=trial.calibration.leg_px)
    seen = np.isfinite(hips)
    if not (excursion.whole and seen.any()):
        return True
    at_s = (excursion.start_s, excursion.top_s)
    before, farthest = np.interp(at_s, trial.pose.time_s[seen], hips[seen])
    return bool(abs(farthest - before) > OWN_WAY * excursion.size)


def repetition(
    trial: Trial, number: int, excursion: Excursion, *, moments: Sequence[str], reason: str = ""
) -> Repetition:
    """Return an excursion as a repetition of both legs, or why it cannot be used.

    Parameters
    ----------
    moments : Sequence[str]
        what its three times from the one way to the other are called: it arrives, it is farthest, it sets out again.
    reason : str, optional
        why it is rejected, if that is known already.
    """
    times_s = (excursion.far_s, excursion.top_s, excursion.back_s)
    if not reason and not excursion.whole:
        reason = CUT
    here = (trial.pose.time_s >= excursion.start_s) & (trial.pose.time_s <= excursion.end_s)
    seen = np.isfinite(hips_above_ankles(trial)[here])
    if not reason and not seen.mean() >= _SEEN:
        reason = "hips or feet are not seen in it"
    return Repetition(
        "both", number, excursion.start_s, excursion.end_s, dict(zip(moments, times_s, strict=True)),
        accepted=not reason, reason=reason,
    )  # fmt: skip


def renumbered(found: Sequence[Repetition]) -> tuple[Repetition, ...]:
    """Return repetitions in the order of time, numbered from 0 on each side."""
    counts: dict[str, int] = {}
    ordered = []
    for one in sorted(found, key=lambda one: one.start_s):
        number = counts.get(one.side, 0)
        counts[one.side] = number + 1
        ordered.append(replace(one, number=number))
    return tuple(ordered)


# What most movements compute of a repetition


def largest(curve: str) -> Compute:
    """Return the function for the largest value of an angle of the repetition's side."""

    def value(trial: Trial, one: Repetition) -> float:
        seen = _seen(trial, curve, one)
        return float(seen.max()) if len(seen) else float("nan")

    return value


def largest_shown(curve: str) -> Compute:
    """Return the function for the largest value of an angle that is not to be seen all the time, as a knee in front."""

    def value(trial: Trial, one: Repetition) -> float:
        values = _between_frames(trial, curve, one, one.start_s, one.end_s)
        return float(np.nanmax(values)) if np.isfinite(values).any() else float("nan")

    return value


def at(curve: str, moment: str) -> Compute:
    """Return the function for an angle of the repetition's side at a moment."""

    def value(trial: Trial, one: Repetition) -> float:
        return float(trial.angle(f"{curve.format(side=one.side)}_deg", one.at(moment))[0])

    return value


def spread(curve: str) -> Compute:
    """Return the function for the range of an angle of the repetition's side."""

    def value(trial: Trial, one: Repetition) -> float:
        seen = _seen(trial, curve, one)
        return float(np.ptp(seen)) if len(seen) else float("nan")

    return value


def between(first: str, second: str) -> Compute:
    """Return the function for the time from one moment to another, s; ``start`` and ``end`` are moments too."""

    def value(trial: Trial, one: Repetition) -> float:
        ends = {"start": one.start_s, "end": one.end_s, **one.moments_s}
        return ends[second] - ends[first]

    return value


def frame_time(trial: Trial, mean: float) -> Unsure:
    """Return the uncertainty of a time between two moments that are each read off frames, s."""
    return Unsure(shared=1.0 / trial.pose.fps / np.sqrt(6.0))


def length_of_scale(trial: Trial, mean: float) -> Unsure:
    """Return the uncertainty of a length from that of the scale, in the length's unit."""
    share = {"known length": 0.02, "body height": 0.04}.get(trial.calibration.scale_source, 0.0)
    return Unsure(shared=abs(mean) * share)


def _seen(trial: Trial, curve: str, one: Repetition) -> FloatArray:
    """Return the values of an angle in a repetition, (n,) degrees; none where most of it is not seen.

    A little before and after it too: at its beginning and end a share of the way is behind or before it.
    """
    beside_s = _BESIDE * one.duration_s
    first_s, last_s = trial.pose.time_s[[0, -1]]
    start_s, end_s = max(one.start_s - beside_s, first_s), min(one.end_s + beside_s, last_s)
    values = _between_frames(trial, curve, one, start_s, end_s)
    seen = values[np.isfinite(values)]
    return seen if len(seen) >= _SEEN * len(values) else seen[:0]


def _between_frames(trial: Trial, curve: str, one: Repetition, start_s: float, end_s: float) -> FloatArray:
    """Return an angle of the repetition's side, (n,) degrees, between its frames too; NaN in gaps."""
    name = f"{curve.format(side=one.side)}_deg"
    values, time_s = trial.angle(name, start_s, end_s), trial.angles.time_s
    step_s = float(np.median(np.diff(time_s)))
    frames = trial.angles.values_deg[name][(time_s >= start_s - step_s) & (time_s <= end_s + step_s)]
    if not np.isfinite(frames).any():
        return values
    low, high = float(np.nanmin(frames)), float(np.nanmax(frames))
    more = _BETWEEN_FRAMES * (high - low)
    bounded: FloatArray = np.clip(values, low - more, high + more)
    return bounded
