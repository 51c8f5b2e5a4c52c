"""Angles derived by hand, and what must not change them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gaitlab.core.gait import Contact
from gaitlab.core.pose import PoseSequence
from gaitlab.core.skeleton import SKELETONS
from gaitlab.kinematics.side import flat_foot_deg, sagittal_angles

BODY = SKELETONS["body_25"]


def standing(thigh_deg: float = 0.0, shank_deg: float = 0.0, trunk_deg: float = 0.0, foot_deg: float = 0.0) -> dict:
    """A figure facing image-right, px, y down; angles as SCIENCE defines them, lengths 100."""

    def along(angle_deg: float, length: float = 100.0) -> np.ndarray:
        return length * np.array([np.sin(np.radians(angle_deg)), np.cos(np.radians(angle_deg))])

    hip = np.array([500.0, 500.0])
    knee = hip + along(thigh_deg)
    ankle = knee + along(-shank_deg)
    heel = ankle + [-20.0, 20.0]
    toe = heel + 60 * np.array([np.cos(np.radians(foot_deg)), -np.sin(np.radians(foot_deg))])
    neck = hip - along(-trunk_deg)
    points = {"mid_hip": hip, "neck": neck}
    for side in ("left", "right"):
        points |= {f"{side}_hip": hip, f"{side}_knee": knee, f"{side}_ankle": ankle}
        points |= {f"{side}_heel": heel, f"{side}_big_toe": toe}
    return points


def angles_of(points: dict, *, forward: int = 1, tilt_deg: float = 0.0) -> dict[str, float]:
    xy = np.full((2, len(BODY), 2), np.nan)
    for name, point in points.items():
        xy[:, BODY.index(name)] = point
    pose = PoseSequence(xy, np.ones((2, len(BODY))), np.array([0.0, 0.1]), BODY)
    angles = sagittal_angles(pose, forward=forward, tilt_deg=tilt_deg, flat_deg={"left": 0.0, "right": 0.0})
    return {name: float(values[0]) for name, values in angles.values_deg.items()}


@pytest.mark.parametrize(
    ("figure", "name", "expected"),
    [
        ({}, "left_knee_flexion_deg", 0.0),
        # A straight leg reaching 20 degrees ahead: the knee stays at 0, the shank leans back.
        ({"thigh_deg": 20, "shank_deg": -20}, "left_knee_flexion_deg", 0.0),
        ({"thigh_deg": 20, "shank_deg": -20}, "left_shank_deg", -20.0),
        ({"thigh_deg": 20, "shank_deg": -20}, "right_thigh_deg", 20.0),
        # Shank 10 degrees forward over a flat foot.
        ({"shank_deg": 10}, "left_ankle_flexion_deg", 10.0),
        # Trunk 10 degrees forward over a vertical thigh.
        ({"trunk_deg": 10}, "left_hip_flexion_deg", 10.0),
        ({"trunk_deg": 10}, "trunk_lean_deg", 10.0),
        # A bent knee: thigh 30 forward, shank 40 forward (heel towards the seat).
        ({"thigh_deg": 30, "shank_deg": 40}, "right_knee_flexion_deg", 70.0),
        # The leg behind the body: hip extension is negative flexion.
        ({"thigh_deg": -15, "shank_deg": 20}, "left_hip_flexion_deg", -15.0),
        # Toes up 12 degrees.
        ({"foot_deg": 12}, "left_foot_deg", 12.0),
        ({"foot_deg": 12}, "left_ankle_flexion_deg", 12.0),
    ],
)
def test_angles_derived_by_hand(figure: dict, name: str, expected: float) -> None:
    assert angles_of(standing(**figure))[name] == pytest.approx(expected, abs=1e-9)


figures = st.fixed_dictionaries(
    {
        "thigh_deg": st.floats(-40, 80),
        "shank_deg": st.floats(-40, 100),
        "trunk_deg": st.floats(-20, 30),
        "foot_deg": st.floats(-60, 40),
    }
)


@given(figure=figures, move=st.floats(-300, 300), scale=st.floats(0.2, 5))
def test_moving_and_scaling_the_picture_change_nothing(figure: dict, move: float, scale: float) -> None:
    points = standing(**figure)
    changed = {name: point * scale + [move, -move] for name, point in points.items()}
    assert angles_of(changed) == pytest.approx(angles_of(points), abs=1e-6)


@given(figure=figures)
def test_mirroring_the_picture_changes_nothing_but_the_facing(figure: dict) -> None:
    points = standing(**figure)
    mirrored = {name: np.array([1000 - point[0], point[1]]) for name, point in points.items()}
    assert angles_of(mirrored, forward=-1) == pytest.approx(angles_of(points), abs=1e-6)


@given(figure=figures, tilt_deg=st.floats(-10, 10), forward=st.sampled_from([1, -1]))
def test_a_tilted_camera_is_undone_by_the_measured_tilt(figure: dict, tilt_deg: float, forward: int) -> None:
    points = standing(**figure)
    if forward < 0:
        points = {name: np.array([1000 - point[0], point[1]]) for name, point in points.items()}
    tilt = np.radians(tilt_deg)
    # A picture in which what was level falls towards image-right by tilt_deg.
    turn = np.array([[np.cos(tilt), -np.sin(tilt)], [np.sin(tilt), np.cos(tilt)]])
    turned = {name: turn @ point for name, point in points.items()}
    assert angles_of(turned, forward=forward, tilt_deg=tilt_deg) == pytest.approx(
        angles_of(points, forward=forward), abs=1e-6
    )


def test_a_foot_without_a_zero_has_no_angle() -> None:
    xy = np.zeros((2, len(BODY), 2))
    for name, point in standing().items():
        xy[:, BODY.index(name)] = point
    pose = PoseSequence(xy, np.ones((2, len(BODY))), np.array([0.0, 0.1]), BODY)
    values = sagittal_angles(pose, forward=1).values_deg
    assert np.isnan(values["left_foot_deg"]).all()
    assert np.isnan(values["left_ankle_flexion_deg"]).all()
    assert np.isfinite(values["left_knee_flexion_deg"]).all()


def test_the_flat_foot_is_read_where_the_foot_is_flat() -> None:
    time_s = np.arange(100) / 100
    # Toes up at landing, flat at 7 degrees raw from 25 to 50 % of stance, heel up afterwards.
    raw = np.where(time_s < 0.25, 20.0, np.where(time_s <= 0.50, 7.0, -40.0))
    stance = Contact("left", 0.0, 1.0, 0.005, 0.005)
    assert flat_foot_deg(raw, time_s, [stance]) == pytest.approx(7.0)
    refused = Contact("left", 0.0, 1.0, 0.005, 0.005, accepted=False, reason="too long")
    assert np.isnan(flat_foot_deg(raw, time_s, [refused]))
