"""What somebody does is told from keypoints: lunges are no squats, and no squat or chair is a lunge."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from gaitlab.analysis import warnings
from gaitlab.metrics.movements.recognise import recognise
from tests.kinematics.test_view import filmed
from tests.movements.make import pictured, times
from tests.movements.test_others import rider
from tests.movements.test_squat import analysed

# A squat beside an exact side or front view is one too.
SEEN = [("right", 0.0), ("left", 30.0), ("right", -30.0), ("front", 0.0), ("front", 30.0), ("behind", -20.0)]


@pytest.mark.parametrize(("seen_from", "off_deg"), SEEN)
@pytest.mark.parametrize("seed", [201, 202])
def test_lunges_are_any_movement_and_say_so(seen_from: str, off_deg: float, seed: int) -> None:
    seen = recognise(filmed("lunge", seen_from, off_deg, seed=seed))
    assert seen.movement == "any"
    (line,) = warnings.taken_for(seen.movement, seen.why)
    assert line.startswith("taken for any: the hips come down between a leg in front and one behind, as in lunges, 5 ")


@pytest.mark.parametrize(("seen_from", "off_deg"), SEEN)
@pytest.mark.parametrize("seed", [201, 202])
def test_no_squat_and_no_chair_is_a_lunge(seen_from: str, off_deg: float, seed: int) -> None:
    assert recognise(filmed("squat", seen_from, off_deg, seed=seed)).movement == "squat"
    assert recognise(filmed("sit_to_stand", seen_from, off_deg, seed=seed)).movement == "sit-to-stand"


def test_lunges_that_were_said_to_be_a_run_are_something_else() -> None:
    seen = recognise(filmed("lunge", "right", 0.0))
    said = warnings.mistaken(seen.movement, seen.why, said="run")
    assert said.startswith("this looks like something else (the hips come down")
    assert said.endswith("the movement must be entered: any")


def test_feet_that_come_to_the_hips_are_no_squat_and_no_stand_from_a_chair() -> None:
    """Where a network puts both legs on the near pedal they bend together, under hips that stay."""
    time_s = times(14.0, 60.0)
    pose = pictured(rider(time_s, rpm=90.0, crank_m=0.17, saddle_m=0.6), time_s)
    assert recognise(pose).movement not in ("squat", "sit-to-stand")
    for movement in ("squat", "sit-to-stand"):
        found = analysed(pose, movement)
        assert found.trial.repetitions
        assert not any(one.accepted for one in found.trial.repetitions)


def test_legs_that_a_network_only_guesses_show_no_movement() -> None:
    """Of a runner who is cut off at the hips the points of the legs do anything, also what a squat or a jump does."""
    seen = filmed("squat", "right", 0.0)
    score = np.array(seen.score)
    for side in ("left", "right"):
        ankle = seen.skeleton.index(f"{side}_ankle")
        score[: len(seen) // 2, ankle] = 0.2
        assert recognise(replace(seen, score=score)).movement == ("squat" if side == "left" else "")
