"""Notes on sessions: several, by date, whole or not at all; damage is told."""

from __future__ import annotations

import json
import os
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest

import gaitlab
from gaitlab.core.errors import InputError, OutputError
from gaitlab.io.notes import LONGEST, keep_notes, new_note, read_notes, write_notes
from gaitlab.io.session.contents import foreign, remove_session
from gaitlab.io.session.session import open_session
from gaitlab.pipeline.changes import add_note, remove_note
from gaitlab.report import write_report
from tests.report.make import make_session


def test_a_session_without_notes_loads_as_before(tmp_path: Path) -> None:
    session = make_session(tmp_path / "s")
    assert open_session(session.folder).notes == ()
    assert not (session.folder / "notes.json").exists()


def test_notes_are_added_by_date_and_removed_by_number(tmp_path: Path) -> None:
    folder = make_session(tmp_path / "s").folder
    add_note(folder, "  second ", date="2026-05-02")
    add_note(folder, "first", date="2026-04-01")
    session = gaitlab.add_note(folder, "also second", date="2026-05-02")
    assert [(note.date, note.text) for note in session.notes] == [
        ("2026-04-01", "first"), ("2026-05-02", "second"), ("2026-05-02", "also second")
    ]  # fmt: skip
    assert [note.text for note in remove_note(folder, 2).notes] == ["first", "also second"]
    for _ in range(2):
        remove_note(folder, 1)
    assert not (folder / "notes.json").exists()
    assert new_note("today").date == date.today().isoformat()


@pytest.mark.skipif(os.name == "nt", reason="Windows cannot lock a folder")
def test_notes_of_many_at_one_moment_are_all_kept(tmp_path: Path) -> None:
    folder = make_session(tmp_path / "s").folder
    with ThreadPoolExecutor(8) as people:
        list(people.map(lambda number: add_note(folder, f"note {number}", date="2026-05-02"), range(24)))
    assert {note.text for note in read_notes(folder)} == {f"note {number}" for number in range(24)}


def test_the_page_says_what_was_noted_as_text(tmp_path: Path) -> None:
    session = make_session(tmp_path / "s")
    write_report(session)
    assert 'id="notes"' not in session.report.read_text()
    add_note(session, "<script>alert(1)</script>", date="2026-04-01")
    page = session.report.read_text()
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<script>alert(1)</script>" not in page
    remove_note(session, 1)
    assert 'id="notes"' not in session.report.read_text()


@pytest.mark.parametrize(
    ("text", "day", "said"),
    [
        ("", None, "a note is a text"),
        (" \t", None, "a note is a text"),
        ("two\nlines", None, "nothing to read"),
        ("x" * (LONGEST + 1), None, f"expected {LONGEST} at most"),
        ("fine", "1 May", "date is a day such as 2026-11-29, not '1 May'"),
        ("fine", "2026-02-30", "is a day such as"),
    ],
)
def test_a_note_is_a_line_and_a_day(tmp_path: Path, text: str, day: str | None, said: str) -> None:
    folder = make_session(tmp_path / "s").folder
    with pytest.raises(InputError, match=said):
        add_note(folder, text, date=day)
    assert read_notes(folder) == ()


def test_there_is_no_such_note(tmp_path: Path) -> None:
    folder = make_session(tmp_path / "s").folder
    with pytest.raises(InputError, match="has no notes"):
        remove_note(folder, 1)
    add_note(folder, "one")
    for number in (0, 2, -1, True):
        with pytest.raises(InputError, match="must be the number of a note, 1 to 1"):
            remove_note(folder, number)
    assert len(read_notes(folder)) == 1


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("{", "is not JSON"),
        ("[]", "schema_version"),
        ('{"schema_version": 2, "notes": []}', "newer gaitlab: update"),
        ('{"schema_version": 1, "notes": {}}', "expected a list"),
        ('{"schema_version": 1, "notes": [{"date": "yesterday", "text": "x"}]}', "is a day such as"),
        ('{"schema_version": 1, "notes": [{"date": "2026-01-01"}]}', "has no field 'text'"),
    ],
)
def test_damage_is_told_with_its_file(tmp_path: Path, content: str, said: str) -> None:
    folder = make_session(tmp_path / "s").folder
    (folder / "notes.json").write_text(content)
    with pytest.raises(InputError, match=r"notes\.json") as error:
        open_session(folder)
    assert said in str(error.value)


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    folder = make_session(tmp_path / "s").folder
    (tmp_path / "elsewhere.json").write_text('{"schema_version": 1, "notes": []}')
    (folder / "notes.json").symlink_to(tmp_path / "elsewhere.json")
    with pytest.raises(InputError, match="is a link"):
        read_notes(folder)


def test_what_cannot_be_written_leaves_the_notes_as_they_were(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = make_session(tmp_path / "s").folder
    write_notes(folder, [new_note("kept")])
    before = sorted(folder.iterdir())

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(OutputError, match="No space left"):
        add_note(folder, "lost")
    assert [note.text for note in read_notes(folder)] == ["kept"]
    assert sorted(folder.iterdir()) == before


def test_notes_are_gaitlabs_own_and_go_with_their_session(tmp_path: Path) -> None:
    folder = make_session(tmp_path / "s").folder
    write_notes(folder, [new_note("x")])
    assert foreign(folder) == []
    remove_session(folder)
    assert not folder.exists()


def test_notes_are_kept_for_what_replaces_their_session(tmp_path: Path) -> None:
    before, after = (make_session(tmp_path / name).folder for name in "ab")
    keep_notes(before, after)
    assert read_notes(after) == ()
    write_notes(before, [new_note("kept", "2026-01-01")])
    keep_notes(before, after)
    assert json.loads((after / "notes.json").read_text()) == {
        "schema_version": 1, "notes": [{"date": "2026-01-01", "text": "kept"}]
    }  # fmt: skip
