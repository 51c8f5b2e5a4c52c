"""Labelled pictures: somebody, somewhere, filmed from somewhere, drawn by seed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np

from gaitlab.core.pose import FloatArray
from tools.synthetic import scene
from tools.synthetic.clothes import SKINS, Outfit
from tools.synthetic.film import SKELETON, Figure, Person
from tools.synthetic.motion import Motion
from tools.synthetic.movements.stance import Movement
from tools.synthetic.patches import Colour
from tools.synthetic.raster import Floats, Mesh, cast_shadow, paint, shadow_map
from tools.synthetic.rig import Channels, Placed, place
from tools.synthetic.scene import Camera, Room
from tools.synthetic.style import Style
from training.arms import Moves, own_arms
from training.movements import any_movement
from training.poses import poses
from training.scenery import any_colour, any_room, cluttered, in_front

WIDTH_PX, HEIGHT_PX = 224, 288
CAMERAS, EACH = 3, 10
_OVERSAMPLE = 2
_MOTION_S = 1.3
_VIEWS = ("side", "rear", "three-quarter", "front")
_VIEW_SHARES = (0.58, 0.16, 0.20, 0.06)
_OWN_ARMS = 0.75  # share of people whose arms say nothing about their legs
_OWN_ARMS_IN_MOVEMENTS = 0.35
_KINDS = ("running", "walking", "standing", "anyhow", "movement")
_KIND_SHARES = (0.50, 0.12, 0.04, 0.10, 0.24)
# A point is hidden if something lies so much nearer to the camera than the point: joints lie inside the body.
_COVER_M = 0.10
_SKIN_M = 0.035
_ON_THE_SKIN = ("heel_top", "calf_bottom", "calf_top")


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """A labelled picture.

    Attributes:
        image: (h, w, 3) BGR.
        xy: (keypoint, 2) px; points outside the picture too.
        seen: (keypoint,) whether nothing covers the point; False too outside the picture.
        runner: (h, w) bool, where the runner shows.
        height_px: the runner's stature in the picture.
        view, kind: what it is.
    """

    image: np.ndarray
    xy: FloatArray
    seen: np.ndarray
    runner: np.ndarray
    height_px: float
    view: str
    kind: str


@dataclass(frozen=True, slots=True, eq=False)
class CaptureSession:
    """The pictures of one person, and the same places without anybody."""

    pictures: list[Picture]
    empty: list[np.ndarray]


@dataclass(frozen=True, slots=True, eq=False)
class _Poses:
    """A row of poses, read by whole seconds; between two of them lies nothing."""

    channels: Channels

    def at(self, time_s: FloatArray) -> Channels:
        index = np.round(time_s).astype(int)
        return self.channels.read(lambda values: values[index])


def capture_session(seed: int, *, close: bool = False) -> CaptureSession:
    """Return ``CAMERAS * EACH`` pictures of one person, drawn by a seed; ``close`` ones of the heels, from behind."""
    rng = np.random.default_rng([seed, 11])
    figure = Figure(any_person(rng))
    kind = str(rng.choice(_KINDS, p=_KIND_SHARES))
    count = CAMERAS * EACH
    motion, times_s, things = _motion(figure, kind, count, rng)
    if rng.uniform() < (_OWN_ARMS if things is None else 0.0 if things.bars else _OWN_ARMS_IN_MOVEMENTS):
        motion = own_arms(motion, (float(times_s.min()), float(np.ptp(times_s))), rng)
    pictures, empty = [], []
    for k in range(CAMERAS):
        view = "heels" if close else str(rng.choice(_VIEWS, p=_VIEW_SHARES))
        camera = any_camera(view, figure.shape.height_m, rng)
        room = any_room(rng)
        shot = _Shot(figure, motion, room, camera, rng, things=things)
        empty.append(shot.developed(shot.backdrop))
        for time_s in times_s[k * EACH : (k + 1) * EACH]:
            still = kind not in ("running", "movement")
            pictures.append(shot.photograph(float(time_s), view=view, kind=kind, still=still))
    return CaptureSession(pictures, empty)


def capture_sessions(seeds: range, *, close: bool = False) -> Iterator[CaptureSession]:
    """Yield the sittings of seeds, leaving out those whose motion cannot be: a leg too short, a foot too late."""
    for seed in seeds:
        try:
            yield capture_session(seed, close=close)
        except ValueError:
            continue


def _motion(
    figure: Figure, kind: str, count: int, rng: np.random.Generator
) -> tuple[Moves, FloatArray, Movement | None]:
    """Return a motion, ``count`` of its times in s, and where it is a movement with things of its own, that."""
    if kind == "movement":
        movement = any_movement(figure, rng)
        return movement, rng.uniform(0.05, movement.duration_s - 0.05, count), movement
    if kind != "running":
        channels = poses(figure.shape, kind, count=count, rng=rng)  # type: ignore[arg-type]
        return _Poses(channels), np.arange(count, dtype=np.float64), None
    for _ in range(6):
        try:
            motion = Motion(figure.shape, any_style(rng), duration_s=_MOTION_S, rng=rng)
        except ValueError:
            continue
        return motion, rng.uniform(0.05, _MOTION_S - 0.05, count), None
    raise ValueError("no style of running fits this body")


def any_style(rng: np.random.Generator) -> Style:
    """Return any way to run, wider than people's usual ways."""
    speed = rng.uniform(1.9, 5.6)
    cadence = float(np.clip(156 + 8 * (speed - 2.5) + rng.normal(0, 8), 142, 205))
    contact = min(0.70 / (speed + 0.15) + 0.02 + rng.normal(0, 0.012), 0.93 * 60 / cadence)
    strike = float(rng.choice([rng.uniform(4, 24), rng.uniform(-2, 6), rng.uniform(-14, -2)], p=[0.6, 0.2, 0.2]))
    return Style(
        speed_mps=speed, cadence=cadence, contact_s=contact,
        strike_deg={"left": strike, "right": strike + rng.normal(0, 2)},
        knee_deg=rng.uniform(9, 26), swing_knee_deg=float(np.clip(70 + 8 * speed + rng.normal(0, 10), 60, 128)),
        lean_deg=rng.uniform(-1, 15), overstride_m=0.09 + 0.028 * speed + rng.normal(0, 0.025),
        contact_asymmetry=rng.normal(0, 0.03), step_asymmetry=rng.normal(0, 0.03),
        eversion_deg={side: (rng.uniform(-8, 2), rng.uniform(0, 18)) for side in ("left", "right")},
        drop_deg=rng.uniform(0, 11), step_width_m=rng.uniform(-0.03, 0.14), toe_out_deg=rng.uniform(-3, 20),
        arm_swing_deg=rng.uniform(8, 42), elbow_deg=rng.uniform(55, 125), jitter_s=0.004,
    )  # fmt: skip


def any_person(rng: np.random.Generator) -> Person:
    """Return anybody in any clothes; legs of every length, since what a hem hides is guessed from the rest."""
    leg = rng.normal(1.03, 0.035)
    return Person(
        height_m=float(np.clip(rng.normal(1.73, 0.10), 1.45, 2.02)), gender=float(rng.choice([0, 1, rng.uniform()])),
        weight=float(rng.uniform(0.1, 0.8)), muscle=float(rng.uniform(0.25, 0.9)), age=float(rng.uniform(0.5, 0.85)),
        proportions=float(rng.uniform(0.1, 0.9)), thigh=float(leg * rng.normal(1.01, 0.025)),
        shank=float(leg * rng.normal(1.01, 0.025)), outfit=any_outfit(rng),
    )  # fmt: skip


def any_outfit(rng: np.random.Generator) -> Outfit:
    """Return any clothes, from tights and a top to a wide hoodie, often of colours close to each other."""
    tone = np.array(SKINS[int(rng.integers(len(SKINS)))]) * rng.uniform(0.75, 1.25) * np.exp(rng.normal(0, 0.06, 3))
    skin: Colour = tuple(float(v) for v in np.clip(tone, 0.01, 0.95))  # type: ignore[assignment]
    bottom, shoe, shirt = any_colour(rng), any_colour(rng), any_colour(rng)
    if rng.uniform() < 0.4:
        bottom = tuple(float(v) for v in np.asarray(any_colour(rng)) * 0.08 + 0.008)  # type: ignore[assignment]
    legs = "shorts" if rng.uniform() < 0.65 else "tights"
    if rng.uniform() < 0.3:  # a suit: one cloth above and below
        bottom = tuple(float(v) for v in np.asarray(shirt) * rng.uniform(0.8, 1.25))  # type: ignore[assignment]
    if rng.uniform() < 0.06:  # nothing on
        shirt = skin
    sock = any_colour(rng)
    sole = any_colour(rng) if rng.uniform() < 0.5 else tuple(rng.uniform(0.55, 0.9, 3).tolist())
    if rng.uniform() < 0.08:  # as good as barefoot, or in sandals
        shoe = sock = skin
        if rng.uniform() >= 0.4:
            sole = skin
    hoodie = rng.uniform() < 0.25
    return Outfit(
        skin=skin, shirt=shirt, bottom=bottom, sock=sock, shoe=shoe, sole=sole,
        hair_colour=tuple(float(v) for v in np.asarray(any_colour(rng)) * 0.5),  # type: ignore[arg-type]
        legs=legs, sleeve=float(rng.uniform(1.5, 1.95) if hoodie or rng.uniform() < 0.2 else rng.uniform(0.1, 0.9)),
        hem=float(rng.choice([rng.uniform(0.22, 0.8), rng.uniform(0.8, 1.22), rng.uniform(1.22, 1.75)],
                             p=[0.5, 0.4, 0.1])),
        loose_m=float(max(0.0, rng.normal(0.02 if hoodie else 0.004, 0.012))),
        wide_m=float(rng.uniform(0.0, 0.06)) if rng.uniform() < 0.5 else 0.0,
        drape=float(rng.uniform(0.15, 0.75)) if rng.uniform() < 0.6 else 0.0,
        tail_m=float(rng.uniform(0.10, 0.22)) if hoodie or rng.uniform() < 0.4 else 0.10,
        hood=bool(hoodie and rng.uniform() < 0.7),
        folds=(float(rng.uniform(0.001, 0.007)) if rng.uniform() < 0.7 else 0.0, float(rng.uniform(0, 100))),
        sock_top=float(rng.choice([rng.uniform(0.75, 0.95), rng.uniform(0.15, 0.75)], p=[0.75, 0.25])),
        print_=(float(rng.uniform(0.3, 1)) if rng.uniform() < 0.25 else 0.0, float(rng.uniform(2, 14)),
                float(rng.uniform(0, np.pi))),
        hair=str(rng.choice(["short", "short", "tail", "none"])), dots=bool(rng.uniform() < 0.12),
        hang=float(rng.uniform(0.2, 1.0)) if hoodie or rng.uniform() < 0.4 else 0.0,
    )  # fmt: skip


def any_camera(view: str, height_m: float, rng: np.random.Generator) -> Camera:
    """Return a camera for a view: near or far, low or high, never quite square, the runner somewhere in the picture."""
    side = str(rng.choice(["left", "right"]))
    seen_from, yaw = {
        "side": (side, rng.normal(0, 6) if rng.uniform() < 0.4 else rng.uniform(-40, 40)),  # nobody measures it
        "rear": ("behind", rng.normal(0, 6)),
        "three-quarter": ("behind", float(rng.choice([-1, 1])) * rng.uniform(18, 165)),
        "front": ("behind", 180 + rng.normal(0, 12)),
    }["rear" if view == "heels" else view]
    fill = rng.uniform(0.60, 0.90)
    seen = 0.36 if view == "heels" else 1.0  # share of the height, from the belt up
    view_m = seen * height_m / fill
    return Camera(
        seen_from=seen_from,  # type: ignore[arg-type]
        distance_m=float(np.exp(rng.uniform(np.log(2.2), np.log(8)))),
        height_m=rng.uniform(0.25, 1.7) if view == "heels" or rng.uniform() < 0.8 else rng.uniform(1.7, 2.7),
        yaw_deg=yaw, roll_deg=rng.normal(0, 2.0), width_px=WIDTH_PX, height_px=HEIGHT_PX, view_m=view_m,
        middle_m=0.52 * seen * height_m + rng.uniform(-0.05, 0.05) * view_m,
    )  # fmt: skip


class _Shot:
    """One camera in one room: what does not move is painted once."""

    def __init__(
        self, figure: Figure, motion: Moves, room: Room, camera: Camera, rng: np.random.Generator,
        *, things: Movement | None,
    ) -> None:  # fmt: skip
        self._figure, self._motion, self._room, self._camera, self._rng = figure, motion, room, camera, rng
        self._bars, self._bar_colour = things.bars if things else None, any_colour(rng)
        size = (HEIGHT_PX * _OVERSAMPLE, WIDTH_PX * _OVERSAMPLE)
        self.backdrop, self._depth, self._where, self._facing = (
            np.zeros((*size, n) if n > 1 else size, np.float32) for n in (3, 1, 3, 3)
        )
        self._still(scene.walls(room, camera, rng) if things is None else scene.walls(room, camera, rng, floor_m=0.0))
        if rng.uniform() < 0.85:
            self.backdrop = cluttered(self.backdrop, rng)
        for other in _others(camera, rng):
            self._still(other)
        if things is None and rng.uniform() < 0.93:
            self._still(scene.treadmill(room))
        if things is not None and things.fixed:
            self._still(scene.boxes([(low, high, any_colour(rng)) for low, high in things.fixed]))
        front = in_front(camera, rng)
        if front is not None:
            self._still(front)
        self._shadows = rng.uniform() < 0.6
        self._noise = float(np.exp(rng.uniform(np.log(0.002), np.log(0.04))))
        # Indoors a phone exposes for a sixtieth of a second and more.
        self._blur_s = float(rng.choice([0.0, rng.uniform(0.002, 0.024)], p=[0.65, 0.35]))
        self._mirror_m = rng.uniform(0.8, 2.2) if rng.uniform() < 0.06 else 0.0

    def photograph(self, time_s: float, *, view: str, kind: str, still: bool) -> Picture:
        """Return the picture whose exposure is centred on a time, and its labels."""
        steps = 1 if still or not self._blur_s else 3 if self._blur_s < 0.013 else 5
        moments = time_s + self._blur_s * ((np.arange(steps) + 0.5) / steps - 0.5)
        figure, room, camera = self._figure, self._room, self._camera
        placed = place(figure.shape, self._motion.at(np.append(moments, time_s)))
        meshes = [figure.posed(placed, k) for k in range(steps)]
        shade, ground = None, self.backdrop
        if self._shadows:
            shade = shadow_map(meshes[steps // 2], room.lamp, centre=np.array([0.05, 0.9, 0.0]), radius_m=1.25)
            ground = cast_shadow(self.backdrop, self._where, self._facing, room.lamp, shade)
        light = np.zeros((HEIGHT_PX, WIDTH_PX, 3), np.float32)
        room_depth = self._depth
        if self._bars is not None:  # as they are in the middle of the exposure
            ground, room_depth = ground.copy(), room_depth.copy()
            self._paint(scene.prisms(self._bars(time_s), self._bar_colour), None, ground, room_depth)
        for mesh in meshes:
            image, depth = ground.copy(), room_depth.copy()
            if self._mirror_m:
                self._paint(_mirrored(mesh, camera, self._mirror_m), None, image, depth)
            before = depth.copy()
            self._paint(mesh, shade, image, depth)
            light += cv2.resize(image, (WIDTH_PX, HEIGHT_PX), interpolation=cv2.INTER_AREA)
        xy, seen = self._labels(placed, steps, depth)
        runner = (depth > before).reshape(HEIGHT_PX, _OVERSAMPLE, WIDTH_PX, _OVERSAMPLE).mean(axis=(1, 3)) > 0.5
        height_px = figure.shape.height_m * camera.px_per_m
        return Picture(self.developed(light / steps), xy, seen, runner, height_px, view, kind)

    def developed(self, light: Floats) -> np.ndarray:
        """Return linear light as an 8-bit picture of the final size."""
        if light.shape[0] != HEIGHT_PX:
            light = cv2.resize(light, (WIDTH_PX, HEIGHT_PX), interpolation=cv2.INTER_AREA)
        return scene.developed(light, exposure=self._room.exposure, rng=self._rng, noise=self._noise)

    def _labels(self, placed: Placed, k: int, depth: Floats) -> tuple[FloatArray, np.ndarray]:
        """Return (keypoint, 2) px and which are seen, at the k-th time; ``depth`` is 1 / distance."""
        points = self._figure.marks(placed)
        xyz = np.stack([points[name][k] for name in SKELETON.names])
        screen = self._camera.project(xyz)
        column, row = (np.round((screen[:, i] + 0.5) * _OVERSAMPLE - 0.5).astype(int) for i in (0, 1))
        inside = (column >= 0) & (row >= 0) & (column < depth.shape[1]) & (row < depth.shape[0])
        cover = depth[np.clip(row, 0, depth.shape[0] - 1), np.clip(column, 0, depth.shape[1] - 1)]
        slack = np.array([_SKIN_M if name.endswith(_ON_THE_SKIN) else _COVER_M for name in SKELETON.names])
        nearer_m = 1 / screen[:, 2] - 1 / np.maximum(cover, 1e-6)
        return screen[:, :2], inside & (nearer_m < slack)

    def _still(self, mesh: Mesh) -> None:
        self._paint(mesh, None, self.backdrop, self._depth, where=self._where, facing=self._facing)

    def _paint(self, mesh: Mesh, shade, image: Floats, depth: Floats, **buffers) -> None:  # type: ignore[no-untyped-def]
        screen = self._camera.screen(mesh, oversample=_OVERSAMPLE)
        paint(mesh, screen, self._room.lamp, self._camera.eye, shade, image, depth, **buffers)


_FIGURES: list[Figure] = []


def _others(camera: Camera, rng: np.random.Generator) -> Iterator[Mesh]:
    """Yield people who are not the runner: behind the treadmill, mostly nobody."""
    for _ in range(int(rng.choice([0, 1, 2], p=[0.66, 0.24, 0.10]))):
        if len(_FIGURES) < 8 or rng.uniform() < 0.1:
            _FIGURES.append(Figure(any_person(rng)))
            del _FIGURES[:-8]
        figure = _FIGURES[int(rng.integers(len(_FIGURES)))]
        kind = str(rng.choice(["walking", "standing", "anyhow"]))
        channels = poses(figure.shape, kind, count=1, rng=rng)  # type: ignore[arg-type]
        mesh = figure.posed(place(figure.shape, channels), 0)
        forward = camera._forward()
        across = np.cross(forward, (0.0, 1.0, 0.0))
        offset = forward * rng.uniform(0.9, 2.4) + across * float(rng.choice([-1, 1])) * rng.uniform(0.25, 1.3)
        offset[1] = -rng.uniform(0.0, 0.22)
        turn = rng.uniform(0, 2 * np.pi)
        c, s = np.cos(turn), np.sin(turn)
        around = np.array([[c, 0, s], [0, 1, 0], [-s, 0, c]], np.float32)
        yield Mesh((mesh.points @ around.T + offset).astype(np.float32), np.ascontiguousarray(mesh.normals @ around.T),
                   mesh.albedo, mesh.gloss, mesh.faces)  # fmt: skip


def _mirrored(mesh: Mesh, camera: Camera, behind_m: float) -> Mesh:
    """Return the runner in a mirror that hangs behind, square to the camera."""
    n = camera._forward()
    plane = behind_m
    points = mesh.points + np.outer(2 * (plane - mesh.points @ n), n)
    normals = mesh.normals - np.outer(2 * (mesh.normals @ n), n)
    return Mesh(points.astype(np.float32), normals.astype(np.float32), mesh.albedo * 0.8, mesh.gloss,
                np.ascontiguousarray(mesh.faces[:, ::-1]))  # fmt: skip
