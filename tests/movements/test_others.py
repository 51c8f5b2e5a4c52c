"""A crank of known cadence, a chair of known tempo, arms that go up and down, and people from the rendered door."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from gaitlab.analysis.recording import quality
from gaitlab.core.metric import View
from gaitlab.core.pose import FloatArray
from gaitlab.core.text import LANGUAGES
from gaitlab.kinematics.plausibility import check_body
from gaitlab.metrics import METRICS, MOVEMENTS, Trial, with_network_errors
from gaitlab.metrics.movements.cycling import circle_of
from gaitlab.metrics.movements.free import period_of
from gaitlab.metrics.network_errors import Key, NetworkError
from gaitlab.report.shared.movements import texts_of
from gaitlab.report.shared.texts import read_texts
from tests.movements.make import SHANK_M, THIGH_M, bumps, pictured, side_body, times
from tests.movements.test_squat import analysed, means
from tools.synthetic.movements.points import film_points


def rider(time_s: FloatArray, *, rpm: float, crank_m: float, saddle_m: float) -> dict[str, FloatArray]:
    """Return a rider whose ankle goes round under a still hip, both legs alike; the crank begins on top."""
    turn = 2 * np.pi * rpm / 60 * time_s
    ankle = np.stack([0.15 + crank_m * np.sin(turn), 0.4 + crank_m * np.cos(turn)], axis=1)
    hip = np.array([0.0, 0.4 + saddle_m])
    way = hip - ankle
    distance = np.linalg.norm(way, axis=1)
    # The knee by the law of cosines, ahead of the line from ankle to hip.
    inner = np.arccos((SHANK_M**2 + distance**2 - THIGH_M**2) / (2 * SHANK_M * distance))
    shank = np.arctan2(way[:, 0], way[:, 1]) + inner
    knee = ankle + SHANK_M * np.stack([np.sin(shank), np.cos(shank)], axis=1)
    thigh = np.degrees(np.arctan2(knee[:, 0] - hip[0], hip[1] - knee[:, 1]))
    return side_body(thigh_deg=thigh, shank_deg=np.degrees(shank), trunk_deg=np.full(len(time_s), 40.0), ankle_m=ankle)


@pytest.mark.parametrize("rpm", [60.0, 93.0, 120.0])
def test_cadence_and_knee_are_those_of_the_crank(rpm: float) -> None:
    time_s = times(10.0, 60.0)
    body = rider(time_s, rpm=rpm, crank_m=0.17, saddle_m=0.6)
    found = analysed(pictured(body, time_s, noise_px=1.0), "cycling")
    values = means(found)
    assert values["crank_cadence", "both"] == pytest.approx(rpm, rel=0.003)
    # At the bottom the ankle is 0.15 m ahead of the hip and 0.6 + 0.17 m below it.
    reach = np.hypot(0.15, 0.77)
    inner = np.arccos((THIGH_M**2 + SHANK_M**2 - reach**2) / (2 * THIGH_M * SHANK_M))
    assert values["knee_at_bottom", "right"] == pytest.approx(180 - np.degrees(inner), abs=1.0)
    assert values["cycling_trunk_lean", "both"] == pytest.approx(40.0, abs=0.5)
    turns = [one for one in found.trial.repetitions if one.side == "right"]
    assert rpm / 6 - 2.1 <= len(turns) <= rpm / 6  # those that begin or end with the recording are not whole
    assert turns[0].at("bottom") == pytest.approx((turns[0].start_s + turns[0].end_s) / 2, abs=0.02)


def test_the_ankle_of_a_rider_is_told_about_its_mean() -> None:
    """The sole stays level, so the ankle bends as the shank leans: forward is dorsiflexion, whose mean is the zero."""
    time_s = times(8.0, 60.0)
    body = rider(time_s, rpm=80.0, crank_m=0.17, saddle_m=0.6)
    ankle = analysed(pictured(body, time_s), "cycling").trial.angles.values_deg["right_ankle_flexion_deg"]
    shank = np.degrees(np.arctan2(*(body["right_knee"] - body["right_ankle"]).T))
    middle = (time_s > 0.5) & (time_s < 7.5)
    np.testing.assert_allclose(ankle[middle], (shank - shank.mean())[middle], atol=0.7)
    assert np.ptp(shank) > 20


def test_what_a_network_is_off_in_movements_stands_beside_each_leg() -> None:
    """Who faces right shows the right leg; what was measured from the side says nothing of the front."""
    time_s = times(8.0, 60.0)
    found = analysed(pictured(rider(time_s, rpm=80.0, crank_m=0.17, saddle_m=0.6), time_s), "cycling")
    table = {
        Key("it", "side", "", metric, leg): NetworkError(bias, 0.0, 5)
        for metric, leg, bias in (
            ("knee_at_bottom", "near", 3.0), ("knee_at_bottom", "far", -5.0), ("crank_cadence", "both", 0.01),
        )
    }  # fmt: skip

    def told(trial: Trial) -> dict[tuple[str, str], float]:
        rows = with_network_errors(trial, found.summary, METRICS, table, {})
        return {(row.metric, row.side): row.network_error for row in rows}

    at_side = told(replace(found.trial, network="it"))
    assert (at_side["knee_at_bottom", "right"], at_side["knee_at_bottom", "left"]) == (3.0, 5.0)
    assert at_side["crank_cadence", "both"] == pytest.approx(0.8, rel=0.01)
    assert np.isnan(at_side["cycling_trunk_lean", "both"])
    assert np.isnan(told(replace(found.trial, network="it", view="front"))["crank_cadence", "both"])


def test_a_mirrored_rider_has_the_same_numbers() -> None:
    time_s = times(8.0, 60.0)
    body = rider(time_s, rpm=80.0, crank_m=0.17, saddle_m=0.6)
    plain, other = (means(analysed(pictured(body, time_s, rightwards=way), "cycling")) for way in (1, -1))
    for metric in ("crank_cadence", "cycling_trunk_lean"):
        assert other[metric, "both"] == pytest.approx(plain[metric, "both"], rel=1e-3)
    # Who faces left shows the left leg.
    assert other["knee_at_bottom", "left"] == pytest.approx(plain["knee_at_bottom", "right"], abs=0.2)


def test_hips_that_stay_on_a_saddle_are_no_points_that_were_lost() -> None:
    time_s = times(8.0, 60.0)
    pose = pictured(rider(time_s, rpm=80.0, crank_m=0.17, saddle_m=0.6), time_s)
    assert any("left hip" in one for one in check_body(pose, "ride.csv", from_file=True))
    assert check_body(pose, "ride.csv", from_file=True, gait=False) == ()


def test_a_rider_is_not_told_to_stand_still() -> None:
    advice = {
        name: " ".join(texts_of(read_texts("en"), {"movement": {"name": name}})["next"]["film"])
        for name in ("squat", "cycling", "sit-to-stand")
    }
    assert ["standing" in advice[name] for name in advice] == [True, False, False]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_dotted_line_of_the_curves_is_named(language: str) -> None:
    for name, movement in MOVEMENTS.items():
        texts = texts_of(read_texts(language), {"movement": {"name": name}})
        assert "{" not in texts["cycle"]["lead"]
        assert name == "cycling" or texts["cycle"]["lead"].endswith(f"{texts['keyframes'][movement.mark]}.")


def test_who_does_not_pedal_turns_no_crank() -> None:
    time_s = times(8.0, 60.0)
    share = bumps(time_s, [1.0, 4.0], down_s=1.0, hold_s=0.2, up_s=1.0)
    found = analysed(
        pictured(side_body(thigh_deg=80 * share, shank_deg=30 * share, trunk_deg=30 * share), time_s), "cycling"
    )
    assert not found.supports_gait
    assert found.doubt.startswith("this looks like squat")


def test_a_circle_through_points_of_a_circle() -> None:
    angle = np.linspace(0.3, 5.0, 40)
    found = circle_of(np.stack([3 + 2 * np.cos(angle), -1 + 2 * np.sin(angle)], axis=1))
    assert found is not None
    centre, radius, off = found
    assert centre == pytest.approx([3, -1])
    assert radius == pytest.approx(2)
    assert off == pytest.approx(0, abs=1e-9)
    assert circle_of(np.zeros((5, 2))) is None


def chair(time_s: FloatArray, starts_s: list[float], *, stands_last: bool = False) -> dict[str, FloatArray]:
    up = bumps(time_s, starts_s, down_s=1.0, hold_s=0.8, up_s=1.2)
    if stands_last:
        up = np.where(time_s > starts_s[-1] + 1.0, 1.0, up)
    return side_body(thigh_deg=85 * (1 - up), shank_deg=12 * (1 - up), trunk_deg=8 + 30 * up * (1 - up) * 4)


def test_five_stands_and_their_tempo() -> None:
    time_s, starts_s = times(24.0, 60.0), [1.0, 5.0, 9.0, 13.0, 17.0]
    found = analysed(pictured(chair(time_s, starts_s), time_s, noise_px=1.0), "sit-to-stand")
    assert [one.accepted for one in found.trial.repetitions] == [True] * 5
    values = means(found)
    # The fifth rise begins 16 s after the first.
    five_s = 16.0 + values["stand_up_time", "both"]
    assert values["five_times_sit_to_stand", "both"] == pytest.approx(five_s, abs=0.1)
    assert values["seated_knee_flexion", "right"] == pytest.approx(97.0, abs=1.5)
    assert values["stand_up_trunk_lean", "both"] == pytest.approx(38.0, abs=1.0)
    up = np.linspace(0, 1, 10001)
    bent = 1 - (0.5 - 0.5 * np.cos(np.pi * up))
    height = THIGH_M * np.cos(np.radians(85 * bent)) + SHANK_M * np.cos(np.radians(12 * bent))
    share = (height - height[0]) / np.ptp(height)
    assert values["stand_up_time", "both"] == pytest.approx(np.ptp(up[(share > 0.05) & (share < 0.95)]), abs=0.03)
    assert values["sit_down_time", "both"] == pytest.approx(1.2 * values["stand_up_time", "both"], rel=0.05)
    rows = {row.metric: row for row in found.summary}
    assert rows["stands_in_30_s"].n == 0  # the recording is shorter


def test_the_last_stand_counts_although_nobody_sits_down() -> None:
    time_s = times(15.0, 30.0)
    found = analysed(pictured(chair(time_s, [1.0, 5.0, 9.0], stands_last=True), time_s), "sit-to-stand")
    assert [one.accepted for one in found.trial.repetitions] == [True, True, True]
    assert np.isnan(found.trial.repetitions[-1].at("sits_down"))
    reasons = {row.metric: row.missing_reason for row in found.summary}
    assert "five stands" in reasons["five_times_sit_to_stand"]
    assert "30 s of film" in reasons["stands_in_30_s"]


def test_thirty_seconds_are_counted() -> None:
    time_s = times(45.0, 30.0)
    starts_s = [1.0 + 3.5 * n for n in range(12)]
    found = analysed(pictured(chair(time_s, starts_s), time_s), "sit-to-stand")
    # Until 31 s: the rises from 1.0 to 29.0 s, the last more than half done; that of 32.5 s is later.
    assert means(found)["stands_in_30_s", "both"] == 9


def test_arms_and_their_rhythm() -> None:
    time_s = times(12.0, 30.0)
    swing = 60 - 60 * np.cos(2 * np.pi * time_s / 2.0)
    zeros = np.zeros(len(time_s))
    body = side_body(thigh_deg=zeros, shank_deg=zeros, trunk_deg=zeros, arm_deg=swing, elbow_deg=0.25 * swing)
    found = analysed(pictured(body, time_s), "any")
    values = means(found)
    assert len([one for one in found.trial.repetitions if one.accepted]) >= 5
    assert values["repetition_rate", "both"] == pytest.approx(30.0, abs=0.5)
    assert values["range_shoulder", "right"] == pytest.approx(120.0, abs=4.0)
    assert values["peak_elbow_any", "right"] == pytest.approx(30.0, abs=2.0)
    assert values["range_knee", "right"] == pytest.approx(0.0, abs=1.0)


def test_no_rhythm_where_there_is_none() -> None:
    time_s = times(6.0, 30.0)
    once = 90 / (1 + np.exp(-8 * (time_s - 3)))
    zeros = np.zeros(len(time_s))
    found = analysed(
        pictured(side_body(thigh_deg=zeros, shank_deg=zeros, trunk_deg=zeros, arm_deg=once), time_s), "any"
    )
    (whole,) = found.trial.repetitions
    assert (whole.start_s, whole.end_s) == (time_s[0], time_s[-1])
    assert means(found)["range_shoulder", "right"] == pytest.approx(90.0, abs=2.0)
    assert any("no rhythm" in warning for warning in found.warnings)
    assert np.isnan(period_of(time_s, once))


KINDS: list[tuple[str, str, View]] = [
    ("jump", "countermovement_jump", "side"), ("jump", "squat_jump", "front"), ("jump", "drop_jump", "side"),
    ("squat", "squat", "side"), ("squat", "squat", "front"), ("sit-to-stand", "sit_to_stand", "side"),
    ("any", "lunge", "side"), ("any", "arm_raise", "front"),
]  # fmt: skip


@pytest.mark.parametrize(("movement", "kind", "view"), KINDS)
@pytest.mark.parametrize("fps", [30.0, 60.0, 240.0])
def test_every_repetition_of_rendered_people_is_found(movement: str, kind: str, view: View, fps: float) -> None:
    for seed in (101, 102):
        pose, truth = film_points(kind, view=view, fps=fps, seed=seed, noise_px=1.5)  # type: ignore[arg-type]
        assert len(analysed(pose, movement, view).trial.counted("both")) == int(truth["repetitions"])


def test_rendered_people_are_within_the_bars() -> None:
    for seed in (103, 104, 105):
        pose, truth = film_points("countermovement_jump", fps=60.0, seed=seed, noise_px=1.5)
        heights = [value.value for value in analysed(pose, "jump").values if value.metric == "jump_height"]
        assert np.abs(heights - truth["jump_height_m"]).mean() < 0.015
        pose, truth = film_points("squat", fps=60.0, seed=seed, noise_px=1.5)
        column = list(truth["angle_names"]).index("left_thigh_over_horizontal_deg")
        depths = [v.value for v in analysed(pose).values if v.metric == "squat_depth" and v.side == "left"]
        assert np.abs(depths - truth["deepest_angles_deg"][:, column]).max() < 4
        pose, truth = film_points("cycling", fps=60.0, seed=seed, noise_px=1.5)
        found = analysed(pose, "cycling")
        near = "left" if found.trial.far_side == "right" else "right"
        assert means(found)["crank_cadence", "both"] == pytest.approx(float(truth["cadence_rpm"]), rel=0.005)
        assert means(found)["knee_at_bottom", near] == pytest.approx(float(truth["knee_at_bottom_deg"]), abs=4)


def test_a_point_that_jumps_between_two_frames_bends_no_elbow_beyond_what_frames_show() -> None:
    """A spline through 20 and 170 degrees swings over both: elbows of 230 degrees were told."""
    time_s = times(3.0, 20.0)
    still = 0 * time_s
    elbow = np.where((time_s > 1.0) & (time_s < 1.4), 170.0, 20.0)
    found = analysed(
        pictured(side_body(thigh_deg=still, shank_deg=still, trunk_deg=still, elbow_deg=elbow), time_s), "any"
    )
    values = means(found)
    frames = found.trial.angles.values_deg["left_elbow_flexion_deg"]
    assert values["peak_elbow_any", "left"] <= np.nanmax(frames) + 0.05 * np.ptp(frames)
    assert values["range_elbow", "left"] <= 1.1 * np.ptp(frames)


def test_turns_of_both_pedals_are_counted_where_those_of_both_are_that_were_not_used() -> None:
    time_s = times(14.0, 60.0)
    found = analysed(pictured(rider(time_s, rpm=90.0, crank_m=0.17, saddle_m=0.6), time_s), "cycling")
    told = quality(found)
    turns = found.trial.repetitions
    assert {one.side for one in turns} == {"left", "right"}
    assert told["repetitions_accepted"] == sum(one.accepted for one in turns) == sum(told["cycles_accepted"].values())
    # Of squats, which both legs do, there are as many as either leg has.
    squats_s = bumps(time_s, [1.0, 5.0], down_s=1.0, hold_s=0.2, up_s=1.0)
    body = side_body(thigh_deg=80 * squats_s, shank_deg=30 * squats_s, trunk_deg=40 * squats_s)
    squatted = quality(analysed(pictured(body, time_s), "squat"))
    assert squatted["repetitions_accepted"] == squatted["cycles_accepted"]["left"] == 2
