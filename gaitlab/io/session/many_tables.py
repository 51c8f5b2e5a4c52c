"""Fast reading of the tables of many sessions: tables with the same headings are parsed together."""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from gaitlab.core.errors import InputError
from gaitlab.io.cells import as_written
from gaitlab.io.parallel import in_parallel
from gaitlab.io.session.index import Facts, log_skipped
from gaitlab.io.session.schema import LARGEST
from gaitlab.io.session.tables import damaged

if TYPE_CHECKING:
    import pandas as pd

FACTS = ("athlete", "label", "date", "view")
# Required columns of each table and their types.
COLUMNS = {
    "summary.csv": {
        "metric": str,
        "side": str,
        "n": float,
        "mean": float,
        "sd": float,
        "uncertainty": float,
        "unit": str,
    },
    "cycles.csv": {"metric": str, "side": str, "cycle": float, "time_s": float, "value": float, "unit": str},
}
# Beginnings of cells escaped by `core.text.to_cell`; tables without them need not be searched cell by cell.
_MARKS = (b",'", b"\n'", b"\"'")
CHUNK = 500  # sessions parsed at a time, to limit memory


@dataclass(frozen=True, slots=True)
class _Part:
    """The text of one session's table below its headings, its number of rows, folder and facts."""

    headings: bytes
    text: bytes
    rows: int
    folder: Path
    facts: Facts


def read_tables(
    named: Sequence[tuple[Path, Facts]], name: str, *, skip: Callable[[str], None] = log_skipped
) -> Iterator[pd.DataFrame]:
    """Yield the tables of this name of some sessions; consecutive ones with the same headings are concatenated.

    Parameters
    ----------
    named : Sequence[tuple[Path, Facts]]
        folders and facts of the sessions.
    name : str
        ``summary.csv`` or ``cycles.csv``.
    skip : Callable[[str], None], optional
        called with the reason for each damaged table that is skipped.

    Notes
    -----
    Thousands of small tables take pandas half a minute, a few large ones seconds.
    """
    import pandas as pd

    parts = []
    found = in_parallel(_read_text, [os.path.join(folder, name) for folder, _ in named])
    for content, (folder, facts) in zip(found, named, strict=True):
        if isinstance(content, InputError):
            skip(str(content))
        else:
            headings, _, text = content[0].partition(b"\n")
            parts.append(_Part(headings, text, content[1], folder, facts))
    for _, group in groupby(parts, key=lambda part: part.headings):
        together = list(group)
        try:
            table = _parsed(together, name)
        except ValueError:  # at least one is damaged: parse each to find out which
            together = [part for part in together if _is_sound(part, name, skip)]
            if not together:
                continue
            table = _parsed(together, name)
        for position, fact in enumerate(("session", *FACTS)):
            column = pd.Series([str(part.folder) if fact == "session" else part.facts[fact] for part in together])
            table.insert(position, fact, column.repeat([part.rows for part in together]).array)
        yield table


def _parsed(parts: Sequence[_Part], name: str) -> pd.DataFrame:
    """Return tables with the same headings concatenated.

    Raises
    ------
    ValueError
        if a cell of a number column is not a number.
    """
    import pandas as pd

    text = b"".join([parts[0].headings, b"\n", *(part.text for part in parts)])
    # The column of the metric's label is dropped in favour of the session's label.
    table = pd.read_csv(io.BytesIO(text), usecols=lambda column: column != "label", dtype={"unit": str})
    if len(table) != sum(part.rows for part in parts):
        raise ValueError("it has empty rows")
    for column, kind in COLUMNS[name].items():
        if kind is float and column in table and len(table):
            values = table[column]
            if not pd.api.types.is_numeric_dtype(values) or pd.api.types.is_bool_dtype(values):
                raise ValueError(f"{column} should be a number in every row")
            if (values.abs() > LARGEST).any():
                raise ValueError(f"{column} holds a number that cannot be")
    if "unit" in table:
        table = table.fillna({"unit": ""})  # shares have no unit, which is not a missing value
    return as_written(table) if any(mark in text for mark in _MARKS) else table


def _is_sound(part: _Part, name: str, skip: Callable[[str], None]) -> bool:
    try:
        _parsed([part], name)
    except ValueError as error:
        skip(str(damaged(part.folder / name, str(error))))
        return False
    return True


def _read_text(path: str) -> tuple[bytes, int] | InputError:
    """Return a table, ending in a line break, and its number of rows below the headings; or the error."""
    try:
        if os.path.islink(path):
            raise OSError("it is a link, which is not followed")
        content = Path(path).read_bytes()
        text = content.decode()
    except (OSError, UnicodeDecodeError) as error:
        return InputError(f"cannot read the table '{path}': {error}")
    if not text.endswith("\n"):
        text, content = f"{text}\n", content + b"\n"
    # Counting is a hundred times faster than parsing; commas and line breaks within quotes are text.
    pieces = text.split('"')
    bare = "".join(pieces[::2])
    header, lines = bare.partition("\n")[0].split(","), bare.count("\n")
    whole = len(pieces) % 2 == 1 and bare.count(",") == lines * (len(header) - 1)
    if "metric" not in header or len(set(header)) < len(header) or not whole:
        return damaged(Path(path), "expected rows of one length under its headings")
    return content, lines - 1
