"""What two networks that learnt from photographs agree on in crops that nobody has labelled.

``python -m training.teachers`` asks openpose-light about each crop, lays BlazePose heavy's answers beside it and writes
the points at which both see the same, in the mean of both, into training/out/teachers.json. Heels and toes are
BlazePose's, where both have the ankle at one place. Knees, ankles, shoulders: what the two call a hip differs.
"""

from __future__ import annotations

import json

import cv2
import numpy as np

from gaitlab.core.skeleton import SIDES
from gaitlab.io.files import whole_file
from gaitlab.pose.networks.estimator import load_estimator
from training.photographs import FOLDER, TOLD, unlabelled

_AGREED = ("shoulder", "knee", "ankle")
_SAME = 0.03  # of the longest side of the person's box
_FEET = (("heel", "heel"), ("big_toe", "foot_index"))
_FEWEST = 4


def main() -> None:
    estimator = load_estimator("openpose-light")
    teacher = json.loads((FOLDER / "teacher_blazepose_heavy.json").read_text(encoding="utf-8"))
    told: dict[str, dict[str, list[float]]] = {}
    crops = [crop for crop in unlabelled() if crop["file"] in teacher]
    for crop in crops:
        theirs = {name: np.array(at[:2]) for name, at in teacher[crop["file"]]["landmarks"].items()}
        same = _SAME * max(crop["box"][2:])
        agreed: dict[str, list[float]] = {}
        for body in estimator.detect_people(cv2.imread(str(FOLDER / crop["file"]))):
            found: dict[str, list[float]] = {}
            for name in (f"{side}_{joint}" for side in SIDES for joint in _AGREED):
                at = body.point(estimator.skeleton, name)
                if np.linalg.norm(at - theirs[name]) < same:
                    found[name] = ((at + theirs[name]) / 2).round(1).tolist()
            agreed = max(agreed, found, key=len)
        for side in (side for side in SIDES if f"{side}_ankle" in agreed):
            agreed |= {f"{side}_{ours}": theirs[f"{side}_{its}"].tolist() for ours, its in _FEET}
        if len(agreed) >= _FEWEST:
            told[crop["file"]] = agreed
    TOLD.parent.mkdir(exist_ok=True)
    with whole_file(TOLD) as partial:
        partial.write_text(json.dumps(told), encoding="utf-8")
    points = sum(len(row) for row in told.values())
    print(f"{points} points in {len(told)} of {len(crops)} crops without labels of a hand")


if __name__ == "__main__":
    main()
