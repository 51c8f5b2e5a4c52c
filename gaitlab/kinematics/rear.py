"""Frontal-plane angles in the rear view: pelvis, thigh, shank and rearfoot, with anatomical signs per side.

The runner's right is on image-right. Signs: pelvic drop positive if the swing side is lower, hip adduction and knee
projection positive if the knee is medial (valgus), rearfoot angle positive in eversion, trunk lean positive to the
stance side; mirroring the runner only exchanges the sides. Pelvic drop and hip adduction follow Dingenen et al. 2018
(Phys Ther Sport).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from gaitlab.core.gait import BOTH_SIDES, Angles, Belt, Contact, Side, other
from gaitlab.core.pose import FloatArray, PoseSequence
from gaitlab.kinematics.calibration import Calibration, unlevelled
from gaitlab.kinematics.frame import forward_up, wrap_deg

# Points that define the lines of rearfoot and shank, bottom then top, by source; the first source with all points is
# used. Only the first is the clinical angle: dots tracked here or elsewhere. Registered heel images
# (`markers.heel_registration`) give the rotation of the heel but not its zero. A network trained on the positions of
# the dots estimates where they would be.
_MID_LINES = (("heel", "heel_top"), ("calf_bottom", "calf_top"))
REARFOOT_LINES: dict[str, tuple[tuple[str, str], tuple[str, str]]] = {
    "four points": _MID_LINES,
    "heel pictures": (("heel_line_low", "heel_line_high"), ("shank_line_low", "shank_line_high")),
    "network points": _MID_LINES,
    "proxy": (("heel", "ankle"), ("ankle", "knee")),
}
# Least share of frames in which points must be detected; heels are registered in single support only.
_LEAST_SEEN = {"heel pictures": 0.1}
_LEAST_SEEN_ELSE = 0.3
# Quiet standing: least duration, and largest displacement as a share of the leg length.
_STILL_S, _STILL_LEGS = 0.5, 0.03
# Approximate ratio of the leg from hip to ankle to the distance from the upper calf dot to the upper heel dot.
_LEG_PER_DOTS = 2.5
_OUTWARD: dict[Side, float] = {"right": 1.0, "left": -1.0}


def medial_tilt_deg(bottom: FloatArray, top: FloatArray, *, side: Side) -> FloatArray:
    """Return the angle of the line from ``bottom`` to ``top`` to the vertical; positive: top medial to the bottom.

    Parameters
    ----------
    bottom, top : FloatArray
        (…, 2), X right, Y up.
    side : Side
        side of the body, which defines medial.

    Returns
    -------
    FloatArray
        (…,) degrees; for the heel, positive is eversion.
    """
    across = _OUTWARD[side] * (bottom[..., 0] - top[..., 0])
    return np.degrees(np.arctan2(across, top[..., 1] - bottom[..., 1]))


def pelvic_drop_deg(stance_hip: FloatArray, swing_hip: FloatArray) -> FloatArray:
    """Return the inclination of the pelvis, (…,) degrees, from (…, 2) points; positive: swing side lower."""
    fall = stance_hip[..., 1] - swing_hip[..., 1]
    return np.degrees(np.arctan2(fall, np.abs(swing_hip[..., 0] - stance_hip[..., 0])))


def femur_deg(hip: FloatArray, knee: FloatArray, *, side: Side) -> FloatArray:
    """Return the angle of the thigh to the vertical, (…,) degrees; positive: knee medial to the hip."""
    return -medial_tilt_deg(knee, hip, side=side)


def rearfoot_deg(
    calcaneus: tuple[FloatArray, FloatArray], shank: tuple[FloatArray, FloatArray], *, side: Side
) -> FloatArray:
    """Return the angle between heel and shank, (…,) degrees, each given as (bottom, top) points; eversion positive.

    The zero of quiet standing is not yet subtracted.
    """
    return wrap_deg(medial_tilt_deg(*calcaneus, side=side) - medial_tilt_deg(*shank, side=side))


def rearfoot_sd_deg(pose: PoseSequence, dot_sd_px: Mapping[str, FloatArray]) -> dict[str, FloatArray]:
    """Return the standard uncertainty of the rearfoot angle from the position uncertainty of the dots.

    Parameters
    ----------
    pose : PoseSequence
        positions of the dots.
    dot_sd_px : Mapping[str, FloatArray]
        name of a dot (``left_heel``) to the (frame,) standard deviation of its position on each axis, px.

    Returns
    -------
    dict[str, FloatArray]
        ``{left,right}_rearfoot_sd_deg`` to (frame,) degrees.

    Notes
    -----
    Error propagation: the variance of a line's angle is the sum of the variances of its two ends divided by the squared
    length; the variances of heel and shank line add up.
    """
    found = {}
    for side in BOTH_SIDES:
        variance = np.zeros(len(pose))
        for bottom, top in _MID_LINES:
            low, high = f"{side}_{bottom}", f"{side}_{top}"
            length = np.linalg.norm(pose.point(high) - pose.point(low), axis=1)
            variance = variance + (dot_sd_px[low] ** 2 + dot_sd_px[high] ** 2) / length**2
        found[f"{side}_rearfoot_sd_deg"] = np.degrees(np.sqrt(variance))
    return found


def rearfoot_source(pose: PoseSequence) -> str:
    """Return the first source of `REARFOOT_LINES` whose points are detected on both feet, or an empty string.

    Both feet use the same source, because a clinical angle must not be compared with a surrogate. Points of a network
    are distinguished from tracked dots by the history of the sequence.
    """
    steps = {step.name for step in pose.history}
    for source, lines in REARFOOT_LINES.items():
        if source == ("four points" if "pose" in steps and "dots" not in steps else "network points"):
            continue
        shares = [
            np.isfinite(pose.point(f"{side}_{point}")[:, 0]).mean()
            for side in BOTH_SIDES
            for line in lines
            for point in line
        ]
        if min(shares) > _LEAST_SEEN.get(source, _LEAST_SEEN_ELSE):
            return source
    return ""


def of_stance_side(time_s: FloatArray, contacts: Sequence[Contact], values: dict[Side, FloatArray]) -> FloatArray:
    """Return the (frame,) value of the foot on the ground, of the later one in double support, NaN in flight."""
    result = np.full(len(time_s), np.nan)
    for contact in sorted(contacts, key=lambda c: c.foot_strike_s):
        down = (time_s >= contact.foot_strike_s) & (time_s <= contact.toe_off_s)
        result[down] = values[contact.side][down]
    return result


def frontal_angles(pose: PoseSequence, contacts: Sequence[Contact], *, source: str, tilt_deg: float = 0.0) -> Angles:
    """Return all rear-view angle curves of a pose sequence.

    Parameters
    ----------
    pose : PoseSequence
        smoothed keypoints.
    contacts : Sequence[Contact]
        foot contacts, which select the side of the curves without a side in their name.
    source : str
        one of `REARFOOT_LINES`, see `rearfoot_source`; if empty, the rearfoot angle is NaN.
    tilt_deg : float, optional
        downward slope of a level line towards image-right.

    Returns
    -------
    Angles
        ``{left,right}_{rearfoot,hip_adduction,knee_projection,pelvic_drop,trunk_side_lean,heel_line}_deg`` in all
        frames, and ``pelvic_drop_deg`` and ``trunk_side_lean_deg`` of the stance side, NaN in flight. The rearfoot
        angle is not zeroed. ``heel_line`` is the line from toe to heel; positive: heel medial.
    """

    def at(name: str) -> FloatArray:
        return forward_up(pose.point(name), forward=1, tilt_deg=tilt_deg)

    values: dict[str, FloatArray] = {}
    drop: dict[Side, FloatArray] = {}
    lean: dict[Side, FloatArray] = {}
    for side in BOTH_SIDES:
        hip, knee, ankle = at(f"{side}_hip"), at(f"{side}_knee"), at(f"{side}_ankle")
        drop[side] = pelvic_drop_deg(hip, at(f"{other(side)}_hip"))
        # Leaning to the stance side moves the top of the trunk laterally.
        lean[side] = -medial_tilt_deg(at("mid_hip"), at("neck"), side=side)
        femur, shank = femur_deg(hip, knee, side=side), medial_tilt_deg(ankle, knee, side=side)
        values[f"{side}_rearfoot_deg"] = np.full(len(pose), np.nan)
        if source:
            calcaneus, leg = ((at(f"{side}_{bottom}"), at(f"{side}_{top}")) for bottom, top in REARFOOT_LINES[source])
            values[f"{side}_rearfoot_deg"] = rearfoot_deg(calcaneus, leg, side=side)
        values[f"{side}_hip_adduction_deg"] = wrap_deg(drop[side] + femur)
        values[f"{side}_knee_projection_deg"] = wrap_deg(femur + shank)
        values[f"{side}_pelvic_drop_deg"] = drop[side]
        values[f"{side}_trunk_side_lean_deg"] = lean[side]
        values[f"{side}_heel_line_deg"] = medial_tilt_deg(at(f"{side}_big_toe"), at(f"{side}_heel"), side=side)
    values["pelvic_drop_deg"] = of_stance_side(pose.time_s, contacts, drop)
    values["trunk_side_lean_deg"] = of_stance_side(pose.time_s, contacts, lean)
    return Angles(pose.time_s, values)


def standing_deg(pose: PoseSequence, angles: Angles) -> dict[Side, float]:
    """Return the rearfoot angle of each side in quiet standing, degrees: the zero of eversion.

    Notes
    -----
    Quiet standing is where neither ankle (the upper heel dot, if no ankle is detected) moves by more than 3 % of the
    leg length within half a second, which never occurs for both feet in running or walking. Sides without such frames
    are omitted.
    """
    half = round(_STILL_S / 2 * pose.fps)
    dots = not all(pose.seen(f"{side}_ankle") for side in BOTH_SIDES)
    ankles = np.concatenate([pose.point(f"{side}_{'heel_top' if dots else 'ankle'}") for side in BOTH_SIDES], axis=1)
    if len(pose) <= 2 * half:
        return {}
    windows = np.lib.stride_tricks.sliding_window_view(ankles, 2 * half + 1, axis=0)
    reach = np.ptp(windows, axis=-1).max(axis=1)  # NaN where an ankle was out of sight
    still = np.flatnonzero(reach < _STILL_LEGS * (_dots_leg_px(pose) if dots else leg_px(pose))) + half
    if len(still) < half:
        return {}
    found: dict[Side, float] = {}
    for side in BOTH_SIDES:
        values = angles.values_deg[f"{side}_rearfoot_deg"][still]
        if np.isfinite(values).mean() > 0.5:
            found[side] = float(np.nanmedian(values))
    return found


def _dots_leg_px(pose: PoseSequence) -> float:
    """Return the approximate leg length, px, from the dots on calf and heel."""
    spans = [np.linalg.norm(pose.point(f"{s}_calf_top") - pose.point(f"{s}_heel_top"), axis=1) for s in BOTH_SIDES]
    both = np.concatenate(spans)
    return _LEG_PER_DOTS * float(np.nanmedian(both)) if np.isfinite(both).any() else float("nan")


def leg_px(pose: PoseSequence) -> float:
    """Return the leg length (thigh plus shank) in the rear view, px; NaN if never detected.

    The 90th percentile over frames, because a lifted shank appears shortened.
    """
    lengths = []
    for side in BOTH_SIDES:
        hip, knee, ankle = (pose.point(f"{side}_{joint}") for joint in ("hip", "knee", "ankle"))
        lengths.append(np.linalg.norm(knee - hip, axis=1) + np.linalg.norm(ankle - knee, axis=1))
    both = np.concatenate(lengths)
    return float(np.nanpercentile(both, 90)) if np.isfinite(both).any() else float("nan")


def size_px(pose: PoseSequence) -> float:
    """Return the leg length, px, from hips to ankles, or without a body roughly from the dots; NaN without both."""
    leg = leg_px(pose)
    return leg if np.isfinite(leg) else _dots_leg_px(pose)


def calibrate_rear(
    pose: PoseSequence,
    belt: Belt,
    *,
    belt_speed_mps: float | None = None,
    height_m: float | None = None,
    known_length_m: float | None = None,
    known_length_px: float | None = None,
    level: str = "auto",
) -> Calibration:
    """Return the scale of a rear view.

    The belt runs towards the camera, so nothing of it is measured in the picture, and it gives neither scale nor tilt:
    the picture's own vertical stands, and whoever asks for another (``level`` on) is told so.

    Parameters
    ----------
    pose : PoseSequence
        smoothed keypoints.
    belt : Belt
        of the rear view's `GaitEvents`.
    belt_speed_mps, height_m, known_length_m, known_length_px, level
        see `calibration.calibrate`.
    """
    told = ("only side views are levelled: this rear view is measured against the picture's own vertical",)
    return unlevelled(
        belt, leg_px=leg_px(pose), belt_speed_mps=belt_speed_mps, height_m=height_m, known_length_m=known_length_m,
        known_length_px=known_length_px, warnings=told if level == "on" else (),
    )  # fmt: skip
