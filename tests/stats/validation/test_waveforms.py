"""RMS differences and the CMC, by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from gaitlab.stats.validation.waveforms import cmc, compare_curves

TIME_S = np.arange(0, 5, 0.01)
KNEE = 30 + 30 * np.sin(2 * np.pi * TIME_S)
STRIDES_S = np.array([[1.0, 2.0], [2.0, 3.0], [3.0, 4.0]])


def test_an_offset_is_a_bias_and_nothing_else() -> None:
    told = compare_curves((TIME_S, KNEE + 4), (TIME_S, KNEE), STRIDES_S)
    assert told is not None
    assert (told.rmse, told.rmse_offset_removed, told.bias) == pytest.approx((4.0, 0.0, 4.0), abs=1e-9)
    assert told.found.shape == told.true.shape == (3, 101)


def test_rms_of_a_sine_is_its_height_by_the_root_of_two() -> None:
    wave = 3 * np.sin(2 * np.pi * 4 * TIME_S)
    told = compare_curves((TIME_S, KNEE + wave), (TIME_S, KNEE), STRIDES_S)
    assert told is not None
    assert told.rmse == pytest.approx(3 / math.sqrt(2), rel=1e-3)


def test_other_frame_rates_and_gaps() -> None:
    slow = np.arange(0.5, 4.5, 1 / 30)
    values = np.interp(slow, TIME_S, KNEE)
    values[20:40] = np.nan
    told = compare_curves((slow, values), (TIME_S, KNEE), STRIDES_S)
    assert told is not None
    assert told.rmse < 0.2
    assert len(told.found) == 2
    assert compare_curves((slow, values * np.nan), (TIME_S, KNEE), STRIDES_S) is None


def test_cmc_of_equal_curves_is_one() -> None:
    curves = np.stack([np.sin(np.linspace(0, 2 * np.pi, 101))] * 2)
    assert cmc(curves[None]) == pytest.approx(1.0)


def test_cmc_of_an_offset_by_hand() -> None:
    """Between: 2 (c/2)² a sample; in all: 2 (1/2 + (c/2)²), with n - 1 of 2·101 degrees of freedom."""
    phase = 2 * np.pi * np.arange(101) / 101
    offset = 0.6
    curves = np.stack([np.sin(phase) + offset, np.sin(phase)])[None]
    between = 101 * 2 * (offset / 2) ** 2 / 101
    whole = 101 * 2 * (0.5 + (offset / 2) ** 2) / (2 * 101 - 1)
    assert cmc(curves) == pytest.approx(math.sqrt(1 - between / whole))


def test_cmc_forgives_strides_that_differ() -> None:
    """Both measure every stride at once: that strides differ is not held against them."""
    shape = np.sin(2 * np.pi * np.arange(101) / 101)
    curves = np.stack([np.stack([k * shape, k * shape]) for k in (0.5, 1.0, 2.0)])
    assert cmc(curves) == pytest.approx(1.0)


def test_an_imaginary_cmc_is_missing() -> None:
    flat = np.stack([np.zeros(101), np.full(101, 10.0)])[None]
    assert math.isnan(cmc(flat + 0.1 * np.sin(np.arange(101))))
    assert math.isnan(cmc(np.empty((0, 2, 101))))
