"""A body on its feet: legs in their plane, feet about their balls, and the channels that the skeleton is driven by."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np

from gaitlab.core.pose import FloatArray
from tools.synthetic.body import SIDES, SIGN
from tools.synthetic.movements.bodies import Body, centre_of_mass_m
from tools.synthetic.movements.tracks import Track, constant
from tools.synthetic.rig import Channels, foot_turn, place

Bar = tuple[FloatArray, FloatArray, float]
Box = tuple[tuple[float, float, float], tuple[float, float, float]]


@dataclass(frozen=True, slots=True)
class Stance:
    """Where the feet are: ``width_m`` between the ankles, toes turned out by ``toe_out_deg``.

    The ankle of a flat foot is at x = 0, so that the room's zero lies under the ankles.
    """

    width_m: float = 0.24
    toe_out_deg: float = 8.0

    def ball_m(self, body: Body, side: str) -> FloatArray:
        """Return the (3,) m where the ball of a foot stands."""
        ankle = np.array([0.0, body.ankle_m, SIGN[side] * self.width_m / 2])
        return ankle - self._turned(side, np.zeros(1))[0] @ body.from_ball(side)

    def ankle_m(self, body: Body, side: str, ball_m: FloatArray, pitch_deg: FloatArray) -> FloatArray:
        """Return the (t, 3) m of an ankle, given the ball of its foot and the foot's pitch, heel up below 0."""
        return ball_m + self._turned(side, pitch_deg) @ body.from_ball(side)

    def flatness(self, body: Body) -> float:
        """Return how long the legs are in the sagittal plane, as a share of their length: the feet stand apart."""
        apart = self.width_m / 2 - abs(float(body.joints["left_hip"][2]))
        return float(np.sqrt(1 - (apart / (body.thigh_m + body.shank_m)) ** 2))

    def _turned(self, side: str, pitch_deg: FloatArray) -> FloatArray:
        return foot_turn(side=side, foot_deg=pitch_deg, roll_deg=np.zeros_like(pitch_deg), toe_out_deg=self.toe_out_deg)


@dataclass(frozen=True, slots=True, eq=False)
class Foot:
    """One foot over time: its ball's x and y off its place in the stance, pitch (heel up below 0), the toes' own."""

    x_m: Callable[[FloatArray], FloatArray] = field(default_factory=lambda: constant(0.0))
    y_m: Callable[[FloatArray], FloatArray] = field(default_factory=lambda: constant(0.0))
    pitch_deg: Callable[[FloatArray], FloatArray] = field(default_factory=lambda: constant(0.0))
    toes_deg: Callable[[FloatArray], FloatArray] = field(default_factory=lambda: constant(0.0))


@dataclass(frozen=True, slots=True, eq=False)
class Movement:
    """Somebody moving, known at every time, and what is true of it.

    Attributes:
        at: (t,) s to the channels of the skeleton.
        duration_s: from 0.
        truth: what cannot be read off the points: times of events, counts, what was asked for.
        instants: name to (n,) s; the angles at these times become part of the truth.
        fixed: boxes that stand in the room, lowest and highest corner.
        curves: more that is true at every time, a function of (t,) s.
        bars: a time in s to what has ends and a thickness there then: a bicycle's tubes and cranks.
    """

    kind: str
    body: Body
    at: Callable[[FloatArray], Channels]
    duration_s: float
    truth: dict[str, FloatArray]
    instants: dict[str, FloatArray]
    fixed: tuple[Box, ...] = ()
    bars: Callable[[float], list[Bar]] | None = None
    curves: dict[str, Callable[[FloatArray], FloatArray]] = field(default_factory=dict)

    def points_m(self, time_s: FloatArray) -> dict[str, FloatArray]:
        """Return every keypoint's (t, 3) m at (t,) seconds."""
        return self.body.points_m(place(self.body.shape, self.at(np.asarray(time_s, dtype=np.float64))))


@dataclass(frozen=True, slots=True, eq=False)
class Upper:
    """Trunk and arms over time: lean, shoulder flexion against the trunk, elbow flexion; elbows stand off by splay."""

    lean_deg: Callable[[FloatArray], FloatArray] = field(default_factory=lambda: constant(3.0))
    arm_deg: Callable[[FloatArray], FloatArray] = field(default_factory=lambda: constant(-2.0))
    elbow_deg: Callable[[FloatArray], FloatArray] = field(default_factory=lambda: constant(12.0))
    splay_deg: Callable[[FloatArray], FloatArray] = field(default_factory=lambda: constant(10.0))


def standing(
    body: Body, stance: Stance, *, hip_x_m: Callable[[FloatArray], FloatArray],
    hip_y_m: Callable[[FloatArray], FloatArray], feet: Mapping[str, Foot], upper: Upper,
    knee_in_deg: Mapping[str, Track] | None = None,
) -> Callable[[FloatArray], Channels]:  # fmt: skip
    """Return the channels, a function of time, of somebody whose hips and feet go these ways."""

    def at(time_s: FloatArray) -> Channels:
        zero = np.zeros(len(time_s))
        ankle, pitch, toes = {}, {}, {}
        for side in SIDES:
            foot = feet[side]
            pitch[side] = foot.pitch_deg(time_s)
            # Bent at the ball, so that the toes have the pitch that was said: level ones lie on the ground.
            toes[side] = foot.toes_deg(time_s) - pitch[side]
            ball = stance.ball_m(body, side) + np.stack([foot.x_m(time_s), foot.y_m(time_s), zero], axis=-1)
            ankle[side] = stance.ankle_m(body, side, ball, pitch[side])
        lean = upper.lean_deg(time_s)
        arm, elbow = upper.arm_deg(time_s), upper.elbow_deg(time_s)
        return Channels(
            pelvis_m=np.stack([hip_x_m(time_s), hip_y_m(time_s), zero], axis=-1), lean_deg=lean, pelvis_drop_deg=zero,
            pelvis_turn_deg=zero, thorax_turn_deg=zero, ankle_m=ankle, foot_deg=pitch, toes_deg=toes,
            roll_deg=dict.fromkeys(SIDES, zero), toe_out_deg=dict.fromkeys(SIDES, stance.toe_out_deg),
            arm_deg=dict.fromkeys(SIDES, arm), elbow_deg=dict.fromkeys(SIDES, elbow), splay_deg=upper.splay_deg(time_s),
            # Who stoops looks ahead and not at the feet.
            nod_deg=-0.45 * np.maximum(lean - 5.0, 0.0),
            knee_in_deg={side: track(time_s) for side, track in (knee_in_deg or {}).items()},
        )  # fmt: skip

    return at


def hip_xy_m(body: Body, stance: Stance, *, thigh_deg: float, shank_deg: float, heel_deg: float = 0.0) -> FloatArray:
    """Return (2,) m, forward and up, of hips over planted feet.

    Args:
        thigh_deg: of the thigh over the horizontal, 90 upright, below 0 with hips under the knees.
        shank_deg: of the shank forward of the vertical.
        heel_deg: pitch of the foot, heel up below 0.
    """
    ankle = stance.ankle_m(body, "left", stance.ball_m(body, "left"), np.array([heel_deg]))[0]
    thigh, shank, flat = np.radians(thigh_deg), np.radians(shank_deg), stance.flatness(body)
    x = ankle[0] + flat * (body.shank_m * np.sin(shank) - body.thigh_m * np.cos(thigh))
    y = ankle[1] + flat * (body.shank_m * np.cos(shank) + body.thigh_m * np.sin(thigh))
    return np.array([x, y])


def hip_over_m(body: Body, stance: Stance, *, knee_deg: float, heel_deg: float, hip_x_m: float) -> float:
    """Return the height of the hips, m, over feet on their balls, given how far forward they are and the knee."""
    ankle = stance.ankle_m(body, "left", stance.ball_m(body, "left"), np.array([heel_deg]))[0]
    bent = np.radians(180 - knee_deg)
    leg = np.sqrt(body.thigh_m**2 + body.shank_m**2 - 2 * body.thigh_m * body.shank_m * np.cos(bent))
    return float(ankle[1] + np.sqrt((stance.flatness(body) * leg) ** 2 - (hip_x_m - ankle[0]) ** 2))


def balanced_shank_deg(
    body: Body, stance: Stance, *, thigh_deg: float, lean_deg: float, arm_deg: float, heel_deg: float = 0.0
) -> float:
    """Return the tilt of the shank, degrees, that puts the centre of mass over the middle of the feet."""
    target_m = 0.5 * float(stance.ball_m(body, "left")[0])
    upper = Upper(constant(lean_deg), constant(arm_deg))
    foot = Foot(pitch_deg=constant(heel_deg))
    low, high = -8.0, 50.0
    for _ in range(20):
        middle = (low + high) / 2
        x, y = hip_xy_m(body, stance, thigh_deg=thigh_deg, shank_deg=middle, heel_deg=heel_deg)
        still = standing(
            body, stance, hip_x_m=constant(x), hip_y_m=constant(y), feet=dict.fromkeys(SIDES, foot), upper=upper
        )
        points = body.points_m(place(body.shape, still(np.zeros(1))))
        if centre_of_mass_m(points)[0, 0] < target_m:
            low = middle
        else:
            high = middle
    return (low + high) / 2
