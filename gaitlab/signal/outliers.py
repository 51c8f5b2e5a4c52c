"""Points that jump away for a frame or three: found against what their neighbours predict."""

from __future__ import annotations

import math

import numpy as np

from gaitlab.core.pose import FloatArray

_WEIGHTS = np.array([-1.0, 4.0, 4.0, -1.0]) / 6.0  # the cubic through four neighbours, read in their middle
_WINDOW_S = 0.5
_LONGEST_RUN = 3
_REACH = 4  # frames around a suspicious one whose predictions it can spoil


def _residuals(track: FloatArray) -> FloatArray:
    """Return (frame,) px: the distance of each (frame, 2) point from the cubic through its four neighbours.

    Where a neighbour is missing the straight line between the two nearest stands in; NaN at the ends.
    """
    frames = len(track)
    padded = np.pad(track, ((2, 2), (0, 0)), constant_values=np.nan)
    before2, before, after, after2 = (padded[k : k + frames] for k in (0, 1, 3, 4))
    cubic = _WEIGHTS[0] * before2 + _WEIGHTS[1] * before + _WEIGHTS[2] * after + _WEIGHTS[3] * after2
    predicted = np.where(np.isfinite(cubic), cubic, (before + after) / 2)
    distance: FloatArray = np.linalg.norm(track - predicted, axis=1)
    return distance


def _running_scale(residual: FloatArray, half_window: int) -> FloatArray:
    """Return the running median of the residual as a standard deviation (Rayleigh: the median is 1.177 sigma)."""
    padded = np.pad(residual, half_window, constant_values=np.nan)
    windows = np.lib.stride_tricks.sliding_window_view(padded, 2 * half_window + 1)
    scale = np.full(len(residual), np.nan)
    seen = np.isfinite(windows).any(axis=1)
    scale[seen] = np.nanmedian(windows[seen], axis=1) / 1.177
    return scale


def _miss(path: list[complex], time_s: list[float], frame: int, kept: list[bool]) -> float:
    """Return px between a point and the curve through the two nearest kept points on each side; NaN at the ends.

    Points are complex numbers: few of them are looked at, and plain arithmetic is ten times faster than small arrays.
    """
    before = [i for i in range(frame - 1, max(frame - 8, -1), -1) if kept[i]][:2]
    after = [i for i in range(frame + 1, min(frame + 8, len(kept))) if kept[i]][:2]
    if not before or not after:
        return math.nan
    knots = before + after if len(before) == len(after) == 2 else [before[0], after[0]]
    at, predicted = time_s[frame], 0j
    for i in knots:
        weight = 1.0
        for j in knots:
            if j != i:
                weight *= (at - time_s[j]) / (time_s[i] - time_s[j])
        predicted += weight * path[i]
    return abs(path[frame] - predicted)


def _worst_left(
    path: list[complex], time_s: list[float], removed: range, limit: list[float], kept: list[bool]
) -> float:
    """Return the largest residual, as a share of its limit, that is left around a run once it is removed."""
    without = kept.copy()
    without[removed.start : removed.stop] = [False] * len(removed)
    around = range(max(removed.start - _REACH, 0), min(removed.stop + _REACH, len(kept)))
    left = [_miss(path, time_s, i, without) / limit[i] for i in around if without[i]]
    return max((share for share in left if math.isfinite(share)), default=0.0)


def outliers(track: FloatArray, time_s: FloatArray, *, threshold: float, floor_px: float) -> np.ndarray:
    """Return (frame,) True where a (frame, 2) px track jumps away for up to three frames and comes back.

    A Hampel identifier (running median, here of half a second) on the residual of a cubic prediction from the frames
    before and after: on the position itself, as is usual, it takes the turning points of a fast foot for outliers.
    A jump spoils the predictions of its neighbours too, so around a suspicious frame the run of one to three frames
    is removed whose absence leaves the smoothest path; of equally good ones the shortest.

    Args:
        threshold: in standard deviations of the local residual.
        floor_px: residuals below are never outliers.
    """
    found = np.zeros(len(track), dtype=bool)
    if len(track) < 5:
        return found
    residual = _residuals(track)
    half_window = max(3, round(_WINDOW_S / 2 / float(np.median(np.diff(time_s)))))
    limits = np.maximum(threshold * _running_scale(residual, half_window), floor_px)
    suspicion = np.nan_to_num(residual / limits)
    suspects = np.argsort(-suspicion)[: int((suspicion > 1).sum())].tolist()
    kept: list[bool] = (np.isfinite(track[:, 0]) & np.isfinite(track[:, 1])).tolist()
    path, times, limit = (track[:, 0] + 1j * track[:, 1]).tolist(), time_s.tolist(), limits.tolist()
    for frame in suspects:
        # It may be explained by an outlier beside it that is already gone.
        if not kept[frame] or not _miss(path, times, frame, kept) > limit[frame]:
            continue
        best, least = range(0), max(_worst_left(path, times, range(frame, frame), limit, kept), 1.0)
        for length in range(1, _LONGEST_RUN + 1):
            for start in range(max(frame - _LONGEST_RUN, 0), min(frame + 2, len(track) - length)):
                run = range(start, start + length)
                if all(kept[start : run.stop]):
                    worst = max(_worst_left(path, times, run, limit, kept), 1.0)
                    if worst < least - (0.05 if best else 0.0):
                        best, least = run, worst
            if best and least <= 1.0:
                break  # nothing longer is smoother
        for i in best:
            kept[i], found[i] = False, True
    return found
