"""gaitlab validate on the command line: what it prints, what it writes, and its errors in one line."""

from __future__ import annotations

import shutil
from pathlib import Path

import pandas as pd
import pytest

from tests.cli.test_output import command
from tests.report.comparison.make import make


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A session and the events that are its truth: every foot strike 10 ms later, every toe-off as it is."""
    folder = tmp_path_factory.mktemp("cli")
    session = make(folder / "run", values={"contact_time": 0.25}, spread=0.01, athlete="Ada")
    table = session.events
    table = table.assign(foot_strike_s=table["foot_strike_s"] + 0.010)
    table[["side", "foot_strike_s", "toe_off_s"]].to_csv(folder / "truth.csv", index=False)
    return folder


def test_tables_page_and_the_sign_in_words(folder: Path) -> None:
    done = command("validate", "run", "--truth", "truth.csv", "--offset", "0", cwd=folder)
    assert done.returncode == 0, done.stderr
    assert "its times +0.000 s are the session's, whose clock reads 0.000 s later (given)" in done.stdout
    assert "−10.0" in done.stdout
    assert done.stdout.splitlines()[-1] == "validation-run/validation.html"
    assert "note: intervals are within one person" in done.stderr
    events = pd.read_csv(folder / "validation-run" / "events.csv").set_index(["event", "side"])
    assert events.loc[("foot_strike", "both"), "bias"] == pytest.approx(-0.010)
    assert events.loc[("toe_off", "both"), "bias"] == pytest.approx(0.0, abs=1e-9)
    again = command("validate", "run", "--truth", "truth.csv", "--offset", "0", cwd=folder)
    assert (again.returncode, again.stdout) == (2, "")
    assert "--force" in again.stderr
    assert command("validate", "run", "--truth", "truth.csv", "--offset", "0", "--force", cwd=folder).returncode == 0


def test_a_list(folder: Path) -> None:
    (folder / "list.csv").write_text("session,truth,subject,offset_s\nrun,truth.csv,Bob,0\n")
    done = command("validate", "--list", "list.csv", "-o", "listed", cwd=folder)
    assert done.returncode == 0, done.stderr
    assert set(pd.read_csv(folder / "listed" / "pairs.csv")["subject"]) == {"Bob"}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("run",), "expected --truth FILE once a session, in their order, not 1 sessions and 0 truths"),
        (("run", "--truth", "truth.csv", "--truth", "truth.csv"), "not 1 sessions and 2 truths"),
        (("run", "--truth", "nothing.c3d"), "no such file: 'nothing.c3d'"),
        (("run", "--truth", "truth.csv", "--offset", "99"), "do not overlap in time; expected --offset"),
        (("run", "--truth", "truth.csv", "--threshold", "0"), "--threshold must be from 1 to 1000 N"),
        (("run", "--truth", "truth.csv", "--markers", "x"), "--markers is no marker set that is known"),
        (("run", "--list", "list.csv"), "--list names sessions and truths"),
        (("--list", "nothing.csv"), "cannot read the list 'nothing.csv'"),
        (("nowhere", "--truth", "truth.csv"), "no such session folder: 'nowhere'"),
        (("run", "--truth", "run"), "is its own truth"),
    ],
)
def test_errors_are_one_line(folder: Path, arguments: tuple[str, ...], said: str) -> None:
    done = command("validate", *arguments, "-o", "refused", cwd=folder)
    assert done.returncode == 2
    assert said in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert not (folder / "refused").exists()


def test_texts_of_others_cannot_steer_the_terminal(folder: Path) -> None:
    evil = folder / "run\x1b[2J"
    shutil.copytree(folder / "run", evil)
    done = command("validate", evil.name, "--truth", "truth.csv", "--offset", "0", "-o", "evil", cwd=folder)
    assert done.returncode == 0, done.stderr
    assert "\x1b" not in done.stdout + done.stderr
