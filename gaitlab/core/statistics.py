"""The few quantiles gaitlab needs, exact to seven digits, without a statistics library."""

from __future__ import annotations

from functools import lru_cache
from math import exp, lgamma, log, pi
from statistics import NormalDist

import numpy as np


@lru_cache(maxsize=1)
def _quadrature() -> tuple[np.ndarray, np.ndarray]:
    return np.polynomial.legendre.leggauss(64)


def _t_cdf(t: float, freedom: float) -> float:
    """Return P(T <= t) of Student's t for t >= 0, by Gauss-Legendre quadrature of its density."""
    nodes, weights = _quadrature()
    angle = np.arctan(t / np.sqrt(freedom))  # x = sqrt(v) tan(a) turns the density into a power of cos(a)
    a = angle * (nodes + 1) / 2
    norm = exp(lgamma((freedom + 1) / 2) - lgamma(freedom / 2) - 0.5 * log(pi))
    return 0.5 + float(norm * angle / 2 * (weights @ np.cos(a) ** (freedom - 1)))


@lru_cache(maxsize=1024)
def t_quantile(probability: float, freedom: float) -> float:
    """Return the quantile of Student's t distribution, e.g. ``t_quantile(0.975, 10) == 2.228``.

    Raises
    ------
    ValueError
        for a probability outside 0.5..1 or less than one degree of freedom.
    """
    if not 0.5 <= probability < 1 or freedom < 1:
        raise ValueError(f"expected 0.5 <= probability < 1 and freedom >= 1, not {probability} and {freedom}")
    if freedom > 1e6:
        return NormalDist().inv_cdf(probability)
    low, high = 0.0, 1.0
    while _t_cdf(high, freedom) < probability:
        high *= 2
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if _t_cdf(middle, freedom) < probability else (low, middle)
    return (low + high) / 2
