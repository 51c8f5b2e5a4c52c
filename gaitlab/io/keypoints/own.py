"""gaitlab's own formats: a tidy CSV with one row per keypoint and frame, and a JSON file of one person."""

from __future__ import annotations

import sys
from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from gaitlab.core.errors import InputError, shown
from gaitlab.core.person import Body
from gaitlab.core.pose import FloatArray
from gaitlab.core.units import FRAME_RATE
from gaitlab.io.keypoints import columns
from gaitlab.io.keypoints.imported import LAST_FRAME, ImportedPoses, body, frames_of, load_json, missing, skeleton_of
from gaitlab.io.reading import Entry, read_rows

# Largest difference of times written with three decimals from frame / fps.
_ROUNDED_S = 0.0011
_COLUMNS = ("frame", "keypoint", "x_px", "y_px", "score")


def read_csv(path: Path) -> ImportedPoses:
    """Read ``frame,keypoint,x_px,y_px,score`` and the optional columns ``time_s`` and ``person``."""
    rows = read_rows(path, "file of 'csv'", advice="choose another --format")
    header = next(rows, (1, []))[1]
    for column in _COLUMNS:
        if column not in header:
            raise missing(path, "csv", f"column '{column}'")
    table = _table(path, header, rows)
    if not table.frames:
        raise InputError(f"'{path}' has no rows; expected one a frame and keypoint")
    skeleton = skeleton_of(list(table.names), path)
    people = _people(table, path)
    bodies = {number: [body(one) for one in people[number].values()] for number in sorted(people)}
    return ImportedPoses(skeleton, frames_of(bodies, path), _times(table))


@dataclass(frozen=True, slots=True, eq=False)
class _Table:
    """The columns of the file as compact arrays, (row,) each, ``points`` with three numbers per row."""

    lines: array[int]
    frames: array[int]
    names: dict[str, int]  # keypoint name to index
    keypoints: array[int]
    persons: list[str]
    points: array[float]
    times_s: array[float]


def _table(path: Path, header: Sequence[str], rows: Iterable[tuple[int, list[str]]]) -> _Table:
    wanted = [columns.whole("frame", 0, LAST_FRAME), columns.text("keypoint")]
    wanted += [columns.number(name) for name in ("x_px", "y_px", "score")]
    wanted += [columns.number("time_s")] if "time_s" in header else []
    wanted += [columns.text("person")] if "person" in header else []
    table = _Table(array("q"), array("q"), {}, array("q"), [], array("d"), array("d"))
    for line, (frame, word, x, y, score, *optional) in columns.read_columns(path, header, rows, wanted):
        table.lines.append(line)
        table.frames.append(frame)
        table.keypoints.append(table.names.setdefault(word, len(table.names)))
        table.persons.append(sys.intern(optional.pop()) if "person" in header else "")
        table.points.extend((x, y, score))
        table.times_s.extend(optional)
    return table


def _people(table: _Table, path: Path) -> dict[int, dict[str, FloatArray]]:
    """Return by frame number and person (keypoint, 3) x, y, score.

    Raises
    ------
    InputError
        for duplicate keypoints of a person, or far fewer rows than people times keypoints.
    """
    count, rows = len(table.names), len(table.frames)
    bodies = len(set(zip(table.frames, table.persons, strict=True)))
    if bodies * count > _CELLS + _CELLS_PER_ROW * rows:
        raise InputError(
            f"'{path}' has {rows} rows for {bodies} people in frames and {count} names of keypoints; expected a row a "
            "frame, person and keypoint"
        )
    points = np.frombuffer(table.points).reshape(rows, 3)
    people: dict[int, dict[str, FloatArray]] = {}
    for row, (frame, person, keypoint) in enumerate(zip(table.frames, table.persons, table.keypoints, strict=True)):
        of_frame = people.setdefault(frame, {})
        if person not in of_frame:
            of_frame[person] = np.full((count, 3), _NOT_THERE)
        one = of_frame[person]
        if one[keypoint, 2] != _NOT_THERE:
            raise InputError(
                f"'{path}', line {table.lines[row]}: frame {frame} has {shown(list(table.names)[keypoint])} twice; "
                "expected a row a frame and keypoint, or a column 'person' that tells people apart"
            )
        one[keypoint] = points[row]
    return people


# Limits of the table size relative to the number of rows, because keypoints may lack their row.
_CELLS, _CELLS_PER_ROW = 1_000_000, 50
# Score of a keypoint without a row.
_NOT_THERE = -np.inf


def _times(table: _Table) -> FloatArray | None:
    """Return (frame,) times, s, from the first frame to the last; None if one is missing."""
    if not table.times_s:
        return None
    known = dict(zip(table.frames, table.times_s, strict=True))
    all_s = np.array([known.get(number, np.nan) for number in range(min(known), max(known) + 1)])
    return all_s if np.isfinite(all_s).all() else None


def read_gaitlab_pose(path: Path) -> ImportedPoses:
    """Read ``{"keypoint_names", "frames": [[[x, y, score], …], …], "fps" or "timestamps"}``."""
    content = load_json(path, "gaitlab-pose")
    for field in ("keypoint_names", "frames"):
        if not content.has(field):
            raise missing(path, "gaitlab-pose", f"field '{field}'")
    skeleton = skeleton_of([name.text() for name in content.field("keypoint_names").entries()], path)
    frames = [_bodies(entry, len(skeleton)) for entry in content.field("frames").entries()]
    fps = content.field("fps").number(FRAME_RATE.low, FRAME_RATE.high) if content.has("fps") else None
    time_s: FloatArray | None = None
    if content.has("timestamps") and content.field("timestamps").list():
        time_s = np.array(content.field("timestamps").numbers())
        if len(time_s) != len(frames):
            raise InputError(f"'{path}' has {len(frames)} frames, but {len(time_s)} timestamps; expected one a frame")
        if fps and np.abs(time_s - time_s[0] - np.arange(len(time_s)) / fps).max() < _ROUNDED_S:
            time_s = None  # the same times, only rounded
    return ImportedPoses(skeleton, frames, time_s, fps)


def _bodies(frame: Entry, count: int) -> list[Body]:
    """Return the person of a frame; an empty list if it is empty or null."""
    if frame.value is None or frame.value == []:
        return []
    points = frame.list()
    if len(points) != count:
        raise InputError(f"{frame.where}: {len(points)} points, but {count} keypoint_names")
    return [body(np.array(frame.rows(3)).reshape(count, 3))]
