"""Missing frames, counted; a clip that lacks some is not taken for slow motion."""

from __future__ import annotations

import numpy as np
import pytest

from gaitlab.analysis import warnings
from gaitlab.core.gait import GaitCycle
from gaitlab.events.slow_motion import slow_motion_warnings
from gaitlab.signal.missing import Missing, missing_frames

WHOLE = Missing(0, 0.0, 0, 0.0)


def test_frames_taken_out_are_counted() -> None:
    time_s = np.arange(100) / 50
    assert missing_frames(time_s) == WHOLE
    found = missing_frames(np.delete(time_s, [10, 40, 41, 42]))
    assert (found.frames, found.gaps) == (4, 2)
    assert found.share == pytest.approx(0.04)
    assert found.longest_s == pytest.approx(4 / 50)
    assert missing_frames(time_s[:1]) == WHOLE


def test_what_is_said_of_them() -> None:
    assert warnings.damaged(WHOLE, unreadable=0, lacking_s=0.0) == ()
    assert warnings.damaged(Missing(1, 0.002, 1, 0.07), unreadable=0, lacking_s=0.0) == ()
    (lost,) = warnings.damaged(Missing(128, 0.27, 1, 2.15), unreadable=128, lacking_s=0.0)
    assert lost.startswith("128 frames are missing in the video (128 of them are in the file, but could not be read")
    (cut,) = warnings.damaged(WHOLE, unreadable=0, lacking_s=3.17)
    assert cut.startswith("the video ends 3.2 s before its file says")


def test_a_slow_cadence_of_a_clip_with_gaps_is_not_called_slow_motion() -> None:
    cycles = [GaitCycle("left", 0, 0.0, 0.4, 1.4, 0.7, 0.3, True, "")]  # 86 steps/min
    (usual,) = slow_motion_warnings(cycles, "running", missing=WHOLE)
    assert "slow motion" in usual
    (gaps,) = slow_motion_warnings(cycles, "running", missing=Missing(20, 0.1, 3, 0.5))
    assert "slow motion" not in gaps
    assert "frames are missing" in gaps


def test_the_two_steps_of_a_coarse_clock_are_no_gaps() -> None:
    times_s = np.round(np.arange(480) / 240 * 600) / 600
    assert missing_frames(times_s).frames == 0
    assert missing_frames(np.delete(times_s, [100, 200, 201])).frames == 3


def test_too_fast_a_cadence_asks_whether_it_is_slow_motion_at_all() -> None:
    cycles = [GaitCycle("left", 0, 0.0, 0.06, 0.18, 0.1, 0.04, True, "")]  # 667 steps/min
    (said,) = slow_motion_warnings(cycles, "running", missing=WHOLE)
    assert "667 steps/min is no cadence of running; 4 times slower it would be 167" in said
    assert "the rate that it plays at must be entered" in said


def test_a_sprint_is_no_slow_motion_unless_the_film_was_taken_for_it() -> None:
    cycles = [GaitCycle("left", 0, 0.0, 0.12, 0.51, 0.25, 0.2, True, "")]  # 235 steps/min, as at 2:10 a kilometre
    for missing in (WHOLE, Missing(20, 0.1, 3, 0.5)):
        (said,) = slow_motion_warnings(cycles, "running", missing=missing)
        assert "235 steps/min is a cadence of sprints alone" in said
        assert "taken for slow motion" in said
    assert slow_motion_warnings(cycles, "running", missing=WHOLE, slowed=False) == ()
