"""One runner told as several people in a frame: OpenPose parts a skeleton where it is unsure of a limb."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from gaitlab.core.gait import BOTH_SIDES
from gaitlab.core.person import Body
from gaitlab.core.pose import FloatArray
from gaitlab.core.skeleton import Skeleton

Indices = NDArray[np.intp]
# Beside the bones: what lies near each other in any body, also where the joint between is not seen.
_NEAR = (
    ("left_hip", "right_hip"), ("left_shoulder", "right_shoulder"), ("left_knee", "right_knee"),
    *((f"{side}_{a}", f"{side}_{b}") for side in BOTH_SIDES for a, b in (
        ("shoulder", "hip"), ("hip", "ankle"), ("shoulder", "knee"))),
)  # fmt: skip
# Lengths a body's bones have in most frames are multiplied by this before a bone is one too long; and of a point that
# both parts have, the two places must lie nearer than this share of the longest bone.
_SLACK, _SAME = 1.5, 0.3
_MOST_SHARED = 4  # points; two whole people are no parts
_FEW = 5  # frames that show a length
_USUAL = 95  # percentile of the lengths


def joined(frames: Sequence[Sequence[Body]], skeleton: Skeleton) -> tuple[list[list[Body]], int]:
    """Return the people of every frame with those put together that complement each other, and in how many frames.

    Two are parts of one where what both show lies in one place, and where what is between them is as near as it is in
    whole people of the same file. Two people side by side both show whole bodies, in different places.

    Parameters
    ----------
    frames : Sequence[Sequence[Body]]
        (frame) lists of people.
    skeleton : Skeleton
        of their keypoints.
    """
    if max(map(len, frames), default=0) < 2:
        return [list(people) for people in frames], 0
    known = [pair for pair in dict.fromkeys((*skeleton.edges, *_NEAR)) if all(name in skeleton for name in pair)]
    if not known:
        return [list(people) for people in frames], 0
    pairs = np.array([[skeleton.index(name) for name in pair] for pair in known])
    longest = _longest(frames, pairs)
    result, count = [], 0
    for people in frames:
        whole = _put_together(list(people), pairs, longest) if len(people) > 1 else list(people)
        count += len(whole) < len(people)
        result.append(whole)
    return result, count


def _longest(frames: Sequence[Sequence[Body]], pairs: Indices) -> FloatArray:
    """Return (pair,) the length, px, that two points of one body hardly exceed; NaN where no body shows both."""
    starts, ends = pairs.T
    lengths = np.array([
        np.linalg.norm(one.xy[starts] - one.xy[ends], axis=1) for people in frames for one in people
    ]).reshape(-1, len(pairs))  # fmt: skip
    often = np.isfinite(lengths).sum(axis=0) >= _FEW
    found = np.full(len(pairs), np.nan)
    found[often] = np.nanpercentile(lengths[:, often], _USUAL, axis=0) if often.any() else np.nan
    return found


def _put_together(people: list[Body], pairs: Indices, longest: FloatArray) -> list[Body]:
    """Return the people, the two that fit best made one again and again."""
    while len(people) > 1:
        fits = [
            (gap, a, b)
            for a in range(len(people))
            for b in range(a + 1, len(people))
            if (gap := _gap(people[a], people[b], pairs, longest)) is not None
        ]
        if not fits:
            break
        _, a, b = min(fits)
        people[a] = _both(people[a], people.pop(b))
    return people


def _gap(a: Body, b: Body, pairs: Indices, longest: FloatArray) -> float | None:
    """Return how long what lies between two parts is, 1 as in a whole body; None where they are not parts of one."""
    in_a, in_b = np.isfinite(a.xy[:, 0]), np.isfinite(b.xy[:, 0])
    if not in_a.any() or not in_b.any() or not np.isfinite(longest).any():
        return None
    shared = in_a & in_b
    if shared.sum() > _MOST_SHARED:
        return None
    apart = np.linalg.norm(a.xy[shared] - b.xy[shared], axis=1)
    if len(apart) and apart.max() > _SAME * np.nanmax(longest):
        return None
    starts, ends = pairs.T
    only_a, only_b = in_a & ~shared, in_b & ~shared
    across = (only_a[starts] & only_b[ends]) | (only_b[starts] & only_a[ends])
    across &= np.isfinite(longest)
    both = np.where(in_a[:, None], a.xy, b.xy)
    lengths = np.linalg.norm(both[starts[across]] - both[ends[across]], axis=1) / longest[across]
    if not len(lengths) and not len(apart):
        return None
    worst = float(lengths.max()) if len(lengths) else 0.0
    return worst if worst <= _SLACK else None


def _both(a: Body, b: Body) -> Body:
    """Return one body of two, the surer place of what both show."""
    take = np.isfinite(b.xy[:, 0]) & ~(np.isfinite(a.xy[:, 0]) & (a.score >= b.score))
    return Body(np.where(take[:, None], b.xy, a.xy), np.where(take, b.score, a.score))
