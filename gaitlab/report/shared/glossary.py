"""The small drawing of every metric in the glossary: a stick figure or the feet over time, of a few lines and arcs."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from gaitlab.metrics import METRICS
from gaitlab.report.shared.texts import Texts

Point = tuple[float, float]
# What a drawing shows: left, top, width and height; and the length of thigh and shank in it.
BOX = (0.0, -8.0, 80.0, 104.0)
_SEGMENT, _FOOT, _TRUNK = 24.0, 11.0, 30.0
_ARC = 9.0
# Thigh, shank and foot of the leg that is told of, and of the other one; trunk, deg from straight down (foot: from
# straight ahead), forward and toe up positive; and how high the hip is.
_POSES: Mapping[str, tuple[tuple[float, float, float], tuple[float, float, float], float]] = {
    "strike": ((32, 12, 14), (-12, -75, -60), 40.0),
    "stance": ((22, -26, 0), (10, -80, -50), 41.0),
    "toe_off": ((-18, -42, -55), (45, -45, -20), 35.0),
    "swing": ((38, -62, -30), (-8, -10, 0), 40.0),
}
_LEAN = 7.0
_GROUND = 88.0


@dataclass(frozen=True, slots=True)
class Mark:
    """One line or path of a drawing; ``kind`` is its class: ``body``, ``other``, ``ground`` or ``told``."""

    kind: str
    path: str


@dataclass(frozen=True, slots=True)
class Entry:
    """The lines of a metric's drawing; its words are in the texts of a page, ``measures``."""

    marks: tuple[Mark, ...]


@cache
def glossary() -> Mapping[str, Entry]:
    """Return every metric's entry by name; those of movements are their descriptions, without a drawing."""
    path = Path(__file__).resolve().parents[1] / "glossary.toml"
    table: dict[str, dict[str, Any]] = tomllib.loads(path.read_text(encoding="utf-8"))
    drawn = {name: Entry(_marks(said)) for name, said in table.items()}
    return drawn | {spec.name: Entry(()) for spec in METRICS.values() if spec.movement}


def about(name: str, texts: Texts) -> str:
    """Return a metric in plain words; of a movement's metric that is its definition."""
    said = texts["measures"].get(name, {})
    if "about" in said:
        return str(said["about"])
    text = said["description"] if "description" in said else METRICS[name].description
    return f"{text[:1].upper()}{text[1:]}."


def _marks(said: Mapping[str, Any]) -> tuple[Mark, ...]:
    if "time" in said:
        return _time(*said["time"])
    return _from_behind(said["rear"]) if "rear" in said else _from_the_side(*said["side"])


def _time(start: float, end: float, contact: float = 35.0) -> tuple[Mark, ...]:
    """Return both feet on the ground over one stride, and the part that is told of below them; all in percent."""

    def at(percent: float) -> float:
        return 4 + 0.72 * percent

    later = [(50.0, min(50 + contact, 100.0)), (0.0, max(contact - 50, 0.0))]
    other = "".join(f"M{at(a):.1f} 45H{at(b):.1f}" for a, b in later if b > a)
    told = f"M{at(start):.1f} 60V70M{at(start):.1f} 65H{at(end):.1f}M{at(end):.1f} 60V70"
    return Mark("body", f"M{at(0):.1f} 30H{at(contact):.1f}"), Mark("other", other), Mark("told", told)


def _from_the_side(pose: str, told: str) -> tuple[Mark, ...]:
    leg, other, height = _POSES[pose]
    hip = (34.0, height)
    lean = _LEAN
    neck = _along(hip, 180 - lean, _TRUNK)
    knee, ankle, toe, heel = _leg(hip, leg)
    marks = [
        Mark("ground", f"M0 {_GROUND}H{BOX[2]}"),
        Mark("other", _line(hip, *_leg(hip, other)[:3])),
        Mark("body", _line(neck, hip, knee, ankle) + _line(heel, toe) + _circle((neck[0] + 2, neck[1] - 6), 5)),
    ]
    drawn = {
        "knee": _angle(knee, _beyond(hip, knee), ankle),
        "hip": _angle(hip, _beyond(neck, hip), knee),
        "ankle": _angle(ankle, knee, toe),
        "shank": _angle(knee, (knee[0], knee[1] + 20), ankle),
        "foot": _angle(heel, (heel[0] + 20, heel[1]), toe),
        "trunk": _angle(hip, (hip[0], hip[1] - 20), neck),
        "ahead": _line(hip, (hip[0], ankle[1])) + _line((hip[0], ankle[1]), ankle),
        "rise": f"M12 {hip[1] - 6:.1f}V{hip[1] + 8:.1f}M8 {hip[1] - 6:.1f}H16M8 {hip[1] + 8:.1f}H16",
        "step": f"M10 82V88M10 85H{ankle[0]:.1f}M{ankle[0]:.1f} 82V88",
        "stride": f"M6 82V88M6 85H{ankle[0]:.1f}M{(6 + ankle[0]) / 2:.1f} 83V87M{ankle[0]:.1f} 82V88",
        "ground": "M70 84H12M18 80L12 84L18 88",
        "spring": _line(hip, *(_zigzag(hip, ankle))),
    }
    return (*marks, Mark("told", drawn[told]))


def _from_behind(told: str) -> tuple[Mark, ...]:
    """Return a figure on its right leg, seen from behind, with the pelvis a little lower on the left."""
    stance, swing = (46.0, 40.0), (32.0, 43.0)
    knee, ankle, heel = (43.0, 62.0), (42.0, 80.0), (44.0, 87.0)
    other_knee, other_foot = (32.0, 60.0), (34.0, 72.0)
    neck = (41.0, 12.0)
    middle = ((stance[0] + swing[0]) / 2, (stance[1] + swing[1]) / 2)
    marks = [
        Mark("ground", f"M0 {_GROUND}H{BOX[2]}"),
        Mark("other", _line(swing, other_knee, other_foot)),
        Mark(
            "body", _line(middle, neck) + _line(swing, stance, knee, ankle, heel) + _circle((neck[0], neck[1] - 6), 5)
        ),
    ]
    drawn = {
        "pelvis": _angle(stance, (stance[0] - 22, stance[1]), swing),
        "trunk": _angle(middle, (middle[0], middle[1] - 20), neck),
        "hip": _angle(stance, (stance[0], stance[1] + 20), knee),
        "knee": _angle(knee, _beyond(stance, knee), ankle),
        "heel": _angle(ankle, _beyond(knee, ankle), heel),
        "whip": "M26 74A9 5 0 0 0 43 74M39 70L43 74L38 77",
        "width": f"M{other_foot[0]:.1f} 82V88M{other_foot[0]:.1f} 85H{heel[0]:.1f}M{heel[0]:.1f} 82V88",
    }
    return (*marks, Mark("told", drawn[told]))


def _leg(hip: Point, angles: tuple[float, float, float]) -> tuple[Point, Point, Point, Point]:
    """Return knee, ankle, toe and heel of a leg by the angles of its segments, deg."""
    thigh, shank, foot = angles
    knee = _along(hip, thigh, _SEGMENT)
    ankle = _along(knee, shank, _SEGMENT)
    ahead = math.radians(foot)
    heel = (ankle[0] - 3 * math.cos(ahead), ankle[1] + 3)
    toe = (heel[0] + _FOOT * math.cos(ahead), heel[1] - _FOOT * math.sin(ahead))
    return knee, ankle, toe, heel


def _along(start: Point, deg: float, length: float) -> Point:
    """Return the point at a length from another, by degrees from straight down, forward positive."""
    turned = math.radians(deg)
    return start[0] + length * math.sin(turned), start[1] + length * math.cos(turned)


def _beyond(start: Point, end: Point) -> Point:
    """Return the point that carries a segment on by its own length."""
    return 2 * end[0] - start[0], 2 * end[1] - start[1]


def _line(*points: Point) -> str:
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points)


def _circle(at: Point, radius: float) -> str:
    x, y = at
    return f"M{x - radius:.1f} {y:.1f}a{radius} {radius} 0 1 0 {2 * radius} 0a{radius} {radius} 0 1 0 {-2 * radius} 0"


def _angle(joint: Point, first: Point, second: Point) -> str:
    """Return two rays from a joint and the arc between them."""
    ends = []
    for x, y in (first, second):
        length = math.hypot(x - joint[0], y - joint[1])
        ends.append(((x - joint[0]) / length, (y - joint[1]) / length))
    (ax, ay), (bx, by) = ends
    rays = [(joint[0] + 1.6 * _ARC * x, joint[1] + 1.6 * _ARC * y) for x, y in ends]
    start, stop = ((joint[0] + _ARC * x, joint[1] + _ARC * y) for x, y in ends)
    sweep = int(ax * by - ay * bx > 0)
    arc = f"M{start[0]:.1f} {start[1]:.1f}A{_ARC} {_ARC} 0 0 {sweep} {stop[0]:.1f} {stop[1]:.1f}"
    return _line(rays[0], joint, rays[1]) + arc


def _zigzag(start: Point, end: Point) -> tuple[Point, ...]:
    """Return the points of a spring between two points."""
    across = (end[1] - start[1], start[0] - end[0])
    length = math.hypot(*across)
    turns = [
        (
            start[0] + (end[0] - start[0]) * n / 8 + (4 if n % 2 else -4) * across[0] / length,
            start[1] + (end[1] - start[1]) * n / 8 + (4 if n % 2 else -4) * across[1] / length,
        )
        for n in range(1, 8)
    ]
    return (*turns, end)
