"""What is written can be read back, by gaitlab and by anyone with pandas."""

from __future__ import annotations

import json
import math
import sys
from pathlib import Path

import numpy as np
import pytest

from gaitlab.core.errors import InputError
from gaitlab.core.gait import Angles, Contact, GaitEvents
from gaitlab.core.metric import MetricValue, Reference
from gaitlab.core.pose import PoseSequence
from gaitlab.core.skeleton import SKELETONS
from gaitlab.io.session.session import open_session
from gaitlab.io.session.sessions import find_sessions, load_sessions
from gaitlab.io.session.write import write_data
from gaitlab.metrics import CycleValue
from tests.report.make import about

BODY = SKELETONS["body_25"]


def write(folder: Path, *, athlete: str = 'Ada, the "fast"\n<b>', cadence: float = 170.0) -> Path:
    folder.mkdir(parents=True)
    time_s = np.arange(4) / 30
    pose = PoseSequence(np.arange(4.0 * 25 * 2).reshape(4, 25, 2), np.full((4, 25), 0.5), time_s, BODY)
    contact = Contact("left", 0.01, 0.09, 0.004, math.nan, accepted=False, reason="too short, by far")
    info = about(athlete=athlete, label="A", recorded_at="2026-01-02", nothing=math.nan)
    write_data(
        folder,
        info=info,
        raw=pose,
        pose=pose,
        angles=Angles(time_s, {"left_knee_flexion_deg": np.array([1.0, np.nan, 3.25, -4.0])}),
        events=GaitEvents((contact,), "running"),
        summary=[
            MetricValue("cadence", "Cadence", "both", 9, cadence, 1.0, 0.5, "steps/min", Reference(150, 190, "a, b")),
            MetricValue("foot_strike_angle", "Foot", "left", 0, math.nan, math.nan, math.nan, "deg", None, "no heel"),
        ],
        cycles=[CycleValue("cadence", "left", 0, 0.25, cadence, "steps/min")],
    )
    return folder


def test_tables_survive_the_way_to_disk_and_back(tmp_path: Path) -> None:
    session = open_session(write(tmp_path / "a"))
    assert session.info["athlete"] == 'Ada, the "fast"\n<b>'
    assert session.info["nothing"] is None
    row = session.summary.set_index("metric").loc["cadence"]
    assert (row["mean"], row["reference_low"], row["reference_source"]) == (170.0, 150.0, "a, b")
    missing = session.summary.set_index("metric").loc["foot_strike_angle"]
    assert np.isnan(missing["mean"])
    assert missing["missing_reason"] == "no heel"
    np.testing.assert_allclose(session.angles["left_knee_flexion_deg"], [1, np.nan, 3.25, -4])
    assert session.cycles.iloc[0].to_dict() == {
        "metric": "cadence", "side": "left", "cycle": 0, "time_s": 0.25, "value": 170.0, "unit": "steps/min",
        "assumed": False,
    }  # fmt: skip
    contact = session.gait_events.contacts[0]
    assert (contact.side, contact.foot_strike_s, contact.accepted, contact.reason) == (
        "left", 0.01, False, "too short, by far",
    )  # fmt: skip
    assert math.isnan(contact.toe_off_sd_s)
    assert session.pose.xy[3, 24, 1] == pytest.approx(199.0)
    assert session.raw_pose.skeleton.names == BODY.names


def test_session_json_is_strict_json(tmp_path: Path) -> None:
    text = (write(tmp_path / "a") / "session.json").read_text()
    json.loads(text, parse_constant=lambda name: pytest.fail(f"{name} is not JSON"))


def test_many_sessions_are_one_table_and_a_broken_one_is_skipped(tmp_path: Path, caplog) -> None:
    write(tmp_path / "a", athlete="Ada")
    write(tmp_path / "deep" / "b", athlete="Bo", cadence=160.0)
    broken = write(tmp_path / "c")
    (broken / "events.csv").unlink()
    write(tmp_path / ".c.partial-1234")
    table = load_sessions(tmp_path)
    assert sorted(table.query("metric == 'cadence'")["mean"]) == [160.0, 170.0]
    assert set(table["athlete"]) == {"Ada", "Bo"}
    assert list(table.columns[:5]) == ["session", "athlete", "label", "date", "view"]
    assert "events.csv missing" in caplog.text
    assert len(load_sessions(tmp_path, cycles=True)) == 2


def test_an_empty_directory_is_an_empty_table(tmp_path: Path) -> None:
    assert load_sessions(tmp_path).empty
    with pytest.raises(InputError, match="no such directory"):
        list(find_sessions(tmp_path / "none"))


def test_what_is_no_session(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such session folder"):
        open_session(tmp_path / "none")
    with pytest.raises(InputError, match=r"not a whole session folder: session\.json"):
        open_session(tmp_path)
    newer = write(tmp_path / "newer")
    (newer / "session.json").write_text('{"schema_version": 99}')
    with pytest.raises(InputError, match="written by a newer gaitlab"):
        open_session(newer)
    (newer / "session.json").write_text("{")
    with pytest.raises(InputError, match="is not a session's description"):
        open_session(newer)


OLDER = "metric,label,side,n,mean,sd,uncertainty,unit,reference_low,reference_high,reference_source,missing_reason\n"


def older(mean: float) -> str:
    """A summary from before notes, variations and networks' errors were in it."""
    return f"{OLDER}cadence,Cadence,both,12,{mean:g},2,1,steps/min,,,,\n"


def indexed(directory: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Three sessions, and an index of them although they are few."""
    monkeypatch.setattr("gaitlab.io.session.index._WORTH_AN_INDEX", 1)
    for name in ("a", "b", "c"):
        write(directory / name, athlete=name)
    load_sessions(directory)
    return directory / ".gaitlab-index.json"


def test_the_index_notices_what_changed_came_and_went(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    index = indexed(tmp_path, monkeypatch)
    assert index.is_file()
    with monkeypatch.context() as patched:
        patched.setattr("gaitlab.io.session.index.read_object", lambda path: pytest.fail(f"{path} is known already"))
        assert list(load_sessions(tmp_path)["athlete"].unique()) == ["a", "b", "c"]
    described = tmp_path / "a" / "session.json"
    described.write_text(described.read_text().replace('"athlete": "a"', '"athlete": "somebody else"'))
    (tmp_path / "b" / "cycles.csv").unlink()
    for file in (tmp_path / "c").iterdir():
        file.unlink()
    write(tmp_path / "d", athlete="d")
    assert list(load_sessions(tmp_path)["athlete"].unique()) == ["somebody else", "d"]


def test_the_index_notices_a_table_that_was_damaged_since(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    indexed(tmp_path, monkeypatch)
    with (tmp_path / "b" / "angles.csv").open("r+") as file:
        file.truncate(0)
    table = load_sessions(tmp_path)
    assert list(table["athlete"].unique()) == ["a", "c"]
    assert table.attrs["skipped"] == [
        f"the table '{tmp_path / 'b' / 'angles.csv'}' is damaged: it is empty; analyse again"
    ]


@pytest.mark.parametrize("content", ["{", "[]", '{"version": 99}', '{"version": 1, "sessions": {"a": 1}}'])
def test_a_damaged_index_is_no_index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: str) -> None:
    indexed(tmp_path, monkeypatch).write_text(content)
    assert list(load_sessions(tmp_path)["athlete"].unique()) == ["a", "b", "c"]


def test_a_damaged_summary_is_skipped(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    write(tmp_path / "a", athlete="Ada")
    broken = write(tmp_path / "b", athlete="Bo") / "summary.csv"
    broken.write_text(broken.read_text()[:-40])
    assert set(load_sessions(tmp_path)["athlete"]) == {"Ada"}
    assert "is damaged" in caplog.text


def test_a_description_damaged_behind_what_names_it_is_skipped(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    write(tmp_path / "a", athlete="Ada")
    described = write(tmp_path / "b", athlete="Bo") / "session.json"
    described.write_text(described.read_text().rstrip().removesuffix("}") + ', "last": [1, 2}')
    assert set(load_sessions(tmp_path)["athlete"]) == {"Ada"}
    assert "is not a session's description" in caplog.text


def test_tables_of_different_age_come_together_in_order(tmp_path: Path) -> None:
    for name in ("a", "b", "c"):
        write(tmp_path / name, athlete=name)
    (tmp_path / "b" / "summary.csv").write_text(older(150))
    table = load_sessions(tmp_path)
    assert list(table["athlete"]) == ["a", "a", "b", "c", "c"]
    assert list(table.query("metric == 'cadence'")["mean"]) == [170, 150, 170]
    assert list(table.columns).count("label") == 1
    assert set(table["label"]) == {"A"}


def test_past_one_machine_the_same_table_is_a_dask_frame(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Read by the two workers of a real cluster, whose tables of different age and without sessions fit together."""
    distributed = pytest.importorskip("distributed")
    pytest.importorskip("dask.dataframe")
    monkeypatch.setattr("gaitlab.io.session.cluster.CHUNK", 2)
    for number in range(5):
        write(tmp_path / str(number), athlete=f"a{number}", cadence=150.0 + number)
    (tmp_path / "1" / "summary.csv").write_text(older(151))
    (tmp_path / "4" / "summary.csv").write_text(OLDER)
    with distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster:
        frame = load_sessions(tmp_path, scheduler=cluster.scheduler_address)
        assert frame.npartitions == 3
        here = load_sessions(tmp_path)
        there = frame.compute()
        assert list(there.columns) == list(here.columns)
        assert list(there["athlete"]) == list(here["athlete"]) == ["a0", "a0", "a1", "a2", "a2", "a3", "a3"]
        assert np.array_equal(there["mean"].to_numpy(float), here["mean"].to_numpy(float), equal_nan=True)
        cadence = frame[frame["metric"] == "cadence"].groupby("view")["mean"].mean().compute()
        assert cadence["side"] == pytest.approx((150 + 151 + 152 + 153) / 4)
        client = distributed.get_client()
        assert len(load_sessions(tmp_path, cycles=True, scheduler=client).compute()) == 5
        again = load_sessions(tmp_path, scheduler=cluster.scheduler_address)
        assert distributed.get_client() is client
        assert len(again) == 7
        client.close()


def test_no_dask_and_no_scheduler_are_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "a")
    with monkeypatch.context() as patched:
        patched.setitem(sys.modules, "dask.dataframe", None)
        with pytest.raises(InputError, match=r"pip install 'gaitlab-run\[cluster\]'"):
            load_sessions(tmp_path, scheduler="tcp://127.0.0.1:9")
    pytest.importorskip("dask.dataframe")
    monkeypatch.setattr("gaitlab.io.session.cluster._CONNECT_S", 1)
    with pytest.raises(InputError, match=r"no dask scheduler answers at 'tcp://127\.0\.0\.1:9'"):
        load_sessions(tmp_path, scheduler="tcp://127.0.0.1:9")
