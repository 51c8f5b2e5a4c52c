from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from gaitlab.core.gait import Contact
from gaitlab.core.pose import PoseSequence
from gaitlab.core.skeleton import SKELETONS
from gaitlab.kinematics.calibration import belt_tilt_deg, calibrate, facing

BODY = SKELETONS["body_25"]
FPS = 100


def riding(
    *, forward: int = 1, speed_px_per_s: float = 600.0, tilt_deg: float = 0.0
) -> tuple[PoseSequence, list[Contact]]:
    """Eight stances of 0.3 s; in each the toes ride backwards on a belt that falls towards image-right by the tilt."""
    time_s = np.arange(int(8 * 0.5 * FPS)) / FPS
    xy = np.full((len(time_s), len(BODY), 2), np.nan)
    contacts = []
    for number in range(8):
        side = ("left", "right")[number % 2]
        start_s = number * 0.5
        contacts.append(Contact(side, start_s, start_s + 0.3, 0.005, 0.005))
        on = (time_s >= start_s) & (time_s < start_s + 0.3)
        along = -forward * speed_px_per_s * (time_s[on] - start_s)
        slope = np.radians(tilt_deg)
        path = np.array([400.0, 800.0]) + along[:, None] * [np.cos(slope), np.sin(slope)]
        for toe in ("big_toe", "small_toe"):
            xy[on, BODY.index(f"{side}_{toe}")] = path
    for side in ("left", "right"):
        for joint, y in (("hip", 300.0), ("knee", 500.0), ("ankle", 700.0)):
            xy[:, BODY.index(f"{side}_{joint}")] = [400.0, y]
        xy[:, BODY.index(f"{side}_knee"), 0] += 30.0 * forward
    return PoseSequence(xy, np.ones(xy.shape[:2]), time_s, BODY), contacts


@pytest.mark.parametrize("forward", [1, -1])
def test_facing_is_read_from_knees_alone(forward: int) -> None:
    pose, _ = riding(forward=forward)
    assert facing(pose) == (forward, 1.0)


@pytest.mark.parametrize("forward", [1, -1])
@pytest.mark.parametrize("tilt_deg", [-4.0, 0.0, 3.0])
def test_slope_of_the_belt(forward: int, tilt_deg: float) -> None:
    pose, contacts = riding(forward=forward, tilt_deg=tilt_deg)
    assert belt_tilt_deg(pose, contacts, forward=forward) == pytest.approx((tilt_deg, 0.0), abs=1e-6)


@pytest.mark.parametrize(("forward", "near"), [(1, "right"), (-1, "left")])
def test_the_near_foot_shows_the_slope_where_it_can(forward: int, near: str) -> None:
    level, contacts = riding(forward=forward, tilt_deg=1.0)
    steep, _ = riding(forward=forward, tilt_deg=12.0)
    far = [i for i, name in enumerate(BODY.names) if not name.startswith(near)]
    xy = np.array(level.xy)
    xy[:, far] = steep.xy[:, far]
    pose = replace(level, xy=xy)
    assert belt_tilt_deg(pose, contacts, forward=forward)[0] == pytest.approx(1.0, abs=1e-6)
    few = [c for c in contacts if c.side != near or c.foot_strike_s < 1.2]
    assert belt_tilt_deg(pose, few, forward=forward)[0] == pytest.approx(12.0, abs=1.0)


def test_stances_that_disagree_leave_the_slope_unsure() -> None:
    """Four near stances at 1, 1, 3, 3 degrees: their standard deviation is 2 / sqrt 3, their median's sqrt(pi / 2) / 2
    of it."""
    gentle, contacts = riding(tilt_deg=1.0)
    steep, _ = riding(tilt_deg=3.0)
    late = gentle.time_s >= 2.0  # the near (right) foot stands at 0.5, 1.5, 2.5 and 3.5 s
    pose = replace(gentle, xy=np.where(late[:, None, None], steep.xy, gentle.xy))
    belt_deg, belt_sd_deg = belt_tilt_deg(pose, contacts, forward=1)
    assert belt_deg == pytest.approx(2.0)
    assert belt_sd_deg == pytest.approx(np.sqrt(np.pi / 2) * (2 / np.sqrt(3)) / 2)
    levelled = calibrate(pose, contacts, forward=1, belt_speed_px_per_s=600.0)
    assert levelled.level_sd_deg == belt_sd_deg
    assert calibrate(pose, contacts, forward=1, belt_speed_px_per_s=600.0, level="off").level_sd_deg == 0.0


def test_toes_that_slip_over_the_belt_do_not_show_its_slope() -> None:
    """Riding at 600 px/s on a belt that runs at 600 they do; at 500 none is the path of the belt."""
    pose, contacts = riding(tilt_deg=3.0)
    for belt_speed, expected_deg in ((600.0, 3.0), (560.0, 3.0), (500.0, np.nan), (np.nan, 3.0)):
        found_deg, _ = belt_tilt_deg(pose, contacts, forward=1, belt_speed_px_per_s=belt_speed)
        assert found_deg == pytest.approx(expected_deg, abs=1e-6, nan_ok=True)
    untold = calibrate(pose, contacts, forward=1, belt_speed_px_per_s=500.0)
    assert untold.tilt_deg == 0.0
    assert untold.tilt_source.startswith("not measured")


@pytest.mark.parametrize("slope_deg", [6.0, -9.0])
def test_a_steep_belt_is_told_and_not_levelled(slope_deg: float) -> None:
    pose, contacts = riding(tilt_deg=slope_deg)
    steep = calibrate(pose, contacts, forward=1, belt_speed_px_per_s=600.0)
    assert steep.belt_deg == pytest.approx(slope_deg)
    assert steep.tilt_deg == 0.0
    assert f"slopes by {abs(slope_deg):.0f}°" in steep.warnings[0]
    assert steep.oblique


@pytest.mark.parametrize("slope_deg", [-3.0, 0.0, 3.0])
def test_a_phone_held_a_little_askew_is_not_oblique(slope_deg: float) -> None:
    pose, contacts = riding(tilt_deg=slope_deg)
    assert not calibrate(pose, contacts, forward=1, belt_speed_px_per_s=600.0).oblique
    assert not calibrate(pose, contacts[:2], forward=1, belt_speed_px_per_s=600.0).oblique  # not measured


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
    pose, contacts = riding(tilt_deg=slope_deg)
    found = calibrate(pose, contacts, forward=1, belt_speed_px_per_s=600.0, level=level)
    assert found.belt_deg == pytest.approx(slope_deg)
    assert found.tilt_deg == pytest.approx(tilt_deg)
    assert found.oblique == oblique
    assert any("slopes by" in warning for warning in found.warnings) == oblique


def test_a_slope_that_could_not_be_measured_is_not_levelled_and_that_is_said() -> None:
    pose, contacts = riding(tilt_deg=3.0)
    for level, told in (("auto", False), ("off", False), ("on", True)):
        found = calibrate(pose, contacts[:2], forward=1, belt_speed_px_per_s=600.0, level=level)
        assert found.tilt_deg == 0.0
        assert any("nothing is levelled" in warning for warning in found.warnings) == told


def test_scale_from_belt_speed_and_height_check_each_other() -> None:
    pose, contacts = riding()
    leg_px = 2 * np.hypot(30, 200)
    agreed = calibrate(
        pose, contacts, forward=1, belt_speed_px_per_s=600.0, belt_speed_mps=1.2, height_m=leg_px * 0.002 / 0.491
    )
    assert agreed.scale_source == "belt speed"
    assert agreed.metres_per_px == pytest.approx(0.002)
    assert agreed.scales["body height"] == pytest.approx(0.002)
    assert not agreed.warnings
    wrong = calibrate(
        pose, contacts, forward=1, belt_speed_px_per_s=600.0, belt_speed_mps=1.2, height_m=1.15 * leg_px * 0.002 / 0.491
    )
    assert "body height is +15 % off the one from belt speed" in wrong.warnings[0]


def test_height_alone_gives_the_belt_speed() -> None:
    pose, contacts = riding()
    known = calibrate(
        pose, contacts, forward=1, belt_speed_px_per_s=600.0, height_m=2 * np.hypot(30, 200) * 0.002 / 0.491
    )
    assert known.scale_source == "body height"
    assert known.belt_speed_mps == pytest.approx(1.2, rel=1e-6)


def test_without_any_length_there_is_no_scale() -> None:
    pose, contacts = riding()
    bare = calibrate(pose, contacts, forward=1, belt_speed_px_per_s=600.0)
    assert bare.metres_per_px is None
    assert bare.belt_speed_mps is None
    assert bare.belt_speed_px_per_s == pytest.approx(600.0)
