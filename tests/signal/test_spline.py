"""Splines through tracks: the cubics they must reproduce, and what they do about gaps."""

from __future__ import annotations

import numpy as np
import pytest

from gaitlab.signal.spline import resample


@pytest.mark.parametrize("knots", [4, 5, 6, 40])
def test_gives_a_cubic_back_between_frames_at_any_times(knots: int) -> None:
    """Only a spline without a knot at its last but one samples does so to the ends, where the cubic still bends."""
    time_s = np.cumsum(np.random.default_rng(knots).uniform(0.01, 0.05, knots))
    at_s = np.linspace(time_s[0], time_s[-1], 101)
    track = np.stack([time_s**3 - 2 * time_s, 5 - 3 * time_s**3], axis=1)
    fine = resample(track, time_s, at_s, longest_gap_s=0.1)
    np.testing.assert_allclose(fine, np.stack([at_s**3 - 2 * at_s, 5 - 3 * at_s**3], axis=1), atol=1e-12)


def test_bends_without_a_kink_where_cubics_meet() -> None:
    """Rate and curvature are those from the left and from the right of every sample."""
    time_s, step_s = np.arange(12) / 10, 1e-4
    track = np.random.default_rng(1).normal(size=(12, 1))
    around_s = time_s[1:-1, None] + step_s * np.array([-2, -1, 0, 1, 2])
    fine = resample(track, time_s, around_s.ravel(), longest_gap_s=0.2).reshape(-1, 5)
    np.testing.assert_allclose(fine[:, 2], track[1:-1, 0], atol=1e-12)
    left, right = (fine[:, 2] - fine[:, 1]) / step_s, (fine[:, 3] - fine[:, 2]) / step_s
    np.testing.assert_allclose(left, right, atol=0.3)  # both differ from the rate by half a step of the curvature
    bent_left = (fine[:, 2] - 2 * fine[:, 1] + fine[:, 0]) / step_s**2
    bent_right = (fine[:, 4] - 2 * fine[:, 3] + fine[:, 2]) / step_s**2
    np.testing.assert_allclose(bent_left, bent_right, atol=20.0)  # of a curvature of some hundreds
    assert np.abs(bent_left).max() > 200


def test_fewer_than_four_frames_show_no_curve() -> None:
    time_s = np.arange(3) / 10
    assert np.isnan(resample(np.ones((3, 1)), time_s, time_s, longest_gap_s=0.2)).all()


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


@pytest.mark.parametrize(("fps", "most"), [(25, 0.01), (30, 0.01), (60, 0.002)])
def test_uneven_frames_of_a_fast_foot_keep_its_height(fps: int, most: float) -> None:
    # 3 Hz, frames up to 0.3 of an interval off: straight lines between them would lose 2 to 5 % of the height.
    time_s = np.arange(8 * fps) / fps + np.random.default_rng(fps).uniform(-0.3, 0.3, 8 * fps) / fps
    at_s = np.arange(1.0, 7.0, 0.004)
    true = 100 * np.sin(2 * np.pi * 3 * at_s)
    found = resample(100 * np.sin(2 * np.pi * 3 * time_s)[:, None], time_s, at_s, longest_gap_s=0.12)[:, 0]
    assert np.sqrt(np.mean((found - true) ** 2)) < most * 100
    assert np.ptp(found) == pytest.approx(200, rel=most)
