"""Whether keypoints can be those of somebody who walks or runs, before anything is measured in them.

Whatever cannot is refused here with what was found and what to do: a number of a runner who lies is never right.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gaitlab.core.errors import InputError, argument
from gaitlab.core.gait import BOTH_SIDES
from gaitlab.core.pose import FloatArray, PoseSequence

# Legs hang within 60 degrees of the vertical, in the median over all frames: those of the force-plate runners, up to
# 4.5 m/s, do within 19. A trunk that is bent as far as it goes is no reason to refuse anybody, as long as legs hang.
_LEGS_HANG, _TRUNK_STANDS = 0.5, 0.0
# A turn of the picture, clockwise, that brings a posture upright -> what it is.
_POSTURES = {
    90: "lies on their side, with the head to the left of the picture",
    180: "stands on their head",
    270: "lies on their side, with the head to the right of the picture",
}


@dataclass(frozen=True, slots=True)
class Posture:
    """Where a runner's parts point in the picture: (2,) medians of unit vectors, x right and y up; NaN where unseen.

    Attributes
    ----------
    legs : FloatArray
        from the ankles (where they are not seen, the knees) to the hips.
    trunk : FloatArray
        from the hips to the neck, the shoulders or the nose.
    """

    legs: FloatArray
    trunk: FloatArray

    @property
    def upright(self) -> bool:
        """Whether the hips are above the feet and the head above the hips; who shows neither is not doubted."""
        return not (self.legs[1] < _LEGS_HANG or self.trunk[1] <= _TRUNK_STANDS)

    @property
    def turn_deg(self) -> int | None:
        """Degrees clockwise by which the picture must be turned for the runner to stand; None where none does."""
        if self.upright:
            return 0
        return next((turn for turn in _POSTURES if self._turned(turn).upright), None)

    def _turned(self, clockwise_deg: int) -> Posture:
        turn = np.radians(clockwise_deg)
        clockwise = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]]).round()
        return Posture(clockwise @ self.legs, clockwise @ self.trunk)


def posture_of(pose: PoseSequence) -> Posture:
    """Return how the runner stands or lies over a whole clip."""
    hips = _middle(pose, "hip")
    ankles, knees = _middle(pose, "ankle"), _middle(pose, "knee")
    tops = (pose.point("neck"), _middle(pose, "shoulder"), pose.point("nose"))
    return Posture(
        legs=_direction(ankles if np.isfinite(ankles).any() else knees, hips),
        trunk=_direction(hips, next((top for top in tops if np.isfinite(top).any()), tops[0])),
    )


def check_posture(pose: PoseSequence, path: object, *, rotate_deg: int | None) -> None:
    """Refuse keypoints of somebody who lies or stands on their head.

    Parameters
    ----------
    pose : PoseSequence
        raw keypoints.
    path : object
        where they are from.
    rotate_deg : int | None
        by how much the pictures were turned in which they were found; None where a file told them.

    Raises
    ------
    InputError
        they do, with the turn that would help.
    """
    posture = posture_of(pose)
    turn_deg = posture.turn_deg
    if turn_deg == 0:
        return
    found = _POSTURES[turn_deg] if turn_deg else "does not stand on their feet"
    if rotate_deg is None:
        # Points in space may as well be seen along the wrong axis: from above a runner is as long as their stride.
        found = found if turn_deg == 180 else "lies, or is seen from above where another axis points up"
        remedy = (
            "expected the head above the hips above the feet, with y downwards in a picture's pixels and upwards in a "
            "TRC: write the file with these axes"
        )
    elif turn_deg:
        remedy = f"say {argument('rotate')} {(rotate_deg + turn_deg) % 360}"
    else:
        remedy = (
            f"expected a runner seen whole: name the part that shows one with {argument('start_s')} and "
            f"{argument('end_s')}"
        )
    raise InputError(f"in '{path}' the runner {found} (median of {len(pose)} frames); {remedy}")


def _middle(pose: PoseSequence, joint: str) -> FloatArray:
    """Return (frame, 2) px between left and right, or the one that is seen."""
    both = np.array([pose.point(f"{side}_{joint}") for side in BOTH_SIDES])
    seen = np.isfinite(both)
    return np.where(seen.any(axis=0), np.where(seen, both, 0.0).sum(axis=0) / np.maximum(seen.sum(axis=0), 1), np.nan)


def _direction(low: FloatArray, high: FloatArray) -> FloatArray:
    """Return the (2,) median of the unit vectors from ``low`` to ``high``, x right and y up; NaN where never seen."""
    way = (high - low) * [1.0, -1.0]
    way = way[np.isfinite(way).all(axis=1)]
    way = way[np.linalg.norm(way, axis=1) > 0]
    if not len(way):
        return np.full(2, np.nan)
    return np.asarray(np.median(way / np.linalg.norm(way, axis=1, keepdims=True), axis=0))
