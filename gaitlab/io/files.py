"""A file that is there whole or not at all."""

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
    # Libraries put words of their own before the system's.
    return os.strerror(error.errno) if error.errno not in (None, errno.EIO) else error.strerror or str(error)


@contextmanager
def whole_file(
    path: Path, *, failure: str | None = None, advice: str = "choose another place with -o"
) -> Iterator[Path]:
    """Give a temporary name beside ``path`` to write to, moved to ``path`` when the block ends well.

    It keeps the suffix, for some libraries choose by it. A file that is there already stays until it is replaced.

    Parameters
    ----------
    failure : str | None, optional
        what the error says first; None is ``cannot write 'PATH'``.
    advice : str, optional
        what it says last, after the system's reason; may be empty.

    Raises
    ------
    OutputError
        where it cannot be written.
    """
    # Of a long name only the beginning: file systems allow 255 bytes. Some libraries take no name that is no UTF-8.
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
