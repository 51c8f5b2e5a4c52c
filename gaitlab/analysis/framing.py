"""What a camera off the axis, or a runner who drifts, spoils in a rear view.

A belt runs towards a camera straight behind, so a stance foot that rides on it moves down the picture, not across. How
far it moves across tells how far off the axis the line of sight is, whatever the camera's place or turn.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from gaitlab.core.gait import BOTH_SIDES, GaitEvents
from gaitlab.core.pose import FloatArray, PoseSequence

# Part of a contact in which the ankle rides with the belt.
_RIDES = (0.15, 0.60)
_FEWEST_CONTACTS = 3
# Speed of a belt where none was entered, leg lengths (thigh plus shank) per second: 3 m/s; runners are filmed at 2.5 to
# 4.5 m/s, so the angle is right within a third.
_USUAL_BELT = 3.5
# From this angle on the legs are not compared, from the second one their values are not told. Off by one degree, the
# legs' hip adduction is off by 0.43 degrees against each other, and the knee projection of each by 0.5
# (``python -m benchmarks.rear_axis``).
_UNLIKE_DEG, _SPOILED_DEG = 5.0, 10.0
_SPOILED_BY_AXIS = ("hip_adduction", "knee_projection_angle")
# Drift, leg lengths per second, that moves a step of 0.36 s by a centimetre against the one before; change of size.
_DRIFTS, _NEARER = 0.035, 0.12
_SMOOTH_S = 1.5


@dataclass(frozen=True, slots=True)
class Framing:
    """What cannot be told of a recording for how it was filmed.

    Attributes
    ----------
    off_axis_deg : float
        angle between the line of sight and the belt, degrees, positive where the camera stands on the runner's right;
        NaN if it could not be measured.
    spoiled : Mapping[str, str]
        metric to why it has no value.
    unlike : Mapping[str, str]
        metric to why its sides are not compared.
    warnings : tuple[str, ...]
        the same in words.
    """

    off_axis_deg: float = float("nan")
    spoiled: Mapping[str, str] = field(default_factory=dict)
    unlike: Mapping[str, str] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()


def rear_framing(pose: PoseSequence, events: GaitEvents, *, leg_px: float, belt_legs_per_s: float | None) -> Framing:
    """Return what the camera's place and the runner's drift spoil in a rear view.

    Parameters
    ----------
    pose : PoseSequence
        smoothed keypoints, px.
    events : GaitEvents
        contacts.
    leg_px : float
        length of thigh plus shank, px.
    belt_legs_per_s : float | None
        speed of the belt, leg lengths per second, if it is known.
    """
    angle = off_axis_deg(pose, events, leg_px=leg_px, belt_legs_per_s=belt_legs_per_s or _USUAL_BELT)
    spoiled: dict[str, str] = {}
    unlike: dict[str, str] = {}
    warnings: list[str] = []
    if abs(angle) > _UNLIKE_DEG:
        where = f"about {abs(angle):.0f}° off the axis behind, on the runner's {'right' if angle > 0 else 'left'}"
        if abs(angle) > _SPOILED_DEG:
            spoiled = dict.fromkeys(_SPOILED_BY_AXIS, f"the camera looks {where}")
            said = "hip adduction and knee projection are not told"
        else:
            unlike = dict.fromkeys(_SPOILED_BY_AXIS, "camera off the axis: not to be compared with the other leg")
            said = "hip adduction and knee projection of the two legs are not compared"
        warnings.append(f"the camera looks {where}: {said}; film from straight behind the middle of the belt")
    drift, change = _drift(pose, leg_px=leg_px)
    if abs(drift) > _DRIFTS:
        unlike["step_width"] = "the runner drifts to one side: not to be compared with the other leg"
        warnings.append(
            f"the runner drifts to the {'right' if drift > 0 else 'left'} of the picture by {abs(drift):.2g} leg "
            "lengths a second: the step widths of the two legs are not compared"
        )
    if change > _NEARER:
        spoiled["step_width"] = f"the runner's size in the picture changes by {100 * change:.0f} %"
        warnings.append(
            f"the runner's size in the picture changes by {100 * change:.0f} %, who comes nearer or goes away: step "
            "width is not told"
        )
    return Framing(angle, spoiled, unlike, tuple(warnings))


def off_axis_deg(pose: PoseSequence, events: GaitEvents, *, leg_px: float, belt_legs_per_s: float) -> float:
    """Return the angle between the line of sight and the belt, degrees; NaN with few contacts of a foot.

    Each foot also moves across by itself, as it rolls, but the two in opposite directions: their mean is the belt's.
    """
    across = []
    for side in BOTH_SIDES:
        x, slopes = pose.point(f"{side}_ankle")[:, 0], []
        for contact in (contact for contact in events.of(side) if contact.accepted):
            share = (pose.time_s - contact.foot_strike_s) / contact.duration_s
            rides = (share > _RIDES[0]) & (share < _RIDES[1]) & np.isfinite(x)
            if rides.sum() >= 3:
                slopes.append(np.polyfit(pose.time_s[rides], x[rides], 1)[0])
        if len(slopes) < _FEWEST_CONTACTS:
            return float("nan")
        across.append(float(np.median(slopes)) / leg_px)
    return float(np.degrees(np.arcsin(np.clip(-np.mean(across) / belt_legs_per_s, -1.0, 1.0))))


def _drift(pose: PoseSequence, *, leg_px: float) -> tuple[float, float]:
    """Return the drift of the hips to the right, leg lengths per second, and the change of the legs' size, a share."""
    hips = pose.point("mid_hip")[:, 0]
    seen = np.isfinite(hips)
    if seen.sum() < 3 or not leg_px > 0 or pose.time_s[-1] - pose.time_s[0] < 2 * _SMOOTH_S:
        return 0.0, 0.0
    speed = float(np.polyfit(pose.time_s[seen], hips[seen], 1)[0]) / leg_px
    lengths = [np.linalg.norm(pose.point(f"{side}_hip") - pose.point(f"{side}_knee"), axis=1) for side in BOTH_SIDES]
    thigh = np.mean(lengths, axis=0)
    first, last = (_median(thigh[part]) for part in (pose.time_s < pose.time_s[0] + _SMOOTH_S,
                                                      pose.time_s > pose.time_s[-1] - _SMOOTH_S))  # fmt: skip
    return speed, abs(last / first - 1) if np.isfinite([first, last]).all() else 0.0


def _median(values: FloatArray) -> float:
    seen = values[np.isfinite(values)]
    return float(np.median(seen)) if len(seen) else float("nan")
