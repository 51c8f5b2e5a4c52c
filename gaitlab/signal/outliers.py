"""Points that jump away for a frame or three: found against what their neighbours predict."""

from __future__ import annotations

import math

import numpy as np

from gaitlab.core.pose import FloatArray

# One outlier spoils five residuals, so the window must hold many more than that, and a stride or two.
_WINDOW_S = 2.0
# A run that is taken away is bridged from both its ends, and no curve knows what a foot did in more than this.
_LONGEST_RUN, _LONGEST_RUN_S = 3, 0.11
# From this interval of frames on, the error of the prediction is the foot's own motion. The worst that a cubic misses
# of true running feet is 4 % of the leg at 30 frames a second, 12 % at 15 and 17 % at 12: it grows with the square.
_TELLING_INTERVAL_S = 1 / 35
_REACH = 4  # frames around a suspicious one whose predictions it can spoil


def _residuals(track: FloatArray, time_s: FloatArray) -> FloatArray:
    """Return (frame,) px: the distance of each (frame, 2) point from the cubic through its four neighbours.

    Where a neighbour is missing the straight line between the two nearest stands in; NaN at the ends.
    """
    frames = len(track)
    padded = np.pad(track, ((2, 2), (0, 0)), constant_values=np.nan)
    padded_s = np.pad(time_s, 2, constant_values=np.nan)
    points = [padded[k : k + frames] for k in (0, 1, 3, 4)]
    times = [padded_s[k : k + frames] for k in (0, 1, 3, 4)]
    cubic, line = curve_at(points, times, time_s), curve_at(points[1:3], times[1:3], time_s)
    distance: FloatArray = np.linalg.norm(track - np.where(np.isfinite(cubic), cubic, line), axis=1)
    return distance


def curve_at(points: list[FloatArray], times: list[FloatArray], at_s: FloatArray) -> FloatArray:
    """Return (frame, 2) the polynomial through (frame, 2) points at (frame,) times, read at ``at_s``."""
    curve = np.zeros_like(points[0])
    for i, point in enumerate(points):
        others = [time for j, time in enumerate(times) if j != i]
        weight = np.prod([(at_s - other) / (times[i] - other) for other in others], axis=0)
        curve += weight[:, None] * point
    return curve


def _motion_unknown(track: FloatArray, time_s: FloatArray) -> FloatArray:
    """Return (frame,) by how much further than at many frames a second a point may lie from its prediction."""
    seen = np.flatnonzero(np.isfinite(track).all(axis=1))
    interval_s = np.full(len(track), float(np.median(np.diff(time_s))))
    interval_s[seen[1:-1]] = np.maximum(interval_s[seen[1:-1]], (time_s[seen[2:]] - time_s[seen[:-2]]) / 2)
    factor: FloatArray = np.maximum(interval_s / _TELLING_INTERVAL_S, 1.0) ** 2
    return factor


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


def _suspect_sets(frame: int, kept: list[bool], longest: int) -> list[tuple[int, ...]]:
    """Return the sets of frames that may be to blame: runs of up to three, and pairs up to four frames apart."""
    near = range(max(frame - longest, 0), min(frame + longest + 1, len(kept)))
    runs = [tuple(range(a, a + length)) for a in near for length in range(1, longest + 1)]
    pairs = [tuple(sorted((frame, frame + apart))) for apart in (-4, -3, -2, 2, 3, 4)]
    return [s for s in runs + pairs if s[0] >= 0 and s[-1] < len(kept) and all(kept[i] for i in s)]


def outliers(track: FloatArray, time_s: FloatArray, *, threshold: float, floor_px: float) -> np.ndarray:
    """Return (frame,) True where a (frame, 2) px track jumps away for up to three frames (and 0.11 s) and comes back.

    A Hampel identifier (running median, here of two seconds) on the residual of a cubic prediction from the frames
    before and after: on the position itself, as is usual, it takes the turning points of a fast foot for outliers.
    A jump spoils the predictions of its neighbours too, so around a suspicious frame those few frames are removed
    whose absence makes the path smoothest.

    Parameters
    ----------
    threshold : float
        in standard deviations of the local residual.
    floor_px : float
        residuals below are never outliers; at fewer than 35 frames a second it grows with the square of the interval
        between frames, as does what a point may do unseen.
    """
    found = np.zeros(len(track), dtype=bool)
    if len(track) < 5:
        return found
    residual = _residuals(track, time_s)
    interval_s = float(np.median(np.diff(time_s)))
    half_window = max(3, round(_WINDOW_S / 2 / interval_s))
    longest = min(max(int(_LONGEST_RUN_S / interval_s), 1), _LONGEST_RUN)
    limits = np.maximum(threshold * _running_scale(residual, half_window), floor_px * _motion_unknown(track, time_s))
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
            for blamed in _suspect_sets(frame, kept, longest)
        }
        best = max(gains, key=lambda blamed: gains[blamed])
        if gains[best] > 0:
            for i in best:
                kept[i], found[i] = False, True
    return found
