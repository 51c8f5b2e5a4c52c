"""The clock that is found for a film reaches everything that is measured in it, whatever its camera does."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from gaitlab.analysis.recording import Analysis, analyze_pose
from gaitlab.config import Settings
from gaitlab.core.gait import Clock
from gaitlab.core.person import Runner
from gaitlab.core.pose import PoseSequence
from gaitlab.pipeline.clock import Unsaid, measured
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
