"""The spline against scipy's, against cubics it must reproduce, and across gaps."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.interpolate import CubicSpline as Oracle

from gaitlab.signal.spline import cubic_spline, resample


@pytest.mark.parametrize("knots", [4, 5, 6, 40])
@pytest.mark.parametrize("derivative", [0, 1, 2])
def test_agrees_with_scipy_on_irregular_times(knots: int, derivative: int) -> None:
    rng = np.random.default_rng(knots)
    time_s = np.cumsum(rng.uniform(0.01, 0.05, knots))
    values = rng.normal(size=(knots, 3))
    at_s = np.linspace(time_s[0], time_s[-1], 101)
    expected = Oracle(time_s, values, bc_type="not-a-knot")(at_s, derivative)
    np.testing.assert_allclose(
        cubic_spline(time_s, values)(at_s, derivative=derivative), expected, rtol=1e-8, atol=1e-6
    )


def test_gives_a_cubic_back_between_the_knots() -> None:
    time_s = np.array([0.0, 0.1, 0.35, 0.4, 0.8])
    at_s = np.linspace(0, 0.8, 33)
    curve = cubic_spline(time_s, time_s**3 - 2 * time_s)
    np.testing.assert_allclose(curve(at_s)[:, 0], at_s**3 - 2 * at_s, atol=1e-12)
    np.testing.assert_allclose(curve(at_s, derivative=1)[:, 0], 3 * at_s**2 - 2, atol=1e-10)


@pytest.mark.parametrize("time_s", [[0.0, 1.0, 2.0], [0.0, 1.0, 1.0, 2.0]])
def test_refuses_what_fixes_no_cubic(time_s: list[float]) -> None:
    with pytest.raises(ValueError, match="4 or more samples at rising times"):
        cubic_spline(np.array(time_s), np.zeros(len(time_s)))


def test_refuses_a_third_derivative() -> None:
    curve = cubic_spline(np.arange(4.0), np.zeros(4))
    with pytest.raises(ValueError, match="0, 1 or 2, not 3"):
        curve(np.array([0.5]), derivative=3)


def test_joins_short_gaps_and_leaves_long_ones_open() -> None:
    time_s = np.arange(40) / 100
    values = np.stack([time_s**2, time_s**2], axis=1)
    values[10:12, 0] = np.nan  # 30 ms from sample to sample
    values[10:20, 1] = np.nan  # 110 ms
    at_s = np.arange(78) / 200
    fine = resample(values, time_s, at_s, longest_gap_s=0.05)
    np.testing.assert_allclose(fine[:, 0], at_s**2, atol=1e-12)
    inside = (at_s > 0.0901) & (at_s < 0.1999)
    assert np.isnan(fine[inside, 1]).all()
    np.testing.assert_allclose(fine[~inside, 1], at_s[~inside] ** 2, atol=1e-12)


def test_does_not_extrapolate() -> None:
    time_s = np.arange(10) / 10
    fine = resample(np.ones((10, 1)), time_s, np.array([-0.01, 0.5, 0.91]), longest_gap_s=0.2)
    np.testing.assert_array_equal(np.isnan(fine[:, 0]), [True, False, True])
