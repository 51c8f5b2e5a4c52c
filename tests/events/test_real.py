"""Force-plate trials and the real clip. The bounds leave room above what ``benchmarks/events.py`` measures."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from benchmarks.truth import PUBLIC_FOLDER, film, load_trial, without
from gaitlab.core.gait import BOTH_SIDES
from gaitlab.core.pose import PoseSequence
from gaitlab.core.skeleton import Skeleton
from gaitlab.events import detect_contacts, gait_cycles
from gaitlab.events.activity import duty_factor
from gaitlab.signal import preprocessing

FEET = ("heel", "big_toe", "small_toe")


@pytest.mark.parametrize("feet", [True, False])
@pytest.mark.parametrize("name", ["RBDS001_2.5mps", "RBDS010_3.5mps", "RBDS014_4.5mps"])  # fore-, mid-, rearfoot
def test_events_agree_with_the_force_plates(name: str, feet: bool) -> None:
    trial = load_trial(PUBLIC_FOLDER / f"{name}.npz")
    pose = film(trial, fps=60.0, seen_from="left", rng=np.random.default_rng(1))
    found = detect_contacts(pose if feet else without(pose, FEET), forward=-1)
    assert found.activity == "running"
    errors_s = []
    for side in BOTH_SIDES:
        strike_s, off_s = trial.of(side)
        whole = (strike_s > pose.time_s[0] + 0.25) & (off_s < pose.time_s[-1] - 0.25)
        accepted = [c for c in found.of(side) if c.accepted]
        for true_strike_s, true_off_s in zip(strike_s[whole], off_s[whole], strict=True):
            nearest = min(accepted, key=lambda c: abs(c.foot_strike_s - true_strike_s))
            errors_s.append((nearest.foot_strike_s - true_strike_s, nearest.toe_off_s - true_off_s))
        assert len(accepted) <= len(strike_s)
    strike_ms, off_ms = 1000 * np.abs(errors_s).mean(axis=0)
    assert strike_ms < 9
    assert off_ms < 12
    assert 1000 * np.abs(errors_s).max() < 60


def real_clip(shared: Path) -> PoseSequence:
    data = json.loads((shared / "data" / "treadmill_side" / "male_side.pose.json").read_text())
    frames = np.array(data["frames"], dtype=float)
    full = {"l_": "left_", "r_": "right_"}
    names = tuple(full[n[:2]] + n[2:] if n[:2] in full else n for n in data["keypoint_names"])
    score, time_s = np.clip(frames[..., 2], 0, 1), np.array(data["timestamps"])
    raw = PoseSequence(frames[..., :2], score, time_s, Skeleton("clip", names))
    return preprocessing.preprocess(raw, min_score=0.3, outlier_threshold=4.0, outlier_floor_px=4.0)


@pytest.mark.shared
@pytest.mark.parametrize("feet", [True, False])
def test_the_real_clip_gives_plausible_contacts_on_both_sides(shared: Path, feet: bool) -> None:
    pose = real_clip(shared)
    found = detect_contacts(pose if feet else without(pose, FEET), forward=-1)
    cycles = gait_cycles(found)
    assert found.activity == "running"
    assert all(0.12 <= c.duration_s <= 0.42 for c in found.contacts if c.accepted)
    for side in BOTH_SIDES:
        assert sum(c.accepted for c in cycles if c.side == side) >= 14
        contacts = [c for c in found.of(side) if c.accepted]
        assert 0.20 <= np.mean([c.duration_s for c in contacts]) <= 0.32
        assert 0.25 <= duty_factor(contacts) <= 0.48
    stride_s = np.mean([c.stride_time_s for c in cycles if c.accepted])
    assert 120 / stride_s == pytest.approx(168.9, rel=0.01)
