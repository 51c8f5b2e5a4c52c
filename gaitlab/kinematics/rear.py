"""Angles seen from behind: pelvis, thigh, shank and rearfoot in the frontal plane, each signed by its own side.

The camera sees the runner's right on image-right. A mirrored runner has the same angles on the other side: pelvic drop
positive where the swing side hangs lower, hip adduction and knee projection positive where the knee lies inward
(valgus), rearfoot positive in eversion, trunk lean positive to the stance side. Pelvic drop and hip adduction follow
Dingenen et al. 2018 (Phys Ther Sport).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from gaitlab.core.gait import BOTH_SIDES, Angles, Belt, Contact, Side, other
from gaitlab.core.pose import FloatArray, PoseSequence
from gaitlab.kinematics.calibration import Calibration, scales_of
from gaitlab.kinematics.frame import forward_up, wrap_deg

# Which points make the line of the rearfoot and that of the shank, bottom then top; the first source whose points are
# all there is used. Only the first is the clinical angle: dots tracked here or elsewhere. Pictures of the heel laid on
# each other (`rearfoot.edges`) tell how it turns, not where upright is. A network that was taught the points of the
# dots guesses where they would be.
_MID_LINES = (("heel", "heel_top"), ("calf_bottom", "calf_top"))
REARFOOT_LINES: dict[str, tuple[tuple[str, str], tuple[str, str]]] = {
    "four points": _MID_LINES,
    "heel pictures": (("heel_line_low", "heel_line_high"), ("shank_line_low", "shank_line_high")),
    "network points": _MID_LINES,
    "proxy": (("heel", "ankle"), ("ankle", "knee")),
}
# Points seen in less than this share of the frames are no track; heels are looked at while they stand alone.
_SEEN_ENOUGH = {"heel pictures": 0.1}
_SEEN_ENOUGH_ELSE = 0.3
# Standing still: this long, within this share of the leg.
_STILL_S, _STILL_LEGS = 0.5, 0.03
# A leg from hip to ankle is about so many times as long as the way from the upper dot of the calf to that of the heel.
_LEG_PER_DOTS = 2.5
_OUTWARD: dict[Side, float] = {"right": 1.0, "left": -1.0}


def medial_tilt_deg(bottom: FloatArray, top: FloatArray, *, side: Side) -> FloatArray:
    """Return the angle (…,) of the line from ``bottom`` to ``top`` (…, 2; X right, Y up) to the vertical.

    Positive where the top lies further to the body's middle than the bottom: for the heel that is eversion.
    """
    across = _OUTWARD[side] * (bottom[..., 0] - top[..., 0])
    return np.degrees(np.arctan2(across, top[..., 1] - bottom[..., 1]))


def pelvic_drop_deg(stance_hip: FloatArray, swing_hip: FloatArray) -> FloatArray:
    """Return how far the pelvis falls towards the swing side; positive: swing side lower."""
    fall = stance_hip[..., 1] - swing_hip[..., 1]
    return np.degrees(np.arctan2(fall, np.abs(swing_hip[..., 0] - stance_hip[..., 0])))


def femur_deg(hip: FloatArray, knee: FloatArray, *, side: Side) -> FloatArray:
    """Return the thigh's angle to the vertical; positive: knee further to the middle than the hip."""
    return -medial_tilt_deg(knee, hip, side=side)


def rearfoot_deg(
    calcaneus: tuple[FloatArray, FloatArray], shank: tuple[FloatArray, FloatArray], *, side: Side
) -> FloatArray:
    """Return the heel's line against the shank's, each (bottom, top); eversion positive, not yet zeroed."""
    return wrap_deg(medial_tilt_deg(*calcaneus, side=side) - medial_tilt_deg(*shank, side=side))


def rearfoot_sd_deg(pose: PoseSequence, dot_sd_px: Mapping[str, FloatArray]) -> dict[str, FloatArray]:
    """Return ``{left,right}_rearfoot_sd_deg`` (frame,): what the places of the dots leave of the angle unsure.

    A line between two points a length apart turns by their errors across it: each of the two lines adds its own.

    Parameters
    ----------
    dot_sd_px : Mapping[str, FloatArray]
        name of a dot (``left_heel``) to (frame,) standard deviation of its place on either axis.
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
    """Return the best of `REARFOOT_LINES` whose points both feet show, or an empty string where none can be had.

    Both feet are measured in one and the same way, for a clinical angle must not be compared with a proxy. Points of a
    network are told from dots by what the sequence's history says.
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
        if min(shares) > _SEEN_ENOUGH.get(source, _SEEN_ENOUGH_ELSE):
            return source
    return ""


def of_stance_side(time_s: FloatArray, contacts: Sequence[Contact], values: dict[Side, FloatArray]) -> FloatArray:
    """Return (frame,) the value of the foot that is on the ground, the later one in double support, NaN in flight."""
    result = np.full(len(time_s), np.nan)
    for contact in sorted(contacts, key=lambda c: c.foot_strike_s):
        down = (time_s >= contact.foot_strike_s) & (time_s <= contact.toe_off_s)
        result[down] = values[contact.side][down]
    return result


def frontal_angles(pose: PoseSequence, contacts: Sequence[Contact], *, source: str, tilt_deg: float = 0.0) -> Angles:
    """Return all rear-view angle curves of a pose sequence.

    Parameters
    ----------
    contacts : Sequence[Contact]
        when each foot is down; the columns without a side belong to the foot on the ground.
    source : str
        one of `REARFOOT_LINES`, see `rearfoot_source`; empty leaves the rearfoot NaN.
    tilt_deg : float, optional
        how far a level line falls towards image-right.

    Returns
    -------
    Angles
        ``{left,right}_{rearfoot,hip_adduction,knee_projection,pelvic_drop,trunk_side_lean,heel_line}_deg`` over all
        frames, and ``pelvic_drop_deg`` and ``trunk_side_lean_deg`` of the stance side, NaN in flight. The rearfoot is
        not zeroed. ``heel_line`` is the line from toe to heel; positive: heel further to the middle.
    """

    def at(name: str) -> FloatArray:
        return forward_up(pose.point(name), forward=1, tilt_deg=tilt_deg)

    values: dict[str, FloatArray] = {}
    drop: dict[Side, FloatArray] = {}
    lean: dict[Side, FloatArray] = {}
    for side in BOTH_SIDES:
        hip, knee, ankle = at(f"{side}_hip"), at(f"{side}_knee"), at(f"{side}_ankle")
        drop[side] = pelvic_drop_deg(hip, at(f"{other(side)}_hip"))
        # The neck over the stance leg is a line whose top has moved outward.
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
    """Return a side to its rearfoot angle while the runner stands still: the zero of eversion.

    Still is where neither ankle (the upper dot of the heel, where no ankle is seen) leaves 3 % of the leg's length
    within half a second; a runner's and a walker's feet never rest that long together. Sides that never do are left
    out.
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
    """Return about how long a leg is, px, of which only dots on calf and heel are seen."""
    spans = [np.linalg.norm(pose.point(f"{s}_calf_top") - pose.point(f"{s}_heel_top"), axis=1) for s in BOTH_SIDES]
    both = np.concatenate(spans)
    return _LEG_PER_DOTS * float(np.nanmedian(both)) if np.isfinite(both).any() else float("nan")


def leg_px(pose: PoseSequence) -> float:
    """Return thigh plus shank seen from behind, px: its upper tenth, for a lifted shank looks short; NaN if unseen."""
    lengths = []
    for side in BOTH_SIDES:
        hip, knee, ankle = (pose.point(f"{side}_{joint}") for joint in ("hip", "knee", "ankle"))
        lengths.append(np.linalg.norm(knee - hip, axis=1) + np.linalg.norm(ankle - knee, axis=1))
    both = np.concatenate(lengths)
    return float(np.nanpercentile(both, 90)) if np.isfinite(both).any() else float("nan")


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
    """Return the scale of a rear view: from a known length, or thigh and shank as 0.491 of the height (Winter).

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
    leg = leg_px(pose)
    scales = scales_of(
        belt, leg_px=leg, belt_speed_mps=belt_speed_mps, height_m=height_m, known_length_m=known_length_m,
        known_length_px=known_length_px,
    )  # fmt: skip
    source = next(iter(scales), "")
    return Calibration(
        forward=1,
        facing_agreement=1.0,
        belt=belt,
        tilt_deg=0.0,
        tilt_source="the picture's own vertical",
        metres_per_px=scales.get(source),
        scale_source=source,
        scales=scales,
        belt_speed_mps=belt_speed_mps,
        leg_px=leg,
        warnings=("only side views are levelled: this rear view is measured against the picture's own vertical",)
        if level == "on"
        else (),
    )
