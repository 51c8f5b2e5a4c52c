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
