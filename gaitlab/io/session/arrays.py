"""Keypoint arrays of a session; the headers of the file are checked before any data are loaded."""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from gaitlab.core.errors import InputError

# An hour at 240 fps of the largest skeleton has 29 million points.
_MOST_POINTS = 50_000_000
_MOST_NAMES = 200
_LONGEST_NAME = 1000
# Larger than any coordinate (px) or time (s).
_LARGEST = 1e7
_HEADER = re.compile(
    rb"\{'descr': '(?P<kind>[<>|=]\w+)', 'fortran_order': False, 'shape': \((?P<shape>[\d, ]*)\), *\} *\n"
)
_FLOATS = ("<f4", "<f8")
_COUNTED = ("raw_xy", "raw_score", "xy", "score", "time_s")


def read_arrays(path: Path) -> Mapping[str, np.ndarray]:
    """Return the arrays of keypoints.npz.

    Returns
    -------
    Mapping[str, np.ndarray]
        ``raw_xy`` and ``xy`` (frame, keypoint, 2) px, ``raw_score`` and ``score`` (frame, keypoint), ``time_s``
        (frame,) s, and ``names`` (keypoint,).

    Raises
    ------
    InputError
        if the file is unreadable or damaged, shapes disagree, or numbers are impossible.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            headers = {name: _header(archive, name) for name in (*_COUNTED, "names")}
        _check_shapes(headers)
        with np.load(path, allow_pickle=False) as data:
            arrays = {name: np.asarray(data[name]) for name in headers}
        _check_numbers(arrays)
    except KeyError as error:
        raise _damaged(path, f"it has no array {error}") from error
    # The content may be arbitrary: these are the exceptions of the readers of zip and npy files.
    except (OSError, ValueError, EOFError, RuntimeError, zipfile.BadZipFile, zlib.error) as error:
        raise _damaged(path, str(error).partition("\n")[0] or "it breaks off") from error
    return arrays


def _header(archive: zipfile.ZipFile, name: str) -> tuple[str, tuple[int, ...]]:
    """Return data type and shape from the header of an array."""
    try:
        member = archive.getinfo(f"{name}.npy")
    except KeyError:
        raise KeyError(name) from None
    if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise ValueError(f"'{name}' is packed in a way that gaitlab does not use")
    with archive.open(member) as file:
        start = file.read(10)
        length = int.from_bytes(start[8:10], "little")
        header = _HEADER.fullmatch(file.read(length)) if start[:8] == b"\x93NUMPY\x01\x00" else None
    if header is None:
        raise ValueError(f"'{name}' is no array as gaitlab writes them")
    return header["kind"].decode(), tuple(int(n) for n in header["shape"].decode().split(",") if n.strip())


def _check_shapes(headers: Mapping[str, tuple[str, tuple[int, ...]]]) -> None:
    shapes = {name: shape for name, (_, shape) in headers.items()}
    frames, points = (shapes["xy"] + (0, 0))[:2]
    wanted = {
        "raw_xy": (frames, points, 2), "raw_score": (frames, points), "xy": (frames, points, 2),
        "score": (frames, points), "time_s": (frames,), "names": (points,),
    }  # fmt: skip
    for name, shape in wanted.items():
        if shapes[name] != shape:
            raise ValueError(f"'{name}' has the shape {shapes[name]}, which does not fit the others: expected {shape}")
        kind = headers[name][0]
        letters = int(kind[2:]) if re.fullmatch(r"<U\d{1,9}", kind) else 0
        if (kind not in _FLOATS) if name != "names" else not 0 < letters <= _LONGEST_NAME:
            raise ValueError(f"'{name}' holds values of the kind '{kind}', not {'names' if letters else 'numbers'}")
    if not (0 < points <= _MOST_NAMES and 0 < frames * points <= _MOST_POINTS):
        raise ValueError(f"{frames} frames of {points} points are no session")


def _check_numbers(arrays: Mapping[str, np.ndarray]) -> None:
    for name in _COUNTED:
        with np.errstate(invalid="ignore"):
            if (np.abs(arrays[name]) > _LARGEST).any():
                raise ValueError(f"'{name}' holds numbers that cannot be")
    if not np.isfinite(arrays["time_s"]).all() or (np.diff(arrays["time_s"]) <= 0).any():
        raise ValueError("'time_s' does not rise from frame to frame")
    if len(set(arrays["names"].tolist())) != len(arrays["names"]):
        raise ValueError("'names' holds a name twice")


def _damaged(path: Path, why: str) -> InputError:
    return InputError(f"'{path}' is damaged: {why}; analyse again")
