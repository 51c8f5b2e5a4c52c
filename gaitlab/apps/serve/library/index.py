"""All sessions of a folder: the folder is the truth, an SQLite file beside the queue remembers what was read of it."""

from __future__ import annotations

import json
import logging
import sqlite3
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from gaitlab._version import __version__
from gaitlab.apps.serve.library.entry import Entry, entry_from, read_entry
from gaitlab.io.parallel import in_parallel
from gaitlab.io.session.index import session_folders, session_stamp

_log = logging.getLogger("gaitlab")
# A session made in the terminal appears after so long at the latest.
_FRESH_S = 1.0
# What is kept depends on the version that read it.
_FORM = f"{__version__}-2"
_TABLES = """
CREATE TABLE IF NOT EXISTS form (form TEXT);
CREATE TABLE IF NOT EXISTS sessions (folder TEXT PRIMARY KEY, stamp TEXT, entry TEXT);
CREATE TABLE IF NOT EXISTS pictures (folder TEXT PRIMARY KEY, stamp TEXT, picture BLOB);
"""


class Library:
    """The sessions below a folder; all methods may be called from any thread.

    Parameters
    ----------
    directory : Path
        the folder of sessions.
    cache : Path
        the file that may be deleted.
    """

    def __init__(self, directory: Path, cache: Path) -> None:
        self.directory = directory
        self._lock = threading.RLock()
        self._cache = _opened(cache)
        self._entries: dict[str, Entry] = {}
        self._stamps: dict[str, str] = {}
        self._looked_s = -_FRESH_S

    def entries(self) -> list[Entry]:
        """Return all sessions, the newest first."""
        with self._lock:
            if time.monotonic() - self._looked_s >= _FRESH_S:
                self._look()
                self._looked_s = time.monotonic()
            return list(self._entries.values())

    def get(self, session: str) -> Entry:
        """Return a session by its id; KeyError if there is none."""
        with self._lock:
            self.entries()
            return self._entries[session]

    def path(self, entry: Entry) -> Path:
        """Return the folder of a session."""
        return self.directory / entry.folder

    def changed(self) -> None:
        """Look again at the next question: something was changed just now."""
        with self._lock:
            self._looked_s = -_FRESH_S

    def picture(self, entry: Entry) -> bytes:
        """Return the small picture of a session as JPEG; empty where it has no video."""
        from gaitlab.apps.serve.library.pictures import small_picture

        with self._lock:
            stamp = self._stamps.get(entry.id, "")
            found = self._cache.execute("SELECT stamp, picture FROM pictures WHERE folder = ?", (entry.folder,))
            row = found.fetchone()
        if row is not None and row[0] == stamp:
            return bytes(row[1])
        made = small_picture(self.path(entry))
        with self._lock, suppress(sqlite3.Error), self._cache:
            self._cache.execute("INSERT OR REPLACE INTO pictures VALUES (?, ?, ?)", (entry.folder, stamp, made))
        return made

    def close(self) -> None:
        """Close the cache."""
        with self._lock:
            self._cache.close()

    def _look(self) -> None:
        """Bring the list up to date; only sessions whose files changed are read."""
        known = self._known()
        stamps = {path: stamp for path, names in session_folders(self.directory) if (stamp := _stamp(path, names))}
        below = {path: Path(path).relative_to(self.directory).as_posix() for path in stamps}
        fresh = {path: known[place][1] for path, place in below.items() if known.get(place, ("",))[0] == stamps[path]}
        unknown = [path for path in stamps if path not in fresh]
        read = in_parallel(lambda path: read_entry(Path(path), below[path]), unknown)
        fresh |= dict(zip(unknown, read, strict=True))
        if unknown or len(known) != len(stamps):
            self._remember([(below[path], stamps[path], fresh[path]) for path in unknown], keep=below.values())
        order = sorted(fresh, key=lambda path: (fresh[path].date, below[path]), reverse=True)
        self._entries = {fresh[path].id: fresh[path] for path in order}
        self._stamps = {fresh[path].id: stamps[path] for path in order}

    def _known(self) -> Mapping[str, tuple[str, Entry]]:
        """Return stamp and entry of each place, from memory or from the cache."""
        if self._entries:
            return {entry.folder: (self._stamps[key], entry) for key, entry in self._entries.items()}
        try:
            rows = self._cache.execute("SELECT folder, stamp, entry FROM sessions").fetchall()
            return {folder: (stamp, entry_from(json.loads(entry))) for folder, stamp, entry in rows}
        except (sqlite3.Error, ValueError, TypeError, KeyError) as error:
            _log.warning("the library's cache is read anew: %s", error)
            return {}

    def _remember(self, rows: Sequence[tuple[str, str, Entry]], *, keep: Any) -> None:
        kept = set(keep)
        with suppress(sqlite3.Error), self._cache:  # a cache that cannot be written costs time only
            gone = [row for row in self._cache.execute("SELECT folder FROM sessions").fetchall() if row[0] not in kept]
            self._cache.executemany("DELETE FROM sessions WHERE folder = ?", gone)
            self._cache.executemany("DELETE FROM pictures WHERE folder = ?", gone)
            self._cache.executemany(
                "INSERT OR REPLACE INTO sessions VALUES (?, ?, ?)",
                [(place, stamp, json.dumps(entry.as_dict())) for place, stamp, entry in rows],
            )


def _stamp(path: str, names: Sequence[str]) -> str:
    """Return a text that changes with a session; "" where it vanished just now."""
    try:
        return json.dumps(session_stamp(path, names))
    except OSError:
        return ""


def _opened(path: Path) -> sqlite3.Connection:
    """Open the cache; a damaged or older one is made anew, and one that cannot be is in memory."""
    for where in (str(path), str(path), ":memory:"):
        try:
            cache = sqlite3.connect(where, check_same_thread=False)
            cache.executescript(_TABLES)
            form = cache.execute("SELECT form FROM form").fetchone()
            if form is None:
                with cache:
                    cache.execute("INSERT INTO form VALUES (?)", (_FORM,))
                return cache
            if form[0] == _FORM:
                return cache
            cache.close()
        except sqlite3.Error as error:
            _log.warning("the library's cache '%s' is made anew: %s", where, error)
        with suppress(OSError):
            path.unlink()
    return sqlite3.connect(":memory:", check_same_thread=False)
