"""Which slow motion a cadence fits: the factors of phones, and films taken at one rate and shown at another."""

from __future__ import annotations

import numpy as np
import pytest

from gaitlab.core.pose import PoseSequence, Step
from gaitlab.core.skeleton import SKELETONS
from gaitlab.events.slow_motion import likely_factors, plays_fps


@pytest.mark.parametrize(
    ("cadence", "fps", "likeliest"),
    [
        (84.0, 30.0, 2.0),  # 168 at 60 shown at 30
        (74.0, 25.0, 2.4),  # 178 at 60 shown at 25; 148 at 50
        (51.0, 9.0, 30 / 9),  # 170 at 30 of which 9 are shown
        (35.0, 25.0, 4.8),  # 168 at 120 shown at 25
        (21.0, 30.0, 8.0),  # 168 at 240 shown at 30
        (18.0, 25.0, 9.6),  # 173 at 240 shown at 25
        (102.0, 30.0, 50 / 30),  # 170 at 50 shown at 30
        (43.0, float("nan"), 4.0),
    ],
)
def test_the_likeliest_slow_motion(cadence: float, fps: float, likeliest: float) -> None:
    factors = likely_factors(cadence, fps=fps)
    assert factors[0] == pytest.approx(likeliest)
    assert all(130 <= cadence * factor <= 220 for factor in factors)


def test_no_slow_motion_makes_a_run_of_five_steps_a_minute() -> None:
    assert likely_factors(5.0, fps=30.0) == ()


def test_the_rate_to_enter_is_that_of_the_film_with_its_repeated_pictures() -> None:
    """25 different pictures a second, each shown twice, are a film of 50."""
    skeleton = SKELETONS["coco_17"]
    step = Step("repeated pictures", {"shown_times": 2.0}, {"frames_left_out": 40})
    pose = PoseSequence(
        np.zeros((40, len(skeleton), 2)), np.ones((40, len(skeleton))), np.arange(40) / 25, skeleton, (step,)
    )
    assert plays_fps(pose) == pytest.approx(50.0)
    assert plays_fps(PoseSequence(pose.xy, pose.score, pose.time_s, skeleton)) == pytest.approx(25.0)
