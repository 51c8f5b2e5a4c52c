"""Analysis of still images: people, limb angles, confidence maps, OpenPose's JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from gaitlab.core.errors import InputError, OutputError
from gaitlab.core.person import Body
from gaitlab.core.pose import FloatArray
from gaitlab.core.skeleton import SIDES, SKELETONS, Skeleton
from gaitlab.io.video.reader import Image
from gaitlab.pose.networks.estimator import PoseEstimator

# Proximal neighbour, joint, distal neighbour. The angle is 0 if the three are collinear (a straight leg); that of the
# ankle is 0 if the foot is perpendicular to the shank.
_JOINTS: Mapping[str, tuple[str, str, str]] = {
    "elbow": ("shoulder", "elbow", "wrist"),
    "hip": ("shoulder", "hip", "knee"),
    "knee": ("hip", "knee", "ankle"),
}
_SEGMENTS: Mapping[str, tuple[str, str]] = {  # from the lower end to the upper
    "thigh": ("knee", "hip"),
    "shank": ("ankle", "knee"),
    "upper_arm": ("elbow", "shoulder"),
    "forearm": ("wrist", "elbow"),
}
# Skeletons written unchanged; others are mapped by name to BODY_25.
_OPENPOSE_TABLES = ("body_25", "coco_18", "mpi_15")


@dataclass(frozen=True, slots=True)
class LimbAngle:
    """One angle of one person: ``kind`` is ``joint`` (flexion) or ``segment`` (inclination to the vertical)."""

    name: str
    kind: str
    value_deg: float


def read_image(path: str | Path) -> Image:
    """Return an image file as (row, column, 3) BGR.

    Raises
    ------
    InputError
        if the file is missing or not an image.
    """
    path = Path(path)
    if not path.is_file():
        raise InputError(f"no such file: '{path}'; check the path of the picture")
    image = cv2.imdecode(np.frombuffer(path.read_bytes() or b"\0", dtype=np.uint8), cv2.IMREAD_COLOR)
    if image is None:
        raise InputError(f"'{path}' is not a picture that can be read; expected e.g. a jpg or png file")
    return np.asarray(image, dtype=np.uint8)


def limb_angles(body: Body, skeleton: Skeleton) -> list[LimbAngle]:
    """Return the angles of all limbs with detected keypoints, in the image plane.

    Joints: flexion from straight (0), always positive. Segments: inclination of the upper end to the vertical, positive
    to image-right.
    """
    angles: list[LimbAngle] = []
    for side in SIDES:
        for name, points in _JOINTS.items():
            bent = _bend_deg(*(body.point(skeleton, f"{side}_{point}") for point in points))
            angles.append(LimbAngle(f"{side}_{name}", "joint", bent))
        knee, ankle, heel, toe = (body.point(skeleton, f"{side}_{p}") for p in ("knee", "ankle", "heel", "big_toe"))
        angles.append(LimbAngle(f"{side}_ankle", "joint", _bend_deg(knee, ankle, ankle + toe - heel) - 90.0))
        for name, (low, high) in _SEGMENTS.items():
            lean = _lean_deg(body.point(skeleton, f"{side}_{low}"), body.point(skeleton, f"{side}_{high}"))
            angles.append(LimbAngle(f"{side}_{name}", "segment", lean))
    hips, shoulders = (
        (body.point(skeleton, f"left_{joint}") + body.point(skeleton, f"right_{joint}")) / 2
        for joint in ("hip", "shoulder")
    )
    angles.append(LimbAngle("trunk", "segment", _lean_deg(hips, shoulders)))
    return [angle for angle in angles if np.isfinite(angle.value_deg)]


def _bend_deg(a: FloatArray, joint: FloatArray, b: FloatArray) -> float:
    """Return the change of direction from a-joint to joint-b, 0 to 180 degrees."""
    first, second = joint - a, b - joint
    turn = first[0] * second[1] - first[1] * second[0]
    return float(np.rad2deg(np.abs(np.arctan2(turn, first @ second))))


def _lean_deg(low: FloatArray, high: FloatArray) -> float:
    return float(np.rad2deg(np.arctan2(high[0] - low[0], low[1] - high[1])))


def confidence_maps(estimator: PoseEstimator, image: Image) -> FloatArray:
    """Return the network's (keypoint, row, column) confidence, 0 to 1, interpolated to the image's pixels."""
    maps, window = estimator.heatmaps(image)
    rows, columns = maps.shape[1:]
    # The inverse transformation for cv2: from pixels to cells.
    scale = np.array([columns / window.width, rows / window.height])
    shift = window.to_cells(np.zeros(2), columns=columns, rows=rows)
    to_cells = np.column_stack([np.diag(scale), shift])
    size = (image.shape[1], image.shape[0])
    spread = [
        cv2.warpAffine(m.astype(np.float32), to_cells, size, flags=cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP) for m in maps
    ]
    return np.clip(np.array(spread), 0.0, 1.0)


def openpose_people(bodies: Sequence[Body], skeleton: Skeleton) -> dict[str, Any]:
    """Return OpenPose's JSON content, ``{"version": 1.3, "people": […]}``, with missing keypoints as zeros."""
    table = skeleton if skeleton.name in _OPENPOSE_TABLES else SKELETONS["body_25"]
    people = []
    for body in bodies:
        points = np.zeros((len(table), 3))
        for column, name in enumerate(table.names):
            if name in skeleton and np.isfinite(body.xy[skeleton.index(name)]).all():
                at = skeleton.index(name)
                points[column] = *body.xy[at], body.score[at]
        empty: dict[str, list[float]] = {f"{part}_keypoints_2d": [] for part in ("face", "hand_left", "hand_right")}
        people.append({"person_id": [-1], "pose_keypoints_2d": points.round(4).ravel().tolist(), **empty})
    return {"version": 1.3, "people": people}


def write_openpose_json(folder: Path, name: str, bodies: Sequence[Body], skeleton: Skeleton, *, frame: int = 0) -> Path:
    """Write ``NAME_000000000000_keypoints.json`` as OpenPose does, and return its path.

    Raises
    ------
    OutputError
        if the folder is not writable.
    """
    path = folder / f"{name}_{frame:012d}_keypoints.json"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(openpose_people(bodies, skeleton)), encoding="utf-8")
    except OSError as error:
        raise OutputError(f"'{path}' cannot be written ({error.strerror}); choose another folder") from error
    return path
