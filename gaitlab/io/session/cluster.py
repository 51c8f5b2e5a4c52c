"""A directory of sessions as a dask DataFrame: more than one machine holds, read by its workers."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gaitlab.core.errors import InputError
from gaitlab.io.session.index import Facts, named_sessions
from gaitlab.io.session.many_tables import CHUNK, COLUMNS, FACTS, read_tables

if TYPE_CHECKING:
    import pandas as pd

_CONNECT_S = 20
# Columns of summary.csv beside those that every table has.
_MORE = {
    "summary.csv": {
        "reference_low": float, "reference_high": float, "reference_source": str, "missing_reason": str, "note": str,
        "variation_percent": float, "network_error": float, "seen_share": float,
    },
    "cycles.csv": {},
}  # fmt: skip


def sessions_of_cluster(directory: Path, *, cycles: bool, scheduler: Any) -> Any:
    """Return the sessions below a directory as a dask DataFrame, a partition some hundreds of sessions.

    Which sessions there are is found here, with the index; their tables are read by the workers.

    Raises
    ------
    InputError
        no such directory, no dask, or no scheduler at the address.
    """
    try:
        import dask.dataframe
        import distributed
    except ImportError as error:
        raise InputError("scheduler= needs dask: pip install 'gaitlab-run[cluster]'") from error
    library: Any = dask.dataframe  # it has no types
    named = list(named_sessions(directory.absolute()).items())
    _connect(distributed, scheduler)
    name = "cycles.csv" if cycles else "summary.csv"
    parts = [named[start : start + CHUNK] for start in range(0, len(named), CHUNK)]
    return library.from_map(_partition, parts or [[]], name=name, meta=_typed(name, None))


def _connect(distributed: Any, scheduler: Any) -> None:
    """Make a client of the scheduler dask's default one, unless it is one already."""
    if not isinstance(scheduler, str):
        return  # a client is in charge from its making on
    try:
        if distributed.get_client().scheduler.address == scheduler:
            return
    except ValueError:
        pass  # there is none yet
    try:
        distributed.Client(scheduler, timeout=_CONNECT_S)
    except (OSError, ValueError) as error:
        raise InputError(
            f"no dask scheduler answers at '{scheduler}': {error}; expected e.g. tcp://host:8786"
        ) from error  # fmt: skip


def _partition(named: Sequence[tuple[Path, Facts]], name: str) -> pd.DataFrame:
    """Read the tables of some sessions; runs on a worker."""
    import pandas as pd

    tables = list(read_tables(named, name))
    return _typed(name, pd.concat(tables, ignore_index=True) if tables else None)


def _typed(name: str, table: pd.DataFrame | None) -> pd.DataFrame:
    """Return a table with all columns in their order and of their types, as dask must know them beforehand."""
    import pandas as pd

    types = {**dict.fromkeys(("session", *FACTS), str), **COLUMNS[name], **_MORE[name]}
    found = pd.DataFrame() if table is None else table
    # "string" is the one kind of text that is the same in every pandas and with every missing value.
    return found.reindex(columns=list(types)).astype({c: "string" if t is str else t for c, t in types.items()})
