"""What somebody does, told from keypoints alone: gait, unless they clearly show another movement."""

from __future__ import annotations

from dataclasses import dataclass

from gaitlab.core.pose import PoseSequence


@dataclass(frozen=True, slots=True)
class Recognised:
    """A movement, a key of `table.MOVEMENTS` or empty for gait, and why; empty where it was not told from keypoints."""

    movement: str
    why: str = ""


def recognise(pose: PoseSequence) -> Recognised:
    """Return the movement that raw keypoints clearly show, else gait."""
    return Recognised("")
