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

from gaitlab.core.errors import OutputError
from gaitlab.io.session.contents import COMPANIONS, WRITTEN
from gaitlab.io.session.folder import check_free, whole_folder

OURS = '{"schema_version": 2}'


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
    (target / "session.json").write_text("old")  # a damaged one
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


def session_in(folder: Path) -> Path:
    """A folder with every file that gaitlab writes, the other clip's too."""
    for place in (folder, *(folder / name for name in COMPANIONS.values())):
        place.mkdir(parents=True)
        for name in WRITTEN:
            (place / name).write_text(OURS)
    return folder


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def written_anew(target: Path) -> None:
    with whole_folder(target, force=True) as folder:
        (folder / "session.json").write_text("new")


def test_all_that_gaitlab_writes_is_replaced(tmp_path: Path) -> None:
    target = session_in(tmp_path / "run")
    (target / ".DS_Store").write_bytes(b"of a file manager")
    (target / ".report-0123abcd.html").write_text("of a killed writer")
    written_anew(target)
    assert contents(tmp_path) == {"run/session.json": b"new"}


@pytest.mark.parametrize(
    "place", ["keypoints.csv", ".rear/notes.txt", "clip.mp4/deep.txt", ".gait", "old/session.json"]
)
def test_force_keeps_a_session_that_holds_somebody_elses_file(tmp_path: Path, place: str) -> None:
    target = session_in(tmp_path / "run")
    if place.startswith("clip.mp4"):
        (target / "clip.mp4").unlink()
    (target / place).parent.mkdir(exist_ok=True)
    (target / place).write_text("mine")
    before = contents(tmp_path)
    with pytest.raises(OutputError, match=rf"'{target}' holds what gaitlab did not write \('[.a-z]+") as caught:
        written_anew(target)
    assert place.split("/")[0] in str(caught.value)
    assert contents(tmp_path) == before


@pytest.mark.parametrize("text", ["{}", "[]", '{"session": "of a web browser"}'])
def test_another_programs_session_json_makes_no_session(tmp_path: Path, text: str) -> None:
    (tmp_path / "session.json").write_text(text)
    with pytest.raises(OutputError, match="is not a session folder"):
        check_free(tmp_path, force=True)


def test_a_file_that_came_while_the_session_was_written_is_not_deleted(tmp_path: Path) -> None:
    target = session_in(tmp_path / "run")
    with pytest.raises(OutputError, match="did not write"), whole_folder(target, force=True) as folder:
        (folder / "session.json").write_text("new")
        (target / "notes.txt").write_text("mine")
    assert (target / "notes.txt").read_text() == "mine"
    assert (target / "session.json").read_text() == OURS
    assert names(tmp_path) == {"run"}


def test_what_a_session_is_made_from_cannot_lie_in_it(tmp_path: Path) -> None:
    target = session_in(tmp_path / "run")
    (tmp_path / "link").symlink_to(target)
    for film in (target / "clip.mp4", tmp_path / "link" / "clip.mp4", target):
        with pytest.raises(OutputError, match="which --force would replace"):
            check_free(target, force=True, inputs=[None, film])
    check_free(target, force=True, inputs=[tmp_path / "clip.mp4", None])


@pytest.mark.parametrize("place", [".", "..", "../run"])
def test_nobody_saws_off_the_branch_they_sit_on(tmp_path: Path, place: str, monkeypatch: pytest.MonkeyPatch) -> None:
    target = session_in(tmp_path / "run")
    monkeypatch.chdir(target if place != ".." else target / ".rear")
    with pytest.raises(OutputError, match="is the folder you are in"):
        written_anew(Path(place))
    assert len(contents(target)) == 3 * len(WRITTEN)


def test_a_link_is_followed_and_stays(tmp_path: Path) -> None:
    real = session_in(tmp_path / "disk" / "run")
    link = tmp_path / "run"
    link.symlink_to(real)
    with pytest.raises(OutputError, match=f"the output folder '{link}' exists"):
        check_free(link, force=False)
    written_anew(link)
    assert link.is_symlink()
    assert contents(real) == {"session.json": b"new"}
    assert names(tmp_path) == {"run", "disk"}
    assert names(tmp_path / "disk") == {"run"}


def test_a_link_to_nothing_is_followed_too_and_one_to_itself_is_refused(tmp_path: Path) -> None:
    (tmp_path / "run").symlink_to(tmp_path / "later")
    written_anew(tmp_path / "run")
    assert contents(tmp_path / "later") == {"session.json": b"new"}
    (tmp_path / "ring").symlink_to(tmp_path / "ring")
    with pytest.raises(OutputError, match=r"'[^']*ring'"):
        check_free(tmp_path / "ring", force=True)


@pytest.mark.parametrize("name", ["x" * 201, "ü" * 101])
def test_a_name_too_long_for_its_temporary_name_is_said_first(tmp_path: Path, name: str) -> None:
    with pytest.raises(OutputError, match="is too long"):
        check_free(tmp_path / name, force=False)


def test_the_longest_names_work(tmp_path: Path) -> None:
    written_anew(tmp_path / ("x" * 200))
    written_anew(tmp_path / ("x" * 200))
    assert names(tmp_path) == {"x" * 200}


def test_a_file_in_the_way(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="is a file"):
        check_free(tmp_path / "file" / "session", force=False)


WRITER = """
import sys
from pathlib import Path
from gaitlab.io.session.contents import WRITTEN
from gaitlab.io.session.folder import whole_folder

FILES = [name for name in WRITTEN if name != "session.json"]
while True:
    with whole_folder(Path(sys.argv[1]), force=True) as folder:
        (folder / "session.json").write_text('{"schema_version": 2}')
        for name in FILES:
            (folder / name).write_bytes(bytes(40000))
        print("one", flush=True)
"""


def is_whole(target: Path) -> bool:
    sizes = {path.name: path.stat().st_size for path in target.iterdir()}
    return sizes == {**dict.fromkeys(WRITTEN, 40000), "session.json": len(OURS)}


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
        (made / "session.json").write_text(OURS)
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

        monkeypatch.setattr("gaitlab.io.session.folder.check_free", check_and_lose_the_race)
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


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root, or Windows, may write anywhere")
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
