"""The page as a coach uses it: in a real browser, from the drop to the report, and on a phone."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import quote

import av
import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe

from gaitlab.apps.serve.library.entry import id_of
from gaitlab.io.video.reader import open_video
from tests.apps.serve.server import CLIP, Server, library_of
from tests.browser import EVIL, LAPTOP, PHONE, browser

__all__ = ["browser"]  # the fixture: pytest finds it by its name here

TABLET = {"width": 820, "height": 1180}
PATIENCE_MS = 120_000
EVIL_NAME = "<img src=x onerror=alert(1)> run.mp4"


def short_clip(path: Path, *, seconds: float, twice: bool = False) -> Path:
    """Write the clip's first seconds; ``twice`` shows it two times side by side."""
    with open_video(CLIP) as video, av.open(str(path), "w") as container:
        stream: Any = container.add_stream("libx264", rate=60)
        stream.width, stream.height, stream.pix_fmt = video.info.width * (1 + twice), video.info.height, "yuv420p"
        stream.options = {"preset": "ultrafast"}
        for frame in video.frames(0, seconds):
            image = np.concatenate([frame.image] * (1 + twice), axis=1)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(image, format="bgr24")))
        container.mux(stream.encode(None))
    return path


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("page") / "reports"
    library_of(folder, 4, video=True, athlete=EVIL, warnings=["a warning that is rather long " * 6])
    camera = short_clip(tmp_path_factory.mktemp("camera") / "camera.mp4", seconds=1.5)
    with Server(folder, "--camera", str(camera)) as started:
        yield started


class Tab:
    """A tab with all that went wrong in it."""

    def __init__(self, browser: Any, server: Server, path: str, size: dict[str, int] = LAPTOP, **options: Any) -> None:
        self.context = browser.new_context(viewport=size, reduced_motion="reduce", **options)
        self.page = self.context.new_page()
        self.troubles: list[str] = []
        self.page.on("console", lambda m: self.troubles.append(m.text) if m.type in ("error", "warning") else None)
        self.page.on("pageerror", lambda error: self.troubles.append(str(error)))
        self.page.on("dialog", lambda dialog: (self.troubles.append("a dialog opened"), dialog.dismiss()))
        self.page.set_default_timeout(PATIENCE_MS)
        self.page.goto(f"{server.address}{path}")

    def __enter__(self) -> Tab:
        return self

    def __exit__(self, *_: object) -> None:
        self.context.close()

    def grave(self) -> list[str]:
        """Return the serious findings of axe in light and dark."""
        found = []
        for scheme in ("light", "dark"):
            self.page.emulate_media(color_scheme=scheme)
            for one in Axe().run(self.page).response["violations"]:
                if one["impact"] in ("serious", "critical"):
                    found.append(f"{scheme} {one['id']}: {[node['html'][:120] for node in one['nodes']][:3]}")
        return found

    def wider(self) -> list[str]:
        """Return what is wider than the window."""
        found: list[str] = self.page.evaluate(
            "[...document.querySelectorAll('body, body *')].filter(e => e.getClientRects().length"
            " && !e.closest('nav, .hidden, .skip, svg') && e.getBoundingClientRect().right > innerWidth + 1)"
            ".map(e => e.tagName + '.' + e.className)"
        )
        return found


def test_from_the_drop_to_the_report(browser: Any, server: Server, tmp_path: Path) -> None:
    film = short_clip(tmp_path / "run.mp4", seconds=1.5)
    with Tab(browser, server, "/") as tab:
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
    with Tab(browser, server, "/") as tab:
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


def test_two_people_are_asked_about_with_a_picture(browser: Any, server: Server, tmp_path: Path) -> None:
    from gaitlab.pose.follow import follow_runner
    from gaitlab.pose.networks.estimator import load_estimator

    film = short_clip(tmp_path / "two.mp4", seconds=0.1, twice=True)
    with Tab(browser, server, "/") as tab:
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
    with Tab(browser, server, path) as tab:
        if path.startswith("/athlete"):
            tab.page.wait_for_selector("body[data-charts=drawn]")
            assert tab.page.locator(".season .main-svg").count() > 0
        if path == "/":
            tab.page.wait_for_selector("[data-job], #empty:not([hidden])")
        assert tab.grave() == []
        for size in (LAPTOP, TABLET, PHONE):
            tab.page.set_viewport_size(size)
            tab.page.wait_for_timeout(300)  # charts follow the window
            assert tab.wider() == [], size
        assert tab.troubles == []


def test_the_library_by_keyboard(browser: Any, server: Server) -> None:
    with Tab(browser, server, "/library") as tab:
        page = tab.page
        row = page.locator(f"[data-session='{id_of('session-001')}']")
        row.get_by_role("button", name="Rename").focus()
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "rename-athlete"
        page.fill("#rename-label", "shoe <b>B</b>")
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
        with Tab(browser, server, "/") as tab:
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
    with Tab(browser, server, "/live") as tab:
        tab.page.click("text=Record 20 s")
        tab.page.wait_for_selector("#picture:not([hidden])")
        tab.page.click("text=Analyse it")
        name = tab.page.locator("h3", has_text=re.compile("camera 20"))
        name.wait_for()
        card = tab.page.locator("[data-job]", has=name)
        card.locator("form.film").wait_for()
        assert tab.troubles == []


def test_dots_are_clicked_as_a_step(browser: Any, server: Server, tmp_path: Path) -> None:
    job = server.upload(short_clip(tmp_path / "dots.mp4", seconds=0.1).read_bytes(), "dots.mp4")
    server.until_state(job, "draft")
    # Six frames tell neither where dots are nor, surely, from where they were filmed.
    wrong = server.say("POST", f"/films/{job}", {"dots": "clicks"})[1]["wrong"]
    assert wrong["dots"].startswith("no dots are clicked")
    assert "choose from where it was filmed" in wrong["view"]
    with Tab(browser, server, f"/films/{job}/dots") as tab:
        tab.page.wait_for_function("document.getElementById('picture').naturalWidth > 0")
        for number in range(8):
            tab.page.locator("#picture").click(position={"x": 100 + 20 * number, "y": 300})
        tab.page.click("#save")
        tab.page.get_by_text("The dots are kept").wait_for()
        assert tab.troubles == []
    assert 'value="clicks" selected' in server.card(job)
    assert 'value="rear" checked' in server.card(job)
