"""What a comparison says: names, cautions, verdicts; what it refuses; where its videos lie."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from gaitlab.core.errors import InputError, OutputError
from gaitlab.report.comparison import write_comparison
from gaitlab.report.comparison.content import read_comparison
from gaitlab.report.comparison.tables import changes, difference_groups, not_comparable
from tests.report.comparison.make import make

VALUES = {"cadence": 170.0, "trunk_lean": 8.0, "shank_angle_at_contact": 6.0}


def pair(tmp_path: Path, *, b: dict[str, float] | None = None, **of_b: Any):
    first = make(tmp_path / "a", values=VALUES, label="shoe A")
    second = make(tmp_path / "b", values={**VALUES, **(b or {})}, **{"label": "shoe B", **of_b})
    return [first, second]


def test_only_what_exceeds_interval_and_smallest_detectable_change_is_changed(tmp_path: Path) -> None:
    # Every interval is some 1.1, that of strides of both legs, which share their steps, 1.5; the shank's angle must
    # exceed 4.8 degrees (Dingenen et al. 2018).
    read = read_comparison(pair(tmp_path, b={"cadence": 176.0, "shank_angle_at_contact": 9.0}))
    other = read.compared[1]
    verdicts = {
        (row.label, row.side): row.verdict for _, rows in difference_groups(read, other) for row in rows
    }  # fmt: skip
    assert verdicts[("Cadence", "both")] == "changed"
    assert verdicts[("Trunk lean", "left")] == "within noise"
    assert verdicts[("Shank angle", "left")] == "within noise"
    assert changes(read, other) == ["Cadence: 170.0 → 176.0 steps/min, +6.0 ± 1.5 (B less A)."]


def test_what_one_session_lacks_is_told_with_its_reason(tmp_path: Path) -> None:
    first = make(tmp_path / "a", values=VALUES)
    second = make(tmp_path / "b", values={"cadence": 170.0}, label="b")
    read = read_comparison([first, second])
    assert not_comparable(read, read.compared[1]) == [
        "Trunk lean; Shank angle at foot strike: measured in one of them only",
    ]


@pytest.mark.parametrize(
    ("of_b", "names"),
    [
        ({}, ["shoe A", "shoe B"]),
        ({"label": "shoe A", "recorded_at": "2025-06-01T09:00:00+00:00"}, ["2025-05-04", "2025-06-01"]),
        ({"label": "shoe A", "athlete": "Bo"}, ["Ada", "Bo"]),
        ({"label": None, "recorded_at": None}, ["shoe A · 2025-05-04", "Ada"]),
        ({"label": "shoe A"}, ["Ada · shoe A · 2025-05-04"] * 2),
    ],
)
def test_sessions_are_named_by_what_tells_them_apart(tmp_path: Path, of_b: dict[str, Any], names: list[str]) -> None:
    assert [one.name for one in read_comparison(pair(tmp_path, **of_b)).compared] == names


def test_no_difference_is_put_down_to_the_wrong_cause(tmp_path: Path) -> None:
    assert read_comparison(pair(tmp_path / "same")).cautions == ["Few gait cycles a side (A 4, B 4): 7 or more make "
                                                               "a stable mean."]  # fmt: skip
    changed = pair(
        tmp_path / "other", athlete="Bo", fps=240.0, facing="left", model={"name": "another"}, activity="walking",
        runner={"belt_speed_mps": 4.0, "height_m": 1.7, "mass_kg": None},
    )  # fmt: skip
    told = " ".join(read_comparison(changed).cautions)
    for said in ("different people", "A 10.0 km/h", "B 14.4 km/h", "A 50, B 240", "A right, B left", "B another",
                 "B walking"):  # fmt: skip
        assert said in told


def test_a_trend_needs_three_dates(tmp_path: Path) -> None:
    made = [
        make(tmp_path / str(n), values={"cadence": 165.0 + 5 * n}, recorded_at=f"2025-0{n + 3}-01T09:00:00+00:00")
        for n in range(3)
    ]
    assert read_comparison(made[:2]).trend == []
    (row,) = read_comparison(made).trend
    assert (row["metric"], row["first"], row["last"]) == ("cadence", 165, 175)
    unknown = make(tmp_path / "unknown", values=VALUES, recorded_at=None)
    assert read_comparison([*made, unknown]).trend == []


def test_what_cannot_be_compared_is_one_line(tmp_path: Path) -> None:
    a, b = pair(tmp_path)
    with pytest.raises(InputError, match="two sessions or more"):
        write_comparison([a], tmp_path / "c.html")
    with pytest.raises(InputError, match="is named twice"):
        write_comparison([a, b, a], tmp_path / "c.html")
    rear = make(tmp_path / "rear", values=VALUES, view="rear")
    with pytest.raises(InputError, match="different views"):
        write_comparison([a, rear], tmp_path / "c.html")
    for place in (tmp_path / "c.mp4", tmp_path):
        with pytest.raises(OutputError, match=r"ends in \.html"):
            write_comparison([a, b], place)
    with pytest.raises(OutputError, match="cannot write"):
        write_comparison([a, b], tmp_path / "none" / "c.html")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "b", "rear"]


def test_videos_go_into_the_page_or_are_played_from_their_sessions(tmp_path: Path) -> None:
    a = make(tmp_path / "one two" / "a", values=VALUES, clip=True)
    b = make(tmp_path / "b", values=VALUES, label="b")
    whole = write_comparison([a, b], tmp_path / "whole.html").read_text()
    assert 'id="film-A-data"' in whole
    assert 'src="' not in whole.partition("<main>")[2].partition("<script type")[0]
    linked = write_comparison([a, b], tmp_path / "linked.html", embed_video=False).read_text()
    assert re.findall(r'<video[^>]* src="([^"]*)"', linked) == ["one%20two/a/clip.mp4"]
    assert 'id="film-A-data"' not in linked


def test_of_many_sessions_four_videos_are_shown_and_that_is_said(tmp_path: Path) -> None:
    made = [make(tmp_path / str(n), values=VALUES, label=f"shoe {n}") for n in range(6)]
    text = write_comparison(made, tmp_path / "c.html").read_text()
    assert re.findall(r'id="film-(\w)-overlay"', text) == ["A", "D", "E", "F"]
    assert "Shown are A, D, E, F" in text
    assert text.count('class="against"') == 5
