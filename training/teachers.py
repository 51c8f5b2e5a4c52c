"""What networks that learnt from photographs agree on in crops that nobody has labelled.

``python -m training.teachers`` asks openpose-light and MoveNet Thunder about each crop, lays BlazePose heavy's answers
beside it and writes the points at which two of them see the same, in the mean of both, into training/out/teachers.json.
Hips are those that the first two agree on, moved to the joints: BlazePose calls something else a hip. Heels and toes
are BlazePose's, where two have its ankle. MoveNet needs node (`training.movenet`).
"""

from __future__ import annotations

import json
from itertools import combinations

import cv2
import numpy as np

from gaitlab.core.pose import FloatArray
from gaitlab.core.skeleton import SIDES
from gaitlab.io.files import whole_file
from gaitlab.pose.networks.estimator import load_estimator
from training import movenet
from training.photographs import FOLDER, TOLD, joints_of_hips, unlabelled

_AGREED = [f"{side}_{joint}" for side in SIDES for joint in ("shoulder", "elbow", "wrist", "hip", "knee", "ankle")]
_HIPS = [f"{side}_hip" for side in SIDES]
_SAME = 0.03  # of the longest side of the person's box
_FEET = (("heel", "heel"), ("big_toe", "foot_index"))
_FEWEST = 4

Opinion = dict[str, FloatArray]


def agreed(opinions: list[Opinion], *, same_px: float) -> Opinion:
    """Return the points at which two of several opinions lie within ``same_px``: the mean of the nearest two."""
    points: Opinion = {}
    for name in _AGREED:
        pairs = list(combinations([opinion[name] for opinion in opinions if name in opinion], 2))
        apart = [np.linalg.norm(one - other) for one, other in pairs]
        if pairs and min(apart) < same_px:
            points[name] = np.mean(pairs[int(np.argmin(apart))], axis=0)
    if all(name in points for name in _HIPS):
        points |= dict(zip(_HIPS, joints_of_hips(np.array([points[name] for name in _HIPS])), strict=True))
    else:
        points = {name: at for name, at in points.items() if name not in _HIPS}
    return points


def main() -> None:
    movenet.unpack()
    estimator = load_estimator("openpose-light")
    teacher = json.loads((FOLDER / "teacher_blazepose_heavy.json").read_text(encoding="utf-8"))
    crops = [crop for crop in unlabelled() if crop["file"] in teacher]
    images = [np.asarray(cv2.imread(str(FOLDER / crop["file"])), dtype=np.uint8) for crop in crops]
    boxes = [np.array(crop["box"], dtype=float) for crop in crops]
    squares = [movenet.around(np.concatenate([box[:2], box[:2] + box[2:]])) for box in boxes]
    told: dict[str, dict[str, list[float]]] = {}
    for crop, image, thunder in zip(crops, images, movenet.answers("movenet-thunder", images, squares), strict=True):
        blazepose = {name: np.array(at[:2]) for name, at in teacher[crop["file"]]["landmarks"].items()}
        # What BlazePose calls a hip is another place.
        others = [{name: at for name, at in blazepose.items() if name not in _HIPS}, movenet.sure_points(thunder)]
        same_px = _SAME * max(crop["box"][2:])
        points = agreed(others, same_px=same_px)
        for body in estimator.detect_people(image):
            theirs = {name: at for name in _AGREED if np.isfinite(at := body.point(estimator.skeleton, name)).all()}
            points = max(points, agreed([theirs, *others], same_px=same_px), key=len)
        for side in SIDES:
            ankle = points.get(f"{side}_ankle", np.full(2, np.inf))
            if np.linalg.norm(blazepose[f"{side}_ankle"] - ankle) < same_px:
                points |= {f"{side}_{ours}": blazepose[f"{side}_{its}"] for ours, its in _FEET}
        if len(points) >= _FEWEST:
            told[crop["file"]] = {name: at.round(1).tolist() for name, at in points.items()}
    TOLD.parent.mkdir(exist_ok=True)
    with whole_file(TOLD) as partial:
        partial.write_text(json.dumps(told), encoding="utf-8")
    print(f"{sum(map(len, told.values()))} points in {len(told)} of {len(crops)} crops without labels of a hand")


if __name__ == "__main__":
    main()
