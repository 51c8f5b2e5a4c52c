"""The naked body: anny's shape in our axes, its bones gathered into the segments that a runner moves."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from gaitlab.core.pose import FloatArray

SIDES = ("left", "right")
# +1 right, -1 left: the sign that mirrors a movement.
SIGN = {"left": -1.0, "right": 1.0}
_LIMBS = ("upper_arm", "forearm", "hand", "fingers", "thigh", "shank", "foot", "toes")
SEGMENTS = ("pelvis", "abdomen", "thorax", "neck", "head", *(f"{s}_{limb}" for s in SIDES for limb in _LIMBS))
SEGMENT = {name: i for i, name in enumerate(SEGMENTS)}
# The beginning of a bone's name to its segment.
_BONES = {
    "root": "pelvis", "pelvis": "pelvis", "spine05": "pelvis", "spine04": "abdomen", "spine03": "abdomen",
    "spine02": "thorax", "spine01": "thorax", "clavicle": "thorax", "shoulder": "thorax", "neck": "neck",
    "head": "head", "eye": "head", "upperarm": "upper_arm", "lowerarm": "forearm", "wrist": "hand",
    "metacarpal": "hand", "finger1": "hand", "finger": "fingers", "upperleg": "thigh", "lowerleg": "shank",
    "foot": "foot", "toe": "toes",
}  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Shape:
    """One person at rest, arms and legs spread a little.

    Attributes:
        points: (n, 3) m.
        weights: (n, segment) share of each segment in a vertex, rows sum to 1.
        faces: (m, 3).
        joints: keypoint and joint names to (3,) m: our keypoint names, and ``abdomen thorax neck_joint head
            {side}_ball {side}_knuckle``.
        eyes: (n,) whether a vertex is part of an eye.
        height_m: sole to crown.
    """

    points: FloatArray
    weights: FloatArray
    faces: np.ndarray
    joints: dict[str, FloatArray]
    eyes: np.ndarray
    height_m: float


@lru_cache(maxsize=1)
def _model() -> Any:
    try:
        import anny
        import torch
    except ImportError as error:
        raise RuntimeError(f"rendering needs anny and torch ({error}): pip install '.[synthetic]'") from error
    return anny.Anny(skinning_method="lbs").to(dtype=torch.float32)


@lru_cache(maxsize=1)
def _landmarks() -> dict[str, FloatArray]:
    """Return the weights of the body's vertices in each of our keypoints, as anny's own table has them."""
    from pathlib import Path

    import anny
    import torch

    table = torch.load(Path(anny.__file__).parent / "data" / "keypoints" / "coco.pth", weights_only=True)
    kept = _model().base_mesh_vertex_indices.numpy()
    return {name: weight.to_dense().numpy()[kept].astype(np.float64) for name, weight in table.items()}


def _ours(points: FloatArray) -> FloatArray:
    """Turn anny's axes (x to the person's left, -y forward, z up) into ours (forward, up, right)."""
    return np.stack([-points[..., 1], points[..., 2], -points[..., 0]], axis=-1)


def make_shape(
    *,
    height_m: float,
    gender: float,
    weight: float,
    muscle: float,
    age: float = 0.6,
    proportions: float = 0.6,
    thigh: float = 1.0,
    shank: float = 1.0,
) -> Shape:
    """Return a person of a height; the other arguments are anny's phenotypes, 0..1 (gender: 0 male, 1 female).

    ``thigh`` and ``shank`` stretch the legs: anny's are short, 0.233 and 0.236 of the height in a man where Winter
    (2009, after Drillis and Contini) has 0.245 and 0.246, and differ too little from one person to the next.
    """
    import torch

    model = _model()
    phenotype = {
        "gender": gender, "age": age, "muscle": muscle, "weight": weight, "height": 0.5, "proportions": proportions,
    }  # fmt: skip
    at_rest = torch.eye(4)[None, None].repeat(1, model.bone_count, 1, 1)
    with torch.no_grad():
        out = model(pose_parameters=at_rest, phenotype_kwargs=phenotype)
    points = _ours(out["rest_vertices"][0].numpy().astype(np.float64))
    heads = _ours(out["rest_bone_heads"][0].numpy().astype(np.float64))
    levels = [
        float(np.mean([_landmarks()[f"{side}_{name}"] @ points[:, 1] for side in SIDES]))
        for name in ("ankle", "knee", "hip")
    ]
    points[:, 1], heads[:, 1] = (_longer_legs(y, levels, thigh, shank) for y in (points[:, 1], heads[:, 1]))
    scale = height_m / np.ptp(points[:, 1])
    points, heads = points * scale, heads * scale
    labels = list(model.bone_labels)
    dense = model.dense_vertex_bone_weights.numpy().astype(np.float64)
    weights = np.zeros((len(points), len(SEGMENTS)))
    for column, bone in enumerate(labels):
        weights[:, SEGMENT[_segment_of(bone)]] += dense[:, column]
    joints = {name: weight @ points for name, weight in _landmarks().items()}
    for name, bone in (("abdomen", "spine04"), ("thorax", "spine02"), ("neck_joint", "neck01"), ("head", "head")):
        joints[name] = heads[labels.index(bone)]
    for side, letter in (("left", "L"), ("right", "R")):
        joints[f"{side}_ball"] = np.mean([heads[labels.index(f"toe{i}-1.{letter}")] for i in (1, 2, 3, 4, 5)], axis=0)
        joints[f"{side}_knuckle"] = heads[labels.index(f"finger3-1.{letter}")]
        joints[f"{side}_knuckles_across"] = (
            heads[labels.index(f"finger5-1.{letter}")] - heads[labels.index(f"finger2-1.{letter}")]
        )
    eyes = dense[:, [i for i, bone in enumerate(labels) if bone.startswith("eye")]].sum(axis=1) > 0.5
    return Shape(points, weights / weights.sum(axis=1, keepdims=True), model.faces.numpy(), joints, eyes, height_m)


def _longer_legs(y: FloatArray, levels: list[float], thigh: float, shank: float) -> FloatArray:
    """Return heights of a person at rest, whose legs hang down, after stretching what lies between ankle, knee, hip."""
    ankle, knee, hip = levels
    longer_knee = ankle + shank * (knee - ankle)
    longer_hip = longer_knee + thigh * (hip - knee)
    within = np.interp(y, levels, [ankle, longer_knee, longer_hip])
    return within + np.minimum(y - ankle, 0) + np.maximum(y - hip, 0)


def _segment_of(bone: str) -> str:
    """Return the segment that a bone moves with."""
    stem, _, letter = bone.partition(".")
    key = max((k for k in _BONES if stem.startswith(k)), key=len)
    segment = _BONES[key]
    return f"{'left' if letter == 'L' else 'right'}_{segment}" if segment in _LIMBS else segment
