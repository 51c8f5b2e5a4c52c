"""Which movements there are, and somebody who does one of them, drawn by a seed."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from tools.synthetic.movements.bodies import Body, bodies
from tools.synthetic.movements.cycling import CyclingStyle, cycling
from tools.synthetic.movements.jump import JumpStyle, drop_jump, stationary_jumps
from tools.synthetic.movements.others import ArmStyle, LungeStyle, arm_raises, lunges
from tools.synthetic.movements.squat import ChairStyle, SquatStyle, sit_to_stand, squats
from tools.synthetic.movements.stance import Movement, Stance


@dataclass(frozen=True, slots=True)
class Kind:
    """A movement that can be made.

    Attributes:
        style: the dataclass of what can be said of it.
        make: body, stance and style to the movement.
        draw: a seed's generator to the fields of the style that differ from one person to the next.
        room_m: height and width that it takes, of a person 1.78 m tall.
    """

    style: type
    make: Callable[[Body, Stance, Any], Movement]
    draw: Callable[[np.random.Generator], dict[str, Any]]
    room_m: tuple[float, float]


def _some(rng: np.random.Generator, low: float, high: float, count: int) -> tuple[float, ...]:
    return tuple(float(v) for v in rng.uniform(low, high, count))


def _jump(rng: np.random.Generator) -> dict[str, Any]:
    return {
        "rises_m": _some(rng, 0.18, 0.42, 3), "landing": str(rng.choice(["same", "softer"])),
        "thigh_deg": rng.uniform(18, 42), "lean_deg": rng.uniform(32, 50), "arms": bool(rng.uniform() < 0.6),
    }  # fmt: skip


def _still_arms(rng: np.random.Generator) -> dict[str, Any]:
    return _jump(rng) | {"arms": False}


def _drop(rng: np.random.Generator) -> dict[str, Any]:
    return _jump(rng) | {
        "rises_m": _some(rng, 0.18, 0.36, 1), "box_m": rng.uniform(0.2, 0.42), "ground_s": _some(rng, 0.2, 0.34, 1),
    }  # fmt: skip


def _squat(rng: np.random.Generator) -> dict[str, Any]:
    return {
        "thighs_deg": _some(rng, -8, 30, 4), "lean_deg": rng.uniform(28, 46), "down_s": rng.uniform(0.9, 1.8),
        "hold_s": float(rng.choice([0.1, 0.5, 1.0])), "up_s": rng.uniform(0.7, 1.4),
    }  # fmt: skip


def _chair(rng: np.random.Generator) -> dict[str, Any]:
    return {
        "lean_deg": rng.uniform(34, 48), "up_s": rng.uniform(0.7, 1.2), "down_s": rng.uniform(0.8, 1.4),
        "sit_s": rng.uniform(0.15, 0.6), "shank_deg": rng.uniform(8, 18),
    }  # fmt: skip


def _cycle(rng: np.random.Generator) -> dict[str, Any]:
    return {
        "cadence_rpm": rng.uniform(62, 104), "knee_deg": rng.uniform(24, 40),
        "crank_m": float(rng.choice([0.165, 0.17, 0.175])),
        "lean_deg": rng.uniform(32, 48), "foot_deg": rng.uniform(-20, -8), "first_deg": rng.uniform(0, 360),
    }  # fmt: skip


def _arms(rng: np.random.Generator) -> dict[str, Any]:
    return {"period_s": rng.uniform(1.6, 2.8), "to_deg": rng.uniform(110, 160)}


def _lunge(rng: np.random.Generator) -> dict[str, Any]:
    return {"period_s": rng.uniform(1.8, 3.0), "knee_deg": rng.uniform(80, 102)}


KINDS: dict[str, Kind] = {
    "countermovement_jump": Kind(
        JumpStyle, lambda *who: stationary_jumps("countermovement_jump", *who), _jump, (2.75, 1.5)
    ),
    "squat_jump": Kind(JumpStyle, lambda *who: stationary_jumps("squat_jump", *who), _still_arms, (2.6, 1.3)),
    "drop_jump": Kind(JumpStyle, drop_jump, _drop, (2.75, 2.0)),
    "squat": Kind(SquatStyle, squats, _squat, (2.2, 1.5)),
    "sit_to_stand": Kind(ChairStyle, sit_to_stand, _chair, (2.1, 1.6)),
    "cycling": Kind(CyclingStyle, cycling, _cycle, (1.95, 2.1)),
    "arm_raise": Kind(ArmStyle, arm_raises, _arms, (2.5, 1.9)),
    "lunge": Kind(LungeStyle, lunges, _lunge, (2.6, 1.7)),
}


def make_movement(kind: str, *, seed: int, **settings: Any) -> Movement:
    """Return somebody who does a movement; what ``settings`` does not say is drawn.

    Raises:
        ValueError: where the kind, or a setting of it, is unknown.
    """
    if kind not in KINDS:
        raise ValueError(f"there is no movement '{kind}'; choose one of {', '.join(KINDS)}")
    one = KINDS[kind]
    known = [*inspect.signature(one.style).parameters, "person"]
    if strange := sorted(set(settings) - set(known)):
        raise ValueError(f"'{kind}' has no {', '.join(strange)}; it has {', '.join(known)}")
    rng = np.random.default_rng([seed, 2027])
    people = bodies()
    drawn = int(rng.integers(len(people)))
    body = people[int(settings.pop("person", drawn))]
    wide = kind == "squat"
    stance = Stance(
        width_m=float(rng.uniform(0.26, 0.42) if wide else rng.uniform(0.18, 0.30)),
        toe_out_deg=float(rng.uniform(6, 20) if wide else rng.uniform(3, 12)),
    )
    return one.make(body, stance, one.style(**(one.draw(rng) | settings)))
