"""What makes a mean uncertain that more cycles do not reduce: event timing, scale, speed, levelling.

Each function names the sources by what both legs have in common (`Unsure`), so that summary, differences between the
legs and comparisons of sessions rest on the same sources. The spread over cycles is in `core.statistics`, the error of
the network in `metrics.network_errors`.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from gaitlab.core.gait import GaitCycle, TimingBias
from gaitlab.core.metric import Unsure
from gaitlab.metrics.trial import Trial

Systematic = Callable[[Trial, float], Unsure]

# Relative standard uncertainty of the scale: consoles are within 2 %, body proportions within 5 %.
_SCALE_SD = {"belt speed": 0.02, "known length": 0.02, "body height": 0.04}
# Relative standard uncertainty of the belt speed, from the console and from the stance foot in the image: median error
# 1.6 % with keypoints displaced as by networks (``python -m benchmarks.events``), hence 2.4 % standard uncertainty.
_CONSOLE_SD, _STANCE_FOOT_SD = 0.01, 0.024


def timing_bias(trial: Trial) -> TimingBias:
    """Return the systematic uncertainty of a trial's events: as measured of their detector, else their own, all of it.

    NaN without accepted contacts.
    """
    contacts = [c for c in trial.events.contacts if c.accepted]
    measured = next((c.bias for c in contacts if c.bias is not None), None)
    if measured is not None or not contacts:
        return measured or TimingBias(*[math.nan] * 5)
    strike_s = float(np.mean([c.foot_strike_sd_s for c in contacts]))
    ends_s = [c.toe_off_sd_s for c in contacts if math.isfinite(c.toe_off_sd_s)]
    off_s = float(np.mean(ends_s)) if ends_s else math.nan
    return TimingBias(strike_s, off_s, math.hypot(strike_s, off_s), strike_both_s=0.0, contact_both_s=0.0)


def stride_s(trial: Trial) -> float:
    """Return the mean stride time of a trial, s; NaN where no whole stride was seen."""
    seen_s = [c.stride_time_s for c in trial.measured("both") if math.isfinite(c.end_s)]
    return float(np.mean(seen_s)) if seen_s else math.nan


# Timing


def contact_time(trial: Trial, mean: float) -> Unsure:
    """Return the uncertainty of a contact time, s."""
    bias = timing_bias(trial)
    return Unsure(own=bias.contact_s, shared=bias.contact_both_s)


def flight_time(trial: Trial, mean: float) -> Unsure:
    """Return the uncertainty of a flight time, s: from one foot's toe-off to the other's strike."""
    bias = timing_bias(trial)
    return Unsure(own=bias.flight_s, shared=bias.contact_both_s)


def step_time(trial: Trial, mean: float) -> Unsure:
    """Return the uncertainty of a step time, s: a foot found late ends one step and begins the other."""
    return Unsure(opposite=math.sqrt(2) * timing_bias(trial).strike_s)


def duty_factor(trial: Trial, mean: float) -> Unsure:
    """Return the uncertainty of a share of the stride in contact."""
    found, whole_s = contact_time(trial, mean), stride_s(trial)
    return Unsure(own=found.own / whole_s, shared=found.shared / whole_s)


def swing_share(trial: Trial, mean: float) -> Unsure:
    """Return the uncertainty of a share of the stride in swing, %."""
    found = duty_factor(trial, mean)
    return Unsure(own=100 * found.own, shared=100 * found.shared)


def double_support(trial: Trial, mean: float) -> Unsure:
    """Return the uncertainty of double support, %: its two phases belong to both feet, so errors are common."""
    return Unsure(shared=swing_share(trial, mean).together)


def stiffness(trial: Trial, mean: float) -> Unsure:
    """Return the uncertainty from contact time: 10 ms change vertical stiffness by 3-5 %, leg stiffness by 7-11 %."""
    found = contact_time(trial, mean)
    contacts_s = [c.toe_off_s - c.start_s for c in trial.measured("both") if math.isfinite(c.toe_off_s)]
    a_second = 2.0 * abs(mean) / float(np.mean(contacts_s)) if contacts_s else math.nan
    return Unsure(own=a_second * found.own, shared=a_second * found.shared)


# Length


def scale(trial: Trial, mean: float) -> Unsure:
    """Return the uncertainty of a length from that of the scale."""
    return Unsure(shared=_scale_sd(trial, mean))


def speed(trial: Trial, mean: float) -> Unsure:
    """Return the uncertainty of a speed or a stride: that of the console, else of stance foot and scale."""
    return Unsure(shared=_speed_sd(trial, mean))


def step_length(trial: Trial, mean: float) -> Unsure:
    """Return the uncertainty of a step length."""
    return Unsure(shared=_speed_sd(trial, mean), opposite=trial.belt_speed * step_time(trial, mean).opposite)


def overstride(trial: Trial, mean: float) -> Unsure:
    """Return the uncertainty from scale, strike time, and levelling, which moves the hip forwards or backwards."""

    def ahead(cycle: GaitCycle, at_s: float) -> float:
        ankle, hip = (trial.position(f"{cycle.side}_{name}", at_s)[0, 0] for name in ("ankle", "hip"))
        return float(ankle - hip) * trial.length_per_px

    timed = _at_strike(trial, ahead)
    levelled = math.radians(trial.calibration.level_sd_deg) * trial.calibration.leg_px * trial.length_per_px
    return Unsure(own=timed.own, shared=math.hypot(_scale_sd(trial, mean), levelled, timed.shared))


def _scale_sd(trial: Trial, mean: float) -> float:
    return abs(mean) * _SCALE_SD.get(trial.calibration.scale_source, 0.0)


def _speed_sd(trial: Trial, mean: float) -> float:
    if trial.calibration.speed_was_entered:
        return abs(mean) * _CONSOLE_SD
    return math.hypot(abs(mean) * _STANCE_FOOT_SD, _scale_sd(trial, mean))


# Angles


def angle_at_strike(angle: str, *, levelled: bool = False) -> Systematic:
    """Return the function for an angle's uncertainty from those of the foot strike's time and of the levelling."""

    def value(trial: Trial, mean: float) -> Unsure:
        def read(cycle: GaitCycle, at_s: float) -> float:
            return float(trial.angle(f"{cycle.side}_{angle}_deg", at_s)[0])

        timed = _at_strike(trial, read)
        level_deg = trial.calibration.level_sd_deg if levelled else 0.0
        return Unsure(own=timed.own, shared=math.hypot(timed.shared, level_deg))

    return value


def level(trial: Trial, mean: float) -> Unsure:
    """Return the uncertainty of the levelling by the belt's slope, common to both legs."""
    return Unsure(shared=trial.calibration.level_sd_deg)


def _at_strike(trial: Trial, read: Callable[[GaitCycle, float], float]) -> Unsure:
    """Return the uncertainty of what is read at foot strike: how it changes within the strike's systematic error."""
    bias = timing_bias(trial)
    within_s = math.hypot(bias.strike_s, bias.strike_both_s)
    cycles = trial.measured("both")
    changes = [
        abs(read(cycle, cycle.start_s + within_s) - read(cycle, cycle.start_s - within_s)) / 2 for cycle in cycles
    ]
    if not np.isfinite(changes).any() or not within_s > 0:
        return Unsure()
    a_second = float(np.nanmedian(changes)) / within_s
    return Unsure(own=a_second * bias.strike_s, shared=a_second * bias.strike_both_s)
