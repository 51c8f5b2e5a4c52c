"""Squats of known depth, tempo and number, from the side and from the front."""

from __future__ import annotations

import numpy as np
import pytest

from gaitlab.analysis.movement import analyze_movement
from gaitlab.analysis.recording import Analysis
from gaitlab.config import Settings
from gaitlab.core.metric import View
from gaitlab.core.person import Runner
from gaitlab.core.pose import PoseSequence
from tests.movements.make import HEIGHT_M, THIGH_M, bumps, front_body, pictured, side_body, squats, times
from tools.synthetic.movements.points import film_points

TEMPO = {"down_s": 1.0, "hold_s": 0.4, "up_s": 1.4}
STARTS_S = [1.0, 5.0, 9.0, 13.0]
TIME_S = times(17.0, 60.0)


def analysed(pose: PoseSequence, movement: str = "squat", view: View = "side") -> Analysis:
    return analyze_movement(pose, movement=movement, runner=Runner(height_m=HEIGHT_M), settings=Settings(), view=view)


def means(analysis: Analysis) -> dict[tuple[str, str], float]:
    return {(row.metric, row.side): row.mean for row in analysis.summary}


def side_squats(depth_deg: float = 10.0, **how: object) -> PoseSequence:
    return pictured(squats(TIME_S, STARTS_S, depth_deg=depth_deg, **TEMPO), TIME_S, **how)  # type: ignore[arg-type]


@pytest.mark.parametrize("depth_deg", [-15.0, 0.0, 30.0])
def test_depth_trunk_and_number_are_those_of_the_equation(depth_deg: float) -> None:
    found = analysed(side_squats(depth_deg, noise_px=1.0))
    assert [one.accepted for one in found.trial.repetitions] == [True] * 4
    values = means(found)
    for side in ("left", "right"):
        assert values["squat_depth", side] == pytest.approx(depth_deg, abs=1.0)
        # The knee is bent by what the thigh leans and the shank: 90 - depth and 30.
        assert values["squat_knee_flexion", side] == pytest.approx(120.0 - depth_deg, abs=1.5)
        assert values["squat_heel_lift", side] == pytest.approx(0.0, abs=0.01)
    assert values["squat_trunk_lean", "both"] == pytest.approx(40.0, abs=1.0)
    # Both segments come down by their length times one minus the cosine of their lean.
    leans = np.radians([90.0 - depth_deg, 30.0])
    assert values["squat_hip_drop", "both"] == pytest.approx(THIGH_M * np.sum(1 - np.cos(leans)), abs=0.015)


def test_tempo_is_that_of_the_hips() -> None:
    found = analysed(side_squats())
    (first, *_) = found.trial.repetitions
    assert first.at("bottom") == pytest.approx(2.2, abs=0.25)  # it holds from 2.0 to 2.4 s
    values = means(found)
    shares = bumps(TIME_S, STARTS_S[:1], **TEMPO)
    height = THIGH_M * (np.cos(np.radians(80 * shares)) + np.cos(np.radians(30 * shares)))
    fallen = (height.max() - height) / np.ptp(height)
    down_s, hold_s = (np.ptp(TIME_S[fallen > level]) for level in (0.05, 0.9))
    assert values["squat_time", "both"] == pytest.approx(down_s, abs=0.05)
    assert values["squat_hold_time", "both"] == pytest.approx(hold_s, abs=0.05)
    total = sum(values[f"squat_{part}_time", "both"] for part in ("down", "hold", "up"))
    assert total == pytest.approx(values["squat_time", "both"], abs=1e-6)


@pytest.mark.parametrize("fps", [30.0, 60.0])
@pytest.mark.parametrize("hold_s", [0.5, 2.0])
def test_a_long_hold_is_as_long_as_it_is(hold_s: float, fps: float) -> None:
    """Noise of 1.5 px: within 5 % of the largest value it cut holds of two seconds short by up to 0.7 s."""
    for seed in (106, 107):
        pose, truth = film_points(
            "squat", fps=fps, seed=seed, noise_px=1.5, hold_s=hold_s, width_px=1280, height_px=720
        )
        held = [value.value for value in analysed(pose).values if value.metric == "squat_hold_time"]
        assert held == pytest.approx(truth["pause_s"], abs=0.1)


def test_a_mirrored_scaled_and_shifted_picture_gives_the_same_angles() -> None:
    plain = means(analysed(side_squats()))
    other = means(analysed(side_squats(rightwards=-1, px_per_m=150.0, origin_px=(300.0, 400.0))))
    assert plain.keys() == other.keys()
    for key, value in plain.items():
        assert other[key] == pytest.approx(value, abs=0.2 if abs(value) > 3 else 0.01, nan_ok=True), key


def test_a_lifted_heel_is_told() -> None:
    share = bumps(TIME_S, STARTS_S, **TEMPO)
    body = side_body(thigh_deg=80 * share, shank_deg=30 * share, trunk_deg=40 * share, heel_lift_m=0.06 * share)
    assert means(analysed(pictured(body, TIME_S)))["squat_heel_lift", "right"] == pytest.approx(0.06, abs=0.005)


def test_a_squat_that_the_recording_cuts_is_not_used() -> None:
    whole = side_squats()
    cut = whole.between(1.7, 17.0)  # it begins on the way down of the first
    found = analysed(cut)
    assert [one.accepted for one in found.trial.repetitions] == [False, True, True, True]
    assert found.trial.repetitions[0].reason == "the recording shows a part of it only"


def test_steps_are_no_squats() -> None:
    swing = 40 * np.sin(2 * np.pi * 0.8 * TIME_S)
    body = side_body(thigh_deg=np.abs(swing) + swing, shank_deg=0 * swing, trunk_deg=0 * swing)
    other = side_body(thigh_deg=np.abs(swing) - swing, shank_deg=0 * swing, trunk_deg=0 * swing)
    lifted = {name: points for name, points in other.items() if name.startswith("left_")}
    hips = body["mid_hip"]
    # The hips stay where they are and the feet go up in turn.
    one = {name: points - hips for name, points in body.items()}
    one |= {name: points - other["mid_hip"] for name, points in lifted.items()}
    found = analysed(pictured(one, TIME_S))
    assert not any(repetition.accepted for repetition in found.trial.repetitions)
    assert not found.supports_gait


def test_from_the_front_left_and_right_are_the_persons() -> None:
    share = bumps(TIME_S, STARTS_S, **TEMPO)
    body = front_body(0.84 - 0.4 * share, hip_shift_m=0.05 * share, knees_in_m=0.03 * share)
    seen = means(analysed(pictured(body, TIME_S, rightwards=-1), view="front"))
    behind = means(analysed(pictured(body, TIME_S, rightwards=1), view="rear"))
    assert seen == pytest.approx(behind, nan_ok=True)
    assert seen["squat_hip_shift", "both"] == pytest.approx(0.05, abs=0.005)
    assert seen["squat_hip_drop", "both"] == pytest.approx(0.4, abs=0.02)
    # The hips shifted to the right bring the right hip outwards of its foot: the legs lean, the knees go inwards.
    assert seen["squat_knee_projection", "left"] > 5
    assert seen["squat_knee_projection", "right"] > 5


def test_one_squat_alone_has_no_uncertainty_but_that_of_its_times_where_no_scale_is_known() -> None:
    once = side_squats(noise_px=1.0).between(0.0, 4.4)
    found = analyze_movement(once, movement="squat", runner=Runner(), settings=Settings(), view="side")
    rows = {row.metric: row for row in found.summary}
    assert (rows["squat_hip_drop"].n, rows["squat_hip_drop"].unit) == (1, "leg lengths")
    assert np.isnan(rows["squat_hip_drop"].uncertainty)
    assert 0 < rows["squat_time"].uncertainty < 0.1


def test_of_two_squats_the_times_are_told_as_they_were_measured_and_the_rest_has_no_uncertainty() -> None:
    twice = side_squats(noise_px=1.0).between(0.0, 8.0)
    found = analyze_movement(twice, movement="squat", runner=Runner(), settings=Settings(), view="side")
    rows = {row.metric: row for row in found.summary}
    assert rows["squat_time"].n == 2
    assert 0 < rows["squat_time"].uncertainty < 0.1
    assert rows["squat_hip_drop"].sd > 0
    assert np.isnan(rows["squat_hip_drop"].uncertainty)
