"""A figure in front of what stands still and among what moves, ready to be photographed at any time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol

import cv2
import numpy as np

from gaitlab.core.pose import FloatArray
from tools.synthetic import scene
from tools.synthetic.body import Shape
from tools.synthetic.raster import Floats, Lamp, Mesh, ShadowMap, cast_shadow, paint, shadow_map
from tools.synthetic.rig import Channels, Placed, place
from tools.synthetic.scene import Camera, Room

# The middle of what may cast a shadow, and how far it reaches.
_MIDDLE_M, _SHADOW_RADIUS_M = np.array([0.05, 0.9, 0.0]), 1.25


class Posable(Protocol):
    """A body ready to be posed and painted, as `film.Figure` is."""

    shape: Shape

    def posed(self, placed: Placed, k: int, *, on_belt: bool = True) -> Mesh: ...


class Shot(Protocol):
    """How pictures are taken: what `film.Clip` says of it, in fields of these names."""

    @property
    def camera(self) -> Camera: ...

    @property
    def room(self) -> Room: ...

    @property
    def shutter_s(self) -> float: ...

    @property
    def blur_steps(self) -> int: ...

    @property
    def oversample(self) -> int: ...

    @property
    def noise(self) -> float: ...


class Stage:
    """Photographs of somebody who moves.

    Args:
        figure, at: who, and the channels at (t,) s.
        shot: camera, room and how a picture is exposed.
        fixed: what stands still; it is painted once.
        moving: what else there is at a time.
        rng: stains of the surfaces, and the sensor's noise.
    """

    def __init__(
        self, figure: Posable, at: Callable[[FloatArray], Channels], *, shot: Shot, fixed: Sequence[Mesh],
        moving: Callable[[float], Mesh | None], rng: np.random.Generator,
    ) -> None:  # fmt: skip
        self._figure, self._at, self._shot, self._moving, self._rng = figure, at, shot, moving, rng
        size = (shot.camera.height_px * shot.oversample, shot.camera.width_px * shot.oversample)
        self._backdrop, self._depth, self._where, self._facing = (
            np.zeros((*size, n) if n > 1 else size, np.float32) for n in (3, 1, 3, 3)
        )
        for mesh in fixed:
            self._paint(mesh, None, self._backdrop, self._depth, where=self._where, facing=self._facing)
        self._backdrop *= _uneven(size, rng)[..., None]

    def photograph(self, time_s: float) -> np.ndarray:
        """Return the (h, w, 3) BGR picture whose exposure is centred on a time."""
        shot = self._shot
        light: Floats | None = None
        steps = max(shot.blur_steps, 1)
        moments = time_s + shot.shutter_s * ((np.arange(steps) + 0.5) / steps - 0.5)
        placed = place(self._figure.shape, self._at(moments))
        meshes = [self._figure.posed(placed, k) for k in range(steps)]
        # Within an exposure the shadow stays where it is: nobody sees its blur, and it costs half of the time.
        shade = shadow_map(meshes[steps // 2], self._lamp, centre=_MIDDLE_M, radius_m=_SHADOW_RADIUS_M)
        ground = cast_shadow(self._backdrop, self._where, self._facing, self._lamp, shade)
        for mesh, moment in zip(meshes, moments, strict=True):
            drawn = self._draw(mesh, float(moment), shade, ground)
            light = drawn if light is None else light + drawn
        assert light is not None
        light /= steps
        return scene.developed(light, exposure=shot.room.exposure, rng=self._rng, noise=shot.noise)

    @property
    def _lamp(self) -> Lamp:
        return self._shot.room.lamp

    def _draw(self, mesh: Mesh, time_s: float, shade: ShadowMap, ground: Floats) -> Floats:
        image, depth = ground.copy(), self._depth.copy()
        moving = self._moving(time_s)
        if moving is not None:
            self._paint(moving, shade, image, depth)
        self._paint(mesh, shade, image, depth)
        height, width = self._shot.camera.height_px, self._shot.camera.width_px
        return cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA) if self._shot.oversample > 1 else image

    def _paint(self, mesh: Mesh, shade: ShadowMap | None, image: Floats, depth: Floats, **buffers: Any) -> None:
        camera = self._shot.camera
        screen = camera.screen(mesh, oversample=self._shot.oversample)
        paint(mesh, screen, self._lamp, camera.eye, shade, image, depth, **buffers)


def _uneven(size: tuple[int, int], rng: np.random.Generator) -> Floats:
    """Return a factor a pixel: stains and grain, so that no surface is perfectly even."""
    total = np.ones(size, np.float32)
    for cells, strength in ((6, 0.06), (40, 0.025), (200, 0.02)):
        small = rng.normal(0, strength, (cells, cells)).astype(np.float32)
        total += cv2.resize(small, size[::-1], interpolation=cv2.INTER_CUBIC)
    return total
