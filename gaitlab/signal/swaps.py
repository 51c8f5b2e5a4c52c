"""Detection of left-right swaps by minimum-cost path (Viterbi) over the whole recording."""

from __future__ import annotations

import numpy as np

from gaitlab.core.pose import FloatArray

# The swapped state has a small cost in every frame, so that the labels are kept without evidence against them. A
# change of state costs more, so that legs that pass close to each other are not swapped.
_COST_OF_SWAPPED_PER_S = 1.2
_COST_OF_CHANGE = 0.10
# Interval between compared frames. Within 1/60 s a leg moves less than the error of many networks, and the summed
# errors would indicate swaps that are not there.
_APART_S = 1 / 15
# Upper limit of the cost of a point, as a share of leg size, for robustness to outliers.
_CAP = 0.5


def _bridge(track: FloatArray, time_s: FloatArray) -> FloatArray:
    """Return the (frame, point, 2) track with gaps interpolated linearly; all-NaN points stay NaN."""
    bridged = np.array(track)
    for point in range(track.shape[1]):
        seen = np.isfinite(track[:, point, 0])
        if seen.any() and not seen.all():
            for axis in range(2):
                bridged[:, point, axis] = np.interp(time_s, time_s[seen], track[seen, point, axis])
    return bridged


def swapped_frames(left: FloatArray, right: FloatArray, time_s: FloatArray) -> np.ndarray:
    """Detect frames in which the left and right legs are swapped.

    Parameters
    ----------
    left, right : FloatArray
        (frame, point, 2) px, the same points of each leg; NaN where missing.
    time_s : FloatArray
        (frame,) seconds.

    Returns
    -------
    np.ndarray
        (frame,) True for swapped frames.

    Notes
    -----
    Each frame is either correct or swapped. For every pair of states of neighbouring frames, each point is predicted at
    constant velocity; the Viterbi algorithm over pairs of states minimises the summed prediction error. Neighbours are
    frames about 1/15 s apart: at 60 Hz, every fourth frame forms one of four independent sequences.
    """
    swapped = np.zeros(len(time_s), dtype=bool)
    if len(time_s) < 3:
        return swapped
    weight = (np.isfinite(left[..., 0]) & np.isfinite(right[..., 0])).astype(np.float64)  # (frame, point)
    both = np.stack([_bridge(left, time_s), _bridge(right, time_s)])  # (side, frame, point, 2)
    usable = np.isfinite(both).all(axis=(0, 1, 3))
    if not usable.any():
        return swapped
    both, weight = both[:, :, usable], weight[:, usable]
    size = float(np.median(np.ptp(both, axis=2).max(axis=-1)))
    if size == 0:  # one point per leg, or all in one place: the legs cannot be distinguished
        return swapped
    apart = round(_APART_S / float(np.median(np.diff(time_s))))
    apart = max(min(apart, len(time_s) // 3), 1)
    for first in range(apart):
        every = slice(first, None, apart)
        swapped[every] = _cheapest_path(_costs(both[:, every] / size, weight[every], time_s[every]), time_s[every])
    return swapped


def _costs(both: FloatArray, weight: FloatArray, time_s: FloatArray) -> FloatArray:
    """Return the (2, 2, frame) cost of a change of state at the previous frame and at this frame.

    Parameters
    ----------
    both : FloatArray
        (side, frame, point, 2) in leg sizes.
    weight : FloatArray
        (frame, point) 1 where a point was detected on both sides, otherwise 0.
    time_s : FloatArray
        (frame,) seconds.
    """
    # Unchanged or swapped relative to the previous frame.
    seen_as = (both, both[::-1])
    ratio = (np.diff(time_s)[1:] / np.diff(time_s)[:-1])[None, :, None, None]
    cost = np.zeros((2, 2, len(time_s)))
    for first in range(2):  # frame i-1 against frame i-2
        for second in range(2):  # frame i against frame i-1
            start, middle, now = both[:, :-2], seen_as[first][:, 1:-1], seen_as[first ^ second][:, 2:]
            miss = np.linalg.norm(now - middle - (middle - start) * ratio, axis=-1)  # (side, frame, point)
            share = np.minimum(miss, _CAP).sum(axis=0) * weight[2:]
            cost[first, second, 2:] = share.sum(axis=1) / np.maximum(weight[2:].sum(axis=1), 1)
    return cost


def _cheapest_path(cost: FloatArray, time_s: FloatArray) -> np.ndarray:
    """Return the (frame,) states of least total cost; ``cost[first, second, i]`` is from `_costs`."""
    frames = len(time_s)
    state = np.arange(2)
    change = state[:, None] ^ state[None, :]
    cost_of_swapped = _COST_OF_SWAPPED_PER_S * float(np.median(np.diff(time_s)))
    total = cost_of_swapped * (state[:, None] + state[None, :]) + _COST_OF_CHANGE * change  # (state 0, state 1)
    came_from = np.zeros((frames, 2, 2), dtype=np.int64)
    for i in range(2, frames):
        # (before, middle, now)
        step = cost[change[:, :, None], change[None, :, :], i] + _COST_OF_CHANGE * change[None]
        through = total[:, :, None] + step + cost_of_swapped * state[None, None, :]
        came_from[i] = np.argmin(through, axis=0)
        total = np.min(through, axis=0)
    path = np.zeros(frames, dtype=np.int64)
    path[-2], path[-1] = np.unravel_index(int(np.argmin(total)), total.shape)
    for i in range(frames - 1, 1, -1):
        path[i - 2] = came_from[i, path[i - 1], path[i]]
    return path.astype(bool)
