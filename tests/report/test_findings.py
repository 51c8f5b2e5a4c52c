"""What stands out: only what lies beyond its uncertainty, told with the right sign and the right side."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import pytest

from gaitlab.core.metric import MetricValue, Reference
from gaitlab.metrics import METRICS
from gaitlab.metrics.sources import YOUNG_RUNNERS
from gaitlab.report import write_report
from gaitlab.report.session.content import read_layout, read_texts
from gaitlab.report.session.findings import AT_MOST, at_other_speed, findings, not_measured
from gaitlab.report.shared.measures import Measure, measures
from tests.report.make import make_session, missing, told_asymmetry, usual_summary, value

TEXTS = read_texts("en")


def as_row(value: MetricValue) -> dict[str, str]:
    """The value as a row of summary.csv: text, NaN an empty cell."""
    reference = value.reference
    cells = {
        "metric": value.metric, "label": value.label, "side": value.side, "n": value.n, "mean": value.mean,
        "sd": value.sd, "uncertainty": value.uncertainty, "unit": value.unit,
        "reference_low": reference.low if reference else None, "reference_high": reference.high if reference else None,
        "reference_source": reference.source if reference else None, "missing_reason": value.missing_reason,
        "note": value.note, "network_error": value.network_error, "seen_share": value.seen_share,
    }  # fmt: skip
    return {name: "" if cell is None or cell != cell else str(cell) for name, cell in cells.items()}


def as_measures(rows: list[MetricValue], *, oblique: bool = False) -> tuple[Measure, ...]:
    return measures(
        map(as_row, rows), METRICS, units="metric", other_group="Other",
        naming_groups=read_layout()["naming"]["groups"], asymmetry=told_asymmetry(rows, oblique=oblique),
    )  # fmt: skip


def told(*rows: MetricValue, headlines: tuple[str, ...] = (), oblique: bool = False) -> list[str]:
    found = findings(as_measures(list(rows), oblique=oblique), headlines=headlines, texts=TEXTS)
    return [finding.sentence for finding in found]


def both(metric: str, left: float, right: float, *, uncertainty: float, **more: object) -> list[MetricValue]:
    return [value(metric, s, v, uncertainty=uncertainty, **more) for s, v in (("left", left), ("right", right))]


def test_a_difference_names_the_side_that_has_more() -> None:
    # Two sides at ± 5.657 ms make a difference of ± 8 ms.
    left = both("contact_time", 0.272, 0.250, uncertainty=0.005657, reference=None)
    right = both("contact_time", 0.250, 0.272, uncertainty=0.005657, reference=None)
    assert told(*left) == ["Contact time is 22 ± 8 ms (network ± 0 ms) longer on the left."]
    assert told(*right) == ["Contact time is 22 ± 8 ms (network ± 0 ms) longer on the right."]


def test_a_difference_within_its_uncertainty_is_none() -> None:
    assert told(*both("contact_time", 0.257, 0.250, uncertainty=0.005657, reference=None)) == []


def test_an_angle_that_a_second_measurement_would_not_confirm_is_none() -> None:
    # 3.8 degrees is the smallest detectable difference of knee flexion, however narrow the interval.
    assert told(*both("peak_knee_flexion_stance", 13.5, 10.0, uncertainty=0.5, reference=None)) == []
    assert told(*both("peak_knee_flexion_stance", 14.5, 10.0, uncertainty=0.5, reference=None)) == [
        "Peak knee flexion, stance is 4.5 ± 0.7° (network ± 0.0°) larger on the left."
    ]


def test_where_the_legs_are_seen_unlike_each_other_only_times_differ() -> None:
    angle = both("knee_flexion_at_contact", 30.0, 10.0, uncertainty=1.0, unit="deg")
    length = both("overstride", 0.30, 0.10, uncertainty=0.01, unit="m")
    time = both("contact_time", 0.30, 0.20, uncertainty=0.01, unit="s")
    assert len(told(*angle, *length, *time)) == 3
    (sentence,) = told(*angle, *length, *time, oblique=True)
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
        "Cadence is 170.0 ± 1.0 steps/min (network ± 0.0 steps/min), above the published 147–167 steps/min."
    ]
    assert told(value("cadence", "both", 140.0, uncertainty=1.0, reference=reference)) == [
        "Cadence is 140.0 ± 1.0 steps/min (network ± 0.0 steps/min), below the published 147–167 steps/min."
    ]
    assert told(value("cadence", "both", 168.0, uncertainty=2.0, reference=reference)) == []
    assert told(value("cadence", "both", 160.0, uncertainty=2.0, reference=reference)) == []


def test_against_a_range_another_speed_is_named() -> None:
    """The range is of people at 2.7 m/s: a sprint lies outside it because it is one."""
    row = value("cadence", "both", 192.0, uncertainty=1.0, reference=Reference(147, 167, YOUNG_RUNNERS))
    (measure,) = as_measures([row])
    (finding,) = findings([measure], headlines=(), texts=TEXTS)
    said = [
        at_other_speed(finding, measure.reference, speed_mps, TEXTS, units="metric").sentence
        for speed_mps in (5.8, 2.4, None)
    ]
    assert said[0] == (
        "Cadence is 192.0 ± 1.0 steps/min (network ± 0.0 steps/min), above the published 147–167 steps/min, of people "
        "at 9.7 km/h (6:10 /km); here it was 20.9 km/h (2:52 /km)."
    )
    assert said[1:] == [finding.sentence] * 2


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
        *both("peak_dorsiflexion", 38.0, 10.0, uncertainty=1.0, reference=None),
    ]
    strongest = told(*rows)
    assert len(strongest) == AT_MOST == 3
    assert strongest[0].startswith("Step time is 100 ± 1 ms (network ± 0 ms) longer on the right")
    headlined = told(*rows, headlines=("contact_time",))
    assert headlined[0] == "Contact time is 20 ± 14 ms (network ± 0 ms) longer on the left."
    assert not any(sentence.startswith("Step time") for sentence in headlined)


def test_every_metric_of_the_house_can_be_told() -> None:
    assert all("{" not in sentence for sentence in told(*usual_summary()))


def test_what_the_network_may_be_off_is_no_finding() -> None:
    """Every number as sure as can be from cycle to cycle, and the network off by 4 degrees or 30 ms."""
    reference = Reference(8, 16, "somebody")
    high = both("knee_flexion_at_contact", 20.1, 20.1, uncertainty=1.1, reference=reference, network_error=4.0)
    # 16 is within hypot(1.1, 4.0) = 4.15 of 20.1, and not of 20.2.
    assert told(*high) == []
    higher = both("knee_flexion_at_contact", 20.2, 20.2, uncertainty=1.1, reference=reference, network_error=4.0)
    assert told(*higher) == ["Knee flexion at foot strike is 20.2 ± 1.1° (network ± 4.0°), above the published 8–16°."]
    # ± 5.657 ms on both sides make ± 8; with the network's 6 ms it is 10.
    for right, count in ((0.2595, 0), (0.2605, 1)):
        rows = both("contact_time", 0.250, right, uncertainty=0.005657, reference=None, network_difference=0.006)
        assert len(told(*rows)) == count


def test_of_a_network_that_nobody_measured_nothing_is_told() -> None:
    unknown = {"network_error": math.nan, "network_difference": math.nan}
    rows = [
        value("cadence", "both", 190.0, uncertainty=0.5, reference=Reference(147, 167, "somebody"), **unknown),
        *both("contact_time", 0.300, 0.200, uncertainty=0.001, reference=None, **unknown),
    ]
    assert told(*rows) == []
    assert [measure.name for measure in not_measured(as_measures(rows))] == ["cadence", "contact_time"]
    assert not_measured(as_measures(usual_summary())) == ()


def test_oscillation_is_larger_and_time_is_longer() -> None:
    (larger,) = told(*both("vertical_oscillation", 0.06, 0.09, uncertainty=0.001))
    assert larger == "Vertical oscillation is 3.0 ± 0.1 cm (network ± 0.0 cm) larger on the right."


def test_a_trunk_that_leans_on_both_legs_is_no_difference_between_the_legs() -> None:
    # 3 degrees to the right: towards the right leg in its stance, away from the left one in that one's.
    (lean,) = told(*both("trunk_side_lean", -3.0, 3.0, uncertainty=0.5))
    assert lean.startswith("The trunk leans 3.0 ± 0.4° (network ± 0.0°) to the right on both legs:")
    assert "not a difference between the legs" in lean
    assert told(*both("trunk_side_lean", 3.0, 3.0, uncertainty=0.5)) == []  # towards each stance leg: it sways
    assert told(*both("trunk_side_lean", -3.0, 3.0, uncertainty=0.5, network_difference=6.1)) == []
    assert told(*both("trunk_lean", 4.0, 12.0, uncertainty=0.5)) == []


def test_weak_values_are_no_findings_and_say_why() -> None:
    wide = both("rearfoot_eversion_excursion", 4.0, 29.0, uncertainty=15.1)
    few = [replace(row, n=4) for row in both("pelvic_drop", 2.0, 12.0, uncertainty=0.5)]
    unseen = [replace(row, seen_share=0.4) for row in both("hip_adduction", 2.0, 12.0, uncertainty=0.5)]
    absurd = both("heel_whip", -40.0, 5.0, uncertainty=1.0)
    reasons = {
        "left: its ± is more than half of all that people show": wide,
        "left: 4 cycles, fewer than 5": few,
        "left: its points are seen in 40 % of its frames": unseen,
        "left: it lies outside of all that people show": absurd,
    }
    for reason, rows in reasons.items():
        (measure,) = as_measures(rows)
        assert measure.weak == reason
        assert told(*rows) == []
        assert not measure.differs


def test_of_a_few_cycles_it_is_not_said_that_nothing_stands_out(tmp_path: Path) -> None:
    for n, said in ((2, "Too few gait cycles to say what stands out."), (10, "Nothing lies beyond its uncertainty")):
        rows = [replace(row, n=n, reference=None) for row in usual_summary() if row.metric == "stride_time"]
        session = make_session(tmp_path / str(n), summary=rows)
        write_report(session)
        assert said in session.report.read_text(encoding="utf-8")
