"""Trends over a season, against lines worked out by hand and against noise."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from gaitlab.core.errors import InputError
from gaitlab.core.statistics import t_quantile
from gaitlab.stats.trends import fitted_line, session_time, trends
from tests.report.comparison.make import make

NONE = np.full(4, np.nan)


def season(tmp_path: Path, cadences: list[float], *, metric: str = "cadence") -> list:
    return [
        make(tmp_path / str(n), values={metric: mean}, recorded_at=f"2025-03-{1 + 10 * n:02d}T09:00:00+00:00")
        for n, mean in enumerate(cadences)
    ]


def test_a_line_worked_out_by_hand() -> None:
    # Days about their mean: -1.5 -0.5 0.5 1.5, squares 5. Values 0 2 2 4: slope 6 / 5, left -0.2 0.6 -0.6 0.2.
    line = fitted_line(np.arange(4.0), np.array([0.0, 2, 2, 4]), NONE)
    assert line.slope == pytest.approx(1.2)
    assert line.interval == pytest.approx(t_quantile(0.975, 2) * math.sqrt(0.8 / 2 / 5))


def test_points_that_lie_on_a_line_by_chance_are_not_exact() -> None:
    # Half-widths of 1: the slope's is sqrt(5) / 5.
    line = fitted_line(np.arange(4.0), np.arange(4.0), np.ones(4))
    assert (line.slope, line.interval) == (pytest.approx(1), pytest.approx(math.sqrt(5) / 5))


def test_the_interval_covers_no_trend_as_often_as_it_says() -> None:
    rng = np.random.default_rng(5)
    lines = [fitted_line(np.arange(6.0), rng.normal(size=6), np.full(6, np.nan)) for _ in range(2000)]
    assert np.mean([abs(line.slope) <= line.interval for line in lines]) == pytest.approx(0.95, abs=0.015)


def test_a_rise_is_told_with_its_sign_whatever_the_order(tmp_path: Path) -> None:
    made = season(tmp_path, [180.0, 175.0, 170.0])
    for order in (made, made[::-1]):
        (row,) = trends(order).to_dict("records")
        assert (row["first"], row["last"], row["sessions"], row["days"]) == (180, 170, 3, 20)
        assert row["slope_per_30_days"] == pytest.approx(-15)
        assert row["change"] == pytest.approx(-10)
        assert row["verdict"] == "changed"


def test_up_and_down_is_noise(tmp_path: Path) -> None:
    (row,) = trends(season(tmp_path, [170.0, 180.0, 171.0])).to_dict("records")
    assert row["verdict"] == "within noise"


def test_the_smallest_detectable_change_must_be_exceeded_too(tmp_path: Path) -> None:
    rows = trends(season(tmp_path, [5.0, 7.0, 9.0], metric="shank_angle_at_contact")).to_dict("records")
    for row in rows:
        assert row["smallest_detectable"] == 4.8
        assert abs(row["slope_per_30_days"]) > row["interval"]
        assert row["verdict"] == "within noise"


def test_two_dates_are_no_trend_and_no_date_is_said(tmp_path: Path) -> None:
    made = season(tmp_path, [170.0, 180.0])
    assert trends(made).empty
    undated = make(tmp_path / "undated", values={"cadence": 170.0}, recorded_at=None)
    assert session_time(undated) is None
    with pytest.raises(InputError, match="does not say when it was recorded"):
        trends([*made, undated])
