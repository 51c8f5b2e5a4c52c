"""How good the recording is: each number of its quality judged good, fair or poor by the thresholds of the layout."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from gaitlab.core.gait import BOTH_SIDES
from gaitlab.report.content import Content
from gaitlab.report.numbers import decimal

GRADES = ("good", "fair", "poor")
_LEG_POINTS = ("hip", "knee", "ankle", "heel", "big_toe")
# These blur some numbers; they do not make a recording poor.
_LIMITS_ONLY = ("fps", "scale_disagreement")


@dataclass(frozen=True, slots=True)
class Check:
    """One judged number: its name in the texts, what was found, and ``good``, ``fair`` or ``poor``."""

    name: str
    grade: str
    found: Mapping[str, str]


def checks(content: Content) -> tuple[Check, ...]:
    """Return every check the session has numbers for."""
    limits = content.layout["quality"]
    return tuple(
        Check(name, grade(value, **limits[name]), found)
        for name, value, found in _measured(content)
        if math.isfinite(value)
    )


def grade(value: float, *, good: float, poor: float) -> str:
    """Return the grade of a value; where ``good`` lies below ``poor``, less is better."""
    rising = good > poor
    if value >= good if rising else value <= good:
        return "good"
    return "poor" if (value < poor if rising else value > poor) else "fair"


def verdict(found: tuple[Check, ...]) -> str:
    """Return the worst grade of all; ``poor`` only where what is counted (cycles, points) is poor."""
    worst = [min(GRADES.index(c.grade), 1 if c.name in _LIMITS_ONLY else 2) for c in found]
    return GRADES[max(worst, default=2)]


def point_name(name: str, texts: Mapping[str, Any]) -> str:
    """Return ``left big toe`` for ``left_big_toe``, in the page's language."""
    side, _, point = name.partition("_")
    if side in BOTH_SIDES:
        return f"{texts['sides'][side].lower()} {texts['points'].get(point, point.replace('_', ' '))}"
    return str(texts["points"].get(name, name.replace("_", " ")))


def _measured(content: Content) -> Iterator[tuple[str, float, dict[str, str]]]:
    """Yield each check's name, its number and the words that show it."""
    quality, texts = content.info["quality"], content.texts
    accepted = {side: quality["cycles_accepted"].get(side, 0) for side in BOTH_SIDES}
    yield "accepted_cycles_a_side", min(accepted.values()), {s: str(n) for s, n in accepted.items()}

    total = sum(accepted.values()) + sum(quality["cycles_rejected"].values())
    share = sum(accepted.values()) / total if total else 0.0
    yield "share_of_cycles_accepted", share, {"percent": decimal(100 * share, 0), "total": str(total)}

    seen = quality["share_of_frames_seen"]
    sided = [name for name in seen if name.partition("_")[0] in BOTH_SIDES]
    legs = {name: seen[name] for name in sided if name.partition("_")[2] in _LEG_POINTS}
    worst = min(legs, key=lambda name: legs[name], default="")
    found = {"percent": decimal(100 * legs.get(worst, math.nan), 0), "point": point_name(worst, texts)}
    yield "share_of_leg_points_seen", legs.get(worst, math.nan), found

    frames = len(content.pose)
    filled = quality.get("points_filled", 0) / max(frames * len(content.pose.skeleton), 1)
    yield "share_filled", filled, {"percent": decimal(100 * filled, 1)}

    swaps = quality.get("swaps_mended", 0)
    yield "share_of_swaps", swaps / max(frames, 1), {"count": str(swaps)}

    fps = content.info["fps"]
    words = {"fps": f"{fps:.4g}", "frame": decimal(1000 / fps, 0), "half": decimal(500 / fps, 0)}
    yield "fps", fps, words

    scales = [value for value in content.info["calibration"]["check"].values() if value]
    apart = max(scales) / min(scales) - 1 if len(scales) > 1 else math.nan
    yield "scale_disagreement", apart, {"percent": decimal(100 * apart, 0)}
