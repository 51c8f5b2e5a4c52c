"""Each dot through the whole clip: the likeliest row of spots, one or none a frame, lost and found again."""

from __future__ import annotations

import numpy as np

from gaitlab.core.gait import Side
from gaitlab.core.pose import FloatArray
from gaitlab.rearfoot.layout import DOTS, Dot, Layout
from gaitlab.rearfoot.legs import LegFrame
from gaitlab.rearfoot.spots import Spots

# Standard deviations of a true dot: from its place on the upright leg (calf, heel) and on the swinging one, shank
# lengths; of its colour, CIELAB; of its way on the leg within 1/60 s, shank lengths.
_ASTRAY = {"calf": (0.05, 0.15), "heel": (0.08, 0.20)}
_COLOUR, _STEP = 14.0, 0.045
_STEP_S = 1 / 60
# What it costs to have no spot, to lose it and to find it again, in squared standard deviations.
_MISSING, _LOST = 4.0, 3.0
_GATE = 4.0  # standard deviations from its place beyond which a spot is not looked at


def follow_dots(
    spots: list[Spots], legs: dict[Side, LegFrame], layout: Layout, time_s: FloatArray
) -> tuple[dict[str, FloatArray], dict[str, FloatArray]]:
    """Return name (``left_heel``) to (frame, 2) px and to (frame,) standard deviation in px, NaN where not seen."""
    xy: dict[str, FloatArray] = {}
    sd: dict[str, FloatArray] = {}
    for side, leg in legs.items():
        taken: dict[int, set[int]] = {}
        # The surest first: what it takes is no other's.
        for name in sorted(DOTS, key=lambda dot: -layout[side][dot].contrast):
            others = np.stack([layout[side][dot].place for dot in DOTS if dot != name])
            path = _path(spots, leg, layout[side][name], others, time_s, heel=name.startswith("heel"), taken=taken)
            places, errors = np.full((len(spots), 2), np.nan), np.full(len(spots), np.nan)
            for frame, spot in enumerate(path):
                if spot >= 0:
                    places[frame], errors[frame] = spots[frame].xy[spot], spots[frame].sd_px[spot]
                    taken.setdefault(frame, set()).add(spot)
            xy[f"{side}_{name}"], sd[f"{side}_{name}"] = places, errors
        for upper, lower in (("calf_top", "calf_bottom"), ("heel_top", "heel")):
            _put_in_order(leg, f"{side}_{upper}", f"{side}_{lower}", xy, sd)
    return xy, sd


def _put_in_order(leg: LegFrame, upper: str, lower: str, xy: dict[str, FloatArray], sd: dict[str, FloatArray]) -> None:
    """Exchange two neighbouring dots where the standing leg shows the upper one below the lower; all, if mostly."""
    both = np.flatnonzero(leg.upright & np.isfinite(xy[upper][:, 0]) & np.isfinite(xy[lower][:, 0]))

    def down(name: str) -> FloatArray:
        return np.array([leg.local(frame, xy[name][frame][None])[0, 0] for frame in both.tolist()])

    turned = down(upper) > down(lower)
    if turned.mean() > 0.5 if len(both) else False:
        xy[upper], xy[lower], sd[upper], sd[lower] = xy[lower], xy[upper], sd[lower], sd[upper]
        turned = ~turned
    at = both[turned]
    for values in (xy, sd):
        values[upper][at], values[lower][at] = values[lower][at].copy(), values[upper][at].copy()


def _path(
    spots: list[Spots],
    leg: LegFrame,
    dot: Dot,
    others: FloatArray,
    time_s: FloatArray,
    *,
    heel: bool,
    taken: dict[int, set[int]],
) -> list[int]:
    """Return the spot of every frame, -1 for none: the cheapest row (Viterbi)."""
    choices: list[np.ndarray] = []
    places: list[FloatArray] = []
    costs: list[FloatArray] = []
    back: list[np.ndarray] = []
    for frame, found in enumerate(spots):
        index, offset, own = _candidates(found, leg, frame, dot, others, heel=heel, taken=taken.get(frame, set()))
        choices.append(index)
        places.append(offset)
        own = np.append(own, _MISSING)
        if frame == 0:
            costs.append(own)
            back.append(np.full(len(own), -1))
            continue
        # The last state of each frame is "none".
        step = max((time_s[frame] - time_s[frame - 1]) / _STEP_S, 0.5)
        before, last = costs[-1], places[-2]
        move = np.full((len(before), len(own)), _LOST)
        move[-1, -1] = 0.0
        if len(last) and len(offset):
            way = np.linalg.norm(last[:, None] - offset[None], axis=2)
            move[:-1, :-1] = (way / (_STEP * step)) ** 2
        total = before[:, None] + move
        back.append(np.argmin(total, axis=0))
        costs.append(total.min(axis=0) + own)
    state = int(np.argmin(costs[-1]))
    path: list[int] = []
    for frame in range(len(spots) - 1, -1, -1):
        path.append(int(choices[frame][state]) if state < len(choices[frame]) else -1)
        state = int(back[frame][state])
    return path[::-1]


def _candidates(
    found: Spots, leg: LegFrame, frame: int, dot: Dot, others: FloatArray, *, heel: bool, taken: set[int]
) -> tuple[np.ndarray, FloatArray, FloatArray]:
    """Return the spots that may be the dot, their way from its place, and their costs."""
    nothing = np.empty(0, int), np.empty((0, 2)), np.empty(0)
    if not len(found) or not np.isfinite(leg.knee[frame]).all() or not np.isfinite(leg.ankle[frame]).all():
        return nothing
    calm, moving = _ASTRAY["heel" if heel else "calf"]
    astray = calm if leg.upright[frame] else moving
    offset = leg.local(frame, found.xy) - dot.place
    distance = np.linalg.norm(offset, axis=1) / astray
    colour = np.linalg.norm((found.colour - dot.colour) * [0.6, 1, 1], axis=1) / _COLOUR
    faint = np.maximum(np.log(dot.contrast / np.maximum(found.contrast, 1e-3)), 0.0) / 0.7
    near = (distance < _GATE) & ~np.isin(np.arange(len(found)), list(taken))
    against = (found.beside @ dot.beside) < 0
    near &= ~against
    if leg.upright[frame]:
        # A dot that is hidden does not take its neighbour's spot.
        elsewhere = np.linalg.norm((offset + dot.place)[:, None] - others[None], axis=2).min(axis=1)
        near &= np.linalg.norm(offset, axis=1) <= elsewhere
    cost = np.minimum(distance, 3.0) ** 2 * 0.5 + colour**2 + faint**2
    return np.flatnonzero(near), offset[near], cost[near]
