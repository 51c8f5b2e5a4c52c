"""Both legs decided together: where one knee hides the other, each map alone would name the same knee twice.

Every point of a leg has a few candidates, from its own map and from that of the other leg. The pair of legs is chosen
whose points are likeliest together: sure on their own maps, not the same as the other leg's where there is another
to take, joined by limbs of human length, and near where they were expected.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from gaitlab.core.pose import FloatArray
from gaitlab.core.skeleton import SIDES, Skeleton
from gaitlab.pose.heatmaps import local_peaks, refine

# Point: the point nearer to the knee, and the longest limb between them as a share of the person's height
# (shank 0.246, after Winter; ankle to heel and toes within a shoe).
_LIMB: Mapping[str, tuple[str, float]] = {
    "ankle": ("knee", 0.27),
    "heel": ("ankle", 0.10),
    "big_toe": ("ankle", 0.17),
    "small_toe": ("ankle", 0.16),
}
_ROOT = "knee"
_MOST = 3  # candidates from each map
_NEAR_CELLS = 2.5  # candidates nearer than this are one; a map's probability within it is the candidate's
_FLOOR = 0.02  # probability that a map leaves for what it does not show
# Both legs on one candidate where there is another at least this likely for one of them.
_OTHER = 0.08
_COST_OF_SAME = 1.6
_TOO_LONG_SD = 0.2
_EXPECTED_SD = 0.08  # of the person's height
_MOST_SURPRISE = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class _Choices:
    """Candidates of one point, for both legs: (candidate, 2) cells, and each leg's log-probability of each."""

    cells: FloatArray
    log: FloatArray  # (side, candidate)

    def pairs(self) -> FloatArray:
        """(left candidate, right candidate) log-probability of both legs' choices together."""
        both: FloatArray = self.log[0][:, None] + self.log[1][None, :]
        for i in range(len(self.cells)):
            others = np.delete(self.log, i, axis=1)
            if others.size and others.max() > np.log(_OTHER):
                both[i, i] -= _COST_OF_SAME
        return both


def joint_legs(
    maps: FloatArray, cells: FloatArray, skeleton: Skeleton, *, expected: FloatArray, height_cells: float
) -> FloatArray:
    """Return (keypoint, 2) cells with the points below the hips decided for both legs together.

    Args:
        maps: (keypoint, row, column) probabilities.
        cells: (keypoint, 2) each map's own best place; what is no leg stays as it is.
        skeleton: names of the maps.
        expected: (keypoint, 2) cells where the points should be now, NaN where nobody knows.
        height_cells: the person's height.
    """
    names = [name for name in (_ROOT, *_LIMB) if all(f"{side}_{name}" in skeleton for side in SIDES)]
    if _ROOT not in names:
        return cells
    columns = {name: [skeleton.index(f"{side}_{name}") for side in SIDES] for name in names}
    choices = {
        name: _choices(maps[at], expected=expected[at], sd_cells=_EXPECTED_SD * height_cells)
        for name, at in columns.items()
    }
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


def _choices(maps: FloatArray, *, expected: FloatArray, sd_cells: float) -> _Choices:
    """Return the candidates of a point from its (side, row, column) maps."""
    rows, columns = maps.shape[1:]
    places: list[FloatArray] = []
    for own in maps:
        _, row, column = local_peaks(own[None], threshold=0.1 * float(own.max()))
        for k in np.argsort(-own[row, column])[:_MOST]:
            place = np.array([column[k], row[k]], dtype=np.float64)
            if all(np.hypot(*(place - other)) > _NEAR_CELLS for other in places):
                places.append(place)
    cells = np.array(places)
    y, x = np.mgrid[:rows, :columns]
    near = np.hypot(x - cells[:, 0, None, None], y - cells[:, 1, None, None]) <= _NEAR_CELLS
    share = np.einsum("syx,cyx->sc", maps, near)
    away = np.linalg.norm(cells[None] - expected[:, None], axis=-1) / sd_cells
    surprise = np.where(np.isfinite(away), np.minimum(0.5 * away**2, _MOST_SURPRISE), 0.0)
    return _Choices(cells, np.log(share + _FLOOR) - surprise)


def _best(names: Sequence[str], choices: Mapping[str, _Choices], height_cells: float) -> dict[str, tuple[int, int]]:
    """Return each point's (left, right) candidates of the best pair of legs: from the toes up, then down again."""
    total = {name: choices[name].pairs() for name in names}
    follow: dict[str, np.ndarray] = {}
    for name in reversed([name for name in names if name != _ROOT]):
        parent, longest = _LIMB[name]
        limb = _limb(choices[parent].cells, choices[name].cells, longest * height_cells)
        # (left parent, right parent, left candidate, right candidate)
        ways = total[name][None, None] + limb[:, None, :, None] + limb[None, :, None, :]
        flat = ways.reshape(*ways.shape[:2], -1)
        follow[name] = flat.argmax(axis=2)
        total[parent] = total[parent] + flat.max(axis=2)
    shape = total[_ROOT].shape
    chosen = {_ROOT: divmod(int(total[_ROOT].argmax()), shape[1])}
    for name in names:
        if name != _ROOT:
            chosen[name] = divmod(int(follow[name][chosen[_LIMB[name][0]]]), len(choices[name].cells))
    return chosen


def _limb(parents: FloatArray, children: FloatArray, longest_cells: float) -> FloatArray:
    """Return (parent, child) log-probability of a limb between them: seen shortened it may be, but not too long."""
    length = np.linalg.norm(parents[:, None] - children[None], axis=-1)
    excess = np.maximum(length / longest_cells - 1, 0.0) / _TOO_LONG_SD
    result: FloatArray = -np.minimum(0.5 * excess**2, 6.0)
    return result


def _top(own: FloatArray, candidate: FloatArray) -> tuple[int, int]:
    """Return row and column of a leg's own map that belong to a candidate: the highest cell near it."""
    x, y = (int(v) for v in candidate)
    top, left = max(y - 2, 0), max(x - 2, 0)
    near = own[top : y + 3, left : x + 3]
    row, column = divmod(int(near.argmax()), near.shape[1])
    return top + row, left + column
