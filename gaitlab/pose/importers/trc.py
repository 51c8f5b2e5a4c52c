"""OpenSim's TRC, as Sports2D and Pose2Sim write it: names, times, and three coordinates a point."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from gaitlab.errors import InputError, shown
from gaitlab.pose.importers.columns import Columns
from gaitlab.pose.importers.found import Found, body, missing, skeleton_of
from gaitlab.reading import read_text

# Lengths become millimetres and stand for px; a picture's y points down, OpenSim's up.
_PER_UNIT = {"m": 1000.0, "cm": 10.0, "mm": 1.0, "px": 1.0}
_HEAD = 5  # lines before the numbers


def read_trc(path: Path) -> Found:
    """Read x (forward) and y (up; down where the unit is px) of every marker; z, across, is not seen from the side."""
    lines = read_text(path, "file of 'trc'", advice="choose another --format").splitlines()
    if len(lines) <= _HEAD or not lines[0].startswith("PathFileType"):
        raise missing(path, "trc", "first line 'PathFileType'")
    facts = dict(zip(lines[1].split(), lines[2].split(), strict=False))
    unit = facts.get("Units", "mm").lower()
    if unit not in _PER_UNIT:
        raise InputError(f"'{path}' is in {shown(unit)}; expected {', '.join(_PER_UNIT)}")
    header = [word.strip() for word in lines[3].split("\t")]
    if [word.lower() for word in header[:2]] != ["frame#", "time"]:
        raise missing(path, "trc", "heading 'Frame#  Time'")
    names = [word for word in header[2:] if word]
    skeleton = skeleton_of(names, path)
    columns = _columns(path, names, lines)
    time_s = np.array(columns.numbers("time"))
    xy = np.array([[columns.numbers(f"{axis} {n}") for axis in "xy"] for n in range(len(names))]).transpose(2, 0, 1)
    scale = _PER_UNIT[unit]
    xy = xy * (scale, scale if unit == "px" else -scale)
    points = np.dstack([xy, ~np.isnan(xy).any(axis=-1)])
    return Found(skeleton, [[body(frame)] for frame in points], time_s)


def _columns(path: Path, names: list[str], lines: list[str]) -> Columns:
    """Return frame, time, and x, y, z of every marker; what a row leaves out at its end is empty.

    Raises:
        InputError: no rows, or one with more cells than there are columns.
    """
    header = ["frame", "time", *(f"{axis} {n}" for n in range(len(names)) for axis in "xyz")]
    rows = [(line, [cell.strip() for cell in text.split("\t")]) for line, text in enumerate(lines, start=1)]
    rows = [(line, cells) for line, cells in rows[_HEAD:] if any(cells)]
    if not rows:
        raise InputError(f"'{path}' has no rows")
    width = len(header)
    cells = [row if any(row[width:]) else (row + [""] * width)[:width] for _, row in rows]
    return Columns(path, header, [line for line, _ in rows], cells)
