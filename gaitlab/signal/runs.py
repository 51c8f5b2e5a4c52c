"""Stretches without gaps, and uniform time: what the filters stand on."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from gaitlab.core.pose import FloatArray

# Frame intervals that differ by less than this share of the median count as uniform; phones jitter by about 1 %.
_UNIFORM_TOLERANCE = 0.02


def runs(mask: np.ndarray) -> Iterator[slice]:
    """Yield a slice for every stretch of True in a boolean vector."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], mask, [False])).astype(np.int8)))
    for start, stop in zip(edges[::2], edges[1::2], strict=True):
        yield slice(int(start), int(stop))


def sampling_rate_hz(time_s: FloatArray) -> float:
    """Return the median sampling rate of rising times."""
    return float(1.0 / np.median(np.diff(time_s)))


def is_uniform(time_s: FloatArray) -> bool:
    """Whether all intervals equal the median one within 2 %."""
    steps = np.diff(time_s)
    return bool(len(steps) == 0 or np.all(np.abs(steps / np.median(steps) - 1) < _UNIFORM_TOLERANCE))


def on_uniform_grid(
    values: FloatArray, time_s: FloatArray, smooth: Callable[[FloatArray, float], FloatArray]
) -> FloatArray:
    """Apply ``smooth(values, rate_hz)`` to gap-free (frame, column) values, by way of a uniform grid where needed.

    Filters with a fixed kernel are wrong on variable frame rates; linear interpolation to a grid at the median rate
    and back errs by far less than the filter removes.
    """
    rate_hz = sampling_rate_hz(time_s)
    if is_uniform(time_s):
        return smooth(values, rate_hz)
    grid_s = np.linspace(time_s[0], time_s[-1], max(round((time_s[-1] - time_s[0]) * rate_hz) + 1, 2))
    resampled = np.stack([np.interp(grid_s, time_s, column) for column in values.T], axis=1)
    smoothed = smooth(resampled, sampling_rate_hz(grid_s))
    return np.stack([np.interp(time_s, grid_s, column) for column in smoothed.T], axis=1)


def per_run(
    values: FloatArray,
    time_s: FloatArray,
    smooth: Callable[[FloatArray, FloatArray], FloatArray],
    *,
    min_length: int,
) -> FloatArray:
    """Apply ``smooth(values (n, columns), time_s (n,))`` to every gap-free stretch of at least ``min_length`` frames.

    Columns with the same gaps are handed over together. Shorter stretches come back as they are.
    """
    flat = np.asarray(values, dtype=np.float64).reshape(len(time_s), -1)
    result = flat.copy()
    finite = np.isfinite(flat)
    patterns, members = np.unique(finite, axis=1, return_inverse=True)
    for number in range(patterns.shape[1]):
        columns = np.flatnonzero(members.ravel() == number)
        for run in runs(patterns[:, number]):
            if run.stop - run.start >= min_length:
                result[run, columns] = smooth(flat[run][:, columns], time_s[run])
    return result.reshape(np.shape(values))
