"""The labels made by eye: they lie in their pictures, on legs as long as legs are."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from gaitlab.core.skeleton import SKELETONS

LABELS = sorted((Path(__file__).parents[2] / "training" / "labels").glob("*.json"))


@pytest.mark.parametrize("path", LABELS, ids=lambda path: path.stem)
def test_labels_lie_in_their_picture_on_legs_of_human_length(path: Path) -> None:
    labels = json.loads(path.read_text(encoding="utf-8"))
    numbers = [frame["frame"] for frame in labels["frames"]]
    assert numbers == sorted(set(numbers))
    for frame in labels["frames"]:
        height_px = frame.get("runner_height_px", labels.get("runner_height_px"))
        points = {name: np.array([x, y]) for name, (x, y, _) in frame["points"].items()}
        assert {state for *_, state in frame["points"].values()} <= {"visible", "occluded"}
        assert set(points) <= set(SKELETONS["runner_31"].names)
        for name, xy in points.items():
            assert ((xy >= 0) & (xy < labels["size_px"])).all(), (frame["frame"], name)
        for side in ("left", "right"):
            # A shank is 0.25 of the height, a shoe 0.17; along the view they are shorter, near the camera longer.
            for ends, low, high in (
                (("knee", "ankle"), 0.05, 0.33), (("ankle", "heel"), 0.0, 0.12), (("heel", "big_toe"), 0.02, 0.25)
            ):  # fmt: skip
                names = [f"{side}_{end}" for end in ends]
                if all(name in points for name in names):
                    length = np.linalg.norm(points[names[0]] - points[names[1]]) / height_px
                    assert low < length < high, (frame["frame"], names, length)
