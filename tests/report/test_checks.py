"""A bad video must look bad."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from gaitlab.report.checks import Check, checks, grade, verdict
from gaitlab.report.content import read_content
from tests.report.make import make_session


@pytest.mark.parametrize(("value", "expected"), [(7, "good"), (6.9, "fair"), (3, "fair"), (2.9, "poor")])
def test_more_is_better(value: float, expected: str) -> None:
    assert grade(value, good=7, poor=3) == expected


@pytest.mark.parametrize(("value", "expected"), [(0.02, "good"), (0.03, "fair"), (0.15, "fair"), (0.16, "poor")])
def test_less_is_better(value: float, expected: str) -> None:
    assert grade(value, good=0.02, poor=0.15) == expected


def judged(folder: Path, **quality: Any) -> dict[str, Check]:
    session = make_session(folder, seconds=8.0)
    session.info["quality"].update(quality)
    return {check.name: check for check in checks(read_content(session))}


def test_a_good_recording(tmp_path: Path) -> None:
    found = judged(tmp_path)
    assert found["accepted_cycles_a_side"].grade == "good"
    assert found["share_of_leg_points_seen"].grade == "good"
    assert found["fps"].grade == "fair"  # 50 frames a second
    assert verdict(tuple(found.values())) == "fair"


def test_the_worst_leg_point_counts_and_is_named(tmp_path: Path) -> None:
    found = judged(tmp_path, share_of_frames_seen={"left_knee": 1.0, "right_big_toe": 0.5, "nose": 0.1})
    assert found["share_of_leg_points_seen"].grade == "poor"
    assert found["share_of_leg_points_seen"].found == {"percent": "50", "point": "right big toe"}
    assert verdict(tuple(found.values())) == "poor"


def test_rejected_cycles_and_swaps_lower_the_grade(tmp_path: Path) -> None:
    found = judged(tmp_path, cycles_rejected={"hidden": 60}, swaps_mended=80)
    assert found["share_of_cycles_accepted"].grade == "poor"
    assert found["share_of_swaps"].grade == "poor"  # 80 of 400 frames


def test_a_low_frame_rate_alone_does_not_make_a_recording_poor() -> None:
    assert verdict((Check("fps", "poor", {}), Check("share_filled", "good", {}))) == "fair"
    assert verdict((Check("fps", "good", {}), Check("share_filled", "good", {}))) == "good"
    assert verdict((Check("fps", "good", {}), Check("share_filled", "poor", {}))) == "poor"
