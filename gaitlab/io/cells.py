"""Conversion of texts between a DataFrame and a table file, where a spreadsheet must not take one for a formula."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from gaitlab.core.text import from_cell, to_cell

if TYPE_CHECKING:
    import pandas as pd


def as_cells(table: pd.DataFrame) -> pd.DataFrame:
    """Return the table with texts as cells, see `to_cell`; without carriage returns, which pandas does not quote."""
    return _changed(table, lambda text: to_cell(text.replace("\r", "\n")))


def as_written(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table read from a file with its original texts, the inverse of `as_cells`."""
    return _changed(table, from_cell)


def _changed(table: pd.DataFrame, change: Callable[[str], str]) -> pd.DataFrame:
    texts = table.select_dtypes(exclude=["number", "bool"])
    changed = texts.map(lambda cell: change(cell) if isinstance(cell, str) else cell)
    return table.assign(**{str(name): changed[name] for name in changed}).rename(columns=change)
