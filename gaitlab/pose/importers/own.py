"""gaitlab's own formats: a tidy CSV, a row a point, and a JSON file of one person's points."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from gaitlab.core.pose import FloatArray
from gaitlab.errors import InputError, shown
from gaitlab.pose.body import Body
from gaitlab.pose.importers.columns import Columns
from gaitlab.pose.importers.found import (
    LAST_FRAME,
    Found,
    body,
    frames_of,
    load_json,
    missing,
    skeleton_of,
)
from gaitlab.reading import Entry, read_rows
from gaitlab.units import FRAME_RATE

# Times written with three digits differ from frame / fps by no more than this.
_ROUNDED_S = 0.0011
_COLUMNS = ("frame", "keypoint", "x_px", "y_px", "score")


def read_csv(path: Path) -> Found:
    """Read ``frame,keypoint,x_px,y_px,score``; ``time_s`` and ``person`` may stand beside them."""
    columns = _columns(path)
    frames = columns.wholes("frame", 0, LAST_FRAME)
    words = columns.texts("keypoint")
    names = list(dict.fromkeys(words))
    skeleton = skeleton_of(names, path)
    points = np.array([columns.numbers(name) for name in ("x_px", "y_px", "score")]).T
    persons = columns.texts("person") if "person" in columns.names else [""] * len(frames)
    people = _people(columns, frames, persons, words, points)
    bodies = {number: [body(one) for one in people[number].values()] for number in sorted(people)}
    times_s = columns.numbers("time_s") if "time_s" in columns.names else None
    return Found(skeleton, frames_of(bodies, path), None if times_s is None else _times(frames, times_s))


def _columns(path: Path) -> Columns:
    rows = list(read_rows(path, "file of 'csv'", advice="choose another --format"))
    header = rows[0][1] if rows else []
    for column in _COLUMNS:
        if column not in header:
            raise missing(path, "csv", f"column '{column}'")
    if len(rows) == 1:
        raise InputError(f"'{path}' has no rows; expected one a frame and keypoint")
    width = len(header)
    cells = [row if any(row[width:]) else row[:width] for _, row in rows[1:]]  # some programs end every row in commas
    return Columns(path, header, [line for line, _ in rows[1:]], cells)


def _people(
    columns: Columns, frames: list[int], persons: list[str], words: list[str], points: FloatArray
) -> dict[int, dict[str, FloatArray]]:
    """Return frame number to person to (keypoint, 3), keypoints in the order they first come in.

    Raises:
        InputError: a point of a person that is there twice, or far fewer points than people and names ask for.
    """
    index = {word: n for n, word in enumerate(dict.fromkeys(words))}
    bodies = len(set(zip(frames, persons, strict=True)))
    if bodies * len(index) > _CELLS + _CELLS_PER_ROW * len(frames):
        raise InputError(
            f"'{columns.path}' has {len(frames)} rows for {bodies} people in frames and {len(index)} names of "
            "keypoints; expected a row a frame, person and keypoint"
        )
    people: dict[int, dict[str, FloatArray]] = {}
    for row, (frame, person, word) in enumerate(zip(frames, persons, words, strict=True)):
        one = people.setdefault(frame, {}).setdefault(person, np.full((len(index), 3), _NOT_THERE))
        if one[index[word], 2] != _NOT_THERE:
            raise InputError(
                f"'{columns.path}', line {columns.lines[row]}: frame {frame} has {shown(word)} twice; expected a row a "
                "frame and keypoint, or a column 'person' that tells people apart"
            )
        one[index[word]] = points[row]
    return people


# A point may lack its row, but not so many of them.
_CELLS, _CELLS_PER_ROW = 1_000_000, 50
# The score of a point that no row tells.
_NOT_THERE = -np.inf


def _times(frames: list[int], times_s: list[float]) -> FloatArray | None:
    """Return (frame,) times from the first frame to the last; None where one is not told."""
    told = dict(zip(frames, times_s, strict=True))
    all_s = np.array([told.get(number, np.nan) for number in range(min(frames), max(frames) + 1)])
    return all_s if np.isfinite(all_s).all() else None


def read_gaitlab_pose(path: Path) -> Found:
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
    return Found(skeleton, frames, time_s, fps)


def _bodies(frame: Entry, count: int) -> list[Body]:
    """Return the person of a frame; nobody where it is empty or null."""
    if frame.value is None or frame.value == []:
        return []
    points = frame.list()
    if len(points) != count:
        raise InputError(f"{frame.where}: {len(points)} points, but {count} keypoint_names")
    return [body(np.array(frame.rows(3)).reshape(count, 3))]
