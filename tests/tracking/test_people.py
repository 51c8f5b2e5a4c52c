"""Who is who from look to look, the cheapest pairs against all that can be made; and who of them is the runner."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from gaitlab.core.person import Body
from gaitlab.core.skeleton import SKELETONS
from gaitlab.tracking.people import cheapest_pairs, most_like_a_runner, runner_score
from gaitlab.tracking.track import Track

COCO = SKELETONS["coco_17"]

Pairs = tuple[tuple[int, int], ...]


def all_pairings(rows: int, columns: frozenset[int]) -> Iterator[Pairs]:
    """Yield every way to pair some of the first ``rows`` rows with some of the columns."""
    if not rows:
        yield ()
        return
    last = rows - 1
    yield from all_pairings(last, columns)
    for column in columns:
        for others in all_pairings(last, columns - {column}):
            yield (*others, (last, column))


@pytest.mark.parametrize("seed", range(12))
def test_no_other_pairs_are_cheaper(seed: int) -> None:
    """A row and a column that stay alone cost ``max_cost`` together."""
    random = np.random.default_rng(seed)
    rows, columns = random.integers(1, 5, 2).tolist()
    cost, max_cost = random.uniform(0, 3, (rows, columns)), random.uniform(0.5, 2)

    def price(pairs: Pairs) -> float:
        return sum(cost[pair] for pair in pairs) + max_cost * ((rows + columns) / 2 - len(pairs))

    cheapest = min(all_pairings(rows, frozenset(range(columns))), key=price)
    assert sorted(cheapest_pairs(cost, max_cost=max_cost)) == sorted(cheapest)


def test_the_nearest_alone_is_not_the_cheapest() -> None:
    """0 and 0 are nearest, but then 1 would have to take what is far: 0.2 + 0.3 is less than 0.1 + 0.7."""
    cost = np.array([[0.1, 0.2], [0.3, 0.7]])
    assert cheapest_pairs(cost, max_cost=1.0) == [(0, 1), (1, 0)]


def test_dear_pairs_are_not_made() -> None:
    cost = np.array([[0.1, 0.9], [0.2, 0.95]])
    assert cheapest_pairs(cost, max_cost=0.75) == [(0, 0)]
    # Nor does what is not made keep others from what is best: 0.1 and alone cost less than 0.8 twice.
    assert cheapest_pairs(np.array([[0.1, 0.8], [0.8, 2.0]]), max_cost=1.0) == [(0, 0)]
    assert cheapest_pairs(np.empty((0, 3)), max_cost=1.0) == []


def track_of(
    ankles_px: np.ndarray, *, travels_px: float = 0.0, tremble_px: float = 0.0, score: float = 0.8,
    bends_px: np.ndarray | float = 0.0,
) -> Track:  # fmt: skip
    """Return somebody 300 px high, 30 frames a second, with so much between the ankles in each frame.

    ``bends_px`` is by how much everything above the knees comes down, in each frame.
    """
    low = np.zeros(len(ankles_px)) + bends_px
    random = np.random.default_rng(0)
    stands = {"shoulder": 60.0, "hip": 160.0, "knee": 240.0, "ankle": 320.0}
    track = Track(0, COCO)
    for number, apart in enumerate(ankles_px):
        xy = np.full((len(COCO), 2), np.nan)
        for name in COCO.names:
            side, _, joint = name.partition("_")
            if joint in stands:
                sign = 1 if side == "left" else -1
                foot = sign * apart / 2 if joint == "ankle" else 10.0 * sign
                xy[COCO.index(name)] = (400 + travels_px * number + foot, stands[joint])
                xy[COCO.index(name), 1] += low[number] if joint in ("shoulder", "hip") else 0.0
        xy[COCO.index("nose")] = (400 + travels_px * number, 20.0 + low[number])
        track.add(number, number / 30, Body(xy + tremble_px * random.normal(size=xy.shape), np.full(len(COCO), score)))
    return track


def test_who_runs_past_for_a_second_wins_over_what_stands_there_for_twelve() -> None:
    runs = track_of(90 * np.sin(2 * np.pi * 1.4 * np.arange(30) / 30), travels_px=15.0, tremble_px=1.0)
    stands = track_of(np.full(360, 20.0), tremble_px=1.0)
    tree = track_of(np.full(360, 20.0), tremble_px=12.0, score=0.5)
    for other in (stands, tree):
        assert most_like_a_runner([other, runs], COCO) is runs


def test_points_that_tremble_are_no_swinging_legs() -> None:
    """12 px of noise in each ankle are 17 px between them, more than the 6 % of 300 px of a runner's."""
    assert runner_score(track_of(np.full(200, 20.0), tremble_px=12.0), COCO).swing < 0.4
    walks = 60 * np.sin(2 * np.pi * 0.9 * np.arange(200) / 30)
    assert runner_score(track_of(walks, tremble_px=6.0), COCO).swing == 1.0


def test_of_a_named_movement_who_bends_the_legs_is_followed_not_who_stands_beside() -> None:
    """A trainer of the same size is in the picture for longer, and takes a step now and then."""
    number = np.arange(300)
    squats = track_of(np.full(300, 20.0), tremble_px=1.0, bends_px=60 * (0.5 - 0.5 * np.cos(number / 12)))
    once = track_of(np.full(300, 20.0), tremble_px=1.0, bends_px=60.0 * (number // 40 == 5))
    trainer = track_of(20.0 + 8 * np.sin(np.arange(360) / 40), tremble_px=1.0)
    for bends in (squats, once):
        assert most_like_a_runner([bends, trainer], COCO, gait=False) is bends
        assert runner_score(trainer, COCO, gait=False).stands
        assert not runner_score(bends, COCO, gait=False).stands
    # In gait nobody asks how far the hips come down: there legs go to and fro.
    assert most_like_a_runner([squats, trainer], COCO) is trainer
