"""The filters against weights and gains worked out by hand, their stated cut-off, and what every filter must keep."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest

from gaitlab.signal.smoothing import SMOOTHERS, butterworth, effective_cutoff_hz, savgol_windows, savitzky_golay

RNG = np.random.default_rng(7)
METHODS = sorted(SMOOTHERS)


def test_savitzky_golay_weighs_as_in_the_tables_of_1964() -> None:
    """An impulse comes out as the weights: the windows of 5 and 7, mixed so that 0.707 is left at 10 Hz."""
    five, seven = np.array([0, -3, 12, 17, 12, -3, 0]) / 35, np.array([-2, 3, 6, 7, 6, 3, -2]) / 21
    # At 60 fps a wave of 10 Hz goes by 60 degrees a frame: (17 + 12 + 3) / 35 and (7 + 6 - 3 + 4) / 21 of it are left.
    share = (32 / 35 - np.sqrt(0.5)) / (32 / 35 - 14 / 21)
    impulse = np.zeros(31)
    impulse[15] = 1.0
    smoothed = savitzky_golay(impulse, np.arange(31) / 60, cutoff_hz=10.0)
    np.testing.assert_allclose(smoothed[12:19], (1 - share) * five + share * seven, atol=1e-12)
    np.testing.assert_allclose(smoothed[[*range(12), *range(19, 31)]], 0.0, atol=1e-12)


def test_the_savitzky_golay_filter_goes_on_with_its_cubic_to_the_ends() -> None:
    """Five frames hold one cubic: what it lacks of them is their share in (1 -4 6 -4 1), orthogonal to all cubics."""
    values, fourth = np.array([3.0, -1.0, 4.0, 1.0, -5.0]), np.array([1, -4, 6, -4, 1])
    expected = values - (values @ fourth) / 70 * fourth
    np.testing.assert_allclose(savitzky_golay(values, np.arange(5) / 60, cutoff_hz=10.0), expected, atol=1e-12)
    time_s = np.arange(60) / 60
    cubic = 2 - 5 * time_s + 40 * time_s**2 - 300 * time_s**3
    np.testing.assert_allclose(savitzky_golay(cubic, time_s, cutoff_hz=6.0), cubic, atol=1e-9)


@pytest.mark.parametrize("fps", [30.0, 120.0])
def test_the_butterworth_filter_has_its_maximally_flat_gain(fps: float) -> None:
    """Twice 2nd order, in the bilinear measure w = tan(pi f / fps): 1 / (1 + (sqrt 2 - 1) (w / w of the cut-off)^4)."""
    time_s = np.arange(1201) / fps
    for wave_hz in (1.0, 5.0, 10.0, 14.0):
        wave = np.cos(2 * np.pi * wave_hz * (time_s - time_s[600]))
        ratio = np.tan(np.pi * wave_hz / fps) / np.tan(np.pi * 10 / fps)
        left = butterworth(wave, time_s, cutoff_hz=10.0)[600]
        assert left == pytest.approx(1 / (1 + (np.sqrt(2) - 1) * ratio**4), abs=1e-9)


def test_windows_of_the_savitzky_golay_filter() -> None:
    # A third of the frame rate: the window of 5, (-3 12 17 12 -3) / 35, leaves (17 - 12 + 3) / 35 of it, that of 3 all.
    window, share = savgol_windows(30.0, 10.0)
    assert window == 3
    assert share == pytest.approx((1 - np.sqrt(0.5)) / (1 - 8 / 35))
    assert [savgol_windows(fps, 10.0)[0] for fps in (60.0, 120.0, 240.0)] == [5, 11, 25]


def measured_cutoff_hz(method: str, *, fps: float, asked_hz: float) -> float:
    """Return where sines keep 0.707 of their amplitude: feeds them, and measures what comes out in the middle."""
    time_s = np.arange(int(4 * fps)) / fps
    tried_hz = np.linspace(0.7 * asked_hz, min(1.3 * asked_hz, 0.49 * fps), 41)
    phase = 2 * np.pi * time_s[:, None] * tried_hz
    waves = np.concatenate([np.cos(phase), np.sin(phase)], axis=1) * 100
    smoothed = SMOOTHERS[method](waves, time_s, cutoff_hz=asked_hz)[len(time_s) // 2] / 100
    gain = np.hypot(smoothed[:41], smoothed[41:])
    return float(np.interp(-np.sqrt(0.5), -gain, tried_hz))


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("fps", [24.0, 25.0, 30.0, 50.0, 60.0, 100.0, 120.0, 240.0])
def test_the_cutoff_is_where_0_707_is_left(method: str, fps: float) -> None:
    for asked_hz in (4.0, 6.0, 10.0, 11.0):
        assert measured_cutoff_hz(method, fps=fps, asked_hz=asked_hz) == pytest.approx(asked_hz, rel=0.02)
        stated_hz = effective_cutoff_hz(method, rate_hz=fps, cutoff_hz=asked_hz)
        assert stated_hz == pytest.approx(asked_hz, rel=0.02)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("spacing", [np.array([1.0]), np.array([1.0, 1.5])])
def test_what_the_frames_cannot_show_is_not_smoothed(method: str, spacing: np.ndarray) -> None:
    """At 14 frames a second nothing above 7 Hz is seen: a filter of 10 Hz has nothing to take, steady frames or not."""
    time_s = np.cumsum(np.resize(spacing, 60)) / 14
    walk = np.cumsum(RNG.normal(size=(60, 2)), axis=0)
    np.testing.assert_array_equal(SMOOTHERS[method](walk, time_s, cutoff_hz=10.0), walk)
    assert effective_cutoff_hz(method, rate_hz=14.0, cutoff_hz=10.0) is None


@pytest.mark.parametrize("method", METHODS)
def test_a_jump_of_the_clock_is_a_gap(method: str) -> None:
    """Hours between two frames are neither filled with frames nor smoothed across."""
    time_s = np.arange(80) / 30
    step = np.where(time_s < time_s[40], 0.0, 100.0)
    time_s[40:] += 1e6
    np.testing.assert_allclose(SMOOTHERS[method](step, time_s, cutoff_hz=6.0), step, atol=1e-6)


@pytest.mark.parametrize("method", METHODS)
def test_constants_and_lines_pass_unchanged(method: str) -> None:
    time_s = np.arange(100) / 60
    values = np.stack([np.full(100, 7.0), 3 + 20 * time_s], axis=1)
    np.testing.assert_allclose(SMOOTHERS[method](values, time_s, cutoff_hz=8.0), values, atol=1e-3)


@pytest.mark.parametrize("method", METHODS)
def test_no_lag(method: str) -> None:
    time_s = np.arange(400) / 100
    wave = np.sin(2 * np.pi * 2 * time_s)
    smoothed = SMOOTHERS[method](wave, time_s, cutoff_hz=10.0)
    lags = np.arange(-5, 6)
    runner_score = [np.corrcoef(wave[50:-50], np.roll(smoothed, lag)[50:-50])[0, 1] for lag in lags]
    assert lags[np.argmax(runner_score)] == 0


@pytest.mark.parametrize("method", METHODS)
def test_gaps_stay_gaps_and_do_not_spread(method: str) -> None:
    time_s = np.arange(120) / 60
    values = np.sin(2 * np.pi * time_s)[:, None] * [1.0, 1.0]
    values[50:60, 0] = np.nan
    smoothed = SMOOTHERS[method](values, time_s, cutoff_hz=10.0)
    np.testing.assert_array_equal(np.isnan(smoothed), np.isnan(values))
    np.testing.assert_allclose(smoothed[:, 1], np.sin(2 * np.pi * time_s), atol=0.02)


@pytest.mark.parametrize("method", METHODS)
def test_variable_frame_rate_smooths_the_same_motion(method: str) -> None:
    steady_s = np.arange(360) / 60
    wobbly_s = steady_s + np.where(np.arange(360) % 3 == 0, 0.004, 0.0)

    def motion(time_s: np.ndarray) -> np.ndarray:
        return 100 * np.sin(2 * np.pi * 1.4 * time_s)

    smoothed = SMOOTHERS[method](motion(wobbly_s), wobbly_s, cutoff_hz=10.0)
    assert np.max(np.abs(smoothed - motion(wobbly_s))[10:-10]) < 1.0


def test_smoothing_removes_noise() -> None:
    time_s = np.arange(1200) / 120
    clean = 100 * np.sin(2 * np.pi * 1.4 * time_s)
    noisy = clean + RNG.normal(0, 3, 1200)
    for method in METHODS:
        smoothed = SMOOTHERS[method](noisy, time_s, cutoff_hz=10.0)
        assert np.std(smoothed - clean) < 0.55 * np.std(noisy - clean), method


def test_the_kalman_smoother_believes_good_scores() -> None:
    time_s = np.arange(240) / 60
    values = np.zeros(240)
    values[120:126] = 30.0
    score = np.full(240, 0.9)
    trusting = SMOOTHERS["kalman"](values, time_s, cutoff_hz=6.0, score=score)
    score[120:126] = 0.2
    doubting = SMOOTHERS["kalman"](values, time_s, cutoff_hz=6.0, score=score)
    assert doubting.max() < 0.5 * trusting.max()


@pytest.mark.parametrize("method", METHODS)
def test_a_long_memory_costs_no_memory(method: str) -> None:
    """The lowest cut-off at a high frame rate: what a smoother holds at once grows with the points, not the window."""
    time_s = np.arange(2400) / 240
    values = np.cumsum(RNG.normal(size=(2400, 20)), axis=0)
    tracemalloc.start()
    try:
        SMOOTHERS[method](values, time_s, cutoff_hz=1.0)
        _, peak_bytes = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak_bytes < 60 * values.nbytes
