"""The page as a coach uses it: in a real browser, from the drop to the report, and on a phone."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import quote

import numpy as np
import pytest

from gaitlab.apps.serve.library.entry import id_of
from gaitlab.io.video.reader import open_video
from tests.apps.serve.server import Server, library_of
from tests.apps.serve.tab import PATIENCE_MS, SIZES, Tab, short_clip
from tests.browser import EVIL, LAPTOP, browser

__all__ = ["browser"]  # the fixture: pytest finds it by its name here

EVIL_NAME = "<img src=x onerror=alert(1)> run.mp4"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("page") / "reports"
    library_of(folder, 4, video=True, athlete=EVIL, warnings=["a warning that is rather long " * 6])
    camera = short_clip(tmp_path_factory.mktemp("camera") / "camera.mp4", seconds=1.5)
    with Server(folder, "--camera", str(camera)) as started:
        yield started


def test_from_the_drop_to_the_report(browser: Any, server: Server, tmp_path: Path) -> None:
    film = short_clip(tmp_path / "run.mp4", seconds=1.5)
    with Tab(browser, f"{server.address}/") as tab:
        page = tab.page
        dropped = page.evaluate_handle(
            "([bytes, name]) => { const t = new DataTransfer();"
            " t.items.add(new File([Uint8Array.from(atob(bytes), c => c.charCodeAt(0))], name)); return t; }",
            [__import__("base64").b64encode(film.read_bytes()).decode(), EVIL_NAME],
        )
        page.dispatch_event("#drop", "drop", {"dataTransfer": dropped})
        page.wait_for_selector("form.film")
        assert EVIL_NAME in page.inner_text("article h3")
        assert "640 × 720" in page.inner_text(".understood")
        assert tab.grave() == []
        page.fill("input[name=athlete]", "Bo")
        page.fill("input[name=speed]", "3")
        page.click("form.film button[type=submit]")
        page.wait_for_selector("[data-field=speed] .wrong:not(:empty)")
        assert "has no unit" in page.inner_text("[data-field=speed] .wrong")
        assert page.evaluate("document.activeElement.name") == "speed"
        page.fill("input[name=speed]", "3 m/s")
        page.keyboard.press("Enter")
        page.wait_for_selector("article.queued, article.running, article.done")
        refused = [trouble for trouble in tab.troubles if "422" not in trouble]
        assert refused == []
    # The tab is closed; the analysis goes on.
    with Tab(browser, f"{server.address}/") as tab:
        tab.page.wait_for_selector("article.done")
        # Nobody has agreed that the film is kept, so no picture of it is either.
        assert [path.name for path in (server.folder / ".gaitlab-serve" / "jobs").glob("*/*")] == ["job.json"]
        with tab.context.expect_page() as opened:
            tab.page.click("text=Open the report")
        report = opened.value
        troubles: list[str] = []
        report.on("console", lambda m: troubles.append(m.text) if m.type == "error" else None)
        report.wait_for_selector("body[data-charts=drawn]", timeout=PATIENCE_MS)
        assert "Bo" in report.inner_text("h1")
        # Whatever runs in a report reaches nothing of the server.
        assert report.evaluate("fetch('/films').then(() => 'reached', () => 'kept out')") == "kept out"
        assert [trouble for trouble in troubles if "/films" not in trouble and "Content Security" not in trouble] == []
        assert tab.troubles == []


def test_films_that_are_refused_stay_with_their_reason(browser: Any, server: Server, tmp_path: Path) -> None:
    films = [tmp_path / "one.mp4", tmp_path / "two <b>.mp4"]
    for film in films:
        film.write_bytes(b"")
    with Tab(browser, f"{server.address}/") as tab:
        tab.page.set_input_files("#choose", films)
        refused = tab.page.locator("#queue .refused")
        refused.nth(1).wait_for()
        assert sorted(refused.locator("h3").all_inner_texts()) == ["one.mp4", "two <b>.mp4"]
        assert all("is empty" in words for words in refused.locator(".wrong").all_inner_texts())
        assert tab.grave() == []
        for _ in films:
            refused.first.get_by_role("button", name="Remove").click()
        assert refused.count() == 0


def test_two_people_are_asked_about_with_a_picture(browser: Any, server: Server, tmp_path: Path) -> None:
    from gaitlab.pose.follow import follow_runner
    from gaitlab.pose.networks.estimator import load_estimator

    film = short_clip(tmp_path / "two.mp4", seconds=0.1, twice=True)
    with Tab(browser, f"{server.address}/") as tab:
        tab.page.set_input_files("#choose", film)
        tab.page.wait_for_selector("svg.still .person >> nth=1")
        rights = tab.page.locator(".person").evaluate_all(
            "a => a.map(e => Number(e.querySelector('rect').getAttribute('x')))"
        )
        person = tab.page.locator(".person").nth(int(np.argmax(rights)))
        number = int(person.get_attribute("data-person"))
        person.click()
        assert tab.page.locator(f"input[name=person][value='{number}']").is_checked()
        job = tab.page.locator("[data-job]", has=tab.page.locator(".person")).first.get_attribute("data-job")
        server.until(lambda: f'value="{number}" checked' in server.card(job))
    with open_video(film) as video:
        followed = follow_runner(video.frames(), load_estimator(None), person=number)
    assert followed.boxes[0][0] > 640  # whom the click meant: the one on the right


@pytest.mark.parametrize("path", ["/", "/library", f"/athlete?name={quote(EVIL)}", "/live", "/join"])
def test_every_page_fits_and_has_no_serious_finding(browser: Any, server: Server, path: str) -> None:
    with Tab(browser, f"{server.address}{path}") as tab:
        if path.startswith("/athlete"):
            tab.page.wait_for_selector("body[data-charts=drawn]")
            # A chart that is drawn before the others join its row is as wide as the row.
            wide = (
                "a => a.map(e => e.getBoundingClientRect().width - e.closest('figure').getBoundingClientRect().width)"
            )
            over = tab.page.locator(".season .main-svg").evaluate_all(wide)
            assert over
            assert max(over) < 1
        if path == "/":
            tab.page.wait_for_selector("[data-job], #empty:not([hidden])")
        assert tab.grave() == []
        for size in SIZES:
            tab.page.set_viewport_size(size)
            tab.page.wait_for_timeout(300)  # charts follow the window
            assert tab.wider() == [], size
        assert tab.troubles == []


def test_the_library_by_keyboard(browser: Any, server: Server) -> None:
    with Tab(browser, f"{server.address}/library") as tab:
        page = tab.page
        row = page.locator(f"[data-session='{id_of('session-001')}']")
        row.get_by_role("button", name="Rename").focus()
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "rename-athlete"
        page.fill("#rename-label", "shoe <b>B</b>")
        with page.expect_navigation():  # its text stands there before its script answers a key
            page.keyboard.press("Enter")
        row.get_by_text("shoe <b>B</b>", exact=True).first.wait_for()
        row.get_by_role("button", name="Delete").focus()
        page.keyboard.press("Enter")
        page.get_by_role("button", name="Undo").focus()
        assert not (server.folder / "session-001").exists()
        page.keyboard.press("Enter")
        row.wait_for()
        assert (server.folder / "session-001" / "session.json").is_file()
        for number in (0, 2):
            page.locator(f"[data-session='{id_of(f'session-{number:03d}')}'] [name=compare]").press("Space")
        with tab.context.expect_page() as opened:
            page.locator("#compare-bar button").press("Enter")
        opened.value.wait_for_selector("#differences")
        assert tab.troubles == []


def test_a_page_of_another_place_changes_nothing(browser: Any, server: Server, tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("<title>elsewhere</title>")

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_: Any) -> None:
            pass

    elsewhere = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(tmp_path)))
    threading.Thread(target=elsewhere.serve_forever, daemon=True).start()
    address = f"{server.address}/sessions/{id_of('session-000')}"
    try:
        with Tab(browser, f"{server.address}/") as tab:
            tab.page.goto(f"http://127.0.0.1:{elsewhere.server_address[1]}/")
            for options in ("{method: 'DELETE'}", "{method: 'POST', mode: 'no-cors', body: '{}'}"):
                tab.page.evaluate(f"fetch('{address}', {options}).catch(() => null)")
            told = tab.page.evaluate(f"fetch('{server.address}/').then((a) => a.text(), () => 'kept out')")
            assert told == "kept out"
    finally:
        elsewhere.shutdown()
        elsewhere.server_close()
    assert (server.folder / "session-000" / "session.json").is_file()
    assert "session 0" in (server.folder / "session-000" / "session.json").read_text()


def test_the_camera_is_shown_and_recorded(browser: Any, server: Server) -> None:
    with Tab(browser, f"{server.address}/live") as tab:
        tab.page.click("text=Record 20 s")
        tab.page.wait_for_selector("#picture:not([hidden])")
        tab.page.click("text=Analyse it")
        name = tab.page.locator("h3", has_text=re.compile("camera 20"))
        name.wait_for()
        card = tab.page.locator("[data-job]", has=name)
        card.locator("form.film").wait_for()
        assert tab.troubles == []


def test_a_recording_is_seen_to_its_end_where_the_first_look_at_the_camera_is_slow(
    browser: Any, server: Server
) -> None:
    """The answer that the camera is off comes when it has long been asked to record."""
    with Tab(browser, f"{server.address}/library") as tab:
        slow = []

        def once(route: Any) -> None:
            slow.append(route)
            if len(slow) > 1:
                route.continue_()
                return
            answer = route.fetch()
            tab.page.wait_for_timeout(1500)
            route.fulfill(response=answer)

        tab.page.route("**/live/status", once)
        tab.page.goto(f"{server.address}/live")
        tab.page.click("text=Record 20 s")
        tab.page.get_by_text("Analyse it").wait_for()
        assert len(slow) > 2


def test_a_recording_that_was_over_before_anybody_looked_is_offered(browser: Any, server: Server) -> None:
    """On a busy computer the page may ask what the camera does only when a short recording has ended."""
    with Tab(browser, f"{server.address}/library") as tab:
        tab.page.route("**/live/status", lambda route: route.fulfill(json={"state": "off", "message": "", "done_s": 0}))
        tab.page.goto(f"{server.address}/live")
        tab.page.click("text=Record 20 s")
        tab.page.get_by_text("Analyse it").wait_for()
    server.say("POST", "/live/stop", {"camera": 0})


def test_a_recording_that_is_stopped_is_said_to_be_gone(browser: Any, server: Server) -> None:
    with Tab(browser, f"{server.address}/live") as tab:
        tab.page.click("text=Record 20 s")
        tab.page.wait_for_selector("#recorded:not([hidden])")
        tab.page.click("text=Stop")
        tab.page.get_by_text("nothing of it is kept").wait_for()
        assert tab.page.get_by_text("Analyse it").count() == 0
        assert tab.troubles == []


def test_dots_are_clicked_as_a_step(browser: Any, server: Server, tmp_path: Path) -> None:
    job = server.upload(short_clip(tmp_path / "dots.mp4", seconds=0.1).read_bytes(), "dots.mp4")
    server.until_state(job, "draft")
    # Six frames tell neither where dots are nor, surely, from where they were filmed.
    wrong = server.say("POST", f"/films/{job}", {"dots": "clicks"})[1]["wrong"]
    assert wrong["dots"].startswith("no dots are clicked")
    assert "choose from where it was filmed" in wrong["view"]
    with Tab(browser, f"{server.address}/films/{job}/dots") as tab:
        tab.page.wait_for_selector("#list li >> nth=7")
        tab.page.locator("#picture").evaluate("one => one.decode()")
        assert tab.grave_or_wider() == []
        tab.page.set_viewport_size(LAPTOP)
        for number in range(8):
            tab.page.locator("#picture").click(position={"x": 100 + 20 * number, "y": 300})
        tab.page.click("#save")
        tab.page.get_by_text("The dots are kept").wait_for()
        assert tab.troubles == []
    assert 'value="clicks" selected' in server.card(job)
    assert 'value="rear" checked' in server.card(job)


def test_dots_are_set_moved_and_removed_by_keyboard(browser: Any, server: Server, tmp_path: Path) -> None:
    job = server.upload(short_clip(tmp_path / "keys.mp4", seconds=0.1).read_bytes(), "keys.mp4")
    server.until_state(job, "draft")
    with Tab(browser, f"{server.address}/films/{job}/dots") as tab:
        page, said = tab.page, tab.page.locator("#clicks-said")
        assert "arrows move the cross" in page.inner_text("#keys")
        page.get_by_role("link", name="Back to the film").focus()
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.getAttribute('aria-describedby')") == "keys"
        for _ in range(8):  # the cross begins in the middle of 640 x 720
            page.keyboard.press("Shift+ArrowRight")
            page.keyboard.press("ArrowUp")
            page.keyboard.press("Enter")
        assert "All are set" in said.inner_text()
        page.keyboard.press("Delete")
        assert said.inner_text().startswith("right heel is removed")
        assert page.locator("#save").is_disabled()
        page.keyboard.press("Enter")
        page.keyboard.press("2")  # choose one that is set, and move it
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        page.locator("#save").press("Enter")
        page.get_by_text("The dots are kept").wait_for()
        assert tab.troubles == []
    kept = json.loads((server.folder / ".gaitlab-serve" / "jobs" / job / "dots.json").read_text())
    assert kept["points"]["left"]["calf_top"] == [329.5, 358.5]
    assert kept["points"]["left"]["calf_bottom"] == [339.5, 358.5]
    assert kept["points"]["right"]["heel"] == [399.5, 351.5]


def test_what_cannot_be_shown_is_told_on_a_page(browser: Any, server: Server) -> None:
    for path, words in (
        ("/nothing", "there is no such page"),
        ("/open/old/0/report.html", "from before the server was started"),
        ("/films/0/dots", "not there any more"),
        ("/compare?s=1", "two to 6 sessions"),
        ("/phone", "gaitlab serve --lan"),
    ):
        with Tab(browser, f"{server.address}{path}") as tab:
            assert words in tab.page.inner_text("main p"), path
            assert server.token not in tab.page.content()
            assert tab.page.get_by_role("link", name="Library").is_visible()


def test_a_page_from_before_the_server_was_started_offers_to_load_again(browser: Any, server: Server) -> None:
    with Tab(browser, f"{server.address}/library") as tab:
        tab.page.route(
            "**/sessions/*", lambda route: route.continue_(headers={**route.request.headers, "x-gaitlab-token": "old"})
        )
        tab.page.get_by_role("button", name="Delete").first.click()
        again = tab.page.get_by_role("button", name="Load again")
        again.wait_for()
        tab.page.unroute("**/sessions/*")
        again.click()
        tab.page.wait_for_load_state()
        assert tab.page.locator("#said").inner_text() == ""


def test_the_librarys_menu_bar_and_focus(browser: Any, server: Server) -> None:
    with Tab(browser, f"{server.address}/library") as tab:
        page = tab.page
        menus = page.locator("details.menu")
        menus.nth(0).locator("summary").press("Enter")
        menus.nth(0).get_by_text("Everything (zip)").focus()
        page.keyboard.press("Escape")
        assert menus.nth(0).get_attribute("open") is None
        assert page.evaluate("document.activeElement.textContent").startswith("Export")
        menus.nth(0).locator("summary").click()
        page.click("h1")
        assert menus.nth(0).get_attribute("open") is None
        page.locator("[name=compare]").nth(0).check()
        bar, button = page.locator("#compare-bar").bounding_box(), page.locator("#compare-bar button").bounding_box()
        assert bar["y"] <= button["y"]
        assert button["y"] + button["height"] <= bar["y"] + bar["height"]
        page.locator("[name=compare]").nth(1).check()
        assert page.locator("#compare-bar button").is_enabled()
        page.locator("#compare-bar").evaluate("bar => { bar.dataset.most = 2; }")
        page.locator("[name=compare]").nth(2).check()
        assert "At most 2 sessions" in page.inner_text("#compare-words")
        assert page.locator("#compare-bar button").is_disabled()
        page.get_by_role("button", name="Delete").first.click()
        page.get_by_role("button", name="Undo").wait_for()
        assert page.evaluate("document.activeElement.closest('[aria-hidden]')") is None
        page.get_by_role("button", name="Undo").click()
        page.get_by_text("is back").wait_for()
