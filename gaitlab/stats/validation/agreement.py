"""Agreement of two measurements of the same things, with intervals from resampling those who were measured.

Definitions: bias and limits of agreement as in Bland & Altman 1986 (Lancet 327:307); ICC(A,1), two-way, single
measurement, absolute agreement, as in McGraw & Wong 1996 (Psychol Methods 1:30), which is ICC(2,1) of Shrout & Fleiss
1979 (Psychol Bull 86:420); typical error as in Hopkins 2000 (Sports Med 30:1), the SD of differences by the root of 2;
smallest detectable change 1.96 times the root of 2 times that. A difference is always found minus true.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from gaitlab.core.pose import FloatArray

Z_95 = 1.959964
RESAMPLES = 2000
SEED = 20240601
# Fewer say nothing of those who were not measured: no interval, and none of an ICC at all.
FEWEST_CLUSTERS = 3
STATISTICS = (
    "bias", "sd", "loa_low", "loa_high", "mae", "icc", "typical_error", "smallest_detectable",
)  # fmt: skip
# Values that vary by no more than this share of their mean are all the same.
_CONSTANT = 1e-9
Interval = tuple[float, float]
UNKNOWN: Interval = (math.nan, math.nan)


@dataclass(frozen=True, slots=True)
class Agreement:
    """How two measurements agree, in their unit; NaN where too few values say it.

    Attributes
    ----------
    n : int
        number of pairs.
    bias, sd : float
        mean and standard deviation of found minus true.
    loa_low, loa_high : float
        95 % limits of agreement, bias ± 1.96 SD.
    mae : float
        mean absolute difference.
    icc : float
        ICC(A,1).
    typical_error, smallest_detectable : float
        SD by the root of 2, and the change between two measurements that exceeds 1.96 times its error.
    intervals : Mapping[str, Interval]
        statistic to its 95 % interval; NaN where `Clusters` gives none.
    """

    n: int
    bias: float
    sd: float
    loa_low: float
    loa_high: float
    mae: float
    icc: float
    typical_error: float
    smallest_detectable: float
    intervals: Mapping[str, Interval]


@dataclass(frozen=True, slots=True, eq=False)
class Clusters:
    """What is drawn anew for an interval.

    Attributes
    ----------
    labels : Sequence[str]
        (pair,) the subject, recording or stride that each pair belongs to.
    over : str
        what they are: ``subjects``, ``recordings`` or ``strides``; empty where there are too few.
    subjects : int
        number of different people: with fewer than three there is no interval of the ICC.
    """

    labels: Sequence[str]
    over: str
    subjects: int


def clusters_of(subjects: Sequence[str], recordings: Sequence[str]) -> Clusters:
    """Return what to draw anew: people where there are three, else recordings, else the pairs themselves."""
    people = len(set(subjects))
    if people >= FEWEST_CLUSTERS:
        return Clusters(subjects, "subjects", people)
    if len(set(recordings)) >= FEWEST_CLUSTERS:
        return Clusters(recordings, "recordings", people)
    singles = [str(number) for number in range(len(subjects))]
    return Clusters(singles, "strides" if len(singles) >= FEWEST_CLUSTERS else "", people)


def agreement(found: FloatArray, true: FloatArray, clusters: Clusters) -> Agreement:
    """Compare two measurements of the same things.

    Parameters
    ----------
    found, true : FloatArray
        (pair,) values in one unit, all finite.
    clusters : Clusters
        what the intervals are drawn from.
    """
    centre = float(np.mean(true)) if len(true) else 0.0  # sums of squares of small numbers lose nothing
    sums = _sums(found - centre, true - centre)
    whole = _statistics(sums.sum(axis=0, keepdims=True))
    values = {name: float(whole[name][0]) for name in STATISTICS}
    intervals = _intervals(sums, clusters)
    if np.ptp(true) <= _CONSTANT * abs(centre):  # nothing varies that the two could agree on, as the speed of a belt
        values["icc"], intervals["icc"] = math.nan, UNKNOWN
    return Agreement(n=len(found), intervals=intervals, **values)


def mean_interval(values: FloatArray, clusters: Clusters) -> Interval:
    """Return the 95 % interval of the mean of (value,) numbers, drawn anew by clusters; NaN where there are too few."""
    weights = _weights(clusters)
    if weights is None:
        return UNKNOWN
    sums = _by_cluster(np.stack([np.ones(len(values)), values], axis=1), clusters.labels)
    count, total = (weights @ sums).T
    return _percentiles(total / count)


def icc_a1(ratings: FloatArray) -> float:
    """Return ICC(A,1) of (target, rater) ratings by any number of raters, at least two; NaN for too few targets."""
    n, k = ratings.shape
    if n < 2 or k < 2:
        return math.nan
    grand = ratings.mean()
    rows = k * ((ratings.mean(axis=1) - grand) ** 2).sum() / (n - 1)
    columns = n * ((ratings.mean(axis=0) - grand) ** 2).sum() / (k - 1)
    total = ((ratings - grand) ** 2).sum()
    error = (total - rows * (n - 1) - columns * (k - 1)) / ((n - 1) * (k - 1))
    below = rows + (k - 1) * error + k * (columns - error) / n
    return float((rows - error) / below) if below > 0 else math.nan


def _sums(found: FloatArray, true: FloatArray) -> FloatArray:
    """Return (pair, 7) what all statistics are sums of."""
    ones = np.ones(len(found))
    return np.stack([ones, found, true, found**2, true**2, found * true, np.abs(found - true)], axis=1)


def _statistics(sums: FloatArray) -> Mapping[str, FloatArray]:
    """Return every statistic of (sample, 7) sums, (sample,) each."""
    n, a, b, aa, bb, ab, absolute = sums.T
    with np.errstate(divide="ignore", invalid="ignore"):
        bias = (a - b) / n
        sd = np.sqrt(np.maximum(aa - 2 * ab + bb - n * bias**2, 0.0) / (n - 1))
        sd = np.where(n > 1, sd, np.nan)
        grand = (a + b) / (2 * n)
        between = 2 * ((aa + 2 * ab + bb) / 4 - n * grand**2)
        raters = n * ((a / n - grand) ** 2 + (b / n - grand) ** 2)
        rows = between / (n - 1)
        error = (aa + bb - 2 * n * grand**2 - between - raters) / (n - 1)
        below = rows + error + 2 * (raters - error) / n
        icc = np.where((n > 1) & (below > 1e-12 * np.maximum(aa + bb, 1e-300)), (rows - error) / below, np.nan)
        mae = absolute / n
    return {
        "bias": bias, "sd": sd, "loa_low": bias - Z_95 * sd, "loa_high": bias + Z_95 * sd, "mae": mae, "icc": icc,
        "typical_error": sd / math.sqrt(2), "smallest_detectable": Z_95 * sd,
    }  # fmt: skip


def _intervals(sums: FloatArray, clusters: Clusters) -> dict[str, Interval]:
    weights = _weights(clusters)
    if weights is None:
        return dict.fromkeys(STATISTICS, UNKNOWN)
    drawn = _statistics(weights @ _by_cluster(sums, clusters.labels))
    found = {name: _percentiles(values) for name, values in drawn.items()}
    if clusters.subjects < FEWEST_CLUSTERS:
        found["icc"] = UNKNOWN
    return found


def _weights(clusters: Clusters) -> FloatArray | None:
    """Return (sample, cluster) how often each is drawn; the same for the same number of clusters, on any machine."""
    count = len(set(clusters.labels))
    if not clusters.over or count < FEWEST_CLUSTERS:
        return None
    drawn = np.random.default_rng(SEED).multinomial(count, np.full(count, 1 / count), size=RESAMPLES)
    return drawn.astype(np.float64)


def _by_cluster(sums: FloatArray, labels: Sequence[str]) -> FloatArray:
    _, number = np.unique(np.asarray(labels, dtype=str), return_inverse=True)
    together = np.zeros((int(number.max()) + 1, sums.shape[1]))
    np.add.at(together, number, sums)
    return together


def _percentiles(values: FloatArray) -> Interval:
    known = values[np.isfinite(values)]
    if len(known) < RESAMPLES / 2:
        return UNKNOWN
    low, high = np.percentile(known, (2.5, 97.5))
    return float(low), float(high)
