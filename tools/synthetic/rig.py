"""Segments in motion: where each one is, given a few channels a frame; skinning and keypoints follow from them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from gaitlab.core.pose import FloatArray
from tools.synthetic.body import SEGMENT, SEGMENTS, SIDES, SIGN, Shape

# How far the waist goes back while the chest stoops, a share of its angle, or the neck would go further forward.
_STOOP_BELOW = 0.6


def rotation(axis: str, angle_rad: FloatArray) -> FloatArray:
    """Return (…, 3, 3) rotations about a coordinate axis, by the right-hand rule."""
    angle_rad = np.asarray(angle_rad, dtype=np.float64)
    c, s, one, zero = np.cos(angle_rad), np.sin(angle_rad), np.ones_like(angle_rad), np.zeros_like(angle_rad)
    rows = {
        "x": [[one, zero, zero], [zero, c, -s], [zero, s, c]],
        "y": [[c, zero, s], [zero, one, zero], [-s, zero, c]],
        "z": [[c, -s, zero], [s, c, zero], [zero, zero, one]],
    }[axis]
    return np.stack([np.stack(row, axis=-1) for row in rows], axis=-2)


def about(axis: FloatArray, angle_rad: FloatArray) -> FloatArray:
    """Return (…, 3, 3) rotations about any axis (…, 3) (Rodrigues)."""
    unit = axis / np.linalg.norm(axis, axis=-1, keepdims=True)
    k = np.zeros((*unit.shape[:-1], 3, 3))
    k[..., 0, 1], k[..., 0, 2], k[..., 1, 2] = -unit[..., 2], unit[..., 1], -unit[..., 0]
    k -= np.swapaxes(k, -1, -2)
    angle = np.asarray(angle_rad)[..., None, None]
    return np.eye(3) + np.sin(angle) * k + (1 - np.cos(angle)) * (k @ k)


def _unit(v: FloatArray) -> FloatArray:
    return v / np.linalg.norm(v, axis=-1, keepdims=True)


def frame_of(along: FloatArray, hinge: FloatArray) -> FloatArray:
    """Return (…, 3, 3) frames whose columns are the segment's direction, its hinge made square to it, and the rest."""
    d = _unit(along)
    h = _unit(hinge - (hinge * d).sum(-1, keepdims=True) * d)
    return np.stack([d, h, np.cross(d, h)], axis=-1)


@dataclass(frozen=True, slots=True, eq=False)
class Channels:
    """What drives the skeleton, one value a time; angles in degrees, positions in metres.

    Attributes:
        pelvis_m: (t, 3) mid-hip.
        lean_deg, pelvis_drop_deg, pelvis_turn_deg, thorax_turn_deg: forward lean; left hip down; left hip forward;
            left shoulder forward.
        ankle_m: side to (t, 3) of the place in the foot where the loaded ankle joint is.
        foot_deg: side to (t,) pitch, toe up; toes_deg: bend of the toes, up; roll_deg: eversion.
        toe_out_deg: side to a constant.
        arm_deg, elbow_deg: side to (t,) shoulder flexion and elbow flexion.
        splay_deg: how far the elbows stand off, constant or (t,).
        stoop_deg, nod_deg: how far the chest (constant) and the head (constant or (t,)) are bent forward of what the
            lean gives them.
        head_turn_deg: constant, how far the face is turned to the right.
        side_lean_deg: constant, how far the chest is bent to the right of what the hips give it, half of it in the
            waist.
        in_shoe_m: side to (t, 3), how far the ankle joint is forward, above and right of ``ankle_m``, along the foot;
            without it the foot is loaded at all times.
        knee_in_deg: side to (t,), how far the leg is turned about the line from hip to ankle, knee to the other leg.
    """

    pelvis_m: FloatArray
    lean_deg: FloatArray
    pelvis_drop_deg: FloatArray
    pelvis_turn_deg: FloatArray
    thorax_turn_deg: FloatArray
    ankle_m: dict[str, FloatArray]
    foot_deg: dict[str, FloatArray]
    toes_deg: dict[str, FloatArray]
    roll_deg: dict[str, FloatArray]
    toe_out_deg: dict[str, float]
    arm_deg: dict[str, FloatArray]
    elbow_deg: dict[str, FloatArray]
    splay_deg: float | FloatArray
    stoop_deg: float = 0.0
    nod_deg: float | FloatArray = 0.0
    head_turn_deg: float = 0.0
    side_lean_deg: float = 0.0
    in_shoe_m: dict[str, FloatArray] = field(default_factory=dict)
    knee_in_deg: dict[str, FloatArray] = field(default_factory=dict)

    def read(self, how: Callable[[FloatArray], FloatArray]) -> Channels:
        """Return channels of which ``how`` has read every array of times; what is constant stays."""

        def each(value: Any) -> Any:
            if isinstance(value, dict):
                return {name: each(inner) for name, inner in value.items()}
            return how(value) if isinstance(value, np.ndarray) else value

        return Channels(**{name: each(getattr(self, name)) for name in self.__dataclass_fields__})


@dataclass(frozen=True, slots=True, eq=False)
class Placed:
    """Where segments are: ``turn`` (t, segment, 3, 3) and ``shift`` (t, segment, 3) with x' = turn x + shift."""

    turn: FloatArray
    shift: FloatArray

    def point(self, segment: str, rest: FloatArray) -> FloatArray:
        """Return (t, 3) of a point that is fixed to a segment."""
        i = SEGMENT[segment]
        return self.turn[:, i] @ rest + self.shift[:, i]


def foot_turn(*, side: str, foot_deg: FloatArray, roll_deg: FloatArray, toe_out_deg: float) -> FloatArray:
    """Return (t, 3, 3): toe-out about the vertical, pitch about the foot's own axis, eversion about its long axis."""
    s = SIGN[side]
    out = rotation("y", np.full_like(foot_deg, np.radians(-s * toe_out_deg)))
    return out @ rotation("z", np.radians(foot_deg)) @ rotation("x", np.radians(-s * roll_deg))


def ankle_shift(
    in_shoe_m: FloatArray, *, side: str, foot_deg: FloatArray, roll_deg: FloatArray, toe_out_deg: float
) -> FloatArray:
    """Return (t, 3) m from the loaded ankle's place to the ankle joint, in the room."""
    turned = foot_turn(side=side, foot_deg=foot_deg, roll_deg=roll_deg, toe_out_deg=toe_out_deg)
    return (turned @ in_shoe_m[..., None])[..., 0]


def hips(shape: Shape, channels: Channels) -> dict[str, FloatArray]:
    """Return (t, 3) of both hip joints."""
    turn = _pelvis_turn(channels)
    middle = (shape.joints["left_hip"] + shape.joints["right_hip"]) / 2
    return {side: channels.pelvis_m + turn @ (shape.joints[f"{side}_hip"] - middle) for side in SIDES}


def _pelvis_turn(channels: Channels) -> FloatArray:
    yaw = rotation("y", np.radians(-channels.pelvis_turn_deg))
    drop = rotation("x", np.radians(-channels.pelvis_drop_deg))
    return yaw @ drop @ rotation("z", np.radians(-0.6 * channels.lean_deg))


def place(shape: Shape, channels: Channels) -> Placed:
    """Return where every segment is; knees by inverse kinematics, bending forward in the plane of hip, ankle and toe.

    Raises:
        ValueError: where an ankle is further from its hip than the leg is long.
    """
    n = len(channels.pelvis_m)
    turn, shift = np.zeros((n, len(SEGMENTS), 3, 3)), np.zeros((n, len(SEGMENTS), 3))
    rest = shape.joints

    def put(segment: str, rotated: FloatArray, pivot: FloatArray, at: FloatArray) -> None:
        turn[:, SEGMENT[segment]] = rotated
        shift[:, SEGMENT[segment]] = at - rotated @ pivot

    def moved(segment: str, point: FloatArray) -> FloatArray:
        return turn[:, SEGMENT[segment]] @ point + shift[:, SEGMENT[segment]]

    lean = channels.lean_deg
    middle = (rest["left_hip"] + rest["right_hip"]) / 2
    pelvis = _pelvis_turn(channels)
    put("pelvis", pelvis, middle, channels.pelvis_m)
    # A shape at rest does not stand with its neck above its hips; lean is what the line from hip to neck shows.
    upright = np.degrees(np.arctan2(*((rest["left_shoulder"] + rest["right_shoulder"]) / 2 - middle)[:2]))
    thorax_lean = rotation("z", np.radians(-1.15 * (lean - upright) - channels.stoop_deg))
    thorax = (
        rotation("y", np.radians(-channels.thorax_turn_deg))
        @ rotation("x", np.radians(0.35 * channels.pelvis_drop_deg + channels.side_lean_deg))
        @ thorax_lean
    )
    abdomen = (
        rotation("y", np.radians(-(channels.thorax_turn_deg + channels.pelvis_turn_deg) / 2))
        @ rotation("x", np.radians(-0.3 * channels.pelvis_drop_deg + 0.5 * channels.side_lean_deg))
        @ rotation("z", np.radians(-0.95 * (lean - upright) + _STOOP_BELOW * channels.stoop_deg))
    )
    put("abdomen", abdomen, rest["abdomen"], moved("pelvis", rest["abdomen"]))
    put("thorax", thorax, rest["thorax"], moved("abdomen", rest["thorax"]))
    face = np.full(n, np.radians(-channels.head_turn_deg))
    neck = rotation("y", 0.5 * face) @ rotation("z", np.radians(-0.7 * lean - 0.6 * channels.nod_deg))
    put("neck", neck, rest["neck_joint"], moved("thorax", rest["neck_joint"]))
    head = rotation("y", face) @ rotation("z", np.radians(-0.15 * lean - channels.nod_deg))
    put("head", head, rest["head"], moved("neck", rest["head"]))
    for side in SIDES:
        _place_arm(side, rest, channels, thorax, put, moved)
        _place_leg(side, rest, channels, put, moved)
    return Placed(turn, shift)


def _place_arm(side, rest, channels, thorax, put, moved) -> None:  # type: ignore[no-untyped-def]
    s = SIGN[side]
    shoulder, elbow, wrist = (rest[f"{side}_{joint}"] for joint in ("shoulder", "elbow", "wrist"))
    hanging = rotation("x", np.broadcast_to(-s * np.radians(channels.splay_deg), len(thorax))) @ np.array(
        [0.0, -1.0, 0.0]
    )
    upper = (thorax @ (rotation("z", np.radians(channels.arm_deg[side])) @ hanging[..., None]))[..., 0]
    bent = rotation("z", np.radians(channels.arm_deg[side] + channels.elbow_deg[side]))
    fore = (thorax @ (bent @ hanging[..., None]))[..., 0]
    # The forearm swings inwards, across the body, more as it comes forward.
    inward = np.radians(18.0 + 0.5 * channels.arm_deg[side])
    fore = (about(upper, -s * inward) @ fore[..., None])[..., 0]
    hinge_rest = np.cross(elbow - shoulder, wrist - elbow)
    hinge = np.cross(upper, fore)
    upper_turn = frame_of(upper, hinge) @ frame_of(elbow - shoulder, hinge_rest).T
    fore_turn = frame_of(fore, hinge) @ frame_of(wrist - elbow, hinge_rest).T
    put(f"{side}_upper_arm", upper_turn, shoulder, moved("thorax", shoulder))
    put(f"{side}_forearm", fore_turn, elbow, moved(f"{side}_upper_arm", elbow))
    # The palm turns inwards about the forearm, as runners hold it.
    hand_turn = about(fore, np.full(len(fore), -s * np.radians(25.0))) @ fore_turn
    put(f"{side}_hand", hand_turn, wrist, moved(f"{side}_forearm", wrist))
    across = rest[f"{side}_knuckles_across"]
    curl = hand_turn @ about(across, np.array(-s * np.radians(75.0)))
    put(f"{side}_fingers", curl, rest[f"{side}_knuckle"], moved(f"{side}_hand", rest[f"{side}_knuckle"]))


def _place_leg(side, rest, channels, put, moved) -> None:  # type: ignore[no-untyped-def]
    hip, knee, ankle = (rest[f"{side}_{joint}"] for joint in ("hip", "knee", "ankle"))
    in_foot = channels.ankle_m[side]
    turned = foot_turn(
        side=side, foot_deg=channels.foot_deg[side], roll_deg=channels.roll_deg[side],
        toe_out_deg=channels.toe_out_deg[side],
    )  # fmt: skip
    in_shoe_m = channels.in_shoe_m.get(side, np.zeros_like(in_foot))
    at_hip, at_ankle = moved("pelvis", hip), in_foot + (turned @ in_shoe_m[..., None])[..., 0]
    thigh_m, shank_m = np.linalg.norm(knee - hip), np.linalg.norm(ankle - knee)
    reach = at_ankle - at_hip
    distance = np.linalg.norm(reach, axis=-1)
    if distance.max() > thigh_m + shank_m:
        raise ValueError(
            f"the {side} ankle is {distance.max():.3f} m from its hip, but the leg is {thigh_m + shank_m:.3f} m long: "
            "ask for a shorter contact, a lower speed or more knee flexion"
        )
    cosine = (thigh_m**2 + distance**2 - shank_m**2) / (2 * thigh_m * distance)
    bend = np.arccos(np.clip(cosine, -1, 1))
    toe_out = -SIGN[side] * np.radians(0.4 * channels.toe_out_deg[side])
    lateral = np.broadcast_to(rotation("y", np.array(toe_out)) @ np.array([0.0, 0.0, 1.0]), reach.shape)
    hinge = frame_of(reach, lateral)[..., 1]
    if side in channels.knee_in_deg:
        swung = -SIGN[side] * np.radians(channels.knee_in_deg[side])
        hinge = (about(reach, swung) @ hinge[..., None])[..., 0]
    along = (about(hinge, bend) @ _unit(reach)[..., None])[..., 0]
    at_knee = at_hip + thigh_m * along
    sideways = np.array([0.0, 0.0, 1.0])
    put(f"{side}_thigh", frame_of(along, hinge) @ frame_of(knee - hip, sideways).T, hip, at_hip)
    put(f"{side}_shank", frame_of(at_ankle - at_knee, hinge) @ frame_of(ankle - knee, sideways).T, knee, at_knee)
    put(f"{side}_foot", turned, ankle, in_foot)
    # The forefoot stays flat on the belt while the heel rolls.
    level = foot_turn(
        side=side, foot_deg=channels.foot_deg[side] + channels.toes_deg[side],
        roll_deg=np.zeros(len(reach)), toe_out_deg=channels.toe_out_deg[side],
    )  # fmt: skip
    ball = ball_of(rest, side)
    put(f"{side}_toes", level, ball, moved(f"{side}_foot", ball))


# How far under the ankle the belt is when the foot stands flat, as a share of the leg from knee to ankle: sole and all.
SOLE_M = 0.024


def sole_height_m(rest: dict[str, FloatArray], side: str) -> float:
    """Return the height of the ankle joint over the belt with the shoe standing flat."""
    return float(rest[f"{side}_ankle"][1] - min(rest[f"{side}_heel"][1], rest[f"{side}_big_toe"][1]) + 0.014 + SOLE_M)


def ball_of(rest: dict[str, FloatArray], side: str) -> FloatArray:
    """Return the point of the sole under the metatarsal heads, about which heel and toes turn."""
    ankle, ball = rest[f"{side}_ankle"], rest[f"{side}_ball"]
    return np.array([ball[0], ankle[1] - sole_height_m(rest, side), ankle[2]])


def heel_of(rest: dict[str, FloatArray], side: str) -> FloatArray:
    """Return the point of the sole that lands first when the heel strikes; the sole behind it is rounded off."""
    ankle, heel = rest[f"{side}_ankle"], rest[f"{side}_heel"]
    return np.array([heel[0] - 0.004, ankle[1] - sole_height_m(rest, side), ankle[2]])
