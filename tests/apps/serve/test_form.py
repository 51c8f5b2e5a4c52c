"""The form: what is typed becomes arguments in SI units, or one line beside the field."""

from __future__ import annotations

import pytest

from gaitlab.apps.serve.jobs.form import FIELDS, read_form, tidied
from gaitlab.pipeline.run import ARGUMENTS


def test_quantities_keep_their_units() -> None:
    said = {"speed": " 10.8 km/h ", "height": "5'11\"", "mass": "154 lb", "start": "2.5", "end": "10 s", "athlete": " "}
    values, wrong = read_form(tidied(said))
    assert wrong == {}
    assert values["belt_speed_mps"] == pytest.approx(3.0)
    assert values["height_m"] == pytest.approx(1.8034)
    assert values["mass_kg"] == pytest.approx(69.85, abs=0.01)
    assert (values["start_s"], values["end_s"]) == (2.5, 10.0)
    assert read_form({"distance": "5 m:120,980"}) == ({"distance": "5 m:120,980"}, {})
    assert "athlete" not in values


def test_every_wrong_field_is_told_beside_it() -> None:
    said = {
        "speed": "10", "height": "178 parsec", "mass": "7000 kg", "view": "above", "person": "first", "start": "5",
        "end": "4", "athlete": "a\u202eb", "rotate": "45", "capture_fps": "9999", "distance": "5 m",
    }  # fmt: skip
    _, wrong = read_form(said)
    assert set(wrong) == set(said) - {"start", "end"}
    assert "has no unit" in wrong["speed"]
    assert "unknown unit 'parsec'" in wrong["height"]
    _, late = read_form({"start": "5", "end": "4"})
    assert list(late) == ["end"]


def test_a_clicked_runner_is_numbered_from_the_beginning() -> None:
    assert read_form({"person": "1"}) == ({"pose.person": 1}, {})
    assert list(read_form({"person": "1", "start": "3"})[1]) == ["person"]
    assert list(read_form({"person": "1", "rotate": "90"})[1]) == ["person"]


def test_unknown_fields_are_left_out() -> None:
    assert tidied({"speed": 3, "output": "/etc", "force": "yes", "model": "x"}) == {}


def test_every_field_gives_an_argument_or_setting_that_is_there() -> None:
    from gaitlab.config import Settings, with_values

    for field in FIELDS:
        if "." in field.argument:
            chosen = {
                "pose.person": 1,
                "report.units": "metric",
                "report.findings": "off",
                "report.language": "de",
            }.get(field.argument, True)
            assert with_values(Settings(), {field.argument: chosen})
        elif field.argument:
            assert field.argument in ARGUMENTS
