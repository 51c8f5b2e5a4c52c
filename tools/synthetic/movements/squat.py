"""Squats and standing up from a chair: thigh and shank turn with least jerk over feet that stay where they are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gaitlab.core.pose import FloatArray
from tools.synthetic.body import SIDES
from tools.synthetic.movements.bodies import Body
from tools.synthetic.movements.stance import (
    Foot,
    Movement,
    Stance,
    Upper,
    balanced_shank_deg,
    hip_xy_m,
    standing,
)
from tools.synthetic.movements.tracks import Track, constant

_STAND_DEG = (88.0, 6.0)  # thigh over the horizontal, shank before the vertical
# From the hip joint down to the seat, of a person 1.78 m tall.
_SEAT_UNDER_HIP_M = 0.095


@dataclass(frozen=True, slots=True)
class SquatStyle:
    """How somebody squats.

    Attributes:
        thighs_deg: of the thigh over the horizontal in the deepest position, a repetition; below 0 under parallel.
        lean_deg: of the trunk there.
        down_s, hold_s, up_s, pause_s: the tempo.
        heel_deg: how far the heels have come up there.
        knee_in_deg: how far the knees turn to each other there.
    """

    thighs_deg: tuple[float, ...] = (12.0, 4.0, 20.0, -4.0)
    lean_deg: float = 38.0
    down_s: float = 1.3
    hold_s: float = 0.4
    up_s: float = 1.0
    pause_s: float = 0.7
    heel_deg: float = 0.0
    knee_in_deg: float = 0.0


def squats(body: Body, stance: Stance, style: SquatStyle) -> Movement:
    """Return squats with the arms held forward."""
    thigh, shank, lean, heel, knee_in, arm = ([] for _ in range(6))
    names = ("start_s", "bottom_start_s", "bottom_end_s", "end_s")
    times: dict[str, list[float]] = {name: [] for name in names}
    time_s = style.pause_s
    for thigh_deg in style.thighs_deg:
        shank_deg = balanced_shank_deg(
            body, stance, thigh_deg=thigh_deg, lean_deg=style.lean_deg, arm_deg=118.0, heel_deg=-style.heel_deg
        )
        at = np.cumsum([time_s, style.down_s, style.hold_s, style.up_s])
        for name, when in zip(names, at, strict=True):
            times[name].append(float(when))
        for track, up, down in (
            (thigh, _STAND_DEG[0], thigh_deg), (shank, _STAND_DEG[1], shank_deg), (lean, 4.0, style.lean_deg),
            (heel, 0.0, -style.heel_deg), (knee_in, 0.0, style.knee_in_deg), (arm, 8.0, 88.0 + 0.8 * style.lean_deg),
        ):  # fmt: skip
            track.extend(zip(at, (up, down, down, up), strict=True))
        time_s = float(at[-1]) + style.pause_s
    events = {name: np.array(values) for name, values in times.items()}
    truth = {
        **events, "deepest_s": (events["bottom_start_s"] + events["bottom_end_s"]) / 2,
        "repetitions": np.array(len(style.thighs_deg)), "heel_lift": np.array(style.heel_deg > 0),
        **{name: np.full(len(style.thighs_deg), getattr(style, name)) for name in ("down_s", "hold_s", "up_s")},
    }  # fmt: skip
    upper = Upper(Track(lean), Track(arm), constant(8.0), constant(5.0))
    turned = Track(knee_in) if style.knee_in_deg else None
    at = _legs(body, stance, Track(thigh), Track(shank), Track(heel), upper, turned)
    return Movement("squat", body, at, time_s, truth, {"deepest": truth["deepest_s"]})


def _legs(body, stance, thigh, shank, heel, upper, knee_in=None):  # type: ignore[no-untyped-def]
    """Return the channels of legs whose segments have these angles over time."""

    def hips(time_s: FloatArray) -> FloatArray:
        ball = stance.ball_m(body, "left")
        ankle = stance.ankle_m(body, "left", ball, heel(time_s))
        over, tilt, flat = np.radians(thigh(time_s)), np.radians(shank(time_s)), stance.flatness(body)
        x = ankle[:, 0] + flat * (body.shank_m * np.sin(tilt) - body.thigh_m * np.cos(over))
        y = ankle[:, 1] + flat * (body.shank_m * np.cos(tilt) + body.thigh_m * np.sin(over))
        return np.stack([x, y], axis=-1)

    return standing(
        body, stance, hip_x_m=lambda t: hips(t)[:, 0], hip_y_m=lambda t: hips(t)[:, 1],
        feet=dict.fromkeys(SIDES, Foot(pitch_deg=heel)), upper=upper,
        knee_in_deg=dict.fromkeys(SIDES, knee_in) if knee_in else None,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class ChairStyle:
    """How somebody stands up and sits down.

    Attributes:
        times: how often.
        lean_deg: of the trunk when the hips leave the seat.
        up_s, down_s, stand_s, sit_s: from the seat to standing, back, and how long in between.
        thigh_deg, shank_deg: of the legs on the seat.
    """

    times: int = 5
    lean_deg: float = 42.0
    up_s: float = 0.9
    down_s: float = 1.0
    stand_s: float = 0.25
    sit_s: float = 0.45
    thigh_deg: float = 2.0
    shank_deg: float = 14.0


def sit_to_stand(body: Body, stance: Stance, style: ChairStyle) -> Movement:
    """Return standing up from a chair and sitting down, arms crossed before the chest."""
    thigh, shank, lean = ([] for _ in range(3))
    names = ("start_s", "seat_off_s", "stand_s", "sit_start_s", "seat_on_s", "end_s")
    times: dict[str, list[float]] = {name: [] for name in names}
    bend_s, lean_first = 0.35, 0.7
    time_s = 0.8
    for _ in range(style.times):
        at = np.cumsum([time_s, bend_s, style.up_s, style.stand_s, style.down_s, bend_s])
        for name, when in zip(names, at, strict=True):
            times[name].append(float(when))
        start, off, stand, sit, seated, end = at
        for track, low, high in ((thigh, style.thigh_deg, _STAND_DEG[0]), (shank, style.shank_deg, _STAND_DEG[1])):
            track.extend([(off, low), (stand, high), (sit, high), (seated, low)])
        # The trunk has most of its lean when the hips leave the seat, and all of it a little later.
        turning = style.lean_deg * (1 - lean_first) / 0.25
        lean.extend([
            (start, 2.0), (off, lean_first * style.lean_deg, turning), (off + 0.25, style.lean_deg), (stand, 3.0),
            (sit, 3.0), (seated - 0.25, style.lean_deg), (seated, lean_first * style.lean_deg, -turning), (end, 2.0),
        ])  # fmt: skip
        time_s = float(end) + style.sit_s
    events = {name: np.array(values) for name, values in times.items()}
    seat_m = float(hip_xy_m(body, stance, thigh_deg=style.thigh_deg, shank_deg=style.shank_deg)[1])
    seat_m -= _SEAT_UNDER_HIP_M * body.person["height_m"] / 1.78
    hip_x = float(hip_xy_m(body, stance, thigh_deg=style.thigh_deg, shank_deg=style.shank_deg)[0])
    truth = {
        **events, "repetitions": np.array(style.times), "seat_m": np.array(seat_m),
        # Timed from the first movement of the trunk to the last standing, and to the last sitting.
        "to_last_stand_s": events["stand_s"][-1] - events["start_s"][0],
        "to_last_seat_s": events["seat_on_s"][-1] - events["start_s"][0],
    }  # fmt: skip
    upper = Upper(Track(lean), constant(34.0), constant(120.0), constant(6.0))
    at = _legs(body, stance, Track(thigh), Track(shank), constant(0.0), upper)
    chair = (
        ((hip_x - 0.22, seat_m - 0.05, -0.22), (hip_x + 0.20, seat_m, 0.22)),
        ((hip_x - 0.26, seat_m, -0.22), (hip_x - 0.21, seat_m + 0.42, 0.22)),
        *(((x, 0.0, z), (x + 0.04, seat_m - 0.05, z + 0.04))
          for x in (hip_x - 0.22, hip_x + 0.16) for z in (-0.22, 0.18)),
    )  # fmt: skip
    return Movement("sit_to_stand", body, at, time_s, truth, {"seat_off": truth["seat_off_s"]}, chair)
