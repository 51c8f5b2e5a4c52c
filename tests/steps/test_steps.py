"""The steps one by one: they make the numbers of `gaitlab.analyze`, and each can be used without the others."""

from __future__ import annotations

import csv
import doctest
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import gaitlab
from gaitlab.apps.demo import View, demo_clip
from gaitlab.apps.truth import load_truth
from gaitlab.core.errors import InputError, SettingsError
from gaitlab.core.gait import GaitEvents
from gaitlab.core.pose import PoseSequence, Step
from gaitlab.kinematics.calibration import facing as facing_of
from gaitlab.pose.networks.estimator import load_estimator
from gaitlab.steps import loading, measuring

FPS = 60.0
NOISE_PX = 1.0
STEPS = [loading.load_keypoints, *(getattr(measuring, n) for n in gaitlab.__all__ if hasattr(measuring, n))]
STEPS = [step for step in STEPS if step.__module__.startswith("gaitlab.steps")]


def write_points(path: Path, view: View, frames: int) -> None:
    """The true points of the demonstration's runner, but for noise, one wild jump and a gap."""
    truth = load_truth(demo_clip(view)[1])
    xy = truth.xy_px[:frames] + np.random.default_rng(7).normal(0.0, NOISE_PX, truth.xy_px[:frames].shape)
    xy[40, truth.names.index("left_ankle")] += 200.0
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["frame", "keypoint", "x_px", "y_px", "score"])
        for frame, points in enumerate(xy.round(2).tolist()):
            for name, (x, y) in zip(truth.names, points, strict=True):
                writer.writerow([frame, name, x, y, 0.0 if name == "right_knee" and 60 <= frame < 64 else 0.9])


@pytest.fixture(scope="module")
def side_csv(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("side") / "run.csv"
    write_points(path, "side", 300)
    return path


@pytest.fixture(scope="module")
def rear_csv(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("rear") / "run.csv"
    write_points(path, "rear", 300)
    return path


def over_ground(folder: Path, side_csv: Path, *, back: bool) -> Path:
    """The demonstration's runner with the belt's way added, and ``back`` again in a second pass, mirrored."""
    table = pd.read_csv(side_csv)
    belt = gaitlab.detect_contacts(gaitlab.preprocess(gaitlab.load_keypoints(side_csv, fps=FPS))).belt
    table = table[table["frame"] < 150]
    forward = 1 if gaitlab_facing(side_csv) == "right" else -1
    there = table.assign(x_px=table["x_px"] + forward * belt.speed_px_per_s / FPS * table["frame"])
    width = there["x_px"].max() + there["x_px"].min()
    again = there.assign(frame=there["frame"] + 150, x_px=width - there["x_px"])
    path = folder / f"over_{back}.csv"
    (pd.concat([there, again]) if back else there).round(2).to_csv(path, index=False)
    return path


def gaitlab_facing(path: Path) -> str:
    return "right" if facing_of(gaitlab.load_keypoints(path, fps=FPS))[0] > 0 else "left"


@pytest.mark.parametrize("back", [False, True])
@pytest.mark.parametrize("height_m", [None, 1.78])
def test_the_steps_give_the_numbers_of_an_analysis_overground(
    back: bool, height_m: float | None, side_csv: Path, tmp_path: Path
) -> None:
    points = over_ground(tmp_path, side_csv, back=back)
    session = gaitlab.analyze(keypoints=points, fps=FPS, height_m=height_m, output=tmp_path / "run")
    assert session.info["setting"] == "overground"
    assert any("2 of them are put together" in warning for warning in session.warnings) == back

    pose = gaitlab.preprocess(gaitlab.load_keypoints(points, fps=FPS))
    events = gaitlab.detect_contacts(pose)
    angles = gaitlab.compute_angles(pose, events=events)
    table = gaitlab.compute_metrics(pose, events=events, angles=angles, height_m=height_m)
    np.testing.assert_allclose(pose.xy, session.pose.xy, rtol=1e-6)
    assert len(events.contacts) > (12 if back else 6)
    assert [(c.side, c.reason) for c in events.contacts] == [(c.side, c.reason) for c in session.gait_events.contacts]
    strikes = [[c.foot_strike_s for c in found.contacts] for found in (events, session.gait_events)]
    np.testing.assert_allclose(*strikes, atol=1e-6)
    for name, curve in session.angle_curves.values_deg.items():
        np.testing.assert_allclose(angles.values_deg[name], curve, atol=1e-6, err_msg=name)
    pd.testing.assert_frame_equal(table, session.summary, check_dtype=False, check_exact=False, rtol=0, atol=1e-6)
    pd.testing.assert_frame_equal(gaitlab.compute_metrics(pose, height_m=height_m), table)
    speed = table.set_index("metric").loc["speed"]
    assert speed["label"] == "Speed"
    treadmill = gaitlab.compute_metrics(pose, setting="treadmill", height_m=height_m).set_index("metric")
    assert treadmill.loc["speed"]["label"] == "Belt speed"


@pytest.mark.parametrize("view", ["side", "rear"])
@pytest.mark.parametrize("settings", [None, {"smoothing.method": "kalman", "calibration.level": "off"}])
def test_the_steps_give_the_numbers_of_an_analysis(
    view: View, settings: dict[str, object] | None, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    points = request.getfixturevalue(f"{view}_csv")
    person = {"belt_speed_mps": 2.8, "height_m": 1.78, "mass_kg": 70.0}
    session = gaitlab.analyze(keypoints=points, fps=FPS, settings=settings, output=tmp_path / "run", **person)  # type: ignore[arg-type]
    assert session.info["view"] == view

    raw = gaitlab.load_keypoints(points, fps=FPS)
    pose = gaitlab.preprocess(raw, settings=settings)
    events = gaitlab.detect_contacts(pose, settings=settings)
    angles = gaitlab.compute_angles(pose, events=events, settings=settings)
    table = gaitlab.compute_metrics(pose, events=events, angles=angles, settings=settings, **person)  # type: ignore[arg-type]

    # The session's keypoints have 24 bits, its tables 6 digits.
    np.testing.assert_allclose(pose.xy, session.pose.xy, rtol=1e-6)
    assert len(events.contacts) > 10
    assert [(c.side, c.accepted, c.reason) for c in events.contacts] == [
        (c.side, c.accepted, c.reason) for c in session.gait_events.contacts
    ]
    strikes = [[c.foot_strike_s for c in found.contacts] for found in (events, session.gait_events)]
    np.testing.assert_allclose(*strikes, atol=1e-6)
    assert set(angles.values_deg) == set(session.angle_curves.values_deg)
    for name, curve in session.angle_curves.values_deg.items():
        np.testing.assert_allclose(angles.values_deg[name], curve, atol=1e-6, err_msg=name)
    pd.testing.assert_frame_equal(table, session.summary, check_dtype=False, check_exact=False, rtol=0, atol=1e-6)
    assert table["mean"].notna().sum() > 10


def test_what_is_not_given_is_found(side_csv: Path) -> None:
    pose = gaitlab.preprocess(gaitlab.load_keypoints(side_csv, fps=FPS))
    events = gaitlab.detect_contacts(pose)
    given = gaitlab.compute_metrics(pose, events=events, angles=gaitlab.compute_angles(pose, events=events))
    pd.testing.assert_frame_equal(gaitlab.compute_metrics(pose), given)


def test_a_preprocessed_sequence_keeps_its_tracks_before_smoothing(side_csv: Path) -> None:
    raw = gaitlab.load_keypoints(side_csv, fps=FPS)
    pose = gaitlab.preprocess(raw)
    before = pose.unsmoothed
    hip = raw.skeleton.index("left_hip")
    # Nothing of the hip needed repair, so what is before smoothing is what came.
    np.testing.assert_array_equal(before.xy[:, hip], raw.xy[:, hip])
    assert np.abs(pose.xy[:, hip] - raw.xy[:, hip]).max() > 0.1
    assert [step.name for step in before.history] == [step.name for step in pose.history][:-1]
    assert before.unsmoothed is before
    cut = pose.between(1.0, 2.0)
    np.testing.assert_array_equal(cut.unsmoothed.xy, before.between(1.0, 2.0).xy)
    # Other points have no past.
    assert pose.after(Step("moved"), xy=pose.xy + 1.0).unsmoothed_xy is None


def test_contacts_are_found_before_smoothing(side_csv: Path) -> None:
    pose = gaitlab.preprocess(gaitlab.load_keypoints(side_csv, fps=FPS))
    smoothed = replace(pose, unsmoothed_xy=None)
    own, unsmoothed, late = (
        [contact.foot_strike_s for contact in gaitlab.detect_contacts(one).contacts]
        for one in (pose, pose.unsmoothed, smoothed)
    )
    assert own == unsmoothed
    assert own != late


def test_a_mirrored_runner_has_the_same_angles_of_the_other_leg(side_csv: Path) -> None:
    pose = gaitlab.preprocess(gaitlab.load_keypoints(side_csv, fps=FPS))
    mirrored = replace(pose, xy=pose.xy[:, list(pose.skeleton.mirrored)] * [-1.0, 1.0], unsmoothed_xy=None)
    plain = gaitlab.compute_angles(pose.unsmoothed, events=GaitEvents((), "ambiguous"))
    other = gaitlab.compute_angles(replace(pose.unsmoothed, xy=mirrored.xy), events=GaitEvents((), "ambiguous"))
    assert np.isfinite(other.values_deg["right_knee_flexion_deg"]).all()
    smooth = gaitlab.compute_angles(replace(pose, unsmoothed_xy=None), events=GaitEvents((), "ambiguous"))
    np.testing.assert_allclose(
        other.values_deg["right_knee_flexion_deg"], smooth.values_deg["left_knee_flexion_deg"], atol=1e-9
    )
    assert np.isnan(plain.values_deg["left_ankle_flexion_deg"]).all()  # no foot was on the ground to be its zero


def test_angles_of_somebody_who_does_not_walk() -> None:
    """A squat of two seconds has no contacts: its knee angle is there, by hand 90 degrees, its ankle's zero is not."""
    names = ("neck", "mid_hip", "left_hip", "right_hip", "left_knee", "right_knee", "left_ankle", "right_ankle")
    standing = {"neck": (300, 100), "mid_hip": (300, 300), "hip": (300, 300), "knee": (400, 300), "ankle": (400, 400)}
    points = [standing[name.removeprefix("left_").removeprefix("right_")] for name in names]
    xy = np.tile(np.array(points, dtype=float), (120, 1, 1))
    from gaitlab.core.skeleton import Skeleton

    pose = PoseSequence(xy, np.ones(xy.shape[:2]), np.arange(120) / 60, Skeleton("test", names))
    angles = gaitlab.compute_angles(pose, view="side", facing="right")
    np.testing.assert_allclose(angles.values_deg["left_knee_flexion_deg"], 90.0)
    np.testing.assert_allclose(angles.values_deg["left_hip_flexion_deg"], 90.0)
    assert np.isnan(angles.values_deg["left_ankle_flexion_deg"]).all()
    with pytest.raises(InputError):
        gaitlab.detect_contacts(pose, view="side")


def test_poses_of_a_video_are_those_of_an_analysis(tmp_path: Path) -> None:
    clip = demo_clip()[0]
    found = gaitlab.estimate_poses(clip, model="runner", end_s=0.25)
    assert found.xy.shape == (len(found), len(load_estimator("runner").skeleton), 2)
    assert 14 <= len(found) <= 17
    truth = load_truth(demo_clip()[1])
    hip = truth.xy_px[: len(found), truth.names.index("left_hip")]
    assert np.nanmedian(np.linalg.norm(found.point("left_hip") - hip, axis=1)) < 20.0
    assert found.history[0].parameters["model"] == "runner"


def test_the_network_is_known_from_the_history(side_csv: Path) -> None:
    raw = gaitlab.load_keypoints(side_csv, fps=FPS)
    by_network = replace(raw, history=(Step("pose", {"model": "runner"}),))
    errors = [gaitlab.compute_metrics(gaitlab.preprocess(p))["network_error"] for p in (raw, by_network)]
    assert errors[0].isna().all()
    assert errors[1].notna().any()


def test_a_runner_from_the_front_is_refused(rear_csv: Path) -> None:
    raw = gaitlab.load_keypoints(rear_csv, fps=FPS)
    front = replace(raw, xy=(raw.xy - [1000.0, 0.0]) * [-1.0, 1.0])
    for view in ("auto", "rear"):
        with pytest.raises(InputError, match="seen from the front"):
            gaitlab.preprocess(front, view=view)


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"view": "back"}, "did you mean 'rear'"),
        ({"facing": "up"}, "unknown facing 'up'"),
        ({"settings": {"smoothing.methode": "none"}}, "unknown setting"),
        ({"pose": np.zeros((3, 2))}, "pose must be a PoseSequence, as load_keypoints returns, not a ndarray"),
        ({"events": ()}, "events must be GaitEvents, as detect_contacts returns, not a list of 0"),
        ({"belt_speed_mps": float("nan")}, "belt_speed_mps must be"),
    ],
)
def test_a_wrong_argument_is_one_line(side_csv: Path, wrong: dict[str, object], sentence: str) -> None:
    given = {"pose": gaitlab.load_keypoints(side_csv, fps=FPS), **wrong}
    with pytest.raises((InputError, SettingsError), match=sentence):
        gaitlab.compute_metrics(given.pop("pose"), **given)  # type: ignore[arg-type]


def test_angles_of_another_recording_are_refused(side_csv: Path) -> None:
    pose = gaitlab.preprocess(gaitlab.load_keypoints(side_csv, fps=FPS))
    with pytest.raises(InputError, match="the angles have 61 frames, the keypoints 300"):
        gaitlab.compute_metrics(pose, angles=gaitlab.compute_angles(pose.between(1.0, 2.0)))


def test_a_file_is_refused_by_the_names_of_this_function(side_csv: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="give it with fps"):
        gaitlab.load_keypoints(side_csv)
    (tmp_path / "other.csv").write_text("a,b\n1,2\n")
    with pytest.raises(InputError, match=r"choose another format$"):
        gaitlab.load_keypoints(tmp_path / "other.csv", fps=FPS, format="csv")
    with pytest.raises(InputError, match="no such file"):
        gaitlab.load_keypoints(tmp_path / "none.csv", fps=FPS)
    with pytest.raises(InputError, match="person 3 is not in"):
        gaitlab.load_keypoints(side_csv, fps=FPS, person=3)


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.__name__)
def test_the_examples_of_the_docstrings(
    step: object, side_csv: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(side_csv.parent)
    (test,) = doctest.DocTestFinder(recurse=False).find(step, globs={})
    assert test.examples
    assert doctest.DocTestRunner().run(test).failed == 0


def test_what_contradicts_the_view_or_the_facing_is_the_first_warning(side_csv: Path) -> None:
    """The demonstration's runner faces right and is filmed from the side."""
    raw = gaitlab.load_keypoints(side_csv, fps=FPS)
    wrong = {"facing": "left"}
    table = gaitlab.compute_metrics(gaitlab.preprocess(raw, **wrong), **wrong)
    assert "measured as one who faces left" in table.attrs["warnings"][0]
    right = gaitlab.compute_metrics(gaitlab.preprocess(raw))
    assert not any("as was said" in warning for warning in right.attrs["warnings"])


def test_contacts_of_another_recording_are_refused(side_csv: Path) -> None:
    pose = gaitlab.preprocess(gaitlab.load_keypoints(side_csv, fps=FPS))
    later = replace(pose, time_s=pose.time_s + 100)
    with pytest.raises(InputError, match="give those of one recording"):
        gaitlab.compute_metrics(later, events=gaitlab.detect_contacts(pose))


def test_no_source_is_one_line(side_csv: Path) -> None:
    for wrong in (None, 5, np.zeros((10, 17, 2))):
        with pytest.raises(InputError, match="source must be the path of a file or folder, or a poses dataset"):
            gaitlab.load_keypoints(wrong, fps=60)  # type: ignore[arg-type]
    with pytest.raises(InputError, match="must come before"):
        gaitlab.estimate_poses("run.mp4", start_s=2.0, end_s=1.0)
