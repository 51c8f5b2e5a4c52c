"""Parsing of quantities as people write them (``10 km/h``, ``5'11"``, ``70 kg``) into SI numbers.

A number without a unit is an error: 10 may be km/h or mph, and a wrong guess scales every length wrongly.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from numbers import Real

from gaitlab.core.errors import InputError, argument, shown

# Allowed rotations of an image, degrees clockwise.
ROTATIONS = (0, 90, 180, 270)


@dataclass(frozen=True, slots=True)
class Quantity:
    """One kind of quantity: its units as factors to SI, and the range that is possible for a person."""

    name: str
    factors: dict[str, float]
    low: float
    high: float
    si_unit: str
    example: str


SPEED = Quantity(
    "speed", {"m/s": 1.0, "mps": 1.0, "km/h": 1 / 3.6, "kmh": 1 / 3.6, "kph": 1 / 3.6, "mph": 0.44704},
    0.2, 13.0, "m/s", "10 km/h",
)  # fmt: skip
HEIGHT = Quantity("height", {"m": 1.0, "cm": 0.01, "mm": 0.001, "in": 0.0254, "ft": 0.3048}, 0.5, 2.6, "m", "178 cm")
LENGTH = Quantity("length", {"m": 1.0, "cm": 0.01, "mm": 0.001, "in": 0.0254, "ft": 0.3048}, 0.02, 10.0, "m", "1.4 m")
# Between two marks beside a path.
DISTANCE = Quantity(
    "distance", {"m": 1.0, "cm": 0.01, "in": 0.0254, "ft": 0.3048, "yd": 0.9144}, 0.3, 200.0, "m", "5 m"
)
FRAME_RATE = Quantity("frame rate", {"fps": 1.0}, 5.0, 2000.0, "frames a second", "120 fps")
# Position in a recording, which lasts a day at most.
TIME = Quantity("time", {"s": 1.0}, 0.0, 86400.0, "s", "2.5 s")
MASS = Quantity("mass", {"kg": 1.0, "lb": 0.45359237, "lbs": 0.45359237, "st": 6.35029318}, 10.0, 350.0, "kg", "70 kg")

# Nine digits suffice for every quantity; Python refuses to convert thousands of them.
_NUMBER_AND_UNIT = re.compile(r"\s*([-+]?\d{1,9}(?:[.,]\d{1,9})?)\s*([a-z/]*)\s*", re.IGNORECASE)
# A decimal comma, or one between thousands.
_COMMA_OF_EITHER_KIND = re.compile(r"[-+]?[1-9]\d{0,2},\d{3}")
_FEET_AND_INCHES = re.compile(
    r"\s*(\d{1,3})\s*(?:'|ft|′)\s*(\d{1,3}(?:\.\d{1,9})?)\s*(?:\"|''|in|″)?\s*", re.IGNORECASE
)
_PACE = re.compile(r"\s*(\d{1,3}):([0-5]\d)\s*(?:min)?\s*/?\s*(km|mile|mi)?\s*", re.IGNORECASE)
_PACE_METRES = {"km": 1000.0, "mi": 1609.344, "mile": 1609.344}


def _si_value(text: str, quantity: Quantity) -> float:
    if quantity in (HEIGHT, LENGTH) and (match := _FEET_AND_INCHES.fullmatch(text)):
        return int(match[1]) * 0.3048 + float(match[2]) * 0.0254
    if quantity is SPEED and (match := _PACE.fullmatch(text)):
        return _of_pace(text, int(match[1]) * 60 + int(match[2]), match[3])
    match = _NUMBER_AND_UNIT.fullmatch(text)
    known = ", ".join(quantity.factors)
    if match is None:
        raise InputError(
            f"{quantity.name} {shown(text)} is not a number with a unit; write it like '{quantity.example}'"
        )
    if not match[2]:
        raise InputError(
            f"{quantity.name} {shown(text)} has no unit; write it like '{quantity.example}' (units: {known})"
        )
    factor = quantity.factors.get(match[2].lower())
    if factor is None:
        raise InputError(f"{quantity.name} {shown(text)} has the unknown unit '{match[2]}'; known units: {known}")
    if _COMMA_OF_EITHER_KIND.fullmatch(match[1]):
        with_point, without = match[1].replace(",", "."), match[1].replace(",", "")
        raise InputError(
            f"{quantity.name} {shown(text)} may be {with_point} or {without} {match[2]}; write it without a comma"
        )
    return float(match[1].replace(",", ".")) * factor


def _of_pace(text: str, seconds: int, unit: str | None) -> float:
    """Return the speed of a pace, m/s; InputError if the pace has no length unit."""
    if not unit:
        raise InputError(
            f"speed {shown(text)} is a pace without its length; write it like '{text.strip()} min/km' or "
            f"'{text.strip()} min/mile', or as a speed like '{SPEED.example}'"
        )
    return _PACE_METRES[unit.lower()] / seconds if seconds else float("inf")


@dataclass(frozen=True, slots=True)
class Marks:
    """Two marks on the runner's path: how far apart they are, and where the picture shows them.

    Attributes
    ----------
    apart_m : float
        distance on the ground, m.
    x_px : tuple[float, float]
        their x in the picture, px.
    """

    apart_m: float
    x_px: tuple[float, float]


_MARKS_EXAMPLE = "5 m:120,980"
_MARKS = re.compile(r"\s*([^:]*):\s*(\d{1,5}(?:\.\d{1,3})?)\s*,\s*(\d{1,5}(?:\.\d{1,3})?)\s*(?:px)?\s*")
_FEWEST_PX = 20.0


def marks(text: str) -> Marks:
    """Return the marks of a text such as ``5 m:120,980``: a length with its unit, and the x of both marks, px.

    Raises
    ------
    InputError
        if it is none, the length has no unit, or the marks are less than 20 px apart.
    """
    match = _MARKS.fullmatch(text)
    if match is None:
        raise InputError(
            f"distance {shown(text)} is not a length and the x of two marks in the picture (px, 0 at its left "
            f"edge); write it like '{_MARKS_EXAMPLE}'"
        )
    ends = float(match[2]), float(match[3])
    if abs(ends[1] - ends[0]) < _FEWEST_PX:
        raise InputError(
            f"the marks of the distance {shown(text)} are {abs(ends[1] - ends[0]):g} px apart in the picture; expected "
            f"two places of the runner's path, {_FEWEST_PX:g} px apart or more"
        )
    return Marks(parse(match[1], DISTANCE), ends)


def parse(text: str, quantity: Quantity) -> float:
    """Return the SI value of ``text``, e.g. ``parse("10 km/h", SPEED) == 2.777…``.

    Parameters
    ----------
    text : str
        a number with a unit; heights and lengths also as ``5'11"``, speeds also as a pace (``5:30 min/km``,
        ``8:50 /mile``).
    quantity : Quantity
        what the text denotes.

    Returns
    -------
    float
        the value in SI units.

    Raises
    ------
    InputError
        if the unit is missing or unknown, or the value is outside the quantity's range.
    """
    value = _si_value(text, quantity)
    if not quantity.low <= value <= quantity.high:
        raise InputError(
            f"{quantity.name} {shown(text)} is outside {quantity.low:g}-{quantity.high:g} {quantity.si_unit}; "
            f"check the unit, e.g. '{quantity.example}'"
        )
    return value


def check(name: str, value: object, quantity: Quantity) -> None:
    """Raise InputError if the argument ``name`` (SI) is not a number or lies outside the quantity's range."""
    number = _plain_number(value)
    if number is None or not quantity.low <= number <= quantity.high:
        raise InputError(
            f"{argument(name)} must be a {quantity.name} from {quantity.low:g} to {quantity.high:g} "
            f"{quantity.si_unit}, not {shown(value) if number is None else f'{number:g}'}; e.g. "
            f"{_si_value(quantity.example, quantity):.3g}"
        )


def _plain_number(value: object) -> float | None:
    """Return a finite float; None for NaN, infinity, numbers too large for a float and anything else."""
    if isinstance(value, bool) or not isinstance(value, Real):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None
