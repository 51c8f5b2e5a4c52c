"""What the way of filming spoils: legs out of the picture; in a rear view a camera off the axis, a runner who drifts.

A belt runs towards a camera straight behind, so a stance foot that rides on it moves down the picture, not across. How
far it moves across tells how far off the axis the line of sight is, whatever the camera's place or turn.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from gaitlab.core.gait import BOTH_SIDES, GaitEvents
from gaitlab.core.pose import FloatArray, PoseSequence, Step

# Part of a contact in which the ankle rides with the belt.
_RIDES = (0.15, 0.60)
_FEWEST_CONTACTS = 3
# Speed of a belt where none was entered, leg lengths (thigh plus shank) per second: 3 m/s; runners are filmed at 2.5 to
# 4.5 m/s, so the angle is right within a third.
_USUAL_BELT = 3.5
# From the first angle on the legs are not compared, from the second one on their values are not told. A camera that is
# off by one degree puts hip adduction of the legs 0.8 degrees apart and each off by 0.4, knee projection 1.5 apart and
# each off by 0.75; the angle is told to 0.3 degrees, 20 % too large where the speed is not known
# (``python -m benchmarks.rear_axis``).
_UNLIKE_DEG, _SPOILED_DEG = 2.5, 6.0
_SPOILED_BY_AXIS = ("hip_adduction", "knee_projection_angle")
# Drift, leg lengths per second, that moves a step of 0.36 s by a centimetre against the one before; change of size.
_DRIFTS, _NEARER = 0.035, 0.12
_SMOOTH_S = 1.5
# A point nearer to the edge of the picture than this share of its height, or beyond it, was not seen but guessed; on
# clips that show the whole runner none of the legs' points is. Told where it is so in more than this share of frames.
_EDGE, _OFTEN_OUT = 0.01, 0.05
_LEG_POINTS = ("hip", "knee", "ankle", "heel", "big_toe", "small_toe")
_CUT = "picture's edge"
_STANDS_ON = ("_ankle", "_heel")
# The rhythm is known by the legs' swing, and so is what is largest in swing.
_SPOILED_BY_CUT = (
    "contact_time", "flight_time", "duty_factor", "swing_share", "double_support", "step_time", "step_length",
    "overstride", "foot_strike_angle", "shank_angle_at_contact", "knee_flexion_at_contact", "hip_flexion_at_contact",
    "ankle_angle_at_contact", "peak_knee_flexion_stance", "peak_dorsiflexion", "leg_stiffness", "vertical_stiffness",
)  # fmt: skip


def within_picture(pose: PoseSequence, *, width: int, height: int) -> tuple[PoseSequence, tuple[str, ...]]:
    """Leave out points that a network placed at the edge of the picture or beyond, and name the legs' among them.

    Parameters
    ----------
    pose : PoseSequence
        keypoints of a network, px.
    width, height : int
        size of the picture, px.

    Returns
    -------
    PoseSequence
        the same frames; NaN where a point lay at the edge or beyond.
    tuple[str, ...]
        a warning, if points of the legs are out of the picture for more than a twentieth of the frames.
    """
    margin = _EDGE * height
    x, y = pose.xy[..., 0], pose.xy[..., 1]
    below = y > height - margin
    out = below | (y < margin) | (x < margin) | (x > width - margin)
    if not out.any():
        return pose, ()
    frames = max(int(np.isfinite(x).any(axis=1).sum()), 1)
    cut = {
        name: round(float(below[:, pose.skeleton.index(name)].sum()) / frames, 3)
        for name in (f"{side}_{point}" for side in BOTH_SIDES for point in _LEG_POINTS)
        if name in pose.skeleton
    }
    cut = {name: share for name, share in sorted(cut.items(), key=lambda item: -item[1]) if share > _OFTEN_OUT}
    kept = pose.after(
        Step(_CUT, {"below_the_picture": cut}, {"points_dropped": int(out.sum())}),
        xy=np.where(out[..., None], np.nan, pose.xy), score=np.where(out, 0.0, pose.score),
    )  # fmt: skip
    if not cut:
        return kept, ()
    worst: dict[str, float] = {}
    for name, share in cut.items():
        worst.setdefault(name.partition("_")[2].replace("_", " "), share)
    named = ", ".join(f"{point} {100 * share:.0f} %" for point, share in worst.items())
    legs, what = ("legs", "foot strikes and what needs them is not told")
    if not spoiled_by_cut(kept):
        legs, what = ("toes", "what needs them is told of those contacts alone that show them")
    return kept, (
        f"the {legs} leave the picture below ({named} of the frames): {what}; film with some air below the feet",
    )


def spoiled_by_cut(pose: PoseSequence) -> dict[str, str]:
    """Return the metrics that legs out of the picture spoil, and why, from the history of the keypoints.

    Where ankle or heel are out of it, a foot is so while it stands: neither when it strikes nor how is seen.
    """
    cut = {name for step in pose.history if step.name == _CUT for name in step.parameters["below_the_picture"]}
    if not any(name.endswith(_STANDS_ON) for name in cut):
        return {}
    return dict.fromkeys(_SPOILED_BY_CUT, "the feet leave the picture below, so that foot strikes are not seen")


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
