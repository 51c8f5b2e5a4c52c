"""Positions of the dots clicked by a user on one frame, and their file format."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gaitlab.core.errors import InputError
from gaitlab.core.gait import BOTH_SIDES, Side
from gaitlab.core.units import TIME
from gaitlab.io.files import whole_file
from gaitlab.io.reading import Entry, read_json
from gaitlab.markers.layout import DOTS

_VERSION = 1
_LARGEST_PX = 100_000  # largest image width and height


@dataclass(frozen=True, slots=True)
class Clicks:
    """Eight clicked dots.

    Attributes
    ----------
    width, height : int
        size of the video, px.
    time_s : float
        time of the frame since the first frame of the video, s.
    points : Mapping[Side, Mapping[str, tuple[float, float]]]
        by side and dot, (x, y) px.
    """

    width: int
    height: int
    time_s: float
    points: Mapping[Side, Mapping[str, tuple[float, float]]]

    def as_dict(self) -> dict[str, Any]:
        """Return the content of the file."""
        return {
            "gaitlab_dots": _VERSION,
            "video": {"width": self.width, "height": self.height},
            "time_s": round(self.time_s, 6),
            "points": {side: {dot: list(self.points[side][dot]) for dot in DOTS} for side in BOTH_SIDES},
        }


def clicks_from(content: Any, *, where: str) -> Clicks:
    """Return the clicks from the content of a file or the answer of the page.

    Raises
    ------
    InputError
        if something is missing, not a number, or outside the image.
    """
    whole = Entry(content, where)
    try:
        video, sides = whole.field("video"), whole.field("points")
        width, height = (video.field(name).whole(1, _LARGEST_PX) for name in ("width", "height"))
        time_s = whole.field("time_s").number(TIME.low, TIME.high)
        points: dict[Side, dict[str, tuple[float, float]]] = {
            side: {dot: _place(sides.field(side).field(dot)) for dot in DOTS} for side in BOTH_SIDES
        }
    except InputError as error:
        raise InputError(f"{error}, so it is no file of dots; make one with `gaitlab dots VIDEO`") from error
    for side in BOTH_SIDES:
        for dot, (x, y) in points[side].items():
            if not (0 <= x < width and 0 <= y < height):
                raise InputError(
                    f"{where}: the {side} {dot} at {x:g}, {y:g} lies outside the picture of {width} x {height}"
                )
    return Clicks(width, height, time_s, points)


def _place(entry: Entry) -> tuple[float, float]:
    numbers = entry.numbers()
    if len(numbers) != 2:
        raise entry.error("x and y of a dot")
    return numbers[0], numbers[1]


def read_clicks(path: Path) -> Clicks:
    """Read a file of clicks.

    Raises
    ------
    InputError
        if the file is missing or contains no clicks.
    """
    content = read_json(path, "file of dots", advice="make one with `gaitlab dots VIDEO`, or say --dots auto")
    return clicks_from(content.value, where=f"'{path}'")


def write_clicks(clicks: Clicks, path: Path) -> None:
    """Write a file of clicks atomically.

    Raises
    ------
    OutputError
        if it cannot be written.
    """
    with whole_file(path, failure=f"cannot write the dots to '{path}'", advice="") as partial:
        partial.write_text(json.dumps(clicks.as_dict(), indent=1) + "\n", encoding="utf-8")
