"""Atomic writing of files."""

from __future__ import annotations

import errno
import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from gaitlab.core.errors import OutputError
from gaitlab.core.text import whole_characters

try:
    import fcntl
except ImportError:  # Windows, where a folder cannot be locked: the last of two who write at one moment is kept
    fcntl = None  # type: ignore[assignment]


def _why(error: OSError) -> str:
    # Libraries prepend their own text to the system's message.
    return os.strerror(error.errno) if error.errno not in (None, errno.EIO) else error.strerror or str(error)


@contextmanager
def whole_file(
    path: Path, *, failure: str | None = None, advice: str = "choose another place with -o"
) -> Iterator[Path]:
    """Context manager for atomic writing: yields a temporary path that replaces ``path`` if the block succeeds.

    The temporary file is in the same folder and has the same suffix, by which some libraries choose the format. An
    existing file stays until it is replaced.

    Parameters
    ----------
    path : Path
        file to write.
    failure : str | None, optional
        beginning of the error message; None is ``cannot write 'PATH'``.
    advice : str, optional
        end of the message, after the system's reason; may be empty.

    Raises
    ------
    OutputError
        if the file cannot be written.
    """
    # Long names are truncated: file systems allow 255 bytes. Some libraries accept only UTF-8 names.
    partial = path.parent / f".{whole_characters(path.stem[:40])}-{uuid.uuid4().hex[:8]}{path.suffix}"
    try:
        yield partial
        os.replace(partial, path)
    except (OSError, UnicodeEncodeError) as error:
        why = _why(error) if isinstance(error, OSError) else "its folder's name is no UTF-8"
        sentence = (failure or f"cannot write '{path}'") + f": {why}"
        raise OutputError(f"{sentence}; {advice}" if advice else sentence) from error
    finally:
        with suppress(OSError):
            partial.unlink()


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Context manager for one writer at a time: waits while another reads and writes again what ``folder`` holds.

    The folder itself is locked, so nothing is left behind, whatever becomes of the process.

    Raises
    ------
    OutputError
        if the folder cannot be opened.
    """
    if fcntl is None:
        yield
        return
    try:
        opened = os.open(folder, os.O_RDONLY)
    except OSError as error:
        raise OutputError(f"cannot open '{folder}': {_why(error)}") from error
    try:
        # Some network drives have no locks.
        with suppress(OSError):
            fcntl.flock(opened, fcntl.LOCK_EX)
        yield
    finally:
        os.close(opened)
