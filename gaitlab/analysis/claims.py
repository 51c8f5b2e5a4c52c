"""Consistency of the stated view and facing with the keypoints.

A contradicted recording is still measured as stated, because the user may be right. The contradiction is reported
first and replaces the warnings that would follow from a wrong view or facing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

import numpy as np

from gaitlab.core.metric import View
from gaitlab.core.pose import PoseSequence
from gaitlab.kinematics.calibration import facing
from gaitlab.kinematics.rear import leg_px
from gaitlab.kinematics.view import FROM, Seen, left_from_right_px, view_of

FORWARD = {"right": 1, "left": -1}
# Minimum certainty for reporting a contradiction. View: distance from the midpoint between two views; facing: share of
# agreeing cues (0.81 or more for force-plate runners filmed without heads).
_SURE_VIEW, _SURE_FACING = 0.8, 0.75
# Hips and shoulders that are seen nearer to each other than this, leg lengths, are seen from the side: from the front
# they are 0.31 apart, and half of it where the camera stands 60 degrees off.
_NARROW = 0.14


@dataclass(frozen=True, slots=True)
class Claim:
    """A property of a recording that is both stated by the user and estimated from the keypoints.

    Attributes
    ----------
    kind : str
        subject of the property: ``film`` or ``person``.
    said : str
        stated value, e.g. ``who faces left``.
    shown : str
        value estimated from the keypoints.
    sure : bool
        whether the estimate is certain enough to report a contradiction.
    sureness : str
        certainty of the estimate, in words.
    remedy : str
        action to take if the estimate is right.
    """

    kind: str
    said: str
    shown: str
    sure: bool
    sureness: str
    remedy: str

    def sentence(self) -> str:
        """Return the contradiction as a sentence, or an empty string if there is none."""
        if self.said == self.shown or not self.sure:
            return ""
        return (
            f"this looks like a {self.kind} {self.shown} ({self.sureness}), but was measured as one {self.said}, as "
            f"was said; if that was wrong, no number here is right: {self.remedy}"
        )


def contradiction(
    pose: PoseSequence, *, view: View, facing: str, seen: Seen | None = None,
    views: Collection[View] = ("side", "rear"),
) -> str:  # fmt: skip
    """Return the most serious contradiction between a recording and its stated properties, or an empty string.

    Parameters
    ----------
    pose : PoseSequence
        raw keypoints.
    view : View
        the view that is measured, requested or derived from the keypoints.
    facing : str
        ``left`` or ``right`` as stated, or ``auto``.
    seen : Seen | None, optional
        the view that the keypoints show; None tells it as that of gait.
    views : Collection[View], optional
        the views from which it can be measured; by default those of gait.
    """
    claims = _claims(pose, view, facing, seen or view_of(pose), views)
    return next((said for claim in claims if (said := claim.sentence())), "")


def sideways(pose: PoseSequence, view: View) -> str:
    """Return that somebody who makes no step is filmed from the side, or an empty string.

    The estimate of the view rests on the stride. Where there is none, the breadth of hips and shoulders is left: of a
    view from the front or from behind that was stated it says whether it is one.
    """
    across = [float(np.nanmedian(np.abs(apart))) for apart in left_from_right_px(pose)]
    if view == "side" or not across or not np.mean(across) < _NARROW * leg_px(pose):
        return ""
    seen: View = "side"
    return Claim(
        kind="film", said=f"from {FROM[view]}", shown=f"from {FROM[seen]}", sure=True,
        sureness="hips and shoulders are seen behind each other", remedy=f"the view must be entered: {seen}",
    ).sentence()  # fmt: skip


def facing_unclear(agreement: float) -> tuple[str, ...]:
    """Return a warning if too few cues (share ``agreement``, 0 to 1) agree on the direction the runner faces."""
    if agreement >= _SURE_FACING:
        return ()
    return (
        f"only {100 * agreement:.0f} % of the cues agree which way the person faces; if the angles look mirrored, the "
        "side the person faces must be entered",
    )


def _claims(pose: PoseSequence, view: View, said_facing: str, seen: Seen, views: Collection[View]) -> Iterator[Claim]:
    """Yield the stated properties, the view first: facing is only defined in a side view."""
    yield Claim(
        kind="film",
        said=f"from {FROM[view]}",
        shown=f"from {FROM[seen.view]}",
        sure=seen.score >= _SURE_VIEW,
        sureness=f"sure to {seen.score:.1f} of 1",
        remedy=f"the view must be entered: {seen.view}" if seen.view in views else "film again",
    )
    if view == "side" and said_facing != "auto":
        forward, share = facing(pose)
        faced = "right" if forward == FORWARD["right"] else "left"
        yield Claim(
            kind="person",
            said=f"who faces {said_facing}",
            shown=f"who faces {faced}",
            sure=share >= _SURE_FACING,
            sureness=f"{100 * share:.0f} % of what knees, feet and head show",
            remedy=f"the side the person faces must be entered: {faced}",
        )
