"""Quantiles of Student's t, and the interval of a mean of gait cycles against dense matrices and its own promise."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from benchmarks.intervals import spread_held
from gaitlab.core.statistics import Sampled, apart, difference_of_legs, mean_of, pairs, t_quantile

VALUES = np.array([2.0, 3.1, 2.7, 1.9, 2.2, 3.4, 2.9, 2.4])
TIME_S = 0.7 * np.arange(8)


def by_dense_matrices(values: np.ndarray, steps: np.ndarray) -> np.ndarray:
    """Sample the mean's posterior: for every correlation generalised least squares with the whole covariance."""
    rng = np.random.default_rng(0)
    n = len(values)
    logs, middles, scales = [], [], []
    for r in np.linspace(-0.4, 0.8, 13):
        inverse = np.linalg.inv(r ** np.abs(np.subtract.outer(steps, steps)))
        known = inverse.sum()
        middle = (inverse @ values).sum() / known
        rest = (values - middle) @ inverse @ (values - middle)
        logs.append(np.linalg.slogdet(inverse)[1] / 2 - np.log(known) / 2 - (n - 1) / 2 * np.log(rest))
        middles.append(middle)
        scales.append(math.sqrt(rest / (n - 1) / known))
    weight = np.exp(np.array(logs) - max(logs))
    chosen = rng.choice(13, p=weight / weight.sum(), size=400_000)
    return np.array(middles)[chosen] + np.array(scales)[chosen] * rng.standard_t(n - 1, size=400_000)


@pytest.mark.parametrize("steps", [np.arange(8), np.array([0, 1, 2, 5, 6, 7, 9, 10])])
def test_all_correlations_count_as_much_as_the_cycles_support_them(steps: np.ndarray) -> None:
    known = mean_of(VALUES, 0.7 * steps)
    away = np.abs(by_dense_matrices(VALUES, steps) - VALUES.mean())
    assert known.half_width == pytest.approx(np.quantile(away, 0.95), rel=0.02)
    assert known.sd == pytest.approx(VALUES.std(ddof=1))
    # The stated degrees of freedom give back the interval.
    assert stats.t.ppf(0.975, known.freedom) * known.se == pytest.approx(known.half_width)


def test_units_and_a_constant_change_nothing() -> None:
    known = mean_of(VALUES, TIME_S)
    assert mean_of(1000 * VALUES + 5000, TIME_S).half_width == pytest.approx(1000 * known.half_width)
    assert mean_of(VALUES, TIME_S + 100).half_width == pytest.approx(known.half_width)


@pytest.mark.parametrize(("r", "n"), [(0.0, 20), (0.3, 20), (0.6, 20), (0.0, 40), (0.6, 40)])
def test_95_percent_intervals_hold_95_percent(r: float, n: int) -> None:
    held = spread_held(r, n, 600)
    assert 92.0 <= held.covered_percent <= 98.7
    assert held.times_needed <= 1.4


def test_two_values_have_a_spread_and_no_interval() -> None:
    two = mean_of(VALUES[:2], TIME_S[:2])
    assert two.sd == pytest.approx(1.1 / math.sqrt(2))
    assert math.isnan(two.half_width)
    # Of three it reaches some four standard deviations: 4.30 / sqrt(3) = 2.5 were no two alike.
    three = mean_of(VALUES[:3], TIME_S[:3])
    assert 2.5 * three.sd < three.half_width < 5 * three.sd
    assert math.isnan(apart(two, mean_of(VALUES, TIME_S)).half_width)


def test_one_value_tells_nothing_and_equal_ones_all() -> None:
    assert math.isnan(mean_of(VALUES[:1], TIME_S[:1]).half_width)
    assert mean_of(np.full(5, 2.8), TIME_S[:5]).half_width == 0.0


def test_a_stride_of_both_legs_counts_once_and_their_difference_not_at_all() -> None:
    left, right = VALUES, VALUES[::-1] + 50.0
    values = np.stack([left, right], axis=1).ravel()
    time_s = np.stack([TIME_S, TIME_S + 0.35], axis=1).ravel()
    leg = np.array(["left", "right"] * 8)
    both = mean_of(values, time_s, leg)
    assert both.n == 8
    assert both.half_width == pytest.approx(mean_of((left + right) / 2, TIME_S).half_width)


@pytest.mark.parametrize("legs", [("left", "right"), ("right", "left")])
@pytest.mark.parametrize("n", [4, 5])
def test_which_leg_begins_does_not_decide_whether_few_cycles_have_an_interval(n: int, legs: tuple[str, str]) -> None:
    values, time_s = VALUES[:n], 0.35 * np.arange(n)
    both = mean_of(values, time_s, np.array(legs * 3)[:n])
    assert both.half_width == mean_of(values, time_s).half_width < 5 * both.sd


def test_strides_are_paired_in_time_and_lost_ones_left_out() -> None:
    first, second = pairs(0.7 * np.arange(5), np.array([0.35, 1.05, 2.45, 3.15]))
    assert (first.tolist(), second.tolist()) == ([0, 1, 3, 4], [0, 1, 2, 3])
    assert [len(found) for found in pairs(np.arange(5.0), np.arange(5.0) + 90)] == [0, 0]


def test_a_difference_of_legs_is_that_of_their_strides() -> None:
    shared = np.linspace(-1, 1, 8) ** 3  # what both legs do in a stride is no difference
    left, right = 2 + 10 * shared, 3 + 10 * shared + 0.1 * (VALUES - VALUES.mean())
    known = difference_of_legs(left, TIME_S, right, TIME_S + 0.35)
    assert known.half_width == pytest.approx(0.1 * mean_of(VALUES, TIME_S).half_width)
    # Legs that were never seen in one stride have nothing in common.
    alone = difference_of_legs(left, TIME_S, right, TIME_S + 90)
    assert alone.half_width == pytest.approx(apart(mean_of(left, TIME_S), mean_of(right, TIME_S)).half_width)


def test_two_independent_means_by_hand() -> None:
    """Welch: equal standard errors with 10 degrees of freedom each make sqrt(2) of it with 20."""
    one = Sampled(11, 1.0, 0.3, 10.0)
    assert apart(one, one).half_width == pytest.approx(2.085963 * 0.3 * math.sqrt(2))


@pytest.mark.parametrize("probability", [0.5, 0.9, 0.975, 0.9999])
def test_one_and_two_degrees_of_freedom(probability: float) -> None:
    """With one it is Cauchy's distribution; with two, P = 1/2 + t / (2 sqrt(2 + t^2))."""
    assert t_quantile(probability, 1) == pytest.approx(math.tan(math.pi * (probability - 0.5)), rel=1e-9, abs=1e-12)
    share = 2 * probability - 1
    assert t_quantile(probability, 2) == pytest.approx(share * math.sqrt(2 / (1 - share**2)), rel=1e-9, abs=1e-12)


def test_many_degrees_of_freedom_are_the_normal_distribution() -> None:
    assert t_quantile(0.975, 1e9) == pytest.approx(1.959963985, abs=1e-7)
    assert t_quantile(0.975, math.inf) == pytest.approx(1.959963985, abs=1e-9)


def test_part_of_a_degree_lies_between() -> None:
    assert t_quantile(0.975, 11) < t_quantile(0.975, 10.5) < t_quantile(0.975, 10) == pytest.approx(2.228, abs=5e-4)


@pytest.mark.parametrize(("probability", "freedom"), [(0.4, 5), (1.0, 5), (0.975, 0.5)])
def test_what_has_no_interval_is_refused(probability: float, freedom: float) -> None:
    with pytest.raises(ValueError, match="probability < 1 and freedom >= 1"):
        t_quantile(probability, freedom)
