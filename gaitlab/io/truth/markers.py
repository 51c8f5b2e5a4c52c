"""Marker sets: which markers show which point, found by their names, read from one table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from gaitlab.core.errors import InputError, argument, shown
from gaitlab.core.gait import BOTH_SIDES
from gaitlab.core.pose import FloatArray, PoseSequence
from gaitlab.core.skeleton import Skeleton
from gaitlab.io.keypoints.axes import axes_found, from_the_side
from gaitlab.io.keypoints.names import our_name, without_legs
from gaitlab.io.reading import Entry, parse_toml, read_toml
from gaitlab.io.truth.types import Markers

_TABLE = Path(__file__).with_name("marker_sets.toml")
OF_A_SIDE = ("hip", "knee", "ankle", "heel", "heel_top", "big_toe", "small_toe", "shoulder")
OF_THE_BODY = ("neck", "mid_hip")
# Markers seen in less than this share of the frames, as those that are taken off after a static trial, are not there.
_SEEN = 0.5
_FEW = 8
# So many points of a set, though without knees or ankles, tell which set it is meant to be.
_RECOGNISED = 4
FORMAT = (
    'a TOML file with name = "…", sides = { left = "L", right = "R" }, [points] with hip, knee, ankle, heel, big_toe, '
    'small_toe (each a marker such as "{S}KNE", or a list of markers whose mean it is) and, for hips without a marker, '
    '[pelvis] with front = ["LASI", "RASI"] and back = ["LPSI", "RPSI"]'
)


class SeveralPeopleError(InputError):
    """Markers of more than one person under the same names."""


# Ways to get a point: each a list of markers whose mean it is.
Ways = tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class MarkerSet:
    """A set of markers: its name, the ways to get each point, and the markers of the pelvis, front and back."""

    name: str
    points: Mapping[str, Ways]
    pelvis: Mapping[str, Ways]


@cache
def marker_sets() -> Mapping[str, MarkerSet]:
    """Return the sets that gaitlab knows, by key."""
    table = parse_toml(_TABLE.read_text(encoding="utf-8"), "gaitlab's marker sets")
    return {key: _set_of(entry) for key, entry in table.fields().items()}


def marker_set_of(markers: str | Path | None) -> MarkerSet | None:
    """Return a set by its name or its file, None for none asked.

    Raises
    ------
    InputError
        an unknown name, or a file that is no marker set.
    """
    if markers is None:
        return None
    word = str(markers).strip().lower().replace(" ", "-").replace("/", "-")
    if word in marker_sets():
        return marker_sets()[word]
    path = Path(markers)
    if not path.is_file():
        raise InputError(
            f"{argument('markers')} is no marker set that is known ({', '.join(marker_sets())}), and no file: "
            f"{shown(str(markers))}; expected {FORMAT}"
        )
    return _set_of(read_toml(path, "marker set"))


def side_view(
    markers: Markers, path: Path, *, asked: MarkerSet | None
) -> tuple[PoseSequence, FloatArray, str, tuple[str, ...]]:
    """Return markers as gaitlab's points, seen from the side.

    Returns
    -------
    pose : PoseSequence
        x right, y down, px of 1 mm.
    points : FloatArray
        (frame, keypoint, 3) the same points in the axes and unit of the file.
    name : str
        of the marker set.
    notes : tuple[str, ...]
        what was assumed.

    Raises
    ------
    InputError
        markers of no set that is known, or that lack a knee or an ankle.
    """
    columns = list(reversed(list(enumerate(markers.names))))
    plain = {_plain(name): column for column, name in columns} | {_whole(name): column for column, name in columns}
    seen = np.isfinite(markers.points).all(axis=-1).mean(axis=0) if len(markers.points) else np.empty(0)
    there = {name: column for name, column in plain.items() if seen[column] >= _SEEN}
    chosen = asked if asked is not None else _best(there)
    if chosen is None:
        missing = without_legs(markers.names)[0]
        chosen = _nearest(there) if missing else None
        if missing and chosen is None:
            few = ", ".join(shown(name) for name in markers.names[:_FEW])
            more = f" and {len(markers.names) - _FEW} more" if len(markers.names) > _FEW else ""
            raise InputError(
                f"'{path}' has markers of no set that gaitlab knows ({', '.join(marker_sets())}): {few}{more}; no name "
                f"says {missing[0].replace('_', ' ')}; say which they are with {argument('markers')}: {FORMAT}"
            )
    if chosen is None:
        names = {our_name(name): column for column, name in columns}
        return *_flat(names, markers, path), "keypoint names", ()
    _check_one_person(chosen, markers, seen, there, path)
    points, notes = _points(chosen, there, markers)
    lacking = [point for point in ("knee", "ankle") if not any(f"{side}_{point}" in points for side in BOTH_SIDES)]
    if lacking:
        raise InputError(
            f"'{path}' lacks the markers of the {' and the '.join(lacking)} of the set {chosen.name}; say which they "
            f"are with {argument('markers')}: {FORMAT}"
        )
    pose, stacked, assumed = _seen_from_the_side(points, markers, path)
    return pose, stacked, chosen.name, (*notes, *assumed)


def _flat(names: Mapping[str, int], markers: Markers, path: Path) -> tuple[PoseSequence, FloatArray]:
    points = {name: markers.points[:, column] for name, column in names.items()}
    return _seen_from_the_side(points, markers, path)[:2]


def _seen_from_the_side(
    points: Mapping[str, FloatArray], markers: Markers, path: Path
) -> tuple[PoseSequence, FloatArray, tuple[str, ...]]:
    skeleton = Skeleton("markers", tuple(points))
    stacked = np.stack(list(points.values()), axis=1)
    axes = axes_found(stacked, skeleton)  # z points up in a laboratory: nothing to remark on
    if axes is None and markers.unit != "px":
        raise InputError(
            f"'{path}' does not tell which axis points up: no leg of somebody upright has both hip and ankle; expected "
            f"markers of the hip, or of the pelvis, from which it comes: {argument('markers')} can say which they are"
        )
    asked = str(axes) if markers.unit != "px" else None
    flat, notes, _ = from_the_side(stacked, skeleton, path, unit=markers.unit, asked=asked)
    seen = np.asarray(np.isfinite(flat).all(axis=-1))
    xy = np.where(seen[..., None], flat, np.nan)
    return PoseSequence(xy, seen.astype(np.float64), markers.time_s, skeleton), stacked, notes


def _check_one_person(
    chosen: MarkerSet, markers: Markers, seen: FloatArray, there: Mapping[str, int], path: Path
) -> None:
    """Raise SeveralPeopleError where markers of the set are there twice, and the set does not say whose are meant."""
    whose: dict[str, set[str]] = {}
    for name, share in zip(markers.names, seen, strict=True):
        person, _, plain = name.strip().rpartition(":")
        if share >= _SEEN:
            whose.setdefault(plain.lower(), set()).add(person)
    ways = [_first(all_ways, there) for all_ways in (*chosen.points.values(), *chosen.pelvis.values())]
    for name in (name for way in ways for name in way):
        people = sorted(whose.get(_key(name, there), set()))
        if len(people) > 1 and "" not in people:
            raise SeveralPeopleError(
                f"'{path}' has the marker {_plain(name)} of several people ({', '.join(people)}); say whose are meant "
                f"with {argument('markers')}: a TOML file whose names have the person before a colon, such as "
                f'knee = "{people[0]}:{{S}}KNE"'
            )


def _key(name: str, there: Mapping[str, int]) -> str:
    """Return under which name a marker of a set is there: with the person before its colon, or else without."""
    return whole if (whole := _whole(name)) in there else _plain(name)


def _whole(name: str) -> str:
    return name.strip().lower()


def _plain(name: str) -> str:
    return name.strip().rpartition(":")[2].lower()


def _best(there: Mapping[str, int]) -> MarkerSet | None:
    """Return the set that has most of its points, and of those alike the one that uses most markers."""
    scored = []
    for one in marker_sets().values():
        ways = {point: way for point, all_ways in one.points.items() if (way := _first(all_ways, there))}
        if not all(any(f"{side}_{joint}" in ways for side in BOTH_SIDES) for joint in ("knee", "ankle")):
            continue
        hips = any(point.endswith("_hip") for point in ways) or _has_pelvis(one, there)
        scored.append((len(ways) + 2 * hips, len({name for way in ways.values() for name in way}), one))
    return max(scored, key=lambda found: found[:2])[2] if scored else None


def _nearest(there: Mapping[str, int]) -> MarkerSet | None:
    """Return the set of which most points are there, at least a few, though knees or ankles are not; None for none."""
    scored = [(sum(bool(_first(ways, there)) for ways in one.points.values()), one) for one in marker_sets().values()]
    most, nearest = max(scored, key=lambda found: found[0])
    return nearest if most >= _RECOGNISED else None


def _first(ways: Ways, there: Mapping[str, int]) -> tuple[str, ...]:
    return next((way for way in ways if all(_key(name, there) in there for name in way)), ())


def _has_pelvis(one: MarkerSet, there: Mapping[str, int]) -> bool:
    return bool(one.pelvis) and all(_first(one.pelvis[end], there) for end in ("front", "back"))


def _points(one: MarkerSet, there: Mapping[str, int], markers: Markers) -> tuple[dict[str, FloatArray], list[str]]:
    def mean(way: Sequence[str]) -> FloatArray:
        return np.asarray(np.mean([markers.points[:, there[_key(name, there)]] for name in way], axis=0))

    found: dict[str, FloatArray] = {}
    alone: list[str] = []
    notes = []
    for point, ways in one.points.items():
        way = _first(ways, there)
        if way:
            found[point] = mean(way)
        if way and len(way) < max(map(len, ways)) and len(ways[0]) > 1:
            alone += way
    if _has_pelvis(one, there) and not any(f"{side}_hip" in found for side in BOTH_SIDES):
        left, right = (mean([name]) for name in _first(one.pelvis["front"], there))
        found |= hip_centres(left, right, mean(_first(one.pelvis["back"], there)), unit_mm=_MM.get(markers.unit, 1.0))
        notes.append("hips are by the regression of Harrington 2007 from the markers of the pelvis")
    if alone:
        notes.append(
            f"{', '.join(alone)} stand for the joint alone, without the marker on its other side: angles are offset"
        )
    return found, notes


_MM = {"mm": 1.0, "cm": 10.0, "m": 1000.0, "meters": 1000.0}


def hip_centres(
    left_front: FloatArray, right_front: FloatArray, back: FloatArray, *, unit_mm: float
) -> dict[str, FloatArray]:
    """Return the hip joints from the anterior iliac spines and the middle of the posterior ones (Harrington 2007).

    Parameters
    ----------
    left_front, right_front, back : FloatArray
        (frame, 3) in a unit of ``unit_mm`` mm.
    """
    middle = (left_front + right_front) / 2
    across = right_front - left_front
    width = np.linalg.norm(across, axis=1, keepdims=True)
    right = across / width
    ahead = middle - back
    ahead -= (ahead * right).sum(axis=1, keepdims=True) * right
    depth = np.linalg.norm(ahead, axis=1, keepdims=True)
    forward = ahead / depth
    up = np.cross(right, forward)
    centre = middle + (-0.24 * depth - 9.9 / unit_mm) * forward + (-0.30 * width - 10.9 / unit_mm) * up
    beside = (0.33 * width + 7.3 / unit_mm) * right
    return {"left_hip": centre - beside, "right_hip": centre + beside}


def _set_of(entry: Entry) -> MarkerSet:
    sides = {"left": "L", "right": "R"}
    if entry.has("sides"):
        sides = {side: entry.field("sides").field(side).text() for side in BOTH_SIDES}
    points: dict[str, Ways] = {}
    for point, value in entry.field("points").fields().items():
        if point in OF_A_SIDE:
            for side in BOTH_SIDES:
                points[f"{side}_{point}"] = tuple(
                    tuple(name.replace("{S}", sides[side]) for name in way) for way in _ways(value)
                )
        elif point in OF_THE_BODY:
            points[point] = _ways(value)
        else:
            raise value.error(f"one of the points {', '.join((*OF_A_SIDE, *OF_THE_BODY))}, not '{point}',")
    pelvis = {}
    if entry.has("pelvis"):
        pelvis = {end: _ways(entry.field("pelvis").field(end)) for end in ("front", "back")}
        if any(len(way) != 2 for way in pelvis["front"]):
            raise entry.field("pelvis").field("front").error("the left and the right marker")
    return MarkerSet(entry.field("name").text(), points, pelvis)


def _ways(entry: Entry) -> Ways:
    value: Any = entry.value
    if isinstance(value, str):
        return ((entry.text(),),)
    entries = entry.entries()
    if entries and isinstance(entries[0].value, list):
        return tuple(_names(one) for one in entries)
    return (_names(entry),)


def _names(entry: Entry) -> tuple[str, ...]:
    names = tuple(_texts(entry))
    if not names:
        raise entry.error("a marker, or a list of markers")
    return names


def _texts(entry: Entry) -> Iterator[str]:
    for one in entry.entries():
        yield one.text()
