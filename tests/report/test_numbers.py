"""Numbers as people read them."""

from __future__ import annotations

import math

import pytest

from gaitlab.report.shared.numbers import body, decimal, display, speed


@pytest.mark.parametrize(
    ("unit", "decimals", "units", "value", "text"),
    [
        ("s", 3, "metric", 0.2504, "250 ms"),
        ("m", 3, "metric", 0.0834, "8.3 cm"),
        ("m", 3, "imperial", 0.254, "10.0 in"),
        ("m", 2, "metric", 1.006, "1.01 m"),
        ("m", 2, "imperial", 0.6096, "2.00 ft"),
        ("deg", 1, "imperial", -3.14, "−3.1°"),
        ("", 3, "metric", 0.3554, "35.5 %"),
        ("leg lengths", 3, "metric", 0.214, "21.4 % of leg length"),
        ("m/s", 2, "metric", 2.5, "9.0 km/h"),
        ("mm/ms", 2, "metric", 1.52, "1.52 mm/ms"),
        ("m/s", 2, "imperial", 4.4704, "10.0 mph"),
        ("kN/m", 1, "imperial", 9.96, "10.0 kN/m"),
        ("steps/min", 1, "metric", 168.0, "168.0 steps/min"),
    ],
)
def test_units_are_shown_as_readers_expect_them(unit: str, decimals: int, units: str, value: float, text: str) -> None:
    show = display(unit, decimals, units=units)  # type: ignore[arg-type]
    assert show.number(value) + show.suffix == text


def test_a_number_has_a_true_minus_no_negative_zero_and_a_dash_for_nothing() -> None:
    assert decimal(-1.25, 1) == "−1.2"
    assert decimal(-0.04, 1) == "0.0"
    assert decimal(math.nan, 1) == "–"


def test_a_difference_carries_its_sign() -> None:
    show = display("s", 3)
    assert [show.signed(v) for v in (0.022, -0.022, 0.0)] == ["+22", "−22", "0"]


def test_an_uncertainty_is_never_rounded_down_to_none() -> None:
    show = display("s", 3)
    assert show.half_width(0.0082) == "8"
    assert show.half_width(0.0001) == "1"
    assert show.half_width(0.0) == "0"
    assert show.half_width(math.nan) == "–"


def test_a_range_drops_digits_that_say_nothing_and_shows_a_minus_apart_from_its_dash() -> None:
    assert display("deg", 1).interval(35.0, 45.0) == "35–45"
    assert display("", 3).interval(0.332, 0.378) == "33.2–37.8"
    assert display("deg", 1).interval(-1.0, 10.0) == "−1 to 10"


def test_speed_is_told_with_its_pace() -> None:
    assert speed(10 / 3.6) == "10.0 km/h (6:00 /km)"
    assert speed(1609.344 / 480, units="imperial") == "7.5 mph (8:00 /mi)"


def test_height_and_mass() -> None:
    assert body(1.78, 70.0) == "178 cm, 70 kg"
    assert body(1.8034, None, units="imperial") == "5′11″"
    assert body(None, 45.359237, units="imperial") == "100 lb"
    assert body(None, None) == ""
