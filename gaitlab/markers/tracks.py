"""Tracking of the dots through the clip: the most probable sequence of spots (Viterbi), for two neighbours jointly.

The two dots of a calf, and the two of a heel, look alike and are close to each other. Tracked separately they are
swapped when the foot rotates fast; tracked as a pair, the vector between them distinguishes them.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np

from gaitlab.core.gait import Side
from gaitlab.core.pose import FloatArray
from gaitlab.markers.layout import Dot, Layout
from gaitlab.markers.legs import LegFrame
from gaitlab.markers.spots import Spots

# Upper and lower dot.
_PAIRS = (("calf_top", "calf_bottom"), ("heel_top", "heel"))
# Standard deviations for a dot, along and across the leg, of its position on the upright and on the swinging leg, shank
# lengths (the heel moves towards the calf as it leaves the ground); of its movement on the leg within 1/60 s, shank
# lengths; of its colour, CIELAB, and limit of the colour difference in SDs, for blurred dots.
_POSITION_SD = {"calf": ((0.05, 0.05), (0.15, 0.15)), "heel": ((0.16, 0.08), (0.20, 0.20))}
_STEP, _COLOUR, _BLURRED = 0.045, 14.0, 1.6
_STEP_S = 1 / 60
# SD of the vector from the upper to the lower dot on the upright leg, shank lengths; on the swinging leg, where the
# foot may have any direction, of the excess of its length.
_DISTANCE_SD = 0.035
# Cost of a missing spot, and of losing or finding it, in squared standard deviations.
_MISSING, _LOST = 6.0, 3.0
_GATE = 4.0  # largest deviation of a candidate in position and colour, standard deviations


@dataclass(frozen=True, slots=True, eq=False)
class _Choices:
    """Candidates for a dot in one frame; the last choice is "none".

    Attributes
    ----------
    spot : np.ndarray
        (n,) index of each spot.
    local : FloatArray
        (n, 2) position on the leg, shank lengths.
    cost : FloatArray
        (n + 1,) cost of each choice, without the terms for movement and distance.
    """

    spot: np.ndarray
    local: FloatArray
    cost: FloatArray

    def cost_of(self, spot: int) -> float:
        """Return the cost of a spot that is among the candidates."""
        return float(self.cost[np.flatnonzero(self.spot == spot)[0]])

    def without(self, spot: int) -> _Choices:
        """Return the choices without a spot."""
        kept = np.flatnonzero(self.spot != spot)
        return _Choices(self.spot[kept], self.local[kept], self.cost[np.append(kept, len(self.spot))])


def follow_dots(
    spots: list[Spots], legs: dict[Side, LegFrame], layout: Layout, time_s: FloatArray
) -> tuple[dict[str, FloatArray], dict[str, FloatArray]]:
    """Return the tracks of all dots.

    Parameters
    ----------
    spots : list[Spots]
        spots of each frame.
    legs : dict[Side, LegFrame]
        the lower legs.
    layout : Layout
        the dots, see `find_layout`.
    time_s : FloatArray
        (frame,) s.

    Returns
    -------
    xy, sd : dict[str, FloatArray]
        name (``left_heel``) to (frame, 2) px, and to (frame,) standard deviation, px; NaN where not detected.
    """
    xy: dict[str, FloatArray] = {}
    sd: dict[str, FloatArray] = {}
    free = [np.ones(len(found), bool) for found in spots]
    # The calves first, whose dots move least on the leg: their spots are not available to the heels.
    for pair in _PAIRS:
        for (side, name), path in _shared_out(spots, legs, layout, pair, free, time_s).items():
            places, errors = np.full((len(spots), 2), np.nan), np.full(len(spots), np.nan)
            for frame, spot in enumerate(path):
                if spot >= 0:
                    places[frame], errors[frame] = spots[frame].xy[spot], spots[frame].sd_px[spot]
                    free[frame][spot] = False
            xy[f"{side}_{name}"], sd[f"{side}_{name}"] = places, errors
    return xy, sd


def _shared_out(
    spots: list[Spots], legs: dict[Side, LegFrame], layout: Layout, pair: tuple[str, str], free: list[np.ndarray],
    time_s: FloatArray,
) -> dict[tuple[Side, str], list[int]]:  # fmt: skip
    """Return the spots of a pair of dots of both legs in every frame; a spot claimed by both goes to the better fit."""
    choices = {
        (side, name): [_choices(found, legs[side], frame, layout[side][name], pair[0].partition("_")[0], free[frame])
                       for frame, found in enumerate(spots)]
        for side in legs for name in pair
    }  # fmt: skip
    unsettled = set(legs)
    paths: dict[tuple[Side, str], list[int]] = {}
    while unsettled:  # terminates, because every round removes choices
        for side in unsettled:
            upper, lower = ((side, name) for name in pair)
            between = layout[side][pair[1]].place - layout[side][pair[0]].place
            paths[upper], paths[lower] = _pair_paths(choices[upper], choices[lower], legs[side], between, time_s)
        unsettled = _settle(paths, choices)
    return paths


def _settle(paths: dict[tuple[Side, str], list[int]], choices: dict[tuple[Side, str], list[_Choices]]) -> set[Side]:
    """Remove every spot assigned to dots of both legs from the choices of the worse fit; return the legs affected."""
    losers: set[Side] = set()
    for one, two in product([key for key in paths if key[0] == "left"], [key for key in paths if key[0] == "right"]):
        for frame, (spot, same) in enumerate(zip(paths[one], paths[two], strict=True)):
            if spot != same or spot < 0:
                continue
            worse = max(one, two, key=lambda key: choices[key][frame].cost_of(spot))
            choices[worse][frame] = choices[worse][frame].without(spot)
            losers.add(worse[0])
    return losers


def _choices(found: Spots, leg: LegFrame, frame: int, dot: Dot, kind: str, free: np.ndarray) -> _Choices:
    """Return the candidates for a dot in a frame; ``free`` marks the spots not yet assigned."""
    nothing = np.array([_MISSING])
    if not len(found) or not np.isfinite(leg.knee[frame]).all() or not np.isfinite(leg.ankle[frame]).all():
        return _Choices(np.empty(0, int), np.empty((0, 2)), nothing)
    upright, swinging = _POSITION_SD[kind]
    local = leg.local(frame, found.xy)
    distance = np.linalg.norm((local - dot.place) / (upright if leg.upright[frame] else swinging), axis=1)
    colour = np.linalg.norm((found.colour - dot.colour) * [0.6, 1, 1], axis=1) / _COLOUR
    faint = np.maximum(np.log(dot.contrast / np.maximum(found.contrast, 1e-3)), 0.0) / 0.7
    near = free & (distance < _GATE) & (colour < _GATE) & (found.beside @ dot.beside > 0)
    cost = np.minimum(distance, 3.0) ** 2 * 0.5 + np.minimum(colour, _BLURRED) ** 2 + faint**2
    return _Choices(np.flatnonzero(near), local[near], np.append(cost[near], nothing))


def _pair_paths(
    upper: list[_Choices], lower: list[_Choices], leg: LegFrame, between: FloatArray, time_s: FloatArray
) -> tuple[list[int], list[int]]:
    """Return the spots of both dots in every frame, -1 for none: the sequence of pairs of least cost (Viterbi)."""
    cost = np.zeros((1, 1))
    steps = np.diff(time_s, prepend=time_s[0] - _STEP_S) / _STEP_S
    back: list[tuple[np.ndarray, np.ndarray]] = []
    for frame, (one, two) in enumerate(zip(upper, lower, strict=True)):
        own = one.cost[:, None] + two.cost + _apart(one, two, between, upright=bool(leg.upright[frame]))
        if frame:
            # The movements of the two dots are independent: minimise over the upper one, then over the lower one.
            step = max(float(steps[frame]), 0.5)
            moved = cost[:, None, :] + _moves(upper[frame - 1], one, step)[:, :, None]  # before, now, lower before
            from_upper = moved.argmin(axis=0)
            moved = moved.min(axis=0)[:, :, None] + _moves(lower[frame - 1], two, step)[None]
            from_lower = moved.argmin(axis=1)
            back.append((from_upper, from_lower))
            own = own + moved.min(axis=1)
        cost = own
    i, k = (int(v) for v in np.unravel_index(int(np.argmin(cost)), cost.shape))
    paths: tuple[list[int], list[int]] = ([], [])
    for frame in range(len(upper) - 1, -1, -1):
        for path, choices, state in ((paths[0], upper[frame], i), (paths[1], lower[frame], k)):
            path.append(int(choices.spot[state]) if state < len(choices.spot) else -1)
        if frame:
            from_upper, from_lower = back[frame - 1]
            k = int(from_lower[i, k])
            i = int(from_upper[i, k])
    return paths[0][::-1], paths[1][::-1]


def _apart(one: _Choices, two: _Choices, between: FloatArray, *, upright: bool) -> FloatArray:
    """Return the (n + 1, m + 1) cost of the vector from the upper to the lower dot; 0 if one is missing."""
    total = np.zeros((len(one.cost), len(two.cost)))
    if not len(one.spot) or not len(two.spot):
        return total
    vector = two.local[None] - one.local[:, None]
    if upright:
        deviation = np.linalg.norm(vector - between, axis=2)
    else:
        deviation = np.maximum(np.linalg.norm(vector, axis=2) - np.linalg.norm(between), 0.0)
    total[:-1, :-1] = np.where(one.spot[:, None] == two.spot[None], np.inf, (deviation / _DISTANCE_SD) ** 2)
    return total


def _moves(before: _Choices, now: _Choices, step: float) -> FloatArray:
    """Return the (n + 1, m + 1) cost of the movement between candidates; ``step`` is the frame interval in 1/60 s."""
    total = np.full((len(before.cost), len(now.cost)), _LOST)
    total[-1, -1] = 0.0
    if len(before.spot) and len(now.spot):
        distance = np.linalg.norm(before.local[:, None] - now.local[None], axis=2)
        total[:-1, :-1] = (distance / (_STEP * step)) ** 2
    return total
