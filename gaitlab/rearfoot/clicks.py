"""Where somebody clicked the dots on one frame: a small file, read and written whole."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gaitlab.core.gait import BOTH_SIDES, Side
from gaitlab.errors import InputError
from gaitlab.files import whole_file
from gaitlab.rearfoot.layout import DOTS

_VERSION = 1


@dataclass(frozen=True, slots=True)
class Clicks:
    """Eight clicked dots.

    Attributes:
        width, height: of the video, px.
        time_s: of the frame, from the first one of the video.
        points: side to dot to (x, y) px.
    """

    width: int
    height: int
    time_s: float
    points: Mapping[Side, Mapping[str, tuple[float, float]]]

    def as_dict(self) -> dict[str, Any]:
        """Return what the file holds."""
        return {
            "gaitlab_dots": _VERSION,
            "video": {"width": self.width, "height": self.height},
            "time_s": round(self.time_s, 6),
            "points": {side: {dot: list(self.points[side][dot]) for dot in DOTS} for side in BOTH_SIDES},
        }


def clicks_from(content: Any, *, where: str) -> Clicks:
    """Check what a file or a page says.

    Raises:
        InputError: anything is missing, is no number or lies outside the picture.
    """
    try:
        width, height = (int(content["video"][name]) for name in ("width", "height"))
        time_s = float(content["time_s"])
        points: dict[Side, dict[str, tuple[float, float]]] = {
            side: {dot: (float((at := content["points"][side][dot])[0]), float(at[1])) for dot in DOTS}
            for side in BOTH_SIDES
        }
    except (KeyError, TypeError, ValueError, IndexError) as error:
        raise InputError(
            f"{where} is no file of dots ({type(error).__name__}: {error}); expected video, time_s and, for left and "
            f"right, {', '.join(DOTS)}: make one with `gaitlab dots VIDEO`"
        ) from error
    if not math.isfinite(time_s) or time_s < 0:
        raise InputError(f"{where}: the time of the frame must be 0 s or later, not {time_s}")
    for side in BOTH_SIDES:
        for dot, (x, y) in points[side].items():
            if not (0 <= x < width and 0 <= y < height):
                raise InputError(
                    f"{where}: the {side} {dot} at {x:g}, {y:g} lies outside the picture of {width} x {height}"
                )
    return Clicks(width, height, time_s, points)


def read_clicks(path: Path) -> Clicks:
    """Read a file of clicks.

    Raises:
        InputError: no such file, or no clicks.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(
            f"cannot read the file of dots '{path}': {error.strerror}; make one with `gaitlab dots VIDEO`, or say "
            "--dots auto"
        ) from error
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise InputError(f"'{path}' is not JSON: {error}; make a file of dots with `gaitlab dots VIDEO`") from error
    return clicks_from(content, where=f"'{path}'")


def write_clicks(clicks: Clicks, path: Path) -> None:
    """Write a file of clicks, whole or not at all.

    Raises:
        OutputError: it cannot be written.
    """
    with whole_file(path, failure=f"cannot write the dots to '{path}'", advice="") as partial:
        partial.write_text(json.dumps(clicks.as_dict(), indent=1) + "\n", encoding="utf-8")
