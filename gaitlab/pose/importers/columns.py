"""Numbers out of the cells of a table, a column at a time; what is none is told with its line."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from gaitlab.errors import InputError, shown

T = TypeVar("T")
_DIGITS = 20  # so many a whole number never has


@dataclass(frozen=True, slots=True, eq=False)
class Columns:
    """The rows of a table, as texts.

    Attributes:
        path: of the file.
        names: of the columns.
        lines: (row,) where each row stands in the file, counted from 1.
        rows: (row) lists of cells, as many as there are names.
    """

    path: Path
    names: Sequence[str]
    lines: Sequence[int]
    rows: Sequence[Sequence[str]]

    def __post_init__(self) -> None:
        """Refuse rows of another length: a decimal comma shifts all that follows.

        Raises:
            InputError: says which line.
        """
        width = len(self.names)
        for line, row in zip(self.lines, self.rows, strict=True):
            if len(row) != width:
                raise InputError(
                    f"'{self.path}', line {line}: {len(row)} cells, but there are {width} columns; expected a cell a "
                    "column, and decimal points, not commas"
                )

    def texts(self, name: str) -> list[str]:
        """Return a column as it stands."""
        return self._read(name, str, "a text")

    def numbers(self, name: str) -> list[float]:
        """Return a column of numbers, NaN where a cell is empty."""
        return self._read(name, _number, "a number, or nothing")

    def wholes(self, name: str, low: int, high: int) -> list[int]:
        """Return a column of whole numbers from ``low`` to ``high``."""

        def whole(text: str) -> int:
            if not (text.isdecimal() and len(text) < _DIGITS and low <= int(text) <= high):
                raise ValueError(text)
            return int(text)

        return self._read(name, whole, f"a whole number from {low} to {high}")

    def _read(self, name: str, read: Callable[[str], T], expected: str) -> list[T]:
        if self.names.count(name) > 1:
            raise InputError(f"'{self.path}' has the column '{name}' twice; leave one of them out")
        at, values = self.names.index(name), []
        for line, row in zip(self.lines, self.rows, strict=True):
            try:
                values.append(read(row[at]))
            except ValueError as error:
                said = f"'{self.path}', line {line}: {name} is {shown(row[at])}; expected {expected}"
                raise InputError(said) from error
        return values


def _number(text: str) -> float:
    if "_" in text:  # Python reads 1_000
        raise ValueError(text)
    return float(text) if text else math.nan
