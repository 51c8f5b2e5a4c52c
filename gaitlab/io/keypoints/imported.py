"""What every format is read into before one runner is chosen; and what all formats share."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from gaitlab.core.errors import InputError, argument, shown
from gaitlab.core.person import Body
from gaitlab.core.pose import FloatArray
from gaitlab.core.skeleton import SKELETONS, Skeleton
from gaitlab.io.keypoints.names import our_name
from gaitlab.io.reading import Entry, read_json

# Frames may be missing from a file, nobody being in them, but not this many for each that is there.
_GAP_PER_FRAME = 50
_GAP = 1000
_MOST_FRAMES = 1_000_000  # over an hour at 240 a second
_MOST_POINTS = 1000  # MediaPipe writes 543 of one person, with face and hands
_MOST_PEOPLE = 100  # in one picture
_MOST_NUMBERS = 50_000_000  # frames times keypoints: they must fit into memory
_FARTHEST = 1e6  # px, or mm where the file's unit is a length
# Frame numbers of more digits are none, but times or dates.
LAST_FRAME = 10**12


@dataclass(frozen=True, slots=True, eq=False)
class ImportedPoses:
    """The people of every frame, as a file had them.

    Attributes
    ----------
    skeleton : Skeleton
        keypoint columns of every body.
    frames : Sequence[Sequence[Body]]
        (frame) lists of people; empty where nobody was seen.
    time_s : FloatArray | None
        (frame,) where the file tells times.
    fps : float | None
        where the file tells a rate instead.
    """

    skeleton: Skeleton
    frames: Sequence[Sequence[Body]]
    time_s: FloatArray | None = None
    fps: float | None = None


def most_frames(count: int) -> int:
    """Return how many frames a recording may last of which ``count`` are in a file."""
    return min(_GAP + _GAP_PER_FRAME * count, _MOST_FRAMES)


def frames_of(people: Mapping[int, Sequence[Body]], path: Path) -> list[Sequence[Body]]:
    """Return the people of every frame from the first number to the last; frames without a number are empty.

    Raises
    ------
    InputError
        numbers so far apart that some of them must be wrong.
    """
    first, last, most = min(people), max(people), most_frames(len(people))
    if last - first >= most:
        raise InputError(
            f"'{path}' has {len(people)} frames with numbers from {first} to {last}; expected no more than {most} "
            "from the first to the last: correct the numbers that are wrong"
        )
    return [people.get(number, ()) for number in range(first, last + 1)]


def check_imported(found: ImportedPoses, path: Path) -> None:
    """Refuse what no camera saw: points far from any picture, a crowd too large to follow, more than fits.

    Raises
    ------
    InputError
        says in which frame, counted from 0.
    """
    if len(found.frames) * len(found.skeleton) > _MOST_NUMBERS:
        raise InputError(
            f"'{path}' has {len(found.frames)} frames of {len(found.skeleton)} keypoints; expected no more than "
            f"{_MOST_NUMBERS} points: split the recording"
        )
    for number, bodies in enumerate(found.frames):
        if len(bodies) > _MOST_PEOPLE:
            raise InputError(f"'{path}', frame {number}: {len(bodies)} people; expected no more than {_MOST_PEOPLE}")
        for one in bodies:
            far = (np.abs(one.xy) > _FARTHEST).any(axis=1)
            if far.any():
                at = int(far.argmax())
                x, y = one.xy[at]
                raise InputError(
                    f"'{path}', frame {number}: {found.skeleton.names[at]} at {x:g}, {y:g} is in no picture; expected "
                    f"numbers up to {_FARTHEST:g}, or none where a point was not seen"
                )


def skeleton_of(names: Sequence[str], path: Path) -> Skeleton:
    """Return the skeleton of keypoints with these names, as a file has them: one of the tables, or the file's own.

    Raises
    ------
    InputError
        no names, too many, or two that mean one point.
    """
    if not 0 < len(names) <= _MOST_POINTS:
        raise InputError(f"'{path}' names {len(names)} keypoints; expected 1 to {_MOST_POINTS}")
    ours = tuple(our_name(name) for name in names)
    twice = next((name for name, count in Counter(ours).items() if count > 1), None)
    if twice is not None:
        words = " and ".join(shown(name) for name, our in zip(names, ours, strict=True) if our == twice)
        raise InputError(f"'{path}' names the keypoint '{twice}' twice ({words}); leave one of them out")
    known = next((s for s in SKELETONS.values() if s.names == ours), None)
    return known or Skeleton("imported", ours)


def skeleton_by_count(count: int, path: Path) -> tuple[Skeleton, np.ndarray]:
    """Return the skeleton of a list of ``count`` points and which of the points are its columns.

    Raises
    ------
    InputError
        a number of points that no known network has.
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


def same_count(counts: set[int], path: Path) -> int:
    """Return how many keypoints everybody has; InputError where people differ."""
    if len(counts) > 1:
        raise InputError(f"'{path}' mixes people of {' and '.join(map(str, sorted(counts)))} keypoints")
    return next(iter(counts))


def table(entry: Entry, width: int) -> FloatArray:
    """Return (keypoint, width) numbers, told point by point or one after the other; InputError where they are none."""
    values = entry.list()
    numbers = entry.rows(width) if values and isinstance(values[0], list) else entry.numbers()
    if len(numbers) % width:
        raise entry.error(f"{width} numbers a keypoint")
    return np.array(numbers, dtype=np.float64).reshape(-1, width)


def body(points: Any) -> Body:
    """Return a body from (keypoint, 3) x, y, score; a score of 0, or a number that is missing, means not seen."""
    points = np.asarray(points, dtype=np.float64)
    seen = (points[:, 2] > 0) & np.isfinite(points[:, 2]) & ~np.isnan(points[:, :2]).any(axis=1)
    return Body(np.where(seen[:, None], points[:, :2], np.nan), np.where(seen, np.clip(points[:, 2], 0.0, 1.0), 0.0))


def load_json(path: Path, format: str) -> Entry:
    """Return a JSON file's content; InputError where there is none."""
    return read_json(path, f"file of '{format}'", advice="choose another --format")


def missing(path: Path, format: str, field: str) -> InputError:
    """Return the error of a file that lacks a field of its format."""
    return InputError(
        f"'{path}' has no {field}, so it is not '{format}'; choose another {argument('keypoints_format')}"
    )
