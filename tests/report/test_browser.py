"""The page as a coach uses it: in a real browser, from disk, with the network off."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from gaitlab.report import key_moments, write_report
from tests.browser import EVIL, LAPTOP, PHONE, Opened, browser, overflowing
from tests.report.make import CONTACT_S, FPS, STRIDE_S, make_film, make_session, pose, usual_summary

__all__ = ["browser"]  # the fixture: pytest finds it by its name here

FILM = "document.getElementById('film')"


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page with its clip inside, of an athlete with a name that nobody has."""
    folder = tmp_path_factory.mktemp("session")
    session = make_session(folder, video=True, athlete=EVIL, warnings=["a warning that is rather long " * 6])
    clip = make_film(folder / "clip.mp4", pose(4.0))
    assert key_moments(session)
    write_report(session, clip=clip)
    return session.report


@pytest.fixture(scope="module")
def without_video(tmp_path_factory: pytest.TempPathFactory) -> Path:
    session = make_session(tmp_path_factory.mktemp("session"))
    write_report(session)
    return session.report


@pytest.fixture(scope="module")
def annotated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    session = make_session(tmp_path_factory.mktemp("session"), video=True)
    write_report(session)
    return session.report


class Played(Opened):
    """A report in a tab, with its film."""

    def time(self) -> float:
        return float(self.page.evaluate(f"{FILM}.currentTime"))

    def seek(self, time_s: float) -> None:
        self.page.evaluate(f"gaitlab.player.seek({time_s})")
        self.until(f"!{FILM}.seeking")

    def press(self, key: str) -> float:
        """Press a key, wait until the video stands still at its new time, and return it."""
        self.page.keyboard.press(key)
        self.until(f"!{FILM}.seeking")
        return self.time()

    def until_cursor(self, selector: str, chart: str, value: float) -> None:
        """Wait until a chart's cursor stands on a value of its axis: the film's time is ahead of the page."""
        cursor = f"document.querySelector('{selector}')"
        away = f"Math.abs({cursor}.getBoundingClientRect().x - {self.axis_x(chart, value)})"
        self.until(f"!{cursor}.hidden && {away} <= 2")

    def live(self, angle: str) -> list[str]:
        """Return what is told of an angle in the frame that is shown: left, right."""
        texts: list[str] = self.page.locator(f"#live tr[data-name={angle}] td").all_inner_texts()
        return texts


@pytest.fixture(scope="module")
def laptop(browser: Any, report: Path) -> Iterator[Played]:
    """One tab for all tests that look at the page with the clip."""
    opened = Played(browser, report, LAPTOP)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def laptop_without_video(browser: Any, without_video: Path) -> Iterator[Played]:
    opened = Played(browser, without_video, LAPTOP)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def laptop_annotated(browser: Any, annotated: Path) -> Iterator[Played]:
    opened = Played(browser, annotated, LAPTOP)
    yield opened
    opened.close()


@pytest.mark.parametrize("name", ["laptop", "laptop_without_video", "laptop_annotated"])
def test_opens_from_disk_without_network_and_without_a_word_of_trouble(
    name: str, request: pytest.FixtureRequest
) -> None:
    opened: Played = request.getfixturevalue(name)
    assert opened.page.locator(".plot .main-svg").count() > 0
    assert opened.troubles == []
    assert opened.away() == []
    ready_ms = opened.page.evaluate("performance.timing.domContentLoadedEventEnd - performance.timing.navigationStart")
    assert ready_ms < 3000  # well under 1 s on an idle machine; a busy one must not fail the test


def test_an_athlete_called_a_script_is_text(laptop: Played) -> None:
    assert laptop.page.locator("h1").inner_text() == EVIL
    assert "a dialog opened" not in laptop.troubles


@pytest.mark.parametrize("name", ["laptop", "laptop_annotated"])
def test_the_video_plays_and_its_time_advances(name: str, request: pytest.FixtureRequest) -> None:
    opened: Played = request.getfixturevalue(name)
    opened.page.locator("#play").click()
    opened.until(f"{FILM}.currentTime > 0.3")
    opened.page.locator("#play").click()
    opened.until(f"{FILM}.paused")
    shown = float(opened.page.locator("#clock").inner_text().split()[0])
    assert shown == pytest.approx(opened.time(), abs=0.05)
    assert opened.troubles == []


def test_a_click_on_the_picture_plays_and_pauses(laptop: Played, laptop_without_video: Played) -> None:
    for opened, paused in ((laptop, f"{FILM}.paused"), (laptop_without_video, "PLAY.textContent === '▶'")):
        paused = paused.replace("PLAY", "document.getElementById('play')")
        opened.page.locator(".screen").click()
        opened.until(f"!({paused})")
        opened.page.locator(".screen").click()
        opened.until(paused)


def test_a_click_in_a_chart_brings_the_picture_into_view_and_moves_nothing_where_it_is(laptop: Played) -> None:
    top = "document.querySelector('.screen').getBoundingClientRect().top"
    laptop.click_chart("chart-time", 1.0)
    laptop.until(f"Math.abs({FILM}.currentTime - 1.0) < 0.03")
    laptop.until(f"{top} >= document.querySelector('nav').offsetHeight && {top} < innerHeight / 2")
    laptop.page.set_viewport_size({"width": 1440, "height": 4000})  # picture and charts in one view
    laptop.page.evaluate("scrollTo(0, 10)")
    laptop.click_chart("chart-knee_flexion", 50)
    assert laptop.page.evaluate("scrollY") == 10
    laptop.page.set_viewport_size(LAPTOP)


def test_keys_step_one_frame_jump_to_strikes_and_set_the_speed(laptop: Played) -> None:
    laptop.seek(0.0)
    laptop.page.locator("#play").focus()
    first = laptop.press("ArrowRight")
    assert first == pytest.approx(1.5 / FPS, abs=1e-3)  # the middle of the second frame
    assert laptop.press("ArrowRight") - first == pytest.approx(1 / FPS, abs=1e-3)
    assert laptop.press("ArrowLeft") == pytest.approx(first, abs=1e-3)
    # Left strikes at 0.10 s, right half a stride later: each in the middle of its frame.
    half_frame = 0.5 / FPS
    assert laptop.press("Shift+ArrowRight") == pytest.approx(0.10 + half_frame, abs=1 / FPS)
    assert laptop.press("Shift+ArrowRight") == pytest.approx(0.10 + STRIDE_S / 2 + half_frame, abs=1 / FPS)
    assert laptop.press("Shift+ArrowLeft") == pytest.approx(0.10 + half_frame, abs=1 / FPS)
    assert laptop.press("Shift+ArrowLeft") == pytest.approx(0.10 + half_frame, abs=1 / FPS)  # there is none before
    laptop.press("1")
    assert laptop.page.evaluate(f"{FILM}.playbackRate") == 0.25
    assert laptop.page.locator("[data-speed='0.25']").get_attribute("aria-pressed") == "true"
    laptop.page.keyboard.press("Space")
    laptop.until(f"!{FILM}.paused")
    laptop.press("3")
    laptop.page.keyboard.press("Space")
    laptop.until(f"{FILM}.paused")


def test_a_click_in_a_chart_seeks_and_the_cursors_follow(laptop: Played) -> None:
    laptop.seek(0.0)
    laptop.click_chart("chart-time", 2.0)
    laptop.until(f"Math.abs({FILM}.currentTime - 2.0) < 0.03")
    laptop.until_cursor("#chart-time .cursor", "chart-time", laptop.time())
    # 2.0 s lies 0.5 s into the left stride that began at 1.5 s: 71 % of the cycle.
    percent = 100 * (laptop.time() - 1.5) / STRIDE_S
    assert percent == pytest.approx(71, abs=4)
    laptop.until_cursor("#chart-knee_flexion .cursor.left", "chart-knee_flexion", percent)
    # And back: 10 % of the same left stride is 1.57 s.
    laptop.click_chart("chart-knee_flexion", 10)
    laptop.until(f"Math.abs({FILM}.currentTime - 1.57) < 0.03")


def test_the_overlay_draws_over_the_clip_and_can_be_switched_off(laptop: Played) -> None:
    layers = laptop.page.locator("[data-layer]")
    assert layers.count() == 3
    assert laptop.is_drawn("overlay")
    for layer in layers.all():
        layer.uncheck()
    assert not laptop.is_drawn("overlay")
    for layer in layers.all():
        layer.check()


def test_nothing_is_drawn_over_a_video_that_is_drawn_into(laptop_annotated: Played) -> None:
    assert laptop_annotated.page.locator("[data-layer]").count() == 0


def test_the_angles_of_the_frame_are_told(laptop: Played) -> None:
    # The invented knee is 45 + 45 sin(2 pi (t - 0.1) / 0.7): 90 degrees on the left at 0.275 s, and right 0.
    laptop.seek(0.28)
    laptop.page.wait_for_timeout(100)
    assert laptop.live("knee") == ["90°", "0°"]
    assert laptop.live("trunk") == ["8°"]


def test_a_key_frame_leads_to_its_moment(laptop: Played) -> None:
    button = laptop.page.locator("#keyframes [data-seek]").first
    button.click()
    wanted = float(button.get_attribute("data-seek"))
    laptop.until(f"Math.abs({FILM}.currentTime - {wanted + 0.5 / FPS}) < 0.002")


def test_without_a_video_the_skeleton_runs(laptop_without_video: Played) -> None:
    laptop_without_video.page.locator("#play").click()
    laptop_without_video.until("parseFloat(document.getElementById('clock').textContent) > 0.2")
    laptop_without_video.page.locator("#play").click()
    assert laptop_without_video.troubles == []


def test_nothing_overflows_on_a_phone(browser: Any, report: Path) -> None:
    assert overflowing(browser, report, apart_from=".bar *, .drawing *") == []


def test_contrast_of_text_is_aa_in_light_and_dark(laptop: Played) -> None:
    for scheme in ("dark", "light"):
        assert laptop.pale(scheme) == [], scheme


def test_every_control_has_a_name_and_every_heading_its_level(laptop: Played) -> None:
    assert laptop.nameless() == []
    assert laptop.broken_outline() == []


def test_paper_has_every_chart_whole_in_light_colours(laptop: Played) -> None:
    laptop.page.emulate_media(color_scheme="dark")
    pdf = laptop.page.pdf(prefer_css_page_size=True, print_background=True)
    assert 3 <= len(re.findall(rb"/Type\s*/Page[^s]", pdf)) <= 10
    # The same rules on a screen as wide as the paper's text: 182 mm are 688 px.
    laptop.page.emulate_media(media="print", color_scheme="dark")
    laptop.page.set_viewport_size({"width": 688, "height": 1000})
    laptop.page.wait_for_timeout(300)
    assert laptop.page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    lines = laptop.page.evaluate(
        "[...document.querySelectorAll('.js-line')].map(line => getComputedStyle(line).stroke)"
    )
    assert {"rgb(0, 114, 178)", "rgb(213, 94, 0)"} <= set(lines)
    # What moves is left out: the film and the angles over time.
    boxes = laptop.page.evaluate(
        "[...document.querySelectorAll('#cycle .plot .main-svg')].map(e => e.getBoundingClientRect())"
        ".map(r => [r.left, r.right, r.height])"
    )
    assert boxes
    for left, right, height in boxes:
        assert left >= -1
        assert right <= 689
        assert height > 50
    assert laptop.page.evaluate("document.documentElement.scrollWidth") <= 688
    laptop.page.emulate_media(media="screen", color_scheme="light")
    laptop.page.set_viewport_size(LAPTOP)


def test_other_runners_stand_behind_the_curves_and_can_be_switched_off(laptop: Played) -> None:
    def shown() -> list[bool]:
        found: list[bool] = laptop.page.evaluate(
            "[...document.querySelectorAll('#cycle .plot')].map(plot => "
            "plot.data.some(trace => trace.meta === 'norm' && trace.visible !== false))"
        )
        return found

    assert shown() == [False, True, True, False]  # knee and ankle; hip and trunk have no markers
    laptop.page.locator("#norms").click()
    laptop.until("!document.getElementById('norms').checked")
    assert shown() == [False] * 4
    laptop.page.locator("#norms").click()
    assert shown() == [False, True, True, False]


def test_axe_finds_nothing_serious(laptop: Played) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    for scheme in ("light", "dark"):
        laptop.page.emulate_media(color_scheme=scheme)
        found = axe.run(laptop.page).response["violations"]
        serious = [
            (one["id"], one["nodes"][0]["html"][:200]) for one in found if one["impact"] in ("serious", "critical")
        ]
        assert serious == [], scheme
    laptop.page.emulate_media(color_scheme="light")


def test_what_the_network_may_be_off_stands_in_one_line_in_its_card(browser: Any, tmp_path: Path) -> None:
    session = make_session(tmp_path, summary=[replace(row, network_error=math.nan) for row in usual_summary()])
    write_report(session)
    opened = Opened(browser, session.report, LAPTOP)
    boxes = opened.page.evaluate(
        "[...document.querySelectorAll('.card .network')].map(e => { const r = document.createRange();"
        " r.selectNodeContents(e); const text = r.getBoundingClientRect();"
        " return [text.height, e.closest('.card').getBoundingClientRect().right - text.right]; })"
    )
    opened.close()
    assert len(boxes) >= 5
    for height, air in boxes:
        assert height < 24
        assert air > 8


assert CONTACT_S < STRIDE_S / 2  # the invented person runs


def test_the_words_of_a_finding_go_on_below_its_picture_on_a_phone(browser: Any, tmp_path: Path) -> None:
    session = make_session(tmp_path)
    write_report(session)
    opened = Opened(browser, session.report, PHONE)
    shares = opened.page.evaluate(
        "[...document.querySelectorAll('.finding')].filter(f => f.querySelector('.moment'))"
        ".map(f => f.querySelector('.words').getBoundingClientRect().width / f.getBoundingClientRect().width)"
    )
    opened.close()
    assert shares
    assert min(shares) > 0.99


def test_the_head_of_a_brand_keeps_its_distance_on_paper(browser: Any, tmp_path: Path) -> None:
    session = make_session(tmp_path, brand={"name": "Our clinic", "contact": "", "colour": "#1f5fa8"})
    write_report(session)
    opened = Opened(browser, session.report, LAPTOP)
    opened.page.emulate_media(media="print")
    head, header = (
        opened.page.evaluate(f"document.querySelector('{one}').getBoundingClientRect().{edge}")
        for one, edge in ((".brand-head", "bottom"), ("header .who", "top"))
    )
    opened.close()
    assert header - head > 5
