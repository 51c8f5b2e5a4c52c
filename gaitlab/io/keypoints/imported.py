"""Common result of all formats before one runner is selected, and functions shared by the formats."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gaitlab.core.errors import InputError, argument, shown
from gaitlab.core.person import Body
from gaitlab.core.pose import FloatArray
from gaitlab.core.skeleton import SKELETONS, Skeleton
from gaitlab.io.keypoints.names import is_plain, our_name, without_legs
from gaitlab.io.reading import Entry, read_json

# Frames without people may be missing from a file, at most this many per frame that is present.
_GAP_PER_FRAME = 50
_GAP = 1000
_MOST_FRAMES = 1_000_000  # over an hour at 240 fps
_MOST_POINTS = 1000  # MediaPipe writes 543 per person, with face and hands
_MOST_PEOPLE = 100  # per image
_MOST_NUMBERS = 50_000_000  # frames times keypoints, limited by memory
_FEW_NAMES = 5  # that are shown
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
        frame rate in the file, Hz, if it contains one.
    first : int | None
        the number that the file gives the first frame, those of the film counted from 0 or 1; None where frames have
        no numbers.
    notes : tuple[str, ...]
        assumptions made, one sentence each.
    turned : bool
        whether the points have the picture's axes already, x to the right and y downwards.
    metres_per_px : float | None
        how long a px is, where the file's unit is a length.
    """

    skeleton: Skeleton
    frames: Sequence[Sequence[Body]]
    time_s: FloatArray | None = None
    fps: float | None = None
    first: int | None = None
    notes: tuple[str, ...] = ()
    turned: bool = False
    metres_per_px: float | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """Properties of a file supplied by the user because it lacks them or has them wrong.

    Attributes
    ----------
    layout : str | None
        the order of its keypoints, a key of `SKELETONS` (also ``BODY-25B``).
    axes : str | None
        which axes point to the right of the picture and up, e.g. ``xz`` or ``x-y``.
    """

    layout: str | None = None
    axes: str | None = None


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


def named_points(
    names: Sequence[str], path: Path, *, seen: ArrayLike | None = None
) -> tuple[Skeleton, np.ndarray, tuple[str, ...]]:
    """Return the skeleton of keypoints with these names, which of them are its columns, and what was left out.

    Parameters
    ----------
    names : Sequence[str]
        as a file has them.
    path : Path
        the file.
    seen : ArrayLike | None, optional
        (name,) how often each is there: of two that mean one point the one that is seen, and named more nearly, counts.

    Raises
    ------
    InputError
        no names, too many, or names that are not known where hips, knees or ankles are missing.
    """
    if not 0 < len(names) <= _MOST_POINTS:
        raise InputError(f"'{path}' names {len(names)} keypoints; expected 1 to {_MOST_POINTS}")
    missing_legs, strange = without_legs(names)
    if missing_legs and strange:
        few = ", ".join(shown(name) for name in strange[:_FEW_NAMES])
        more = f" and {len(strange) - _FEW_NAMES} more" if len(strange) > _FEW_NAMES else ""
        raise InputError(
            f"'{path}' names no {', '.join(missing_legs)}, and these of its names are not known: {few}{more}; expected "
            "names such as left_hip, RKnee or 'right ankle'"
        )
    often = np.asarray(seen if seen is not None else np.ones(len(names)), dtype=np.float64)
    candidates: dict[str, list[int]] = {}
    for column, name in enumerate(names):
        candidates.setdefault(our_name(name), []).append(column)
    best = {
        our: max(columns, key=lambda c: (often[c] >= 0.5 * often[columns].max(), is_plain(names[c]), often[c], -c))
        for our, columns in candidates.items()
    }
    notes = tuple(
        f"'{path.name}' names the keypoint '{our}' {len(columns)} times ({words}): {shown(names[best[our]])} was taken"
        for our, columns in candidates.items()
        if len(columns) > 1 and (words := ", ".join(shown(names[column]) for column in columns))
    )
    known = next((s for s in SKELETONS.values() if s.names == tuple(best)), None)
    return known or Skeleton("imported", tuple(best)), np.array(list(best.values())), notes


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
    """Return a body from (keypoint, 3) x, y, score; a score of 0, or a number that is missing, means not seen.

    Scores keep their scale, see `with_scores_to_one`.
    """
    points = np.asarray(points, dtype=np.float64)
    seen = (points[:, 2] > 0) & np.isfinite(points[:, 2]) & ~np.isnan(points[:, :2]).any(axis=1)
    seen &= ~in_a_corner(points[:, :2])
    return Body(np.where(seen[:, None], points[:, :2], np.nan), np.where(seen, points[:, 2], 0.0))


def in_a_corner(xy: FloatArray) -> NDArray[np.bool_]:
    """Return of (…, 2) points whether they are at exactly 0, 0 or -1, -1: so programs write what they do not see."""
    return np.asarray((xy == 0).all(axis=-1) | (xy == -1).all(axis=-1))


def load_json(path: Path, format: str) -> Entry:
    """Return a JSON file's content; InputError where there is none."""
    return read_json(path, f"file of '{format}'", advice="choose another --format", windows=True)


def missing(path: Path, format: str, field: str) -> InputError:
    """Return the error for a file that lacks a field of its format."""
    return InputError(
        f"'{path}' has no {field}, so it is not '{format}'; choose another {argument('keypoints_format')}"
    )
