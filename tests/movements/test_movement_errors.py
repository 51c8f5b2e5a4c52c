"""The table of what a network is off in movements, from what a benchmark found of each person."""

from __future__ import annotations

import pytest

from benchmarks.movement_errors import errors_of, means_of
from benchmarks.movements import ROWS, Errors
from gaitlab.metrics.network_errors import Key


def test_legs_differences_and_shares_by_hand() -> None:
    rows = {row.metric: row for row in ROWS}
    errors = Errors()
    errors.of[rows["squat_depth"], "near"] = [(12.0, 10.0), (16.0, 12.0)]  # 14 for 11
    errors.of[rows["squat_depth"], "far"] = [(9.0, 10.0), (11.0, 12.0)]  # 10 for 11
    errors.of[rows["crank_cadence"], "near"] = [(88.0, 80.0)]
    errors.of[rows["crank_cadence"], "far"] = [(92.0, 80.0)]  # nobody's leg alone: 90 for 80
    errors.of[rows["jump_height"], ""] = [(0.20, 0.22), (0.30, 0.33)]
    found = errors_of(means_of(errors), "it")

    def key(metric: str, leg: str, by: str = "") -> Key:
        return Key("it", "side", by, metric, leg)

    assert found == {
        key("squat_depth", "near"): pytest.approx(3.0),
        key("squat_depth", "far"): pytest.approx(-1.0),
        key("squat_depth", "difference"): pytest.approx(4.0),
        key("crank_cadence", "both"): pytest.approx(10 / 90),
        key("jump_height", "both", "body height"): pytest.approx(-0.025 / 0.25),
        key("jump_height_best", "both", "body height"): pytest.approx(-0.03 / 0.30),
    }
