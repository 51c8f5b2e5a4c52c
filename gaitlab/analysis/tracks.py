"""The preprocessed tracks of a recording: repaired, and repaired and smoothed, as the settings ask."""

from __future__ import annotations

import numpy as np

from gaitlab.config import Settings
from gaitlab.core.metric import View
from gaitlab.core.pose import PoseSequence
from gaitlab.signal import preprocessing

# The heel turns faster than the rest of the leg: tracked dots keep its peak at a higher cut-off than the side view's
# (rearfoot in stance 1.42 deg RMS at 12 Hz, 1.59 at 10: ``python -m benchmarks.rearfoot``).
_CUTOFF_HZ: dict[View, float] = {"side": 10.0, "rear": 12.0}


def preprocessed(
    raw: PoseSequence, settings: Settings, *, view: View, leg_px: float
) -> tuple[PoseSequence, PoseSequence]:
    """Return the repaired tracks, for event detection, and the repaired and smoothed tracks, for angles.

    Parameters
    ----------
    raw : PoseSequence
        keypoints of one person as a network or a file gave them.
    settings : Settings
        how tracks are repaired and smoothed.
    view : View
        what the camera sees.
    leg_px : float
        thigh plus shank in the picture, by which outliers are judged; NaN where never seen.
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
