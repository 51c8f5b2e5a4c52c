"""Check that keypoints show an upright person before anything is measured.

Other postures, usually a wrong image rotation or a wrong axis of a file, raise an error that names the remedy.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gaitlab.core.errors import InputError, argument
from gaitlab.core.gait import BOTH_SIDES
from gaitlab.core.pose import FloatArray, PoseSequence

# Least vertical component of the legs' and of the trunk's direction, median over all frames. Legs within 60 degrees of
# the vertical: those of the force-plate runners, up to 4.5 m/s, are within 19. The trunk may be bent up to horizontal.
_LEAST_LEGS_UP, _LEAST_TRUNK_UP = 0.5, 0.0
# Clockwise rotation of the image, degrees, that makes the posture upright -> description of the posture.
_POSTURES = {
    90: "lies on their side, with the head to the left of the picture",
    180: "stands on their head",
    270: "lies on their side, with the head to the right of the picture",
}


@dataclass(frozen=True, slots=True)
class Posture:
    """Directions of legs and trunk in the image: medians of unit vectors, x right and y up; NaN where not detected.

    Attributes
    ----------
    legs : FloatArray
        (2,) from the ankles (the knees, if no ankle is detected) to the hips.
    trunk : FloatArray
        (2,) from the hips to the neck, the shoulders or the nose.
    """

    legs: FloatArray
    trunk: FloatArray

    @property
    def upright(self) -> bool:
        """Whether the hips are above the feet and the head above the hips; True if neither is known."""
        return not (self.legs[1] < _LEAST_LEGS_UP or self.trunk[1] <= _LEAST_TRUNK_UP)

    @property
    def turn_deg(self) -> int | None:
        """Clockwise rotation of the image, degrees, that makes the runner upright; None if there is none."""
        if self.upright:
            return 0
        return next((turn for turn in _POSTURES if self._turned(turn).upright), None)

    def _turned(self, clockwise_deg: int) -> Posture:
        turn = np.radians(clockwise_deg)
        clockwise = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]]).round()
        return Posture(clockwise @ self.legs, clockwise @ self.trunk)


def posture_of(pose: PoseSequence) -> Posture:
    """Return the median posture of the runner over the whole sequence."""
    hips = _middle(pose, "hip")
    ankles, knees = _middle(pose, "ankle"), _middle(pose, "knee")
    tops = (pose.point("neck"), _middle(pose, "shoulder"), pose.point("nose"))
    return Posture(
        legs=_direction(ankles if np.isfinite(ankles).any() else knees, hips),
        trunk=_direction(hips, next((top for top in tops if np.isfinite(top).any()), tops[0])),
    )


def check_posture(pose: PoseSequence, path: object, *, rotate_deg: int | None) -> None:
    """Raise an error for keypoints of a person who is not upright.

    Parameters
    ----------
    pose : PoseSequence
        raw keypoints.
    path : object
        source of the keypoints, for the message.
    rotate_deg : int | None
        clockwise rotation that was applied to the images; None for keypoints read from a file.

    Raises
    ------
    InputError
        if the person is lying or upside down; the message names the rotation that would help.
    """
    posture = posture_of(pose)
    turn_deg = posture.turn_deg
    if turn_deg == 0:
        return
    found = _POSTURES[turn_deg] if turn_deg else "does not stand on their feet"
    if rotate_deg is None:
        # Points in space may also be projected along the wrong axis: from above, a runner is as long as their stride.
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
    """Return the (frame, 2) px midpoint of left and right, or the one that is detected."""
    both = np.array([pose.point(f"{side}_{joint}") for side in BOTH_SIDES])
    seen = np.isfinite(both)
    return np.where(seen.any(axis=0), np.where(seen, both, 0.0).sum(axis=0) / np.maximum(seen.sum(axis=0), 1), np.nan)


def _direction(low: FloatArray, high: FloatArray) -> FloatArray:
    """Return the (2,) median of the unit vectors from ``low`` to ``high``, x right and y up; NaN if never detected."""
    vectors = (high - low) * [1.0, -1.0]
    vectors = vectors[np.isfinite(vectors).all(axis=1)]
    vectors = vectors[np.linalg.norm(vectors, axis=1) > 0]
    if not len(vectors):
        return np.full(2, np.nan)
    return np.asarray(np.median(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), axis=0))
