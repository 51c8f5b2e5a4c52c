"""Sessions against their truth, from files to tables: signs, numbers, several people, and what is refused."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import gaitlab
from benchmarks.truth import load_trial
from gaitlab.apps.demo import demo_clip
from gaitlab.apps.pairings import Pairing, read_list
from gaitlab.apps.truth import Truth, load_truth, true_angles
from gaitlab.apps.validate import validate_pairs
from gaitlab.core.errors import InputError, OutputError
from tests.io.truth.make import c3d_of_trial, force_of, write_c3d

pytest.importorskip("ezc3d", reason="ezc3d is not installed: pip install 'gaitlab-run[validate]'")
FPS = 60.0
PUBLIC = Path(__file__).resolve().parents[1] / "data" / "force_plates"
# The session's clock reads this much more than the truth's.
LATER_S = 0.4


@pytest.fixture(scope="module")
def known() -> Truth:
    """The rendered runner of the demonstration clip, whose every joint and contact is known."""
    return load_truth(demo_clip("side")[1])


@pytest.fixture(scope="module")
def session(known: Truth, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A session of that runner's points with 4 mm of noise, filmed at 60 frames a second from another moment on."""
    folder = tmp_path_factory.mktemp("validate")
    flat = known.sagittal().xy * 400 + [500, 900]
    time_s = np.arange(known.time_s[0], known.time_s[-1], 1 / FPS)
    rng = np.random.default_rng(0)
    with (folder / "points.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["frame", "time_s", "keypoint", "x_px", "y_px", "score"])
        for column, name in enumerate(known.names):
            at = np.stack([np.interp(time_s, known.time_s, flat[:, column, axis]) for axis in (0, 1)], axis=1)
            at += rng.normal(0, 1.6, at.shape)
            writer.writerows(
                [i, round(t + LATER_S, 6), name, x, y, 0.9]
                for i, (t, (x, y)) in enumerate(zip(time_s, at.tolist(), strict=True))
            )
    gaitlab.analyze(keypoints=folder / "points.csv", height_m=known.height_m, athlete="Ada", output=folder / "s")
    return folder / "s"


def rows_of(known: Truth) -> list[tuple[str, float, float]]:
    return [(c.side, c.foot_strike_s, c.toe_off_s) for c in known.contacts]


def events(known: Truth, path: Path, *, later_s: float = 0.0, exchanged: bool = False) -> Path:
    turned = {"left": "right", "right": "left"} if exchanged else {"left": "left", "right": "right"}
    rows = [(turned[side], strike + later_s, off + later_s) for side, strike, off in rows_of(known)]
    pd.DataFrame(rows, columns=["side", "foot_strike_s", "toe_off_s"]).to_csv(path, index=False)
    return path


@pytest.fixture(scope="module")
def c3d(known: Truth, session: Path) -> Path:
    """The same runner as a laboratory has him: markers named as BMC's, z up, at 100 Hz, and a plate under the belt."""
    names = {"hip": "GTR", "knee": "Knee", "ankle": "Ankle", "heel": "Heel.Bottom", "big_toe": "MT1"}
    time_s = np.arange(round((known.time_s[-1] - known.time_s[0]) * 100)) / 100
    points = {}
    for side in ("left", "right"):
        for point, marker in names.items():
            p = known.points_m[:, known.names.index(f"{side}_{point}")] * 1000
            turned = np.stack([p[:, 0], -p[:, 2], p[:, 1]], axis=1)
            points[f"{side[0].upper()}.{marker}"] = np.stack(
                [np.interp(time_s, known.time_s - known.time_s[0], turned[:, axis]) for axis in range(3)], axis=1
            )
    inside = [(s, a - known.time_s[0], b - known.time_s[0]) for s, a, b in rows_of(known)]
    whole = [one for one in inside if one[1] > 0.05 and one[2] < time_s[-1] - 0.05]
    force = force_of(whole, end_s=len(time_s) / 100)
    return write_c3d(session.parent / "lab.c3d", time_s, points, force_n=[force], events=whole)


def both(table: pd.DataFrame, **wanted: str) -> pd.Series:
    rows = table[table["side"] == "both"]
    for column, value in wanted.items():
        rows = rows[rows[column] == value]
    return rows.iloc[0]


def test_a_laboratory_trial(session: Path, c3d: Path, known: Truth) -> None:
    found = gaitlab.validate(session, c3d)
    (one,) = found.compared
    assert one.kind == "C3D: 10 markers (BMC/RBDS), force plates (50 N, low-pass 50 Hz)"
    assert one.offset.offset_s == pytest.approx(LATER_S + known.time_s[0], abs=0.003)
    assert one.offset.correlation > 0.99
    strikes = both(found.events, event="foot_strike")
    assert strikes["n"] >= len(known.contacts) - 4
    assert strikes["missed"] == strikes["invented"] == 0
    assert abs(strikes["bias"]) < 0.015
    assert strikes["sd"] < 0.010
    cadence = both(found.metrics, metric="cadence")
    assert abs(cadence["bias"]) < 1.0
    assert cadence["per"] == "stride"
    knee = both(found.angles, angle="knee_flexion_deg")
    assert knee["rmse"] < 3.0
    assert knee["cmc"] > 0.99
    assert found.warnings == ()
    assert any("within one person" in note for note in found.notes)
    assert len(found.pairs) == strikes["n"]


def test_a_truth_that_is_later_makes_the_bias_negative(session: Path, known: Truth, tmp_path: Path) -> None:
    same = gaitlab.validate(session, events(known, tmp_path / "a.csv"), offset_s=LATER_S)
    late = gaitlab.validate(session, events(known, tmp_path / "b.csv", later_s=0.010), offset_s=LATER_S)
    for event in ("foot_strike", "toe_off"):
        assert both(late.events, event=event)["bias"] - both(same.events, event=event)["bias"] == pytest.approx(-0.010)
    assert "speed" not in set(late.metrics["metric"])  # it would be the session's own
    errors = late.pairs["found_foot_strike_s"] - late.pairs["true_foot_strike_s"]
    assert list(errors) == pytest.approx(list(late.pairs["foot_strike_error_s"]))


def test_legs_exchanged_are_said(session: Path, known: Truth, tmp_path: Path) -> None:
    found = gaitlab.validate(session, events(known, tmp_path / "e.csv", exchanged=True), offset_s=LATER_S)
    assert any("exchanged" in warning for warning in found.warnings)
    assert both(found.events, event="foot_strike")["n"] == 0


def test_another_session_and_angles_of_a_table(session: Path, tmp_path: Path) -> None:
    shutil.copytree(session, tmp_path / "copy")
    found = gaitlab.validate(session, tmp_path / "copy")
    assert found.compared[0].offset.offset_s == pytest.approx(0.0, abs=1e-4)
    assert (found.pairs["foot_strike_error_s"] == 0).all()
    assert both(found.metrics, metric="contact_time")["icc"] == pytest.approx(1.0)
    curves = gaitlab.validate(session, session / "angles.csv")
    assert both(curves.angles, angle="knee_flexion_deg")["rmse"] == pytest.approx(0.0, abs=1e-3)
    swing = both(curves.metrics, metric="peak_knee_flexion_swing")
    assert swing["bias"] == pytest.approx(0.0, abs=1e-3)
    assert set(curves.metrics["unit"]) == {"deg"}
    assert len(curves.events) == len(curves.pairs) == 0
    assert any("no contacts" in note for note in curves.notes)
    labels = gaitlab.validate(session, session.parent / "points.csv")
    assert labels.compared[0].kind == "keypoint labels (csv)"
    assert both(labels.angles, angle="knee_flexion_deg")["rmse"] == pytest.approx(0.0, abs=1e-3)
    with pytest.raises(InputError, match="its own truth"):
        gaitlab.validate(session, session)


def test_angles_of_a_model_stand_beside_those_of_the_markers(session: Path, c3d: Path, known: Truth) -> None:
    """A model whose knee is 12° more bent and whose hip is another is a row of its own; markers are gaitlab's way."""
    own = true_angles(known)
    time_s = known.time_s - known.time_s[0]
    at_s = np.arange(round((known.time_s[-1] - known.time_s[0]) * 100)) / 100
    knees = {
        f"{side[0].upper()}KneeAngles": np.interp(at_s, time_s, own.values_deg[f"{side}_knee_flexion_deg"]) + 12
        for side in ("left", "right")
    }
    markers = ezc3d_points(c3d)
    path = write_c3d(c3d.with_name("model.c3d"), at_s, markers, angles=knees)
    found = gaitlab.validate(session, path)
    rows = found.angles[(found.angles["side"] == "both") & (found.angles["angle"] == "knee_flexion_deg")]
    by_model = rows.set_index("model")
    assert set(by_model.index) == {"", "Plug-in Gait"}
    assert by_model.loc["Plug-in Gait", "bias"] == pytest.approx(by_model.loc["", "bias"] - 12, abs=0.3)
    assert by_model.loc["Plug-in Gait", "rmse_offset_removed"] < 3.0
    assert any("compared as they are" in note for note in found.notes)


def ezc3d_points(path: Path) -> dict[str, np.ndarray]:
    content = pytest.importorskip("ezc3d").c3d(str(path))
    labels = content["parameters"]["POINT"]["LABELS"]["value"]
    return {name: content["data"]["points"][:3, n].T for n, name in enumerate(labels)}


def test_several_people_in_one_table(session: Path, known: Truth, tmp_path: Path) -> None:
    """Three people whose truths are 0, 10 and 20 ms later: means of -0, -10 and -20 ms, and an interval over people."""
    truths = [events(known, tmp_path / f"{n}.csv", later_s=0.01 * n) for n in range(3)]
    sessions = []
    for n in range(3):
        shutil.copytree(session, tmp_path / f"s{n}")
        sessions.append(tmp_path / f"s{n}")
    found = validate_pairs([paired(s, t, f"P{n}") for n, (s, t) in enumerate(zip(sessions, truths, strict=True))])
    strikes = both(found.events, event="foot_strike")
    zero = gaitlab.validate(session, truths[0], offset_s=LATER_S)
    assert strikes["bias"] - both(zero.events, event="foot_strike")["bias"] == pytest.approx(-0.010)
    assert (strikes["subjects"], strikes["recordings"], strikes["interval_over"]) == (3, 3, "subjects")
    assert strikes["bias_low95"] < strikes["bias"] < strikes["bias_high95"]
    contact = both(found.metrics, metric="contact_time")
    assert (contact["per"], contact["n"]) == ("recording", 6)
    assert not any("within" in note for note in found.notes)
    two = validate_pairs([paired(sessions[0], truths[0], None), paired(sessions[1], truths[1], None)])
    assert set(two.metrics["icc_note"].str.contains("one person")) == {True}


def paired(session: Path, truth: Path, subject: str | None) -> Pairing:
    return Pairing(session, truth, subject, LATER_S)


def test_a_list_of_pairs(session: Path, known: Truth, tmp_path: Path) -> None:
    events(known, tmp_path / "e.csv")
    path = tmp_path / "list.csv"
    path.write_text(f"session,truth,subject,offset_s,markers\n{session},e.csv,Bob,{LATER_S},\n")
    (pairing,) = read_list(path)
    assert (pairing.subject, pairing.offset_s, pairing.markers) == ("Bob", LATER_S, None)
    assert validate_pairs([pairing]).compared[0].subject == "Bob"
    path.write_text("session;truth;offset_s\ns;e.csv;-1,25\n")
    assert read_list(path)[0].offset_s == -1.25
    for text, said in (
        ("session,subject\na,b\n", "columns session, truth"),
        ("session,truth,age\na,b,3\n", "the column 'age'; known: session"),
        ("session,truth,offset_s\na,b,soon\n", "line 2: offset_s is 'soon'"),
        ("session,truth\n,b\n", "line 2: expected a session and a truth"),
        ("", "columns session, truth"),
    ):
        path.write_text(text)
        with pytest.raises(InputError, match=said):
            read_list(path)


def test_the_folder_is_written_whole_or_not_at_all(session: Path, known: Truth, tmp_path: Path) -> None:
    truth = events(known, tmp_path / "e.csv")
    folder = tmp_path / "out"
    gaitlab.validate(session, truth, offset_s=LATER_S, output=folder)
    names = {"validation.html", "events.csv", "metrics.csv", "angles.csv", "pairs.csv"}
    assert {path.name for path in folder.iterdir()} == names
    table = pd.read_csv(folder / "pairs.csv")
    assert {"session", "side", "true_foot_strike_s", "found_foot_strike_s", "foot_strike_error_s"} <= set(table)
    with pytest.raises(OutputError, match="exists"):
        gaitlab.validate(session, truth, offset_s=LATER_S, output=folder)
    gaitlab.validate(session, truth, offset_s=LATER_S, output=folder, force=True)
    (folder / "mine.txt").write_text("x")
    with pytest.raises(OutputError, match=r"mine\.txt"):
        gaitlab.validate(session, truth, offset_s=LATER_S, output=folder, force=True)
    with pytest.raises(InputError):
        gaitlab.validate(session, tmp_path / "nothing.csv", output=tmp_path / "other")
    assert not (tmp_path / "other").exists()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["e.csv", "out"]


def test_moments_of_a_long_recording_keep_their_milliseconds(session: Path, known: Truth, tmp_path: Path) -> None:
    shutil.copytree(session, tmp_path / "late")
    table = pd.read_csv(tmp_path / "late" / "events.csv", dtype={"accepted": str})
    angles = pd.read_csv(tmp_path / "late" / "angles.csv")
    table[["foot_strike_s", "toe_off_s"]] += 3600
    angles["time_s"] += 3600
    table.to_csv(tmp_path / "late" / "events.csv", index=False)
    angles.to_csv(tmp_path / "late" / "angles.csv", index=False)
    gaitlab.validate(
        tmp_path / "late", events(known, tmp_path / "e.csv"), offset_s=LATER_S + 3600, output=tmp_path / "o"
    )
    pairs = pd.read_csv(tmp_path / "o" / "pairs.csv")
    errors = pairs["found_foot_strike_s"] - pairs["true_foot_strike_s"]
    assert list(errors) == pytest.approx(list(pairs["foot_strike_error_s"]), abs=2e-6)


def test_what_is_refused(session: Path, c3d: Path, known: Truth, tmp_path: Path) -> None:
    truth = events(known, tmp_path / "e.csv")
    for arguments, options, said in (
        (([session], [truth, truth]), {}, "a truth a session, in their order, not 1 sessions and 2 truths"),
        (([], []), {}, "not 0 sessions"),
        ((session, truth), {"offset_s": 500.0}, "do not overlap in time"),
        ((session, truth), {"offset_s": float("nan")}, "offset_s must be the seconds to add.*not nan"),
        (([session, session], [truth, truth]), {}, "is named twice"),
        ((session, tmp_path), {}, "is no folder that can be a truth"),
        ((session, c3d), {"markers": "theia"}, "lacks the markers of the knee and the ankle of the set Theia"),
        ((session, c3d), {"threshold_n": 0.0}, "threshold_n must be from 1 to 1000 N, not 0.0"),
        ((session, truth), {"subjects": ["a", "b"]}, "names 2 people for 1 sessions"),
        ((tmp_path / "none", truth), {}, "no such session folder"),
    ):
        with pytest.raises(InputError, match=said):
            gaitlab.validate(*arguments, **options)  # type: ignore[arg-type]


@pytest.mark.parametrize("path", sorted(PUBLIC.glob("*_3.5mps.npz")), ids=lambda path: path.stem)
def test_markers_and_plates_of_one_file(path: Path, tmp_path: Path) -> None:
    """A session made of a laboratory's C3D, held against the plates of the same file: a few ms, as benchmarks print."""
    trial = load_trial(path)
    lab = c3d_of_trial(trial, tmp_path / "trial.c3d")
    gaitlab.analyze(
        keypoints=lab, keypoints_format="c3d", height_m=trial.height_m, athlete=trial.subject, output=tmp_path / "s"
    )
    found = gaitlab.validate(tmp_path / "s", lab)
    assert found.compared[0].offset.offset_s == pytest.approx(0.0, abs=1e-3)
    for event in ("foot_strike", "toe_off"):
        row = both(found.events, event=event)
        assert row["n"] >= len(trial.side) - 3
        assert row["missed"] == row["invented"] == 0
        assert row["mae"] < 0.008
    assert any("same points" in note for note in found.notes)
    true_s = np.array([c.true.duration_s for leg in found.compared[0].legs for c in leg.pairs])
    plates_s = trial.toe_off_s - trial.strike_s
    assert true_s.mean() == pytest.approx(plates_s.mean(), abs=0.002)
