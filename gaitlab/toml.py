"""Files of TOML that a user wrote: read, or one line that says what is wrong with them."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from gaitlab.errors import InputError


def read_toml(path: Path, what: str) -> dict[str, Any]:
    """Return the content of a TOML file.

    Args:
        path: the file.
        what: what it is, as the errors say it, e.g. ``settings file``.

    Raises:
        InputError: no such file, or not TOML.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"cannot read the {what} '{path}': {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(f"the {what} '{path}' is not TOML: {error}") from error
