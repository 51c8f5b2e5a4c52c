"""Columns of dots in a close-up: four spots one below the other, as the dots of a standing leg lie.

Nothing is known of the legs here, neither where they are nor how large. What lies alike in many pictures of the film,
within a tape's colours and the order of the dots from calf to heel, is a leg's column; chance arrangements do not come
again.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import combinations

import numpy as np

from gaitlab.core.pose import FloatArray
from gaitlab.markers.layout import DOTS
from gaitlab.markers.spots import Spots

# Dots of one tape differ from what they stick on in one channel and sign: white ones are lighter, red ones redder.
WAYS = tuple((channel, sign) for channel in range(3) for sign in (1, -1))
_DIFFERS, _ROUND = 1.5, 0.35  # CIELAB units; least roundness, see `layout`
_TOUCHING = 0.15  # least roundness of a dot that blurs or touches another
_MOST_SPOTS = 16  # of a picture, those of most contrast, tried in columns
# Limits of a column, in its own height: gaps between neighbouring dots (calf, calf to heel, heel), how far it leans,
# and how far a dot lies beside the line through the outer ones (half of it 30 degrees of eversion).
_GAPS = ((0.15, 0.85), (0.05, 0.70), (0.06, 0.50))
_LEANS, _BESIDE = 0.45, 0.18
# Least height of a column, share of the picture's: whoever stands further away is seen whole.
_LEAST_HEIGHT = 0.15
# Largest colour difference of the dots of a column (CIELAB, lightness half), least ratio of their contrasts, and
# largest difference of a blurred dot from the others' colour.
_COLOUR, _LIGHTNESS, _CONTRASTS, _BLURRED = 14.0, 0.5, 0.3, 25.0
# Largest change of the way from one dot to the next against the usual column, in column heights: the calf leans and the
# heel turns by some 15 degrees.
ALIKE = 0.085
# Most pictures, and most columns of them, among which the usual one is looked for.
_MOST_PICTURES, _MOST_TRIED = 120, 240
_CLEAR = 12.0  # contrast at which a dot counts fully, see `layout`
# A spot that lies in the same place of the picture in more than this share of the pictures is part of the room: within
# this many px. No foot stands for so long, not even in walking.
_FIXED_SHARE, _FIXED_PX = 0.75, 1.5
# Height of one leg's column against the other's.
_LEGS = (0.75, 1.33)
# Further dots of a column: least share of its pictures that show them, and least contrast beside that of its dots.
_ALSO_SEEN, _ALSO_CLEAR = 0.7, 0.5
# Range of further dots, in column heights from its top.
_ALSO_DOWN = (-1.2, 2.2)


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """A usual column of dots.

    Attributes
    ----------
    places : FloatArray
        (4, 2) px about their mean, in the order of `DOTS`.
    height_px : float
        from the uppermost to the lowest dot.
    pictures : int
        number of pictures that show it.
    score : float
        how many pictures show it, weighed by contrast, colour and straightness.
    way : tuple[int, int]
        channel and sign in which the dots differ from what they stick on.
    colour : FloatArray
        (3,) CIELAB.
    contrast : float
        to what the dots stick on, CIELAB units, see `Spots`.
    """

    places: FloatArray
    height_px: float
    pictures: int
    score: float
    way: tuple[int, int]
    colour: FloatArray
    contrast: float

    def dots_among(self, spots: Spots) -> np.ndarray:
        """Return the indices of the spots that look like its dots, also blurred by their movement."""
        which = candidates(spots, self.way, round_=_TOUCHING)
        off = np.linalg.norm((spots.colour[which] - self.colour) * [_LIGHTNESS, 1, 1], axis=1)
        return np.asarray(which[(spots.contrast[which] > _CONTRASTS * self.contrast) & (off < _BLURRED)])


@dataclass(frozen=True, slots=True, eq=False)
class _Found:
    """Columns of one picture: (n, 4) spots, their (n, 4, 2) px, and their (n,) worth, 0 to 1."""

    spots: np.ndarray
    xy: FloatArray
    worth: FloatArray

    @property
    def relative(self) -> FloatArray:
        return np.asarray(self.xy - self.xy.mean(axis=1, keepdims=True))


def _unlike(relative: FloatArray, places: FloatArray) -> FloatArray:
    """Return (n,) the largest change of the way from dot to dot of (n, 4, 2) columns against one, in its heights."""
    away = np.linalg.norm(np.diff(relative, axis=1) - np.diff(places, axis=0), axis=2).max(axis=1)
    return np.asarray(away / (places[-1, 1] - places[0, 1]))


def candidates(spots: Spots, way: tuple[int, int], *, round_: float = _ROUND) -> np.ndarray:
    """Return the indices of the round spots that differ from their surroundings in one way."""
    return np.flatnonzero((way[1] * spots.beside[:, way[0]] > _DIFFERS) & (spots.roundness > round_))


def without_room(spots: list[Spots]) -> list[Spots]:
    """Leave out spots that lie in the same place in most pictures: lamps, labels and marks of the room."""
    if len(spots) < 3:
        return spots
    cells = [np.unique(np.round(one.xy / _FIXED_PX).astype(int), axis=0) for one in spots if len(one)]
    if not cells:
        return spots
    places, counts = np.unique(np.concatenate(cells), axis=0, return_counts=True)
    # A place at the edge of a cell is seen now here, now there: cells count with their neighbours.
    by_place = dict(zip(map(tuple, places.tolist()), counts.tolist(), strict=True))
    near = [(i, j) for i in (-1, 0, 1) for j in (-1, 0, 1)]
    fixed = {
        place for place in by_place
        if sum(by_place.get((place[0] + i, place[1] + j), 0) for i, j in near) > _FIXED_SHARE * len(spots)
        and by_place[place] > _FIXED_SHARE / len(near) * len(spots)
    }  # fmt: skip
    return [_kept(one, [c not in fixed for c in map(tuple, _cells(one))]) for one in spots] if fixed else spots


def _cells(spots: Spots) -> list[list[int]]:
    cells: list[list[int]] = np.round(spots.xy / _FIXED_PX).astype(int).tolist()
    return cells


def _kept(spots: Spots, which: list[bool]) -> Spots:
    kept = np.array(which, bool)
    return Spots(
        spots.xy[kept], spots.colour[kept], spots.beside[kept], spots.contrast[kept], spots.sd_px[kept],
        spots.roundness[kept],
    )  # fmt: skip


def best_columns(spots: list[Spots], *, picture_height_px: int) -> list[Column]:
    """Return the usual columns of a film, one or two, the best first; empty if nothing comes again.

    Parameters
    ----------
    spots : list[Spots]
        spots of each picture.
    picture_height_px : int
        height of the picture, px.

    Notes
    -----
    The dots of the two legs may lie alike; then one column stands for both.
    """
    chosen = np.unique(np.linspace(0, max(len(spots) - 1, 0), min(_MOST_PICTURES, len(spots))).astype(int)).tolist()
    best: list[Column] = []
    for way in WAYS:
        found = [columns_of(spots[i], way, least_px=_LEAST_HEIGHT * picture_height_px) for i in chosen]
        first = _usual([spots[i] for i in chosen], found, way)
        if first is not None and (not best or first.score > best[0].score):
            rest = [_others(one, matches(one, first), first.height_px) for one in found]
            second = _usual([spots[i] for i in chosen], rest, way)
            best = [first, *([second] if second is not None else [])]
    return best


def columns_of(spots: Spots, way: tuple[int, int], *, least_px: float) -> _Found:
    """Return all columns of a picture that may be the dots of a leg."""
    which = candidates(spots, way)
    which = which[np.argsort(-spots.contrast[which], kind="stable")[:_MOST_SPOTS]]
    which = which[np.argsort(spots.xy[which, 1], kind="stable")]
    if len(which) < len(DOTS):
        return _Found(np.empty((0, 4), int), np.empty((0, 4, 2)), np.empty(0))
    sets = which[_quadruples(len(which))]
    xy = spots.xy[sets]
    height = xy[:, -1, 1] - xy[:, 0, 1]
    good = height >= max(least_px, 1.0)
    sets, xy, height = sets[good], xy[good], height[good]
    gaps = np.diff(xy[..., 1], axis=1) / height[:, None]
    fits = np.all([(gaps[:, i] >= low) & (gaps[:, i] <= high) for i, (low, high) in enumerate(_GAPS)], axis=0)
    lean = (xy[:, -1, 0] - xy[:, 0, 0]) / height
    line_x = xy[:, :1, 0] + lean[:, None] * (xy[..., 1] - xy[:, :1, 1])
    beside = np.abs(xy[..., 0] - line_x).max(axis=1) / height
    colour = np.linalg.norm(np.std(spots.colour[sets], axis=1) * [_LIGHTNESS, 1, 1], axis=1)
    contrast = spots.contrast[sets]
    fits &= (np.abs(lean) < _LEANS) & (beside < _BESIDE) & (colour < _COLOUR)
    fits &= contrast.min(axis=1) > _CONTRASTS * contrast.max(axis=1)
    worth = np.minimum(contrast.min(axis=1) / _CLEAR, 1.0) * (1 - 0.5 * colour / _COLOUR) * (1 - 0.5 * beside / _BESIDE)
    return _Found(sets[fits], xy[fits], worth[fits])


@cache
def _quadruples(count: int) -> np.ndarray:
    return np.array(list(combinations(range(count), len(DOTS))), int)


def matches(found: _Found, column: Column) -> np.ndarray:
    """Return (n,) how far columns of a picture lie from a usual one, in column heights; above `ALIKE` they differ."""
    return _unlike(found.relative, column.places)


def _others(found: _Found, away: np.ndarray, height_px: float) -> _Found:
    """Return the columns of a picture about as high as one, that share no spot with those that match it.

    A lower one is the same leg's, foreshortened in its swing.
    """
    share = (found.xy[:, -1, 1] - found.xy[:, 0, 1]) / height_px
    kept = ~np.isin(found.spots, found.spots[away < ALIKE]).any(axis=1) & (share > _LEGS[0]) & (share < _LEGS[1])
    return _Found(found.spots[kept], found.xy[kept], found.worth[kept])


def _usual(spots: list[Spots], found: list[_Found], way: tuple[int, int]) -> Column | None:
    """Return the column that most pictures show; None if fewer than three do."""
    relative = np.concatenate([one.relative for one in found]) if found else np.empty((0, 4, 2))
    worth = np.concatenate([one.worth for one in found]) if found else np.empty(0)
    whose = np.repeat(np.arange(len(found)), [len(one.worth) for one in found])
    if not len(relative):
        return None
    top, middle = 0.0, relative[0]
    for i in np.unique(np.linspace(0, len(relative) - 1, min(_MOST_TRIED, len(relative))).astype(int)):
        total, _ = _support(relative, worth, whose, relative[i], len(found))
        if total > top:
            top, middle = total, relative[i]
    for _ in range(3):
        top, near = _support(relative, worth, whose, middle, len(found))
        middle = np.median(relative[near], axis=0)
    pictures = len(np.unique(whose[near]))
    if pictures < 3:
        return None
    members = [one.spots[away < ALIKE] for one, away in _matched(found, middle)]
    colours = [spots[i].colour[set_].mean(axis=1) for i, set_ in enumerate(members) if len(set_)]
    contrasts = [spots[i].contrast[set_].ravel() for i, set_ in enumerate(members)]
    height = float(middle[-1, 1] - middle[0, 1])
    places = _with_further(spots, found, middle, height, way)
    height = float(places[-1, 1] - places[0, 1])
    return Column(
        places - places.mean(axis=0), height, pictures, top, way, np.median(np.concatenate(colours), axis=0),
        float(np.median(np.concatenate(contrasts))),
    )  # fmt: skip


def _support(
    relative: FloatArray, worth: FloatArray, whose: np.ndarray, middle: FloatArray, pictures: int
) -> tuple[float, np.ndarray]:
    """Return the summed worth, at most one a picture, of the columns like one, and their indices."""
    near = np.flatnonzero(_unlike(relative, middle) < ALIKE)
    best = np.zeros(pictures)
    np.maximum.at(best, whose[near], worth[near])
    return float(best.sum()), near


def _matched(found: list[_Found], middle: FloatArray) -> list[tuple[_Found, np.ndarray]]:
    return [(one, _unlike(one.relative, middle)) for one in found]


def _with_further(
    spots: list[Spots], found: list[_Found], middle: FloatArray, height: float, way: tuple[int, int]
) -> FloatArray:
    """Return the places of the four dots that count where a leg has five or six: the lowest two, which are the heel's,
    and of those above the uppermost and the lowest."""
    extra: list[FloatArray] = []
    frames: list[int] = []
    supporting = 0
    for i, (one, away) in enumerate(_matched(found, middle)):
        if not len(away) or away.min() >= ALIKE:
            continue
        supporting += 1
        k = int(np.argmin(away))
        others = np.setdiff1d(candidates(spots[i], way), one.spots[k])
        others = others[spots[i].contrast[others] > _ALSO_CLEAR * np.median(spots[i].contrast[one.spots[k]])]
        at = spots[i].xy[others] - one.xy[k].mean(axis=0)
        down = (at[:, 1] - middle[0, 1]) / height
        lean = (middle[-1, 0] - middle[0, 0]) / height
        beside = np.abs(at[:, 0] - middle[0, 0] - lean * (at[:, 1] - middle[0, 1])) / height
        near = at[(down > _ALSO_DOWN[0]) & (down < _ALSO_DOWN[1]) & (beside < _BESIDE)]
        extra += list(near)
        frames += [i] * len(near)
    chain = list(middle)
    pool, whose = np.array(extra).reshape(-1, 2), np.array(frames, int)
    while len(pool):
        near_each = [np.linalg.norm(pool - at, axis=1) < 0.5 * ALIKE * height for at in pool]
        counts = [len(np.unique(whose[near])) for near in near_each]
        best = int(np.argmax(counts))
        if counts[best] < _ALSO_SEEN * supporting:
            break
        chain.append(np.median(pool[near_each[best]], axis=0))
        pool, whose = pool[~near_each[best]], whose[~near_each[best]]
    ordered = np.array(sorted(chain, key=lambda at: float(at[1])))
    return ordered[[0, len(ordered) - 3, len(ordered) - 2, len(ordered) - 1]]
