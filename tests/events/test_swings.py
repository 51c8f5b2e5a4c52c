"""The coarse rhythm, of curves whose turning points are known."""

from __future__ import annotations

import numpy as np
import pytest

from gaitlab.core.errors import InputError
from gaitlab.events.signals import RATE_HZ
from gaitlab.events.swings import find_swings, stride_time_s

TIME_S = np.arange(0, 6, 1 / RATE_HZ)


def test_the_stride_is_the_shortest_time_that_repeats() -> None:
    assert stride_time_s(np.cos(2 * np.pi * TIME_S / 0.7)) == pytest.approx(0.7, abs=1 / RATE_HZ)
    # Two strides, 1.4 s, repeat better than one where every other stride is a little longer.
    uneven = np.cos(2 * np.pi * TIME_S / 0.7) + 0.2 * np.cos(2 * np.pi * TIME_S / 1.4)
    assert stride_time_s(uneven) == pytest.approx(0.7, abs=2 / RATE_HZ)


def test_the_stride_is_found_to_the_ends_of_what_is_searched() -> None:
    """A sprinter's shortest and a stroll's longest stride, 0.45 and 2 s, and not beyond."""
    for stride_s in (0.46, 1.99):
        assert stride_time_s(np.cos(2 * np.pi * TIME_S / stride_s)) == pytest.approx(stride_s, rel=0.02)
    slow = np.cos(2 * np.pi * TIME_S / 2.2)
    with pytest.raises(InputError, match="no repeating stride"):
        stride_time_s(slow)


@pytest.mark.parametrize("strides", [1.2, 1.6, 2.2])
@pytest.mark.parametrize("stride_s", [0.6, 1.2])
def test_a_stride_and_a_bit_are_enough(strides: float, stride_s: float) -> None:
    part = TIME_S[: int(strides * stride_s * RATE_HZ)]
    wave = np.cos(2 * np.pi * part / stride_s + 1.0) + 0.15 * np.cos(6 * np.pi * part / stride_s)
    assert stride_time_s(wave) == pytest.approx(stride_s, rel=0.05)


@pytest.mark.parametrize("seconds", [0.1, 0.5, 6.0])
def test_what_does_not_repeat_has_no_stride(seconds: float) -> None:
    with pytest.raises(InputError, match="no repeating stride"):
        stride_time_s(TIME_S[: int(seconds * RATE_HZ)])


def test_of_two_maxima_within_one_stride_the_higher_is_the_reach() -> None:
    """Strides of 0.8 s from 0.4 s on, each with a lower second maximum 0.3 s after the first."""
    fronts_s = np.arange(0.4, 5.5, 0.8)

    def bumps(at_s: np.ndarray) -> np.ndarray:
        return np.exp(-(((TIME_S[:, None] - at_s) / 0.08) ** 2)).sum(axis=1)

    found = find_swings(TIME_S, bumps(fronts_s) + 0.6 * bumps(fronts_s + 0.3), stride_s=0.8)
    np.testing.assert_allclose(found.front_s, fronts_s, atol=1 / RATE_HZ)
    assert ((found.back_s > found.front_s) | np.isnan(found.back_s)).all()
