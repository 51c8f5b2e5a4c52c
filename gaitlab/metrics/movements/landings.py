"""Angles with which legs meet the ground after a jump, and how far they give way then."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from gaitlab.core.gait import Repetition
from gaitlab.core.pose import PoseSequence
from gaitlab.kinematics.body import standing_foot_deg
from gaitlab.kinematics.side import sagittal_angles
from gaitlab.metrics.trial import Trial

# The end of the flight in which the legs are as they meet the ground, s.
_END_OF_FLIGHT_S = 0.07


def after_landing(curve: str) -> Callable[[Trial, Repetition], float]:
    """Return the function for the largest value from the landing to the lowest point of the hips."""

    def value(trial: Trial, one: Repetition) -> float:
        values = trial.angle(f"{curve.format(side=one.side)}_deg", one.at("landing"), one.at("lowest"))
        return float(np.nanmax(values)) if np.isfinite(values).any() else math.nan

    return value


def met_with(curve: str) -> Callable[[Trial, Repetition], float]:
    """Return the function for an angle with which the ground is met.

    The legs give way within a few hundredths of a second, which smoothing would move before the landing: the keypoints
    before smoothing are used, and a straight line through those of the end of the flight.
    """

    def value(trial: Trial, one: Repetition) -> float:
        pose, landing_s = trial.pose.unsmoothed, one.at("landing")
        before = np.flatnonzero((pose.time_s > landing_s - _END_OF_FLIGHT_S) & (pose.time_s <= landing_s))
        if not len(before):
            return math.nan
        # One frame earlier at least, for a slope.
        near = slice(max(before[0] - 1, 0), before[-1] + 1)
        part = PoseSequence(pose.xy[near], pose.score[near], pose.time_s[near], pose.skeleton)
        forward = trial.calibration.forward
        # The zero of the feet is that of standing, in which nothing is fast: smoothing does it no harm.
        flat_deg = standing_foot_deg(trial.pose, forward=forward, leg_px=trial.calibration.leg_px)
        curves = sagittal_angles(part, forward=forward, flat_deg=flat_deg).values_deg
        found = curves[f"{curve.format(side=one.side)}_deg"]
        seen = np.isfinite(found)
        if seen.sum() < 2:
            return math.nan
        return float(np.polyval(np.polyfit(part.time_s[seen] - landing_s, found[seen], 1), 0.0))

    return value
