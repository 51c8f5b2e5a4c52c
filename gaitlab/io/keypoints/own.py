"""gaitlab's own formats: a tidy CSV, a row a point, and a JSON file of one person's points."""

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

# Times written with three digits differ from frame / fps by no more than this.
_ROUNDED_S = 0.0011
_COLUMNS = ("frame", "keypoint", "x_px", "y_px", "score")


def read_csv(path: Path) -> ImportedPoses:
    """Read ``frame,keypoint,x_px,y_px,score``; ``time_s`` and ``person`` may stand beside them."""
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
    """The columns of the file, small in memory: (row,) each, ``points`` three numbers a row."""

    lines: array[int]
    frames: array[int]
    names: dict[str, int]  # of keypoints, each with its number
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
    for line, (frame, word, x, y, score, *beside) in columns.read_columns(path, header, rows, wanted):
        table.lines.append(line)
        table.frames.append(frame)
        table.keypoints.append(table.names.setdefault(word, len(table.names)))
        table.persons.append(sys.intern(beside.pop()) if "person" in header else "")
        table.points.extend((x, y, score))
        table.times_s.extend(beside)
    return table


def _people(table: _Table, path: Path) -> dict[int, dict[str, FloatArray]]:
    """Return frame number to person to (keypoint, 3).

    Raises
    ------
    InputError
        a point of a person that is there twice, or far fewer points than people and names ask for.
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


# A point may lack its row, but not so many of them.
_CELLS, _CELLS_PER_ROW = 1_000_000, 50
# The score of a point that no row tells.
_NOT_THERE = -np.inf


def _times(table: _Table) -> FloatArray | None:
    """Return (frame,) times from the first frame to the last; None where one is not told."""
    if not table.times_s:
        return None
    told = dict(zip(table.frames, table.times_s, strict=True))
    all_s = np.array([told.get(number, np.nan) for number in range(min(told), max(told) + 1)])
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
            time_s = None  # the same clock, only rounded
    return ImportedPoses(skeleton, frames, time_s, fps)


def _bodies(frame: Entry, count: int) -> list[Body]:
    """Return the person of a frame; nobody where it is empty or null."""
    if frame.value is None or frame.value == []:
        return []
    points = frame.list()
    if len(points) != count:
        raise InputError(f"{frame.where}: {len(points)} points, but {count} keypoint_names")
    return [body(np.array(frame.rows(3)).reshape(count, 3))]
