"""One leg's movement as curves on a fine uniform time grid: what every mark of an event is read from.

Lengths are in leg lengths (thigh plus shank) and heights are above the belt, so that no curve depends on the scale,
the place in the picture, the frame rate, or where on the foot a network puts its points.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gaitlab.core.errors import InputError
from gaitlab.core.gait import BOTH_SIDES, Side
from gaitlab.core.pose import FloatArray, PoseSequence
from gaitlab.signal.smoothing import savitzky_golay
from gaitlab.signal.spline import resample

RATE_HZ = 250.0
_SHORTEST_RECORDING_S = 2.0
# Fast enough for the impact of the foot, slow enough for the noise of keypoints.
_CUTOFF_HZ = 12.0
# Longer gaps stay open: an event within would be invented.
LONGEST_GAP_S = 0.12
# Whoever goes faster than this through the picture, leg lengths a second, is not on a treadmill.
_TRAVELS = 0.5
# Feet seen less often than this share of the ankle are left out: a track of shreds is no track.
_FEET_SEEN = 0.5
_POINTS = ("hip", "knee", "ankle", "heel", "big_toe", "small_toe")


@dataclass(frozen=True, slots=True, eq=False)
class LegPoints:
    """A leg in the runner's frame, X forward and Y up, in leg lengths.

    Attributes
    ----------
    time_s : FloatArray
        (time,) uniform, `RATE_HZ`.
    xy : dict[str, FloatArray]
        point name to (time, 2): ``mid_hip hip knee ankle heel big_toe small_toe`` and ``toe``, the big one or, where
        that was never seen, the small; all NaN where never seen.
    leg_px : float
        thigh plus shank.
    side : Side
        whose leg.
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
        """Return the rate of change a second of (time, …) values."""
        return np.gradient(values, 1 / RATE_HZ, axis=0)

    @property
    def foot_x(self) -> FloatArray:
        """(time,) the middle of the foot, the ankle where the foot was never seen."""
        if self.feet:
            return (self.xy["heel"][:, 0] + self.xy["toe"][:, 0]) / 2
        return self.xy["ankle"][:, 0]

    @property
    def reach(self) -> FloatArray:
        """(time,) how far the foot is ahead of the hips."""
        return self.foot_x - self.xy["mid_hip"][:, 0]


def _travel_px_per_s(hips_x: FloatArray, time_s: FloatArray, leg_px: float) -> float:
    """Return how fast a person goes through the picture, 0 for one who only drifts about on a treadmill."""
    seen = np.isfinite(hips_x)
    speed = float(np.polyfit(time_s[seen] - time_s[0], hips_x[seen], 1)[0]) if seen.sum() >= 2 else 0.0
    return speed if abs(speed) > _TRAVELS * leg_px else 0.0


def leg_points(pose: PoseSequence, side: Side, *, forward: int) -> LegPoints:
    """Return one leg on the fine grid, smoothed; NaN in gaps longer than `LONGEST_GAP_S`.

    A person who travels past the camera is held in place, so that the ground becomes a belt. The spline puts samples
    between the frames whatever the frame rate, then one and the same low-pass follows.
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
    feet = bool(min(heel, toe) > _FEET_SEEN * ankle)
    return LegPoints(time_s, xy, leg_px, side, feet, forward)


def bridged(values: FloatArray) -> FloatArray:
    """Return (time,) values with gaps bridged by straight lines, for the search of coarse extremes only."""
    seen = np.flatnonzero(np.isfinite(values))
    return np.interp(np.arange(len(values)), seen, values[seen])


def check_legs_seen(pose: PoseSequence, *, also: tuple[str, ...] = ()) -> None:
    """Raise InputError where a joint of a leg (or of ``also``) was never seen, or the recording is under 2 s."""
    needed = [*also, *(f"{side}_{point}" for side in BOTH_SIDES for point in ("hip", "knee", "ankle"))]
    missing = [name for name in needed if not pose.seen(name)]
    if missing:
        raise InputError(
            f"gait events need hips, knees and ankles of both legs, but {', '.join(missing)} never came; "
            "use a model or a keypoint file that has them"
        )
    check_long_enough(pose)


def check_long_enough(pose: PoseSequence) -> None:
    """Raise InputError where the recording is under 2 s."""
    duration_s = float(pose.time_s[-1] - pose.time_s[0])
    if duration_s < _SHORTEST_RECORDING_S:
        raise InputError(
            f"gait events need {_SHORTEST_RECORDING_S:g} s of recording or more, not {duration_s:.2f} s; "
            "record longer, or use more of the recording"
        )
