"""OpenSim's TRC, as Sports2D and Pose2Sim write it: names, times, and three coordinates a point."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np

from gaitlab.core.errors import InputError
from gaitlab.core.pose import FloatArray
from gaitlab.core.units import FRAME_RATE
from gaitlab.io.keypoints import columns
from gaitlab.io.keypoints.axes import from_the_side
from gaitlab.io.keypoints.imported import LAST_FRAME, Asked, ImportedPoses, body, missing, named_points
from gaitlab.io.reading import read_text

_HEAD = 5  # lines before the numbers


@dataclass(frozen=True, slots=True, eq=False)
class Markers:
    """What a file of markers holds: names, (frame, marker, 3) places, (frame,) times, s, unit, rate and first frame."""

    names: list[str]
    points: FloatArray
    time_s: FloatArray
    unit: str
    rate: float | None
    first: int | None


def read_trc(path: Path, asked: Asked) -> ImportedPoses:
    """Read the markers' places, seen from the side: lengths with y up, z up, or pixels with y down, see `axes`."""
    found = markers_of_trc(path)
    seen = np.isfinite(found.points).all(axis=-1)
    skeleton, order, notes = named_points(found.names, path, seen=seen.sum(axis=0))
    flat, assumed, metres_per_px = from_the_side(
        found.points[:, order], skeleton, path, unit=found.unit, asked=asked.axes
    )
    people = np.concatenate([flat, ~np.isnan(flat).any(axis=-1, keepdims=True)], axis=-1)
    return ImportedPoses(
        skeleton, [[body(frame)] for frame in people], found.time_s, found.rate, first=found.first,
        notes=(*notes, *assumed), metres_per_px=metres_per_px,
    )  # fmt: skip


def markers_of_trc(path: Path) -> Markers:
    """Read all markers under their own names; InputError where it is no TRC."""
    lines = read_text(path, "file of 'trc'", advice="choose another --format", windows=True).splitlines()
    if not lines or not lines[0].startswith("PathFileType"):
        raise missing(path, "trc", "first line 'PathFileType'")
    if len(lines) < _HEAD:
        raise InputError(f"'{path}' ends within its heading; expected {_HEAD} lines and then a row a frame")
    facts = dict(zip(lines[1].split(), lines[2].split(), strict=False))
    header = [word.strip() for word in lines[3].split("\t")]
    if [word.lower() for word in header[:2]] != ["frame#", "time"]:
        raise missing(path, "trc", "heading 'Frame#  Time'")
    names = [word for word in header[2:] if word]
    numbers, table = _table(path, len(names), lines)
    points = table[:, 1:].reshape(len(table), len(names), 3)
    points[(points == 0).all(axis=-1)] = np.nan  # how some programs write a marker that was not seen
    return Markers(
        names, points, table[:, 0].copy(), facts.get("Units", "mm"), _rate(facts.get("DataRate", "")), _first(numbers)
    )


def _rate(word: str) -> float | None:
    """Return the frames a second that the heading says; None where it says none."""
    try:
        rate = columns.decimal(word)
    except ValueError:
        return None
    return rate if FRAME_RATE.low <= rate <= FRAME_RATE.high else None


def _first(numbers: list[float]) -> int | None:
    """Return the number of the first frame, where they count on."""
    counts = all(later - earlier == 1 for earlier, later in pairwise(numbers))
    return int(numbers[0]) if counts and 0 <= numbers[0] < LAST_FRAME else None


def _table(path: Path, count: int, lines: list[str]) -> tuple[list[float], FloatArray]:
    """Return the frames' numbers and (frame, 1 + 3 count) times and x, y, z; what a row leaves out at its end is empty.

    Raises
    ------
    InputError
        no rows, more cells than there are columns, or a cell that is no number.
    """
    header = ["frame", "time", *(f"{axis}{n}" for n in range(1, count + 1) for axis in "XYZ")]
    wanted = [columns.number(name, comma=True) for name in header]
    rows = [values for _, values in columns.read_columns(path, header, _rows(lines, len(header)), wanted)]
    if not rows:
        raise InputError(f"'{path}' has no rows")
    return [row[0] for row in rows], np.array([row[1:] for row in rows])


def _rows(lines: list[str], width: int) -> Iterator[tuple[int, list[str]]]:
    for line, row in enumerate(lines[_HEAD:], start=_HEAD + 1):
        cells = [cell.strip() for cell in row.split("\t")]
        if any(cells):
            yield line, cells + [""] * (width - len(cells))
