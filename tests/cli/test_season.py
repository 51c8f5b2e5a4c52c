"""``gaitlab athlete`` and the heads of pages as a user meets them: exit codes, and one line an error."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from gaitlab.cli.app import app
from gaitlab.core.errors import GaitlabError
from tests.cli.test_cli import gaitlab, refused
from tests.report.athlete.make import season, session


def test_nobody_of_that_name_is_one_line_that_names_who_is_there(tmp_path: Path) -> None:
    session(tmp_path / "reports", "a", "2026-03-01", {"cadence": 170.0}, athlete="Ada")
    session(tmp_path / "reports", "b", "2026-03-01", {"cadence": 170.0}, athlete="Bo\x1b[31m")
    line = refused("athlete", "Adda", cwd=tmp_path)
    assert line == "gaitlab: no session of 'Adda' below 'reports'; athletes there: Ada, Bo\\x1b[31m"


def test_a_damaged_session_is_named_and_the_page_is_there(tmp_path: Path) -> None:
    made = season(tmp_path / "reports", [170.0, 172.0])
    (made[0].folder / "summary.csv").write_text("rubbish")
    done = gaitlab("athlete", "ada", "-o", "ada.html", cwd=tmp_path)
    assert done.returncode == 1
    assert done.stdout == "ada.html\n"
    assert done.stderr.startswith("gaitlab: skipped: ")
    assert done.stderr.count("\n") == 1
    assert "One session" in (tmp_path / "ada.html").read_text()


@pytest.mark.parametrize(
    ("brand", "said"),
    [
        ('colour = "blue"', "expected a colour such as #1f5fa8"),
        ('logo = "none.png"', "cannot read the logo"),
        ('logo = "large.png"', "expected 300 kB at most"),
    ],
)
def test_a_bad_head_writes_nothing(tmp_path: Path, brand: str, said: str) -> None:
    (made,) = season(tmp_path / "reports", [170.0])
    (tmp_path / "large.png").write_bytes(bytes(300_001))
    (tmp_path / "shop.toml").write_text(f'[brand]\nname = "Shop"\n{brand}')
    before = sorted(tmp_path.rglob("*"))
    for words in (["athlete", "ada", str(tmp_path / "reports"), "-o", str(tmp_path / "a.html")],
                  ["report", str(made.folder)]):  # fmt: skip
        done = CliRunner().invoke(app, [*words, "--profile", str(tmp_path / "shop.toml")])
        assert isinstance(done.exception, GaitlabError)
        assert said in str(done.exception)
    assert sorted(tmp_path.rglob("*")) == before
