"""Many videos: what a list says, what fails alone, what a second run does, and what a kill leaves."""

from __future__ import annotations

import csv
import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from multiprocessing import active_children
from pathlib import Path

import numpy as np
import pytest
import typer

from gaitlab.apps.batch import Job, jobs_of_list, jobs_of_videos, run_batch
from gaitlab.apps.batch.jobs import fingerprint
from gaitlab.apps.batch.results import write_results
from gaitlab.apps.batch.work import Outcome, Status, do_job
from gaitlab.cli.analyze import batch
from gaitlab.config import Settings, with_values
from gaitlab.core.errors import InputError
from gaitlab.io.session.session import Session, open_session
from gaitlab.io.session.tables import read_table
from tests.report.make import make_session

SPOTS = {"hip": (300, 300), "knee": (305, 400), "ankle": (300, 500), "heel": (290, 515), "big_toe": (330, 515)}


def still_person(path: Path, *, shake_px: float = 0.3, frames: int = 60) -> Path:
    """Keypoints of somebody who stands still: a quick analysis that ends well, without gait."""
    rows = [["frame", "keypoint", "x_px", "y_px", "score"]]
    for frame in range(frames):
        for side in ("left", "right"):
            for name, (x, y) in SPOTS.items():
                rows.append([frame, f"{side}_{name}", f"{x + shake_px * np.sin(frame):.3f}", y, 0.9])
    with path.open("w", newline="") as file:
        csv.writer(file).writerows(rows)
    return path


def listed(folder: Path, count: int) -> Path:
    """A list of so many recordings, each its own."""
    lines = ["keypoints,fps,athlete"]
    for number in range(count):
        still_person(folder / f"k{number}.csv", shake_px=0.1 * number)
        lines.append(f"k{number}.csv,60,runner {number}")
    path = folder / "list.csv"
    path.write_text("\n".join(lines) + "\n")
    return path


def write_list(folder: Path, text: str) -> Path:
    path = folder / "list.csv"
    path.write_text(text)
    return path


# What a list says


def test_a_row_becomes_the_arguments_of_an_analysis(tmp_path: Path) -> None:
    text = (
        "Video, speed ,height,mass,athlete,label,facing,fps,end,rotate\na.mp4,3:20/km,5'11\",70 kg,Ada,,left,,12,90\n"
    )
    (job,) = jobs_of_list(write_list(tmp_path, text), {"view": "side", "athlete": "nobody"})
    assert job.options == {
        "view": "side", "video": str(tmp_path / "a.mp4"), "belt_speed_mps": 5.0, "height_m": pytest.approx(1.8034),
        "mass_kg": 70.0, "athlete": "Ada", "facing": "left", "end_s": 12.0, "rotate": 90,
    }  # fmt: skip
    assert (job.source, job.name, job.problem) == ("a.mp4", "Ada-a", "")


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("a.mp4,10,,", "speed '10' has no unit"),
        ("a.mp4,,fast,", "fps: expected a number, not 'fast'"),
        ("a.mp4,,nan,", "fps must be a frame rate from 5 to 2000 frames a second, not nan"),
        ("a.mp4,,1e400,", "fps must be a frame rate from 5 to 2000 frames a second, not inf"),
        ("a.mp4,6:00,,", "speed '6:00' is a pace without its length"),
        (",10 km/h,,", "names neither a video nor keypoints"),
        ("a.mp4,10 km/h,30,x,more", "more cells than there are columns"),
    ],
)
def test_a_row_that_makes_no_sense_stands_alone(tmp_path: Path, row: str, said: str) -> None:
    first, second = jobs_of_list(write_list(tmp_path, f"video,speed,fps,athlete\n{row}\nb.mp4,,,\n"))
    assert said in first.problem
    assert second.problem == ""


def test_an_option_without_effect_on_a_row_is_that_rows_trouble_or_not_its_own(tmp_path: Path) -> None:
    """A row's own cell is refused; what the command says for all is for those that it fits, if there is any."""
    path = write_list(tmp_path, "video,keypoints,model,format\n,k.csv,body,\nv.mp4,,,trc\n,k.csv,,\nw.mp4,,,\n")
    first, second, third, fourth = jobs_of_list(path, {"model": "runner"})
    assert first.problem.startswith("model names a network, but all keypoints come from files")
    assert second.problem.startswith("format is of a file of keypoints, but none is given")
    assert (third.problem, "model" in third.options) == ("", False)
    assert (fourth.problem, fourth.options["model"]) == ("", "runner")
    with pytest.raises(InputError, match=r"model names a network.*for every row of '.*list\.csv'"):
        jobs_of_list(write_list(tmp_path, "keypoints\nk.csv\n"), {"model": "runner"})


def test_workers_beside_a_cluster_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="workers is of this machine, but scheduler names a cluster"):
        run_batch([Job("a")], output=tmp_path, workers=2, scheduler="tcp://127.0.0.1:1")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("video,sped\na.mp4,\n", "did you mean 'speed'"),
        ("athlete\nAda\n", "expected a column 'video' or 'keypoints'"),
        ("", "expected a column"),
        ("video,speed,video\na,1,b\n", "has the column 'video' twice"),
        ('video\n"a.mp4\n', "line 2: a quote is opened and not closed"),
    ],
)
def test_a_list_that_is_none(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        jobs_of_list(write_list(tmp_path, text))


def test_no_such_list_and_no_video(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot read the list"):
        jobs_of_list(tmp_path / "none.csv")
    with pytest.raises(InputError, match="name videos"):
        run_batch([], output=tmp_path)
    with pytest.raises(InputError, match="1 or more"):
        run_batch([Job("a")], output=tmp_path, workers=0)


def test_a_folder_stands_for_the_videos_in_it(tmp_path: Path) -> None:
    for name in ("b.MOV", "a.mp4", "._a.mp4", "notes.txt", "deep/c.mp4"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"x")
    jobs = jobs_of_videos([tmp_path, "one.mp4"], {"height_m": 1.8})
    assert [job.source for job in jobs] == [str(tmp_path / "a.mp4"), str(tmp_path / "b.MOV"), "one.mp4"]
    assert {job.options["height_m"] for job in jobs} == {1.8}
    (tmp_path / "deep" / "c.mp4").unlink()
    with pytest.raises(InputError, match=r"deep' holds no video; expected files that end in \.mp4 "):
        jobs_of_videos([tmp_path / "deep"])
    (tmp_path / "session.json").touch()
    with pytest.raises(InputError, match="is a session, not a folder of videos"):
        jobs_of_videos([tmp_path])


def test_what_is_said_for_all_holds_unless_the_list_says_otherwise(tmp_path: Path) -> None:
    for name in ("a", "b"):
        still_person(tmp_path / f"{name}.csv")
    write_list(tmp_path, "keypoints,fps,height\na.csv,60,165 cm\nb.csv,60,\n")
    command = [sys.executable, "-m", "gaitlab", "batch", "--list", "list.csv", "-o", "out", "--workers", "1"]
    (tmp_path / "shop.toml").write_text('[brand]\nname = "Our shop"\n')
    options = ["--height", "180 cm", "--mass", "70 kg", "--speed", "6:00 /km", "--profile", "shop.toml"]
    result = subprocess.run([*command, *options], cwd=tmp_path, capture_output=True, text=True)
    assert result.returncode == 1, result.stderr  # they stand still: as `gaitlab analyze` ends without gait
    runners = {name: open_session(tmp_path / "out" / name).info["runner"] for name in ("a", "b")}
    said = {name: value for name, value in runners["a"].items() if value is not None}
    assert said == {"belt_speed_mps": pytest.approx(10 / 3.6), "height_m": 1.65, "mass_kg": 70.0}
    assert runners["b"]["height_m"] == 1.8
    assert open_session(tmp_path / "out" / "a").brand.name == "Our shop"
    (tmp_path / "shop.toml").write_text('[brand]\ncolour = "#123456"\n')
    wrong = subprocess.run([*command, *options], cwd=tmp_path, capture_output=True, text=True)
    assert wrong.returncode == 2
    assert "shop.toml" in wrong.stderr.splitlines()[-1]


def test_names_tell_sessions_apart_in_any_order() -> None:
    names = {job.source: job.name for job in jobs_of_videos(["a/run.mp4", "b/Run.mp4", "c/walk.mp4"])}
    backwards = {job.source: job.name for job in jobs_of_videos(["c/walk.mp4", "b/Run.mp4", "a/run.mp4"])}
    assert names == backwards
    assert len({name.lower() for name in names.values()}) == 3
    assert names["c/walk.mp4"] == "walk"
    first, second = jobs_of_videos(["a/run.mp4", "a/run.mp4"])
    assert (first.problem, second.problem) == ("", "the same video with the same options stands above")
    (odd,) = jobs_of_videos(["../x/<b> & co.mp4"])
    assert odd.name == "b-co"


def test_the_fingerprint_knows_content_options_settings_and_version_but_not_the_place(tmp_path: Path) -> None:
    def of(path: Path, version: str = "1", settings: Settings | None = None, **options: object) -> str:
        job = Job("x", {"keypoints": str(path), **options})
        return fingerprint(job, (settings or Settings()).as_dict(), version=version)

    a, same, b = tmp_path / "a", tmp_path / "same", tmp_path / "b"
    for path, text in ((a, "1"), (same, "1"), (b, "2")):
        path.write_text(text)
    assert of(a) == of(same)
    others = [of(b), of(a, "2"), of(a, settings=with_values(Settings(), {"video.crf": 30})), of(a, height_m=1.8)]
    assert len({of(a), *others}) == 5
    assert of(a, profile=str(a)) == of(a, profile=str(same)) != of(a, profile=str(b))


# What a run does


def test_one_that_fails_does_not_stop_the_rest_and_a_second_run_does_what_is_left(tmp_path: Path) -> None:
    rows = f"{listed(tmp_path, 2).read_text()}later.csv,60,<b>late</b>\n"
    jobs = jobs_of_list(write_list(tmp_path, rows))
    out = tmp_path / "out"

    first = run_batch(jobs, output=out, workers=2)
    assert [outcome.status for outcome in first] == ["no gait", "no gait", "failed"]
    assert "no such file" in first[2].reason
    table = read_table(out / "results.csv")
    assert Counter(row["source"] for row in table)["later.csv"] == 1
    assert table[-1]["reason"] == first[2].reason
    assert {row["athlete"] for row in table} == {"runner 0", "runner 1", "<b>late</b>"}
    page = (out / "index.html").read_text()
    assert "&lt;b&gt;late&lt;/b&gt;" in page
    assert "<b>late" not in page
    assert 'href="runner-0-k0/report.html"' in page

    def made() -> dict[str, int]:
        return {path.parent.name: path.stat().st_mtime_ns for path in out.glob("*/session.json")}

    before = made()
    still_person(tmp_path / "later.csv")
    still_person(tmp_path / "k1.csv", shake_px=0.9)
    second = run_batch(jobs, output=out, workers=2)
    assert all(outcome.folder is not None for outcome in second)
    changed = {name for name, time_ns in made().items() if before.get(name) != time_ns}
    assert changed == {"runner-1-k1", "b-late-b-later"}

    after = made()
    run_batch(jobs, output=out, workers=2)
    assert made() == after


def test_a_session_that_no_batch_made_is_not_replaced(tmp_path: Path) -> None:
    jobs = jobs_of_list(listed(tmp_path, 1))
    mine = tmp_path / "out" / jobs[0].name
    mine.mkdir(parents=True)
    (mine / "session.json").write_text("{}")
    (outcome,) = run_batch(jobs, output=tmp_path / "out", workers=1)
    assert "was not made by a batch" in outcome.reason
    assert (mine / "session.json").read_text() == "{}"


def test_a_killed_process_costs_its_own_video_only(tmp_path: Path) -> None:
    jobs = jobs_of_list(listed(tmp_path, 2))

    def kill_the_first() -> None:
        while not (children := active_children()):
            time.sleep(0.01)
        os.kill(children[0].pid or 0, signal.SIGKILL)

    killer = threading.Thread(target=kill_the_first)
    killer.start()
    killed, other = run_batch(jobs, output=tmp_path / "out", workers=1)
    killer.join()
    assert killed.status == "failed"
    assert "SIGKILL" in killed.reason
    assert other.status == "no gait"
    again, _ = run_batch(jobs, output=tmp_path / "out", workers=1)
    assert again.status == "no gait"


def test_control_c_keeps_what_is_finished_and_leaves_no_half_session(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "gaitlab", "batch", "--list", str(listed(tmp_path, 3)), "-o", "out"]
    process = subprocess.Popen(
        [*command, "--workers", "1"],
        cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )  # fmt: skip
    assert process.stdout is not None
    assert "no gait" in process.stdout.readline()
    time.sleep(0.8)  # well into the second
    os.killpg(process.pid, signal.SIGINT)
    _, errors = process.communicate(timeout=30)
    assert process.returncode == 130, errors
    assert errors.strip().splitlines()[-1] == (
        "gaitlab: interrupted; finished sessions are kept, the same command does the rest"
    )
    sessions = [path for path in (tmp_path / "out").iterdir() if path.is_dir() and path.name != ".batch"]
    assert 1 <= len(sessions) < 3
    for folder in sessions:
        open_session(folder)
    assert {row["source"] for row in read_table(tmp_path / "out" / "results.csv")} >= {"k0.csv"}
    assert "the same command does the rest" in (tmp_path / "out" / "index.html").read_text()
    rest = run_batch(jobs_of_list(tmp_path / "list.csv", {"view": "auto", "facing": "auto"}), output=tmp_path / "out")
    assert [outcome.status for outcome in rest] == ["no gait"] * 3
    assert rest[0].seconds == 0.0


def test_a_cluster_loses_a_worker_and_nothing_else(tmp_path: Path) -> None:
    distributed = pytest.importorskip("distributed")
    jobs = jobs_of_list(listed(tmp_path, 6))
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None
    ) as cluster:  # fmt: skip
        killed: list[int] = []

        def kill_one(_: object) -> None:
            if not killed:
                killed.append(next(iter(cluster.workers.values())).pid)
                os.kill(killed[0], signal.SIGKILL)

        outcomes = run_batch(
            jobs, output=tmp_path / "out", scheduler=cluster.scheduler_address, on_outcome=kill_one
        )  # fmt: skip
    assert killed
    assert [outcome.status for outcome in outcomes] == ["no gait"] * 6, outcomes
    rows = Counter((row["source"], row["metric"], row["side"]) for row in read_table(tmp_path / "out" / "results.csv"))
    assert len({source for source, _, _ in rows}) == 6
    assert set(rows.values()) == {1}
    assert len(list((tmp_path / "out").glob("*/session.json"))) == 6


def test_no_scheduler_answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("distributed")
    monkeypatch.setattr("gaitlab.apps.batch.cluster._CONNECT_S", 1)
    with pytest.raises(InputError, match=r"no dask scheduler answers at 'tcp://127\.0\.0\.1:9'"):
        run_batch([Job("a", {"video": "a.mp4"}, "a")], output=tmp_path, scheduler="tcp://127.0.0.1:9")


def test_a_session_that_lacks_a_piece_is_incomplete_and_made_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The disk was full when its video was written: the numbers are there, but nobody may take it for done."""
    full = {"not_made": {"annotated.mp4": "no space left on device"}}

    def analysed(*, output: Path, **_: object) -> Session:
        return make_session(output, **full)

    monkeypatch.setattr("gaitlab.apps.batch.work.analyze", analysed)
    (job,) = jobs_of_list(listed(tmp_path, 1))
    sentence = "annotated.mp4 could not be made (no space left on device); what was measured is kept"
    outcome = do_job(job, directory=tmp_path, settings=Settings())
    assert (outcome.status, outcome.reason) == ("incomplete", sentence)
    assert ends_with(outcome, monkeypatch, tmp_path) == 1
    assert f"incomplete  k0.csv: {outcome.folder}: {sentence}" in capsys.readouterr().out
    write_results(tmp_path / "results.csv", [outcome])
    assert {(row["status"], row["reason"]) for row in read_table(tmp_path / "results.csv")} == {
        ("incomplete", sentence)
    }
    full.clear()
    assert [do_job(job, directory=tmp_path, settings=Settings()).status for _ in range(2)] == ["done", "kept"]


@pytest.mark.parametrize(("status", "code"), [("done", 0), ("kept", 0), ("no gait", 1), ("failed", 1)])
def test_a_batch_ends_as_its_analyses_would(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, status: Status, code: int
) -> None:
    assert ends_with(Outcome(Job("a.mp4"), status), monkeypatch, tmp_path) == code


def ends_with(outcome: Outcome, monkeypatch: pytest.MonkeyPatch, output: Path) -> int:
    """Return the exit code of a batch of one video that came out so."""

    def run(jobs: object, *, on_outcome: Callable[[Outcome], None], **_: object) -> list[Outcome]:
        on_outcome(outcome)
        return [outcome]

    monkeypatch.setattr("gaitlab.apps.batch.run_batch", run)
    try:
        batch([Path("a.mp4")], output=output, facing="auto", view="auto")
    except typer.Exit as end:
        return end.exit_code
    return 0
