"""Identification of the dots among all spots: of one colour, fixed on the lower leg, two on calf, two on heel."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np

from gaitlab.core.gait import Side
from gaitlab.core.pose import FloatArray
from gaitlab.markers.legs import LegFrame
from gaitlab.markers.spots import Spots

# From top to bottom.
DOTS = ("calf_top", "calf_bottom", "heel_top", "heel")
# In shank lengths: range of the dots below the knee, their largest lateral distance from the line knee-ankle, and their
# distance from each other.
_CALF, _HEEL, _SIDEWAYS = (-0.02, 0.98), (0.85, 1.55), 0.30
_CALF_GAP, _HEEL_GAP = (0.15, 0.75), (0.04, 0.35)
_HEEL_ASKEW = 0.15
# Tolerance of a position on the calf, along and across the leg, for movement of the skin and leaning of the shank. For
# a pair on the heel, tolerance of the vector between the dots, and of their midpoint.
_CALF_REACH = (0.12, 0.04)
_CELL = 0.5  # cell size of the search for clusters, relative to the tolerance
_HEEL_REACH = (0.035, 0.06, 0.12, 0.08)
_LIGHTNESS = 0.5  # weight of lightness in colour differences, because illumination changes it more than hue
_LEAST_PERSISTENCE, _MOST_PLACES = 0.25, 14
# Penalties equivalent to presence in all images: difference in colour (CIELAB), lateral misalignment, and difference
# between the legs (shank lengths).
_COLOUR, _CROOKED, _UNLIKE = 40.0, 0.25, 0.35
# Dots of one colour differ from their surroundings in one channel and sign: white ones are lighter, red ones redder.
_WAYS = tuple((channel, sign) for channel in range(3) for sign in (1, -1))
_DIFFERS = 1.5  # CIELAB units
# Least roundness of a dot: half of the spots from edges of socks and soles are below, and one dot in ten.
_ROUND = 0.35
_FAINT = 0.25  # weight of a spot without contrast
_CLEAR = 12.0  # contrast at which the weight is 1
LOWEST_SCORE = 4.4  # for both legs together
_BEST_KEPT = 60


@dataclass(frozen=True, slots=True, eq=False)
class Dot:
    """Position of a dot on its leg and its appearance.

    Attributes
    ----------
    place : FloatArray
        (2,) in the leg's frame, shank lengths, see `LegFrame.local`.
    colour : FloatArray
        (3,) CIELAB.
    beside : FloatArray
        (3,) difference from its surroundings, CIELAB.
    contrast : float
        contrast, see `Spots`.
    seen : float
        share of the images of an upright leg in which it is detected, 0 to 1.
    """

    place: FloatArray
    colour: FloatArray
    beside: FloatArray
    contrast: float
    seen: float = 1.0


Layout = dict[Side, dict[str, Dot]]


def find_layout(spots: list[Spots], legs: dict[Side, LegFrame]) -> Layout | None:
    """Return the dots of both legs, or None if there are no dots."""
    score, best = best_layout(spots, legs)
    return best if score >= LOWEST_SCORE else None


def best_layout(spots: list[Spots], legs: dict[Side, LegFrame]) -> tuple[float, Layout | None]:
    """Return the highest score and its layout of the dots of both legs; below `LOWEST_SCORE` they are not dots."""
    top, chosen = -np.inf, None
    for way in _WAYS:
        best = {side: _sets(_seen(spots, leg, way)) for side, leg in legs.items()}
        for left_score, left in best["left"]:
            for right_score, right in best["right"]:
                score = left_score + right_score - _difference(left, right)
                if score > top:
                    top, chosen = score, (left, right)
    if chosen is None:
        return top, None
    sides: tuple[Side, Side] = ("left", "right")
    return top, {side: dict(zip(DOTS, places, strict=True)) for side, places in zip(sides, chosen, strict=True)}


@dataclass(frozen=True, slots=True, eq=False)
class _Seen:
    """Spots in the images with an upright leg, in the leg's frame; ``frame`` is the index among these images."""

    place: FloatArray
    frame: np.ndarray
    colour: FloatArray
    beside: FloatArray
    contrast: FloatArray
    pictures: int

    def only(self, which: np.ndarray) -> _Seen:
        """Return the spots selected by a mask or an index."""
        return _Seen(self.place[which], self.frame[which], self.colour[which], self.beside[which],
                     self.contrast[which], self.pictures)  # fmt: skip

    def dot(self) -> Dot:
        """Return the dot that all these spots show (medians)."""
        persistence = len(np.unique(self.frame)) / self.pictures
        place, colour, beside = (np.median(v, axis=0) for v in (self.place, self.colour, self.beside))
        return Dot(place, colour, beside, float(np.median(self.contrast)), persistence)


def _seen(spots: list[Spots], leg: LegFrame, way: tuple[int, int]) -> _Seen | None:
    """Return the candidates for dots on an upright leg; None if too few images show it.

    Parameters
    ----------
    spots : list[Spots]
        spots of each image.
    leg : LegFrame
        the leg in each image.
    way : tuple[int, int]
        channel and sign of the spots' difference from their surroundings.
    """
    frames = [i for i in np.flatnonzero(leg.upright).tolist() if len(spots[i])]
    if len(frames) < 5:
        return None
    local = [leg.local(i, spots[i].xy) for i in frames]
    colour, beside, contrast = (
        np.concatenate([getattr(spots[i], name) for i in frames]) for name in ("colour", "beside", "contrast")
    )
    whose = np.concatenate([np.full(len(part), k) for k, part in enumerate(local)])
    every = _Seen(np.concatenate(local), whose, colour, beside, contrast, len(frames))
    down, across = every.place.T
    inside = (down > _CALF[0]) & (down < _HEEL[1]) & (np.abs(across) < _SIDEWAYS)
    round_ = np.concatenate([spots[i].roundness for i in frames]) > _ROUND
    return every.only(inside & round_ & (way[1] * every.beside[:, way[0]] > _DIFFERS))


def _calf_pairs(seen: _Seen) -> list[tuple[Dot, Dot]]:
    """Return candidates for the upper and lower dot of the calf: positions with a spot in most images."""
    seen = seen.only(seen.place[:, 0] < _CALF[1])
    groups = _groups(seen.place, seen.frame, seen.pictures, reach=_CALF_REACH)
    dots = sorted((seen.only(group).dot() for group in groups), key=lambda dot: float(dot.place[0]))
    return [(a, b) for a, b in combinations(dots, 2) if _CALF_GAP[0] <= b.place[0] - a.place[0] <= _CALF_GAP[1]]


def _heel_pairs(seen: _Seen) -> list[tuple[Dot, Dot]]:
    """Return candidates for the upper and lower dot of the heel: two spots with a constant vector between them.

    As the foot rotates about the ankle, each moves further than their distance, so positions alone would confuse them.
    """
    seen = seen.only(seen.place[:, 0] > _HEEL[0])
    upper, lower = _pairs_of_a_picture(seen.frame)
    between = seen.place[lower] - seen.place[upper]
    fit = (between[:, 0] >= _HEEL_GAP[0]) & (between[:, 0] <= _HEEL_GAP[1]) & (np.abs(between[:, 1]) < _HEEL_ASKEW)
    upper, lower, between = upper[fit], lower[fit], between[fit]
    where = np.concatenate([between, (seen.place[upper] + seen.place[lower]) / 2], axis=1)
    groups = _groups(where, seen.frame[upper], seen.pictures, reach=_HEEL_REACH)
    return [(seen.only(upper[group]).dot(), seen.only(lower[group]).dot()) for group in groups]


def _pairs_of_a_picture(frame: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the indices of all ordered pairs of different spots in the same image."""
    ends = np.flatnonzero(np.diff(frame, append=-1)) + 1
    starts = np.concatenate([[0], ends[:-1]]) if len(ends) else ends
    pairs = [np.mgrid[start:end, start:end].reshape(2, -1) for start, end in zip(starts, ends, strict=True)]
    one, two = np.concatenate([np.empty((2, 0), int), *pairs], axis=1)
    return one[one != two], two[one != two]


def _groups(values: FloatArray, frame: np.ndarray, pictures: int, *, reach: tuple[float, ...]) -> list[np.ndarray]:
    """Return the indices of clusters of values (n, d) present in many images, the largest first."""
    left = np.ones(len(values), bool)
    scaled = values / np.array(reach)
    found: list[np.ndarray] = []
    while left.any() and len(found) < _MOST_PLACES:
        cells, counts = np.unique(np.round(scaled[left] / _CELL).astype(int), axis=0, return_counts=True)
        middle = cells[np.argmax(counts)] * _CELL
        for _ in range(4):
            near = left & (np.linalg.norm(scaled - middle, axis=1) < 1)
            if not near.any():
                break
            middle = np.median(scaled[near], axis=0)
        near = left & (np.linalg.norm(scaled - middle, axis=1) < 1)
        if len(np.unique(frame[near])) < _LEAST_PERSISTENCE * pictures:
            break
        found.append(np.flatnonzero(near))
        left &= ~near
    return found


def _sets(seen: _Seen | None) -> list[tuple[float, tuple[Dot, ...]]]:
    """Return the best sets of four dots with their scores."""
    if seen is None:
        return []
    heels = _heel_pairs(seen)
    sets: list[tuple[float, tuple[Dot, ...]]] = [
        (_score((*calf, *heel)), (*calf, *heel))
        for calf in _calf_pairs(seen)
        for heel in heels
        if heel[0].place[0] > calf[1].place[0] + 0.05
    ]
    return sorted(sets, key=lambda one: -one[0])[:_BEST_KEPT]


def _score(places: tuple[Dot, ...]) -> float:
    there = sum(p.seen * (_FAINT + (1 - _FAINT) * min(p.contrast / _CLEAR, 1.0)) for p in places)
    colour = np.std([p.colour for p in places], axis=0) * [_LIGHTNESS, 1, 1]
    across = [float(p.place[1]) for p in places]
    crooked = abs(across[1] - across[0]) + abs(across[3] - across[2]) + 0.5 * abs(across[2] - across[1])
    return float(there - np.linalg.norm(colour) / _COLOUR - crooked / _CROOKED)


def _difference(left: tuple[Dot, ...], right: tuple[Dot, ...]) -> float:
    along = sum(abs(float(a.place[0] - b.place[0])) for a, b in zip(left, right, strict=True))
    colours = [np.mean([p.colour for p in places], axis=0) for places in (left, right)]
    apart = np.linalg.norm((colours[0] - colours[1]) * [_LIGHTNESS, 1, 1])
    return along / _UNLIKE + float(apart) / _COLOUR
