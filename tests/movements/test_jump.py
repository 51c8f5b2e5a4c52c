"""Jumps that are throws: flight time, height and posture follow from g and the speed of take-off."""

from __future__ import annotations

import math

import numpy as np
import pytest

from gaitlab.analysis.recording import Analysis
from gaitlab.core.pose import FloatArray, PoseSequence
from gaitlab.metrics.movements.flights import Flight, flies, flights
from gaitlab.metrics.movements.recognise import recognise
from tests.movements.make import GRAVITY, PX_PER_M, pictured, side_body, times
from tests.movements.test_squat import analysed, means

Throws = tuple[tuple[float, float], ...]
FLIGHTS_S: Throws = ((1.5, 0.5), (4.0, 0.4))


def thrown(time_s: FloatArray, throws: Throws, *, box_m: float = 0.0) -> FloatArray:
    """Return how high a stiff body is over the ground, m: thrown up with g t / 2, and on a box until 0.5 s."""
    height = np.where(time_s < 0.5, box_m, 0.0)
    if box_m:
        fallen = box_m - GRAVITY / 2 * (time_s - 0.5) ** 2
        height = np.where(time_s >= 0.5, np.maximum(fallen, 0.0), height)
    for start_s, flight_s in throws:
        after = time_s - start_s
        inside = (after > 0) & (after < flight_s)
        height = np.where(inside, GRAVITY * flight_s / 2 * after - GRAVITY / 2 * after**2, height)
    return height


def jumps(fps: float, *, throws: Throws = FLIGHTS_S, box_m: float = 0.0, **how: object) -> PoseSequence:
    time_s = times(6.0, fps)
    zeros = np.zeros(len(time_s))
    ankle = np.stack([zeros, 0.08 + thrown(time_s, throws, box_m=box_m)], axis=1)
    dip = np.zeros(len(time_s))
    for start_s, _ in throws:
        dip += np.exp(-(((time_s - start_s + 0.35) / 0.12) ** 2))
    body = side_body(thigh_deg=50 * dip, shank_deg=25 * dip, trunk_deg=30 * dip, ankle_m=ankle)
    return pictured(body, time_s, **how)  # type: ignore[arg-type]


def of_jumps(pose: PoseSequence) -> Analysis:
    return analysed(pose, "jump")


@pytest.mark.parametrize("fps", [60.0, 120.0, 240.0])
def test_the_height_is_that_of_the_throw(fps: float) -> None:
    found = of_jumps(jumps(fps, noise_px=1.0))
    assert [one.accepted for one in found.trial.repetitions] == [True, True]
    for one, (start_s, flight_s) in zip(found.trial.repetitions, FLIGHTS_S, strict=True):
        assert one.at("take_off") == pytest.approx(start_s, abs=0.016)
        assert one.at("landing") == pytest.approx(start_s + flight_s, abs=0.016)
        assert one.at("top") == pytest.approx(start_s + flight_s / 2, abs=0.03)
        assert one.at("deepest") == pytest.approx(start_s - 0.35, abs=0.05)
    true_m = [GRAVITY * flight_s**2 / 8 for _, flight_s in FLIGHTS_S]
    (row,) = (row for row in found.summary if row.metric == "jump_height")
    assert row.mean == pytest.approx(np.mean(true_m), abs=0.02)
    assert row.uncertainty > 1.96 * GRAVITY * 0.45 / 4 * 0.007 * 0.9
    values = means(found)
    # A stiff body's hips rise by the height of the throw.
    assert values["jump_height_best", "both"] == pytest.approx(max(true_m), abs=0.025)
    assert values["jump_hip_rise", "both"] == pytest.approx(np.mean(true_m), abs=0.02)
    # It lands on feet that are flat, as they stood.
    assert values["jump_landing_knee_flexion", "right"] == pytest.approx(0.0, abs=2.0)
    assert values["jump_landing_dorsiflexion", "right"] == pytest.approx(0.0, abs=2.0)


def test_the_uncertainty_follows_from_the_frame_rate() -> None:
    slow, fast = (
        next(row for row in of_jumps(jumps(fps)).summary if row.metric == "jump_height_best") for fps in (30.0, 240.0)
    )
    for row, fps in ((slow, 30.0), (fast, 240.0)):
        flight_s = math.sqrt(8 * row.mean / GRAVITY)
        assert row.uncertainty == pytest.approx(1.96 * GRAVITY * flight_s / 4 * math.hypot(0.007, 0.3 / fps))
    assert slow.uncertainty > 1.5 * fast.uncertainty
    assert any(
        "30 frames a second" in warning and "cm of height" in warning for warning in of_jumps(jumps(30.0)).warnings
    )


def test_a_drop_is_no_jump_and_its_landing_begins_the_contact() -> None:
    # From 0.3 m the fall lasts 0.247 s; the jump follows 0.25 s later.
    landing_s = 0.5 + math.sqrt(2 * 0.3 / GRAVITY)
    found = of_jumps(jumps(240.0, throws=((landing_s + 0.25, 0.45),), box_m=0.3, noise_px=0.5))
    (one,) = found.trial.repetitions
    assert one.at("contact") == pytest.approx(landing_s, abs=0.015)
    values = means(found)
    assert values["jump_contact_time", "both"] == pytest.approx(0.25, abs=0.02)
    height_m = GRAVITY * 0.45**2 / 8
    assert values["jump_height", "both"] == pytest.approx(height_m, abs=0.02)
    assert values["reactive_strength_index", "both"] == pytest.approx(height_m / 0.25, rel=0.12)


def test_jumps_from_standing_have_no_contact_time() -> None:
    rows = {row.metric: row for row in of_jumps(jumps(120.0)).summary}
    assert rows["jump_contact_time"].n == 0
    assert rows["jump_contact_time"].missing_reason == "no jump follows a landing at once, as after a drop from a box"


def test_gaps_and_ends_of_a_recording_break_no_flight() -> None:
    """Whatever a network loses, flights have finite times inside the recording."""
    rng, time_s = np.random.default_rng(0), np.arange(60) / 60
    for _ in range(300):
        heights = np.repeat(rng.uniform(0, 0.4, (2, 12)), 5, axis=1)
        heights[rng.uniform(size=heights.shape) < 0.2] = np.nan
        start = int(rng.integers(60))
        heights[:, start : start + 5] = np.nan
        for flight in flights(time_s, heights):
            assert -0.1 <= flight.take_off_s <= flight.landing_s <= time_s[-1] + 0.1


def test_feet_that_hover_until_the_recording_ends_land_then() -> None:
    """No frame is clearly higher than those just before, so that no line can be laid through the way up."""
    time_s = np.arange(180) / 60
    heights = np.select([time_s < 2.3, time_s < 2.5], [0.0, 0.049], 0.056) * np.ones((2, 1))
    (flight,) = flights(time_s, heights)
    assert flight.take_off_s == pytest.approx(2.5, abs=0.6)
    assert flight.landing_s == time_s[-1]
    assert not flight.whole


def test_one_foot_in_the_air_is_no_flight() -> None:
    time_s = times(4.0, 60.0)
    lifted = 0.2 * np.exp(-(((time_s - 2) / 0.2) ** 2))
    assert flights(time_s, np.array([lifted, 0 * lifted])) == []
    (both,) = flights(time_s, np.array([lifted, lifted]))
    assert both.whole


def test_a_jump_onto_a_box_has_no_height() -> None:
    time_s = times(4.0, 120.0)
    up = np.clip(np.where(time_s < 2, 0.0, 0.6 - 2.0 * (time_s - 2.4) ** 2 * 1.9), 0.0, None)
    up = np.where(time_s > 2.55, 0.45, up)
    (one,) = flights(time_s, np.array([up, up]))
    assert one.onto_above


@pytest.mark.parametrize("flight_s", [0.35, 0.45, 0.55])
@pytest.mark.parametrize("slower", [2.0, 4.0, 8.0])
def test_jumps_in_slow_motion_are_jumps_and_the_rate_is_asked_for(flight_s: float, slower: float) -> None:
    """Feet that hang at the top of a slow flight stand on no box, and who flies for long does not squat."""
    pose = jumps(120.0, throws=((1.5, flight_s), (4.0, flight_s)), noise_px=1.0)
    pose = PoseSequence(pose.xy, pose.score, pose.time_s * slower, pose.skeleton)
    assert recognise(pose).movement == "jump"
    found = of_jumps(pose)
    assert not found.doubt
    assert [one.accepted for one in found.trial.repetitions] == [False, False]
    if flight_s * slower < 1.0:
        assert "the film does not play at its true speed, and no height is told" in found.warnings[0]
        return
    assert f"the jumps last {flight_s * slower:.0f}"[:-1] in found.warnings[0]
    assert found.warnings[0].endswith("the film plays in slow motion; the true frame rate must be entered")


def test_a_far_foot_that_is_seen_too_high_does_not_begin_the_flight() -> None:
    """The tips of one foot are seen 4 cm too high from 60 ms before take-off on, as where it is blurred or hidden."""
    pose = jumps(120.0, throws=((1.5, 0.5),))
    xy = np.array(pose.xy)
    off = (pose.time_s > 1.44) & (pose.time_s < 1.55)
    for name in ("left_big_toe", "left_small_toe"):
        xy[off, pose.skeleton.index(name), 1] -= 0.04 * PX_PER_M
    (one,) = of_jumps(PoseSequence(xy, pose.score, pose.time_s, pose.skeleton)).trial.repetitions
    assert one.at("take_off") == pytest.approx(1.5, abs=0.016)


def test_hops_one_after_the_other_are_no_slow_flight() -> None:
    """A throw of four seconds is a parabola for whoever filmed it; hips that bounce five times meanwhile are none."""
    time_s = times(4.0, 60.0)
    flight = Flight(0.0, 4.0)
    over_feet = 1.0 + 0.0 * time_s
    thrown = 1.0 + 0.3 * (1 - (time_s / 2 - 1) ** 2)
    bounced = 1.0 + 0.1 * np.abs(np.sin(2 * np.pi * time_s / 1.6))
    assert flies(time_s, thrown, over_feet, flight)
    assert not flies(time_s, bounced, over_feet, flight)


def test_feet_that_come_nearer_are_no_jump() -> None:
    """Who steps back from the camera and forward again has feet higher in the picture for a moment, but no hips."""
    time_s = times(6.0, 60.0)
    away = np.sin(np.pi * np.clip((time_s - 2.0) / 0.5, 0, 1)) ** 2
    dip = np.exp(-(((time_s - 4.0) / 0.3) ** 2))
    ankle = np.stack([0 * time_s, 0.08 + 0.12 * away], axis=1)
    body = side_body(thigh_deg=60 * dip, shank_deg=30 * dip, trunk_deg=30 * dip, ankle_m=ankle)
    hips = body["mid_hip"].copy()
    for name in ("mid_hip", "left_hip", "right_hip"):
        body[name] = hips - np.stack([0 * time_s, 0.12 * away], axis=1)
    pose = pictured(body, time_s, noise_px=1.0)
    assert recognise(pose).movement != "jump"
    found = of_jumps(pose)
    assert not any(one.accepted for one in found.trial.repetitions)


@pytest.mark.parametrize(("lower", "said"), [(0.09, "lower over the feet"), (-0.09, "take-off was found too early")])
def test_who_lands_taller_than_they_took_off_may_have_been_seen_to_leave_too_early(
    monkeypatch: pytest.MonkeyPatch, lower: float, said: str
) -> None:
    """A drop jump whose take-off was found 40 ms early, 4 cm too high, was said to be too low."""
    monkeypatch.setattr("gaitlab.metrics.movements.jump._lower", lambda *_: lower)
    (note,) = (one for one in analysed(jumps(60.0), "jump").warnings if one.startswith("the hips are up to 9 %"))
    assert said in note
