"""Stretches without gaps: what the filters stand on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise

import numpy as np

from gaitlab.core.pose import FloatArray

# Where the clock jumps by more than this, and by more than a few frames, something is missing: a gap like any other,
# however many uniform steps would fit in.
_JUMP_S, _JUMP_FRAMES = 0.25, 5


def runs(mask: np.ndarray) -> Iterator[slice]:
    """Yield a slice for every stretch of True in a boolean vector."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], mask, [False])).astype(np.int8)))
    for start, stop in zip(edges[::2], edges[1::2], strict=True):
        yield slice(int(start), int(stop))


def same_columns(mask: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yield every pattern (row,) among the columns of a boolean (row, column) array, and which columns have it."""
    columns: dict[bytes, list[int]] = {}
    for number, column in enumerate(mask.T):
        columns.setdefault(column.tobytes(), []).append(number)
    for alike in columns.values():
        yield mask[:, alike[0]], np.array(alike)


def without_jumps(run: slice, time_s: FloatArray) -> Iterator[slice]:
    """Yield the parts of a run between which the clock jumps."""
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
    """Apply ``smooth(values (n, columns), time_s (n,))`` to every stretch of ``min_length`` frames without gap or jump.

    Columns with the same gaps are handed over together. Shorter stretches come back as they are.
    """
    flat = np.asarray(values, dtype=np.float64).reshape(len(time_s), -1)
    result = flat.copy()
    for seen, columns in same_columns(np.isfinite(flat)):
        parts = (part for run in runs(seen) for part in without_jumps(run, time_s))
        for run in parts:
            if run.stop - run.start >= min_length:
                result[run, columns] = smooth(flat[run][:, columns], time_s[run])
    return result.reshape(np.shape(values))
