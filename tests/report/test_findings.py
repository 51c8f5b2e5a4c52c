"""What stands out: only what lies beyond its uncertainty, told with the right sign and the right side."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import pytest

from gaitlab.core.gait import Activity
from gaitlab.core.metric import MetricValue, Reference
from gaitlab.metrics import METRICS
from gaitlab.metrics.sources import YOUNG_RUNNERS
from gaitlab.report import write_report
from gaitlab.report.session.content import read_layout
from gaitlab.report.session.findings import AT_MOST, Finding, findings, not_measured
from gaitlab.report.session.rules import read_rules
from gaitlab.report.shared.measures import Measure, measures
from gaitlab.report.shared.texts import read_texts
from tests.report.make import about, make_session, missing, reference_at, told_asymmetry, usual_summary, value

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
        map(as_row, rows), METRICS, units="metric", texts=read_texts("en"),
        naming_groups=read_layout()["naming"]["groups"], asymmetry=told_asymmetry(rows, oblique=oblique),
    )  # fmt: skip


SPEED_MPS = 10 / 3.6


def found(
    *rows: MetricValue, oblique: bool = False, activity: str = "running", speed_mps: float | None = SPEED_MPS
) -> tuple[Finding, ...]:
    return findings(
        as_measures(list(rows), oblique=oblique), read_rules(), activity=activity, speed_mps=speed_mps, texts=TEXTS
    )


def told(*rows: MetricValue, oblique: bool = False) -> list[str]:
    return [finding.sentence for finding in found(*rows, oblique=oblique)]


def names(*rows: MetricValue, **more: object) -> list[str]:
    return [finding.rule.name for finding in found(*rows, **more)]


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
    angle = both("hip_flexion_at_contact", 30.0, 10.0, uncertainty=1.0, unit="deg", reference=None)
    length = both("vertical_oscillation", 0.09, 0.05, uncertainty=0.01, unit="m", reference=None)
    time = both("contact_time", 0.30, 0.20, uncertainty=0.01, unit="s", reference=None)
    assert len(told(*angle, *length)) == 2
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


def test_a_value_far_from_other_runners_with_all_of_its_interval() -> None:
    """Other runners: 157 ± 10."""
    reference = Reference(147, 167, "somebody")
    (low,) = found(value("cadence", "both", 145.0, uncertainty=1.9, reference=reference))
    assert low.rule.name == "low_cadence"
    assert low.limits == ((147.0, False),)
    assert low.strength == pytest.approx(2.0 / 1.9)
    assert low.sentence == (
        "Cadence is 145.0 ± 1.9 steps/min (network ± 0.0 steps/min), all of it below the 147–167 steps/min of other "
        "runners (mean ± SD)."
    )
    # 147 is inside of 145 ± 2.1; a high cadence is nothing to speak of.
    assert found(value("cadence", "both", 145.0, uncertainty=2.1, reference=reference)) == ()
    assert found(value("cadence", "both", 190.0, uncertainty=0.5, reference=reference)) == ()
    # Its own uncertainty and the network's together: hypot(1.5, 1.2) = 1.92 and hypot(1.5, 1.4) = 2.05.
    for network, count in ((1.2, 1), (1.4, 0)):
        row = value("cadence", "both", 145.0, uncertainty=1.5, network_error=network, reference=reference)
        assert len(found(row)) == count


@pytest.mark.parametrize("rule", [r for r in read_rules().rules if r.when[0].kind != "differs"], ids=lambda r: r.name)
def test_every_finding_is_told_just_beyond_its_limit_and_not_just_inside(rule) -> None:
    """Other runners: 10 ± 1, so that 11 and 9 are the limits of the norm; ± 0.3 and the network's 0.4 make 0.5."""
    condition = rule.when[0]
    limit = condition.limit if condition.limit is not None else {"above": 11.0, "below": 9.0}[condition.kind]
    # In the unit of the metric: 10 s of contact are implausible.
    spec = METRICS[condition.metric]
    size = {"s": 0.02, "m": 0.01, "steps/min": 14.0}.get(spec.unit, 1.0)
    limit *= size if condition.limit is None else 1
    for beyond, expected in ((0.51, True), (0.49, False), (-0.51, False)):
        mean = limit + size * beyond * (1 if condition.kind == "above" else -1)
        rows = [
            value(condition.metric, side, mean, uncertainty=0.3 * size, network_error=0.4 * size,
                  network_difference=0.4 * size, reference=Reference(9 * size, 11 * size, "somebody"))
            for side in (("left", "right") if spec.per_side else ("both",))
        ]  # fmt: skip
        assert (rule.name in names(*rows)) == expected, beyond
        assert rule.name not in names(*[replace(row, network_error=math.nan) for row in rows])
        assert rule.name not in names(*rows, activity="walking")


def test_a_foot_strike_between_two_limits_is_told_with_both() -> None:
    def strike(angle_deg: float) -> list[str]:
        return names(*both("foot_strike_angle", angle_deg, angle_deg, uncertainty=1.0))

    assert strike(3.0) == ["midfoot_strike"]
    assert strike(9.1) == ["heel_strike"]
    assert strike(-2.7) == ["forefoot_strike"]
    assert strike(7.5) == strike(8.5) == strike(-1.0) == []  # ± 1 holds 8 or -1.6: borderline
    (sentence,) = told(*both("foot_strike_angle", 3.0, 3.0, uncertainty=1.0))
    assert sentence.endswith("all of it above −1.6° and all of it below 8.0°.")


def test_a_range_of_people_at_another_speed_is_no_limit() -> None:
    row = value("cadence", "both", 130.0, uncertainty=1.0, reference=Reference(147, 167, YOUNG_RUNNERS))
    assert len(found(row, speed_mps=2.7)) == len(found(row, speed_mps=None)) == 1
    assert found(row, speed_mps=5.0) == ()  # 2.7 m/s by 1.25 is 3.4


def test_one_leg_beyond_and_one_inside_is_told_of_the_one() -> None:
    reference = Reference(8, 16, "somebody")
    (finding,) = found(*both("knee_flexion_at_contact", 7.0, 9.0, uncertainty=0.5, reference=reference))
    assert finding.sides == ("left",)
    assert finding.sentence.startswith("Knee flexion at foot strike on the left is 7.0 ± 0.5°")
    (finding,) = found(*both("knee_flexion_at_contact", 7.0, 6.0, uncertainty=0.5, reference=reference))
    assert finding.sides == ("right", "left")  # the leg that shows it best is the one farthest beyond
    assert finding.sentence.startswith("Knee flexion at foot strike is 6.5 ± 0.5°")


def test_a_value_of_a_single_cycle_has_no_uncertainty_and_is_never_told() -> None:
    assert told(*both("contact_time", 0.35, 0.20, uncertainty=math.nan, reference=Reference(0.2, 0.22, "x"))) == []
    assert told(*missing("contact_time", "no accepted gait cycle")) == []


def test_one_a_group_in_the_order_of_the_table_and_at_most_five() -> None:
    far = Reference(0.09, 0.11, "somebody")
    rows = [
        *both("foot_strike_angle", 20.0, 20.0, uncertainty=1.0),
        *both("vertical_oscillation", 0.13, 0.13, uncertainty=0.001, reference=far),
        *both("overstride", 0.13, 0.13, uncertainty=0.001, reference=far),
        *both("knee_flexion_at_contact", 1.0, 1.0, uncertainty=0.5, reference=Reference(8, 16, "somebody")),
        value("cadence", "both", 130.0, uncertainty=1.0, reference=Reference(147, 167, "somebody")),
        *both("trunk_lean", -4.0, -4.0, uncertainty=1.0, reference=Reference(4, 10, "somebody")),
    ]
    # Overstride and the straight knee are of one group; what is no reason to change anything comes last.
    expected = ["overstride", "low_cadence", "vertical_oscillation", "upright_trunk", "heel_strike"]
    assert names(*rows) == expected
    assert AT_MOST == 5
    differences = [
        *both("step_time", 0.30, 0.40, uncertainty=0.001, reference=None),
        *both("peak_dorsiflexion", 38.0, 10.0, uncertainty=1.0, reference=None),
        *both("hip_flexion_at_contact", 30.0, 20.0, uncertainty=1.0, reference=None),
    ]
    # Two differences at most, the strongest; the heel strike gives way to them.
    assert names(*differences) == ["difference", "difference"]
    assert found(*differences)[0].sentence.startswith("Step time is 100 ± 1 ms (network ± 0 ms) longer on the right")
    together = names(*rows, *differences)
    assert together == [*expected[:4], "difference"]


def test_every_metric_of_the_house_can_be_told() -> None:
    assert all("{" not in sentence for sentence in told(*usual_summary()))


def test_what_the_network_may_be_off_is_no_difference() -> None:
    # ± 5.657 ms on both sides make ± 8; with the network's 6 ms it is 14: what is always off adds.
    for right, count in ((0.2635, 0), (0.2645, 1)):
        rows = both("contact_time", 0.250, right, uncertainty=0.005657, reference=None, network_difference=0.006)
        assert len(told(*rows)) == count


def test_of_a_network_that_nobody_measured_nothing_is_told() -> None:
    unknown = {"network_error": math.nan, "network_difference": math.nan}
    rows = [
        value("cadence", "both", 120.0, uncertainty=0.5, reference=Reference(147, 167, "somebody"), **unknown),
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
        "its ± is more than half of all that people show": wide,
        "4 cycles, fewer than 5": few,
        "its points are seen in 40 % of its frames": unseen,
        "it lies outside of all that people show": absurd,
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


@pytest.mark.parametrize(("speed_mps", "activity", "with_others"), [
    (3.0, "running", True),
    (None, "running", True),  # against the range over all speeds
    (5.0, "running", False),  # nobody of the table ran at 18 km/h
    (3.0, "walking", False),
])  # fmt: skip
def test_nothing_is_said_of_other_runners_where_there_are_none(
    tmp_path: Path, speed_mps: float | None, activity: Activity, with_others: bool
) -> None:
    rows = [
        replace(row, reference=reference_at("cadence", speed_mps), mean=170.0)
        for row in usual_summary()
        if row.metric == "cadence"
    ]
    runner = {"belt_speed_mps": speed_mps, "height_m": 1.78, "mass_kg": 70.0}
    calibration = {**about()["calibration"], "belt_speed_mps": speed_mps}
    session = make_session(tmp_path / "s", summary=rows, activity=activity, runner=runner, calibration=calibration)
    write_report(session)
    page = session.report.read_text(encoding="utf-8")
    assert TEXTS["findings"]["none" if with_others else "none_alone"] in page
