"""Track of one person: past positions and prediction for the next frame."""

from __future__ import annotations

from bisect import bisect_left
from collections import deque

import numpy as np

from gaitlab.core.person import Body, trunk
from gaitlab.core.pose import FloatArray
from gaitlab.core.skeleton import Skeleton

# The position is extrapolated from this much time; the extent of the swinging limbs is kept for about a stride.
_POSITION_S = 0.4
_FEWEST_POSITIONS = 3  # or from this many, for a person detected only occasionally
_EXTENT_S = 1.0
_MIN_ASPECT = 0.45  # width to height of the box; a runner seen with the legs together will separate them
_SURE = 0.3  # keypoints with a lower confidence do not extend the box
# The box includes the legs, visible or not: ratio of leg to trunk length (thigh and shank 0.49 of the height, shoulder
# to hip 0.29).
_LEG_PER_TRUNK = 1.7
_LONGEST_STEP_S = 0.1  # longest extrapolation of limbs at constant velocity
# Intervals may be off by so much: otherwise rounding decides whether 0.4 s are 24 frames of 60 Hz or 25.
ROUNDED_S = 1e-3


class Track:
    """The bodies of one person, by frame.

    Attributes
    ----------
    number : int
        number of the person, by order of appearance.
    dense : bool
        whether the person is detected in every frame.
    frames : list[int]
        numbers of the frames with a body.
    times_s : list[float]
        times of these frames, s.
    bodies : list[Body]
        bodies in these frames.
    """

    def __init__(self, number: int, skeleton: Skeleton) -> None:
        self.number = number
        self.dense = True
        self.frames: list[int] = []
        self.times_s: list[float] = []
        self.bodies: list[Body] = []
        self._skeleton = skeleton
        self._recent: deque[tuple[float, FloatArray, FloatArray]] = deque()  # time, trunk, extent round the trunk

    def add(self, frame: int, time_s: float, body: Body) -> None:
        """Append the body detected in a frame."""
        self.frames.append(frame)
        self.times_s.append(time_s)
        self.bodies.append(body)
        centre = trunk(body.xy, self._skeleton)
        sure = body.without(body.score >= _SURE)
        box = sure.box if np.isfinite(sure.box).all() else body.box
        box = _with_legs(box, body.xy, self._skeleton)
        self._recent.append((time_s, centre, box - np.tile(centre, 2)))
        while time_s - self._recent[0][0] > _EXTENT_S + ROUNDED_S and len(self._recent) > _FEWEST_POSITIONS:
            self._recent.popleft()

    def take_over(self, other: Track, since_s: float) -> None:
        """Take another track's bodies from a time on, s, in frames in which this one has none; the other loses them."""
        mine, others = self._cut(since_s - _EXTENT_S), other._cut(since_s)
        self._recent.clear()
        other.dense = False
        for frame, (time_s, body) in sorted((others | mine).items()):
            self.add(frame, time_s, body)

    def _cut(self, since_s: float) -> dict[int, tuple[float, Body]]:
        """Remove and return what was seen from a time on, but for the first body, by frame."""
        first = max(bisect_left(self.times_s, since_s), 1)
        cut = {
            f: (t, b) for f, t, b in zip(*(c[first:] for c in (self.frames, self.times_s, self.bodies)), strict=True)
        }
        del self.frames[first:], self.times_s[first:], self.bodies[first:]
        return cut

    def seen_since(self, time_s: float) -> int:
        """Return the number of frames with a body from a time on, s."""
        return len(self.times_s) - bisect_left(self.times_s, time_s)

    def hidden_s(self, time_s: float) -> float:
        """Return the time since the last detection, s."""
        return time_s - self.times_s[-1]

    def box(self, time_s: float) -> FloatArray:
        """Return the predicted box, (4,) px, with all swinging limbs; smooth over time, so that crops are too."""
        extents = np.sort([extent for _, _, extent in self._recent], axis=0)
        low, high = _quantile(extents[:, :2], 0.1), _quantile(extents[:, 2:], 0.9)
        narrow = max(_MIN_ASPECT * (high[1] - low[1]) - (high[0] - low[0]), 0.0) / 2
        extent = np.array([low[0] - narrow, low[1], high[0] + narrow, high[1]])
        return extent + np.tile(self._position(time_s), 2)

    def guess(self, time_s: float) -> Body:
        """Return the body predicted for ``time_s`` with constant velocity."""
        last, hidden_s = self.bodies[-1], self.hidden_s(time_s)
        step_s = self.times_s[-1] - self.times_s[-2] if len(self.bodies) > 1 else np.inf
        if max(step_s, hidden_s) > _LONGEST_STEP_S + ROUNDED_S:
            # Limbs are unpredictable: translate the body as a whole.
            return Body(last.xy + self._position(time_s) - self._position(self.times_s[-1]), last.score)
        velocity = np.nan_to_num((last.xy - self.bodies[-2].xy) / step_s)
        return Body(last.xy + velocity * hidden_s, last.score)

    def _position(self, time_s: float) -> FloatArray:
        """Return the predicted trunk position, (2,) px, by linear regression on the last few positions."""
        newest = self._recent[-1][0]
        near = sum(newest - t <= _POSITION_S + ROUNDED_S for t, _, _ in self._recent)
        count = max(near, min(_FEWEST_POSITIONS, len(self._recent)))
        times, positions, _ = zip(*list(self._recent)[-count:], strict=True)
        middle_s, mean = float(np.mean(times)), np.mean(positions, axis=0)
        spread = np.array(times) - middle_s
        if count < _FEWEST_POSITIONS or not spread.any():
            return np.asarray(positions[-1])
        slope = (spread[:, None] * (np.array(positions) - mean)).sum(axis=0) / (spread**2).sum()
        # Extrapolate no further than the past positions extend.
        ahead_s = min(time_s - newest, max(_POSITION_S, (newest - times[0]) / 2))
        return np.asarray(mean + slope * (newest + ahead_s - middle_s))


def _quantile(ordered: FloatArray, share: float) -> FloatArray:
    """Return the quantile of each column of sorted values, as np.quantile does in many times the time."""
    place = share * (len(ordered) - 1)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    quantile: FloatArray = ordered[below] + (place - below) * (ordered[above] - ordered[below])
    return quantile


def _with_legs(box: FloatArray, xy: FloatArray, skeleton: Skeleton) -> FloatArray:
    """Return the box extended to include both legs, because a foot outside the crop would never be detected."""
    shoulders, hips = (
        [xy[skeleton.index(f"{side}_{joint}")] for side in ("left", "right") if f"{side}_{joint}" in skeleton]
        for joint in ("shoulder", "hip")
    )
    top, bottom = (np.array([p for p in points if np.isfinite(p).all()]) for points in (shoulders, hips))
    if not len(top) or not len(bottom):
        return box
    length = float(np.linalg.norm(bottom.mean(axis=0) - top.mean(axis=0)))
    low = float(bottom[:, 1].mean()) + _LEG_PER_TRUNK * length
    return np.array([box[0], box[1], box[2], max(float(box[3]), low)])
