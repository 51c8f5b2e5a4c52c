"""Differences of means of gait cycles, against numbers worked out by hand and against noise."""

from __future__ import annotations

import math

import numpy as np
import pytest

from gaitlab.compare.differences import autocorrelation, difference, effective_n

SECONDS = np.arange(400) * 0.7


def compared(a: list[float] | np.ndarray, b: list[float] | np.ndarray):
    a, b = np.asarray(a, float), np.asarray(b, float)
    return difference(a, b, time_a_s=SECONDS[: len(a)], time_b_s=SECONDS[: len(b)])


def test_two_sets_worked_out_by_hand() -> None:
    # Six values each, s² = 6 / 5; the variance of the difference is 2 * 1.2 / 6 = 0.4 with 10 degrees of freedom.
    found = compared([0, 2, 0, 2, 0, 2], [10, 12, 10, 12, 10, 12])
    assert found.difference == 10
    assert found.random == pytest.approx(2.228139 * math.sqrt(0.4), rel=1e-5)
    assert found.hedges_g == pytest.approx((1 - 3 / 39) * 10 / math.sqrt(1.2))
    assert (found.effective_n_a, found.effective_n_b) == (6, 6)


def test_the_sign_is_second_less_first() -> None:
    found = compared([5, 6, 5, 6], [1, 2, 1, 2])
    assert found.difference == -4
    assert found.hedges_g < 0


def test_a_drift_is_worth_fewer_cycles_and_a_wider_interval() -> None:
    # Deviations ± 0.5: the products of neighbours are 6 * 0.25 - 0.25 over 7 pairs, the power 0.25.
    steps = np.repeat([-0.5, 0.5], 4)
    r = (1.25 / 7) / 0.25
    assert autocorrelation(steps, SECONDS[:8]) == pytest.approx(min(r + (1 + 3 * r) / 8, 0.95))
    assert effective_n(20, 0.5) == pytest.approx(20 / 3)
    shuffled = compared([0, 1] * 10, [0, 1] * 10)
    drifting = compared([0] * 10 + [1] * 10, [0] * 10 + [1] * 10)
    assert drifting.random > 2 * shuffled.random


def test_neighbours_across_a_gap_do_not_count() -> None:
    values = np.array([1.0, 1, -1, -1] * 3)
    gap_where_it_changes = np.arange(12) + 9.0 * (np.arange(12) // 2)
    assert autocorrelation(values, gap_where_it_changes) == 0.95  # every pair left is alike
    r = (6 - 5) / 11
    assert autocorrelation(values, np.arange(12.0)) == pytest.approx(r + (1 + 3 * r) / 12)


def test_a_steady_difference_between_the_legs_is_no_correlation() -> None:
    rng = np.random.default_rng(3)
    leg = np.array(["left", "right"] * 40)
    drift = np.repeat(rng.normal(size=10), 8)
    values = drift + np.where(leg == "left", 5.0, 0.0)
    found = difference(
        values, values, time_a_s=SECONDS[:80], time_b_s=SECONDS[:80], leg_a=leg, leg_b=leg
    )  # fmt: skip
    assert found.effective_n_a < 20


@pytest.mark.parametrize("count", [0, 1])
def test_too_few_cycles_have_no_interval(count: int) -> None:
    found = compared([1.0] * count, [1.0, 2.0, 3.0])
    assert math.isnan(found.random)
    assert math.isnan(found.hedges_g)


def test_no_spread_at_all() -> None:
    found = compared([1.0] * 8, [2.0] * 8)
    assert (found.difference, found.random) == (1.0, 0.0)
    assert math.isnan(found.hedges_g)


@pytest.mark.parametrize(("r", "n", "at_least"), [(0.0, 15, 0.94), (0.3, 20, 0.92), (0.6, 40, 0.91)])
def test_the_interval_covers_no_change_as_often_as_it_says(r: float, n: int, at_least: float) -> None:
    """95 % is promised; a naive interval of cycles correlated by 0.6 covers some 67 %."""
    rng = np.random.default_rng(11)
    covered = 0
    for _ in range(600):
        a, b = (_autoregressive(rng, r, n) for _ in range(2))
        found = compared(a, b)
        covered += abs(found.difference) <= found.random
    assert covered / 600 >= at_least


def _autoregressive(rng: np.random.Generator, r: float, n: int) -> np.ndarray:
    values = np.empty(n)
    values[0] = rng.normal()
    for i in range(1, n):
        values[i] = r * values[i - 1] + math.sqrt(1 - r * r) * rng.normal()
    return values
