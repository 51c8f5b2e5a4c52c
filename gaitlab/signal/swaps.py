"""Which leg is which over time: the names of both legs in every frame, by the motion of one against the other.

A network names the legs frame by frame and confuses them where they cross or look alike. What is left minus right of
each point only changes its sign when the names are exchanged, and says nothing of where the runner is or goes: a belt,
a pass through the picture and a camera that follows are all alike. The signs that make it move smoothly are found.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from gaitlab.core.pose import FloatArray

# All lengths are in sizes of the lower leg. Found on motion-captured runners with exchanges, errors and gaps put in
# (``python -m benchmarks.left_right_made``).
# Error of a point of one frame, and how fast the velocity of one leg against the other wanders: variance per second.
_ERROR: Final = 0.16
_WANDER_PER_S3: Final = 150.0
# The legs swing against each other like a spring of about this angular frequency: some 1.4 Hz in running.
_SPRING_PER_S: Final = 7.0
# Before anything is known: spread of place and velocity. Nor is more ever unknown, however long a leg is hidden.
_PLACE, _VELOCITY_PER_S = 1.0, 8.0
# Upper limit of what the error of a point costs, for robustness to outliers.
_CAP: Final = 12.0
# What a change of names costs, and a second of exchanged ones: the names are kept without evidence against them.
_CHANGE: Final = 1.5
_EXCHANGED_PER_S: Final = 25.0
# Distance of points, one leg against the other, from which their names count fully.
_APART: Final = 0.5
# Points of a leg err together: more than so many do not count for more.
_INDEPENDENT_POINTS: Final = 2
# The cheapest way is kept for every combination of names in the last so many frames.
_REMEMBERED: Final = 3


@dataclass(frozen=True, slots=True, eq=False)
class _Motion:
    """One leg against the other, as each way that is kept has it.

    Attributes
    ----------
    place, velocity : FloatArray
        (way, point, 2) leg sizes, and leg sizes per second.
    place_variance, covariance, velocity_variance : FloatArray
        (way, point), the same along both axes.
    """

    place: FloatArray
    velocity: FloatArray
    place_variance: FloatArray
    covariance: FloatArray
    velocity_variance: FloatArray

    def after(self, step_s: float) -> _Motion:
        """Return the motion predicted a step later, s: that of a spring whose velocity wanders."""
        on, back = np.cos(_SPRING_PER_S * step_s), np.sin(_SPRING_PER_S * step_s)
        along, against = back / _SPRING_PER_S, -back * _SPRING_PER_S
        place_variance = (
            on**2 * self.place_variance
            + 2 * on * along * self.covariance
            + along**2 * self.velocity_variance
            + _WANDER_PER_S3 * step_s**3 / 3
        )
        covariance = (
            on * against * self.place_variance
            + (on**2 + along * against) * self.covariance
            + on * along * self.velocity_variance
            + _WANDER_PER_S3 * step_s**2 / 2
        )
        velocity_variance = (
            against**2 * self.place_variance
            + 2 * on * against * self.covariance
            + on**2 * self.velocity_variance
            + _WANDER_PER_S3 * step_s
        )
        place_variance = np.minimum(place_variance, _PLACE**2)
        velocity_variance = np.minimum(velocity_variance, _VELOCITY_PER_S**2)
        limit = np.sqrt(place_variance * velocity_variance)
        return _Motion(
            on * self.place + along * self.velocity, against * self.place + on * self.velocity, place_variance,
            np.clip(covariance, -limit, limit), velocity_variance,
        )  # fmt: skip

    def of(self, ways: np.ndarray) -> _Motion:
        """Return the motion of some ways, (new way,) numbers."""
        return _Motion(
            self.place[ways], self.velocity[ways], self.place_variance[ways], self.covariance[ways],
            self.velocity_variance[ways],
        )  # fmt: skip

    def with_seen(self, off: FloatArray, surprise: FloatArray, seen: np.ndarray) -> _Motion:
        """Return the motion after a frame (Kalman filter); a point that surprises beyond the cap moves it less.

        ``off`` is (way, point, 2), ``surprise`` (way, point) as in `_surprise`, ``seen`` (point,).
        """
        trust = seen / ((self.place_variance + _ERROR**2) * np.maximum(surprise / _CAP, 1.0))
        gain, gain_per_s = self.place_variance * trust, self.covariance * trust
        return _Motion(
            self.place + gain[..., None] * off,
            self.velocity + gain_per_s[..., None] * off,
            self.place_variance * (1 - gain),
            self.covariance * (1 - gain),
            self.velocity_variance - gain_per_s * self.covariance,
        )


def swapped_frames(left: FloatArray, right: FloatArray, time_s: FloatArray) -> np.ndarray:
    """Detect frames in which the left and right legs are swapped.

    Parameters
    ----------
    left, right : FloatArray
        (frame, point, 2) px, the same points of each leg; NaN where missing.
    time_s : FloatArray
        (frame,) seconds.

    Returns
    -------
    np.ndarray
        (frame,) True for swapped frames.

    Notes
    -----
    Each frame is either correct or swapped. The Viterbi algorithm minimises the cost of the whole sequence: how far
    left minus right of each point lies from where a Kalman filter of a spring whose velocity wanders expects it, half
    the squared distance in standard deviations, and small costs that keep the names. What the filter expects depends on
    all names so far; the cheapest way is kept for every combination of names in the last frames ("per-survivor
    processing", Raheli, Polydoros and Tzou 1995, IEEE Transactions on Communications 43:354-364).

    Frames in which a leg is missing tell nothing. Names that are exchanged from the first frame to the last cannot be
    told from right ones.
    """
    swapped = np.zeros(len(time_s), dtype=bool)
    seen = np.isfinite(left[..., 0]) & np.isfinite(right[..., 0])
    size = _leg_size(left, right)
    if len(time_s) < 3 or not seen.any() or not size > 0:  # one point per leg, or all in one place
        return swapped
    apart = np.where(seen[..., None], left - right, 0.0) / size
    ways = 1 << _REMEMBERED
    way = np.arange(ways)
    now = (way & 1).astype(bool)  # the latest frame is the lowest bit
    before = (way >> 1)[:, None] | (np.arange(2) << (_REMEMBERED - 1))[None]  # (way, 2)
    change = _CHANGE * (now[:, None] != (before & 1))
    sign = np.where(now, -1.0, 1.0)[:, None, None]
    points = left.shape[1]
    motion = _Motion(
        np.zeros((ways, points, 2)), np.zeros((ways, points, 2)), np.full((ways, points), _PLACE**2),
        np.zeros((ways, points)), np.full((ways, points), _VELOCITY_PER_S**2),
    )  # fmt: skip
    # Names of legs that lie together are as good as drawn by lot.
    told = np.minimum(np.linalg.norm(apart, axis=-1) / _APART, 1.0).sum(axis=1) / np.maximum(seen.sum(axis=1), 1)
    cost = np.where(np.isin(way, (0, ways - 1)), 0.0, np.inf)  # before the first frame: all correct, or all swapped
    came_from = np.zeros((len(time_s), ways), dtype=np.int64)
    steps_s = np.diff(time_s, prepend=time_s[0])
    usual_s = float(np.median(steps_s[1:]))
    for i, step_s in enumerate(steps_s):
        motion = motion.after(step_s)
        off = (sign * apart[i])[:, None] - motion.place[before]  # (way, 2, point, 2)
        surprise = _surprise(off, motion.place_variance[before])
        share = min(1.0, _INDEPENDENT_POINTS / max(int(seen[i].sum()), 1))
        miss = share * (np.minimum(surprise, _CAP) * seen[i]).sum(axis=-1)
        through = cost[before] + miss + change + _EXCHANGED_PER_S * (step_s or usual_s) * told[i] * now[:, None]
        best = np.argmin(through, axis=1)
        came_from[i], cost = before[way, best], through[way, best]
        motion = motion.of(came_from[i]).with_seen(off[way, best], surprise[way, best], seen[i])
    last = int(np.argmin(cost))
    for i in range(len(time_s) - 1, -1, -1):
        swapped[i], last = now[last], came_from[i, last]
    return swapped


def _surprise(off: FloatArray, place_variance: FloatArray) -> FloatArray:
    """Return half the squared distance in standard deviations, (..., point) of (..., point, 2)."""
    half: FloatArray = 0.5 * (off**2).sum(axis=-1) / (place_variance + _ERROR**2)
    return half


def _leg_size(left: FloatArray, right: FloatArray) -> float:
    """Return the median extent of the points of a leg, px; NaN where never two of them are seen."""
    legs = np.concatenate([left, right])
    legs = legs[np.isfinite(legs[..., 0]).sum(axis=1) > 1]
    return float(np.median((np.nanmax(legs, axis=1) - np.nanmin(legs, axis=1)).max(axis=1))) if len(legs) else np.nan
