"""Estimation of track jitter in excess of the per-frame uncertainty."""

from __future__ import annotations

import numpy as np

from gaitlab.core.pose import FloatArray

# Median absolute deviation of a normal distribution, in standard deviations.
_MEDIAN_OF_SD = 0.6745


def add_jitter_sd(sd: FloatArray, deviations: FloatArray) -> FloatArray:
    """Return (frame,) standard deviations with the jitter of the track added, the same for all frames.

    Parameters
    ----------
    sd : FloatArray
        (frame,) standard deviation of each frame; NaN where not detected, which remains NaN.
    deviations : FloatArray
        samples of the jitter in the same unit, in any shape, NaN where unknown; zero jitter if empty.

    Notes
    -----
    The jitter's standard deviation is the normalized median absolute deviation about zero, median(abs(x)) / 0.6745
    (Rousseeuw & Croux 1993, J Am Stat Assoc 88:1273), which is robust to outliers. The errors are independent, so their
    variances add.
    """
    known = np.abs(deviations[np.isfinite(deviations)])
    jitter_sd = float(np.median(known)) / _MEDIAN_OF_SD if len(known) else 0.0
    return np.where(np.isfinite(sd), np.hypot(sd, jitter_sd), np.nan)
