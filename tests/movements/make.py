"""Bodies that move as an equation says: what is found in them is held against the equation."""

from __future__ import annotations

import numpy as np

from gaitlab.core.pose import FloatArray, PoseSequence
from gaitlab.core.skeleton import SKELETONS

BODY_25 = SKELETONS["body_25"]
# Lengths of the body, m: thigh plus shank are 0.47 of 1.80 m, as `calibration.LEG_SHARE_OF_HEIGHT` has it.
HEIGHT_M = 1.80
THIGH_M, SHANK_M, TRUNK_M, UPPER_ARM_M, FOREARM_M = 0.423, 0.423, 0.52, 0.30, 0.26
ANKLE_HEIGHT_M, HEEL_BACK_M, TOE_AHEAD_M = 0.08, 0.05, 0.18
HALF_HIPS_M, HALF_SHOULDERS_M = 0.13, 0.19
PX_PER_M = 400.0
GRAVITY = 9.81


def times(duration_s: float, fps: float) -> FloatArray:
    """Return the (frame,) times of a recording, s."""
    return np.arange(round(duration_s * fps)) / fps


def along(angle_deg: FloatArray) -> FloatArray:
    """Return (frame, 2) unit vectors, X ahead and Y up, of segments that lean ahead of straight up by an angle."""
    rad = np.radians(angle_deg)
    return np.stack([np.sin(rad), np.cos(rad)], axis=-1)


def side_body(
    *,
    thigh_deg: FloatArray,
    shank_deg: FloatArray,
    trunk_deg: FloatArray,
    ankle_m: FloatArray | None = None,
    heel_lift_m: FloatArray | float = 0.0,
    arm_deg: FloatArray | float = 0.0,
    elbow_deg: FloatArray | float = 0.0,
) -> dict[str, FloatArray]:
    """Return a body from the side, both legs alike, X ahead and Y up in metres, by the names of BODY_25.

    Parameters
    ----------
    thigh_deg, shank_deg, trunk_deg : FloatArray
        (frame,) angles as gaitlab has them: knee ahead of the hip, knee ahead of the ankle, neck ahead of the hips.
    ankle_m : FloatArray | None, optional
        (frame, 2) where the ankle is; by default it stands.
    heel_lift_m : FloatArray | float, optional
        how far the heel is above where it stands; the toe stays.
    arm_deg, elbow_deg : FloatArray | float, optional
        upper arm ahead of hanging straight down, and flexion of the elbow.
    """
    frames = len(thigh_deg)
    zeros = np.zeros(frames)
    ankle = np.tile([0.0, ANKLE_HEIGHT_M], (frames, 1)) if ankle_m is None else ankle_m
    knee = ankle + SHANK_M * along(shank_deg)
    hip = knee + THIGH_M * along(-(zeros + thigh_deg))
    neck = hip + TRUNK_M * along(trunk_deg)
    elbow = neck - UPPER_ARM_M * along(-(zeros + arm_deg))
    wrist = elbow - FOREARM_M * along(-(zeros + arm_deg + elbow_deg))
    toe = ankle + [TOE_AHEAD_M, -ANKLE_HEIGHT_M]
    heel = ankle + np.stack([zeros - HEEL_BACK_M, zeros - ANKLE_HEIGHT_M + heel_lift_m], axis=-1)
    nose = neck + 0.2 * along(zeros) + [0.1, 0.0]
    found = {"nose": nose, "neck": neck, "mid_hip": hip}
    for side in ("left", "right"):
        found |= {
            f"{side}_shoulder": neck, f"{side}_elbow": elbow, f"{side}_wrist": wrist, f"{side}_hip": hip,
            f"{side}_knee": knee, f"{side}_ankle": ankle, f"{side}_heel": heel, f"{side}_big_toe": toe,
            f"{side}_small_toe": toe, f"{side}_eye": nose + [-0.02, 0.03], f"{side}_ear": nose + [-0.1, 0.02],
        }  # fmt: skip
    return found


def front_body(
    hip_height_m: FloatArray, *, hip_shift_m: FloatArray | float = 0.0, knees_in_m: FloatArray | float = 0.0
):
    """Return a body from the front, X to the person's right and Y up in metres, whose feet stand 0.4 m apart.

    Parameters
    ----------
    hip_height_m : FloatArray
        (frame,) height of the hips above the ankles.
    hip_shift_m : FloatArray | float, optional
        how far the hips are to the person's right.
    knees_in_m : FloatArray | float, optional
        how far both knees are inside the line from hip to ankle.
    """
    zeros = np.zeros(len(hip_height_m))
    shift, inwards = zeros + hip_shift_m, zeros + knees_in_m

    def at(x: FloatArray, y: FloatArray) -> FloatArray:
        return np.stack([x + zeros, y + zeros], axis=-1)

    hips_y = ANKLE_HEIGHT_M + hip_height_m
    found = {
        "mid_hip": at(shift, hips_y),
        "neck": at(shift, hips_y + TRUNK_M),
        "nose": at(shift, hips_y + TRUNK_M + 0.2),
    }
    for side, out in (("left", -1.0), ("right", 1.0)):
        hip, ankle = at(shift + out * HALF_HIPS_M, hips_y), at(zeros + out * 0.2, zeros + ANKLE_HEIGHT_M)
        knee = (hip + ankle) / 2 - np.stack([out * inwards, zeros], axis=-1)
        shoulder = at(shift + out * HALF_SHOULDERS_M, hips_y + TRUNK_M - 0.03)
        toe = ankle + [out * 0.03, -ANKLE_HEIGHT_M]
        found |= {
            f"{side}_hip": hip, f"{side}_knee": knee, f"{side}_ankle": ankle, f"{side}_shoulder": shoulder,
            f"{side}_elbow": shoulder - [0.0, UPPER_ARM_M], f"{side}_wrist": shoulder - [0.0, UPPER_ARM_M + FOREARM_M],
            f"{side}_heel": ankle - [0.0, ANKLE_HEIGHT_M], f"{side}_big_toe": toe, f"{side}_small_toe": toe,
            f"{side}_eye": at(shift + out * 0.03, hips_y + TRUNK_M + 0.23),
            f"{side}_ear": at(shift + out * 0.07, hips_y + TRUNK_M + 0.21),
        }  # fmt: skip
    return found


def pictured(
    body: dict[str, FloatArray],
    time_s: FloatArray,
    *,
    rightwards: int = 1,
    px_per_m: float = PX_PER_M,
    origin_px: tuple[float, float] = (600.0, 900.0),
    noise_px: float = 0.0,
    seed: int = 0,
) -> PoseSequence:
    """Return a body in metres as the keypoints of a picture, px.

    Parameters
    ----------
    rightwards : int, optional
        +1 where X goes to image-right, -1 where to image-left: of who faces left, or is seen from the front.
    """
    xy = np.stack([body[name] for name in BODY_25.names], axis=1)
    xy = xy * [rightwards * px_per_m, -px_per_m] + origin_px
    xy = xy + np.random.default_rng(seed).normal(0.0, noise_px, xy.shape)
    return PoseSequence(xy, np.full(xy.shape[:2], 0.9), time_s, BODY_25)


def bumps(time_s: FloatArray, starts_s: list[float], *, down_s: float, hold_s: float, up_s: float) -> FloatArray:
    """Return a curve from 0 to 1 and back at every start, (frame,), by half waves of a cosine."""
    curve = np.zeros(len(time_s))
    for start_s in starts_s:
        after = time_s - start_s
        down = 0.5 - 0.5 * np.cos(np.pi * np.clip(after / down_s, 0, 1))
        up = 0.5 - 0.5 * np.cos(np.pi * np.clip((after - down_s - hold_s) / up_s, 0, 1))
        curve += down - up
    return curve


def squats(time_s: FloatArray, starts_s: list[float], *, depth_deg: float, **tempo: float) -> dict[str, FloatArray]:
    """Return squats whose thigh comes to an angle against the horizontal, degrees; the shank leans 30, the trunk 40."""
    share = bumps(time_s, starts_s, **tempo)
    return side_body(thigh_deg=(90.0 - depth_deg) * share, shank_deg=30.0 * share, trunk_deg=40.0 * share)
