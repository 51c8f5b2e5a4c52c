"""Short gaps filled, long ones left open."""

from __future__ import annotations

import numpy as np

from gaitlab.core.pose import FloatArray
from gaitlab.signal.runs import runs

_SUPPORT = 4  # frames on each side that a fill is fitted to


def fill_gaps(track: FloatArray, time_s: FloatArray, *, longest_s: float) -> tuple[FloatArray, np.ndarray]:
    """Fill gaps of a (frame, 2) track up to ``longest_s`` between the frames on either side; never beyond the ends.

    A cubic is fitted to up to four frames on each side and bent to meet the two frames next to the gap.

    Returns
    -------
    tuple[FloatArray, np.ndarray]
        the filled track and (frame,) True where it was filled.
    """
    result = np.array(track, dtype=np.float64)
    finite: np.ndarray = np.isfinite(result[:, 0]) & np.isfinite(result[:, 1])
    filled = np.zeros(len(result), dtype=bool)
    for gap in runs(~finite):
        if gap.start == 0 or gap.stop == len(result):
            continue
        if time_s[gap.stop] - time_s[gap.start - 1] > longest_s + 1e-9 + np.median(np.diff(time_s)):
            continue
        before = np.flatnonzero(finite[: gap.start])[-_SUPPORT:]
        after = gap.stop + np.flatnonzero(finite[gap.stop :])[:_SUPPORT]
        middle_s = (time_s[gap.start - 1] + time_s[gap.stop]) / 2
        near = np.concatenate([before, after])
        near = near[np.abs(time_s[near] - middle_s) < 2 * longest_s + 0.2]
        scale_s = np.ptp(time_s[near]) / 2
        order = min(3, len(near) - 1)
        fit = np.polyfit((time_s[near] - middle_s) / scale_s, result[near], order)
        inside = slice(gap.start - 1, gap.stop + 1)
        curve = np.vander((time_s[inside] - middle_s) / scale_s, order + 1) @ fit
        share = ((time_s[inside] - time_s[gap.start - 1]) / (time_s[gap.stop] - time_s[gap.start - 1]))[:, None]
        miss = result[[gap.start - 1, gap.stop]] - curve[[0, -1]]
        result[gap] = (curve + (1 - share) * miss[0] + share * miss[1])[1:-1]
        filled[gap] = True
    return result, filled
