"""Pages in other languages in a real browser: no English in them, numbers of the language, nothing cut."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gaitlab.config import ReportSettings
from gaitlab.io.session.session import Session
from gaitlab.pipeline.writing import rebuild_report
from gaitlab.report import write_report
from gaitlab.report.athlete import athlete_report
from gaitlab.report.comparison import write_comparison
from gaitlab.report.shared.movements import headlines, texts_of
from gaitlab.report.shared.texts import read_texts
from gaitlab.report.validation.page import page_of
from gaitlab.stats.validation.tables import put_together
from tests.browser import LAPTOP, Opened, browser, overflowing
from tests.movements.make import front_body, pictured
from tests.movements.test_sessions import EVERY, TIME_S, analysed
from tests.report.athlete.make import season
from tests.report.comparison.make import make
from tests.report.make import make_session, missing, usual_summary
from tests.report.validation.test_page import one

__all__ = ["browser"]  # the fixture: pytest finds it by its name here

LANGUAGES = ("de", "fr", "es")
MB = 1_000_000
# Words that stand in most English sentences and in none of the others.
ENGLISH = re.compile(
    r"\b(the|and|of|with|are|is|not|were|from|which|this|that|only|needs|other|both|leg|foot|strikes?|seen)\b",
    re.IGNORECASE,
)
# English as the page says that it is, and what is somebody's own.
_FOREIGN = "[lang=en], .name, .noted"
UNKNOWN = "the tracks 1.5.csv are unknown to everybody"
WARNINGS = [
    "only 2 left gait cycles could be used; 7 make a stable mean",
    "the scale from body height is +7 % off the one from belt speed (4.12 mm/px): check both inputs; lengths rest on "
    "belt speed",
    UNKNOWN,
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("languages")


def seen_text(opened: Opened) -> str:
    """What is read of a page, and what is read aloud of its pictures, but for what says that it is English."""
    text: str = opened.page.evaluate(
        f"""(() => {{
          document.querySelectorAll('details').forEach((d) => {{ d.open = true; }});
          const names = [...document.querySelectorAll('svg, .plot, button, input, canvas, h3')]
            .map((e) => e.getAttribute('aria-label') || e.getAttribute('title') || '');
          const marks = [...document.querySelectorAll('.plot text')].map((e) => e.textContent);
          document.querySelectorAll({_FOREIGN!r}).forEach((e) => e.remove());
          return [document.title, document.body.innerText, ...names, ...marks].join('\\n');
        }})()"""
    )
    return text


def check(browser: Any, path: Path, language: str, *, own: str = "") -> str:
    """Hold a page against what all of them must be in a language, and return its text."""
    opened = Opened(browser, path, LAPTOP)
    try:
        assert opened.page.evaluate("document.documentElement.lang") == language
        assert opened.troubles == []
        assert opened.nameless() == []
        cut = "[...document.querySelectorAll('.card')].filter((c) => c.scrollWidth > c.clientWidth).length"
        assert opened.page.evaluate(cut) == 0
        # What says that it is English is a paper, which has a year, or a sentence that nobody could have translated.
        english = opened.page.evaluate("[...document.querySelectorAll('[lang=en]')].map((e) => e.textContent)")
        assert [one for one in english if not re.search(r"\b(19|20)\d\d\b", one) and UNKNOWN not in one.lower()] == []
        text = re.sub(own, "", seen_text(opened)) if own else seen_text(opened)
    finally:
        opened.close()
    found = [line for line in text.split("\n") if ENGLISH.search(line)]
    assert not found, "English on the page:\n" + "\n".join(found)
    plain = re.sub(r"\d\d\.\d\d\.\d{4}|\d+\.\d+\.\d+|doi:\S+|\S+\.(mp4|json|csv|c3d|html)", "", text)
    assert not re.findall(r"\S*\d\.\d\S*", plain)
    assert re.search(r"\d,\d", plain)
    assert "{" not in text
    assert overflowing(browser, path) == []
    return text


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_report_has_no_english_in_it(browser: Any, folder: Path, language: str) -> None:
    left_out = ("leg_stiffness", "vertical_stiffness")
    summary = [row for row in usual_summary() if row.metric not in left_out]
    summary += missing("leg_stiffness", "needs the body mass") + missing("vertical_stiffness", "needs the body mass")
    session = make_session(folder / language, athlete="Ada", label="Schuh A", summary=summary, warnings=WARNINGS)
    write_report(session, language=language, findings="clinic")
    text = check(browser, session.report, language)
    assert {"de": "04.05.2025", "fr": "04/05/2025", "es": "04/05/2025"}[language] in text
    assert {"de": "Schritte/min", "fr": "pas/min", "es": "pasos/min"}[language] in text
    page = session.report.read_text(encoding="utf-8")
    assert '<li><span lang="en">The tracks 1.5.csv are unknown to everybody.</span></li>' in page


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_view_from_behind_has_none_either(browser: Any, folder: Path, language: str) -> None:
    session = make_session(folder / f"rear-{language}", view="rear", facing=None, label=None)
    write_report(session, language=language, findings="research")
    check(browser, session.report, language)


@pytest.fixture(scope="module")
def movements(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Session]:
    """Return sessions of a jump, of cycling, whose angles have most digits, and of a squat from the front."""
    folder = tmp_path_factory.mktemp("movements")
    share = 0.5 - 0.5 * np.cos(2 * np.pi * np.clip((TIME_S % 3.0) - 0.5, 0, 2) / 2.0)
    front = pictured(front_body(0.84 - 0.4 * share, knees_in_m=0.02 * share), TIME_S, rightwards=-1, noise_px=0.5)
    return {
        **{name: analysed(folder, EVERY[name](), name, movement=name) for name in ("jump", "cycling")},
        "front": analysed(folder, front, "front", movement="squat", view="front"),
    }


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ["jump", "cycling", "front"])
def test_movements_have_none_either(browser: Any, movements: dict[str, Session], name: str, language: str) -> None:
    session = movements[name]
    page = rebuild_report(session, settings=ReportSettings(language=language))
    text = check(browser, page, language, own=rf"(?m)^{name}$|\S+\.csv")  # the label and the file
    texts = texts_of(read_texts(language), session.info)
    assert text.startswith(texts["title"].format(athlete="Ada"))
    assert texts["words"][session.info["activity"]] in text
    for metric in headlines(session.info):
        assert texts["measures"][metric]["label"] in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_demo_in_other_languages(browser: Any, folder: Path, demo_run: Any, language: str) -> None:
    session = Session(Path(shutil.copytree(demo_run.folder / "reports" / "demo", folder / f"demo-{language}")))
    page = rebuild_report(session, settings=ReportSettings(language=language))
    check(browser, page, language, own="Demo runner|gaitlab runner|demo")
    assert page.stat().st_size <= 4 * MB + session.clip.stat().st_size * 4 / 3  # type: ignore[union-attr]


@pytest.mark.parametrize("language", LANGUAGES)
def test_other_pages_too(browser: Any, folder: Path, language: str) -> None:
    here = folder / f"others-{language}"
    values = {"cadence": 170.0, "knee_flexion_at_contact": 20.0, "step_width": 0.05}
    a = make(here / "a", values=values, label="A", gaitlab_version="0.1.0")
    b = make(here / "b", values={**values, "cadence": 178.0}, label="B", facing="left", gaitlab_version="0.1.1",
             runner={"belt_speed_mps": 4.0, "height_m": 1.78, "mass_kg": None})  # fmt: skip
    check(browser, write_comparison([a, b], here / "compared.html", language=language), language)

    season(here / "season", [170.0, 172.0, 175.0, 178.0])
    page = athlete_report("Ada", here / "season", output=here / "ada.html", language=language)
    check(browser, page, language, own="shoe [AB]")

    found = put_together([one(n, subject="Ada") for n in range(3)])
    validated = here / "validation.html"
    validated.write_text(page_of(found, language=language), encoding="utf-8")
    assert f'<html lang="{language}"' in validated.read_text(encoding="utf-8")
    opened = Opened(browser, validated, LAPTOP)
    text = re.sub(r"left and right <script>.*|an offset \">.*|C3D: 20 markers.*|force plates.*", "", seen_text(opened))
    opened.close()
    assert [line for line in text.split("\n") if ENGLISH.search(line)] == []
    assert overflowing(browser, validated) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_screen_reader_and_the_clock_speak_it(browser: Any, folder: Path, language: str) -> None:
    session = make_session(folder / f"clock-{language}", video=True)
    write_report(session, language=language)
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    opened = Opened(browser, session.report, LAPTOP, bypass_csp=True)
    try:
        opened.page.evaluate("gaitlab.player.seek(1.234)")
        opened.until("/^1,2\\d s$/.test(document.getElementById('clock').textContent)")
        # Plotly's own numbers have the comma too.
        opened.page.locator("#chart-time").scroll_into_view_if_needed()
        assert opened.page.evaluate("document.getElementById('chart-time')._fullLayout.separators") == ",."
        found = axe.Axe().run(opened.page).response["violations"]
        serious = [v["id"] for v in found if v["impact"] in ("serious", "critical")]
        assert serious == []
    finally:
        opened.close()
