"""Quantiles of Student's t against those that have a closed form."""

from __future__ import annotations

import math

import pytest

from gaitlab.core.statistics import t_quantile


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
