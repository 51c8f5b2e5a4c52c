"""Files as other programs write them: each gives the numbers of the trial that all of them hold, or says what it lacks.

The trial is RBDS016 at 3.5 m/s, 8 s, 60 frames a second; what is right is written beside the files.
"""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import numpy as np
import pytest

import gaitlab
from gaitlab.core.errors import InputError
from gaitlab.io.keypoints import FORMATS, import_keypoints

pytestmark = pytest.mark.shared
DOCS = Path(__file__).resolve().parents[3] / "docs" / "files.md"
# Name of the case -> how many frames a second must be said, and what must be said about it in return.
READ = {
    "base.csv": (60.0, ""),
    "c01_pose2sim_names.zip": (60.0, "taken for openpose-json"),
    "c02_body25b.zip": (60.0, "taken for body_25b"),
    "c04_sports2d_px.trc": (None, "read as px"),
    "c05_z_up.trc": (None, "stands along z"),
    "c06_time_two_decimals_240hz.trc": (None, ""),
    "c07_cp1252_path.trc": (None, ""),
    "c07b_bom.trc": (None, ""),
    "c08_two_names_one_point.trc": (None, "'RBigToe' was taken"),
    "c09_gap_with_times.csv": (None, ""),
    "c10_alphapose_late.json": (60.0, ""),
    "c13_r_na.csv": (60.0, ""),
    "c13c_no_scores.csv": (60.0, ""),
}
REFUSED = {
    "c03_two_recordings.zip": (60.0, "two recordings, 'camA' and 'camB'"),
    "c14_two_rows_a_point.csv": (60.0, "has 'left_ankle' twice"),
    "c09_gap_with_times.csv": (30.0, "times that make 60 frames a second, but fps says 30"),
    "c01_pose2sim_names.zip": (None, "does not say its frame rate"),
}


@pytest.fixture
def cases(shared: Path) -> Path:
    return shared / "data" / "cases"


def case(cases: Path, name: str, folder: Path) -> Path:
    """The file of a case, or the folder that it packs."""
    if not name.endswith(".zip"):
        return cases / name
    with zipfile.ZipFile(cases / name) as packed:
        packed.extractall(folder / "packed")
    return next(folder.rglob("*.json")).parent


@pytest.mark.parametrize("name", READ)
def test_a_file_gives_the_numbers_of_its_trial(cases: Path, tmp_path: Path, name: str) -> None:
    fps, said = READ[name]
    path = case(cases, name, tmp_path)
    pose = gaitlab.preprocess(gaitlab.load_keypoints(path, fps=fps))
    table = gaitlab.compute_metrics(pose, height_m=1.675).set_index(["metric", "side"])["mean"]
    assert table["cadence", "both"] == pytest.approx(173.1, abs=1.0)
    assert table["peak_knee_flexion_swing", "left"] == pytest.approx(105.1, abs=0.7)
    # The first half of the run leans a little less: files that lack it are a degree above 5.1.
    assert table["trunk_lean", "left"] == pytest.approx(5.1, abs=1.0)
    # 0.088 to 0.092, by the part of the run, with the pixels a metre of which the files were made; their scale comes
    # from the body height, which makes this runner 2 % too large.
    assert table["vertical_oscillation", "left"] == pytest.approx(0.090, abs=0.004)
    # Force plates: 0.226 and 0.224 s; on these points the detector finds 0.213 and 0.212.
    assert [table["contact_time", side] for side in ("left", "right")] == pytest.approx([0.213, 0.212], abs=0.005)
    assert said in " ".join(import_keypoints(path, fps=fps).notes)


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_known_is_asked_for(cases: Path, tmp_path: Path, name: str) -> None:
    fps, sentence = REFUSED[name]
    with pytest.raises(InputError, match=re.escape(sentence)):
        gaitlab.load_keypoints(case(cases, name, tmp_path), fps=fps)


def test_numbers_of_frames_count_from_the_beginning_of_the_film(cases: Path, tmp_path: Path) -> None:
    """The runner comes late: the first frame in the file is not the first of the film."""
    path = cases / "c10_alphapose_late.json"
    session = gaitlab.analyze(keypoints=path, fps=60, start_s=4.0, output=tmp_path / "run", height_m=1.675)
    times_s = session.raw_pose.time_s
    np.testing.assert_allclose([times_s[0], times_s[-1]], [4.0, 7.9667], atol=0.02)
    np.testing.assert_allclose(np.diff(times_s), 1 / 60, atol=1e-6)


def test_every_format_is_documented() -> None:
    told = DOCS.read_text(encoding="utf-8")
    assert [name for name in FORMATS if f"`{name}`" not in told] == []
