"""Squats, chairs, pedals, jumps and lunges: the movements of `tools.synthetic.movements`, done by anybody."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from tools.synthetic.film import Figure
from tools.synthetic.movements.bodies import Body
from tools.synthetic.movements.make import KINDS
from tools.synthetic.movements.stance import Movement, Stance

# How often each is drawn.
_SHARES = {
    "squat": 0.27, "sit_to_stand": 0.20, "cycling": 0.27, "countermovement_jump": 0.08, "drop_jump": 0.04,
    "lunge": 0.09, "arm_raise": 0.05,
}  # fmt: skip
# What differs more from one person to the next than in the clips that detectors are judged by.
_WIDER: dict[str, dict[str, tuple[float, float]]] = {
    "squat": {"lean_deg": (15, 60)},
    "sit_to_stand": {"lean_deg": (20, 55), "shank_deg": (0, 25)},
    "cycling": {"lean_deg": (5, 62), "knee_deg": (18, 55), "foot_deg": (-28, 4)},
    "lunge": {"knee_deg": (60, 110)},
}
_TRIES = 6


def any_movement(figure: Figure, rng: np.random.Generator) -> Movement:
    """Return somebody's movement, of a kind and a style that are drawn.

    Raises:
        ValueError: where none that was drawn can be done by this body.
    """
    body = Body(figure.shape.joints, figure.dressed.marks, {"height_m": figure.shape.height_m})
    for _ in range(_TRIES):
        kind = str(rng.choice(list(_SHARES), p=list(_SHARES.values())))
        one = KINDS[kind]
        style: dict[str, Any] = one.draw(rng)
        style |= {name: float(rng.uniform(*span)) for name, span in _WIDER.get(kind, {}).items()}
        if kind == "squat":
            style["thighs_deg"] = tuple(float(v) for v in rng.uniform(-25, 70, 4))
        stance = Stance(width_m=float(rng.uniform(0.14, 0.45)), toe_out_deg=float(rng.uniform(0, 25)))
        try:
            movement = one.make(body, stance, one.style(**style))
            movement.at(np.array([0.0, movement.duration_s / 2]))
        except ValueError:
            continue
        # Most do it on the spot: what stands behind or under them is not always there.
        return movement if rng.uniform() < 0.8 else replace(movement, fixed=())
    raise ValueError("no movement that was drawn fits this body")
