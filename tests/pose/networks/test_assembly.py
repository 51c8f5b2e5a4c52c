"""People from heatmaps and part affinity fields, drawn so that the answer is known."""

from __future__ import annotations

import itertools
from pathlib import Path

import cv2
import numpy as np
import pytest

from gaitlab.core.person import Body
from gaitlab.core.skeleton import SKELETONS
from gaitlab.io.video.reader import open_video
from gaitlab.pose.networks.assembly import Rules, assemble, limb_scores
from gaitlab.pose.networks.estimator import load_estimator
from gaitlab.pose.networks.limbs import CONFIRMING, LIMBS
from tests.pose.synthetic import COCO, maps, standing

ROWS, COLUMNS = 46, 120


def found(people: list[np.ndarray], skeleton: str = "coco_18", **rules: float) -> list[Body]:
    heatmaps, fields = maps(people, rows=ROWS, columns=COLUMNS, skeleton=SKELETONS[skeleton])
    rules_ = Rules(**rules)  # type: ignore[arg-type]
    return assemble(heatmaps, fields, LIMBS[skeleton], rules=rules_, confirming=CONFIRMING[skeleton])


def same(bodies: list[Body], people: list[np.ndarray], *, within: float = 0.3) -> None:
    """Every person is found once, with all points and only their own."""
    assert len(bodies) == len(people)
    left = list(bodies)
    for person in people:
        best = min(left, key=lambda b: float(np.nanmean(np.linalg.norm(b.xy - person, axis=1))))
        left = [b for b in left if b is not best]
        assert (np.isfinite(best.xy[:, 0]) == np.isfinite(person[:, 0])).all()
        assert np.nanmax(np.linalg.norm(best.xy - person, axis=1)) < within


@pytest.mark.parametrize("count", [1, 2, 3, 4, 5, 6])
def test_people_side_by_side(count: int) -> None:
    random = np.random.default_rng(count)
    people = [standing(12 + 19 * i + random.uniform(-1, 1), random.uniform(1, 5), 38) for i in range(count)]
    same(found(people), people)


def test_crossing_legs_keep_their_owners() -> None:
    # Two people so near each other that the knees and ankles of one lie beyond those of the other.
    first, second = standing(50, 3, 40), standing(60, 3, 40)
    for person, shift in ((first, 6), (second, -6)):
        for side in ("left", "right"):
            person[COCO.index(f"{side}_knee"), 0] += shift / 2
            person[COCO.index(f"{side}_ankle"), 0] += shift
    bodies = found([first, second])
    assert len(bodies) == 2
    for person in (first, second):
        body = min(bodies, key=lambda b: abs(b.xy[1, 0] - person[1, 0]))
        for name in ("left_ankle", "right_ankle", "left_knee", "right_knee"):
            assert np.linalg.norm(body.xy[COCO.index(name)] - person[COCO.index(name)]) < 1.0


@pytest.mark.parametrize("gone", [("left_wrist",), ("nose", "left_eye", "right_eye"), ("right_knee", "right_ankle")])
def test_missing_parts_stay_missing(gone: tuple[str, ...]) -> None:
    person, other = standing(30, 3, 38), standing(80, 3, 38)
    person[[COCO.index(name) for name in gone]] = np.nan
    same(found([person, other]), [person, other])


def test_halves_that_no_limb_joins_are_not_one_person() -> None:
    person = standing(30, 3, 38)
    person[[COCO.index(n) for n in ("neck",)]] = np.nan  # all limbs of the trunk start at the neck
    assert all(np.isfinite(b.xy[:, 0]).sum() <= 5 for b in found([person]))


def test_a_lone_point_and_noise_are_nobody() -> None:
    heatmaps, fields = maps([standing(30, 3, 38)], rows=ROWS, columns=COLUMNS)
    assert assemble(heatmaps, np.zeros_like(fields), LIMBS["coco_18"], rules=Rules()) == []
    noise = np.random.default_rng(0).normal(0, 0.02, heatmaps.shape)
    field_noise = np.random.default_rng(1).normal(0, 0.02, fields.shape)
    assert assemble(noise, field_noise, LIMBS["coco_18"], rules=Rules()) == []
    same(
        assemble(heatmaps + noise, fields + field_noise, LIMBS["coco_18"], rules=Rules()),
        [standing(30, 3, 38)],
        within=0.5,
    )


@pytest.mark.parametrize("skeleton", ["body_25", "mpi_15"])
def test_every_table_of_limbs_reaches_every_point_once(skeleton: str) -> None:
    limbs = LIMBS[skeleton]
    assert {p for a, b, _ in limbs for p in (a, b)} == set(range(len(SKELETONS[skeleton])))
    assert sorted(c for _, _, c in limbs) == list(range(0, 2 * len(limbs), 2))
    # Points in a row, far apart: every limb must be drawn and found by its own channels.
    person = np.random.default_rng(3).uniform((5, 4), (COLUMNS - 5, ROWS - 4), (len(SKELETONS[skeleton]), 2))
    (body,) = found([person], skeleton)[:1]
    assert np.linalg.norm(body.xy - person, axis=1).max() < 0.5


def test_a_limbs_direction_counts() -> None:
    field = np.zeros((2, 20, 40))
    field[0] = 1.0  # pointing to the right everywhere
    a, b = np.array([[5.0, 10]]), np.array([[30.0, 10]])
    score, share = limb_scores(a, b, field, threshold=0.05)
    assert (score[0, 0], share[0, 0]) == (1.0, 1.0)
    score, share = limb_scores(b, a, field, threshold=0.05)
    assert (score[0, 0], share[0, 0]) == (0.0, 0.0)


@pytest.mark.shared
def test_two_runners_in_one_real_picture(shared: Path) -> None:
    with open_video(shared / "data/treadmill_side/male_side.mp4") as video:
        image = next(iter(video.frames())).image
    right = cv2.flip(image, 1)
    both = np.concatenate([image[500:, :500], right[500:, 220:]], axis=1)
    people = load_estimator("openpose-light", models_dir=shared / "models").detect_people(np.ascontiguousarray(both))
    assert len(people) == 2
    boxes = sorted((b.box for b in people), key=lambda box: box[0])
    assert boxes[0][2] < 500 < boxes[1][0]
    for a, b in itertools.combinations(people, 2):
        assert np.nanmin(np.linalg.norm(a.xy - b.xy, axis=1)) > 50
