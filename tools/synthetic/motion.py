"""Running as channels over time: contacts, a pelvis that falls and is caught, feet that stand on the moving belt."""

from __future__ import annotations

import itertools

import numpy as np

from gaitlab.core.pose import FloatArray
from tools.synthetic.ankle import ankle_in_shoe_m
from tools.synthetic.body import SIDES, SIGN, Shape
from tools.synthetic.curves import SWING_ANKLE, SWING_KNEE, SWING_THIGH, course, fade, hermite, through
from tools.synthetic.feet import Planted, clear_the_belt, planted_foot
from tools.synthetic.rig import Channels, ankle_shift, hips
from tools.synthetic.style import Style, make_contacts

_GRAVITY = 9.81
_GRID_HZ = 1000.0
# The foot meets the belt at a speed of its own: down, and a little slower backwards than the belt.
_LANDING_DOWN_MPS, _LANDING_SLOWER = 0.55, 0.12
_LEAVING_UP_MPS = 0.5
_TOE_OFF_KNEE_DEG = 19.0
_MOST_LOWERINGS = 8
# The trunk sways a little against the legs: the pelvis rises and falls less than a point mass would.
_PELVIS_SHARE = 0.85


class Motion:
    """A runner's channels, known on a fine grid and read at any time of the clip.

    Args:
        shape: whose legs must reach.
        style: how to run.
        duration_s: length of the clip.
        rng: the unrest.

    Raises:
        ValueError: where contacts overlap, for this is running.
    """

    def __init__(self, shape: Shape, style: Style, *, duration_s: float, rng: np.random.Generator) -> None:
        self.shape, self.style = shape, style
        self.contacts = make_contacts(style, duration_s=duration_s, rng=rng)
        left, right = (self.contacts.strike_s[side] for side in SIDES)
        self.grid_s = np.arange(max(left[1], right[1]) - 0.05, min(left[-2], right[-2]) + 0.05, 1 / _GRID_HZ)
        self._rest = shape.joints
        self._body(rng)
        self._feet()

    def at(self, time_s: FloatArray) -> Channels:
        """Return the channels at (t,) seconds of the clip."""

        def read(values: FloatArray) -> FloatArray:
            if values.ndim == 1:
                return np.interp(time_s, self.grid_s, values)
            return np.stack([np.interp(time_s, self.grid_s, column) for column in values.T], axis=-1)

        return self._channels.read(read)

    def _body(self, rng: np.random.Generator) -> None:
        """Pelvis, trunk and arms."""
        style, t = self.style, self.grid_s
        rise_m = self._rise()
        stride = self._stride_phase(t)
        turn = 2 * np.pi * stride

        def slow(amplitude: float, seconds: float) -> FloatArray:
            return amplitude * np.sin(2 * np.pi * (t / seconds + rng.uniform()))

        mid_left = 0.5 * style.contact_s * style.cadence / 120
        sway = 0.010 * np.cos(turn - 2 * np.pi * mid_left)
        forward = 0.006 * np.sin(2 * turn - 0.6) + slow(style.wander_m, 5.3)
        pelvis = np.stack([forward, rise_m, -sway + slow(0.008, 4.1)], axis=-1)
        # The swing side drops most in the first half of stance; left stance: the right hip is down.
        drop = -style.drop_deg * np.cos(turn - 2 * np.pi * 0.75 * mid_left)
        fore_aft = np.cos(turn)  # the left foot is ahead at its strike
        arms = {side: -8 - SIGN[side] * style.arm_swing_deg * -fore_aft_lagged(turn) for side in SIDES}
        self._upper = {
            "lean_deg": style.lean_deg + 1.2 * np.cos(2 * turn - 1.2) + slow(0.4, 6.0),
            "pelvis_drop_deg": drop,
            "pelvis_turn_deg": 5.0 * fore_aft,
            "thorax_turn_deg": -9.0 * fore_aft,
            "arm_deg": arms,
            "elbow_deg": {side: style.elbow_deg + 0.35 * (arms[side] + 8) for side in SIDES},
        }
        self._pelvis = pelvis

    def _stride_phase(self, t: FloatArray) -> FloatArray:
        left_s = self.contacts.strike_s["left"]
        return through(left_s, np.arange(len(left_s), dtype=np.float64))(t)

    def _rise(self) -> FloatArray:
        """Height of the pelvis about its mean: free fall in flight, half a sine of force in contact."""
        contacts, t = self.contacts, self.grid_s
        starts = np.concatenate([contacts.strike_s[side] for side in SIDES])
        ends = np.concatenate([contacts.toe_off_s[side] for side in SIDES])
        order = np.argsort(starts)
        starts, ends = starts[order], ends[order]
        if (ends[:-1] >= starts[1:]).any():
            raise ValueError("both feet are on the belt at once; running needs a shorter contact or a lower cadence")
        apex = (ends[:-1] + starts[1:]) / 2
        fine = np.arange(starts[0], ends[-1], 1 / _GRID_HZ)
        pull = np.full_like(fine, -_GRAVITY)
        for i in range(1, len(starts) - 1):
            inside = (fine >= starts[i]) & (fine < ends[i])
            duration = ends[i] - starts[i]
            peak = _GRAVITY * (apex[i] - apex[i - 1]) * np.pi / (2 * duration)
            pull[inside] += peak * np.sin(np.pi * (fine[inside] - starts[i]) / duration)
        keep = (fine >= apex[0]) & (fine <= apex[-1])
        fine, pull = fine[keep], pull[keep]
        height = np.cumsum(np.cumsum(pull)) / _GRID_HZ**2
        tops = np.interp(apex, fine, height)
        height -= through(apex, tops)(fine)
        return _PELVIS_SHARE * np.interp(t, fine, height - height.mean())

    def _feet(self) -> None:
        style, t = self.style, self.grid_s
        strike, off = self.contacts.strike_s, self.contacts.toe_off_s
        self._in_shoe = {side: ankle_in_shoe_m(t, strike_s=strike[side], toe_off_s=off[side]) for side in SIDES}
        toe_out = dict.fromkeys(SIDES, float(style.toe_out_deg))
        empty = {side: np.zeros((len(t), 3)) for side in SIDES}
        self._set_height({side: self._planted(side, leave_deg=0.0) for side in SIDES})
        for _ in range(_MOST_LOWERINGS):
            foot, roll, toes, ankle = {}, {}, {}, {}
            joint = hips(self.shape, self._assemble(empty, foot=None, toes=None, roll=None, toe_out=toe_out))
            short_m = 0.0
            for side in SIDES:
                planted = self._planted(side, leave_deg=self._leaving_pitch_deg(side, joint[side]))
                foot[side], roll[side], toes[side], ankle[side], on_belt = self._one_foot(side, planted, joint[side])
                shift = ankle_shift(
                    self._in_shoe[side], side=side, foot_deg=foot[side], roll_deg=roll[side], toe_out_deg=toe_out[side]
                )
                short_m = max(short_m, self._within_reach(side, joint[side] - shift, ankle[side], on_belt))
            if short_m <= 0:
                break
            # Single contacts differ from the mean that the height was made for: who reaches the belt bends the knee.
            self._pelvis[:, 1] -= short_m + 0.002
        self._channels = self._assemble(ankle, foot=foot, toes=toes, roll=roll, toe_out=toe_out)

    def _within_reach(self, side: str, hip: FloatArray, ankle: FloatArray, on_belt: np.ndarray) -> float:
        """Draw a swinging ankle back to where the leg reaches, and return by how much it is short in contact.

        Args:
            hip: (t, 3) m, less what the ankle joint is off its place in the foot.
            ankle: (t, 3) m of that place, changed.
        """
        longest_m = self._leg_m(side, 6.0)
        reach = ankle - hip
        distance = np.linalg.norm(reach, axis=-1)
        far = (distance > longest_m) & ~on_belt
        ankle[far] = hip[far] + reach[far] * (longest_m / distance[far])[:, None]
        return float(np.max(distance[on_belt] - longest_m))

    def _assemble(self, ankle, *, foot, toes, roll, toe_out) -> Channels:  # type: ignore[no-untyped-def]
        zero = {side: np.zeros(len(self.grid_s)) for side in SIDES}
        return Channels(
            pelvis_m=self._pelvis, ankle_m=ankle, foot_deg=foot or zero, toes_deg=toes or zero, roll_deg=roll or zero,
            toe_out_deg=toe_out, splay_deg=14.0, in_shoe_m=self._in_shoe, **self._upper,
        )  # fmt: skip

    def _leaving_pitch_deg(self, side: str, hip: FloatArray) -> float:
        """Return how far the heel must have risen at toe-off for the leg to reach the belt with a bent knee."""
        offs = self.contacts.toe_off_s[side]
        strikes = self.contacts.strike_s[side]
        keep = (strikes > self.grid_s[0]) & (offs < self.grid_s[-1])
        at_strike, at_off = (
            np.stack([np.interp(times[keep], self.grid_s, hip[:, axis]) for axis in (0, 1)])
            for times in (strikes, offs)
        )
        drift_m, hip_m = float(np.mean(at_off[0] - at_strike[0])), float(np.mean(at_off[1]))
        ridden_m = self.style.speed_mps * float(np.mean((offs - strikes)[keep]))
        wanted_m = self._leg_m(side, _TOE_OFF_KNEE_DEG)
        choices = np.arange(-75.0, -20.0, 0.5)
        lengths = []
        for leave_deg in choices:
            ankle = self._planted(side, leave_deg=leave_deg, only_first=True)[0]["joint"]
            x = self.style.overstride_m - ridden_m + ankle[-1, 0] - ankle[0, 0] - drift_m
            lengths.append(np.hypot(x, hip_m - ankle[-1, 1]))
        return float(choices[np.argmin(np.abs(np.array(lengths) - wanted_m))])

    def _leg_m(self, side: str, knee_deg: float) -> float:
        """Return the distance from hip to ankle at a knee flexion."""
        rest = self._rest
        thigh_m = np.linalg.norm(rest[f"{side}_knee"] - rest[f"{side}_hip"])
        shank_m = np.linalg.norm(rest[f"{side}_ankle"] - rest[f"{side}_knee"])
        bent = np.radians(180 - knee_deg)
        return float(np.sqrt(thigh_m**2 + shank_m**2 - 2 * thigh_m * shank_m * np.cos(bent)))

    def _planted(self, side: str, *, leave_deg: float, only_first: bool = False) -> list[Planted]:
        strikes, offs = self.contacts.strike_s[side], self.contacts.toe_off_s[side]
        return [
            planted_foot(self._rest, self.style, side, start_s=start_s, end_s=end_s, leave_deg=leave_deg)
            for start_s, end_s in list(zip(strikes, offs, strict=True))[: 1 if only_first else None]
        ]

    def _set_height(self, plan) -> None:  # type: ignore[no-untyped-def]
        """Lift the pelvis so that the knee has the asked flexion at foot strike, on average."""
        above = []
        for side in SIDES:
            strikes = self.contacts.strike_s[side]
            strikes = strikes[(strikes > self.grid_s[0]) & (strikes < self.grid_s[-1])]
            rise = np.interp(strikes, self.grid_s, self._pelvis[:, 1])
            ankle_m = np.mean([p["joint"][0, 1] for p in plan[side]])
            reach_m = self._leg_m(side, self.style.knee_deg)
            above.append(ankle_m + np.sqrt(reach_m**2 - self.style.overstride_m**2) - rise.mean())
        self._pelvis[:, 1] += np.mean(above)

    def _one_foot(self, side, planted, hip):  # type: ignore[no-untyped-def]
        """Return pitch, roll, toe bend and ankle of one foot over the whole grid."""
        style, t, rest = self.style, self.grid_s, self._rest
        n = len(t)
        pitch, roll, toes, ankle = np.zeros(n), np.zeros(n), np.zeros(n), np.zeros((n, 3))
        belt = np.array([-style.speed_mps, 0.0, 0.0])
        lane = SIGN[side] * style.step_width_m / 2
        landed: list[Planted] = []
        for contact in planted:
            start_s = contact["time_s"][0]
            # The strike's place follows the runner's own drift; within a contact only the belt moves it.
            hip_x = float(np.interp(start_s, t, hip[:, 0]))
            origin = np.array([hip_x + style.overstride_m - contact["joint"][0, 0], 0.0, lane])
            path = origin + contact["relative"] + (contact["time_s"] - start_s)[:, None] * belt
            landed.append({**contact, "ankle": path})
        for contact in landed:
            inside = (t >= contact["time_s"][0]) & (t <= contact["time_s"][-1])
            for target, values in ((pitch, contact["pitch"]), (roll, contact["roll"])):
                target[inside] = np.interp(t[inside], contact["time_s"], values)
            for axis in range(3):
                ankle[inside, axis] = np.interp(t[inside], contact["time_s"], contact["ankle"][:, axis])
            # Toes stay on the belt while the heel rises.
            toes[inside] = np.maximum(-pitch[inside], 0.0)
        thigh_m = np.linalg.norm(rest[f"{side}_knee"] - rest[f"{side}_hip"])
        shank_m = np.linalg.norm(rest[f"{side}_ankle"] - rest[f"{side}_knee"])
        knee_scale = style.swing_knee_deg / 96.0
        for before, after in itertools.pairwise(landed):
            start_s, end_s = before["time_s"][-1], after["time_s"][0]
            inside = (t > start_s) & (t < end_s)
            if not inside.any() or start_s < t[0] or end_s > t[-1]:
                continue
            span, u = end_s - start_s, (t[inside] - start_s) / (end_s - start_s)
            edge = np.array([0.0, 1e-3, 1 - 1e-3, 1.0])
            every = np.concatenate([edge, u])
            thigh, knee, dorsal = (course(points)(every) for points in (SWING_THIGH, SWING_KNEE, SWING_ANKLE))
            knee = knee * np.where(knee > 40, knee_scale, 1 + (knee_scale - 1) * np.clip((knee - 20) / 20, 0, 1))
            shank = knee - thigh
            hip_xy = np.stack([np.interp(start_s + every * span, t, hip[:, a]) for a in (0, 1)], axis=-1)
            thigh_r, shank_r = np.radians(thigh), np.radians(shank)
            free = hip_xy + np.stack([
                thigh_m * np.sin(thigh_r) - shank_m * np.sin(shank_r),
                -thigh_m * np.cos(thigh_r) - shank_m * np.cos(shank_r),
            ], axis=-1)  # fmt: skip
            free_pitch = dorsal - shank
            # The table is of the joint; what is moved is its loaded place in the foot.
            off_place = np.stack([np.interp(start_s + every * span, t, self._in_shoe[side][:, a]) for a in (0, 1)])
            tilt = np.radians(free_pitch)
            free[:, 0] -= off_place[0] * np.cos(tilt) - off_place[1] * np.sin(tilt)
            free[:, 1] -= off_place[0] * np.sin(tilt) + off_place[1] * np.cos(tilt)
            dt = before["time_s"][-1] - before["time_s"][-2], after["time_s"][1] - after["time_s"][0]
            v0 = (before["ankle"][-1] - before["ankle"][-2]) / dt[0] + [0, _LEAVING_UP_MPS, 0]
            v1 = (after["ankle"][1] - after["ankle"][0]) / dt[1]
            v1 = v1 + [_LANDING_SLOWER * style.speed_mps, -_LANDING_DOWN_MPS, 0]
            p0, p1 = before["ankle"][-1], after["ankle"][0]
            small = 1e-3 * span
            free_v0, free_v1 = (free[1] - free[0]) / small, (free[3] - free[2]) / small
            for axis in (0, 1):
                ankle[inside, axis] = free[4:, axis] + hermite(
                    u, span, p0[axis] - free[0, axis], v0[axis] - free_v0[axis],
                    p1[axis] - free[3, axis], v1[axis] - free_v1[axis],
                )  # fmt: skip
            ankle[inside, 2] = (
                hermite(u, span, p0[2], v0[2], p1[2], v1[2]) + SIGN[side] * 0.012 * np.sin(np.pi * u) ** 2
            )
            w0 = (before["pitch"][-1] - before["pitch"][-2]) / dt[0]
            w1 = (after["pitch"][1] - after["pitch"][0]) / dt[1]
            free_w0, free_w1 = (free_pitch[1] - free_pitch[0]) / small, (free_pitch[3] - free_pitch[2]) / small
            pitch[inside] = free_pitch[4:] + hermite(
                u, span, before["pitch"][-1] - free_pitch[0], w0 - free_w0,
                after["pitch"][0] - free_pitch[3], w1 - free_w1,
            )  # fmt: skip
            roll[inside] = hermite(u, span, before["roll"][-1], 0.0, after["roll"][0], 0.0)
            # The sole springs straight once it has left the belt, and before a forefoot lands nothing is bent yet.
            bend = max(-before["pitch"][-1], 0.0)
            first_bend = max(-after["pitch"][0], 0.0)
            toes[inside] = bend * fade((t[inside] - start_s) / 0.06) + first_bend * fade((end_s - t[inside]) / 0.03)
        on_belt = np.zeros(n, dtype=bool)
        for contact in landed:
            on_belt |= (t >= contact["time_s"][0]) & (t <= contact["time_s"][-1])
        clear_the_belt(rest, side, landed, time_s=t, pitch=pitch, toes=toes, ankle=ankle)
        return pitch, roll, toes, ankle, on_belt


def fore_aft_lagged(turn: FloatArray) -> FloatArray:
    """Return the arms' swing, -1..1: against the legs and a little behind them."""
    return np.cos(turn - 0.25)
