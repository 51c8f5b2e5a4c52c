"""Damaged and hostile keypoint files: each ends in a sequence or in one line, and soon."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gaitlab.core.errors import GaitlabError, InputError
from gaitlab.core.pose import PoseSequence
from gaitlab.io.keypoints import FORMATS, import_keypoints, read_keypoints
from tests.io.keypoints.mutations import FOLDERS, FRAMES, HDF5, NAMES, SOUND, mutants, write_folder, write_sound

MUTANTS = 300
SECONDS = 2.0  # of the processor, for one file


def read(path: Path, format: str) -> PoseSequence | str:
    """Return the sequence, or why the file was refused; anything else is a failure, and so is taking long."""
    began = time.process_time()
    try:
        return import_keypoints(path, format=format, fps=50, picture_px=(2000, 2000)).pose
    except GaitlabError as error:
        return str(error)
    finally:
        assert time.process_time() - began < SECONDS


@pytest.mark.parametrize("format", sorted(SOUND))
@pytest.mark.filterwarnings("error")
def test_whatever_is_wrong_with_a_file_it_ends_in_a_value_or_one_line(tmp_path: Path, format: str) -> None:
    if format in HDF5:
        pytest.importorskip("h5py")
    ends = [
        read(path, "auto" if number % 10 == 0 else format)
        for number, path in enumerate(mutants(format, count=MUTANTS, seed=1, folder=tmp_path))
    ]
    refusals = [end for end in ends if isinstance(end, str)]
    # Many mutants are harmless (a space more, a field nobody reads), most are not.
    assert MUTANTS / 2 < len(refusals) < MUTANTS
    for said in refusals:
        assert len(said.splitlines()) == 1
        assert len(said) < 600
        assert str(tmp_path) in said
    for pose in ends:
        if isinstance(pose, PoseSequence):
            assert len(pose) <= 100 * FRAMES
            assert not np.isinf(pose.xy).any()
            assert np.nanmax(np.abs(pose.xy)) <= 1e6
            assert ((pose.score >= 0) & (pose.score <= 1)).all()
            assert np.isfinite(pose.time_s).all()


def test_every_format_has_its_mutants() -> None:
    assert set(SOUND) == set(FORMATS)


@pytest.mark.parametrize("format", sorted(SOUND))
def test_the_files_that_mutants_are_made_of_are_sound(tmp_path: Path, format: str) -> None:
    if format in HDF5:
        pytest.importorskip("h5py")
    for number, make in enumerate(SOUND[format]):
        path = tmp_path / str(number)
        if format in FOLDERS:
            path.mkdir()
            write_folder(path, format)
        else:
            write_sound(path, make())
        for word in (format, "auto"):
            found = import_keypoints(path, format=word, fps=50, picture_px=(2000, 2000))
            assert np.isfinite(found.pose.xy).all()
            assert len(found.pose) == FRAMES
            assert word == "auto" or found.format == format
        # AlphaPose's list is told by the names of its pictures, whatever the list is said to be.
        assert found.format == format or (format, found.format) == ("coco-json", "alphapose-json")


def write(folder: Path, format: str, numbers: list[int]) -> Path:
    """A file, or a folder, with frames of these numbers."""
    path = folder / "points"
    flat = [1.0, 2.0, 0.9] * 17
    if format == "csv":
        rows = [f"{number},{name},1,2,0.9" for number in numbers for name in NAMES]
        path.write_text("\n".join(["frame,keypoint,x_px,y_px,score", *rows]))
    elif format == "openpose-json":
        path.mkdir()
        for number in numbers:
            (path / f"c_{number}_keypoints.json").write_text(json.dumps({"people": [{"pose_keypoints_2d": flat}]}))
    else:
        path.write_text(json.dumps([{"image_id": number, "keypoints": flat} for number in numbers]))
    return path


NUMBERED = ("csv", "coco-json", "alphapose-json", "openpose-json")


@pytest.mark.parametrize("format", NUMBERED)
@pytest.mark.parametrize("last", [3_000_000, 10**9])
def test_frame_numbers_far_apart_are_refused_at_once(tmp_path: Path, format: str, last: int) -> None:
    path = write(tmp_path, format, [0, 1, 2, last])
    with pytest.raises(InputError, match=rf"has 4 frames with numbers from 0 to {last}; expected no more than 1200"):
        read_keypoints(path, format=format, fps=50)


@pytest.mark.parametrize("format", NUMBERED)
def test_a_runner_who_is_away_for_a_while_is_none_of_them(tmp_path: Path, format: str) -> None:
    pose = read_keypoints(write(tmp_path, format, [10**6, 10**6 + 1, 10**6 + 1000]), format=format, fps=50)
    assert len(pose) == 1001  # counted from the first frame, wherever that is
    assert np.isfinite(pose.xy[[0, 1, 1000]]).all()
    assert np.isnan(pose.xy[2:1000]).all()


def own(**changes: Any) -> str:
    frames = [[[float(n), 2.0, 0.9] for n in range(len(NAMES))] for _ in range(FRAMES)]
    return json.dumps({"keypoint_names": list(NAMES), "fps": 50, "frames": frames, **changes})


def person(**changes: Any) -> str:
    people = [{"image_id": n, "keypoints": [1.0, 2.0, 0.9] * 17} for n in range(3)]
    people[1] |= changes
    return json.dumps(people)


TRC = "PathFileType\t4\nUnits\nmm\nFrame#\tTime\tLHip\n\t\tX1\tY1\tZ1\n"
HEAD = "frame,keypoint,x_px,y_px,score\n"
DEEP = "[" * 100_000 + "]" * 100_000
FRAME = [[1.0, 2.0, 0.9]] * len(NAMES)


@pytest.mark.parametrize(
    ("format", "text", "said"),
    [
        ("csv", HEAD + "-1,nose,1,2,1\n", "line 2: frame is '-1'; expected a whole number from 0"),
        ("csv", HEAD + "1_0,nose,1,2,1\n", "line 2: frame is '1_0'"),
        ("csv", HEAD + "0,nose,1_0,2,1\n", "line 2: x_px is '1_0'; expected a number, or nothing"),
        ("csv", HEAD + "0,nose,1,5,2,1\n", "line 2: 6 cells, but there are 5 columns.*decimal points"),
        ("csv", HEAD + "0,nose,1,2\n", "line 2: 4 cells"),
        ("csv", HEAD + "0,nose,1,2,1\n\n0,nose,3,4,1\n", "line 4: frame 0 has 'nose' twice.*column 'person'"),
        ("csv", HEAD + "0,nose,inf,2,1\n", r"frame 0: nose at inf, 2 is in no picture"),
        ("csv", HEAD + "0,nose,1,-1e7,1\n", r"frame 0: nose at 1, -1e\+07 is in no picture"),
        ("csv", "frame,frame,keypoint,x_px,y_px,score\n0,0,nose,1,2,1\n", "has the column 'frame' twice"),
        (
            "csv",
            HEAD + '0,nose,1,2,1\n0,"hip,1,2,1\n' + "1,nose,1,2,1\n" * 9,
            "line 3: a quote is opened and not closed",
        ),
        ("csv", HEAD + f"0,{'y' * 200_000},1,2,1\n", "line 2: field larger than field limit"),
        ("csv", HEAD + "".join(f"0,p{n}a,1,2,1\n" for n in range(1001)), "names 1001 keypoints; expected 1 to 1000"),
        ("gaitlab-pose", DEEP, "is not JSON that can be read: it is nested too deeply; choose another --format"),
        ("gaitlab-pose", '{"a": ' + "9" * 5000 + "}", "a number in it has thousands of digits"),
        ("gaitlab-pose", own(keypoint_names=[None] * 6), r"keypoint_names\[0\]: expected a text, not nothing"),
        ("gaitlab-pose", own(keypoint_names=7), "keypoint_names: expected a list, not 7"),
        ("gaitlab-pose", own(frames=[FRAME, 7]), r"frames\[1\]: expected a list, not 7"),
        ("gaitlab-pose", own(frames=[FRAME, [[1, 2]] * 6]), r"frames\[1\]\[0\]: expected a list of 3 numbers"),
        ("gaitlab-pose", own(frames=[[[1, 2, True]] * 6]), r"frames\[0\]\[0\]: expected 3 numbers, not a list of 3"),
        (
            "gaitlab-pose",
            own(frames=[[[1, 10**400, 1]] * 6]),
            r"frames\[0\]: one of the numbers has hundreds of digits",
        ),
        ("gaitlab-pose", own(fps=0), "fps: expected a number from 5 to 2000, not 0"),
        ("gaitlab-pose", own(fps=True), "fps: expected a number from 5 to 2000, not true"),
        ("gaitlab-pose", own(fps=float("nan")), "fps: expected a number from 5 to 2000, not nan"),
        ("gaitlab-pose", own(timestamps=[0, 1]), "has 12 frames, but 2 timestamps"),
        ("gaitlab-pose", own(timestamps=[1.0] * 11 + [None]), "has no time for frame 11"),
        ("gaitlab-pose", own(timestamps=[500.0 * n for n in range(12)]), "make 0.002 frames a second; expected sec"),
        ("gaitlab-pose", own(timestamps=[n / 50 for n in range(11)] + [1e9]), "without such gaps in time"),
        ("coco-json", person(image_id=-1), r"\[1\]\.image_id: expected a whole number from 0"),
        ("coco-json", person(image_id=[1]), r"\[1\]\.image_id: expected a whole number.*not a list of 1"),
        ("coco-json", person(image_id="9" * 99 + ".png"), r"\[1\]\.image_id: expected a frame number"),
        ("coco-json", person(keypoints={"a": 1}), r"\[1\]\.keypoints: expected a list, not a table"),
        ("coco-json", person(keypoints=[1.0, "2", 0.9]), r"\[1\]\.keypoints\[1\]: expected a number, not '2'"),
        ("coco-json", person(keypoints=[1.0] * 50), r"\[1\]\.keypoints: expected 3 numbers a keypoint"),
        ("coco-json", "[7]", r"no field 'image_id'"),
        ("coco-json", '{"annotations": [{"image_id": 9}], "images": [{"id": 1}]}', "is of picture 9, which is none of"),
        ("alphapose-json", '{"people": 1}', "no list of people"),
        ("trc", TRC, "has no rows"),
        ("trc", TRC + "1\t0.0\t1\tabc\t0\n", "line 6: Y1 is 'abc'; expected a number, or nothing"),
        ("trc", TRC + "1\t0.0\t1\t2\t0\t4\n", "line 6: 6 cells, but there are 5 columns"),
        ("trc", TRC + "1\t0\t1\t2\t0\n2\tnan\t1\t2\t0\n", "has no time for frame 1"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(tmp_path: Path, format: str, text: str, said: str) -> None:
    path = tmp_path / "points"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=said):
        read_keypoints(path, format=format, fps=None if "timestamps" in text else 50)


def test_a_crowd_is_refused_before_anybody_is_followed(tmp_path: Path) -> None:
    one = {"pose_keypoints_2d": [1.0, 2.0, 0.9] * 25}
    (tmp_path / "c_0_keypoints.json").write_text(json.dumps({"people": [one] * 101}))
    with pytest.raises(InputError, match="frame 0: 101 people; expected no more than 100"):
        read_keypoints(tmp_path, format="openpose-json", fps=50)


def test_two_recordings_in_one_folder_are_not_mixed(tmp_path: Path) -> None:
    for camera in "AB":
        content = json.dumps({"people": [{"pose_keypoints_2d": [1.0, 2.0, 0.9] * 25}]})
        (tmp_path / f"cam{camera}_0007_keypoints.json").write_text(content)
    with pytest.raises(InputError, match=r"the files of two recordings, 'camA' and 'camB'; keep"):
        read_keypoints(tmp_path, format="openpose-json", fps=50)


def test_what_a_windows_editor_puts_before_a_text_is_no_part_of_it(tmp_path: Path) -> None:
    path = tmp_path / "points"
    path.write_text(own(), encoding="utf-8-sig")
    assert len(read_keypoints(path, format="gaitlab-pose")) == FRAMES


def test_points_without_a_number_are_not_seen(tmp_path: Path) -> None:
    path = tmp_path / "points"
    frame = [[None, 2.0, 0.9], [1.0, float("nan"), 0.9], [1.0, 2.0, None], [1, 2, 0], [1, 2, -1], [1.0, 2.0, 7.0]]
    path.write_text(own(frames=[frame] * 3))
    pose = read_keypoints(path, format="gaitlab-pose")
    assert np.isnan(pose.xy[0, :5]).all()
    assert pose.xy[0, 5].tolist() == [1.0, 2.0]
    assert pose.score[0].tolist() == [0, 0, 0, 0, 0, 1]
