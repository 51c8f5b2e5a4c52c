"""Common result of all formats before one runner is selected, and functions shared by the formats."""

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

# Frames without people may be missing from a file, at most this many per frame that is present.
_GAP_PER_FRAME = 50
_GAP = 1000
_MOST_FRAMES = 1_000_000  # over an hour at 240 fps
_MOST_POINTS = 1000  # MediaPipe writes 543 per person, with face and hands
_MOST_PEOPLE = 100  # per image
_MOST_NUMBERS = 50_000_000  # frames times keypoints, limited by memory
_FARTHEST = 1e6  # px, or mm if the file's unit is a length
# Larger numbers are not frame numbers but times or dates.
LAST_FRAME = 10**12


@dataclass(frozen=True, slots=True, eq=False)
class ImportedPoses:
    """The people in every frame of a file.

    Attributes
    ----------
    skeleton : Skeleton
        keypoint columns of every body.
    frames : Sequence[Sequence[Body]]
        people of each frame; empty without detection.
    time_s : FloatArray | None
        (frame,) times, s, if the file has them.
    fps : float | None
        frame rate, Hz, if the file has it instead.
    """

    skeleton: Skeleton
    frames: Sequence[Sequence[Body]]
    time_s: FloatArray | None = None
    fps: float | None = None


def most_frames(count: int) -> int:
    """Return the largest number of frames of a recording of which ``count`` are in the file."""
    return min(_GAP + _GAP_PER_FRAME * count, _MOST_FRAMES)


def frames_of(people: Mapping[int, Sequence[Body]], path: Path) -> list[Sequence[Body]]:
    """Return the people of every frame from the lowest to the highest number; missing frames are empty.

    Raises
    ------
    InputError
        if numbers are so far apart that some of them must be wrong.
    """
    first, last, most = min(people), max(people), most_frames(len(people))
    if last - first >= most:
        raise InputError(
            f"'{path}' has {len(people)} frames with numbers from {first} to {last}; expected no more than {most} "
            "from the first to the last: correct the numbers that are wrong"
        )
    return [people.get(number, ()) for number in range(first, last + 1)]


def check_imported(found: ImportedPoses, path: Path) -> None:
    """Check imported keypoints: plausible coordinates, number of people and size.

    Raises
    ------
    InputError
        if a limit is exceeded; names the frame, counted from 0.
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
    """Return the skeleton for the keypoint names of a file: one of `SKELETONS`, or a new one.

    Raises
    ------
    InputError
        if there are no names, too many, or two for the same keypoint.
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
    """Return the skeleton of a list of ``count`` keypoints, and the indices of its columns in the list.

    Raises
    ------
    InputError
        if no known network has this number of keypoints.
    """
    if count not in _BY_COUNT:
        known = ", ".join(f"{n} ({name})" for n, (name, _) in _BY_COUNT.items())
        raise InputError(f"'{path}' has {count} keypoints a person; expected {known}")
    name, columns = _BY_COUNT[count]
    skeleton = _WHOLEBODY if name == _WHOLEBODY.name else SKELETONS[name]
    return skeleton, np.array(columns if columns is not None else range(count))


# COCO-WholeBody begins with COCO's 17 keypoints and the feet: left big toe, small toe, heel, then right.
_WHOLEBODY = Skeleton(
    "coco_wholebody_23",
    (*SKELETONS["coco_17"].names, *(f"{s}_{p}" for s in ("left", "right") for p in ("big_toe", "small_toe", "heel"))),
)
# Numbers of keypoints of OpenPose, Detectron2, MMPose and AlphaPose; longer lists continue with face and hands.
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
    """Return the number of keypoints per person; InputError if people differ."""
    if len(counts) > 1:
        raise InputError(f"'{path}' mixes people of {' and '.join(map(str, sorted(counts)))} keypoints")
    return next(iter(counts))


def table(entry: Entry, width: int) -> FloatArray:
    """Return (keypoint, width) numbers from a nested or a flat list; InputError for other content."""
    values = entry.list()
    numbers = entry.rows(width) if values and isinstance(values[0], list) else entry.numbers()
    if len(numbers) % width:
        raise entry.error(f"{width} numbers a keypoint")
    return np.array(numbers, dtype=np.float64).reshape(-1, width)


def body(points: Any) -> Body:
    """Return a body from (keypoint, 3) x, y, score; a score of 0 or a missing number means not detected."""
    points = np.asarray(points, dtype=np.float64)
    seen = (points[:, 2] > 0) & np.isfinite(points[:, 2]) & ~np.isnan(points[:, :2]).any(axis=1)
    return Body(np.where(seen[:, None], points[:, :2], np.nan), np.where(seen, np.clip(points[:, 2], 0.0, 1.0), 0.0))


def load_json(path: Path, format: str) -> Entry:
    """Return the content of a JSON file; InputError if it cannot be read."""
    return read_json(path, f"file of '{format}'", advice="choose another --format")


def missing(path: Path, format: str, field: str) -> InputError:
    """Return the error for a file that lacks a field of its format."""
    return InputError(
        f"'{path}' has no {field}, so it is not '{format}'; choose another {argument('keypoints_format')}"
    )
