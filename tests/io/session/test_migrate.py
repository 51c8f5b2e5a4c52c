"""A session written by the first layout's own code, in `layouts/1`, reads as one of today."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from gaitlab.core.errors import InputError
from gaitlab.io.session.migrate import MIGRATIONS
from gaitlab.io.session.session import SCHEMA_VERSION, open_session
from gaitlab.io.session.sessions import find_sessions, load_sessions
from gaitlab.metrics import METRICS, sources
from gaitlab.pipeline.writing import rebuild_report
from gaitlab.stats import compare

FIRST = Path(__file__).parent / "layouts" / "1"


@pytest.fixture
def first(tmp_path: Path) -> Path:
    return Path(shutil.copytree(FIRST, tmp_path / "first"))


def test_the_fixture_is_of_the_first_layout() -> None:
    described = json.loads((FIRST / "session.json").read_text())
    assert described["schema_version"] == 1
    assert "asymmetry" not in described
    assert "variation_percent" not in (FIRST / "summary.csv").read_text()


def test_every_layout_but_the_last_has_its_step() -> None:
    assert sorted(MIGRATIONS) == list(range(1, SCHEMA_VERSION))


def test_asymmetry_is_told_as_it_would_have_been(first: Path) -> None:
    info = open_session(first).info
    assert info["schema_version"] == SCHEMA_VERSION
    told = {row["metric"]: row for row in info["asymmetry"]}
    # Stride time left 0.716625 and right 0.713542 s, ± 0.002694 and 0.009378 s.
    assert told["stride_time"]["difference"] == pytest.approx(0.713542 - 0.716625)
    assert told["stride_time"]["interval"] == pytest.approx(np.hypot(0.002694, 0.009378))
    assert told["stride_time"]["beyond_noise"] is False
    assert info["settings"]["report"]["units"] == "metric"
    json.dumps(info, allow_nan=False)


def test_the_summary_gets_its_variation(first: Path) -> None:
    rows = open_session(first).summary.set_index(["metric", "side"])
    assert rows.loc[("stride_time", "left"), "variation_percent"] == pytest.approx(100 * 0.001084 / 0.716625)
    assert np.isnan(rows.loc[("trunk_lean", "left"), "variation_percent"])


def test_old_and_new_compare_list_load_and_are_reported(first: Path, tmp_path: Path) -> None:
    second = shutil.copytree(first, tmp_path / "second")
    newest = open_session(first).info
    (second / "session.json").write_text(json.dumps(newest))
    table = compare([open_session(first), open_session(second)])
    assert set(table["metric"]) <= set(METRICS)
    assert (table["difference"].dropna() == 0).all()
    assert len(list(find_sessions(tmp_path))) == 2
    assert load_sessions(tmp_path)["session"].nunique() == 2
    assert rebuild_report(open_session(first)).read_text().startswith("<!DOCTYPE html>")


def test_its_verdict_is_told_and_no_option_of_the_command_line(first: Path) -> None:
    described = json.loads((first / "session.json").read_text())
    described["warnings"] = ["if the video is slow motion, say the true frame rate with --capture-fps 120"]
    (first / "session.json").write_text(json.dumps(described))
    session = open_session(first)
    assert session.info["quality"]["verdict"]["grade"] in ("good", "fair", "poor")
    assert session.warnings[-1] == "if the video is slow motion, the true frame rate must be entered: 120"
    assert "--mass" in (first / "summary.csv").read_text()
    reasons = {row["metric"]: row["missing_reason"] for row in session.rows("summary")}
    assert reasons["leg_stiffness"] == "needs the body mass"
    told = {row["metric"]: row["reference_source"] for row in session.rows("summary")}
    assert told["cadence"] == sources.YOUNG_RUNNERS
    assert told["knee_flexion_at_contact"] == sources.TWO_LABORATORIES


def test_nothing_on_disk_is_changed(first: Path) -> None:
    before = {path.name: path.read_bytes() for path in first.iterdir()}
    assert open_session(first).info["asymmetry"]
    assert not open_session(first).summary.empty
    assert {path.name: path.read_bytes() for path in first.iterdir()} == before


@pytest.mark.parametrize("version", [0, "1", None, 1.5])
def test_no_version_at_all_is_said(first: Path, version: object, caplog: pytest.LogCaptureFixture) -> None:
    described = json.loads((first / "session.json").read_text()) | {"schema_version": version}
    (first / "session.json").write_text(json.dumps(described))
    with pytest.raises(InputError, match="expected a number from 1"):
        open_session(first)
    assert load_sessions(first.parent).empty
    assert "expected a number from 1" in caplog.text


def test_a_newer_one_is_skipped_with_its_reason(first: Path, caplog: pytest.LogCaptureFixture) -> None:
    described = json.loads((first / "session.json").read_text()) | {"schema_version": SCHEMA_VERSION + 1}
    (first / "session.json").write_text(json.dumps(described))
    assert load_sessions(first.parent).empty
    assert list(find_sessions(first.parent)) == []
    assert caplog.text.count("written by a newer gaitlab") == 2
