"""A directory of sessions as one table."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from gaitlab.errors import InputError
from gaitlab.store.session import Session, open_session

if TYPE_CHECKING:
    import pandas as pd

_log = logging.getLogger("gaitlab")
_FACTS = ("athlete", "label", "date", "view")


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


def facts(session: Session) -> dict[str, str | None]:
    """Return what names a session in a table: athlete, label, date, view."""
    info = session.info
    return {"athlete": info["athlete"], "label": info["label"], "date": info["recorded_at"], "view": info["view"]}


def load_sessions(directory: str | Path = "reports", *, cycles: bool = False) -> pd.DataFrame:
    """Return all sessions below a directory as one tidy DataFrame.

    Args:
        cycles: a row a gait cycle instead of a row a metric and side.

    Returns:
        ``session, athlete, label, date, view`` and the columns of summary.csv (without its metric label) or
        cycles.csv; empty, with these columns, where there is no session.
    """
    import pandas as pd

    tables = []
    for session in find_sessions(directory):
        table = session.cycles if cycles else session.summary.drop(columns="label")
        named = {"session": str(session.folder), **facts(session)}
        tables.append(table.assign(**named)[[*named, *table.columns]])
    if not tables:
        columns = "metric side cycle time_s value unit" if cycles else "metric side n mean sd uncertainty unit"
        return pd.DataFrame(columns=["session", *_FACTS, *columns.split()])
    return pd.concat(tables, ignore_index=True)
