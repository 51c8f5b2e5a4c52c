"""Keypoints to numbers: clocks, slow motion, scale, and walking with a known motion."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from gaitlab.analysis.recording import Analysis, analyze_pose
from gaitlab.config import Settings, with_values
from gaitlab.core.person import Runner
from gaitlab.core.pose import PoseSequence
from gaitlab.core.skeleton import SKELETONS, Skeleton

BODY = SKELETONS["body_25"]


@pytest.fixture(scope="module")
def tracks(shared: Path) -> PoseSequence:
    content = json.loads((shared / "data/treadmill_side/male_side.pose.json").read_text())
    points = np.array(content["frames"], dtype=float)
    sides = {"l_": "left_", "r_": "right_"}
    names = tuple(sides.get(n[:2], n[:2]) + n[2:] for n in content["keypoint_names"])
    score = np.clip(points[..., 2], 0, 1)
    return PoseSequence(points[..., :2], score, np.arange(len(points)) / 30, Skeleton("rtmpose", names))


def value(analysis: Analysis, metric: str, side: str = "both") -> float:
    return next(row.mean for row in analysis.summary if (row.metric, row.side) == (metric, side))


def analyzed(pose: PoseSequence, settings: Settings | None = None, **runner: object) -> Analysis:
    return analyze_pose(pose, runner=Runner(**runner), settings=settings or Settings())


@pytest.mark.shared
@pytest.mark.parametrize("factor", [2, 4, 8])
def test_slow_motion_is_asked_about(tracks: PoseSequence, factor: int) -> None:
    said = " ".join(analyzed(replace(tracks, time_s=tracks.time_s * factor)).warnings)
    assert "the true frame rate must be entered" in said
    assert ("169 at 2x" in said or "168 at 2x" in said) if factor == 2 else "must be entered: 30" in said


@pytest.mark.shared
def test_true_speed_is_not_asked_about(tracks: PoseSequence) -> None:
    assert "frame rate" not in " ".join(analyzed(tracks).warnings)


@pytest.mark.shared
def test_dropped_frames_change_the_clock_not_the_numbers(tracks: PoseSequence) -> None:
    keep = np.random.default_rng(2).random(len(tracks)) > 0.08
    fewer = PoseSequence(tracks.xy[keep], tracks.score[keep], tracks.time_s[keep], tracks.skeleton)
    whole, part = analyzed(tracks), analyzed(fewer)
    assert value(part, "cadence") == pytest.approx(value(whole, "cadence"), abs=0.7)
    assert value(part, "contact_time", "left") == pytest.approx(value(whole, "contact_time", "left"), abs=0.012)
    peak = "peak_knee_flexion_swing"
    assert value(part, peak, "left") == pytest.approx(value(whole, peak, "left"), abs=3.0)


@pytest.mark.shared
def test_a_mirrored_body_swaps_its_sides(tracks: PoseSequence) -> None:
    """In a mirror a left leg looks like a right one: the near leg stays near, under the other name."""
    other_side = {"left": "right", "right": "left"}
    names = tuple(
        f"{other_side[n.partition('_')[0]]}_{n.partition('_')[2]}" if n.partition("_")[0] in other_side else n
        for n in tracks.skeleton.names
    )
    mirrored = replace(tracks, xy=tracks.xy * [-1, 1] + [720, 0], skeleton=Skeleton("mirrored", names))
    one, other = analyzed(tracks), analyzed(mirrored)
    assert (one.facing, other.facing) == ("left", "right")
    for metric in ("contact_time", "overstride", "knee_flexion_at_contact", "foot_strike_angle"):
        for side in ("left", "right"):
            same = value(other, metric, other_side[side])
            assert same == pytest.approx(value(one, metric, side), abs=1e-6), (metric, side)


@pytest.mark.shared
def test_a_bigger_picture_changes_no_angle_and_no_time(tracks: PoseSequence) -> None:
    bigger = replace(tracks, xy=tracks.xy * 3.0 + 100.0)
    one, other = analyzed(tracks, height_m=1.78), analyzed(bigger, height_m=1.78)
    for row, same in zip(one.summary, other.summary, strict=True):
        assert same.mean == pytest.approx(row.mean, rel=1e-6, abs=1e-9, nan_ok=True), row.metric


@pytest.mark.shared
def test_a_known_length_gives_the_scale(tracks: PoseSequence) -> None:
    settings = with_values(Settings(), {"calibration.known_length_m": 1.5, "calibration.known_length_px": 600.0})
    known = analyzed(tracks, settings)
    assert known.trial.calibration.scale_source == "known length"
    assert known.trial.calibration.metres_per_px == pytest.approx(0.0025)
    assert value(known, "speed") == pytest.approx(0.0025 * known.trial.calibration.belt.speed_px_per_s)


@pytest.mark.shared
@pytest.mark.parametrize("method", ["savitzky-golay", "butterworth", "kalman"])
def test_every_smoother_tells_the_same_story(tracks: PoseSequence, method: str) -> None:
    found = analyzed(tracks, with_values(Settings(), {"smoothing.method": method}))
    assert value(found, "cadence") == pytest.approx(168.9, abs=1.0)
    assert value(found, "peak_knee_flexion_swing", "left") == pytest.approx(93, abs=4)


# Walking: both legs swing the same known path half a stride apart, on a belt at 1.2 m/s; 400 px are a metre.
STRIDE_S, STANCE_S, SPEED_PX = 1.10, 0.68, 480.0
SWING_S = STRIDE_S - STANCE_S
# Zeni's events are where the foot turns round relative to the hips. On this path, whose speed is smooth, that is a
# little after lift-off and before landing: where s (1 - s) = swing / (6 stride), s being the share of the swing.
TURN_S = SWING_S * (1 - np.sqrt(1 - 4 * SWING_S / (6 * STRIDE_S))) / 2


def foot_path(phase_s: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The ankle relative to the hip (forward, up; px): rides with the belt in stance, swings forward in an arc."""
    reach = SPEED_PX * STANCE_S / 2
    swing = np.clip((phase_s - STANCE_S) / SWING_S, 0, 1)
    forward = np.where(
        phase_s < STANCE_S,
        reach - SPEED_PX * phase_s,
        # A cubic that leaves and meets the belt at the belt's own speed.
        -reach - SPEED_PX * SWING_S * swing + (2 * reach + SPEED_PX * SWING_S) * (3 * swing**2 - 2 * swing**3),
    )
    return forward, 40 * np.sin(np.pi * swing) ** 2


def walker(fps: float = 100.0, *, vault_px: float = 8.0) -> PoseSequence:
    """Hips are lowest in the middle of double support and vault over the standing leg."""
    time_s = np.arange(int(14 * fps)) / fps
    xy = np.full((len(time_s), len(BODY), 2), np.nan)
    both_down_s = STANCE_S - STRIDE_S / 2
    bob = vault_px * np.cos(2 * np.pi * (time_s - both_down_s / 2) / (STRIDE_S / 2))
    hip = np.stack([np.full_like(time_s, 500.0), 300.0 + bob], axis=1)
    for name, point in (("mid_hip", hip), ("neck", hip - [0, 200]), ("nose", hip - [-20, 240])):
        xy[:, BODY.index(name)] = point
    for number, side in enumerate(("left", "right")):
        forward, up = foot_path((time_s + number * STRIDE_S / 2) % STRIDE_S)
        ankle = np.stack([500.0 + forward, 650.0 - up], axis=1)
        knee = (hip + ankle) / 2 + [12, 0]
        xy[:, BODY.index(f"{side}_hip")] = hip
        xy[:, BODY.index(f"{side}_knee")] = knee
        xy[:, BODY.index(f"{side}_ankle")] = ankle
        for point, offset in (("heel", [-20, 25]), ("big_toe", [55, 28]), ("small_toe", [50, 28])):
            xy[:, BODY.index(f"{side}_{point}")] = ankle + offset
    return PoseSequence(xy, np.full(xy.shape[:2], 0.9), time_s, BODY)


@pytest.mark.parametrize("vault_px", [8.0, 0.0])
def test_walking_with_a_known_motion(vault_px: float) -> None:
    found = analyzed(walker(vault_px=vault_px), belt_speed_mps=1.2)
    assert found.trial.events.activity == "walking"
    assert value(found, "cadence") == pytest.approx(120 / STRIDE_S, rel=0.003)
    assert value(found, "speed") == pytest.approx(1.2)
    assert found.trial.calibration.metres_per_px == pytest.approx(1 / 400, rel=0.01)
    for side in ("left", "right"):
        assert value(found, "stride_length", side) == pytest.approx(1.2 * STRIDE_S, rel=0.003)
        seen_s = STANCE_S + 2 * TURN_S
        assert value(found, "contact_time", side) == pytest.approx(seen_s, abs=0.005)
        assert value(found, "swing_share", side) == pytest.approx(100 * (1 - seen_s / STRIDE_S), abs=0.5)
        assert value(found, "double_support", side) == pytest.approx(100 * (2 * seen_s / STRIDE_S - 1), abs=1)
    metrics = {row.metric for row in found.summary}
    assert "flight_time" not in metrics
    assert not any("frame rate" in warning for warning in found.warnings)
