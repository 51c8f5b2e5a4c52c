"""OpenSim's TRC, as Sports2D and Pose2Sim write it: names, times, and three coordinates a point."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from gaitlab.errors import InputError
from gaitlab.pose.importers.found import Found, body, missing, skeleton_of
from gaitlab.pose.importers.names import our_name

# Lengths become millimetres and stand for px; a picture's y points down, OpenSim's up.
_PER_UNIT = {"m": 1000.0, "cm": 10.0, "mm": 1.0, "px": 1.0}


def read_trc(path: Path) -> Found:
    """Read x (forward) and y (up; down where the unit is px) of every marker; z, across, is not seen from the side."""
    lines = path.read_text(encoding="utf-8").splitlines()
    if len(lines) < 6 or not lines[0].startswith("PathFileType"):
        raise missing(path, "trc", "first line 'PathFileType'")
    facts = dict(zip(lines[1].split(), lines[2].split(), strict=False))
    unit = facts.get("Units", "mm").lower()
    if unit not in _PER_UNIT:
        raise InputError(f"'{path}' is in '{unit}'; expected {', '.join(_PER_UNIT)}")
    header = lines[3].rstrip("\t\n ").split("\t")
    if [word.strip().lower() for word in header[:2]] != ["frame#", "time"]:
        raise missing(path, "trc", "heading 'Frame#  Time'")
    names = [our_name(word) for word in header[2:] if word.strip()]
    skeleton = skeleton_of(tuple(names))
    rows = [line.split("\t") for line in lines[5:] if line.strip()]
    width = 2 + 3 * len(names)
    try:
        table = np.array([[float(word) if word.strip() else np.nan for word in _padded(row, width)] for row in rows])
    except ValueError as error:
        raise InputError(f"'{path}': {error}; expected numbers after the headings") from error
    if not len(table):
        raise InputError(f"'{path}' has no rows")
    points = table[:, 2:].reshape(len(table), len(names), 3).copy()
    points[..., :2] *= (_PER_UNIT[unit], _PER_UNIT[unit] if unit == "px" else -_PER_UNIT[unit])
    points[..., 2] = np.isfinite(points[..., :2]).all(axis=-1)
    return Found(skeleton, [[body(frame)] for frame in points], table[:, 1])


def _padded(row: list[str], width: int) -> list[str]:
    return (row + [""] * width)[:width]
