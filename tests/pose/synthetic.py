"""People drawn as OpenPose's output tensor: what assembly and following can be tested on without a network."""

from __future__ import annotations

import numpy as np

from gaitlab.core.skeleton import SKELETONS, Skeleton
from gaitlab.pose.networks.limbs import LIMBS

COCO = SKELETONS["coco_18"]
# A person standing, height 1, feet at y = 1, seen from the front (the runner's left is the picture's right).
_STANDING = {
    "nose": (0, 0.08), "neck": (0, 0.2), "eye": (0.03, 0.06), "ear": (0.06, 0.07), "shoulder": (0.1, 0.2),
    "elbow": (0.16, 0.36), "wrist": (0.18, 0.5), "hip": (0.07, 0.53), "knee": (0.08, 0.76), "ankle": (0.08, 0.98),
}  # fmt: skip


def standing(x: float, top: float, height: float, skeleton: Skeleton = COCO) -> np.ndarray:
    """(keypoint, 2) of a person whose head is at ``top``, in cells or px."""
    points = []
    for name in skeleton.names:
        side, _, joint = name.partition("_")
        across, down = _STANDING[joint if joint else side]
        points.append((x + {"left": 1, "right": -1}.get(side, 0) * across * height, top + down * height))
    return np.array(points)


def maps(
    people: list[np.ndarray], *, rows: int, columns: int, skeleton: Skeleton = COCO, sd: float = 1.0
) -> tuple[np.ndarray, np.ndarray]:
    """Heatmaps (keypoint, row, column) and part affinity fields as the networks are trained to give; NaN is missing."""
    y, x = np.mgrid[:rows, :columns]
    heatmaps = np.zeros((len(skeleton), rows, columns))
    limbs = LIMBS[skeleton.name]
    fields, counts = np.zeros((2 * len(limbs), rows, columns)), np.zeros((2 * len(limbs), rows, columns))
    for person in people:
        for k, (px, py) in enumerate(person):
            if np.isfinite(px):
                heatmaps[k] = np.maximum(heatmaps[k], np.exp(-0.5 * ((x - px) ** 2 + (y - py) ** 2) / sd**2))
        for a, b, channel in limbs:
            line = person[b] - person[a]
            length = np.hypot(*line)
            if not np.isfinite(length) or length < 1e-6:
                continue
            unit = line / length
            along = (x - person[a, 0]) * unit[0] + (y - person[a, 1]) * unit[1]
            beside = np.abs((x - person[a, 0]) * unit[1] - (y - person[a, 1]) * unit[0])
            on = (along >= -1) & (along <= length + 1) & (beside <= 1)
            fields[channel] += on * unit[0]
            fields[channel + 1] += on * unit[1]
            counts[channel : channel + 2] += on
    return heatmaps, fields / np.maximum(counts, 1)
