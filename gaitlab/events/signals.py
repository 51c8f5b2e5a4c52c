"""Movement of one leg on a fine uniform time grid, from which the features of events are read.

Lengths are in leg lengths (thigh plus shank) and heights are relative to the belt, so that curves do not depend on the
scale, the position in the image, the frame rate, or where on the foot a network places its keypoints.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from gaitlab.core.errors import InputError
from gaitlab.core.gait import BOTH_SIDES, Side
from gaitlab.core.metric import View
from gaitlab.core.pose import FloatArray, PoseSequence
from gaitlab.signal.smoothing import savitzky_golay
from gaitlab.signal.spline import resample

RATE_HZ = 250.0
# Shortest recording that gives gait events: a pass through the picture is short, two steps seen from the side.
SHORTEST_S: Mapping[View, float] = {"side": 0.8, "rear": 2.0}
# Passes the movement of the foot at impact and attenuates keypoint noise.
_CUTOFF_HZ = 12.0
# Longer gaps are not interpolated: an event within would be invented.
LONGEST_GAP_S = 0.12
# A person who moves faster than this through the image, leg lengths per second, is not on a treadmill.
_LEAST_TRAVEL = 0.5
# Feet visible in less than this share of the ankle's frames are ignored.
_LEAST_FEET_SEEN = 0.5
_POINTS = ("hip", "knee", "ankle", "heel", "big_toe", "small_toe")


@dataclass(frozen=True, slots=True, eq=False)
class LegPoints:
    """A leg in the runner's frame, X forward and Y up, in leg lengths.

    Attributes
    ----------
    time_s : FloatArray
        (time,) s, uniform at `RATE_HZ`.
    xy : dict[str, FloatArray]
        point name to (time, 2) leg lengths: ``mid_hip hip knee ankle heel big_toe small_toe`` and ``toe``, the big toe
        or, if that was never detected, the small toe; all NaN for a point never detected.
    leg_px : float
        thigh plus shank, px.
    side : Side
        left or right.
    feet : bool
        whether heel and toe were seen, for most of the time at least.
    forward : int
        +1 where X runs to image-right, -1 where it runs to image-left.
    """

    time_s: FloatArray
    xy: dict[str, FloatArray]
    leg_px: float
    side: Side
    feet: bool
    forward: int

    def slope(self, values: FloatArray) -> FloatArray:
        """Return the rate of change per second of (time, …) values."""
        return np.gradient(values, 1 / RATE_HZ, axis=0)

    @property
    def foot_x(self) -> FloatArray:
        """(time,) X of the middle of the foot, or of the ankle without visible feet, leg lengths."""
        if self.feet:
            return (self.xy["heel"][:, 0] + self.xy["toe"][:, 0]) / 2
        return self.xy["ankle"][:, 0]

    @property
    def reach(self) -> FloatArray:
        """(time,) distance of the foot ahead of the hips, leg lengths."""
        return self.foot_x - self.xy["mid_hip"][:, 0]


def _travel_px_per_s(hips_x: FloatArray, time_s: FloatArray, leg_px: float) -> float:
    """Return the speed of a person through the image, px/s; 0 for one who only drifts on a treadmill."""
    seen = np.isfinite(hips_x)
    speed = float(np.polyfit(time_s[seen] - time_s[0], hips_x[seen], 1)[0]) if seen.sum() >= 2 else 0.0
    return speed if abs(speed) > _LEAST_TRAVEL * leg_px else 0.0


def leg_points(pose: PoseSequence, side: Side, *, forward: int) -> LegPoints:
    """Return one leg on the fine grid, smoothed; NaN in gaps longer than `LONGEST_GAP_S`.

    Parameters
    ----------
    pose : PoseSequence
        preprocessed but unsmoothed keypoints.
    side : Side
        left or right.
    forward : int
        +1 if the runner faces image-right, -1 if image-left.

    Notes
    -----
    The mean velocity of a person who moves past the camera is subtracted, so that the ground moves like a belt. A
    spline interpolates to `RATE_HZ` for every frame rate, and the same low-pass filter follows.
    """
    names = ("mid_hip", *(f"{side}_{point}" for point in _POINTS))
    picture = np.stack([pose.point(name) for name in names], axis=1)
    time_s = np.arange(pose.time_s[0], pose.time_s[-1], 1 / RATE_HZ)
    flat = picture.reshape(len(pose), -1)
    fine = resample(flat, pose.time_s, time_s, longest_gap_s=LONGEST_GAP_S)
    fine = savitzky_golay(fine, time_s, cutoff_hz=_CUTOFF_HZ)
    points = fine.reshape(len(time_s), len(names), 2)
    thigh, shank = picture[:, 2] - picture[:, 1], picture[:, 3] - picture[:, 2]
    length = np.linalg.norm(thigh, axis=1) + np.linalg.norm(shank, axis=1)
    leg_px = float(np.nanmedian(length)) if np.isfinite(length).any() else float("nan")
    points[..., 0] -= _travel_px_per_s(picture[:, 0, 0], pose.time_s, leg_px) * (time_s - time_s[0])[:, None]
    points = points * np.array([forward, -1.0])
    xy = {name.removeprefix(f"{side}_"): points[:, i] / leg_px for i, name in enumerate(names)}
    xy["toe"] = xy["big_toe"] if np.isfinite(xy["big_toe"]).any() else xy["small_toe"]
    heel, toe, ankle = (np.isfinite(xy[point][:, 0]).sum() for point in ("heel", "toe", "ankle"))
    feet = bool(min(heel, toe) > _LEAST_FEET_SEEN * ankle)
    return LegPoints(time_s, xy, leg_px, side, feet, forward)


def bridged(values: FloatArray) -> FloatArray:
    """Return (time,) values with gaps interpolated linearly, for the search of coarse extremes only."""
    seen = np.flatnonzero(np.isfinite(values))
    return np.interp(np.arange(len(values)), seen, values[seen])


def check_legs_seen(pose: PoseSequence, *, also: tuple[str, ...] = (), shortest_s: float = SHORTEST_S["rear"]) -> None:
    """Raise InputError if a leg joint (or one of ``also``) was never detected or the recording is too short."""
    needed = [*also, *(f"{side}_{point}" for side in BOTH_SIDES for point in ("hip", "knee", "ankle"))]
    missing = [name for name in needed if not pose.seen(name)]
    if missing:
        raise InputError(
            f"gait events need hips, knees and ankles of both legs, but {', '.join(missing)} never came; "
            "use a model or a keypoint file that has them"
        )
    check_long_enough(pose, shortest_s=shortest_s)


def check_long_enough(pose: PoseSequence, *, shortest_s: float = SHORTEST_S["rear"]) -> None:
    """Raise InputError if the recording is shorter than ``shortest_s``."""
    duration_s = float(pose.time_s[-1] - pose.time_s[0])
    if duration_s < shortest_s:
        raise InputError(
            f"gait events need {shortest_s:g} s of recording or more, not "
            f"{np.floor(100 * duration_s) / 100:.2f} s; record longer, or use more of the recording"
        )
