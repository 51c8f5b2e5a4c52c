"""Cycling on a stand: feet go round with the pedals, the hips sit where the asked knee angle puts the saddle."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from gaitlab.core.pose import FloatArray
from tools.synthetic.body import SIDES
from tools.synthetic.movements.bodies import Body
from tools.synthetic.movements.stance import Bar, Foot, Movement, Stance, Upper, standing
from tools.synthetic.movements.tracks import constant

_BOTTOM_BRACKET_M = np.array([0.0, 0.29])
_SEAT_TUBE_DEG = 74.0
# From the pedal's axle up to the sole, and from the hip joint down to the saddle of a person 1.78 m tall.
_PEDAL_M, _SADDLE_UNDER_HIP_M = 0.015, 0.09
_WHEEL_M, _WHEELS_X_M = 0.335, (-0.42, 0.60)
_SPOKES = 28


@dataclass(frozen=True, slots=True)
class CyclingStyle:
    """How somebody rides.

    Attributes:
        cadence_rpm: of the cranks, mean; it goes up and down by ``unsteady`` of it within ``unsteady_s``.
        knee_deg: flexion with the pedal at its lowest.
        crank_m: length of a crank.
        lean_deg: of the trunk.
        foot_deg, ankling_deg: mean pitch of the foot, toe down below 0, and how far it swings.
        first_deg: where the right crank is at 0 s, 0 on top, 90 forward.
    """

    cadence_rpm: float = 88.0
    knee_deg: float = 32.0
    crank_m: float = 0.172
    lean_deg: float = 42.0
    foot_deg: float = -14.0
    ankling_deg: float = 8.0
    first_deg: float = 30.0
    unsteady: float = 0.02
    unsteady_s: float = 3.7
    duration_s: float = 10.0


def cycling(body: Body, stance: Stance, style: CyclingStyle) -> Movement:
    """Return a rider; the hips stay on the saddle and the hands on the bar, and the pedals say where the feet are."""
    stance = Stance(width_m=0.20, toe_out_deg=min(stance.toe_out_deg, 5.0))
    per_s = style.cadence_rpm / 60

    def crank_deg(time_s: FloatArray) -> FloatArray:
        swing = style.unsteady * per_s * style.unsteady_s / (2 * np.pi) * np.sin(2 * np.pi * time_s / style.unsteady_s)
        return np.asarray(style.first_deg + 360 * (per_s * time_s + swing))

    upper = Upper(constant(style.lean_deg), constant(56.0 + 1.15 * style.lean_deg), constant(16.0), constant(6.0))

    def sitting(saddle_m: float, angle: Callable[[FloatArray], FloatArray]):  # type: ignore[no-untyped-def]
        hip = _hip_m(saddle_m)
        feet = {side: _foot(body, stance, style, side, angle) for side in SIDES}
        return standing(body, stance, hip_x_m=constant(hip[0]), hip_y_m=constant(hip[1]), feet=feet, upper=upper)

    # The saddle goes up until the knee is as straight as asked with the right pedal at its lowest.
    low, high = 0.3, 1.2
    for _ in range(40):
        middle = (low + high) / 2
        down = Movement("", body, sitting(middle, constant(180.0)), 0.0, {}, {})
        try:
            too_low = _knee_deg(down) > style.knee_deg
        except ValueError:  # out of the leg's reach
            too_low = False
        low, high = (middle, high) if too_low else (low, middle)
    at = sitting(low, crank_deg)
    lowest = {side: _times_of(crank_deg, turn, style.duration_s) for side, turn in (("right", 180.0), ("left", 0.0))}
    top_s = _times_of(crank_deg, 0.0, style.duration_s)
    whole_deg = float(np.diff(crank_deg(np.array([0.0, style.duration_s])))[0])
    saddle = _hip_m(low) - [0.0, _SADDLE_UNDER_HIP_M * body.person["height_m"] / 1.78]
    truth = {
        "cadence_rpm": np.array(whole_deg / 6 / style.duration_s), "crank_m": np.array(style.crank_m),
        "right_bottom_s": lowest["right"], "left_bottom_s": lowest["left"], "right_top_s": top_s,
        "repetitions": np.array(max(len(top_s) - 1, 0)), "knee_at_bottom_deg": np.array(style.knee_deg),
        "saddle_height_m": np.linalg.norm(saddle - _BOTTOM_BRACKET_M),
    }  # fmt: skip
    movement = Movement("cycling", body, at, style.duration_s, truth, {f"{s}_bottom": lowest[s] for s in SIDES})
    hands = movement.points_m(np.zeros(1))
    grip = (hands["left_wrist"] + hands["right_wrist"])[0] / 2
    tubes = _bicycle(saddle, np.array([grip[0] + 0.05, grip[1] - 0.06]))

    def bars(time_s: float) -> list[Bar]:
        turned = np.radians(float(crank_deg(np.array([time_s]))[0]))
        return tubes + _cranks(turned, style.crank_m)

    return Movement("cycling", body, at, style.duration_s, truth, movement.instants, (), bars, {"crank_deg": crank_deg})


def _hip_m(up_tube_m: float) -> FloatArray:
    """Return (2,) m of the hips so far from the bottom bracket, along the seat tube."""
    angle = np.radians(_SEAT_TUBE_DEG)
    return _BOTTOM_BRACKET_M + up_tube_m * np.array([-np.cos(angle), np.sin(angle)])


def _foot(body, stance, style, side, angle) -> Foot:  # type: ignore[no-untyped-def]
    home_m = float(stance.ball_m(body, side)[0])
    behind = 0.0 if side == "right" else np.pi

    def turned(time_s: FloatArray) -> FloatArray:
        return np.radians(angle(time_s)) + behind

    def pitch(time_s: FloatArray) -> FloatArray:
        return style.foot_deg + style.ankling_deg * np.cos(turned(time_s) - 0.6)

    return Foot(
        x_m=lambda t: _BOTTOM_BRACKET_M[0] + style.crank_m * np.sin(turned(t)) - home_m,
        y_m=lambda t: _BOTTOM_BRACKET_M[1] + style.crank_m * np.cos(turned(t)) + _PEDAL_M,
        pitch_deg=pitch, toes_deg=pitch,
    )  # fmt: skip


def _knee_deg(down: Movement) -> float:
    """Return the flexion of the right knee, seen from the side."""
    points = down.points_m(np.zeros(1))
    hip, knee, ankle = (points[f"right_{name}"][0, :2] for name in ("hip", "knee", "ankle"))
    up, below = hip - knee, ankle - knee
    return float(180 - np.degrees(np.arccos(up @ below / np.linalg.norm(up) / np.linalg.norm(below))))


def _times_of(crank_deg: Callable[[FloatArray], FloatArray], turn_deg: float, duration_s: float) -> FloatArray:
    """Return the times at which the right crank is at an angle: the inverse of the rising curve, by its fine grid."""
    fine_s = np.linspace(0.0, duration_s, int(duration_s * 2000) + 1)
    angle = crank_deg(fine_s)
    turns = np.arange(np.ceil((angle[0] - turn_deg) / 360), np.floor((angle[-1] - turn_deg) / 360) + 1)
    return np.interp(360 * turns + turn_deg, angle, fine_s)


def _flat(x: float, y: float, z: float = 0.0) -> FloatArray:
    return np.array([x, y, z])


def _bicycle(saddle: FloatArray, grip: FloatArray) -> list[Bar]:
    """Return what stands still of a bicycle: frame, saddle, bar and wheels."""
    bottom = _flat(*_BOTTOM_BRACKET_M)
    top, head = _flat(saddle[0], saddle[1] - 0.05), _flat(grip[0] - 0.06, grip[1] - 0.04)
    rear, front = (_flat(x, _WHEEL_M) for x in _WHEELS_X_M)
    low_head = head + 0.16 * (front - head) / np.linalg.norm(front - head)
    seat = bottom + 0.75 * (top - bottom)
    frame = [
        (bottom, top, 0.032), (seat, low_head + 0.2 * (head - low_head), 0.032), (bottom, low_head, 0.036),
        (bottom, rear, 0.02), (seat, rear, 0.018), (head, front, 0.028), (head, _flat(*grip), 0.03),
        (_flat(grip[0], grip[1], -0.22), _flat(grip[0], grip[1], 0.22), 0.028),
        (_flat(saddle[0] - 0.13, saddle[1] - 0.02), _flat(saddle[0] + 0.14, saddle[1] - 0.025), 0.06),
    ]  # fmt: skip
    for hub in (rear, front):
        turn = np.linspace(0, 2 * np.pi, _SPOKES + 1)
        rim = hub + (_WHEEL_M - 0.015) * np.stack([np.sin(turn), np.cos(turn), 0 * turn], axis=-1)
        frame += [(a, b, 0.026) for a, b in itertools.pairwise(rim)]
    return frame


def _cranks(turned: float, crank_m: float) -> list[Bar]:
    """Return both cranks and pedals with the right crank so far round."""
    bars: list[Bar] = []
    for z, behind in ((0.075, 0.0), (-0.075, np.pi)):
        way = np.array([np.sin(turned + behind), np.cos(turned + behind)])
        bottom, end = _flat(*_BOTTOM_BRACKET_M, z), _flat(*(_BOTTOM_BRACKET_M + crank_m * way), z)
        outwards = _flat(0.0, -0.004, np.sign(z) * 0.07)
        bars += [(bottom, end, 0.024), (end, end + outwards, 0.02)]
    return bars
