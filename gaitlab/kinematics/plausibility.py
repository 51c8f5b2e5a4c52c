"""Check that keypoints show an upright person before anything is measured.

Impossible postures and proportions raise an error that states the finding and the remedy; doubtful ones give a warning.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np

from gaitlab.core.errors import InputError, argument
from gaitlab.core.gait import BOTH_SIDES
from gaitlab.core.pose import FloatArray, PoseSequence
from gaitlab.kinematics.movement import frozen_points, jitter, text_order, turning
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
# Rows in text order have half of the way when they are sorted; 1.17 and more of it on all good recordings.
_SORTED = 0.7
# Share of the time that a point stands still: none does in good recordings.
_FROZEN = 0.2
# Feet that turn the other way, see `movement.turning`: -0.5 in a reversed file, above 0 in good ones, and down to -0.1
# where somebody walks to and fro.
_BACKWARDS = -0.2
# Share of the height: up to 0.012 on good recordings, real clips through networks among them; at fewer frames a second
# than this movement and noise are not told apart.
_JITTERS, _SLOW_FPS = 0.015, 20.0
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


def check_body(pose: PoseSequence, path: object, *, from_file: bool, gait: bool = True) -> tuple[str, ...]:
    """Check the body proportions; return warnings, one sentence each.

    Parameters
    ----------
    pose : PoseSequence
        raw keypoints.
    path : object
        source of the keypoints, for the message.
    from_file : bool
        whether the keypoints were read from a file: implausible proportions then raise an error, not a warning.
    gait : bool, optional
        whether the shape of the picture and the order of the frames are told by shanks and feet that swing.

    Raises
    ------
    InputError
        if keypoints from a file have implausible proportions or size, or jump between positions.
    """
    found = proportions_of(pose)
    told = []
    for check in _CHECKS:
        if check.finds in _OF_GAIT and not gait:
            continue
        if not (sentence := check.finds(pose, found)):
            continue
        if from_file and check.of_a_file == "refuse":
            raise InputError(f"in '{path}' {sentence}")
        # A sentence that stands in a session names arguments plainly, as an error does in Python, and no folder: pages
        # are handed on.
        told.append(str(InputError(f"in '{Path(str(path)).name}' {sentence}")))
    return tuple(dict.fromkeys(told))


def _size(_: PoseSequence, found: Proportions) -> str:
    if not found.height_px < _SMALLEST_PX:
        return ""
    return (
        f"the runner is {found.height_px:.2g} px tall; expected pixels, not shares of the picture, and at least "
        f"{_SMALLEST_PX:g} of them"
    )


def _bones(pose: PoseSequence, found: Proportions) -> str:
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
    # A point that stands still makes strange bones, and another order of the points does not mend that.
    return _frozen(pose, found) or (
        f"{how}; expected bones of one body, within {100 * TOLERANCE:.0f} %: are the points in the order that is "
        f"thought ({argument('layout')} names it), and is it one runner?"
    )


def _path(pose: PoseSequence, _: Proportions) -> str:
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


def _no_picture(pose: PoseSequence, _: Proportions) -> str:
    """Report a squeeze that comes from no camera at the side; empty if there is none."""
    shape = pixel_shape(pose)
    if not (shape > _NO_PICTURE or shape < 1 / _NO_PICTURE):
        return ""
    return (
        f"{_squeezed(shape)}; expected pixels that are square: pixels that are not square, width and height exchanged "
        f"(is {argument('picture')} right?), or a runner who is not seen from the side"
    )


def _not_square(pose: PoseSequence, _: Proportions) -> str:
    """Report a smaller squeeze, which a camera that stands askew shows too; empty if there is none."""
    shape = pixel_shape(pose)
    if shape > _NO_PICTURE or shape < 1 / _NO_PICTURE or not (shape > _NOT_SQUARE or shape < 1 / _NOT_SQUARE):
        return ""
    return f"{_squeezed(shape)}: pixels that are not square, or a runner who is seen askew; angles are off by that"


def _squeezed(shape: float) -> str:
    return f"lengths along the picture appear {1 / shape:.2g} times as long as upright ones (by the shanks)"


def _order(pose: PoseSequence, _: Proportions) -> str:
    if text_order(pose) > _SORTED:
        return ""
    return (
        "the frames are in the order of text, as 1, 10, 100, 2: sorted by number the movement is even; write them in "
        "the order of time, or with their true numbers in a column 'frame'"
    )


def _frozen(pose: PoseSequence, _: Proportions) -> str:
    still = {name: share for name, share in frozen_points(pose).items() if share > _FROZEN}
    if not still:
        return ""
    which = ", ".join(f"{name.replace('_', ' ')} in {100 * share:.0f} %" for name, share in still.items())
    return (
        f"points stand still while those beside them move ({which} of the time): they were not followed, and no number "
        "of these joints is right; leave them out of the file"
    )


def _backwards(pose: PoseSequence, _: Proportions) -> str:
    if not turning(pose) < _BACKWARDS:
        return ""
    return (
        "the feet go forward while they are low and back while they are high: the frames are in reverse order, or "
        "somebody runs backwards; if they are reversed, no time of a foot strike or toe-off is right"
    )


def _jitters(pose: PoseSequence, found: Proportions) -> str:
    noise = jitter(pose) if pose.fps > _SLOW_FPS else 0.0
    if not noise > _JITTERS:
        return ""
    return (
        f"the points jitter by {noise * found.height_px:.2g} px ({100 * noise:.1f} % of the height) from frame to "
        "frame, more than those of runners who are seen well (up to 1.2 %): contact times and angles are off by that"
    )


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


@dataclass(frozen=True, slots=True)
class _Check:
    """One check of the body: what it finds, as a sentence or nothing, and what follows.

    Attributes
    ----------
    finds : Callable[[PoseSequence, Proportions], str]
        the sentence that says what is wrong; empty if nothing is.
    of_a_file : Literal['refuse', 'warn']
        what is done about keypoints from a file.
    why : str
        why that.
    """

    finds: Callable[[PoseSequence, Proportions], str]
    of_a_file: Literal["refuse", "warn"]
    why: str


# What holds of legs that swing only: the hips of who rides or sits stand still, and the feet of who squats.
_OF_GAIT = (_no_picture, _not_square, _backwards, _frozen)
# In the order in which they are said; the first that refuses is the only one. Of a network's keypoints all only warn:
# there is no file to be written otherwise, minutes of work are done, and what it saw rightly can be used. Who does not
# stand upright (`check_posture`) is refused in both, with the turn of the picture that helps.
# The shape stands before the bones: in a squeezed picture these are wrong too, and that is not what is to be mended.
_CHECKS = (
    _Check(_size, "refuse", "no number is in its unit; the file can be written in pixels"),
    _Check(_order, "refuse", "the movement is another; the file can be sorted"),
    _Check(_no_picture, "refuse", "no camera at the side sees that; the size of the picture can be said"),
    _Check(_bones, "refuse", "the points are others than is thought; their order can be said"),
    _Check(_path, "refuse", "it is not one person's movement; the file can be taken apart"),
    _Check(_feet, "warn", "legs and trunk are right without the feet"),
    _Check(_turned_feet, "warn", "legs and trunk are right without the feet"),
    _Check(_not_square, "warn", "a camera may stand askew, which is nobody's mistake in the file"),
    _Check(_frozen, "warn", "the other joints are right without the one"),
    _Check(_backwards, "warn", "somebody may run backwards"),
    _Check(_jitters, "warn", "averages over many strides are of use still"),
)


def check_anybody(pose: PoseSequence) -> None:
    """Refuse keypoints that show nobody, or less than two frames.

    Raises
    ------
    InputError
        if they do.
    """
    if len(pose) < 2 or not np.isfinite(pose.xy).any():
        raise InputError("the keypoints show nobody; expected at least two frames with a person in them")
