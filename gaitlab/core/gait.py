"""Angles over time, foot contacts and the gait cycles between them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from gaitlab.core.pose import FloatArray

Side = Literal["left", "right"]
Activity = Literal["running", "walking", "ambiguous"]
BOTH_SIDES: tuple[Side, Side] = ("left", "right")


def other(side: Side) -> Side:
    """Return the opposite side."""
    return "right" if side == "left" else "left"


@dataclass(frozen=True, slots=True, eq=False)
class Angles:
    """Named angle curves in degrees, one value a frame, NaN where points were missing.

    Attributes
    ----------
    time_s : FloatArray
        (frame,) seconds.
    values_deg : Mapping[str, FloatArray]
        column name (``left_knee_flexion_deg``) to (frame,) degrees.
    """

    time_s: FloatArray
    values_deg: Mapping[str, FloatArray]

    def __post_init__(self) -> None:
        for name, values in self.values_deg.items():
            if values.shape != self.time_s.shape:
                raise ValueError(f"{name} must have one value a frame, {self.time_s.shape}, not {values.shape}")


@dataclass(frozen=True, slots=True)
class Contact:
    """One foot on the ground, from foot strike to toe-off.

    Attributes
    ----------
    side : Side
        the runner's left or right foot.
    foot_strike_s : float
        time of foot strike.
    toe_off_s : float
        time of toe-off; NaN where the recording ends first.
    foot_strike_sd_s : float
        standard uncertainty of the foot strike.
    toe_off_sd_s : float
        standard uncertainty of the toe-off.
    accepted : bool
        whether metrics may use the contact.
    reason : str
        why not, otherwise empty.
    measured_bias_sd_s : float | None
        what of the foot strike's uncertainty is in every step of this foot alike and not in the other's; None where
        nobody measured it.
    """

    side: Side
    foot_strike_s: float
    toe_off_s: float
    foot_strike_sd_s: float
    toe_off_sd_s: float
    accepted: bool = True
    reason: str = ""
    measured_bias_sd_s: float | None = None

    @property
    def strike_bias_sd_s(self) -> float:
        """What of the strike's uncertainty more steps do not mend: all of it, unless it was measured."""
        return self.foot_strike_sd_s if self.measured_bias_sd_s is None else self.measured_bias_sd_s

    @property
    def duration_s(self) -> float:
        """Contact time."""
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
    """All contacts of a recording in the order of their foot strikes, and what the person was doing.

    Attributes
    ----------
    contacts : tuple[Contact, ...]
        accepted and not.
    activity : Activity
        running, walking or ambiguous.
    belt : Belt
        as the accepted stances show it; all NaN where nothing was measured, as in a rear view.
    """

    contacts: tuple[Contact, ...]
    activity: Activity
    belt: Belt = Belt()

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
        counts the strides of that foot from 0, rejected ones too.
    start_s : float
        foot strike.
    toe_off_s : float
        end of this foot's contact.
    end_s : float
        next foot strike of the same foot.
    opposite_strike_s : float
        foot strike of the other foot in between; NaN where none was found.
    opposite_toe_off_s : float
        the other foot's last toe-off before that strike (in walking it falls after ``start_s``); NaN where none was
        found.
    accepted : bool
        whether metrics may use the cycle.
    reason : str
        why not, otherwise empty.
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
        """Time from foot strike to the next of the same foot."""
        return self.end_s - self.start_s
