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
    """Yield the sessions below a directory in the order of their names; a broken one is skipped.

    There may be thousands: they are opened by `glance_at`. Why one is left out goes to ``skip``.

    Raises
    ------
    InputError
        no such directory.
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
    """Return all sessions below a directory as one tidy DataFrame; a broken one is logged and skipped.

    Of each session only its summary.csv (or cycles.csv) is read: what names it is kept in a hidden index in the
    directory, where there are many, and read anew, with the ends of its other files, where one of them changed.

    Parameters
    ----------
    cycles : bool, optional
        a row a gait cycle instead of a row a metric and side.
    scheduler : Any, optional
        address of a dask.distributed scheduler, or a client of one, for more than one machine holds. The result is a
        dask DataFrame with the same columns, read by the workers when it is computed; they must see the same files
        under the same names. An address's client becomes dask's default one.

    Returns
    -------
    Any
        ``session, athlete, label, date, view`` and the columns of summary.csv (without its metric label) or cycles.csv;
        empty, with these columns, where there is no session. Its ``attrs["skipped"]`` holds a line for every broken
        session that is left out (not of a dask DataFrame, whose workers only log it).

    Raises
    ------
    InputError
        no such directory; without dask, or where its scheduler does not answer.
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
    """Return the summaries of some sessions as `load_sessions` does; why one is left out goes to ``skip``."""
    return _together([(session.folder, facts_of(session.info)) for session in sessions], "summary.csv", skip=skip)


def _together(named: Sequence[tuple[Path, Facts]], name: str, *, skip: Callable[[str], None]) -> pd.DataFrame:
    """Return the tables of this name of all sessions as one; with its columns also where there is none."""
    import pandas as pd

    tables: list[pd.DataFrame] = []
    for start in range(0, len(named), CHUNK):
        tables += read_tables(named[start : start + CHUNK], name, skip=skip)
    empty = pd.DataFrame(columns=["session", *FACTS, *COLUMNS[name]])
    return pd.concat(tables, ignore_index=True) if tables else empty
