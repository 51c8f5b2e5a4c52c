"""Segment and joint angles in the side view: flexion positive, 0 in upright stance with the foot flat.

Definitions (X forward, Y up): thigh and shank inclined forward positive, foot toe-up positive, trunk lean forward
positive; hip flexion = thigh + trunk, knee flexion = thigh + shank, ankle dorsiflexion = foot + shank, with the sign
convention of Wu et al. 2002. Without keypoints of the pelvis, hip flexion is the angle between thigh and trunk.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from gaitlab.core.gait import BOTH_SIDES, Angles, Contact, Side
from gaitlab.core.pose import FloatArray, PoseSequence
from gaitlab.kinematics.frame import forward_up, wrap_deg

# The part of stance in which every foot, also that of a forefoot striker, is flat on the belt.
_FLAT_FROM, _FLAT_TO = 0.25, 0.50


def thigh_deg(hip: FloatArray, knee: FloatArray) -> FloatArray:
    """Return the angle of the thigh to the vertical, (…,) degrees, from (…, 2) points; positive: knee ahead of hip."""
    return np.degrees(np.arctan2(knee[..., 0] - hip[..., 0], hip[..., 1] - knee[..., 1]))


def shank_deg(knee: FloatArray, ankle: FloatArray) -> FloatArray:
    """Return the angle of the shank to the vertical, (…,) degrees; positive: knee ahead of the ankle."""
    return np.degrees(np.arctan2(knee[..., 0] - ankle[..., 0], knee[..., 1] - ankle[..., 1]))


def foot_deg(heel: FloatArray, toe: FloatArray) -> FloatArray:
    """Return the angle of the heel-to-toe line to the belt, (…,) degrees; positive: toe up. Not yet zeroed."""
    return np.degrees(np.arctan2(toe[..., 1] - heel[..., 1], toe[..., 0] - heel[..., 0]))


def trunk_lean_deg(neck: FloatArray, mid_hip: FloatArray) -> FloatArray:
    """Return the angle of the trunk to the vertical, (…,) degrees; positive: leaning forward."""
    return np.degrees(np.arctan2(neck[..., 0] - mid_hip[..., 0], neck[..., 1] - mid_hip[..., 1]))


def flat_foot_deg(raw_foot_deg: FloatArray, time_s: FloatArray, contacts: Sequence[Contact]) -> float:
    """Return the raw angle of the flat foot, degrees: the median over 25-50 % of all accepted stances.

    Parameters
    ----------
    raw_foot_deg : FloatArray
        (frame,) angle of the heel-to-toe line, degrees.
    time_s : FloatArray
        (frame,) s.
    contacts : Sequence[Contact]
        contacts of this foot.

    Returns
    -------
    float
        degrees; not 0, because heel and toe keypoints lie at different heights. NaN if no stance shows the foot.
    """
    flat = np.zeros(len(time_s), dtype=bool)
    for contact in contacts:
        if contact.accepted and np.isfinite(contact.duration_s):
            start_s = contact.foot_strike_s + _FLAT_FROM * contact.duration_s
            flat |= (time_s >= start_s) & (time_s <= contact.foot_strike_s + _FLAT_TO * contact.duration_s)
    values = raw_foot_deg[flat & np.isfinite(raw_foot_deg)]
    return float(np.median(values)) if len(values) else float("nan")


def sagittal_angles(
    pose: PoseSequence, *, forward: int, tilt_deg: float = 0.0, flat_deg: Mapping[Side, float] | None = None
) -> Angles:
    """Return all side-view angle curves of a pose sequence.

    Parameters
    ----------
    pose : PoseSequence
        smoothed keypoints.
    forward : int
        +1 if the runner faces image-right, -1 if image-left.
    tilt_deg : float, optional
        downward slope of the belt towards image-right.
    flat_deg : Mapping[Side, float] | None, optional
        raw angle of the flat foot per side (`flat_foot_deg`); foot and ankle angles of a side without one are NaN,
        because their zero is unknown.

    Returns
    -------
    Angles
        ``{left,right}_{hip,knee,ankle}_flexion_deg``, ``{left,right}_{thigh,shank,foot}_deg``, ``trunk_lean_deg``.
    """
    zero_deg: Mapping[Side, float] = flat_deg or {}

    def at(name: str) -> FloatArray:
        return forward_up(pose.point(name), forward=forward, tilt_deg=tilt_deg)

    trunk = trunk_lean_deg(at("neck"), at("mid_hip"))
    values: dict[str, FloatArray] = {}
    for side in BOTH_SIDES:
        hip, knee, ankle = at(f"{side}_hip"), at(f"{side}_knee"), at(f"{side}_ankle")
        thigh, shank = thigh_deg(hip, knee), shank_deg(knee, ankle)
        foot = wrap_deg(foot_deg(at(f"{side}_heel"), at(f"{side}_big_toe")) - zero_deg.get(side, np.nan))
        values[f"{side}_hip_flexion_deg"] = wrap_deg(thigh + trunk)
        values[f"{side}_knee_flexion_deg"] = wrap_deg(thigh + shank)
        values[f"{side}_ankle_flexion_deg"] = wrap_deg(foot + shank)
        values[f"{side}_thigh_deg"] = thigh
        values[f"{side}_shank_deg"] = shank
        values[f"{side}_foot_deg"] = foot
    values["trunk_lean_deg"] = trunk
    return Angles(pose.time_s, values)
