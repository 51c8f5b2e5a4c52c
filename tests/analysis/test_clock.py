"""Slow motion that only the strides tell: which factor, what is measured without an answer, and what an answer does."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import gaitlab
from gaitlab.analysis.clock import SlowMotion, find_slow_motion, too_short_for_its_clock
from gaitlab.analysis.recording import Analysis, analyze_pose
from gaitlab.config import Settings
from gaitlab.core.gait import TRUE_TIME, Clock
from gaitlab.core.metric import MetricValue
from gaitlab.core.person import Runner
from gaitlab.core.pose import PoseSequence
from gaitlab.io.session.session import Session
from gaitlab.metrics import METRICS
from tests.events.make import RUNNING, WALKING, filmed
from tests.kinematics.test_travel import passing

# A run of 166.7 steps a minute.
CADENCE = 120 / RUNNING.stride_s
TIMED = ("cadence", "contact_time", "flight_time", "speed", "vertical_stiffness")


def slowed(pose: PoseSequence, factor: float) -> PoseSequence:
    return replace(pose, time_s=pose.time_s * factor)


def analyzed(pose: PoseSequence, clock: Clock = TRUE_TIME, **runner: float) -> Analysis:
    known = Runner(**{"height_m": 1.75, "mass_kg": 70.0, **runner})  # type: ignore[arg-type]
    at = replace(pose, time_s=pose.time_s / clock.slow_motion)
    return analyze_pose(at, runner=known, settings=Settings(), clock=clock)


def found(pose: PoseSequence) -> tuple[SlowMotion, Analysis] | None:
    return find_slow_motion(analyzed(pose), again=lambda clock: analyzed(pose, clock))


def row(analysis: Analysis, metric: str) -> MetricValue:
    return next(row for row in analysis.summary if row.metric == metric)


@pytest.mark.parametrize(("taken", "shown"), [(60, 30), (60, 25), (120, 30), (100, 25), (240, 30), (240, 25)])
def test_the_rates_of_cameras_are_told_by_the_strides(taken: int, shown: int) -> None:
    factor = taken / shown
    slow, analysis = found(slowed(filmed(RUNNING, fps=taken, seconds=6.0), factor)) or pytest.fail("nothing found")
    assert slow.factors[0] == pytest.approx(factor, rel=0.02)
    assert slow.likely_rates_fps[0] == taken
    assert slow.cadence == pytest.approx(CADENCE / factor, rel=0.02)
    assert analysis.trial.clock == Clock(slow.factors[0], "unknown")


def test_a_run_past_a_fixed_camera_in_slow_motion_is_no_walk() -> None:
    slow, analysis = found(slowed(passing(RUNNING, seconds=2.5), 2.0)) or pytest.fail("nothing found")
    assert slow.factors[0] == pytest.approx(2.0)
    assert (analysis.trial.activity, analysis.trial.setting) == ("running", "overground")


@pytest.mark.parametrize(
    "pose",
    [
        filmed(RUNNING, seconds=6.0),
        filmed(WALKING, seconds=8.0),
        passing(WALKING, seconds=3.5),
        filmed(replace(WALKING, stride_s=1.6, belt_mps=0.7), seconds=12.0),
        filmed(replace(RUNNING, stride_s=0.95), seconds=8.0),  # 126 a minute: asked about, but measured
    ],
)
def test_who_runs_or_walks_in_true_time_is_not_in_slow_motion(pose: PoseSequence) -> None:
    assert found(pose) is None


def test_without_an_answer_times_are_left_out_and_the_rest_is_that_of_the_true_rate() -> None:
    pose = slowed(filmed(RUNNING, fps=60, seconds=6.0), 2.0)
    _, unanswered = found(pose) or pytest.fail("nothing found")
    answered = analyzed(pose, Clock(2.0, "entered"))
    for one, other in zip(unanswered.summary, answered.summary, strict=True):
        assert (one.metric, one.side) == (other.metric, other.side)
        if METRICS[one.metric].timed:
            assert np.isnan(one.mean)
            assert one.missing_reason == "needs the true frame rate"
        else:
            assert one.mean == other.mean or (np.isnan(one.mean) and np.isnan(other.mean))
    assert all(np.isfinite(row(answered, metric).mean) for metric in TIMED)
    assert np.isfinite(row(unanswered, "knee_flexion_at_contact").mean)


def test_without_an_answer_the_belt_speed_makes_no_lengths() -> None:
    """A speed of 3 m/s and pixels a second of the wrong clock would make metres of the wrong size."""
    pose = slowed(filmed(RUNNING, fps=60, seconds=6.0), 2.0)
    analysis = analyzed(pose, Clock(2.4, "unknown"), belt_speed_mps=3.0)
    assert analysis.trial.calibration.scale_source == "body height"
    true = analyzed(filmed(RUNNING, fps=60, seconds=6.0))
    assert row(analysis, "step_length").mean == pytest.approx(row(true, "step_length").mean, rel=0.03)


def test_what_is_assumed_says_so_and_angles_do_not() -> None:
    analysis = analyzed(slowed(filmed(RUNNING, seconds=6.0), 2.0), Clock(2.0, "assumed"))
    for metric in TIMED:
        assert row(analysis, metric).label.endswith("(assumed)")
        assert "assumed: 2 times slow motion" in row(analysis, metric).note
    assert {value.metric: value.assumed for value in analysis.values}.items() >= {
        **dict.fromkeys(TIMED, True), "knee_flexion_at_contact": False, "step_length": False,
    }.items()  # fmt: skip
    for metric in ("knee_flexion_at_contact", "duty_factor", "step_length"):
        assert "assumed" not in row(analysis, metric).label + row(analysis, metric).note
    by_speed = analyzed(slowed(filmed(RUNNING, seconds=6.0), 2.0), Clock(2.0, "assumed"), belt_speed_mps=3.0)
    assert row(by_speed, "step_length").label == "Step length (assumed)"


@pytest.fixture(scope="module")
def keypoints(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run at 60 frames a second that plays at 30."""
    pose = slowed(filmed(RUNNING, fps=60, seconds=6.0), 2.0)
    path = tmp_path_factory.mktemp("slow") / "points.csv"
    lines = ["frame,time_s,keypoint,x_px,y_px,score"]
    for frame, (time_s, points) in enumerate(zip(pose.time_s, pose.xy, strict=True)):
        for name, (x, y) in zip(pose.skeleton.names, points, strict=True):
            if np.isfinite(x):
                lines.append(f"{frame},{time_s:.6f},{name},{x:.3f},{y:.3f},1")
    path.write_text("\n".join(lines))
    return path


def clock_of(session: Session) -> tuple[float, str]:
    content = json.loads((session.folder / "session.json").read_text())["clock"]
    return content["slow_motion"], content["source"]


def value(session: Session, metric: str) -> str:
    return next(row["mean"] for row in session.rows("summary") if row["metric"] == metric)


def test_a_session_says_how_its_clock_is_known(keypoints: Path, tmp_path: Path) -> None:
    asked: list[tuple[float, Sequence[float]]] = []

    def answer(rate: float | None) -> gaitlab.Session:
        def ask(cadence: float, rates: Sequence[float], plays_fps: float) -> float | None:
            assert plays_fps == pytest.approx(30.0)
            asked.append((cadence, rates))
            return rate

        return gaitlab.analyze(
            keypoints=keypoints, output=tmp_path / f"said {rate}", on_slow_motion=ask, settings={"tracks.min_score": 0}
        )

    told, untold = answer(60.0), answer(None)
    assert [call[1][0] for call in asked] == [60.0, 60.0]
    assert asked[0][0] == pytest.approx(CADENCE / 2, rel=0.02)
    assert (clock_of(told), clock_of(untold)) == ((2.0, "entered"), (2.0, "unknown"))
    assert float(value(told, "cadence")) == pytest.approx(CADENCE, rel=0.01)
    assert value(untold, "cadence") == ""
    assert "the true frame rate must be entered, 60 if it is 2x" in " ".join(untold.warnings)

    assumed = gaitlab.analyze(keypoints=keypoints, output=tmp_path / "auto", capture_fps="auto")
    assert "(both assumed)" in assumed.report.read_text(encoding="utf-8")
    assert clock_of(assumed) == (2.0, "assumed")
    assert float(value(assumed, "cadence")) == pytest.approx(CADENCE, rel=0.01)
    assert "2x is assumed" in " ".join(assumed.warnings)
    notes = gaitlab.compare([told, assumed]).attrs["notes"]
    assert any("A true time, B 2 times slow motion assumed" in note for note in notes)

    entered = gaitlab.analyze(keypoints=keypoints, output=tmp_path / "entered", capture_fps=60)
    assert (clock_of(entered), value(entered, "cadence")) == ((2.0, "entered"), value(told, "cadence"))


def test_a_film_that_is_too_short_at_its_true_rate_says_so_at_once() -> None:
    """From behind two seconds are needed: 1.5 s that play over 3 s would be refused once the rate is entered."""
    from benchmarks.truth import DEFAULT_FOLDER, film, load_trial

    path = DEFAULT_FOLDER / "RBDS001_2.5mps.npz"
    if not path.exists():
        pytest.skip("needs the force-plate trials beside the checkout")
    true = film(load_trial(path), fps=60, seen_from="behind", rng=np.random.default_rng(1))
    shown = slowed(true.between(true.time_s[0], true.time_s[0] + 1.5), 2.0)

    def measured(clock: Clock) -> Analysis:
        at = replace(shown, time_s=shown.time_s / clock.slow_motion)
        return analyze_pose(at, runner=Runner(), settings=Settings(), view="rear", clock=clock)

    assert find_slow_motion(measured(TRUE_TIME), again=measured) is None
    said = too_short_for_its_clock(measured(TRUE_TIME))
    assert "in slow motion, 2x" in said
    assert "1.5 s of life, and gait events need 2 s: record longer" in said
    assert "entered" not in said


def test_a_short_pass_in_slow_motion_leads_to_its_numbers() -> None:
    """The advice of 1.4 s that play over 3.4 s is a rate, and the rate gives numbers."""
    shown = slowed(passing(RUNNING, seconds=1.4), 2.4)
    slow, _ = found(shown) or pytest.fail("nothing found")
    answered = analyzed(shown, Clock(slow.factors[0], "entered"))
    assert answered.supports_gait
    assert row(answered, "cadence").mean == pytest.approx(CADENCE / 2.4 * slow.factors[0], rel=0.03)
