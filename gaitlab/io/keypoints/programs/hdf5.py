"""HDF5 and NetCDF 4: SLEAP's analysis file, DeepLabCut's table, movement's dataset. Needs h5py."""

from __future__ import annotations

import io
import pickle
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from gaitlab.core.errors import InputError
from gaitlab.core.pose import FloatArray
from gaitlab.core.units import FRAME_RATE
from gaitlab.io.keypoints.imported import Asked, ImportedPoses, body, missing, named_points
from gaitlab.io.keypoints.programs.wide import of_columns

if TYPE_CHECKING:
    import h5py

MAGIC = b"\x89HDF\r\n\x1a\n"
_MOST_NUMBERS = 50_000_000


@contextmanager
def opened(path: Path, format: str) -> Iterator[h5py.File]:
    """Open a file; InputError where it is none, is damaged, or h5py is not installed."""
    try:
        import h5py
    except ImportError as error:
        raise InputError(f"'{path}' is HDF5, which needs h5py; install it: pip install 'gaitlab-run[hdf5]'") from error
    try:
        with h5py.File(path, "r") as file:
            yield file
    except (OSError, KeyError, RuntimeError, ValueError, TypeError, AttributeError) as error:
        said = " ".join(str(error).split())[:200]
        raise InputError(f"cannot read '{path}' as '{format}': {said}; choose another --format") from error


def read_sleap(path: Path, asked: Asked) -> ImportedPoses:
    """Read SLEAP's analysis HDF5: ``tracks`` (track, 2, node, frame), ``node_names`` and ``point_scores``."""
    with opened(path, "sleap-h5") as file:
        for name in ("tracks", "node_names"):
            if name not in file:
                raise missing(path, "sleap-h5", f"dataset '{name}' (in SLEAP: export the analysis HDF5)")
        tracks = np.moveaxis(_numbers(file["tracks"], 4, path), (0, 1, 2, 3), (1, 3, 2, 0))
        names = _texts(file["node_names"])
        scores = np.ones(tracks.shape[:3])
        if "point_scores" in file:
            scores = np.moveaxis(_numbers(file["point_scores"], 3, path), (0, 1, 2), (1, 2, 0))
    return _people(path, names, tracks, scores, format="sleap-h5")


def read_movement(path: Path, asked: Asked) -> ImportedPoses:
    """Read movement's NetCDF: ``position`` by time, space, keypoints and individuals, and ``confidence``."""
    with opened(path, "movement-nc") as file:
        if "position" not in file:
            raise missing(path, "movement-nc", "variable 'position'")
        position, order = file["position"], ("time", "individuals", "keypoints", "space")
        points = _by_axes(position, order, path)
        names = _texts(file["keypoints"])
        scores = np.ones(points.shape[:3])
        if "confidence" in file:
            scores = _by_axes(file["confidence"], order[:3], path)
            scores = np.where(np.isnan(scores).all(), 1.0, scores)
        times = np.asarray(file["time"][()], dtype=np.float64) if "time" in file else np.empty(0)
        unit, fps = (_attribute(file, name) for name in ("time_unit", "fps"))
    found = _people(path, names, points[..., :2], scores, format="movement-nc")
    seconds = unit in ("seconds", "s") and times.shape == (len(points),)
    rate = float(fps) if isinstance(fps, int | float | np.number) else None
    return ImportedPoses(
        found.skeleton, found.frames, times if seconds else None,
        rate if rate is not None and FRAME_RATE.low <= rate <= FRAME_RATE.high else None, notes=found.notes,
    )  # fmt: skip


def read_deeplabcut_h5(path: Path, asked: Asked) -> ImportedPoses:
    """Read DeepLabCut's table, as pandas writes it: values a frame, and the columns' names beside them."""
    with opened(path, "deeplabcut-h5") as file:
        table = next((file[f"{name}/table"] for name in file if f"{name}/table" in file), None)
        if table is None or "values_block_0" not in (table.dtype.names or ()):
            raise missing(path, "deeplabcut-h5", "table of pandas (or save it as CSV)")
        if table.size * (table.dtype.itemsize // 8) > _MOST_NUMBERS:
            raise InputError(f"'{path}' has {table.size} frames of {table.dtype.itemsize} bytes; split it")
        rows = table[()]
        labels = _unpickled(table.attrs["values_block_0_kind"], path)
    values = np.asarray(rows["values_block_0"], dtype=np.float64)
    index = np.asarray(rows["index"])
    if values.ndim != 2 or len(labels) != values.shape[1]:
        raise InputError(f"'{path}' has {len(labels)} names of columns for values of the shape {values.shape}")
    told = [tuple(map(str, label)) for label in labels if isinstance(label, tuple | list)]
    if len(told) != len(labels) or any(len(label) not in (3, 4) for label in told):
        raise missing(path, "deeplabcut-h5", "columns of scorer, bodyparts and coords")
    columns = [(label[1] if len(label) == 4 else "", label[-2], label[-1].lower()) for label in told]
    numbers = index.astype(int).tolist() if index.dtype.kind in "iu" else list(range(len(values)))
    return of_columns(path, columns, dict(zip(numbers, values.tolist(), strict=True)), asked)


class _NamesOnly(pickle.Unpickler):
    """Reads lists of texts; whatever would run code is refused."""

    def find_class(self, module: str, name: str) -> Any:
        raise pickle.UnpicklingError(f"it names {module}.{name}")


def _unpickled(value: Any, path: Path) -> list[Any]:
    """Return the names that pandas keeps as a pickle."""
    content = value.tobytes() if isinstance(value, np.generic | np.ndarray) else bytes(value)
    try:
        names = _NamesOnly(io.BytesIO(content), encoding="latin-1").load()
    except (pickle.UnpicklingError, EOFError, IndexError, KeyError, ValueError, AttributeError, TypeError) as error:
        raise InputError(f"'{path}' does not name its columns readably ({error}); save it as CSV") from error
    return list(names) if isinstance(names, list | tuple) else []


def _people(path: Path, names: list[str], points: FloatArray, scores: FloatArray, *, format: str) -> ImportedPoses:
    """Return people from (frame, person, keypoint, 2) places and (frame, person, keypoint) scores."""
    if points.shape[2] != len(names) or points.shape[:3] != scores.shape or points.shape[3] != 2:
        raise InputError(
            f"'{path}': {len(names)} names and points of the shape {points.shape} are not of one '{format}'"
        )
    every = np.concatenate([points, scores[..., None]], axis=-1)
    skeleton, order, notes = named_points(names, path, seen=np.isfinite(every).all(axis=-1).sum(axis=(0, 1)))
    frames = [[body(one[order]) for one in people if np.isfinite(one).all(axis=-1).any()] for people in every]
    return ImportedPoses(skeleton, frames, notes=notes)


def _numbers(dataset: Any, axes: int, path: Path) -> FloatArray:
    if dataset.ndim != axes or dataset.size > _MOST_NUMBERS:
        raise InputError(f"'{path}' has {dataset.name} of the shape {dataset.shape}; expected {axes} axes, and no more "
                         f"than {_MOST_NUMBERS} numbers")  # fmt: skip
    return np.asarray(dataset[()], dtype=np.float64)


def _by_axes(dataset: Any, wanted: tuple[str, ...], path: Path) -> FloatArray:
    """Return a NetCDF variable with its dimensions in the order wanted; one that it lacks has a length of one."""
    values = _numbers(dataset, dataset.ndim, path)
    names = [dataset.dims[axis][0].name.rpartition("/")[2] for axis in range(dataset.ndim)]
    if not set(names) <= set(wanted):
        raise InputError(f"'{path}' has {dataset.name} by {', '.join(names)}; expected {', '.join(wanted)}")
    values = values.transpose([names.index(name) for name in wanted if name in names])
    return np.expand_dims(values, [axis for axis, name in enumerate(wanted) if name not in names])


def _texts(dataset: Any) -> list[str]:
    return [value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value) for value in dataset[()]]


def _attribute(file: Any, name: str) -> Any:
    value = file.attrs.get(name)
    value = value[0] if isinstance(value, np.ndarray) and value.size == 1 else value
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else value
