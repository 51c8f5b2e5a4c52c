"""Detection of brief outliers (one to three frames) from the residuals of a local cubic prediction."""

from __future__ import annotations

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
_FARTHEST = 7  # frames from a point to those that predict it
# Frames around a suspect whose residuals its sets of outliers can change.
_AROUND = _LONGEST_RUN + 2 + _REACH


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


def _misses(path: FloatArray, time_s: FloatArray, kept: np.ndarray) -> FloatArray:
    """Return px between points and the curves through the two nearest kept points on each side.

    At the ends, the parabola through the three nearest points is extrapolated; its error is three times larger, so the
    distance is divided by three. NaN where too few points remain.

    Parameters
    ----------
    path : FloatArray
        (frame,) complex px.
    time_s : FloatArray
        (frame,) seconds.
    kept : np.ndarray
        (choice, frame) True for the points that may be used.

    Returns
    -------
    FloatArray
        (choice, frame) px.
    """
    before, after = _nearest_kept(kept, -1), _nearest_kept(kept, 1)
    one_sided = (before[0] < 0) != (after[0] < 0)
    four = np.stack([before[1], before[0], after[0], after[1]], axis=-1)
    predicted = _curve(path, time_s, four)
    if not np.isfinite(predicted).all():
        predicted = np.where(np.isfinite(predicted), predicted, _curve(path, time_s, four[..., 1:3]))
    if one_sided.any():
        ends = np.where((before[0] < 0)[..., None], np.stack(after, axis=-1), np.stack(before, axis=-1))
        predicted = np.where(one_sided, _curve(path, time_s, ends), predicted)
    miss: FloatArray = np.abs(path - predicted) * np.where(one_sided, 1 / 3, 1.0)
    return miss


def _nearest_kept(kept: np.ndarray, way: int) -> list[np.ndarray]:
    """Return the indices of the three nearest kept points before (-1) or after (1) each; -1 if beyond reach.

    Parameters
    ----------
    kept : np.ndarray
        (choice, frame) bool.
    """
    kept = kept[:, ::-way]
    frames = kept.shape[1]
    number = np.arange(frames)
    last = np.maximum.accumulate(np.where(kept, number, -1), axis=1)
    previous = np.concatenate([np.full((len(kept), 1), -1), last[:, :-1]], axis=1)
    nearest = [previous]
    for _ in range(2):
        step = np.take_along_axis(previous, np.maximum(nearest[-1], 0), axis=1)
        nearest.append(np.where(nearest[-1] < 0, -1, step))
    reachable = [np.where(number - index <= _FARTHEST, index, -1) for index in nearest]
    if way == 1:
        reachable = [np.where(index < 0, -1, frames - 1 - index)[:, ::-1] for index in reachable]
    return reachable


def _curve(path: FloatArray, time_s: FloatArray, knots: np.ndarray) -> FloatArray:
    """Return the (choice, frame) complex values of the polynomials through (choice, frame, knot) indices.

    NaN where an index is negative.
    """
    times = time_s[knots]
    weights = np.ones(knots.shape)
    with np.errstate(divide="ignore", invalid="ignore"):  # equal indices, where knots are missing
        for i in range(knots.shape[-1]):
            for j in range(knots.shape[-1]):
                if i != j:
                    weights[..., i] *= (time_s - times[..., j]) / (times[..., i] - times[..., j])
    curve: FloatArray = np.where((knots < 0).any(axis=-1), np.nan, (weights * path[knots]).sum(axis=-1))
    return curve


def _suspect_sets(frame: int, kept: np.ndarray, longest: int) -> list[tuple[int, ...]]:
    """Return candidate sets of outliers: runs of up to three frames, and pairs up to four frames apart."""
    near = range(max(frame - longest, 0), min(frame + longest + 1, len(kept)))
    runs = [tuple(range(a, a + length)) for a in near for length in range(1, longest + 1)]
    pairs = [tuple(sorted((frame, frame + apart))) for apart in (-4, -3, -2, 2, 3, 4)]
    return [s for s in runs + pairs if s[0] >= 0 and s[-1] < len(kept) and all(kept[i] for i in s)]


def _blamed(
    frame: int, path: FloatArray, time_s: FloatArray, limit: FloatArray, kept: np.ndarray, longest: int
) -> list[int]:
    """Return the frames around a suspect without which the path is smoothest; none if that does not help.

    Roughness is the summed excess of the residuals over their limits, in limits, of the neighbours of the frames that
    are removed. Each removed frame adds a cost of one limit, so that valid frames between two close outliers are kept.
    """
    sets = _suspect_sets(frame, kept, longest)
    ends = np.array([(frames[0], frames[-1]) for frames in sets])
    number = np.arange(len(path))
    around = (number >= ends[:, :1] - _REACH) & (number <= ends[:, 1:] + _REACH)
    without = np.tile(kept, (len(sets) + 1, 1))  # the last of them removes nothing
    for choice, frames in zip(without, sets, strict=False):
        choice[list(frames)] = False
    excess = _excess(path, time_s, limit, without)
    gains = (around * (excess[-1] - excess[:-1])).sum(axis=1) - [len(frames) for frames in sets]
    best = int(np.argmax(gains))
    return list(sets[best]) if gains[best] > 0 else []


def _excess(path: FloatArray, time_s: FloatArray, limit: FloatArray, kept: np.ndarray) -> FloatArray:
    """Return by how many limits the residuals of the kept points exceed their limits, (choice, frame)."""
    excess: FloatArray = np.nan_to_num(np.maximum(_misses(path, time_s, kept) / limit - 1, 0.0)) * kept
    return excess


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
    kept = np.asarray(np.isfinite(track).all(axis=1))
    path = track[:, 0] + 1j * track[:, 1]
    excess = _excess(path, time_s, limits, kept[None])[0]
    for frame in suspects:
        near = slice(max(frame - _AROUND, 0), frame + _AROUND + 1)
        # An adjacent outlier that was already removed may explain the residual; or less could be gained than it costs.
        if not excess[frame] > 0 or excess[near].sum() <= 1:
            continue
        first = max(frame - _AROUND - 2 * _FARTHEST, 0)
        part = slice(first, frame + _AROUND + 2 * _FARTHEST + 1)
        blamed = _blamed(frame - first, path[part], time_s[part], limits[part], kept[part], longest)
        found[part][blamed] = True
        if blamed:
            kept[part][blamed] = False
            excess = _excess(path, time_s, limits, kept[None])[0]
    return found
