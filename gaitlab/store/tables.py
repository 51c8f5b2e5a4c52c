"""CSV tables as columns: written and read without pandas, which takes longer to import than an analysis may take."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from gaitlab.errors import InputError

_DIGITS = 6


def write_table(path: Path, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write rows under a header; NaN and None become empty cells, truth values ``true`` and ``false``."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows([_cell(value) for value in row] for row in rows)


def write_columns(path: Path, columns: Mapping[str, np.ndarray]) -> None:
    """Write equally long number columns under their names."""
    write_table(path, list(columns), zip(*(c.tolist() for c in columns.values()), strict=True))


def read_table(path: Path) -> list[dict[str, str]]:
    """Return the rows of a table as text by column name.

    Raises:
        InputError: where the file cannot be read.
    """
    try:
        with path.open(newline="", encoding="utf-8") as file:
            return list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"cannot read the table '{path}': {error}; the session may be damaged") from error


def _cell(value: Any) -> Any:
    if value is None or (isinstance(value, float) and value != value):
        return ""
    if isinstance(value, (bool, np.bool_)):
        return "true" if value else "false"
    if isinstance(value, (float, np.floating)):
        number = float(value)
        return f"{number:.{_DIGITS}f}".rstrip("0").rstrip(".") if abs(number) < 1e9 else repr(number)
    return value
