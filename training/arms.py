"""Arms and trunks that say nothing about the legs: held still, on a rail, at the chest, or swinging out of step.

Arms that always swing against the legs teach a network to tell left from right by them, and to be sure of the wrong
leg where a runner carries a hand before the belly. Shoulders, hips and a face that always turn alike teach it to put
the hips where the shoulders say, and wrongly where somebody swings the shoulders far or looks aside.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from gaitlab.core.pose import FloatArray
from tools.synthetic.body import SIDES
from tools.synthetic.rig import Channels

# How often, and shoulder and elbow flexion, degrees.
_CARRIAGES = {
    "on the rails": (0.3, (15, 60), (15, 90)),
    "before the chest": (0.35, (-25, 25), (85, 138)),
    "swinging": (0.25, (-25, 10), (60, 110)),
    "hanging": (0.04, (-12, 12), (2, 35)),
    "raised": (0.06, (45, 165), (5, 90)),
}


class Moves(Protocol):
    """Anything that gives channels at times."""

    def at(self, time_s: FloatArray) -> Channels: ...


@dataclass(frozen=True, slots=True, eq=False)
class OwnArms:
    """A motion with arms, shoulders, hips and a head that turn on their own.

    Attributes:
        motion: what the legs do.
        moments_s: (2,) the first time and the length of the stretch whose arms are borrowed.
        later_s: how much later they are.
        share: side to the share of the borrowed swing that is left.
        arm_deg, elbow_deg: side to what the arm swings about.
        turn_share, turn_deg: the same for the shoulders' turn.
        hips_share, hips_deg: the same for the hips', in step with the legs.
        posture: what stays as it is, by its name in `Channels`.
    """

    motion: Moves
    moments_s: tuple[float, float]
    later_s: float
    share: dict[str, float]
    arm_deg: dict[str, float]
    elbow_deg: dict[str, float]
    turn_share: float
    turn_deg: float
    hips_share: float
    hips_deg: float
    posture: dict[str, float]

    def at(self, time_s: FloatArray) -> Channels:
        """Return the channels at times."""
        start_s, length_s = self.moments_s
        channels = self.motion.at(time_s)
        other = self.motion.at(start_s + np.mod(time_s + self.later_s - start_s, length_s))
        swing = {side: self.share[side] * (other.arm_deg[side] + 8) for side in SIDES}
        return replace(
            channels,
            arm_deg={side: self.arm_deg[side] + swing[side] for side in SIDES},
            elbow_deg={side: np.clip(self.elbow_deg[side] + 0.35 * swing[side], 2, 142) for side in SIDES},
            thorax_turn_deg=self.turn_deg + self.turn_share * other.thorax_turn_deg,
            pelvis_turn_deg=self.hips_deg + self.hips_share * channels.pelvis_turn_deg,
            **self.posture,
        )


def own_arms(motion: Moves, moments_s: tuple[float, float], rng: np.random.Generator) -> OwnArms:
    """Return a motion whose arms are carried anyhow; ``moments_s`` is the first time it knows and how many follow."""
    arm, elbow, share = {}, {}, {}
    alike = rng.uniform() < 0.65
    for side in SIDES:
        if side == SIDES[0] or not alike:
            kind = list(_CARRIAGES)[int(rng.choice(len(_CARRIAGES), p=[often for often, *_ in _CARRIAGES.values()]))]
            middle = [float(rng.uniform(*span)) for span in _CARRIAGES[kind][1:]]
            swing = rng.uniform(0, 1.1) if kind == "swinging" else rng.uniform(0, 0.5) * (rng.uniform() < 0.7)
        arm[side], elbow[side] = middle[0] + rng.normal(0, 5), middle[1] + rng.normal(0, 7)
        share[side] = float(swing)
    return OwnArms(
        motion, moments_s, later_s=float(rng.uniform(0, moments_s[1])), share=share, arm_deg=arm, elbow_deg=elbow,
        turn_share=float(rng.uniform(0, 2.5)), turn_deg=float(rng.normal(0, 8)),
        hips_share=float(rng.uniform(0.8, 2.5)), hips_deg=float(rng.normal(0, 2)),
        posture={
            "splay_deg": float(rng.uniform(4, 26) if rng.uniform() < 0.85 else rng.uniform(26, 100)),
            "stoop_deg": float(np.clip(rng.normal(4, 8), -8, 22)),
            "nod_deg": float(rng.normal(6, 12)),
            "head_turn_deg": float(rng.normal(0, 14)),
            "side_lean_deg": float(rng.normal(0, 3) if rng.uniform() < 0.8 else rng.normal(0, 16)),
        },
    )  # fmt: skip
