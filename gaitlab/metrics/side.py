"""Side-view metrics: each a function of a trial and one gait cycle, and one table that declares them all.

Reference ranges are mean ± SD of published groups (`metrics.sources`), descriptive and dependent on speed; angles from
markers with anatomical zeros differ from those of keypoints by several degrees.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from gaitlab.core.gait import GaitCycle
from gaitlab.core.metric import Detectable, Reference, Unsure, View
from gaitlab.metrics.sources import RETEST, SPRING_MASS, TWO_LABORATORIES, YOUNG_RUNNERS
from gaitlab.metrics.spec import MetricSpec
from gaitlab.metrics.trial import Trial

Compute = Callable[[Trial, GaitCycle], float]
Systematic = Callable[[Trial, float], Unsure]

_GRAVITY = 9.81
_TROCHANTER_SHARE_OF_HEIGHT = 0.53
# Relative standard uncertainty of the scale: consoles are within 2 %, body proportions within 5 %.
_SCALE_SD = {"belt speed": 0.02, "known length": 0.02, "body height": 0.04}
# Relative standard uncertainty of the belt speed, from the console and from the stance foot in the image: median error
# 1.6 % with keypoints displaced as by networks (``python -m benchmarks.events``), hence 2.4 % standard uncertainty.
_CONSOLE_SD, _STANCE_FOOT_SD = 0.01, 0.024
# Smallest detectable differences: the upper ends of the published ranges.
_FOOT_SDD, _SHANK_SDD, _KNEE_SDD = Detectable(2.3, RETEST), Detectable(4.8, RETEST), Detectable(3.8, RETEST)


# Time


def _cadence(trial: Trial, cycle: GaitCycle) -> float:
    return 120.0 / cycle.stride_time_s if np.isfinite(cycle.end_s) else 60.0 / _step_time(trial, cycle)


def _stride_time(trial: Trial, cycle: GaitCycle) -> float:
    return cycle.stride_time_s


def _step_time(trial: Trial, cycle: GaitCycle) -> float:
    return trial.step_time_s(cycle)


def _contact_time(trial: Trial, cycle: GaitCycle) -> float:
    return cycle.toe_off_s - cycle.start_s


def _flight_time(trial: Trial, cycle: GaitCycle) -> float:
    return cycle.opposite_strike_s - cycle.toe_off_s


def _duty_factor(trial: Trial, cycle: GaitCycle) -> float:
    return _contact_time(trial, cycle) / cycle.stride_time_s


def _swing_share(trial: Trial, cycle: GaitCycle) -> float:
    return 100 * (1 - _duty_factor(trial, cycle))


def _double_support(trial: Trial, cycle: GaitCycle) -> float:
    # From this foot's strike to the other's toe-off, and from the other's strike to this foot's toe-off.
    both_s = (cycle.opposite_toe_off_s - cycle.start_s) + (cycle.toe_off_s - cycle.opposite_strike_s)
    return 100 * both_s / cycle.stride_time_s


# Length


def _stride_length(trial: Trial, cycle: GaitCycle) -> float:
    return trial.belt_speed * cycle.stride_time_s if trial.travel is None else trial.stride_on_ground(cycle)


def _speed(trial: Trial, cycle: GaitCycle) -> float:
    return trial.belt_speed


def _step_length(trial: Trial, cycle: GaitCycle) -> float:
    return trial.belt_speed * _step_time(trial, cycle) if trial.travel is None else trial.step_on_ground(cycle)


def _vertical_oscillation(trial: Trial, cycle: GaitCycle) -> float:
    height = trial.position("mid_hip", cycle.start_s, cycle.opposite_strike_s)[:, 1]
    return float(np.ptp(height)) * trial.length_per_px


def _overstride(trial: Trial, cycle: GaitCycle) -> float:
    ankle = trial.position(f"{cycle.side}_ankle", cycle.start_s)[0, 0]
    hip = trial.position(f"{cycle.side}_hip", cycle.start_s)[0, 0]
    return float(ankle - hip) * trial.length_per_px


# Angles


def _at_contact(angle: str, sign: float = 1.0) -> Compute:
    def value(trial: Trial, cycle: GaitCycle) -> float:
        return sign * float(trial.angle(f"{cycle.side}_{angle}_deg", cycle.start_s)[0])

    return value


def _peak_in_stance(angle: str) -> Compute:
    def value(trial: Trial, cycle: GaitCycle) -> float:
        return float(np.max(trial.angle(f"{cycle.side}_{angle}_deg", cycle.start_s, cycle.toe_off_s)))

    return value


def _peak_knee_flexion_swing(trial: Trial, cycle: GaitCycle) -> float:
    return float(np.max(trial.angle(f"{cycle.side}_knee_flexion_deg", cycle.toe_off_s, cycle.end_s)))


def _peak_hip_extension(trial: Trial, cycle: GaitCycle) -> float:
    return -float(np.min(trial.angle(f"{cycle.side}_hip_flexion_deg", cycle.start_s, cycle.end_s)))


def _trunk_lean(trial: Trial, cycle: GaitCycle) -> float:
    return float(np.mean(trial.angle("trunk_lean_deg", cycle.start_s, cycle.toe_off_s)))


# Stiffness: the spring-mass model of `SPRING_MASS`, with the downward displacement of the centre of mass positive.


def _spring(trial: Trial, cycle: GaitCycle) -> tuple[float, float]:
    """Return the peak force (N) and the displacement of the centre of mass in contact (m), after `SPRING_MASS`."""
    contact_s, flight_s = _contact_time(trial, cycle), _flight_time(trial, cycle)
    if trial.mass_kg is None or not flight_s > 0:
        return np.nan, np.nan
    peak_n = trial.mass_kg * _GRAVITY * np.pi / 2 * (flight_s / contact_s + 1)
    return peak_n, peak_n * contact_s**2 / (trial.mass_kg * np.pi**2) - _GRAVITY * contact_s**2 / 8


def _vertical_stiffness(trial: Trial, cycle: GaitCycle) -> float:
    peak_n, displacement_m = _spring(trial, cycle)
    return peak_n / displacement_m / 1000


def _leg_stiffness(trial: Trial, cycle: GaitCycle) -> float:
    if trial.height_m is None or trial.calibration.belt_speed_mps is None:
        return np.nan
    peak_n, displacement_m = _spring(trial, cycle)
    leg_m = _TROCHANTER_SHARE_OF_HEIGHT * trial.height_m
    half_sweep_m = trial.calibration.belt_speed_mps * _contact_time(trial, cycle) / 2
    if half_sweep_m >= leg_m:
        return np.nan
    compression_m = leg_m - np.sqrt(leg_m**2 - half_sweep_m**2) + displacement_m
    return float(peak_n / compression_m / 1000)


# Uncertainty that more cycles do not reduce


def _accepted(trial: Trial) -> tuple[np.ndarray, np.ndarray]:
    contacts = [c for c in trial.events.contacts if c.accepted]
    return (
        np.array([c.foot_strike_sd_s for c in contacts] or [np.nan]),
        np.array([c.toe_off_sd_s for c in contacts] or [np.nan]),
    )


def _contact_sd_s(trial: Trial) -> float:
    """Return the standard uncertainty of contact time, s, from the event models; at least a quarter frame interval."""
    strike_s, toe_off_s = _accepted(trial)
    return max(float(np.hypot(np.nanmean(strike_s), np.nanmean(toe_off_s))), 0.25 / trial.pose.fps)


def _step_sd_s(trial: Trial) -> float:
    """Return the systematic uncertainty of step time, s: both strikes may have a constant offset."""
    constant_s = [c.strike_bias_sd_s for c in trial.events.contacts if c.accepted]
    return float(np.sqrt(2) * np.nanmean(constant_s)) if constant_s else float("nan")


def _scale_sd(trial: Trial, mean: float) -> float:
    return abs(mean) * _SCALE_SD.get(trial.calibration.scale_source, 0.0)


def _speed_sd(trial: Trial, mean: float) -> float:
    """Return the uncertainty of the console for an entered speed, otherwise that of stance foot and scale."""
    if trial.calibration.speed_was_entered:
        return abs(mean) * _CONSOLE_SD
    return float(np.hypot(abs(mean) * _STANCE_FOOT_SD, _scale_sd(trial, mean)))


def _duty_sd(trial: Trial) -> float:
    stride_s = [c.stride_time_s for c in trial.measured("both") if np.isfinite(c.end_s)]
    return _contact_sd_s(trial) / float(np.mean(stride_s)) if stride_s else np.nan


def _contact(trial: Trial, mean: float) -> Unsure:
    return Unsure(own=_contact_sd_s(trial))


def _step(trial: Trial, mean: float) -> Unsure:
    return Unsure(opposite=_step_sd_s(trial))


def _duty(trial: Trial, mean: float) -> Unsure:
    return Unsure(own=_duty_sd(trial))


def _swing(trial: Trial, mean: float) -> Unsure:
    return Unsure(own=100 * _duty_sd(trial))


def _overlap(trial: Trial, mean: float) -> Unsure:
    """Return the uncertainty of double support: its two phases belong to both feet, so errors are common."""
    return Unsure(shared=100 * _duty_sd(trial))


def _scale(trial: Trial, mean: float) -> Unsure:
    return Unsure(shared=_scale_sd(trial, mean))


def _speed_unsure(trial: Trial, mean: float) -> Unsure:
    return Unsure(shared=_speed_sd(trial, mean))


def _step_length_unsure(trial: Trial, mean: float) -> Unsure:
    return Unsure(shared=_speed_sd(trial, mean), opposite=trial.belt_speed * _step_sd_s(trial))


def _angle_at_strike(angle: str, *, levelled: bool = False) -> Systematic:
    """Return the function for an angle's uncertainty from those of the foot strike's time and of the levelling."""

    def value(trial: Trial, mean: float) -> Unsure:
        sd_s = float(np.nanmean(_accepted(trial)[0]))
        changes = [
            np.abs(
                trial.angle(f"{c.side}_{angle}_deg", c.foot_strike_s + sd_s)
                - trial.angle(f"{c.side}_{angle}_deg", c.foot_strike_s - sd_s)
            )[0]
            / 2
            for c in trial.events.contacts
            if c.accepted
        ]
        shared = trial.calibration.level_sd_deg if levelled else 0.0
        return Unsure(own=float(np.nanmedian(changes)) if np.isfinite(changes).any() else 0.0, shared=shared)

    return value


def _level(trial: Trial, mean: float) -> Unsure:
    """Return the uncertainty of the levelling by the belt's slope, common to both legs."""
    return Unsure(shared=trial.calibration.level_sd_deg)


def _overstride_unsure(trial: Trial, mean: float) -> Unsure:
    """Return the uncertainty from the scale and from the levelling, which moves the hip forwards or backwards."""
    ahead = np.radians(trial.calibration.level_sd_deg) * trial.calibration.leg_px * trial.length_per_px
    return Unsure(shared=float(np.hypot(_scale_sd(trial, mean), ahead)))


def _stiffness(trial: Trial, mean: float) -> Unsure:
    """Return the uncertainty from contact time: 10 ms change vertical stiffness by 3-5 %, leg stiffness by 7-11 %."""
    contacts_s = [_contact_time(trial, c) for c in trial.cycles if c.accepted]
    return Unsure(own=abs(mean) * 2.0 * _contact_sd_s(trial) / float(np.mean(contacts_s)) if contacts_s else np.nan)


_SIDE: tuple[View, ...] = ("side",)
_BOTH: tuple[View, ...] = ("side", "rear")
_FOOT = ("heel", "big_toe")
_LEG = ("hip", "knee", "ankle")
_TRUNK = ("neck", "mid_hip")
_TIME, _LENGTH, _CONTACT, _MOTION, _SPRING = (
    "Timing", "Lengths", "At foot strike", "Through the cycle", "Stiffness",
)  # fmt: skip

SIDE_METRICS: tuple[MetricSpec, ...] = (
    MetricSpec(
        "cadence", "Cadence", "steps/min", _TIME, _BOTH,
        "steps a minute: 120 / stride time", _cadence, (60, 240), per_side=False,
        reference=Reference(147, 167, YOUNG_RUNNERS), ratio=True,
    ),
    MetricSpec(
        "stride_time", "Stride time", "s", _TIME, _BOTH,
        "from a foot strike to the next of the same foot", _stride_time, (0.5, 1.8), decimals=3, ratio=True,
    ),
    MetricSpec(
        "step_time", "Step time", "s", _TIME, _BOTH,
        "from the other foot's strike to this foot's next", _step_time, (0.25, 0.9), systematic=_step, decimals=3,
        ratio=True,
    ),
    MetricSpec(
        "contact_time", "Contact time", "s", _TIME, _BOTH,
        "from foot strike to toe-off", _contact_time, (0.12, 1.1), systematic=_contact, decimals=3,
        reference=Reference(0.248, 0.294, YOUNG_RUNNERS), ratio=True,
    ),
    MetricSpec(
        "flight_time", "Flight time", "s", _TIME, _BOTH,
        "from toe-off to the other foot's strike", _flight_time, (0.0, 0.25), only="running", systematic=_contact,
        decimals=3, reference=Reference(0.093, 0.131, YOUNG_RUNNERS), ratio=True,
    ),
    MetricSpec(
        "duty_factor", "Duty factor", "", _TIME, _BOTH,
        "contact time as a share of stride time", _duty_factor, (0.2, 0.75), systematic=_duty, decimals=3,
        reference=Reference(0.332, 0.378, YOUNG_RUNNERS), ratio=True,
    ),
    MetricSpec(
        "swing_share", "Swing", "%", _TIME, _BOTH,
        "share of the stride in which the foot is in the air", _swing_share, (25, 50), only="walking",
        systematic=_swing, ratio=True,
    ),
    MetricSpec(
        "double_support", "Double support", "%", _TIME, _BOTH,
        "share of the stride in which both feet are on the ground", _double_support, (0, 60), only="walking",
        systematic=_overlap, ratio=True,
    ),
    MetricSpec(
        "step_length", "Step length", "m", _LENGTH, _SIDE,
        "belt speed times step time; overground the distance of the feet", _step_length, (0.2, 2.0),
        needs_belt_speed=True, unit_without_scale="leg lengths",
        systematic=_step_length_unsure, decimals=2, reference=Reference(0.965, 1.025, YOUNG_RUNNERS), ratio=True,
    ),
    MetricSpec(
        "stride_length", "Stride length", "m", _LENGTH, _SIDE,
        "belt speed times stride time; overground the distance of the foot's places", _stride_length, (0.4, 4.0),
        needs_belt_speed=True, unit_without_scale="leg lengths", systematic=_speed_unsure, decimals=2, ratio=True,
    ),
    MetricSpec(
        "speed", "Belt speed", "m/s", _LENGTH, _SIDE,
        "as entered, or how fast the stance foot rides back; overground, the hips", _speed, (0.2, 12.0),
        needs_belt_speed=True, per_side=False, unit_without_scale="leg lengths/s", systematic=_speed_unsure, decimals=2,
    ),
    MetricSpec(
        "vertical_oscillation", "Vertical oscillation", "m", _LENGTH, _SIDE,
        "rise and fall of the mid-hip from this foot's strike to the other's", _vertical_oscillation, (0.01, 0.14),
        needs=("mid_hip",), levelled=True, unit_without_scale="leg lengths", systematic=_scale, decimals=3, ratio=True,
    ),
    MetricSpec(
        "overstride", "Overstride", "m", _LENGTH, _SIDE,
        "how far ahead of the hip the ankle lands", _overstride, (-0.1, 0.6), needs=("hip", "ankle"), levelled=True,
        unit_without_scale="leg lengths", systematic=_overstride_unsure, decimals=3,
    ),
    MetricSpec(
        "foot_strike_angle", "Foot strike angle", "deg", _CONTACT, _SIDE,
        "foot against belt or ground at foot strike; positive: heel first", _at_contact("foot"), (-20, 35), needs=_FOOT,
        systematic=_angle_at_strike("foot"), detectable=_FOOT_SDD,
    ),
    MetricSpec(
        "shank_angle_at_contact", "Shank angle", "deg", _CONTACT, _SIDE,
        "shank against the vertical at foot strike; positive: ankle ahead of the knee", _at_contact("shank", -1.0),
        (-10, 25), needs=("knee", "ankle"), levelled=True, systematic=_angle_at_strike("shank", levelled=True),
        detectable=_SHANK_SDD,
    ),
    MetricSpec(
        "knee_flexion_at_contact", "Knee flexion", "deg", _CONTACT, _SIDE,
        "knee flexion at foot strike", _at_contact("knee_flexion"), (-10, 40), needs=_LEG,
        systematic=_angle_at_strike("knee_flexion"), reference=Reference(8, 16, TWO_LABORATORIES),
    ),
    MetricSpec(
        "hip_flexion_at_contact", "Hip flexion (thigh to trunk)", "deg", _CONTACT, _SIDE,
        "thigh against the trunk at foot strike", _at_contact("hip_flexion"), (5, 55), needs=("hip", "knee", *_TRUNK),
        systematic=_angle_at_strike("hip_flexion"), reference=Reference(17, 29, TWO_LABORATORIES),
    ),
    MetricSpec(
        "ankle_angle_at_contact", "Ankle dorsiflexion", "deg", _CONTACT, _SIDE,
        "dorsiflexion at foot strike", _at_contact("ankle_flexion"), (-20, 20), needs=("knee", "ankle", *_FOOT),
        levelled=True, systematic=_angle_at_strike("ankle_flexion", levelled=True),
        reference=Reference(-1, 10, TWO_LABORATORIES),
    ),
    MetricSpec(
        "peak_knee_flexion_stance", "Peak knee flexion, stance", "deg", _MOTION, _SIDE,
        "largest knee flexion between foot strike and toe-off", _peak_in_stance("knee_flexion"), (5, 60), needs=_LEG,
        reference=Reference(35, 45, TWO_LABORATORIES), detectable=_KNEE_SDD,
    ),
    MetricSpec(
        "peak_knee_flexion_swing", "Peak knee flexion, swing", "deg", _MOTION, _SIDE,
        "largest knee flexion between toe-off and foot strike", _peak_knee_flexion_swing, (40, 140), needs=_LEG,
        reference=Reference(83, 99, TWO_LABORATORIES),
    ),
    MetricSpec(
        "peak_hip_extension", "Peak hip extension (thigh to trunk)", "deg", _MOTION, _SIDE,
        "largest extension of the thigh against the trunk", _peak_hip_extension, (-15, 35),
        needs=("hip", "knee", *_TRUNK), reference=Reference(7, 20, TWO_LABORATORIES),
    ),
    MetricSpec(
        "peak_dorsiflexion", "Peak dorsiflexion", "deg", _MOTION, _SIDE,
        "largest dorsiflexion in stance", _peak_in_stance("ankle_flexion"), (0, 40), needs=("knee", "ankle", *_FOOT),
        levelled=True, systematic=_level, reference=Reference(19, 26, TWO_LABORATORIES), detectable=_SHANK_SDD,
    ),
    MetricSpec(
        "trunk_lean", "Trunk lean", "deg", _MOTION, _SIDE,
        "mean forward lean of the trunk in stance", _trunk_lean, (-5, 25), needs=_TRUNK, levelled=True, of_trunk=True,
        systematic=_level,
    ),
    MetricSpec(
        "leg_stiffness", "Leg stiffness", "kN/m", _SPRING, _SIDE,
        f"peak force over leg compression, from contact and flight time ({SPRING_MASS})", _leg_stiffness, (3, 25),
        needs_belt_speed=True, needs_mass=True, needs_height=True, only="running", systematic=_stiffness, ratio=True,
    ),
    MetricSpec(
        "vertical_stiffness", "Vertical stiffness", "kN/m", _SPRING, _SIDE,
        f"peak force over the fall of the centre of mass, from contact and flight time ({SPRING_MASS})",
        _vertical_stiffness, (8, 60), needs_mass=True, only="running", systematic=_stiffness, ratio=True,
    ),
)  # fmt: skip
