"""What an athlete's page says: trends, what changed since last time, notes, and what it does not mix without a word."""

from __future__ import annotations

import json
import re
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from gaitlab import athlete_report, compare, trends
from gaitlab.core.errors import InputError, OutputError
from gaitlab.io.notes import new_note, write_notes
from gaitlab.report.athlete.content import _mark
from tests.report.athlete.make import HOSTILE, full, season, session


def written(root: Path, name: str = "ada", **options: Any) -> str:
    return athlete_report(name, root, output=root / "page.html", **options).read_text()


def words(page: str) -> str:
    """Return the text of a page, without scripts and styles."""
    bare = re.sub(r"<(script|style).*?</\1>", " ", page, flags=re.S)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", bare)).split())


def figures(page: str) -> dict[str, dict[str, Any]]:
    found = re.findall(r'<script type="application/json" data-chart="chart-([^"]+)">(.*?)</script>', page, re.S)
    return {name: json.loads(text) for name, text in found}


def test_points_intervals_and_the_line_are_those_of_the_tables(tmp_path: Path) -> None:
    made = season(tmp_path, [170.0, 172.0, 175.0, 178.0])
    page = written(tmp_path)
    markers, line = figures(page)["side-running-trend-cadence"]["data"]
    assert markers["y"] == [170.0, 172.0, 175.0, 178.0]
    half = made[0].summary.query("metric == 'cadence'")["uncertainty"].item()
    assert markers["error_y"]["array"] == pytest.approx([half] * 4, abs=1e-4)
    row = trends(made).query("metric == 'cadence'").iloc[0]
    days = 92  # from the first of March to the first of June
    assert line["y"][-1] - line["y"][0] == pytest.approx(row["slope_per_30_days"] / 30 * days, abs=0.02)
    assert f"+{row['slope_per_30_days']:.1f} ± {row['interval']:.1f} steps/min in 30 days: changed" in words(page)


def test_a_label_is_a_colour_and_a_shape(tmp_path: Path) -> None:
    season(tmp_path, [170.0, 172.0, 175.0, 178.0])
    page = written(tmp_path)
    marker = figures(page)["side-running-trend-cadence"]["data"][0]["marker"]
    assert marker["color"] == ["@s1", "@s1", "@s2", "@s2"]
    assert marker["symbol"] == ["square", "square", "diamond", "diamond"]
    assert '<span class="chip s1 m1">shoe A</span>' in page
    left, _, right, _ = figures(page)["side-running-trend-knee_flexion_at_contact"]["data"]
    assert right["marker"]["symbol"] == [f"{symbol}-open" for symbol in left["marker"]["symbol"]]


def test_forty_labels_are_told_apart_as_far_as_marks_go(tmp_path: Path) -> None:
    assert len({(_mark(n).colour, _mark(n).symbol) for n in range(30)}) == 30


def test_without_labels_the_legs_have_their_own_colours(tmp_path: Path) -> None:
    season(tmp_path, [170.0, 172.0, 175.0], label=None)
    page = written(tmp_path)
    assert figures(page)["side-running-trend-cadence"]["data"][0]["marker"]["color"] == ["@both"] * 3
    assert '<span class="chip left">Left</span>' in page


def test_what_changed_since_last_time_is_what_compare_says(tmp_path: Path) -> None:
    made = season(tmp_path, [160.0, 172.0, 175.0])
    row = compare(made[1:]).query("metric == 'cadence'").iloc[0]
    assert row["verdict"] == "changed"
    said = words(written(tmp_path))
    assert "#2 → #3" in said
    assert f"172.0 → 175.0 steps/min, +3.0 ± {row['interval']:.1f} (#3 less #2)" in said
    assert "160.0 → " not in said


def test_nothing_changed_is_said(tmp_path: Path) -> None:
    season(tmp_path, [170.0, 170.1])
    said = words(written(tmp_path))
    assert "Nothing that can be compared changed by more than noise." in said
    assert "A straight line through them takes three dates." in said


@pytest.mark.parametrize(
    ("of_last", "said"),
    [
        ({"setting": "overground"}, "(#1 treadmill, #2 treadmill, #3 overground)"),
        ({"model": {"name": "another"}}, "different networks"),
        ({"runner": {"belt_speed_mps": 4.0, "height_m": 1.7, "mass_kg": None}}, "The speeds differ"),
        ({"facing": "left"}, "faces different ways"),
    ],
)
def test_what_is_not_alike_is_told(tmp_path: Path, of_last: dict[str, Any], said: str) -> None:
    plain = {"setting": "treadmill", "runner": {"belt_speed_mps": 2.8, "height_m": 1.7, "mass_kg": None}}
    for n in range(3):
        more = {**plain, **(of_last if n == 2 else {})}
        session(tmp_path, f"s{n}", f"2026-03-{n + 1:02d}", {"cadence": 170.0}, **more)
    text = words(written(tmp_path))
    assert text.count(said) >= 1
    # Once of the whole season, once of the last two.
    assert text.count(said.partition("(")[0] or "treadmill, #3 overground") >= 2


def test_views_and_activities_are_never_in_one_chart(tmp_path: Path) -> None:
    page = written(full(tmp_path), HOSTILE)
    assert {name.rpartition("-trend")[0] for name in figures(page)} == {"side-running", "rear-running"}
    assert figures(page)["side-running-trend-cadence"]["data"][0]["y"] == [170.0, 172.0, 175.0, 178.0]
    said = words(page)
    for heading in ("Running, side view", "Walking, side view", "Running, rear view"):
        assert heading in said
    assert "One session: its numbers, without a trend." in said
    assert "Without a date, so in no chart: session #8." in said


def test_the_smallest_detectable_change_is_drawn_where_one_is_published(tmp_path: Path) -> None:
    page = written(full(tmp_path), HOSTILE)
    shapes = figures(page)["rear-running-trend-hip_adduction"]["layout"]["shapes"]
    (bar,) = [shape for shape in shapes if shape["type"] == "path"]
    heights = [float(y) for y in re.findall(r"[ML] [\d.]+ ([\d.]+)", bar["path"])]
    assert max(heights) - min(heights) == pytest.approx(3.8)
    low, high = figures(page)["rear-running-trend-hip_adduction"]["layout"]["yaxis"]["range"]
    assert low < min(heights) < max(heights) < high
    assert not [s for s in figures(page)["side-running-trend-cadence"]["layout"]["shapes"] if s["type"] == "path"]
    assert "Smallest change that a second measurement would confirm: 3.8°" in words(page)


def test_notes_stand_at_their_dates_with_letters(tmp_path: Path) -> None:
    made = season(tmp_path, [170.0, 172.0, 175.0])
    write_notes(made[2].folder, [new_note("new insoles", "2026-03-20")])
    write_notes(made[0].folder, [new_note("calf sore", "2026-03-01"), new_note("went home", "2026-07-01")])
    page = written(tmp_path)
    layout = figures(page)["side-running-trend-cadence"]["layout"]
    assert [(a["text"], a["x"][:10]) for a in layout["annotations"]] == [
        ("a", "2026-03-01"), ("b", "2026-03-20"), ("c", "2026-07-01")
    ]  # fmt: skip
    assert layout["xaxis"]["range"][1] > "2026-07-01"
    assert "b 2026-03-20 new insoles #3 shoe B" in words(page)


def test_one_session_has_numbers_and_no_trend(tmp_path: Path) -> None:
    season(tmp_path, [170.0])
    page = written(tmp_path)
    assert figures(page) == {}
    assert "One session: its numbers, without a trend." in words(page)
    assert "170.0 ±" in words(page)
    assert "Since last time" not in words(page)


def test_a_number_that_the_report_refuses_says_so_among_the_sessions(tmp_path: Path) -> None:
    season(tmp_path, [168.0, 20.0])  # nobody runs with 20 steps a minute
    page = written(tmp_path, language="de")
    assert page.count('<span class="weak">') == 1
    (after,) = re.findall(r'<span class="num">20,0</span>.*?<span class="weak">(.*?)</span>', page)
    assert after == "der Wert liegt außerhalb dessen, was bei Menschen vorkommt"


def test_text_from_outside_is_text(tmp_path: Path) -> None:
    page = written(full(tmp_path), HOSTILE)
    assert "<img src=x" not in page
    assert words(page).count(HOSTILE) >= 3


def test_the_page_loads_nothing_and_can_be_sent(tmp_path: Path) -> None:
    page = written(full(tmp_path), HOSTILE)
    assert "default-src 'none'" in unescape(page)
    assert not re.search(r"(?:src|href)=\"https?:", page)
    assert len(page.encode()) < 4_000_000


def test_the_head_is_that_of_the_file_or_of_the_last_session(tmp_path: Path) -> None:
    season(tmp_path, [170.0, 172.0])
    assert "brand-head" not in words(written(tmp_path))
    session(tmp_path, "b", "2026-06-01", {"cadence": 171.0}, brand={"name": "Old", "contact": "", "colour": ""})
    session(tmp_path, "c", "2026-07-01", {"cadence": 171.0}, brand={"name": "New & Co", "contact": "", "colour": ""})
    assert '<p class="brand-name">New &amp; Co</p>' in written(tmp_path)
    (tmp_path / "shop.toml").write_text('[brand]\nname = "Mine"')
    assert '<p class="brand-name">Mine</p>' in written(tmp_path, profile=tmp_path / "shop.toml")


def test_feet_and_miles(tmp_path: Path) -> None:
    for n in range(2):
        session(
            tmp_path, f"s{n}", f"2026-03-0{n + 1}", {"cadence": 170.0, "vertical_oscillation": 0.0762}, spread=0.001,
            runner={"belt_speed_mps": 4.0, "height_m": 1.7, "mass_kg": None},
        )  # fmt: skip
    said = words(written(tmp_path, units="imperial"))
    assert "3.0 ±" in said  # 7.62 cm
    assert "8.9 mph" in said
    with pytest.raises(InputError, match="unknown units 'feet'"):
        written(tmp_path, units="feet")


def test_a_page_is_a_page_and_replaces_no_file_of_a_session(tmp_path: Path) -> None:
    made = season(tmp_path, [170.0])
    with pytest.raises(OutputError, match=r"ends in \.html"):
        athlete_report("Ada", tmp_path, output=tmp_path / "page.txt")
    (made[0].folder / "report.html").write_text("of the session")
    with pytest.raises(OutputError, match="belongs to the session"):
        athlete_report("Ada", tmp_path, output=made[0].folder / "report.html")
