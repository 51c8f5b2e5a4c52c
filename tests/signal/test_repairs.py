"""Outliers, gaps and swaps on made tracks; the real tracks are in tests/signal/test_preprocessing.py."""

from __future__ import annotations

import numpy as np

from gaitlab.signal.gaps import fill_gaps
from gaitlab.signal.outliers import outliers
from gaitlab.signal.runs import runs
from gaitlab.signal.swaps import swapped_frames

TIME_S = np.arange(240) / 60
RNG = np.random.default_rng(3)


def circle(phase: float) -> np.ndarray:
    """A foot's path, px: 150 wide and 60 high, 1.4 times a second."""
    angle = 2 * np.pi * 1.4 * TIME_S + phase
    return np.stack([300 + 75 * np.cos(angle), 400 + 30 * np.sin(angle)], axis=1)


def test_runs() -> None:
    assert list(runs(np.array([True, True, False, True]))) == [slice(0, 2), slice(3, 4)]
    assert list(runs(np.array([False]))) == []


def test_outliers_are_found_and_fast_feet_are_none() -> None:
    track = circle(0.0) + RNG.normal(0, 0.5, (240, 2))
    assert not outliers(track, TIME_S, threshold=5.0, floor_px=4.0).any()
    jumped = np.array([20, 21, 90, 200])
    track[jumped] += [40.0, -30.0]
    found = outliers(track, TIME_S, threshold=5.0, floor_px=4.0)
    np.testing.assert_array_equal(np.flatnonzero(found), jumped)


def test_short_gaps_are_filled_close_to_the_truth_and_long_ones_stay() -> None:
    truth = circle(0.0)
    track = truth.copy()
    track[50:54] = np.nan  # 67 ms
    track[100:120] = np.nan  # 333 ms
    track[:3] = np.nan  # before the start there is nothing to lean on
    filled, where = fill_gaps(track, TIME_S, longest_s=0.10)
    assert np.abs(filled[50:54] - truth[50:54]).max() < 1.5
    assert np.isnan(filled[100:120]).all()
    assert np.isnan(filled[:3]).all()
    np.testing.assert_array_equal(np.flatnonzero(where), np.arange(50, 54))
    untouched = ~where & np.isfinite(track[:, 0])
    np.testing.assert_array_equal(filled[untouched], track[untouched])


def test_a_gap_in_a_straight_line_is_filled_exactly() -> None:
    line = np.stack([10 + 50 * TIME_S, 5 - 20 * TIME_S], axis=1)
    track = line.copy()
    track[30:35] = np.nan
    filled, _ = fill_gaps(track, TIME_S, longest_s=0.2)
    np.testing.assert_allclose(filled, line, atol=1e-9)


def test_exchanged_legs_are_found_and_none_invented() -> None:
    left = np.stack([circle(0.0), circle(0.3) + [0, 60]], axis=1)
    right = np.stack([circle(np.pi), circle(np.pi + 0.3) + [0, 60]], axis=1)
    assert not swapped_frames(left, right, TIME_S).any()
    exchanged = np.zeros(240, dtype=bool)
    exchanged[[10, 77, 78]] = True
    exchanged[150:170] = True
    seen_left = np.where(exchanged[:, None, None], right, left)
    seen_right = np.where(exchanged[:, None, None], left, right)
    np.testing.assert_array_equal(swapped_frames(seen_left, seen_right, TIME_S), exchanged)


def test_without_a_second_leg_nothing_is_exchanged() -> None:
    left = circle(0.0)[:, None]
    assert not swapped_frames(left, np.full_like(left, np.nan), TIME_S).any()


def test_legs_without_extent_are_left_as_they_are() -> None:
    """One point a leg gives the legs no size to measure a jump by: no exchange, and no division by nothing."""
    time_s = np.arange(12) / 60
    left, right = np.zeros((12, 1, 2)), np.full((12, 1, 2), 40.0)
    with np.errstate(all="raise"):
        assert not swapped_frames(left, right, time_s).any()
