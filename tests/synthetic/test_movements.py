"""Movements whose truth is known: a throw is a throw, planted feet stay, bones keep their length."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from gaitlab.core.pose import FloatArray, PoseSequence
from gaitlab.core.skeleton import SKELETONS, Skeleton
from gaitlab.kinematics.side import sagittal_angles
from tools.synthetic.body import SIDES
from tools.synthetic.movements.make import KINDS, make_movement
from tools.synthetic.movements.points import NAMES, film_points, true_angles
from tools.synthetic.movements.stance import Movement
from tools.synthetic.movements.tracks import Track

_JUMPS = ("countermovement_jump", "squat_jump", "drop_jump")
_SEEDS = range(6)
# Not every joint is a point of both segments that it joins: the hip's two are.
_BONES = [(f"{s}_{a}", f"{s}_{b}") for s in SIDES for a, b in (
    ("hip", "knee"), ("knee", "ankle"), ("ankle", "heel"), ("shoulder", "elbow"), ("elbow", "wrist"))]  # fmt: skip


def _fine(movement: Movement, hz: float = 500.0) -> FloatArray:
    return np.arange(0.0, movement.duration_s, 1 / hz)


def test_a_track_is_of_least_jerk_or_a_throw() -> None:
    """Half of the way at half time with 15/8 of the mean speed; a parabola where the knots are a throw's."""
    still = Track([(1.0, 0.0), (3.0, 4.0)])
    assert still(np.array([0.0, 1.0, 2.0, 3.0, 9.0])) == pytest.approx([0, 0, 2, 4, 4])
    assert (still(np.array([2.001])) - still(np.array([1.999])))[0] / 0.002 == pytest.approx(2 * 15 / 8, rel=1e-4)
    thrown = Track([(0.0, 1.0, 2.0, -9.81), (0.3, 1 + 0.6 - 9.81 * 0.045, 2 - 9.81 * 0.3, -9.81)])
    t = np.linspace(0, 0.3, 7)
    assert thrown(t) == pytest.approx(1 + 2 * t - 9.81 * t**2 / 2)


@pytest.mark.parametrize(("kind", "seed"), list(itertools.product(KINDS, _SEEDS)))
def test_bones_keep_their_length_and_knees_bend_forward(kind: str, seed: int) -> None:
    movement = make_movement(kind, seed=seed)
    points = movement.points_m(_fine(movement, 100))
    for a, b in _BONES:
        length = np.linalg.norm(points[a] - points[b], axis=-1)
        assert np.ptp(length) < 1e-6, (a, b)
    angles = true_angles(movement.body, points)
    for side in SIDES:
        knee = angles[f"{side}_knee_flexion_deg"]
        assert knee.min() > 2
        assert knee.max() < 150
        assert angles[f"{side}_elbow_flexion_deg"].max() < 150


@pytest.mark.parametrize(("kind", "seed"), list(itertools.product(_JUMPS, _SEEDS)))
def test_the_hips_are_thrown_exactly_while_the_feet_are_off_the_ground(kind: str, seed: int) -> None:
    movement = make_movement(kind, seed=seed)
    truth = movement.truth
    for off_s, land_s, height_m, rise_m, top_s in zip(
        *(truth[n] for n in ("take_off_s", "landing_s", "jump_height_m", "hip_rise_m", "top_s")), strict=True
    ):
        time_s = np.linspace(off_s, land_s, 301)
        points = movement.points_m(time_s)
        hip = points["mid_hip"][:, 1]
        step_s = time_s[1] - time_s[0]
        assert np.diff(hip, 2) / step_s**2 == pytest.approx(-9.81, abs=1e-3)
        assert height_m == pytest.approx(9.81 * (land_s - off_s) ** 2 / 8)
        at_top = movement.points_m(np.array([top_s]))["mid_hip"][0, 1]
        assert at_top - hip[0] == pytest.approx(rise_m, abs=1e-6)
        # A throw that ends lower by d takes longer: its flight height is that of the mean of both ways' roots.
        lower_m = hip[0] - hip[-1]
        roots = (np.sqrt(rise_m) + np.sqrt(rise_m + lower_m)) / 2
        assert height_m == pytest.approx(roots**2, abs=1e-6)
        assert lower_m == pytest.approx(truth["hip_lower_at_landing_m"][0], abs=1e-6)
        # The balls of the feet are on the ground at both ends and off it between.
        for side in SIDES:
            ball = _ball_m(movement, side, time_s)[:, 1]
            assert abs(ball[0]) < 1e-6
            assert abs(ball[-1]) < 1e-6
            assert ball[1:-1].min() > 0
            assert np.all(np.diff(ball[:20]) > 0)


def _ball_m(movement: Movement, side: str, time_s: FloatArray) -> FloatArray:
    from tools.synthetic.rig import ball_of, place

    placed = place(movement.body.shape, movement.at(time_s))
    return placed.point(f"{side}_foot", ball_of(movement.body.joints, side))


@pytest.mark.parametrize(("kind", "seed"), list(itertools.product(KINDS, _SEEDS)))
def test_planted_feet_do_not_move(kind: str, seed: int) -> None:
    """In a jump until take-off and from landing on; pedalled feet keep to the circle of their cranks instead."""
    movement = make_movement(kind, seed=seed)
    time_s = _fine(movement, 200)
    if kind == "cycling":
        radii = [np.linalg.norm(_ball_m(movement, s, time_s)[:, :2] - [0.0, 0.29 + 0.015], axis=-1) for s in SIDES]
        assert np.stack(radii) == pytest.approx(float(movement.truth["crank_m"]), abs=1e-6)
        return
    on_ground = np.ones(len(time_s), bool)
    truth = movement.truth
    if kind == "drop_jump":
        on_ground &= time_s >= truth["first_contact_s"][0]
    for off_s, land_s in zip(truth.get("take_off_s", []), truth.get("landing_s", []), strict=True):
        on_ground &= (time_s <= off_s) | (time_s >= land_s)
    for side in SIDES:
        ball = _ball_m(movement, side, time_s)[on_ground]
        assert np.ptp(ball, axis=0) == pytest.approx([0, 0, 0], abs=1e-6)
        points = movement.points_m(time_s[on_ground])
        assert np.ptp(points[f"{side}_big_toe"], axis=0) == pytest.approx([0, 0, 0], abs=1e-3)
        heel = points[f"{side}_heel"][:, 1]
        if kind in ("squat", "sit_to_stand", "arm_raise"):
            assert np.ptp(heel) < 1e-6


def test_heels_come_up_where_they_are_asked_to() -> None:
    flat, raised = (film_points("squat", seed=3, heel_deg=heel)[1] for heel in (0.0, 12.0))
    heel = list(flat["names"]).index("left_heel")
    assert np.ptp(flat["points_m"][:, heel, 1]) < 1e-4
    assert 0.03 < np.ptp(raised["points_m"][:, heel, 1]) < 0.08
    assert bool(raised["heel_lift"])
    assert not bool(flat["heel_lift"])


@pytest.mark.parametrize("knee_deg", [25.0, 32.0, 40.0])
def test_the_saddle_is_where_the_knee_is_as_asked(knee_deg: float) -> None:
    _, truth = film_points("cycling", seed=5, knee_deg=knee_deg)
    names = list(truth["angle_names"])
    for side in SIDES:
        knee = truth[f"{side}_bottom_angles_deg"][:, names.index(f"{side}_knee_flexion_deg")]
        assert knee == pytest.approx(knee_deg, abs=0.01)
    # Lower saddle, more bent knee.
    assert truth["saddle_height_m"] > film_points("cycling", seed=5, knee_deg=knee_deg + 3)[1]["saddle_height_m"]


def test_the_crank_goes_round_as_often_as_is_said() -> None:
    """The foot is lowest at the bottom, and there is a revolution from one bottom to the next."""
    movement = make_movement("cycling", seed=2, cadence_rpm=75.0, duration_s=12.0)
    bottoms_s = movement.truth["right_bottom_s"]
    assert len(bottoms_s) in (14, 15)
    ball = _ball_m(movement, "right", np.array([bottoms_s - 0.02, bottoms_s, bottoms_s + 0.02]).ravel())[:, 1]
    before, at, after = ball.reshape(3, -1)
    assert np.all((at < before) & (at < after))
    assert 60 / np.diff(bottoms_s).mean() == pytest.approx(float(movement.truth["cadence_rpm"]), rel=0.01)
    forward = movement.curves["crank_deg"](np.array([0.0, 1.0]))
    assert forward[1] - forward[0] == pytest.approx(75 * 6, rel=0.04)


@pytest.mark.parametrize("seed", _SEEDS)
def test_a_squat_is_as_deep_and_as_slow_as_asked(seed: int) -> None:
    """Feet apart turn the legs' plane a little out of the side view: within 1.5 degrees."""
    _, truth = film_points("squat", seed=seed, thighs_deg=(25.0, 0.0), down_s=1.5, hold_s=0.6, up_s=0.9)
    names = list(truth["angle_names"])
    for side in SIDES:
        thigh = truth["deepest_angles_deg"][:, names.index(f"{side}_thigh_over_horizontal_deg")]
        assert thigh == pytest.approx([25.0, 0.0], abs=1.5)
    assert truth["bottom_start_s"] - truth["start_s"] == pytest.approx(1.5)
    assert np.all(truth["eccentric_s"] < truth["down_s"])
    assert np.all(truth["pause_s"] > truth["hold_s"])
    assert int(truth["repetitions"]) == 2


def test_no_force_pulls_on_the_ground() -> None:
    """Standing on it, nobody falls faster than freely."""
    for kind, seed in itertools.product(("countermovement_jump", "squat_jump", "squat", "sit_to_stand"), _SEEDS):
        movement = make_movement(kind, seed=seed)
        time_s = _fine(movement, 400)
        hip = movement.points_m(time_s)["mid_hip"][:, 1]
        assert (np.diff(hip, 2) * 400**2).min() > -9.9, (kind, seed)


def test_angles_are_those_of_the_package() -> None:
    """An independent formula gives the same side view; a mirrored pose swaps the sides."""
    movement = make_movement("lunge", seed=1)
    points = movement.points_m(_fine(movement, 30))
    true = true_angles(movement.body, points)
    xy = np.stack([points[name] for name in NAMES], axis=1)[..., :2] * [1, -1]
    pose = PoseSequence(xy, np.ones(xy.shape[:2]), _fine(movement, 30), Skeleton("truth", NAMES))
    found = sagittal_angles(pose, forward=1).values_deg
    for name in ("trunk_lean_deg", *(f"{s}_{j}_flexion_deg" for s in SIDES for j in ("knee", "hip"))):
        assert found[name] == pytest.approx(true[name], abs=1e-9), name
    mirrored = {
        name: points[name.replace("left", "?").replace("right", "left").replace("?", "right")] * [1, 1, -1]
        for name in points
    }
    swapped = true_angles(movement.body, mirrored)
    for joint in ("knee_flexion", "thigh", "shoulder_flexion", "knee_projection"):
        assert swapped[f"left_{joint}_deg"] == pytest.approx(true[f"right_{joint}_deg"], abs=1e-6)
    assert not np.allclose(true["left_knee_flexion_deg"], true["right_knee_flexion_deg"])


def test_a_knee_that_turns_in_is_positive_on_both_sides() -> None:
    names = list(film_points("squat", seed=4)[1]["angle_names"])
    straight, turned = (
        film_points("squat", seed=4, knee_in_deg=degrees)[1]["deepest_angles_deg"] for degrees in (0.0, 15.0)
    )
    for side in SIDES:
        column = names.index(f"{side}_knee_projection_deg")
        assert np.all(turned[:, column] > straight[:, column] + 5)


@pytest.mark.parametrize("kind", KINDS)
def test_points_are_filmed_with_noise_and_their_truth(kind: str) -> None:
    pose, truth = film_points(kind, fps=30, seed=8, noise_px=2.0, view="front", width_px=637, height_px=853)
    assert pose.skeleton is SKELETONS["body_25"]
    assert pose.fps == pytest.approx(30)
    exact = truth["xy_px"][:, [list(truth["names"]).index(n) for n in pose.skeleton.names]]
    assert np.std(pose.xy - exact) == pytest.approx(2.0, rel=0.05)
    assert exact.min() > 0
    assert exact[..., 0].max() < 637
    assert exact[..., 1].max() < 853
    # The person's left is at image-right from the front.
    left, right = (pose.xy[0, pose.skeleton.index(f"{s}_hip"), 0] for s in SIDES)
    assert left > right
    faster = film_points(kind, fps=120, seed=8)[1]
    assert int(faster["repetitions"]) == int(truth["repetitions"])
    assert faster["points_m"][::4][: len(truth["time_s"])] == pytest.approx(truth["points_m"], abs=1e-5)


def test_what_is_unknown_is_said() -> None:
    with pytest.raises(ValueError, match="choose one of countermovement_jump"):
        film_points("handstand")
    with pytest.raises(ValueError, match="has no depth; it has thighs_deg"):
        film_points("squat", depth=3)


def test_bodies_are_those_of_the_body_model() -> None:
    pytest.importorskip("anny")
    from tools.synthetic.film import Figure, Person
    from tools.synthetic.movements.bodies import bodies

    body = bodies()[1]
    figure = Figure(Person(**body.person))  # type: ignore[arg-type]
    for name, (segment, at) in figure.dressed.marks.items():
        assert body.marks[name][0] == segment
        assert body.marks[name][1] == pytest.approx(at, abs=1e-4)
