"""Single points that jumped: found against what their neighbours predict."""

from __future__ import annotations

import numpy as np

from gaitlab.core.pose import FloatArray

_NEIGHBOURS = (-2, -1, 1, 2)
_WEIGHTS = np.array([-1.0, 4.0, 4.0, -1.0]) / 6.0
_WINDOW_S = 0.5
_PASSES = 3


def _prediction_residual(track: FloatArray) -> FloatArray:
    """Return (frame,) px: the distance of each (frame, 2) point from the cubic through its four neighbours.

    Where a neighbour is missing the straight line between the two nearest stands in; NaN at the ends.
    """
    frames = len(track)
    residual = np.full(frames, np.nan)
    if frames < 3:
        return residual
    padded = np.pad(track, ((2, 2), (0, 0)), constant_values=np.nan)
    neighbours = np.stack([padded[2 + k : 2 + k + frames] for k in _NEIGHBOURS])
    cubic = np.tensordot(_WEIGHTS, neighbours, axes=1)
    line = (neighbours[1] + neighbours[2]) / 2
    predicted = np.where(np.isfinite(cubic), cubic, line)
    residual[:] = np.linalg.norm(track - predicted, axis=1)
    return residual


def _local_scale(residual: FloatArray, half_window: int) -> FloatArray:
    """Return the running median of the residual, scaled to a standard deviation (Rayleigh: median 1.177 sigma)."""
    padded = np.pad(residual, half_window, constant_values=np.nan)
    windows = np.lib.stride_tricks.sliding_window_view(padded, 2 * half_window + 1)
    seen = np.isfinite(windows).any(axis=1)
    scale = np.full(len(residual), np.nan)
    scale[seen] = np.nanmedian(windows[seen], axis=1) / 1.177
    return scale


def outliers(track: FloatArray, time_s: FloatArray, *, threshold: float, floor_px: float) -> np.ndarray:
    """Return (frame,) True where a (frame, 2) px track jumps away for a moment and comes back.

    A Hampel identifier (running median, here of half a second) applied to the residual of a cubic prediction from two
    frames before and after: applied to the position itself, as is usual, it takes the turning points of a fast foot
    for outliers. The largest residual of a neighbourhood goes first, since it spoils its neighbours' predictions.

    Args:
        threshold: in standard deviations of the local residual.
        floor_px: residuals below are never outliers.
    """
    remaining = np.array(track, dtype=np.float64)
    found = np.zeros(len(track), dtype=bool)
    half_window = max(3, round(_WINDOW_S / 2 / float(np.median(np.diff(time_s))))) if len(time_s) > 1 else 3
    for _ in range(_PASSES):
        residual = _prediction_residual(remaining)
        limit = np.maximum(threshold * _local_scale(residual, half_window), floor_px)
        filled = np.pad(np.nan_to_num(residual), 2)
        peak = residual >= np.max(np.lib.stride_tricks.sliding_window_view(filled, 5), axis=1)
        new = (residual > limit) & peak
        if not new.any():
            break
        found |= new
        remaining[new] = np.nan
    return found
