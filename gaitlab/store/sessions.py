"""A directory of sessions as one table."""

from __future__ import annotations

import csv
import io
import logging
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from gaitlab.errors import InputError
from gaitlab.store.index import Facts, named_sessions
from gaitlab.store.session import Session, open_session

if TYPE_CHECKING:
    import pandas as pd

_log = logging.getLogger("gaitlab")
_FACTS = ("athlete", "label", "date", "view")
_READERS = 8
_CHUNK = 500  # sessions parsed at a time: the text of ten thousand need not be in memory at once


def find_sessions(directory: str | Path) -> Iterator[Session]:
    """Yield the sessions below a directory in the order of their names; a broken one is logged and skipped.

    Raises:
        InputError: no such directory.
    """
    directory = Path(directory)
    if not directory.is_dir():
        raise InputError(f"no such directory of sessions: '{directory}'")
    for description in sorted(directory.rglob("session.json")):
        if any(part.startswith(".") for part in description.relative_to(directory).parts):
            continue
        try:
            yield open_session(description.parent)
        except InputError as error:
            _log.warning("skipped: %s", error)


def load_sessions(directory: str | Path = "reports", *, cycles: bool = False) -> pd.DataFrame:
    """Return all sessions below a directory as one tidy DataFrame; a broken one is logged and skipped.

    Of each session only its summary.csv (or cycles.csv) is read: what names it is kept in a hidden index in the
    directory, where there are many, and read anew where its session.json changed.

    Args:
        cycles: a row a gait cycle instead of a row a metric and side.

    Returns:
        ``session, athlete, label, date, view`` and the columns of summary.csv (without its metric label) or
        cycles.csv; empty, with these columns, where there is no session.

    Raises:
        InputError: no such directory.
    """
    import pandas as pd

    named = list(named_sessions(Path(directory)).items())
    name = "cycles.csv" if cycles else "summary.csv"
    tables: list[pd.DataFrame] = []
    with ThreadPoolExecutor(_READERS) as readers:  # disks and networks answer several at a time
        for start in range(0, len(named), _CHUNK):
            some = named[start : start + _CHUNK]
            tables += _tables(some, list(readers.map(_read_text, [folder / name for folder, _ in some])))
    if not tables:
        columns = "metric side cycle time_s value unit" if cycles else "metric side n mean sd uncertainty unit"
        return pd.DataFrame(columns=["session", *_FACTS, *columns.split()])
    return pd.concat(tables, ignore_index=True)


def _tables(named: Sequence[tuple[Path, Facts]], texts: Sequence[tuple[str, int] | None]) -> Iterator[pd.DataFrame]:
    """Yield the tables of some sessions, neighbours with the same headings as one.

    One parse: thousands of small tables take pandas half a minute, a few large ones seconds.
    """
    import pandas as pd

    read = [(found[0].partition("\n"), found[1], who) for found, who in zip(texts, named, strict=True) if found]
    for header, group in groupby(read, key=lambda one: one[0][0]):
        parts = list(group)
        text = "".join([f"{header}\n", *(body for (_, _, body), _, _ in parts)])
        # The metric's own label steps aside for the session's.
        table = pd.read_csv(io.BytesIO(text.encode()), usecols=lambda column: column != "label", dtype={"unit": str})
        if "unit" in table:
            table = table.fillna({"unit": ""})  # a share has none, which is not the same as not knowing it
        counts = [count for _, count, _ in parts]
        table.insert(0, "session", np.repeat(np.array([str(folder) for _, _, (folder, _) in parts], object), counts))
        for place, fact in enumerate(_FACTS, start=1):
            table.insert(place, fact, np.repeat(np.array([facts[fact] for _, _, (_, facts) in parts], object), counts))
        yield table


def _read_text(path: Path) -> tuple[str, int] | None:
    """Return a table, ending in a line break, and its rows below the headings; None where it is damaged."""
    try:
        text = path.read_text(encoding="utf-8")
        rows = list(csv.reader(io.StringIO(text), strict=True))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        _log.warning("skipped: cannot read the table '%s': %s", path, error)
        return None
    if not rows or "metric" not in rows[0] or any(len(row) != len(rows[0]) for row in rows):
        _log.warning("skipped: the table '%s' is damaged: expected rows of one length under its headings", path)
        return None
    return (text if text.endswith("\n") else f"{text}\n"), len(rows) - 1
