"""Input of the metrics: one recording's keypoints, angles, events, cycles and calibration."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from gaitlab.core.gait import (
    TRUE_TIME,
    Activity,
    Angles,
    CameraWork,
    Clock,
    GaitCycle,
    GaitEvents,
    Repetition,
    Setting,
    Side,
    other,
)
from gaitlab.core.metric import View
from gaitlab.core.pose import FloatArray, PoseSequence
from gaitlab.kinematics.calibration import Calibration
from gaitlab.kinematics.frame import forward_up, near_side
from gaitlab.kinematics.legs import LEGS_ONLY
from gaitlab.kinematics.travel import Travel

# Sampling rate of the spline interpolation between frames.
_DENSE_HZ = 500.0
_LONGEST_STEP_S = 1.0
# Share of the contact in which the foot is flat on the ground.
FLAT = (0.25, 0.60)
# Share of the contact until heel-off; the line of a lifted heel in the rear view is not a rearfoot angle.
HEEL_DOWN_SHARE = 0.6


@dataclass(frozen=True, slots=True, eq=False)
class Trial:
    """One recording, ready for the computation of metrics.

    Attributes
    ----------
    view : View
        camera view.
    pose : PoseSequence
        smoothed keypoints; overground in the runner's frame, NaN outside the pass, see `kinematics.travel`.
    angles : Angles
        angle curves of the same frames.
    events : GaitEvents
        contacts and activity.
    cycles : tuple[GaitCycle, ...]
        all gait cycles, accepted and not.
    calibration : Calibration
        facing, tilt, scale.
    height_m : float | None
        body height, m, or None.
    mass_kg : float | None
        body mass, kg, or None.
    min_cycles : int
        least number of cycles per side for a value without a note.
    rearfoot_source : str
        source of the rearfoot's line, a key of `kinematics.rear.REARFOOT_LINES`; empty if there is none.
    rearfoot_zero_deg : Mapping[Side, float]
        rearfoot angle of each side in quiet standing, degrees; empty without standing.
    network : str
        name of the pose network; empty if unknown, e.g. for a keypoint file.
    tracked_dots : bool
        whether gaitlab tracked tape dots.
    setting : Setting
        on a treadmill or overground.
    camera : CameraWork
        what the camera does.
    travel : Travel | None
        pass through the picture that is measured; None where the person stays in place in it.
    single_steps : tuple[GaitCycle, ...]
        contacts of a foot of which a short pass shows no whole stride, see `events.cycles.single_steps`.
    passes : tuple[Trial, ...]
        where several passes are put together each of them, with its own facing, scale and angles; else empty.
    clock : Clock
        how fast the recording plays: where that is unknown or assumed, so is everything that depends on time.
    spoiled : Mapping[str, str]
        metric to why the way of filming leaves it without a value.
    unlike : Mapping[str, str]
        metric to why the way of filming forbids to compare its sides.
    movement : str
        the movement, a key of `movements.table.MOVEMENTS`; empty for gait.
    repetitions : tuple[Repetition, ...]
        all repetitions of a movement, accepted and not.
    """

    view: View
    pose: PoseSequence
    angles: Angles
    events: GaitEvents
    cycles: tuple[GaitCycle, ...]
    calibration: Calibration
    height_m: float | None
    mass_kg: float | None
    min_cycles: int
    rearfoot_source: str = ""
    rearfoot_zero_deg: Mapping[Side, float] = field(default_factory=dict)
    network: str = ""
    tracked_dots: bool = False
    setting: Setting = "treadmill"
    camera: CameraWork = ""
    travel: Travel | None = None
    single_steps: tuple[GaitCycle, ...] = ()
    passes: tuple[Trial, ...] = ()
    clock: Clock = TRUE_TIME
    spoiled: Mapping[str, str] = field(default_factory=dict)
    unlike: Mapping[str, str] = field(default_factory=dict)
    movement: str = ""
    repetitions: tuple[Repetition, ...] = ()

    @property
    def by_dots(self) -> bool:
        """Whether the rearfoot angle comes from dots."""
        return self.rearfoot_source == "four points"

    @property
    def dots_alone(self) -> bool:
        """Whether gaitlab followed tape dots in a close-up, where no body is seen."""
        return any(step.name == "dots" and step.parameters.get("body") is False for step in self.pose.history)

    @property
    def legs_alone(self) -> bool:
        """Whether hips and trunk were left out, because the film shows legs only."""
        return any(step.name == LEGS_ONLY for step in self.pose.history)

    @property
    def by_proxy(self) -> bool:
        """Whether the rearfoot angle comes from surrogate keypoints."""
        return self.rearfoot_source == "proxy"

    @property
    def activity(self) -> Activity:
        """Running, walking or ambiguous."""
        return self.events.activity

    def of(self, cycle: GaitCycle) -> Trial:
        """Return the pass that a cycle belongs to; the trial itself where there is only one."""
        return next((one for one in self.passes if one._shows(cycle.start_s)), self)

    def _shows(self, at_s: float) -> bool:
        if self.travel is None:
            return True
        frames = self.travel.frames
        return bool(self.pose.time_s[frames.start] <= at_s <= self.pose.time_s[frames.stop - 1])

    @property
    def far_side(self) -> Side | None:
        """The leg behind the other one; None from behind, and where passes both ways show each leg in front."""
        ways = {one.calibration.forward for one in self.passes or (self,)}
        if self.view != "side" or len(ways) > 1:
            return None
        return other(near_side(self.calibration.forward))

    @property
    def shown(self) -> np.ndarray:
        """(frame,) whether a frame is measured: all of them on a treadmill, overground those of the passes."""
        frames = np.zeros(len(self.pose), bool)
        for one in self.passes or (self,):
            frames[one.travel.frames if one.travel is not None else slice(None)] = True
        return frames

    def angle(self, name: str, start_s: float, end_s: float | None = None) -> FloatArray:
        """Return an angle, (n,) degrees, at ``start_s`` (n = 1) or at 500 Hz from there to ``end_s``; NaN in gaps."""
        return _read(self.angles.time_s, self.angles.values_deg[name], start_s, end_s)

    def position(self, keypoint: str, start_s: float, end_s: float | None = None) -> FloatArray:
        """Return a keypoint, (n, 2) px, X forward and Y up, at ``start_s`` or at 500 Hz from there to ``end_s``."""
        points = forward_up(
            self.pose.point(keypoint), forward=self.calibration.forward, tilt_deg=self.calibration.tilt_deg
        )
        return np.stack([_read(self.pose.time_s, points[:, axis], start_s, end_s) for axis in range(2)], axis=1)

    def step_on_ground(self, cycle: GaitCycle) -> float:
        """Return the distance of the two feet of a cycle's step on the ground, m (or leg lengths)."""
        opposite_s, own_s = self.step_s(cycle)
        own, opposite = self._place_px(cycle.side, own_s), self._place_px(other(cycle.side), opposite_s)
        return (own - opposite) * self.length_per_px

    def step_s(self, cycle: GaitCycle) -> tuple[float, float]:
        """Return when the other foot and then this foot strike, s: of a cycle's second step, or of a single one."""
        if np.isfinite(cycle.end_s):
            return cycle.opposite_strike_s, cycle.end_s
        before = [c for c in self.events.of(other(cycle.side)) if c.foot_strike_s < cycle.start_s]
        before_s = before[-1].foot_strike_s if before and before[-1].accepted else float("nan")
        return (before_s if cycle.start_s - before_s < _LONGEST_STEP_S else float("nan")), cycle.start_s

    def step_time_s(self, cycle: GaitCycle) -> float:
        """Return the time from the other foot's strike to this foot's, s, see `step_s`."""
        opposite_s, own_s = self.step_s(cycle)
        return own_s - opposite_s

    def measured(self, side: str) -> list[GaitCycle]:
        """Return the accepted cycles of a side (or ``both``), or without any its single steps."""
        whole = [c for c in self.cycles if c.accepted and side in (c.side, "both")]
        return whole or [c for c in self.single_steps if side in (c.side, "both")]

    def counted(self, side: str) -> Sequence[GaitCycle | Repetition]:
        """Return what metrics of a side (or ``both``) are computed of: gait cycles, or repetitions of a movement.

        A repetition of both legs is one of either leg.
        """
        if not self.movement:
            return self.measured(side)
        accepted = [one for one in self.repetitions if one.accepted]
        if side == "both":
            return accepted
        own: Side = "left" if side == "left" else "right"
        return [replace(one, side=own) for one in accepted if one.side in (own, "both")]

    def stride_on_ground(self, cycle: GaitCycle) -> float:
        """Return the distance of the places where a foot stands at both ends of a cycle, m (or leg lengths)."""
        first, second = (self._place_px(cycle.side, at_s) for at_s in (cycle.start_s, cycle.end_s))
        return (second - first) * self.length_per_px

    def _place_px(self, side: Side, strike_s: float) -> float:
        """Return where a foot that strikes at a time stands along the way of a pass, px; NaN if it was not seen.

        It is the heel's, or without it the ankle's, while the foot is flat.
        """
        contact = next((c for c in self.events.of(side) if c.foot_strike_s == strike_s), None)
        usual_s = [c.duration_s for c in self.events.of(side) if c.accepted]
        if self.travel is None or contact is None or not usual_s:
            return float("nan")
        # The last one may not be over at the end of the pass.
        duration_s = contact.duration_s if np.isfinite(contact.toe_off_s) else float(np.median(usual_s))
        share = (self.pose.time_s - strike_s) / duration_s
        flat = (share > FLAT[0]) & (share < FLAT[1])
        flat[: self.travel.frames.start], flat[self.travel.frames.stop :] = False, False
        foot = "heel" if self.pose.seen(f"{side}_heel") else "ankle"
        frames = np.flatnonzero(flat)
        ahead = self.calibration.forward * self.pose.point(f"{side}_{foot}")[frames, 0]
        place = ahead + self.travel.way_px[frames - self.travel.frames.start]
        return float(np.nanmedian(place)) if np.isfinite(place).any() else float("nan")

    @property
    def length_per_px(self) -> float:
        """Metres per pixel if the scale is known, otherwise leg lengths per pixel."""
        return self.calibration.metres_per_px or 1.0 / self.calibration.leg_px

    @property
    def belt_speed(self) -> float:
        """Belt speed in metres (or leg lengths) per second; NaN if unknown."""
        if self.calibration.belt_speed_mps is not None:
            return self.calibration.belt_speed_mps
        return self.calibration.belt.speed_px_per_s * self.length_per_px


def _read(time_s: FloatArray, values: FloatArray, start_s: float, end_s: float | None) -> FloatArray:
    """Read a curve between its frames: a cubic spline through the frames around, NaN where one of them is missing."""
    from scipy.interpolate import make_interp_spline

    if not np.isfinite(start_s) or (end_s is not None and not np.isfinite(end_s)):
        return np.array([np.nan])
    wanted = np.array([start_s])
    if end_s is not None:
        wanted = np.linspace(start_s, end_s, max(int((end_s - start_s) * _DENSE_HZ), 1) + 1)
    first = max(int(np.searchsorted(time_s, wanted[0])) - 4, 0)
    last = min(int(np.searchsorted(time_s, wanted[-1])) + 4, len(time_s))
    here_s, here = time_s[first:last], values[first:last]
    seen = np.isfinite(here)
    if seen.sum() < 4:
        return np.full(len(wanted), np.nan)
    read = make_interp_spline(here_s[seen], here[seen])(wanted)
    # A reading stands only between two neighbouring frames that were both seen.
    after = np.clip(np.searchsorted(here_s, wanted), 1, len(here_s) - 1)
    supported = seen[after] & seen[after - 1] & (wanted >= here_s[0]) & (wanted <= here_s[-1])
    return np.where(supported, read, np.nan)
