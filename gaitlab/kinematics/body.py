"""Angles of the whole body for movements that are no gait: legs, trunk and arms, from the side and from the front.

From the side they are those of `side` with elbow and shoulder; from the front or from behind, angles in the picture's
plane with the signs of `rear`. Left and right are the person's in every view, so that a mirrored picture of the other
view gives the same numbers.
"""

from __future__ import annotations

import numpy as np

from gaitlab.core.gait import BOTH_SIDES, Angles, Side
from gaitlab.core.metric import View
from gaitlab.core.pose import FloatArray, PoseSequence
from gaitlab.kinematics.frame import forward_up, wrap_deg
from gaitlab.kinematics.rear import femur_deg, medial_tilt_deg
from gaitlab.kinematics.side import sagittal_angles, thigh_deg

# A leg stands whose knee is bent by less, degrees, and whose heel and toe move by less, leg lengths a second.
_STANDS_DEG, _STILL_LEGS_PER_S = 30.0, 0.25
# From the front a thigh that points at the camera shows no knee inwards or outwards: any angle may come out. It is read
# where the thigh is seen at so much of its length, that is up to 45 degrees from the picture's plane.
_THIGH_SHOWN = 0.7


def body_angles(
    pose: PoseSequence, *, view: View, forward: int, leg_px: float, ankle_about_mean: bool = False
) -> Angles:
    """Return the angle curves of a movement.

    Parameters
    ----------
    pose : PoseSequence
        smoothed keypoints.
    view : View
        what the camera sees.
    forward : int
        side view only: +1 where the person faces image-right, -1 where image-left.
    leg_px : float
        length of thigh plus shank, px.
    ankle_about_mean : bool, optional
        side view only: whether the ankle is told about its own mean, as where nobody ever stands.

    Returns
    -------
    Angles
        From the side ``{left,right}_{hip,knee,ankle,elbow,shoulder}_flexion_deg``,
        ``{left,right}_{thigh,shank,foot}_deg`` and ``trunk_lean_deg``; ankle and foot are NaN of a leg that never
        stands, because the zero of its foot is not known. From the front and from behind
        ``{left,right}_{knee_projection,hip_adduction,elbow_flexion,shoulder_abduction}_deg``, and
        ``trunk_side_lean_deg`` and ``pelvis_tilt_deg``, positive to the person's right and with its right side down.
    """
    if view == "side":
        found = sagittal_angles(pose, forward=forward, flat_deg=standing_foot_deg(pose, forward=forward, leg_px=leg_px))
        ankles = _ankles_about_mean(pose, forward=forward) if ankle_about_mean else {}
        return Angles(pose.time_s, {**found.values_deg, **ankles, **_arms(pose, view=view, forward=forward)})
    return Angles(pose.time_s, {**_frontal(pose, view=view), **_arms(pose, view=view, forward=forward)})


def elbow_deg(shoulder: FloatArray, elbow: FloatArray, wrist: FloatArray) -> FloatArray:
    """Return the flexion of the elbow, (…,) degrees, from (…, 2) points: 0 straight, in the picture's plane."""
    upper, lower = elbow - shoulder, wrist - elbow
    cross = upper[..., 0] * lower[..., 1] - upper[..., 1] * lower[..., 0]
    flexion: FloatArray = np.abs(np.degrees(np.arctan2(cross, np.sum(upper * lower, axis=-1))))
    return flexion


def standing_foot_deg(pose: PoseSequence, *, forward: int, leg_px: float) -> dict[Side, float]:
    """Return the raw angle of the flat foot of each leg that stands, degrees: the median while it does.

    Like `side.flat_foot_deg`, but of a leg that stands for itself instead of one in the middle of a step.
    """
    unzeroed = sagittal_angles(pose, forward=forward, flat_deg=dict.fromkeys(BOTH_SIDES, 0.0)).values_deg
    found: dict[Side, float] = {}
    for side in BOTH_SIDES:
        speed = np.zeros(len(pose))
        for point in ("heel", "big_toe"):
            moved = np.gradient(pose.point(f"{side}_{point}"), pose.time_s, axis=0)
            speed = np.maximum(speed, np.linalg.norm(moved, axis=1) / leg_px)
        foot = unzeroed[f"{side}_foot_deg"]
        stands = (np.abs(unzeroed[f"{side}_knee_flexion_deg"]) < _STANDS_DEG) & (speed < _STILL_LEGS_PER_S)
        stands &= np.isfinite(foot)
        if stands.any():
            found[side] = float(np.median(foot[stands]))
    return found


def _ankles_about_mean(pose: PoseSequence, *, forward: int) -> dict[str, FloatArray]:
    """Return the dorsiflexion of both ankles less its mean: its course without a zero; NaN of one never seen."""
    values = sagittal_angles(pose, forward=forward, flat_deg=dict.fromkeys(BOTH_SIDES, 0.0)).values_deg
    found = {}
    for name in (f"{side}_ankle_flexion_deg" for side in BOTH_SIDES):
        seen = np.isfinite(values[name])
        found[name] = values[name] - (values[name][seen].mean() if seen.any() else np.nan)
    return found


def _frontal(pose: PoseSequence, *, view: View) -> dict[str, FloatArray]:
    # Seen from the front the person's right is on image-left.
    rightwards = -1 if view == "front" else 1

    def at(name: str) -> FloatArray:
        return forward_up(pose.point(name), forward=rightwards)

    right_hip, left_hip = at("right_hip"), at("left_hip")
    tilt = np.degrees(np.arctan2(left_hip[:, 1] - right_hip[:, 1], np.abs(right_hip[:, 0] - left_hip[:, 0])))
    values = {
        "trunk_side_lean_deg": -medial_tilt_deg(at("mid_hip"), at("neck"), side="right"),
        "pelvis_tilt_deg": tilt,
    }
    downs: dict[Side, FloatArray] = {"left": -tilt, "right": tilt}
    for side, down in downs.items():
        hip, knee, ankle = at(f"{side}_hip"), at(f"{side}_knee"), at(f"{side}_ankle")
        femur, shank = femur_deg(hip, knee, side=side), medial_tilt_deg(ankle, knee, side=side)
        shown = _share_of_longest(knee - hip) >= _THIGH_SHOWN
        values[f"{side}_knee_projection_deg"] = np.where(shown, wrap_deg(femur + shank), np.nan)
        # The other side of the pelvis lower brings this thigh nearer to it.
        values[f"{side}_hip_adduction_deg"] = wrap_deg(femur - down)
    return values


def _share_of_longest(segment: FloatArray) -> FloatArray:
    """Return the length of a (frame, 2) segment in the picture as a share of its longest, (frame,); NaN: not seen."""
    length = np.linalg.norm(segment, axis=1)
    seen = np.isfinite(length)
    longest = float(np.percentile(length[seen], 95)) if seen.any() else 1.0
    share: FloatArray = length / longest
    return share


def _arms(pose: PoseSequence, *, view: View, forward: int) -> dict[str, FloatArray]:
    values: dict[str, FloatArray] = {}
    for side in BOTH_SIDES:
        outward = (1 if side == "right" else -1) * (-1 if view == "front" else 1)
        ahead = forward if view == "side" else outward

        def at(name: str, ahead: int = ahead) -> FloatArray:
            return forward_up(pose.point(name), forward=ahead)

        shoulder, elbow, wrist = at(f"{side}_shoulder"), at(f"{side}_elbow"), at(f"{side}_wrist")
        values[f"{side}_elbow_flexion_deg"] = elbow_deg(shoulder, elbow, wrist)
        neck, hips = at("neck"), at("mid_hip")
        trunk = np.degrees(np.arctan2(neck[:, 0] - hips[:, 0], neck[:, 1] - hips[:, 1]))
        name = "shoulder_flexion" if view == "side" else "shoulder_abduction"
        values[f"{side}_{name}_deg"] = wrap_deg(thigh_deg(shoulder, elbow) + trunk)
    return values
