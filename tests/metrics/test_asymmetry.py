from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from benchmarks.simulated import Made, simulated, told
from gaitlab.core.gait import TimingBias
from gaitlab.core.metric import MetricValue, Unsure
from gaitlab.metrics import METRICS, asymmetries, measure, variation_percent
from gaitlab.metrics.asymmetry import symmetry_angle_percent, symmetry_index_percent


def sides(metric: str, left: float, right: float, *, uncertainty: float, sd: float = 0.0) -> list[MetricValue]:
    return [
        MetricValue(metric, metric, side, 10, mean, sd, uncertainty, METRICS[metric].unit)
        for side, mean in (("left", left), ("right", right))
    ]


def test_a_difference_must_exceed_its_interval() -> None:
    (found,) = asymmetries(sides("contact_time", 0.240, 0.252, uncertainty=0.006), METRICS)
    assert found.difference == pytest.approx(0.012)
    assert found.interval == pytest.approx(math.hypot(0.006, 0.006))
    assert found.beyond_noise
    (noise,) = asymmetries(sides("contact_time", 0.240, 0.246, uncertainty=0.006), METRICS)
    assert not noise.beyond_noise


def test_and_the_smallest_detectable_one() -> None:
    # 3 degrees at a small interval, but the repeatability of shank angles is 4.8.
    (found,) = asymmetries(sides("shank_angle_at_contact", 5.0, 8.0, uncertainty=0.5), METRICS)
    assert found.detectable == 4.8
    assert not found.beyond_noise
    (clear,) = asymmetries(sides("shank_angle_at_contact", 5.0, 10.0, uncertainty=0.5), METRICS)
    assert clear.beyond_noise


def test_without_an_interval_nothing_is_told() -> None:
    (found,) = asymmetries(sides("contact_time", 0.2, 0.4, uncertainty=math.nan), METRICS)
    assert not found.beyond_noise


@pytest.mark.parametrize(
    ("metric", "values", "comparable"),
    [
        ("knee_flexion_at_contact", (30.0, 10.0), False),
        ("overstride", (0.30, 0.15), False),
        ("contact_time", (0.30, 0.20), True),  # a clock sees no angle
        ("step_length", (1.10, 0.90), True),  # belt speed times a time
        ("pelvic_drop", (9.0, 2.0), True),  # another camera's
    ],
)
def test_an_oblique_side_view_compares_no_angles_and_lengths_of_the_legs(
    metric: str, values: tuple[float, float], comparable: bool
) -> None:
    for oblique in (False, True):
        (found,) = asymmetries(sides(metric, *values, uncertainty=0.001), METRICS, oblique=oblique)
        assert found.comparable == found.beyond_noise == (comparable or not oblique)
        assert found.difference == pytest.approx(values[1] - values[0])


def test_indices_by_hand() -> None:
    assert symmetry_index_percent(0.20, 0.30) == pytest.approx(40.0)
    assert symmetry_index_percent(0.30, 0.20) == pytest.approx(-40.0)
    assert symmetry_angle_percent(1.0, 1.0) == pytest.approx(0.0)
    # L / R = 1: 0. L = 0: 45 of 90 degrees.
    assert symmetry_angle_percent(0.0, 2.0) == pytest.approx(50.0)
    assert symmetry_angle_percent(3.0, 1.0) == pytest.approx(100 * (45 - math.degrees(math.atan(3))) / 90)


def test_shares_of_an_angle_mean_nothing() -> None:
    (found,) = asymmetries(sides("foot_strike_angle", 0.5, -0.5, uncertainty=0.1), METRICS)
    assert math.isnan(found.symmetry_index_percent)
    (left, _) = sides("foot_strike_angle", 0.5, -0.5, uncertainty=0.1, sd=1.0)
    assert math.isnan(variation_percent(left, METRICS["foot_strike_angle"]))
    (left, _) = sides("stride_time", 0.7, 0.7, uncertainty=0.1, sd=0.014)
    assert variation_percent(left, METRICS["stride_time"]) == pytest.approx(2.0)


def test_a_metric_with_one_side_is_not_compared() -> None:
    rows = sides("contact_time", 0.2, 0.3, uncertainty=0.01)[:1]
    assert asymmetries(rows, METRICS) == []


def with_sources(metric: str, left: float, right: float, **unsure: float) -> list[MetricValue]:
    """Rows whose ± is made of one named source alone, 1.96 of its standard uncertainty."""
    source = Unsure(**unsure)
    return [
        replace(row, random=0.0, random_difference=0.0, unsure=source, uncertainty=1.96 * source.together)
        for row in sides(metric, left, right, uncertainty=math.nan)
    ]


def test_an_early_foot_makes_one_step_longer_by_what_the_other_is_shorter() -> None:
    """A strike that is 10 ms early moves the steps by -10 and +10 ms: the difference is off by 20."""
    (steps,) = asymmetries(with_sources("step_time", 0.35, 0.35, opposite=0.010), METRICS)
    assert steps.interval == pytest.approx(1.96 * 0.020)
    (contacts,) = asymmetries(with_sources("contact_time", 0.25, 0.25, own=0.010), METRICS)
    assert contacts.interval == pytest.approx(1.96 * math.sqrt(2) * 0.010)


def test_of_a_scale_a_difference_has_only_its_own_share() -> None:
    """4 % of 1.00 and of 1.10 m: 4 mm of their difference of 10 cm, not 6 cm."""
    left, right = (with_sources("step_length", 1.00, 1.10, shared=0.04 * mean)[i] for i, mean in enumerate((1.0, 1.1)))
    (found,) = asymmetries([left, right], METRICS)
    assert found.interval == pytest.approx(1.96 * 0.004)
    assert found.beyond_noise


def test_a_symmetric_runner_is_seldom_told_to_be_asymmetric_and_a_real_difference_is_found() -> None:
    """Feet whose events are constantly early or late by what the detector states, 95 % intervals: 5 % and chance."""
    rng = np.random.default_rng(5)
    for scale in ("belt speed", "body height"):
        symmetric = told([simulated(rng, Made(), scale=scale) for _ in range(300)])
        assert max(symmetric.values()) <= 0.07
    longer = told([simulated(rng, Made(), steps=0.10, scale="body height") for _ in range(50)])
    assert min(longer["step_time"], longer["step_length"]) > 0.95
    longer = told([simulated(rng, Made(), contacts=0.10) for _ in range(50)])
    assert longer["contact_time"] > 0.95
    assert longer["step_time"] < 0.15


def test_a_late_strike_ends_one_step_and_begins_the_other() -> None:
    """Strikes that are found early or late at random: one foot's step is short by what the other's is long."""
    rng = np.random.default_rng(6)
    made = Made(bias=TimingBias(0.0, 0.0, 0.0, 0.0, 0.0), variation=0.0, jitter_s=(0.004, 0.0), strides=40)
    found = [measure(simulated(rng, made), [METRICS["step_time"]])[0] for _ in range(60)]
    differences = [right.mean - left.mean for left, right in found]
    # A step is off by both its strikes, the difference of two by the strike between them twice: 2 sqrt(2) of a strike's
    # standard error, where steps that had nothing to do with each other would be off by 2.
    independent = np.median([math.hypot(left.random, right.random) for left, right in found])
    together = np.median([left.random_difference for left, _ in found])
    assert 1.25 < together / independent < 1.65
    assert together / 2.5 < 1.2 * np.std(differences) < together


def test_a_trunk_is_no_leg() -> None:
    for metric in ("trunk_lean", "trunk_side_lean"):
        (found,) = asymmetries(sides(metric, -6.0, 6.0, uncertainty=0.1), METRICS)
        assert not found.comparable
        assert not found.beyond_noise


def test_a_difference_must_exceed_what_the_network_is_off_too() -> None:
    rows = [replace(row, network_difference=0.012) for row in sides("contact_time", 0.240, 0.252, uncertainty=0.006)]
    (found,) = asymmetries(rows, METRICS)
    assert found.told_from == pytest.approx(math.hypot(0.006, 0.006) + 0.012)
    assert not found.beyond_noise
