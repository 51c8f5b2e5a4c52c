"""A folder that is there whole or not at all."""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gaitlab.errors import OutputError


def check_free(target: Path, *, force: bool) -> None:
    """Raise OutputError where ``target`` cannot become a session folder: it exists, or its parent is no folder."""
    if target.exists() and not force:
        raise OutputError(f"the output folder '{target}' exists; choose another with -o, or replace it with --force")
    if target.exists() and not is_replaceable(target):
        raise OutputError(f"'{target}' is not a session folder, so --force does not replace it; choose another with -o")
    parent = next(p for p in [target.parent, *target.parent.parents] if p.exists())
    if not parent.is_dir():
        raise OutputError(f"cannot make the folder '{target}': '{parent}' is a file; choose another place with -o")
    if not os.access(parent, os.W_OK):
        raise OutputError(f"cannot write into '{parent}'; choose another place with -o")


def is_replaceable(target: Path) -> bool:
    """Whether a folder may be replaced: it is a session, or empty. A slip of the keyboard must not cost a home."""
    return target.is_dir() and ((target / "session.json").is_file() or not any(target.iterdir()))


@contextmanager
def whole_folder(target: Path, *, force: bool = False) -> Iterator[Path]:
    """Give a temporary folder beside ``target`` to write into, renamed to ``target`` when the block ends well.

    After any exception, Ctrl-C too, nothing is left of it.

    Raises:
        OutputError: where ``target`` exists (without ``force``) or cannot be written.
    """
    check_free(target, force=force)
    partial = target.parent / f".{target.name}.partial-{uuid.uuid4().hex[:8]}"
    try:
        partial.mkdir(parents=True)
    except OSError as error:
        raise OutputError(f"cannot make a folder in '{target.parent}': {error.strerror}") from error
    try:
        yield partial
        _move_into_place(partial, target, force=force)
    except OSError as error:
        raise OutputError(f"cannot write the session '{target}': {error.strerror or error}") from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _move_into_place(partial: Path, target: Path, *, force: bool) -> None:
    check_free(target, force=force)  # somebody else may have been quicker
    if not target.exists():
        partial.rename(target)
        return
    old = target.parent / f".{target.name}.old-{uuid.uuid4().hex[:8]}"
    target.rename(old)
    partial.rename(target)
    shutil.rmtree(old, ignore_errors=True)
