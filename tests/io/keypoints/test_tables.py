"""Tables as people write them: every spelling gives the same points and times, or one line that says what lacks."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest

import gaitlab
from gaitlab.core.errors import InputError
from gaitlab.io.export.write import export_session
from gaitlab.io.keypoints import import_keypoints
from gaitlab.io.keypoints.names import our_name
from gaitlab.io.keypoints.tables.heading import heading
from gaitlab.io.keypoints.tables.times import unit_of
from tests.io.keypoints.test_silent_faults import base, cases_, measured

pytestmark = pytest.mark.shared
__all__ = ["cases_"]
FPS = 60.0
Called = Callable[[str, str], str]


@pytest.fixture(name="run")
def run_(cases: Path) -> tuple[list[str], np.ndarray]:
    names, xy = base(cases)
    return names, xy[:240]


def write(
    path: Path, names: Sequence[str], xy: np.ndarray, *, called: Called = "{}_{}".format, separator: str = ",",
    beside: dict[str, Sequence[object]] | None = None, axes: str = "xy",
) -> Path:  # fmt: skip
    """A row a frame and a column a coordinate; ``beside`` are other columns, before them."""
    beside = beside or {}
    lines = [separator.join([*beside, *(called(name, axis) for name in names for axis in axes)])]
    for row, points in enumerate(xy.round(4).tolist()):
        lines.append(separator.join(map(str, [*(column[row] for column in beside.values()), *np.ravel(points)])))
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def check_same(path: Path, names: list[str], xy: np.ndarray, *, fps: float | None = FPS, **asked: str) -> None:
    found = import_keypoints(path, fps=fps, **asked)  # type: ignore[arg-type]
    assert found.pose.skeleton.names == tuple(names)
    np.testing.assert_allclose(found.pose.xy, xy, atol=1e-3)
    np.testing.assert_allclose(np.diff(found.pose.time_s), 1 / FPS, atol=7e-4)  # whole milliseconds


SPELLINGS: dict[str, Callable[[str], str]] = {
    "LEFT_HIP": str.upper,
    "LEFT HIP": lambda name: name.upper().replace("_", " "),
    "Left Hip": lambda name: name.title().replace("_", " "),
    "LeftHip": lambda name: name.title().replace("_", ""),
    "lefthip": lambda name: name.replace("_", ""),
    "lHip": lambda name: re.sub(r"^(left|right)_", lambda side: side[1][0], name).replace("_", ""),
    "L.Hip": lambda name: name.replace("left_", "L.").replace("right_", "R."),
    "LHIP": lambda name: re.sub(r"^(left|right)_", lambda side: side[1][0], name).replace("_", "").upper(),
    "left-hip": lambda name: name.replace("_", "-"),
    "S01:LHIP": lambda name: "S01:" + re.sub(r"^(left|right)_", lambda side: side[1][0], name).upper(),
    "PoseLandmark.LEFT_HIP": lambda name: f"PoseLandmark.{name.upper()}",
}


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_names_in_every_spelling_are_ours(cases: Path, spelling: str) -> None:
    names, _ = base(cases)
    assert [our_name(SPELLINGS[spelling](name)) for name in names] == names
    assert our_name("rear") == "right_ear"
    assert our_name("heel") == "heel"


@pytest.mark.parametrize(
    "called",
    [
        lambda name, axis: f"{name.upper()} {axis.upper()}", lambda name, axis: f"{axis}_{name}",
        lambda name, axis: f"{name} ({axis})", lambda name, axis: f"{name}_{axis} [px]",
    ],
)  # fmt: skip
def test_columns_in_every_spelling(run: tuple[list[str], np.ndarray], tmp_path: Path, called: Called) -> None:
    check_same(write(tmp_path / "run.csv", *run, called=called), *run)


def test_unknown_names_are_named_with_what_was_expected(run: tuple[list[str], np.ndarray], tmp_path: Path) -> None:
    path = write(tmp_path / "run.csv", [f"hüfte_{name}" for name in run[0]], run[1])
    with pytest.raises(InputError, match=r"names no left_hip, .* not known: 'hüfte_left_ankle', .* and 11 more; exp"):
        import_keypoints(path, fps=FPS)


@pytest.mark.parametrize("separator", ["|", " | ", " ", "    ", ";", "\t"])
def test_separators(run: tuple[list[str], np.ndarray], tmp_path: Path, separator: str) -> None:
    check_same(write(tmp_path / "run.txt", *run, separator=separator), *run)


def test_a_heading_may_have_comments_before_it_names_of_two_words_and_two_lines(
    run: tuple[list[str], np.ndarray], tmp_path: Path
) -> None:
    assert heading(["# by a tool", "sep=;", "frame;x1;y1", "0;1;2"]) == (";", ["frame", "x1", "y1"], 2)
    assert heading(["frame   left hip x   left hip y", "0   1   2"])[1] == ["frame", "left hip x", "left hip y"]
    names, xy = run
    lines = write(tmp_path / "run.csv", names, xy).read_text().splitlines()
    two = [",".join(name for name in names for _ in "xy"), ",".join("xy" for _ in names).replace("xy", "x,y")]
    (tmp_path / "run.csv").write_text("\n".join([*two, *lines[1:]]))
    check_same(tmp_path / "run.csv", *run)


T = np.arange(240) / FPS
TIMES: dict[str, Sequence[object]] = {
    "time_ms": T * 1e3, "Time[ms]": np.round(T * 1e3), "time_us": np.round(T * 1e6), "timestamp_ns": np.round(T * 1e9),
    "t": T, "time (s)": T, "Elapsed Time": T, "seconds": T, "timestamp": np.round(T * 1e3), "time": 1.7e9 + T,
    "time_s": T * 1e3, "timeStamp": [f"2024-05-01T10:59:{58 + s:09.6f}" if s < 2 else f"2024-05-01 11:00:{s - 2:.6f}"
                                     .replace(":00:", ":00:0") for s in T],
}  # fmt: skip


@pytest.mark.parametrize("name", TIMES)
def test_times_in_every_unit(run: tuple[list[str], np.ndarray], tmp_path: Path, name: str) -> None:
    path = write(tmp_path / "run.csv", *run, beside={name: list(TIMES[name])})
    check_same(path, *run, fps=None)
    with pytest.raises(InputError, match=r"times that make .* but fps says 30"):
        import_keypoints(path, fps=30)


def test_times_are_told_from_what_are_none() -> None:
    assert [unit_of(word) for word in ("time_min", "Zeit [s]", "ts")] == [60.0, 1.0, 0.0]
    assert [unit_of(word) for word in ("left_toe_x", "s", "min", "time_1", "contact_time", "t_shirt")] == [None] * 6


def test_times_that_count_frames_need_a_rate(run: tuple[list[str], np.ndarray], tmp_path: Path) -> None:
    path = write(tmp_path / "run.csv", *run, beside={"time": range(240)})
    check_same(path, *run)
    with pytest.raises(InputError, match="its times count frames; give it with fps"):
        import_keypoints(path)


def test_frames_in_steps_and_as_names_of_pictures(run: tuple[list[str], np.ndarray], tmp_path: Path) -> None:
    names, xy = run
    path = write(tmp_path / "run.csv", names, xy, beside={"image": [f"cam2_{n:05d}.png" for n in range(240)]})
    check_same(path, *run)
    steps = write(tmp_path / "steps.csv", names, xy, beside={"frame": range(0, 480, 2)})
    assert "numbers its frames in steps of 2: fps was taken for all frames" in import_keypoints(steps, fps=30).notes[-1]


def somebody_else(xy: np.ndarray, *, size: float = 1.0, by: float = 0.0, later: int = 100) -> np.ndarray:
    return np.asarray(np.roll(xy, later, axis=0) * size + by)


@pytest.mark.parametrize(("size", "by"), [(1.1, 300.0), (0.85, 0.0), (1.0, 200.0), (1.0, 30.0)])
@pytest.mark.parametrize("frames", ["", "index"])
def test_people_one_below_the_other_are_refused(
    cases: Path, tmp_path: Path, size: float, by: float, frames: str
) -> None:
    """Together they once gave a cadence and a contact time of nobody, without a word."""
    names, xy = base(cases)
    both = np.concatenate([xy[:240], somebody_else(xy, size=size, by=by)[150:390]])
    path = write(tmp_path / "run.csv", names, both, beside={"frame": range(480)} if frames else None)
    with pytest.raises(InputError, match=r"of several people, one below the other: from row 241 on .* column 'person'"):
        import_keypoints(path, fps=FPS)


def test_somebody_else_in_a_film_is_told(cases: Path, tmp_path: Path) -> None:
    """Where a file numbers the frames of a film, a tracker may have gone over to somebody else."""
    names, xy = base(cases)
    both = np.concatenate([xy[:240], somebody_else(xy, size=0.85)[150:390]])
    rows = ["frame,keypoint,x_px,y_px"]
    rows += [f"{n},{name},{x:.2f},{y:.2f}" for n in range(480) for name, (x, y) in zip(names, both[n], strict=True)]
    (tmp_path / "run.csv").write_text("\n".join(rows))
    notes = import_keypoints(tmp_path / "run.csv", fps=FPS).notes
    assert "of several people, one below the other: from row 241 on it is another; the numbers are nobody" in notes[-1]
    assert import_keypoints(cases / "base.csv", fps=FPS).notes == ()


@pytest.mark.parametrize("people", [2, 3])
def test_people_whose_rows_take_turns_are_refused(cases: Path, tmp_path: Path, people: int) -> None:
    names, xy = base(cases)
    rows = np.stack([somebody_else(xy, by=20.0 * n, later=20 * n) for n in range(people)], axis=1)
    path = write(tmp_path / "run.csv", names, rows.reshape(-1, *xy.shape[1:]))
    with pytest.raises(InputError, match=f"take turns between {people} people; .* add a column 'person'"):
        import_keypoints(path, fps=FPS)


def test_the_column_that_is_asked_for_tells_people_apart(cases: Path, tmp_path: Path) -> None:
    names, xy = base(cases)
    standing = np.repeat(xy[:1], 480, axis=0) * 1.2 + 900
    path = write(
        tmp_path / "run.csv", names, np.concatenate([standing, xy]), beside={"person": ["a"] * 480 + ["b"] * 480}
    )
    check_same(path, names, xy)


def test_one_runner_is_nobody_else(cases: Path, tmp_path: Path) -> None:
    """Who comes nearer, whose network errs for some frames, and whose film lacks some, is one person."""
    names, xy = base(cases)
    nearer = xy * np.linspace(1, 1.5, 480)[:, None, None]
    wrong = xy.copy()
    wrong[[50, 240, 241, 242, 400]] += 400
    kept = np.r_[0:239, 300:480]
    gone_on = xy[kept] + np.where(kept > 250, 90, 0)[:, None, None]
    for points, beside in ((nearer, {}), (wrong, {}), (xy[::2], {}), (gone_on, {"frame": kept})):
        found = import_keypoints(write(tmp_path / "run.csv", names, points, beside=beside), fps=FPS)
        assert [note for note in found.notes if "jumps" in note] == []


def test_a_cut_is_told(cases: Path, tmp_path: Path) -> None:
    names, xy = base(cases)
    cut = np.concatenate([xy[:150], xy[160:480]])
    assert (
        "jumps from row 151 on: a cut" in import_keypoints(write(tmp_path / "run.csv", names, cut), fps=FPS).notes[-1]
    )


def test_y_upwards_is_read_and_other_axes_are_told_by_the_option_that_reads_them(
    run: tuple[list[str], np.ndarray], tmp_path: Path
) -> None:
    names, xy = run
    up = write(tmp_path / "up.csv", names, [0, 1080] + xy * [1, -1])
    check_same(up, names, xy - [0, 1080])
    check_same(up, names, xy, picture_px=(1920, 1080))  # type: ignore[arg-type]
    assert any("y points upwards" in note for note in import_keypoints(up, fps=FPS).notes)
    for swapped in (xy[..., ::-1], [1080, 0] + xy[..., ::-1] * [-1, 1]):
        path = write(tmp_path / "swapped.csv", names, swapped)
        with pytest.raises(InputError, match="with axes") as refusal:
            import_keypoints(path, fps=FPS)
        asked = re.search(r"with axes (\S+)", str(refusal.value))
        assert asked is not None
        found = import_keypoints(path, fps=FPS, axes=asked[1])
        np.testing.assert_allclose(np.diff(found.pose.xy, axis=1), np.diff(xy, axis=1), atol=1e-3)


@pytest.mark.parametrize(("axes", "unit"), [("xzy", 1 / 400), ("xyz", 1 / 400), ("xzy", 2.5)])
def test_points_in_space_in_a_table(run: tuple[list[str], np.ndarray], tmp_path: Path, axes: str, unit: float) -> None:
    """400 px a metre; z, or y, points up: in metres or millimetres."""
    names, xy = run
    space = np.stack([xy[..., 0], 900 - xy[..., 1], np.full(xy.shape[:2], 90.0)], axis=-1) * unit
    path = write(tmp_path / "run.csv", names, space[..., ["xyz".index(axis) for axis in axes]], axes="xyz")
    pose = import_keypoints(path, fps=FPS).pose
    np.testing.assert_allclose(np.diff(pose.xy, axis=1), 2.5 * np.diff(xy, axis=1), atol=0.2)


def test_what_was_not_seen_may_stand_in_a_corner(run: tuple[list[str], np.ndarray], tmp_path: Path) -> None:
    names, xy = run
    for corner in (0.0, -1.0):
        holes = xy.copy()
        holes[np.random.default_rng(3).random(xy.shape[:2]) < 0.12] = corner
        pose = import_keypoints(write(tmp_path / "run.csv", names, holes), fps=FPS).pose
        assert np.array_equal(np.isnan(pose.xy[..., 0]), holes[..., 0] == corner)


def test_points_around_the_hips_are_refused(run: tuple[list[str], np.ndarray], tmp_path: Path) -> None:
    """MediaPipe's world landmarks, in metres: with a picture's size they once were shares of it."""
    names, xy = run
    hips = xy[:, [names.index("left_hip"), names.index("right_hip")]].mean(axis=1, keepdims=True)
    path = write(tmp_path / "run.csv", names, (xy - hips) / 400)
    with pytest.raises(InputError, match=r"told from the middle of the hips .* expected points of the picture"):
        import_keypoints(path, fps=FPS, picture_px=(1920, 1080))
    rooted = write(tmp_path / "rooted.csv", names, xy - xy[:, [names.index("mid_hip")]])
    with pytest.raises(InputError, match="told from the middle of the hips"):
        import_keypoints(rooted, fps=FPS)
    (tmp_path / "world.json").write_text('[{"frame": 0, "pose_world_landmarks": [{"x": 0, "y": 0}]}]')
    with pytest.raises(InputError, match="has pose_world_landmarks alone"):
        import_keypoints(tmp_path / "world.json", fps=FPS)


def test_options_that_a_file_does_not_need_are_refused(run: tuple[list[str], np.ndarray], tmp_path: Path) -> None:
    path = write(tmp_path / "run.csv", *run)
    with pytest.raises(InputError, match=r"layout is of points without names, but .* leave it out"):
        gaitlab.load_keypoints(path, fps=FPS, layout="coco_17")
    with pytest.raises(InputError, match=r"picture is of coordinates that are shares .* leave it out"):
        gaitlab.load_keypoints(path, fps=FPS, picture="1920x1080")


@pytest.mark.parametrize(
    ("name", "start", "said"),
    [
        ("a.csv.gz", b"\x1f\x8b\x08", "packed by gzip; unpack it"),
        ("a.parquet", b"PAR1\x15", "Parquet table; save it as CSV"),
        ("a.mp4", b"\0\0\0\x18ftypmp42", "is a video, not its keypoints"),
        ("session.json", b'{"schema_version": 3, "gaitlab_version": "1"}', "is a session of gaitlab; write its keypoi"),
        (
            "angles.csv",
            b"time_s,left_knee_flexion_deg\n0,1\n",
            "has the columns 'time_s', 'left_knee_flexion_deg', and",
        ),
    ],
)
def test_files_of_another_kind_say_what_they_are(tmp_path: Path, name: str, start: bytes, said: str) -> None:
    (tmp_path / name).write_bytes(start)
    with pytest.raises(InputError, match=said):
        import_keypoints(tmp_path / name, fps=FPS)


def test_archives_and_workbooks_say_what_to_do(cases: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="zip archive; unpack it"):
        import_keypoints(cases / "c01_pose2sim_names.zip", fps=FPS)
    with zipfile.ZipFile(tmp_path / "a.xlsx", "w") as book:
        book.writestr("[Content_Types].xml", "")
    with pytest.raises(InputError, match="workbook of Excel; save the sheet as CSV"):
        import_keypoints(tmp_path / "a.xlsx", fps=FPS)


def test_what_gaitlab_exports_as_csv_comes_back_the_same(cases: Path, tmp_path: Path) -> None:
    session = measured(cases / "base.csv", tmp_path / "session", fps=FPS)
    path, _ = export_session(session, output=tmp_path / "out.csv")
    found = import_keypoints(path)
    scale = session.info["calibration"]["metres_per_px"]
    there = [found.pose.skeleton.index(name) for name in session.pose.skeleton.names]
    np.testing.assert_allclose(found.pose.time_s, session.pose.time_s, atol=1e-6)
    apart_m = np.linalg.norm(np.diff(found.pose.xy[:, there], axis=1), axis=-1) / 1000
    np.testing.assert_allclose(apart_m, scale * np.linalg.norm(np.diff(session.pose.xy, axis=1), axis=-1), atol=1e-4)
    again = measured(path, tmp_path / "again").summary.set_index(["metric", "side"])["mean"]
    first = session.summary.set_index(["metric", "side"])["mean"]
    for metric, within in (("cadence", 0.3), ("contact_time", 0.004), ("peak_knee_flexion_swing", 0.7)):
        assert again[metric].to_numpy() == pytest.approx(first[metric].to_numpy(), abs=within)
