"""Identifying facts of all sessions of a directory, cached in a hidden index that detects changes."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from gaitlab.core.errors import InputError, OutputError
from gaitlab.io.files import whole_file
from gaitlab.io.parallel import in_parallel
from gaitlab.io.session.contents import REQUIRED, within
from gaitlab.io.session.schema import ENTRIES, check_entries, read_object
from gaitlab.io.session.session import check_complete, check_files_end_well, check_version

_log = logging.getLogger("gaitlab")
_INDEX = ".gaitlab-index.json"
_VERSION = 2
_WORTH_AN_INDEX = 200
Facts = dict[str, str | None]
# Name of a fact to its key in session.json.
_FACTS = {"athlete": "athlete", "label": "label", "date": "recorded_at", "view": "view"}


def log_skipped(why: str) -> None:
    """Log that a damaged session is skipped, and why."""
    _log.warning("skipped: %s", why)


def named_sessions(directory: Path, *, skip: Callable[[str], None] = log_skipped) -> dict[Path, Facts]:
    """Return the folder of every session below a directory with its athlete, label, date and view, sorted.

    Parameters
    ----------
    directory : Path
        directory of sessions; with 200 or more of them, an index is written to it if possible.
    skip : Callable[[str], None], optional
        called with the reason for each damaged session that is skipped.

    Raises
    ------
    InputError
        if there is no such directory.
    """
    known = _read_index(directory)
    root = os.path.join(directory, "")
    # Plain strings: ten thousand Path objects take longer to create than their files take to read.
    stamps = {folder: session_stamp(folder, names) for folder, names in sorted(session_folders(directory))}
    index = {
        key: entry
        for folder, stamp in stamps.items()
        if (entry := known.get(key := _key(folder, root))) is not None and entry["stamp"] == stamp
    }
    unknown = [folder for folder in stamps if _key(folder, root) not in index]
    for folder, facts in zip(unknown, in_parallel(lambda one: _facts(one, stamps[one]), unknown), strict=True):
        if isinstance(facts, InputError):
            skip(str(facts))
        else:
            index[_key(folder, root)] = {"stamp": stamps[folder], "facts": facts}
    if index != known and len(index) >= _WORTH_AN_INDEX:
        _write_index(directory, index)
    return {Path(folder): index[key]["facts"] for folder in stamps if (key := _key(folder, root)) in index}


def _key(folder: str, root: str) -> str:
    return folder.removeprefix(root).replace(os.sep, "/") if folder != root.rstrip(os.sep) else "."


def session_stamp(folder: str, names: Sequence[str]) -> list[Any]:
    """Return name, modification time, size and inode of each required file, which change with the session.

    Parameters
    ----------
    folder : str
        the session folder.
    names : Sequence[str]
        names of the CSV and NPZ files in it, see `session_folders`.
    """
    present = ("session.json", *sorted(name for name in names if name in REQUIRED))
    states = [(name, os.lstat(os.path.join(folder, name))) for name in present]
    return [[name, state.st_mtime_ns, state.st_size, state.st_ino] for name, state in states]


def _facts(folder: str, stamp: Sequence[Any]) -> Facts | InputError:
    """Return the facts of a session, or the error if it is damaged."""
    try:
        present = {name for name, *_ in stamp}
        check_complete(folder, [name for name in REQUIRED if name not in present])
        path = within(Path(folder), "session.json")
        found = read_object(path)
        check_version(folder, found["schema_version"])
        check_entries(found, path, {place: ENTRIES[place] for place in _FACTS.values()})
        check_files_end_well(Path(folder))
        return facts_of(found)
    except KeyError as error:
        return InputError(f"'{folder}/session.json' lacks {error}; the session may be damaged")
    except InputError as error:
        return error


def facts_of(info: Mapping[str, Any]) -> Facts:
    """Return the identifying facts from the content of a session.json."""
    return {name: info[place] for name, place in _FACTS.items()}


def session_folders(directory: Path) -> Iterator[tuple[str, list[str]]]:
    """Yield every folder with a session.json, and the names of its CSV and NPZ files; without hidden folders.

    Raises
    ------
    InputError
        if there is no such directory.
    """
    if not os.path.isdir(directory):  # unlike Path.is_dir, it does not raise for an invalid name
        raise InputError(f"no such directory of sessions: '{directory}'")
    for root, below, files in os.walk(directory):
        below[:] = [name for name in below if not name.startswith(".")]
        if "session.json" in files:
            yield root, [name for name in files if name.endswith((".csv", ".npz"))]


def _read_index(directory: Path) -> dict[str, Any]:
    try:
        content = json.loads((directory / _INDEX).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}  # missing or damaged: all sessions are read again
    if not isinstance(content, dict) or content.get("version") != _VERSION:
        return {}
    sessions = content.get("sessions")
    if not isinstance(sessions, dict):
        return {}
    return {key: e for key, e in sessions.items() if isinstance(e, dict) and {"stamp", "facts"} <= set(e)}


def _write_index(directory: Path, index: dict[str, Any]) -> None:
    try:
        with whole_file(directory / _INDEX) as partial:
            partial.write_text(json.dumps({"version": _VERSION, "sessions": index}), encoding="utf-8")
    except OutputError as error:  # read-only folders work too, only slower
        _log.debug("no index in '%s': %s", directory, error.__cause__)
