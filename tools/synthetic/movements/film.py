"""Movements as pictures: the people of the runners' clips, dressed and lit like them, on the floor of a room."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from gaitlab.core.pose import FloatArray
from tools.synthetic import scene
from tools.synthetic.clips import random_outfit, random_room
from tools.synthetic.film import Figure, Person
from tools.synthetic.movements.make import make_movement
from tools.synthetic.movements.points import View, camera_for, truth_of
from tools.synthetic.raster import Mesh
from tools.synthetic.scene import Camera, Room
from tools.synthetic.stage import Stage

_SHUTTER_S = (1 / 120, 1 / 250, 1 / 500)


@dataclass(frozen=True, slots=True)
class Take:
    """One clip of a movement; everything that is not said here is drawn by its seed.

    Attributes:
        settings: of `make_movement`.
        oversample, blur_steps: as in `tools.synthetic.film.Clip`; large pictures take 1.
    """

    kind: str
    view: View = "side"
    fps: float = 60.0
    width_px: int = 720
    height_px: int = 1280
    seed: int = 0
    settings: dict[str, Any] = field(default_factory=dict)
    oversample: int = 1
    blur_steps: int = 1


@dataclass(frozen=True, slots=True)
class _Shot:
    camera: Camera
    room: Room
    shutter_s: float
    blur_steps: int
    oversample: int
    noise: float


class Filmed:
    """A take ready to be photographed."""

    def __init__(self, take: Take) -> None:
        self.take = take
        self.movement = make_movement(take.kind, seed=take.seed, **take.settings)
        self.camera = camera_for(
            self.movement, view=take.view, seed=take.seed, width_px=take.width_px, height_px=take.height_px
        )
        rng = np.random.default_rng([take.seed, 2028])
        room = random_room(rng, self.camera.seen_from)
        person = Person(**self.movement.body.person, outfit=random_outfit(rng))
        shutter_s = min(float(rng.choice(_SHUTTER_S)), 0.8 / take.fps)
        shot = _Shot(
            self.camera, room, shutter_s, take.blur_steps, take.oversample, noise=float(rng.uniform(0.003, 0.010))
        )
        fixed = [scene.walls(room, self.camera, rng, floor_m=0.0)]
        if self.movement.fixed:
            fixed.append(scene.boxes([(low, high, (0.12, 0.20, 0.30)) for low, high in self.movement.fixed]))
        self._accent = room.accent
        self._stage = Stage(Figure(person), self.movement.at, shot=shot, fixed=fixed, moving=self._bars, rng=rng)

    def photograph(self, time_s: float) -> np.ndarray:
        """Return the (h, w, 3) BGR picture whose exposure is centred on a time."""
        return self._stage.photograph(time_s)

    def frame_times_s(self) -> FloatArray:
        """Return the middle of every exposure; the first frame is at 0."""
        return np.arange(int(self.movement.duration_s * self.take.fps)) / self.take.fps

    def truth(self) -> dict[str, np.ndarray]:
        """Return the truth, `truth_of`."""
        return truth_of(self.movement, self.camera, self.frame_times_s())

    def _bars(self, time_s: float) -> Mesh | None:
        return scene.prisms(self.movement.bars(time_s), self._accent) if self.movement.bars else None


def render(take: Take, video: Path, *, crf: int = 23, preset: str = "veryfast") -> None:
    """Write a take's video, and its truth beside it."""
    from gaitlab.io.video.writer import VideoWriter

    filmed = Filmed(take)
    with VideoWriter(video, fps=take.fps, crf=crf, preset=preset) as writer:
        for time_s in filmed.frame_times_s():
            writer.write(filmed.photograph(float(time_s)), float(time_s))
    np.savez_compressed(video.with_suffix(".npz"), **filmed.truth())  # type: ignore[arg-type]
