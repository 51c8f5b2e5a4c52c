"""Side-view metrics: each a function of a trial and one gait cycle, and one table that declares them all.

References here are mean ± SD of published groups at one speed (`metrics.sources`); those that know the speed are in
`metrics.norms`. They describe. Angles from markers differ from those of keypoints by several degrees.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from gaitlab.core.gait import GaitCycle
from gaitlab.core.metric import Detectable, Reference, View
from gaitlab.metrics import uncertainty
from gaitlab.metrics.sources import RETEST, SPRING_MASS, TRUNK_RUNNERS, TWO_LABORATORIES
from gaitlab.metrics.spec import MetricSpec
from gaitlab.metrics.trial import Trial

Compute = Callable[[Trial, GaitCycle], float]

_GRAVITY = 9.81
_TROCHANTER_SHARE_OF_HEIGHT = 0.53
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
        "steps a minute: 120 / stride time", _cadence, (60, 240), per_side=False, ratio=True,
    ),
    MetricSpec(
        "stride_time", "Stride time", "s", _TIME, _BOTH,
        "from a foot strike to the next of the same foot", _stride_time, (0.5, 1.8), decimals=3, ratio=True,
    ),
    MetricSpec(
        "step_time", "Step time", "s", _TIME, _BOTH,
        "from the other foot's strike to this foot's next", _step_time, (0.25, 0.9),
        systematic=uncertainty.step_time, decimals=3,
        ratio=True,
    ),
    MetricSpec(
        "contact_time", "Contact time", "s", _TIME, _BOTH,
        "from foot strike to toe-off", _contact_time, (0.12, 1.1), systematic=uncertainty.contact_time, decimals=3,
        ratio=True,
    ),
    MetricSpec(
        "flight_time", "Flight time", "s", _TIME, _BOTH,
        "from toe-off to the other foot's strike", _flight_time, (0.0, 0.25), only="running",
        systematic=uncertainty.flight_time,
        decimals=3, ratio=True,
    ),
    MetricSpec(
        "duty_factor", "Duty factor", "", _TIME, _BOTH,
        "contact time as a share of stride time", _duty_factor, (0.2, 0.75),
        systematic=uncertainty.duty_factor, decimals=3, ratio=True,
    ),
    MetricSpec(
        "swing_share", "Swing", "%", _TIME, _BOTH,
        "share of the stride in which the foot is in the air", _swing_share, (25, 50), only="walking",
        systematic=uncertainty.swing_share, ratio=True,
    ),
    MetricSpec(
        "double_support", "Double support", "%", _TIME, _BOTH,
        "share of the stride in which both feet are on the ground", _double_support, (0, 60), only="walking",
        systematic=uncertainty.double_support, ratio=True,
    ),
    MetricSpec(
        "step_length", "Step length", "m", _LENGTH, _SIDE,
        "belt speed times step time; overground the distance of the feet", _step_length, (0.2, 2.0),
        needs_belt_speed=True, unit_without_scale="leg lengths",
        systematic=uncertainty.step_length, decimals=2, ratio=True,
    ),
    MetricSpec(
        "stride_length", "Stride length", "m", _LENGTH, _SIDE,
        "belt speed times stride time; overground the distance of the foot's places", _stride_length, (0.4, 4.0),
        needs_belt_speed=True, unit_without_scale="leg lengths", systematic=uncertainty.speed, decimals=2, ratio=True,
    ),
    MetricSpec(
        "speed", "Belt speed", "m/s", _LENGTH, _SIDE,
        "as entered, or how fast the stance foot rides back; overground, the hips", _speed, (0.2, 12.0),
        needs_belt_speed=True, per_side=False, unit_without_scale="leg lengths/s",
        systematic=uncertainty.speed, decimals=2,
    ),
    MetricSpec(
        "vertical_oscillation", "Vertical oscillation", "m", _LENGTH, _SIDE,
        "rise and fall of the mid-hip from this foot's strike to the other's", _vertical_oscillation, (0.01, 0.14),
        needs=("mid_hip",), levelled=True, unit_without_scale="leg lengths",
        systematic=uncertainty.scale, decimals=3, ratio=True,
    ),
    MetricSpec(
        "overstride", "Overstride", "m", _LENGTH, _SIDE,
        "how far ahead of the hip the ankle lands", _overstride, (-0.1, 0.6), needs=("hip", "ankle"), levelled=True,
        unit_without_scale="leg lengths", systematic=uncertainty.overstride, decimals=3,
    ),
    MetricSpec(
        "foot_strike_angle", "Foot strike angle", "deg", _CONTACT, _SIDE,
        "foot against belt or ground at foot strike; positive: heel first", _at_contact("foot"), (-20, 35), needs=_FOOT,
        systematic=uncertainty.angle_at_strike("foot"), detectable=_FOOT_SDD,
    ),
    MetricSpec(
        "shank_angle_at_contact", "Shank angle", "deg", _CONTACT, _SIDE,
        "shank against the vertical at foot strike; positive: ankle ahead of the knee", _at_contact("shank", -1.0),
        (-10, 25), needs=("knee", "ankle"), levelled=True,
        systematic=uncertainty.angle_at_strike("shank", levelled=True),
        detectable=_SHANK_SDD,
    ),
    MetricSpec(
        "knee_flexion_at_contact", "Knee flexion", "deg", _CONTACT, _SIDE,
        "knee flexion at foot strike", _at_contact("knee_flexion"), (-10, 40), needs=_LEG,
        systematic=uncertainty.angle_at_strike("knee_flexion"),
    ),
    MetricSpec(
        "hip_flexion_at_contact", "Hip flexion (thigh to trunk)", "deg", _CONTACT, _SIDE,
        "thigh against the trunk at foot strike", _at_contact("hip_flexion"), (5, 55), needs=("hip", "knee", *_TRUNK),
        systematic=uncertainty.angle_at_strike("hip_flexion"), reference=Reference(17, 29, TWO_LABORATORIES),
    ),
    MetricSpec(
        "ankle_angle_at_contact", "Ankle dorsiflexion", "deg", _CONTACT, _SIDE,
        "dorsiflexion at foot strike", _at_contact("ankle_flexion"), (-20, 20), needs=("knee", "ankle", *_FOOT),
        levelled=True, systematic=uncertainty.angle_at_strike("ankle_flexion", levelled=True),
        reference=Reference(-1, 10, TWO_LABORATORIES),
    ),
    MetricSpec(
        "peak_knee_flexion_stance", "Peak knee flexion, stance", "deg", _MOTION, _SIDE,
        "largest knee flexion between foot strike and toe-off", _peak_in_stance("knee_flexion"), (5, 60), needs=_LEG,
        detectable=_KNEE_SDD,
    ),
    MetricSpec(
        "peak_knee_flexion_swing", "Peak knee flexion, swing", "deg", _MOTION, _SIDE,
        "largest knee flexion between toe-off and foot strike", _peak_knee_flexion_swing, (40, 140), needs=_LEG,
    ),
    MetricSpec(
        "peak_hip_extension", "Peak hip extension (thigh to trunk)", "deg", _MOTION, _SIDE,
        "largest extension of the thigh against the trunk", _peak_hip_extension, (-15, 35),
        needs=("hip", "knee", *_TRUNK), reference=Reference(7, 20, TWO_LABORATORIES),
    ),
    MetricSpec(
        "peak_dorsiflexion", "Peak dorsiflexion", "deg", _MOTION, _SIDE,
        "largest dorsiflexion in stance", _peak_in_stance("ankle_flexion"), (0, 40), needs=("knee", "ankle", *_FOOT),
        levelled=True,
        systematic=uncertainty.level, detectable=_SHANK_SDD,
    ),
    MetricSpec(
        "trunk_lean", "Trunk lean", "deg", _MOTION, _SIDE,
        "mean forward lean of the trunk in stance", _trunk_lean, (-5, 25), needs=_TRUNK, levelled=True, of_trunk=True,
        systematic=uncertainty.level, reference=Reference(3.7, 10.9, TRUNK_RUNNERS),
    ),
    MetricSpec(
        "leg_stiffness", "Leg stiffness", "kN/m", _SPRING, _SIDE,
        f"peak force over leg compression, from contact and flight time ({SPRING_MASS})", _leg_stiffness, (3, 25),
        needs_belt_speed=True, needs_mass=True, needs_height=True, only="running",
        systematic=uncertainty.stiffness, ratio=True,
    ),
    MetricSpec(
        "vertical_stiffness", "Vertical stiffness", "kN/m", _SPRING, _SIDE,
        f"peak force over the fall of the centre of mass, from contact and flight time ({SPRING_MASS})",
        _vertical_stiffness, (8, 60), needs_mass=True, only="running", systematic=uncertainty.stiffness, ratio=True,
    ),
)  # fmt: skip
