"""The dots of a close-up followed through the film: from each stand of a leg into the swings before and after it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from gaitlab.core.gait import BOTH_SIDES, Side
from gaitlab.core.pose import FloatArray
from gaitlab.markers.close_up.columns import ALIKE, Column, columns_of, matches
from gaitlab.markers.layout import DOTS
from gaitlab.markers.spots import Spots

# Stands: longest time without a column, s, and fastest movement of one, column heights per second; least frames.
_GAP_S, _FASTEST, _LEAST_FRAMES = 0.06, 6.0, 3
# Heights of a column that is one: the foot comes nearer to the camera.
_HEIGHTS = (0.80, 1.25)
# A dot is looked for around where its speed takes it: this far, in column heights, so much of its last movement, and
# what its speed may change by, column heights per second squared (a heel that leaves the ground: 5 g).
_REACH, _OF_MOVEMENT, _ACCELERATION = 0.05, 0.5, 150.0
# How long dots are followed beyond a stand, s, and for how long with fewer than two of them.
_BEYOND_S, _LOST_S = 0.40, 0.05
# Beyond the top of a swing the dots cannot be told from each other, for they were behind the shoe: a leg that rose by
# the first of these, in column heights, and sinks by the second is past it.
_ROSE, _SINKS = 0.3, 0.1
# Least number of dots of a stand that continue another one.
_CONTINUED = 3
# The hips are about so many heights of the column above its middle: dots from mid-calf to heel span some 0.3 m.
_HIPS_ABOVE = 2.0
# They are about 0.5 of these heights apart; less than this is one leg alone. A stand is clearly one leg's so far from
# the middle of both, in the distance between them.
_HIPS_APART, _CLEARLY = 0.25, 0.25
# Stands that are compared lie this close in time, s; rounds in which the two groups of their places settle.
_AROUND_S, _ROUNDS = 1.5, 10
# Weight of a dot's own last movement against that of all dots, whose noise is less.
_OWN = 0.5


@dataclass(slots=True, eq=False)
class Stand:
    """One leg from shortly before a stand to shortly after it.

    Attributes
    ----------
    spots : dict[int, np.ndarray]
        frame to the (4,) spots of its dots, -1 where one is not seen.
    core : tuple[int, int]
        first and last frame with a whole column.
    """

    spots: dict[int, np.ndarray] = field(default_factory=dict)
    core: tuple[int, int] = (0, 0)


def follow(spots: Sequence[Spots], columns: Sequence[Column], time_s: FloatArray) -> list[Stand]:
    """Return all stands of both legs, whose dots are followed as far as they are seen.

    Parameters
    ----------
    spots : Sequence[Spots]
        spots of each frame.
    columns : Sequence[Column]
        the usual columns, see `columns.best_columns`.
    time_s : FloatArray
        (frame,) s.
    """
    stands = _stands(spots, columns, time_s)
    height = columns[0].height_px
    free = [np.zeros(len(found), bool) for found in spots]
    for frame, found in enumerate(spots):
        free[frame][columns[0].dots_among(found)] = True
    for stand in stands:
        for frame, set_ in stand.spots.items():
            free[frame][set_] = False
    whole: list[Stand] = []
    waiting = sorted(stands, key=lambda stand: stand.core)
    while waiting:
        stand = waiting.pop(0)
        first, last = stand.core
        _extend(stand, list(range(first, last + 1)), spots, free, time_s, height)
        later = _extend(stand, list(range(last, len(spots))), spots, free, time_s, height, others=waiting)
        if later is not None:
            # The same foot, whose dots were covered for a moment.
            waiting = [one for one in waiting if one is not later]
            joined = {f: set_ for f, set_ in stand.spots.items() if f < later.core[0]} | later.spots
            waiting.insert(0, Stand(joined, (first, later.core[1])))
            continue
        _extend(stand, list(range(first, -1, -1)), spots, free, time_s, height)
        _without_strays(stand)
        whole.append(stand)
    return whole


def _continues(set_: np.ndarray, guess: FloatArray, found: Spots, gate_px: FloatArray) -> bool:
    """Whether a column lies where the dots of another stand are expected."""
    away = np.linalg.norm(found.xy[set_] - guess, axis=1)
    return int((away <= gate_px).sum()) >= _CONTINUED


def _without_strays(stand: Stand) -> None:
    """Leave out the frames before and after those with two dots or more: a single one may be anything."""
    sure = [frame for frame, set_ in stand.spots.items() if (set_ >= 0).sum() >= 2]
    for frame in [frame for frame in stand.spots if not min(sure) <= frame <= max(sure)]:
        del stand.spots[frame]


def _stands(spots: Sequence[Spots], columns: Sequence[Column], time_s: FloatArray) -> list[Stand]:
    """Return the runs of frames in which a column stays, one for each foot that stands."""
    least_px = _HEIGHTS[0] * min(column.height_px for column in columns)
    done: list[Stand] = []
    open_: list[tuple[Stand, FloatArray]] = []
    for frame, found in enumerate(spots):
        now = float(time_s[frame])
        kept = [one for one in open_ if now - time_s[one[0].core[1]] <= max(_GAP_S, 1.5 * _step_s(time_s))]
        done += [one[0] for one in open_ if all(one is not other for other in kept)]
        open_ = kept
        for set_ in _columns_in(found, columns, least_px):
            middle = found.xy[set_].mean(axis=0)
            near = [
                (float(np.linalg.norm(middle - at)), i)
                for i, (stand, at) in enumerate(open_)
                if stand.core[1] < frame
                and np.linalg.norm(middle - at)
                <= _FASTEST * columns[0].height_px * (now - float(time_s[stand.core[1]]))
            ]
            if near:
                stand = open_[min(near)[1]][0]
                open_[min(near)[1]] = (stand, middle)
            else:
                stand = Stand(core=(frame, frame))
                open_.append((stand, middle))
            stand.spots[frame], stand.core = set_, (stand.core[0], frame)
    done += [one[0] for one in open_]
    return [stand for stand in done if len(stand.spots) >= _LEAST_FRAMES]


def _step_s(time_s: FloatArray) -> float:
    return float(np.median(np.diff(time_s))) if len(time_s) > 1 else 0.0


def _columns_in(found: Spots, columns: Sequence[Column], least_px: float) -> Iterator[np.ndarray]:
    """Yield the columns of a frame that match a usual one, the best first, none sharing a spot."""
    every = columns_of(found, columns[0].way, least_px=least_px)
    if not len(every.worth):
        return
    away = np.min([matches(every, column) for column in columns], axis=0)
    taken: set[int] = set()
    for i in np.argsort(away, kind="stable"):
        if away[i] >= ALIKE:
            return
        set_ = every.spots[i]
        if not taken.intersection(set_.tolist()):
            taken.update(set_.tolist())
            yield set_


def _extend(
    stand: Stand, frames: Sequence[int], spots: Sequence[Spots], free: list[np.ndarray], time_s: FloatArray,
    height_px: float, others: Sequence[Stand] = (),
) -> Stand | None:  # fmt: skip
    """Follow a stand's dots through frames, forwards or backwards, and add what is found to it.

    One of the ``others`` is returned where it turns out to be the same stand going on.
    """
    at = np.full((4, 2), np.nan)  # last place of each dot, and when
    at_s, speed = np.full(4, np.nan), np.zeros((4, 2))
    began_s, seen_s = float(time_s[stand.core[1] if frames[0] != stand.core[0] else stand.core[0]]), np.nan
    inside = len(frames) and frames[0] == stand.core[0] and frames[-1] == stand.core[1]
    # The speed at the end of a stand is that of its last frames.
    ends = stand.spots[stand.core[1] if frames[0] != stand.core[0] else stand.core[0]]
    offset = spots[frames[0]].xy[ends, 1] - spots[frames[0]].xy[ends, 1].mean()
    lows = [float(spots[frames[0]].xy[ends, 1].mean())]
    lead = [] if inside else sorted(stand.spots, reverse=frames[0] < frames[-1])[:2][::-1]
    for frame in [*lead[:-1], *frames]:
        now = float(time_s[frame])
        if not inside and abs(now - began_s) > _BEYOND_S:
            return None
        set_ = stand.spots.get(frame)
        if set_ is None:
            guess = at + speed * (now - at_s)[:, None]
            since_s = np.abs(now - at_s)
            gate_px = height_px * (_REACH + _ACCELERATION / 2 * since_s**2)
            gate_px = gate_px + _OF_MOVEMENT * np.linalg.norm(speed, axis=1) * since_s
            for other in others:
                if other.core[0] == frame and _continues(other.spots[frame], guess, spots[frame], gate_px):
                    return other
            set_ = _assigned(guess, gate_px, spots[frame], free[frame])
            if not inside and (set_ >= 0).any():
                lows.append(float((spots[frame].xy[set_[set_ >= 0], 1] - offset[set_ >= 0]).mean()))
                if _past_the_top(lows, height_px) or _folded(spots[frame].xy, set_):
                    return None
            if (set_ >= 0).any():
                stand.spots[frame] = set_
                free[frame][set_[set_ >= 0]] = False
        shown = set_ >= 0
        if shown.sum() >= 2 or np.isnan(seen_s):
            seen_s = now
        elif abs(now - seen_s) > max(_LOST_S, 1.5 * _step_s(time_s)) and not inside:
            return None
        xy = spots[frame].xy[np.maximum(set_, 0)]
        moved = shown & np.isfinite(at_s) & (at_s != now)
        if moved.any():
            own = (xy[moved] - at[moved]) / (now - at_s[moved])[:, None]
            together = own.mean(axis=0)
            speed[moved] = _OWN * own + (1 - _OWN) * together
            speed[~moved] = together
        at[shown], at_s[shown] = xy[shown], now
    return None


def _past_the_top(lows: Sequence[float], height_px: float) -> bool:
    """Whether a leg, at these heights in the picture (px, downwards), has risen and sinks again."""
    top = min(lows)
    return lows[0] - top > _ROSE * height_px and lows[-1] - top > _SINKS * height_px


def _folded(xy: FloatArray, set_: np.ndarray) -> bool:
    """Whether the calf's upper dot lies below one of the heel: the leg is folded behind the shoe."""
    heel = set_[2:][set_[2:] >= 0]
    return bool(set_[0] >= 0 and len(heel) and xy[set_[0], 1] > xy[heel, 1].min())


def _assigned(guess: FloatArray, gate_px: FloatArray, found: Spots, free: np.ndarray) -> np.ndarray:
    """Return the (4,) free spots nearest to where dots are expected, -1 where none is near.

    Dots that are not found where their own speed takes them are looked for where the others went.
    """
    result = np.full(4, -1)
    for _ in range(2):
        known = np.flatnonzero(np.isfinite(guess[:, 0]) & (result < 0))
        which = np.setdiff1d(np.flatnonzero(free), result)
        if len(known) and len(which):
            _assign(result, known, which, guess, gate_px, found)
        hit = np.flatnonzero(result >= 0)
        if not len(hit):
            break
        guess = guess + (found.xy[result[hit]] - guess[hit]).mean(axis=0)
    return result


def _assign(
    result: np.ndarray, known: np.ndarray, which: np.ndarray, guess: FloatArray, gate_px: FloatArray, found: Spots
) -> None:
    """Write the spots of the ``known`` dots among ``which`` into the result, by the least sum of distances."""
    from scipy.optimize import linear_sum_assignment

    away = np.linalg.norm(guess[known, None] - found.xy[which][None], axis=2) / gate_px[known, None]
    for row, k in zip(*linear_sum_assignment(np.minimum(away, 2.0)), strict=True):
        if away[row, k] <= 1.0:
            result[known[row]] = which[k]


def sides_of(stands: Sequence[Stand], spots: Sequence[Spots], time_s: FloatArray) -> tuple[list[Side], float]:
    """Return the leg of each stand, and the share of stands that clearly are one leg's, 0 to 1 (NaN for one leg alone).

    From behind, the runner's left leg goes up to the left hip: compared are the places at the height of the hips to
    which the columns of dots point, because fast runners set their feet on one line or cross it (on 36 trials of 12
    runners every step is right of the one before or left of it as it should be; by the feet alone 94 %, in one trial
    11 %). They are compared with those of some strides around, for a runner may drift to one side.
    """
    places, heights = np.array([_at_hips_px(stand, spots) for stand in stands]).T
    middle_s = np.array([(time_s[stand.core[0]] + time_s[stand.core[1]]) / 2 for stand in stands])
    sides: list[Side] = []
    clear = []
    for place, at_s in zip(places, middle_s, strict=True):
        left, right = _two_groups(places[np.abs(middle_s - at_s) <= _AROUND_S])
        if right - left < _HIPS_APART * np.median(heights):
            return ["left"] * len(stands), float("nan")
        off = (place - (left + right) / 2) / (right - left)
        sides.append("right" if off > 0 else "left")
        clear.append(abs(off) > _CLEARLY)
    return sides, float(np.mean(clear)) if clear else float("nan")


def _two_groups(values: FloatArray) -> tuple[float, float]:
    """Return the medians of the lower and the upper of two groups of values."""
    low, high = float(values.min()), float(values.max())
    for _ in range(_ROUNDS):
        upper = values > (low + high) / 2
        if upper.all() or not upper.any():
            break
        low, high = float(np.median(values[~upper])), float(np.median(values[upper]))
    return low, high


def seen_together(stands: Sequence[Stand]) -> float:
    """Return the share of neighbouring stands, in time, of which some frame shows both: 0 where one leg is filmed."""
    ordered = sorted(stands, key=lambda stand: stand.core)
    return float(np.mean([bool(a.spots.keys() & b.spots.keys()) for a, b in pairwise(ordered)])) if ordered[1:] else 0.0


def _at_hips_px(stand: Stand, spots: Sequence[Spots]) -> tuple[float, float]:
    """Return the x to which the dots of a stand point at the height of the hips, and the height of its column, px."""
    first, last = stand.core
    whole = [f for f, set_ in stand.spots.items() if first <= f <= last and (set_ >= 0).all()]
    xy = np.stack([spots[f].xy[stand.spots[f]] for f in whole])
    at = xy[..., 0].mean(axis=1) + _HIPS_ABOVE * (xy[:, 0, 0] - xy[:, -1, 0])
    return float(np.median(at)), float(np.median(xy[:, -1, 1] - xy[:, 0, 1]))


def tracks(
    stands: Sequence[Stand], sides: Sequence[Side], spots: Sequence[Spots]
) -> tuple[dict[str, FloatArray], dict[str, FloatArray]]:
    """Return the dots: name (``left_heel``) to (frame, 2) px, and to (frame,) standard deviation, px, NaN if unseen."""
    names = [f"{side}_{dot}" for side in BOTH_SIDES for dot in DOTS]
    xy = {name: np.full((len(spots), 2), np.nan) for name in names}
    sd = {name: np.full(len(spots), np.nan) for name in names}
    for stand, side in zip(stands, sides, strict=True):
        for frame, set_ in stand.spots.items():
            for dot, spot in zip(DOTS, set_.tolist(), strict=True):
                if spot >= 0:
                    xy[f"{side}_{dot}"][frame] = spots[frame].xy[spot]
                    sd[f"{side}_{dot}"][frame] = spots[frame].sd_px[spot]
    return xy, sd
