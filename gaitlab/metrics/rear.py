"""Rear-view metrics: each a function of a trial and one gait cycle, and one table that declares them all.

Published ranges come from markers in three dimensions, that of heel whips from film, and are descriptive. No metric
classifies pronation: published cut-offs disagree and depend on the zero of the angle.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from gaitlab.core.gait import BOTH_SIDES, GaitCycle, other
from gaitlab.core.metric import Detectable, Reference, Unsure, View
from gaitlab.core.pose import FloatArray
from gaitlab.metrics.sources import HEEL_WHIPS, RETEST, TWO_LABORATORIES
from gaitlab.metrics.spec import MetricSpec
from gaitlab.metrics.trial import HEEL_DOWN_SHARE, Trial
from gaitlab.metrics.uncertainty import timing_bias

Compute = Callable[[Trial, GaitCycle], float]

# Part of the swing in which a heel whip occurs.
_INITIAL_SWING_SHARE = 1 / 3
# Larger rotations are detection errors: heel or toe hidden behind the other.
_LARGEST_WHIP_DEG = 60.0
# Root mean square errors of sources other than dots: excursion in degrees, time to peak in percent of the contact.
# Heel images and network points: the worse of two groups of rendered clips, on the contacts in which heel images were
# registered, with the network `runner` (``python -m benchmarks.edges --demo``). Proxy: the worst of BlazePose, alone or
# with openpose-light's legs, on rendered clips (docs/accuracy.md); with 4 mm of noise on the markers of 12 runners,
# less than any network has, the errors are 4.2 and 9.4 (``python -m benchmarks.rearfoot``).
_SURROGATE_RMSE: dict[str, dict[str, float]] = {
    "heel pictures": {"excursion": 4.1, "peak time": 5.7},
    "network points": {"excursion": 5.6, "peak time": 13.0},
    "proxy": {"excursion": 8.4, "peak time": 20.5},
}
# At lower frame rates the peak of the angular velocity is missed.
_VELOCITY_FPS = 120.0


def _stance(trial: Trial, cycle: GaitCycle, angle: str, share: float = 1.0) -> FloatArray:
    """Return an angle of the cycle's side, (n,) degrees at 500 Hz, from foot strike through a share of the contact."""
    end_s = cycle.start_s + share * (cycle.toe_off_s - cycle.start_s)
    return trial.angle(f"{cycle.side}_{angle}_deg", cycle.start_s, end_s)


def _peak_in_stance(angle: str) -> Compute:
    def value(trial: Trial, cycle: GaitCycle) -> float:
        return float(np.max(_stance(trial, cycle, angle)))

    return value


def _knee_projection_angle(trial: Trial, cycle: GaitCycle) -> float:
    return float(trial.angle(f"{cycle.side}_knee_projection_deg", (cycle.start_s + cycle.toe_off_s) / 2)[0])


def _zero(trial: Trial, cycle: GaitCycle) -> float:
    return trial.rearfoot_zero_deg.get(cycle.side, np.nan)


def _rearfoot_angle_at_contact(trial: Trial, cycle: GaitCycle) -> float:
    return float(trial.angle(f"{cycle.side}_rearfoot_deg", cycle.start_s)[0]) - _zero(trial, cycle)


def _peak_rearfoot_eversion(trial: Trial, cycle: GaitCycle) -> float:
    return float(np.max(_stance(trial, cycle, "rearfoot", HEEL_DOWN_SHARE))) - _zero(trial, cycle)


def _rearfoot_eversion_excursion(trial: Trial, cycle: GaitCycle) -> float:
    angle = _stance(trial, cycle, "rearfoot", HEEL_DOWN_SHARE)
    return float(np.max(angle) - angle[0])


def _time_to_peak_eversion(trial: Trial, cycle: GaitCycle) -> float:
    angle = _stance(trial, cycle, "rearfoot", HEEL_DOWN_SHARE)
    if not np.isfinite(angle).all():
        return np.nan
    return 100 * HEEL_DOWN_SHARE * float(np.argmax(angle)) / (len(angle) - 1)


def _eversion_velocity(trial: Trial, cycle: GaitCycle) -> float:
    """Return the maximum slope of the rearfoot angle from foot strike to its peak, degrees per second.

    NaN without dots, because the error of other sources is unknown.
    """
    if not trial.by_dots:
        return np.nan
    angle = _stance(trial, cycle, "rearfoot", HEEL_DOWN_SHARE)
    if len(angle) < 3 or not np.isfinite(angle).all():
        return np.nan
    step_s = HEEL_DOWN_SHARE * (cycle.toe_off_s - cycle.start_s) / (len(angle) - 1)
    return float(np.max(np.gradient(angle, step_s)[: int(np.argmax(angle)) + 1]))


def _step_width(trial: Trial, cycle: GaitCycle) -> float:
    """Return the mediolateral distance from the other foot's strike to this foot's next; lateral is positive."""
    outward = 1.0 if cycle.side == "right" else -1.0
    landing = trial.position(f"{cycle.side}_ankle", cycle.end_s)[0, 0]
    before = trial.position(f"{other(cycle.side)}_ankle", cycle.opposite_strike_s)[0, 0]
    return float(outward * (landing - before)) * trial.length_per_px


def _heel_whip(trial: Trial, cycle: GaitCycle) -> float:
    end_s = cycle.toe_off_s + _INITIAL_SWING_SHARE * (cycle.end_s - cycle.toe_off_s)
    line = trial.angle(f"{cycle.side}_heel_line_deg", cycle.toe_off_s, end_s)
    rotation = (line - line[0] + 180.0) % 360.0 - 180.0
    whip = float(rotation[np.argmax(np.abs(rotation))])  # NaN where a frame is missing
    return whip if abs(whip) <= _LARGEST_WHIP_DEG else np.nan


def _trunk_side_lean(trial: Trial, cycle: GaitCycle) -> float:
    return float(np.mean(_stance(trial, cycle, "trunk_side_lean")))


def _surrogate_rmse(trial: Trial, what: str) -> float:
    return _SURROGATE_RMSE.get(trial.rearfoot_source, {}).get(what, 0.0)


def _rearfoot(trial: Trial, mean: float) -> Unsure:
    """Return the uncertainty from dots or surrogates, and from the angle's change within the strike's uncertainty."""
    bias = timing_bias(trial)
    within_s = float(np.hypot(bias.strike_s, bias.strike_both_s))
    changes = [
        np.ptp(trial.angle(f"{c.side}_rearfoot_deg", c.foot_strike_s - within_s, c.foot_strike_s + within_s)) / 2
        for c in trial.events.contacts
        if c.accepted
    ]
    timing_deg = float(np.nanmedian(changes)) if np.isfinite(changes).any() else 0.0
    return Unsure(own=float(np.linalg.norm([timing_deg, _surrogate_rmse(trial, "excursion"), _dots_sd(trial)])))


def _dots_sd(trial: Trial) -> float:
    """Return the uncertainty from the position of tracked dots, degrees: correlated between frames, so not averaged."""
    curves = (trial.angles.values_deg.get(f"{side}_rearfoot_sd_deg") for side in BOTH_SIDES)
    known = [curve[np.isfinite(curve)] for curve in curves if curve is not None]
    medians = [float(np.median(curve)) for curve in known if len(curve)]
    return float(np.mean(medians)) if medians else 0.0


def _peak_time(trial: Trial, mean: float) -> Unsure:
    """Return the uncertainty of a time to peak, % of contact: a late strike shortens it."""
    contacts_s = [c.duration_s for c in trial.events.contacts if c.accepted and np.isfinite(c.duration_s)]
    if not contacts_s:
        return Unsure(own=np.nan)
    bias = timing_bias(trial)
    timing = 100 * float(np.hypot(bias.strike_s, bias.strike_both_s) / np.mean(contacts_s))
    return Unsure(own=float(np.hypot(timing, _surrogate_rmse(trial, "peak time"))))


def _width(trial: Trial, mean: float) -> Unsure:
    shares = {"known length": 0.02, "body height": 0.04}
    return Unsure(shared=abs(mean) * shares.get(trial.calibration.scale_source, 0.0))


_REAR: tuple[View, ...] = ("rear",)
_PELVIS, _LEG, _REARFOOT, _STEP = "Pelvis and trunk", "Leg from behind", "Rearfoot", "Steps from behind"

REAR_METRICS: tuple[MetricSpec, ...] = (
    MetricSpec(
        "pelvic_drop", "Pelvic drop", "deg", _PELVIS, _REAR,
        "largest fall of the pelvis towards the swing side in stance", _peak_in_stance("pelvic_drop"), (-5, 15),
        needs=("hip",), detectable=Detectable(2.8, RETEST),
    ),
    MetricSpec(
        "trunk_side_lean", "Trunk side lean", "deg", _PELVIS, _REAR,
        "mean lean of the trunk towards the stance leg in stance", _trunk_side_lean, (-8, 8), needs=("neck", "mid_hip"),
        of_trunk=True,
    ),
    MetricSpec(
        "hip_adduction", "Hip adduction", "deg", _LEG, _REAR,
        "largest sum of pelvic drop and the thigh's inward lean in stance", _peak_in_stance("hip_adduction"), (-5, 22),
        needs=("hip", "knee"), reference=Reference(4.0, 10.1, TWO_LABORATORIES), detectable=Detectable(3.8, RETEST),
    ),
    MetricSpec(
        "knee_projection_angle", "Knee projection angle", "deg", _LEG, _REAR,
        "frontal-plane angle of thigh and shank at mid-stance; positive: knee inward", _knee_projection_angle,
        (-20, 20),
        needs=("hip", "knee", "ankle"),
    ),
    MetricSpec(
        "rearfoot_angle_at_contact", "Rearfoot angle at contact", "deg", _REARFOOT, _REAR,
        "heel against shank at foot strike, from standing; positive: eversion", _rearfoot_angle_at_contact, (-20, 15),
        needs=("heel",), needs_zero=True, proxy_label="Ankle alignment at contact (proxy)",
        systematic=_rearfoot,
    ),
    MetricSpec(
        "peak_rearfoot_eversion", "Peak rearfoot eversion", "deg", _REARFOOT, _REAR,
        "largest eversion of the heel against the shank while the heel is down, from standing",
        _peak_rearfoot_eversion, (-5, 25), needs=("heel",), needs_zero=True,
        proxy_label="Peak rear-view ankle alignment (proxy)", systematic=_rearfoot,
        reference=Reference(3.0, 9.4, TWO_LABORATORIES),
    ),
    MetricSpec(
        "rearfoot_eversion_excursion", "Inward rolling", "deg", _REARFOOT, _REAR,
        "eversion from foot strike to its peak while the heel is down", _rearfoot_eversion_excursion, (0, 30),
        needs=("heel",), proxy_label="Rear-view ankle alignment (proxy), change from contact",
        systematic=_rearfoot,
    ),
    MetricSpec(
        "time_to_peak_eversion", "Time to peak eversion", "%", _REARFOOT, _REAR,
        "share of the contact until eversion is largest", _time_to_peak_eversion, (0, 60), needs=("heel",),
        proxy_label="Time to peak ankle alignment (proxy)", systematic=_peak_time,
    ),
    MetricSpec(
        "eversion_velocity", "Eversion velocity", "deg/s", _REARFOOT, _REAR,
        "steepest rise of the eversion between foot strike and its peak", _eversion_velocity, (0, 800), needs=("heel",),
        needs_fps=_VELOCITY_FPS, proxy_label="Speed of the rear-view ankle alignment (proxy)", decimals=0,
    ),
    MetricSpec(
        "heel_whip", "Heel whip", "deg", _STEP, _REAR,
        "how far the foot turns in early swing; positive: heel inward", _heel_whip, (-30, 30),
        needs=("heel", "big_toe"),
        reference=Reference(-8.8, 9.6, HEEL_WHIPS),
    ),
    MetricSpec(
        "step_width", "Step width", "m", _STEP, _REAR,
        "distance across the belt between the ankles' landings; negative: crossing over", _step_width, (-0.1, 0.25),
        needs=("ankle",), unit_without_scale="leg lengths", systematic=_width, decimals=3,
    ),
)  # fmt: skip
