"""The heading of a table: what separates its cells, and which column is the frame, the time, the person."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from gaitlab.io.keypoints import columns
from gaitlab.io.keypoints.tables.times import unit_of
from gaitlab.io.reading import read_rows, read_text

Rows = Iterator[tuple[int, list[str]]]
# Columns of the format and their synonyms.
_COLUMNS = {
    "frame": ("frame", "frame_number", "frame_index", "frame_idx", "frame_id", "frame #", "frame#", "image",
              "image_id"),
    "keypoint": (
        "keypoint", "keypoint_name", "name", "point", "bodypart", "bodyparts", "joint", "landmark", "marker",
        "keypoint_id", "landmark_id", "joint_id",
    ),
    "x_px": ("x_px", "x"),
    "y_px": ("y_px", "y"),
    "score": ("score", "confidence", "likelihood", "conf", "visibility"),
    "person": ("person", "person_id", "individual", "individuals", "track", "track_id", "player", "player_id"),
}  # fmt: skip
_SEPARATORS = ",;\t|"
# Lines before the heading that are none: comments, and what tells a spreadsheet the separator.
_BEFORE = re.compile(r"\s*(#.*|sep\s*=.{1,3})?\s*")
_MOST_BEFORE = 50
START = 65536  # bytes, or letters, that are enough to tell what a file is
_WHAT = "choose another --format"


def heading(lines: Sequence[str]) -> tuple[str, list[str], int]:
    """Return what separates the cells, the cells of the heading, and the number of its line, counted from 0.

    Parameters
    ----------
    lines : Sequence[str]
        the first lines of a table. Cells stand between commas, semicolons, tabs or bars, or else between spaces: then
        the separator is one space, or two where single ones are part of the names.
    """
    at = next((n for n, line in enumerate(lines[:_MOST_BEFORE]) if not _BEFORE.fullmatch(line)), 0)
    line = lines[at] if lines else ""
    separator = max(_SEPARATORS, key=line.count)
    if not line.count(separator):
        below = next((one for one in lines[at + 1 :] if one.strip()), "")
        alike = len(line.split()) == len(below.split())
        separator = " " if alike or not re.search(r"\S\s{2,}\S", line) else "  "
    return separator, [cell.strip().strip('"').strip() for cell in cells_of(line, separator)], at


def cells_of(line: str, separator: str) -> list[str]:
    """Return the cells of a line without quotes in it."""
    if separator == " ":
        return line.split()
    if separator == "  ":
        return re.split(r"\s{2,}", line.strip())
    return line.split(separator)


def open_table(path: Path, format: str) -> tuple[str, list[str], Rows]:
    """Return what separates the cells of a table, its heading and its other rows, as `reading.read_rows` gives them."""
    what = f"file of '{format}'"
    text = read_text(path, what, advice=_WHAT, windows=True)
    separator, words, at = heading(text[:START].splitlines())
    if separator in (" ", "  "):
        lines = text.splitlines()
        below = ((n, cells_of(line, separator)) for n, line in enumerate(lines[at + 1 :], start=at + 2) if line.strip())
        return separator, words, below
    rows = read_rows(path, what, separator=separator, advice=_WHAT, windows=True)
    header: list[str] = next((cells for line, cells in rows if line > at), [])
    if separator == "|":  # a bar may stand at both ends too
        rows = _inside(rows, len(header)) if header[:1] == [""] else rows
        header = header[1:] if header[:1] == [""] else header
    return separator, header, rows


def _inside(rows: Rows, width: int) -> Rows:
    for line, cells in rows:
        if not all(re.fullmatch(r":?-+:?|", cell) for cell in cells):  # the rule below a heading
            yield line, cells[1:]


def our_columns(header: Sequence[str]) -> list[str]:
    """Return a heading with our names for what they are called elsewhere, unless ours are there too."""
    words = [word.lower() for word in header]
    ours = list(header)
    for name, others in _COLUMNS.items():
        found = next((other for other in others if other in words), None)
        if found is not None:
            ours = [name if word == found else our for our, word in zip(ours, words, strict=True)]
    if "time_s" not in ours and (time := time_column(header)) is not None:
        ours[time] = "time_s"
    return ours


def time_column(header: Sequence[str]) -> int | None:
    """Return the column of times: the one that is called as ours, or else names its unit, or else is the first."""
    units = {column: unit for column, word in enumerate(header) if (unit := unit_of(word)) is not None}
    words = [word.lower() for word in header]
    if "time_s" in words:
        return words.index("time_s")
    return next((column for column, unit in units.items() if unit), next(iter(units), None))


def frame_column(name: str, low: int, high: int) -> columns.Column:
    """Return a column of frame numbers, as numbers or as names of pictures: ``img_0012.png``."""
    plain = columns.whole(name, low, high)

    def read(cell: str) -> int:
        digits = re.findall(r"\d+", cell.rsplit(".", 1)[0]) if re.fullmatch(r".*\D.*\.[a-zA-Z]{3,4}", cell) else []
        return int(plain.read(digits[-1] if digits else cell))

    return columns.Column(name, read, plain.expected)


def numbers_as_names(names: Sequence[str]) -> np.ndarray | None:
    """Return the order of points that have numbers, ``0``, ``1`` or ``kp_1``, in place of names; None where they don't.

    They count from 0 or 1, one after the other.
    """
    found = [re.fullmatch(r"(\D*?)(\d{1,4})", name) for name in names]
    told = [(match[1], int(match[2])) for match in found if match]
    numbers = sorted(number for _, number in told)
    if len(told) < len(names) or len({before for before, _ in told}) > 1 or numbers[:1] not in ([0], [1]):
        return None
    if numbers != list(range(numbers[0], numbers[0] + len(numbers))):
        return None
    return np.argsort([number for _, number in told])
