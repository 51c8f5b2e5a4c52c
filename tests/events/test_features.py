"""Instants read off curves, by hand."""

from __future__ import annotations

import numpy as np
import pytest

from gaitlab.events.features import EventFeature, find_feature


def rise_of(values: list[float] | np.ndarray, *, level: float = 0.0, find: str = "rise") -> float:
    """A sample every 10 ms from 0 on; the window holds them all."""
    time_s = 0.01 * np.arange(len(values))
    feature = EventFeature("any", find, (-1.0, 5.0), 0.0)  # type: ignore[arg-type]
    return find_feature(feature, time_s, np.array(values, dtype=float), 0.5, level)


def test_one_crossing_lies_where_the_line_does() -> None:
    assert rise_of([-3.0, -1.0, 3.0, 5.0]) == pytest.approx(0.0125)
    assert rise_of([3.0, 1.0, -3.0, -5.0], find="fall") == pytest.approx(0.0125)
    assert np.isnan(rise_of([1.0, 2.0, 3.0]))


def test_of_several_the_one_that_parts_best() -> None:
    # A spike before the rise and one after it: of eleven samples only the spikes lie on the wrong side of the middle.
    assert rise_of([-5, -4, 1, -3, -2, 2, 3, 4, -1, 5, 6]) == pytest.approx(0.045)
    assert rise_of([-1, 1, -1, 1]) == pytest.approx(0.015)  # two that part equally well: their mean


def test_noise_does_not_make_it_earlier() -> None:
    """A steady rise through 0 at 1 s in noise: the mean over many is that second; the first crossing is far earlier."""
    rng = np.random.default_rng(1)
    time_s = 0.01 * np.arange(201)
    found, first = [], []
    for _ in range(400):
        curve = 2 * (time_s - 1.0) + rng.normal(0, 0.3, len(time_s))
        found.append(rise_of(curve))
        first.append(time_s[np.flatnonzero((curve[:-1] < 0) & (curve[1:] >= 0))[0]])
    assert np.mean(found) == pytest.approx(1.0, abs=0.01)
    assert np.mean(first) < 0.9
