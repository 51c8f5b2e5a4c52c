"""Who is who from look to look: the cheapest pairs against all that can be made."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from gaitlab.tracking.people import cheapest_pairs

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
