"""Reading quantities as people write them (``10 km/h``, ``5'11"``, ``70 kg``) and giving SI numbers back.

A number without a unit is refused: 10 may be km/h or mph, and a wrong guess gives wrong metres everywhere.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from gaitlab.errors import InputError


@dataclass(frozen=True, slots=True)
class Quantity:
    """One kind of quantity: its units as factors to SI, and the range a human being can fill."""

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
MASS = Quantity("mass", {"kg": 1.0, "lb": 0.45359237, "lbs": 0.45359237, "st": 6.35029318}, 10.0, 350.0, "kg", "70 kg")

_NUMBER_AND_UNIT = re.compile(r"\s*([-+]?\d+(?:[.,]\d+)?)\s*([a-z/]*)\s*", re.IGNORECASE)
_FEET_AND_INCHES = re.compile(r"\s*(\d+)\s*(?:'|ft|′)\s*(\d+(?:\.\d+)?)\s*(?:\"|''|in|″)?\s*", re.IGNORECASE)
_PACE = re.compile(r"\s*(\d+):([0-5]\d)\s*(?:min)?\s*/\s*(km|mi)\s*", re.IGNORECASE)
_PACE_METRES = {"km": 1000.0, "mi": 1609.344}


def _si_value(text: str, quantity: Quantity) -> float:
    if quantity in (HEIGHT, LENGTH) and (match := _FEET_AND_INCHES.fullmatch(text)):
        return int(match[1]) * 0.3048 + float(match[2]) * 0.0254
    if quantity is SPEED and (match := _PACE.fullmatch(text)):
        seconds = int(match[1]) * 60 + int(match[2])
        return _PACE_METRES[match[3].lower()] / seconds if seconds else float("inf")
    match = _NUMBER_AND_UNIT.fullmatch(text)
    known = ", ".join(quantity.factors)
    if match is None:
        raise InputError(f"{quantity.name} '{text}' is not a number with a unit; write it like '{quantity.example}'")
    if not match[2]:
        raise InputError(f"{quantity.name} '{text}' has no unit; write it like '{quantity.example}' (units: {known})")
    factor = quantity.factors.get(match[2].lower())
    if factor is None:
        raise InputError(f"{quantity.name} '{text}' has the unknown unit '{match[2]}'; known units: {known}")
    return float(match[1].replace(",", ".")) * factor


def parse(text: str, quantity: Quantity) -> float:
    """Return the SI value of ``text``, e.g. ``parse("10 km/h", SPEED) == 2.777…``.

    Heights and lengths also come as ``5'11"``, speeds also as a pace (``5:30/km``).
    Raises InputError without a unit, with an unknown one, or for a value no person has.
    """
    value = _si_value(text, quantity)
    check(value, quantity, said=text)
    return value


def check(value: float, quantity: Quantity, *, said: str | None = None) -> None:
    """Raise InputError where ``value`` (SI) lies outside what the quantity can be."""
    if not quantity.low <= value <= quantity.high:
        came = f"'{said}'" if said else f"{value:g} {quantity.si_unit}"
        raise InputError(
            f"{quantity.name} {came} is outside {quantity.low:g}-{quantity.high:g} {quantity.si_unit}; "
            f"check the unit, e.g. '{quantity.example}'"
        )
