"""Both legs decided together, on maps drawn so that each map alone would go wrong."""

from __future__ import annotations

import numpy as np
import pytest

from gaitlab.core.skeleton import SKELETONS
from gaitlab.pose.networks.legs import joint_legs

BODY = SKELETONS["body_25"]
ROWS, COLUMNS, HEIGHT = 56, 40, 43.0
NOWHERE = np.full((len(BODY), 2), np.nan)
# A runner facing right: the left leg in front, the right leg behind.
LEGS = {
    "left_knee": (24, 32), "left_ankle": (24, 42), "left_heel": (22, 44), "left_big_toe": (28, 44),
    "left_small_toe": (27, 45),
    "right_knee": (16, 33), "right_ankle": (8, 39), "right_heel": (6, 38), "right_big_toe": (7, 44),
    "right_small_toe": (8, 44),
}  # fmt: skip


def other(name: str) -> str:
    side, _, point = name.partition("_")
    return {"left": "right", "right": "left"}[side] + "_" + point


def drawn(confused: dict[str, float]) -> np.ndarray:
    """Maps with the legs above; ``confused`` says which share of a map lies on the other leg instead."""
    y, x = np.mgrid[:ROWS, :COLUMNS]

    def blob(place: tuple[float, float]) -> np.ndarray:
        bump = np.exp(-0.5 * ((x - place[0]) ** 2 + (y - place[1]) ** 2))
        return bump / bump.sum()

    maps = np.full((len(BODY), ROWS, COLUMNS), 1 / (ROWS * COLUMNS))
    for name, place in LEGS.items():
        share = confused.get(name, 0.0)
        maps[BODY.index(name)] = (
            0.9 * ((1 - share) * blob(place) + share * blob(LEGS[other(name)])) + 0.1 * (maps[BODY.index(name)])
        )
    return maps


def decided(maps: np.ndarray, expected: np.ndarray = NOWHERE) -> dict[str, np.ndarray]:
    flat = maps.reshape(len(maps), -1).argmax(axis=1)
    cells = np.stack([flat % COLUMNS, flat // COLUMNS], axis=1).astype(float)
    result = joint_legs(maps, cells, BODY, expected=expected, height_cells=HEIGHT)
    assert (result[BODY.index("nose")] == cells[BODY.index("nose")]).all()
    return {name: result[BODY.index(name)] for name in LEGS}


@pytest.mark.parametrize("share", [0.0, 0.6, 0.75])
@pytest.mark.parametrize("name", ["right_knee", "left_knee", "right_ankle", "right_heel", "left_big_toe"])
def test_a_point_that_its_map_puts_on_the_other_leg(name: str, share: float) -> None:
    for point, cell in decided(drawn({name: share})).items():
        assert np.abs(cell - LEGS[point]).max() < 0.5, point


def test_a_whole_leg_drawn_on_the_other() -> None:
    maps = drawn({name: 0.7 for name in LEGS if name.startswith("right")})
    for point, cell in decided(maps).items():
        assert np.abs(cell - LEGS[point]).max() < 0.5, point


def test_legs_that_really_coincide_stay_together() -> None:
    maps = drawn({name: 1.0 for name in LEGS if name.startswith("right")})  # nothing at all where the right leg was
    for point, cell in decided(maps).items():
        side_of_truth = point if point.startswith("left") else other(point)
        assert np.abs(cell - LEGS[side_of_truth]).max() < 0.5, point


def test_what_was_expected_decides_when_the_maps_do_not() -> None:
    undecided = drawn(dict.fromkeys(LEGS, 0.5))
    for mirrored in (False, True):
        expected = NOWHERE.copy()
        for name in LEGS:
            expected[BODY.index(name)] = LEGS[other(name) if mirrored else name]
        for point, cell in decided(undecided, expected).items():
            assert np.abs(cell - LEGS[other(point) if mirrored else point]).max() < 0.6, point
