"""What a user names and what comes out of it: folders that are replaced, names that are odd, words on the terminal."""

from __future__ import annotations

import csv
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import gaitlab
from gaitlab.apps.batch import jobs_of_list, run_batch
from gaitlab.core.errors import InputError, OutputError
from gaitlab.io.export import export_session
from gaitlab.io.session.contents import COMPANIONS, foreign
from gaitlab.io.session.session import open_session
from gaitlab.io.session.tables import read_table
from tests.apps.test_batch import listed, still_person
from tests.report.make import make_film, make_session, pose

PACKAGE = Path(gaitlab.__file__).parent


def command(*arguments: object, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "gaitlab", *map(str, arguments)],
        cwd=cwd, capture_output=True, text=True, errors="surrogateescape", check=False,
    )  # fmt: skip


def test_the_list_of_files_holds_all_that_an_analysis_writes(tmp_path: Path) -> None:
    """With a video, and with another view of the same run, so that nothing of one's own is somebody else's."""
    sequence = pose(1.0)
    film = make_film(tmp_path / "film.mp4", sequence)
    rows = [
        f"{frame},{name},{x},{y},0.9"
        for frame, points in enumerate(sequence.xy)
        for name, (x, y) in zip(sequence.skeleton.names, points, strict=True)
    ]
    (tmp_path / "k.csv").write_text("\n".join(["frame,keypoint,x_px,y_px,score", *rows]))
    how = {"keypoints": tmp_path / "k.csv", "with_": tmp_path / "k.csv", "output": tmp_path / "run"}
    gaitlab.analyze(film, **how)
    assert foreign(tmp_path / "run") == []
    assert {"clip.mp4", "annotated.mp4", "report.html"} <= {path.name for path in (tmp_path / "run").iterdir()}
    assert (tmp_path / "run" / COMPANIONS["rear"] / "session.json").is_file()
    gaitlab.analyze(film, **how, force=True)
    assert {path.name for path in tmp_path.iterdir()} == {"run", "film.mp4", "k.csv"}


def test_force_does_not_cost_a_keypoint_file_that_lies_in_the_old_session(tmp_path: Path) -> None:
    """It was the input itself, so not even the analysis could have been repeated."""
    make_session(tmp_path / "run")
    keypoints = still_person(tmp_path / "run" / "k.csv")
    before = keypoints.read_bytes()
    for given in (keypoints, still_person(tmp_path / "other.csv")):
        result = command("analyze", "--keypoints", given, "--fps", 60, "-o", "run", "--force", cwd=tmp_path)
        assert (result.returncode, len(result.stderr.splitlines())) == (2, 1), result.stderr
        assert "k.csv" in result.stderr
    assert keypoints.read_bytes() == before
    assert open_session(tmp_path / "run").info["athlete"] == "Ada"


def test_a_session_is_not_made_from_its_own_clip(tmp_path: Path) -> None:
    make_session(tmp_path / "run")
    clip = make_film(tmp_path / "run" / "clip.mp4", pose(0.2))
    for how in ({"video": clip}, {"keypoints": tmp_path / "k.csv", "standing": clip, "view": "rear"}):
        with pytest.raises(OutputError, match=r"clip\.mp4' lies in '.*run', which --force would replace"):
            gaitlab.analyze(**how, output=tmp_path / "run", force=True)
    assert clip.is_file()


@pytest.mark.parametrize(
    ("name", "folder"),
    [(b"caf\xe9.csv", "caf"), (b"a\n\x1b[31mb.csv", "a-31mb"), (b"CON.csv", "session-CON"), (b"=1+1.csv", "1-1")],
)
def test_a_file_of_any_name_is_analysed(tmp_path: Path, name: bytes, folder: str) -> None:
    os.rename(still_person(tmp_path / "k.csv"), os.path.join(os.fsencode(tmp_path), name))
    result = command("analyze", "--keypoints", f"./{os.fsdecode(name)}", "--fps", 60, cwd=tmp_path)
    assert result.returncode == 1, result.stderr
    assert result.stdout.splitlines()[-1] == f"reports/{folder}/report.html"
    said = open_session(tmp_path / "reports" / folder).info["keypoints"]["name"]
    assert said == name.decode("utf-8", "surrogateescape").replace("\udce9", "\ufffd")
    assert not re.search("[\x1b\x9b]", result.stdout + result.stderr)


def test_the_longest_file_name_has_a_shorter_folder(tmp_path: Path) -> None:
    keypoints = still_person(tmp_path / f"{'ü' * 125}.csv")
    result = command("analyze", "--keypoints", keypoints, "--fps", 60, cwd=tmp_path)
    assert result.returncode == 1, result.stderr
    (folder,) = (tmp_path / "reports").iterdir()
    assert re.fullmatch("ü{50,60}-[0-9a-f]{8}", folder.name)


@pytest.mark.parametrize("said", [{"label": "a\nb"}, {"athlete": "\x1b[31mAda"}, {"label": "x" * 301}])
def test_a_name_that_would_spoil_the_page_is_said_before_anything_is_read(tmp_path: Path, said: dict[str, str]) -> None:
    with pytest.raises(InputError, match=f"the {'label' if 'label' in said else 'athlete'}"):
        gaitlab.analyze(keypoints=tmp_path / "none.csv", fps=60, output=tmp_path / "run", **said)


# What is printed


def test_nothing_is_printed_but_one_way() -> None:
    paths = sorted((PACKAGE / "cli").glob("*.py"))
    assert len(paths) > 5
    for path in paths:
        found = re.findall(r"(?<![.\w])(?:typer\.|click\.)?(?:echo|secho|print|Console)\(", path.read_text())
        allowed = {"printing.py": ["typer.echo(", "Console("], "progress.py": ["Console(", "print("]}
        assert [call for call in found if call not in allowed.get(path.name, [])] == [], path.name


def test_no_text_of_a_session_steers_the_terminal(tmp_path: Path) -> None:
    """Neither as an escape sequence nor as rich's markup; nor do the names of folders, nor the reasons on the log."""
    odd = "\x1b[2J\x9b1m [/red][bold] :smile: \u202egpj"
    for name in ("a", "b\x1b[2J[bold]"):
        make_session(tmp_path / name, athlete=odd, label=odd, warnings=[odd], recorded_at=odd)
    broken = make_session(tmp_path / "c\x1b[2J")
    (broken.folder / "summary.csv").write_text("\x1b[2J")
    (broken.folder / "session.json").write_text("{")
    shown = [
        command("sessions", ".", cwd=tmp_path),
        command("compare", "a", "b\x1b[2J[bold]", "--csv", "t.csv", cwd=tmp_path),
        command("report", "c\x1b[2J", cwd=tmp_path),
        command("export", "b\x1b[2J[bold]", "--format", "trc", cwd=tmp_path),
        command("batch", "no\x1b[2J.mp4", cwd=tmp_path),
    ]
    assert [result.returncode for result in shown] == [1, 0, 2, 0, 1]  # the list leaves the broken one out
    text = "".join(result.stdout + result.stderr for result in shown)
    assert not re.search("[\x1b\x9b\u202e]", text)
    assert "Traceback" not in text
    assert "\\x1b[2J\\x9b1m [/red][bold] :s" in text
    assert "skipped: 'c\\x1b[2J/session.json' is not a session's description" in text


def test_a_terminal_that_cannot_show_a_letter_shows_its_number(tmp_path: Path) -> None:
    make_session(tmp_path / "a", athlete="Zoë 李")
    result = subprocess.run(
        [sys.executable, "-m", "gaitlab", "sessions", "."],
        cwd=tmp_path, capture_output=True, encoding="latin-1", env={**os.environ, "PYTHONIOENCODING": "latin-1"},
        check=False,
    )  # fmt: skip
    assert result.returncode == 0, result.stderr
    assert "\\u674e" in result.stdout


def test_a_folder_without_sessions_is_said_in_one_line(tmp_path: Path) -> None:
    result = command("sessions", ".", cwd=tmp_path)
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr == "gaitlab: no session below '.'; `gaitlab analyze` writes them\n"


# Batches


def test_a_batch_repeats_a_damaged_session_and_keeps_somebodys_file(tmp_path: Path) -> None:
    jobs = jobs_of_list(listed(tmp_path, 2))
    out = tmp_path / "out"
    first, second = (outcome.folder for outcome in run_batch(jobs, output=out, workers=2))
    assert first is not None
    assert second is not None
    (first / "summary.csv").write_text("metric,mean\n")
    (second / "events.csv").unlink()
    (second / "notes.txt").write_text("mine")
    again = run_batch(jobs, output=out, workers=2)
    assert [outcome.status for outcome in again] == ["no gait", "failed"]
    open_session(first).check()
    assert "notes.txt" in again[1].reason
    assert (second / "notes.txt").read_text() == "mine"


def test_the_names_in_a_batchs_table_are_no_formulas_and_make_a_list_again(tmp_path: Path) -> None:
    still_person(tmp_path / "k.csv")
    label = "=HYPERLINK(1)"
    with (tmp_path / "list.csv").open("w", newline="") as file:
        csv.writer(file).writerows([("keypoints", "fps", "label", "athlete"), ("k.csv", 60, label, "@a")])
    jobs = jobs_of_list(tmp_path / "list.csv")
    run_batch(jobs, output=tmp_path / "out", workers=1)
    table = tmp_path / "out" / "results.csv"
    assert f",'@a,'{label}," in table.read_text()
    assert {row["label"] for row in read_table(table)} == {label}
    with (tmp_path / "list.csv").open("w", newline="") as file:
        csv.writer(file).writerows([("keypoints", "fps", "label", "athlete"), ("k.csv", 60, f"'{label}", "'@a")])
    assert jobs_of_list(tmp_path / "list.csv") == jobs


def test_a_session_that_is_damaged_meanwhile_does_not_cost_a_batch_its_table(tmp_path: Path) -> None:
    jobs = jobs_of_list(listed(tmp_path, 2))

    def spoil(outcome: object) -> None:
        next((tmp_path / "out").glob("runner-0*/summary.csv")).write_text("metric\n")

    run_batch(jobs, output=tmp_path / "out", workers=1, on_outcome=spoil)
    rows = read_table(tmp_path / "out" / "results.csv")
    assert {row["source"]: row["status"] for row in rows} == {"k0.csv": "failed", "k1.csv": "no gait"}
    assert "summary.csv' is damaged" in next(row["reason"] for row in rows if row["source"] == "k0.csv")


def test_an_export_may_have_any_name(tmp_path: Path) -> None:
    session = make_session(tmp_path / "s")
    for kind in ("csv", "trc", "mot"):
        path = Path(os.fsdecode(os.path.join(os.fsencode(tmp_path), b"caf\xe9.")) + kind)
        assert export_session(session, output=path)[0].is_file()
    assert all(path.suffix for path in tmp_path.iterdir() if path.name != "s")
