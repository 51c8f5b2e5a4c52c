"""The queue of the real server: true analyses of the clip's first seconds, and a server that is killed among them."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gaitlab import open_session
from gaitlab.apps.serve.jobs import queue as queue_module
from gaitlab.apps.serve.jobs import work
from gaitlab.apps.serve.jobs.job import Job
from gaitlab.apps.serve.jobs.look import STRIP, write_strip
from gaitlab.apps.serve.jobs.process import Line, Worker
from gaitlab.apps.serve.jobs.queue import Queue
from gaitlab.core.errors import InputError
from gaitlab.io.session.session import Session
from tests.apps.serve.server import CLIP, SHORT, Server
from tests.report.make import make_session


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
            assert first.say("POST", f"/films/{job}", SHORT | {"keep": "yes"})[0] == 200
        first.until(lambda: first.job(jobs[0])["share"] > 0.1)
        assert first.job(jobs[1])["state"] == "queued"
        first.kill()
    shop = tmp_path / "shop.toml"
    shop.write_text('[brand]\nname = "Our shop"\n')
    with Server(folder, "--profile", str(shop)) as second:
        # What was running runs again, what was queued waits behind it.
        assert [second.job(job)["state"] for job in jobs] == ["running", "queued"]
        assert second.until_state(jobs[0], "done", "failed") == "done"
        session = open_session(folder / "run")
        assert session.info["video"]["name"] == "run.mp4"
        assert session.info["runner"]["belt_speed_mps"] == pytest.approx(3.0)
        assert session.report.is_file()
        assert session.brand is not None
        assert session.brand.name == "Our shop"
        # The other one is cancelled while it runs, and leaves nothing.
        second.until(lambda: second.job(jobs[1])["share"] > 0)
        assert second.say("POST", f"/films/{jobs[1]}/cancel")[0] == 200
        assert second.job(jobs[1])["state"] == "cancelled"
        assert sorted(path.name for path in folder.iterdir()) == [".gaitlab-serve", "run"]
        assert second.say("POST", f"/films/{jobs[1]}/retry")[0] == 200
        assert second.job(jobs[1])["state"] in ("queued", "running")
        assert second.say("POST", f"/films/{jobs[1]}/cancel")[0] == 200
        assert second.say("DELETE", f"/films/{jobs[1]}")[0] == 200
        assert second.job(jobs[1]) == {}
        assert not (folder / ".gaitlab-serve" / "jobs" / jobs[1]).exists()
        assert second.say("POST", f"/films/{jobs[0]}/change")[0] == 200
        assert second.job(jobs[0])["state"] == "draft"


def ask_of_the_first(line: Line, film: Path, name: str, target: Path, values: dict[str, Any]) -> None:
    """Ask as an analysis of slow motion does, in place of the minutes of the network before it."""
    rate = line.ask({"cadence": 42.0, "rates": [240.0]}) if "slow" in name else None
    line.tell("done", f"{name}: {rate}")


def test_a_question_keeps_its_place_but_nobody_waiting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue_module, "analyse", ask_of_the_first)
    sessions = tmp_path / "reports"
    sessions.mkdir()
    queue = Queue(tmp_path / "jobs", sessions=sessions, workers=1, model=None, on_session=lambda: None)
    ids = []
    for name in ("slow.mp4", "quick.mp4", "slow again.mp4"):
        job = queue.folder.new()
        queue.folder.film(job).write_bytes(b"film")
        queue.folder.write(Job(job, name, 4, state="queued", order=len(ids), look={"facts": {}}))
        ids.append(job)
    queue.start()
    try:
        until(lambda: [queue.get(job).state for job in ids] == ["asking", "done", "asking"])
        assert queue.get(ids[0]).question == {"cadence": 42.0, "rates": [240.0]}
        queue.answer(ids[0], 240.0)
        until(lambda: queue.get(ids[0]).state == "done")
        assert queue.get(ids[0]).message == "slow.mp4: 240.0"
        with pytest.raises(InputError, match="is done now"):
            queue.answer(ids[0], 240.0)
        queue.cancel(ids[2])
        assert queue.get(ids[2]).state == "cancelled"
        assert queue.get(ids[2]).question == {}
        # The place is free again.
        queue.retry(ids[2])
        until(lambda: queue.get(ids[2]).state == "asking")
    finally:
        queue.stop()
    # What was asked when the server stopped is asked again by the next.
    again = Queue(tmp_path / "jobs", sessions=sessions, workers=1, model=None, on_session=lambda: None)
    again.start()
    try:
        until(lambda: again.get(ids[2]).state == "asking")
        again.answer(ids[2], None)
        until(lambda: again.get(ids[2]).state == "done")
        assert again.get(ids[2]).message == "slow again.mp4: None"
    finally:
        again.stop()


def test_a_film_has_its_own_name_in_its_session_and_on_its_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Here it lies as ``film`` in a folder of the server, which is nothing for a reader."""
    film, told = tmp_path / "jobs" / "0" / "film", []

    def analyze(film: Path, *, output: Path, **_: Any) -> Session:
        return make_session(output, video=True, warnings=[f"in '{film.name}' the points jitter"])

    class Told:
        def tell(self, kind: str, content: Any) -> None:
            told.append((kind, content))

        progress = None

    monkeypatch.setattr(work, "analyze", analyze)
    work.analyse(Told(), film, "<i>bo</i>.mp4", tmp_path / "session", {})  # type: ignore[arg-type]
    session = open_session(tmp_path / "session")
    assert session.info["video"]["name"] == "<i>bo</i>.mp4"
    assert session.warnings == ("in '<i>bo</i>.mp4' the points jitter",)
    page = session.report.read_text()
    assert "&lt;i&gt;bo&lt;/i&gt;.mp4" in page
    assert str(film) not in page
    assert told[-1][0] == "done"


def test_a_start_after_the_films_end_is_told_beside_its_field(tmp_path: Path) -> None:
    queue = Queue(tmp_path / "jobs", sessions=tmp_path, workers=1, model=None, on_session=lambda: None)
    job = queue.folder.new()
    look = {"facts": {"duration_s": 12.0}, "view": {"sure": True}}
    with queue._news:
        queue._put(Job(job, "a.mp4", 4, state="draft", order=0, look=look))
    assert queue.submit(job, {"start": "12"}) == {"start": "the film lasts 12 s; expected a time before its end"}
    assert queue.get(job).state == "draft"
    assert queue.submit(job, {"start": "11"}) == {}


def until(true: Callable[[], bool]) -> None:
    last_s = time.monotonic() + 120
    while not true():
        assert time.monotonic() < last_s
        time.sleep(0.05)


def ask_twice(line: Line, question: str) -> None:
    line.tell("heard", [line.ask(question), line.ask(question)])


def test_a_process_asks_and_waits_for_its_answer() -> None:
    worker = Worker(ask_twice, "how fast?", threads=1)
    told: list[Any] = []
    for kind, content in worker:
        told.append((kind, content))
        if kind == "ask":
            worker.answer(240.0 if len(told) == 1 else None)
    assert told == [("ask", "how fast?"), ("ask", "how fast?"), ("heard", [240.0, None])]


def test_the_strip_shows_the_film_evenly(tmp_path: Path) -> None:
    film = tmp_path / "film"
    film.write_bytes(CLIP.read_bytes())
    told = write_strip(film)
    assert told["pictures"] == 24
    assert told["every_s"] == pytest.approx(8 / 24, abs=0.01)
    assert (tmp_path / STRIP).stat().st_size > 10_000
