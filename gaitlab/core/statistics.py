"""Intervals: how well the mean of gait cycles is known from their spread, with neighbours that may be alike.

Cycles in a row are correlated, e.g. by drift and fatigue, or opposed, e.g. where one late event ends a cycle and begins
the next. Few cycles hardly show which, so no one correlation is estimated: every correlation that neighbours can have
counts as much as the cycles support it (a first-order autoregression, integrated over its correlation with a flat
prior). Few cycles then have wide intervals, and many those of their own correlation. Of two cycles the interval would
reach thirteen standard deviations to each side: it says nothing and is not given.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gaitlab.core.pose import FloatArray

# Correlations of neighbouring cycles. Those of 72 feet on force plates are 0.05 to 0.15 on average; intervals cover as
# they should from none to 0.6 (``python -m benchmarks.intervals``).
_CORRELATIONS = np.linspace(-0.4, 0.8, 13)
_HALVINGS = 40
_CONFIDENCE = 0.95
# What is entered, such as a belt's speed, differs from cycle to cycle by rounding alone.
_NO_SPREAD = 1e-9
# Fewest cycles whose spread tells how well their mean is known.
FEWEST = 3
# As many degrees of freedom as make no difference.
_MANY = 1e6


@dataclass(frozen=True, slots=True)
class Sampled:
    """How well the mean of some cycles is known from their spread.

    Attributes
    ----------
    n : int
        number of cycles (of both legs: of pairs).
    sd : float
        standard deviation over these, in the unit of the values.
    se : float
        standard error of their mean; NaN for fewer than three, unless they are all the same.
    freedom : float
        degrees of freedom with which the standard error is known: ``se`` times Student's t is the half-width.
    """

    n: int
    sd: float
    se: float
    freedom: float

    @property
    def half_width(self) -> float:
        """Half-width of the mean's 95 % interval; NaN for fewer than three cycles."""
        return math.nan if math.isnan(self.se) else t_quantile(0.975, self.freedom) * self.se

    @property
    def effective_n(self) -> float:
        """Number of independent cycles that would tell the mean as well."""
        return (self.sd / self.se) ** 2 if self.se > 0 else float(self.n)


def t_quantile(probability: float, freedom: float) -> float:
    """Return the quantile of Student's t distribution, e.g. ``t_quantile(0.975, 10) == 2.228``.

    Raises
    ------
    ValueError
        for a probability outside 0.5..1 or less than one degree of freedom.
    """
    # The function behind scipy.stats.t.ppf: scipy.stats itself takes half a second to import.
    from scipy.special import stdtrit

    if not 0.5 <= probability < 1 or freedom < 1:
        raise ValueError(f"expected 0.5 <= probability < 1 and freedom >= 1, not {probability} and {freedom}")
    return float(stdtrit(freedom, probability))


def mean_of(values: FloatArray, time_s: FloatArray, leg: NDArray[np.str_] | None = None) -> Sampled:
    """Return how well the mean of cycles is known.

    Parameters
    ----------
    values : FloatArray
        (cycle,) values.
    time_s : FloatArray
        (cycle,) start of each, s, increasing; rejected cycles leave gaps.
    leg : NDArray[np.str_] | None, optional
        (cycle,) leg of each where both legs are among them. A left cycle and the right one that begins in it count as
        one, if there are three such strides: they share steps, and what the legs differ by is no spread.
    """
    if leg is not None and len(np.unique(leg)) == 2:
        left, right = (leg == one for one in np.unique(leg))
        first, second = pairs(time_s[left], time_s[right])
        # Of fewer the interval would be there or not by which leg began.
        if len(first) >= FEWEST:
            values = (values[left][first] + values[right][second]) / 2
            time_s = time_s[left][first]
    n = len(values)
    if n < 2:
        return Sampled(n, math.nan, math.nan, math.nan)
    sd = float(np.std(values, ddof=1))
    if sd <= _NO_SPREAD * float(np.max(np.abs(values))):
        return Sampled(n, sd, 0.0, n - 1.0)
    if n < FEWEST:
        return Sampled(n, sd, math.nan, math.nan)
    se, half_width = _autoregressed(values / sd, time_s)
    from scipy.special import stdtridf

    ratio = half_width / se
    freedom = float(stdtridf(0.975, ratio)) if ratio > t_quantile(0.975, _MANY) else _MANY
    return Sampled(n, sd, se * sd, max(freedom, 1.0))


def difference_of_legs(left: FloatArray, left_s: FloatArray, right: FloatArray, right_s: FloatArray) -> Sampled:
    """Return how well the difference of the legs' means, right minus left, is known from stride to stride.

    A late strike ends one step and begins the other, so that what both legs show of a stride is taken together: the
    spread is that of the strides' differences. Where hardly a stride shows both legs, each has its own.

    Parameters
    ----------
    left, left_s, right, right_s : FloatArray
        (cycle,) values of each leg and their starts, s, increasing.
    """
    first, second = pairs(left_s, right_s)
    if 2 * len(first) > min(len(left), len(right)):
        return mean_of(right[second] - left[first], left_s[first])
    return apart(mean_of(left, left_s), mean_of(right, right_s))


def apart(a: Sampled, b: Sampled) -> Sampled:
    """Return how well the difference of two independent means is known (Welch and Satterthwaite)."""
    variance = a.se**2 + b.se**2
    if not variance > 0:
        return Sampled(min(a.n, b.n), math.nan, math.sqrt(variance) if variance == 0 else math.nan, 1.0)
    freedom = variance**2 / (a.se**4 / a.freedom + b.se**4 / b.freedom)
    return Sampled(min(a.n, b.n), math.nan, math.sqrt(variance), max(freedom, 1.0))


def pairs(time_a_s: FloatArray, time_b_s: FloatArray) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return indices of cycles of two legs that belong together: each of ``a`` with the one of ``b`` that begins in it.

    Parameters
    ----------
    time_a_s, time_b_s : FloatArray
        (cycle,) start of each leg's cycles, s, increasing.
    """
    if len(time_a_s) < 2 or not len(time_b_s):
        empty = np.empty(0, dtype=np.intp)
        return empty, empty
    stride_s = float(np.median(np.diff(time_a_s)))
    after = np.searchsorted(time_b_s, time_a_s)
    ends_s = np.append(np.minimum(time_a_s[1:], time_a_s[:-1] + stride_s), time_a_s[-1] + stride_s)
    found = (after < len(time_b_s)) & (time_b_s[np.minimum(after, len(time_b_s) - 1)] < ends_s)
    return np.flatnonzero(found), after[found]


def _autoregressed(values: FloatArray, time_s: FloatArray) -> tuple[float, float]:
    """Return the standard error and the half-width of the 95 % interval of a mean, over all `_CORRELATIONS`."""
    from scipy.special import stdtr

    weight, middle, scale = _posterior(values, _steps(time_s))
    freedom, mean = len(values) - 1, float(values.mean())

    def outside(half_width: float) -> float:
        below = stdtr(freedom, (mean - half_width - middle) / scale)
        above = stdtr(freedom, (middle - mean - half_width) / scale)
        return float(weight @ (below + above))

    # Outside of twice the farthest interval of any one correlation there is less than 5 %.
    high = t_quantile(0.975, freedom) * float(scale.max()) + float(np.abs(middle - mean).max())
    low = 0.0
    for _ in range(_HALVINGS):
        half = (low + high) / 2
        low, high = (half, high) if outside(half) > 1 - _CONFIDENCE else (low, half)
    return float(np.sqrt(weight @ scale**2)), high


def _steps(time_s: FloatArray) -> FloatArray:
    """Return (cycle - 1,) how many cycles each is after the one before, at least 1."""
    apart_s = np.diff(time_s)
    return np.maximum(np.round(apart_s / np.median(apart_s)), 1.0)


def _posterior(values: FloatArray, steps: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return for each correlation its weight, and centre and scale of Student's t, n - 1, of the mean.

    The cycles are whitened: each less what the one before foretells, in units of what is then left.
    """
    foretold = _CORRELATIONS[:, None] ** steps
    left = np.sqrt(1 - foretold**2)
    first = np.ones((len(_CORRELATIONS), 1))
    ones = np.concatenate([first, (1 - foretold) / left], axis=1)
    white = np.concatenate([first * values[0], (values[1:] - foretold * values[:-1]) / left], axis=1)
    known = np.sum(ones**2, axis=1)
    middle = np.sum(ones * white, axis=1) / known
    rest = np.sum((white - middle[:, None] * ones) ** 2, axis=1)
    freedom = len(values) - 1
    # Marginal likelihood with flat priors of mean and logarithm of the spread.
    log_weight = -np.sum(np.log(left), axis=1) - np.log(known) / 2 - freedom / 2 * np.log(rest)
    weight = np.exp(log_weight - log_weight.max())
    return weight / weight.sum(), middle, np.sqrt(rest / freedom / known)
