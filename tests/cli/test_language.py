"""Which language a page gets: what is asked for, what the analysis had, what the shop's file says, and English."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from gaitlab.apps.batch import jobs_of_list
from gaitlab.apps.serve.jobs.form import read_form
from gaitlab.cli.app import app
from gaitlab.core.errors import GaitlabError, SettingsError
from gaitlab.io.brand import Brand
from gaitlab.io.session.session import Session
from gaitlab.pipeline.changes import set_brand
from gaitlab.report.shared.brand import common_language, language_of
from tests.report.athlete.make import season
from tests.report.comparison.make import make
from tests.report.make import make_session

RUNNER = CliRunner()


def language(page: Path) -> str:
    found = re.search(r'<html lang="(\w+)"', page.read_text(encoding="utf-8"))
    assert found
    return found[1]


def told(*words: object) -> str:
    done = RUNNER.invoke(app, [str(word) for word in words])
    assert done.exit_code == 0, done.output
    return done.output


def refused(*words: object) -> str:
    """What a command that cannot be done says, which is one line."""
    done = RUNNER.invoke(app, [str(word) for word in words])
    assert isinstance(done.exception, GaitlabError), done.output
    assert "\n" not in str(done.exception)
    return str(done.exception)


def report_settings(**settings: str) -> dict[str, object]:
    return {"settings": {"report": settings}}


def test_a_report_is_rebuilt_in_the_language_of_its_analysis_unless_another_is_asked_for(tmp_path: Path) -> None:
    session = make_session(tmp_path / "s", **report_settings(language="fr"))
    for options, expected in ((), "fr"), (("--language", "es"), "es"), (("--units", "imperial"), "fr"):
        told("report", session.folder, *options)
        assert language(session.report) == expected
    old = make_session(tmp_path / "old")  # of before there were languages
    told("report", old.folder)
    assert language(old.report) == "en"


def test_the_file_of_a_shop_says_the_language_of_its_pages(tmp_path: Path) -> None:
    session = make_session(tmp_path / "s", **report_settings(language="auto"))
    shop = tmp_path / "shop.toml"
    shop.write_text('[brand]\nname = "Laufladen"\nlanguage = "de"\n', encoding="utf-8")
    told("report", session.folder, "--profile", shop)
    assert language(session.report) == "de"
    assert json.loads((session.folder / "session.json").read_text())["brand"]["language"] == "de"
    told("report", session.folder)
    assert language(session.report) == "de"
    told("report", session.folder, "--language", "en")
    assert language(session.report) == "en"
    shop.write_text('[brand]\nname = "Laufladen"\nlanguage = "nl"\n', encoding="utf-8")
    assert "brand.language: expected one of en, de, fr, es" in refused("report", session.folder, "--profile", shop)


@pytest.mark.parametrize("command", ["report", "compare", "athlete", "validate", "batch"])
def test_a_language_that_is_not_there_is_named_with_those_that_are(tmp_path: Path, command: str) -> None:
    made = season(tmp_path / "reports", [170.0, 172.0])
    words = {
        "report": (made[0].folder,),
        "compare": (made[0].folder, made[1].folder, "-o", tmp_path / "c.html"),
        "athlete": ("Ada", tmp_path / "reports", "-o", tmp_path / "a.html"),
        "validate": (made[0].folder, "--truth", made[1].folder, "-o", tmp_path / "v"),
        "batch": (tmp_path / "run.mp4", "-o", tmp_path / "b"),
    }[command]
    assert "en, de, fr, es" in refused(command, *words, "--language", "it")
    assert not (tmp_path / "c.html").exists()
    assert not (tmp_path / "v").exists()


def test_a_comparison_is_in_the_language_that_its_sessions_have_in_common(tmp_path: Path) -> None:
    values = {"cadence": 170.0}
    a, b = (make(tmp_path / name, values=values, **report_settings(language="es")) for name in "ab")
    other = make(tmp_path / "c", values=values, **report_settings(language="de"))
    assert [common_language(some) for some in ([a, b], [a, other], [other])] == ["es", "en", "de"]
    page = tmp_path / "page.html"
    told("compare", a.folder, b.folder, "-o", page)
    assert language(page) == "es"
    told("compare", a.folder, other.folder, "-o", page, "--language", "fr")
    assert language(page) == "fr"
    assert "language is of the page, but none is asked for" in refused(
        "compare", a.folder, b.folder, "--language", "fr"
    )


def test_a_season_is_in_that_of_its_newest_session_and_of_the_shop(tmp_path: Path) -> None:
    made = season(tmp_path / "reports", [170.0, 172.0])
    page = tmp_path / "ada.html"
    set_brand(made[-1], Brand("Laufladen", language="de"))
    told("athlete", "Ada", tmp_path / "reports", "-o", page)
    assert language(page) == "de"
    shop = tmp_path / "shop.toml"
    shop.write_text('[brand]\nname = "Magasin"\nlanguage = "fr"\n', encoding="utf-8")
    told("athlete", "Ada", tmp_path / "reports", "-o", page, "--profile", shop)
    assert language(page) == "fr"
    told("athlete", "Ada", tmp_path / "reports", "-o", page, "--profile", shop, "--language", "en")
    assert language(page) == "en"


def test_what_is_asked_for_goes_before_what_is_kept(tmp_path: Path) -> None:
    session = make_session(tmp_path / "s", **report_settings(language="de"))
    set_brand(session, Brand("Magasin", language="fr"))
    session = Session(session.folder)
    assert [language_of(session, asked) for asked in (None, "auto", "es")] == ["de", "fr", "es"]


def test_every_row_of_a_list_may_have_its_own(tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text("video,language\na.mp4,de\nb.mp4,\nc.mp4,it\n")
    jobs = jobs_of_list(tmp_path / "list.csv")
    assert [dict(job.options).get("report.language") for job in jobs] == ["de", None, None]
    assert [bool(job.problem) for job in jobs] == [False, False, True]
    assert "unknown language 'it'; known: en, de, fr, es" in jobs[2].problem


def test_the_form_asks_for_it() -> None:
    assert read_form({"language": "fr"}) == ({"report.language": "fr"}, {})
    assert "language" in read_form({"language": "it"})[1]


def test_an_analysis_keeps_it(tmp_path: Path) -> None:
    from gaitlab.config import Settings, with_values

    assert Settings().report.language == "auto"
    assert with_values(Settings(), {"report.language": "de"}).as_dict()["report"]["language"] == "de"
    with pytest.raises(SettingsError, match="auto, en, de, fr, es"):
        with_values(Settings(), {"report.language": "deutsch"})
