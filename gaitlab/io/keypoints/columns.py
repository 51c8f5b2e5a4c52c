"""Parsing of table cells row by row; errors name the line."""

from __future__ import annotations

import math
import re
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


def number(name: str, *, comma: bool = False) -> Column:
    """Return a column of numbers, NaN for empty or missing values; ``comma`` allows decimal commas."""
    return Column(name, _number_with_comma if comma else _number, "a number, or nothing")


def whole(name: str, low: int, high: int) -> Column:
    """Return a column of whole numbers from ``low`` to ``high``."""

    def read(cell: str) -> int:
        cell = _WHOLE_AS_DECIMAL.sub("", cell)
        if not (cell.isdecimal() and len(cell) < _DIGITS and low <= int(cell) <= high):
            raise ValueError(cell)
        return int(cell)

    return Column(name, read, f"a whole number from {low} to {high}")


def decimal(cell: str) -> float:
    """Return a number with a decimal point or comma, NaN where nothing was seen; ValueError where it is none."""
    return _number_with_comma(cell)


def _number(cell: str) -> float:
    try:
        number = float(cell)
    except ValueError:
        if cell.lower() in _NOT_A_NUMBER:
            return math.nan
        raise
    if "_" in cell:  # Python reads 1_000
        raise ValueError(cell)
    return number


def _number_with_comma(cell: str) -> float:
    return _number(cell.replace(",", ".") if cell.count(",") == 1 and "." not in cell else cell)


# How programs write that there is no number: R, Excel, Visual C++, MATLAB, Python, SQL.
_NOT_A_NUMBER = frozenset({
    "", "na", "n/a", "#n/a", "#num!", "#nv", "nan", "-nan", "-nan(ind)", "nan(ind)", "-1.#ind", "1.#ind", "1.#qnan",
    "-1.#qnan", "1.#ind00", "-1.#ind00", "1.#qnan0", "-1.#qnan0", "none", "null", "-", ".", "--",
})  # fmt: skip
# What pandas makes of whole numbers in a column that misses one.
_WHOLE_AS_DECIMAL = re.compile(r"[.,]0+$")


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
