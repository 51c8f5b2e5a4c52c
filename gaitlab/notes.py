"""What was assumed of a clip, in sentences that its session keeps: who was followed, which view, which slow motion."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gaitlab.core.metric import View
from gaitlab.core.pose import FloatArray
from gaitlab.kinematics.view import Seen

if TYPE_CHECKING:
    from gaitlab.pose.follow import Followed

_FROM = {"side": "the side", "rear": "behind", "front": "the front"}
# Frame rates that differ by less than this share are one and the same.
_SAME_RATE = 0.02


def who_was_followed(followed: Followed, *, width: int) -> tuple[str, ...]:
    """Say who was chosen and who else was there, with the numbers to choose by; nothing of one alone, or one asked for.

    Args:
        width: of the picture, px.
    """
    if followed.pose is None or not followed.others or not followed.chosen:
        return ()
    share = float(np.isfinite(followed.boxes[:, 0]).mean())
    others = ", ".join(
        f"{other['person']} ({_half(np.array(other['box']), width)} half, {other['first_s']:.1f} to "
        f"{other['last_s']:.1f} s)"
        for other in followed.others
    )
    return (
        f"{1 + len(followed.others)} people were seen; followed: person {followed.person} "
        f"({_half(np.nanmedian(followed.boxes, axis=0), width)} half of the picture, {100 * share:.0f} % of the "
        f"frames); others: {others}; to follow one of them, the person's number must be entered",
    )


def _half(box: FloatArray, width: int) -> str:
    return "left" if float(box[0] + box[2]) < width else "right"


def slow_motion(*, plays_fps: float, noted_fps: float | None, said_fps: float | None) -> tuple[str, ...]:
    """Say which slow motion was assumed, unless it is what the user said and the video does not say otherwise.

    Args:
        plays_fps: frames a second that the video plays.
        noted_fps: frames a second that were taken, as the video says; None where it does not.
        said_fps: the same as the user says.
    """
    if noted_fps is None:
        return ()
    if said_fps is not None and abs(said_fps / noted_fps - 1) > _SAME_RATE:
        return (
            f"the video says that {noted_fps:g} frames a second were taken; {said_fps:g} were entered and used, which "
            f"makes it {said_fps / plays_fps:.2g} times slower than life",
        )
    if said_fps is None and abs(noted_fps / plays_fps - 1) > _SAME_RATE:
        return (
            f"slow motion: the video says that {noted_fps:g} frames a second were taken and plays {plays_fps:.4g}, so "
            f"it is {noted_fps / plays_fps:.2g} times slower than life and all times are those of life; if that is "
            f"wrong, the true frame rate must be entered: {plays_fps:.4g}",
        )
    return ()


def view_unclear(seen: Seen, measured: View) -> str:
    """Say that the view was guessed."""
    return (
        f"from where the camera sees the runner is not clear (most like {_FROM[seen.view]}, sure to {seen.score:.1f} "
        f"of 1); this was measured as a {measured} view: if it is none, no number here is right and the view must be "
        "entered"
    )


def view_contradicted(seen: Seen, asked: View) -> str:
    """Say that the keypoints show another view than the one that was asked for."""
    remedy = "film again" if seen.view == "front" else f"the view must be entered: {seen.view}"
    return (
        f"this looks like a film from {_FROM[seen.view]} (sure to {seen.score:.1f} of 1), but was measured as a "
        f"{asked} view: if it is one from {_FROM[seen.view]}, no number here is right; {remedy}"
    )
