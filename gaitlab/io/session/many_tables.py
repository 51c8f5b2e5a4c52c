"""The tables of many sessions read at once: one parse for all with the same headings."""

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
# What every table has, and what its columns hold.
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
# A cell that was kept from a spreadsheet, see `core.text.to_cell`; looking for one takes longer than for its mark.
_MARKS = (b",'", b"\n'", b"\"'")
CHUNK = 500  # sessions parsed at a time: the text of ten thousand need not be in memory at once


@dataclass(frozen=True, slots=True)
class _Part:
    """The text of one session's table below its headings, how many rows that is, and whose it is."""

    headings: bytes
    text: bytes
    rows: int
    folder: Path
    facts: Facts


def read_tables(
    named: Sequence[tuple[Path, Facts]], name: str, *, skip: Callable[[str], None] = log_skipped
) -> Iterator[pd.DataFrame]:
    """Yield the tables of this name of some sessions, neighbours with the same headings as one.

    One parse: thousands of small tables take pandas half a minute, a few large ones seconds. Why a damaged one is left
    out goes to ``skip``.
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
        except ValueError:  # one of them is damaged: each on its own tells which
            together = [part for part in together if _is_sound(part, name, skip)]
            if not together:
                continue
            table = _parsed(together, name)
        for place, fact in enumerate(("session", *FACTS)):
            column = pd.Series([str(part.folder) if fact == "session" else part.facts[fact] for part in together])
            table.insert(place, fact, column.repeat([part.rows for part in together]).array)
        yield table


def _parsed(parts: Sequence[_Part], name: str) -> pd.DataFrame:
    """Return tables with the same headings as one.

    Raises
    ------
    ValueError
        where a cell that should be a number is none.
    """
    import pandas as pd

    text = b"".join([parts[0].headings, b"\n", *(part.text for part in parts)])
    # The metric's own label steps aside for the session's.
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
        table = table.fillna({"unit": ""})  # a share has none, which is not the same as not knowing it
    return as_written(table) if any(mark in text for mark in _MARKS) else table


def _is_sound(part: _Part, name: str, skip: Callable[[str], None]) -> bool:
    try:
        _parsed([part], name)
    except ValueError as error:
        skip(str(damaged(part.folder / name, str(error))))
        return False
    return True


def _read_text(path: str) -> tuple[bytes, int] | InputError:
    """Return a table, ending in a line break, and its rows below the headings; or why it cannot be read."""
    try:
        if os.path.islink(path):
            raise OSError("it is a link, which is not followed")
        content = Path(path).read_bytes()
        text = content.decode()
    except (OSError, UnicodeDecodeError) as error:
        return InputError(f"cannot read the table '{path}': {error}")
    if not text.endswith("\n"):
        text, content = f"{text}\n", content + b"\n"
    # Counting is a hundred times as quick as reading; within quotes commas and line breaks are text.
    pieces = text.split('"')
    bare = "".join(pieces[::2])
    header, lines = bare.partition("\n")[0].split(","), bare.count("\n")
    whole = len(pieces) % 2 == 1 and bare.count(",") == lines * (len(header) - 1)
    if "metric" not in header or len(set(header)) < len(header) or not whole:
        return damaged(Path(path), "expected rows of one length under its headings")
    return content, lines - 1
