"""gaitlab's own formats: a tidy CSV, a row a point, and a JSON file of one person's points."""

from __future__ import annotations

import sys
from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from gaitlab.core.errors import InputError, shown
from gaitlab.core.pose import FloatArray
from gaitlab.core.units import FRAME_RATE
from gaitlab.io.keypoints import columns
from gaitlab.io.keypoints.imported import (
    LAST_FRAME,
    Asked,
    ImportedPoses,
    body,
    frames_of,
    load_json,
    missing,
    named_points,
)
from gaitlab.io.keypoints.layouts import layout_of
from gaitlab.io.keypoints.tables.heading import frame_column, numbers_as_names, open_table, our_columns
from gaitlab.io.keypoints.tables.times import time_cells, times_of, unit_of
from gaitlab.io.reading import Entry

# Times written with three digits differ from frame / fps by no more than this.
_ROUNDED_S = 0.0011
_NEEDED = ("frame", "keypoint", "x_px", "y_px")


def read_csv(path: Path, asked: Asked) -> ImportedPoses:
    """Read ``frame,keypoint,x_px,y_px,score``; ``time_s`` and ``person`` may stand beside them, ``score`` may lack."""
    separator, theirs, rows = open_table(path, "csv")
    header = our_columns(theirs)
    for column in _NEEDED:
        if column not in header:
            raise missing(path, "csv", f"column '{column}'")
    unit_s = unit_of(theirs[header.index("time_s")]) if "time_s" in header else None
    table = _table(path, header, rows, comma=separator != ",", unit_s=unit_s or 0.0)
    if not table.frames:
        raise InputError(f"'{path}' has no rows; expected one a frame and keypoint")
    points = np.frombuffer(table.points).reshape(-1, 3)
    often = np.bincount(np.array(table.keypoints), weights=np.isfinite(points[:, :2]).all(axis=1))
    people = _people(table, path)
    numbered = numbers_as_names(list(table.names))
    if numbered is not None:
        every = [one[numbered] for of_frame in people.values() for one in of_frame.values()]
        skeleton, listed, notes = layout_of(every, path, asked=asked.layout)
        order = numbered[listed]
    else:
        skeleton, order, notes = named_points(list(table.names), path, seen=often)
    bodies = {number: [body(one[order]) for one in people[number].values()] for number in sorted(people)}
    frames = frames_of(bodies, path)
    return ImportedPoses(skeleton, frames, _times(table), first=min(bodies), notes=notes)


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


def _table(
    path: Path, header: Sequence[str], rows: Iterable[tuple[int, list[str]]], *, comma: bool, unit_s: float
) -> _Table:
    wanted = [frame_column("frame", 0, LAST_FRAME), columns.text("keypoint")]
    wanted += [columns.number(name, comma=comma) for name in ("x_px", "y_px")]
    wanted += [columns.number("score", comma=comma)] if "score" in header else []
    wanted += [time_cells("time_s", comma=comma, unit_s=unit_s)] if "time_s" in header else []
    wanted += [columns.text("person")] if "person" in header else []
    table = _Table(array("q"), array("q"), {}, array("q"), [], array("d"), array("d"))
    for line, (frame, word, x, y, *beside) in columns.read_columns(path, header, rows, wanted):
        score = beside.pop(0) if "score" in header else np.nan
        table.lines.append(line)
        table.frames.append(frame)
        table.keypoints.append(table.names.setdefault(word, len(table.names)))
        table.persons.append(sys.intern(beside.pop()) if "person" in header else "")
        table.points.extend((x, y, score))
        table.times_s.extend(beside)
    points = np.frombuffer(table.points).reshape(-1, 3)
    if len(points) and np.isnan(points[:, 2]).all():  # no scores at all: who has a place was seen
        points[:, 2] = np.isfinite(points[:, :2]).all(axis=1)
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
# Score of a keypoint without a row.
_NOT_THERE = -np.inf


def _times(table: _Table) -> FloatArray | None:
    """Return (frame,) times, s, from the first frame to the last; None if a frame has no time."""
    if not table.times_s:
        return None
    told = {frame: time for frame, time in zip(table.frames, table.times_s, strict=True) if np.isfinite(time)}
    first = min(table.frames)
    return times_of(told, first, max(table.frames) + 1 - first)


def read_gaitlab_pose(path: Path, asked: Asked) -> ImportedPoses:
    """Read ``{"keypoint_names", "frames": [[[x, y, score], …], …], "fps" or "timestamps"}``."""
    content = load_json(path, "gaitlab-pose")
    for field in ("keypoint_names", "frames"):
        if not content.has(field):
            raise missing(path, "gaitlab-pose", f"field '{field}'")
    names = [name.text() for name in content.field("keypoint_names").entries()]
    people = [_points(entry, len(names)) for entry in content.field("frames").entries()]
    often = np.zeros(len(names))
    for points in (points for one in people for points in one):
        often += np.isfinite(points[:, :2]).all(axis=1)
    skeleton, order, notes = named_points(names, path, seen=often)
    frames = [[body(points[order]) for points in one] for one in people]
    fps = content.field("fps").number(FRAME_RATE.low, FRAME_RATE.high) if content.has("fps") else None
    time_s: FloatArray | None = None
    if content.has("timestamps") and content.field("timestamps").list():
        time_s = np.array(content.field("timestamps").numbers())
        if len(time_s) != len(frames):
            raise InputError(f"'{path}' has {len(frames)} frames, but {len(time_s)} timestamps; expected one a frame")
        if fps and np.abs(time_s - time_s[0] - np.arange(len(time_s)) / fps).max() < _ROUNDED_S:
            time_s = None  # the same clock, only rounded
    return ImportedPoses(skeleton, frames, time_s, fps, notes=notes)


def _points(frame: Entry, count: int) -> list[FloatArray]:
    """Return the person of a frame; no person if it is empty or null."""
    if frame.value is None or frame.value == []:
        return []
    points = frame.list()
    if len(points) != count:
        raise InputError(f"{frame.where}: {len(points)} points, but {count} keypoint_names")
    return [np.array(frame.rows(3)).reshape(count, 3)]
