"""Feet on the belt and just off it: the planted foot's path, and room under the swinging one."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np

from gaitlab.core.pose import FloatArray
from tools.synthetic.ankle import ankle_in_shoe_m
from tools.synthetic.rig import ball_of, foot_turn, heel_of
from tools.synthetic.style import Style

# A foot in the air is at least so far from the belt, which it leaves and meets at these speeds or faster.
_CLEARANCE_M, _RISING_MPS, _FALLING_MPS = 0.03, 0.35, 0.35
_SAMPLES = 301
Planted = dict[str, Any]


def planted_foot(
    rest: dict[str, FloatArray], style: Style, side: str, *, start_s: float, end_s: float, leave_deg: float
) -> Planted:
    """Return a contact's ``time_s``, the foot's ``pitch`` and ``roll`` (deg), ``relative`` and ``joint`` (t, 3) m.

    ``relative`` is the path of the loaded ankle's place in the foot, from where it is in the flat foot, without the
    belt; ``joint`` that of the ankle joint itself, which sinks to there after it has landed.

    Args:
        leave_deg: pitch at toe-off, heel up below 0.
    """
    ankle, ball, heel = rest[f"{side}_ankle"], ball_of(rest, side), heel_of(rest, side)
    s = np.linspace(0, 1, _SAMPLES)
    landing = style.strike_deg[side] * np.clip(1 - s / 0.22, 0, 1) ** 2
    leaving = leave_deg * np.clip((s - 0.46) / 0.54, 0, 1) ** 2.1
    pitch = landing + leaving
    at_strike, peak = style.eversion_deg[side]
    roll = at_strike + (peak - at_strike) * np.sin(np.pi * np.clip(s / 0.84, 0, 1)) ** 1.2
    turned = foot_turn(side=side, foot_deg=pitch, roll_deg=roll, toe_out_deg=style.toe_out_deg)
    flat = foot_turn(side=side, foot_deg=np.zeros(1), roll_deg=np.zeros(1), toe_out_deg=style.toe_out_deg)[0]
    pivot = np.where((pitch > 0)[:, None], heel - ankle, ball - ankle)
    # The pivot stands where it would stand under the flat foot; origin: the flat foot's ankle, on the belt.
    place = pivot @ flat.T + np.array([0.0, ankle[1] - ball[1], 0.0])
    relative = place - (turned @ pivot[..., None])[..., 0]
    time_s = np.linspace(start_s, end_s, _SAMPLES)
    in_shoe = ankle_in_shoe_m(time_s, strike_s=np.array([start_s]), toe_off_s=np.array([end_s]))
    joint = relative + (turned @ in_shoe[..., None])[..., 0]
    return {"time_s": time_s, "pitch": pitch, "roll": roll, "relative": relative, "joint": joint}


def clear_the_belt(
    rest: dict[str, FloatArray], side: str, landed: list[Planted], *, time_s: FloatArray, pitch: FloatArray,
    toes: FloatArray, ankle: FloatArray,
) -> None:  # fmt: skip
    """Lift a swinging foot whose sole would touch the belt: it comes free, and comes down, at a steady speed.

    Args:
        landed: the foot's contacts in order.
        time_s, pitch, toes: (t,) of the grid, pitch of the foot and bend of the toes in degrees.
        ankle: (t, 3) m, lifted in place.
    """
    joint, ball = rest[f"{side}_ankle"], ball_of(rest, side)
    tip_m = max(rest[f"{side}_big_toe"][0], rest[f"{side}_small_toe"][0]) + 0.03 - ball[0]
    tilt, bent = np.radians(pitch), np.radians(pitch + toes)
    forward, down = ball[0] - joint[0], ball[1] - joint[1]
    ball_y = ankle[:, 1] + forward * np.sin(tilt) + down * np.cos(tilt)
    back = heel_of(rest, side)[0] - joint[0]
    lowest = np.minimum(
        ball_y + np.minimum(tip_m * np.sin(bent) + 0.012, 0.0), ankle[:, 1] + back * np.sin(tilt) + down * np.cos(tilt)
    )
    for before, after in itertools.pairwise(landed):
        start_s, end_s = before["time_s"][-1], after["time_s"][0]
        inside = (time_s > start_s) & (time_s < end_s)
        free_m = np.minimum(_RISING_MPS * (time_s - start_s), _FALLING_MPS * (end_s - time_s))
        ankle[inside, 1] += np.maximum(np.minimum(free_m, _CLEARANCE_M) - lowest, 0.0)[inside]
