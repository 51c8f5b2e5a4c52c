"""The sessions of an athlete: by name as people write it, in order, apart where they are of another kind."""

from __future__ import annotations

from pathlib import Path

import pytest

from gaitlab.core.errors import InputError
from gaitlab.io.session.session import Session
from gaitlab.stats.athletes import kinds_of, last_two, sessions_of
from gaitlab.stats.treatment import notes
from tests.report.comparison.make import make


def one(root: Path, name: str, athlete: str | None, day: str | None = "2026-03-01", **info: object) -> Session:
    when = f"{day}T09:00:00+00:00" if day else None
    return make(root / name, values={"cadence": 170.0}, athlete=athlete, recorded_at=when, **info)


def names(sessions: list[Session]) -> list[str]:
    return [session.folder.name for session in sessions]


def test_case_spaces_and_the_coding_of_accents_do_not_matter(tmp_path: Path) -> None:
    one(tmp_path, "c", "  ZOE\u0308  Bell ", "2026-03-03")
    one(tmp_path, "a", "zo\u00eb bell", "2026-03-05")
    one(tmp_path, "b", "Zo\u00eb Bell", None)
    one(tmp_path, "d", "Zoe Bell")
    one(tmp_path, "e", None)
    found = sessions_of(" Zo\u00eb bell", tmp_path)
    assert names(found) == ["c", "a", "b"]  # by date, the one without last
    assert not any("different people" in note for note in notes(found))


def test_nobody_of_that_name_is_answered_with_who_is_there(tmp_path: Path) -> None:
    for number, athlete in enumerate(["Bo", "Ada Byron", "Ada  Lovelace", "ada lovelace", None]):
        one(tmp_path, str(number), athlete)
    with pytest.raises(InputError) as error:
        sessions_of("Ada Lovelase", tmp_path)
    assert str(error.value) == (
        f"no session of 'Ada Lovelase' below '{tmp_path}'; athletes there: ada lovelace, Ada Byron, Bo"
    )
    for number in range(8):
        one(tmp_path, f"more{number}", f"runner {number}")
    with pytest.raises(InputError, match=r", runner \d and 3 more$"):
        sessions_of("Ada Lovelase", tmp_path)


def test_a_folder_without_names_says_so(tmp_path: Path) -> None:
    one(tmp_path, "a", None)
    with pytest.raises(InputError, match="nor one that names an athlete"):
        sessions_of("Ada", tmp_path)
    with pytest.raises(InputError, match="no such directory"):
        sessions_of("Ada", tmp_path / "none")
    with pytest.raises(InputError, match="an athlete is a name, not ' '"):
        sessions_of(" ", tmp_path)


def test_a_damaged_session_is_named_and_left_out(tmp_path: Path) -> None:
    one(tmp_path, "a", "Ada")
    (one(tmp_path, "b", "Ada").folder / "summary.csv").write_text("rubbish")
    skipped: list[str] = []
    assert names(sessions_of("Ada", tmp_path, skip=skipped.append)) == ["a"]
    assert len(skipped) == 1
    assert "summary.csv" in skipped[0]
    (one(tmp_path, "c", "Ada").folder / "notes.json").write_text("rubbish")
    assert names(sessions_of("Ada", tmp_path, skip=skipped.append)) == ["a"]
    assert "notes.json" in skipped[-1]


def test_views_and_activities_are_apart_and_numbered_together(tmp_path: Path) -> None:
    made = [
        one(tmp_path, "a", "Ada", "2026-03-01", view="rear", facing=None),
        one(tmp_path, "b", "Ada", "2026-03-02", activity="walking"),
        one(tmp_path, "c", "Ada", "2026-03-03"),
        one(tmp_path, "d", "Ada", None),
    ]
    found = {(kind.view, kind.activity): [run.number for run in kind.runs] for kind in kinds_of(made)}
    assert list(found.items()) == [
        (("side", "running"), ["#3", "#4"]), (("side", "walking"), ["#2"]), (("rear", "running"), ["#1"])
    ]  # fmt: skip


def test_the_last_two_are_those_that_can_be_read(tmp_path: Path) -> None:
    made = [one(tmp_path, name, "Ada", f"2026-03-0{day}") for day, name in enumerate("abcd", start=1)]
    (kind,) = kinds_of(made)
    assert [run.session.folder.name for run in last_two(kind) or ()] == ["c", "d"]
    (made[2].folder / "events.csv").write_text("rubbish\n")
    skipped: list[str] = []
    pair = last_two(kind, skip=skipped.append)
    assert [run.session.folder.name for run in pair or ()] == ["b", "d"]
    assert "events.csv" in skipped[0]
    (alone,) = kinds_of(made[:1])
    assert last_two(alone) is None


def test_many_sessions_are_told_together_where_they_are_alike(tmp_path: Path) -> None:
    made = [one(tmp_path, name, "Ada", setting="treadmill" if name != "c" else "overground") for name in "abcdef"]
    said = notes(made, names=["#1", "#2", "#3", "#4", "#5", "#6"])
    assert any("(#1, #2, #4–#6: treadmill; #3: overground)" in note for note in said)
    # The invented runner has four cycles a side.
    assert "Few gait cycles a side (#1–#6: 4): 7 or more make a stable mean." in said
