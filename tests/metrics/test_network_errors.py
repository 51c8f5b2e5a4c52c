"""How far a network may be off: by hand, and as it ships."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest

from gaitlab.core.gait import Belt
from gaitlab.metrics import METRICS, measure, shipped, with_network_errors
from gaitlab.metrics.network_errors import (
    MOVEMENT_TABLE,
    TABLE,
    Confidence,
    Key,
    NetworkError,
    confidences,
    network_error,
    read_table,
)
from tests.metrics.test_metrics import made_trial


def test_the_bound_by_hand() -> None:
    # Errors 1, 2, 3: mean 2, standard deviation 1; t(0.975, 2) = 4.3027; a further clip differs by sqrt(1 + 1/3) more.
    found = network_error([[1.0], [2.0], [3.0]])
    assert (found.bias, found.sd, found.clips) == (2.0, 1.0, 3)
    assert found.bound == pytest.approx(2 + 4.3027 * math.sqrt(4 / 3), abs=1e-3)
    # The bias widens whichever way it points, and a real clip is never outside.
    assert network_error([[-1.0], [-2.0], [-3.0]]).bound == pytest.approx(found.bound)
    assert network_error([[1.0], [2.0], [3.0]], real=20.0).bound == 20.0


def test_both_legs_of_a_clip_are_one_clip() -> None:
    found = network_error([[1.0, 3.0], [2.0, 2.0], [1.0, 3.0], []])
    assert (found.bias, found.clips) == (2.0, 3)
    assert math.isnan(network_error([[1.0, 2.0], [3.0, 4.0]]).bound)  # two clips say nothing of the next


def test_an_unsure_network_is_bounded_wider_by_hand() -> None:
    """Scores of 0.5 tell 3 % of the height where the clips of the table told 1 %: of that leg three times the bound."""
    trial = dataclasses.replace(made_trial(), network="it")
    knee, ankle, hip = (trial.pose.skeleton.index(f"left_{point}") for point in ("knee", "ankle", "hip"))
    score = np.ones_like(trial.pose.score)
    score[:, [knee, ankle, hip]] = 0.5
    trial = dataclasses.replace(trial, pose=dataclasses.replace(trial.pose, score=score))
    usual = {("side", leg, point): 0.01 for leg in ("near", "far") for point in ("hip", "knee", "ankle")}
    confidence = {"it": Confidence((0.0, 0.5, 1.0), (0.05, 0.03, 0.01), usual)}
    table = {
        Key("it", "side", "", "knee_flexion_at_contact", leg): NetworkError(2.0, 0.0, 12)
        for leg in ("near", "far", "difference")
    }
    rows = with_network_errors(trial, measure(trial, METRICS.values())[0], METRICS, table, confidence)
    found = {row.side: row for row in rows if row.metric == "knee_flexion_at_contact"}
    assert found["right"].network_error == pytest.approx(2.0)  # never narrower than measured
    assert found["left"].network_error == pytest.approx(6.0)
    # The difference rests on both legs: the root of the mean of 3 % and 1 % squared.
    assert found["left"].network_difference == pytest.approx(2.0 * math.sqrt((9 + 1) / 2))


def test_what_ships_knows_the_usual_doubt_of_its_own_network() -> None:
    own = confidences()["runner"]
    assert np.all(np.diff(own.score) > 0)
    assert np.all(np.diff(own.error) <= 0)
    assert {view for view, _, _ in own.usual} == {"side", "rear"}
    assert own.usual["side", "near", "knee"] <= own.usual["side", "far", "knee"]
    assert own.expected(np.array([0.0, 1.0])) == pytest.approx([own.error[0], own.error[-1]])


def told(network: str, table: dict[Key, NetworkError], **changes: object) -> dict[tuple[str, str], tuple[float, float]]:
    trial = dataclasses.replace(made_trial(), network=network, **changes)
    rows = with_network_errors(trial, measure(trial, METRICS.values())[0], METRICS, table, {})
    return {(row.metric, row.side): (row.network_error, row.network_difference) for row in rows}


def test_each_leg_has_its_own_and_shares_are_of_the_mean() -> None:
    """The runner faces right: the right leg is the near one. Contacts last 0.24 s."""
    table = {
        Key("it", "side", "", metric, leg): NetworkError(bias, 0.0, 12)
        for metric, leg, bias in (
            ("knee_flexion_at_contact", "near", 3.0), ("knee_flexion_at_contact", "far", -5.0),
            ("knee_flexion_at_contact", "difference", 4.0), ("contact_time", "near", 0.1), ("cadence", "both", 0.01),
        )
    }  # fmt: skip
    found = told("it", table)
    assert found["knee_flexion_at_contact", "right"] == (3.0, 4.0)
    assert found["knee_flexion_at_contact", "left"] == (5.0, 4.0)
    assert found["contact_time", "right"][0] == pytest.approx(0.024)
    assert found["cadence", "both"][0] == pytest.approx(0.01 * 120 / 0.70)
    assert math.isnan(found["contact_time", "left"][0])


@pytest.mark.parametrize("why", ["another network", "a file", "walking", "an oblique camera"])
def test_what_was_not_measured_is_not_known(why: str) -> None:
    table = {Key("it", "side", "", "knee_flexion_at_contact", leg): NetworkError(1.0, 0.0, 12) for leg in ("near",)}
    trial = made_trial()
    oblique = dataclasses.replace(trial.calibration, belt=Belt(slope_deg=9.0))
    network, changes = {
        "another network": ("other", {}),
        "a file": ("", {}),
        "walking": ("it", {"events": dataclasses.replace(trial.events, activity="walking")}),
        "an oblique camera": ("it", {"calibration": oblique}),
    }[why]
    assert math.isnan(told(network, table, **changes)["knee_flexion_at_contact", "right"][0])
    assert told("it", table)["knee_flexion_at_contact", "right"][0] == 1.0


def test_contact_times_overground_are_not_known_and_the_rest_is() -> None:
    table = {
        Key("it", "side", "", metric, "near"): NetworkError(0.1, 0.0, 12)
        for metric in ("contact_time", "flight_time", "duty_factor", "knee_flexion_at_contact")
    }
    on_treadmill, overground = told("it", table), told("it", table, setting="overground")
    for metric in ("contact_time", "flight_time", "duty_factor"):
        assert math.isfinite(on_treadmill[metric, "right"][0])
        assert math.isnan(overground[metric, "right"][0])
    assert overground["knee_flexion_at_contact", "right"][0] == 0.1


def test_lengths_are_known_by_the_scale_they_were_measured_with() -> None:
    table = {Key("it", "side", "body height", "overstride", "near"): NetworkError(0.02, 0.0, 12)}
    by_height = dataclasses.replace(made_trial().calibration, scale_source="body height")
    assert told("it", table, calibration=by_height)["overstride", "right"][0] == 0.02
    assert math.isnan(told("it", table)["overstride", "right"][0])


def test_the_shipped_table_knows_the_network_that_ships() -> None:
    """All that a running clip at 60 fps gives has a bound, but for what the rendered clips cannot tell."""
    no_truth = {"rearfoot_angle_at_contact", "peak_rearfoot_eversion", "eversion_velocity"}
    for name, spec in METRICS.items():
        for view in spec.views:
            if spec.only == "walking" or spec.movement or name in no_truth:
                continue
            keys = [k for k in shipped() if (k.network, k.view, k.metric) == ("runner", view, name)]
            per_side = {"both", "difference"} if view == "rear" else {"near", "far", "difference"}
            assert {k.leg for k in keys} == (per_side if spec.per_side else {"both"}), (name, view)
    assert all(error.bound > 0 for key, error in shipped().items() if error.clips >= 3)
    # The real clip's near knee is 7 degrees off, and stands in the bound.
    knee = shipped()[Key("runner", "side", "", "knee_flexion_at_contact", "near")]
    assert knee.bound >= knee.real > 6


def test_each_table_has_its_own_metrics() -> None:
    """What both held would be kept by the one when the other is measured anew."""
    assert not any(METRICS[key.metric].movement for key in read_table(TABLE))
    assert all(METRICS[key.metric].movement for key in read_table(MOVEMENT_TABLE))
