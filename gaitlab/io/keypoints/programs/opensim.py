"""OpenSim's MOT and STO: points where they hold some; most hold joint angles, which are none."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from gaitlab.core.errors import InputError
from gaitlab.core.pose import FloatArray
from gaitlab.io.keypoints import columns
from gaitlab.io.keypoints.axes import from_the_side
from gaitlab.io.keypoints.imported import Asked, ImportedPoses, body, missing, named_points
from gaitlab.io.reading import read_text

_AXES = "xyz"
# calcn_r_X, RHeel_tx, RHeel.x
_COLUMN = re.compile(r"(?P<name>.+?)[_.]t?(?P<axis>[xyz])", re.I)
# A model's place, beside its angles.
_FREE = {"pelvis", "ground_pelvis", "/jointset/ground_pelvis/pelvis"}


def read_opensim(path: Path, asked: Asked) -> ImportedPoses:
    """Read the places of markers, of three columns each (``RHeel_tx`` …) or of one with three numbers (``Vec3``).

    Raises
    ------
    InputError
        it holds joint angles, from which no points can be had.
    """
    found = read_storage(path)
    places, table = found.places, found.table
    if not places:
        raise InputError(
            f"'{path}' holds joint angles (or forces) and no points; gaitlab measures angles itself: export the "
            "markers, as TRC or C3D"
        )
    points = np.stack([table[:, axes] for axes in places.values()], axis=1)
    seen = np.isfinite(points).all(axis=-1)
    skeleton, order, notes = named_points(list(places), path, seen=seen.sum(axis=0))
    unit = found.facts.get("Units", "m").strip().lower()
    flat, assumed, metres_per_px = from_the_side(points[:, order], skeleton, path, unit=unit, asked=asked.axes)
    people = np.concatenate([flat, ~np.isnan(flat).any(axis=-1, keepdims=True)], axis=-1)
    return ImportedPoses(
        skeleton, [[body(frame)] for frame in people], table[:, 0].copy(), notes=(*notes, *assumed),
        metres_per_px=metres_per_px,
    )  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Storage:
    """A file of OpenSim: what its heading says, its columns, (row, column) numbers, and the columns of each point."""

    facts: dict[str, str]
    header: list[str]
    table: FloatArray
    places: dict[str, list[int]]


def read_storage(path: Path) -> Storage:
    """Read all columns of a MOT or STO, the first of which are times, s; InputError where it is none."""
    lines = read_text(path, "file of 'opensim'", advice="choose another --format", windows=True).splitlines()
    end = next((number for number, line in enumerate(lines) if line.strip().lower() == "endheader"), None)
    if end is None or end + 1 >= len(lines):
        raise missing(path, "opensim", "line 'endheader' with columns after it")
    facts = dict(line.split("=", 1) for line in lines[:end] if "=" in line)
    header = lines[end + 1].split()
    if not header or header[0].lower() != "time":
        raise missing(path, "opensim", "column 'time'")
    rows = [(number, line.split()) for number, line in enumerate(lines[end + 2 :], start=end + 3) if line.strip()]
    if facts.get("DataType", "").strip().lower() == "vec3":
        header, rows = _spread(header, rows, path)
    wanted = [columns.number(name) for name in header]
    table = np.array([values for _, values in columns.read_columns(path, header, rows, wanted)])
    if not len(table):
        raise InputError(f"'{path}' has no rows")
    return Storage({key.strip(): value for key, value in facts.items()}, header, table, _places(header))


def _spread(
    header: list[str], rows: list[tuple[int, list[str]]], path: Path
) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """Return a table of ``1,2,3`` cells as one of three columns each."""
    wide = [header[0], *(f"{name}_{axis}" for name in header[1:] for axis in _AXES)]
    spread = []
    for line, cells in rows:
        parts = [cell.strip("~[]()").split(",") for cell in cells[1:]]
        if any(len(part) != len(_AXES) for part in parts):
            raise InputError(f"'{path}', line {line}: expected three numbers a point, as 1,2,3")
        spread.append((line, [cells[0], *(number for part in parts for number in part)]))
    return wide, spread


def _places(header: list[str]) -> dict[str, list[int]]:
    """Return point to the columns of its x, y and z."""
    found: dict[str, dict[str, int]] = {}
    for column, name in enumerate(header):
        if match := _COLUMN.fullmatch(name):
            found.setdefault(match["name"], {})[match["axis"].lower()] = column
    whole = {name: [axes[axis] for axis in _AXES] for name, axes in found.items() if set(axes) == set(_AXES)}
    return {name: axes for name, axes in whole.items() if name.lower() not in _FREE}
