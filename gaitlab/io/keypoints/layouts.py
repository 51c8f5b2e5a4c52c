"""Which point is which in a list without names: by how many there are, and by the bones that they would make."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from gaitlab.core.errors import InputError, argument, one_of
from gaitlab.core.person import Body
from gaitlab.core.pose import FloatArray, PoseSequence
from gaitlab.core.skeleton import SKELETONS, Skeleton
from gaitlab.io.keypoints.imported import body
from gaitlab.kinematics.plausibility import posture_of
from gaitlab.kinematics.proportions import TOLERANCE, misfit

_SAMPLE = 200  # bodies that are enough to judge by
_FEW = 10  # and so few that they are not judged

# COCO-WholeBody begins with COCO's 17 points and the feet: left big toe, small toe, heel, then right.
_WHOLEBODY = Skeleton(
    "coco_wholebody_23",
    (*SKELETONS["coco_17"].names, *(f"{s}_{p}" for s in ("left", "right") for p in ("big_toe", "small_toe", "heel"))),
)
LAYOUTS: Mapping[str, Skeleton] = {**SKELETONS, _WHOLEBODY.name: _WHOLEBODY}
# Lists of so many points may be these, the likeliest first; longer lists go on with face and hands.
_BY_COUNT: Mapping[int, tuple[str, ...]] = {
    15: ("mpi_15",),
    17: ("coco_17", "h36m_17"),
    18: ("coco_18",),
    23: ("coco_wholebody_23",),
    25: ("body_25", "body_25b"),
    26: ("halpe_26",),
    33: ("blazepose_33",),
    133: ("coco_wholebody_23",),
    136: ("halpe_26",),
}


def layout_of(
    people: Sequence[FloatArray], path: Path, *, asked: str | None = None
) -> tuple[Skeleton, np.ndarray, tuple[str, ...]]:
    """Return the skeleton of points without names, which of the points are its columns, and what was assumed.

    Parameters
    ----------
    people : Sequence[FloatArray]
        (keypoint, 3) x, y, score each, all of the same number.
    path : Path
        the file.
    asked : str | None, optional
        the layout, as a user calls it.

    Raises
    ------
    InputError
        a number of points that no known network has, or that the layout asked for has not; a layout that is not known.
    """
    count = len(people[0])
    if asked is not None:
        skeleton = layout_named(asked)
        if len(skeleton) > count:
            raise InputError(
                f"'{path}' has {count} keypoints a person, but {argument('layout')} {skeleton.name} has {len(skeleton)}"
            )
        return skeleton, np.arange(len(skeleton)), ()
    if count not in _BY_COUNT:
        known = ", ".join(f"{n} ({' or '.join(names)})" for n, names in _BY_COUNT.items())
        raise InputError(f"'{path}' has {count} keypoints a person; expected {known}, or names")
    likely = [LAYOUTS[name] for name in _BY_COUNT[count]]
    best, note = _best(likely, people, path)
    return best, np.arange(len(best)), note


def layout_named(word: str) -> Skeleton:
    """Return a layout by name, however it is written: ``BODY-25B``, ``body25b``."""
    plain = {re.sub(r"[^a-z0-9]", "", name): skeleton for name, skeleton in LAYOUTS.items()}
    found = plain.get(re.sub(r"[^a-z0-9]", "", word.lower()))
    if found is None:
        raise InputError(one_of("keypoint layout", word, LAYOUTS))
    return found


def _best(likely: Sequence[Skeleton], people: Sequence[FloatArray], path: Path) -> tuple[Skeleton, tuple[str, ...]]:
    if len(likely) == 1 or len(people) < _FEW:
        return likely[0], ()
    sample = [body(points) for points in people[:: max(len(people) // _SAMPLE, 1)]]
    fits = [_misfit(sample, skeleton) for skeleton in likely]
    best = int(np.argmin(fits))
    if not np.isfinite(fits[best]):
        return likely[0], ()
    if best == 0:
        return likely[0], ()
    name = likely[best].name
    return likely[best], (
        f"'{path.name}' has {len(people[0])} keypoints without names; they were taken for {name}, whose bones have a "
        f"body's lengths ({likely[0].name}'s have not); another order must be named as the layout",
    )


def _misfit(sample: Sequence[Body], skeleton: Skeleton) -> float:
    """Return how implausible the body is with the keypoints in that order; non-upright bodies are implausible."""
    columns = range(len(skeleton))
    pose = PoseSequence(
        np.array([one.xy[columns] for one in sample]), np.array([one.score[columns] for one in sample]),
        np.arange(len(sample), dtype=np.float64), skeleton,
    )  # fmt: skip
    return misfit(pose) + (0.0 if posture_of(pose).upright else TOLERANCE)
