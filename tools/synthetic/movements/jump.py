"""Jumps: the hips are thrown exactly, the balls of the feet leave the ground and meet it at times that are known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from tools.synthetic.body import SIDES
from tools.synthetic.movements.bodies import Body
from tools.synthetic.movements.stance import (
    Foot,
    Movement,
    Stance,
    Upper,
    balanced_shank_deg,
    hip_over_m,
    hip_xy_m,
    standing,
)
from tools.synthetic.movements.tracks import GRAVITY, Track, constant, flight_height_m, throw_s

Landing = Literal["same", "softer"]
# Hips over the feet at take-off, and just after it, when the leg has gone on straightening: the toe starts from rest.
_TAKE_OFF_KNEE_DEG, _TAKE_OFF_HEEL_DEG = 28.0, -40.0
_STRAIGHT_KNEE_DEG, _STRAIGHT_HEEL_DEG = 16.0, -50.0
_SOFT_KNEE_DEG, _SOFT_HEEL_DEG = 42.0, -28.0
_STANDING_THIGH_DEG, _STANDING_SHANK_DEG = 88.0, 6.0
_HEEL_RISE_S, _HEEL_FALL_S = 0.14, 0.09
# A step off a box: how far behind the landing its feet stand, how long it takes until the last foot leaves.
_BOX_BACK_M, _STEP_OFF_S = 0.40, 0.6
_STEP_KNEE_DEG, _STEP_HEEL_DEG, _STEP_AHEAD_M = 24.0, -32.0, 0.16


@dataclass(frozen=True, slots=True)
class JumpStyle:
    """How somebody jumps.

    Attributes:
        rises_m: how far the hips rise from take-off to the top, a jump.
        landing: ``same``: the legs land as they took off; ``softer``: knees more bent, heels lower.
        thigh_deg: of the thigh over the horizontal in the deepest position before take-off.
        lean_deg: of the trunk there.
        arms: whether they swing; else they are crossed before the chest.
        pause_s: standing between jumps.
        box_m: height of the box of a drop jump; ground_s: its contact times.
        knee_in_deg: how far the knees turn to each other after landing.
    """

    rises_m: tuple[float, ...] = (0.30, 0.36, 0.27)
    landing: Landing = "same"
    thigh_deg: float = 32.0
    lean_deg: float = 42.0
    arms: bool = True
    pause_s: float = 1.1
    box_m: float = 0.30
    ground_s: tuple[float, ...] = (0.26, 0.22, 0.30)
    knee_in_deg: float = 0.0


class _Course:
    """The knots of everything that moves, as they are gathered jump by jump."""

    def __init__(self, body: Body, stance: Stance, style: JumpStyle) -> None:
        self.body, self.stance, self.style = body, stance, style
        self.stand = hip_xy_m(body, stance, thigh_deg=_STANDING_THIGH_DEG, shank_deg=_STANDING_SHANK_DEG)
        self.up_x_m = 0.45 * float(stance.ball_m(body, "left")[0])
        self.off_m = hip_over_m(
            body, stance, knee_deg=_TAKE_OFF_KNEE_DEG, heel_deg=_TAKE_OFF_HEEL_DEG, hip_x_m=self.up_x_m
        )
        self.straight_m = hip_over_m(
            body, stance, knee_deg=_STRAIGHT_KNEE_DEG, heel_deg=_STRAIGHT_HEEL_DEG, hip_x_m=self.up_x_m
        )
        soft = style.landing == "softer"
        self.land_heel_deg = _SOFT_HEEL_DEG if soft else _TAKE_OFF_HEEL_DEG
        self.land_m = hip_over_m(
            body, stance, knee_deg=_SOFT_KNEE_DEG, heel_deg=self.land_heel_deg, hip_x_m=self.up_x_m
        ) if soft else self.off_m  # fmt: skip
        shank_deg = balanced_shank_deg(body, stance, thigh_deg=style.thigh_deg, lean_deg=style.lean_deg, arm_deg=0.0)
        self.deep = hip_xy_m(body, stance, thigh_deg=style.thigh_deg, shank_deg=shank_deg)
        self.x: list[tuple[float, ...]] = []
        self.y: list[tuple[float, ...]] = []
        self.under: list[tuple[float, ...]] = []  # from hips down to the balls of the feet
        self.pitch: list[tuple[float, ...]] = []
        self.lean: list[tuple[float, ...]] = []
        self.arm: list[tuple[float, ...]] = []
        self.knee_in: list[tuple[float, ...]] = []
        self.times: dict[str, list[float]] = {
            name: [] for name in ("start_s", "deepest_s", "take_off_s", "top_s", "landing_s", "lowest_s", "end_s")
        }

    def stands(self, start_s: float, end_s: float) -> None:
        """Stand still."""
        for time_s in (start_s, end_s):
            self.x.append((time_s, self.stand[0]))
            self.y.append((time_s, self.stand[1]))
            self.pitch.append((time_s, 0.0))
            self.lean.append((time_s, 4.0))
            self.arm.append((time_s, self._arm(4.0)))
            self.knee_in.append((time_s, 0.0))

    def squats_down(self, start_s: float, *, down_s: float, hold_s: float) -> float:
        """Go down, without a hold on to the push in one movement, and return when the push begins."""
        bottom_s = start_s + down_s
        self.times["start_s"].append(start_s)
        self.times["deepest_s"].append(bottom_s + hold_s / 2)
        turn_mps2 = 0.0 if hold_s else 7.0
        for time_s in (bottom_s, bottom_s + hold_s) if hold_s else (bottom_s,):
            self.x.append((time_s, self.deep[0]))
            self.y.append((time_s, self.deep[1], 0.0, turn_mps2))
            self.pitch.append((time_s, 0.0))
            self.lean.append((time_s, self.style.lean_deg))
            self.arm.append((time_s, self._arm(-42.0)))
        return bottom_s + hold_s

    def pushes_off(self, start_s: float, rise_m: float) -> float:
        """Push from the deepest position, and return the time of take-off."""
        up_mps = float(np.sqrt(2 * GRAVITY * rise_m))
        # At rest below, -g above and the speed of take-off: so long, the force never pulls.
        off_s = start_s + 1.7 * (self.off_m - self.deep[1]) / up_mps
        self.pitch.append((off_s - _HEEL_RISE_S, 0.0))
        self._leaves(off_s, up_mps)
        return off_s

    def _leaves(self, off_s: float, up_mps: float) -> None:
        self.x.append((off_s, self.up_x_m))
        self.y.append((off_s, self.off_m, up_mps, -GRAVITY))
        self.lean.append((off_s, 8.0))
        self.arm.append((off_s, self._arm(118.0)))
        self.times["take_off_s"].append(off_s)

    def flies(self, off_s: float, rise_m: float) -> float:
        """Fly, and return the time of landing."""
        up_mps = float(np.sqrt(2 * GRAVITY * rise_m))
        flight_s = throw_s(up_mps=up_mps, from_m=self.off_m, to_m=self.land_m)
        land_s = off_s + flight_s
        # The balls' acceleration is 0 at first and up at once after: they come away slowly, as feet do.
        straight_s = off_s + 3 * (self.straight_m - self.off_m) / up_mps
        self.under += [
            (off_s, self.off_m, up_mps, -2 * up_mps / (straight_s - off_s)),
            (straight_s, self.straight_m),
            (land_s, self.land_m),
        ]
        self.pitch += [
            (off_s, _TAKE_OFF_HEEL_DEG, 2 * _TAKE_OFF_HEEL_DEG / _HEEL_RISE_S),
            (straight_s, _STRAIGHT_HEEL_DEG),
            (land_s, self.land_heel_deg),
        ]
        self.times["top_s"].append(off_s + up_mps / GRAVITY)
        self.times["landing_s"].append(land_s)
        self.x.append((land_s, self.up_x_m))
        self.y.append((land_s, self.land_m, up_mps - GRAVITY * flight_s, -GRAVITY))
        self.lean.append((land_s, 9.0))
        self.arm.append((land_s, self._arm(45.0)))
        self.knee_in.append((land_s, 0.0))
        return land_s

    def lands(self, land_s: float) -> float:
        """Take the landing up in the knees, stand up, and return when that is done."""
        down_mps = -self.y[-1][2]
        low_m = self.land_m - 0.72 * (self.off_m - self.deep[1])
        low_s = land_s + 2.1 * (self.land_m - low_m) / down_mps
        self.pitch.append((land_s + _HEEL_FALL_S, 0.0))
        self.x.append((low_s, 0.6 * self.deep[0] + 0.4 * self.stand[0]))
        self.y.append((low_s, low_m, 0.0, 6.0))
        self.lean.append((low_s, 0.8 * self.style.lean_deg))
        self.arm.append((low_s, self._arm(25.0)))
        self.knee_in.append((low_s, self.style.knee_in_deg))
        self.times["lowest_s"].append(low_s)
        self.times["end_s"].append(low_s + 0.75)
        return low_s + 0.75

    def _arm(self, swung_deg: float) -> float:
        return swung_deg if self.style.arms else 32.0

    def upper(self) -> Upper:
        return Upper(
            Track(self.lean), Track(self.arm), constant(28.0 if self.style.arms else 118.0),
            constant(14.0 if self.style.arms else 6.0),
        )  # fmt: skip


def stationary_jumps(kind: str, body: Body, stance: Stance, style: JumpStyle) -> Movement:
    """Return jumps from standing: ``countermovement_jump`` in one movement, ``squat_jump`` after a second below."""
    course = _Course(body, stance, style)
    squat = kind == "squat_jump"
    time_s = 0.0
    for rise_m in style.rises_m:
        start_s = time_s + style.pause_s
        course.stands(time_s, start_s)
        push_s = course.squats_down(start_s, down_s=1.1 if squat else 0.6, hold_s=1.2 if squat else 0.0)
        time_s = course.lands(course.flies(course.pushes_off(push_s, rise_m), rise_m))
    course.stands(time_s, time_s + style.pause_s)
    feet = dict.fromkeys(SIDES, _foot(course))
    return _movement(kind, course, feet, time_s + style.pause_s, hip_x=Track(course.x), hip_y=Track(course.y))


def drop_jump(body: Body, stance: Stance, style: JumpStyle) -> Movement:
    """Return a step off a box and a jump at once; every further rise is a rebound."""
    course = _Course(body, stance, style)
    box_m = style.box_m
    step_s, leave_s = style.pause_s, style.pause_s + _STEP_OFF_S
    course.stands(0.0, step_s)
    course.x, course.y = (
        [(t, at + up) for t, at in knots] for knots, up in ((course.x, -_BOX_BACK_M), (course.y, box_m))
    )
    last_m = box_m + hip_over_m(body, stance, knee_deg=_STEP_KNEE_DEG, heel_deg=_STEP_HEEL_DEG, hip_x_m=_STEP_AHEAD_M)
    land_s = leave_s + throw_s(up_mps=0.0, from_m=last_m, to_m=course.land_m)
    forward_mps = (course.up_x_m + _BOX_BACK_M - _STEP_AHEAD_M - 0.08) / (land_s - leave_s)
    course.x += [(leave_s, _STEP_AHEAD_M - _BOX_BACK_M, forward_mps), (land_s, course.up_x_m - 0.08, forward_mps)]
    course.y += [(leave_s, last_m, 0.0, -GRAVITY), (land_s, course.land_m, -GRAVITY * (land_s - leave_s), -GRAVITY)]
    course.lean += [(leave_s, 6.0), (land_s, 12.0)]
    course.arm += [(leave_s, course._arm(10.0)), (land_s, course._arm(-30.0))]
    step_pitch = {
        "left": [(0.0, 0.0), (leave_s - 0.3, 0.0), (leave_s, _STEP_HEEL_DEG), (land_s, course.land_heel_deg)],
        "right": [(0.0, 0.0), (step_s, 0.0), (leave_s, -8.0), (land_s, course.land_heel_deg)],
    }  # fmt: skip
    course.pitch = []
    course.times["box_left_s"] = [leave_s]
    first_s = land_s
    for rise_m, ground_s in zip(style.rises_m, style.ground_s, strict=False):
        off_s = land_s + ground_s
        course.pitch += [(land_s + 0.3 * ground_s, -6.0), (off_s - 0.45 * ground_s, -6.0)]
        course.lean.append((land_s + ground_s / 2, 0.4 * style.lean_deg))
        course._leaves(off_s, float(np.sqrt(2 * GRAVITY * rise_m)))
        land_s = course.flies(off_s, rise_m)
    end_s = course.lands(land_s)
    contacts_s = np.array([first_s, *course.times["landing_s"][:-1]])
    course.stands(end_s, end_s + style.pause_s)
    hip_y = Track(course.y)
    for contact_s, off_s in zip(contacts_s, course.times["take_off_s"], strict=True):
        fine = np.linspace(contact_s, off_s, 2001)
        course.times["deepest_s"].append(float(fine[np.argmin(hip_y(fine))]))
    feet = {side: _stepping(course, side, step_pitch[side], step_s, leave_s, first_s) for side in SIDES}
    edge_m = float(stance.ball_m(body, "left")[0]) - _BOX_BACK_M + 0.09
    movement = _movement(
        "drop_jump", course, feet, end_s + style.pause_s, hip_x=Track(course.x), hip_y=hip_y,
        fixed=(((-_BOX_BACK_M - 0.36, 0.0, -0.3), (edge_m, box_m, 0.3)),),
    )  # fmt: skip
    off_s = movement.truth["take_off_s"]
    movement.truth.update(
        first_contact_s=contacts_s,
        contact_time_s=off_s - contacts_s,
        box_m=np.array(box_m),
        reactive_strength_index=movement.truth["jump_height_m"] / (off_s - contacts_s),
    )
    return movement


def _stepping(course, side, pitch, step_s, leave_s, land_s):  # type: ignore[no-untyped-def]
    """Return a foot that stands on the box, steps or falls from it, and then jumps with the other."""
    later, hip_y = _foot(course), Track(course.y)
    box_m = course.style.box_m
    leads = side == "right"
    lifted_m = 0.05 if leads else 0.0
    x = Track([(step_s + 0.1 if leads else leave_s, -_BOX_BACK_M), (land_s - 0.02, 0.0)])
    on_box = Track([(0.0, box_m), (step_s, box_m), (leave_s, box_m + lifted_m)])
    under_m = float(hip_y(np.array([leave_s]))[0]) - box_m - lifted_m
    falling = Track(
        [(leave_s, under_m), ((leave_s + land_s) / 2, under_m - (0.05 if leads else 0.10)), (land_s, course.land_m)]
    )
    turning = Track([*pitch, *(knot for knot in course.pitch)])

    def height_m(time_s):  # type: ignore[no-untyped-def]
        fallen = np.where(time_s < leave_s, on_box(time_s), hip_y(time_s) - falling(time_s))
        return np.where(time_s < land_s, fallen, later.y_m(time_s))

    def toes_deg(time_s):  # type: ignore[no-untyped-def]
        room_m = np.where(time_s < leave_s, height_m(time_s) - box_m, height_m(time_s))
        return -np.minimum(20.0, np.degrees(np.arctan(0.6 * np.maximum(room_m, 0.0) / 0.10)))

    return Foot(x_m=x, y_m=height_m, pitch_deg=turning, toes_deg=toes_deg)


def _foot(course: _Course) -> Foot:
    """Return the feet of a jump: planted, and in the air under the hips by what the legs are long then."""
    hip_y, under = Track(course.y), Track(course.under)
    flights = list(zip(course.times["take_off_s"], course.times["landing_s"], strict=True))

    def height_m(time_s):  # type: ignore[no-untyped-def]
        in_air = np.zeros(len(time_s), bool)
        for off_s, land_s in flights:
            in_air |= (time_s > off_s) & (time_s < land_s)
        return np.where(in_air, hip_y(time_s) - under(time_s), 0.0)

    def toes_deg(time_s):  # type: ignore[no-untyped-def]
        # They hang as far as there is room under them, and lie flat when they leave the ground and meet it.
        return -np.minimum(28.0, np.degrees(np.arctan(0.6 * height_m(time_s) / 0.10)))

    return Foot(y_m=height_m, pitch_deg=Track(course.pitch), toes_deg=toes_deg)


def _movement(kind, course, feet, duration_s, *, hip_x, hip_y, fixed=()) -> Movement:  # type: ignore[no-untyped-def]
    times = {name: np.array(values) for name, values in course.times.items() if values}
    off_s, land_s = times["take_off_s"], times["landing_s"]
    knee_in = dict.fromkeys(SIDES, Track(course.knee_in)) if course.style.knee_in_deg else None
    at = standing(
        course.body, course.stance, hip_x_m=hip_x, hip_y_m=hip_y, feet=feet, upper=course.upper(), knee_in_deg=knee_in
    )
    truth = {
        **times, "flight_s": land_s - off_s, "jump_height_m": flight_height_m(land_s - off_s),
        "hip_rise_m": np.array(course.style.rises_m),
        "hip_rise_from_standing_m": hip_y(times["top_s"]) - course.stand[1],
        "hip_lower_at_landing_m": hip_y(off_s) - hip_y(land_s), "landing_posture": np.array(course.style.landing),
        "repetitions": np.array(len(off_s)),
    }  # fmt: skip
    instants = {
        name: times[f"{name}_s"] for name in ("deepest", "take_off", "landing", "lowest") if f"{name}_s" in times
    }
    return Movement(kind, course.body, at, duration_s, truth, instants, fixed)
