"""Pairing rows with columns at the least total cost (the Hungarian method, after Jonker and Volgenant)."""

from __future__ import annotations

import numpy as np

from gaitlab.core.pose import FloatArray


def assign(cost: FloatArray, *, max_cost: float) -> list[tuple[int, int]]:
    """Return the (row, column) pairs of least total cost; pairs dearer than ``most`` are not made.

    Parameters
    ----------
    cost : FloatArray
        (row, column), finite.
    max_cost : float
        the cost of leaving a row and a column alone instead.
    """
    rows, columns = cost.shape
    if not rows or not columns:
        return []
    size = rows + columns
    # Everybody may also stay alone, at half the price of the dearest pair each.
    square = np.full((size, size), max_cost / 2)
    square[:rows, :columns] = cost
    square[rows:, columns:] = 0.0
    return [(i, j) for i, j in enumerate(_columns_of_rows(square)) if i < rows and j < columns]


def _columns_of_rows(cost: FloatArray) -> list[int]:
    """Return the column of each row of a square matrix: shortest augmenting paths with potentials."""
    size = len(cost)
    row_potential, column_potential = np.zeros(size + 1), np.zeros(size + 1)
    row_of = np.zeros(size + 1, dtype=int)  # of each column, counted from 1; 0 is free
    for row in range(1, size + 1):
        row_of[0] = row
        column = 0
        shortest = np.full(size + 1, np.inf)
        came_from = np.zeros(size + 1, dtype=int)
        done = np.zeros(size + 1, dtype=bool)
        while row_of[column]:
            done[column] = True
            current = row_of[column]
            reduced = cost[current - 1] - row_potential[current] - column_potential[1:]
            better = ~done[1:] & (reduced < shortest[1:])
            shortest[1:][better] = reduced[better]
            came_from[1:][better] = column
            nearest = int(np.where(done, np.inf, shortest)[1:].argmin()) + 1
            delta = shortest[nearest]
            row_potential[row_of[done]] += delta
            column_potential[done] -= delta
            shortest[~done] -= delta
            column = nearest
        while column:
            row_of[column] = row_of[came_from[column]]
            column = came_from[column]
    columns = np.empty(size, dtype=int)
    columns[row_of[1:] - 1] = np.arange(size)
    return [int(c) for c in columns]
