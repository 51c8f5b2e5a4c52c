"""The queue of the real server: true analyses of the clip's first seconds, wrong films, and a server that is killed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from gaitlab import open_session
from gaitlab.io.video.reader import open_video
from tests.apps.serve.server import CLIP, SHORT, Server


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with Server(tmp_path_factory.mktemp("queue") / "reports") as started:
        yield started


def test_a_text_file_named_mp4_says_what_the_terminal_says(server: Server, tmp_path: Path) -> None:
    text = tmp_path / "notes.mp4"
    text.write_text("milk, eggs, bread")
    with pytest.raises(Exception, match="is not a video") as told, open_video(text):
        pass
    job = server.upload(text.read_bytes(), "notes.mp4")
    assert server.until_state(job, "failed", "draft") == "failed"
    saved = json.loads((server.folder / ".gaitlab-serve" / "jobs" / job / "job.json").read_text())
    assert saved["message"] == str(told.value).replace(str(text), "notes.mp4")
    assert server.say("POST", f"/films/{job}")[0] == 409
    assert server.say("DELETE", f"/films/{job}")[0] == 200


def test_two_films_wait_for_each_other_and_a_killed_server_goes_on(tmp_path: Path) -> None:
    folder = tmp_path / "reports"
    with Server(folder) as first:
        jobs = [first.upload(CLIP.read_bytes(), name) for name in ("run.mp4", "C:\\films\\run.mp4")]
        for job in jobs:
            assert first.until_state(job, "draft", "failed") == "draft"
            assert "640 × 720" in first.card(job)
            assert "from the side" in first.card(job)
        status, told = first.say("POST", f"/films/{jobs[0]}", {"speed": "10"})
        assert status == 422
        assert told["wrong"]["speed"].startswith("speed '10' has no unit; write it like '10 km/h'")
        for job in jobs:
            assert first.say("POST", f"/films/{job}", SHORT | {"keep": "yes"} if job == jobs[1] else SHORT)[0] == 200
        first.until(lambda: first.job(jobs[0])["share"] > 0.1)
        assert first.job(jobs[1])["state"] == "queued"
        first.kill()
    with Server(folder) as second:
        assert {second.job(job)["state"] for job in jobs} <= {"running", "queued"}
        for job in jobs:
            assert second.until_state(job, "done", "failed") == "done"
        assert sorted(path.name for path in folder.iterdir()) == [".gaitlab-serve", "run", "run-2"]
        for name in ("run", "run-2"):
            session = open_session(folder / name)
            assert session.info["video"]["name"] == "run.mp4"
            assert session.info["runner"]["belt_speed_mps"] == pytest.approx(3.0)
            assert session.report.is_file()
        # Only the film is kept that may be.
        kept = [(folder / ".gaitlab-serve" / "jobs" / job / "film").exists() for job in jobs]
        assert kept == [False, True]
        assert second.say("POST", f"/films/{jobs[0]}/change")[0] == 409
        assert second.say("POST", f"/films/{jobs[1]}/change")[0] == 200
        assert second.job(jobs[1])["state"] == "draft"


def test_cancel_retry_and_remove(server: Server) -> None:
    job = server.upload(CLIP.read_bytes())
    server.until_state(job, "draft")
    assert server.say("POST", f"/films/{job}", SHORT)[0] == 200
    server.until(lambda: server.job(job)["share"] > 0)
    assert server.say("POST", f"/films/{job}/cancel")[0] == 200
    assert server.job(job)["state"] == "cancelled"
    assert [path.name for path in server.folder.iterdir()] == [".gaitlab-serve"]
    assert server.say("POST", f"/films/{job}/retry")[0] == 200
    assert server.until_state(job, "running") == "running"
    assert server.say("POST", f"/films/{job}/cancel")[0] == 200
    assert server.say("DELETE", f"/films/{job}")[0] == 200
    assert server.job(job) == {}
    assert not (server.folder / ".gaitlab-serve" / "jobs" / job).exists()
