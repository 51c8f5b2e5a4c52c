"""Differences of means of gait cycles, against numbers worked out by hand and against noise."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from benchmarks.halves import autoregression, cycles_of, halves, right_half_width
from gaitlab.core.person import Runner
from gaitlab.core.statistics import t_quantile
from gaitlab.io.keypoints import read_keypoints
from gaitlab.stats.differences import autocorrelation, difference, effective_n

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


# One run of values whose neighbours are alike 6 times and unlike 5: r = 1 / 11, and with Kendall's correction for 12
# values (1 + 3 / 11) / 12 more. 11 pairs of their own stand against 10 of the usual 0.25.
ALIKE = np.array([1.0, 1, -1, -1] * 3)
R_ALIKE = (11 * (1 / 11 + (1 + 3 / 11) / 12) + 10 * 0.25) / 21


def test_what_cycles_show_is_weighed_against_the_usual() -> None:
    assert autocorrelation(ALIKE, np.arange(12.0)) == pytest.approx(R_ALIKE)
    # Two values say next to nothing: one pair, unlike. r = -0.5 / 0.5, Kendall (1 - 3) / 2: -2 once, 0.25 ten times.
    assert autocorrelation(np.array([1.0, -1.0]), np.arange(2.0)) == pytest.approx((-2 + 2.5) / 11)


def test_a_drift_is_worth_fewer_cycles_and_a_wider_interval() -> None:
    assert autocorrelation(np.repeat([-0.5, 0.5], 20), SECONDS[:40]) == 0.5
    shuffled = compared([0, 1] * 10, [0, 1] * 10)
    drifting = compared([0] * 10 + [1] * 10, [0] * 10 + [1] * 10)
    assert drifting.random > 1.5 * shuffled.random


def test_how_many_cycles_correlated_ones_are_worth() -> None:
    # Two: variance of their mean (1 + r) / 2. Three with r = 0.5: 1 + 2 (2/3 0.5 + 1/3 0.25) = 11/6 times a third.
    assert effective_n(2, 0.5) == pytest.approx(2 / 1.5)
    assert effective_n(3, 0.5) == pytest.approx(3 / (11 / 6))
    assert effective_n(10**6, 0.5) == pytest.approx(10**6 / 3, rel=1e-4)
    assert effective_n(7, 0.0) == 7


def test_neighbours_across_a_gap_do_not_count() -> None:
    gap_where_it_changes = np.arange(12) + 9.0 * (np.arange(12) // 2)
    assert autocorrelation(ALIKE, gap_where_it_changes) == 0.5  # every pair left is alike
    assert autocorrelation(ALIKE, np.arange(12.0)) < 0.25


def test_a_steady_difference_between_the_legs_is_no_correlation() -> None:
    leg = np.array(["left", "right"] * 40)
    drift = np.repeat(np.random.default_rng(3).normal(size=10), 8)

    def worth(values: np.ndarray) -> float:
        time_s = SECONDS[:80]
        return difference(values, values, time_a_s=time_s, time_b_s=time_s, leg_a=leg, leg_b=leg).effective_n_a

    assert worth(drift + np.where(leg == "left", 5.0, 0.0)) == pytest.approx(worth(drift))
    assert worth(drift) < 30


def test_strides_of_two_legs_share_their_steps() -> None:
    """Every stride of two independent steps, in turn of either leg: the mean of 60 is known as well as that of 30."""
    rng = np.random.default_rng(4)
    leg, time_s = np.array(["left", "right"] * 30), SECONDS[:60] / 2

    def strides() -> np.ndarray:
        steps = rng.normal(size=61)
        return steps[1:] + steps[:-1]

    found = [
        difference(strides(), strides(), time_a_s=time_s, time_b_s=time_s, leg_a=leg, leg_b=leg) for _ in range(300)
    ]
    assert np.mean([abs(one.difference) <= one.random for one in found]) >= 0.93
    assert max(one.effective_n_a for one in found) < 31


@pytest.mark.parametrize("count", [0, 1])
def test_too_few_cycles_have_no_interval(count: int) -> None:
    found = compared([1.0] * count, [1.0, 2.0, 3.0])
    assert math.isnan(found.random)
    assert math.isnan(found.hedges_g)


def test_no_spread_at_all() -> None:
    found = compared([1.0] * 8, [2.0] * 8)
    assert (found.difference, found.random) == (1.0, 0.0)
    assert math.isnan(found.hedges_g)


@pytest.mark.parametrize(("r", "n"), [(0.0, 10), (0.1, 30), (0.2, 5), (0.2, 20), (0.3, 10), (0.3, 60)])
def test_no_change_lies_inside_as_often_as_promised_and_no_wider(r: float, n: int) -> None:
    """95 % is promised; the right half-width is the one that knowing the process would give."""
    rng = np.random.default_rng(11)
    found = np.array(
        [
            (abs(one.difference), one.random)
            for one in (compared(autoregression(rng, r, n), autoregression(rng, r, n)) for _ in range(400))
        ]
    )
    apart, widths = found.T
    right = right_half_width(r, n)
    # A share of 95 % in 400 is known to 2 % (two standard errors).
    assert 0.925 <= np.mean(apart <= widths) <= 0.985
    assert right / 1.5 <= np.median(widths) <= 1.5 * right
    assert np.quantile(widths, 0.99) <= (2.5 if n > 5 else 3.2) * right


@pytest.mark.parametrize("n", [2, 5, 8, 20])
def test_never_wider_than_a_third_of_the_cycles_with_the_larger_spread(n: int) -> None:
    rng = np.random.default_rng(2)
    for _ in range(50):
        # Wild runs: each value the one before and a step, so that neighbours are as alike as can be.
        a, b = np.cumsum(rng.normal(size=n)), 3 * np.cumsum(rng.normal(size=2 * n))
        larger = max(a.std(ddof=1), b.std(ddof=1))
        widest = t_quantile(0.975, 3 * n - 2) * larger * math.sqrt(3 / n + 3 / (2 * n))
        assert compared(a, b).random <= widest * (1 + 1e-9)


@pytest.mark.shared
def test_two_halves_of_the_real_clip_are_told_as_well_as_each_of_them(shared: Path) -> None:
    """Knee peaks known to some 5 degrees in each half are not unknown to 60 in their difference."""
    pose = read_keypoints(shared / "data/treadmill_side/male_side.pose.json", format="gaitlab-pose")
    first, second = halves(pose, Runner())
    of_second = {(row.metric, row.side): row for row in second.summary}
    shares, inside = [], []
    for a in first.summary:
        b = of_second[a.metric, a.side]
        if min(a.n, b.n) < 2 or a.sd == 0:
            continue
        value_a, time_a_s, leg_a = cycles_of(first, a.metric, a.side)
        value_b, time_b_s, leg_b = cycles_of(second, a.metric, a.side)
        found = difference(value_a, value_b, time_a_s=time_a_s, time_b_s=time_b_s, leg_a=leg_a, leg_b=leg_b)
        own = [t_quantile(0.975, row.n - 1) * row.sd / math.sqrt(row.n) for row in (a, b)]
        shares.append(found.random / math.hypot(*own))
        inside.append(abs(found.difference) <= found.random)
    assert len(shares) > 30
    assert max(shares) < 2.5
    assert np.median(shares) < 1.5
    assert np.mean(inside) >= 0.9
