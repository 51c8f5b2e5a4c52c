"""Interpolate short gaps in tracks; longer gaps remain missing."""

from __future__ import annotations

import numpy as np

from gaitlab.core.pose import FloatArray
from gaitlab.signal.runs import runs

_SUPPORT = 4  # frames on each side to which the curve is fitted


def fill_gaps(track: FloatArray, time_s: FloatArray, *, longest_s: float) -> tuple[FloatArray, np.ndarray]:
    """Interpolate short gaps in a track; gaps at the ends are never extrapolated.

    A cubic is fitted to up to four frames on each side, then corrected linearly to pass through the two frames
    adjacent to the gap.

    Parameters
    ----------
    track : FloatArray
        (frame, 2) px, NaN where missing.
    time_s : FloatArray
        (frame,) seconds.
    longest_s : float
        longest duration of a gap that is filled, s.

    Returns
    -------
    tuple[FloatArray, np.ndarray]
        the filled (frame, 2) track, px, and a (frame,) mask, True for filled frames.
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
