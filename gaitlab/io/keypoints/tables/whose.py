"""Whether the rows of a table without a column of persons are one person's, or somebody else's from a row on."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gaitlab.core.errors import InputError
from gaitlab.core.pose import FloatArray, PoseSequence
from gaitlab.io.keypoints.imported import in_a_corner

# Rows on both sides of a border that are enough to judge by, and the share of all rows.
_LEAST_ROWS, _LEAST_SHARE = 20, 0.1
# All points at once are wrong by so many times what they usually are, and by so much of the body's size.
_TIMES_USUAL, _LEAST_JUMP = 8.0, 0.03
# A body that is larger, or stands elsewhere, by more than this share of its size is another.
_OTHER_SIZE, _ELSEWHERE = 0.06, 0.4
# So many pairs of points, farther apart than this share of the size, are bones; those of another person differ by more
# than this share of their length, in the mean, and so many times as much as they do at other rows.
_BONES, _BONE, _OTHER_BONES, _CLEARLY = 8, 0.4, 0.03, 2.5
# Bodies whose rows take turns, at most; those of one are nearer to each other by this than to the next row.
_MOST_TURNS, _NEARER = 6, 0.5
_MOST_POINTS = 60  # the body's stand before those of face and hands
_NEAR = 3  # rows that show a place beside a border
_GAP = 1.5  # times the usual step: a frame is missing
_NOBODY = "the numbers are nobody's where they mix two"
_ADVICE = "keep the rows of one person, or add a column 'person' that tells them apart"


def check_whose(xy: FloatArray, path: Path, *, numbers: Sequence[int], times: Sequence[float] = ()) -> tuple[str, ...]:
    """Return a note where the rows may be of two persons.

    Parameters
    ----------
    xy : FloatArray
        (row, keypoint, 2) px, NaN where a point was not seen.
    path : Path
        the file.
    numbers : Sequence[int]
        (row,) numbers of the frames.
    times : Sequence[float], optional
        (row,) times, in any unit: where frames are missing, everything may be elsewhere afterwards.

    Raises
    ------
    InputError
        rows that take turns between several bodies, or blocks of rows of one body below another.
    """
    order = np.argsort(numbers, kind="stable")
    xy = np.where((np.isfinite(xy) & ~in_a_corner(xy)[..., None]).all(axis=-1, keepdims=True), xy, np.nan)[order]
    if len(xy) < 2 * _LEAST_ROWS or not np.isfinite(xy).any() or np.nanmax(np.abs(xy)) > 1e9:
        return ()
    size = float(np.nanmedian(_sizes(xy)))
    if not size > 0:
        return ()
    if (turns := _turns(xy, size)) > 1:
        raise InputError(f"the rows of '{path}' take turns between {turns} people; {_ADVICE}")
    go_on = _goes_on(np.asarray(numbers, dtype=np.float64)[order])
    if len(times) == len(xy):
        go_on &= _goes_on(np.asarray(times, dtype=np.float64)[order])
    borders = [border for border in _borders(xy, size) if go_on[border - 1]]
    if not borders:
        if (row := _other_bones(xy, size)) is not None:
            raise InputError(
                f"the rows of '{path}' are of several people, one below the other: from about row {row + 1} on bones "
                f"have other lengths; {_ADVICE}"
            )
        return ()
    blocks = [xy[a:b] for a, b in zip([0, *borders], [*borders, len(xy)], strict=True)]
    line = f"from row {borders[0] + 1} on"
    if _alike(list(map(len, blocks))) or _another(blocks[0], blocks[1]):
        raise InputError(
            f"the rows of '{path}' are of several people, one below the other: {line} it is another; {_ADVICE}"
        )
    return (f"in '{path.name}' the whole body jumps {line}: a cut in the film, or the rows of somebody else",)


def doubts_whose(pose: PoseSequence, path: Path) -> tuple[str, ...]:
    """Return the same doubts about one person of a film's frames as a note: a cut, or a tracker's change of person."""
    try:
        return check_whose(pose.xy, path, numbers=range(len(pose)), times=pose.time_s.tolist())
    except InputError as error:
        return (f"{str(error).removesuffix(f'; {_ADVICE}')}; {_NOBODY}",)


def _goes_on(told: FloatArray) -> NDArray[np.bool_]:
    """Return of every step from row to row whether no frame is missing in it; where nothing is told, none is."""
    steps = np.diff(told)
    return np.asarray(~(steps > _GAP * np.nanmedian(steps)) if np.isfinite(steps).any() else np.ones(len(steps), bool))


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
    kept: list[int] = []
    while found:
        near = [row for row in found if row - found[0] < least]
        # Those near each other may lead away and back: a mistake of a few frames, which stays one person's.
        if len(near) == 1 or _another(xy[: near[0]], xy[near[-1] :]):
            kept.append(near[0])
        found = found[len(near) :]
    return kept


def _other_bones(xy: FloatArray, size: float) -> int | None:
    """Return the row from which on bones have other lengths at once; None where there is none.

    Bones are the pairs of points whose distance changes least, as shares of it.
    """
    wide = max(_LEAST_ROWS, int(_LEAST_SHARE * len(xy)))
    xy = xy[:, :_MOST_POINTS]
    rows = xy[:: max(len(xy) // 300, 1)]
    first, second = np.triu_indices(xy.shape[1], 1)
    apart = np.linalg.norm(rows[:, first] - rows[:, second], axis=-1)
    usual = _median(apart.T)
    usual = np.where(usual > _BONE * size, usual, np.nan)
    changes = _median(np.abs(apart - usual).T) / usual
    stiff = np.argsort(changes)[: min(_BONES, int(np.isfinite(changes).sum()))]  # NaN last
    if len(stiff) < _BONES:
        return None
    lengths = np.log(np.linalg.norm(xy[:, first[stiff]] - xy[:, second[stiff]], axis=-1).clip(1e-9))
    at = np.arange(wide, len(xy) - wide + 1, max(wide // 10, 1))
    differ = np.array([
        np.mean(np.abs(_median(lengths[row - wide : row].T) - _median(lengths[row : row + wide].T))) for row in at
    ])  # fmt: skip
    if not np.isfinite(differ).any():
        return None
    most = int(np.nanargmax(differ))
    else_where = differ[np.abs(at - at[most]) >= wide]
    noise = float(np.nanpercentile(else_where, 90)) if np.isfinite(else_where).any() else np.inf
    return int(at[most]) if differ[most] > max(_OTHER_BONES, _CLEARLY * noise) else None


def _alike(lengths: list[int]) -> bool:
    return max(lengths) - min(lengths) <= 1


def _another(before: FloatArray, after: FloatArray) -> bool:
    """Return whether two blocks are of bodies of other sizes, or of one that is elsewhere at once."""
    sizes = [float(np.nanmedian(_sizes(block))) for block in (before, after)]
    move = np.stack([_median(block.T.reshape(-1, len(block))) for block in (before[-_NEAR:], after[:_NEAR])])
    move = np.diff(move, axis=0).reshape(2, -1)  # of every point, along x and y
    far = float(np.linalg.norm(_median(move)))
    return bool(max(sizes) > (1 + _OTHER_SIZE) * min(sizes) or far > _ELSEWHERE * min(sizes))
