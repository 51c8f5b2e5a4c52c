"""Every kind of truth, told by its content."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gaitlab.core.errors import InputError
from gaitlab.io.truth.angle_names import our_angle
from gaitlab.io.truth.c3d import _meaning, _ways
from gaitlab.io.truth.markers import side_view
from gaitlab.io.truth.plates import Load, Plate
from gaitlab.io.truth.read import read_truth
from gaitlab.io.truth.types import Markers
from tests.io.truth.make import force_of, write_c3d
from tests.io.truth.test_markers import SETS, TIME_S
from tests.io.truth.test_plates import steps

pytest.importorskip("ezc3d", reason="ezc3d is not installed: pip install 'gaitlab-run[validate]'")
RUN = [one for one in steps(count=6) if one[2] < 2.8]
FORCE = force_of(RUN, end_s=3.0)


def test_c3d_with_plates_events_and_angles(tmp_path: Path) -> None:
    late = [(side, strike + 0.03, off + 0.03) for side, strike, off in RUN]
    angles = {"S:LKneeAngles": 20 + 0 * TIME_S, "S:RKneeAngles": 30 + 0 * TIME_S}
    path = write_c3d(tmp_path / "t.c3d", TIME_S, SETS["BMC/RBDS"], force_n=[FORCE], events=late, angles=angles)
    truth = read_truth(path)
    assert truth.kind == "C3D: 14 markers (BMC/RBDS), angles of Plug-in Gait, force plates (50 N, low-pass 50 Hz)"
    assert [c.foot_strike_s for c in truth.contacts] == pytest.approx([strike for _, strike, _ in RUN], abs=0.002)
    assert [c.toe_off_s for c in truth.contacts] == pytest.approx([off for _, _, off in RUN], abs=0.002)
    assert truth.angles is not None
    assert truth.angles.values_deg["right_knee_flexion_deg"] == pytest.approx(30.0)
    assert any("+30 ms from the force plates" in note and "disagree" in note for note in truth.notes)
    assert any("against the pelvis" in note for note in truth.notes)


@pytest.mark.parametrize("unit", ["mm", "m"])
def test_walkway_with_two_plates(tmp_path: Path, unit: str) -> None:
    """A walker, both of whose feet are on the ground at once: each plate has the foot that stands over it."""
    time_s, speed = np.arange(0, 6, 0.005), 1300.0
    points, contacts, centres = {}, [], []
    for side, first_s in (("left", 0.3), ("right", 0.85)):
        ahead, lifted = np.zeros_like(time_s), np.full_like(time_s, 30.0)
        for strike_s in first_s + 1.1 * np.arange(-2, 6):
            place, share = 1.3 * 1000 * strike_s + 200, (time_s - strike_s - 0.68) / 0.42
            ahead[(time_s >= strike_s) & (share < 0)] = place
            swings = (share >= 0) & (share < 1)
            ahead[swings] = place + speed * 1.1 * share[swings]
            lifted[swings] = 30 + 120 * np.sin(np.pi * share[swings])
            if 1 < strike_s < 2.2:
                contacts.append((side, strike_s, strike_s + 0.68))
                centres.append((place, 0.0))
        across = np.full_like(time_s, 90.0 if side == "left" else -90.0)
        letter = side[0].upper()
        for name, shift, up in (("Ankle", 0, 60), ("Heel.Bottom", -60, 0), ("MT1", 140, 0), ("Knee", 60, 430)):
            points[f"{letter}.{name}"] = np.stack([ahead + shift, across, lifted + up], axis=1)
        points[f"{letter}.GTR"] = np.stack([speed * time_s, across, np.full_like(time_s, 880.0)], axis=1)
    force = [force_of([contact], end_s=6.0) for contact in contacts]
    truth = read_truth(write_c3d(tmp_path / "t.c3d", time_s, points, force_n=force, centres_mm=centres, unit=unit))
    expected = sorted(contacts, key=lambda contact: contact[1])
    assert [c.side for c in truth.contacts] == [side for side, _, _ in expected] == ["left", "right"]
    assert [c.foot_strike_s for c in truth.contacts] == pytest.approx([strike for _, strike, _ in expected], abs=0.004)


@pytest.mark.parametrize(("unit", "mm"), [("mm", 1.0), ("m", 1000.0)])
def test_plates_are_where_the_feet_are_in_any_unit(unit: str, mm: float) -> None:
    points = np.stack(list(SETS["BMC/RBDS"].values()), axis=1) / mm
    points[..., 0] += 1300 * TIME_S[:, None] / mm
    pose, places, _, _ = side_view(Markers(tuple(SETS["BMC/RBDS"]), points, TIME_S, unit), Path("t.c3d"), asked=None)
    plate = Plate(TIME_S, np.zeros(len(TIME_S)), np.array([700.0, 0.0, 0.0]) / mm)
    assert _ways([plate], pose, places, [Load(0.1, 0.5, 0)]) == pytest.approx((700.0,))


def test_c3d_with_segments(tmp_path: Path) -> None:
    """Theia writes no markers but segments, whose origins are the joints."""
    ezc3d: Any = __import__("ezc3d")
    content, names = ezc3d.c3d(), list(SETS["Theia"])
    rotations = np.zeros((4, 4, len(names), len(TIME_S)))
    for number, name in enumerate(names):
        rotations[:3, 3, number] = SETS["Theia"][name].T
    for name, value in (("LABELS", names), ("USED", len(names)), ("RATIO", 1), ("DATA_START", 2), ("RATE", [100.0])):
        content.add_parameter("ROTATION", name, value)
    content["parameters"]["POINT"]["RATE"]["value"] = [100.0]
    content["data"]["points"] = np.zeros((4, 0, len(TIME_S)))
    content["data"]["rotations"] = rotations
    content.write(str(tmp_path / "theia.c3d"))
    truth = read_truth(tmp_path / "theia.c3d")
    assert truth.kind == "C3D: 8 markers (Theia)"
    assert truth.pose is not None
    knee = SETS["Theia"]["l_shank_4X4"][:, [0, 2]] * [1, -1]
    np.testing.assert_allclose(truth.pose.point("left_knee"), knee, atol=0.01)


def test_c3d_with_events_alone(tmp_path: Path) -> None:
    truth = read_truth(write_c3d(tmp_path / "t.c3d", TIME_S, {"X": SETS["BMC/RBDS"]["L.Knee"]}, events=RUN))
    assert truth.contacts_from == "events in the file"
    assert [(c.side, c.foot_strike_s, c.toe_off_s) for c in truth.contacts] == [
        (side, pytest.approx(strike, abs=1e-4), pytest.approx(off, abs=1e-4)) for side, strike, off in RUN
    ]
    assert truth.pose is None
    assert any("no known set" in note for note in truth.notes)


def test_c3d_with_plates_whose_feet_nobody_saw(tmp_path: Path) -> None:
    truth = read_truth(write_c3d(tmp_path / "t.c3d", TIME_S, {"X": SETS["BMC/RBDS"]["L.Knee"]}, force_n=[FORCE]))
    assert not truth.sides_known
    assert any("in turn" in note for note in truth.notes)


def test_c3d_with_nothing(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no set that gaitlab knows"):
        read_truth(write_c3d(tmp_path / "t.c3d", TIME_S, {"X": SETS["BMC/RBDS"]["L.Knee"]}))
    whole = write_c3d(tmp_path / "t.c3d", TIME_S, SETS["BMC/RBDS"], force_n=[FORCE]).read_bytes()
    for size in (100, 600, 5000, len(whole) // 2, len(whole) - 2000):
        (tmp_path / "cut.c3d").write_bytes(whole[:size])
        with pytest.raises(InputError, match="damaged"):
            read_truth(tmp_path / "cut.c3d")
    (tmp_path / "broken.c3d").write_bytes(b"\x02\x50" + b"\0" * 3000)
    with pytest.raises(InputError, match=r"damaged|no frames"):
        read_truth(tmp_path / "broken.c3d")


def test_without_ezc3d_the_line_that_installs_it_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_c3d(tmp_path / "t.c3d", TIME_S, SETS["BMC/RBDS"])
    monkeypatch.setitem(sys.modules, "ezc3d", None)
    with pytest.raises(InputError, match=r"pip install 'gaitlab-run\[validate\]'"):
        read_truth(path)


@pytest.mark.parametrize(
    ("label", "context", "meaning"),
    [
        ("Foot Strike", "Left", ("left", True)),
        ("Foot Off", " Right", ("right", False)),
        ("RHS", "General", ("right", True)),
        ("LTO", "", ("left", False)),
        ("ROFF", "", ("right", False)),
        ("Event", "Left", None),
        ("Left", "General", None),
    ],
)
def test_labels_of_events(label: str, context: str, meaning: tuple[str, bool] | None) -> None:
    assert _meaning(label, context) == meaning


def test_decimal_commas_and_a_column_time(tmp_path: Path) -> None:
    (tmp_path / "e.csv").write_text("side;foot_strike_s;toe_off_s\nleft;1,25;1,5\n")
    assert read_truth(tmp_path / "e.csv").contacts[0].foot_strike_s == 1.25
    (tmp_path / "a.csv").write_text("time;knee_angle_l\n0,0;1,5\n0,1;2,5\n")
    assert read_truth(tmp_path / "a.csv").kind == "table of 1 angles (OpenSim)"


def test_tables_of_contacts(tmp_path: Path) -> None:
    path = tmp_path / "e.csv"
    path.write_text("side,foot_strike_s,toe_off_s,accepted\nR,1.4,,true\nleft,1.0,1.25,true\nleft,1.7,1.9,false\n")
    truth = read_truth(path)
    assert [(c.side, c.foot_strike_s) for c in truth.contacts] == [("left", 1.0), ("right", 1.4)]
    assert np.isnan(truth.contacts[1].toe_off_s)
    path.write_text("side;foot_strike_s;toe_off_s\nmiddle;1.4;1.6\n")
    with pytest.raises(InputError, match="line 2: side is 'middle'; expected left or right"):
        read_truth(path)
    path.write_text("side,foot_strike_s\n")
    with pytest.raises(InputError, match="no contacts"):
        read_truth(path)


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("left,1.0,0.8\n", "line 2: the toe-off at 0.8 s is not after its foot strike"),
        ("left,1.0,1.2\nleft,1.7,1.9\nleft,1.0,1.2\n", "two foot strikes of the left foot at 1 s"),
        ("left,1000,1200\nleft,1700,1900\nleft,2400,2600\n", "strides of the left foot last 700 s.*milliseconds"),
    ],
)
def test_tables_of_what_no_foot_does(tmp_path: Path, rows: str, said: str) -> None:
    (tmp_path / "e.csv").write_text("side,foot_strike_s,toe_off_s\n" + rows)
    with pytest.raises(InputError, match=said):
        read_truth(tmp_path / "e.csv")


def test_tables_of_angles(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("time_s,left_knee_flexion_deg,weight\n0.0,10,1\n0.1,-60,1\n0.2,,1\n")
    truth = read_truth(path)
    assert truth.angles is not None
    assert list(truth.angles.values_deg) == ["left_knee_flexion_deg"]
    assert truth.angles.values_deg["left_knee_flexion_deg"][:2] == pytest.approx([-10, 60])
    assert any("bends the other way" in note for note in truth.notes)
    path.write_text("time_s,left_knee_flexion_deg\n0.1,10\n0.1,20\n")
    with pytest.raises(InputError, match="times that rise"):
        read_truth(path)


def test_opensim_in_radians_with_a_knee_that_bends_backwards(tmp_path: Path) -> None:
    path = tmp_path / "ik.mot"
    path.write_text(
        "ik\nversion=1\ninDegrees=no\nendheader\ntime\tpelvis_tx\t/jointset/knee_l/knee_angle_l/value\thip_flexion_r\n"
        "0.0\t1\t-0.5\t0.1\n0.1\t1\t-1.0\t0.2\n"
    )
    truth = read_truth(path)
    assert truth.angles is not None
    assert truth.angles.values_deg["left_knee_flexion_deg"] == pytest.approx(np.degrees([0.5, 1.0]))
    assert truth.angles.values_deg["right_hip_flexion_deg"] == pytest.approx(np.degrees([0.1, 0.2]))
    path.write_text("f\ninDegrees=no\nendheader\ntime\tground_force_vy\n0.0\t1\n0.1\t1\n")
    with pytest.raises(InputError, match="neither markers nor angles"):
        read_truth(path)


def test_trc(tmp_path: Path) -> None:
    names = list(SETS["OpenCap"])
    lines = [
        "PathFileType\t4\t(X/Y/Z)\tt.trc",
        "DataRate\tUnits",
        "100\tmm",
        "Frame#\tTime\t" + "\t\t\t".join(names),
        "",
    ]
    rows = np.stack([p[:, [0, 2, 1]] * [1, 1, -1] for p in SETS["OpenCap"].values()], axis=1).reshape(len(TIME_S), -1)
    lines += [
        "\t".join([str(n + 1), f"{t:.3f}", *(f"{v:.2f}" for v in row)])
        for n, (t, row) in enumerate(zip(TIME_S, rows, strict=True))
    ]
    (tmp_path / "t.trc").write_text("\n".join(lines) + "\n")
    truth = read_truth(tmp_path / "t.trc")
    assert truth.kind == f"TRC: {len(names)} markers (OpenCap)"
    assert truth.metres_per_px == 0.001


def test_what_is_no_truth(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no such file: .*the truth is a C3D"):
        read_truth(tmp_path / "nowhere.c3d")
    for name in ("e.csv", "e.trc", "e.mot", "e.c3d"):
        (tmp_path / name).touch()
        with pytest.raises(InputError, match="is empty; the truth is a C3D"):
            read_truth(tmp_path / name)
        (tmp_path / name).write_text("\n")
        with pytest.raises(InputError) as raised:
            read_truth(tmp_path / name)
        assert "--format" not in str(raised.value)
    (tmp_path / "x.txt").write_text("hello\n")
    with pytest.raises(InputError, match="no truth that gaitlab reads"):
        read_truth(tmp_path / "x.txt")


@pytest.mark.parametrize(
    ("name", "ours"),
    [
        ("left_knee_flexion_deg", "left_knee_flexion_deg"),
        ("right_shank", "right_shank_deg"),
        ("Subject:RAnkleAngles", "right_ankle_flexion_deg"),
        ("LHipAngles_M", "left_hip_flexion_deg"),
        ("knee_angle_r", "right_knee_flexion_deg"),
        ("/jointset/hip_l/hip_flexion_l/value", "left_hip_flexion_deg"),
        ("pelvis_tilt", None),
        ("LKNE", None),
        ("/jointset/knee_l/knee_angle_l/speed", None),
    ],
)
def test_names_of_angles(name: str, ours: str | None) -> None:
    found = our_angle(name)
    assert (found[0] if found else None) == ours
