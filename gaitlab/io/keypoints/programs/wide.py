"""Tables with a row a frame and columns a point: DeepLabCut's CSV, and what people write of MediaPipe."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from gaitlab.core.errors import InputError, shown
from gaitlab.core.pose import FloatArray
from gaitlab.io.keypoints import columns
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
from gaitlab.io.keypoints.own import open_table, our_columns

_SCORES = ("score", "likelihood", "visibility", "confidence", "conf", "presence", "prob", "v", "c", "p")
_NAME = re.compile(rf"(?P<name>.+?)[\s_.:-]?(?P<axis>x|y|z|{'|'.join(_SCORES)})(?:_px)?", re.I)
_NUMBERED = re.compile(r"(?P<axis>x|y|z|v|c|visibility|score)[\s_.]?(?P<name>\d+)", re.I)
_PERSON = re.compile(r"(person|track|individual|id|player)(_?id)?", re.I)
# Coordinates, each three numbers at most, of all points of one person.
_MOST_CELLS = 4000


def read_wide(path: Path, asked: Asked) -> ImportedPoses:
    """Read a row a frame with columns such as ``left_hip_x, left_hip_y, left_hip_visibility`` or ``x1, y1, z1, v1``."""
    separator, header, rows = open_table(path, "wide-csv")
    places = points_of(header)
    if not places:
        raise missing(path, "wide-csv", "columns such as 'left_hip_x' and 'left_hip_y'")
    frame, time = (_place(header, name) for name in ("frame", "time_s"))
    numbers: list[int] = []
    times: list[float] = []
    table: list[list[list[float]]] = []
    wanted = [columns.number(name, comma=separator != ",") for name in header]
    # Columns that are of no point may hold anything.
    used = {column for place in places.values() for column in place.values()} | {frame, time}
    wanted = [one if n in used else columns.text(one.name) for n, one in enumerate(wanted)]
    for line, values in columns.read_columns(path, header, rows, wanted):
        numbers.append(_whole(values[frame], path, line) if frame is not None else len(numbers))
        times.append(values[time] if time is not None else np.nan)
        table.append([
            [values[place["x"]], values[place["y"]], values[place["score"]] if "score" in place else np.nan]
            for place in places.values()
        ])  # fmt: skip
    if not table:
        raise InputError(f"'{path}' has no rows; expected one a frame")
    _check_one_row_a_frame(path, header, numbers)
    points = np.array(table, dtype=np.float64)
    return of_one(
        path, list(places), dict(zip(numbers, points, strict=True)), asked, numbered=frame is not None,
        times=dict(zip(numbers, times, strict=True)),
    )  # fmt: skip


def _check_one_row_a_frame(path: Path, header: list[str], numbers: list[int]) -> None:
    """Raise InputError for a table of several people, which would be mixed up.

    Without a column of frames nothing tells them apart but the check of the body afterwards.
    """
    twice = min((number for number, count in Counter(numbers).items() if count > 1), default=None)
    if twice is None:
        return
    person = next(
        (word for word in header if re.fullmatch(r"(?i)(person|track|individual|id|player)(_?id)?", word)), ""
    )
    told = f"; keep the rows of one '{person}'" if person else "; is it a table of several people?"
    raise InputError(f"'{path}' has frame {twice} twice; expected a row a frame, of one person{told}")


def of_one(
    path: Path, names: list[str], points: dict[int, FloatArray], asked: Asked, *, numbered: bool,
    times: dict[int, float] | None = None,
) -> ImportedPoses:  # fmt: skip
    """Return one person's points by frame, (keypoint, 3) x, y, score; where all scores are NaN none are told."""
    every = np.array(list(points.values()))
    if np.isnan(every[..., 2]).all():
        every[..., 2] = np.isfinite(every[..., :2]).all(axis=-1)
    often = np.isfinite(every).all(axis=-1).sum(axis=0)
    if asked.layout is not None or all(name.isdecimal() for name in names):
        skeleton, order, notes = layout_of(list(every), path, asked=asked.layout)
    else:
        skeleton, order, notes = named_points(names, path, seen=often)
    bodies = {number: [body(one[order])] for number, one in zip(points, every, strict=True)}
    frames = frames_of(bodies, path)
    first = min(bodies)
    times_s = None
    known = sorted(number for number, time in (times or {}).items() if np.isfinite(time))
    if times and known:
        times_s = np.interp(np.arange(first, first + len(frames)), known, [times[number] for number in known])
    return ImportedPoses(skeleton, frames, times_s, first=first if numbered else None, notes=notes)


def points_of(header: list[str]) -> dict[str, dict[str, int]]:
    """Return point to axis (``x``, ``y``, ``score``) to column, of points that have both x and y."""
    if len(header) > _MOST_CELLS:
        return {}
    found: dict[str, dict[str, int]] = {}
    for column, word in enumerate(header):
        if match := _NUMBERED.fullmatch(word) or _NAME.fullmatch(word):
            axis = match["axis"].lower()
            found.setdefault(match["name"], {}).setdefault(axis if axis in "xyz" else "score", column)
    return {name: place for name, place in found.items() if {"x", "y"} <= set(place)}


def _place(header: list[str], name: str) -> int | None:
    ours = our_columns(header)
    return ours.index(name) if name in ours else None


def _whole(value: float, path: Path, line: int) -> int:
    if not (np.isfinite(value) and 0 <= value <= LAST_FRAME and value == int(value)):
        raise InputError(f"'{path}', line {line}: frame is {shown(value)}; expected a whole number from 0")
    return int(value)


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
