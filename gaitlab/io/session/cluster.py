"""A directory of sessions as a dask DataFrame, read by the workers of a cluster, for more data than fit into memory."""

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
# Columns in addition to those that every table has.
_MORE: dict[str, dict[str, type | str]] = {
    "summary.csv": {
        "reference_low": float, "reference_high": float, "reference_source": str, "missing_reason": str, "note": str,
        "variation_percent": float, "network_error": float, "seen_share": float, "systematic": float,
    },
    "cycles.csv": {"assumed": "boolean"},  # missing in older sessions
}  # fmt: skip


def sessions_of_cluster(directory: Path, *, cycles: bool, scheduler: Any) -> Any:
    """Return the sessions below a directory as a dask DataFrame with some hundred sessions per partition.

    The sessions are listed here, with the index; their tables are read by the workers.

    Parameters
    ----------
    directory : Path
        directory of sessions.
    cycles : bool
        whether to return cycles.csv instead of summary.csv.
    scheduler : Any
        address of a dask.distributed scheduler, or a client of one.

    Raises
    ------
    InputError
        if the directory, dask, or the scheduler is missing.
    """
    try:
        import dask.dataframe
        import distributed
    except ImportError as error:
        raise InputError("scheduler= needs dask: pip install 'gaitlab-run[cluster]'") from error
    library: Any = dask.dataframe  # the library is untyped
    named = list(named_sessions(directory.absolute()).items())
    _connect(distributed, scheduler)
    name = "cycles.csv" if cycles else "summary.csv"
    parts = [named[start : start + CHUNK] for start in range(0, len(named), CHUNK)]
    return library.from_map(_partition, parts or [[]], name=name, meta=_typed(name, None))


def _connect(distributed: Any, scheduler: Any) -> None:
    """Make a client of the scheduler dask's default, unless it is already."""
    if not isinstance(scheduler, str):
        return  # a client is the default since its creation
    try:
        if distributed.get_client().scheduler.address == scheduler:
            return
    except ValueError:
        pass  # no default client yet
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
    """Return the table with all columns in fixed order and type, which dask must know in advance."""
    import pandas as pd

    types: dict[str, type | str] = {**dict.fromkeys(("session", *FACTS), str), **COLUMNS[name], **_MORE[name]}
    found = pd.DataFrame() if table is None else table
    # "string" is the only text type that is the same in every pandas version and with all missing values.
    return found.reindex(columns=list(types)).astype({c: "string" if t is str else t for c, t in types.items()})
