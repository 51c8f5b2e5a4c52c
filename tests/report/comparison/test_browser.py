"""The comparison as it is used: in a real browser, from disk, with the network off."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from gaitlab.report.comparison import write_comparison
from tests.browser import EVIL, LAPTOP, Opened, browser, overflowing
from tests.report.comparison.make import make
from tests.report.make import FPS

__all__ = ["browser"]  # the fixture: pytest finds it by its name here

HOSTILE = '"><img src=x onerror=alert(1)>'
# Where each left foot strikes, and how long its strides last.
STRIKE_S, STRIDE_S = {"A": 0.1, "B": 0.3}, {"A": 0.7, "B": 0.8}
MONTHS = ("2025-03-01T09:00:00+00:00", "2025-04-01T09:00:00+00:00", "2025-05-01T09:00:00+00:00")


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two sessions with clips, of an athlete and in shoes that nobody has."""
    folder = tmp_path_factory.mktemp("two")
    made = [
        make(
            folder / letter, values={"cadence": cadence, "trunk_lean": 8.0}, strike_s=STRIKE_S[letter],
            stride_s=STRIDE_S[letter], clip=True, athlete=EVIL, label=f"{letter} {HOSTILE}",
        )
        for letter, cadence in (("A", 170.0), ("B", 176.0))
    ]  # fmt: skip
    return write_comparison(made, folder / "c.html")


@pytest.fixture(scope="module")
def season(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three sessions of a season, the second without a video."""
    folder = tmp_path_factory.mktemp("season")
    made = [
        make(
            folder / str(n), values={"cadence": 165.0 + 5 * n, "contact_time": 0.25}, spread=0.01, clip=n != 1,
            recorded_at=when,
        )
        for n, when in enumerate(MONTHS)
    ]  # fmt: skip
    return write_comparison(made, folder / "c.html")


@pytest.fixture(scope="module")
def laptop(browser: Any, two: Path) -> Iterator[Opened]:
    opened = Opened(browser, two, LAPTOP)
    yield opened
    opened.close()


def times(opened: Opened) -> list[float]:
    """Return where every runner stands, once all have come to rest."""
    opened.until("gaitlab.player.runners.every((r) => !r.media.seeking)")
    found: list[float] = opened.page.evaluate("gaitlab.player.runners.map((r) => r.media.currentTime / r.rate)")
    return found


def expected(position: float) -> list[float]:
    """Return where A and B must stand after so many cycles."""
    return [STRIKE_S[letter] + position * STRIDE_S[letter] for letter in "AB"]


def test_opens_from_disk_without_network_and_without_a_word_of_trouble(laptop: Opened) -> None:
    assert laptop.page.locator(".plot .main-svg").count() > 0
    assert laptop.troubles == []
    assert laptop.away() == []


def test_hostile_names_are_text(laptop: Opened) -> None:
    assert laptop.page.locator("h1").inner_text() == EVIL
    assert laptop.page.locator(".sessions .name").all_inner_texts() == [f"A A {HOSTILE}", f"B B {HOSTILE}"]
    assert laptop.page.locator("img").count() == 0


def test_all_stand_at_the_same_moment_of_the_cycle(laptop: Opened) -> None:
    half_frame = 0.5 / FPS
    for position in (0.0, 0.5, 1.5, 2.25):
        laptop.page.evaluate(f"gaitlab.player.seek({position})")
        assert times(laptop) == pytest.approx(expected(position), abs=half_frame + 1e-3)
    assert laptop.page.locator("#clock").inner_text() == "stride 3 of 4 · 25 %"


def test_keys_step_all_together_and_jump_to_strikes(laptop: Opened) -> None:
    page = laptop.page
    page.evaluate("gaitlab.player.seek(0)")
    page.locator("#play").focus()
    before = times(laptop)
    page.keyboard.press("ArrowRight")
    # One frame of B is the smaller share of its cycle: B goes on by a frame, A by one or none.
    after = times(laptop)
    assert after[1] - before[1] == pytest.approx(1 / FPS, abs=2e-3)
    assert after[0] - before[0] in (pytest.approx(0, abs=2e-3), pytest.approx(1 / FPS, abs=2e-3))
    page.keyboard.press("ArrowLeft")
    assert times(laptop) == pytest.approx(before, abs=2e-3)
    for key, cycles in (("Shift+ArrowRight", 1), ("Shift+ArrowRight", 2), ("Shift+ArrowLeft", 1)):
        page.keyboard.press(key)
        assert times(laptop) == pytest.approx(expected(cycles), abs=0.5 / FPS + 1e-3), key


def test_the_slider_leads_all(laptop: Opened) -> None:
    slider = laptop.page.locator("#seek")
    assert float(slider.get_attribute("max")) == 4  # B has four whole strides in 4 s, A five
    slider.evaluate("(bar) => { bar.value = 1.5; bar.dispatchEvent(new Event('input')); }")
    assert times(laptop) == pytest.approx(expected(1.5), abs=0.5 / FPS + 1e-3)


def test_the_other_leg_has_its_own_cycles(laptop: Opened) -> None:
    laptop.page.locator("[data-leg=right]").click()
    laptop.page.evaluate("gaitlab.player.seek(1)")
    right = [STRIKE_S[letter] + 1.5 * STRIDE_S[letter] for letter in "AB"]
    assert times(laptop) == pytest.approx(right, abs=0.5 / FPS + 1e-3)
    laptop.page.locator("[data-leg=left]").click()


def test_playing_keeps_them_together(laptop: Opened) -> None:
    page = laptop.page
    page.evaluate("gaitlab.player.seek(0)")
    page.locator("[data-speed='0.5']").click()
    page.locator("#play").click()
    laptop.until("gaitlab.player.now() > 1.2")
    a, b, position = page.evaluate(
        "[...gaitlab.player.runners.map((r) => r.media.currentTime / r.rate), gaitlab.player.now()]"
    )
    page.locator("#play").click()
    assert [a, b] == pytest.approx(expected(position), abs=0.15)
    page.locator("[data-speed='1']").click()
    assert laptop.troubles == []


def test_a_click_on_a_picture_plays_and_pauses_all(laptop: Opened) -> None:
    picture = laptop.page.locator("#players .screen").last
    picture.click()
    laptop.until("document.getElementById('play').textContent === '❚❚'")
    picture.click()
    laptop.until("document.getElementById('play').textContent === '▶'")


def test_a_click_in_a_curve_leads_all_and_the_cursor_follows(laptop: Opened) -> None:
    laptop.page.evaluate("gaitlab.player.seek(1)")
    laptop.click_chart("chart-knee_flexion-left", 40)
    laptop.until("Math.abs(gaitlab.player.now() - 1.4) < 0.02")
    assert times(laptop) == pytest.approx(expected(1.4), abs=0.5 / FPS + 0.02)
    cursor = laptop.page.locator("#chart-knee_flexion-left .cursor").bounding_box()["x"]
    assert cursor == pytest.approx(laptop.axis_x("chart-knee_flexion-left", 40), abs=3)


def test_every_chart_has_every_session(laptop: Opened) -> None:
    for chart in laptop.page.locator("#curves .chart").all():
        assert chart.locator("figcaption .chip").all_inner_texts() == [
            label for label in chart.locator("figcaption .chip").all_inner_texts() if label[0] in "AB"
        ]
        assert chart.locator(".chip").count() == 2
        assert chart.locator(".js-line").count() >= 2


def test_the_table_says_what_changed(laptop: Opened) -> None:
    rows = {
        row.locator("th").inner_text(): row for row in laptop.page.locator("#differences tbody tr:not(.group)").all()
    }
    assert rows["Cadence steps/min"].locator(".verdict-word").inner_text() == "changed"
    assert rows["Trunk lean °"].locator(".verdict-word").inner_text() == "within noise"
    assert "+6.0" in laptop.page.locator("#found li").inner_text()


def test_nothing_overflows_on_a_phone(browser: Any, two: Path, season: Path) -> None:
    for page in (two, season):
        assert overflowing(browser, page) == []


def test_contrast_of_text_is_aa_in_light_and_dark(laptop: Opened) -> None:
    for scheme in ("dark", "light"):
        assert laptop.pale(scheme) == [], scheme


def test_every_control_has_a_name_and_every_heading_its_level(laptop: Opened) -> None:
    assert laptop.nameless() == []
    assert laptop.broken_outline() == []


def test_a_season_has_its_trend_and_who_has_no_video_is_drawn(browser: Any, season: Path) -> None:
    opened = Opened(browser, season, LAPTOP)
    assert opened.page.locator("#trend .chart").count() == 2
    assert opened.page.locator("#trend .js-line").count() == 3  # cadence of both legs, contact time of each
    opened.page.locator("#trend summary").click()
    cadence = opened.page.locator("#trend tbody tr", has_text="Cadence").first
    # 10 steps/min in the 61 days from March to May.
    assert float(cadence.locator("td").nth(3).inner_text().split()[0]) == pytest.approx(10 / 61 * 30, abs=0.1)
    assert opened.page.locator("video").count() == 2
    assert opened.is_drawn("film-B-overlay")
    assert opened.page.locator("[data-leg=left]").get_attribute("aria-pressed") == "true"
    opened.page.evaluate("gaitlab.player.seek(2.5)")
    assert times(opened) == pytest.approx([0.1 + 2.5 * 0.7] * 3, abs=0.5 / FPS + 1e-3)
    opened.page.locator("#play").click()
    opened.until("gaitlab.player.now() > 2.9")
    assert opened.troubles == []
    opened.close()
