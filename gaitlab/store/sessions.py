"""A directory of sessions as one table."""

from __future__ import annotations

import io
import logging
import os
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any, overload

from gaitlab.errors import InputError
from gaitlab.store.index import Facts, named_sessions, session_folders
from gaitlab.store.parallel import in_parallel
from gaitlab.store.session import Session, open_session

if TYPE_CHECKING:
    import pandas as pd

_log = logging.getLogger("gaitlab")
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
CHUNK = 500  # sessions parsed at a time: the text of ten thousand need not be in memory at once


def find_sessions(directory: str | Path) -> Iterator[Session]:
    """Yield the sessions below a directory in the order of their names; a broken one is logged and skipped.

    Raises:
        InputError: no such directory.
    """
    for description in sorted(Path(folder, "session.json") for folder, _ in session_folders(Path(directory))):
        try:
            yield open_session(description.parent)
        except InputError as error:
            _log.warning("skipped: %s", error)


@overload
def load_sessions(directory: str | Path = ..., *, cycles: bool = ..., scheduler: None = ...) -> pd.DataFrame: ...


@overload
def load_sessions(directory: str | Path = ..., *, cycles: bool = ..., scheduler: Any) -> Any: ...


def load_sessions(directory: str | Path = "reports", *, cycles: bool = False, scheduler: Any = None) -> Any:
    """Return all sessions below a directory as one tidy DataFrame; a broken one is logged and skipped.

    Of each session only its summary.csv (or cycles.csv) is read: what names it is kept in a hidden index in the
    directory, where there are many, and read anew where its session.json changed.

    Args:
        cycles: a row a gait cycle instead of a row a metric and side.
        scheduler: address of a dask.distributed scheduler, or a client of one, for more than one machine holds. The
            result is a dask DataFrame with the same columns, read by the workers when it is computed; they must see
            the same files under the same names. An address's client becomes dask's default one.

    Returns:
        ``session, athlete, label, date, view`` and the columns of summary.csv (without its metric label) or
        cycles.csv; empty, with these columns, where there is no session.

    Raises:
        InputError: no such directory; without dask, or where its scheduler does not answer.
    """
    if scheduler is not None:
        from gaitlab.store.cluster import sessions_of_cluster

        return sessions_of_cluster(Path(directory), cycles=cycles, scheduler=scheduler)
    import pandas as pd

    named = list(named_sessions(Path(directory)).items())
    name = "cycles.csv" if cycles else "summary.csv"
    tables: list[pd.DataFrame] = []
    for start in range(0, len(named), CHUNK):
        tables += read_tables(named[start : start + CHUNK], name)
    if not tables:
        return pd.DataFrame(columns=["session", *FACTS, *COLUMNS[name]])
    return pd.concat(tables, ignore_index=True)


def read_tables(named: Sequence[tuple[Path, Facts]], name: str) -> Iterator[pd.DataFrame]:
    """Yield the tables of this name of some sessions, neighbours with the same headings as one.

    One parse: thousands of small tables take pandas half a minute, a few large ones seconds.
    """
    import pandas as pd

    texts = in_parallel(_read_text, [os.path.join(folder, name) for folder, _ in named])
    read = [(found[0].partition(b"\n"), found[1], who) for found, who in zip(texts, named, strict=True) if found]
    for header, group in groupby(read, key=lambda one: one[0][0]):
        parts = list(group)
        text = b"".join([header, b"\n", *(body for (_, _, body), _, _ in parts)])
        # The metric's own label steps aside for the session's.
        table = pd.read_csv(io.BytesIO(text), usecols=lambda column: column != "label", dtype={"unit": str})
        if "unit" in table:
            table = table.fillna({"unit": ""})  # a share has none, which is not the same as not knowing it
        counts = [count for _, count, _ in parts]
        whose = [{"session": str(folder), **facts} for _, _, (folder, facts) in parts]
        for place, fact in enumerate(("session", *FACTS)):
            column = pd.Series([facts[fact] for facts in whose])
            table.insert(place, fact, column.repeat(counts).array)
        yield table


def _read_text(path: str) -> tuple[bytes, int] | None:
    """Return a table, ending in a line break, and its rows below the headings; None where it is damaged."""
    try:
        content = Path(path).read_bytes()
        text = content.decode()
    except (OSError, UnicodeDecodeError) as error:
        _log.warning("skipped: cannot read the table '%s': %s", path, error)
        return None
    if not text.endswith("\n"):
        text, content = f"{text}\n", content + b"\n"
    # Counting is a hundred times as quick as reading; within quotes commas and line breaks are text.
    pieces = text.split('"')
    bare = "".join(pieces[::2])
    header, lines = bare[: bare.index("\n")].split(","), bare.count("\n")
    if "metric" not in header or len(pieces) % 2 == 0 or bare.count(",") != lines * (len(header) - 1):
        _log.warning("skipped: the table '%s' is damaged: expected rows of one length under its headings", path)
        return None
    return content, lines - 1
