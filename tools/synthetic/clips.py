"""Which clips there are: the two of the demonstration, and any number drawn by seed."""

from __future__ import annotations

import numpy as np

from tools.synthetic.clothes import SKINS, Outfit
from tools.synthetic.film import Clip, Person
from tools.synthetic.patches import Colour
from tools.synthetic.raster import Lamp
from tools.synthetic.scene import Camera, Room, Seen
from tools.synthetic.style import Style

# Linear BGR.
_HAIR: tuple[Colour, ...] = (
    (0.02, 0.03, 0.05),
    (0.012, 0.012, 0.014),
    (0.07, 0.18, 0.34),
    (0.03, 0.06, 0.16),
    (0.35, 0.36, 0.38),
)
_BEHIND = Lamp(direction=(-0.55, 0.8, 0.35))

DEMO = {
    "side": Clip(
        person=Person(height_m=1.78, outfit=Outfit()),
        style=Style(
            speed_mps=3.0, cadence=168.0, contact_s=0.245, overstride_m=0.19, contact_asymmetry=0.02,
            strike_deg={"left": 11.0, "right": 13.0},
        ),
        camera=Camera(seen_from="right", distance_m=4.5),
        seed=7,
    ),
    "rear": Clip(
        person=Person(
            height_m=1.68, gender=1.0, weight=0.36,
            outfit=Outfit(
                legs="shorts", hair="tail", dots=True, shirt=(0.25, 0.12, 0.45), bottom=(0.06, 0.04, 0.05), sleeve=0.4,
                shoe=(0.6, 0.35, 0.1), sole=(0.05, 0.045, 0.04),
            ),
        ),
        style=Style(
            speed_mps=2.8, cadence=172.0, contact_s=0.25, overstride_m=0.17, drop_deg=6.0, toe_out_deg=6.0,
            eversion_deg={"left": (-2.0, 6.0), "right": (-3.0, 10.0)}, strike_deg={"left": 10.0, "right": 10.0},
        ),
        camera=Camera(seen_from="behind", distance_m=3.5, view_m=2.2),
        room=Room(lamp=_BEHIND, wall=(0.46, 0.50, 0.48), pattern=1),
        seed=8,
    ),
}  # fmt: skip


def random_clip(
    seed: int, *, seen_from: Seen | None = None, duration_s: float = 6.0, width_px: int = 480, height_px: int = 600
) -> Clip:
    """Return a clip of somebody, somewhere, drawn by a seed: body, clothes, style, camera, room and light.

    Args:
        seen_from: the side that faces the camera; None draws left or right.
    """
    rng = np.random.default_rng([seed, 2026])
    seen = seen_from or ("right" if rng.uniform() < 0.5 else "left")
    speed = rng.uniform(2.5, 4.0)
    cadence = 158 + 8 * (speed - 2.5) + rng.normal(0, 5)
    strike = float(rng.choice([rng.uniform(6, 16), rng.uniform(6, 16), rng.uniform(-1, 5), rng.uniform(-9, -3)]))
    contact = 0.70 / (speed + 0.15) + 0.02 + rng.normal(0, 0.008)
    lamp = _lamp(rng, seen)
    shutter = 1 / float(rng.choice([120, 250, 500]))
    bystander = None
    if rng.uniform() < 0.25:
        bystander = Person(gender=float(rng.integers(2)), outfit=random_outfit(rng))
    return Clip(
        person=Person(
            height_m=float(rng.normal(1.74, 0.08)), gender=float(rng.integers(2)), weight=float(rng.uniform(0.2, 0.62)),
            muscle=float(rng.uniform(0.35, 0.8)), age=float(rng.uniform(0.55, 0.8)), outfit=random_outfit(rng),
        ),
        style=Style(
            speed_mps=speed, cadence=cadence, contact_s=contact,
            overstride_m=0.105 + 0.028 * speed + rng.normal(0, 0.012),
            strike_deg={"left": strike, "right": strike + rng.normal(0, 1.5)}, knee_deg=rng.uniform(13, 18),
            swing_knee_deg=80 + 8 * speed - 12 + rng.normal(0, 6), lean_deg=rng.uniform(2, 11),
            contact_asymmetry=rng.normal(0, 0.02), step_asymmetry=rng.normal(0, 0.015),
            eversion_deg={side: (rng.uniform(-5, 0), rng.uniform(3, 12)) for side in ("left", "right")},
            drop_deg=rng.uniform(3, 8), step_width_m=rng.uniform(0.02, 0.11), toe_out_deg=rng.uniform(2, 12),
            arm_swing_deg=rng.uniform(20, 36), elbow_deg=rng.uniform(80, 110), jitter_s=rng.uniform(0.002, 0.006),
        ),
        camera=Camera(
            seen_from=seen, distance_m=rng.uniform(3.2, 6.0), height_m=rng.uniform(0.7, 1.2),
            yaw_deg=rng.uniform(-5, 5),
            roll_deg=rng.uniform(-1.5, 1.5), width_px=width_px, height_px=height_px, view_m=rng.uniform(2.2, 2.6),
            middle_m=rng.uniform(0.86, 0.94),
        ),
        room=_room(rng, lamp),
        duration_s=duration_s, shutter_s=shutter, blur_steps=2 if shutter > 1 / 200 else 1,
        noise=rng.uniform(0.003, 0.012),
        bystander=bystander, seed=seed,
    )  # fmt: skip


def random_room(rng: np.random.Generator, seen_from: Seen) -> Room:
    """Return a room and its light drawn by a generator; the side that is seen is lit."""
    return _room(rng, _lamp(rng, seen_from))


def _room(rng: np.random.Generator, lamp: Lamp) -> Room:
    return Room(
        wall=_paint(rng, 0.15, 0.65), floor=_paint(rng, 0.06, 0.25), deck=_paint(rng, 0.02, 0.10),
        belt=_paint(rng, 0.015, 0.04), accent=_paint(rng, 0.02, 0.7), pattern=int(rng.integers(6)), lamp=lamp,
        exposure=rng.uniform(0.75, 1.25),
    )  # fmt: skip


def _lamp(rng: np.random.Generator, seen: Seen) -> Lamp:
    z = 1.0 if seen == "right" else -1.0
    along, x = seen in ("behind", "front"), 1.0 if seen == "front" else -1.0
    return Lamp(
        direction=(x * rng.uniform(0.3, 0.7), rng.uniform(0.6, 1.0), rng.uniform(-0.5, 0.5)) if along
        else (rng.uniform(-0.6, 0.6), rng.uniform(0.6, 1.0), z * rng.uniform(0.15, 0.7)),
        sun=tuple(float(rng.uniform(0.6, 1.05)) for _ in range(3)),  # type: ignore[arg-type]
    )  # fmt: skip


def _paint(rng: np.random.Generator, low: float, high: float) -> Colour:
    """Return a rather grey colour."""
    level = rng.uniform(low, high)
    b, g, r = (float(level * rng.uniform(0.75, 1.25)) for _ in range(3))
    return b, g, r


def _strong(rng: np.random.Generator) -> Colour:
    b, g, r = (float(v) for v in rng.uniform(0.02, 0.8, 3) ** 1.6)
    return b, g, r


def random_outfit(rng: np.random.Generator) -> Outfit:
    """Return clothes drawn by a generator."""
    return Outfit(
        skin=SKINS[int(rng.integers(len(SKINS)))], shirt=_strong(rng),
        bottom=_paint(rng, 0.02, 0.10) if rng.uniform() < 0.7 else _strong(rng), sock=_paint(rng, 0.03, 0.75),
        shoe=_strong(rng), sole=_paint(rng, 0.4, 0.8) if rng.uniform() < 0.8 else _paint(rng, 0.03, 0.2),
        hair_colour=_HAIR[int(rng.integers(len(_HAIR)))], legs="shorts" if rng.uniform() < 0.65 else "tights",
        sleeve=float(rng.uniform(0.35, 0.9)), hair=str(rng.choice(["short", "short", "tail", "none"])),
        dots=bool(rng.uniform() < 0.3),
    )  # fmt: skip
