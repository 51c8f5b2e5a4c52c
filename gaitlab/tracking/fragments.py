"""Merging of fragments of one runner: OpenPose splits a skeleton where a limb is uncertain."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from gaitlab.core.gait import BOTH_SIDES
from gaitlab.core.person import Body
from gaitlab.core.pose import FloatArray
from gaitlab.core.skeleton import Skeleton

Indices = NDArray[np.intp]
# Additional pairs of nearby keypoints, for bodies in which the joint between them is not detected.
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
    """Merge fragments of the same person in every frame; return the people and the number of frames with merges.

    Two detections are fragments of one person if their shared keypoints coincide and the segments between them have
    plausible lengths for the people in the file. People side by side have complete bodies at different positions.

    Parameters
    ----------
    frames : Sequence[Sequence[Body]]
        people of each frame, keypoints in px.
    skeleton : Skeleton
        skeleton of the keypoints.
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
    """Return the (pair,) 95th percentile of distances, px; NaN for pairs detected together too rarely."""
    starts, ends = pairs.T
    lengths = np.array([
        np.linalg.norm(one.xy[starts] - one.xy[ends], axis=1) for people in frames for one in people
    ]).reshape(-1, len(pairs))  # fmt: skip
    often = np.isfinite(lengths).sum(axis=0) >= _FEW
    found = np.full(len(pairs), np.nan)
    found[often] = np.nanpercentile(lengths[:, often], _USUAL, axis=0) if often.any() else np.nan
    return found


def _put_together(people: list[Body], pairs: Indices, longest: FloatArray) -> list[Body]:
    """Merge the best-fitting pair of fragments repeatedly and return the remaining people."""
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
    """Return the largest relative length of the segments between two fragments; None if they do not match."""
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
    """Merge two bodies, using the keypoint with the higher score where both have one."""
    take = np.isfinite(b.xy[:, 0]) & ~(np.isfinite(a.xy[:, 0]) & (a.score >= b.score))
    return Body(np.where(take[:, None], b.xy, a.xy), np.where(take, b.score, a.score))
