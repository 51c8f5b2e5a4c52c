"""Formatting of SI values in display units; the only module that knows display units."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

Units = Literal["metric", "imperial"]
UNIT_SYSTEMS: tuple[Units, ...] = ("metric", "imperial")
_INCHES_A_METRE = 1 / 0.0254
_FEET_A_METRE = 1 / 0.3048
_MILES_AN_HOUR = 3600 / 1609.344
_NO_NUMBER = "–"


@dataclass(frozen=True, slots=True)
class Display:
    """Format of values of one unit: ``value * factor`` with ``decimals`` decimal places and ``unit``."""

    unit: str
    factor: float
    decimals: int

    @property
    def suffix(self) -> str:
        """The unit after a number, with a preceding space except for degrees."""
        return self.unit if self.unit in ("", "°") else f" {self.unit}"

    def interval(self, low: float, high: float) -> str:
        """Return a published range, without decimals that are all zero."""
        ends = low * self.factor, high * self.factor
        whole = all(abs(end - round(end)) < 1e-6 for end in ends)
        first, last = (decimal(end, 0 if whole else self.decimals) for end in ends)
        # An en dash between two numbers could be read as a minus.
        return f"{first} to {last}" if "−" in first + last else f"{first}–{last}"

    def number(self, value: float) -> str:
        """Return the number alone, with a true minus; a dash for NaN."""
        return decimal(value * self.factor, self.decimals)

    def half_width(self, value: float) -> str:
        """Return an uncertainty, never rounded to 0."""
        shown = abs(value) * self.factor
        return decimal(max(shown, 10.0**-self.decimals) if shown > 0 else shown, self.decimals)

    def signed(self, value: float) -> str:
        """Return the number with its sign, plus included."""
        text = self.number(value)
        return text if text.startswith(("−", _NO_NUMBER)) or float(text) == 0 else f"+{text}"


def display(unit: str, decimals: int, *, units: Units = "metric") -> Display:
    """Return the format of a metric declared in ``unit`` with ``decimals`` decimal places."""
    imperial = units == "imperial"
    fine = decimals >= 3
    table = {
        "s": Display("ms", 1000.0, decimals - 3) if fine else Display("s", 1.0, decimals),
        "deg": Display("°", 1.0, decimals),
        "m/s": Display("mph", _MILES_AN_HOUR, 1) if imperial else Display("km/h", 3.6, 1),
        "": Display("%", 100.0, max(decimals - 2, 0)),
        "leg lengths": Display("% of leg length", 100.0, max(decimals - 2, 0)),
        "m": (Display("in", _INCHES_A_METRE, 1) if fine else Display("ft", _FEET_A_METRE, 2))
        if imperial
        else (Display("cm", 100.0, decimals - 2) if fine else Display("m", 1.0, decimals)),
    }
    return table.get(unit, Display(unit, 1.0, decimals))


def decimal(value: float, decimals: int) -> str:
    """Return ``value`` with a fixed number of decimals, a true minus and no negative zero; a dash for NaN."""
    if not math.isfinite(value):
        return _NO_NUMBER
    text = f"{value:.{decimals}f}"
    return text.lstrip("-") if float(text) == 0 else text.replace("-", "−")


def speed(speed_mps: float, *, units: Units = "metric") -> str:
    """Return a speed as speed and pace: km/h and min/km, or mph and min/mile."""
    a_hour, metres, names = (
        (_MILES_AN_HOUR, 1609.344, ("mph", "/mi")) if units == "imperial" else (3.6, 1000.0, ("km/h", "/km"))
    )
    minutes, seconds = divmod(round(metres / speed_mps), 60)
    return f"{speed_mps * a_hour:.1f} {names[0]} ({minutes}:{seconds:02d} {names[1]})"


def body(height_m: float | None, mass_kg: float | None, *, units: Units = "metric") -> str:
    """Return height and mass, if known."""
    parts = []
    if height_m is not None:
        feet, inches = divmod(round(height_m * _INCHES_A_METRE), 12)
        parts.append(f"{feet}′{inches}″" if units == "imperial" else f"{height_m * 100:.0f} cm")
    if mass_kg is not None:
        parts.append(f"{mass_kg / 0.45359237:.0f} lb" if units == "imperial" else f"{mass_kg:.0f} kg")
    return ", ".join(parts)
