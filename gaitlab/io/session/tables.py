"""CSV tables, written and read without pandas, whose import takes too long for a single analysis.

The required content of each table of a session is declared here and checked on reading.
"""

from __future__ import annotations

import csv
import math
import os
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np

from gaitlab.core.errors import InputError
from gaitlab.core.text import from_cell, is_number, printable, to_cell
from gaitlab.io.session.schema import LARGEST

_DIGITS = 6
_LARGEST_BYTES = 2_000_000_000
_SHOWN = 40
# Longer than the headings and the rows of any table.
_END_BYTES = 8192
_QUOTE = '"'
_TO_QUOTE = re.compile('[",\r\n]')


@dataclass(frozen=True, slots=True)
class Column:
    """Type of a column: a description of its cells for errors, a test, and whether the column is optional."""

    words: str
    fits: Callable[[str], bool]
    optional: bool = False


def _is_finite(cell: str) -> bool:
    return is_number(cell) and math.isfinite(value := float(cell)) and abs(value) <= LARGEST


_TEXT = Column("text", lambda cell: True)
_NAME = Column("a name", bool)
_NUMBER = Column("a number", _is_finite)
_MAYBE = Column("a number or empty", lambda cell: not cell or _is_finite(cell))
_COUNT = Column("a whole number", lambda cell: re.fullmatch(r"\d{1,9}", cell, re.ASCII) is not None)
_SIDE = Column("left or right", lambda cell: cell in ("left", "right"))
_SIDES = Column("left, right or both", lambda cell: cell in ("left", "right", "both"))
_FLAG = Column("true or false", lambda cell: cell in ("true", "false"))

# Table to its columns; further columns of ``angles`` contain numbers or are empty.
TABLES: Mapping[str, Mapping[str, Column]] = {
    "angles": {"time_s": _NUMBER},
    "events": {
        "side": _SIDE, "foot_strike_s": _NUMBER, "toe_off_s": _MAYBE, "foot_strike_sd_s": _MAYBE,
        "toe_off_sd_s": _MAYBE, "accepted": _FLAG, "reason": _TEXT,
    },
    "repetitions": {
        "repetition": _COUNT, "side": _SIDES, "moment": _NAME, "time_s": _MAYBE, "accepted": _FLAG, "reason": _TEXT,
    },
    "cycles": {
        "metric": _NAME, "side": _SIDES, "cycle": _COUNT, "time_s": _NUMBER, "value": _MAYBE, "unit": _TEXT,
    },
    "summary": {
        "metric": _NAME, "label": _TEXT, "side": _SIDES, "n": _COUNT, "mean": _MAYBE, "sd": _MAYBE,
        "uncertainty": _MAYBE, "unit": _TEXT, "reference_low": _MAYBE, "reference_high": _MAYBE,
        "reference_source": _TEXT, "missing_reason": _TEXT, "note": Column("text", lambda cell: True, optional=True),
        "variation_percent": Column(_MAYBE.words, _MAYBE.fits, optional=True),
        "network_error": Column(_MAYBE.words, _MAYBE.fits, optional=True),
        "seen_share": Column(_MAYBE.words, _MAYBE.fits, optional=True),
        "systematic": Column(_MAYBE.words, _MAYBE.fits, optional=True),
    },
}  # fmt: skip


def write_table(path: Path, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write rows below a header.

    NaN and None become empty cells, booleans ``true`` and ``false``. Texts that a spreadsheet would take for a formula
    are prefixed with ``'``, which `read_table` removes.
    """
    with path.open("w", newline="", encoding="utf-8") as file:
        for row in chain([columns], rows):
            file.write(",".join(_quoted(_cell(value)) for value in row) + "\n")


def write_columns(path: Path, columns: Mapping[str, np.ndarray]) -> None:
    """Write number columns of equal length, (row,) each, under their names."""
    write_table(path, list(columns), zip(*(c.tolist() for c in columns.values()), strict=True))


def read_table(path: Path) -> list[dict[str, str]]:
    """Return the rows of a table as text by column name.

    Raises
    ------
    InputError
        if the file is unreadable or not a table.
    """
    return _read(path)[1]


def read_session_table(path: Path) -> list[dict[str, str]]:
    """Return the rows of one of `TABLES`, which is identified by its file name.

    Raises
    ------
    InputError
        if the file is unreadable, lacks a column, or has a cell of another type.
    """
    names, rows = _read(path)
    columns = TABLES[path.stem]
    for name in columns:
        if name not in names and not columns[name].optional:
            raise damaged(path, f"it has no column '{name}'")
    for name in names:
        column = columns.get(name, _MAYBE if path.stem == "angles" else _TEXT)
        for number, row in enumerate(rows, start=1):
            if not column.fits(row[name]):
                cell = printable(row[name][:_SHOWN])
                raise damaged(path, f"{name} in row {number} should be {column.words}, not '{cell}'")
    return rows


def check_ends(path: Path) -> None:
    """Check the headings and the last row of a session's table, where damage is detected quickly.

    If they are not as expected, the whole table is read and checked.

    Raises
    ------
    InputError
        as in `read_session_table`.
    """
    if not _ends_well(path):
        read_session_table(path)


def damaged(path: Path, why: str) -> InputError:
    """Return the error for a damaged table."""
    return InputError(f"the table '{path}' is damaged: {why}; analyse again")


def _ends_well(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            headings = file.readline(_END_BYTES)
            file.seek(max(os.fstat(file.fileno()).st_size - _END_BYTES, 0))
            last = file.read().rpartition(b"\n")
    except OSError:
        return False
    row = last[0].rpartition(b"\n")[2]
    names = headings.decode(errors="replace").rstrip("\r\n").split(",")
    needed = {name for name, column in TABLES[path.stem].items() if not column.optional}
    whole = not last[2] and row.count(b",") == len(names) - 1
    return needed <= set(names) and whole and b'"' not in row


def _read(path: Path) -> tuple[list[str], list[dict[str, str]]]:
    """Return the names of the columns and the rows."""
    try:
        if (size := path.stat().st_size) > _LARGEST_BYTES:
            raise ValueError(f"{size} bytes are more than any session has")
        with path.open(newline="", encoding="utf-8") as file:
            cells = [row for row in csv.reader(file, strict=True) if row]
    except (OSError, ValueError, csv.Error) as error:
        raise InputError(f"cannot read the table '{path}': {error}; analyse again") from error
    names = [from_cell(name) for name in cells[0]] if cells else []
    if not cells or len(set(names)) < len(names):
        what = "it has two columns of one name" if cells else "it is empty"
        raise damaged(path, what)
    for number, row in enumerate(cells[1:], start=1):
        if len(row) != len(names):
            raise damaged(path, f"row {number} has {len(row)} cells under {len(names)} headings")
    return names, [dict(zip(names, map(from_cell, row), strict=True)) for row in cells[1:]]


def _quoted(cell: str) -> str:
    """Return a cell quoted for CSV; the module `csv` does not quote a carriage return, which breaks the row."""
    return f'"{cell.replace(_QUOTE, _QUOTE * 2)}"' if _TO_QUOTE.search(cell) else cell


def _cell(value: Any) -> str:
    if value is None or (isinstance(value, float) and value != value):
        return ""
    if isinstance(value, (bool, np.bool_)):
        return "true" if value else "false"
    if isinstance(value, (float, np.floating)):
        number = float(value)
        return f"{number:.{_DIGITS}f}".rstrip("0").rstrip(".") if abs(number) < 1e9 else repr(number)
    return to_cell(value) if isinstance(value, str) else str(value)
