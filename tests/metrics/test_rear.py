"""Every rear-view metric on curves whose values are known by hand."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest

from gaitlab.core.gait import Angles, Belt, Contact, GaitCycle, GaitEvents
from gaitlab.core.pose import PoseSequence
from gaitlab.core.skeleton import SKELETONS, Skeleton
from gaitlab.kinematics.calibration import Calibration
from gaitlab.metrics import METRICS, Trial, measure

FPS, STRIDE_S, CONTACT_S = 200.0, 0.7, 0.25
BODY = SKELETONS["runner_31"]
STRIDES = 9
CALIBRATION = Calibration(
    forward=1, facing_agreement=1.0, belt=Belt(), tilt_deg=0.0, tilt_source="", metres_per_px=0.002,
    scale_source="body height", scales={}, belt_speed_mps=None, leg_px=400.0,
)  # fmt: skip


def made_trial(**changes) -> Trial:
    """Left strikes at 0.1 + 0.7 k s, right ones half a stride later; each angle a wave over its own stride."""
    time_s = np.arange(round(8 * FPS)) / FPS
    xy = np.zeros((len(time_s), len(BODY), 2))
    for side, x in (("left", -15.0), ("right", 25.0)):  # the ankles land 40 px apart
        xy[:, BODY.index(f"{side}_ankle"), 0] = x
    values, cycles, contacts = {}, [], []
    for side, shift_s in (("left", 0.1), ("right", 0.1 + STRIDE_S / 2)):
        wave = np.sin(2 * np.pi * (time_s - shift_s) / STRIDE_S)  # 0 at strike, 1 at 0.175 s, 0 at 0.35 s
        values[f"{side}_pelvic_drop_deg"] = 2 + 4 * wave
        values[f"{side}_hip_adduction_deg"] = 3 + 6 * wave
        values[f"{side}_knee_projection_deg"] = 10 + 10 * wave
        values[f"{side}_trunk_side_lean_deg"] = np.full(len(time_s), 3.0)
        # -5 at strike, +7 a sixth of a stride later.
        values[f"{side}_rearfoot_deg"] = 1 - 6 * np.cos(2 * np.pi * (time_s - shift_s) / (STRIDE_S / 3))
        values[f"{side}_heel_line_deg"] = -8 * np.sin(2 * np.pi * (time_s - shift_s - CONTACT_S) / (STRIDE_S / 2))
        for k in range(STRIDES):
            start_s = shift_s + k * STRIDE_S
            contacts.append(Contact(side, start_s, start_s + CONTACT_S, 0.0, 0.0))
            cycles.append(
                GaitCycle(side, k, start_s, start_s + CONTACT_S, start_s + STRIDE_S, start_s + STRIDE_S / 2, math.nan)
            )
    trial = Trial(
        view="rear", pose=PoseSequence(xy, np.ones(xy.shape[:2]), time_s, BODY), angles=Angles(time_s, values),
        events=GaitEvents(tuple(contacts), "running"), cycles=tuple(cycles), calibration=CALIBRATION, height_m=1.8,
        mass_kg=None, min_cycles=7, rearfoot_source="four points", rearfoot_zero_deg={"left": 2.0, "right": 2.0},
    )  # fmt: skip
    return dataclasses.replace(trial, **changes)


def rows_of(trial: Trial) -> dict:
    return {(row.metric, row.side): row for row in measure(trial, METRICS.values())[0]}


BY_HAND = {
    "pelvic_drop": 6.0,
    "trunk_side_lean": 3.0,
    "hip_adduction": 9.0,
    "knee_projection_angle": 10 + 10 * math.sin(2 * math.pi * (CONTACT_S / 2) / STRIDE_S),
    "rearfoot_angle_at_contact": -5.0 - 2.0,
    "peak_rearfoot_eversion": 7.0 - 2.0,
    "rearfoot_eversion_excursion": 12.0,
    "time_to_peak_eversion": 100 * (STRIDE_S / 6) / CONTACT_S,
    "eversion_velocity": 6 * 2 * math.pi / (STRIDE_S / 3),
    "heel_whip": -8.0,  # the heel moves outward after toe-off
    "step_width": 40 * 0.002,
}
OF_THE_REAR_VIEW_ALONE = sorted(name for name, spec in METRICS.items() if spec.views == ("rear",))


@pytest.mark.parametrize("metric", OF_THE_REAR_VIEW_ALONE)
@pytest.mark.parametrize("side", ["left", "right"])
def test_every_metric_by_hand(metric: str, side: str) -> None:
    row = rows_of(made_trial())[metric, side]
    # Curves are read at 500 points a second: a time to within half a point, an angle better.
    assert row.mean == pytest.approx(BY_HAND[metric], abs={"%": 0.5, "deg": 0.02, "deg/s": 0.5, "m": 1e-6}[row.unit])
    assert row.n == STRIDES


def test_crossing_over_is_negative() -> None:
    trial = made_trial()
    xy = np.array(trial.pose.xy)
    xy[:, BODY.index("left_ankle"), 0], xy[:, BODY.index("right_ankle"), 0] = 5.0, -5.0
    crossed = dataclasses.replace(trial, pose=dataclasses.replace(trial.pose, xy=xy))
    assert rows_of(crossed)["step_width", "left"].mean == pytest.approx(-0.02)


def test_without_standing_only_the_change_from_contact_is_told() -> None:
    rows = rows_of(made_trial(rearfoot_zero_deg={}))
    for metric in ("rearfoot_angle_at_contact", "peak_rearfoot_eversion"):
        assert math.isnan(rows[metric, "left"].mean)
        assert "standing still" in rows[metric, "left"].missing_reason
    assert rows["rearfoot_eversion_excursion", "left"].mean == pytest.approx(12, abs=0.02)


def test_the_proxy_says_so_and_is_less_sure() -> None:
    dots = rows_of(made_trial())["peak_rearfoot_eversion", "left"]
    proxy = rows_of(made_trial(rearfoot_source="proxy"))["peak_rearfoot_eversion", "left"]
    assert "proxy" in proxy.label
    assert "proxy" not in dots.label
    assert dots.reference is not None
    assert proxy.reference is None
    assert "no class" in proxy.note
    assert proxy.uncertainty > dots.uncertainty + 8


def test_timings_come_with_the_rear_view_and_side_metrics_do_not() -> None:
    rows = rows_of(made_trial())
    assert rows["contact_time", "left"].mean == pytest.approx(CONTACT_S)
    assert ("overstride", "left") not in rows
    assert (
        rows_of(made_trial(calibration=dataclasses.replace(CALIBRATION, metres_per_px=None)))[
            "step_width", "right"
        ].unit
        == "leg lengths"
    )


def test_a_heel_line_that_turns_over_is_no_whip() -> None:
    trial = made_trial()
    values = {name: 20 * v if "heel_line" in name else v for name, v in trial.angles.values_deg.items()}
    rows = rows_of(dataclasses.replace(trial, angles=Angles(trial.angles.time_s, values)))
    assert math.isnan(rows["heel_whip", "left"].mean)
    assert "no accepted cycle" in rows["heel_whip", "left"].missing_reason


def test_the_speed_of_eversion_needs_120_frames_a_second() -> None:
    trial = made_trial()
    every = slice(None, None, 2)
    angles = Angles(trial.angles.time_s[every], {n: v[every] for n, v in trial.angles.values_deg.items()})
    pose = dataclasses.replace(
        trial.pose, xy=trial.pose.xy[every], score=trial.pose.score[every], time_s=trial.pose.time_s[every]
    )
    row = rows_of(dataclasses.replace(trial, angles=angles, pose=pose))["eversion_velocity", "left"]
    assert math.isnan(row.mean)
    assert "needs 120 frames a second" in row.missing_reason


def test_what_shows_the_rearfoot_is_named_and_dots_are_the_surest() -> None:
    dots, pictures, guessed = (
        rows_of(made_trial(rearfoot_source=source)) for source in ("four points", "heel pictures", "network points")
    )
    key = ("rearfoot_eversion_excursion", "left")
    assert guessed[key].mean == pictures[key].mean == dots[key].mean
    assert min(guessed[key].uncertainty, pictures[key].uncertainty) > dots[key].uncertainty + 2
    when = ("time_to_peak_eversion", "left")
    assert guessed[when].uncertainty > pictures[when].uncertainty > dots[when].uncertainty
    assert dots[key].note == "from dots on heel and calf"
    assert "pictures" in pictures[key].note
    assert "network guessed" in guessed[key].note
    assert np.isfinite(dots["eversion_velocity", "left"].mean)
    assert math.isnan(pictures["eversion_velocity", "left"].mean)


def test_pictures_of_the_heel_need_no_heel_point_of_the_network() -> None:
    trial = made_trial(rearfoot_source="heel pictures")
    kept = [i for i, name in enumerate(trial.pose.skeleton.names) if not name.endswith("heel")]
    pose = dataclasses.replace(
        trial.pose, xy=trial.pose.xy[:, kept], score=trial.pose.score[:, kept],
        skeleton=Skeleton("no_heels", tuple(trial.pose.skeleton.names[i] for i in kept)),
    )  # fmt: skip
    trial = dataclasses.replace(trial, pose=pose)
    assert np.isfinite(rows_of(trial)["rearfoot_eversion_excursion", "left"].mean)
    none = rows_of(dataclasses.replace(trial, rearfoot_source=""))["rearfoot_eversion_excursion", "left"]
    assert none.missing_reason == "the network gives no heel"
