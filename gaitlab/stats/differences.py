"""Difference of two means of gait cycles with its confidence interval and effect size.

Consecutive cycles are correlated, e.g. by drift and fatigue, which the intervals of their means allow for (`mean_of`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gaitlab.core.statistics import apart, mean_of


@dataclass(frozen=True, slots=True)
class Difference:
    """``b - a`` of two sets of cycles.

    Attributes
    ----------
    difference : float
        difference of the means, in the unit of the values.
    random : float
        half-width of its 95 % interval from the spread over cycles; NaN with fewer than three cycles in either.
    hedges_g : float
        the difference in pooled standard deviations, corrected for small n (Hedges 1981).
    effective_n_a, effective_n_b : float
        effective number of independent cycles; of both legs, of strides.
    """

    difference: float
    random: float
    hedges_g: float
    effective_n_a: float
    effective_n_b: float


def difference(
    a: np.ndarray, b: np.ndarray, *, time_a_s: np.ndarray, time_b_s: np.ndarray,
    leg_a: np.ndarray | None = None, leg_b: np.ndarray | None = None,
) -> Difference:  # fmt: skip
    """Compare the means of two sets of cycles (Welch).

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
    of_a, of_b = mean_of(a, time_a_s, leg_a), mean_of(b, time_b_s, leg_b)
    random = apart(of_a, of_b).half_width
    return Difference(means, random, _hedges_g(a, b), of_a.effective_n, of_b.effective_n)


def _hedges_g(a: np.ndarray, b: np.ndarray) -> float:
    if min(len(a), len(b)) < 2:
        return float("nan")
    freedom = len(a) + len(b) - 2
    pooled = float(np.sqrt(((len(a) - 1) * a.var(ddof=1) + (len(b) - 1) * b.var(ddof=1)) / freedom))
    return (1 - 3 / (4 * freedom - 1)) * float(b.mean() - a.mean()) / pooled if pooled > 0 else float("nan")
