"""A directory of sessions as one table."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, overload

from gaitlab.core.errors import InputError
from gaitlab.io.session.index import Facts, facts_of, log_skipped, named_sessions, session_folders
from gaitlab.io.session.many_tables import CHUNK, COLUMNS, FACTS, read_tables
from gaitlab.io.session.session import Session, glance_at

if TYPE_CHECKING:
    import pandas as pd


def find_sessions(directory: str | Path, *, skip: Callable[[str], None] = log_skipped) -> Iterator[Session]:
    """Yield the sessions below a directory in the order of their names; damaged ones are skipped.

    Parameters
    ----------
    directory : str | Path
        directory of sessions, which may be thousands; they are opened by `glance_at`.
    skip : Callable[[str], None], optional
        called with the reason for each session that is skipped.

    Raises
    ------
    InputError
        if there is no such directory.
    """
    for description in sorted(Path(folder, "session.json") for folder, _ in session_folders(Path(directory))):
        try:
            session = glance_at(description.parent)
        except InputError as error:
            skip(str(error))
        else:
            yield session


@overload
def load_sessions(directory: str | Path = ..., *, cycles: bool = ..., scheduler: None = ...) -> pd.DataFrame: ...


@overload
def load_sessions(directory: str | Path = ..., *, cycles: bool = ..., scheduler: Any) -> Any: ...


def load_sessions(directory: str | Path = "reports", *, cycles: bool = False, scheduler: Any = None) -> Any:
    """Return all sessions below a directory as one tidy DataFrame; damaged ones are logged and skipped.

    Parameters
    ----------
    directory : str | Path, optional
        directory of sessions.
    cycles : bool, optional
        whether to return one row per metric and gait cycle instead of one per metric and side.
    scheduler : Any, optional
        address of a dask.distributed scheduler, or a client of one, for more data than fit into memory. The result is a
        dask DataFrame with the same columns, read by the workers when it is computed; they must have access to the same
        files under the same names. The client of an address becomes dask's default.

    Returns
    -------
    Any
        ``session, athlete, label, date, view`` and the columns of summary.csv (without the metric's label) or
        cycles.csv; an empty table with these columns without sessions. ``attrs["skipped"]`` has one line for every
        damaged session (not in a dask DataFrame, whose workers only log it).

    Raises
    ------
    InputError
        if there is no such directory, dask is not installed, or its scheduler does not answer.

    Notes
    -----
    Only summary.csv (or cycles.csv) of each session is read. Athlete, label, date and view come from a hidden index in
    large directories, which is updated for sessions whose files changed.
    """
    if scheduler is not None:
        from gaitlab.io.session.cluster import sessions_of_cluster

        return sessions_of_cluster(Path(directory), cycles=cycles, scheduler=scheduler)
    skipped: list[str] = []

    def skip(why: str) -> None:
        log_skipped(why)
        skipped.append(why)

    named = list(named_sessions(Path(directory), skip=skip).items())
    whole = _together(named, "cycles.csv" if cycles else "summary.csv", skip=skip)
    whole.attrs["skipped"] = skipped
    return whole


def summaries_of(sessions: Sequence[Session], *, skip: Callable[[str], None] = log_skipped) -> pd.DataFrame:
    """Return the summaries of some sessions as `load_sessions` does; ``skip`` gets the reason for a skipped one."""
    return _together([(session.folder, facts_of(session.info)) for session in sessions], "summary.csv", skip=skip)


def _together(named: Sequence[tuple[Path, Facts]], name: str, *, skip: Callable[[str], None]) -> pd.DataFrame:
    """Return the tables of this name of all sessions as one; an empty table with its columns without sessions."""
    import pandas as pd

    tables: list[pd.DataFrame] = []
    for start in range(0, len(named), CHUNK):
        tables += read_tables(named[start : start + CHUNK], name, skip=skip)
    empty = pd.DataFrame(columns=["session", *FACTS, *COLUMNS[name]])
    return pd.concat(tables, ignore_index=True) if tables else empty
