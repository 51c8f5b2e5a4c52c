"""Contacts from behind, on force-plate runners and on made-up tracks."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from benchmarks.fit_rear_events import FEET
from benchmarks.rear_cameras import only_dots
from benchmarks.rearfoot import with_dots
from benchmarks.truth import DEFAULT_FOLDER, film, load_trial, without
from gaitlab.core.errors import InputError
from gaitlab.core.gait import BOTH_SIDES
from gaitlab.core.pose import PoseSequence
from gaitlab.core.skeleton import SKELETONS
from gaitlab.events.rear import detect_rear_contacts

EDGE_S = 0.4


def filmed(shared: Path, name: str) -> tuple:
    trial = load_trial(shared / "data" / DEFAULT_FOLDER.name / f"{name}.npz")
    return trial, film(trial, fps=60.0, seen_from="behind", rng=np.random.default_rng(3))


@pytest.mark.shared
@pytest.mark.parametrize("feet", [True, False], ids=["whole legs", "no feet"])
def test_contacts_of_a_real_runner(shared: Path, feet: bool) -> None:
    trial, pose = filmed(shared, "RBDS002_3.5mps")
    events = detect_rear_contacts(pose if feet else without(pose, FEET))
    assert events.activity == "running"
    for side in BOTH_SIDES:
        strike_s, off_s = trial.of(side)
        accepted = [c for c in events.of(side) if c.accepted]
        shown = (strike_s > pose.time_s[0] + EDGE_S) & (off_s < pose.time_s[-1] - EDGE_S)
        errors = []
        for start_s, end_s in zip(strike_s[shown], off_s[shown], strict=True):
            nearest = min(accepted, key=lambda c: abs(c.foot_strike_s - start_s))
            assert abs(nearest.foot_strike_s - start_s) < 0.05
            errors.append(abs(nearest.duration_s - (end_s - start_s)))
        assert np.mean(errors) < 0.015


NEAR_AND_HIGH = {"hip height, 3.5 m": (3.5, 0.95), "hip height, 3 m": (3.0, 0.95), "knee height, 5 m": (5.0, 0.5)}


@pytest.mark.shared
@pytest.mark.parametrize("camera", NEAR_AND_HIGH.values(), ids=NEAR_AND_HIGH)
@pytest.mark.parametrize("dots", [False, True], ids=["legs", "eight dots"])
def test_contacts_where_the_stance_foot_sinks_through_the_picture(
    shared: Path, camera: tuple[float, float], dots: bool
) -> None:
    trial = with_dots(load_trial(shared / "data" / DEFAULT_FOLDER.name / "RBDS002_3.5mps.npz"))
    pose = film(
        trial, fps=120.0, seen_from="behind", rng=np.random.default_rng(3), camera_distance_m=camera[0],
        camera_height_m=camera[1],
    )  # fmt: skip
    events = detect_rear_contacts(only_dots(pose) if dots else pose)
    assert events.activity == "running"
    errors = []
    for side in BOTH_SIDES:
        accepted = [c for c in events.of(side) if c.accepted]
        for start_s, end_s in zip(*trial.of(side), strict=True):
            if start_s > pose.time_s[0] + 0.6 and end_s < pose.time_s[-1] - 0.6:
                nearest = min(accepted, key=lambda c: abs(c.foot_strike_s - start_s))
                errors.append((nearest.foot_strike_s - start_s, nearest.toe_off_s - end_s))
    strike_s, off_s = np.array(errors).T
    assert np.abs(strike_s).max() < 0.08
    assert np.mean(np.abs(off_s - strike_s)) < (0.03 if dots else 0.015)


@pytest.mark.shared
def test_a_gap_costs_the_contacts_in_it_and_no_other(shared: Path) -> None:
    trial = load_trial(shared / "data" / DEFAULT_FOLDER.name / "RBDS002_3.5mps.npz")
    pose = film(
        trial, fps=60.0, seen_from="behind", rng=np.random.default_rng(3), camera_distance_m=3.5, camera_height_m=0.95
    )
    xy = np.array(pose.xy)
    start_s = pose.time_s[0]
    xy[(pose.time_s > start_s + 5.0) & (pose.time_s < start_s + 5.5), pose.skeleton.index("left_ankle")] = np.nan
    whole, holed = (detect_rear_contacts(p) for p in (pose, dataclasses.replace(pose, xy=xy)))
    lost = {round(c.foot_strike_s, 2) for c in holed.of("left") if not c.accepted and "not seen" in c.reason}
    assert 1 <= len(lost) <= 2
    assert all(start_s + 4.5 < at_s < start_s + 6.0 for at_s in lost)
    far = [c for c in whole.of("left") if c.accepted and not start_s + 4.0 < c.foot_strike_s < start_s + 6.5]
    still_s = np.array([c.foot_strike_s for c in holed.of("left") if c.accepted])
    assert all(np.abs(still_s - c.foot_strike_s).min() < 0.02 for c in far)


def test_neither_a_body_nor_dots_is_named() -> None:
    pose = still(4.0)
    xy = np.array(pose.xy)
    for name in ("left_hip", "right_hip"):
        xy[:, pose.skeleton.index(name)] = np.nan
    with pytest.raises(InputError, match="left_hip, right_hip never came"):
        detect_rear_contacts(dataclasses.replace(pose, xy=xy))


@pytest.mark.shared
def test_place_scale_and_mirror_do_not_matter(shared: Path) -> None:
    _, pose = filmed(shared, "RBDS002_3.5mps")
    pose = pose.between(0, 5)
    here = detect_rear_contacts(pose).contacts
    there = detect_rear_contacts(dataclasses.replace(pose, xy=pose.xy * 1.7 + [500, -80])).contacts
    assert [c.side for c in there] == [c.side for c in here]
    assert [c.foot_strike_s for c in there] == pytest.approx([c.foot_strike_s for c in here], abs=1e-6)
    xy = pose.xy[:, pose.skeleton.mirrored] * [-1, 1]
    mirrored = detect_rear_contacts(dataclasses.replace(pose, xy=xy)).contacts
    assert [c.side for c in mirrored] != [c.side for c in here]
    assert [c.foot_strike_s for c in mirrored] == pytest.approx([c.foot_strike_s for c in here], abs=1e-6)


def still(seconds: float, *, fps: float = 60.0) -> PoseSequence:
    """Somebody who stands."""
    body = SKELETONS["runner_31"]
    time_s = np.arange(round(seconds * fps)) / fps
    heights = {"hip": 100.0, "knee": 200.0, "ankle": 300.0}
    xy = np.full((len(time_s), len(body), 2), np.nan)
    for i, name in enumerate(body.names):
        side, _, point = name.partition("_")
        if side in BOTH_SIDES and point in heights:
            xy[:, i] = (20.0 if side == "right" else -20.0, heights[point])
    return PoseSequence(xy, np.ones(xy.shape[:2]), time_s, body)


def test_who_stands_still_has_no_stride() -> None:
    with pytest.raises(InputError, match="no repeating stride"):
        detect_rear_contacts(still(4.0))


def test_a_leg_out_of_sight_and_a_short_film_are_named() -> None:
    pose = still(4.0)
    xy = np.array(pose.xy)
    xy[:, pose.skeleton.index("left_ankle")] = np.nan
    with pytest.raises(InputError, match="left_ankle never came"):
        detect_rear_contacts(dataclasses.replace(pose, xy=xy))
    with pytest.raises(InputError, match="2 s of recording"):
        detect_rear_contacts(still(1.0))
