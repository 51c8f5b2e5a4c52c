"""A session that is damaged, or made to do harm, ends every command well: in its page, table or file, or in one line.

`GAITLAB_DAMAGED=1000 python -m pytest tests/io/session/test_damaged.py` tries so many instead of a hundred.
"""

from __future__ import annotations

import csv
import json
import os
import random
import shutil
import warnings
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
import typer

import gaitlab
from gaitlab.cli import compare as cli
from gaitlab.core.errors import GaitlabError, InputError, OutputError
from gaitlab.io.export import export_session
from gaitlab.io.session.session import Session, open_session
from gaitlab.io.session.sessions import load_sessions
from gaitlab.io.session.tables import write_table
from gaitlab.pipeline.writing import rebuild_report
from gaitlab.report.comparison import write_comparison
from tests.io.session.damage import damage
from tests.io.session.damage_arrays import write_promise
from tests.report.make import make_session, pose

COUNT = int(os.environ.get("GAITLAB_DAMAGED", "100"))
FORMATS = ("csv", "trc", "mot")


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A real session of four seconds of keypoints."""
    folder = tmp_path_factory.mktemp("real")
    sequence = pose(4.0)
    rows = [
        (frame, name, x, y, 0.9)
        for frame, points in enumerate(sequence.xy.tolist())
        for name, (x, y) in zip(sequence.skeleton.names, points, strict=True)
    ]
    write_table(folder / "run.csv", ("frame", "keypoint", "x_px", "y_px", "score"), rows)
    session = gaitlab.analyze(
        keypoints=folder / "run.csv", fps=50, belt_speed_mps=2.8, athlete="Ada", label="A", output=folder / "whole"
    )
    session.check()
    return session.folder


def commands(folder: Path, whole: Path, number: int) -> dict[str, Callable[[], object]]:
    """What a user may do with a session; what takes long takes turns."""
    bad, kind = folder / "bad", FORMATS[number % len(FORMATS)]
    pair, page = [bad, whole][:: (1, -1)[number // 2 % 2]], folder / "page.html" if number % 10 == 0 else None
    compare = {"compare": lambda: cli.compare(pair, output=page, csv=folder / "c.csv")} if number % 2 == 0 else {}
    return {
        **compare,
        "report": lambda: cli.report(bad),
        "export": lambda: cli.export(bad, format_=kind, output=folder / f"e.{kind}", force=True),
        "sessions": lambda: cli.sessions(folder, csv=folder / "s.csv"),
        "load": lambda: load_sessions(folder, cycles=True),
    }


def outcome_of(command: Callable[[], object]) -> str | None:
    """Run a command: None where it ends well, what it says where it refuses. Everything else it raises is a bug."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            command()
        except GaitlabError as error:
            return str(error)
        except typer.Exit:  # done, with the broken one left out
            pass
    return None


def test_every_command_ends_well_or_in_one_line(
    tmp_path: Path, whole: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ends: Counter[str] = Counter()
    for number in range(COUNT):
        folder = tmp_path / str(number)
        shutil.copytree(whole, folder / "bad")
        shutil.copytree(whole, folder / "good")
        how = damage(folder / "bad", random.Random(number))
        for name, command in commands(folder, whole, number).items():
            said = outcome_of(command)
            ends["refused" if said else "well"] += 1
            assert said is None or (str(folder) in said and len(said.splitlines()) == 1), (number, how, name, said)
        # Whatever became of the broken one, the other one is in the tables.
        assert str(folder / "good") in (folder / "s.csv").read_text(), (number, how)
        assert "\x1b" not in "".join(capsys.readouterr()), (number, how)
        shutil.rmtree(folder)
    assert ends["well"] > COUNT
    assert ends["refused"] > COUNT


def changed(session: Session, **entries: object) -> Session:
    path = session.folder / "session.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | entries))
    return Session(session.folder)


@pytest.mark.parametrize("folder", ["../victim", ".rear/../../victim", "/", "C:\\x", "", ".", ".other", 3, None])
def test_the_other_clips_folder_lies_within_the_session(tmp_path: Path, folder: object) -> None:
    victim = make_session(tmp_path / "victim")
    victim.report.write_text("mine")
    session = changed(
        make_session(tmp_path / "s"), **{"with": {"folder": folder, "name": "b.mp4", "view": "rear", "quality": {}}}
    )
    with pytest.raises(InputError, match=r"with\.folder should be '\.side' or '\.rear'"):
        rebuild_report(session)
    assert victim.report.read_text() == "mine"
    assert not session.report.exists()


def test_no_link_in_a_session_is_followed(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("root:x:0:0")
    victim = make_session(tmp_path / "victim")
    a, b = make_session(tmp_path / "a"), make_session(tmp_path / "b")
    (b.folder / "clip.mp4").symlink_to(secret)
    for write in (lambda: write_comparison([a, b], tmp_path / "page.html"), lambda: rebuild_report(changed(b, video={
        "name": "x.mp4", "width": 160, "height": 240, "fps": 50.0, "variable_frame_rate": False
    }))):  # fmt: skip
        with pytest.raises(InputError, match=r"b/clip\.mp4' is a link, which is not followed"):
            write()
    (b.folder / "clip.mp4").unlink()
    (b.folder / ".rear").symlink_to(victim.folder)
    linked = changed(b, **{"with": {"folder": ".rear", "name": "b.mp4", "view": "rear", "quality": {}}})
    with pytest.raises(InputError, match=r"b/\.rear' is a link"):
        rebuild_report(linked)
    assert not victim.report.exists()
    assert not (tmp_path / "page.html").exists()


@pytest.mark.parametrize("name", ["session.json", "keypoints.npz", "angles.csv", "events.csv"])
def test_no_required_file_may_be_a_link(tmp_path: Path, name: str) -> None:
    session, other = make_session(tmp_path / "s"), make_session(tmp_path / "other")
    (session.folder / name).unlink()
    (session.folder / name).symlink_to(other.folder / name)
    with pytest.raises(InputError, match=f"{name}' is a link"):
        export_session(open_session(session.folder), output=tmp_path / "e.csv")


def test_a_report_that_is_a_link_is_replaced_not_what_it_leads_to(tmp_path: Path) -> None:
    session = make_session(tmp_path / "s")
    (tmp_path / "page").write_text("mine")
    session.report.symlink_to(tmp_path / "page")
    rebuild_report(session)
    assert (tmp_path / "page").read_text() == "mine"
    assert not session.report.is_symlink()


@pytest.mark.parametrize(
    ("entry", "value", "said"),
    [
        ("fps", 0, "fps should be a number above 0, not 0"),
        ("view", "above", "view should be 'side' or 'rear' or 'front', not \"above\""),
        ("warnings", "one", "warnings should be a list, each text, not \"one\""),
        ("athlete", ["\x1b[2J"], 'athlete should be text or null, not ["\\u001b[2J"]'),
        ("runner", {"height_m": 1.8}, "runner.belt_speed_mps should be a number above 0 or null, but it is missing"),
        ("asymmetry", [{"metric": 1}], "asymmetry[0].metric should be text, not 1"),
        ("duration_s", 1e300, "duration_s should be a number, not 1e+300"),
    ],
)  # fmt: skip
def test_an_entry_that_is_wrong_is_named(tmp_path: Path, entry: str, value: object, said: str) -> None:
    session = changed(make_session(tmp_path / "s"), **{entry: value})
    with pytest.raises(InputError) as caught:
        _ = session.info
    assert str(caught.value) == f"'{session.folder / 'session.json'}' is damaged: {said}; analyse again"


def test_an_archive_that_would_fill_the_memory_is_not_unpacked(tmp_path: Path) -> None:
    session = make_session(tmp_path / "s")
    frames, points = 300_000, 200
    shapes = {"xy": (frames, points, 2), "score": (frames, points), "time_s": (frames,)}
    shapes |= {"raw_xy": shapes["xy"], "raw_score": shapes["score"]}
    write_promise(
        session.folder / "keypoints.npz",
        {**{name: ("<f4", shape) for name, shape in shapes.items()}, "names": ("<U5", (points,))},
    )
    with pytest.raises(InputError, match="300000 frames of 200 points are no session"):
        _ = session.pose


def test_angles_and_keypoints_must_have_the_same_frames(tmp_path: Path) -> None:
    session = make_session(tmp_path / "s")
    path = session.folder / "angles.csv"
    path.write_text("".join(path.read_text().splitlines(keepends=True)[:-1]))
    for read in (lambda: rebuild_report(session), lambda: export_session(session, output=tmp_path / "e.csv")):
        with pytest.raises(InputError, match="199 rows of angles for 200 frames"):
            read()


@pytest.mark.parametrize("cell", ["abc", "inf", "1e400", "True", "1e20"])
def test_one_broken_table_does_not_cost_the_others(tmp_path: Path, cell: str, caplog: pytest.LogCaptureFixture) -> None:
    for name in ("a", "b", "c"):
        make_session(tmp_path / name, athlete=name)
    path = tmp_path / "b" / "summary.csv"
    path.write_text(path.read_text().replace(",10,0.25,", f",10,{cell},", 1))
    table = load_sessions(tmp_path)
    assert list(table["athlete"].unique()) == ["a", "c"]
    assert table["mean"].dtype == float
    (skipped,) = table.attrs["skipped"]
    assert skipped.startswith(f"the table '{path}' is damaged: mean ")
    assert f"skipped: {skipped}" in caplog.text
    with pytest.raises(typer.Exit):
        cli.sessions(tmp_path, csv=tmp_path / "s.csv")
    assert load_sessions(tmp_path / "a").attrs["skipped"] == []


def test_tables_for_spreadsheets_hold_no_formulas_and_come_back(tmp_path: Path) -> None:
    label = "=cmd|'/C calc'!A0"
    make_session(tmp_path / "a", label=label, athlete="-5")
    make_session(tmp_path / "@b", label="\r@b")
    cli.sessions(tmp_path, csv=tmp_path / "s.csv")
    with (tmp_path / "s.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert {(row["athlete"], row["label"]) for row in rows} == {("-5", f"'{label}"), ("Ada", "'\n@b")}
    assert not any(cell.startswith(("=", "+", "@", "\r")) for row in rows for cell in row.values())
    assert label in set(load_sessions(tmp_path)["label"])


@pytest.mark.parametrize("name", ["summary.csv", "report.html"])
def test_no_table_or_page_is_written_over_a_sessions_own(tmp_path: Path, name: str) -> None:
    a, b = make_session(tmp_path / "a"), make_session(tmp_path / "b")
    rebuild_report(a)
    before = (a.folder / name).read_bytes()
    with pytest.raises(OutputError, match="belongs to the session"):
        cli.compare([a.folder, b.folder], **{"csv" if name.endswith("csv") else "output": a.folder / name})
    if name.endswith("csv"):
        with pytest.raises(OutputError, match="belongs to the session"):
            export_session(a, output=a.folder / name, force=True)
    assert (a.folder / name).read_bytes() == before


def without_its_last_half(content: str) -> str:
    """Broken off behind the first comma of a row, where a full disk or a lost connection may leave it."""
    lines = content.splitlines(keepends=True)
    kept = len(lines) // 2
    return "".join(lines[:kept]) + lines[kept].partition(",")[0]


def without_a_column(content: str) -> str:
    return "\n".join(line.partition(",")[2] for line in content.splitlines()) + "\n"


@pytest.mark.parametrize("table", ["angles.csv", "events.csv", "cycles.csv", "summary.csv"])
@pytest.mark.parametrize("harm", [lambda content: "", without_its_last_half, without_a_column])
def test_a_damaged_table_is_named_by_every_command(
    tmp_path: Path, table: str, harm: Callable[[str], str], capsys: pytest.CaptureFixture[str]
) -> None:
    """Also by one that does not need the table: what else is wrong with such a folder nobody knows."""
    for name in ("bad", "good"):
        make_session(tmp_path / name)
    path = tmp_path / "bad" / table
    path.write_text(harm(path.read_text()))
    said = {
        outcome_of(lambda: cli.report(tmp_path / "bad")),
        outcome_of(lambda: cli.export(tmp_path / "bad", format_="csv", output=tmp_path / "e.csv")),
        outcome_of(lambda: cli.compare([tmp_path / "good", tmp_path / "bad"])),
    }
    (line,) = said
    assert line is not None
    assert line.startswith((f"the table '{path}' is damaged: ", f"cannot read the table '{path}': "))
    assert line.endswith("; analyse again")
    assert not (tmp_path / "e.csv").exists()
    capsys.readouterr()
    for csv_path in (None, tmp_path / "s.csv"):
        with pytest.raises(typer.Exit) as end:
            cli.sessions(tmp_path, csv=csv_path)
        assert end.value.exit_code == 1
        assert capsys.readouterr().err == f"gaitlab: skipped: {line}\n"
    assert "bad" not in (tmp_path / "s.csv").read_text()
    assert load_sessions(tmp_path, cycles=True).attrs["skipped"] == [line]


def test_a_list_of_whole_sessions_leaves_nothing_out(tmp_path: Path, whole: Path) -> None:
    shutil.copytree(whole, tmp_path / "a")
    cli.sessions(tmp_path, csv=tmp_path / "s.csv")
    expected = load_sessions(tmp_path)
    assert len(expected) == len((tmp_path / "s.csv").read_text().splitlines()) - 1


def test_the_other_clip_is_checked_with_its_session(tmp_path: Path, whole: Path) -> None:
    shutil.copytree(whole, tmp_path / "s")
    shutil.copytree(whole, tmp_path / "s" / ".rear")
    quality = json.loads((whole / "session.json").read_text())["quality"]
    changed(Session(tmp_path / "s"), **{"with": {"folder": ".rear", "name": "b", "view": "rear", "quality": quality}})
    open_session(tmp_path / "s")
    (tmp_path / "s" / ".rear" / "cycles.csv").write_text("")
    with pytest.raises(InputError, match=r"s/\.rear/cycles\.csv' is damaged: it is empty"):
        open_session(tmp_path / "s")
