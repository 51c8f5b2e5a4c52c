"""A folder that is there whole or not at all, whatever kills its writer."""

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
# Between a look at the target and its rename another process put a session there, or took it away.
_TAKEN = (errno.ENOTEMPTY, errno.EEXIST, errno.ENOENT)
_TRIES = 20
# Bytes of a folder's name: a temporary one is made of it, and file systems allow 255.
_LONGEST_NAME = 200
_TOLD = 3


def check_free(target: Path, *, force: bool, inputs: Iterable[str | Path | None] = ()) -> None:
    """Raise OutputError where ``target`` cannot become a session folder.

    It exists; with ``force``, it holds what gaitlab did not write, or one of the ``inputs`` that the new session would
    be made from; or its parent is no folder to write into.
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
    """Return what will be written: the folder that a link leads to, or ``target`` itself.

    Raises
    ------
    OutputError
        a link that leads to itself, or a name that no folder can have.
    """
    try:
        return target.resolve() if target.is_symlink() or target.name in ("", "..") else target
    except (OSError, RuntimeError, ValueError) as error:
        raise OutputError(f"'{target}' cannot be the output folder: {error}; choose another with -o") from error


def _check_replaceable(target: Path, real: Path, *, force: bool, inputs: Iterable[str | Path | None]) -> None:
    """A slip of the keyboard must not cost anybody a file that gaitlab did not write itself."""
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
        named = ", ".join(f"'{name}'" for name in others[:_TOLD]) + (", ..." if len(others) > _TOLD else "")
        raise OutputError(
            f"'{target}' holds what gaitlab did not write ({named}), so --force does not replace it; move that away, "
            "or choose another folder with -o"
        )


@contextmanager
def whole_folder(target: Path, *, force: bool = False) -> Iterator[Path]:
    """Give a temporary folder beside ``target`` to write into, renamed to ``target`` when the block ends well.

    After any exception, Ctrl-C too, nothing is left of it; what a killed process left is cleared away by the next one
    that writes beside it. Of two writers of one target the later one is refused, or with ``force`` replaces. A link is
    followed: what it leads to is written or replaced.

    Raises
    ------
    OutputError
        where ``target`` exists (without ``force``) or cannot be written.
    """
    target = real_folder(target)
    clear_remains(target.parent)
    check_free(target, force=force)
    partial = _beside(target, "partial")
    try:
        _make(partial)  # within the block: a signal may come right after it
        yield partial
        _move_into_place(partial, target, force=force)
    except OSError as error:
        raise OutputError(f"cannot write the session '{target}': {error.strerror or error}") from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _make(partial: Path) -> None:
    try:
        partial.mkdir(parents=True)
    except OSError as error:
        raise OutputError(f"cannot make a folder in '{partial.parent}': {error.strerror}") from error


def _move_into_place(partial: Path, target: Path, *, force: bool) -> None:
    for _ in range(_TRIES):
        check_free(target, force=force)  # somebody else may have been quicker
        old = _beside(target, "old")
        try:
            if force and target.exists():  # without force, one that landed since the check stays: the rename fails
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
    """Return a hidden name beside ``target`` that says who writes it: the host, and the process there."""
    return target.parent / f".{target.name}.{kind}-{_HOST}-{os.getpid()}-{uuid.uuid4().hex[:8]}"


def clear_remains(folder: Path) -> None:
    """Remove what dead processes of this host left half-written; a session they had only moved aside comes back."""
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
    """Remove a session that was moved aside, or put it back where nothing took its place."""
    if not target.exists():
        with suppress(OSError):  # it is gone already, or somebody was quicker: then there is a session
            old.rename(target)
            return
    try:
        remove_session(old)
    except FileNotFoundError:
        pass
    except OSError as error:  # somebody put a file there while it was replaced: that one is not ours to delete
        _log.warning("'%s' could not be removed whole: %s", old, error.strerror)


def _is_alive(pid: int) -> bool:
    if os.name == "nt":
        return True  # signal 0 is no question there, but Ctrl-C
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True  # somebody else's
    return True
