"""The clock of a video, whatever grain it is written on."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from gaitlab.core.pose import frame_rate_hz
from gaitlab.io.video.clock import clock_of, joined, restarted

RNG = np.random.default_rng(7)


def written(times_s: np.ndarray, grain: int, rounding: str = "nearest") -> np.ndarray:
    ticks = times_s * grain
    return (np.round(ticks) if rounding == "nearest" else np.floor(ticks + 1e-9)).astype(np.int64)


@pytest.mark.parametrize("rounding", ["nearest", "down"])
@pytest.mark.parametrize(
    ("fps", "grain"),
    [
        (fps, grain)
        for fps in (24, 25, 30 / 1.001, 30, 50, 60 / 1.001, 60, 120, 240)
        for grain in (600, 1000, 100, 90_000, 15_360)
        if fps < 0.7 * grain  # else two frames would have one time
    ],
)
def test_the_rate_and_even_times_are_read_through_the_grain(fps: float, grain: int, rounding: str) -> None:
    times_s = np.arange(480) / fps
    clock = clock_of(written(times_s, grain, rounding), Fraction(1, grain), otherwise_fps=30)
    assert clock.fps == pytest.approx(fps, rel=1e-5)
    assert not clock.variable
    np.testing.assert_allclose(clock.times_s, times_s, atol=max(2e-5, 1e-5 * times_s[-1]))


@pytest.mark.parametrize(("fps", "grain"), [(240, 600), (60, 1000), (120, 1000), (60, 90_000)])
def test_dropped_frames_are_multiples(fps: int, grain: int) -> None:
    number = np.flatnonzero(RNG.random(960) > 0.05)
    number[0] = 0
    clock = clock_of(written(number / fps, grain), Fraction(1, grain), otherwise_fps=30)
    assert (round(clock.fps, 3), clock.variable) == (fps, False)
    np.testing.assert_allclose(clock.times_s, number / fps, atol=1e-4)


def test_a_few_frames_of_an_iphone_s_slow_motion() -> None:
    clock = clock_of(written(np.arange(20) / 240, 600), Fraction(1, 600), otherwise_fps=30)
    assert clock.fps == pytest.approx(240)


def test_milliseconds_that_were_rewritten_on_a_finer_clock_are_milliseconds() -> None:
    times_s = np.round(np.arange(480) / 120, 3)
    clock = clock_of(written(times_s, 15_360), Fraction(1, 15_360), otherwise_fps=30)
    assert (round(clock.fps, 3), clock.variable) == (120, False)


def test_beyond_the_grain_it_is_variable_and_its_times_are_kept() -> None:
    times_s = np.cumsum(RNG.uniform(0.02, 0.045, 300))
    times_s -= times_s[0]
    clock = clock_of(written(times_s, 90_000), Fraction(1, 90_000), otherwise_fps=30)
    assert clock.variable
    np.testing.assert_allclose(clock.times_s, times_s, atol=1e-5)
    assert clock.remarks == ()


def test_a_pause_changes_no_rate() -> None:
    times_s = np.arange(960) / 240 + np.where(np.arange(960) > 400, 0.513, 0)
    clock = clock_of(written(times_s, 600), Fraction(1, 600), otherwise_fps=30)
    assert clock.fps == pytest.approx(240, rel=1e-3)
    assert not clock.variable


def test_slow_motion_with_ramps_is_said() -> None:
    steps_s = np.concatenate([np.full(240, 1 / 240), np.full(120, 1 / 30), np.full(240, 1 / 240)])
    clock = clock_of(written(np.cumsum(steps_s), 600), Fraction(1, 600), otherwise_fps=30)
    (said,) = clock.remarks
    assert "changes between 240 and 30 (at 1.0, 5.0 s)" in said
    assert "about 8 times slower" in said


def test_a_clock_that_starts_anew_goes_on() -> None:
    # In the order of decoding, with pictures that are shown later than those behind them.
    packets = [(0, -2), (3, -1), (1, 0), (2, 1), (6, 2), (4, 3), (5, 4), (0, -2), (3, -1), (1, 0), (2, 1)]
    ticks, shown, starts = joined(packets)
    assert ticks.tolist() == [0, 1, 2, 3, 4, 5, 6, 0, 1, 2, 3]
    assert shown.tolist() == list(range(11))
    assert starts == (7,)
    (said,) = restarted(clock_of(shown, Fraction(1, 10), otherwise_fps=30), starts)
    assert "starts anew at 0.70 s" in said


@pytest.mark.parametrize(("fps", "grain"), [(60, 1000), (120, 1000), (240, 600), (25, 100)])
def test_the_rate_of_written_times_is_not_that_of_their_median_step(fps: int, grain: int) -> None:
    times_s = np.round(np.arange(400) / fps * grain) / grain
    assert frame_rate_hz(times_s) == pytest.approx(fps, rel=2e-3)
    assert frame_rate_hz(np.delete(times_s, [50, 51, 200])) == pytest.approx(fps, rel=4e-3)
