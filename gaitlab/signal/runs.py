"""Splitting of signals into stretches without gaps."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise

import numpy as np

from gaitlab.core.pose import FloatArray

# A frame interval longer than both of these limits is treated as a gap.
_JUMP_S, _JUMP_FRAMES = 0.25, 5


def runs(mask: np.ndarray) -> Iterator[slice]:
    """Yield a slice for every run of True in a boolean vector."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], mask, [False])).astype(np.int8)))
    for start, stop in zip(edges[::2], edges[1::2], strict=True):
        yield slice(int(start), int(stop))


def same_columns(mask: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yield each distinct (row,) column of a boolean (row, column) array with the indices of the equal columns."""
    columns: dict[bytes, list[int]] = {}
    for number, column in enumerate(mask.T):
        columns.setdefault(column.tobytes(), []).append(number)
    for alike in columns.values():
        yield mask[:, alike[0]], np.array(alike)


def without_jumps(run: slice, time_s: FloatArray) -> Iterator[slice]:
    """Split a run of frames at jumps of the (frame,) times in seconds; yield the parts."""
    steps_s = np.diff(time_s[run])
    longest_s = max(_JUMP_S, _JUMP_FRAMES * float(np.median(np.diff(time_s)))) if len(time_s) > 1 else _JUMP_S
    edges = [run.start, *(run.start + 1 + np.flatnonzero(steps_s > longest_s)).tolist(), run.stop]
    for start, stop in pairwise(edges):
        yield slice(start, stop)


def per_run(
    values: FloatArray,
    time_s: FloatArray,
    smooth: Callable[[FloatArray, FloatArray], FloatArray],
    *,
    min_length: int,
) -> FloatArray:
    """Apply a function to every stretch of frames without missing values or jumps in time.

    Parameters
    ----------
    values : FloatArray
        (frame, …), NaN where missing.
    time_s : FloatArray
        (frame,) seconds.
    smooth : Callable[[FloatArray, FloatArray], FloatArray]
        called as ``smooth(values, time_s)`` with (n, column) and (n,) arrays; columns with the same gaps are passed
        together.
    min_length : int
        shortest stretch, in frames, that is processed; shorter ones are returned unchanged.

    Returns
    -------
    FloatArray
        processed values in the shape of ``values``.
    """
    flat = np.asarray(values, dtype=np.float64).reshape(len(time_s), -1)
    result = flat.copy()
    for seen, columns in same_columns(np.isfinite(flat)):
        parts = (part for run in runs(seen) for part in without_jumps(run, time_s))
        for run in parts:
            if run.stop - run.start >= min_length:
                result[run, columns] = smooth(flat[run][:, columns], time_s[run])
    return result.reshape(np.shape(values))
