"""Joint localisation of both legs: where one knee hides the other, separate maps would locate the same knee twice.

Every keypoint of a leg has a few candidates from its own map and from that of the other leg. The pair of legs with the
highest joint probability is selected: probable in their own maps, different from the other leg if there is an
alternative, with limbs of plausible length, and near the expected positions.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from gaitlab.core.pose import FloatArray
from gaitlab.core.skeleton import SIDES, Skeleton
from gaitlab.pose.networks.heatmaps import local_peaks, refine, share_near

# Keypoint to its proximal neighbour, and the largest distance between them as a share of the person's height (shank
# 0.246, after Winter; ankle to heel and toes within a shoe).
_LIMB: Mapping[str, tuple[str, float]] = {
    "ankle": ("knee", 0.27),
    "heel": ("ankle", 0.10),
    "big_toe": ("ankle", 0.17),
    "small_toe": ("ankle", 0.16),
}
_ROOT = "knee"
_MOST = 3  # candidates from each map
_NEAR_CELLS = 2.5  # least distance of two candidates; radius of the probability assigned to a candidate
_FLOOR = 0.02  # probability added for positions that a map does not show
# Both legs on the same candidate are penalised if another has at least this probability for one of them.
_OTHER = 0.08
_COST_OF_SAME = 1.6
_TOO_LONG_SD = 0.2
_EXPECTED_SD = 0.08  # of the person's height
_MOST_SURPRISE = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class _Choices:
    """Candidates of one keypoint for both legs: (candidate, 2) cells, and (side, candidate) log-probabilities."""

    cells: FloatArray
    log: FloatArray

    def pairs(self) -> FloatArray:
        """Return the (left candidate, right candidate) joint log-probability."""
        both: FloatArray = self.log[0][:, None] + self.log[1][None, :]
        surest = self.log.max(axis=0)
        second, first = np.partition(np.append(surest, -np.inf), -2)[-2:]
        another = np.where(surest == first, second, first) > np.log(_OTHER)
        both[np.diag_indices(len(surest))] -= _COST_OF_SAME * another
        return both


def joint_legs(
    maps: FloatArray, cells: FloatArray, skeleton: Skeleton, *, expected: FloatArray, height_cells: float
) -> FloatArray:
    """Return (keypoint, 2) cells with the keypoints below the hips localised jointly for both legs.

    Parameters
    ----------
    maps : FloatArray
        (keypoint, row, column) probabilities.
    cells : FloatArray
        (keypoint, 2) highest peak of each map; keypoints above the knees are not changed.
    skeleton : Skeleton
        names of the maps.
    expected : FloatArray
        (keypoint, 2) expected positions in cells, NaN where unknown.
    height_cells : float
        height of the person, cells.
    """
    names = [name for name in (_ROOT, *_LIMB) if all(f"{side}_{name}" in skeleton for side in SIDES)]
    if _ROOT not in names:
        return cells
    columns = {name: [skeleton.index(f"{side}_{name}") for side in SIDES] for name in names}
    choices = _choices(maps, columns, expected=expected, sd_cells=_EXPECTED_SD * height_cells)
    chosen = _best(names, choices, height_cells)
    decided = [
        (columns[name][side], *_top(maps[columns[name][side]], choices[name].cells[candidate]))
        for name, pair in chosen.items()
        for side, candidate in enumerate(pair)
    ]
    keypoint, row, column = np.array(decided).T
    result = cells.copy()
    result[keypoint] = np.clip(refine(maps, keypoint, row, column), -0.5, np.array(maps.shape[:0:-1]) - 0.5)
    return result


def _choices(
    maps: FloatArray, columns: Mapping[str, Sequence[int]], *, expected: FloatArray, sd_cells: float
) -> dict[str, _Choices]:
    """Return the candidates of each keypoint; ``columns`` has the indices of its left and right map."""
    channels = [channel for sides in columns.values() for channel in sides]
    peaks = iter(_peaks(maps[channels]))
    cells = {name: np.array(_apart([*next(peaks), *next(peaks)]), dtype=np.float64) for name in columns}
    # Every candidate on the left map, then on the right one.
    both = np.concatenate([np.tile(at, (2, 1)) for at in cells.values()])
    channel = np.concatenate([np.repeat(sides, len(cells[name])) for name, sides in columns.items()])
    share = share_near(maps, channel, both, reach=_NEAR_CELLS)
    away = np.linalg.norm(both - expected[channel], axis=1) / sd_cells
    surprise = np.where(np.isfinite(away), np.minimum(0.5 * away**2, _MOST_SURPRISE), 0.0)
    log = np.log(share + _FLOOR) - surprise
    ends = np.cumsum([2 * len(at) for at in cells.values()])[:-1]
    parts = np.split(log, ends)
    return {name: _Choices(at, part.reshape(2, -1)) for (name, at), part in zip(cells.items(), parts, strict=True)}


def _peaks(maps: FloatArray) -> list[list[tuple[int, int]]]:
    """Return x, y in cells of the highest peaks of each map, in decreasing order."""
    channel, row, column = local_peaks(maps, threshold=0.1 * maps.max(axis=(1, 2), keepdims=True))
    found: list[list[tuple[int, int]]] = [[] for _ in maps]
    for k in np.argsort(-maps[channel, row, column], kind="stable"):
        if len(found[channel[k]]) < _MOST:
            found[channel[k]].append((int(column[k]), int(row[k])))
    return found


def _apart(places: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the positions without those too close to an earlier one."""
    kept: list[tuple[int, int]] = []
    for place in places:
        if all(math.dist(place, other) > _NEAR_CELLS for other in kept):
            kept.append(place)
    return kept


def _best(names: Sequence[str], choices: Mapping[str, _Choices], height_cells: float) -> dict[str, tuple[int, int]]:
    """Return each keypoint's (left, right) candidates in the best pair of legs, by dynamic programming."""
    total = {name: choices[name].pairs() for name in names}
    follow: dict[str, np.ndarray] = {}
    for name in reversed([name for name in names if name != _ROOT]):
        parent, longest = _LIMB[name]
        limb = _limb(choices[parent].cells, choices[name].cells, longest * height_cells)
        # (left parent, right parent, left candidate, right candidate)
        joint = total[name][None, None] + limb[:, None, :, None] + limb[None, :, None, :]
        flat = joint.reshape(*joint.shape[:2], -1)
        follow[name] = flat.argmax(axis=2)
        total[parent] = total[parent] + flat.max(axis=2)
    shape = total[_ROOT].shape
    chosen = {_ROOT: divmod(int(total[_ROOT].argmax()), shape[1])}
    for name in names:
        if name != _ROOT:
            chosen[name] = divmod(int(follow[name][chosen[_LIMB[name][0]]]), len(choices[name].cells))
    return chosen


def _limb(parents: FloatArray, children: FloatArray, longest_cells: float) -> FloatArray:
    """Return the (parent, child) log-probability of a limb: it may appear shortened, but not too long."""
    length = np.linalg.norm(parents[:, None] - children[None], axis=-1)
    excess = np.maximum(length / longest_cells - 1, 0.0) / _TOO_LONG_SD
    result: FloatArray = -np.minimum(0.5 * excess**2, 6.0)
    return result


def _top(own: FloatArray, candidate: FloatArray) -> tuple[int, int]:
    """Return row and column of the highest cell of a leg's own map near a candidate."""
    x, y = (int(v) for v in candidate)
    top, left = max(y - 2, 0), max(x - 2, 0)
    near = own[top : y + 3, left : x + 3]
    row, column = divmod(int(near.argmax()), near.shape[1])
    return top + row, left + column
