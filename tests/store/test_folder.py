"""A session folder is there whole or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from gaitlab.errors import OutputError
from gaitlab.store.folder import check_free, whole_folder


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_a_block_that_ends_well_leaves_the_folder(tmp_path: Path) -> None:
    with whole_folder(tmp_path / "deep" / "session") as folder:
        (folder / "session.json").write_text("{}")
        assert not (tmp_path / "deep" / "session").exists()
    assert names(tmp_path / "deep") == {"session"}
    assert names(tmp_path / "deep" / "session") == {"session.json"}


@pytest.mark.parametrize("failure", [RuntimeError, KeyboardInterrupt])
def test_a_block_that_fails_leaves_nothing(tmp_path: Path, failure: type[BaseException]) -> None:
    with pytest.raises(failure), whole_folder(tmp_path / "session") as folder:
        (folder / "session.json").write_text("{}")
        raise failure
    assert names(tmp_path) == set()


def test_an_existing_session_is_kept_without_force_and_while_the_new_one_fails(tmp_path: Path) -> None:
    target = tmp_path / "session"
    target.mkdir()
    (target / "session.json").write_text("old")
    with pytest.raises(OutputError, match="exists; choose another with -o, or replace it with --force"):
        check_free(target, force=False)
    with pytest.raises(RuntimeError), whole_folder(target, force=True):
        raise RuntimeError
    assert (target / "session.json").read_text() == "old"
    with whole_folder(target, force=True) as folder:
        (folder / "session.json").write_text("new")
    assert (target / "session.json").read_text() == "new"
    assert names(tmp_path) == {"session"}


def test_force_does_not_replace_what_is_no_session(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (home / "thesis.txt").write_text("years of work")
    with pytest.raises(OutputError, match="is not a session folder"):
        check_free(home, force=True)
    assert (home / "thesis.txt").exists()


def test_a_file_in_the_way(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="is a file"):
        check_free(tmp_path / "file" / "session", force=False)
