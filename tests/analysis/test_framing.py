"""A camera off the axis behind, a runner who drifts or comes nearer: named, and what they spoil is not told."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from benchmarks.rear_axis import turned
from benchmarks.truth import PUBLIC_FOLDER, film, load_trial
from gaitlab.analysis.framing import off_axis_deg, within_picture
from gaitlab.analysis.recording import Analysis, analyze_pose
from gaitlab.config import Settings
from gaitlab.core.metric import MetricValue
from gaitlab.core.person import Runner
from gaitlab.core.pose import PoseSequence
from gaitlab.kinematics.calibration import LEG_SHARE_OF_HEIGHT
from gaitlab.metrics import METRICS, asymmetries
from tests.events.make import RUNNING, filmed
from tests.kinematics.test_travel import passing

AXIS = ("hip_adduction", "knee_projection_angle")


@pytest.fixture(scope="module")
def trial_path() -> Path:
    return PUBLIC_FOLDER / "RBDS001_3.5mps.npz"


def from_behind(path: Path, degrees: float) -> PoseSequence:
    return film(
        turned(load_trial(path), degrees), fps=60, seen_from="behind", rng=np.random.default_rng(0),
        camera_distance_m=5.0, camera_height_m=1.0,
    ).between(0, 8)  # fmt: skip


def analyzed(pose: PoseSequence) -> Analysis:
    return analyze_pose(pose, runner=Runner(height_m=1.75), settings=Settings(), view="rear")


def rows_of(analysis: Analysis, metric: str) -> list[MetricValue]:
    return [row for row in analysis.summary if row.metric == metric]


def compared(analysis: Analysis) -> set[str]:
    found = asymmetries(analysis.summary, METRICS, unlike=analysis.trial.unlike)
    return {one.metric for one in found if one.comparable}


@pytest.mark.parametrize("degrees", [-12.0, -5.0, 0.0, 5.0, 12.0])
def test_the_angle_of_the_camera_is_told_with_its_side(trial_path: Path, degrees: float) -> None:
    trial = analyzed(from_behind(trial_path, degrees)).trial
    legs_per_s = 3.5 / (LEG_SHARE_OF_HEIGHT * load_trial(trial_path).height_m)
    told = off_axis_deg(trial.pose, trial.events, leg_px=trial.calibration.leg_px, belt_legs_per_s=legs_per_s)
    assert told == pytest.approx(degrees, abs=2.5)


def test_straight_behind_nothing_is_left_out(trial_path: Path) -> None:
    analysis = analyzed(from_behind(trial_path, 0.0))
    assert not analysis.trial.spoiled
    assert not analysis.trial.unlike
    assert set(AXIS) <= compared(analysis)


def test_a_little_off_the_axis_the_legs_are_not_compared(trial_path: Path) -> None:
    analysis = analyzed(from_behind(trial_path, 4.0))
    assert not compared(analysis) & set(AXIS)
    assert "pelvic_drop" in compared(analysis)
    for metric in AXIS:
        assert all(np.isfinite(row.mean) for row in rows_of(analysis, metric))
        assert all("not to be compared with the other leg" in row.note for row in rows_of(analysis, metric))
    assert any("off the axis behind, on the runner's right" in said for said in analysis.warnings)


def test_far_off_the_axis_what_it_spoils_is_not_told(trial_path: Path) -> None:
    analysis = analyzed(from_behind(trial_path, -15.0))
    for metric in AXIS:
        for row in rows_of(analysis, metric):
            assert np.isnan(row.mean)
            assert "off the axis behind, on the runner's left" in row.missing_reason
    assert all(np.isfinite(row.mean) for row in rows_of(analysis, "cadence"))


def test_who_drifts_or_comes_nearer(trial_path: Path) -> None:
    pose = from_behind(trial_path, 0.0)
    leg_px = 0.86 * 400
    drifts = pose.xy + np.stack([0.06 * leg_px * pose.time_s, 0 * pose.time_s], axis=1)[:, None]
    analysis = analyzed(replace(pose, xy=drifts))
    assert "step_width" not in compared(analysis)
    said = next(one for one in analysis.warnings if "drifts to the right of the picture" in one)
    assert float(said.split(" by ")[1].split()[0]) == pytest.approx(0.06, rel=0.25)
    nearer = pose.xy * (1 + 0.25 * pose.time_s / pose.time_s[-1])[:, None, None]
    analysis = analyzed(replace(pose, xy=nearer))
    assert all(np.isnan(row.mean) for row in rows_of(analysis, "step_width"))
    assert any("comes nearer or goes away" in said for said in analysis.warnings)


def test_feet_below_the_picture_are_not_guessed_and_what_needs_them_is_not_told() -> None:
    """The ankle of the runner of `filmed` stands 0.08 m above the ground: a picture that ends there shows no strike."""
    pose = filmed(RUNNING, seconds=6.0)
    lowest_px = float(np.nanmax(pose.xy[..., 1]))
    whole, none = within_picture(pose, width=1280, height=round(lowest_px * 1.05))
    assert whole is pose
    assert none == ()

    height = round(lowest_px - 0.06 * 400)
    kept, told = within_picture(pose, width=1280, height=height)
    seen = np.isfinite(kept.xy[..., 1])
    assert np.nanmax(kept.xy[..., 1]) <= 0.99 * height
    np.testing.assert_array_equal(kept.xy[seen], pose.xy[seen])
    assert (kept.score[~seen] == 0).all()
    (said,) = told
    assert "the legs leave the picture below" in said
    assert "heel" in said

    full, cut = (analyze_pose(one, runner=Runner(), settings=Settings()) for one in (pose, kept))
    for metric in ("foot_strike_angle", "knee_flexion_at_contact", "contact_time"):
        assert all(np.isfinite(row.mean) for row in rows_of(full, metric))
        for row in rows_of(cut, metric):
            assert np.isnan(row.mean)
            assert row.missing_reason == "the feet leave the picture below, so that foot strikes are not seen"


def test_who_leaves_at_the_side_of_the_picture_needs_no_word() -> None:
    pose = passing(seconds=2.5)
    x = pose.xy[..., 0]
    kept, told = within_picture(pose, width=round(float(np.nanpercentile(x, 90))), height=1200)
    assert told == ()
    assert np.isfinite(kept.xy[..., 0]).sum() < np.isfinite(x).sum()
    assert not analyze_pose(kept, runner=Runner(), settings=Settings()).trial.spoiled


def test_toes_alone_out_of_the_picture_leave_the_foot_strikes() -> None:
    """The heel is seen: contacts are told, so that the sentence must not say that they are not."""
    pose = filmed(RUNNING, seconds=4.0)
    xy = pose.xy.copy()
    toe = pose.skeleton.index("left_big_toe")
    xy[::4, toe, 1] = 2000.0
    lowest_px = np.nanmax(pose.xy[..., 1])
    kept, (said,) = within_picture(replace(pose, xy=xy), width=1280, height=round(lowest_px * 1.05))
    assert said.startswith("the toes leave the picture below (big toe 25 % of the frames): what needs them is told of")
    row = next(
        row for row in analyze_pose(kept, runner=Runner(), settings=Settings()).summary if row.metric == "contact_time"
    )
    assert row.n > 0
