"""Where the runner runs: camera, room, treadmill with its moving belt, and the light."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np

from gaitlab.core.pose import FloatArray
from tools.synthetic.patches import Colour
from tools.synthetic.raster import Floats, Lamp, Mesh, vertex_normals

Seen = Literal["left", "right", "behind", "front"]
_BELT_LENGTH_M, _BELT_WIDTH_M, _BELT_AHEAD_M = 1.75, 0.55, 0.20
_FLOOR_Y = -0.22
_MARK_EVERY_M = 0.875


@dataclass(frozen=True, slots=True)
class Camera:
    """A pinhole camera.

    Attributes:
        seen_from: the runner's side that faces the camera.
        distance_m, height_m: from the runner's line, over the belt.
        yaw_deg: how far the camera stands off the perpendicular, turning about the runner.
        roll_deg: how far the picture is turned; the belt then falls towards image-right.
        width_px, height_px: of the picture.
        view_m: height of the picture in the runner's plane.
        middle_m: height over the belt of the picture's middle.
    """

    seen_from: Seen = "right"
    distance_m: float = 4.5
    height_m: float = 0.95
    yaw_deg: float = 0.0
    roll_deg: float = 0.0
    width_px: int = 640
    height_px: int = 720
    view_m: float = 2.3
    middle_m: float = 0.90

    @property
    def eye(self) -> FloatArray:
        """Where the camera is (3,) m."""
        return -self._forward() * self.distance_m + np.array([0.0, self.height_m, 0.0])

    def _forward(self) -> FloatArray:
        straight_deg = {"right": -90.0, "left": 90.0, "behind": 0.0, "front": 180.0}[self.seen_from]
        angle = np.radians(straight_deg + self.yaw_deg)
        return np.array([np.cos(angle), 0.0, np.sin(angle)])

    @property
    def px_per_m(self) -> float:
        """Scale in the runner's plane."""
        return self.height_px / self.view_m

    def project(self, points: FloatArray) -> FloatArray:
        """Return (…, 3): image x and y in px and 1 / distance. The camera looks level; its middle is shifted."""
        forward = self._forward()
        across = np.cross(forward, (0.0, 1.0, 0.0))
        relative = points - self.eye
        depth = np.maximum(relative @ forward, 1e-6)
        focal_px = self.px_per_m * self.distance_m
        x = focal_px * (relative @ across) / depth
        y = -focal_px * relative[..., 1] / depth + (self.middle_m - self.height_m) * self.px_per_m
        roll = np.radians(self.roll_deg)
        x, y = np.cos(roll) * x - np.sin(roll) * y, np.sin(roll) * x + np.cos(roll) * y
        inverse = np.where(relative @ forward > 0.05, 1 / depth, -1.0)
        return np.stack([x + (self.width_px - 1) / 2, y + (self.height_px - 1) / 2, inverse], axis=-1)

    def screen(self, mesh: Mesh, *, oversample: int) -> Floats:
        """Return a mesh's points as the rasteriser takes them: `project` on a picture so many times as fine."""
        screen = self.project(mesh.points.astype(np.float64))
        screen[..., :2] = (screen[..., :2] + 0.5) * oversample - 0.5
        return np.ascontiguousarray(screen, np.float32)


@dataclass(frozen=True, slots=True)
class Treadmill:
    """Measures of a treadmill, m.

    Attributes:
        length, width, ahead: of the belt; ``ahead`` is how far its middle lies before the runner.
        frame: width of the rails beside the belt; deck_low: how far the deck reaches below the belt.
        hood: (length, height over the belt) of the motor's cover in front.
        post: thickness of the posts, 0 for none; lean: how far their tops lie behind their feet.
        handrail: (height, how far it reaches back from the front, thickness); thickness 0 for none.
        console: (height of its underside, height, thickness); height 0 for none.
    """

    length: float = _BELT_LENGTH_M
    width: float = _BELT_WIDTH_M
    ahead: float = _BELT_AHEAD_M
    frame: float = 0.10
    deck_low: float = 0.16
    hood: tuple[float, float] = (0.48, 0.13)
    post: float = 0.05
    lean: float = 0.0
    handrail: tuple[float, float, float] = (0.96, 0.15, 0.05)
    console: tuple[float, float, float] = (1.10, 0.22, 0.12)


@dataclass(frozen=True, slots=True)
class Room:
    """Colours (linear BGR) and light of the place; ``pattern`` picks what stands in the background."""

    wall: Colour = (0.50, 0.53, 0.54)
    floor: Colour = (0.10, 0.14, 0.20)
    deck: Colour = (0.03, 0.03, 0.03)
    belt: Colour = (0.022, 0.022, 0.024)
    accent: Colour = (0.06, 0.22, 0.75)
    pattern: int = 0
    lamp: Lamp = field(default_factory=Lamp)
    exposure: float = 1.0
    treadmill: Treadmill = field(default_factory=Treadmill)


def _quad(
    corner: FloatArray, u: FloatArray, v: FloatArray, colour: FloatArray, cells: tuple[int, int], gloss: float = 0.0
):  # type: ignore[no-untyped-def]
    a, b = np.meshgrid(np.linspace(0, 1, cells[0] + 1), np.linspace(0, 1, cells[1] + 1), indexing="ij")
    points = corner + a[..., None] * u + b[..., None] * v
    index = np.arange(points.shape[0] * points.shape[1]).reshape(points.shape[:2])
    i, j, k, m = index[:-1, :-1].ravel(), index[1:, :-1].ravel(), index[:-1, 1:].ravel(), index[1:, 1:].ravel()
    faces = np.concatenate([np.stack([i, j, k], 1), np.stack([j, m, k], 1)])
    points = points.reshape(-1, 3)
    return points, faces, np.broadcast_to(colour, points.shape).copy(), np.full(len(points), gloss)


def _box(low: tuple[float, float, float], high: tuple[float, float, float], colour: Colour, gloss: float = 0.05):  # type: ignore[no-untyped-def]
    lo, hi = np.asarray(low, float), np.asarray(high, float)
    e = np.diag(hi - lo)
    for axis in range(3):
        u, v = e[(axis + 1) % 3], e[(axis + 2) % 3]
        cells = tuple(max(1, min(8, int(np.ceil(np.abs(w).max() / 0.4)))) for w in (u, v))
        yield _quad(hi - u - v, u, v, np.asarray(colour), cells, gloss)
        yield _quad(lo, v, u, np.asarray(colour), cells[::-1], gloss)


def _mesh(parts) -> Mesh:  # type: ignore[no-untyped-def]
    starts = np.cumsum([0, *(len(p[0]) for p in parts)])
    points = np.concatenate([p[0] for p in parts]).astype(np.float32)
    faces = np.concatenate([p[1] + s for p, s in zip(parts, starts[:-1], strict=True)]).astype(np.int32)
    return Mesh(
        points, vertex_normals(points, faces), np.concatenate([p[2] for p in parts]).astype(np.float32),
        np.concatenate([p[3] for p in parts]).astype(np.float32), faces,
    )  # fmt: skip


def surroundings(room: Room, camera: Camera, rng: np.random.Generator) -> Mesh:
    """Return room and treadmill without the belt's marks."""
    return _mesh([*_walls(room, camera, rng), *_treadmill(room)])


def walls(room: Room, camera: Camera, rng: np.random.Generator, *, floor_m: float = _FLOOR_Y) -> Mesh:
    """Return floor and wall alone, the floor so high."""
    mesh = _mesh(_walls(room, camera, rng))
    return replace(mesh, points=mesh.points + np.array([0.0, floor_m - _FLOOR_Y, 0.0], np.float32))


def prisms(bars: Sequence[tuple[FloatArray, FloatArray, float]], colour: Colour) -> Mesh:
    """Return square bars, each given by its two ends and its thickness, m."""
    parts = []
    for a, b, thick in bars:
        along = (b - a) / np.linalg.norm(b - a)
        across = np.cross(along, (0.0, 0.0, 1.0) if abs(along[2]) < 0.9 else (0.0, 1.0, 0.0))
        across *= thick / np.linalg.norm(across)
        other = np.cross(along, across)
        corner = a - (across + other) / 2
        for side in (across, other, -across, -other):
            parts.append(_quad(corner, side, b - a, np.asarray(colour), (1, 2), 0.2))
            corner = corner + side
        parts += [
            _quad(at - (across + other) / 2, u, v, np.asarray(colour), (1, 1))
            for at, u, v in ((a, other, across), (b, across, other))
        ]
    return _mesh(parts)


def treadmill(room: Room) -> Mesh:
    """Return the treadmill alone, without the belt's marks."""
    return _mesh(_treadmill(room))


def boxes(corners: list[tuple[tuple[float, float, float], tuple[float, float, float], Colour]]) -> Mesh:
    """Return boxes, each given by its lowest and highest corner and its colour."""
    return _mesh([part for low, high, colour in corners for part in _box(low, high, colour)])


def _walls(room: Room, camera: Camera, rng: np.random.Generator):  # type: ignore[no-untyped-def]
    parts = []
    floor, wall = np.asarray(room.floor), np.asarray(room.wall)
    parts.append(
        _quad(np.array([-7.0, _FLOOR_Y, 7.0]), np.array([14.0, 0, 0]), np.array([0, 0, -14.0]), floor, (48, 48), 0.04)
    )
    if room.pattern % 2 == 1:  # boards
        p, f, c, g = parts.pop()
        c *= (0.85 + 0.3 * (np.floor(p[:, 2] * 2.5) % 2))[:, None]
        parts.append((p, f, c, g))
    # One wall opposite the camera.
    away = camera._forward()
    turned = np.cross(away, (0.0, 1.0, 0.0))
    middle = away * 2.6
    parts.append(_quad(middle - 8 * turned + [0, _FLOOR_Y, 0], 16 * turned, np.array([0, 4.5, 0]), wall, (40, 14)))

    def on_wall(x: float, y: float, w: float, h: float, colour: Colour, out: float = 0.02) -> None:
        corner = middle - out * away + turned * x + np.array([0, y, 0])
        parts.append(_quad(corner, turned * w, np.array([0, h, 0]), np.asarray(colour), (2, 2)))

    on_wall(-8, _FLOOR_Y, 16, 0.12, (0.6, 0.6, 0.6), 0.03)
    if room.pattern % 3 == 0:
        on_wall(-8, 0.75, 16, 0.10, room.accent)
        on_wall(0.95, 1.05, 0.75, 0.95, (0.75, 0.72, 0.68))
        on_wall(1.0, 1.1, 0.65, 0.85, (0.35, 0.25, 0.12), 0.04)
    elif room.pattern % 3 == 1:
        for x in (-2.6, -0.6, 1.4):
            on_wall(x, 0.55, 1.3, 1.7, (0.80, 0.80, 0.78))
            on_wall(x + 0.06, 0.61, 1.18, 1.58, (0.9, 0.75, 0.6), 0.04)
    else:
        for x in np.arange(-4, 4, 0.62):
            on_wall(float(x), _FLOOR_Y + 0.12, 0.56, 2.0, tuple(float(v) for v in wall * rng.uniform(0.6, 0.95)), 0.03)
    return parts


def _treadmill(room: Room):  # type: ignore[no-untyped-def]
    size = room.treadmill
    parts = []
    length, ahead, half, frame = size.length, size.ahead, size.width / 2, size.frame
    back, front = ahead - length / 2, ahead + length / 2
    parts.append(
        _quad(
            np.array([back, 0, half]),
            np.array([length, 0, 0]),
            np.array([0, 0, -2 * half]),
            np.asarray(room.belt),
            (24, 8),
            0.02,
        )
    )
    metal: Colour = (0.35, 0.35, 0.36)
    hood_m, hood_high = size.hood
    deck_y = -size.deck_low
    for z in (-half - frame, half):
        parts += _box((back - 0.05, -0.03, z), (front + 0.30, 0.012, z + frame), metal)
    parts += _box((back - 0.03, deck_y, -half - frame + 0.02), (front + hood_m - 0.03, -0.012, half + frame - 0.02),
                  room.deck)  # fmt: skip
    parts += _box((front, -0.10, -half - frame), (front + hood_m, hood_high, half + frame), room.deck, 0.12)
    rail_y, rail_back, rail = size.handrail
    low, high, thick = size.console
    for z in (-half - 0.10, half + 0.05):
        if size.post:
            for k in range(4):
                x = front + 0.20 - size.lean * (k + 0.5) / 4
                bottom = 0.1 + k * (low + 0.02 - 0.1) / 4
                parts += _box((x, bottom, z), (x + 1.4 * size.post, bottom + (low + 0.02 - 0.1) / 4, z + size.post),
                              metal)  # fmt: skip
        if rail:
            parts += _box(
                (front - rail_back, rail_y, z), (front + 0.27 - size.lean, rail_y + rail, z + rail), room.deck
            )
    if high:
        x = front + 0.15 - size.lean
        parts += _box((x, low, -half - 0.05), (x + thick, low + high, half + 0.05), room.deck, 0.1)
    for x in (back + 0.15, front + 0.2):
        for z in (-half - 0.08, half):
            parts += _box((x, _FLOOR_Y, z), (x + 0.12, -0.1, z + 0.08), room.deck)
    return parts


def belt_marks(room: Room, travelled_m: float) -> Mesh:
    """Return the stripes that ride on the belt, after it has moved so far."""
    parts = []
    size = room.treadmill
    back, front, half = size.ahead - size.length / 2, size.ahead + size.length / 2, size.width / 2
    for i in range(int(size.length / _MARK_EVERY_M) + 2):
        x = front - (travelled_m + i * _MARK_EVERY_M) % (size.length + _MARK_EVERY_M)
        lo, hi = np.clip([x - 0.03, x], back, front)
        if hi > lo:
            colour = np.asarray(room.belt) * 3 + 0.05
            parts.append(
                _quad(
                    np.array([lo, 0.0012, half * 0.92]),
                    np.array([hi - lo, 0, 0]),
                    np.array([0, 0, -2 * half * 0.92]),
                    colour,
                    (1, 4),
                )
            )
    return _mesh(parts)


def developed(linear: Floats, *, exposure: float, rng: np.random.Generator, noise: float) -> np.ndarray:
    """Return the (h, w, 3) 8-bit picture of linear light: a soft shoulder, sRGB's curve, sensor noise."""
    light = np.maximum(linear * exposure, 0)
    light = light * (1 + light * 0.15) / (1 + light * 0.55)
    picture = np.where(light < 0.0031308, 12.92 * light, 1.055 * np.power(np.maximum(light, 1e-6), 1 / 2.4) - 0.055)
    if noise:
        picture = picture + noise * rng.standard_normal(picture.shape[:2], dtype=np.float32)[..., None]
    return np.clip(picture * 255 + 0.5, 0, 255).astype(np.uint8)
