"""Points that jump away for a frame or three: found against what their neighbours predict."""

from __future__ import annotations

import math

import numpy as np

from gaitlab.core.pose import FloatArray

_WEIGHTS = np.array([-1.0, 4.0, 4.0, -1.0]) / 6.0  # the cubic through four neighbours, read in their middle
# One outlier spoils five residuals, so the window must hold many more than that, and a stride or two.
_WINDOW_S = 2.0
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
    """Return the running median of the residual as a standard deviation (Rayleigh: the median is 1.177 sigma).

    It is taken eight times a window and interpolated: it changes no faster than that.
    """
    padded = np.pad(residual, half_window, constant_values=np.nan)
    centres = np.unique(np.append(np.arange(0, len(residual), max(half_window // 4, 1)), len(residual) - 1))
    medians = np.array([_median(padded[c : c + 2 * half_window + 1]) for c in centres])
    seen = np.isfinite(medians)
    if not seen.any():
        return np.full(len(residual), np.nan)
    scale: FloatArray = np.interp(np.arange(len(residual)), centres[seen], medians[seen]) / 1.177
    return scale


def _median(values: FloatArray) -> float:
    finite = values[np.isfinite(values)]
    return float(np.median(finite)) if len(finite) else float("nan")


def _miss(path: list[complex], time_s: list[float], frame: int, kept: list[bool]) -> float:
    """Return px between a point and the curve through the two nearest kept points on each side.

    At an end the parabola through the three nearest goes on instead; it errs three times as much, so its miss counts
    a third. NaN where too few points are left.

    Points are complex numbers: few of them are looked at, and plain arithmetic is ten times faster than small arrays.
    """
    before = [i for i in range(frame - 1, max(frame - 8, -1), -1) if kept[i]][:2]
    after = [i for i in range(frame + 1, min(frame + 8, len(kept))) if kept[i]][:2]
    share = 1.0
    if not before or not after:
        knots = [i for i in range(max(frame - 8, 0), min(frame + 9, len(kept))) if kept[i] and i != frame]
        knots = knots[:3] if not before else knots[-3:]
        share = 1 / 3
        if len(knots) < 3:
            return math.nan
    else:
        knots = before + after if len(before) == len(after) == 2 else [before[0], after[0]]
    at, predicted = time_s[frame], 0j
    for i in knots:
        weight = 1.0
        for j in knots:
            if j != i:
                weight *= (at - time_s[j]) / (time_s[i] - time_s[j])
        predicted += weight * path[i]
    return share * abs(path[frame] - predicted)


def _roughness(
    path: list[complex], time_s: list[float], removed: tuple[int, ...], limit: list[float], kept: list[bool]
) -> float:
    """Return by how much the residuals around some frames exceed their limits once these are removed, in limits.

    Each removed frame costs one limit too, so that of two outliers close together not the good frames between go.
    """
    without = kept.copy()
    for i in removed:
        without[i] = False
    around = range(max(removed[0] - _REACH, 0), min(removed[-1] + _REACH + 1, len(kept)))
    excess = (_miss(path, time_s, i, without) / limit[i] - 1 for i in around if without[i])
    return len(removed) + sum(e for e in excess if e > 0)


def _as_they_are(
    path: list[complex], time_s: list[float], frames: tuple[int, ...], limit: list[float], kept: list[bool]
) -> float:
    """Return the same measure of the same neighbourhood with nothing removed."""
    around = range(max(frames[0] - _REACH, 0), min(frames[-1] + _REACH + 1, len(kept)))
    return sum(max(_miss(path, time_s, i, kept) / limit[i] - 1, 0.0) for i in around if kept[i])


def _suspect_sets(frame: int, kept: list[bool]) -> list[tuple[int, ...]]:
    """Return the sets of frames that may be to blame: runs of up to three, and pairs up to four frames apart."""
    near = range(max(frame - _LONGEST_RUN, 0), min(frame + _LONGEST_RUN + 1, len(kept)))
    runs = [tuple(range(a, a + length)) for a in near for length in range(1, _LONGEST_RUN + 1)]
    pairs = [tuple(sorted((frame, frame + apart))) for apart in (-4, -3, -2, 2, 3, 4)]
    return [s for s in runs + pairs if s[0] >= 0 and s[-1] < len(kept) and all(kept[i] for i in s)]


def outliers(track: FloatArray, time_s: FloatArray, *, threshold: float, floor_px: float) -> np.ndarray:
    """Return (frame,) True where a (frame, 2) px track jumps away for up to three frames and comes back.

    A Hampel identifier (running median, here of two seconds) on the residual of a cubic prediction from the frames
    before and after: on the position itself, as is usual, it takes the turning points of a fast foot for outliers.
    A jump spoils the predictions of its neighbours too, so around a suspicious frame those few frames are removed
    whose absence makes the path smoothest.

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
    limits = np.where(np.isfinite(limits), limits, np.nanmax(limits, initial=floor_px))
    suspicion = np.nan_to_num(residual / limits)
    suspicion[[0, -1]] = 2.0  # the ends have no residual of their own and are always looked at
    suspects = np.argsort(-suspicion)[: int((suspicion > 1).sum())].tolist()
    kept: list[bool] = (np.isfinite(track[:, 0]) & np.isfinite(track[:, 1])).tolist()
    path, times, limit = (track[:, 0] + 1j * track[:, 1]).tolist(), time_s.tolist(), limits.tolist()
    for frame in suspects:
        # It may be explained by an outlier beside it that is already gone.
        if not kept[frame] or not _miss(path, times, frame, kept) > limit[frame]:
            continue
        gains = {
            blamed: _as_they_are(path, times, blamed, limit, kept) - _roughness(path, times, blamed, limit, kept)
            for blamed in _suspect_sets(frame, kept)
        }
        best = max(gains, key=lambda blamed: gains[blamed])
        if gains[best] > 0:
            for i in best:
                kept[i], found[i] = False, True
    return found
