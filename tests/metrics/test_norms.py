"""Norms by speed: between the speeds of the table on straight lines, beyond them none, without a speed the widest."""

from __future__ import annotations

import json

import numpy as np
import pytest

from benchmarks.norms import (
    CURVES,
    DOCUMENT,
    REAR,
    SIDE,
    Found,
    findings_markdown,
    norms_markdown,
    table_of,
    text_of,
)
from gaitlab.core.metric import Reference
from gaitlab.metrics import METRICS
from gaitlab.metrics.norms import curve_norm, holds_at, norms, reference_of
from gaitlab.metrics.sources import SPEED_RUNNERS, TRUNK_RUNNERS, TWO_LABORATORIES, WALKING_ADULTS

ROWS = {name: np.array(rows) for name, rows in norms()["metrics"].items()}


def at(metric: str, speed_mps: float | None, activity="running", setting="treadmill") -> Reference | None:
    published = METRICS[metric].reference
    return reference_of(metric, published, activity=activity, setting=setting, speed_mps=speed_mps)


@pytest.mark.parametrize("metric", sorted(ROWS))
def test_every_norm_is_of_a_declared_metric_and_possible(metric: str) -> None:
    rows, (low, high) = ROWS[metric], METRICS[metric].plausible
    assert METRICS[metric].reference is None  # one table a metric
    assert (np.diff(rows[:, 0]) > 0.5).all()
    assert (rows[:, 3] == 12).all()
    assert (rows[:, 1] - rows[:, 2] > low).all()
    assert (rows[:, 1] + rows[:, 2] < high).all()


def test_who_runs_faster_steps_faster_longer_and_touches_the_ground_more_briefly() -> None:
    means = {name: rows[:, 1] for name, rows in ROWS.items()}
    for name in ("cadence", "step_length", "overstride", "flight_time", "peak_knee_flexion_swing"):
        assert (np.diff(means[name]) > 0).all(), name
    for name in ("contact_time", "duty_factor", "step_time", "step_width"):
        assert (np.diff(means[name]) < 0).all(), name
    # What must hold between them: steps a minute, share of the stride, way of a step.
    assert means["cadence"] == pytest.approx(60 / means["step_time"], rel=0.01)
    assert means["duty_factor"] == pytest.approx(means["contact_time"] / means["stride_time"], rel=0.01)
    assert means["step_length"] == pytest.approx(ROWS["cadence"][:, 0] * means["step_time"], rel=0.01)


def test_between_two_speeds_on_a_straight_line_and_beyond_them_none() -> None:
    (v0, mean0, sd0, _), (v1, mean1, sd1, _) = ROWS["cadence"][:2]
    quarter = at("cadence", v0 + (v1 - v0) / 4)
    assert quarter is not None
    assert (quarter.low + quarter.high) / 2 == pytest.approx(0.75 * mean0 + 0.25 * mean1)
    assert (quarter.high - quarter.low) / 2 == pytest.approx(0.75 * sd0 + 0.25 * sd1)
    assert quarter.source.startswith(SPEED_RUNNERS)
    fastest = ROWS["cadence"][-1, 0]
    assert at("cadence", 1.04 * fastest) is not None
    assert at("cadence", 5.0) is None  # 18 km/h: nobody of the table ran as fast
    assert at("cadence", 0.9 * v0) is None


def test_without_a_speed_the_range_is_that_of_all_and_says_so() -> None:
    anywhere, rows = at("contact_time", None), ROWS["contact_time"]
    assert anywhere is not None
    assert anywhere.low == pytest.approx(min(rows[:, 1] - rows[:, 2]))
    assert anywhere.high == pytest.approx(max(rows[:, 1] + rows[:, 2]))
    assert "speed is not known" in anywhere.source


def test_overground_and_walking_have_their_own() -> None:
    assert at("cadence", 3.0, setting="overground") is None
    assert at("hip_flexion_at_contact", 2.5, setting="overground") is None
    trunk = at("trunk_lean", 3.4, setting="overground")
    assert trunk is not None
    assert trunk.source == TRUNK_RUNNERS
    walking = at("cadence", 1.4, activity="walking", setting="overground")
    assert walking is not None
    assert walking.source == WALKING_ADULTS
    assert at("contact_time", 1.4, activity="walking") is None
    assert at("cadence", 0.9, activity="walking") is None  # a stroll is not what they did
    assert at("cadence", 3.0, activity="ambiguous") is None


def test_a_range_of_one_speed_is_told_near_it_alone() -> None:
    hip = at("hip_flexion_at_contact", 2.5)
    assert hip is not None
    assert hip.source == TWO_LABORATORIES
    assert at("hip_flexion_at_contact", 3.2) is None  # 2.5 by 1.25 is 3.125
    assert holds_at(TWO_LABORATORIES, None)
    assert holds_at("somebody", 9.0)


def test_curves_go_from_foot_strike_to_the_next_and_know_the_speed() -> None:
    for name in CURVES:
        norm = curve_norm(name, 3.0)
        assert norm is not None
        assert norm.mean_deg.shape == norm.sd_deg.shape == (101,)
        assert abs(norm.mean_deg[0] - norm.mean_deg[-1]) < 2  # a stride begins as it ends
        assert (norm.sd_deg > 0).all()
        wide = curve_norm(name, None)
        assert wide is not None
        assert wide.sd_deg.mean() > norm.sd_deg.mean()
    knee = curve_norm("knee_flexion", 2.54)
    assert knee is not None
    assert knee.mean_deg.max() == pytest.approx(ROWS["peak_knee_flexion_swing"][0, 1], abs=4)
    assert curve_norm("knee_flexion", 5.0) is None
    assert curve_norm("hip_flexion", 3.0) is None  # no marker on the trunk


def test_the_table_is_mean_and_spread_of_the_runners() -> None:
    """Three runners of 150, 160 and 170 steps a minute: 160 ± 10."""
    found = [
        Found(str(n), 2.5, 2.5, {**dict.fromkeys((*SIDE, *REAR), 0.1 * n), "cadence": 150.0 + 10 * n},
              {name: np.full(101, 10.0 * n) for name in CURVES})
        for n in range(3)
    ]  # fmt: skip
    table = json.loads(text_of(table_of(found)))
    assert table["metrics"]["cadence"] == [[2.5, 160.0, 10.0, 3]]
    assert table["curves"]["knee_flexion"][0]["sd_deg"] == [10.0] * 101


def test_the_page_of_the_documentation_has_the_tables_that_ship() -> None:
    page = DOCUMENT.read_text(encoding="utf-8")
    assert norms_markdown(norms()["metrics"]) in page
    assert findings_markdown() in page
