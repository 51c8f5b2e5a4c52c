"""Five people as joints and keypoints alone: what moves needs no surface, and no library that makes one.

``python -m tools.synthetic.movements.bodies`` writes them anew from the body model (needs ``.[synthetic]``).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from gaitlab.core.pose import FloatArray
from tools.synthetic.body import SEGMENTS, SIDES, Shape
from tools.synthetic.rig import Placed, ball_of, sole_height_m

_FILE = Path(__file__).with_name("bodies.json")
# Phenotypes of `make_shape`.
_PEOPLE: tuple[dict[str, float], ...] = (
    {"height_m": 1.78, "gender": 0.0, "weight": 0.38, "muscle": 0.6, "age": 0.6},
    {"height_m": 1.66, "gender": 1.0, "weight": 0.34, "muscle": 0.5, "age": 0.58},
    {"height_m": 1.89, "gender": 0.0, "weight": 0.52, "muscle": 0.7, "age": 0.66},
    {"height_m": 1.58, "gender": 1.0, "weight": 0.55, "muscle": 0.4, "age": 0.75},
    {"height_m": 1.72, "gender": 0.0, "weight": 0.25, "muscle": 0.8, "age": 0.55, "thigh": 1.05, "shank": 1.05},
)
# Mass of a segment as a share of the body's, and where on the line between two keypoints its centre is, from the first
# (Winter, Biomechanics and Motor Control of Human Movement, 4th ed. 2009, table 4.1).
_MASSES = (
    ("mid_hip", "neck", 0.578, 0.66),
    *((f"{s}_{a}", f"{s}_{b}", share, at) for s in SIDES for a, b, share, at in (
        ("shoulder", "elbow", 0.028, 0.436), ("elbow", "wrist", 0.022, 0.682), ("hip", "knee", 0.100, 0.433),
        ("knee", "ankle", 0.0465, 0.433), ("ankle", "big_toe", 0.0145, 0.5))),
)  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Body:
    """One person at rest.

    Attributes:
        joints: as `Shape` has them, (3,) m.
        marks: keypoint to (segment, (3,) m): what the truth of a clip is about.
        person: the phenotypes of `make_shape` that this is.
    """

    joints: dict[str, FloatArray]
    marks: dict[str, tuple[str, FloatArray]]
    person: dict[str, float]

    @property
    def shape(self) -> Shape:
        """The body as `place` takes it, without a surface."""
        none = np.zeros((0, 3))
        return Shape(none, np.zeros((0, len(SEGMENTS))), none, self.joints, np.zeros(0, bool), self.person["height_m"])

    def length_m(self, a: str, b: str) -> float:
        """Return the distance of two joints at rest."""
        return float(np.linalg.norm(self.joints[a] - self.joints[b]))

    @property
    def thigh_m(self) -> float:
        return self.length_m("left_hip", "left_knee")

    @property
    def shank_m(self) -> float:
        return self.length_m("left_knee", "left_ankle")

    @property
    def ankle_m(self) -> float:
        """Height of the ankle over the ground in a foot that stands flat."""
        return sole_height_m(self.joints, "left")

    def from_ball(self, side: str) -> FloatArray:
        """Return (3,) m from the ball of the foot, on the ground, to the ankle of a flat foot without toe-out."""
        return self.joints[f"{side}_ankle"] - ball_of(self.joints, side)

    def points_m(self, placed: Placed) -> dict[str, FloatArray]:
        """Return every keypoint's (t, 3) m: neck and mid-hip are the middles of shoulders and hips."""
        points = {name: placed.point(segment, rest) for name, (segment, rest) in self.marks.items()}
        points["neck"] = (points["left_shoulder"] + points["right_shoulder"]) / 2
        points["mid_hip"] = (points["left_hip"] + points["right_hip"]) / 2
        return points


def centre_of_mass_m(points: dict[str, FloatArray]) -> FloatArray:
    """Return the (t, 3) m of the body's centre of mass by the shares of its segments."""
    total = sum(share for _, _, share, _ in _MASSES)
    parts = [share * (points[a] + at * (points[b] - points[a])) for a, b, share, at in _MASSES]
    return np.sum(parts, axis=0) / total


@lru_cache(maxsize=1)
def bodies() -> tuple[Body, ...]:
    """Return the people that there are."""
    return tuple(_read(one) for one in json.loads(_FILE.read_text(encoding="utf-8")))


def _read(one: dict[str, Any]) -> Body:
    joints = {name: np.array(at) for name, at in one["joints"].items()}
    marks = {name: (segment, np.array(at)) for name, (segment, at) in one["marks"].items()}
    return Body(joints, marks, one["person"])


def _written() -> list[dict[str, Any]]:
    from tools.synthetic.film import Figure, Person

    def rounded(at: FloatArray) -> list[float]:
        return [round(float(v), 5) for v in at]

    people = []
    for person in _PEOPLE:
        figure = Figure(Person(**person))  # type: ignore[arg-type]
        joints = {name: rounded(at) for name, at in figure.shape.joints.items()}
        marks = {name: (segment, rounded(at)) for name, (segment, at) in figure.dressed.marks.items()}
        people.append({"person": person, "joints": joints, "marks": marks})
    return people


if __name__ == "__main__":
    lines = ",\n".join(json.dumps(one) for one in _written())
    _FILE.write_text(f"[\n{lines}\n]\n", encoding="utf-8")
