"""The table of a session in the terminal: signs, sides, methods, and what the network may be off."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from gaitlab.cli import tables
from gaitlab.cli.tables import print_summary, rejected_lines
from gaitlab.core.metric import MetricValue
from gaitlab.metrics.summary import REARFOOT_NOTES
from tests.report.make import make_session, value


def printed(rows: list[MetricValue], folder: Path, capsys: pytest.CaptureFixture[str]) -> dict[str, list[str]]:
    """Label to its cells: left, right, network ±, right - left, unit, remark."""
    print_summary(make_session(folder, summary=rows))
    lines = [line[1:-1].split("│") for line in capsys.readouterr().out.splitlines() if line.startswith("│")]
    table: dict[str, list[str]] = {}
    for label, *cells in lines:
        if label.strip():
            table[label.strip()] = [cell.strip() for cell in cells]
            last = table[label.strip()]
        else:  # a remark goes on
            last[-1] = f"{last[-1]} {cells[-1].strip()}".strip()
    return table


def both(metric: str, left: float, right: float, **more: object) -> list[MetricValue]:
    return [value(metric, side, mean, uncertainty=0.001, **more) for side, mean in (("left", left), ("right", right))]


def test_right_less_left_and_the_networks_error_beside_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = both("contact_time", 0.250, 0.228)
    rows = [replace(row, network_error=error) for row, error in zip(rows, (0.04, 0.03), strict=True)]
    cells = printed(rows, tmp_path / "known", capsys)["Contact time"]
    assert cells[2:4] == ["0.040 / 0.030", "-0.022"]
    unknown = [replace(row, network_error=math.nan, network_difference=math.nan) for row in rows]
    cells = printed(unknown, tmp_path / "unknown", capsys)["Contact time"]
    assert cells[2:4] == ["?", "-0.022 ?"]


def test_an_uncertainty_is_never_rounded_to_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [replace(value("crank_cadence", "both", 87.8, uncertainty=0.02), network_error=0.03)]
    cells = printed(rows, tmp_path, capsys)["Cadence"]
    assert (cells[0], cells[2]) == ("87.8 ± 0.1 (n 10)", "0.1")


def test_what_showed_the_rearfoot_and_whose_cycles_are_few(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    notes = [f"only {n} {side} cycles, 7 make a stable mean" for n, side in ((2, "left"), (3, "right"))]
    for number, method in enumerate(REARFOOT_NOTES.values()):
        rows = both("rearfoot_eversion_excursion", 8.0, 9.0)
        rows = [replace(row, note=f"{note}; {method}") for row, note in zip(rows, notes, strict=True)]
        remark = printed(rows, tmp_path / str(number), capsys)["Inward rolling"][-1]
        assert remark == f"{method}; only 2 left cycles; only 3 right cycles"


def lines_at(
    width: int,
    rows: list[MetricValue],
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> list[str]:
    monkeypatch.setattr(tables, "console", lambda: Console(width=width, highlight=False))
    print_summary(make_session(folder, summary=rows))
    return capsys.readouterr().out.splitlines()


def test_a_narrow_terminal_cuts_no_value_and_no_remark(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    method = next(iter(REARFOOT_NOTES.values()))
    rows = [replace(row, network_error=0.04) for row in both("contact_time", 0.250, 0.228)]
    rows += [replace(row, note=method) for row in both("rearfoot_eversion_excursion", 8.0, 9.0)]
    rows += [replace(value("leg_stiffness", "left", math.nan), missing_reason="needs the body mass")]
    rows += [value("step_time", "left", 0.36)]
    rows += [replace(value("step_time", "right", math.nan), missing_reason="no accepted gait cycle")]
    lines = lines_at(80, rows, tmp_path, monkeypatch, capsys)
    text = "\n".join(lines)
    assert max(map(len, lines[:-3])) <= 80
    assert "…" not in text
    for shown in ("0.250 ± 0.001 (n 10)", "0.228 ± 0.001 (n 10)", "network ± 0.040", "right - left -0.022"):
        assert shown in text
    assert lines[-3:] == [
        f"{method}: Inward rolling",
        "needs the body mass (--mass): Leg stiffness",
        "no accepted gait cycle (right): Step time",
    ]


def test_where_nothing_was_measured_there_is_no_table_of_dashes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [
        replace(value(metric, "both", math.nan), missing_reason="no accepted gait cycle")
        for metric in ("cadence", "speed")
    ]
    rows += [replace(value("leg_stiffness", "left", math.nan), missing_reason="needs the body mass")]
    assert lines_at(160, rows, tmp_path, monkeypatch, capsys)[1:] == ["needs the body mass (--mass): Leg stiffness"]


def test_the_terminal_says_why_most_cycles_were_not_used(tmp_path: Path) -> None:
    """Two cycles of their own length are one kind; 8 of 12 are told, 1 of 5 is not, nor any of a doubted clip."""
    session = make_session(tmp_path)
    quality = session.info["quality"]
    quality["cycles_accepted"] = {"left": 2, "right": 2}
    quality["cycles_rejected"] = {
        "stride of 1.91 s outside 0.80-1.80 s": 1,
        "no clear toe-off": 2,
        "stride of 2.05 s outside 0.80-1.80 s": 3,
        "next contact: no clear toe-off": 1,
        "toe-off does not lie between the foot strikes": 1,
    }
    assert rejected_lines(session) == [
        "note: 8 of 12 gait cycles were not used: 4 × stride of a length outside 0.80-1.80 s; 2 × no clear toe-off; "
        "1 × next contact: no clear toe-off; and others"
    ]
    quality["doubt"] = "this looks like another view"
    assert rejected_lines(session) == []
    del quality["doubt"]
    quality["cycles_rejected"] = {"no clear toe-off": 1}
    assert rejected_lines(session) == []
