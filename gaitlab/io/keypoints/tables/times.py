"""Times as tables name and write them: ``time_ms``, ``timestamp``, ``Time [s]``; numbers, or ``0:01:02.5``."""

from __future__ import annotations

import re
from collections.abc import Mapping

import numpy as np

from gaitlab.core.pose import FloatArray
from gaitlab.io.keypoints import columns

# Seconds in each unit, by its names.
_UNITS = {
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds"), 1.0),
    **dict.fromkeys(("ms", "msec", "msecs", "millis", "millisecond", "milliseconds"), 1e-3),
    **dict.fromkeys(("us", "µs", "μs", "usec", "micros", "microsecond", "microseconds"), 1e-6),
    **dict.fromkeys(("ns", "nsec", "nanos", "nanosecond", "nanoseconds"), 1e-9),
    **dict.fromkeys(("min", "minute", "minutes"), 60.0),
}
_TIMES = frozenset({"time", "times", "timestamp", "timestamps", "stamp", "t", "ts", "zeit", "temps", "tiempo", "tempo"})
_BESIDE = frozenset({"elapsed", "video", "relative", "rel", "in", "pos", "position", "since", "start", "frame"})
_CLOCK = re.compile(
    r"(?:\d{4}-\d\d-\d\d[T ])?(?P<hour>\d{1,2}):(?P<minute>\d\d):(?P<second>\d\d(?:[.,]\d+)?)(?:Z|[+-]\d\d:?\d\d)?"
)


def unit_of(word: str) -> float | None:
    """Return the unit in a column's name, seconds; 0 where it is a time without a unit, None where it is no time."""
    words = [part.lower() for part in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-zµμ]+", word)]
    units = [part for part in words if part in _UNITS]
    times = [part for part in words if part in _TIMES]
    beside = [part for part in words if part in _BESIDE]
    if len(units) + len(times) + len(beside) < len(words) or len(units) > 1 or any(part.isdigit() for part in word):
        return None
    if not times and not (units and len(units[0]) > 2 and units[0] != "min"):
        return None
    return _UNITS[units[0]] if units else 0.0


def time_cells(name: str, *, comma: bool, unit_s: float) -> columns.Column:
    """Return a column of times, seconds; those without a unit as they are, NaN where there is none."""
    number = columns.number(name, comma=comma)

    def read(cell: str) -> float:
        if clock := _CLOCK.fullmatch(cell):
            hours, minutes = int(clock["hour"]), int(clock["minute"])
            return 3600.0 * hours + 60.0 * minutes + float(clock["second"].replace(",", "."))
        return float(number.read(cell)) * (unit_s or 1.0)

    return columns.Column(name, read, "a time in seconds, or nothing")


def times_of(told: Mapping[int, float], first: int, count: int) -> FloatArray | None:
    """Return (frame,) times of so many frames from the first on, those without one between the others; None of none."""
    known = sorted(told)
    return np.interp(np.arange(first, first + count), known, [told[frame] for frame in known]) if known else None
