"""Differences of means of gait cycles, against numbers worked out by hand and against noise."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from benchmarks.halves import cycles_of, halves, right_half_width
from benchmarks.simulated import autoregression
from gaitlab.core.person import Runner
from gaitlab.core.statistics import mean_of
from gaitlab.io.keypoints import read_keypoints
from gaitlab.stats.differences import difference

SECONDS = np.arange(400) * 0.7


def compared(a: list[float] | np.ndarray, b: list[float] | np.ndarray):
    a, b = np.asarray(a, float), np.asarray(b, float)
    return difference(a, b, time_a_s=SECONDS[: len(a)], time_b_s=SECONDS[: len(b)])


def test_the_difference_and_its_effect_by_hand() -> None:
    # Six values each, s² = 6 / 5.
    found = compared([0, 2, 0, 2, 0, 2], [10, 12, 10, 12, 10, 12])
    assert found.difference == 10
    assert found.hedges_g == pytest.approx((1 - 3 / 39) * 10 / math.sqrt(1.2))


def test_the_sign_is_second_less_first() -> None:
    found = compared([5, 6, 5, 6], [1, 2, 1, 2])
    assert found.difference == -4
    assert found.hedges_g < 0


def test_a_drift_is_worth_fewer_cycles_and_a_wider_interval() -> None:
    mixed = np.random.default_rng(2).permutation([0.0, 1.0] * 10)
    drifting = np.array([0.0] * 10 + [1.0] * 10)
    assert compared(drifting, drifting).random > 1.5 * compared(mixed, mixed).random


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
    assert np.median([one.effective_n_a for one in found]) < 30


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
    # A share of 95 % in 400 is known to 2 % (two standard errors). Few cycles do not show whether neighbours are alike,
    # which makes their interval wider.
    assert 0.925 <= np.mean(apart <= widths) <= (0.985 if n >= 20 else 1.0)
    assert right / 1.5 <= np.median(widths) <= (1.5 if n >= 20 else 2.0) * right
    assert np.quantile(widths, 0.99) <= (2.5 if n >= 20 else 3.2) * right


@pytest.mark.shared
def test_two_halves_of_the_real_clip_are_told_as_well_as_each_of_them(shared: Path) -> None:
    """Knee peaks known to some 5 degrees in each half are not unknown to 60 in their difference."""
    pose = read_keypoints(shared / "data/treadmill_side/male_side.pose.json", format="gaitlab-pose")
    first, second = halves(pose, Runner())
    of_second = {(row.metric, row.side): row for row in second.summary}
    shares, inside = [], []
    for a in first.summary:
        b = of_second[a.metric, a.side]
        if min(a.n, b.n) < 2 or a.sd < 1e-6:
            continue
        value_a, time_a_s, leg_a = cycles_of(first, a.metric, a.side)
        value_b, time_b_s, leg_b = cycles_of(second, a.metric, a.side)
        found = difference(value_a, value_b, time_a_s=time_a_s, time_b_s=time_b_s, leg_a=leg_a, leg_b=leg_b)
        own = [mean_of(value_a, time_a_s, leg_a).half_width, mean_of(value_b, time_b_s, leg_b).half_width]
        shares.append(found.random / math.hypot(*own))
        inside.append(abs(found.difference) <= found.random)
    assert len(shares) > 30
    assert max(shares) < 2.5
    assert np.median(shares) < 1.5
    assert np.mean(inside) >= 0.9
