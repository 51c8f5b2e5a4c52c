"""Notes and heads of sessions that are analysed, analysed again, and rebuilt."""

from __future__ import annotations

import base64
import csv
import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

import gaitlab
from gaitlab.cli.app import app
from gaitlab.core.errors import InputError
from gaitlab.pipeline.changes import add_note
from tests.io.test_brand import PNG, SVG
from tests.report.make import FPS, pose


def points_of(folder: Path) -> Path:
    """Write the invented runner's points as a table."""
    runner, path = pose(4.0), folder / "points.csv"
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["frame", "keypoint", "x_px", "y_px", "score"])
        for frame, points in enumerate(runner.xy.round(2).tolist()):
            rows = zip(runner.skeleton.names, points, strict=True)
            writer.writerows([frame, name, x, y, 0.9] for name, (x, y) in rows)
    return path


def analysed(folder: Path, **more: Any) -> gaitlab.Session:
    given = {"keypoints": points_of(folder), "fps": FPS, "view": "side", "output": folder / "session", **more}
    return gaitlab.analyze(**given)


def shop_file(folder: Path, *, colour: str = "#ffcc00", logo: str = "logo.svg") -> Path:
    (folder / "logo.svg").write_text(SVG)
    (folder / "logo.png").write_bytes(PNG)
    path = folder / "shop.toml"
    path.write_text(
        f'[brand]\nname = "Run & Co <b>"\ncontact = "12 High Street"\ncolour = "{colour}"\nlogo = "{logo}"\n'
    )
    return path


def test_an_analysis_repeated_with_force_keeps_the_notes_and_shows_them(tmp_path: Path) -> None:
    session = add_note(analysed(tmp_path), "left calf sore", date="2026-03-01")
    again = analysed(tmp_path, force=True, label="again")
    assert again.info["label"] == "again"
    assert again.notes == session.notes
    assert "left calf sore" in again.report.read_text()


def test_damaged_notes_are_told_before_anything_is_replaced(tmp_path: Path) -> None:
    session = analysed(tmp_path)
    (session.folder / "notes.json").write_text("{")
    before = {path: path.read_bytes() for path in session.folder.iterdir()}
    with pytest.raises(InputError, match="notes"):
        analysed(tmp_path, force=True)
    assert {path: path.read_bytes() for path in session.folder.iterdir()} == before


def test_the_head_of_a_shop_is_on_the_page_and_in_the_session(tmp_path: Path) -> None:
    session = analysed(tmp_path, profile=shop_file(tmp_path))
    assert json.loads((session.folder / "session.json").read_text())["brand"] == {
        "name": "Run & Co <b>", "contact": "12 High Street", "colour": "#ffcc00"
    }  # fmt: skip
    assert (session.folder / "logo.svg").read_text() == SVG
    page = session.report.read_text()
    assert "Run &amp; Co &lt;b&gt;" in page
    assert "--brand: #ffcc00; --on-brand: #000000" in page
    # The drawing is a picture; what is in it is no part of the page.
    assert f'src="data:image/svg+xml;base64,{base64.b64encode(SVG.encode()).decode()}"' in page
    assert "alert(1)" not in page
    # Rebuilding needs the file no more.
    (tmp_path / "shop.toml").unlink()
    done = CliRunner().invoke(app, ["report", str(session.folder)])
    assert done.exit_code == 0, done.output
    assert "Run &amp; Co &lt;b&gt;" in session.report.read_text()


def test_a_report_that_is_there_gets_another_head(tmp_path: Path) -> None:
    session = analysed(tmp_path, profile=shop_file(tmp_path))
    other = shop_file(tmp_path, colour="#003366", logo="logo.png")
    done = CliRunner().invoke(app, ["report", str(session.folder), "--profile", str(other)])
    assert done.exit_code == 0, done.output
    assert sorted(path.name for path in session.folder.glob("logo.*")) == ["logo.png"]
    page = session.report.read_text()
    assert "--brand: #003366; --on-brand: #ffffff" in page
    assert "data:image/png;base64," in page


def test_a_side_view_has_nothing_of_a_file_that_only_sorts(tmp_path: Path) -> None:
    shipped = Path(__file__).resolve().parents[2] / "configs" / "shop_profile.toml"
    with pytest.raises(InputError, match="is for the rear view"):
        analysed(tmp_path, profile=shipped)
    both = tmp_path / "both.toml"
    both.write_text(f'{shipped.read_text()}\n[brand]\nname = "Shop"\n')
    assert analysed(tmp_path, profile=both).info["brand"]["name"] == "Shop"


def test_notes_from_the_command_line(tmp_path: Path) -> None:
    session = analysed(tmp_path)

    def note(*words: str) -> tuple[int, str]:
        done = CliRunner().invoke(app, ["note", str(session.folder), *words])
        return done.exit_code, done.output if done.exception is None else str(done.exception)

    assert note() == (0, "no notes\n")
    assert note("new shoes", "--date", "2026-03-01") == (0, "1  2026-03-01  new shoes\n")
    assert note("before", "--date", "2026-02-01")[1] == "1  2026-02-01  before\n2  2026-03-01  new shoes\n"
    assert note("--remove", "1") == (0, "1  2026-03-01  new shoes\n")
    assert "new shoes" in session.report.read_text()
    assert "not both" in note("text", "--remove", "1")[1]
    assert "there is no text" in note("--date", "2026-03-01")[1]
    assert "1 to 1, not 4" in note("--remove", "4")[1]
