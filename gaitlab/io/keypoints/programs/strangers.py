"""Files that are often named for keypoints and hold none that gaitlab reads: what they are, and what to do instead."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path

from gaitlab.core.errors import InputError, argument, shown

_SAVE = "save the sheet as CSV, and name that"
_UNPACK = "unpack it, and name the file or folder of keypoints in it"
# How a file begins, and at which byte -> what it is, and what to do.
_BEGINNINGS: Sequence[tuple[int, bytes, str]] = (
    (0, b"\x1f\x8b", f"is packed by gzip; {_UNPACK}"),
    (0, b"7z\xbc\xaf\x27\x1c", f"is an archive; {_UNPACK}"),
    (0, b"Rar!", f"is an archive; {_UNPACK}"),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", f"is a workbook of Excel; {_SAVE}"),
    (0, b"PAR1", "is a Parquet table; save it as CSV (in gaitlab: gaitlab export SESSION --format csv), and name that"),
    (0, b"\x80\x04", "is a pickle of Python, which may run code when read; save its points as JSON or CSV"),
    (0, b"\x80\x05", "is a pickle of Python, which may run code when read; save its points as JSON or CSV"),
    (0, b"\x93NUMPY", "is an array of numpy without names; save it as CSV with a column a coordinate (left_hip_x, …)"),
    (0, b"MATLAB 5", "is a file of MATLAB; save its points as CSV with a column a coordinate (left_hip_x, …)"),
    (4, b"ftyp", "is a video, not its keypoints; name it as the video"),
    (0, b"\x1aE\xdf\xa3", "is a video, not its keypoints; name it as the video"),
)
_ZIP = b"PK\x03\x04"
_SESSION = "is a session of gaitlab; write its keypoints with `gaitlab export SESSION --format csv`, and name that file"


def check_content(path: Path, start: bytes) -> None:
    """Raise InputError for a file whose first bytes are those of something else; says what to do."""
    if start.startswith(_ZIP):
        if b"xl/" in start or path.suffix.lower() in (".xlsx", ".xlsm"):
            raise InputError(f"'{path}' is a workbook of Excel; {_SAVE}")
        if path.suffix.lower() == ".npz":
            raise InputError(
                f"'{path}' is arrays of numpy (a session's keypoints.npz?); write a session's keypoints with "
                "`gaitlab export SESSION --format csv`, and name that file"
            )
        raise InputError(f"'{path}' is a zip archive; {_UNPACK}")
    for at, key, told in _BEGINNINGS:
        if start[at:].startswith(key):
            raise InputError(f"'{path}' {told}")


def check_folder(path: Path, names: Collection[str]) -> None:
    """Raise InputError for the folder of a session."""
    if "session.json" in names:
        raise InputError(f"'{path}' {_SESSION}")


def check_json(path: Path, fields: Collection[str]) -> None:
    """Raise InputError for JSON with the fields of something else."""
    if {"schema_version", "gaitlab_version"} <= set(fields):
        raise InputError(f"'{path}' {_SESSION}")
    if "pose_world_landmarks" in fields and "pose_landmarks" not in fields:
        raise InputError(
            f"'{path}' has pose_world_landmarks alone, which are told from the middle of the hips and do not say where "
            f"the runner is, rises or goes; write pose_landmarks too (and name {argument('picture')}, their size)"
        )


def no_table(path: Path, words: Sequence[str]) -> InputError:
    """Return the error for a table whose columns are of no keypoints."""
    few = ", ".join(shown(word) for word in words[:4])
    more = f" and {len(words) - 4} more" if len(words) > 4 else ""
    return InputError(
        f"'{path}' has the columns {few}{more}, and none of keypoints; expected frame, keypoint, x_px and y_px, or a "
        "column a coordinate such as left_hip_x and left_hip_y"
    )
