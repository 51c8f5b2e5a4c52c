"""Formatting of SI values in display units; the only module that knows display units."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Literal

from gaitlab.report.shared.texts import Texts

Units = Literal["metric", "imperial"]
UNIT_SYSTEMS: tuple[Units, ...] = ("metric", "imperial")
_INCHES_A_METRE = 1 / 0.0254
_FEET_A_METRE = 1 / 0.3048
_MILES_AN_HOUR = 3600 / 1609.344
_NO_NUMBER = "–"


@dataclass(frozen=True, slots=True)
class Display:
    """Format of values of one unit: ``value * factor`` with ``decimals`` decimal places and ``unit``.

    ``point`` is the decimal mark, ``space`` what stands between number and unit, ``to`` the word between two numbers
    of which one is negative.
    """

    unit: str
    factor: float
    decimals: int
    point: str = "."
    space: str = " "
    to: str = "to"

    @property
    def suffix(self) -> str:
        """The unit after a number, with a preceding space except for degrees."""
        return self.unit if self.unit in ("", "°") else f"{self.space}{self.unit}"

    def interval(self, low: float, high: float) -> str:
        """Return a published range, without decimals that are all zero."""
        ends = low * self.factor, high * self.factor
        whole = all(abs(end - round(end)) < 1e-6 for end in ends)
        first, last = (decimal(end, 0 if whole else self.decimals, point=self.point) for end in ends)
        # An en dash between two numbers could be read as a minus.
        return f"{first} {self.to} {last}" if "−" in first + last else f"{first}–{last}"

    def number(self, value: float) -> str:
        """Return the number alone, with a true minus; a dash for NaN."""
        return decimal(value * self.factor, self.decimals, point=self.point)

    def half_width(self, value: float) -> str:
        """Return an uncertainty, never rounded to 0."""
        shown = abs(value) * self.factor
        least = max(shown, 10.0**-self.decimals) if shown > 0 else shown
        return decimal(least, self.decimals, point=self.point)

    def signed(self, value: float) -> str:
        """Return the number with its sign, plus included."""
        text = self.number(value)
        return text if text.startswith(("−", _NO_NUMBER)) or not text.strip("0.,") else f"+{text}"


def display(unit: str, decimals: int, *, units: Units = "metric", texts: Texts | None = None) -> Display:
    """Return the format of a metric declared in ``unit`` with ``decimals`` decimal places, in English without texts."""
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
    shown = table.get(unit, Display(unit, 1.0, decimals))
    return shown if texts is None else of_language(shown, texts)


def of_language(show: Display, texts: Texts) -> Display:
    """Return a format with the unit, the decimal mark and the spaces of a language."""
    form = texts["format"]
    unit = texts["units_of"].get(show.unit, show.unit)
    return replace(show, unit=unit, point=form["point"], space=form["space"], to=form["to"])


def decimal(value: float, decimals: int, *, point: str = ".") -> str:
    """Return ``value`` with a fixed number of decimals, a true minus and no negative zero; a dash for NaN."""
    if not math.isfinite(value):
        return _NO_NUMBER
    text = f"{value:.{decimals}f}"
    return (text.lstrip("-") if float(text) == 0 else text.replace("-", "−")).replace(".", point)


def speed(speed_mps: float, *, units: Units = "metric", point: str = ".") -> str:
    """Return a speed as speed and pace: km/h and min/km, or mph and min/mile."""
    a_hour, metres, names = (
        (_MILES_AN_HOUR, 1609.344, ("mph", "/mi")) if units == "imperial" else (3.6, 1000.0, ("km/h", "/km"))
    )
    minutes, seconds = divmod(round(metres / speed_mps), 60)
    return f"{decimal(speed_mps * a_hour, 1, point=point)} {names[0]} ({minutes}:{seconds:02d} {names[1]})"


def body(height_m: float | None, mass_kg: float | None, *, units: Units = "metric") -> str:
    """Return height and mass, if known."""
    parts = []
    if height_m is not None:
        feet, inches = divmod(round(height_m * _INCHES_A_METRE), 12)
        parts.append(f"{feet}′{inches}″" if units == "imperial" else f"{height_m * 100:.0f} cm")
    if mass_kg is not None:
        parts.append(f"{mass_kg / 0.45359237:.0f} lb" if units == "imperial" else f"{mass_kg:.0f} kg")
    return ", ".join(parts)
