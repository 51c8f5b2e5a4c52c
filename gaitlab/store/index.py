"""What names each session of a directory, kept in a hidden index that notices what changed."""

from __future__ import annotations

import json
import logging
import os
import uuid
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from gaitlab.errors import InputError
from gaitlab.store.session import Session, open_session

_log = logging.getLogger("gaitlab")
_INDEX = ".gaitlab-index.json"
_VERSION = 1
_WORTH_AN_INDEX = 200
Facts = dict[str, str | None]


def named_sessions(directory: Path) -> dict[Path, Facts]:
    """Return the folder of every session below a directory with its athlete, label, date and view, in order.

    A broken one is logged and skipped. Where there are many, the index is written into the directory, if it can be.

    Raises:
        InputError: no such directory.
    """
    if not directory.is_dir():
        raise InputError(f"no such directory of sessions: '{directory}'")
    known = _read_index(directory)
    found: dict[Path, Facts] = {}
    index: dict[str, Any] = {}
    for folder, names in sorted(_folders(directory)):
        key = folder.relative_to(directory).as_posix()
        state = (folder / "session.json").stat()
        stamp = [state.st_mtime_ns, state.st_size, state.st_ino, sorted(names)]
        entry = known.get(key)
        try:
            facts = entry["facts"] if entry is not None and entry["stamp"] == stamp else _facts(open_session(folder))
        except InputError as error:
            _log.warning("skipped: %s", error)
            continue
        found[folder] = facts
        index[key] = {"stamp": stamp, "facts": facts}
    if index != known and len(index) >= _WORTH_AN_INDEX:
        _write_index(directory, index)
    return found


def _facts(session: Session) -> Facts:
    info = session.info
    try:
        return {"athlete": info["athlete"], "label": info["label"], "date": info["recorded_at"], "view": info["view"]}
    except KeyError as error:
        raise InputError(f"'{session.folder / 'session.json'}' lacks {error}; the session may be damaged") from error


def _folders(directory: Path) -> Iterator[tuple[Path, list[str]]]:
    """Yield every folder with a session.json, and its CSV and NPZ files; nothing hidden."""
    for root, below, files in os.walk(directory):
        below[:] = [name for name in below if not name.startswith(".")]
        if "session.json" in files:
            yield Path(root), [name for name in files if name.endswith((".csv", ".npz"))]


def _read_index(directory: Path) -> dict[str, Any]:
    try:
        content = json.loads((directory / _INDEX).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}  # there is none, or a damaged one: everything is read anew
    if not isinstance(content, dict) or content.get("version") != _VERSION:
        return {}
    sessions = content.get("sessions")
    if not isinstance(sessions, dict):
        return {}
    return {key: e for key, e in sessions.items() if isinstance(e, dict) and {"stamp", "facts"} <= set(e)}


def _write_index(directory: Path, index: dict[str, Any]) -> None:
    partial = directory / f"{_INDEX}-{uuid.uuid4().hex[:8]}"
    try:
        partial.write_text(json.dumps({"version": _VERSION, "sessions": index}), encoding="utf-8")
        os.replace(partial, directory / _INDEX)
    except OSError as error:
        _log.debug("no index in '%s': %s", directory, error)  # a folder one may only read works too, only slower
    finally:
        with suppress(OSError):
            partial.unlink()
