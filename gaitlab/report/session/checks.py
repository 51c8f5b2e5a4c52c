"""Quality checks of a recording as texts for the page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gaitlab.core.gait import BOTH_SIDES
from gaitlab.report.session.content import Content
from gaitlab.report.shared.numbers import decimal
from gaitlab.report.shared.said import side_point
from gaitlab.report.shared.texts import point_of, pointed


@dataclass(frozen=True, slots=True)
class Check:
    """A graded check: its name in the texts, ``good``, ``fair`` or ``poor``, and the values for its placeholders."""

    name: str
    grade: str
    found: Mapping[str, str]


def checks(content: Content) -> tuple[Check, ...]:
    """Return the checks of a session's verdict."""
    return tuple(
        Check(check["name"], check["grade"], _words(check, content.texts))
        for check in content.info["quality"]["verdict"]["checks"]
    )


def point_name(name: str, texts: Mapping[str, Any]) -> str:
    """Return ``left big toe`` for ``left_big_toe``, in the page's language."""
    side, _, point = name.partition("_")
    if side in BOTH_SIDES:
        return side_point(side, texts["points"].get(point, point.replace("_", " ")), texts)
    return str(texts["points"].get(name, name.replace("_", " ")))


def _words(check: Mapping[str, Any], texts: Mapping[str, Any]) -> dict[str, str]:
    """Return the values for the placeholders of a check's text."""
    value = check["value"]
    point, found = point_of(texts), {name: str(part) for name, part in check["found"].items()}
    if "point" in found:
        found["point"] = point_name(found["point"], texts)
    if check["name"] == "accepted_cycles_a_side":
        return found
    if check["name"] == "fps":
        frame, half = decimal(1000 / value, 0, point=point), decimal(500 / value, 0, point=point)
        return {"fps": pointed(f"{value:.4g}", texts), "frame": frame, "half": half}
    return {**found, "percent": decimal(100 * value, 1 if check["name"] == "share_filled" else 0, point=point)}
