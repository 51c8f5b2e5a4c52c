"""A movement as a camera and a very good network would see it: keypoints with noise, and the truth beside them.

No pictures and no library but numpy and scipy: what tests of detectors need::

    from tools.synthetic.movements.points import film_points

    pose, truth = film_points("countermovement_jump", view="side", fps=60, seed=1, noise_px=1.5)
    truth["take_off_s"], truth["landing_s"], truth["jump_height_m"]
    pose, truth = film_points("squat", view="front", fps=30, seed=4, thighs_deg=(10.0, 5.0), heel_deg=12.0)
    pose, truth = film_points("cycling", fps=240, knee_deg=27.0)  # knee_at_bottom_deg

The kinds are those of `make.KINDS`; what else can be said of one are the fields of its style there. What the truth
holds is said by `truth_of`.
"""

from __future__ import annotations

from typing import Any, Literal

import numpy as np

from gaitlab.core.pose import FloatArray, PoseSequence, Step
from gaitlab.core.skeleton import SKELETONS
from tools.synthetic.body import SIDES, SIGN
from tools.synthetic.movements.bodies import Body
from tools.synthetic.movements.make import KINDS, make_movement
from tools.synthetic.movements.stance import Movement
from tools.synthetic.scene import Camera, Seen

View = Literal["side", "left", "right", "front", "behind"]
# The renderer's own points: those of BODY_25, and heel and calf of rear views.
NAMES = SKELETONS["runner_31"].names
_POSE = SKELETONS["body_25"]
_SCORE = 0.9


def film_points(
    kind: str, *, view: View = "side", fps: float = 60.0, seed: int = 0, noise_px: float = 0.0, width_px: int = 1080,
    height_px: int = 1920, **settings: Any,
) -> tuple[PoseSequence, dict[str, np.ndarray]]:  # fmt: skip
    """Return the keypoints (``body_25``) of somebody who does a movement, and the truth (`truth_of`).

    Args:
        kind: of `KINDS`.
        view: ``side`` draws left or right by the seed; ``front`` and ``behind``.
        fps: of the camera.
        seed: draws person, style and camera; the same seed gives the same movement at any fps, view and noise.
        noise_px: standard deviation of every coordinate, independent from frame to frame.
        width_px, height_px: of the picture, which is filled by the movement.
        settings: fields of the kind's style that are not to be drawn, and ``person``, 0 to 4.

    Raises:
        ValueError: where the kind or a setting is unknown.
    """
    movement = make_movement(kind, seed=seed, **settings)
    camera = camera_for(movement, view=view, seed=seed, width_px=width_px, height_px=height_px)
    time_s = np.arange(int(movement.duration_s * fps)) / fps
    truth = truth_of(movement, camera, time_s)
    columns = [NAMES.index(name) for name in _POSE.names]
    rng = np.random.default_rng([seed, 31])
    xy = truth["xy_px"][:, columns].astype(np.float64)
    xy = xy + rng.normal(0, noise_px, xy.shape) if noise_px else xy
    history = (Step("pose", {"model": "rendered points", "noise_px": noise_px}),)
    return PoseSequence(xy, np.full(xy.shape[:2], _SCORE), time_s, _POSE, history=history), truth


def camera_for(movement: Movement, *, view: View, seed: int, width_px: int, height_px: int) -> Camera:
    """Return a level camera that has the whole movement in the picture, drawn by a seed."""
    rng = np.random.default_rng([seed, 17])
    high_m, wide_m = KINDS[movement.kind].room_m
    drawn: Seen = "right" if rng.uniform() < 0.5 else "left"
    seen_from: Seen = drawn if view == "side" else view
    size = movement.body.person["height_m"] / 1.78
    seen_m = max(high_m, wide_m * height_px / width_px) * size
    # What comes towards the camera reaches lower in the picture.
    lower_m = 0.22 if seen_from in ("front", "behind") else 0.0
    return Camera(
        seen_from=seen_from, distance_m=float(rng.uniform(3.4, 5.0)), height_m=float(rng.uniform(0.8, 1.2)),
        yaw_deg=float(rng.uniform(-4, 4)), roll_deg=float(rng.uniform(-1, 1)), width_px=width_px, height_px=height_px,
        view_m=seen_m, middle_m=(0.44 * high_m - lower_m) * size,
    )  # fmt: skip


def truth_of(movement: Movement, camera: Camera, time_s: FloatArray) -> dict[str, np.ndarray]:
    """Return what is true of a filmed movement, as it is stored beside its pictures.

    Always there: ``movement``; ``time_s`` (frame,), ``names`` and ``xy_px``, ``points_m`` (frame, keypoint, 2 and 3; x
    forward, y up from the ground, z to the right); ``angle_names`` and ``angles_deg`` (frame, angle) of `true_angles`;
    ``metres_per_px`` in the person's plane, ``height_m`` of the person, ``seen_from``; ``repetitions``. Arrays of times
    ``..._s`` have one entry a repetition, and of some of them the angles at these very instants, not at a frame:
    ``{instant}_angles_deg`` (repetition, angle).

    A jump: ``start_s deepest_s take_off_s top_s landing_s lowest_s end_s``; ``flight_s``; ``jump_height_m``, g t² / 8;
    ``hip_rise_m`` from take-off to the top, less than that where the landing's posture is lower by
    ``hip_lower_at_landing_m``; ``hip_rise_from_standing_m``; of a drop jump ``first_contact_s contact_time_s
    reactive_strength_index``. It is the hips that are thrown: -g exactly while the balls of the feet are in the air.
    A squat: ``start_s bottom_start_s deepest_s bottom_end_s end_s``; ``down_s hold_s up_s`` between these, and
    ``eccentric_s pause_s concentric_s`` between 10 and 90 % of the hips' way; ``heel_lift``.
    A chair: ``start_s seat_off_s stand_s sit_start_s seat_on_s end_s``, ``to_last_stand_s``, ``to_last_seat_s``.
    Cycling: ``crank_deg`` (frame,) of the right crank, 0 on top, 90 forward, unwrapped; ``{side}_bottom_s``;
    ``cadence_rpm``; ``knee_at_bottom_deg`` as it was asked of the right knee; ``saddle_height_m`` along the seat tube.
    """
    points = movement.points_m(time_s)
    xyz = np.stack([points[name] for name in NAMES], axis=1)
    angles = true_angles(movement.body, points)
    truth = {
        "movement": np.array(movement.kind), "time_s": time_s, "names": np.array(NAMES),
        "points_m": xyz.astype(np.float32), "xy_px": camera.project(xyz)[..., :2].astype(np.float32),
        "angle_names": np.array(list(angles)), "angles_deg": np.stack(list(angles.values()), axis=1).astype(np.float32),
        "metres_per_px": np.float64(1 / camera.px_per_m), "height_m": np.float64(movement.body.person["height_m"]),
        "seen_from": np.array(camera.seen_from), **movement.truth,
        **{name: curve(time_s) for name, curve in movement.curves.items()},
    }  # fmt: skip
    for name, instants_s in movement.instants.items():
        at = true_angles(movement.body, movement.points_m(instants_s))
        truth[f"{name}_angles_deg"] = np.stack(list(at.values()), axis=1)
    if movement.kind == "squat":
        truth.update(_tempo(movement))
    return {name: np.asarray(value) for name, value in truth.items()}


def true_angles(body: Body, points: dict[str, FloatArray]) -> dict[str, FloatArray]:
    """Return joint angles over time, degrees, (t,) each, seen exactly from the side (and the last ones from the front).

    ``trunk_lean_deg`` forward; of both sides ``thigh_deg`` and ``shank_deg`` from the vertical, knee forward;
    ``thigh_over_horizontal_deg``, below 0 with the hip under the knee; ``knee_flexion_deg hip_flexion_deg``;
    ``foot_deg`` from heel to big toe, toe up, less that of a flat foot; ``ankle_flexion_deg``, dorsiflexion;
    ``shoulder_flexion_deg`` of the upper arm against the trunk, ``elbow_flexion_deg`` in space;
    ``knee_projection_deg`` from the front, knee to the other leg.
    """
    trunk = _from_vertical(points["mid_hip"], points["neck"])
    angles = {"trunk_lean_deg": trunk}
    for side in SIDES:
        shoulder, elbow, wrist, hip, knee, ankle, heel, toe = (
            points[f"{side}_{name}"]
            for name in ("shoulder", "elbow", "wrist", "hip", "knee", "ankle", "heel", "big_toe")
        )
        thigh, shank = _from_vertical(hip, knee, down=True), _from_vertical(ankle, knee)
        foot = np.degrees(np.arctan2(toe[:, 1] - heel[:, 1], toe[:, 0] - heel[:, 0])) - _flat_deg(body, side)
        upper, fore = elbow - shoulder, wrist - elbow
        bent = np.sum(upper * fore, -1) / np.linalg.norm(upper, axis=-1) / np.linalg.norm(fore, axis=-1)
        inwards = -SIGN[side]
        frontal = [
            np.degrees(np.arctan2(inwards * (b - a)[:, 2], (a - b)[:, 1])) for a, b in ((hip, knee), (knee, ankle))
        ]
        angles |= {
            f"{side}_thigh_deg": thigh, f"{side}_shank_deg": shank, f"{side}_thigh_over_horizontal_deg": 90 - thigh,
            f"{side}_knee_flexion_deg": thigh + shank, f"{side}_hip_flexion_deg": thigh + trunk,
            f"{side}_foot_deg": foot, f"{side}_ankle_flexion_deg": foot + shank,
            f"{side}_shoulder_flexion_deg": (_from_vertical(shoulder, elbow, down=True) + trunk + 180) % 360 - 180,
            f"{side}_elbow_flexion_deg": np.degrees(np.arccos(np.clip(bent, -1, 1))),
            f"{side}_knee_projection_deg": frontal[0] - frontal[1],
        }  # fmt: skip
    return angles


def _from_vertical(a: FloatArray, b: FloatArray, *, down: bool = False) -> FloatArray:
    """Return how far the line from a to b is turned forward, b over a, or under it; (t,) degrees."""
    way = b - a
    return np.degrees(np.arctan2(way[:, 0], -way[:, 1] if down else way[:, 1]))


def _flat_deg(body: Body, side: str) -> float:
    """Return the angle from heel to big toe in a flat foot: both are points of the shoe, not of its sole."""
    forward, up, _ = body.marks[f"{side}_big_toe"][1] - body.marks[f"{side}_heel"][1]
    return float(np.degrees(np.arctan2(up, forward)))


def _tempo(movement: Movement) -> dict[str, FloatArray]:
    """Return the times between 10 and 90 % of the hips' way down and up, and between both."""
    rows = []
    for start_s, middle_s, end_s in zip(*(movement.truth[n] for n in ("start_s", "deepest_s", "end_s")), strict=True):
        ways = []
        for first, last in ((start_s, middle_s), (middle_s, end_s)):
            fine = np.linspace(first, last, 4001)
            height = movement.points_m(fine)["mid_hip"][:, 1]
            share = (height - height[0]) / (height[-1] - height[0])
            ways += [float(np.interp(level, share, fine)) for level in (0.1, 0.9)]
        rows.append(np.diff(ways))
    eccentric, pause, concentric = np.array(rows).T
    return {"eccentric_s": eccentric, "pause_s": pause, "concentric_s": concentric}
