"""Agreement of angle curves: RMS difference, with and without their offset, and coefficient of multiple correlation.

The CMC is the between-protocol one of Ferrari, Cutti & Cappello 2010 (Gait Posture 31:540): every stride is measured by
both at the same time, so that only what the two differ in counts against it, not what strides differ in. Where it would
be imaginary, because the two differ by more than a curve goes up and down, it is missing.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from gaitlab.core.pose import FloatArray
from gaitlab.signal.spline import resample

PERCENT: FloatArray = np.linspace(0.0, 100.0, 101)
LONGEST_GAP_S = 0.1


@dataclass(frozen=True, slots=True, eq=False)
class CurveAgreement:
    """How one angle of one leg agrees in one recording, degrees.

    Attributes
    ----------
    n : int
        samples that both have.
    rmse, rmse_offset_removed, bias : float
        RMS of found minus true, the same after its mean was taken off, and that mean.
    cmc : float
        coefficient of multiple correlation over the strides; NaN where imaginary, or without strides.
    found, true : FloatArray
        (stride, 101) the strides that both show whole.
    """

    n: int
    rmse: float
    rmse_offset_removed: float
    bias: float
    cmc: float
    found: FloatArray
    true: FloatArray


def compare_curves(
    found: tuple[FloatArray, FloatArray], true: tuple[FloatArray, FloatArray], strides_s: FloatArray
) -> CurveAgreement | None:
    """Compare two curves on one clock; None where they have no sample in common.

    Parameters
    ----------
    found, true : tuple[FloatArray, FloatArray]
        (sample,) times, s, and (sample,) degrees, NaN where not seen.
    strides_s : FloatArray
        (stride, 2) start and end, s.
    """
    true_there = resample(true[1][:, None], true[0], found[0], longest_gap_s=LONGEST_GAP_S)[:, 0]
    error = found[1] - true_there
    error = error[np.isfinite(error)]
    if not len(error):
        return None
    pair = [normalised(*curve, strides_s) for curve in (found, true)]
    whole = np.isfinite(pair[0]).all(axis=1) & np.isfinite(pair[1]).all(axis=1)
    a, b = (curves[whole] for curves in pair)
    bias = float(error.mean())
    return CurveAgreement(
        len(error), float(np.sqrt(np.mean(error**2))), float(np.std(error)), bias, cmc(np.stack([a, b], axis=1)), a, b
    )


def normalised(time_s: FloatArray, values: FloatArray, strides_s: FloatArray) -> FloatArray:
    """Return (stride, 101) values at 0 to 100 % of (stride, 2) start and end, by cubic splines; NaN in gaps."""
    if not len(strides_s):
        return np.empty((0, len(PERCENT)))
    at_s = (strides_s[:, :1] + PERCENT / 100 * np.diff(strides_s)).ravel()
    return resample(values[:, None], time_s, at_s, longest_gap_s=LONGEST_GAP_S)[:, 0].reshape(len(strides_s), -1)


def cmc(curves: FloatArray) -> float:
    """Return the between-protocol CMC of (stride, protocol, sample) curves; NaN without strides, or where imaginary."""
    strides, protocols, samples = curves.shape
    if not strides or protocols < 2:
        return math.nan
    between = ((curves - curves.mean(axis=1, keepdims=True)) ** 2).sum() / (strides * samples * (protocols - 1))
    grand = curves.mean(axis=(1, 2), keepdims=True)
    whole = ((curves - grand) ** 2).sum() / (strides * (protocols * samples - 1))
    square = 1 - between / whole if whole > 0 else -1.0
    return math.sqrt(square) if square >= 0 else math.nan
