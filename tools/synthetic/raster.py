"""The rasteriser: a small C library, compiled into a temporary folder the first time it is used."""

from __future__ import annotations

import ctypes
import hashlib
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Ints = NDArray[np.int32]
_SOURCE = Path(__file__).with_name("raster.c")
_MAP_CELLS = 640


@dataclass(frozen=True, slots=True, eq=False)
class Mesh:
    """Triangles ready to paint: world points, normals and colours (n, 3), gloss (n,), faces (m, 3)."""

    points: Floats
    normals: Floats
    albedo: Floats
    gloss: Floats
    faces: Ints


@dataclass(frozen=True, slots=True, eq=False)
class Lamp:
    """A sun and a sky: direction to the sun, and the linear colours of sun, sky and light from the ground."""

    direction: tuple[float, float, float] = (0.35, 0.85, 0.4)
    sun: tuple[float, float, float] = (0.95, 0.9, 0.82)
    sky: tuple[float, float, float] = (0.42, 0.46, 0.52)
    ground: tuple[float, float, float] = (0.2, 0.18, 0.16)

    def packed(self) -> Floats:
        """Return the 12 numbers that the C code takes."""
        towards = np.asarray(self.direction) / np.linalg.norm(self.direction)
        return np.concatenate([towards, self.sun, self.sky, self.ground]).astype(np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class ShadowMap:
    """What the sun sees: ``light`` (3, 4) turns world points into cells and depth; ``cells`` holds the depth."""

    light: Floats
    cells: Floats


# What -ffast-math stands for, one by one: by that name a library, once loaded, makes the whole process lose its
# smallest numbers, which others rely on.
_FAST = (
    "-O3", "-march=native", "-fno-math-errno", "-fno-trapping-math", "-ffinite-math-only", "-fno-signed-zeros",
    "-fassociative-math", "-freciprocal-math",
)  # fmt: skip


@lru_cache(maxsize=1)
def _library() -> ctypes.CDLL:
    compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    if compiler is None:
        raise RuntimeError("rendering needs a C compiler; expected cc, gcc or clang on the path: install gcc")
    made_of = _SOURCE.read_bytes() + " ".join(_FAST).encode()
    target = Path(tempfile.gettempdir()) / f"gaitlab-raster-{hashlib.sha256(made_of).hexdigest()[:16]}.so"
    if not target.exists():
        with tempfile.TemporaryDirectory() as folder:
            fresh = Path(folder) / "raster.so"
            command = [
                compiler,
                *_FAST,
                "-shared",
                "-fPIC",
                str(_SOURCE),
                "-o",
                str(fresh),
                "-lm",
            ]
            subprocess.run(command, check=True, capture_output=True)
            shutil.move(fresh, target)
    return ctypes.CDLL(str(target))


def _pointer(array: Floats | Ints | None) -> ctypes.c_void_p:
    return ctypes.c_void_p(None if array is None else array.ctypes.data)


def vertex_normals(points: Floats, faces: Ints) -> Floats:
    """Return the unit normals (n, 3) of a mesh's vertices."""
    points, faces = np.ascontiguousarray(points, np.float32), np.ascontiguousarray(faces, np.int32)
    out = np.empty_like(points)
    _library().normals(_pointer(points), len(points), _pointer(faces), len(faces), _pointer(out))
    return out


def shadow_map(mesh: Mesh, lamp: Lamp, *, centre: NDArray[np.float64], radius_m: float) -> ShadowMap:
    """Return what the sun sees of ``mesh`` in a square of ``2 radius_m`` about ``centre``."""
    towards = lamp.packed()[:3].astype(np.float64)
    across = np.cross(towards, (0.0, 0.0, 1.0) if abs(towards[2]) < 0.9 else (1.0, 0.0, 0.0))
    across /= np.linalg.norm(across)
    axes = np.stack([across, np.cross(towards, across), -towards])
    scale = np.array([_MAP_CELLS / (2 * radius_m)] * 2 + [1.0])
    light = np.empty((3, 4), np.float32)
    light[:, :3] = axes * scale[:, None]
    light[:, 3] = np.array([_MAP_CELLS / 2] * 2 + [0.0]) - light[:, :3] @ centre
    cells = np.full((_MAP_CELLS, _MAP_CELLS), np.inf, np.float32)
    cells[:] = 1e9
    seen = np.ascontiguousarray(mesh.points @ light[:, :3].T + light[:, 3], np.float32)
    _library().depth_map(_pointer(seen), _pointer(mesh.faces), len(mesh.faces), _MAP_CELLS, _MAP_CELLS, _pointer(cells))
    return ShadowMap(light, cells)


def paint(
    mesh: Mesh, screen: Floats, lamp: Lamp, eye: NDArray[np.float64], shade: ShadowMap | None,
    image: Floats, depth: Floats, *, where: Floats | None = None, facing: Floats | None = None,
) -> None:  # fmt: skip
    """Paint a mesh over ``image`` (h, w, 3; linear light) where it is nearer than ``depth`` (h, w; 1 / distance)."""
    height, width = depth.shape
    packed, eye32 = lamp.packed(), np.asarray(eye, np.float32)
    _library().paint(
        _pointer(screen), _pointer(mesh.points), _pointer(mesh.normals), _pointer(mesh.albedo), _pointer(mesh.gloss),
        _pointer(mesh.faces), len(mesh.faces), _pointer(packed), _pointer(eye32),
        _pointer(shade.light if shade else None), _pointer(shade.cells if shade else None), _MAP_CELLS, _MAP_CELLS,
        _pointer(image), _pointer(depth), width, height, _pointer(where), _pointer(facing),
    )  # fmt: skip


def cast_shadow(
    background: Floats, where: Floats, facing: Floats, lamp: Lamp, shade: ShadowMap, *, strength: float = 0.55
) -> Floats:
    """Return the background (h, w, 3) with the runner's shadow on it."""
    height, width = background.shape[:2]
    image, packed = np.empty_like(background), lamp.packed()
    _library().shadow(
        _pointer(where), _pointer(facing), _pointer(packed), _pointer(shade.light), _pointer(shade.cells), _MAP_CELLS,
        _MAP_CELLS, width, height, ctypes.c_float(strength), _pointer(background), _pointer(image),
    )  # fmt: skip
    return image
