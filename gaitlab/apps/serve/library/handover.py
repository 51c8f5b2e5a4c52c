"""What is handed over of sessions: tables, keypoints, a zip of everything."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from gaitlab.core.errors import InputError, one_of
from gaitlab.core.text import folder_name
from gaitlab.io.session.contents import COMPANIONS, WRITTEN, within
from gaitlab.io.session.session import Session, open_session

# Files that are packed already.
_PACKED = (".mp4", ".npz")


def _numbers(session: Session, path: Path) -> None:
    from gaitlab.io.cells import as_cells

    as_cells(session.summary).to_csv(path, index=False)


def _frames(kind: str) -> Callable[[Session, Path], None]:
    def write(session: Session, path: Path) -> None:
        from gaitlab.io.export import export_session

        export_session(session, format=kind, output=path)

    return write


def _everything(session: Session, path: Path) -> None:
    """Write a zip of the files that gaitlab wrote, below one folder; links are not followed."""
    name = folder_name(session.folder.name)
    with zipfile.ZipFile(path, "w") as archive:
        for inside in (".", *COMPANIONS.values()):
            for file in WRITTEN:
                known = within(session.folder, file if inside == "." else f"{inside}/{file}")
                if known.is_file():
                    packing = zipfile.ZIP_STORED if known.suffix in _PACKED else zipfile.ZIP_DEFLATED
                    shown = file if inside == "." else f"{inside.lstrip('.')}/{file}"
                    archive.write(known, f"{name}/{shown}", compress_type=packing)


def _paper(session: Session, path: Path) -> None:
    from gaitlab.report.paper import write_pdf

    write_pdf(session.folder, path)


# What is handed over -> the ending of its file, and what writes it.
KINDS: Mapping[str, tuple[str, Callable[[Session, Path], None]]] = {
    "numbers": ("numbers.csv", _numbers),
    "csv": ("frames.csv", _frames("csv")),
    "parquet": ("frames.parquet", _frames("parquet")),
    "pdf": ("report.pdf", _paper),
    "zip": ("session.zip", _everything),
}


def hand_over(folder: Path, kind: str, into: Path) -> tuple[Path, str]:
    """Write what is handed over of a session into a folder, and return the file and the name it is to have.

    Raises
    ------
    InputError
        for an unknown kind, a damaged session, or a library that is missing.
    """
    if kind not in KINDS:
        raise InputError(one_of("kind", kind, KINDS))
    ending, write = KINDS[kind]
    path = into / ending
    write(open_session(folder), path)
    return path, f"{folder_name(folder.name)}-{ending}"


def all_numbers(folders: Sequence[Path], path: Path, *, directory: Path) -> None:
    """Write the summaries of many sessions as one table; the file's ending says whether CSV or Parquet.

    A session is named by its place below ``directory``: where that lies is nobody's business to whom it is handed.

    Raises
    ------
    InputError
        if pyarrow, which Parquet needs, is missing.
    """
    from gaitlab.io.cells import as_cells
    from gaitlab.io.session.session import glance_at
    from gaitlab.io.session.sessions import summaries_of

    table = summaries_of([glance_at(folder) for folder in folders])
    table["session"] = [Path(session).relative_to(directory).as_posix() for session in table["session"]]
    if path.suffix == ".csv":
        as_cells(table).to_csv(path, index=False)
        return
    try:
        table.to_parquet(path, index=False)
    except ImportError as error:
        raise InputError("Parquet needs pyarrow: pip install 'gaitlab-run[app]'") from error
