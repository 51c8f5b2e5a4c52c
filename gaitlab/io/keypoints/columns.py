"""Parsing of table cells row by row; errors name the line."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gaitlab.core.errors import InputError, shown

_DIGITS = 20  # more than any valid whole number has


@dataclass(frozen=True, slots=True)
class Column:
    """One column to read: its name, the function that parses a cell (raises ValueError), and the expected content."""

    name: str
    read: Callable[[str], Any]
    expected: str


def text(name: str) -> Column:
    """Return a column of unchanged texts."""
    return Column(name, str, "a text")


def number(name: str) -> Column:
    """Return a column of numbers; an empty cell is NaN."""
    return Column(name, _number, "a number, or nothing")


def whole(name: str, low: int, high: int) -> Column:
    """Return a column of whole numbers from ``low`` to ``high``."""

    def read(cell: str) -> int:
        if not (cell.isdecimal() and len(cell) < _DIGITS and low <= int(cell) <= high):
            raise ValueError(cell)
        return int(cell)

    return Column(name, read, f"a whole number from {low} to {high}")


def _number(cell: str) -> float:
    if "_" in cell:  # Python reads 1_000
        raise ValueError(cell)
    return float(cell) if cell else math.nan


def read_columns(
    path: Path, header: Sequence[str], rows: Iterable[tuple[int, list[str]]], wanted: Sequence[Column]
) -> Iterator[tuple[int, list[Any]]]:
    """Yield the line and the values of the wanted columns of every row.

    Parameters
    ----------
    path : Path
        path of the file, for errors.
    header : Sequence[str]
        names of all columns.
    rows : Iterable[tuple[int, list[str]]]
        line number and cells of each row.
    wanted : Sequence[Column]
        columns to read; all must be in the header.

    Raises
    ------
    InputError
        for a duplicate column, a row of another length, or a cell of unexpected content.
    """
    for column in wanted:
        if header.count(column.name) > 1:
            raise InputError(f"'{path}' has the column '{column.name}' twice; leave one of them out")
    places = [(header.index(column.name), column.read) for column in wanted]
    width = len(header)
    for line, cells in rows:
        # Some programs end every row with commas.
        if len(cells) < width or any(cells[width:]):
            raise InputError(
                f"'{path}', line {line}: {len(cells)} cells, but there are {width} columns; expected a cell a column, "
                "and decimal points, not commas"
            )
        try:
            yield line, [read(cells[at]) for at, read in places]
        except ValueError as error:
            raise InputError(f"'{path}', line {line}: {_wrong(cells, header, wanted)}") from error


def _wrong(cells: Sequence[str], header: Sequence[str], wanted: Sequence[Column]) -> str:
    """Return the message about the first cell of unexpected content."""
    for column in wanted:
        cell = cells[header.index(column.name)]
        try:
            column.read(cell)
        except ValueError:
            return f"{column.name} is {shown(cell)}; expected {column.expected}"
    raise AssertionError("every cell can be read")
