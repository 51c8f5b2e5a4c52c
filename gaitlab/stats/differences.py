"""Difference of two means of gait cycles with its confidence interval and effect size.

Consecutive cycles are correlated, e.g. by drift and fatigue, so the interval uses an effective number of cycles. The
autocorrelation of a few cycles is poorly known, so it is shrunk towards its usual value and limited, such that no
session counts for less than a third of its cycles.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gaitlab.core.statistics import t_quantile

# Usual correlation of consecutive cycles, and its weight in pairs of cycles: with these, halves of the force-plate
# trials and of simulated runners differ significantly as often as they should (``python -m benchmarks.halves``).
_USUAL_CORRELATION = 0.25
_USUAL_COUNTS = 10
# With this correlation n cycles are equivalent to n / 3 independent ones.
_HIGHEST_CORRELATION = 0.5
# Consecutive strides of the two legs share a step, so n of them are equivalent to n / 2 even with independent steps,
# which corresponds to this correlation.
_OVERLAPPING = 1 / 3
# Longest interval between consecutive cycles, relative to the median; longer ones contain a rejected cycle.
_LONGEST_STEP = 1.6


@dataclass(frozen=True, slots=True)
class Difference:
    """``b - a`` of two sets of cycles.

    Attributes
    ----------
    difference : float
        difference of the means, in the unit of the values.
    random : float
        half-width of its 95 % interval from the spread over cycles; NaN with fewer than two cycles in either.
    hedges_g : float
        the difference in pooled standard deviations, corrected for small n (Hedges 1981).
    effective_n_a, effective_n_b : float
        effective number of independent cycles.
    """

    difference: float
    random: float
    hedges_g: float
    effective_n_a: float
    effective_n_b: float


def autocorrelation(values: np.ndarray, time_s: np.ndarray) -> float:
    """Return the correlation of consecutive cycles, 0 to 0.5, shrunk towards the usual value if there are few.

    Parameters
    ----------
    values : np.ndarray
        (cycle,) values minus their mean.
    time_s : np.ndarray
        (cycle,) s, increasing; pairs across a gap are ignored.

    Notes
    -----
    With Kendall's (1954) bias correction for short series, ``(1 + 3 r) / n``. Negative values are set to 0, which is
    conservative.
    """
    n = len(values)
    power = float(np.mean(values**2)) if n else 0.0
    if n < 2 or power <= 0:
        return 0.0
    steps_s = np.diff(time_s)
    near = steps_s <= _LONGEST_STEP * np.median(steps_s)
    shown = float(np.mean((values[1:] * values[:-1])[near])) / power
    shown += (1 + 3 * shown) / n
    pairs = int(near.sum())
    r = (pairs * shown + _USUAL_COUNTS * _USUAL_CORRELATION) / (pairs + _USUAL_COUNTS)
    return float(np.clip(r, 0.0, _HIGHEST_CORRELATION))


def effective_n(n: int, r: float) -> float:
    """Return the number of independent values equivalent to ``n`` values with the lag-one correlation ``r``.

    Notes
    -----
    For a first-order autoregression (Bayley and Hammersley 1946): ``n (1 - r) / (1 + r)`` for large ``n``.
    """
    if not n:
        return 0.0
    lost = (1 + r) / (1 - r) - 2 * r * (1 - r**n) / (n * (1 - r) ** 2)
    return n / lost


def difference(
    a: np.ndarray, b: np.ndarray, *, time_a_s: np.ndarray, time_b_s: np.ndarray,
    leg_a: np.ndarray | None = None, leg_b: np.ndarray | None = None,
) -> Difference:  # fmt: skip
    """Compare the means of two sets of cycles (Welch, with effective numbers of cycles).

    Parameters
    ----------
    a, b : np.ndarray
        (cycle,) values of the first and the second session.
    time_a_s, time_b_s : np.ndarray
        (cycle,) start of each cycle, s, increasing.
    leg_a, leg_b : np.ndarray | None, optional
        (cycle,) leg of each cycle, if both legs are included: a constant difference between them is not drift.
    """
    means = float(b.mean() - a.mean()) if len(a) and len(b) else float("nan")
    r_a, r_b = _correlation(a, time_a_s, leg_a), _correlation(b, time_b_s, leg_b)
    n_a, n_b = effective_n(len(a), r_a), effective_n(len(b), r_b)
    if min(len(a), len(b)) < 2:
        return Difference(means, float("nan"), float("nan"), n_a, n_b)
    of_a, of_b = _variance_of_mean(a, n_a), _variance_of_mean(b, n_b)
    variance = of_a + of_b
    random = 0.0
    if variance > 0:
        freedom = variance**2 / (of_a**2 / _freedom(len(a), r_a) + of_b**2 / _freedom(len(b), r_b))
        random = t_quantile(0.975, max(freedom, 1.0)) * float(np.sqrt(variance))
    return Difference(means, min(random, _widest(a, b)), _hedges_g(a, b), n_a, n_b)


def _freedom(n: int, r: float) -> float:
    """Return the degrees of freedom of a variance for Welch-Satterthwaite, whose correlation is ``r`` squared."""
    return max(n * (1 - r**2) / (1 + r**2) - 1, 1.0)


def _widest(a: np.ndarray, b: np.ndarray) -> float:
    """Return the upper limit of the half-width: both variances as large as the larger, a third of the cycles each."""
    variance = max(float(a.var(ddof=1)), float(b.var(ddof=1))) * 3 * (1 / len(a) + 1 / len(b))
    return t_quantile(0.975, len(a) + len(b) - 2) * float(np.sqrt(variance))


def _correlation(values: np.ndarray, time_s: np.ndarray, leg: np.ndarray | None) -> float:
    r = autocorrelation(_less_its_mean(values, leg), time_s)
    return r if leg is None or len(np.unique(leg)) < 2 else max(r, _OVERLAPPING)


def _less_its_mean(values: np.ndarray, leg: np.ndarray | None) -> np.ndarray:
    if leg is None:
        return values - values.mean() if len(values) else values
    centred = values.copy()
    for one in np.unique(leg):
        centred[leg == one] -= values[leg == one].mean()
    return centred


def _variance_of_mean(values: np.ndarray, n: float) -> float:
    # The sample variance of correlated values is biased: E[s²] = σ² N / (N - 1) (1 - 1 / n).
    count = len(values)
    return float(values.var(ddof=1)) * (count - 1) / (count * (n - 1))


def _hedges_g(a: np.ndarray, b: np.ndarray) -> float:
    freedom = len(a) + len(b) - 2
    pooled = float(np.sqrt(((len(a) - 1) * a.var(ddof=1) + (len(b) - 1) * b.var(ddof=1)) / freedom))
    return (1 - 3 / (4 * freedom - 1)) * float(b.mean() - a.mean()) / pooled if pooled > 0 else float("nan")
