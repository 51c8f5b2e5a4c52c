"""Choice of the cut-off frequency by Winter's residual analysis."""

from __future__ import annotations

import numpy as np

from gaitlab.core.pose import FloatArray
from gaitlab.signal.smoothing import butterworth

LOWEST_HZ, HIGHEST_HZ = 4.0, 15.0
_LEAST_R2 = 0.95
_TAIL_FROM_HZ = 10.0
_STEP_HZ = 0.5


def residual_cutoff_hz(values: FloatArray, time_s: FloatArray) -> FloatArray:
    """Estimate the cut-off frequency of each column by residual analysis.

    Parameters
    ----------
    values : FloatArray
        (frame, column), NaN where missing.
    time_s : FloatArray
        (frame,) seconds.

    Returns
    -------
    FloatArray
        (column,) Hz, between 4 and 15; NaN for recordings that are too short or columns whose residuals have no linear
        tail.

    Notes
    -----
    The RMS residual decreases with the cut-off. Where only noise is removed it decreases linearly, and the intercept
    of that line at 0 Hz is the RMS of the noise. The cut-off is where the residual equals this intercept (Winter,
    Biomechanics and Motor Control of Human Movement, section 3.4.4.3).

    The result tends to be low: on force-plate trials sampled at 30 to 120 fps with 4 mm of noise it is 4 to 7 Hz, with
    1.3 to 2 times the error of a fixed 10 Hz. It is therefore not the default.
    """
    rate_hz = 1.0 / float(np.median(np.diff(time_s)))
    cutoffs = np.arange(1.0, 0.4 * rate_hz, _STEP_HZ)
    if len(time_s) < max(rate_hz, 30) or len(cutoffs) < 8:
        return np.full(values.shape[1], np.nan)
    count = np.maximum(np.isfinite(values).sum(axis=0), 1)

    def removed_rms(cutoff_hz: float) -> FloatArray:
        removed: FloatArray = values - butterworth(values, time_s, cutoff_hz=cutoff_hz)
        rms: FloatArray = np.sqrt(np.nansum(removed**2, axis=0) / count)
        return rms

    rms = np.stack([removed_rms(float(cutoff_hz)) for cutoff_hz in cutoffs])  # (cut-off, column)
    return np.array([_meeting_hz(cutoffs, column) for column in rms.T])


def _meeting_hz(cutoffs: FloatArray, rms: FloatArray) -> float:
    """Return the frequency, Hz, at which the residual curve equals the intercept of its linear tail."""
    if not np.isfinite(rms).all() or rms[0] == 0:
        return float("nan")
    # The longest linear tail above the frequencies of gait.
    for first in range(int(np.searchsorted(cutoffs, min(_TAIL_FROM_HZ, cutoffs[-1] * 0.6))), len(cutoffs) - 4):
        slope, intercept = np.polyfit(cutoffs[first:], rms[first:], 1)
        left = rms[first:] - (slope * cutoffs[first:] + intercept)
        spread = np.var(rms[first:])
        if spread == 0 or 1 - np.var(left) / spread > _LEAST_R2:
            below = np.flatnonzero(rms <= intercept)
            return float(np.clip(cutoffs[below[0]] if len(below) else HIGHEST_HZ, LOWEST_HZ, HIGHEST_HZ))
    return float("nan")
