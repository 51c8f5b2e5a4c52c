"""What a track jitters beyond what each of its frames lets expect."""

from __future__ import annotations

import numpy as np

from gaitlab.core.pose import FloatArray

# The median of the absolute values of a normal distribution is so much of its standard deviation.
_MEDIAN_OF_SD = 0.6745


def add_jitter_sd(sd: FloatArray, deviations: FloatArray) -> FloatArray:
    """Return (frame,) standard deviations with the jitter of the track added, the same for all frames.

    Parameters
    ----------
    sd : FloatArray
        (frame,) standard deviation that each frame has by itself; NaN where nothing was seen, and stays so.
    deviations : FloatArray
        samples of the jitter in the same unit, in any shape, NaN where unknown; without any there is none.

    Notes
    -----
    The jitter's standard deviation is the normalized median absolute deviation about zero, median(abs(x)) / 0.6745
    (Rousseeuw & Croux 1993, J Am Stat Assoc 88:1273), which a few frames that are far off do not move. Both errors are
    independent, so their squares add.
    """
    known = np.abs(deviations[np.isfinite(deviations)])
    jitter_sd = float(np.median(known)) / _MEDIAN_OF_SD if len(known) else 0.0
    return np.where(np.isfinite(sd), np.hypot(sd, jitter_sd), np.nan)
