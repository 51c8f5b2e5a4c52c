"""The picture of a report in the docs: the demonstration's page, down to the curves over the gait cycle.

    python -m tools.report_picture [--session DIR] [docs/images/report.png]

It takes the extra `test` (playwright), chromium, and without a session of `gaitlab demo` a minute.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from gaitlab.apps.demo import demo_session

_SIZE = {"width": 1200, "height": 900}
_CURVES_PX = 465  # of the section of the curves that are shown


def main() -> None:
    """Write the picture."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--session", type=Path, help="a session that `gaitlab demo` wrote")
    options.add_argument("target", nargs="?", type=Path, default=Path("docs/images/report.png"))
    asked = options.parse_args()
    with tempfile.TemporaryDirectory() as home, sync_playwright() as playwright:
        folder = asked.session or demo_session(output=Path(home) / "demo").folder
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_page(viewport=_SIZE, color_scheme="light")
        page.goto((folder / "report.html").resolve().as_uri())
        page.wait_for_load_state("networkidle")
        # A still picture shows no video, and the bar of links lies over what is scrolled.
        page.add_style_tag(content="#video, nav { display: none !important; }")
        section = page.locator("#cycle").bounding_box()
        assert section is not None, "the page has no curves over the gait cycle"
        page.screenshot(
            path=asked.target, full_page=True,
            clip={"x": 0, "y": 0, "width": _SIZE["width"], "height": section["y"] + _CURVES_PX},
        )  # fmt: skip
        browser.close()


if __name__ == "__main__":
    main()
