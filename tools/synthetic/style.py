"""How somebody runs, and when each foot is on the belt."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from gaitlab.core.pose import FloatArray
from tools.synthetic.body import SIDES, SIGN


@dataclass(frozen=True, slots=True)
class Style:
    """How somebody runs.

    Attributes:
        speed_mps, cadence, contact_s: belt speed, steps a minute, mean contact time.
        strike_deg: side to foot angle at foot strike; heel first above 0, forefoot below.
        knee_deg: knee flexion at foot strike.
        swing_knee_deg: largest knee flexion in swing.
        lean_deg: mean forward lean of the trunk.
        overstride_m: how far ahead of the hip the ankle lands.
        contact_asymmetry: (right - left) / mean of the contact times.
        step_asymmetry: shift of the right foot strike, share of a step.
        eversion_deg: side to (at foot strike, peak) roll of the foot.
        drop_deg: peak drop of the pelvis on the swing side.
        step_width_m: distance between the feet's lines.
        toe_out_deg, arm_swing_deg, elbow_deg: the rest of the style.
        jitter_s: standard deviation of single events.
        wander_m: slow drift of the runner on the belt.
    """

    speed_mps: float = 3.0
    cadence: float = 166.0
    contact_s: float = 0.25
    strike_deg: dict[str, float] = field(default_factory=lambda: {"left": 12.0, "right": 12.0})
    knee_deg: float = 15.0
    swing_knee_deg: float = 96.0
    lean_deg: float = 6.0
    overstride_m: float = 0.20
    contact_asymmetry: float = 0.0
    step_asymmetry: float = 0.0
    eversion_deg: dict[str, tuple[float, float]] = field(
        default_factory=lambda: {"left": (-3.0, 7.0), "right": (-3.0, 7.0)}
    )
    drop_deg: float = 5.0
    step_width_m: float = 0.07
    toe_out_deg: float = 7.0
    arm_swing_deg: float = 28.0
    elbow_deg: float = 95.0
    jitter_s: float = 0.004
    wander_m: float = 0.02


@dataclass(frozen=True, slots=True, eq=False)
class Contacts:
    """When each foot is on the belt: side to (n,) seconds, the first and last beyond the clip's ends."""

    strike_s: dict[str, FloatArray]
    toe_off_s: dict[str, FloatArray]


def make_contacts(style: Style, *, duration_s: float, rng: np.random.Generator) -> Contacts:
    """Return foot strikes and toe-offs with a little unrest, from two strides before to two after the clip."""
    stride_s = 120.0 / style.cadence
    count = int(np.ceil(duration_s / stride_s)) + 5
    start_s = -2 * stride_s - rng.uniform(0, stride_s)
    strike, off = {}, {}
    for side in SIDES:
        phase = 0.0 if side == "left" else 0.5 * (1 + style.step_asymmetry)
        mean_s = style.contact_s * (1 + SIGN[side] * style.contact_asymmetry / 2)
        strike[side] = start_s + (np.arange(count) + phase) * stride_s + _unrest(rng, style.jitter_s, count)
        off[side] = strike[side] + mean_s + _unrest(rng, 0.7 * style.jitter_s, count)
    return Contacts(strike, off)


def _unrest(rng: np.random.Generator, sd_s: float, count: int) -> FloatArray:
    return np.clip(rng.normal(0, sd_s, count), -2 * sd_s, 2 * sd_s)
