"""The documentation site, built as `make docs` builds it and opened from disk; links as the repository shows them."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import gaitlab
from tests.browser import LAPTOP, PHONE, browser
from tests.conftest import DemoRun

__all__ = ["browser"]

ROOT = Path(__file__).resolve().parents[1]
SCRIPTS = sorted((ROOT / "docs" / "gallery").glob("*.py"))
MADE = {"figure": "plotly-graph-div", "table": "<table", "picture": "data:image/webp"}
TEXTS = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]


@pytest.fixture(scope="module")
def site(demo_run: DemoRun, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site; the examples' pictures are of the demonstration that other tests look at too."""
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(folder)]
    environment = {**os.environ, "GALLERY_FOLDER": str(demo_run.folder), "NO_MKDOCS_2_WARNING": "1"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    assert "WARNING" not in done.stderr
    return folder


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_every_example_is_short_and_its_page_shows_what_it_makes(script: Path, site: Path) -> None:
    source = script.read_text()
    assert len(source.splitlines()) < 40
    (kind,) = [name for name in MADE if re.search(rf"^{name} = ", source, re.M)]
    assert MADE[kind] in (site / "gallery" / f"{script.stem}.html").read_text()
    assert (site / "gallery" / script.name).read_text() == source
    card = (site / "gallery" / "index.html").read_text().partition(f'<a href="{script.stem}.html">')[2]
    assert MADE[kind] in card.partition("</li>")[0]


def test_the_example_of_two_sessions_finds_what_was_changed(site: Path, demo_run: DemoRun) -> None:
    reports = demo_run.folder / "reports"
    table = gaitlab.compare([reports / "before", reports / "after"]).set_index(["metric", "side"])
    cadence = table.loc[("cadence", "both")]
    assert cadence["b"] / cadence["a"] == pytest.approx(1.05, rel=1e-3)
    assert cadence["verdict"] == "changed"
    assert set(table.loc[["contact_time", "step_length", "trunk_lean"], "verdict"]) == {"within noise"}


def test_the_reference_has_every_public_name_as_a_function_or_a_class(site: Path) -> None:
    page = (site / "reference" / "gaitlab.html").read_text()
    assert set(re.findall(r"doc-symbol-heading doc-symbol-(\w+)", page)) <= {"function", "class", "method", "attribute"}
    for name in gaitlab.__all__:
        assert re.search(rf'<h2[^>]*class="doc doc-heading">.*?gaitlab\.{name}\b', page, re.S), name


def test_the_reference_has_every_command_setting_and_measurement(site: Path) -> None:
    from gaitlab.cli.app import app
    from gaitlab.config import known_settings
    from gaitlab.metrics import METRICS

    def text(name: str) -> str:
        return re.sub(r"<[^>]+>", "", (site / "reference" / f"{name}.html").read_text())

    for command in app.registered_commands:
        assert f"gaitlab {command.name or command.callback.__name__}" in text("commands")  # type: ignore[union-attr]
    assert all(f"{key.partition('.')[2]} = " in text("settings") for key, _ in known_settings())
    assert all(name in text("measurements") for name in METRICS)


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere_in_the_repository_too(path: Path) -> None:
    for link in re.findall(r"\]\(([^)#\s]+)", path.read_text()):
        assert link.startswith("https://") or (path.parent / link).exists(), link


@pytest.mark.parametrize("size", [LAPTOP, PHONE], ids=["laptop", "phone"])
def test_pages_are_whole_and_ask_no_other_server(site: Path, browser: Any, size: dict[str, int]) -> None:
    for name in ("index", "film", "gallery/index", "gallery/knee_over_the_cycle", "reference/gaitlab"):
        tab, troubles, requests = opened(browser, site / f"{name}.html", size)
        assert tab.evaluate("document.documentElement.scrollWidth") == size["width"], name
        assert "gallery/" not in name or tab.locator(".main-svg").count() > 0
        tab.context.close()
        assert troubles == []
        assert [url for url in requests if not url.startswith(("file:", "blob:", "data:"))] == []


def test_the_search_works_from_disk(site: Path, browser: Any) -> None:
    tab, troubles, _ = opened(browser, site / "index.html", LAPTOP)
    tab.keyboard.press("/")
    tab.keyboard.type("butterworth")
    first = tab.locator(".md-search-result__item a").first
    first.wait_for(timeout=20_000)
    assert first.get_attribute("href").split("?")[0].endswith("reference/signal.html")
    tab.context.close()
    assert troubles == []


def opened(browser: Any, path: Path, size: dict[str, int]) -> tuple[Any, list[str], list[str]]:
    """Return a page from disk with the network off, what went wrong in it, and what it asked for."""
    tab = browser.new_context(viewport=size, offline=True).new_page()
    troubles: list[str] = []
    requests: list[str] = []
    tab.on("console", lambda message: troubles.append(message.text) if message.type in ("error", "warning") else None)
    tab.on("pageerror", lambda error: troubles.append(str(error)))
    tab.on("request", lambda request: requests.append(request.url))
    tab.goto(path.as_uri(), wait_until="load")
    return tab, troubles, requests
