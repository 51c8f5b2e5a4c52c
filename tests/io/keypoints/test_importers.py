"""Every format from a file written by hand, and every way in which a file can be the wrong one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gaitlab.core.errors import InputError
from gaitlab.core.skeleton import SKELETONS
from gaitlab.io.keypoints import FORMATS, read_keypoints
from gaitlab.io.keypoints.names import our_name

FPS = 50.0
FRAMES = 100


def runner(frame: int, names: tuple[str, ...], *, x: float = 300.0) -> np.ndarray:
    """(keypoint, 3): a runner in place whose ankles swing against each other, 1.4 Hz."""
    phase = 2 * np.pi * 1.4 * frame / FPS
    points = np.zeros((len(names), 3))
    heights = {"shoulder": 100, "hip": 250, "knee": 350, "ankle": 450, "heel": 460, "big_toe": 460, "nose": 50}
    for i, name in enumerate(names):
        side, _, joint = name.partition("_")
        sign = {"left": 1, "right": -1}.get(side, 0)
        swing = {"knee": 40, "ankle": 90, "heel": 90, "big_toe": 90}.get(joint, 0)
        points[i] = x + sign * swing * np.sin(phase) + 20 * (joint == "big_toe"), heights.get(joint, 80), 0.9
    return points


def passer_by(frame: int, names: tuple[str, ...]) -> np.ndarray:
    """A larger walker who crosses the picture."""
    points = runner(frame, names, x=0.0)
    points[:, :2] *= 1.2
    points[:, 0] += 20 + 12 * frame
    return points


def coach(frame: int, names: tuple[str, ...]) -> np.ndarray:
    """Somebody larger who stands beside."""
    points = runner(0, names, x=0.0)
    points[:, :2] *= 1.3
    points[:, 0] += 620 + 0.5 * np.sin(frame)
    return points


def write_openpose(folder: Path, people_of: Any) -> Path:
    folder.mkdir()
    for frame in range(FRAMES):
        people = [{"person_id": [-1], "pose_keypoints_2d": p.ravel().tolist()} for p in people_of(frame)]
        (folder / f"clip_{frame:012d}_keypoints.json").write_text(json.dumps({"version": 1.3, "people": people}))
    return folder


def test_openpose_with_several_people_takes_the_runner(tmp_path: Path) -> None:
    names = SKELETONS["body_25"].names

    def people(frame: int) -> list[np.ndarray]:
        shown = [coach(frame, names), passer_by(frame, names), runner(frame, names)]
        return shown if frame % 2 else shown[::-1]  # OpenPose keeps no order

    folder = write_openpose(tmp_path / "out", people)
    pose = read_keypoints(folder, format="openpose-json", fps=FPS)
    assert pose.skeleton.name == "body_25"
    assert len(pose) == FRAMES
    assert pose.fps == pytest.approx(FPS)
    expected = np.array([runner(f, names)[:, :2] for f in range(FRAMES)])
    assert np.abs(pose.xy - expected).max() < 1e-9
    other = read_keypoints(folder, format="openpose-json", fps=FPS, person=2)
    assert np.abs(other.xy[0] - coach(0, names)[:, :2]).max() < 1e-9


def test_a_runner_hidden_for_half_a_second_stays_the_same_person(tmp_path: Path) -> None:
    names = SKELETONS["body_25"].names

    def people(frame: int) -> list[np.ndarray]:
        hidden = 40 <= frame < 65
        return [coach(frame, names), *([] if hidden else [runner(frame, names)])]

    pose = read_keypoints(write_openpose(tmp_path / "out", people), format="openpose-json", fps=FPS)
    assert np.isnan(pose.xy[40:65]).all()
    assert np.isfinite(pose.xy[65:]).all()
    assert np.abs(pose.xy[70] - runner(70, names)[:, :2]).max() < 1e-9


def test_points_of_score_zero_are_not_seen(tmp_path: Path) -> None:
    names = SKELETONS["coco_18"].names

    def people(frame: int) -> list[np.ndarray]:
        points = runner(frame, names)
        points[names.index("left_ear")] = 0.0
        return [points]

    pose = read_keypoints(write_openpose(tmp_path / "out", people), format="openpose-json", fps=FPS)
    assert not pose.seen("left_ear")
    assert pose.score[0, names.index("left_ear")] == 0
    assert not pose.skeleton.has_feet


def coco_results(names: tuple[str, ...], image: Any) -> list[dict[str, Any]]:
    return [
        {"image_id": image(f), "category_id": 1, "keypoints": runner(f, names).ravel().tolist(), "score": 0.9}
        for f in range(FRAMES)
    ]


@pytest.mark.parametrize(
    ("format", "skeleton", "content"),
    [
        ("coco-json", "coco_17", lambda names: coco_results(names, lambda f: f)),
        (
            "coco-json",
            "coco_17",
            lambda names: {
                "images": [{"id": 7 * f + 3, "file_name": f"{f}.png"} for f in range(FRAMES)],
                "annotations": coco_results(names, lambda f: 7 * f + 3),
            },
        ),
        (
            "coco-json",
            "halpe_26",
            lambda names: {
                "meta_info": {},
                "instance_info": [
                    {
                        "frame_id": f + 1,
                        "instances": [
                            {
                                "keypoints": runner(f, names)[:, :2].tolist(),
                                "keypoint_scores": runner(f, names)[:, 2].tolist(),
                            }
                        ],
                    }
                    for f in range(FRAMES)
                ],
            },
        ),
        ("alphapose-json", "halpe_26", lambda names: coco_results(names, lambda f: f"{f}.jpg")),
        ("alphapose-json", "coco_17", lambda names: coco_results(names, lambda f: f"clip2_{f:05d}.png")),
    ],
)
def test_lists_of_people(tmp_path: Path, format: str, skeleton: str, content: Any) -> None:
    names = SKELETONS[skeleton].names
    path = tmp_path / "people.json"
    path.write_text(json.dumps(content(names)))
    pose = read_keypoints(path, format=format, fps=FPS)
    assert pose.skeleton.name == skeleton
    assert np.abs(pose.xy[33] - runner(33, names)[:, :2]).max() < 1e-9
    assert len(pose) == FRAMES


def test_whole_bodies_keep_body_and_feet(tmp_path: Path) -> None:
    points = np.ones((133, 3))
    points[17:23, 0] = [10, 11, 12, 20, 21, 22]  # left big toe, small toe, heel, then right
    path = tmp_path / "people.json"
    path.write_text(json.dumps([{"image_id": f, "keypoints": points.ravel().tolist()} for f in range(3)]))
    pose = read_keypoints(path, format="coco-json", fps=FPS)
    assert pose.skeleton.has_feet
    assert pose.point("left_heel")[0, 0] == 12
    assert pose.point("right_big_toe")[0, 0] == 20


def test_csv_with_times_gaps_and_an_unknown_order(tmp_path: Path) -> None:
    rows = ["time_s,keypoint,score,frame,x_px,y_px"]
    for frame in (10, 11, 12):
        time_s = 5 + frame / 240
        rows += [f"{time_s},right_ankle,0.5,{frame},{frame}.5,7", f"{time_s},LAnkle,0.8,{frame},,"]
    path = tmp_path / "points.csv"
    path.write_text("\n".join(rows))
    pose = read_keypoints(path, format="csv")
    assert pose.fps == pytest.approx(240)
    assert pose.point("right_ankle").tolist() == [[10.5, 7], [11.5, 7], [12.5, 7]]
    assert np.isnan(pose.point("left_ankle")).all()
    assert pose.score[0].tolist() == [0.5, 0.0]
    assert pose.history[0].name == "import"


def test_trc_in_metres_has_its_y_upwards(tmp_path: Path) -> None:
    lines = [
        "PathFileType\t4\t(X/Y/Z)\tclip.trc",
        "DataRate\tCameraRate\tNumFrames\tNumMarkers\tUnits\tOrigDataRate\tOrigDataStartFrame\tOrigNumFrames",
        "100\t100\t2\t2\tm\t100\t1\t2",
        "Frame#\tTime\tRHip\t\t\tLBigToe\t\t\t",
        "\t\tX1\tY1\tZ1\tX2\tY2\tZ2",
        "",
        "1\t0.00\t1.0\t0.9\t0.1\t1.2\t0.05\t-0.1",
        "2\t0.01\t1.1\t0.8\t0.1\t\t\t",
    ]
    path = tmp_path / "clip.trc"
    path.write_text("\n".join(lines))
    pose = read_keypoints(path, format="trc")
    assert pose.skeleton.names == ("right_hip", "left_big_toe")
    assert pose.xy[:, 0] == pytest.approx(np.array([[1000, -900], [1100, -800]]))
    assert pose.xy[0, 1] == pytest.approx([1200, -50])
    assert np.isnan(pose.xy[1, 1]).all()
    path.write_text("\n".join(lines).replace("\tm\t", "\tpx\t"))
    assert read_keypoints(path, format="trc").xy[0, 0] == pytest.approx([1.0, 0.9])


@pytest.mark.shared
def test_the_real_file_of_our_own_format(shared: Path) -> None:
    pose = read_keypoints(shared / "data/treadmill_side/male_side.pose.json", format="gaitlab-pose")
    assert len(pose) == 360
    assert pose.fps == pytest.approx(30)
    assert pose.skeleton.has_feet
    assert pose.point("left_ankle")[0] == pytest.approx([376.951, 1187.6])


def own(**changes: Any) -> dict[str, Any]:
    content = {"keypoint_names": ["l_hip", "r_hip"], "frames": [[[1, 2, 0.9], [3, 4, 0.9]]] * 3, "fps": 30}
    return {key: value for key, value in {**content, **changes}.items() if value is not None}


@pytest.mark.parametrize(
    ("format", "text", "message"),
    [
        (
            "gaitlab-pose",
            json.dumps(own(frames=None)),
            "no field 'frames', so it is not 'gaitlab-pose'; choose another",
        ),
        ("gaitlab-pose", json.dumps(own(fps=None)), "does not say its frame rate; give it with fps"),
        ("gaitlab-pose", json.dumps(own(frames=[[[1, 2, 0.9]]])), r"frames\[0\]: 1 points, but 2 keypoint_names"),
        ("gaitlab-pose", json.dumps(own(frames=[[], []])), "shows nobody in 2 frames"),
        ("gaitlab-pose", json.dumps(own(timestamps=[0, 2, 1])), "do not rise"),
        ("gaitlab-pose", "frame,keypoint", "is not JSON"),
        ("csv", "frame,keypoint,x_px,score\n0,nose,1,2\n", "no column 'y_px'"),
        ("csv", "frame,keypoint,x_px,y_px,score\n0,nose,one,2,1\n", "line 2: x_px is 'one'; expected a number"),
        ("csv", "frame,keypoint,x_px,y_px,score\n", "has no rows"),
        ("csv", "frame,keypoint,x_px,y_px,score\n0,nose,1,2,1\n", "give it with fps"),
        ("coco-json", "{}", "no field 'annotations'"),
        ("coco-json", '[{"image_id": 1}]', "no field 'keypoints'"),
        ("coco-json", '[{"image_id": 1, "keypoints": [1, 2, 1]}]', r"1 keypoints a person; expected 15 \(mpi_15\)"),
        ("coco-json", "[]", "shows nobody"),
        ("coco-json", '[{"image_id": 1, "keypoints": "none"}]', r"\[0\]\.keypoints: expected a list, not 'none'"),
        ("alphapose-json", '[{"keypoints": []}]', "no field 'image_id'"),
        ("trc", "hello", "no first line 'PathFileType'"),
        ("yaml", "", "unknown keypoint format 'yaml'"),
        ("auto", "some words", "is no file of keypoints that is known; name its format with keypoints_format: csv, "),
        ("openpose-json", "", "is a file, but the format 'openpose-json' is a folder"),
    ],
)
def test_a_wrong_file_says_what_is_missing(tmp_path: Path, format: str, text: str, message: str) -> None:
    path = tmp_path / "points"
    path.write_text(text)
    with pytest.raises(InputError, match=message):
        read_keypoints(path, format=format)


@pytest.mark.parametrize("format", sorted(FORMATS))
def test_binary_rubbish_and_missing_files_are_told_in_one_line(tmp_path: Path, format: str) -> None:
    path = tmp_path / "points"
    with pytest.raises(InputError, match="no such file"):
        read_keypoints(path, format=format, fps=30)
    path.write_bytes(bytes(range(256)))
    with pytest.raises(InputError) as error:
        read_keypoints(path, format=format, fps=30)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("RBigToe", "right_big_toe"), ("r_big_toe", "right_big_toe"), ("LHip", "left_hip"), ("MidHip", "mid_hip"),
        ("CHip", "mid_hip"), ("Hip", "mid_hip"), ("Neck", "neck"), ("right_ankle", "right_ankle"),
        ("left_foot_index", "left_big_toe"), ("RightKnee", "right_knee"), ("ankle_l", "left_ankle"),
        ("LEye", "left_eye"), ("r_eye_inner", "right_eye_inner"), ("Head", "head"),
    ],
)  # fmt: skip
def test_names_become_ours(theirs: str, ours: str) -> None:
    assert our_name(theirs) == ours


def test_two_people_in_a_wide_table_are_not_mixed(tmp_path: Path) -> None:
    """The last row of a frame would win: half of the run would be another person's."""
    rows = ["frame,left_hip_x,left_hip_y,right_hip_x,right_hip_y"]
    for frame in range(30):
        rows += [f"{frame},{100 * one},200,{100 * one + 9},200" for one in (1, 2)]
    path = tmp_path / "wide.csv"
    path.write_text("\n".join(rows))
    with pytest.raises(InputError, match="has frame 0 twice; expected a row a frame, of one person"):
        read_keypoints(path, format="wide-csv", fps=60)
