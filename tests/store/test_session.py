"""What is written can be read back, by gaitlab and by anyone with pandas."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest

from gaitlab.core import SKELETONS, Angles, Contact, GaitEvents, MetricValue, PoseSequence
from gaitlab.core.metric import Reference
from gaitlab.errors import InputError
from gaitlab.metrics import CycleValue
from gaitlab.store.session import open_session
from gaitlab.store.sessions import find_sessions, load_sessions
from gaitlab.store.write import write_data

BODY = SKELETONS["body_25"]


def write(folder: Path, *, athlete: str = 'Ada, the "fast"\n<b>', cadence: float = 170.0) -> Path:
    folder.mkdir(parents=True)
    time_s = np.arange(4) / 30
    pose = PoseSequence(np.arange(4.0 * 25 * 2).reshape(4, 25, 2), np.full((4, 25), 0.5), time_s, BODY)
    contact = Contact("left", 0.01, 0.09, 0.004, math.nan, accepted=False, reason="too short, by far")
    info = {
        "schema_version": 1, "athlete": athlete, "label": "A", "recorded_at": "2026-01-02", "view": "side",
        "activity": "running", "nothing": math.nan,
    }  # fmt: skip
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
