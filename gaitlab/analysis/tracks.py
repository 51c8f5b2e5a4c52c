"""Preprocessing of the tracks of a recording according to the settings."""

from __future__ import annotations

import numpy as np

from gaitlab.config import Settings
from gaitlab.core.metric import View
from gaitlab.core.pose import PoseSequence
from gaitlab.signal import preprocessing

# The heel rotates faster than the rest of the leg, so preserving its peak requires a higher cut-off than a side view
# (rearfoot angle in stance 1.42 deg RMS at 12 Hz, 1.59 at 10: ``python -m benchmarks.rearfoot``).
_CUTOFF_HZ: dict[View, float] = {"side": 10.0, "rear": 12.0, "front": 12.0}


def preprocessed(
    raw: PoseSequence, settings: Settings, *, view: View, leg_px: float
) -> tuple[PoseSequence, PoseSequence]:
    """Return the repaired tracks, for event detection, and the repaired and smoothed tracks, for angles.

    Parameters
    ----------
    raw : PoseSequence
        keypoints of one person, px, as returned by a network or read from a file.
    settings : Settings
        settings of outlier removal, gap filling and smoothing.
    view : View
        camera view.
    leg_px : float
        length of thigh plus shank, px, which scales the outlier limits; NaN if never detected.

    Returns
    -------
    tuple[PoseSequence, PoseSequence]
        the repaired tracks, and the repaired and smoothed tracks.
    """
    scale_px = leg_px if np.isfinite(leg_px) else 0.0
    cleaned = preprocessing.preprocess(
        raw,
        min_score=settings.tracks.min_score,
        outlier_threshold=settings.tracks.outlier_threshold,
        outlier_floor_px=settings.tracks.outlier_floor * scale_px,
        doubt_px=preprocessing.DOUBT_OF_LEG * scale_px,
    )
    smooth = preprocessing.smooth(
        cleaned,
        method=settings.smoothing.method,
        cutoff_hz=settings.smoothing.cutoff_hz or _CUTOFF_HZ[view],
        choose=settings.smoothing.cutoff,
    )
    return cleaned, smooth
