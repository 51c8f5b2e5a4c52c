"""The rendered runner: a camera by hand, and a body whose feet stand on the belt exactly while they should."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from gaitlab.core.pose import FloatArray
from tools.synthetic.rig import foot_turn, rotation
from tools.synthetic.scene import Camera

SIDES = ("left", "right")
ROOT = Path(__file__).resolve().parents[2]


def test_the_camera_shows_forward_up_and_near_where_they_belong() -> None:
    """In the runner's plane a metre is px_per_m; seen from the left everything forward goes to image-left."""
    forward, up = np.array([0.5, 0.9, 0.0]), np.array([0.0, 1.4, 0.0])
    for seen_from, direction in (("right", 1.0), ("left", -1.0)):
        camera = Camera(seen_from=seen_from, height_m=0.9, middle_m=0.9, view_m=2.4, height_px=720, width_px=640)
        x, y, nearness = camera.project(forward)
        assert x == pytest.approx(319.5 + direction * 150)
        assert y == pytest.approx(359.5)
        assert nearness == pytest.approx(1 / camera.distance_m)
        assert camera.project(up)[1] == pytest.approx(359.5 - 150)
    behind = Camera(seen_from="behind")
    assert behind.project(np.array([0.0, 0.9, 0.3]))[0] > 319.5  # the runner's right is image-right
    assert behind.project(np.array([-1.0, 0.9, 0.0]))[2] > behind.project(np.array([1.0, 0.9, 0.0]))[2]


def test_a_rolled_camera_lets_the_belt_fall_to_the_right() -> None:
    camera = Camera(roll_deg=3.0, height_m=0.9)
    back, front = camera.project(np.array([[-0.5, 0.0, 0.0], [0.5, 0.0, 0.0]]))[:, :2]
    slope_deg = np.degrees(np.arctan2(front[1] - back[1], front[0] - back[0]))
    assert slope_deg == pytest.approx(3.0)


@pytest.mark.parametrize("side", SIDES)
def test_the_foot_turns_as_its_words_say(side: str) -> None:
    one, zero = np.ones(1), np.zeros(1)
    outwards = {"left": -1.0, "right": 1.0}[side]
    toe, top = np.array([1.0, 0.0, 0.0]), np.array([0.0, 1.0, 0.0])
    up = foot_turn(side=side, foot_deg=20 * one, roll_deg=zero, toe_out_deg=0.0)[0] @ toe
    assert np.degrees(np.arctan2(up[1], up[0])) == pytest.approx(20)
    out = foot_turn(side=side, foot_deg=zero, roll_deg=zero, toe_out_deg=10.0)[0] @ toe
    assert np.degrees(np.arctan2(outwards * out[2], out[0])) == pytest.approx(10)
    # Eversion: the top of the heel leans to the other leg.
    everted = foot_turn(side=side, foot_deg=zero, roll_deg=8 * one, toe_out_deg=0.0)[0] @ top
    assert np.degrees(np.arctan2(-outwards * everted[2], everted[1])) == pytest.approx(8)


def test_rotations_follow_the_right_hand() -> None:
    quarter = np.array(np.pi / 2)
    x, y, z = np.eye(3)
    assert rotation("z", quarter) @ x == pytest.approx(y, abs=1e-12)
    assert rotation("x", quarter) @ y == pytest.approx(z, abs=1e-12)
    assert rotation("y", quarter) @ z == pytest.approx(x, abs=1e-12)


@pytest.mark.skipif(not any(map(shutil.which, ("cc", "gcc", "clang"))), reason="no C compiler")
def test_the_nearer_triangle_hides_the_other() -> None:
    from tools.synthetic.raster import Lamp, Mesh, paint

    triangle = np.array([[0, 0, 0], [20, 0, 0], [0, 20, 0]], np.float32)
    image, depth = np.zeros((10, 10, 3), np.float32), np.zeros((10, 10), np.float32)
    for nearness, blue in ((0.5, 1.0), (0.25, 0.0)):
        screen = triangle + np.array([0, 0, nearness], np.float32)
        albedo = np.tile(np.array([blue, 0, 1 - blue], np.float32), (3, 1))
        mesh = Mesh(
            triangle, np.tile(np.array([0, 0, 1], np.float32), (3, 1)), albedo, np.zeros(3, np.float32),
            np.array([[0, 1, 2]], np.int32),
        )  # fmt: skip
        paint(mesh, screen, Lamp(), np.array([0.0, 0.0, 5.0]), None, image, depth)
    assert depth[:9, :9] == pytest.approx(0.5)
    assert image[4, 4, 0] > 0
    assert image[4, 4, 2] == 0


@pytest.mark.skipif(shutil.which("cc") is None, reason="needs a C compiler")
def test_drawing_leaves_the_smallest_numbers_to_others() -> None:
    code = (
        "from tools.synthetic.raster import vertex_normals; import numpy as np;"
        "vertex_normals(np.eye(3), np.array([[0, 1, 2]])); assert np.float64(5e-324) * np.float64(1) > 0"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)


@pytest.mark.shared
def test_the_ankle_s_table_is_what_the_markers_show(shared: Path) -> None:
    """Half of the trials give the table within the spread of the runners: it was not made up."""
    from benchmarks.ankle_in_shoe import PHASES, ankle_course
    from benchmarks.truth import load_trial
    from tools.synthetic.ankle import ankle_in_shoe_m

    trials = [load_trial(path) for path in sorted((shared / "data" / "treadmill_truth").glob("*_3.5mps.npz"))]
    courses = [ankle_course(trial, side) for trial in trials for side in SIDES]
    measured = np.nanmean([course for course in courses if course is not None], axis=0)
    table = ankle_in_shoe_m(np.array(PHASES), strike_s=np.array([0.0, 2.0]), toe_off_s=np.array([1.0, 3.0]))
    assert table[:, :2] == pytest.approx(measured, abs=0.003)
    assert table[0, 1] > 0.015 > 0.002 > table[PHASES.index(0.2), 1]


@pytest.fixture(scope="module")
def scene():  # type: ignore[no-untyped-def]
    pytest.importorskip("anny", reason="the body model is not installed: pip install '.[synthetic]'")
    from tools.synthetic.clips import DEMO
    from tools.synthetic.film import Figure
    from tools.synthetic.motion import Motion

    clip = DEMO["side"]
    figure = Figure(clip.person)
    motion = Motion(figure.shape, clip.style, duration_s=3.0, rng=np.random.default_rng(1))
    return clip.style, figure, motion


class TestMotion:
    """One runner, looked at every millisecond round its contacts."""

    @staticmethod
    def marks(scene, time_s: FloatArray) -> dict[str, FloatArray]:  # type: ignore[no-untyped-def]
        from tools.synthetic.rig import place

        _, figure, motion = scene
        return figure.marks(place(figure.shape, motion.at(time_s)))

    def contacts(self, scene, side: str) -> list[tuple[float, float]]:  # type: ignore[no-untyped-def]
        found = scene[2].contacts
        pairs = zip(found.strike_s[side], found.toe_off_s[side], strict=True)
        return [(a, b) for a, b in pairs if a > 0 and b < 3.0]

    @pytest.mark.parametrize("side", SIDES)
    def test_the_planted_toe_rides_with_the_belt(self, scene, side: str) -> None:  # type: ignore[no-untyped-def]
        for start_s, end_s in self.contacts(scene, side):
            time_s = np.linspace(start_s + 0.25 * (end_s - start_s), start_s + 0.95 * (end_s - start_s), 30)
            toe = self.marks(scene, time_s)[f"{side}_big_toe"]
            assert np.diff(toe[:, 0]) / np.diff(time_s) == pytest.approx(-scene[0].speed_mps, abs=0.02)
            assert np.ptp(toe[:, 1]) < 0.001

    @pytest.mark.parametrize("side", SIDES)
    def test_the_sole_touches_the_belt_in_contact_only(self, scene, side: str) -> None:  # type: ignore[no-untyped-def]
        from tools.synthetic.body import SEGMENT
        from tools.synthetic.rig import place

        _, figure, motion = scene
        own = figure.dressed.weights[:, [SEGMENT[f"{side}_foot"], SEGMENT[f"{side}_toes"]]].sum(axis=1) > 0.99

        def lowest_m(time_s: float) -> float:
            placed = place(figure.shape, motion.at(np.array([time_s])))
            return float(figure.posed(placed, 0, on_belt=False).points[own, 1].min())

        start_s, end_s = self.contacts(scene, side)[0]
        for share in (0.0, 0.2, 0.5, 0.8, 1.0):
            assert abs(lowest_m(start_s + share * (end_s - start_s))) < 0.006
        # 10 ms before it lands the heel is falling, and well clear in mid-swing.
        assert lowest_m(start_s - 0.010) > 0.004
        assert lowest_m(end_s + 0.2) > 0.02

    def test_bones_keep_their_length(self, scene) -> None:  # type: ignore[no-untyped-def]
        marks = self.marks(scene, np.arange(0.0, 1.5, 0.01))
        for side in SIDES:
            for a, b in (("hip", "knee"), ("knee", "ankle"), ("heel", "heel_top"), ("calf_bottom", "calf_top")):
                length = np.linalg.norm(marks[f"{side}_{a}"] - marks[f"{side}_{b}"], axis=1)
                assert np.ptp(length) < 1e-6

    @pytest.mark.parametrize("side", SIDES)
    def test_the_ankle_lands_high_in_the_shoe_and_sinks(self, scene, side: str) -> None:  # type: ignore[no-untyped-def]
        """Measured at foot strike: 20.1 mm up and 17.3 mm back from where the ankle is under load (40 % of stance)."""
        shares = np.array([0.0, 0.2, 0.4])
        for start_s, end_s in self.contacts(scene, side):
            marks = self.marks(scene, start_s + shares * (end_s - start_s))
            heel, top, ankle = (marks[f"{side}_{name}"][:, :2] for name in ("heel", "heel_top", "ankle"))
            up = (top - heel) / np.linalg.norm(top - heel, axis=1, keepdims=True)
            forward = np.stack([up[:, 1], -up[:, 0]], axis=1)
            height, reach = ((ankle - heel) * up).sum(axis=1), ((ankle - heel) * forward).sum(axis=1)
            assert height - height[2] == pytest.approx([0.0201, 0.001, 0], abs=0.002)
            assert reach - reach[2] == pytest.approx([-0.0173, -0.0068, 0], abs=0.002)

    def test_the_runner_flies_under_gravity(self, scene) -> None:  # type: ignore[no-untyped-def]
        from tools.synthetic.motion import _PELVIS_SHARE

        _, end_s = self.contacts(scene, "left")[0]
        time_s = end_s + np.arange(0.02, 0.08, 0.01)
        height = self.marks(scene, time_s)["mid_hip"][:, 1]
        assert np.diff(height, 2) / 0.01**2 == pytest.approx(-9.81 * _PELVIS_SHARE, rel=0.1)

    def test_the_pelvis_drops_on_the_swing_side_and_the_arms_swing_against_the_legs(self, scene) -> None:  # type: ignore[no-untyped-def]
        for side, other in (("left", "right"), ("right", "left")):
            start_s, end_s = self.contacts(scene, side)[0]
            marks = self.marks(scene, np.array([start_s, start_s + 0.4 * (end_s - start_s)]))
            assert marks[f"{other}_hip"][1, 1] < marks[f"{side}_hip"][1, 1] - 0.005
            assert marks[f"{side}_wrist"][0, 0] < marks[f"{other}_wrist"][0, 0] - 0.1
