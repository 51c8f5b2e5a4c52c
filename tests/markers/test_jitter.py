"""What a track jitters is added to what each frame is unsure of."""

from __future__ import annotations

import numpy as np
import pytest

from gaitlab.markers.jitter import add_jitter_sd


def test_squares_add_and_frames_without_a_place_stay_without() -> None:
    """The median of 1, 2 and 100 is 2: a jitter of 2 / 0.6745, whatever the outlier."""
    sd = add_jitter_sd(np.array([3.0, np.nan, 0.0]), np.array([-1.0, 2.0, np.nan, 100.0]))
    jitter = 2 / 0.6745
    assert sd == pytest.approx([np.hypot(3.0, jitter), np.nan, jitter], nan_ok=True)


def test_the_standard_deviation_of_normal_jitter_is_found() -> None:
    jitter = np.random.default_rng(5).normal(0, 0.4, (4000, 2))
    assert add_jitter_sd(np.zeros(1), jitter) == pytest.approx([0.4], rel=0.03)


def test_without_samples_nothing_is_added() -> None:
    assert add_jitter_sd(np.array([1.5]), np.zeros((0, 2))) == pytest.approx([1.5])
