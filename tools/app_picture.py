"""The picture of the page of `gaitlab serve` in README and docs: one film being analysed, another at its form.

    python -m tools.app_picture [docs/images/app.png]

It takes the extra `test` (playwright), chromium, and a minute: the page is that of a real server, with both clips of
the demonstration.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from gaitlab.apps.demo import demo_clip

_SIZE = {"width": 1200, "height": 1420}
_PATIENCE_MS = 120_000
_SHARE = 0.4  # of the analysis has passed in the picture


def main() -> None:
    """Write the picture."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("target", nargs="?", type=Path, default=Path("docs/images/app.png"))
    target = options.parse_args().target
    with tempfile.TemporaryDirectory() as home, _served(Path(home)) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_page(viewport=_SIZE, color_scheme="light")
        page.set_default_timeout(_PATIENCE_MS)
        page.goto(address)
        _fill(page, Path(home))
        page.screenshot(path=target)
        browser.close()


@contextmanager
def _served(home: Path) -> Iterator[str]:
    """Run the server on a folder below a home of its own, whose name nobody sees."""
    command = [sys.executable, "-m", "gaitlab", "serve", str(home / "reports"), "--port", "0", "--no-browser"]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={**os.environ, "HOME": str(home)})
    try:
        assert server.stdout is not None
        found = re.search(r"http://127\.0\.0\.1:\d+/", server.stdout.readline())
        assert found is not None, "the server did not start"
        yield found[0]
    finally:
        server.terminate()
        server.wait(30)


def _fill(page: Page, folder: Path) -> None:
    """Drop the rear clip and start it, drop the side clip and fill its form, and wait until the bar has moved."""
    _drop(page, demo_clip("rear")[0], folder / "bo from behind.mp4", athlete="Bo", label="shoe B")
    page.click("form.film button[type=submit]")
    page.locator("article.running").wait_for()
    _drop(
        page, demo_clip("side")[0], folder / "ada shoe A.mp4", athlete="Ada", label="shoe A", speed="10.8 km/h",
        height="178 cm",
    )  # fmt: skip
    page.evaluate("document.activeElement.blur()")
    while float(page.locator("article.running progress").get_attribute("value") or 0) < _SHARE:
        page.wait_for_timeout(200)


def _drop(page: Page, clip: Path, film: Path, **fields: str) -> None:
    shutil.copyfile(clip, film)
    page.set_input_files("#choose", film)
    page.locator("form.film").wait_for()
    for name, text in fields.items():
        page.fill(f"form.film input[name={name}]", text)


if __name__ == "__main__":
    main()
