"""Poses that are no running: walking, standing, and legs anyhow."""

from __future__ import annotations

from typing import Literal

import numpy as np

from gaitlab.core.pose import FloatArray
from tools.synthetic.body import SIDES, SIGN, Shape
from tools.synthetic.curves import through
from tools.synthetic.rig import Channels, ball_of, heel_of, hips

Kind = Literal["walking", "standing", "anyhow"]
# Thigh and knee flexion and ankle dorsiflexion of walking over a stride from heel strike, degrees: the usual course of
# published group curves (Winter 1991).
_WALK_PHASE = np.array([0, 0.12, 0.3, 0.5, 0.6, 0.72, 0.87, 1.0])
_WALK_THIGH = np.array([24, 21, 4, -14, -9, 14, 27, 24.0])
_WALK_KNEE = np.array([6, 18, 9, 9, 36, 62, 25, 6.0])
_WALK_ANKLE = np.array([0, -4, 7, 11, -14, -7, 1, 0.0])
_LEAST_KNEE_DEG = 5.0


def poses(shape: Shape, kind: Kind, *, count: int, rng: np.random.Generator) -> Channels:
    """Return ``count`` poses of a kind, each with its lowest foot on the belt."""
    thigh, knee, ankle = _legs(kind, count, rng)
    fore_aft = np.clip((thigh["left"] - thigh["right"]) / 45, -1, 1)
    swing_deg, elbow_deg = rng.uniform(5, 35), rng.uniform(8, 60) if kind == "walking" else rng.uniform(0, 110)
    loose = 12.0 if kind == "anyhow" else 4.0

    def some(middle: float, spread: float) -> FloatArray:
        return middle + rng.normal(0, spread, count)

    zero = {side: np.zeros(count) for side in SIDES}
    channels = Channels(
        pelvis_m=np.zeros((count, 3)),
        lean_deg=some(rng.uniform(-2, 14), 0.5 * loose),
        pelvis_drop_deg=some(0, 3),
        pelvis_turn_deg=6 * fore_aft + some(0, 2),
        thorax_turn_deg=-7 * fore_aft + some(0, 2),
        ankle_m={side: np.zeros((count, 3)) for side in SIDES},
        foot_deg=zero,
        toes_deg=zero,
        roll_deg={side: some(0, 4) for side in SIDES},
        toe_out_deg={side: float(rng.uniform(0, 15)) for side in SIDES},
        arm_deg={side: -SIGN[side] * -swing_deg * -fore_aft + some(0, loose) for side in SIDES},
        elbow_deg={side: np.clip(some(elbow_deg, loose), 2, 140) for side in SIDES},
        splay_deg=float(rng.uniform(4, 20)),
    )
    return _on_the_belt(shape, channels, thigh, knee, ankle, rng)


def _legs(kind: Kind, count: int, rng: np.random.Generator) -> tuple[dict[str, FloatArray], ...]:
    thigh, knee, ankle = {}, {}, {}
    phase = rng.uniform(0, 1, count)
    vigour = rng.uniform(0.7, 1.15)
    for side in SIDES:
        if kind == "walking":
            at = (phase + (0.5 if side == "right" else 0.0)) % 1.0
            thigh[side] = vigour * through(_WALK_PHASE, _WALK_THIGH)(at)
            knee[side] = through(_WALK_PHASE, _WALK_KNEE)(at) * (0.5 + 0.5 * vigour)
            ankle[side] = through(_WALK_PHASE, _WALK_ANKLE)(at)
        elif kind == "standing":
            bend = np.abs(rng.normal(0, 6, count))
            thigh[side], knee[side] = bend + rng.normal(0, 4, count), 2 * bend + 4
            ankle[side] = knee[side] - thigh[side]
        else:
            thigh[side] = rng.normal(8, 24, count)
            knee[side] = np.abs(rng.normal(35, 38, count))
            ankle[side] = rng.normal(-2, 12, count)
        knee[side] = np.clip(knee[side], _LEAST_KNEE_DEG, 135)
    return thigh, knee, ankle


def _on_the_belt(  # type: ignore[no-untyped-def]
    shape: Shape, channels: Channels, thigh, knee, ankle, rng: np.random.Generator
) -> Channels:
    """Put ankles where the angles have them, and the pelvis so high that the lower foot stands."""
    from dataclasses import replace

    rest = shape.joints
    joint = hips(shape, channels)
    at, pitch, lowest = {}, {}, []
    narrow = rng.uniform(0.2, 1.2)
    for side in SIDES:
        thigh_m = float(np.linalg.norm(rest[f"{side}_knee"] - rest[f"{side}_hip"]))
        shank_m = float(np.linalg.norm(rest[f"{side}_ankle"] - rest[f"{side}_knee"]))
        t, s = np.radians(thigh[side]), np.radians(knee[side] - thigh[side])
        down = np.stack([
            thigh_m * np.sin(t) - shank_m * np.sin(s),
            -thigh_m * np.cos(t) - shank_m * np.cos(s),
            (narrow - 1) * joint[side][:, 2],
        ], axis=-1)  # fmt: skip
        far = np.linalg.norm(down, axis=-1, keepdims=True) / (thigh_m + shank_m)
        at[side] = joint[side] + down / np.maximum(far / 0.998, 1.0)
        pitch[side] = np.clip(ankle[side] - (knee[side] - thigh[side]), -85, 40)
        tilt = np.radians(pitch[side])
        sole = (point(rest, side) - rest[f"{side}_ankle"] for point in (ball_of, heel_of))
        low = [at[side][:, 1] + p[0] * np.sin(tilt) + p[1] * np.cos(tilt) for p in sole]
        lowest.append(np.minimum(*low))
    rise = -np.minimum(*lowest)
    shift = np.stack([rng.uniform(-0.1, 0.2) * np.ones_like(rise), rise, np.zeros_like(rise)], axis=-1)
    standing = np.stack(lowest) + rise < 0.02
    return replace(
        channels,
        pelvis_m=channels.pelvis_m + shift,
        ankle_m={side: at[side] + shift for side in SIDES},
        foot_deg=pitch,
        toes_deg={side: np.where(standing[i], np.clip(-pitch[side], 0, 60), 0.0) for i, side in enumerate(SIDES)},
    )
