"""Every format is read back, by its own library where there is one, and holds what the session holds."""

from __future__ import annotations

import csv
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gaitlab.core.errors import InputError, OutputError
from gaitlab.core.gait import Angles, Contact, GaitEvents
from gaitlab.core.pose import PoseSequence
from gaitlab.core.skeleton import SKELETONS
from gaitlab.io.export import FORMATS, export_session
from gaitlab.io.export.c3d import evenly
from gaitlab.io.keypoints import read_keypoints
from gaitlab.io.session.session import Session, open_session
from gaitlab.io.session.write import write_data
from tests.report.make import about

BODY = SKELETONS["body_25"]
FPS = 50.0
SCALE = 0.004  # m a px
HIP, TOE = (320.0, 200.0), (400.0, 500.0)  # px; the toe is the lowest point
MISSING_FRAME = 3


def make(
    folder: Path, *, scale: float | None = SCALE, facing: str = "right", view: str = "side", uneven: bool = False
) -> Session:
    """Somebody whose hips stand at (320, 200) px, whose left toe stands at (400, 500) and whose ankle is hidden once.

    The left knee bends by 2 degrees a frame; the left foot is on the ground from 0.03 to 0.11 s.
    """
    folder.mkdir(parents=True)
    time_s = 1.0 + np.arange(10) / FPS
    if uneven:
        time_s[5:] += 0.5 / FPS
    xy = np.full((10, len(BODY), 2), np.nan)
    for name, place in (("left_hip", HIP), ("right_hip", HIP), ("mid_hip", HIP), ("left_big_toe", TOE)):
        xy[:, BODY.index(name)] = place
    xy[:, BODY.index("left_ankle")] = np.stack([np.linspace(300, 390, 10), np.full(10, 480)], axis=1)
    xy[MISSING_FRAME, BODY.index("left_ankle")] = np.nan
    pose = PoseSequence(xy, np.where(np.isfinite(xy[..., 0]), 0.75, 0.0), time_s, BODY)
    knee = 2.0 * np.arange(10)
    knee[MISSING_FRAME] = np.nan
    contacts = (
        Contact("left", 1.03, 1.11, 0.004, 0.004),
        Contact("right", 1.05, 1.13, 0.004, 0.004, accepted=False, reason="too short"),
    )
    write_data(
        folder,
        info=about(
            view=view, facing=facing, calibration={**about()["calibration"], "metres_per_px": scale, "tilt_deg": 0.0}
        ),
        raw=pose, pose=pose, angles=Angles(time_s, {"left_knee_flexion_deg": knee, "trunk_lean_deg": 8 + 0 * knee}),
        events=GaitEvents(contacts, "running"), summary=[], cycles=[],
    )  # fmt: skip
    return open_session(folder)


def exported(tmp_path: Path, name: str, **how: Any) -> tuple[Path, str]:
    return export_session(make(tmp_path / "s", **how), format=name, output=tmp_path / f"out.{name}")


def test_trc_comes_back_through_the_importer(tmp_path: Path) -> None:
    path, note = exported(tmp_path, "trc")
    lines = path.read_text().splitlines()
    facts = dict(zip(lines[1].split("\t"), lines[2].split("\t"), strict=True))
    assert (facts["Units"], facts["NumFrames"], facts["NumMarkers"], note) == ("m", "10", "5", "")
    assert float(facts["DataRate"]) == pytest.approx(FPS)
    back = read_keypoints(path, format="trc", fps=None)
    np.testing.assert_allclose(back.time_s, 1.0 + np.arange(10) / FPS, atol=1e-6)
    # Forward of the hips by 80 px, on the ground; the hips 300 px above it. The importer's unit is mm, y down.
    np.testing.assert_allclose(back.point("left_big_toe")[0], [1000 * 80 * SCALE, 0], atol=1e-3)
    np.testing.assert_allclose(back.point("left_hip")[0], [0, -1000 * 300 * SCALE], atol=1e-3)
    missing = np.flatnonzero(np.isnan(back.point("left_ankle")[:, 0]))
    assert list(missing) == [MISSING_FRAME]


def test_who_faces_left_runs_forward_all_the_same(tmp_path: Path) -> None:
    path, _ = exported(tmp_path, "trc", facing="left")
    back = read_keypoints(path, format="trc", fps=None)
    assert back.point("left_big_toe")[0, 0] == pytest.approx(-1000 * 80 * SCALE)


def test_from_behind_the_picture_lies_across(tmp_path: Path) -> None:
    path, _ = exported(tmp_path, "csv", view="rear")
    first = next(csv.DictReader(path.open()))
    assert [float(first[f"left_big_toe_{axis}_m"]) for axis in "xyz"] == pytest.approx([0, 0, 80 * SCALE])


def test_without_a_scale_lengths_are_px_of_the_picture_and_that_is_said(tmp_path: Path) -> None:
    path, note = exported(tmp_path, "trc", scale=None)
    assert "px" in note
    assert "--height" in note
    assert path.read_text().splitlines()[2].split("\t")[4] == "px"
    assert tuple(read_keypoints(path, format="trc", fps=None).point("left_big_toe")[0]) == TOE


def read_mot(path: Path) -> tuple[dict[str, str], dict[str, list[float]]]:
    head, _, body = path.read_text().partition("endheader\n")
    header = dict(line.split("=") for line in head.splitlines() if "=" in line)
    names, *rows = [line.split("\t") for line in body.splitlines()]
    return header, {name: [float(row[i]) for row in rows] for i, name in enumerate(names)}


def test_mot_is_in_degrees_and_has_no_gap(tmp_path: Path) -> None:
    path, note = exported(tmp_path, "mot", scale=None)
    header, columns = read_mot(path)
    assert (header["inDegrees"], header["nRows"], header["nColumns"]) == ("yes", "9", "3")
    assert list(columns) == ["time", "left_knee_flexion", "trunk_lean"]
    # OpenSim's Storage stops at a NaN: the one frame that lacks the knee is not there.
    assert columns["left_knee_flexion"] == [0, 2, 4, 8, 10, 12, 14, 16, 18]
    assert columns["time"][3] == pytest.approx(1.0 + 4 / FPS)
    assert "1 of 10 frames" in note
    assert "px" not in note


def test_mot_of_an_angle_hardly_seen_does_without_it(tmp_path: Path) -> None:
    session = make(tmp_path / "s")
    angles = session.folder / "angles.csv"
    head, *rows = angles.read_text().splitlines()
    angles.write_text("\n".join([head, *rows[:3], *(f"{row.split(',')[0]},,8" for row in rows[3:])]) + "\n")
    path, note = export_session(open_session(session.folder), format="mot", output=tmp_path / "out.mot")
    assert list(read_mot(path)[1]) == ["time", "trunk_lean"]
    assert "left_knee_flexion" in note


def test_c3d_holds_points_angles_and_events(tmp_path: Path) -> None:
    ezc3d = pytest.importorskip("ezc3d")
    path, note = exported(tmp_path, "c3d")
    content = ezc3d.c3d(str(path))
    point = content["parameters"]["POINT"]
    labels = point["LABELS"]["value"]
    assert (point["RATE"]["value"][0], point["UNITS"]["value"], note) == (FPS, ["mm"], "")
    assert point["ANGLES"]["value"] == ["left_knee_flexion_deg", "trunk_lean_deg"]
    points = content["data"]["points"]
    toe, ankle, knee = (points[:3, labels.index(n)] for n in ("left_big_toe", "left_ankle", "left_knee_flexion_deg"))
    np.testing.assert_allclose(toe[:, 0], [1000 * 80 * SCALE, 0, 0], atol=1e-3)
    assert list(np.flatnonzero(np.isnan(ankle[0]))) == [MISSING_FRAME]
    np.testing.assert_allclose(knee[0, [0, 1, 9]], [0, 2, 18])
    event = content["parameters"]["EVENT"]
    assert event["LABELS"]["value"] == ["Foot Strike", "Foot Off"]  # the right contact was rejected
    assert event["CONTEXTS"]["value"] == ["Left", "Left"]
    np.testing.assert_allclose(event["TIMES"]["value"], [[0, 0], [0.03, 0.11]], atol=1e-6)
    assert content["parameters"]["GAITLAB"]["START_S"]["value"][0] == pytest.approx(1.0)


def test_c3d_of_uneven_frames_is_put_on_an_even_clock(tmp_path: Path) -> None:
    pytest.importorskip("ezc3d")
    _, note = exported(tmp_path, "c3d", uneven=True)
    assert "even clock" in note


def test_an_even_clock_keeps_a_straight_line_straight_and_a_gap_a_gap() -> None:
    time_s = np.array([0.0, 1.0, 2.0, 3.4, 4.0])
    values = np.stack([10 * time_s, np.array([0, np.nan, 2, 3, 4])], axis=1)
    rate, even = evenly(time_s, values)
    assert rate == 1.0
    np.testing.assert_allclose(even[:, 0], [0, 10, 20, 30, 40])
    assert list(np.isnan(even[:, 1])) == [False, True, False, False, False]
    assert evenly(np.arange(5.0), values)[1] is values


@pytest.mark.parametrize(("fps", "most_px"), [(25, 0.5), (30, 0.3), (60, 0.05)])
def test_an_even_clock_keeps_the_height_of_a_fast_foot(fps: int, most_px: float) -> None:
    # 3 Hz, 100 px: straight lines between frames that are up to 0.3 of an interval off would lose 1 to 5 px of it.
    time_s = np.arange(8 * fps) / fps + np.random.default_rng(fps).uniform(-0.3, 0.3, 8 * fps) / fps
    rate, even = evenly(time_s, 100 * np.sin(6 * np.pi * time_s)[:, None])
    clock_s = time_s[0] + np.arange(len(time_s)) / rate
    inside = slice(fps // 2, -fps // 2)
    error_px = (even[:, 0] - 100 * np.sin(6 * np.pi * clock_s))[inside]
    assert np.sqrt(np.mean(error_px**2)) < most_px


@pytest.mark.parametrize("name", ["csv", "parquet"])
def test_tables_hold_a_row_a_frame(tmp_path: Path, name: str) -> None:
    pytest.importorskip("pyarrow")
    import pandas as pd

    path, _ = exported(tmp_path, name)
    table = pd.read_csv(path) if name == "csv" else pd.read_parquet(path)
    assert len(table) == 10
    assert table["left_big_toe_x_m"].tolist() == pytest.approx([80 * SCALE] * 10)
    assert table["left_hip_y_m"][0] == pytest.approx(300 * SCALE)
    assert list(np.flatnonzero(table["left_ankle_x_m"].isna())) == [MISSING_FRAME]
    assert table["left_knee_flexion_deg"][9] == 18
    assert table["left_hip_score"][0] == 0.75
    # 1.04, 1.06, 1.08 and 1.10 s lie between 1.03 and 1.11 s.
    assert list(np.flatnonzero(table["left_foot_strike_s"].notna())) == [2, 3, 4, 5]
    assert table["left_toe_off_s"][2] == pytest.approx(1.11)
    assert (table["left_contact_accepted"][2], table["right_contact_accepted"][3]) == (1, 0)


def test_parquet_says_whose_it_is_and_its_unit(tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    path, _ = exported(tmp_path, "parquet", scale=None)
    table = parquet.read_table(path)
    assert (table.schema.metadata[b"session"], table.schema.metadata[b"length_unit"]) == (b"s", b"px")
    assert table.column("left_big_toe_y_px")[0].as_py() == TOE[1]
    assert "left_big_toe_z_px" not in table.column_names
    assert table.column("left_ankle_x_px").null_count == 1


@pytest.mark.parametrize("name", ["c3d", "parquet"])
def test_a_missing_library_is_one_line_that_names_the_extra(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, {"c3d": "ezc3d", "parquet": "pyarrow"}[name], None)
    with pytest.raises(InputError, match=r"pip install 'gaitlab-run\[export\]'"):
        exported(tmp_path, name)
    assert [path.name for path in tmp_path.iterdir()] == ["s"]


def test_the_suffix_says_the_format_and_no_file_is_lost(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    session = make(tmp_path / "s")
    monkeypatch.chdir(tmp_path)
    assert export_session(session, format="trc")[0] == Path("s.trc")
    (tmp_path / "mine.CSV").write_text("mine")
    with pytest.raises(OutputError, match="exists; choose another with -o, or replace it with --force"):
        export_session(session, output="mine.CSV")
    assert (tmp_path / "mine.CSV").read_text() == "mine"
    export_session(session, output="mine.CSV", force=True)
    assert (tmp_path / "mine.CSV").read_text().startswith("time_s,left_knee_flexion_deg")
    with pytest.raises(OutputError, match="is a folder"):
        export_session(session, format="csv", output=tmp_path)
    with pytest.raises(OutputError, match="cannot write"):
        export_session(session, output=tmp_path / "no" / "out.csv")


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ({"format": "c3"}, "did you mean 'c3d'"),
        ({"output": "a.xlsx"}, "unknown format 'xlsx'"),
        ({}, f"one of {', '.join(FORMATS)}"),
    ],
)
def test_an_unknown_format_names_the_known(tmp_path: Path, how: dict[str, str], said: str) -> None:
    with pytest.raises(InputError, match=said):
        export_session(make(tmp_path / "s"), **how)


def test_nobody_seen_is_said(tmp_path: Path) -> None:
    session = make(tmp_path / "s")
    data = dict(np.load(session.folder / "keypoints.npz"))
    np.savez(session.folder / "keypoints.npz", **{**data, "xy": np.full_like(data["xy"], np.nan)})
    with pytest.raises(InputError, match="nobody was seen"):
        export_session(open_session(session.folder), format="trc", output=tmp_path / "out.trc")
