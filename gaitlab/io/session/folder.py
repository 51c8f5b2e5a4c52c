"""Atomic writing of folders, also if the writing process is killed."""

from __future__ import annotations

import errno
import logging
import os
import platform
import re
import shutil
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from gaitlab.core.errors import OutputError
from gaitlab.io.session.contents import foreign, looks_like_session, remove_session

_log = logging.getLogger("gaitlab")
_HOST = re.sub(r"\W", "_", platform.node())[:24]
_REMAINS = re.compile(rf"\.(?P<name>.+)\.(?P<kind>partial|old)-{_HOST}-(?P<pid>\d+)-[0-9a-f]{{8}}")
# Another process created or removed the target between the check and the renaming.
_TAKEN = (errno.ENOTEMPTY, errno.EEXIST, errno.ENOENT)
_TRIES = 20
# Longest folder name, bytes: a suffix is added for the temporary one, and file systems allow 255.
_LONGEST_NAME = 200
_MOST_LISTED = 3


def check_free(target: Path, *, force: bool, inputs: Iterable[str | Path | None] = ()) -> None:
    """Check that ``target`` can become a session folder.

    Parameters
    ----------
    target : Path
        the folder to write.
    force : bool
        whether an existing session may be replaced.
    inputs : Iterable[str | Path | None], optional
        input files, which must not be in a folder that is replaced.

    Raises
    ------
    OutputError
        if the folder exists; with ``force``, if it contains files of other programs or one of the inputs; or if its
        parent is not a writable folder.
    """
    if len(os.fsencode(target.name)) > _LONGEST_NAME:
        raise OutputError(f"the name of the output folder '{target}' is too long; choose a shorter one with -o")
    real = real_folder(target)
    try:
        if real.exists():
            _check_replaceable(target, real, force=force, inputs=inputs)
        parent = next(p for p in [real.parent, *real.parent.parents] if p.exists())
    except OSError as error:
        raise OutputError(f"cannot write the folder '{target}': {error.strerror}; choose another with -o") from error
    if not parent.is_dir():
        raise OutputError(f"cannot make the folder '{target}': '{parent}' is a file; choose another place with -o")
    if not os.access(parent, os.W_OK):
        raise OutputError(f"cannot write into '{parent}'; choose another place with -o")


def real_folder(target: Path) -> Path:
    """Return the folder to write: the target of a link, or ``target`` itself.

    Raises
    ------
    OutputError
        for a circular link or an invalid name.
    """
    try:
        return target.resolve() if target.is_symlink() or target.name in ("", "..") else target
    except (OSError, RuntimeError, ValueError) as error:
        raise OutputError(f"'{target}' cannot be the output folder: {error}; choose another with -o") from error


def _check_replaceable(target: Path, real: Path, *, force: bool, inputs: Iterable[str | Path | None]) -> None:
    """Raise OutputError if replacing the folder would delete files that gaitlab did not write, or inputs."""
    if not force:
        raise OutputError(f"the output folder '{target}' exists; choose another with -o, or replace it with --force")
    if Path.cwd().is_relative_to(real.resolve()):
        raise OutputError(f"'{target}' is the folder you are in, so it is not replaced; choose another with -o")
    for path in inputs:
        if path is not None and Path(path).resolve().is_relative_to(real.resolve()):
            raise OutputError(
                f"'{path}' lies in '{target}', which --force would replace; choose another folder with -o"
            )
    if not looks_like_session(real):
        raise OutputError(f"'{target}' is not a session folder, so --force does not replace it; choose another with -o")
    if others := foreign(real):
        named = ", ".join(f"'{name}'" for name in others[:_MOST_LISTED])
        named += ", ..." if len(others) > _MOST_LISTED else ""
        raise OutputError(
            f"'{target}' holds what gaitlab did not write ({named}), so --force does not replace it; move that away, "
            "or choose another folder with -o"
        )


@contextmanager
def whole_folder(target: Path, *, force: bool = False) -> Iterator[Path]:
    """Context manager for atomic writing: yields a temporary folder that becomes ``target`` if the block succeeds.

    After an exception, including Ctrl-C, the temporary folder and new empty parents are removed; what a killed process
    left is removed by the next writer in the same parent folder. If two processes write the same target, the later one
    fails, or with ``force`` replaces the earlier. Links are followed.

    Parameters
    ----------
    target : Path
        the folder to write.
    force : bool, optional
        whether an existing session may be replaced.

    Raises
    ------
    OutputError
        if ``target`` exists (without ``force``) or cannot be written.
    """
    target = real_folder(target)
    clear_remains(target.parent)
    check_free(target, force=force)
    partial = _beside(target, "partial")
    missing = [parent for parent in target.parents if not parent.exists()]
    try:
        _make(partial)  # within the block, because a signal may arrive right after it
        yield partial
        _move_into_place(partial, target, force=force)
    except OSError as error:
        raise OutputError(f"cannot write the session '{target}': {error.strerror or error}") from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)
        for parent in missing:  # of a session that was not written nothing is left
            with suppress(OSError):
                parent.rmdir()


def _make(partial: Path) -> None:
    try:
        partial.mkdir(parents=True)
    except OSError as error:
        raise OutputError(f"cannot make a folder in '{partial.parent}': {error.strerror}") from error


def _move_into_place(partial: Path, target: Path, *, force: bool) -> None:
    for _ in range(_TRIES):
        check_free(target, force=force)  # another process may have been faster
        old = _beside(target, "old")
        try:
            if force and target.exists():  # without force, renaming fails if a folder appeared since the check
                target.rename(old)
            partial.rename(target)
        except OSError as error:
            if error.errno not in _TAKEN or not partial.exists():
                raise
        else:
            return
        finally:
            _settle(old, target)
    raise OutputError(f"others keep writing the session '{target}'; choose another with -o")


def _beside(target: Path, kind: str) -> Path:
    """Return a hidden sibling of ``target`` whose name contains the host and the process that writes it."""
    return target.parent / f".{target.name}.{kind}-{_HOST}-{os.getpid()}-{uuid.uuid4().hex[:8]}"


def clear_remains(folder: Path) -> None:
    """Remove incomplete folders of dead processes of this host, and restore sessions that they had moved aside."""
    if not folder.is_dir():
        return
    for path in list(folder.glob(".*-*")):
        found = _REMAINS.fullmatch(path.name)
        if found is None or _is_alive(int(found["pid"])):
            continue
        if found["kind"] == "old":
            _settle(path, folder / found["name"])
        else:
            shutil.rmtree(path, ignore_errors=True)


def _settle(old: Path, target: Path) -> None:
    """Remove a session that was moved aside, or restore it if it was not replaced."""
    if not target.exists():
        with suppress(OSError):  # already removed, or another process was faster
            old.rename(target)
            return
    try:
        remove_session(old)
    except FileNotFoundError:
        pass
    except OSError as error:  # another program added a file meanwhile, which is not deleted
        _log.warning("'%s' could not be removed whole: %s", old, error.strerror)


def _is_alive(pid: int) -> bool:
    if os.name == "nt":
        return True  # on Windows, signal 0 would send Ctrl-C
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True  # a process of another user
    return True
