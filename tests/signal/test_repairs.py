"""Outliers, gaps and swaps on made tracks; the real tracks are in tests/signal/test_preprocessing.py."""

from __future__ import annotations

import numpy as np
import pytest

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


def _exchanged_now_and_then(time_s: np.ndarray, every_s: float, for_s: float) -> np.ndarray:
    return (time_s % every_s > every_s - for_s) & (time_s > 0.3)


def _legs(time_s: np.ndarray, stride_hz: float) -> tuple[np.ndarray, np.ndarray]:
    """Knee, ankle and toe of two legs that swing against each other, px, (frame, point, 2): the shank is 100 px."""
    turn = 2 * np.pi * stride_hz * time_s

    def leg(phase: float) -> np.ndarray:
        knee = np.stack([30 * np.sin(turn + phase), 10 * np.cos(turn + phase)], axis=1)
        ankle = np.stack([80 * np.sin(turn + phase - 0.5), 100 + 30 * np.cos(turn + phase - 0.5)], axis=1)
        return np.stack([knee, ankle, ankle + [25.0, 10.0]], axis=1)

    return leg(0.0), leg(np.pi)


@pytest.mark.parametrize("fps", [25, 30, 60, 240])
@pytest.mark.parametrize("stride_hz", [0.8, 1.4, 1.9])
def test_legs_of_every_pace_are_put_back(fps: int, stride_hz: float) -> None:
    time_s = np.arange(4 * fps) / fps
    left, right = _legs(time_s, stride_hz)
    exchanged = _exchanged_now_and_then(time_s, 0.9, 0.2)
    rows = exchanged[:, None, None]
    found = swapped_frames(np.where(rows, right, left), np.where(rows, left, right), time_s)
    apart = np.linalg.norm(left - right, axis=-1).max(axis=1) > 40
    np.testing.assert_array_equal(found[apart], exchanged[apart])


def test_where_the_runner_goes_does_not_matter() -> None:
    """On a belt, through the picture and before a camera that shakes: what both legs do says nothing of their names."""
    time_s = np.arange(120) / 30
    left, right = _legs(time_s, 1.4)
    exchanged = _exchanged_now_and_then(time_s, 0.7, 0.1)[:, None, None]
    first, second = np.where(exchanged, right, left), np.where(exchanged, left, right)
    on_a_belt = swapped_frames(first, second, time_s)
    rng = np.random.default_rng(3)
    way = 400 * time_s[:, None] * [1.0, 0.1] + rng.normal(0, 40, (120, 2))
    np.testing.assert_array_equal(swapped_frames(first + way[:, None], second + way[:, None], time_s), on_a_belt)
    np.testing.assert_array_equal(swapped_frames(3 * first[..., ::-1], 3 * second[..., ::-1], time_s), on_a_belt)


def test_names_are_not_exchanged_frame_about() -> None:
    """Frames are judged together: every other one was exchanged once, in a walker who was named right."""
    rng = np.random.default_rng(0)
    time_s = np.arange(72) / 24
    left, right = (leg + rng.normal(0, 8, leg.shape) for leg in _legs(time_s, 0.8))
    assert not swapped_frames(left, right, time_s).any()


def test_names_exchanged_throughout_are_left() -> None:
    """Time alone cannot tell them from right ones."""
    time_s = np.arange(90) / 30
    left, right = _legs(time_s, 1.4)
    assert not swapped_frames(right, left, time_s).any()


def test_legs_hidden_as_they_cross_keep_their_names() -> None:
    time_s = np.arange(120) / 30
    left, right = _legs(time_s, 1.4)
    together = np.linalg.norm(left - right, axis=-1).max(axis=1) < 100
    right[together] = np.nan
    assert together.sum() > 10
    assert not swapped_frames(left, right, time_s).any()
