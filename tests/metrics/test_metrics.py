"""Every metric declared whole, and computed as by hand on a made runner."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest

from gaitlab.core.gait import Angles, Belt, Contact, GaitCycle, GaitEvents
from gaitlab.core.pose import PoseSequence
from gaitlab.core.skeleton import SKELETONS
from gaitlab.kinematics.calibration import Calibration
from gaitlab.metrics import METRICS, Trial, measure
from gaitlab.metrics.walking import WALKING_REFERENCES

BODY = SKELETONS["body_25"]
FPS = 200
STRIDE_S, CONTACT_S = 0.70, 0.24


def made_trial(*, activity: str = "running", feet: bool = True, strides: int = 9, **changes) -> Trial:
    """A runner facing image-right with steady strides; the left foot strikes at 0.7 n, the right half a stride later.

    Angles are straight lines or sines whose values at the events are known; hips bob by 40 px a step.
    """
    time_s = np.arange(int((strides + 1) * STRIDE_S * FPS)) / FPS
    xy = np.full((len(time_s), len(BODY), 2), np.nan)
    hip_y = 300 - 20 * np.cos(2 * np.pi * time_s / (STRIDE_S / 2))
    for name, x, y in [("mid_hip", 400, hip_y), ("neck", 410, hip_y - 200)]:
        xy[:, BODY.index(name)] = np.stack([np.full_like(time_s, x), y], axis=1)
    for side in ("left", "right"):
        for name, x, y in [("hip", 400, hip_y), ("knee", 430, hip_y + 150), ("ankle", 460, hip_y + 300)]:
            xy[:, BODY.index(f"{side}_{name}")] = np.stack([np.full_like(time_s, x), y], axis=1)
        if feet:
            for name, x in (("heel", 445), ("big_toe", 500)):
                xy[:, BODY.index(f"{side}_{name}")] = np.stack([np.full_like(time_s, x), hip_y + 320], axis=1)
    contacts, cycles = [], []
    for number in range(2 * strides):
        side = ("left", "right")[number % 2]
        start = number * STRIDE_S / 2
        contacts.append(Contact(side, start, start + CONTACT_S, 0.005, 0.005))
        if number < 2 * strides - 2:
            opposite = start + STRIDE_S / 2
            cycles.append(
                GaitCycle(side, number // 2, start, start + CONTACT_S, start + STRIDE_S, opposite, opposite - 0.11)
            )
    phase = 2 * np.pi * time_s / STRIDE_S
    values = {"trunk_lean_deg": np.full_like(time_s, 6.0)}
    for side, shift in (("left", 0.0), ("right", np.pi)):
        values[f"{side}_knee_flexion_deg"] = 40 + 30 * np.sin(phase - shift - np.pi / 2)
        values[f"{side}_hip_flexion_deg"] = 10 + 25 * np.cos(phase - shift)
        values[f"{side}_ankle_flexion_deg"] = np.full_like(time_s, 4.0)
        values[f"{side}_foot_deg"] = np.full_like(time_s, 11.0)
        values[f"{side}_shank_deg"] = np.full_like(time_s, -7.0)
    calibration = Calibration(
        forward=1, facing_agreement=1.0,
        belt=Belt(slope_deg=0.0, slope_sd_deg=0.0, speed_px_per_s=1500.0), tilt_deg=0.0, tilt_source="",
        metres_per_px=0.002, scale_source="belt speed", scales={"belt speed": 0.002}, belt_speed_mps=3.0, leg_px=306.0,
    )  # fmt: skip
    trial = Trial(
        view="side",
        pose=PoseSequence(xy, np.ones(xy.shape[:2]), time_s, BODY),
        angles=Angles(time_s, values),
        events=GaitEvents(tuple(contacts), activity),
        cycles=tuple(cycles),
        calibration=calibration,
        height_m=1.80,
        mass_kg=70.0,
        min_cycles=7,
    )
    return dataclasses.replace(trial, **changes)


def rows_of(trial: Trial) -> dict:
    return {(row.metric, row.side): row for row in measure(trial, METRICS.values())[0]}


FLIGHT_S = STRIDE_S / 2 - CONTACT_S
PEAK_N = 70 * 9.81 * math.pi / 2 * (FLIGHT_S / CONTACT_S + 1)
FALL_M = PEAK_N * CONTACT_S**2 / (70 * math.pi**2) - 9.81 * CONTACT_S**2 / 8
LEG_M = 0.53 * 1.80
BY_HAND = {
    "cadence": 2 * 60 / STRIDE_S,
    "stride_time": STRIDE_S,
    "step_time": STRIDE_S / 2,
    "contact_time": CONTACT_S,
    "flight_time": FLIGHT_S,
    "duty_factor": CONTACT_S / STRIDE_S,
    "step_length": 3.0 * STRIDE_S / 2,
    "stride_length": 3.0 * STRIDE_S,
    "speed": 3.0,
    "vertical_oscillation": 40 * 0.002,
    "overstride": 60 * 0.002,
    "foot_strike_angle": 11.0,
    "shank_angle_at_contact": 7.0,  # the ankle ahead of the knee is positive: minus the shank's lean
    "knee_flexion_at_contact": 10.0,
    "hip_flexion_at_contact": 35.0,
    "ankle_angle_at_contact": 4.0,
    "peak_knee_flexion_stance": 40 + 30 * math.sin(2 * math.pi * CONTACT_S / STRIDE_S - math.pi / 2),
    "peak_knee_flexion_swing": 70.0,
    "peak_hip_extension": 15.0,
    "peak_dorsiflexion": 4.0,
    "trunk_lean": 6.0,
    "vertical_stiffness": PEAK_N / FALL_M / 1000,
    "leg_stiffness": PEAK_N / (LEG_M - math.sqrt(LEG_M**2 - (3.0 * CONTACT_S / 2) ** 2) + FALL_M) / 1000,
}


# Walking in the same strides: each foot is down for 0.42 s, so that both are down twice for 0.42 - 0.35 s.
WALKING_CONTACT_S = 0.42
WALKING_BY_HAND = {
    "swing_share": 100 * (1 - WALKING_CONTACT_S / STRIDE_S),
    "double_support": 100 * 2 * (WALKING_CONTACT_S - STRIDE_S / 2) / STRIDE_S,
}


def walking_trial() -> Trial:
    trial = made_trial(activity="walking")
    cycles = tuple(
        dataclasses.replace(
            c,
            toe_off_s=c.start_s + WALKING_CONTACT_S,
            opposite_toe_off_s=c.start_s - STRIDE_S / 2 + WALKING_CONTACT_S,
        )
        for c in trial.cycles
    )
    return dataclasses.replace(trial, cycles=cycles)


@pytest.mark.parametrize("metric", sorted(WALKING_BY_HAND))
def test_every_metric_of_walking_by_hand(metric: str) -> None:
    rows = rows_of(walking_trial())
    for side in ("left", "right"):
        assert rows[metric, side].mean == pytest.approx(WALKING_BY_HAND[metric])
    assert (metric, "left") not in rows_of(made_trial())


FROM_THE_SIDE = {name for name, spec in METRICS.items() if "side" in spec.views and not spec.movement}


@pytest.mark.parametrize("metric", sorted(FROM_THE_SIDE - set(WALKING_BY_HAND)))
def test_every_metric_by_hand(metric: str) -> None:
    assert metric in BY_HAND, "a metric without a value derived by hand"
    rows = rows_of(made_trial())
    for side in ("both",) if not METRICS[metric].per_side else ("left", "right"):
        row = rows[metric, side]
        assert row.mean == pytest.approx(BY_HAND[metric], rel=2e-3, abs=1e-3)
        assert row.n == (16 if side == "both" else 8)
        assert row.sd == pytest.approx(0, abs=0.05)
        assert row.uncertainty >= 0


@pytest.mark.parametrize("spec", METRICS.values(), ids=lambda s: s.name)
def test_every_metric_is_fully_declared(spec) -> None:
    assert spec.name == spec.name.lower().replace(" ", "_")
    assert spec.label
    assert spec.group
    assert spec.views
    assert len(spec.description) > 15
    assert spec.unit or spec.name == "duty_factor"
    if spec.reference is not None:
        assert spec.reference.low < spec.reference.high
        assert len(spec.reference.source) > 20


def test_the_fall_of_the_centre_of_mass_is_that_of_the_integrated_force() -> None:
    """Integrate the half sine force twice: the sign that some papers print the other way round."""
    time_s = np.linspace(0, CONTACT_S, 20001)
    acceleration = PEAK_N / 70 * np.sin(np.pi * time_s / CONTACT_S) - 9.81
    step = time_s[1]
    velocity = np.cumsum(acceleration) * step
    velocity -= velocity[len(velocity) // 2]  # the lowest point is in the middle
    height = np.cumsum(velocity) * step
    assert height[0] - height[len(height) // 2] == pytest.approx(FALL_M, rel=1e-3)


def test_without_feet_the_reason_says_what_is_missing() -> None:
    rows = rows_of(made_trial(feet=False))
    row = rows["foot_strike_angle", "left"]
    assert row.n == 0
    assert math.isnan(row.mean)
    assert row.missing_reason == "the network gives no heel and no big toe"
    assert rows["knee_flexion_at_contact", "left"].n == 8


def test_without_mass_height_or_speed() -> None:
    bare = made_trial(mass_kg=None)
    assert rows_of(bare)["vertical_stiffness", "left"].missing_reason == "needs the body mass"
    assert rows_of(made_trial(height_m=None))["leg_stiffness", "left"].missing_reason == "needs the body height"
    unscaled = dataclasses.replace(
        bare.calibration, metres_per_px=None, scale_source="", scales={}, belt_speed_mps=None
    )
    rows = rows_of(made_trial(calibration=unscaled))
    assert rows["overstride", "right"].unit == "leg lengths"
    assert rows["overstride", "right"].mean == pytest.approx(60 / 306)
    assert rows["step_length", "right"].mean == pytest.approx(1500 * STRIDE_S / 2 / 306)
    assert rows["step_length", "right"].reference is None
    assert rows["leg_stiffness", "left"].missing_reason.startswith("needs the belt speed")


@pytest.mark.parametrize(
    ("known", "share"),
    [
        # The console is good to 1 %, whatever scale the lengths rest on.
        ({"belt_speed_mps": 3.0, "scale_source": "belt speed", "scales": {"belt speed": 0.002}}, 0.01),
        ({"belt_speed_mps": 3.0, "belt": Belt(), "scale_source": "body height",
          "scales": {"body height": 0.002}}, 0.01),
        # Measured: the ride of the foot to 2.4 %, and a scale from the body's height to 4 %, from a length to 2 %.
        ({"belt_speed_mps": 3.0, "scale_source": "body height", "scales": {"body height": 0.002}},
         math.hypot(0.024, 0.04)),
        ({"belt_speed_mps": 3.0, "scale_source": "known length", "scales": {"known length": 0.002}},
         math.hypot(0.024, 0.02)),
        # In leg lengths there is no scale to be wrong, and no console to be right.
        ({"belt_speed_mps": None, "metres_per_px": None, "scale_source": "", "scales": {}}, 0.024),
    ],
)  # fmt: skip
def test_speed_is_as_sure_as_what_it_rests_on(known: dict, share: float) -> None:
    trial = made_trial()
    rows = rows_of(dataclasses.replace(trial, calibration=dataclasses.replace(trial.calibration, **known)))
    for metric, side in (("speed", "both"), ("stride_length", "left")):
        row = rows[metric, side]
        assert row.uncertainty == pytest.approx(1.96 * share * row.mean), metric


def test_walking_has_no_flight_and_no_spring() -> None:
    rows = rows_of(walking_trial())
    for metric in ("flight_time", "leg_stiffness", "vertical_stiffness"):
        assert (metric, "left") not in rows
    assert rows["contact_time", "left"].reference is None


def test_no_range_of_running_is_shown_for_walking_not_even_where_a_value_is_missing() -> None:
    fast = walking_trial()
    # At the speed of the people of the ranges.
    trial = dataclasses.replace(fast, calibration=dataclasses.replace(fast.calibration, belt_speed_mps=1.4))
    nobody = dataclasses.replace(trial, cycles=())
    for (metric, _), row in (rows_of(trial) | rows_of(nobody)).items():
        assert row.reference == WALKING_REFERENCES.get(metric), metric
    unclear = dataclasses.replace(trial, events=dataclasses.replace(trial.events, activity="ambiguous"))
    assert all(row.reference is None for row in rows_of(unclear).values())


def test_few_cycles_the_far_leg_and_a_low_frame_rate_are_said() -> None:
    rows = rows_of(made_trial(strides=5))
    assert "only 4 right cycles, 7 make a stable mean" in rows["contact_time", "right"].note
    assert "cycles of both legs together, 14 make a stable mean" in rows["cadence", "both"].note
    rows = rows_of(made_trial())
    assert rows["contact_time", "right"].note == ""
    # Facing image-right, the right leg is near.
    assert "far leg" in rows["knee_flexion_at_contact", "left"].note
    assert "far leg" not in rows["knee_flexion_at_contact", "right"].note


def test_a_camera_is_called_oblique_only_where_it_is_and_only_of_legs() -> None:
    level = made_trial()
    oblique = dataclasses.replace(level.calibration, belt=Belt(slope_deg=9.0))
    askew = dataclasses.replace(level, calibration=oblique)
    assert (level.calibration.oblique, askew.calibration.oblique) == (False, True)
    said = {
        name: {row.metric for row in rows_of(trial).values() if "obliquely" in row.note}
        for name, trial in (("level", level), ("askew", askew))
    }
    assert said["level"] == set()
    assert "knee_flexion_at_contact" in said["askew"]
    # Both sides of the trunk are one trunk, and a contact time is not measured in the picture.
    assert not said["askew"] & {"trunk_lean", "contact_time"}


def test_timing_uncertainty_does_not_vanish_with_many_equal_cycles() -> None:
    rows = rows_of(made_trial())
    assert rows["contact_time", "left"].uncertainty == pytest.approx(1.96 * math.hypot(0.005, 0.005), rel=0.01)
    assert rows["stride_time", "left"].uncertainty == pytest.approx(0, abs=1e-6)


def test_a_gap_in_the_points_drops_the_cycle_not_the_metric() -> None:
    trial = made_trial()
    values = dict(trial.angles.values_deg)
    values["left_foot_deg"] = np.where(trial.angles.time_s < 1.0, np.nan, values["left_foot_deg"])
    rows = rows_of(dataclasses.replace(trial, angles=Angles(trial.angles.time_s, values)))
    assert rows["foot_strike_angle", "left"].n == 6
    assert rows["foot_strike_angle", "right"].n == 8


def test_rejected_cycles_do_not_count() -> None:
    trial = made_trial()
    cycles = tuple(
        dataclasses.replace(c, accepted=c.number > 1, reason="" if c.number > 1 else "test") for c in trial.cycles
    )
    rows = rows_of(dataclasses.replace(trial, cycles=cycles))
    assert rows["contact_time", "left"].n == 6


def test_no_cycle_at_all() -> None:
    rows = rows_of(made_trial(cycles=(), events=GaitEvents((), "ambiguous")))
    assert {row.missing_reason for row in rows.values()} >= {"no accepted gait cycle"}
    assert all(row.n == 0 for row in rows.values())
