"""What every format is read into before one runner is chosen; and the errors that all formats share."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from gaitlab.core.pose import FloatArray
from gaitlab.core.skeleton import SKELETONS, Skeleton
from gaitlab.errors import InputError
from gaitlab.pose.body import Body


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """The people of every frame, as a file had them.

    Attributes:
        skeleton: keypoint columns of every body.
        frames: (frame) lists of people; empty where nobody was seen.
        time_s: (frame,) where the file tells times.
        fps: where the file tells a rate instead.
    """

    skeleton: Skeleton
    frames: Sequence[Sequence[Body]]
    time_s: FloatArray | None = None
    fps: float | None = None


def skeleton_of(names: Sequence[str]) -> Skeleton:
    """Return the skeleton with these names: one of the tables if it is one, otherwise the file's own."""
    known = next((s for s in SKELETONS.values() if s.names == tuple(names)), None)
    return known or Skeleton("imported", tuple(names))


def skeleton_by_count(count: int, path: Path) -> tuple[Skeleton, np.ndarray]:
    """Return the skeleton of a list of ``count`` points and which of the points are its columns.

    Raises:
        InputError: a number of points that no known network has.
    """
    if count not in _BY_COUNT:
        known = ", ".join(f"{n} ({name})" for n, (name, _) in _BY_COUNT.items())
        raise InputError(f"'{path}' has {count} keypoints a person; expected {known}")
    name, columns = _BY_COUNT[count]
    skeleton = _WHOLEBODY if name == _WHOLEBODY.name else SKELETONS[name]
    return skeleton, np.array(columns if columns is not None else range(count))


# COCO-WholeBody begins with COCO's 17 points and the feet: left big toe, small toe, heel, then right.
_WHOLEBODY = Skeleton(
    "coco_wholebody_23",
    (*SKELETONS["coco_17"].names, *(f"{s}_{p}" for s in ("left", "right") for p in ("big_toe", "small_toe", "heel"))),
)
# OpenPose, Detectron2, MMPose and AlphaPose write so many points; longer lists go on with face and hands.
_BY_COUNT: dict[int, tuple[str, range | None]] = {
    15: ("mpi_15", None),
    17: ("coco_17", None),
    18: ("coco_18", None),
    25: ("body_25", None),
    26: ("halpe_26", None),
    33: ("blazepose_33", None),
    133: ("coco_wholebody_23", range(23)),
    136: ("halpe_26", range(26)),
}


def body(values: Any) -> Body:
    """Return a body from (keypoint, 3) x, y, score; a score of 0 means not seen."""
    points = np.array(values, dtype=np.float64).reshape(-1, 3)
    seen = (points[:, 2] > 0) & np.isfinite(points).all(axis=1)
    return Body(np.where(seen[:, None], points[:, :2], np.nan), np.where(seen, np.clip(points[:, 2], 0.0, 1.0), 0.0))


def load_json(path: Path, format: str) -> Any:
    """Return a JSON file's content; InputError where there is none."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise InputError(
            f"'{path}' is not JSON, which the format '{format}' is: {error}; choose another --format"
        ) from error


def missing(path: Path, format: str, field: str) -> InputError:
    """Return the error of a file that lacks a field of its format."""
    from gaitlab.pose.importers.read import FORMATS

    return InputError(f"'{path}' has no {field}, so it is not '{format}'; formats: {', '.join(FORMATS)}")
