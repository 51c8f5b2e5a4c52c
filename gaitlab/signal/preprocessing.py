"""Preprocessing of raw keypoints: confidence gate, left-right swaps, outliers, gaps and smoothing.

Each step is recorded in the history of the `PoseSequence`.
"""

from __future__ import annotations

import numpy as np

from gaitlab.core.errors import one_of
from gaitlab.core.pose import FloatArray, PoseSequence, Step
from gaitlab.core.skeleton import BELOW_THE_KNEE
from gaitlab.signal.doubt import borne_out
from gaitlab.signal.gaps import fill_gaps
from gaitlab.signal.kalman import kalman
from gaitlab.signal.outliers import outliers
from gaitlab.signal.residual import residual_cutoff_hz
from gaitlab.signal.smoothing import SMOOTHERS, effective_cutoff_hz
from gaitlab.signal.swaps import swapped_frames

# Tape dots are swapped together with the keypoints of the leg.
_LEG = ("knee", *BELOW_THE_KNEE)
# Longest gap that is filled, s; shorter for faster points. Keypoints not listed use the value of the trunk.
_LONGEST_GAP_S = {"ankle": 0.10, "heel": 0.10, "big_toe": 0.10, "small_toe": 0.10, "heel_top": 0.10, "knee": 0.15}
_LONGEST_TRUNK_GAP_S = 0.20
# A low-confidence point is kept if its score is at least this share of the minimum and its distance from the
# interpolated position is less than this share of leg length (0.2 of leg length is a tenth of body height).
_DOUBTFUL_SHARE, DOUBT_OF_LEG = 1 / 3, 0.2
# Relative deviation of the effective from the requested cut-off above which a warning is given.
_CUTOFF_TOLERANCE = 0.10


def filter_by_confidence(pose: PoseSequence, *, min_score: float, doubt_px: float = 0.0) -> PoseSequence:
    """Remove low-confidence points, except those that agree with neighbouring high-confidence points.

    Parameters
    ----------
    pose : PoseSequence
        raw keypoints, px.
    min_score : float
        smallest score, 0 to 1, of a high-confidence point.
    doubt_px : float, optional
        largest distance, px, from the position interpolated between high-confidence points at which a point with at
        least a third of ``min_score`` is kept, see `gaitlab.signal.doubt`; 0 removes all low-confidence points.

    Returns
    -------
    PoseSequence
        keypoints with NaN for removed points.
    """
    finite = np.isfinite(pose.xy[..., 0])
    low = finite & (pose.score < min_score)
    sure = finite & ~low
    doubtful = low & (pose.score >= _DOUBTFUL_SHARE * min_score)
    kept = np.zeros_like(sure)
    for column in np.flatnonzero(doubtful.any(axis=0)):
        kept[:, column] = borne_out(
            pose.xy[:, column], pose.time_s, sure=sure[:, column], doubtful=doubtful[:, column], tolerance_px=doubt_px
        )
    unsure = low & ~kept
    xy = np.where(unsure[..., None], np.nan, pose.xy)
    counts = {"points_dropped": int(unsure.sum()), "points_borne_out": int(kept.sum())}
    return pose.after(Step("gate", {"min_score": min_score, "doubt_px": doubt_px}, counts), xy=xy)


def fix_left_right_swaps(pose: PoseSequence) -> PoseSequence:
    """Correct frames in which the network swapped the left and right legs, see `gaitlab.signal.swaps`."""
    names = [name for name in _LEG if pose.seen(f"left_{name}") and pose.seen(f"right_{name}")]
    if not names:
        return pose.after(Step("swaps", {}, {"frames_mended": 0}))
    columns = [[pose.skeleton.index(f"{side}_{name}") for name in names] for side in ("left", "right")]
    left, right = columns
    swapped = swapped_frames(pose.xy[:, left], pose.xy[:, right], pose.time_s)
    xy, score = np.array(pose.xy), np.array(pose.score)
    rows = np.flatnonzero(swapped)[:, None]
    for array, source in ((xy, pose.xy), (score, pose.score)):
        array[rows, left], array[rows, right] = source[rows, right], source[rows, left]
    return pose.after(Step("swaps", {"points": names}, {"frames_mended": int(swapped.sum())}), xy=xy, score=score)


def remove_outliers(pose: PoseSequence, *, threshold: float, floor_px: float) -> PoseSequence:
    """Remove brief outliers; ``floor_px`` is in px and `gaitlab.signal.outliers` describes the parameters."""
    xy = np.array(pose.xy)
    found = 0
    for column in range(xy.shape[1]):
        jumped = outliers(xy[:, column], pose.time_s, threshold=threshold, floor_px=floor_px)
        xy[jumped, column] = np.nan
        found += int(jumped.sum())
    step = Step("outliers", {"threshold": threshold, "floor_px": floor_px}, {"points_dropped": found})
    return pose.after(step, xy=xy)


def longest_gap_s(keypoint: str) -> float:
    """Return the longest gap, s, that is filled for a keypoint."""
    return _LONGEST_GAP_S.get(keypoint.removeprefix("left_").removeprefix("right_"), _LONGEST_TRUNK_GAP_S)


def fill(pose: PoseSequence) -> PoseSequence:
    """Fill gaps of up to 0.10 s (feet), 0.15 s (knees) and 0.20 s (other keypoints); longer ones remain NaN."""
    xy = np.array(pose.xy)
    filled = 0
    for column, name in enumerate(pose.skeleton.names):
        xy[:, column], new = fill_gaps(xy[:, column], pose.time_s, longest_s=longest_gap_s(name))
        filled += int(new.sum())
    open_share = {
        name: round(float(np.isnan(xy[:, column, 0]).mean()), 4)
        for column, name in enumerate(pose.skeleton.names)
        if pose.seen(name) and np.isnan(xy[:, column, 0]).any()
    }
    return pose.after(Step("gaps", {}, {"points_filled": filled, "share_left_open": open_share}), xy=xy)


def preprocess(
    pose: PoseSequence, *, min_score: float, outlier_threshold: float, outlier_floor_px: float, doubt_px: float = 0.0
) -> PoseSequence:
    """Apply the confidence gate, correct swaps, remove outliers and fill gaps, without smoothing."""
    confident = filter_by_confidence(pose, min_score=min_score, doubt_px=doubt_px)
    return fill(
        remove_outliers(fix_left_right_swaps(confident), threshold=outlier_threshold, floor_px=outlier_floor_px)
    )


def chosen_cutoff_hz(pose: PoseSequence, *, otherwise_hz: float) -> float:
    """Return the cut-off, Hz, from Winter's residual analysis: the median over both axes of all leg keypoints.

    ``otherwise_hz`` is returned where the recording is too short or its frame rate too low for the analysis.
    """
    names = [f"{side}_{name}" for side in ("left", "right") for name in _LEG if pose.seen(f"{side}_{name}")]
    if not names:
        return otherwise_hz
    found = residual_cutoff_hz(np.concatenate([pose.point(name) for name in names], axis=1), pose.time_s)
    return float(np.nanmedian(found)) if np.isfinite(found).any() else otherwise_hz


def smooth(pose: PoseSequence, *, method: str, cutoff_hz: float, choose: str = "fixed") -> PoseSequence:
    """Smooth every track with one of `SMOOTHERS`.

    Parameters
    ----------
    method : str
        key of `SMOOTHERS`, or ``none`` to leave the tracks unchanged.
    cutoff_hz : float
        -3 dB frequency, Hz.
    choose : str, optional
        ``fixed``, or ``residual`` to choose the cut-off by residual analysis.

    Raises
    ------
    ValueError
        for an unknown method.

    Notes
    -----
    The history records the requested cut-off (``cutoff_hz``) and the actual one at this frame rate
    (``effective_cutoff_hz``; None where the frame rate is too low for smoothing).
    """
    if method == "none":
        return pose.after(Step("smoothing", {"method": method}))
    if method not in SMOOTHERS:
        raise ValueError(one_of("smoothing method", method, [*SMOOTHERS, "none"]))
    if choose == "residual":
        cutoff_hz = chosen_cutoff_hz(pose, otherwise_hz=cutoff_hz)
    xy: FloatArray
    if method == "kalman":
        xy = kalman(pose.xy, pose.time_s, cutoff_hz=cutoff_hz, score=pose.score)
    else:
        xy = SMOOTHERS[method](pose.xy, pose.time_s, cutoff_hz=cutoff_hz)
    parameters = {
        "method": method,
        "cutoff_hz": cutoff_hz,
        "effective_cutoff_hz": _rounded(effective_cutoff_hz(method, rate_hz=round(pose.fps, 3), cutoff_hz=cutoff_hz)),
        "cutoff": choose,
    }
    return pose.after(Step("smoothing", parameters), xy=xy)


def _rounded(frequency_hz: float | None) -> float | None:
    return None if frequency_hz is None else round(frequency_hz, 2)


def smoothing_warnings(pose: PoseSequence) -> tuple[str, ...]:
    """Return a warning if the frame rate is too low for the requested cut-off."""
    done = next((step.parameters for step in pose.history if step.name == "smoothing"), None)
    if done is None or done["method"] == "none":
        return ()
    asked_hz, effective_hz = done["cutoff_hz"], done["effective_cutoff_hz"]
    if effective_hz is None:
        return (
            f"the points are not smoothed: at {pose.fps:.0f} frames a second nothing faster than "
            f"{round(pose.fps / 2, 1):g} Hz shows, and {asked_hz:g} Hz was asked for; film at 60 frames a "
            "second or more",
        )
    if abs(effective_hz / asked_hz - 1) > _CUTOFF_TOLERANCE:
        return (f"the points are smoothed at {effective_hz:.1f} Hz, not at the {asked_hz:g} Hz asked for",)
    return ()
