"""The report on paper, printed by a real browser and read back."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from unicodedata import normalize

import pytest
from pypdf import PdfReader
from typer.testing import CliRunner

from gaitlab.apps import paper
from gaitlab.apps.paper import write_pdf
from gaitlab.cli.app import app
from gaitlab.core.errors import InputError, OutputError
from gaitlab.metrics import METRICS
from gaitlab.report import write_report
from tests.report.make import make_session, usual_summary

_POINTS_A_MM = 72 / 25.4


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    session = make_session(tmp_path / "a session", athlete="Ada & <b>Bob</b>")
    write_report(session)
    return session.folder


def test_the_whole_report_is_on_the_paper(folder: Path) -> None:
    path = write_pdf(folder)
    assert path == folder / "report.pdf"
    assert sorted(one.name for one in folder.iterdir() if one.name.startswith(".")) == []
    pages = PdfReader(path).pages
    assert [round(float(size) / _POINTS_A_MM) for size in pages[0].mediabox[2:]] == [210, 297]
    # Fonts write "fl" as one letter.
    text = normalize("NFKC", "\n".join(page.extract_text() for page in pages))
    for words in ("Ada & <b>Bob</b>", "Contact time", "Knee flexion", "Quality of this recording", "gait cycle"):
        assert words in text, words
    assert 1 < len(pages) <= 5  # the measurements of two views on one page
    assert "How many steps" in text
    assert "landing of one foot" not in text  # four pages do not hold all of the glossary


def test_the_first_page_can_be_handed_over_alone(tmp_path: Path) -> None:
    """Name, date, five numbers, what stands out and what to film next; the rest begins on another page."""
    seen = [row for row in usual_summary() if "side" in METRICS[row.metric].views]
    session = make_session(tmp_path / "session", athlete="Ada", summary=seen)
    write_report(session)
    first, *others = (normalize("NFKC", p.extract_text()) for p in PdfReader(write_pdf(session.folder)).pages)
    for words in ("Ada", "2025-05-04", "Cadence", "Overstride", "What stands out", "Lands on the heel", "What to film"):
        assert words in first, words
    assert len(others) <= 3
    assert "All measurements" not in first
    assert any("All measurements" in text for text in others)
    assert "landing of one foot" in " ".join(others[-1].split())  # the whole glossary, where there is room


@pytest.mark.parametrize(
    ("language", "found", "table"),
    [
        ("de", "Landet auf der Ferse", "Alle Messwerte"),
        ("fr", "Se pose sur le talon", "Toutes les mesures"),
        ("es", "Aterriza con el talón", "Todas las medidas"),
    ],
)
def test_longer_words_need_no_more_paper(tmp_path: Path, language: str, found: str, table: str) -> None:
    seen = [row for row in usual_summary() if "side" in METRICS[row.metric].views]
    session = make_session(tmp_path / "session", athlete="Ada", summary=seen)
    write_report(session, language=language)
    first, *others = (normalize("NFKC", p.extract_text()) for p in PdfReader(write_pdf(session.folder)).pages)
    assert found in first
    assert len(others) <= 3
    assert table not in first
    assert any(table in text for text in others)


@pytest.mark.parametrize("language", ["en", "de", "fr", "es"])
def test_five_findings_and_a_warning_take_four_pages(tmp_path: Path, language: str) -> None:
    far = {"overstride": 0.30, "cadence": 140.0, "vertical_oscillation": 0.13, "trunk_lean": 25.0, "contact_time": 0.33}
    rows = [
        replace(row, mean=far.get(row.metric, row.mean))
        for row in usual_summary()
        if "side" in METRICS[row.metric].views and METRICS[row.metric].only != "walking"
    ]
    warnings = ["only 2 left gait cycles could be used; 7 make a stable mean"]
    session = make_session(tmp_path / "session", athlete="Ada", summary=rows, video=True, warnings=warnings)
    write_report(session, language=language)
    assert session.report.read_text(encoding="utf-8").count('<li class="finding') == 5
    assert len(PdfReader(write_pdf(session.folder)).pages) <= 4


def test_key_frames_stay_with_their_heading(tmp_path: Path) -> None:
    far = {"overstride": 0.30, "cadence": 140.0, "vertical_oscillation": 0.13, "trunk_lean": 25.0, "contact_time": 0.33}
    rows = [replace(row, mean=far.get(row.metric, row.mean)) for row in usual_summary()]
    rows = [row for row in rows if "side" in METRICS[row.metric].views and METRICS[row.metric].only != "walking"]
    brand = {"name": "Our clinic", "contact": "", "colour": "#1f5fa8"}
    session = make_session(tmp_path / "session", athlete="Ada", summary=rows, video=True, brand=brand)
    write_report(session, language="de", units="imperial")
    pages = [page.extract_text() for page in PdfReader(write_pdf(session.folder)).pages]
    (heading,) = [text for text in pages if "Schlüsselbilder" in text]
    # The names of the moments stand below the pictures.
    assert "Zehenablösung" in heading.split("Schlüsselbilder")[1]


def test_who_measures_in_feet_has_their_own_paper(tmp_path: Path) -> None:
    session = make_session(tmp_path / "session")
    write_report(session, units="imperial")
    size = PdfReader(write_pdf(session.folder, tmp_path / "elsewhere.pdf")).pages[0].mediabox[2:]
    assert [round(float(one)) for one in size] == [612, 792]
    assert not (session.folder / "report.pdf").exists()


def test_a_new_page_takes_the_old_paper_away(folder: Path) -> None:
    (folder / "report.pdf").write_bytes(b"%PDF of before")
    write_report(make_session(folder))
    assert not (folder / "report.pdf").exists()


def test_the_command_prints_where_it_lies(folder: Path) -> None:
    done = CliRunner().invoke(app, ["report", str(folder), "--pdf"])
    assert done.exit_code == 0, done.output
    assert done.output.split("\n")[:2] == [str(folder / "report.html"), str(folder / "report.pdf")]


def test_without_a_browser_one_line_says_what_to_do(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(paper, "_PLACES", {})
    with pytest.raises(InputError, match=r"Chromium, Google Chrome or Microsoft Edge, and none was found; install one"):
        write_pdf(folder)
    # Before the film is looked at, not after.
    command = [sys.executable, "-m", "gaitlab", "analyze", str(tmp_path / "no film.mp4"), "--pdf"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "none was found" in done.stderr


def test_a_browser_that_fails_leaves_nothing(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = tmp_path / "bin" / "chromium"
    broken.parent.mkdir()
    broken.write_text("#!/bin/sh\necho 'no display, no luck' >&2\nexit 7\n")
    broken.chmod(0o755)
    monkeypatch.setenv("PATH", f"{broken.parent}:/bin:/usr/bin")
    with pytest.raises(OutputError, match=r"'chromium' could not print .*exit code 7\): no display, no luck; open it"):
        write_pdf(folder)
    assert not list(folder.glob("*.pdf"))
    assert not list(folder.glob(".*"))


def test_a_session_without_a_page_says_how_to_make_it(tmp_path: Path) -> None:
    session = make_session(tmp_path / "session")
    with pytest.raises(InputError, match=r"has no report\.html to print; make it with: gaitlab report"):
        write_pdf(session.folder)
