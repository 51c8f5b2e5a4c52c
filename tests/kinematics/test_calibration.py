from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from gaitlab.core.gait import Belt
from gaitlab.core.pose import PoseSequence
from gaitlab.core.skeleton import SKELETONS
from gaitlab.kinematics.calibration import calibrate, facing

BODY = SKELETONS["body_25"]


def standing_leg(*, forward: int = 1) -> PoseSequence:
    """Both legs bent a little, each of thigh and shank of 202 px, the toes seen, for a second."""
    xy = np.full((100, len(BODY), 2), np.nan)
    for side in ("left", "right"):
        for joint, y in (("hip", 300.0), ("knee", 500.0), ("ankle", 700.0), ("small_toe", 800.0)):
            xy[:, BODY.index(f"{side}_{joint}")] = [400.0, y]
        xy[:, BODY.index(f"{side}_knee"), 0] += 30.0 * forward
    return PoseSequence(xy, np.ones(xy.shape[:2]), np.arange(100) / 100, BODY)


@pytest.mark.parametrize("forward", [1, -1])
def test_facing_is_read_from_knees_alone(forward: int) -> None:
    assert facing(standing_leg(forward=forward)) == (forward, 1.0)


def belt(slope_deg: float = 0.0, *, speed_px_per_s: float = 600.0) -> Belt:
    return Belt(slope_deg=slope_deg, slope_sd_deg=0.3, slope_seen_on="toes", speed_px_per_s=speed_px_per_s)


def test_how_unsure_the_slope_is_bears_on_what_is_levelled_by_it() -> None:
    pose = standing_leg()
    assert calibrate(pose, belt(2.0), forward=1).level_sd_deg == 0.3
    assert calibrate(pose, belt(2.0), forward=1, level="off").level_sd_deg == 0.0


def test_a_slope_that_ankles_alone_show_is_not_levelled() -> None:
    found = calibrate(standing_leg(), replace(belt(2.0), slope_seen_on="ankle"), forward=1)
    assert np.isnan(found.belt.slope_deg)
    assert found.tilt_deg == 0.0
    assert found.tilt_source.startswith("not measured")
    assert found.belt.speed_px_per_s == 600.0


@pytest.mark.parametrize("slope_deg", [6.0, -9.0])
def test_a_steep_belt_is_told_and_not_levelled(slope_deg: float) -> None:
    pose = standing_leg()
    steep = calibrate(pose, belt(slope_deg), forward=1)
    assert steep.belt.slope_deg == pytest.approx(slope_deg)
    assert steep.tilt_deg == 0.0
    assert f"slopes by {abs(slope_deg):.0f}°" in steep.warnings[0]
    assert steep.oblique


@pytest.mark.parametrize("slope_deg", [-3.0, 0.0, 3.0])
def test_a_phone_held_a_little_askew_is_not_oblique(slope_deg: float) -> None:
    pose = standing_leg()
    assert not calibrate(pose, belt(slope_deg), forward=1).oblique
    assert not calibrate(pose, Belt(), forward=1).oblique  # not measured


@pytest.mark.parametrize(
    ("slope_deg", "level", "tilt_deg", "oblique"),
    [
        (3.8, "auto", 3.8, False),
        (5.0, "auto", 0.0, True),
        (3.8, "on", 3.8, False),
        (5.0, "on", 5.0, False),  # said to be roll of the camera, which sees both legs alike
        (-9.0, "on", -9.0, False),
        (3.8, "off", 0.0, False),
        (5.0, "off", 0.0, True),
    ],
)
def test_the_belt_is_levelled_as_asked(slope_deg: float, level: str, tilt_deg: float, oblique: bool) -> None:
    pose = standing_leg()
    found = calibrate(pose, belt(slope_deg), forward=1, level=level)
    assert found.belt.slope_deg == pytest.approx(slope_deg)
    assert found.tilt_deg == pytest.approx(tilt_deg)
    assert found.oblique == oblique
    assert any("slopes by" in warning for warning in found.warnings) == oblique


def test_a_slope_that_could_not_be_measured_is_not_levelled_and_that_is_said() -> None:
    pose = standing_leg()
    for level, told in (("auto", False), ("off", False), ("on", True)):
        found = calibrate(pose, Belt(), forward=1, level=level)
        assert found.tilt_deg == 0.0
        assert any("nothing is levelled" in warning for warning in found.warnings) == told


def test_scale_from_belt_speed_and_height_check_each_other() -> None:
    pose = standing_leg()
    leg_px = 2 * np.hypot(30, 200)
    agreed = calibrate(pose, belt(), forward=1, belt_speed_mps=1.2, height_m=leg_px * 0.002 / 0.47)
    assert agreed.scale_source == "belt speed"
    assert agreed.metres_per_px == pytest.approx(0.002)
    assert agreed.scales["body height"] == pytest.approx(0.002)
    assert not agreed.warnings
    wrong = calibrate(pose, belt(), forward=1, belt_speed_mps=1.2, height_m=1.15 * leg_px * 0.002 / 0.47)
    assert "body height is +15 % off the one from belt speed" in wrong.warnings[0]


def test_height_alone_gives_the_belt_speed() -> None:
    pose = standing_leg()
    known = calibrate(pose, belt(), forward=1, height_m=2 * np.hypot(30, 200) * 0.002 / 0.47)
    assert known.scale_source == "body height"
    assert known.belt_speed_mps == pytest.approx(1.2, rel=1e-6)


def test_without_any_length_there_is_no_scale() -> None:
    pose = standing_leg()
    bare = calibrate(pose, belt(), forward=1)
    assert bare.metres_per_px is None
    assert bare.belt_speed_mps is None
    assert bare.belt.speed_px_per_s == pytest.approx(600.0)
