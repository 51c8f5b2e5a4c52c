"""Which spots are the dots: those of one colour that stay where they are on the lower leg, two on calf, two on heel."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np

from gaitlab.core.gait import Side
from gaitlab.core.pose import FloatArray
from gaitlab.rearfoot.legs import LegFrame
from gaitlab.rearfoot.spots import Spots

# From top to bottom.
DOTS = ("calf_top", "calf_bottom", "heel_top", "heel")
# Where dots may be, in shank lengths below the knee; how far apart; how far to the side of the line knee-ankle.
_CALF, _HEEL, _SIDEWAYS = (-0.02, 0.98), (0.85, 1.55), 0.30
_CALF_GAP, _HEEL_GAP = (0.15, 0.75), (0.04, 0.35)
# A place's reach along and across the leg. Skin moves on the calf, and what lies behind the bone moves along it as the
# shank leans.
_REACH = {"calf": (0.12, 0.04), "heel": (0.05, 0.05)}
_CELL = 0.025
_LIGHTNESS = 0.5  # light and shade change a colour's lightness more than its hue
_LEAST_PERSISTENCE, _MOST_PLACES = 0.25, 14
# What counts as much as being there in all pictures: this much of a difference in colour (CIELAB), this much of being
# out of line, this much of a difference between the legs.
_COLOUR, _CROOKED, _UNLIKE = 40.0, 0.25, 0.35
# Dots of one colour differ from all that surrounds them in one way: white ones are lighter, red ones redder.
_WAYS = tuple((channel, sign) for channel in range(3) for sign in (1, -1))
_DIFFERS = 1.5  # CIELAB units
_CLEAR = 12.0  # contrast beyond which a spot is no clearer
_LOWEST_SCORE = 2.2
_BEST_KEPT = 60


@dataclass(frozen=True, slots=True, eq=False)
class Dot:
    """Where a dot sits on its leg and what it looks like.

    Attributes:
        place: (2,) in the leg's frame, see `LegFrame.local`.
        colour: (3,) CIELAB.
        beside: (3,) difference from what surrounds it.
        contrast: how clearly it stands out, see `Spots`.
        seen: share of the pictures of an upright leg that show it.
    """

    place: FloatArray
    colour: FloatArray
    beside: FloatArray
    contrast: float
    seen: float = 1.0


Layout = dict[Side, dict[str, Dot]]


def find_layout(spots: list[Spots], legs: dict[Side, LegFrame]) -> Layout | None:
    """Return the dots of both legs, or None where nothing looks like dots."""
    top, chosen = -np.inf, None
    for way in _WAYS:
        best = {side: _sets(_places(spots, leg, way)) for side, leg in legs.items()}
        for left_score, left in best["left"]:
            for right_score, right in best["right"]:
                score = left_score + right_score - _difference(left, right)
                if score > top:
                    top, chosen = score, (left, right)
    if chosen is None or top < 2 * _LOWEST_SCORE:
        return None
    sides: tuple[Side, Side] = ("left", "right")
    return {side: dict(zip(DOTS, places, strict=True)) for side, places in zip(sides, chosen, strict=True)}


def _places(spots: list[Spots], leg: LegFrame, way: tuple[int, int]) -> list[Dot]:
    """Return the places on the leg at which there is a spot in many of the pictures that show it upright.

    Args:
        way: channel and sign by which the spots differ from what surrounds them.
    """
    frames = [i for i in np.flatnonzero(leg.upright).tolist() if len(spots[i])]
    if len(frames) < 5:
        return []
    local = [leg.local(i, spots[i].xy) for i in frames]
    points = np.concatenate(local)
    whose = np.concatenate([np.full(len(part), k) for k, part in enumerate(local)])
    colours, sides, contrasts = (
        np.concatenate([getattr(spots[i], name) for i in frames]) for name in ("colour", "beside", "contrast")
    )
    inside = (points[:, 0] > _CALF[0]) & (points[:, 0] < _HEEL[1]) & (np.abs(points[:, 1]) < _SIDEWAYS)
    inside &= way[1] * sides[:, way[0]] > _DIFFERS
    points, whose, colours, sides, contrasts = (values[inside] for values in (points, whose, colours, sides, contrasts))
    found: list[Dot] = []
    for reach, inside in ((_REACH["calf"], points[:, 0] < _CALF[1]), (_REACH["heel"], points[:, 0] > _HEEL[0])):
        left = inside.copy()
        count = 0
        while left.any() and count < _MOST_PLACES:
            cells, counts = np.unique(np.round(points[left] / _CELL).astype(int), axis=0, return_counts=True)
            seed = cells[np.argmax(counts)] * _CELL
            for _ in range(4):
                near = left & (np.linalg.norm((points - seed) / reach, axis=1) < 1)
                if not near.any():
                    break
                seed = np.median(points[near], axis=0)
            near = left & (np.linalg.norm((points - seed) / reach, axis=1) < 1)
            persistence = len(np.unique(whose[near])) / len(frames)
            if persistence < _LEAST_PERSISTENCE:
                break
            dot = Dot(
                seed,
                np.median(colours[near], axis=0),
                np.median(sides[near], axis=0),
                float(np.median(contrasts[near])),
                persistence,
            )
            found.append(dot)
            left &= ~near
            count += 1
    return found


def _sets(places: list[Dot]) -> list[tuple[float, tuple[Dot, ...]]]:
    """Return the best fours of places, with their scores."""

    def pairs(reach: tuple[float, float], gap: tuple[float, float]) -> list[tuple[Dot, Dot]]:
        inside = sorted((p for p in places if reach[0] <= p.place[0] <= reach[1]), key=lambda p: float(p.place[0]))
        return [(a, b) for a, b in combinations(inside, 2) if gap[0] <= b.place[0] - a.place[0] <= gap[1]]

    sets: list[tuple[float, tuple[Dot, ...]]] = [
        (_score((*calf, *heel)), (*calf, *heel))
        for calf in pairs(_CALF, _CALF_GAP)
        for heel in pairs(_HEEL, _HEEL_GAP)
        if heel[0].place[0] > calf[1].place[0] + 0.05
    ]
    return sorted(sets, key=lambda one: -one[0])[:_BEST_KEPT]


def _score(places: tuple[Dot, ...]) -> float:
    there = sum(p.seen * (0.5 + 0.5 * min(p.contrast / _CLEAR, 1.0)) for p in places)
    colour = np.std([p.colour for p in places], axis=0) * [_LIGHTNESS, 1, 1]
    across = [float(p.place[1]) for p in places]
    crooked = abs(across[1] - across[0]) + abs(across[3] - across[2]) + 0.5 * abs(across[2] - across[1])
    return float(there - np.linalg.norm(colour) / _COLOUR - crooked / _CROOKED)


def _difference(left: tuple[Dot, ...], right: tuple[Dot, ...]) -> float:
    along = sum(abs(float(a.place[0] - b.place[0])) for a, b in zip(left, right, strict=True))
    colours = [np.mean([p.colour for p in places], axis=0) for places in (left, right)]
    apart = np.linalg.norm((colours[0] - colours[1]) * [_LIGHTNESS, 1, 1])
    return along / _UNLIKE + float(apart) / _COLOUR
