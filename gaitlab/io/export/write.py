"""The table of export formats, and atomic writing that does not overwrite files unless asked to."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from gaitlab.core.errors import InputError, OutputError, one_of
from gaitlab.io.export.c3d import write_c3d
from gaitlab.io.export.opensim import write_mot, write_trc
from gaitlab.io.export.recording import Recording, recording_of
from gaitlab.io.export.tables import write_csv, write_parquet
from gaitlab.io.files import whole_file
from gaitlab.io.session.contents import check_no_session_file
from gaitlab.io.session.session import Session

# Name, which is also the file's suffix, to its writer, which returns a note on omitted content.
FORMATS: dict[str, Callable[[Recording, Path], str]] = {
    "trc": write_trc,
    "mot": write_mot,
    "c3d": write_c3d,
    "csv": write_csv,
    "parquet": write_parquet,
}
# Formats with angles only, for which the scale does not matter.
_WITHOUT_LENGTHS = ("mot",)


def export_session(
    session: Session, *, format: str | None = None, output: str | Path | None = None, force: bool = False
) -> tuple[Path, str]:
    """Write a session for another tool.

    Parameters
    ----------
    session : Session
        the session.
    format : str | None, optional
        one of `FORMATS`; None uses the suffix of ``output``.
    output : str | Path | None, optional
        the file; None is the session's name with the format's suffix, in the current folder.
    force : bool, optional
        whether to replace an existing file.

    Returns
    -------
    path : Path
        the file written.
    note : str
        note for its reader (lengths in px, omitted frames), or an empty string.

    Raises
    ------
    InputError
        for an unknown format, a missing library, or a damaged session.
    OutputError
        if the file exists already or cannot be written.
    """
    if format is None and output is None:
        raise InputError(f"which format? say --format, one of {', '.join(FORMATS)}")
    name = format or Path(output or "").suffix.removeprefix(".").lower()
    if name not in FORMATS:
        raise InputError(one_of("format", name, FORMATS))
    path = Path(output) if output is not None else Path(f"{session.folder.resolve().name}.{name}")
    if os.path.isdir(path):
        raise OutputError(f"'{path}' is a folder; name a file with -o")
    check_no_session_file(path)
    if os.path.exists(path) and not force:
        raise OutputError(f"'{path}' exists; choose another with -o, or replace it with --force")
    recording = recording_of(session)
    with whole_file(path) as partial:
        note = FORMATS[name](recording, partial)
    if recording.unit == "m" or name in _WITHOUT_LENGTHS:
        return path, note
    in_px = (
        "no scale is known, so lengths are px of the picture, x right and y down; "
        "analyse with --speed or --height for metres"
    )
    return path, f"{note}; {in_px}" if note else in_px
