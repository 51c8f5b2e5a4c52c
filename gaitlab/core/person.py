"""One person in one image: keypoint positions and their confidences."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gaitlab.core.pose import FloatArray
from gaitlab.core.skeleton import FROM_BEHIND, Skeleton
from gaitlab.core.units import Marks

# Least distance from left to right shoulder and hip of a rear view, relative to the keypoints' height: 0.16 on average
# in an exact rear view, this much up to 45° off it; a side view 40° off has less.
_RIGHT_OF_LEFT = 0.115


@dataclass(frozen=True, slots=True, eq=False)
class Body:
    """Keypoints of one person.

    Attributes
    ----------
    xy : FloatArray
        (keypoint, 2) image px, NaN where not detected.
    score : FloatArray
        (keypoint,) confidence, 0 to 1.
    """

    xy: FloatArray
    score: FloatArray

    @property
    def box(self) -> FloatArray:
        """Bounding box of the detected keypoints, (4,) px: left, top, right, bottom; NaN if there are none."""
        seen = self.xy[np.isfinite(self.xy[:, 0])]
        return np.concatenate([seen.min(axis=0), seen.max(axis=0)]) if len(seen) else np.full(4, np.nan)

    @property
    def total(self) -> float:
        """Sum of the confidences of the detected keypoints."""
        return float(self.score[np.isfinite(self.xy[:, 0])].sum())

    def point(self, skeleton: Skeleton, name: str) -> FloatArray:
        """Return the (2,) px of a keypoint by name, NaN if it is missing."""
        return self.xy[skeleton.index(name)] if name in skeleton else np.full(2, np.nan)

    def without(self, keep: np.ndarray) -> Body:
        """Return the body reduced to the keypoints where the boolean (keypoint,) ``keep`` is true."""
        return Body(np.where(keep[:, None], self.xy, np.nan), np.where(keep, self.score, 0.0))


def from_behind(body: Body, skeleton: Skeleton) -> bool:
    """Whether somebody is seen from behind; not, where a shoulder or hip is missing."""
    apart = [
        body.point(skeleton, f"right_{name}")[0] - body.point(skeleton, f"left_{name}")[0]
        for name in ("shoulder", "hip")
    ]
    return bool(np.mean(apart) > _RIGHT_OF_LEFT * box_height(body.box))


def drawable(body: Body, skeleton: Skeleton) -> Body:
    """Return a body without the lines of heel and calf, loose dots, unless it is seen from behind."""
    if from_behind(body, skeleton):
        return body
    return body.without(np.array([name.partition("_")[2] not in FROM_BEHIND for name in skeleton.names]))


def trunk(xy: FloatArray, skeleton: Skeleton) -> FloatArray:
    """Return the trunk centre, (…, 2) px, from (…, keypoint, 2) px: the mean of the detected shoulders and hips.

    Without any of them it is the mean of all detected keypoints.
    """
    names = [n for s in ("left", "right") for n in (f"{s}_shoulder", f"{s}_hip") if n in skeleton]
    points = xy[..., [skeleton.index(n) for n in names], :]
    middle = _mean(points)
    return np.where(np.isfinite(middle), middle, _mean(xy))


def _mean(points: FloatArray) -> FloatArray:
    """Return the mean of the finite values over the second to last axis, NaN (without a warning) if there are none."""
    seen = np.isfinite(points)
    count = seen.sum(axis=-2)
    total = np.where(seen, points, 0.0).sum(axis=-2)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)


def box_height(box: FloatArray) -> float:
    """Return the height of a box (left, top, right, bottom), px."""
    return float(box[3] - box[1])


def overlap(a: FloatArray, b: FloatArray) -> float:
    """Return the intersection over union, 0 to 1, of two boxes (left, top, right, bottom)."""
    size = np.minimum(a[2:], b[2:]) - np.maximum(a[:2], b[:2])
    if not np.all(size > 0):
        return 0.0
    inner = float(size.prod())
    return inner / (float((a[2:] - a[:2]).prod()) + float((b[2:] - b[:2]).prod()) - inner)


@dataclass(frozen=True, slots=True)
class Runner:
    """What is known of the person beforehand; None where it is not.

    Attributes
    ----------
    belt_speed_mps : float | None
        as the treadmill's console says.
    height_m, mass_kg : float | None
        of the body.
    facing : str
        ``left`` or ``right`` in the picture of a side view, or ``auto`` to let the keypoints say.
    setting : str
        ``treadmill`` or ``overground``, or ``auto`` to let the way of the hips through the picture say.
    marks : Marks | None
        two marks on the path overground, a known distance apart.
    """

    belt_speed_mps: float | None = None
    height_m: float | None = None
    mass_kg: float | None = None
    facing: str = "auto"
    setting: str = "auto"
    marks: Marks | None = None
