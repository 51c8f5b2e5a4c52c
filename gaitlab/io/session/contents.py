"""Content of a session folder: the file names that gaitlab writes, and safe access to files by name.

A session may come from an untrusted source: a name in it must not lead out of its folder, and files that are not in
this list are never deleted.
"""

from __future__ import annotations

import json
import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from gaitlab.core.errors import InputError, OutputError

REQUIRED = ("session.json", "keypoints.npz", "angles.csv", "events.csv", "cycles.csv", "summary.csv")
# The report on paper.
PDF = "report.pdf"
# What people noted, see `gaitlab.io.notes`.
NOTES = "notes.json"
# The logo of a shop or clinic, see `gaitlab.io.brand`; a session has one at most.
LOGOS = ("logo.png", "logo.jpg", "logo.svg")
# When the repetitions of a movement began, turned and ended; sessions of gait have none.
REPETITIONS = "repetitions.csv"
# In addition: the report, its videos, notes, a logo, and the record of the batch job.
WRITTEN = (*REQUIRED, REPETITIONS, "report.html", PDF, "annotated.mp4", "clip.mp4", NOTES, *LOGOS, "batch.json")
# Folder of the second clip of the same run, a session within the session; hidden, so that it is not listed separately.
COMPANIONS = {"side": ".side", "rear": ".rear"}
# Temporary files of a killed writer, and files of file managers.
_LITTER = re.compile(r"\.(report|batch)-[0-9a-f]{8}\.(html|json)|\.DS_Store|Thumbs\.db|desktop\.ini")


def within(folder: Path, name: str) -> Path:
    """Return the path of a name within a session folder.

    Raises
    ------
    InputError
        if the name leads out of the folder or to a symbolic link.
    """
    parts = PurePosixPath(name.replace("\\", "/")).parts
    if not parts or ".." in parts or parts[0] == "/" or ":" in parts[0]:
        raise InputError(f"'{folder}' names a file outside of it, '{name}'; a session holds its own files only")
    path = folder
    for part in parts:
        path /= part
        if path.is_symlink():
            raise InputError(f"'{path}' is a link, which is not followed: a session holds its own files only")
    return path


def foreign(folder: Path) -> list[str]:
    """Return the sorted names of files in a folder that gaitlab did not write; empty if there is no folder."""
    return [str(path.relative_to(folder)) for path in _found(folder) if not _is_ours(path)]


def looks_like_session(folder: Path) -> bool:
    """Whether a folder is empty or has a session.json of gaitlab, even a damaged one; others use the name too."""
    try:
        names = {path.name for path in _inside(folder)}
        content = json.loads((folder / "session.json").read_text(encoding="utf-8")) if names else {}
    except NotADirectoryError:
        return False
    except (OSError, ValueError, RecursionError):
        return "session.json" in names  # damaged, or another process is replacing it
    return not names or ("session.json" in names and isinstance(content, dict) and "schema_version" in content)


def remove_session(folder: Path) -> None:
    """Remove the files of a session written by gaitlab, and the folder itself.

    Raises
    ------
    OSError
        if something cannot be removed, or a file of another program is left.
    """
    # session.json is removed last: until then other processes see a session.
    for path in sorted(_found(folder), key=lambda path: path == folder / "session.json"):
        if _is_ours(path):
            path.unlink(missing_ok=True)
    for companion in COMPANIONS.values():
        if _is_folder(folder / companion):
            (folder / companion).rmdir()
    folder.rmdir()


def check_no_session_file(path: Path) -> None:
    """Raise OutputError if a table or a page would replace a file of a session."""
    if path.name in WRITTEN and os.path.exists(path) and (path.parent / "session.json").is_file():
        raise OutputError(f"'{path}' belongs to the session '{path.parent}' and is not replaced; name another file")


def _found(folder: Path) -> Iterator[Path]:
    """Yield all paths in a folder, with the companion folders replaced by their content."""
    for path in _inside(folder):
        yield from _inside(path) if path.name in COMPANIONS.values() and _is_folder(path) else [path]


def _inside(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except FileNotFoundError:
        return []  # another process may be replacing it


def _is_ours(path: Path) -> bool:
    return (path.name in WRITTEN or _LITTER.fullmatch(path.name) is not None) and not _is_folder(path)


def _is_folder(path: Path) -> bool:
    """Whether the path is a folder and not a link to one."""
    try:
        return stat.S_ISDIR(path.lstat().st_mode)
    except FileNotFoundError:
        return False
