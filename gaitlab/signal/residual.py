"""The cut-off that the data themselves ask for: Winter's residual analysis."""

from __future__ import annotations

import numpy as np

from gaitlab.core.pose import FloatArray
from gaitlab.signal.smoothing import butterworth

LOWEST_HZ, HIGHEST_HZ = 4.0, 15.0
_LEAST_R2 = 0.95
_TAIL_FROM_HZ = 10.0
_STEP_HZ = 0.5


def residual_cutoff_hz(values: FloatArray, time_s: FloatArray) -> FloatArray:
    """Return (column,) Hz: the cut-off at which smoothing takes away as much as the noise alone would lose.

    The RMS of what a filter removes falls with the cut-off; where only noise is left to remove it falls along a line,
    whose value at 0 Hz is the RMS of the noise. The cut-off is where the curve meets that value (Winter, Biomechanics
    and Motor Control of Human Movement, section 3.4.4.3).

    It tends to be low: on force-plate trials filmed at 30 to 120 fps with 4 mm of noise it chooses 4 to 7 Hz and leaves
    1.3 to 2 times the error of a fixed 10 Hz. So it is there for comparison with studies that use it, but no default.

    Parameters
    ----------
    values : FloatArray
        (frame, column), NaN where missing.
    time_s : FloatArray
        (frame,) seconds.

    Returns
    -------
    FloatArray
        between 4 and 15 Hz; NaN for columns without 1 s of data or without a straight tail.
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
    """Return where the residual curve meets the intercept of its straight tail."""
    if not np.isfinite(rms).all() or rms[0] == 0:
        return float("nan")
    # The longest tail that is still straight, of those above the frequencies of gait itself.
    for first in range(int(np.searchsorted(cutoffs, min(_TAIL_FROM_HZ, cutoffs[-1] * 0.6))), len(cutoffs) - 4):
        slope, intercept = np.polyfit(cutoffs[first:], rms[first:], 1)
        left = rms[first:] - (slope * cutoffs[first:] + intercept)
        spread = np.var(rms[first:])
        if spread == 0 or 1 - np.var(left) / spread > _LEAST_R2:
            below = np.flatnonzero(rms <= intercept)
            return float(np.clip(cutoffs[below[0]] if len(below) else HIGHEST_HZ, LOWEST_HZ, HIGHEST_HZ))
    return float("nan")
