"""The season as it is looked at: in a real browser, from disk, with the network off, on laptop, phone and paper."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from gaitlab import athlete_report
from gaitlab.cli.app import app
from tests.browser import LAPTOP, Opened, browser, overflowing
from tests.io.test_brand import SVG
from tests.report.athlete.make import HOSTILE, full, season

__all__ = ["browser"]  # the fixture: pytest finds it by its name here


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("season")
    (folder / "logo.svg").write_text(SVG)
    (folder / "shop.toml").write_text(
        '[brand]\nname = "A shop of a rather long name"\ncontact = "12 High Street, Sometown"\ncolour = "#7f7f7f"\n'
        'logo = "logo.svg"'
    )
    return athlete_report(HOSTILE, full(folder), output=folder / "page.html", profile=folder / "shop.toml")


def test_it_opens_without_trouble_and_can_be_read_by_everybody(browser: Any, page: Path) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    opened = Opened(browser, page, LAPTOP, bypass_csp=True)
    assert opened.page.locator(".plot .main-svg").count() > 0
    assert opened.page.locator(".brand-head img").evaluate("(image) => image.complete && image.naturalWidth > 0")
    assert opened.page.locator("h1").inner_text() == HOSTILE
    assert opened.troubles == []
    assert opened.away() == []
    assert opened.nameless() == []
    for scheme in ("dark", "light"):
        assert opened.pale(scheme) == [], scheme
        found = axe.Axe().run(opened.page).response["violations"]
        assert [(one["id"], one["impact"]) for one in found if one["impact"] in ("serious", "critical")] == []
    opened.close()


def test_nothing_overflows_on_a_phone(browser: Any, page: Path) -> None:
    assert overflowing(browser, page) == []


def test_the_paper_has_head_charts_and_numbers(browser: Any, tmp_path: Path) -> None:
    pypdf = pytest.importorskip("pypdf")
    season(tmp_path, [170.0, 172.0, 175.0])
    (tmp_path / "shop.toml").write_text('[brand]\nname = "Run and Co"')
    done = CliRunner().invoke(
        app,
        ["athlete", "Ada", str(tmp_path), "-o", str(tmp_path / "ada.html"), "--profile", str(tmp_path / "shop.toml"),
         "--pdf"],
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    assert done.output.split() == [str(tmp_path / "ada.html"), str(tmp_path / "ada.pdf")]
    pages = [page.extract_text() for page in pypdf.PdfReader(tmp_path / "ada.pdf").pages]
    assert "Run and Co" in pages[0]
    assert "Ada" in pages[0]
    assert "Every session" in " ".join(pages)
    assert len(pages) <= 3
