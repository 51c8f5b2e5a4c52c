"""Which photographs are trained on and which judge, and where their hips are."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from training.photographs import MACHINE, SEEN, SKELETON, UNKNOWN, hips_of_joints, joints_of_hips, photographs


def test_hip_joints_lie_nearer_to_the_middle_by_hand() -> None:
    """COCO's hips 20 px apart, level: joints 35 % nearer to their middle, 13 px apart; and back."""
    hips = np.array([[110.0, 50.0], [90.0, 50.0]])
    joints = joints_of_hips(hips)
    assert joints == pytest.approx(np.array([[106.5, 50.0], [93.5, 50.0]]))
    assert hips_of_joints(joints) == pytest.approx(hips)


@pytest.mark.shared
def test_who_judges_is_never_trained_on(shared: Path) -> None:
    crops = json.loads((shared / "data" / "real_people" / "labels.json").read_text(encoding="utf-8"))["crops"]
    by_name = {crop["file"]: crop for crop in crops}
    parts = {part: photographs(part) for part in ("train", "choose", "judge")}
    groups = {part: {by_name[name]["group"] for name in people.names} for part, people in parts.items()}
    assert groups["train"].isdisjoint(groups["choose"] | groups["judge"])
    assert groups["choose"].isdisjoint(groups["judge"])
    licences = {part: {by_name[name]["licence"] for name in people.names} for part, people in parts.items()}
    assert all("BY-SA" in licence for licence in licences["judge"])
    assert not any("BY-SA" in licence for licence in licences["train"] | licences["choose"])
    unseen = set(photographs("unseen").names)
    judged = set(parts["judge"].names)
    assert judged - unseen == {name for name in judged if "train2017" in by_name[name]["source"]}
    # Films of the tests.
    assert not any("jumping-jack" in by_name[name]["via"] for people in parts.values() for name in people.names)


@pytest.mark.shared
def test_points_are_those_of_the_hand_and_feet_those_of_a_machine(shared: Path) -> None:
    people = photographs("choose")
    assert set(np.unique(people.sure)) <= {UNKNOWN, MACHINE, 0.5, SEEN}
    machine = {SKELETON.names[k] for k in np.flatnonzero((people.sure == MACHINE).any(axis=0))}
    assert machine == {f"{side}_{point}" for side in ("left", "right") for point in ("heel", "big_toe")}
    without = photographs("choose", feet=False)
    assert not (without.sure == MACHINE).any()
    assert (people.xy[without.sure > 0] == without.xy[without.sure > 0]).all()
    crops = json.loads((shared / "data" / "real_people" / "labels.json").read_text(encoding="utf-8"))["crops"]
    first = next(crop for crop in crops if crop["file"] == people.names[0])
    for name in ("left_knee", "right_wrist", "nose"):
        if first["keypoints"][name] is not None:
            assert people.xy[0][SKELETON.index(name)] == pytest.approx(first["keypoints"][name][:2])
