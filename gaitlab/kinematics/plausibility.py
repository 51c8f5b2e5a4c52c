"""Check that keypoints show an upright person before anything is measured.

Impossible postures and proportions raise an error that states the finding and the remedy; doubtful ones give a warning.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gaitlab.core.errors import InputError, argument
from gaitlab.core.gait import BOTH_SIDES
from gaitlab.core.pose import FloatArray, PoseSequence
from gaitlab.kinematics.proportions import TOLERANCE, Proportions, jumps, pixel_shape, proportions_of

# Legs hang within 60 degrees of the vertical, in the median over all frames: those of the force-plate runners, up to
# 4.5 m/s, do within 19. A trunk that is bent as far as it goes is no reason to refuse anybody, as long as legs hang.
_LEAST_LEGS_UP, _LEAST_TRUNK_UP = 0.5, 0.0
# Smallest plausible body height in an image; normalised coordinates are always smaller.
_SMALLEST_PX = 20.0
# Share of frames with jumps above which the track contains more than one person.
_JUMPS = 0.2
# The shape of pixels by the shanks is 0.92 to 1.14 on good side views. A camera that stands 50 degrees askew squeezes a
# runner to 0.64; what is squeezed or stretched by more comes from no camera at the side.
_NOT_SQUARE, _NO_PICTURE = 1.2, 1.6
# A turn of the picture, clockwise, that brings a posture upright -> what it is.
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
            "expected the head above the hips above the feet, with y downwards in a picture's pixels and upwards in "
            f"points in space: name the axes with {argument('axes')}, or write the file with these"
        )
    elif turn_deg:
        remedy = f"say {argument('rotate')} {(rotate_deg + turn_deg) % 360}"
    else:
        remedy = (
            f"expected a runner seen whole: name the part that shows one with {argument('start_s')} and "
            f"{argument('end_s')}"
        )
    raise InputError(f"in '{path}' the runner {found} (median of {len(pose)} frames); {remedy}")


def check_body(pose: PoseSequence, path: object, *, from_file: bool) -> tuple[str, ...]:
    """Check the body proportions; return warnings, one sentence each.

    Parameters
    ----------
    pose : PoseSequence
        raw keypoints.
    path : object
        source of the keypoints, for the message.
    from_file : bool
        whether the keypoints were read from a file: implausible proportions then raise an error, not a warning.

    Raises
    ------
    InputError
        if keypoints from a file have implausible proportions or size, or jump between positions.
    """
    found = proportions_of(pose)
    # The shape before the bones: in a squeezed picture these are wrong too, and that is not what is to be mended.
    pixels = _pixels(pose)
    wrong = [sentence for sentence in (_size(found), pixels[0], _bones(found), _path(pose)) if sentence]
    if wrong and from_file:
        raise InputError(f"in '{path}' {wrong[0]}")
    doubts = (_feet(pose, found), _turned_feet(pose, found), pixels[1])
    # A sentence that stands in a session names arguments plainly, as an error does in Python.
    return tuple(str(InputError(f"in '{path}' {sentence}")) for sentence in (*wrong, *doubts) if sentence)


def _size(found: Proportions) -> str:
    if not found.height_px < _SMALLEST_PX:
        return ""
    return (
        f"the runner is {found.height_px:.2g} px tall; expected pixels, not shares of the picture, and at least "
        f"{_SMALLEST_PX:g} of them"
    )


def _bones(found: Proportions) -> str:
    """Describe a thigh, shank or trunk of implausible length or left-right difference; empty if there is none."""
    bone, off = found.worst
    unlike = {
        kind: found.lengths_px[f"right_{kind}"] / found.lengths_px[f"left_{kind}"] - 1 for kind in ("thigh", "shank")
    }
    if bone and not 1 / (1 + TOLERANCE) <= 1 + off <= 1 + TOLERANCE:
        how = f"the {bone.replace('_', ' ')} is {1 + off:.2g} times as long as the other bones let expect"
    elif other := [kind for kind, by in unlike.items() if by > TOLERANCE or by < 1 / (1 + TOLERANCE) - 1]:
        how = f"the right {other[0]} is {1 + unlike[other[0]]:.2g} times as long as the left"
    else:
        return ""
    return (
        f"{how}; expected bones of one body, within {100 * TOLERANCE:.0f} %: are the points in the order that is "
        f"thought ({argument('layout')} names it), and is it one runner?"
    )


def _path(pose: PoseSequence) -> str:
    share = jumps(pose)
    if share < _JUMPS:
        return ""
    return (
        f"the runner jumps to another place and back in {100 * share:.0f} % of the frames; expected one person of one "
        "recording"
    )


def _feet(pose: PoseSequence, found: Proportions) -> str:
    """Report toes that point in opposite directions in a side view; empty if they agree."""
    ways = []
    for side in BOTH_SIDES:
        foot = (pose.point(f"{side}_big_toe") - pose.point(f"{side}_heel"))[:, 0]
        foot = foot[np.isfinite(foot)]
        ways.append(float(np.median(foot)) / found.height_px if len(foot) else float("nan"))
    if not (min(map(abs, ways)) > _FOOT_SHOWS and ways[0] * ways[1] < 0):
        return ""
    return (
        "the toes of the left and the right foot point to opposite sides; no number of the feet is right: are heels "
        "and toes named rightly?"
    )


# Share of the height; a foot is a seventh of it.
_FOOT_SHOWS = 0.06


def _turned_feet(pose: PoseSequence, found: Proportions) -> str:
    """Report feet whose toes lie behind the heels, by the side to which the knee bends; empty if none does."""
    turned = []
    for side in BOTH_SIDES:
        hip, knee, ankle = (pose.point(f"{side}_{joint}") for joint in ("hip", "knee", "ankle"))
        leg, thigh = ankle - hip, knee - hip
        bend = _median((leg[:, 1] * thigh[:, 0] - leg[:, 0] * thigh[:, 1]) / found.height_px**2)
        foot = _median((pose.point(f"{side}_big_toe") - pose.point(f"{side}_heel"))[:, 0] / found.height_px)
        if abs(foot) > _FOOT_SHOWS and abs(bend) > _KNEE_BENDS and foot * bend < 0:
            turned.append(side)
    if not turned:
        return ""
    return (
        f"the toes of the {' and the '.join(turned)} foot lie behind the heel, by the side to which the knee bends; no "
        "number of the feet is right: are heels and toes named rightly?"
    )


# Share of the height²: the knee lies this far before the line from hip to ankle, 0.01 of the height on a leg of 0.5.
_KNEE_BENDS = 0.005


def _pixels(pose: PoseSequence) -> tuple[str, str]:
    """Return what is wrong with the shape of the picture, and what is doubtful; empty if it is square."""
    shape = pixel_shape(pose)
    if not (shape > _NOT_SQUARE or shape < 1 / _NOT_SQUARE):
        return "", ""
    found = f"lengths along the picture appear {1 / shape:.2g} times as long as upright ones (by the shanks)"
    if shape > _NO_PICTURE or shape < 1 / _NO_PICTURE:
        return (
            f"{found}; expected pixels that are square: pixels that are not square, width and height exchanged (is "
            f"{argument('picture')} right?), or a runner who is not seen from the side",
            "",
        )
    return "", f"{found}: pixels that are not square, or a runner who is seen askew; angles are off by that"


def _median(values: FloatArray) -> float:
    """Return the median of the finite values; NaN if there is none."""
    seen = values[np.isfinite(values)]
    return float(np.median(seen)) if len(seen) else float("nan")


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
