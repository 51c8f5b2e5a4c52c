from __future__ import annotations

import numpy as np

from gaitlab.signal.residual import HIGHEST_HZ, LOWEST_HZ, residual_cutoff_hz

TIME_S = np.arange(1200) / 120


def motion(highest_hz: float) -> np.ndarray:
    """A periodic motion with power up to a frequency, in px."""
    harmonics = np.arange(1.4, highest_hz + 0.1, 1.4)
    return sum(120 / (k + 1) * np.sin(2 * np.pi * f * TIME_S + k) for k, f in enumerate(harmonics))


def test_faster_motion_asks_for_a_higher_cutoff() -> None:
    rng = np.random.default_rng(5)
    slow, fast = (motion(hz) + rng.normal(0, 1.0, len(TIME_S)) for hz in (3, 9))
    chosen = residual_cutoff_hz(np.stack([slow, fast], axis=1), TIME_S)
    assert LOWEST_HZ <= chosen[0] < chosen[1] <= HIGHEST_HZ
    assert chosen[0] < 8
    assert chosen[1] > 8


def test_the_choice_is_near_the_best_one() -> None:
    from gaitlab.signal.smoothing import butterworth

    truth = motion(6)
    noisy = truth + np.random.default_rng(6).normal(0, 2.0, len(TIME_S))
    errors = {hz: np.std(butterworth(noisy, TIME_S, cutoff_hz=hz) - truth) for hz in (3, 4, 6, 8, 10, 12, 15, 20)}
    chosen = float(residual_cutoff_hz(noisy[:, None], TIME_S)[0])
    assert np.std(butterworth(noisy, TIME_S, cutoff_hz=chosen) - truth) < 1.6 * min(errors.values())


def test_too_little_data_gives_no_answer() -> None:
    assert np.isnan(residual_cutoff_hz(np.zeros((20, 1)), TIME_S[:20])).all()
