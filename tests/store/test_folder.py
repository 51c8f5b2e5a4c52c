"""A session folder is there whole or not at all."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
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


WRITER = """
import sys
from pathlib import Path
from gaitlab.store.folder import whole_folder

while True:
    with whole_folder(Path(sys.argv[1]), force=True) as folder:
        (folder / "session.json").write_text("{}")
        for number in range(20):
            (folder / f"{number}.bin").write_bytes(bytes(20000))
        print("one", flush=True)
"""


def is_whole(target: Path) -> bool:
    return {path.stat().st_size for path in target.glob("*.bin")} == {20000} and len(list(target.iterdir())) == 21


def test_killed_at_any_moment_leaves_no_session_or_a_whole_one(tmp_path: Path) -> None:
    target = tmp_path / "session"
    for round_ in range(8):
        writer = subprocess.Popen([sys.executable, "-c", WRITER, str(target)], stdout=subprocess.PIPE)
        assert writer.stdout is not None
        writer.stdout.readline()
        time.sleep(0.003 * round_)
        writer.send_signal(signal.SIGKILL)
        writer.communicate()
        assert not target.exists() or is_whole(target)
    with whole_folder(target, force=True) as folder:
        (folder / "session.json").write_text("last")
    assert names(tmp_path) == {"session"}


def test_two_writers_of_one_target_leave_one_whole_session(tmp_path: Path) -> None:
    target = tmp_path / "session"
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITER, str(target)], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        for _ in range(2)
    ]
    for writer in writers:  # on a busy machine it takes a while until both are at it
        assert writer.stdout is not None
        assert writer.stdout.readline()
    time.sleep(1.0)
    assert [writer.poll() for writer in writers] == [None, None], [w.communicate() for w in writers if w.poll()]
    for writer in writers:
        writer.terminate()
        assert writer.communicate()[0].count(b"one") >= 1
    with whole_folder(target, force=True) as folder:
        (folder / "session.json").write_text("last")
    assert names(tmp_path) == {"session"}


def test_the_slower_of_two_is_refused_without_force(tmp_path: Path) -> None:
    target = tmp_path / "session"
    with pytest.raises(OutputError, match="exists; choose another"), whole_folder(target) as slow:
        (slow / "session.json").write_text("slow")
        with whole_folder(target) as quick:
            (quick / "session.json").write_text("quick")
    assert (target / "session.json").read_text() == "quick"
    assert names(tmp_path) == {"session"}


def remains_of(kind: str, pid: int, folder: Path) -> Path:
    """A hidden folder as a process of this host leaves it when it is killed."""
    with whole_folder(folder / "session") as made:
        name = re.sub(rf"partial-(.*)-{os.getpid()}-", rf"{kind}-\1-{pid}-", made.name)
        (made / "session.json").write_text("{}")
    (folder / "session").rename(folder / name)
    return folder / name


def dead_process() -> int:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    return ended.pid


def test_a_session_that_lands_between_the_check_and_the_rename_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "run"
    with pytest.raises(OutputError, match="exists; choose another with -o"), whole_folder(target) as folder:
        (folder / "session.json").write_text("slower")

        def check_and_lose_the_race(target: Path, *, force: bool) -> None:
            check_free(target, force=force)
            target.mkdir()
            (target / "session.json").write_text("quicker")

        monkeypatch.setattr("gaitlab.store.folder.check_free", check_and_lose_the_race)
    assert (target / "session.json").read_text() == "quicker"
    assert [path.name for path in tmp_path.iterdir()] == ["run"]


def test_a_dead_process_is_cleared_up_after_a_living_one_is_not(tmp_path: Path) -> None:
    living, dead = remains_of("partial", os.getppid(), tmp_path), remains_of("partial", dead_process(), tmp_path)
    with whole_folder(tmp_path / "other") as folder:
        (folder / "session.json").write_text("{}")
    assert living.exists()
    assert not dead.exists()


def test_a_session_that_was_only_moved_aside_comes_back(tmp_path: Path) -> None:
    remains_of("old", dead_process(), tmp_path)
    with whole_folder(tmp_path / "other") as folder:
        (folder / "session.json").write_text("{}")
    assert names(tmp_path) == {"session", "other"}


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(OutputError, match="cannot write into"), whole_folder(tmp_path / "session"):
            pytest.fail("there is nothing to write into")
    finally:
        tmp_path.chmod(0o700)


def test_a_disk_that_fills_up_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="No space left"), whole_folder(tmp_path / "session"):
        raise OSError(28, "No space left on device")
    assert names(tmp_path) == set()
