"""The library: the folder is the truth, whoever wrote it, and nothing is lost that was not meant to be."""

from __future__ import annotations

import asyncio
import errno
import io
import json
import shutil
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest

from gaitlab import open_session
from gaitlab.apps.serve.handlers.sessions import _sent
from gaitlab.apps.serve.library.entry import Entry, id_of, plain, read_entry
from gaitlab.apps.serve.library.index import Library
from gaitlab.core.errors import OutputError
from tests.apps.serve.server import Server, library_of
from tests.browser import EVIL
from tests.report.make import make_session, usual_summary


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("library") / "reports"
    library_of(folder, 50, video=True, warnings=["the belt is <b>steep</b>"])
    with Server(folder) as started:
        yield started


def page(server: Server, path: str = "/library") -> str:
    return server.get(path)[1].decode()


def test_fifty_sessions_are_there_within_a_second(server: Server) -> None:
    took_s = []
    for _ in range(3):
        began_s = time.monotonic()
        status, body = server.get("/library")
        took_s.append(time.monotonic() - began_s)
        assert status == 200
    assert body.decode().count('class="session"') == 50
    assert min(took_s) <= 1.0
    assert "the belt is &lt;b&gt;steep&lt;/b&gt;" in body.decode()


def test_search_finds_words_in_any_order(server: Server) -> None:
    assert page(server, "/library?q=ADA%20session%2049").count('class="session"') == 1
    assert "0 of 50 sessions" in page(server, "/library?q=%3Cscript%3E")


def test_search_tells_shoe_a_from_shoe_b_and_needs_no_accents() -> None:
    shoes = [Entry("0", "side-shoe-a", athlete="Åse Daza", label=f"shoe {shoe}") for shoe in "AB"]
    found = [
        [entry.label for entry in shoes if entry.matches(plain(words).split())] for words in ("Shoe B", "ase", "z")
    ]
    assert found == [["shoe B"], ["shoe A", "shoe B"], []]


def test_a_number_of_one_leg_says_of_which(tmp_path: Path) -> None:
    rows = [row for row in usual_summary() if row.metric != "contact_time" or row.side == "right"]
    make_session(tmp_path / "session", summary=rows)
    spoken = dict(read_entry(tmp_path / "session", "session").headlines)
    assert spoken["Contact time"].startswith("right ")
    assert " / " in spoken["Overstride"]
    assert spoken["Cadence"][0].isdigit()


def test_a_session_of_the_terminal_appears_and_one_that_goes_vanishes(server: Server) -> None:
    late = server.folder / "late"
    shutil.copytree(server.folder / "session-001", late)
    server.until(lambda: "51 of 51" in page(server))
    shutil.rmtree(late)
    server.until(lambda: "50 of 50" in page(server))


def test_rename_changes_description_and_page(server: Server) -> None:
    place = server.folder / "session-002"
    status, _ = server.say("POST", f"/sessions/{id_of('session-002')}", {"athlete": EVIL, "label": "shoe B"})
    assert status == 200
    session = open_session(place)
    assert (session.info["athlete"], session.info["label"]) == (EVIL, "shoe B")
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in session.report.read_text()
    assert EVIL not in page(server)
    assert "shoe B" in page(server)
    status, told = server.say("POST", f"/sessions/{id_of('session-002')}", {"athlete": "a\u202eb"})
    assert status == 409
    assert "nothing to read" in told["error"]


def test_what_is_deleted_comes_back(server: Server) -> None:
    place = server.folder / "session-003"
    before = sorted(path.name for path in place.iterdir())
    status, told = server.say("DELETE", f"/sessions/{id_of('session-003')}")
    assert status == 200
    assert not place.exists()
    assert "49 of 49" in page(server)
    assert server.say("POST", f"/bin/{told['key']}")[0] == 200
    assert sorted(path.name for path in place.iterdir()) == before
    assert "50 of 50" in page(server)
    assert server.say("POST", f"/bin/{told['key']}")[0] == 409


def test_what_is_handed_over(server: Server) -> None:
    session = id_of("session-004")
    numbers = pd.read_csv(io.BytesIO(server.get(f"/sessions/{session}/export/numbers")[1]))
    assert "cadence" in set(numbers["metric"])
    frames = pd.read_parquet(io.BytesIO(server.get(f"/sessions/{session}/export/parquet")[1]))
    assert len(frames) == len(pd.read_csv(io.BytesIO(server.get(f"/sessions/{session}/export/csv")[1])))
    assert b"has no report.html to print" in server.get(f"/sessions/{session}/export/pdf")[1]
    (server.folder / "session-004" / "report.html").write_text("<h1>a report</h1>")
    assert server.get(f"/sessions/{session}/export/pdf")[1].startswith(b"%PDF")
    archive = zipfile.ZipFile(io.BytesIO(server.get(f"/sessions/{session}/export/zip")[1]))
    assert {"session-004/session.json", "session-004/annotated.mp4"} <= set(archive.namelist())
    assert archive.read("session-004/summary.csv") == (server.folder / "session-004" / "summary.csv").read_bytes()
    table = pd.read_parquet(io.BytesIO(server.get("/export/sessions.parquet")[1]))
    assert set(table["session"]) == {f"session-{number:03d}" for number in range(50)}
    assert server.get(f"/sessions/{session}/export/exe")[0] == 409
    assert [path.name for path in (server.folder / ".gaitlab-serve").glob("handover-*")] == []


def test_a_full_disk_is_told_of_what_is_handed_over(tmp_path: Path) -> None:
    def write(into: Path) -> tuple[Path, str]:
        raise OSError(errno.ENOSPC, "No space left on device")

    state: Any = SimpleNamespace(options=SimpleNamespace(own=tmp_path))
    with pytest.raises(OutputError, match="No space left on device; is the disk full"):
        asyncio.run(_sent(state, write))
    assert list(tmp_path.iterdir()) == []


def test_the_season_of_an_athlete(server: Server) -> None:
    content = json.loads(server.get("/trend?name=Ada&view=side")[1])
    titles = [chart["title"] for chart in content["charts"]]
    assert any(title.startswith("Cadence") for title in titles)
    assert all(chart["verdict"] for chart in content["charts"])
    assert "takes 3 sessions" in json.loads(server.get("/trend?name=Nobody&view=side")[1])["reason"]


def test_a_season_is_made_a_page(server: Server) -> None:
    assert 'href="/season?name=Ada"' in page(server, "/athlete?name=Ada")
    status, _, headers = server.ask("GET", "/season?name=Ada")
    assert status == 303
    body = server.get(headers["location"])[1].decode()
    assert "Every session" in body
    assert server.get("/season?name=Nobody")[0] == 409


def test_two_sessions_are_compared_and_views_are_not_mixed(server: Server) -> None:
    first, second = id_of("session-005"), id_of("session-006")
    status, _, headers = server.ask("GET", f"/compare?s={second}&s={first}")
    assert status == 303
    status, body, sandbox = server.ask("GET", headers["location"])
    assert status == 200
    assert b'id="differences"' in body
    assert sandbox["content-security-policy"].startswith("sandbox ")
    assert server.get(f"/compare?s={first}")[0] == 409
    assert server.get(f"/compare?s={first}&s=0")[0] == 404


def test_a_damaged_session_is_told(server: Server) -> None:
    broken = server.folder / "broken"
    shutil.copytree(server.folder / "session-001", broken)
    (broken / "summary.csv").write_text("metric\n")
    server.until(lambda: "is damaged" in page(server))
    shutil.rmtree(broken)


def test_the_cache_may_be_deleted_damaged_or_old(tmp_path: Path) -> None:
    library_of(tmp_path / "reports", 2)
    cache = tmp_path / "index.sqlite"
    for damage in (None, b"", b"no database" * 500):
        if damage is not None:
            cache.write_bytes(damage)
        library = Library(tmp_path / "reports", cache)
        assert [entry.label for entry in library.entries()] == ["session 1", "session 0"]
        library.close()
    again = Library(tmp_path / "reports", cache)
    assert len(again._known()) == 2  # of the file, not of the folder
    again.close()
