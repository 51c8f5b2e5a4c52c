"""What is drawn into a picture is what was seen in it, also where a film shows a picture more than once."""

from __future__ import annotations

import numpy as np
import pytest

from gaitlab.io.video.annotate import frame_shown

FPS = 30.0


@pytest.mark.parametrize("shown", [[1] * 10, [2] * 5, [1, 3, 2, 1, 4, 1], [3, 3, 1, 5]])
def test_a_repeated_picture_is_drawn_over_as_the_one_that_it_repeats(shown: list[int]) -> None:
    begins_s = (np.cumsum(shown) - shown) / FPS
    numbers = np.repeat(np.arange(len(shown)), shown)
    times_s = np.arange(len(numbers)) / FPS
    for off_s in (-0.001, 0.0, 0.001):  # a clock of milliseconds rounds
        assert [frame_shown(begins_s, time_s + off_s, fps=FPS) for time_s in times_s] == numbers.tolist()


@pytest.mark.parametrize("rate", [15.0, 29.97, 60.0, 120.0])
def test_keypoints_of_another_rate_are_drawn_at_most_half_a_picture_early(rate: float) -> None:
    times_s = np.arange(round(4 * rate)) / rate
    for time_s in np.arange(100) / FPS:
        number = frame_shown(times_s, time_s, fps=FPS)
        assert times_s[number] - time_s <= 0.5 / FPS + 1e-9
        assert abs(times_s[number] - time_s) <= max(0.5 / FPS, 1 / rate - 0.5 / FPS) + 1e-9
