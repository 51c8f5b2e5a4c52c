"""What once gave wrong numbers without a word: it is read rightly, and where it is not, the body is not plausible."""

from __future__ import annotations

import csv
import json
import zipfile
from pathlib import Path
from typing import Literal

import numpy as np
import pytest

import gaitlab
from benchmarks.truth import DEFAULT_FOLDER, film, load_trial
from gaitlab.core.errors import InputError
from gaitlab.core.pose import PoseSequence
from gaitlab.core.skeleton import SKELETONS, Skeleton
from gaitlab.io.keypoints import import_keypoints
from gaitlab.kinematics.plausibility import check_body, check_posture
from gaitlab.kinematics.proportions import pixel_shape
from gaitlab.pipeline.reading.repeated import repeated_rows
from tests.io.keypoints.mutations import c3d


@pytest.fixture(name="cases")
def cases_(shared: Path) -> Path:
    return shared / "data" / "cases"


def base(cases: Path) -> tuple[list[str], np.ndarray]:
    """Names and (frame, keypoint, 2) px of the file that is read rightly."""
    rows = list(csv.DictReader((cases / "base.csv").open()))
    names = list(dict.fromkeys(row["keypoint"] for row in rows))
    places = {(int(row["frame"]), row["keypoint"]): (float(row["x_px"]), float(row["y_px"])) for row in rows}
    return names, np.array([[places[frame, name] for name in names] for frame in range(480)])


def unzipped(cases: Path, name: str, folder: Path) -> Path:
    with zipfile.ZipFile(cases / name) as archive:
        archive.extractall(folder / "out")
    return folder / "out"


def measured(path: Path, output: Path, **arguments: object) -> gaitlab.Session:
    return gaitlab.analyze(keypoints=path, output=output, height_m=1.675, **arguments)  # type: ignore[arg-type]


def check_base(session: gaitlab.Session) -> None:
    """The values that the file which is read rightly gives."""
    found = session.summary.set_index(["metric", "side"])["mean"]
    assert abs(found["cadence", "both"] - 173.2) < 1.2
    assert abs(found["contact_time", "left"] - 0.213) < 0.004
    assert abs(found["peak_knee_flexion_swing", "left"] - 105.1) < 0.7
    # 0.089 m at the 400 px/m of the case; by the body height, all that a file in pixels gives, 7 % more.
    true = session.info["calibration"]["source"] == "known length"
    assert abs(found["vertical_oscillation", "left"] - (0.089 if true else 0.095)) < 0.004


@pytest.mark.shared
def test_a_layout_that_is_named_overrides_and_the_wrong_one_is_refused(cases: Path, tmp_path: Path) -> None:
    folder = unzipped(cases, "c02_body25b.zip", tmp_path)
    assert import_keypoints(folder, fps=60, layout="BODY-25B").pose.skeleton.name == "body_25b"
    with pytest.raises(InputError, match="layout names it"):
        measured(folder, tmp_path / "session", fps=60, layout="body25")
    with pytest.raises(InputError, match="has 25 keypoints a person, but layout halpe_26 has 26"):
        import_keypoints(folder, fps=60, layout="halpe26")


def write_body_25(folder: Path, names: list[str], xy: np.ndarray, *, parted: frozenset[int] = frozenset()) -> Path:
    """OpenPose's files of one runner, in some frames told as a trunk with the left leg and a right leg."""
    order = SKELETONS["body_25"].names
    folder.mkdir()
    for frame, points in enumerate(xy.round(5).tolist()):
        whole = {name: [*place, 0.85] for name, place in zip(names, points, strict=True)}
        leg = {name: place for name, place in whole.items() if name.startswith("right_") and "shoulder" not in name}
        rest = {name: place for name, place in whole.items() if name not in leg}
        people = [rest, leg] if frame in parted else [whole]
        flat = [[v for name in order for v in one.get(name, (0, 0, 0))] for one in people]
        content = {"people": [{"pose_keypoints_2d": points} for points in flat]}
        (folder / f"run_{frame:012d}_keypoints.json").write_text(json.dumps(content))
    return folder


@pytest.mark.shared
def test_a_runner_in_two_parts_is_one(cases: Path, tmp_path: Path) -> None:
    names, xy = base(cases)
    parted = frozenset(np.random.default_rng(1).choice(480, 72, replace=False).tolist())
    session = measured(write_body_25(tmp_path / "out", names, xy, parted=parted), tmp_path / "session", fps=60)
    whole = measured(cases / "base.csv", tmp_path / "whole", fps=60)
    check_base(session)
    assert session.info["quality"]["cycles_accepted"] == whole.info["quality"]["cycles_accepted"]
    assert any("in 72 frames" in warning for warning in session.warnings)


@pytest.mark.shared
@pytest.mark.parametrize("low", [0, -1])
def test_shares_of_the_picture_need_its_size(cases: Path, tmp_path: Path, low: int) -> None:
    names, xy = base(cases)
    shares = (xy - [1000, 0]) / [1920, 1080]
    folder = write_body_25(tmp_path / "out", names, shares if low == 0 else 2 * shares - 1)
    with pytest.raises(InputError, match=rf"shares of the picture, {low} to 1 .* size with picture, e.g. 1920x1080"):
        import_keypoints(folder, fps=60)
    session = measured(folder, tmp_path / "session", fps=60, picture="1920x1080")
    check_base(session)


@pytest.mark.shared
def test_low_scores_are_taken_as_shares_of_the_highest(cases: Path, tmp_path: Path) -> None:
    text = (cases / "base.csv").read_text().replace(",0.9\n", ",0.12\n")
    (tmp_path / "low.csv").write_text(text)
    session = measured(tmp_path / "low.csv", tmp_path / "out", fps=60)
    check_base(session)
    assert any("scale of their own" in warning for warning in session.warnings)


@pytest.mark.shared
@pytest.mark.parametrize(("separator", "comma"), [(";", True), ("\t", False), ("\t", True)])
def test_dialects_of_tables(cases: Path, tmp_path: Path, separator: str, comma: bool) -> None:
    rows = list(csv.reader((cases / "base.csv").open()))
    cells = [[f"{row[0]}.0" if row[0].isdigit() else row[0], f"S01:{row[1]}", *row[2:]] for row in rows]
    cells[0] = rows[0]
    cells[5][2:] = ["-1.#IND", "NA", ""]
    text = "\n".join(separator.join(cell.replace(".", ",") if comma else cell for cell in row) for row in cells)
    (tmp_path / "points.csv").write_text(text.replace("-1,#IND", "-1.#IND"), encoding="cp1252")
    pose, right = (import_keypoints(path, fps=60).pose for path in (tmp_path / "points.csv", cases / "base.csv"))
    assert pose.skeleton.names == right.skeleton.names
    assert np.nanmax(np.abs(pose.xy - right.xy)) == 0
    assert np.isnan(pose.xy).any(axis=2).sum() == np.isnan(right.xy).any(axis=2).sum() + 1


@pytest.mark.shared
@pytest.mark.parametrize("unit", ["m", "cm", "mm"])
def test_c3d_with_z_upwards_and_units_that_lie(cases: Path, tmp_path: Path, unit: str) -> None:
    """400 px a metre; written in metres, whatever the unit says, with x across, y against the run and z up."""
    names, xy = base(cases)
    lengths = np.stack([np.full(xy.shape[:2], 0.3), -xy[..., 0], 900 - xy[..., 1]], axis=-1) / [1, 400, 400]
    (tmp_path / "run.c3d").write_bytes(c3d(names, lengths, rate=60, unit=unit))
    session = measured(tmp_path / "run.c3d", tmp_path / "out")
    check_base(session)
    assert any("read as m" in warning for warning in session.warnings) is (unit != "m")


# What each of the silent faults did to the points, the reader's own care switched off.
def _plausible(names: list[str], xy: np.ndarray) -> tuple[str, ...]:
    pose = PoseSequence(xy, np.isfinite(xy[..., 0]), np.arange(len(xy)) / 60, Skeleton("test", tuple(names)))
    check_posture(pose, "f", rotate_deg=None)
    return check_body(pose, "f", from_file=True)


FAULTS = {
    "shares 0 to 1": (lambda n, xy: (n, xy / [1920, 1080]), "px tall; expected pixels"),
    "shares -1 to 1": (lambda n, xy: (n, 2 * xy / [1920, 1080] - 1), "px tall; expected pixels"),
    "shares of a square": (lambda n, xy: (n, xy / [1920, 1080] * 1000), "pixels that are not square"),
    "pixels of 4:3": (lambda n, xy: (n, xy * [0.75, 1.0]), "pixels that are not square"),
    "lengths in metres": (lambda n, xy: (n, xy / 400), "px tall; expected pixels"),
    "y upwards": (lambda n, xy: (n, xy * [1, -1]), "stands on their head"),
    "z upwards": (lambda n, xy: (n, np.stack([xy[..., 0], np.full(xy.shape[:2], 300.0)], -1)), "lies, or is seen"),
    "turned by 180": (lambda n, xy: (n, 2000 - xy), "stands on their head"),
    "two recordings": (lambda n, xy: (n, xy + np.where(np.arange(480) % 2, 600, 0)[:, None, None]), "jumps"),
    "two people a row": (lambda n, xy: (n, xy + 700 * (np.arange(480) % 3 == 0)[:, None, None]), "jumps"),
    "knees and ankles exchanged": (lambda n, xy: ([_exchanged(name) for name in n], xy), "expected bones of one body"),
    "squeezed to 0.3": (lambda n, xy: (n, xy * [0.3, 1.0]), "pixels that are not square"),
    "squeezed to a half": (lambda n, xy: (n, xy * [0.5, 1.0]), "pixels that are not square"),
    "twice as wide": (lambda n, xy: (n, xy * [2.0, 1.0]), "pixels that are not square"),
    "three times as wide": (lambda n, xy: (n, xy * [3.0, 1.0]), "pixels that are not square"),
    "width and height exchanged": (lambda n, xy: (n, xy * [9 / 16, 16 / 9]), "pixels that are not square"),
    "heels and toes of both feet exchanged": (
        lambda n, xy: ([_turned(_turned_right(name)) for name in n], xy),
        "left and the right foot lie behind the heel",
    ),
    "heel and toe of one foot": (lambda n, xy: ([_turned(name) for name in n], xy), "the left foot lie behind"),
    "a knee that stands still from frame 60 on": (lambda n, xy: (n, _still(n, xy, slice(60, None))), "left knee in 8"),
    "a knee that stands still for 3 s": (lambda n, xy: (n, _still(n, xy, slice(60, 240))), "left knee in 3"),
    "frames in text order": (lambda n, xy: (n, xy[sorted(range(480), key=str)]), "in the order of text"),
    "text order from 1": (lambda n, xy: (n, xy[sorted(range(480), key=lambda f: str(f + 1))]), "in the order of text"),
    "backwards in time": (lambda n, xy: (n, xy[::-1]), "the feet go forward while they are low"),
    "noise of 15 px": (lambda n, xy: (n, xy + _noise_px(15, xy)), "jitter by 15 px"),
    "heel and toe exchanged": (lambda n, xy: ([_turned(name) for name in n], xy), "point to opposite sides"),
}


def _still(names: list[str], xy: np.ndarray, frames: slice) -> np.ndarray:
    still, knee = xy.copy(), names.index("left_knee")
    still[frames, knee] = xy[frames.start, knee]
    return still


def _noise_px(sd_px: float, xy: np.ndarray) -> np.ndarray:
    return np.random.default_rng(1).normal(0, sd_px, xy.shape)


def _exchanged(name: str) -> str:
    return {"left_knee": "left_ankle", "left_ankle": "left_knee"}.get(name, name)


def _turned_right(name: str) -> str:
    return {"right_heel": "right_big_toe", "right_big_toe": "right_heel"}.get(name, name)


def _turned(name: str) -> str:
    return {"left_heel": "left_big_toe", "left_big_toe": "left_heel"}.get(name, name)


@pytest.mark.shared
@pytest.mark.parametrize("fault", FAULTS)
def test_no_silent_fault_is_plausible(cases: Path, fault: str) -> None:
    names, xy = base(cases)
    assert _plausible(names, xy) == ()
    change, said = FAULTS[fault]
    try:
        sentences = " ".join(_plausible(*change(names, xy)))
    except InputError as refusal:
        sentences = str(refusal)
    assert said in sentences


@pytest.mark.shared
@pytest.mark.parametrize("share", [0.3, 0.5, 0.8, 1.0, 2.0, 3.0])
def test_the_shape_of_pixels_follows_every_squeeze(cases: Path, share: float) -> None:
    """A picture squeezed to a share of its width has pixels that are wider by its inverse."""
    names, xy = base(cases)
    pose = PoseSequence(xy * [share, 1], np.ones(xy.shape[:2]), np.arange(len(xy)) / 60, Skeleton("t", tuple(names)))
    assert pixel_shape(pose) == pytest.approx(1 / share, rel=0.02)


def write_rows(path: Path, names: list[str], xy: np.ndarray) -> Path:
    lines = ["frame,keypoint,x_px,y_px,score"]
    for frame, points in enumerate(xy.round(3).tolist()):
        lines += [f"{frame},{name},{x},{y},0.9" for name, (x, y) in zip(names, points, strict=True)]
    path.write_text("\n".join(lines) + "\n")
    return path


@pytest.mark.shared
@pytest.mark.parametrize("between", [False, True])
def test_frames_doubled_in_a_file_of_keypoints_count_once(cases: Path, tmp_path: Path, between: bool) -> None:
    """30 frames a second written as 60: by repeating each, or by the middle between each and the next."""
    names, xy = base(cases)
    doubled = np.repeat(xy[::2], 2, axis=0)
    if between:
        doubled[1:-1:2] = (doubled[:-2:2] + doubled[2::2]) / 2
    session = measured(write_rows(tmp_path / "doubled.csv", names, doubled), tmp_path / "out", fps=60)
    assert session.pose.fps == pytest.approx(30, abs=0.1)
    assert any("what 30 frames a second show" in warning for warning in session.warnings)
    found = session.summary.set_index(["metric", "side"])["mean"]
    assert abs(found["cadence", "both"] - 173.2) < 1.2


@pytest.mark.shared
@pytest.mark.parametrize(("rate", "told"), [(15, "60 if it is 4x"), (30, "60 if it is 2x"), (120, "entered: 60")])
def test_a_wrong_frame_rate_is_told_with_the_likeliest(cases: Path, tmp_path: Path, rate: int, told: str) -> None:
    session = measured(cases / "base.csv", tmp_path / "out", fps=rate)
    assert sum(told in warning for warning in session.warnings) == 1


@pytest.mark.shared
def test_a_belt_speed_that_makes_a_giant_is_questioned(cases: Path, tmp_path: Path) -> None:
    """The belt runs at 3.5 m/s; at 10 m/s a runner of 1.675 m would be 4.8 m tall."""
    for speed, questioned in ((3.5, False), (10.0, True), (1.0, True)):
        output = tmp_path / f"{speed}"
        session = gaitlab.analyze(keypoints=cases / "base.csv", fps=60, belt_speed_mps=speed, output=output)
        assert any("by the belt speed that was entered" in warning for warning in session.warnings) is questioned


@pytest.mark.shared
def test_no_force_plate_runner_is_thought_a_fault(shared: Path) -> None:
    for number, path in enumerate(sorted((shared / "data" / DEFAULT_FOLDER.name).glob("*.npz"))[::3]):
        trial, rng = load_trial(path), np.random.default_rng(number)
        pictures: tuple[Literal["right", "left", "behind"], ...] = ("right", "left", "behind")
        for seen_from in pictures:
            pose = film(trial, fps=60, seen_from=seen_from, noise_m=0.008, rng=rng)
            assert check_body(pose, path.name, from_file=True) == ()
            assert repeated_rows(pose) is None
