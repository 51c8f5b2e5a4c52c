from __future__ import annotations

import pytest

from gaitlab.core.errors import InputError
from gaitlab.core.units import HEIGHT, MASS, SPEED, Marks, marks, parse


@pytest.mark.parametrize(
    ("text", "quantity", "si"),
    [
        ("10 km/h", SPEED, 10 / 3.6),
        ("2,8 m/s", SPEED, 2.8),
        ("6mph", SPEED, 2.68224),
        ("5:00/km", SPEED, 1000 / 300),
        ("8:00 min/mi", SPEED, 1609.344 / 480),
        ("6:00 /km", SPEED, 10 / 3.6),
        ("6:00 min/km", SPEED, 10 / 3.6),
        ("9:39 /mile", SPEED, 1609.344 / 579),
        ("9:39 min / Mile", SPEED, 1609.344 / 579),
        ("178 cm", HEIGHT, 1.78),
        ("1.78m", HEIGHT, 1.78),
        ("5'11\"", HEIGHT, 1.8034),
        ("5 ft 11 in", HEIGHT, 1.8034),
        ("70 kg", MASS, 70.0),
        ("154 lb", MASS, 154 * 0.45359237),
    ],
)
def test_reads_what_people_write(text: str, quantity, si: float) -> None:
    assert parse(text, quantity) == pytest.approx(si)


@pytest.mark.parametrize(
    ("text", "quantity", "said"),
    [
        ("10", SPEED, "has no unit"),
        ("ten km/h", SPEED, "not a number with a unit"),
        ("10 knots", SPEED, "unknown unit 'knots'; known units: m/s"),
        ("100 km/h", SPEED, "outside 0.2-13 m/s"),
        ("178 m", HEIGHT, "outside 0.5-2.6 m; check the unit, e.g. '178 cm'"),
        ("0:00/km", SPEED, "outside"),
        ("-70 kg", MASS, "outside"),
        ("", MASS, "not a number"),
        ("6:00", SPEED, "is a pace without its length; write it like '6:00 min/km' or '6:00 min/mile', or as a speed"),
        ("6:75 /km", SPEED, "not a number with a unit"),
        ("nan km/h", SPEED, "not a number with a unit"),
        ("inf kg", MASS, "not a number with a unit"),
        ("9" * 5000 + " kg", MASS, "not a number with a unit"),
        ("9" * 5000 + "'11\"", HEIGHT, "not a number with a unit"),
        ("9" * 5000 + ":00 /km", SPEED, "not a number with a unit"),
    ],
)
def test_says_what_is_wrong(text: str, quantity, said: str) -> None:
    with pytest.raises(InputError) as caught:
        parse(text, quantity)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 300


def test_marks_are_a_distance_and_two_places_in_the_picture() -> None:
    assert marks("5 m:120,980") == Marks(5.0, (120.0, 980.0))
    assert marks(" 10 yd : 900.5 , 100 px ") == Marks(pytest.approx(9.144), (900.5, 100.0))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("5 m", "the x of two marks"),
        ("5 m:120", "the x of two marks"),
        ("5:120,980", "has no unit"),
        ("5 km:120,980", "unknown unit 'km'"),
        ("5 m:120,125", "5 px apart"),
        ("900 m:120,980", "outside 0.3-200 m"),
    ],
)
def test_what_is_no_distance_between_marks_is_refused(text: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        marks(text)


@pytest.mark.parametrize(("text", "quantity"), [("1,000 km/h", SPEED), ("1,780 mm", HEIGHT), ("-1,000 kg", MASS)])
def test_a_comma_that_may_be_of_either_kind_is_asked_about(text: str, quantity) -> None:
    with pytest.raises(InputError, match=r"may be -?1\.\d{3} or -?1\d{3} .*; write it without a comma"):
        parse(text, quantity)
