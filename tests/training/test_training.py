"""How the network is made: labels stay on what they name through crop and mirror, and the loss wants them there."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="training needs torch: pip install -e '.[training]'")

from training.augment import SKELETON, Stored, _tilted, sample  # noqa: E402
from training.network import HEIGHT_PX, STRIDE, WIDTH_PX  # noqa: E402
from training.photographs import MACHINE, UNKNOWN  # noqa: E402
from training.poses import poses  # noqa: E402
from training.train import Plan, away_cells, learners, loss_of, point_weights, teacher_of, unlike  # noqa: E402

WEIGHTS = Path(__file__).resolve().parents[2] / "training" / "weights.npz"


def _stored(name: str) -> Stored:
    """One dark picture with a bright dot where a point is; the others lie round it and hold the box open."""
    rng = np.random.default_rng(0)
    xy = rng.uniform([60, 40], [160, 250], (len(SKELETON), 2))
    image = np.full((288, 224, 3), 20, np.uint8)
    cv2.circle(image, tuple(np.round(xy[SKELETON.index(name)]).astype(int).tolist()), 5, (250, 250, 250), -1)
    blob = cv2.imencode(".png", image)[1]
    seen = np.ones((1, len(SKELETON)), bool)
    return Stored([blob], [blob], [blob], xy[None], seen, np.array([200.0]), np.array(["side"]), np.array(["running"]))


def test_a_label_follows_its_point_through_crop_turn_and_mirror() -> None:
    """The bright dot is the left knee; where a crop is mirrored it is the right knee, and nowhere else is it bright."""
    stored, names = _stored("left_knee"), ("left_knee", "right_knee")
    found = dict.fromkeys(names, 0)
    for seed in range(60):
        rng = np.random.default_rng(seed)
        crop, xy, sure = sample(stored, 0, rng)
        grey = cv2.GaussianBlur(crop.max(axis=2).astype(np.float32), (0, 0), 2)
        at = {
            name: float(grey[tuple(np.round(xy[SKELETON.index(name)]).astype(int)[::-1])])
            for name in names
            if sure[SKELETON.index(name)] == 1
        }
        if len(at) == 2 and abs(at["left_knee"] - at["right_knee"]) > 60:
            found[max(at, key=lambda name: at[name])] += 1
    assert min(found.values()) > 10, found  # about half of the crops are mirrored


def test_a_camera_that_looks_down_keeps_the_middle_and_makes_heads_large() -> None:
    """Of two upright lines the upper ends come apart, as the shoulders of somebody seen from above do."""
    focal_px, degrees = 400.0, 10.0
    turn = _tilted(degrees, focal_px=focal_px)
    middle = np.array([(WIDTH_PX - 1) / 2, (HEIGHT_PX - 1) / 2])
    corners = middle + np.array([[0, 0], [-40, -80], [40, -80], [-40, 80], [40, 80]], dtype=float)
    there = cv2.perspectiveTransform(corners[None], turn)[0] - middle
    assert np.abs(there[0]).max() < 1e-9
    # By hand: a ray (x, y, f) turned about the picture's horizontal is (x, y cos - f sin, y sin + f cos).
    c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    expected_x = 40 * focal_px / (-80 * s + focal_px * c)
    expected_y = focal_px * (-80 * c - focal_px * s) / (-80 * s + focal_px * c) + focal_px * s / c
    assert np.allclose(there[2], [expected_x, expected_y])
    assert np.ptp(there[1:3, 0]) > np.ptp(there[3:5, 0])


def test_a_judged_crop_is_neither_mirrored_nor_turned() -> None:
    stored = _stored("left_ankle")
    crop, xy, sure = sample(stored, 0, np.random.default_rng(1), train=False)
    x, y = xy[SKELETON.index("left_ankle")]
    row, column = np.unravel_index(
        cv2.GaussianBlur(crop[..., 0].astype(np.float32), (0, 0), 2).argmax(), crop.shape[:2]
    )
    assert np.hypot(column - x, row - y) < 2
    assert (sure == 1).all()


def test_the_loss_is_smallest_where_the_point_is() -> None:
    """A peak on the true cell costs less than a flat map, and that less than a peak elsewhere."""
    count = len(SKELETON)
    xy = torch.full((1, count, 2), 81.5)  # cell (81.5 + 0.5) / 4 - 0.5 = 20
    sure = torch.ones(1, count)

    def cost(row: int | None, column: int = 20) -> float:
        logits = torch.zeros(1, count, HEIGHT_PX // STRIDE, WIDTH_PX // STRIDE)
        if row is not None:
            logits[:, :, row, column] = 6.0
        return float(loss_of(logits, xy, sure, point_weights()))

    assert cost(20) < cost(None) < cost(5)
    assert cost(20) < cost(20, 25)


def test_a_bell_a_little_off_costs_as_much_as_it_is_off() -> None:
    """Under a window of spread w the centroid of a bell of spread s that lies d off is d w² / (w² + s²), doubled."""
    rows, columns = np.mgrid[:56, :40]
    off, spread, window = 0.3, 1.1, 1.2
    bell = np.exp(-0.5 * ((columns - 20 - off) ** 2 + (rows - 30) ** 2) / spread**2)
    maps = torch.from_numpy(bell / bell.sum()).float()[None, None].requires_grad_()
    away = away_cells(maps, torch.tensor([[[20.0, 30.0]]]))
    expected = 2 * off * window**2 / (window**2 + spread**2) - 0.05  # less half of where the loss is round
    assert float(away.detach()) == pytest.approx(expected, abs=0.01)
    away.sum().backward()
    assert maps.grad is not None
    assert float(maps.grad[0, 0, 30, 22]) > 0 > float(maps.grad[0, 0, 30, 18])  # more on the far side costs, less gains


def test_outside_the_crop_a_flat_map_is_best() -> None:
    count = len(SKELETON)
    xy, sure = torch.full((1, count, 2), -40.0), torch.zeros(1, count)
    flat = torch.zeros(1, count, HEIGHT_PX // STRIDE, WIDTH_PX // STRIDE)
    peaked = flat.clone()
    peaked[..., 3, 3] = 8.0
    sure[0, 0], xy[0, 0] = 1.0, 100.0  # one point is there, or there is nothing to weigh against
    assert float(loss_of(flat, xy, sure, point_weights())) < float(loss_of(peaked, xy, sure, point_weights()))


def test_what_nobody_labelled_teaches_nothing_and_what_a_machine_says_little() -> None:
    """Of two points the second is unknown: its map has no gradient. A machine's point pulls with a quarter."""
    count = len(SKELETON)
    xy, sure = torch.full((1, count, 2), 80.0), torch.full((1, count), UNKNOWN)
    sure[0, 0] = 1.0
    logits = torch.randn(1, count, 56, 40, generator=torch.Generator().manual_seed(1)).requires_grad_()
    loss_of(logits, xy, sure, point_weights()).backward()
    assert logits.grad is not None
    assert float(logits.grad[0, 0].abs().max()) > 0
    assert float(logits.grad[0, 1:].abs().max()) == 0
    pulls = []
    for how in (1.0, MACHINE):
        sure[0, :2] = torch.tensor([how, 1.0])
        logits = logits.detach().requires_grad_()
        loss_of(logits, xy, sure, point_weights()).backward()
        pulls.append(float(logits.grad[0, 0].abs().max() / logits.grad[0, 1].abs().max()))  # type: ignore[index]
    assert pulls[1] / pulls[0] == pytest.approx(MACHINE, rel=0.01)


def test_a_small_network_learns_from_the_large_one_what_nobody_labelled() -> None:
    """Unlabelled points pull towards the large network's maps, points outside the crop do not."""
    teacher = torch.randn(1, 3, 4, 5, generator=torch.Generator().manual_seed(1))
    sure = torch.tensor([[UNKNOWN, 0.0, 1.0]])
    same, other = teacher.clone(), teacher.clone()
    other[:, 1] += torch.randn(4, 5)
    assert torch.allclose(unlike(same, teacher, sure), unlike(other, teacher, sure))
    other[:, 0] += torch.randn(4, 5)
    assert unlike(other, teacher, sure) > unlike(same, teacher, sure) + 0.01


def test_who_teaches_stays_as_it_is_and_must_be_named(tmp_path: Path) -> None:
    targets = {"runner-fast": tmp_path / "fast.pt"}
    plan = Plan(1.0, 2, 1e-3, 1, 1, 0.0, False, False, WEIGHTS, targets, tmp_path / "meeting")
    teacher, (learner,) = teacher_of(plan), learners(plan)
    assert teacher is not None
    assert not teacher.training
    assert not any(p.requires_grad for p in teacher.parameters())
    assert all(p.requires_grad for p in learner.network.parameters())
    assert sum(p.numel() for p in learner.network.parameters()) < sum(p.numel() for p in teacher.parameters()) / 2
    assert teacher_of(replace(plan, targets={"runner": tmp_path / "runner.pt"})) is None
    with pytest.raises(ValueError, match="--start"):
        teacher_of(replace(plan, start=None))


@pytest.mark.parametrize("kind", ["walking", "standing", "anyhow"])
def test_in_every_pose_the_lower_foot_stands_on_the_belt(kind: str) -> None:
    pytest.importorskip("anny", reason="bodies need anny: pip install -e '.[training]'")
    from tools.synthetic.body import make_shape
    from tools.synthetic.rig import ball_of, heel_of, place

    shape = make_shape(height_m=1.75, gender=0.3, weight=0.4, muscle=0.5)
    channels = poses(shape, kind, count=12, rng=np.random.default_rng(2))  # type: ignore[arg-type]
    placed = place(shape, channels)
    lowest = np.min(
        [
            placed.point(f"{side}_foot", point(shape.joints, side))[:, 1]
            for side in ("left", "right")
            for point in (ball_of, heel_of)
        ],
        axis=0,
    )
    np.testing.assert_allclose(lowest, 0.0, atol=0.02)  # eversion tilts the sole a little


def test_longer_thighs_raise_the_hips_and_not_the_ankles() -> None:
    """Thigh / shank grows by the factor; a joint is a mean of points about it, some of which are not stretched."""
    pytest.importorskip("anny", reason="bodies need anny: pip install -e '.[training]'")
    from tools.synthetic.body import make_shape

    body = {"height_m": 1.8, "gender": 0.2, "weight": 0.4, "muscle": 0.5}
    plain, long = make_shape(**body), make_shape(**body, thigh=1.1)  # type: ignore[arg-type]

    def heights(shape: object) -> np.ndarray:
        joints, points = shape.joints, shape.points  # type: ignore[attr-defined]
        return np.array([joints[f"left_{name}"][1] for name in ("ankle", "knee", "hip")]) - points[:, 1].min()

    assert np.ptp(long.points[:, 1]) == pytest.approx(1.8)
    (ankle, knee, hip), (ankle_l, knee_l, hip_l) = heights(plain), heights(long)
    assert (hip_l - knee_l) / (knee_l - ankle_l) == pytest.approx(1.1 * (hip - knee) / (knee - ankle), rel=0.02)
    assert hip_l > hip + 0.01
    assert ankle_l < ankle  # the whole body shrinks back to its height


def test_shorts_hang_behind_a_thigh_that_goes_forward_and_before_one_that_goes_back() -> None:
    pytest.importorskip("anny", reason="bodies need anny: pip install -e '.[training]'")
    from tools.synthetic.clothes import Outfit
    from tools.synthetic.film import Figure, Person
    from tools.synthetic.rig import place

    outfit = Outfit(legs="shorts", hem=0.9, wide_m=0.03)
    tight, hanging = (Figure(Person(outfit=replace(outfit, drape=share))) for share in (0.0, 0.7))
    channels = poses(tight.shape, "walking", count=40, rng=np.random.default_rng(3))
    placed = place(tight.shape, channels)
    hips_x = placed.point("pelvis", tight.shape.joints["left_hip"])[:, 0]
    lead = placed.point("left_shank", tight.shape.joints["left_knee"])[:, 0] - hips_x
    cloth = np.flatnonzero((hanging.dressed.drape != 0) & (hanging.dressed.points[:, 2] < -0.03))  # the left leg's
    for k, behind in ((int(lead.argmax()), True), (int(lead.argmin()), False)):
        moved = hanging.posed(placed, k).points[cloth, 0] - tight.posed(placed, k).points[cloth, 0]
        facing = np.sign(hanging.dressed.drape[cloth])
        assert (moved * facing > -1e-4).all()  # cloth only ever moves outwards
        back, front = moved[facing < 0], moved[facing > 0]
        assert (np.abs(back).max() > 0.02) == behind
        assert (np.abs(front).max() > 0.02) != behind


def test_a_face_turned_to_the_right_lies_to_the_right_and_moves_nothing_below_the_neck() -> None:
    pytest.importorskip("anny", reason="bodies need anny: pip install -e '.[training]'")
    from tools.synthetic.body import make_shape
    from tools.synthetic.rig import place

    shape = make_shape(height_m=1.75, gender=0.3, weight=0.4, muscle=0.5)
    straight = poses(shape, "standing", count=1, rng=np.random.default_rng(3))
    before, after = (place(shape, replace(straight, head_turn_deg=turn)) for turn in (0.0, 30.0))
    nose = [placed.point("head", shape.joints["nose"])[0] for placed in (before, after)]
    shoulder = [placed.point("thorax", shape.joints["left_shoulder"])[0] for placed in (before, after)]
    assert 0.03 < nose[1][2] - nose[0][2] < 0.12  # z is the runner's right
    assert shoulder[1] == pytest.approx(shoulder[0])


def test_a_shirt_that_hangs_covers_hollows_and_never_cuts_into_the_body() -> None:
    pytest.importorskip("anny", reason="bodies need anny: pip install -e '.[training]'")
    from tools.synthetic.clothes import Outfit
    from tools.synthetic.film import Figure, Person
    from tools.synthetic.raster import vertex_normals

    outfit = Outfit(tail_m=0.2)
    tight, hanging = (Figure(Person(outfit=replace(outfit, hang=share))).dressed for share in (0.0, 1.0))
    moved = np.flatnonzero(np.abs(hanging.points - tight.points).max(axis=1) > 1e-9)
    shift = (hanging.points - tight.points)[moved]
    assert np.abs(shift[:, 1:]).max() < 1e-9
    facing = vertex_normals(tight.points, tight.faces)[moved, 0]
    assert (shift[:, 0] * facing > -1e-6).all()
    assert 0.01 < -shift[:, 0].min() < 0.12  # over the hollow of the back

    def comes_in_m(points: np.ndarray) -> float:
        """How much the outline of the back comes in again on the way down; its last, partial row left out."""
        x, y = points[moved[facing < 0]][:, :2].T
        row = np.floor((y.max() - y) / 0.04)
        return float(np.diff([x[row == k].min() for k in np.unique(row)][:-1]).max())

    assert comes_in_m(hanging.points) < 0.002 < 0.005 < comes_in_m(tight.points)
    assert hanging.marks["left_hip"][1] == pytest.approx(tight.marks["left_hip"][1])


def test_arms_of_their_own_leave_the_legs_alone_and_say_nothing_about_them() -> None:
    """The arms' swing against the legs: wholly so in a runner's motion, on average not at all in borrowed arms."""
    pytest.importorskip("anny", reason="bodies need anny: pip install -e '.[training]'")
    from tools.synthetic.body import make_shape
    from tools.synthetic.motion import Motion
    from tools.synthetic.style import Style
    from training.arms import own_arms

    shape = make_shape(height_m=1.75, gender=0.3, weight=0.4, muscle=0.5)
    motion = Motion(shape, Style(), duration_s=1.3, rng=np.random.default_rng(4))
    time_s = np.linspace(0.1, 1.2, 60)
    plain = motion.at(time_s)
    legs = plain.ankle_m["left"][:, 0] - plain.ankle_m["right"][:, 0]

    def against(channels: object) -> float:
        arms = channels.arm_deg["left"] - channels.arm_deg["right"]  # type: ignore[attr-defined]
        return -float(np.mean((legs - legs.mean()) * (arms - arms.mean())) / (legs.std() * max(arms.std(), 1e-9)))

    assert against(plain) > 0.8
    rng = np.random.default_rng(5)
    carried = [own_arms(motion, (0.05, 1.2), rng).at(time_s) for _ in range(200)]
    assert abs(np.mean([against(channels) for channels in carried])) < 0.15
    for channels in carried[:5]:
        np.testing.assert_array_equal(channels.ankle_m["left"], plain.ankle_m["left"])
        np.testing.assert_array_equal(channels.pelvis_m, plain.pelvis_m)


def test_a_stoop_takes_the_waist_back_and_the_neck_forward_and_a_nod_only_the_head() -> None:
    pytest.importorskip("anny", reason="bodies need anny: pip install -e '.[training]'")
    from tools.synthetic.body import make_shape
    from tools.synthetic.rig import place

    shape = make_shape(height_m=1.75, gender=0.3, weight=0.4, muscle=0.5)
    channels = poses(shape, "standing", count=3, rng=np.random.default_rng(6))
    upright, stooped, nodding = (
        place(shape, replace(channels, **bent)) for bent in ({}, {"stoop_deg": 20.0}, {"nod_deg": 20.0})
    )
    neck, waist, crown = shape.joints["neck_joint"], shape.joints["abdomen"], shape.joints["head"] + [0, 0.15, 0]

    def moved(to: object, segment: str, point: np.ndarray) -> np.ndarray:
        return (to.point(segment, point) - upright.point(segment, point))[:, 0]  # type: ignore[attr-defined]

    assert (moved(stooped, "thorax", shape.joints["thorax"]) < -0.01).all()
    assert ((moved(stooped, "thorax", neck) > 0.03) & (moved(stooped, "thorax", neck) < 0.08)).all()
    np.testing.assert_allclose(moved(stooped, "pelvis", waist), 0, atol=1e-12)
    assert (moved(nodding, "head", crown) > 0.04).all()
    np.testing.assert_allclose(moved(nodding, "thorax", neck), 0, atol=1e-12)


def test_without_an_upper_body_the_legs_are_left_as_they_were() -> None:
    from training.augment import _legs_only

    crop = np.random.default_rng(7).integers(0, 255, (HEIGHT_PX, WIDTH_PX, 3)).astype(np.uint8)
    xy = np.full((len(SKELETON), 2), 200.0)
    for name, y in (("shoulder", 60.0), ("hip", 110.0), ("wrist", 95.0)):
        xy[[SKELETON.index(f"{side}_{name}") for side in ("left", "right")], 1] = y
    for seed in range(20):
        covered, sure = _legs_only(crop, xy, np.ones(len(SKELETON)), np.random.default_rng(seed))
        edge = int(np.flatnonzero((covered == crop).all(axis=(1, 2)))[0])
        assert 110 - 0.25 * 50 - 1 <= edge <= 110 + 0.12 * 50 + 1
        assert (covered[edge:] == crop[edge:]).all()
        assert (sure[xy[:, 1] >= edge] == 1).all()
        assert sure[SKELETON.index("left_shoulder")] == 0.5
    assert (_legs_only(crop, xy + 400, np.ones(len(SKELETON)), np.random.default_rng(1))[0] == crop).all()


def test_movements_are_done_by_anybody_without_legs_that_stretch_or_feet_in_the_floor() -> None:
    pytest.importorskip("anny", reason="bodies need anny: pip install -e '.[training]'")
    from tools.synthetic.film import Figure
    from tools.synthetic.rig import ball_of, heel_of, place
    from training.movements import any_movement
    from training.pictures import any_person

    kinds = set()
    for seed in range(8):
        rng = np.random.default_rng(seed)
        figure = Figure(any_person(rng))
        movement = any_movement(figure, rng)
        kinds.add(movement.kind)
        rest = figure.shape.joints
        placed = place(figure.shape, movement.at(np.linspace(0.1, movement.duration_s - 0.1, 25)))
        for side in ("left", "right"):
            knee, ankle = (placed.point(f"{side}_shank", rest[f"{side}_{joint}"]) for joint in ("knee", "ankle"))
            thigh_end = placed.point(f"{side}_thigh", rest[f"{side}_knee"])
            np.testing.assert_allclose(thigh_end, knee, atol=2e-3)
            np.testing.assert_allclose(placed.point(f"{side}_foot", rest[f"{side}_ankle"]), ankle, atol=0.02)
            for point in (ball_of, heel_of):
                assert placed.point(f"{side}_foot", point(rest, side))[:, 1].min() > -0.03
    assert len(kinds) > 2
