"""What was said of a clip against what its keypoints say: one sentence where they contradict it beyond doubt.

The clip is still measured as stated, because the user may know better; but the sentence comes first, forbids to
build on the numbers, and stands in place of all that would follow from a false premise.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from gaitlab.core.metric import View
from gaitlab.core.pose import PoseSequence
from gaitlab.kinematics.calibration import facing
from gaitlab.kinematics.view import FROM, view_of

FORWARD = {"right": 1, "left": -1}
# So sure, and what the keypoints show is set against what was said: of a view, by how far it is from half way between
# two; of the facing, the share of the cues that agree. Force-plate runners seen without heads had 0.81 and more.
_SURE_VIEW, _SURE_FACING = 0.8, 0.75


@dataclass(frozen=True, slots=True)
class Claim:
    """Something that was said of a clip and that its keypoints tell too.

    Attributes
    ----------
    kind : str
        what the keypoints show something of: a film, a runner.
    said : str
        which one it was said to be, e.g. ``who faces left``.
    shown : str
        which one the keypoints show.
    sure : bool
        whether what they show is beyond doubt.
    sureness : str
        how sure that is, in words.
    remedy : str
        what to do where they are right.
    """

    kind: str
    said: str
    shown: str
    sure: bool
    sureness: str
    remedy: str

    def sentence(self) -> str:
        """Return what a reader must know; empty where nothing contradicts what was said."""
        if self.said == self.shown or not self.sure:
            return ""
        return (
            f"this looks like a {self.kind} {self.shown} ({self.sureness}), but was measured as one {self.said}, as "
            f"was said; if that was wrong, no number here is right: {self.remedy}"
        )


def contradiction(pose: PoseSequence, *, view: View, facing: str) -> str:
    """Return the first contradiction between a clip and what was said of it, or an empty string.

    Parameters
    ----------
    pose : PoseSequence
        raw keypoints.
    view : View
        the view that is measured, requested or derived from the keypoints.
    facing : str
        ``left`` or ``right`` as was said, or ``auto``.
    """
    return next((said for claim in _claims(pose, view, facing) if (said := claim.sentence())), "")


def facing_unclear(agreement: float) -> tuple[str, ...]:
    """Say that the side the runner faces was guessed, where fewer of the cues agree than tell it surely."""
    if agreement >= _SURE_FACING:
        return ()
    return (
        f"only {100 * agreement:.0f} % of the cues agree which way the runner faces; if the angles look mirrored, the "
        "side the runner faces must be entered",
    )


def _claims(pose: PoseSequence, view: View, said_facing: str) -> Iterator[Claim]:
    """Yield what was said, the gravest first: in a film from behind nobody faces left or right."""
    seen = view_of(pose)
    yield Claim(
        kind="film",
        said=f"from {FROM[view]}",
        shown=f"from {FROM[seen.view]}",
        sure=seen.score >= _SURE_VIEW,
        sureness=f"sure to {seen.score:.1f} of 1",
        remedy="film again" if seen.view == "front" else f"the view must be entered: {seen.view}",
    )
    if view == "side" and said_facing != "auto":
        forward, share = facing(pose)
        faced = "right" if forward == FORWARD["right"] else "left"
        yield Claim(
            kind="runner",
            said=f"who faces {said_facing}",
            shown=f"who faces {faced}",
            sure=share >= _SURE_FACING,
            sureness=f"{100 * share:.0f} % of what knees, feet and head show",
            remedy=f"the side the runner faces must be entered: {faced}",
        )
