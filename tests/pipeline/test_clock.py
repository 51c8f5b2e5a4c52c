"""What is known of a recording reaches its session: its clock, its setting, that it shows nobody."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gaitlab.analysis.recording import Analysis, analyze_pose
from gaitlab.config import Settings
from gaitlab.core.gait import Clock
from gaitlab.core.person import Runner
from gaitlab.core.pose import PoseSequence
from gaitlab.pipeline import description
from gaitlab.pipeline.clock import Unsaid, measured
from gaitlab.pipeline.description import describe
from gaitlab.pipeline.recording import Recording
from gaitlab.scene.motion import CameraMotion
from tests.events.make import RUNNING
from tests.kinematics.test_travel import passing

SLOW = 2.0
PASS = passing(RUNNING, seconds=2.5)


def panned(pose: PoseSequence, *, factor: float) -> Recording:
    """Return the recording of a camera that goes along with half of a pass, shown slower than life."""
    time_s = pose.time_s * factor
    pan_px = 0.5 * (pose.point("mid_hip")[:, 0] - pose.point("mid_hip")[0, 0])
    seen = replace(pose, xy=pose.xy - np.column_stack([pan_px, np.zeros(len(pan_px))])[:, None], time_s=time_s)
    to_first = np.tile([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]], (len(pose), 1, 1))
    to_first[:, 0, 2] = pan_px
    still = np.zeros(len(pose))
    camera = CameraMotion(
        time_s, to_first, np.full(len(pose), 50), np.full(len(pose), 0.1), still, 1280, 720, np.full(len(pose), np.nan)
    )
    return Recording(seen, "side", None, time_s, {}, [], camera=camera)


def measure_alone(pose: PoseSequence) -> Analysis:
    return analyze_pose(pose, runner=Runner(height_m=1.75), settings=Settings())


def measure(recording: Recording, clock: Clock) -> Analysis:
    return analyze_pose(
        recording.raw, runner=Runner(height_m=1.75), settings=Settings(), on_ground=recording.on_ground,
        camera="moving", clock=clock,
    )  # fmt: skip


@pytest.mark.parametrize("unsaid", [Unsaid(assume=True), Unsaid(ask=lambda cadence, rates, plays_fps: PASS.fps)])
def test_slow_motion_by_a_camera_that_moves_is_measured_at_its_true_rate(unsaid: Unsaid) -> None:
    recording = panned(PASS, factor=SLOW)
    source, analysis = measured(recording, unsaid=unsaid, measure=measure)
    assert source.slow_motion == pytest.approx(SLOW)
    assert analysis.trial.setting == "overground"
    values = {row.metric: row.mean for row in analysis.summary}
    assert values["cadence"] == pytest.approx(120 / RUNNING.stride_s, rel=0.02)
    assert values["speed"] == pytest.approx(RUNNING.belt_mps, rel=0.05)


def test_slow_motion_by_a_camera_that_stands_is_measured_at_its_true_rate() -> None:
    moving = panned(PASS, factor=SLOW)
    still = np.tile([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]], (len(PASS), 1, 1))
    assert moving.camera is not None
    recording = replace(
        moving, raw=replace(PASS, time_s=moving.raw.time_s), camera=replace(moving.camera, to_first=still)
    )
    _, analysis = measured(recording, unsaid=Unsaid(assume=True), measure=measure)
    values = {row.metric: row.mean for row in analysis.summary}
    assert values["cadence"] == pytest.approx(120 / RUNNING.stride_s, rel=0.02)


def described(recording: Recording, analysis: Analysis) -> dict[str, Any]:
    return describe(
        recording, analysis, Settings(), runner=Runner(), athlete=None, label=None, keypoints=Path("points.csv")
    )  # fmt: skip


def test_of_a_pass_too_short_for_steps_no_setting_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(description, "recording_date", lambda *_: ("2026-01-01", "file"))
    for seconds, setting in ((0.6, None), (2.5, "overground")):
        pose = passing(RUNNING, seconds=seconds)
        info = described(Recording(pose, "side", None, pose.time_s, {}, []), measure_alone(pose))
        assert info.get("setting") == setting


def test_where_nobody_runs_or_walks_that_comes_before_the_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(description, "recording_date", lambda *_: ("2026-01-01", "file"))
    nobody = "nobody who runs or walks was seen"
    recording = Recording(PASS, "side", None, PASS.time_s, {}, [], nobody=nobody)
    info = described(recording, measure_alone(PASS))
    assert info["warnings"][0] == nobody
    assert info["quality"]["verdict"]["grade"] == "poor"
    slow = replace(panned(PASS, factor=SLOW), nobody=nobody)
    assert measured(slow, unsaid=Unsaid(assume=True), measure=measure)[0].slow_motion == 1.0


def test_a_film_whose_strides_tell_nothing_says_that_nothing_was_assumed() -> None:
    trembling_px = 0.1 * np.random.default_rng(0).normal(size=PASS.xy.shape)
    still = replace(PASS, xy=PASS.xy[:1] + trembling_px)
    recording = Recording(still, "side", None, still.time_s, {}, [])
    notes = [
        [one for one in measured(recording, unsaid=unsaid, measure=measure)[1].warnings if "no frame rate was" in one]
        for unsaid in (Unsaid(assume=True), Unsaid())
    ]
    assert [len(one) for one in notes] == [1, 0]
