"""Pictures: angles by hand, OpenPose's files read back, confidence where the points are."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from gaitlab.core.errors import InputError, OutputError
from gaitlab.core.person import Body
from gaitlab.core.skeleton import SKELETONS
from gaitlab.io.keypoints import read_keypoints
from gaitlab.io.video.reader import open_video
from gaitlab.pose.networks.estimator import load_estimator
from gaitlab.pose.still import confidence_maps, limb_angles, read_image, write_openpose_json
from tests.pose.synthetic import COCO, standing

BODY = SKELETONS["body_25"]


def person(**places: tuple[float, float]) -> Body:
    xy = np.full((len(BODY), 2), np.nan)
    for name, place in places.items():
        xy[BODY.index(name)] = place
    return Body(xy, np.where(np.isfinite(xy[:, 0]), 0.8, 0.0))


def angles(body: Body) -> dict[str, float]:
    return {f"{a.kind} {a.name}": a.value_deg for a in limb_angles(body, BODY)}


def test_angles_by_hand() -> None:
    # Facing right: thigh straight down, shank 30 degrees back, foot at right angles to the shank.
    ankle = (100 - 100 * np.sin(np.pi / 6), 200 + 100 * np.cos(np.pi / 6))
    along = np.array([np.cos(np.pi / 6), np.sin(np.pi / 6)])
    heel, toe = np.array(ankle) - 10 * along, np.array(ankle) + 40 * along
    found = angles(
        person(
            left_hip=(100, 100), left_knee=(100, 200), left_ankle=ankle, left_heel=tuple(heel), left_big_toe=tuple(toe)
        )
    )
    assert found["joint left_knee"] == pytest.approx(30)
    assert found["joint left_ankle"] == pytest.approx(0, abs=1e-9)
    assert found["segment left_thigh"] == pytest.approx(0)
    assert found["segment left_shank"] == pytest.approx(30)  # the knee is to the right of the ankle
    assert "joint left_hip" not in found
    assert not any("right" in name or "trunk" in name for name in found)


@pytest.mark.parametrize("turn_deg", [0.0, 40.0, 200.0])
def test_joints_do_not_change_when_the_picture_is_turned_scaled_or_mirrored(turn_deg: float) -> None:
    turn = np.deg2rad(turn_deg)
    rotation = 1.7 * np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    body = person(left_hip=(100, 100), left_knee=(140, 180), left_ankle=(90, 260), left_shoulder=(110, 10))
    plain = {k: v for k, v in angles(body).items() if k.startswith("joint")}
    for matrix in (rotation, rotation @ np.diag([-1.0, 1.0])):
        moved = angles(Body(body.xy @ matrix.T + 50, body.score))
        assert {k: v for k, v in moved.items() if k.startswith("joint")} == pytest.approx(plain)


def test_openposes_files_can_be_read_back(tmp_path: Path) -> None:
    score = np.full(len(COCO), 0.75)
    for frame in range(4):
        body = Body(standing(100 + frame, 50, 300), score)
        write_openpose_json(tmp_path / "json", "clip", [body], COCO, frame=frame)
    pose = read_keypoints(tmp_path / "json", format="openpose-json", fps=30)
    assert pose.skeleton is COCO
    assert np.abs(pose.xy[3] - standing(103, 50, 300)).max() < 1e-3
    assert (pose.score == 0.75).all()


def test_other_skeletons_are_written_as_body_25(tmp_path: Path) -> None:
    halpe = SKELETONS["halpe_26"]
    xy = np.arange(52, dtype=float).reshape(26, 2) + 1
    write_openpose_json(tmp_path / "json", "x", [Body(xy, np.ones(26))], halpe)
    pose = read_keypoints(tmp_path / "json", format="openpose-json", fps=30)
    assert pose.skeleton.name == "body_25"
    assert (pose.point("right_heel")[0] == xy[halpe.index("right_heel")]).all()
    with pytest.raises(OutputError, match="choose another folder"):
        write_openpose_json(tmp_path / "json" / "x_000000000000_keypoints.json", "x", [], halpe)


def test_what_is_no_picture_is_said(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        read_image(tmp_path / "none.png")
    for content in (b"", b"no picture"):
        (tmp_path / "some.png").write_bytes(content)
        with pytest.raises(InputError, match="is not a picture"):
            read_image(tmp_path / "some.png")
    cv2.imwrite(str(tmp_path / "some.png"), np.full((4, 6, 3), 7, np.uint8))
    assert read_image(tmp_path / "some.png").shape == (4, 6, 3)


@pytest.mark.shared
@pytest.mark.parametrize(
    ("name", "allowed_px"),
    [("openpose-light", 12), ("openpose-light+blazepose", 12), ("runner-baseline", 30), ("blazepose-lite", 60)],
)
def test_every_network_finds_the_person_and_its_maps_peak_there(shared: Path, name: str, allowed_px: float) -> None:
    with open_video(shared / "data/treadmill_side/male_side.mp4") as video:
        image = next(iter(video.frames())).image
    estimator = load_estimator(name, models_dir=shared / "models")
    body = estimator.detect_people(image)[0]
    maps = confidence_maps(estimator, image)
    assert maps.shape == (len(estimator.skeleton), 1280, 720)
    for point in ("nose", "left_shoulder"):
        column = estimator.skeleton.index(point)
        row, col = np.unravel_index(int(maps[column].argmax()), maps.shape[1:])
        assert np.hypot(*(body.xy[column] - (col, row))) < allowed_px
    # The stronger network's nose and neck of the first frame.
    truth = read_keypoints(shared / "data/treadmill_side/male_side.pose.json", format="gaitlab-pose")
    for point in ("nose", "left_shoulder"):
        assert np.hypot(*(body.point(estimator.skeleton, point) - truth.point(point)[0])) < 40
