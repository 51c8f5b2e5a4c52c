"""Pictures of real people with labels made by hand (COCO), as the network is trained and judged on them.

They lie beside the repository, ``../shared/data/real_people``, and are never copied into it. Crops under CC BY-SA are
for judging alone; a tenth of the other photographs is kept aside to choose by.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from gaitlab.core.person import Body
from gaitlab.core.pose import FloatArray
from gaitlab.core.skeleton import SIDES, SKELETONS
from gaitlab.pose.networks.estimator import PoseEstimator

FOLDER = Path(__file__).resolve().parents[2] / "shared" / "data" / "real_people"
SKELETON = SKELETONS["runner_31"]
# How sure a point is: as in `training.augment.sample`, and what machines say, and what nobody knows.
SEEN, HIDDEN, MACHINE, UNKNOWN = 1.0, 0.5, 0.25, -1.0
TOLD = Path(__file__).resolve().parent / "out" / "teachers.json"
SAME_PERSON = 0.3  # least overlap of the box of who is found with who is labelled
_TO_CHOOSE_BY = 10  # one photograph in so many
_COCO_TRAINING = "train2017"
# Films that tests judge by, ``../shared/data/movements``: crops of them are neither trained on nor chosen by.
_OF_TESTS = ("bodyweight-squat.mp4", "chair-squat.mp4", "jumping-jack.mp4")
# Of a machine's foot: how far its ankle may be from the hand's, shares of the height.
_SAME_ANKLE = 0.03
# COCO's hips are put where the outside of the pelvis shows, gaitlab's are the joints, which lie by this share of COCO's
# distance nearer to the middle, and no higher or lower. A network that learnt from drawn people alone tells it:
# `python -m training.hips`.
HIP_OUT = 0.35


@dataclass(frozen=True, slots=True, eq=False)
class Photographs:
    """Crops of real people.

    Attributes
    ----------
    images : list[np.ndarray]
        JPEG bytes.
    xy : FloatArray
        (crop, keypoint, 2) px, 0 where unknown.
    sure : FloatArray
        (crop, keypoint) `SEEN`, `HIDDEN`, `MACHINE` or `UNKNOWN`.
    box : FloatArray
        (crop, 4) left, top, right, bottom of the person, px.
    names : list[str]
        file of each crop.
    """

    images: list[np.ndarray]
    xy: FloatArray
    sure: FloatArray
    box: FloatArray
    names: list[str]

    def coco_hip(self, crop: int, side: str) -> FloatArray:
        """Return (2,) px of a hip as it was labelled."""
        hips = hips_of_joints(self.xy[crop][[SKELETON.index(f"{one}_hip") for one in SIDES]])
        at: FloatArray = hips[SIDES.index(side)]
        return at

    @property
    def height_px(self) -> FloatArray:
        """(crop,) longest side of the box: the height of who stands; who sits or lies is measured no larger."""
        size: FloatArray = (self.box[:, 2:] - self.box[:, :2]).max(axis=1)
        return size


def photographs(part: str, *, feet: bool = True) -> Photographs:
    """Read a part of the crops with labels made by hand.

    Parameters
    ----------
    part : str
        ``train``, ``choose`` (to choose settings by), ``judge`` (CC BY-SA, never trained on), or ``unseen``: those of
        the judging ones that no network can have seen which learnt from COCO's photographs for training.
    feet : bool, optional
        whether heels and toes of a machine are added where its ankle is that of the hand.

    Raises
    ------
    FileNotFoundError
        if the crops do not lie beside the repository.
    """
    crops = [crop for crop in _labels() if crop["keypoints"] and _part(crop) == ("judge" if part == "unseen" else part)]
    if part == "unseen":
        crops = [crop for crop in crops if _COCO_TRAINING not in crop["source"]]
    teacher = json.loads((FOLDER / "teacher_blazepose_heavy.json").read_text(encoding="utf-8")) if feet else {}

    def points(crop: dict[str, Any]) -> tuple[FloatArray, FloatArray]:
        xy, sure = _points(crop["keypoints"])
        if crop["file"] in teacher:
            _add_feet(xy, sure, teacher[crop["file"]]["landmarks"], height_px=max(crop["box"][2:]))
        return xy, sure

    return _read(crops, points)


def _read(
    crops: list[dict[str, Any]], points: Callable[[dict[str, Any]], tuple[FloatArray, FloatArray]]
) -> Photographs:
    """Return crops with their points, px, and how sure each is."""
    images = [np.frombuffer((FOLDER / crop["file"]).read_bytes(), np.uint8) for crop in crops]
    xy, sure = (np.array(column) for column in zip(*map(points, crops), strict=True))
    sides = np.array([crop["box"] for crop in crops], dtype=np.float64)
    box = np.concatenate([sides[:, :2], sides[:, :2] + sides[:, 2:]], axis=1)
    return Photographs(images, xy, sure, box, [crop["file"] for crop in crops])


@cache
def _labels() -> list[dict[str, Any]]:
    path = FOLDER / "labels.json"
    if not path.is_file():
        raise FileNotFoundError(f"no '{path}': the crops of real people lie beside the repository")
    crops: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))["crops"]
    return crops


def trained_on() -> list[dict[str, Any]]:
    """Return the entries of the crops that may be trained on, with labels of a hand or without."""
    return [crop for crop in _labels() if _part(crop) == "train"]


def unlabelled() -> list[dict[str, Any]]:
    """Return those of them without labels of a hand."""
    return [crop for crop in trained_on() if not crop["keypoints"]]


def _part(crop: dict[str, Any]) -> str:
    if any(clip in crop["via"] for clip in _OF_TESTS):
        return "tests"
    if "BY-SA" in crop["licence"]:
        return "judge"
    group = int(hashlib.sha256(crop["group"].encode()).hexdigest(), 16)
    return "choose" if group % _TO_CHOOSE_BY == 0 else "train"


def _points(keypoints: dict[str, Any]) -> tuple[FloatArray, FloatArray]:
    """Return (keypoint, 2) px and how sure each is, hips moved to the joints."""
    xy, sure = np.zeros((len(SKELETON), 2)), np.full(len(SKELETON), UNKNOWN)
    for name, label in keypoints.items():
        if label is not None:
            xy[SKELETON.index(name)] = label[:2]
            sure[SKELETON.index(name)] = SEEN if label[2] == 2 else HIDDEN
    hips = [SKELETON.index(f"{side}_hip") for side in SIDES]
    if (sure[hips] > 0).all():
        xy[hips] = joints_of_hips(xy[hips])
        xy[SKELETON.index("mid_hip")] = xy[hips].mean(axis=0)
        sure[SKELETON.index("mid_hip")] = HIDDEN
    else:
        sure[hips] = UNKNOWN
    return xy, sure


def joints_of_hips(hips: FloatArray) -> FloatArray:
    """Return (…, 2, 2) px of the hip joints, by those of COCO's hips, left and right."""
    middle = hips.mean(axis=-2, keepdims=True)
    joints: FloatArray = middle + (1 - HIP_OUT) * (hips - middle)
    return joints


def hips_of_joints(joints: FloatArray) -> FloatArray:
    """Return (…, 2, 2) px of COCO's hips: the inverse of `joints_of_hips`."""
    middle = joints.mean(axis=-2, keepdims=True)
    hips: FloatArray = middle + (joints - middle) / (1 - HIP_OUT)
    return hips


def _add_feet(xy: FloatArray, sure: FloatArray, landmarks: dict[str, Any], *, height_px: float) -> None:
    """Write a machine's heels and big toes beside ankles that a hand has put at the same place."""
    for side in SIDES:
        ankle = SKELETON.index(f"{side}_ankle")
        if sure[ankle] != SEEN or np.linalg.norm(landmarks[f"{side}_ankle"][:2] - xy[ankle]) > _SAME_ANKLE * height_px:
            continue
        for ours, its in (("heel", "heel"), ("big_toe", "foot_index")):
            xy[SKELETON.index(f"{side}_{ours}")] = landmarks[f"{side}_{its}"][:2]
            sure[SKELETON.index(f"{side}_{ours}")] = MACHINE


def looked_at(estimator: PoseEstimator, people: Photographs, crop: int) -> Body | None:
    """Return what a network finds of a person when it is told the box alone, or None."""
    nobody = Body(np.full((len(estimator.skeleton), 2), np.nan), np.zeros(len(estimator.skeleton)))
    image = np.asarray(cv2.imdecode(people.images[crop], cv2.IMREAD_COLOR), dtype=np.uint8)
    return estimator.detect_person(image, people.box[crop], nobody)


def together(one: Photographs, other: Photographs) -> Photographs:
    """Return the crops of both."""
    return Photographs(
        one.images + other.images,
        *(np.concatenate([getattr(one, name), getattr(other, name)]) for name in ("xy", "sure", "box")),
        one.names + other.names,
    )


def told_by_machines() -> Photographs:
    """Return the crops that nobody has labelled, with what two networks agree on (`training.teachers`).

    Raises
    ------
    FileNotFoundError
        if `training.teachers` has not been run.
    """
    if not TOLD.is_file():
        raise FileNotFoundError(f"no '{TOLD}': run python -m training.teachers first")
    told = json.loads(TOLD.read_text(encoding="utf-8"))

    def points(crop: dict[str, Any]) -> tuple[FloatArray, FloatArray]:
        xy, sure = np.zeros((len(SKELETON), 2)), np.full(len(SKELETON), UNKNOWN)
        for name, place in told[crop["file"]].items():
            xy[SKELETON.index(name)], sure[SKELETON.index(name)] = place, MACHINE
        return xy, sure

    return _read([crop for crop in _labels() if crop["file"] in told], points)


def learnt_from() -> Photographs:
    """Return all crops that a network learns from: those with labels of a hand, and those that machines agree about."""
    return together(photographs("train"), told_by_machines())
