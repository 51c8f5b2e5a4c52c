"""The page that takes eight clicks, in a real browser."""

from __future__ import annotations

import shutil
import threading
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from gaitlab.apps.demo import demo_clip
from gaitlab.core.errors import InputError, OutputError
from gaitlab.core.gait import BOTH_SIDES
from gaitlab.markers.click_page import take_clicks
from gaitlab.markers.clicks import read_clicks
from gaitlab.markers.layout import DOTS

sync_api = pytest.importorskip("playwright.sync_api", reason="the python package playwright is not installed")
CHROMIUM = shutil.which("chromium")


@pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed")
def test_eight_clicks_become_a_file(tmp_path: Path) -> None:
    target, address, ready = tmp_path / "dots.json", [], threading.Event()

    def opened(where: str) -> None:
        address.append(where)
        ready.set()

    worker = threading.Thread(
        target=take_clicks, args=(demo_clip("rear")[0], target), kwargs={"at_s": 1.0, "opened": opened}, daemon=True
    )
    worker.start()
    assert ready.wait(60)
    assert address[0].startswith("http://127.0.0.1:")
    with pytest.raises(urllib.error.HTTPError, match="404"):
        urllib.request.urlopen(address[0].rsplit("/", 2)[0] + "/")  # without the secret
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.goto(address[0])
        picture = page.locator("#picture")
        # The page forbids eval, which waiting for a function needs.
        page.wait_for_load_state("networkidle")
        assert picture.evaluate("one => one.decode().then(() => one.naturalWidth)") == 640
        for number in range(8):
            assert page.locator("#save").is_disabled()
            picture.click(position={"x": 300 + 10 * number + 0.5, "y": 400.5})
        page.locator("#save").click()
        page.locator("#clicks-said", has_text="Saved").wait_for(timeout=60_000)
        browser.close()
    worker.join(30)
    assert not worker.is_alive()
    clicks = read_clicks(target)
    assert (clicks.width, clicks.height) == (640, 720)
    assert clicks.time_s == pytest.approx(1.0, abs=0.01)
    order = [clicks.points[side][dot] for side in BOTH_SIDES for dot in DOTS]
    assert [x for x, _ in order] == pytest.approx([300 + 10 * i for i in range(8)], abs=0.6)
    assert [y for _, y in order] == pytest.approx([400] * 8, abs=0.6)


def test_what_cannot_be_clicked_on_is_said_at_once(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        take_clicks(tmp_path / "none.mp4", tmp_path / "dots.json")
    with pytest.raises(InputError, match="a time in it"):
        take_clicks(demo_clip("rear")[0], tmp_path / "dots.json", at_s=99.0)
    with pytest.raises(OutputError, match="does not exist"):
        take_clicks(demo_clip("rear")[0], tmp_path / "no" / "dots.json")
