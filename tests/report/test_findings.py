"""What stands out: only what lies beyond its uncertainty, told with the right sign and the right side."""

from __future__ import annotations

import math

import pytest

from gaitlab.core.metric import MetricValue, Reference
from gaitlab.metrics import METRICS
from gaitlab.report.content import read_layout, read_texts
from gaitlab.report.findings import AT_MOST, findings
from gaitlab.report.measures import Measure, measures
from tests.report.make import missing, usual_summary, value

TEXTS = read_texts("en")


def as_row(value: MetricValue) -> dict[str, str]:
    """The value as a row of summary.csv: text, NaN an empty cell."""
    reference = value.reference
    cells = {
        "metric": value.metric, "label": value.label, "side": value.side, "n": value.n, "mean": value.mean,
        "sd": value.sd, "uncertainty": value.uncertainty, "unit": value.unit,
        "reference_low": reference.low if reference else None, "reference_high": reference.high if reference else None,
        "reference_source": reference.source if reference else None, "missing_reason": value.missing_reason,
        "note": value.note,
    }  # fmt: skip
    return {name: "" if cell is None or cell != cell else str(cell) for name, cell in cells.items()}


def as_measures(rows: list[MetricValue], *, not_comparable: tuple[str, ...] = ()) -> tuple[Measure, ...]:
    return measures(
        map(as_row, rows), METRICS, units="metric", other_group="Other",
        naming_groups=read_layout()["naming"]["groups"], not_comparable=not_comparable,
    )  # fmt: skip


def told(*rows: MetricValue, headlines: tuple[str, ...] = (), not_comparable: tuple[str, ...] = ()) -> list[str]:
    found = findings(
        as_measures(list(rows), not_comparable=not_comparable), headlines=headlines, texts=TEXTS,
        smallest_difference_deg=read_layout()["findings"]["smallest_difference_deg"],
    )  # fmt: skip
    return [finding.sentence for finding in found]


def both(metric: str, left: float, right: float, *, uncertainty: float, **more: object) -> list[MetricValue]:
    return [value(metric, s, v, uncertainty=uncertainty, **more) for s, v in (("left", left), ("right", right))]


def test_a_difference_names_the_side_that_has_more() -> None:
    # Two sides at ± 5.657 ms make a difference of ± 8 ms.
    left = both("contact_time", 0.272, 0.250, uncertainty=0.005657, reference=None)
    right = both("contact_time", 0.250, 0.272, uncertainty=0.005657, reference=None)
    assert told(*left) == ["Contact time is 22 ± 8 ms longer on the left."]
    assert told(*right) == ["Contact time is 22 ± 8 ms longer on the right."]


def test_a_difference_within_its_uncertainty_is_none() -> None:
    assert told(*both("contact_time", 0.257, 0.250, uncertainty=0.005657, reference=None)) == []


def test_an_angle_that_a_second_measurement_would_not_confirm_is_none() -> None:
    # 3.8 degrees is the smallest detectable difference of knee flexion, however narrow the interval.
    assert told(*both("peak_knee_flexion_stance", 13.5, 10.0, uncertainty=0.5, reference=None)) == []
    assert told(*both("peak_knee_flexion_stance", 14.5, 10.0, uncertainty=0.5, reference=None)) == [
        "Peak knee flexion, stance is 4.5 ± 0.7° larger on the left."
    ]


def test_where_the_legs_are_seen_unlike_each_other_only_times_differ() -> None:
    angle = both("knee_flexion_at_contact", 30.0, 10.0, uncertainty=1.0, unit="deg")
    length = both("overstride", 0.30, 0.10, uncertainty=0.01, unit="m")
    time = both("contact_time", 0.30, 0.20, uncertainty=0.01, unit="s")
    assert len(told(*angle, *length, *time)) == 3
    (sentence,) = told(*angle, *length, *time, not_comparable=(angle[0].metric, length[0].metric))
    assert sentence.startswith("Contact time is 100")


def test_an_angle_without_a_published_smallest_difference_takes_the_largest_there_is() -> None:
    assert told(*both("hip_flexion_at_contact", 24.5, 20.0, uncertainty=0.5, reference=None)) == []
    assert len(told(*both("hip_flexion_at_contact", 25.0, 20.0, uncertainty=0.5, reference=None))) == 1


def test_a_share_of_the_mean_is_told_of_what_has_a_zero() -> None:
    # 0.250 against 0.230 s: 20 ms of 240.
    (contact,) = as_measures(both("contact_time", 0.250, 0.230, uncertainty=0.002))
    assert contact.differs
    assert contact.symmetry_index_percent == pytest.approx(-100 * 0.020 / 0.240)
    (knee,) = as_measures(both("knee_flexion_at_contact", 20.0, 10.0, uncertainty=0.2))
    assert knee.differs
    assert math.isnan(knee.symmetry_index_percent)


def test_a_value_outside_the_published_range_by_more_than_its_uncertainty() -> None:
    reference = Reference(147, 167, "somebody")
    assert told(value("cadence", "both", 170.0, uncertainty=1.0, reference=reference)) == [
        "Cadence is 170.0 ± 1.0 steps/min, above the published 147–167 steps/min."
    ]
    assert told(value("cadence", "both", 140.0, uncertainty=1.0, reference=reference)) == [
        "Cadence is 140.0 ± 1.0 steps/min, below the published 147–167 steps/min."
    ]
    assert told(value("cadence", "both", 168.0, uncertainty=2.0, reference=reference)) == []
    assert told(value("cadence", "both", 160.0, uncertainty=2.0, reference=reference)) == []


def test_one_leg_outside_and_one_inside_is_not_told_of_both() -> None:
    reference = Reference(8, 16, "somebody")
    assert told(*both("knee_flexion_at_contact", 18.0, 15.0, uncertainty=0.5, reference=reference)) == []


def test_a_value_of_a_single_cycle_has_no_uncertainty_and_is_never_told() -> None:
    assert told(*both("contact_time", 0.35, 0.20, uncertainty=math.nan, reference=Reference(0.2, 0.22, "x"))) == []
    assert told(*missing("contact_time", "no accepted gait cycle")) == []


def test_one_a_group_the_headlines_first_and_at_most_three() -> None:
    rows = [
        *both("step_time", 0.30, 0.40, uncertainty=0.001, reference=None),
        *both("contact_time", 0.25, 0.23, uncertainty=0.01, reference=None),
        *both("overstride", 0.30, 0.20, uncertainty=0.01, reference=None),
        *both("shank_angle_at_contact", 20.0, 0.0, uncertainty=1.0, reference=None),
        *both("peak_dorsiflexion", 40.0, 10.0, uncertainty=1.0, reference=None),
    ]
    strongest = told(*rows)
    assert len(strongest) == AT_MOST == 3
    assert strongest[0].startswith("Step time is 100 ± 1 ms longer on the right")
    headlined = told(*rows, headlines=("contact_time",))
    assert headlined[0] == "Contact time is 20 ± 14 ms longer on the left."
    assert not any(sentence.startswith("Step time") for sentence in headlined)


def test_every_metric_of_the_house_can_be_told() -> None:
    assert all("{" not in sentence for sentence in told(*usual_summary()))
