"""Tables with a row a frame and columns a point: DeepLabCut's CSV, and what people write of MediaPipe."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path

import numpy as np

from gaitlab.core.errors import InputError, argument, shown
from gaitlab.core.person import Body
from gaitlab.core.pose import FloatArray
from gaitlab.core.skeleton import Skeleton
from gaitlab.io.keypoints import columns
from gaitlab.io.keypoints.axes import FromTheSide, axes_asked, from_the_side, stands_in
from gaitlab.io.keypoints.imported import (
    LAST_FRAME,
    Asked,
    ImportedPoses,
    body,
    frames_of,
    missing,
    named_points,
)
from gaitlab.io.keypoints.layouts import layout_of
from gaitlab.io.keypoints.tables.heading import (
    Rows,
    frame_column,
    numbers_as_names,
    open_table,
    our_columns,
    time_column,
)
from gaitlab.io.keypoints.tables.times import time_cells, times_of, unit_of
from gaitlab.io.keypoints.tables.whose import check_whose

_SCORES = ("score", "likelihood", "visibility", "confidence", "conf", "presence", "prob", "v", "c", "p")
_AXES = rf"(?P<axis>x|y|z|{'|'.join(_SCORES)})"
_UNIT = r"(?:(?:[\s_]+|[\s_]*[\[(])(?P<unit>px|pixels?|mm|cm|m)[\])]?)?"
# A column's name: the point first, left_hip_x, LHip (X), left_hip_x_m; its number behind, x1; or behind the axis.
_NAMED = re.compile(rf"(?P<name>.+?)[\s_.:-]*[\[(]?{_AXES}[\])]?{_UNIT}", re.I)
_NUMBERED = re.compile(r"(?P<axis>x|y|z|v|c|visibility|score)[\s_.]?(?P<name>\d+)(?P<unit>\b)", re.I)
_AXIS_FIRST = re.compile(rf"{_AXES}[\s_.:-]+(?P<name>.+?){_UNIT}", re.I)
_PERSON = re.compile(r"(person|track|individual|id|player)(_?id)?", re.I)
# Coordinates, each three numbers at most, of all points of one person.
_MOST_CELLS = 4000


def read_wide(path: Path, asked: Asked) -> ImportedPoses:
    """Read a row a frame with columns such as ``left_hip_x, left_hip_y, left_hip_visibility`` or ``x1, y1, z1, v1``."""
    separator, header, rows = open_table(path, "wide-csv")
    header, rows = _in_one_line(header, rows)
    places, unit = points_of(header)
    if not places:
        raise missing(path, "wide-csv", "columns such as 'left_hip_x' and 'left_hip_y'")
    comma = separator != ","
    ours = our_columns(header)
    frame, time = (ours.index("frame") if "frame" in ours else None), time_column(header)
    person = next((n for n, word in enumerate(header) if _PERSON.fullmatch(word)), None)
    wanted = [columns.text(name) for name in header]  # columns that are of no point may hold anything
    for column in (column for place in places.values() for column in place.values()):
        wanted[column] = columns.number(header[column], comma=comma)
    if frame is not None:
        wanted[frame] = frame_column(header[frame], 0, LAST_FRAME)
    if time is not None:
        wanted[time] = time_cells(header[time], comma=comma, unit_s=unit_of(header[time]) or 0.0)
    numbers: list[int] = []
    times: list[float] = []
    persons: list[str] = []
    table: list[list[list[float]]] = []
    for _, values in columns.read_columns(path, header, rows, wanted):
        persons.append(values[person] if person is not None else "")
        numbers.append(values[frame] if frame is not None else -1)
        times.append(values[time] if time is not None else np.nan)
        table.append([[values[place[a]] if a in place else np.nan for a in _ROW] for place in places.values()])
    if not table:
        raise InputError(f"'{path}' has no rows; expected one a frame")
    points = np.array(table, dtype=np.float64)
    if len(set(persons)) == len(persons):  # an identifier of the row
        persons = [""] * len(persons)
    if frame is None:
        numbers = _counted(persons)
    _check_one_row_a_frame(path, numbers, persons)
    notes = () if any(persons) else check_whose(points[..., :2], path, numbers=numbers, times=times)
    return _of_rows(
        path, list(places), points, list(zip(numbers, persons, strict=True)), asked, unit=unit,
        numbered=frame is not None, times=times, notes=notes,
    )  # fmt: skip


_ROW = ("x", "y", "z", "score")


def _counted(persons: Sequence[str]) -> list[int]:
    """Return the number of every row among those of the same person."""
    seen: dict[str, int] = {}
    numbers = []
    for person in persons:
        numbers.append(seen.get(person, 0))
        seen[person] = numbers[-1] + 1
    return numbers


def _check_one_row_a_frame(path: Path, numbers: list[int], persons: list[str]) -> None:
    """Raise InputError for two rows of one frame and person, of which one would be lost."""
    seen: set[tuple[int, str]] = set()
    for one in zip(numbers, persons, strict=True):
        if one in seen:
            of = f" of person {one[1]}" if one[1] else ", of one person; is it a table of several people?"
            told = "" if one[1] else " A column 'person' tells them apart"
            raise InputError(f"'{path}' has frame {one[0]} twice; expected a row a frame{of}{told}")
        seen.add(one)


def _of_rows(
    path: Path, names: list[str], points: FloatArray, rows: list[tuple[int, str]], asked: Asked, *, unit: str,
    numbered: bool, times: list[float], notes: tuple[str, ...],
) -> ImportedPoses:  # fmt: skip
    """Return the people of (row, keypoint, 4) x, y, z, score; where all scores are NaN none are told."""
    if np.isnan(points[..., 3]).all():
        points[..., 3] = np.isfinite(points[..., :2]).all(axis=-1)
    every = points[..., [0, 1, 3]]
    often = np.isfinite(every).all(axis=-1).sum(axis=0)
    numbers = numbers_as_names(names)
    if numbers is not None:
        skeleton, listed, told = layout_of(list(every[:, numbers]), path, asked=asked.layout)
        order = numbers[listed]
    else:
        skeleton, order, told = named_points(names, path, seen=often)
    every, points = every[:, order], points[:, order]
    flat, assumed, metres_per_px = _seen_from_the_side(points[..., :3], skeleton, path, asked, unit=unit)
    if flat is not None:
        every = np.concatenate([flat, np.where(np.isnan(flat).any(axis=-1), 0.0, every[..., 2])[..., None]], axis=-1)
    frames: dict[int, list[Body]] = {}
    for (number, _), one in zip(rows, every, strict=True):
        frames.setdefault(number, []).append(body(one))
    time_of = {number: time for (number, _), time in zip(rows, times, strict=True) if np.isfinite(time)}
    listed_frames = frames_of(frames, path)
    first = min(frames)
    times_s = times_of(time_of, first, len(listed_frames))
    return ImportedPoses(
        skeleton, listed_frames, times_s, first=first if numbered else None, notes=(*notes, *told, *assumed),
        turned=flat is not None, metres_per_px=metres_per_px,
    )  # fmt: skip


def _seen_from_the_side(
    points: FloatArray, skeleton: Skeleton, path: Path, asked: Asked, *, unit: str
) -> FromTheSide | tuple[None, tuple[str, ...], None]:
    """Return points in space as `from_the_side` does; None of those in a picture, which stay."""
    has_z = bool(np.isfinite(points[..., 2]).any())
    lengths = unit in _LENGTHS
    across = asked.axes is not None and "z" in str(axes_asked(asked.axes))
    if across and not has_z:
        raise InputError(f"{argument('axes')} names z, but '{path}' has x and y alone; expected two of these")
    # MediaPipe's z is a guess of depth, beside points that stand upright in the picture.
    lies = has_z and asked.axes is None and not stands_in(points[..., :2], skeleton)
    if not (lengths or across or lies):
        return None, (), None
    solid = points if has_z else np.concatenate([points[..., :2], np.zeros((*points.shape[:2], 1))], axis=-1)
    return from_the_side(solid, skeleton, path, unit=unit if lengths else "px", asked=asked.axes)


_LENGTHS = ("mm", "cm", "m")


def points_of(header: Sequence[str]) -> tuple[dict[str, dict[str, int]], str]:
    """Return point to axis (``x``, ``y``, ``z``, ``score``) to column, of points that have x and y; and their unit."""
    if len(header) > _MOST_CELLS:
        return {}, ""
    for patterns in ((_NUMBERED, _NAMED), (_AXIS_FIRST,)):
        found: dict[str, dict[str, int]] = {}
        units: set[str] = set()
        for column, word in enumerate(header):
            if match := next((m for pattern in patterns if (m := pattern.fullmatch(word))), None):
                axis = match["axis"].lower()
                found.setdefault(match["name"], {}).setdefault(axis if axis in "xyz" else "score", column)
                units |= {(match["unit"] or "").lower()} if axis in "xy" else set()
        if places := {name: place for name, place in found.items() if {"x", "y"} <= set(place)}:
            return places, units.pop() if len(units) == 1 else ""
    return {}, ""


def in_one_line(header: Sequence[str], below: Sequence[str]) -> list[str] | None:
    """Return the heading of two lines, names above ``x`` and ``y``, as one; None where the second is no heading."""
    words = [cell for cell in below if cell]
    if len(words) < 4 or len(below) < len(header) or {word.lower() for word in words} - {"x", "y", "z", *_SCORES}:
        return None
    merged, name = [], ""
    for above, axis in zip(header, below, strict=False):
        name = above or name
        merged.append(f"{name}_{axis}" if axis else name)
    return merged


def _in_one_line(header: list[str], rows: Rows) -> tuple[list[str], Rows]:
    first = next(rows, None)
    if first is None:
        return header, rows
    merged = in_one_line(header, first[1])
    return (merged, rows) if merged is not None else (header, chain([first], rows))


def read_deeplabcut_csv(path: Path, asked: Asked) -> ImportedPoses:
    """Read DeepLabCut's table: headings scorer, (individuals,) bodyparts and coords; x, y and likelihood a point."""
    separator, header, rows = open_table(path, "deeplabcut-csv")
    heads = {header[0].lower(): header} if header else {}
    if "scorer" not in heads:
        raise missing(path, "deeplabcut-csv", "first heading 'scorer'")
    for _, cells in rows:
        heads[cells[0].lower()] = cells
        if cells[0].lower() == "coords":
            break
    if not {"bodyparts", "coords"} <= set(heads) or len({len(cells) for cells in heads.values()}) > 1:
        raise missing(path, "deeplabcut-csv", "headings 'bodyparts' and 'coords' of one length")
    names, coords = heads["bodyparts"], heads["coords"]
    individuals = heads.get("individuals", [""] * len(names))
    wide = ["frame", *(f"{n}" for n in range(1, len(names)))]
    wanted = [columns.text("frame"), *(columns.number(name, comma=separator != ",") for name in wide[1:])]
    table: dict[int, list[float]] = {}
    for line, (word, *values) in columns.read_columns(path, wide, _padded(rows, len(wide)), wanted):
        digits = re.findall(r"\d+", word.rsplit(".", 1)[0])
        if not digits or len(digits[-1]) > len(str(LAST_FRAME)):
            raise InputError(f"'{path}', line {line}: {shown(word)} has no frame number")
        table[int(digits[-1])] = values
    if not table:
        raise InputError(f"'{path}' has no rows; expected one a frame")
    labels = list(zip(individuals[1:], names[1:], [word.lower() for word in coords[1:]], strict=True))
    return of_columns(path, labels, table, asked)


def of_columns(
    path: Path, labels: list[tuple[str, str, str]], table: dict[int, list[float]], asked: Asked
) -> ImportedPoses:
    """Return the people of a table whose columns are told as (individual, point, ``x``, ``y`` or ``likelihood``)."""
    names = list(dict.fromkeys(name for _, name, _ in labels))
    people = list(dict.fromkeys(person for person, _, _ in labels))
    if len(names) * len(people) > _MOST_CELLS:
        raise InputError(f"'{path}' has {len(names)} points of {len(people)} individuals; expected fewer")
    axes = {"x": 0, "y": 1, "likelihood": 2}
    values = np.array(list(table.values()), dtype=np.float64)
    points = np.full((len(values), len(people), len(names), 3), np.nan)
    for column, (person, name, axis) in enumerate(labels):
        if axis in axes:
            points[:, people.index(person), names.index(name), axes[axis]] = values[:, column]
    if np.isnan(points[..., 2]).all():  # labelled by hand
        points[..., 2] = np.isfinite(points[..., :2]).all(axis=-1)
    often = np.isfinite(points).all(axis=-1).sum(axis=(0, 1))
    skeleton, order, notes = named_points(names, path, seen=often)
    frames = {number: [body(one[order]) for one in bodies] for number, bodies in zip(table, points, strict=True)}
    seen = {number: [one for one in bodies if np.isfinite(one.xy).any()] for number, bodies in frames.items()}
    return ImportedPoses(skeleton, frames_of(seen, path), first=min(seen), notes=notes)


def _padded(rows: Iterator[tuple[int, list[str]]], width: int) -> Iterator[tuple[int, list[str]]]:
    """Yield rows with the cells that DeepLabCut leaves out at their end."""
    for line, cells in rows:
        yield line, cells + [""] * (width - len(cells))
