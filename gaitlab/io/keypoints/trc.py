"""OpenSim's TRC, as written by Sports2D and Pose2Sim: names, times, and three coordinates per marker."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from gaitlab.core.errors import InputError, shown
from gaitlab.core.pose import FloatArray
from gaitlab.io.keypoints import columns
from gaitlab.io.keypoints.imported import ImportedPoses, body, missing, skeleton_of
from gaitlab.io.reading import read_text

# Lengths are converted to millimetres, which take the place of px; y points down in an image, up in OpenSim.
_PER_UNIT = {"m": 1000.0, "cm": 10.0, "mm": 1.0, "px": 1.0}
_HEAD = 5  # header lines


def read_trc(path: Path) -> ImportedPoses:
    """Read x (forward) and y (up; down if the unit is px) of every marker; z (lateral) is ignored."""
    lines = read_text(path, "file of 'trc'", advice="choose another --format").splitlines()
    if not lines or not lines[0].startswith("PathFileType"):
        raise missing(path, "trc", "first line 'PathFileType'")
    if len(lines) < _HEAD:
        raise InputError(f"'{path}' ends within its heading; expected {_HEAD} lines and then a row a frame")
    facts = dict(zip(lines[1].split(), lines[2].split(), strict=False))
    unit = facts.get("Units", "mm").lower()
    if unit not in _PER_UNIT:
        raise InputError(f"'{path}' is in {shown(unit)}; expected {', '.join(_PER_UNIT)}")
    header = [word.strip() for word in lines[3].split("\t")]
    if [word.lower() for word in header[:2]] != ["frame#", "time"]:
        raise missing(path, "trc", "heading 'Frame#  Time'")
    names = [word for word in header[2:] if word]
    skeleton = skeleton_of(names, path)
    table = _table(path, len(names), lines)
    points = table[:, 1:].reshape(len(table), len(names), 3)
    scale = _PER_UNIT[unit]
    with np.errstate(over="ignore"):  # infinity is reported later, with its position
        points[..., :2] *= (scale, scale if unit == "px" else -scale)
    points[..., 2] = ~np.isnan(points[..., :2]).any(axis=-1)
    return ImportedPoses(skeleton, [[body(frame)] for frame in points], table[:, 0].copy())


def _table(path: Path, count: int, lines: list[str]) -> FloatArray:
    """Return (frame, 1 + 3 count) times and x, y, z of every marker; cells missing at the end of a row are NaN.

    Raises
    ------
    InputError
        if there are no rows, more cells than columns, or a cell is not a number.
    """
    header = ["frame", "time", *(f"{axis}{n}" for n in range(1, count + 1) for axis in "XYZ")]
    wanted = [columns.number(name) for name in header[1:]]
    rows = [values for _, values in columns.read_columns(path, header, _rows(lines, len(header)), wanted)]
    if not rows:
        raise InputError(f"'{path}' has no rows")
    return np.array(rows)


def _rows(lines: list[str], width: int) -> Iterator[tuple[int, list[str]]]:
    for line, row in enumerate(lines[_HEAD:], start=_HEAD + 1):
        cells = [cell.strip() for cell in row.split("\t")]
        if any(cells):
            yield line, cells + [""] * (width - len(cells))
