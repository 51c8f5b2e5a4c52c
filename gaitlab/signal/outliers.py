"""Detection of brief outliers (one to three frames) from the residuals of a local cubic prediction."""

from __future__ import annotations

import math

import numpy as np

from gaitlab.core.pose import FloatArray

# One outlier affects five residuals; the window must be much longer than that and span one or two strides.
_WINDOW_S = 2.0
# Longest run of outliers; interpolation of a foot is unreliable across longer intervals.
_LONGEST_RUN, _LONGEST_RUN_S = 3, 0.11
# Above this frame interval, the motion of the foot dominates the prediction error. The maximum error of a cubic on
# running feet is 4 % of leg length at 30 Hz, 12 % at 15 Hz and 17 % at 12 Hz: it grows with the square.
_TELLING_INTERVAL_S = 1 / 35
_REACH = 4  # frames on each side whose predictions an outlier can affect


def _residuals(track: FloatArray, time_s: FloatArray) -> FloatArray:
    """Return (frame,) px: the distance of each (frame, 2) point from the cubic through its four neighbours.

    Where a neighbour is missing, the line through the two adjacent points is used; NaN at the ends.
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
    """Evaluate the Lagrange polynomials through given points.

    Parameters
    ----------
    points : list[FloatArray]
        knots of the polynomials, each (frame, 2) px.
    times : list[FloatArray]
        times of the knots, each (frame,) seconds.
    at_s : FloatArray
        (frame,) seconds at which each polynomial is evaluated.

    Returns
    -------
    FloatArray
        (frame, 2) px.
    """
    curve = np.zeros_like(points[0])
    for i, point in enumerate(points):
        others = [time for j, time in enumerate(times) if j != i]
        weight = np.prod([(at_s - other) / (times[i] - other) for other in others], axis=0)
        curve += weight[:, None] * point
    return curve


def _motion_unknown(track: FloatArray, time_s: FloatArray) -> FloatArray:
    """Return (frame,) factors by which the tolerance grows with the local frame interval."""
    seen = np.flatnonzero(np.isfinite(track).all(axis=1))
    interval_s = np.full(len(track), float(np.median(np.diff(time_s))))
    interval_s[seen[1:-1]] = np.maximum(interval_s[seen[1:-1]], (time_s[seen[2:]] - time_s[seen[:-2]]) / 2)
    factor: FloatArray = np.maximum(interval_s / _TELLING_INTERVAL_S, 1.0) ** 2
    return factor


def _running_scale(residual: FloatArray, half_window: int) -> FloatArray:
    """Return the running median of the residual as a standard deviation (Rayleigh: the median is 1.177 sigma).

    The median is evaluated eight times per window and interpolated linearly.
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

    At the ends, the parabola through the three nearest points is extrapolated; its error is three times larger, so the
    distance is divided by three. NaN where too few points remain.

    Points are complex numbers because plain arithmetic is ten times faster than small arrays here.
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
    """Return the summed excess of the neighbouring residuals over their limits after removing frames, in limits.

    Each removed frame adds a cost of one limit, so that valid frames between two close outliers are kept.
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
    """Return the same measure as `_roughness` with no frame removed."""
    around = range(max(frames[0] - _REACH, 0), min(frames[-1] + _REACH + 1, len(kept)))
    return sum(max(_miss(path, time_s, i, kept) / limit[i] - 1, 0.0) for i in around if kept[i])


def _suspect_sets(frame: int, kept: list[bool], longest: int) -> list[tuple[int, ...]]:
    """Return candidate sets of outliers: runs of up to three frames, and pairs up to four frames apart."""
    near = range(max(frame - longest, 0), min(frame + longest + 1, len(kept)))
    runs = [tuple(range(a, a + length)) for a in near for length in range(1, longest + 1)]
    pairs = [tuple(sorted((frame, frame + apart))) for apart in (-4, -3, -2, 2, 3, 4)]
    return [s for s in runs + pairs if s[0] >= 0 and s[-1] < len(kept) and all(kept[i] for i in s)]


def outliers(track: FloatArray, time_s: FloatArray, *, threshold: float, floor_px: float) -> np.ndarray:
    """Detect outliers that last up to three frames and 0.11 s.

    Parameters
    ----------
    track : FloatArray
        (frame, 2) px, NaN where missing.
    time_s : FloatArray
        (frame,) seconds.
    threshold : float
        limit in standard deviations of the local residual.
    floor_px : float
        smallest residual of an outlier, px; below 35 Hz it grows with the square of the frame interval.

    Returns
    -------
    np.ndarray
        (frame,) True for outliers.

    Notes
    -----
    A Hampel identifier with a running median over 2 s is applied to the residual of a cubic prediction from the
    neighbouring frames. Applied to the position itself, it would flag the turning points of a fast foot. An outlier
    also affects the predictions of its neighbours, so around each suspect the set of frames is removed whose absence
    makes the path smoothest.
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
    suspicion[[0, -1]] = 2.0  # the ends have no residual and are always examined
    suspects = np.argsort(-suspicion)[: int((suspicion > 1).sum())].tolist()
    kept: list[bool] = (np.isfinite(track[:, 0]) & np.isfinite(track[:, 1])).tolist()
    path, times, limit = (track[:, 0] + 1j * track[:, 1]).tolist(), time_s.tolist(), limits.tolist()
    for frame in suspects:
        # An adjacent outlier that was already removed may explain the residual.
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
