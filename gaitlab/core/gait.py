"""Angles over time, foot contacts and the gait cycles between them, and repetitions of movements that are no gait."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from gaitlab.core.pose import FloatArray

Side = Literal["left", "right"]
Activity = Literal["running", "walking", "ambiguous"]
# Whether the ground goes back beneath the person, or the person goes over it.
Setting = Literal["treadmill", "overground"]
# What the camera does meanwhile: on a tripod, in a hand that points one way, or going along; empty where nobody looked.
CameraWork = Literal["fixed", "hand-held", "following", ""]
BOTH_SIDES: tuple[Side, Side] = ("left", "right")
# How the speed at which a film plays is known: it plays as fast as life, its file or the user says how much slower, or
# only its strides tell that it is slower: then the likeliest factor is assumed, or the times are left unknown.
ClockSource = Literal["film", "noted", "entered", "assumed", "unknown"]


def other(side: Side) -> Side:
    """Return the opposite side."""
    return "right" if side == "left" else "left"


@dataclass(frozen=True, slots=True)
class Clock:
    """How many times slower than life a recording plays, and how that is known.

    Attributes
    ----------
    slow_motion : float
        factor by which the times of the recording were divided; of an ``unknown`` clock the likeliest one, which finds
        the contacts but makes no times.
    source : ClockSource
        how it is known.
    """

    slow_motion: float = 1.0
    source: ClockSource = "film"


TRUE_TIME = Clock()


@dataclass(frozen=True, slots=True, eq=False)
class Angles:
    """Named angle curves in degrees, one value per frame, NaN where keypoints are missing.

    Attributes
    ----------
    time_s : FloatArray
        (frame,) seconds.
    values_deg : Mapping[str, FloatArray]
        column name (``left_knee_flexion_deg``) to (frame,) degrees.

    Raises
    ------
    ValueError
        if a curve and ``time_s`` differ in length.
    """

    time_s: FloatArray
    values_deg: Mapping[str, FloatArray]

    def __post_init__(self) -> None:
        for name, values in self.values_deg.items():
            if values.shape != self.time_s.shape:
                raise ValueError(f"{name} must have one value a frame, {self.time_s.shape}, not {values.shape}")

    def __repr__(self) -> str:
        span = f", {self.time_s[0]:.3f} to {self.time_s[-1]:.3f} s" if len(self.time_s) else ""
        return f"<Angles: {len(self.time_s)} frames{span}, degrees: {', '.join(self.values_deg) or 'none'}>"


@dataclass(frozen=True, slots=True)
class TimingBias:
    """Standard uncertainties of a detector's mean event times over a recording, s: what more steps do not reduce.

    Attributes
    ----------
    strike_s, off_s : float
        of one foot's strikes and toe-offs, independent of the other foot's.
    contact_s : float
        of one foot's contact time, independent of the other's; its strike and toe-off may be off together.
    strike_both_s : float
        of the strikes of both feet alike.
    contact_both_s : float
        of the contact times of both feet alike.
    """

    strike_s: float
    off_s: float
    contact_s: float
    strike_both_s: float
    contact_both_s: float

    @property
    def flight_s(self) -> float:
        """Of the time from one foot's toe-off to the other's strike, as far as the two flights differ by it.

        A contact is toe-off less strike, its variance that of both less twice their covariance; the flights before and
        after it are off by their sum.
        """
        return math.sqrt(max(2 * (self.strike_s**2 + self.off_s**2) - self.contact_s**2, 0.0))


@dataclass(frozen=True, slots=True)
class Contact:
    """One contact of a foot with the ground, from foot strike to toe-off.

    Attributes
    ----------
    side : Side
        the runner's left or right foot.
    foot_strike_s : float
        time of foot strike, s.
    toe_off_s : float
        time of toe-off, s; NaN if the recording ends first.
    foot_strike_sd_s : float
        standard uncertainty of the foot strike, s.
    toe_off_sd_s : float
        standard uncertainty of the toe-off, s.
    accepted : bool
        whether metrics may use the contact.
    reason : str
        why the contact is rejected; empty if accepted.
    bias : TimingBias | None
        systematic part of the uncertainties, as measured of the detector; None if it has not been measured.
    """

    side: Side
    foot_strike_s: float
    toe_off_s: float
    foot_strike_sd_s: float
    toe_off_sd_s: float
    accepted: bool = True
    reason: str = ""
    bias: TimingBias | None = None

    @property
    def duration_s(self) -> float:
        """Contact time, s; NaN without a toe-off."""
        return self.toe_off_s - self.foot_strike_s


@dataclass(frozen=True, slots=True)
class Belt:
    """The belt as a side view shows it, measured on the stance feet that ride on it; NaN where it could not be.

    Camera roll, treadmill incline and perspective make one slope in the picture and cannot be told apart there.

    Attributes
    ----------
    slope_deg : float
        how far it falls towards image-right, degrees.
    slope_sd_deg : float
        standard uncertainty of that, from how the stances disagree.
    slope_seen_on : str
        ``toes``, or ``ankle`` where none were seen, which rolls over the toe and tells the slope roughly; or empty.
    speed_px_per_s : float
        its speed in the picture at the hips' distance, backwards.
    speed_sd_px_per_s : float
        standard uncertainty of that, from how the stances disagree.
    speed_legs_per_s : float
        its speed in leg lengths (thigh plus shank) a second.
    """

    slope_deg: float = math.nan
    slope_sd_deg: float = math.nan
    slope_seen_on: Literal["toes", "ankle", ""] = ""
    speed_px_per_s: float = math.nan
    speed_sd_px_per_s: float = math.nan
    speed_legs_per_s: float = math.nan


@dataclass(frozen=True, slots=True)
class GaitEvents:
    """All contacts of a recording in the order of their foot strikes, and the activity.

    Attributes
    ----------
    contacts : tuple[Contact, ...]
        accepted and rejected.
    activity : Activity
        running, walking or ambiguous.
    belt : Belt
        measured on the accepted stances; all NaN where nothing was measured, as in a rear view.
    """

    contacts: tuple[Contact, ...]
    activity: Activity
    belt: Belt = Belt()

    def __repr__(self) -> str:
        counts = ", ".join(
            f"{s} {len(self.of(s))} ({sum(c.accepted for c in self.of(s))} accepted)" for s in BOTH_SIDES
        )
        speed = self.belt.speed_px_per_s
        belt = f", belt {speed:.4g} px/s" if math.isfinite(speed) else ""
        return f"<GaitEvents: {self.activity}, contacts: {counts}{belt}>"

    def of(self, side: Side) -> tuple[Contact, ...]:
        """Return the contacts of one foot."""
        return tuple(c for c in self.contacts if c.side == side)


@dataclass(frozen=True, slots=True)
class GaitCycle:
    """One stride: from a foot strike to the next foot strike of the same foot.

    Attributes
    ----------
    side : Side
        the foot.
    number : int
        index of the stride of that foot, from 0; rejected strides count too.
    start_s : float
        foot strike, s.
    toe_off_s : float
        toe-off of this foot, s.
    end_s : float
        next foot strike of the same foot, s; NaN where only the contact is seen, see `events.cycles.single_steps`.
    opposite_strike_s : float
        foot strike of the other foot in between, s; NaN if none was found.
    opposite_toe_off_s : float
        last toe-off of the other foot before that strike, s (in walking it falls after ``start_s``); NaN if none was
        found.
    accepted : bool
        whether metrics may use the cycle.
    reason : str
        why the cycle is rejected; empty if accepted.
    """

    side: Side
    number: int
    start_s: float
    toe_off_s: float
    end_s: float
    opposite_strike_s: float
    opposite_toe_off_s: float
    accepted: bool = True
    reason: str = ""

    @property
    def stride_time_s(self) -> float:
        """Time from foot strike to the next foot strike of the same foot, s."""
        return self.end_s - self.start_s


@dataclass(frozen=True, slots=True)
class Repetition:
    """One repetition, which takes the place of a gait cycle.

    Attributes
    ----------
    side : Literal['left', 'right', 'both']
        whose it is: of one leg, as a turn of the crank, or of both, as a squat.
    number : int
        its place among those of its side, from 0; rejected ones count too.
    start_s : float
        when it begins, s.
    end_s : float
        when it ends, s.
    moments_s : Mapping[str, float]
        name of a moment (``bottom``) to when it is, s; NaN where it was not seen.
    accepted : bool
        whether metrics may use it.
    reason : str
        why it is rejected; empty if accepted.
    """

    side: Literal["left", "right", "both"]
    number: int
    start_s: float
    end_s: float
    moments_s: Mapping[str, float] = field(default_factory=dict)
    accepted: bool = True
    reason: str = ""

    @property
    def duration_s(self) -> float:
        """From its beginning to its end, s."""
        return self.end_s - self.start_s

    def at(self, moment: str) -> float:
        """Return when a moment is, s; NaN where it was not seen."""
        return self.moments_s.get(moment, float("nan"))
