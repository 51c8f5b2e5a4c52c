"""Movements without a name of their own: arms raised and lowered, and lunges on the spot."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tools.synthetic.body import SIDES
from tools.synthetic.movements.bodies import Body
from tools.synthetic.movements.stance import Foot, Movement, Stance, Upper, hip_over_m, hip_xy_m, standing
from tools.synthetic.movements.tracks import Track, constant


def _up_and_down(*, times: int, period_s: float, low: float, high: float) -> tuple[Track, dict[str, np.ndarray]]:
    """Return something that goes from low to high and back with least jerk, and when: a rest of 0.6 s at both ends."""
    starts_s = 0.6 + period_s * np.arange(times)
    knots = [(0.0, low), *((start + share * period_s, value) for start in starts_s
                           for share, value in ((0.0, low), (0.5, high)))]  # fmt: skip
    end_s = float(starts_s[-1] + period_s)
    events = {"start_s": starts_s, "deepest_s": starts_s + period_s / 2, "end_s": starts_s + period_s}
    return Track([*knots, (end_s, low)]), {
        **events, "repetitions": np.array(times), "period_s": np.array(period_s),
    }  # fmt: skip


@dataclass(frozen=True, slots=True)
class ArmStyle:
    """How somebody raises the arms: forward or sideways, how often, how long up and down take, how high."""

    sideways: bool = False
    times: int = 6
    period_s: float = 2.2
    to_deg: float = 150.0


def arm_raises(body: Body, stance: Stance, style: ArmStyle) -> Movement:
    """Return straight arms raised forward, or sideways, and lowered; ``deepest_s`` is when they are highest."""
    low = 12.0 if style.sideways else 0.0
    raised, truth = _up_and_down(times=style.times, period_s=style.period_s, low=low, high=style.to_deg)
    upper = Upper(
        lean_deg=constant(3.0), arm_deg=constant(2.0) if style.sideways else raised, elbow_deg=constant(7.0),
        splay_deg=raised if style.sideways else constant(6.0),
    )  # fmt: skip
    x, y = hip_xy_m(body, stance, thigh_deg=88.0, shank_deg=6.0)
    at = standing(
        body, stance, hip_x_m=constant(x), hip_y_m=constant(y), feet=dict.fromkeys(SIDES, Foot()), upper=upper
    )
    truth = {**truth, "raised_deg": np.array(style.to_deg)}
    return Movement("arm_raise", body, at, float(truth["end_s"][-1]) + 0.6, truth, {"deepest": truth["deepest_s"]})


@dataclass(frozen=True, slots=True)
class LungeStyle:
    """How somebody lunges: how often, how long down and up take, the front knee at the bottom, the feet's distance."""

    times: int = 5
    period_s: float = 2.4
    knee_deg: float = 96.0
    apart_m: float = 0.78


def lunges(body: Body, stance: Stance, style: LungeStyle) -> Movement:
    """Return split squats, right foot in front: the hips go straight down between the feet."""
    size = body.person["height_m"] / 1.78
    front_m, back_m = style.apart_m / 2 * size, -style.apart_m / 2 * size
    # Over the front foot alone: how high the hips are with this knee, so far behind its ankle.
    top, deep = (
        hip_over_m(body, stance, knee_deg=knee, heel_deg=0.0, hip_x_m=-front_m) for knee in (16.0, style.knee_deg)
    )
    height, truth = _up_and_down(times=style.times, period_s=style.period_s, low=top, high=deep)
    feet = {
        "right": Foot(x_m=constant(front_m)),
        "left": Foot(x_m=constant(back_m), pitch_deg=constant(-48.0)),
    }  # fmt: skip
    upper = Upper(constant(6.0), constant(-6.0), constant(70.0), constant(24.0))
    at = standing(body, stance, hip_x_m=constant(0.0), hip_y_m=height, feet=feet, upper=upper)
    return Movement("lunge", body, at, float(truth["end_s"][-1]) + 0.6, truth, {"deepest": truth["deepest_s"]})
