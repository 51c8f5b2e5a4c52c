"""A runner filmed: pictures, and beside them where everything truly was."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from gaitlab.core.pose import FloatArray
from gaitlab.core.skeleton import SKELETONS
from tools.synthetic import scene
from tools.synthetic.body import SEGMENT, SIDES, Shape, make_shape
from tools.synthetic.clothes import Dressed, Outfit, dress
from tools.synthetic.motion import Motion
from tools.synthetic.raster import Floats, Mesh, vertex_normals
from tools.synthetic.rig import Placed, place
from tools.synthetic.scene import Camera, Room
from tools.synthetic.stage import Stage
from tools.synthetic.style import Style

SKELETON = SKELETONS["runner_31"]


@dataclass(frozen=True, slots=True)
class Person:
    """A body in clothes; the numbers are those of `make_shape`."""

    height_m: float = 1.78
    gender: float = 0.0
    weight: float = 0.38
    muscle: float = 0.6
    age: float = 0.6
    proportions: float = 0.6
    thigh: float = 1.0
    shank: float = 1.0
    outfit: Outfit = field(default_factory=Outfit)


@dataclass(frozen=True, slots=True)
class Clip:
    """Everything that makes a clip.

    Attributes:
        shutter_s: how long a picture is exposed; blur_steps: pictures averaged over it.
        oversample: pictures are drawn so many times larger and averaged.
        noise: standard deviation of the sensor noise, share of white.
        bystander: somebody who stands behind the treadmill, or None.
        seed: draws the unrest of the motion and of the room.
    """

    person: Person = field(default_factory=Person)
    style: Style = field(default_factory=Style)
    camera: Camera = field(default_factory=Camera)
    room: Room = field(default_factory=Room)
    duration_s: float = 8.0
    fps: float = 60.0
    shutter_s: float = 1 / 250
    blur_steps: int = 2
    oversample: int = 2
    noise: float = 0.006
    bystander: Person | None = None
    seed: int = 0


class Figure:
    """A dressed body ready to be posed and painted."""

    def __init__(self, person: Person) -> None:
        self.shape: Shape = make_shape(
            height_m=person.height_m, gender=person.gender, weight=person.weight, muscle=person.muscle, age=person.age,
            proportions=person.proportions, thigh=person.thigh, shank=person.shank,
        )  # fmt: skip
        self.dressed: Dressed = dress(self.shape, person.outfit)
        self._rest = np.concatenate([self.dressed.points, np.ones((len(self.dressed.points), 1))], axis=1).astype(
            np.float32
        )
        self._weights = self.dressed.weights.astype(np.float32)
        self._albedo = self.dressed.albedo.astype(np.float32)
        self._gloss = self.dressed.gloss.astype(np.float32)
        self._hangs = np.flatnonzero(self.dressed.drape)

    def posed(self, placed: Placed, k: int, *, on_belt: bool = True) -> Mesh:
        """Return the surface at the k-th time: linear blend skinning; a sole is squeezed where it meets the belt."""
        matrix = np.concatenate([placed.turn[k], placed.shift[k][..., None]], axis=-1).reshape(-1, 12)
        blended = (self._weights @ matrix.astype(np.float32)).reshape(-1, 3, 4)
        points = np.einsum("nij,nj->ni", blended, self._rest)
        if len(self._hangs):
            points[self._hangs] = self._draped(points[self._hangs], matrix[SEGMENT["pelvis"]].reshape(3, 4))
        if on_belt:
            points[:, 1] = np.maximum(points[:, 1], 0.0015)
        return Mesh(points, vertex_normals(points, self.dressed.faces), self._albedo, self._gloss, self.dressed.faces)

    def _draped(self, points: Floats, pelvis: FloatArray) -> Floats:
        """Return cloth that hangs from the pelvis behind a thigh that goes forward, and before one that goes back."""
        drape = self.dressed.drape[self._hangs]
        hanging = self._rest[self._hangs] @ pelvis.T
        outside = np.sign(drape) * (hanging[:, 0] - points[:, 0]) > 0
        return (points + np.where(outside, np.abs(drape), 0.0)[:, None] * (hanging - points)).astype(np.float32)

    def marks(self, placed: Placed) -> dict[str, FloatArray]:
        """Return every keypoint's (t, 3) m: neck and mid-hip are the middles of shoulders and hips."""
        points = {name: placed.point(segment, rest) for name, (segment, rest) in self.dressed.marks.items()}
        points["neck"] = (points["left_shoulder"] + points["right_shoulder"]) / 2
        points["mid_hip"] = (points["left_hip"] + points["right_hip"]) / 2
        return points


class Set:
    """A clip's figure, motion and room, ready to be photographed at any time."""

    def __init__(self, clip: Clip) -> None:
        self.clip = clip
        rng = np.random.default_rng(clip.seed)
        self.figure = Figure(clip.person)
        self.motion = Motion(self.figure.shape, clip.style, duration_s=clip.duration_s, rng=rng)
        fixed = [scene.surroundings(clip.room, clip.camera, rng)]
        if clip.bystander is not None:
            fixed.append(_standing(clip))
        self._stage = Stage(self.figure, self.motion.at, shot=clip, fixed=fixed, moving=self._belt, rng=rng)

    def photograph(self, time_s: float) -> np.ndarray:
        """Return the (h, w, 3) BGR picture whose exposure is centred on a time."""
        return self._stage.photograph(time_s)

    def _belt(self, time_s: float) -> Mesh:
        return scene.belt_marks(self.clip.room, self.clip.style.speed_mps * (time_s + 10))

    def frame_times_s(self) -> FloatArray:
        """Return the middle of every exposure; the first frame is at 0."""
        return np.arange(round(self.clip.duration_s * self.clip.fps)) / self.clip.fps

    def pictures(self) -> Iterator[np.ndarray]:
        """Yield the clip's pictures."""
        for time_s in self.frame_times_s():
            yield self.photograph(float(time_s))

    def truth(self) -> dict[str, Any]:
        """Return the truth of the clip by the names under which it is stored."""
        time_s = self.frame_times_s()
        points = self.figure.marks(place(self.figure.shape, self.motion.at(time_s)))
        xyz = np.stack([points[name] for name in SKELETON.names], axis=1)
        xy = self.clip.camera.project(xyz)[..., :2]
        inside = (time_s[0], time_s[-1])
        sides, strikes, offs = [], [], []
        for side in SIDES:
            for start, end in zip(
                self.motion.contacts.strike_s[side], self.motion.contacts.toe_off_s[side], strict=True
            ):
                if start < inside[1] and end > inside[0]:
                    sides.append(side)
                    strikes.append(start)
                    offs.append(end)
        order = np.argsort(strikes)
        return {
            "time_s": time_s, "names": np.array(SKELETON.names), "points_m": xyz.astype(np.float32),
            "xy_px": xy.astype(np.float32), "side": np.array(sides)[order], "foot_strike_s": np.array(strikes)[order],
            "toe_off_s": np.array(offs)[order], "belt_speed_mps": np.float64(self.clip.style.speed_mps),
            "metres_per_px": np.float64(1 / self.clip.camera.px_per_m),
            "height_m": np.float64(self.clip.person.height_m),
            "seen_from": np.array(self.clip.camera.seen_from),
        }  # fmt: skip


def render(clip: Clip, video: Path, truth: Path, *, crf: int = 23, preset: str = "slow") -> None:
    """Write the clip's video and its truth."""
    from gaitlab.io.video.writer import VideoWriter

    on_set = Set(clip)
    with VideoWriter(video, fps=clip.fps, crf=crf, preset=preset) as writer:
        for time_s, picture in zip(on_set.frame_times_s(), on_set.pictures(), strict=True):
            writer.write(picture, float(time_s))
    np.savez_compressed(truth, **on_set.truth())


def _standing(clip: Clip) -> Mesh:
    """Return somebody who stands between treadmill and wall and looks on."""
    assert clip.bystander is not None
    figure = Figure(clip.bystander)
    style = Style(cadence=160, contact_s=0.27, speed_mps=2.2)
    motion = Motion(figure.shape, style, duration_s=2.0, rng=np.random.default_rng(clip.seed + 1))
    contacts = motion.contacts
    first = np.searchsorted(contacts.strike_s["left"], 0.3)
    middle_s = (contacts.strike_s["left"][first] + contacts.toe_off_s["left"][first]) / 2
    mesh = figure.posed(place(figure.shape, motion.at(np.array([middle_s]))), 0)
    forward = clip.camera._forward()
    turn = np.array([[0, 0, 1], [0, 1, 0], [-1, 0, 0]], dtype=np.float32)
    offset = 1.7 * forward + np.cross(forward, (0, 1, 0)) * -0.75 + np.array([0, -0.2, 0])
    return Mesh(
        (mesh.points @ turn.T + offset).astype(np.float32),
        mesh.normals @ turn.T.copy(),
        mesh.albedo,
        mesh.gloss,
        mesh.faces,
    )
