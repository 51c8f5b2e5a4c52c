"""The difference of two means of gait cycles: its interval, its size in standard deviations.

Consecutive cycles resemble each other: a runner drifts, tires, settles. Twenty cycles that do tell less than twenty
independent ones, so the interval rests on an effective number of cycles. How much they resemble each other is itself
known badly from a few cycles: five that happen to rise one after the other say little about the runner. So what the
cycles show is weighed against what is usual, and no session counts for less than a third of its cycles.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gaitlab.core.statistics import t_quantile

# What neighbouring cycles usually resemble each other by, and how many neighbours that counts for: halves of the
# force-plate trials and simulated runners are told apart as often as they should be (``python -m benchmarks.halves``).
_USUAL_CORRELATION = 0.25
_USUAL_COUNTS = 10
# n cycles that resemble each other by this are worth n / 3.
_HIGHEST_CORRELATION = 0.5
# Strides of the two legs share a step with their neighbours: that many are worth half as many, even where all steps are
# independent, which is what this correlation makes of them.
_OVERLAPPING = 1 / 3
# A step over a rejected cycle is longer than this many usual steps: its ends are no neighbours.
_LONGEST_STEP = 1.6


@dataclass(frozen=True, slots=True)
class Difference:
    """``b - a`` of two sets of cycles.

    Attributes
    ----------
    difference : float
        of the means, in the unit of the values.
    random : float
        half-width of its 95 % interval from the spread over cycles; NaN with fewer than two cycles in either.
    hedges_g : float
        the difference in pooled standard deviations, corrected for small n (Hedges 1981).
    effective_n_a : float
        how many independent cycles ``a`` is worth.
    effective_n_b : float
        how many independent cycles ``b`` is worth.
    """

    difference: float
    random: float
    hedges_g: float
    effective_n_a: float
    effective_n_b: float


def autocorrelation(values: np.ndarray, time_s: np.ndarray) -> float:
    """Return the correlation of neighbouring cycles, 0..0.5: what they show, drawn to the usual where they are few.

    With Kendall's (1954) correction of what a short series underestimates, ``(1 + 3 r) / n``. Negative ones count as
    none, which is the safe side.

    Parameters
    ----------
    values : np.ndarray
        (cycle,) values, less their mean.
    time_s : np.ndarray
        (cycle,) when, rising; neighbours across a gap are left out.
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
    """Return how many independent values ``n`` with the lag-one correlation ``r`` are worth.

    Of a first-order autoregression (Bayley and Hammersley 1946): ``n (1 - r) / (1 + r)`` for many, more for few.
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
    a : np.ndarray
        (cycle,) values of the first session.
    b : np.ndarray
        (cycle,) values of the second.
    time_a_s : np.ndarray
        (cycle,) when each began, rising.
    time_b_s : np.ndarray
        the same of ``b``.
    leg_a : np.ndarray | None, optional
        (cycle,) which leg, where both are in: a steady difference between the legs is no drift.
    leg_b : np.ndarray | None, optional
        the same of ``b``.
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
    """Return the degrees of freedom of a variance, for Welch and Satterthwaite: it forgets sooner than the mean."""
    return max(n * (1 - r**2) / (1 + r**2) - 1, 1.0)


def _widest(a: np.ndarray, b: np.ndarray) -> float:
    """Return the half-width if each session scattered as the wilder one does and was worth a third of its cycles."""
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
    # Correlated values also lie closer to their own mean than to the true one: E[s²] = σ² N / (N - 1) (1 - 1 / n).
    count = len(values)
    return float(values.var(ddof=1)) * (count - 1) / (count * (n - 1))


def _hedges_g(a: np.ndarray, b: np.ndarray) -> float:
    freedom = len(a) + len(b) - 2
    pooled = float(np.sqrt(((len(a) - 1) * a.var(ddof=1) + (len(b) - 1) * b.var(ddof=1)) / freedom))
    return (1 - 3 / (4 * freedom - 1)) * float(b.mean() - a.mean()) / pooled if pooled > 0 else float("nan")
