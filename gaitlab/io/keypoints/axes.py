"""Points in space as a camera at the runner's side would see them: which axis is up, which way they go, which unit."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

import numpy as np

from gaitlab.core.errors import InputError, argument, shown
from gaitlab.core.gait import BOTH_SIDES
from gaitlab.core.person import Body
from gaitlab.core.pose import FloatArray, PoseSequence
from gaitlab.core.skeleton import Skeleton
from gaitlab.kinematics.plausibility import posture_of
from gaitlab.kinematics.proportions import proportions_of

# Lengths are converted to millimetres and used as px.
_MM: dict[str, float] = {"m": 1000.0, "meters": 1000.0, "dm": 100.0, "cm": 10.0, "mm": 1.0, "in": 25.4, "ft": 304.8}
UNITS = (*_MM, "px")
_HUMAN_MM = (900.0, 2400.0)
_FARTHEST = 1e9
# Of the way from feet to hips, the share along one axis that makes it the vertical.
_CLEARLY = 0.8


@dataclass(frozen=True, slots=True)
class Axes:
    """Two of x, y and z as (column, sign): which point to the right of the picture, and up."""

    right: tuple[int, int]
    up: tuple[int, int]

    def __str__(self) -> str:
        return "".join(f"{'-' if sign < 0 else ''}{'xyz'[column]}" for column, sign in (self.right, self.up))


OF_A_PICTURE = Axes((0, 1), (1, -1))
Y_UPWARDS = Axes((0, 1), (1, 1))
# How else points of a picture may be written: by tables, whose columns people choose; by networks, in turned pictures.
_OF_TABLES = (Y_UPWARDS, Axes((1, 1), (0, -1)), Axes((1, 1), (0, 1)))
_OF_TURNED = (Axes((0, -1), (1, 1)), Axes((1, 1), (0, 1)), Axes((1, -1), (0, -1)))


def axes_asked(word: str) -> Axes:
    """Return the axes of ``xz``, ``x-y`` …: which point to the right, and up; InputError where it says none."""
    found = re.fullmatch(r"\s*([+-]?)([xyz])[\s,]*([+-]?)([xyz])\s*", word.lower())
    if found is None or found[2] == found[4]:
        raise InputError(
            f"{argument('axes')} must say which axes point to the right and up, e.g. xy, xz or x-y (y downwards), not "
            f"{shown(word)}"
        )
    signs = [-1 if found[at] == "-" else 1 for at in (1, 3)]
    return Axes(("xyz".index(found[2]), signs[0]), ("xyz".index(found[4]), signs[1]))


def stands_in(xy: FloatArray, skeleton: Skeleton) -> bool:
    """Return whether somebody stands upright in (frame, keypoint, 2) px, y downwards; True where that is not known."""
    far = (np.abs(np.where(np.isfinite(xy), xy, 0.0)) > _FARTHEST).any()
    return bool(far) or posture_of(_pose(xy, skeleton)).upright


def that_stand(xy: FloatArray, skeleton: Skeleton, *, of_a_table: bool) -> Axes | None:
    """Return the axes with which a picture's points stand upright, head above hips above feet; None where none do.

    Parameters
    ----------
    xy : FloatArray
        (frame, keypoint, 2) px, y downwards, of somebody who does not stand upright.
    skeleton : Skeleton
        of the points.
    of_a_table : bool
        whether people chose the axes; otherwise a network saw a turned picture.
    """
    for axes in _OF_TABLES if of_a_table else _OF_TURNED:
        turned = posture_of(_pose(_turned(xy, axes), skeleton))
        if turned.upright and turned.legs[1] > 0 and turned.trunk[1] > 0:  # both are known
            return axes
    return None


def turned(
    frames: Sequence[Sequence[Body]], axes: Axes, path: Path, *, whole: tuple[float, float] = (0.0, 0.0)
) -> list[list[Body]]:
    """Return the people of a picture with x to the right and y downwards.

    Parameters
    ----------
    frames : Sequence[Sequence[Body]]
        people of each frame.
    axes : Axes
        which of their coordinates point to the right and up.
    path : Path
        the file.
    whole : tuple[float, float], optional
        width and height of the picture, in the unit of the points, 0 where not known: axes that point the other way
        count from there.

    Raises
    ------
    InputError
        an axis that a picture has not.
    """
    if 2 in (axes.right[0], axes.up[0]):
        raise InputError(
            f"{argument('axes')} names z, but '{path}' has the points of a picture; expected two of x and y"
        )
    return [[replace(one, xy=_turned(one.xy, axes, whole)) for one in people] for people in frames]


def _turned(xy: FloatArray, axes: Axes, whole: tuple[float, float] = (0.0, 0.0)) -> FloatArray:
    (right, right_sign), (up, up_sign) = axes.right, axes.up
    x = xy[..., right] if right_sign > 0 else whole[0] - xy[..., right]
    return np.stack([x, whole[1] - xy[..., up] if up_sign > 0 else xy[..., up]], axis=-1)


def _pose(xy: FloatArray, skeleton: Skeleton) -> PoseSequence:
    return PoseSequence(xy, np.isfinite(xy[..., 0]), np.arange(len(xy), dtype=np.float64), skeleton)


def height_of(xy: FloatArray, skeleton: Skeleton) -> float:
    """Return the height of a body by its bones, in the unit of (frame, keypoint, 2) points; NaN where not known."""
    return proportions_of(_pose(xy, skeleton)).height_px


class FromTheSide(NamedTuple):
    """Points in space as a camera at the runner's side sees them.

    Attributes
    ----------
    xy : FloatArray
        (frame, keypoint, 2) px, x right and y down.
    assumed : tuple[str, ...]
        what was assumed, one sentence each.
    metres_per_px : float | None
        how long a px is, where the unit is a length; None for those of a picture.
    """

    xy: FloatArray
    assumed: tuple[str, ...]
    metres_per_px: float | None


def from_the_side(points: FloatArray, skeleton: Skeleton, path: Path, *, unit: str, asked: str | None) -> FromTheSide:
    """Return points as they are seen from the side; where the unit is a length, a px is a millimetre.

    Parameters
    ----------
    points : FloatArray
        (frame, keypoint, 3) as the file has them.
    skeleton : Skeleton
        of the points.
    path : Path
        the file.
    unit : str
        unit in the file, a key of `UNITS`.
    asked : str | None
        the axes, where the user names them.

    Raises
    ------
    InputError
        a unit or axes that are none.
    """
    if unit.lower() not in UNITS:
        raise InputError(f"'{path}' is in {shown(unit)}; expected {', '.join(UNITS)}")
    expected = OF_A_PICTURE if unit == "px" else Axes((0, 1), (1, 1))
    axes = axes_asked(asked) if asked is not None else axes_found(points, skeleton) or expected
    notes = []
    if asked is None and axes != expected and (axes.right[0], axes.up) != (expected.right[0], expected.up):
        notes.append(
            f"in '{path.name}' the runner stands along {'-' * (axes.up[1] < 0)}{'xyz'[axes.up[0]]} and the feet go "
            f"along {'xyz'[axes.right[0]]}: read with the axes {axes}, to the right and up"
        )
    right, up = (sign * points[..., column] for column, sign in (axes.right, axes.up))
    flat = np.stack([right, -up], axis=-1)
    depth = points[..., ({0, 1, 2} - {axes.right[0], axes.up[0]}).pop()]
    used = _unit(flat, skeleton, unit.lower(), flat_file=not np.any(np.nan_to_num(depth)))
    if used != unit.lower():
        notes.append(
            f"'{path.name}' says that its lengths are in {unit}, in which no runner is so tall: read as {used}"
        )
    with np.errstate(over="ignore"):  # infinity is refused later, with its place
        return FromTheSide(flat * _MM.get(used, 1.0), tuple(notes), 0.001 if used in _MM else None)


def axes_found(points: FloatArray, skeleton: Skeleton) -> Axes | None:
    """Return the vertical by the way from feet to hips, and the direction by the feet's travel; None where unclear."""
    legs = [side for side in BOTH_SIDES if f"{side}_hip" in skeleton and f"{side}_ankle" in skeleton]
    if not legs:  # one is enough: laboratories often mark the near one alone
        return None
    hips, feet = (
        np.stack([points[:, skeleton.index(f"{side}_{joint}")] for side in legs]) for joint in ("hip", "ankle")
    )
    way = (hips - feet).reshape(-1, 3)
    way = way[np.isfinite(way).all(axis=1)]
    if not len(way):
        return None
    stands = np.median(way, axis=0)
    up = int(np.abs(stands).argmax())
    if np.abs(stands[up]) < _CLEARLY * np.linalg.norm(stands):
        return None
    # Feet swing fore and aft by far more than they do across.
    swing = np.ptp(np.percentile(way, (5, 95), axis=0), axis=0)
    swing[up] = -1.0
    return Axes((int(swing.argmax()), 1), (up, 1 if stands[up] > 0 else -1))


def _unit(flat: FloatArray, skeleton: Skeleton, said: str, *, flat_file: bool) -> str:
    """Return the unit in which a runner is as tall as people are; what the file says where that is so or nothing is."""
    seen = np.abs(np.where(np.isfinite(flat), flat, 0.0))
    if said == "px" or (seen > _FARTHEST).any():
        return said
    height = height_of(flat, skeleton)
    if not np.isfinite(height) or _HUMAN_MM[0] <= height * _MM[said] <= _HUMAN_MM[1]:
        return said
    if flat_file and height > 50:  # a picture's points, which have no depth
        return "px"
    fits = [unit for unit, mm in _MM.items() if _HUMAN_MM[0] <= height * mm <= _HUMAN_MM[1]]
    return next((unit for unit in ("m", "mm", "cm") if unit in fits), fits[0] if fits else "px")
