"""Combination of two networks: legs from one without feet, feet from another where both agree on the ankle."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from gaitlab.core.person import Body
from gaitlab.core.pose import FloatArray
from gaitlab.core.skeleton import SIDES, SKELETONS, Skeleton
from gaitlab.io.video.reader import Image
from gaitlab.pose.networks.blazepose import BlazePose
from gaitlab.pose.networks.openpose import OpenPose
from gaitlab.pose.networks.window import Window

# Largest distance at which the two ankles are the same, as a share of the person's height.
_SAME_ANKLE = 0.06
_FOOT = ("heel", "big_toe")
# Below this confidence the first network's ankle is correct in a third of the frames, and the second's is better.
_SURE_ANKLE = 0.3
_SECOND_HAND = 0.4  # upper limit of its confidence: about half of these ankles are correct


class LegsAndFeet:
    """Heels and toes from the second network, all other keypoints from the first.

    Attributes and methods are those of `estimator.PoseEstimator`.
    """

    def __init__(self, name: str, legs: OpenPose, feet: BlazePose) -> None:
        self.name = name
        self.skeleton = SKELETONS["body_25"]
        self.detection_interval_s = legs.detection_interval_s
        self._legs, self._feet = legs, feet
        self._from_legs = columns_of(legs.skeleton, self.skeleton)
        self.model: dict[str, Any] = {"name": name, "legs": legs.model, "feet": feet.model}

    def detect_people(self, image: Image, *, least_height_px: float = 0.0, unsure: bool = False) -> list[Body]:
        """Return all people in the image, without feet, by decreasing score."""
        return [self._widened(body) for body in self._legs.detect_people(image, unsure=unsure)]

    def detect_person(self, image: Image, box: FloatArray, guess: Body, *, mirrored: bool | None = None) -> Body | None:
        """Return the person around ``box`` most similar to ``guess``; None if there is none.

        Parameters are those of `estimator.PoseEstimator.detect_person`.
        """
        narrow = Body(guess.xy[self._from_legs], guess.score[self._from_legs])
        legs = self._legs.detect_person(image, box, narrow)
        if legs is None:
            return None
        feet = self._feet.as_posed(image, box, legs, self._legs.skeleton)
        whole = self._widened(legs)
        if feet is None:
            return whole
        reach_px = _SAME_ANKLE * float(box[3] - box[1])
        return with_feet(whole, self.skeleton, feet, self._feet.skeleton, reach_px=reach_px)

    def heatmaps(self, image: Image) -> tuple[FloatArray, Window]:
        """Return the first network's (keypoint, row, column) heatmaps in this skeleton's order, and their window."""
        narrow, window = self._legs.heatmaps(image)
        maps = np.zeros((len(self.skeleton), *narrow.shape[1:]))
        maps[self._from_legs] = narrow
        return maps, window

    def _widened(self, legs: Body) -> Body:
        xy, score = np.full((len(self.skeleton), 2), np.nan), np.zeros(len(self.skeleton))
        xy[self._from_legs], score[self._from_legs] = legs.xy, legs.score
        hips = [self.skeleton.index(f"{side}_hip") for side in SIDES]
        middle = self.skeleton.index("mid_hip")
        xy[middle], score[middle] = xy[hips].mean(axis=0), score[hips].min()
        return Body(xy, score)


def columns_of(narrow: Skeleton, wide: Skeleton) -> np.ndarray:
    """Return for every keypoint of ``narrow`` its column in ``wide``."""
    return np.array([wide.index(name) for name in narrow.names])


def with_feet(body: Body, skeleton: Skeleton, feet: Body, feet_skeleton: Skeleton, *, reach_px: float) -> Body:
    """Return the body with heels and toes of ``feet``, translated so that the ankles coincide.

    The networks may disagree on left and right: each ankle receives the foot of the nearer ankle of the other network,
    or none beyond ``reach_px``.
    """
    xy, score = body.xy.copy(), body.score.copy()
    knees = np.array([feet.xy[feet_skeleton.index(f"{side}_knee")] for side in SIDES])
    ankles = np.array([feet.xy[feet_skeleton.index(f"{side}_ankle")] for side in SIDES])
    for side in SIDES:
        own = SIDES.index(side)
        ankle, knee = (body.xy[skeleton.index(f"{side}_{point}")] for point in ("ankle", "knee"))
        unsure = not body.score[skeleton.index(f"{side}_ankle")] >= _SURE_ANKLE
        if unsure and np.linalg.norm(knees[own] - knee) <= reach_px:
            for point in ("ankle", *_FOOT):
                source, target = feet_skeleton.index(f"{side}_{point}"), skeleton.index(f"{side}_{point}")
                xy[target], score[target] = feet.xy[source], min(feet.score[source], _SECOND_HAND)
            continue
        distance = np.linalg.norm(ankles - ankle, axis=1)
        if not np.isfinite(distance).all() or distance.min() > reach_px:
            continue
        nearest = _nearest_side(distance, own)
        for point in _FOOT:
            source, target = feet_skeleton.index(f"{SIDES[nearest]}_{point}"), skeleton.index(f"{side}_{point}")
            xy[target] = feet.xy[source] + ankle - ankles[nearest]
            score[target] = min(feet.score[source], body.score[skeleton.index(f"{side}_ankle")])
    return Body(xy, score)


def _nearest_side(distance: Sequence[float] | FloatArray, own: int) -> int:
    """Return the index of the nearer ankle; the own side if both are about as near (ankles that pass each other)."""
    other = 1 - own
    return own if distance[own] <= 2 * distance[other] else other
