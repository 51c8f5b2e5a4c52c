"""One person over time: where they were, and where they will be in the next frame."""

from __future__ import annotations

from collections import deque

import numpy as np

from gaitlab.core.person import Body, trunk
from gaitlab.core.pose import FloatArray
from gaitlab.core.skeleton import Skeleton

# The place is extrapolated from so many seconds; the extent of the swinging limbs is remembered a stride long.
_PLACE_S = 0.4
_FEW_PLACES = 3  # or from so many, of somebody who is looked for only now and then
_EXTENT_S = 1.0
_MIN_ASPECT = 0.45  # of the box; a runner seen with legs together will part them
_SURE = 0.3  # points below do not stretch the box
# Below the hips there is room for a leg, seen or not: longer than the trunk by this (thigh and shank 0.49 of the
# height against shoulder to hip 0.29).
_LEG_PER_TRUNK = 1.7
_LONGEST_STEP_S = 0.1  # limbs move at constant velocity no longer than this


class Track:
    """The bodies of one person, by frame.

    Attributes
    ----------
    number : int
        of the person, by order of appearance.
    dense
        whether the person is looked for in every frame.
    frames
        numbers of the frames with a body.
    times_s
        their times.
    bodies
        what was found in them.
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
        """Add what was found in a frame."""
        self.frames.append(frame)
        self.times_s.append(time_s)
        self.bodies.append(body)
        centre = trunk(body.xy, self._skeleton)
        sure = body.without(body.score >= _SURE)
        box = sure.box if np.isfinite(sure.box).all() else body.box
        box = _with_legs(box, body.xy, self._skeleton)
        self._recent.append((time_s, centre, box - np.tile(centre, 2)))
        while time_s - self._recent[0][0] > _EXTENT_S and len(self._recent) > _FEW_PLACES:
            self._recent.popleft()

    def hidden_s(self, time_s: float) -> float:
        """Return for how long the person has not been seen."""
        return time_s - self.times_s[-1]

    def box(self, time_s: float) -> FloatArray:
        """Return (4,) px where the person will be, all swinging limbs included: steady, so that crops are."""
        extents = np.array([extent for _, _, extent in self._recent])
        low, high = np.percentile(extents[:, :2], 10, axis=0), np.percentile(extents[:, 2:], 90, axis=0)
        narrow = max(_MIN_ASPECT * (high[1] - low[1]) - (high[0] - low[0]), 0.0) / 2
        extent = np.array([low[0] - narrow, low[1], high[0] + narrow, high[1]])
        return extent + np.tile(self._place(time_s), 2)

    def guess(self, time_s: float) -> Body:
        """Return the points as they will be at constant velocity."""
        last, hidden_s = self.bodies[-1], self.hidden_s(time_s)
        step_s = self.times_s[-1] - self.times_s[-2] if len(self.bodies) > 1 else np.inf
        if max(step_s, hidden_s) > _LONGEST_STEP_S:  # limbs are anywhere by now: the body as a whole moves on
            return Body(last.xy + self._place(time_s) - self._place(self.times_s[-1]), last.score)
        velocity = np.nan_to_num((last.xy - self.bodies[-2].xy) / step_s)
        return Body(last.xy + velocity * hidden_s, last.score)

    def _place(self, time_s: float) -> FloatArray:
        """Where the trunk will be: the straight line through the last few places."""
        newest = self._recent[-1][0]
        count = max(sum(newest - t <= _PLACE_S for t, _, _ in self._recent), min(_FEW_PLACES, len(self._recent)))
        times, places, _ = zip(*list(self._recent)[-count:], strict=True)
        middle_s, mean = float(np.mean(times)), np.mean(places, axis=0)
        spread = np.array(times) - middle_s
        if count < _FEW_PLACES or not spread.any():
            return np.asarray(places[-1])
        slope = (spread[:, None] * (np.array(places) - mean)).sum(axis=0) / (spread**2).sum()
        # No further ahead than the places reach back.
        ahead_s = min(time_s - newest, max(_PLACE_S, (newest - times[0]) / 2))
        return np.asarray(mean + slope * (newest + ahead_s - middle_s))


def _with_legs(box: FloatArray, xy: FloatArray, skeleton: Skeleton) -> FloatArray:
    """Return the box with room for both legs: a crop that cuts a foot off would never see it."""
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
