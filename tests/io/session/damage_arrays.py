"""Keypoints of a session damaged at random, from a seed."""

from __future__ import annotations

import io
import os
import random
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np


def _arrays(path: Path) -> dict[str, np.ndarray]:
    with np.load(path) as data:
        return dict(data)


def lost_array(path: Path, rng: random.Random) -> None:
    arrays = _arrays(path)
    del arrays[rng.choice(sorted(arrays))]
    np.savez_compressed(path, **arrays)


def other_array(path: Path, rng: random.Random) -> None:
    arrays = _arrays(path)
    key = rng.choice(sorted(arrays))
    old = arrays[key]
    changes = [
        lambda: old[: len(old) // 2],
        lambda: np.concatenate([old, old]),
        lambda: np.array(3.0),
        lambda: old[None],
        lambda: np.array(["a", "b"]),
        lambda: np.array([{}, 3], dtype=object),
        lambda: np.zeros((0,)),
        lambda: old.astype("U40"),
        lambda: np.array([b"x"]),
        lambda: np.zeros(old.shape, dtype=complex),
        lambda: np.zeros(old.shape, dtype=np.int64),
        lambda: np.zeros(old.shape, dtype="V4"),
    ]
    arrays[key] = rng.choice(changes)()
    np.savez_compressed(path, **arrays)


def other_numbers(path: Path, rng: random.Random) -> None:
    arrays = _arrays(path)
    key = rng.choice(sorted(set(arrays) - {"names"}))
    values = arrays[key].astype(float)
    values.ravel()[rng.randrange(values.size)] = rng.choice((np.nan, np.inf, -np.inf, 1e30, -1e30, 1e308))
    if rng.random() < 0.3:
        values[:] = rng.choice((np.nan, 0, 1e30, np.inf))
    with np.errstate(over="ignore"):
        arrays[key] = values.astype(np.float32) if rng.random() < 0.5 else values
    np.savez_compressed(path, **arrays)


def other_names(path: Path, rng: random.Random) -> None:
    arrays = _arrays(path)
    names = arrays["names"].astype("U50")
    names[rng.randrange(len(names))] = rng.choice((str(names[0]), "", "\x1b[2J", "=1", "a\nb", "left_", "left_x" * 7))
    arrays["names"] = names
    np.savez_compressed(path, **arrays)


def bomb(path: Path, rng: random.Random) -> None:
    """A header that promises more than any memory holds."""
    promised = rng.choice(("score", "raw_xy", "time_s", "names"))
    arrays = _arrays(path)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for key, array in arrays.items():
            out = io.BytesIO()
            np.lib.format.write_array(out, array)
            content = out.getvalue()
            if key in ("xy", promised):
                head = io.BytesIO()
                shape = (10**9, *array.shape[1:])
                np.lib.format.write_array_header_1_0(
                    head, {"descr": array.dtype.str, "fortran_order": False, "shape": shape}
                )
                content = head.getvalue() + b"\0" * 1000
            file.writestr(f"{key}.npy", content)


def other_archive(path: Path, rng: random.Random) -> None:
    how = rng.randrange(4)
    if how == 0:
        with zipfile.ZipFile(path, "w") as file:
            file.writestr("a.txt", "text")
    elif how == 1:
        np.save(path.with_suffix(".npy"), np.zeros(3))
        os.replace(path.with_suffix(".npy"), path)
    elif how == 2:
        arrays = _arrays(path)
        with zipfile.ZipFile(path, "w", zipfile.ZIP_LZMA) as file:
            for key in arrays:
                file.writestr(f"{key}.npy", b"no array")
    else:
        arrays = _arrays(path)
        with zipfile.ZipFile(path, "w") as file:
            for key in arrays:
                file.writestr(f"{key}.npy", b"\x93NUMPY\x01\x00\x76\x00" + b"(" * 118)


ARRAYS: tuple[Callable[[Path, random.Random], None], ...] = (
    lost_array, other_array, other_array, other_numbers, other_numbers, other_names, bomb, other_archive,
)  # fmt: skip


def write_promise(path: Path, promised: dict[str, tuple[str, tuple[int, ...]]]) -> None:
    """Write an archive of arrays that are nothing but their headers."""
    with zipfile.ZipFile(path, "w") as file:
        for name, (kind, shape) in promised.items():
            head = io.BytesIO()
            np.lib.format.write_array_header_1_0(head, {"descr": kind, "fortran_order": False, "shape": shape})
            file.writestr(f"{name}.npy", head.getvalue())
