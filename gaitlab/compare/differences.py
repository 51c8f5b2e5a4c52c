"""The difference of two means of gait cycles: its interval, its size in standard deviations.

Consecutive cycles resemble each other: a runner drifts, tires, settles. Twenty cycles that do tell less than twenty
independent ones, so the interval rests on an effective number of cycles.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gaitlab.statistics import t_quantile

_FEWEST_FOR_CORRELATION = 6
# A step over a rejected cycle is longer than this many usual steps: its ends are no neighbours.
_LONGEST_STEP = 1.6
_HIGHEST_CORRELATION = 0.95


@dataclass(frozen=True, slots=True)
class Difference:
    """``b - a`` of two sets of cycles.

    Attributes:
        difference: of the means, in the unit of the values.
        random: half-width of its 95 % interval from the spread over cycles; NaN with fewer than two cycles in either.
        hedges_g: the difference in pooled standard deviations, corrected for small n (Hedges 1981).
        effective_n_a: how many independent cycles ``a`` is worth.
        effective_n_b: how many independent cycles ``b`` is worth.
    """

    difference: float
    random: float
    hedges_g: float
    effective_n_a: float
    effective_n_b: float


def autocorrelation(values: np.ndarray, time_s: np.ndarray) -> float:
    """Return the correlation of neighbouring cycles, 0..0.95; negative ones count as none, which is the safe side.

    With Kendall's (1954) correction of what a short series underestimates, ``(1 + 3 r) / n``.

    Args:
        values: (cycle,) values, less their mean.
        time_s: (cycle,) when, rising; neighbours across a gap are left out.
    """
    n = len(values)
    power = float(np.mean(values**2)) if n else 0.0
    if n < _FEWEST_FOR_CORRELATION or power <= 0:
        return 0.0
    steps_s = np.diff(time_s)
    near = steps_s <= _LONGEST_STEP * np.median(steps_s)
    r = float(np.mean((values[1:] * values[:-1])[near])) / power
    return float(np.clip(r + (1 + 3 * r) / n, 0.0, _HIGHEST_CORRELATION)) if r > 0 else 0.0


def effective_n(n: int, r: float) -> float:
    """Return how many independent values ``n`` with the lag-one correlation ``r`` are worth, 2 or more.

    ``n (1 - r) / (1 + r)``, the limit for a first-order autoregression (Bayley and Hammersley 1946).
    """
    return max(n * (1 - r) / (1 + r), min(n, 2.0))


def difference(
    a: np.ndarray, b: np.ndarray, *, time_a_s: np.ndarray, time_b_s: np.ndarray,
    leg_a: np.ndarray | None = None, leg_b: np.ndarray | None = None,
) -> Difference:  # fmt: skip
    """Compare the means of two sets of cycles (Welch, with effective numbers of cycles).

    Args:
        a: (cycle,) values of the first session.
        b: (cycle,) values of the second.
        time_a_s: (cycle,) when each began, rising.
        time_b_s: the same of ``b``.
        leg_a: (cycle,) which leg, where both are in: a steady difference between the legs is no drift.
        leg_b: the same of ``b``.
    """
    means = float(b.mean() - a.mean()) if len(a) and len(b) else float("nan")
    n_a = effective_n(len(a), autocorrelation(_less_its_mean(a, leg_a), time_a_s))
    n_b = effective_n(len(b), autocorrelation(_less_its_mean(b, leg_b), time_b_s))
    if min(len(a), len(b)) < 2:
        return Difference(means, float("nan"), float("nan"), n_a, n_b)
    of_a, of_b = _variance_of_mean(a, n_a), _variance_of_mean(b, n_b)
    variance = of_a + of_b
    random = 0.0
    if variance > 0:
        freedom = variance**2 / (of_a**2 / (n_a - 1) + of_b**2 / (n_b - 1))  # Welch and Satterthwaite
        random = t_quantile(0.975, max(freedom, 1.0)) * float(np.sqrt(variance))
    return Difference(means, random, _hedges_g(a, b), n_a, n_b)


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
