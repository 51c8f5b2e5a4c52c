"""Whether the rows of a table without a column of persons are one person's, or somebody else's from a row on."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from gaitlab.core.errors import InputError
from gaitlab.core.pose import FloatArray

# Rows on both sides of a border that are enough to judge by, and the share of all rows.
_LEAST_ROWS, _LEAST_SHARE = 20, 0.1
# All points at once are wrong by so many times what they usually are, and by so much of the body's size.
_TIMES_USUAL, _LEAST_JUMP = 8.0, 0.03
# A body that is larger, or stands elsewhere, by more than this share of its size is another.
_OTHER_SIZE, _ELSEWHERE = 0.06, 0.4
# Bodies whose rows take turns, at most; those of one are nearer to each other by this than to the next row.
_MOST_TURNS, _NEARER = 6, 0.5
_ADVICE = "keep the rows of one person, or add a column 'person' that tells them apart"


def check_whose(xy: FloatArray, path: Path, *, numbers: Sequence[int]) -> tuple[str, ...]:
    """Return a note where the rows may be of two persons.

    Parameters
    ----------
    xy : FloatArray
        (row, keypoint, 2) px, NaN where a point was not seen.
    path : Path
        the file.
    numbers : Sequence[int]
        (row,) numbers of the frames.

    Raises
    ------
    InputError
        rows that take turns between several bodies, or blocks of rows of one body below another.
    """
    order = np.argsort(numbers, kind="stable")
    xy = np.where(np.isfinite(xy).all(axis=-1, keepdims=True), xy, np.nan)[order]
    if len(xy) < 2 * _LEAST_ROWS or not np.isfinite(xy).any() or np.nanmax(np.abs(xy)) > 1e9:
        return ()
    size = float(np.nanmedian(_sizes(xy)))
    if not size > 0:
        return ()
    if (turns := _turns(xy, size)) > 1:
        raise InputError(f"the rows of '{path}' take turns between {turns} people; {_ADVICE}")
    steps = np.diff(np.asarray(numbers)[order])
    borders = [border for border in _borders(xy, size) if steps[border - 1] == 1]
    if not borders:
        return ()
    blocks = [xy[a:b] for a, b in zip([0, *borders], [*borders, len(xy)], strict=True)]
    line = f"from row {borders[0] + 1} on"
    if _alike(list(map(len, blocks))) or _another(blocks[0], blocks[1]):
        raise InputError(
            f"the rows of '{path}' are of several people, one below the other: {line} it is another; {_ADVICE}"
        )
    return (f"in '{path.name}' the whole body jumps {line}: a cut in the film, or the rows of somebody else",)


def _median(values: FloatArray) -> FloatArray:
    """Return the (row,) median of the numbers of each row; NaN where there are none."""
    found = np.full(len(values), np.nan)
    some = np.isfinite(values).any(axis=1)
    found[some] = np.nanmedian(values[some], axis=1)
    return found


def _sizes(xy: FloatArray) -> FloatArray:
    """Return the (row,) distance of the points from their middle, in the median; px."""
    middle = np.stack([_median(xy[..., axis]) for axis in range(2)], axis=-1)
    return _median(np.linalg.norm(xy - middle[:, None], axis=-1))


def _turns(xy: FloatArray, size: float) -> int:
    """Return the number of bodies whose rows take turns; 1 where they do not."""
    moves = [
        float(np.nanmedian(_median(np.linalg.norm(xy[by:] - xy[:-by], axis=-1)))) for by in range(1, _MOST_TURNS + 1)
    ]
    nearest = int(np.nanargmin(moves)) + 1 if np.isfinite(moves).any() else 1
    return nearest if moves[nearest - 1] < _NEARER * moves[0] and moves[0] > _LEAST_JUMP * size else 1


def _borders(xy: FloatArray, size: float) -> list[int]:
    """Return the rows with which another movement begins: neither side foretells the other, but both go on evenly."""
    steps = np.diff(xy, axis=0)
    # Of every two rows, how far the second is from where the two before it lead, and the first from the two after.
    ahead = _median(np.linalg.norm(xy[2:] - xy[1:-1] - steps[:-1], axis=-1))
    back = _median(np.linalg.norm(xy[:-2] - xy[1:-1] + steps[1:], axis=-1))
    wrong = np.full(len(xy), np.nan)  # at row n, between it and the one before
    wrong[2:-1] = np.fmin(ahead[:-1], back[1:])
    usual = float(np.nanmedian(wrong))
    limit = max(_TIMES_USUAL * usual, _LEAST_JUMP * size)
    least = max(_LEAST_ROWS, int(_LEAST_SHARE * len(xy)))
    found: list[int] = []
    for row in np.flatnonzero(wrong > limit):
        beside = np.concatenate([wrong[row - 2 : row], wrong[row + 1 : row + 3]])
        if np.nanmax(beside, initial=0.0) < limit / 2 and least <= row <= len(xy) - least:
            found.append(int(row))
    return [row for n, row in enumerate(found) if n == 0 or row - found[n - 1] >= least]


def _alike(lengths: list[int]) -> bool:
    return max(lengths) - min(lengths) <= 1


def _another(before: FloatArray, after: FloatArray) -> bool:
    """Return whether two blocks are of bodies of other sizes, or in other places."""
    sizes = [float(np.nanmedian(_sizes(block))) for block in (before, after)]
    near = (before[-_LEAST_ROWS:], after[:_LEAST_ROWS])
    places = [np.array([float(np.nanmedian(_median(block[..., axis]))) for axis in range(2)]) for block in near]
    return bool(
        max(sizes) > (1 + _OTHER_SIZE) * min(sizes)
        or float(np.linalg.norm(places[0] - places[1])) > _ELSEWHERE * min(sizes)
    )
