"""A page in a real browser, from disk, with the network off, and what every page of gaitlab must be there."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

sync_api = pytest.importorskip("playwright.sync_api", reason="the python package playwright is not installed")
CHROMIUM = shutil.which("chromium")
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
LAPTOP, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
EVIL = "<script>alert(1)</script>"


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    if CHROMIUM is None:
        pytest.skip("chromium is not installed")
    with sync_api.sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield started
        started.close()


class Opened:
    """A page in a tab of its own, with all that went wrong in it."""

    def __init__(self, browser: Any, path: Path, size: dict[str, int], **options: Any) -> None:
        self._context = browser.new_context(viewport=size, offline=True, reduced_motion="reduce", **options)
        self.page = self._context.new_page()
        self.troubles: list[str] = []
        self.requests: list[str] = []
        self.page.on("console", lambda m: self.troubles.append(m.text) if m.type in ("error", "warning") else None)
        self.page.on("pageerror", lambda error: self.troubles.append(str(error)))
        self.page.on("dialog", lambda dialog: (self.troubles.append("a dialog opened"), dialog.dismiss()))
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.goto(path.as_uri(), wait_until="domcontentloaded")
        self.page.wait_for_selector("body[data-charts=drawn]", timeout=180_000)

    def close(self) -> None:
        self._context.close()

    def until(self, expression: str) -> None:
        """Wait until an expression is true. Playwright's own way evaluates text, which the page's policy forbids."""
        for _ in range(200):
            if self.page.evaluate(expression):
                return
            self.page.wait_for_timeout(50)
        pytest.fail(f"never became true: {expression}")

    def axis_x(self, chart: str, value: float) -> float:
        """Return the screen's x of a value on a chart's horizontal axis."""
        plot = self.page.locator(f"#{chart}")
        plot.scroll_into_view_if_needed()
        inside = self.page.evaluate(
            f"(() => {{ const a = document.getElementById('{chart}')._fullLayout.xaxis;"
            f" return a._offset + a.d2p({value}); }})()"
        )
        return float(plot.bounding_box()["x"] + inside)

    def click_chart(self, chart: str, value: float) -> None:
        x = self.axis_x(chart, value)
        self.page.mouse.click(x, self.page.locator(f"#{chart}").bounding_box()["y"] + 60)

    def away(self) -> list[str]:
        """Return what was asked of any other place than the page itself."""
        return [url for url in self.requests if not url.startswith(("file:", "blob:", "data:"))]

    def is_drawn(self, canvas: str) -> bool:
        """Return whether anything is seen on a canvas."""
        return bool(
            self.page.evaluate(
                f"(() => {{ const c = document.getElementById('{canvas}');"
                " return c.getContext('2d').getImageData(0, 0, c.width, c.height).data.some(v => v > 0); })()"
            )
        )

    def pale(self, scheme: str) -> list[tuple[str, float]]:
        """Return the texts whose contrast is not AA in the ``light`` or ``dark`` scheme, with their ratio."""
        self.page.emulate_media(color_scheme=scheme)
        ratios = self.page.evaluate(_CONTRAST)
        assert ratios, "no text was measured"
        return [(words, round(ratio, 2)) for words, ratio in ratios if ratio < 4.5]

    def nameless(self) -> list[str]:
        """Return the controls and pictures that a screen reader has no name for."""
        found: list[str] = self.page.evaluate(
            "[...document.querySelectorAll('button, input, video, canvas, svg[role=img], .plot')].filter(e =>"
            " !(e.getAttribute('aria-label') || e.textContent.trim() || e.closest('label'))).map(e => e.outerHTML)"
        )
        return found

    def broken_outline(self) -> list[int]:
        """Return the levels of all headings unless they begin with the only first one and leave none out."""
        levels: list[int] = self.page.evaluate(
            "[...document.querySelectorAll('h1, h2, h3')].map(e => Number(e.tagName[1]))"
        )
        nested = all(after - before <= 1 for before, after in pairwise(levels))
        return [] if levels[:1] == [1] and levels.count(1) == 1 and nested else levels


def overflowing(browser: Any, path: Path, *, apart_from: str = "") -> list[str]:
    """Return what is wider than a phone; ``apart_from`` is a CSS selector of what may be."""
    phone = Opened(browser, path, PHONE, has_touch=True, is_mobile=True)
    width = phone.page.evaluate("document.documentElement.scrollWidth")
    chosen = f"main *:not({apart_from})" if apart_from else "main *"
    wider: list[str] = phone.page.evaluate(
        f"[...document.querySelectorAll('{chosen}')].filter(e => e.getClientRects().length"
        " && e.getBoundingClientRect().left > -900 && e.getBoundingClientRect().right > innerWidth + 1)"
        ".map(e => e.tagName + '.' + e.className)"
    )
    phone.close()
    return wider if width == PHONE["width"] else [f"the page: {width} px", *wider]


# WCAG 2: relative luminance of the text and of the nearest ground that is not transparent.
_CONTRAST = """(() => {
  const parse = (text) => text.match(/[\\d.]+/g).map(Number);
  const luminance = ([r, g, b]) => [r, g, b].map((v) => v / 255)
    .map((v) => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const ground = (element) => {
    for (let e = element; e; e = e.parentElement) {
      const colour = parse(getComputedStyle(e).backgroundColor);
      if (colour.length < 4 || colour[3] === 1) return colour;
    }
    return [255, 255, 255];
  };
  const seen = [...document.querySelectorAll('body *')].filter((e) => !e.closest('svg, script, style, .plot, .screen')
    && e.getClientRects().length && [...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim()));
  return seen.map((e) => {
    const [a, b] = [luminance(parse(getComputedStyle(e).color)), luminance(ground(e))];
    return [e.textContent.trim().slice(0, 30), (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05)];
  });
})()"""
