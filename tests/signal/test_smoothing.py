"""The filters against scipy, against their stated cut-off, and against what every filter must keep."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import signal as oracle

from gaitlab.signal.smoothing import SMOOTHERS, butterworth, savgol_window, savitzky_golay

RNG = np.random.default_rng(7)
METHODS = sorted(SMOOTHERS)


def test_savitzky_golay_is_scipys() -> None:
    time_s = np.arange(300) / 120
    walk = np.cumsum(RNG.normal(size=(300, 3)), axis=0)
    expected = oracle.savgol_filter(walk, savgol_window(120.0, 10.0), 3, axis=0, mode="interp")
    np.testing.assert_allclose(savitzky_golay(walk, time_s, cutoff_hz=10.0), expected, atol=1e-9)


def test_butterworth_is_scipys() -> None:
    time_s = np.arange(300) / 120
    walk = np.cumsum(RNG.normal(size=(300, 3)), axis=0)
    b, a = oracle.butter(2, 10 / (np.sqrt(2) - 1) ** 0.25 / 60)
    expected = oracle.filtfilt(b, a, walk, axis=0, padlen=36)
    np.testing.assert_allclose(butterworth(walk, time_s, cutoff_hz=10.0), expected, atol=1e-9)


def test_windows_of_the_savitzky_golay_filter() -> None:
    # -3 dB near 10 Hz; at 30 fps nothing stronger than 5 frames exists that still smooths.
    assert [savgol_window(fps, 10.0) for fps in (30.0, 60.0, 120.0, 240.0)] == [5, 7, 13, 25]


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("fps", [120.0, 240.0])
def test_the_cutoff_is_where_0_707_is_left(method: str, fps: float) -> None:
    time_s = np.arange(int(6 * fps)) / fps
    wave = 100 * np.sin(2 * np.pi * 10 * time_s)
    smoothed = SMOOTHERS[method](wave, time_s, cutoff_hz=10.0)
    middle = (time_s > 2) & (time_s < 4)
    gain = 2 * np.mean(smoothed[middle] * np.sin(2 * np.pi * 10 * time_s[middle])) / 100
    # The Savitzky-Golay window is a whole number of frames, so its cut-off is the nearest one.
    assert gain == pytest.approx(np.sqrt(0.5), abs=0.03 if method == "savitzky-golay" else 0.015)


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
    likeness = [np.corrcoef(wave[50:-50], np.roll(smoothed, lag)[50:-50])[0, 1] for lag in lags]
    assert lags[np.argmax(likeness)] == 0


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
