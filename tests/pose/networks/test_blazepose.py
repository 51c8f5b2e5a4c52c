"""The turned crop, the refinement by heatmaps, and feet put on another network's legs."""

from __future__ import annotations

import numpy as np
import pytest

from gaitlab.core.person import Body
from gaitlab.core.skeleton import SKELETONS
from gaitlab.pose.networks.blazepose import lean_deg, refined, square, square_about, square_to_picture
from gaitlab.pose.networks.combined import with_feet

BODY, BLAZE = SKELETONS["body_25"], SKELETONS["blazepose_33"]


def blaze(**places: tuple[float, float]) -> Body:
    return placed(BLAZE, places)


def placed(skeleton, places: dict[str, tuple[float, float]], score: float = 0.8) -> Body:  # type: ignore[no-untyped-def]
    xy = np.full((len(skeleton), 2), np.nan)
    for name, place in places.items():
        xy[skeleton.index(name)] = place
    return Body(xy, np.where(np.isfinite(xy[:, 0]), score, 0.0))


@pytest.mark.parametrize("angle_deg", [-30.0, 0.0, 12.0])
def test_a_leaning_trunk_stands_upright_in_the_input(angle_deg: float) -> None:
    lean = np.deg2rad(angle_deg)
    hips, length = np.array([400.0, 500.0]), 150.0
    shoulders = hips + length * np.array([np.sin(lean), -np.cos(lean)])
    body = blaze(
        left_hip=tuple(hips), right_hip=tuple(hips), left_shoulder=tuple(shoulders), right_shoulder=tuple(shoulders)
    )
    assert lean_deg(body, BLAZE.index) == pytest.approx(angle_deg)
    to_picture = square_to_picture(hips, 512.0, angle_deg)
    back = np.linalg.inv(to_picture[:, :2])
    in_input = [back @ (point - to_picture[:, 2]) for point in (hips, shoulders)]
    assert in_input[0] == pytest.approx([128, 128])
    assert in_input[1] == pytest.approx([128, 128 - length / 2])  # 512 px of the picture are 256 of the input


def test_the_square_is_about_the_hips_wherever_the_limbs_are() -> None:
    box = np.array([300.0, 100.0, 500.0, 700.0])
    body = blaze(left_hip=(360.0, 420.0), right_hip=(370.0, 416.0))
    centre, side = square_about(box, body, BLAZE)
    assert centre == pytest.approx([365, 418])
    assert side == pytest.approx(600 / 0.75)
    one_hip = blaze(left_hip=(360.0, 420.0))
    assert square_about(box, one_hip, BLAZE)[0] == pytest.approx([400, 400])
    assert square_about(np.array([0.0, 0.0, 600.0, 100.0]), one_hip, BLAZE)[1] > 500


def test_the_crop_shows_what_the_map_says() -> None:
    image = np.zeros((300, 400, 3), np.uint8)
    image[140:148, 260:268] = 255  # a spot about (263.5, 143.5)
    to_picture = square_to_picture(np.array([250.0, 150.0]), 200.0, 20.0)
    seen = square(image, to_picture)[:, :, 0].astype(float)
    y, x = np.mgrid[:256, :256]
    spot = np.array([(x * seen).sum(), (y * seen).sum()]) / seen.sum()
    assert to_picture[:, :2] @ spot + to_picture[:, 2] == pytest.approx([263.5, 143.5], abs=0.5)


def test_a_sure_heatmap_moves_a_landmark_an_unsure_one_does_not() -> None:
    y, x = np.mgrid[:64, :64]
    bump = np.exp(-0.5 * ((x - 21) ** 2 + (y - 31) ** 2))
    maps = np.stack([0.9 * bump, 0.4 * bump, np.zeros((64, 64))])
    landmarks = np.array([[80.0, 128.0], [80.0, 128.0], [-5.0, 300.0]])
    result = refined(landmarks, maps)
    assert result[0] == pytest.approx([84, 124], abs=0.3)  # four px of the input a cell
    assert (result[1:] == landmarks[1:]).all()


LEGS = {
    "left_knee": (100, 300), "left_ankle": (60, 400), "right_knee": (140, 300), "right_ankle": (180, 400),
}  # fmt: skip
FEET = {
    "left_knee": (102, 300), "left_ankle": (66, 402), "left_heel": (56, 412), "left_big_toe": (96, 418),
    "right_knee": (141, 301), "right_ankle": (184, 396), "right_heel": (174, 406), "right_big_toe": (214, 412),
}  # fmt: skip


def footed(legs: Body, feet: Body, reach_px: float = 25.0) -> dict[str, list[float]]:
    body = with_feet(legs, BODY, feet, BLAZE, reach_px=reach_px)
    return {
        name: body.xy[BODY.index(name)].tolist() for name in BODY.names if np.isfinite(body.xy[BODY.index(name), 0])
    }


def test_feet_are_moved_onto_the_ankle() -> None:
    found = footed(placed(BODY, LEGS), blaze(**FEET))
    assert found["left_heel"] == [50, 410]
    assert found["right_big_toe"] == [210, 416]
    assert found["left_ankle"] == [60, 400]
    assert "left_small_toe" not in found


def test_feet_go_to_the_ankle_they_belong_to_whatever_the_second_network_calls_them() -> None:
    exchanged = {
        name.replace("left", "x").replace("right", "left").replace("x", "right"): place for name, place in FEET.items()
    }
    assert footed(placed(BODY, LEGS), blaze(**exchanged)) == footed(placed(BODY, LEGS), blaze(**FEET))


def test_an_ankle_seen_elsewhere_gets_no_foot() -> None:
    far = {name: (x + 40 * name.startswith("left"), y) for name, (x, y) in FEET.items()}
    found = footed(placed(BODY, LEGS), blaze(**far))
    assert "left_heel" not in found
    assert "right_heel" in found


def test_an_unsure_ankle_is_taken_from_the_second_network_where_the_knees_agree() -> None:
    unsure = placed(BODY, LEGS)
    score = unsure.score.copy()
    score[[BODY.index("left_ankle"), BODY.index("right_ankle")]] = 0.1
    apart = {name: (x + 60 * (name == "right_knee"), y) for name, (x, y) in FEET.items()}
    found = footed(Body(unsure.xy, score), blaze(**apart))
    assert found["left_ankle"] == [66, 402]
    assert found["left_heel"] == [56, 412]
    assert found["right_ankle"] == [180, 400]
    body = with_feet(Body(unsure.xy, score), BODY, blaze(**FEET), BLAZE, reach_px=25.0)
    assert body.score[BODY.index("left_ankle")] == 0.4
