"""Pieces of surface: cut along clean lines, lifted, smoothed, or made of a few rows of points."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gaitlab.core.pose import FloatArray
from tools.synthetic.body import SEGMENT, SEGMENTS
from tools.synthetic.raster import vertex_normals

Colour = tuple[float, float, float]  # linear BGR, 0..1


@dataclass(slots=True, eq=False)
class Patch:
    points: FloatArray
    weights: FloatArray
    faces: np.ndarray
    fields: FloatArray  # (n, k) scalars that travel along when triangles are cut
    albedo: FloatArray | None = None
    gloss: float = 0.03
    drape: FloatArray | float = 0.0  # see `tools.synthetic.clothes.Dressed`


def cut(patch: Patch, column: int) -> Patch:
    """Keep where a field is above 0, splitting the triangles that it crosses."""
    value = patch.fields[:, column]
    inside = value[patch.faces] > 0
    count = inside.sum(axis=1)
    whole = patch.faces[count == 3]
    extra: list[tuple[int, int, float]] = []
    known: dict[tuple[int, int], int] = {}
    new_faces: list[tuple[int, int, int]] = []
    base = len(patch.points)

    def between(i: int, j: int) -> int:
        key = (min(i, j), max(i, j))
        if key not in known:
            known[key] = base + len(extra)
            extra.append((i, j, value[i] / (value[i] - value[j])))
        return known[key]

    for face, keep in zip(patch.faces[(count == 1) | (count == 2)], inside[(count == 1) | (count == 2)], strict=True):
        k = int(np.argmax(keep)) if keep.sum() == 1 else int(np.argmin(keep))
        a, b, c = (int(face[(k + i) % 3]) for i in range(3))
        if keep.sum() == 1:
            new_faces.append((a, between(a, b), between(a, c)))
        else:
            ab, ac = between(a, b), between(a, c)
            new_faces += [(ab, b, c), (ab, c, ac)]
    i, j, t = (np.array(column) for column in zip(*extra, strict=True)) if extra else (np.zeros(0, int),) * 3

    def grown(values: FloatArray) -> FloatArray:
        return np.concatenate([values, (1 - t)[:, None] * values[i] + t[:, None] * values[j]]) if extra else values

    faces = np.concatenate([whole, np.array(new_faces, dtype=whole.dtype).reshape(-1, 3)])
    points, weights, fields = grown(patch.points), grown(patch.weights), grown(patch.fields)
    used, again = np.unique(faces, return_inverse=True)
    return Patch(points[used], weights[used], again.reshape(-1, 3), fields[used])


def smoothed(points: FloatArray, faces: np.ndarray, rounds: int, share: float = 0.5) -> FloatArray:
    """Return points drawn towards their neighbours' mean; the open edges are drawn along themselves only a little."""
    edges = np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]])
    both = np.concatenate([edges, edges[:, ::-1]])
    count = np.bincount(both[:, 0], minlength=len(points)).astype(float)
    unique, times = np.unique(np.sort(edges, axis=1), axis=0, return_counts=True)
    rim = np.zeros(len(points), bool)
    rim[unique[times == 1].ravel()] = True
    points = points.copy()
    for _ in range(rounds):
        mean = np.stack([np.bincount(both[:, 0], points[both[:, 1], a], len(points)) for a in range(3)], axis=-1)
        moved = points + share * (mean / np.maximum(count, 1)[:, None] - points)
        points = np.where(rim[:, None], points, moved)
    return points


def lifted(patch: Patch, by_m: FloatArray | float) -> FloatArray:
    normal = vertex_normals(patch.points, patch.faces).astype(np.float64)
    return patch.points + np.asarray(by_m).reshape(-1, 1) * normal


def ellipsoid(centre: FloatArray, radii: FloatArray, *, tilt: float = 0.0) -> tuple[FloatArray, np.ndarray]:
    rows, columns = 12, 18
    lat = np.linspace(-np.pi / 2, np.pi / 2, rows)[:, None]
    lon = np.linspace(0, 2 * np.pi, columns, endpoint=False)[None]
    unit = np.stack([np.cos(lat) * np.cos(lon), np.sin(lat) + 0 * lon, np.cos(lat) * np.sin(lon)], axis=-1).reshape(
        -1, 3
    )
    p = unit * radii
    c, s = np.cos(tilt), np.sin(tilt)
    p[:, :2] = p[:, :2] @ np.array([[c, s], [-s, c]])
    return p + centre, grid_faces(rows, columns)


def grid_faces(rows: int, columns: int) -> np.ndarray:
    """Triangles of a tube of rows of points, each row closed; wound outwards for `ellipsoid` and `make_shoe`."""
    faces = []
    for r in range(rows - 1):
        for c in range(columns):
            a, b = r * columns + c, r * columns + (c + 1) % columns
            faces += [(a, a + columns, b), (b, a + columns, b + columns)]
    return np.array(faces)


def rigid(points: FloatArray, faces: np.ndarray, segment: str, albedo: FloatArray, gloss: float) -> Patch:
    weights = np.zeros((len(points), len(SEGMENTS)))
    weights[:, SEGMENT[segment]] = 1
    return Patch(points, weights, faces, np.zeros((len(points), 10)), albedo, gloss)
