"""Writing a validation's folder, whole or not at all."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from gaitlab.core.errors import OutputError
from gaitlab.io.cells import as_cells
from gaitlab.io.session.folder import check_free, real_folder, whole_folder
from gaitlab.report.validation.page import page_of
from gaitlab.stats.validation.result import Validation

if TYPE_CHECKING:
    import pandas as pd

PAGE = "validation.html"
TABLES = ("events", "metrics", "angles", "pairs")
FILES = (PAGE, *(f"{name}.csv" for name in TABLES))
_DIGITS = "%.6g"
# Moments of a long film keep their microseconds.
_DIGITS_OF = {"pairs": "%.6f"}


def check_output(folder: Path, *, force: bool) -> None:
    """Raise OutputError unless a folder can become that of a validation; with ``force`` one may lie there."""
    if not folder.exists() or not force:
        check_free(folder, force=False)
        return
    if not folder.is_dir():
        raise OutputError(f"'{folder}' is a file; name another folder with -o")
    strange = sorted(set(os.listdir(folder)) - set(FILES))
    if strange:
        raise OutputError(
            f"'{folder}' holds what no validation wrote ('{strange[0]}') and is not replaced; choose another with -o"
        )


def write_validation(found: Validation, folder: Path, *, force: bool = False, language: str = "en") -> Path:
    """Write ``validation.html`` and the tables into a folder and return the page's path.

    Raises
    ------
    OutputError
        the folder is there (without ``force``), holds other files, or cannot be written.
    """
    check_output(folder, force=force)
    target = real_folder(folder)
    if target.exists():  # all that is in it was written by a validation, see `check_output`
        _replace(found, target, language)
    else:
        with whole_folder(target) as partial:
            _fill(found, partial, language)
    return folder / PAGE


def _replace(found: Validation, target: Path, language: str) -> None:
    fresh = target.with_name(f".{target.name}.new")
    shutil.rmtree(fresh, ignore_errors=True)
    with whole_folder(fresh) as partial:
        _fill(found, partial, language)
    try:
        for name in FILES:
            os.replace(fresh / name, target / name)
        fresh.rmdir()
    except OSError as error:
        raise OutputError(f"cannot write the folder '{target}': {error.strerror}; choose another with -o") from error


def _fill(found: Validation, folder: Path, language: str) -> None:
    (folder / PAGE).write_text(page_of(found, language=language), encoding="utf-8", newline="\n")
    for name in TABLES:
        table: pd.DataFrame = getattr(found, name)
        as_cells(table).to_csv(folder / f"{name}.csv", index=False, float_format=_DIGITS_OF.get(name, _DIGITS))
