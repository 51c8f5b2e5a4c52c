"""Who may ask for what: the real server over HTTP, with requests that no page of it would send."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from gaitlab.apps.serve.options import Options
from gaitlab.apps.serve.run import serve
from gaitlab.core.errors import GaitlabError, InputError
from gaitlab.io.video.reader import open_video
from tests.apps.serve.server import Server, library_of

NAMES = [
    "../../etc/passwd", "..\\..\\boot.ini", "C:\\films\\run.mp4", "CON.mp4", "a:b.mp4", "x" * 400 + ".mp4", "", ".",
    "\x00", "<img src=x onerror=alert(1)>.mp4",
]  # fmt: skip


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("safe") / "reports"
    library_of(folder, 1)
    (folder / "session-000" / "report.html").write_text("<h1>report</h1>")
    (folder / "session-000" / "clip.mp4").write_bytes(b"0123456789")
    with Server(folder, "--limit", "0.001") as started:
        yield started


def session_of(server: Server) -> str:
    from gaitlab.apps.serve.library.entry import id_of

    return id_of("session-000")


def test_another_name_of_the_machine_is_refused(server: Server) -> None:
    for name in ("evil.example", f"evil.example:{server.port}", "127.0.0.1", ""):
        status = server.ask("GET", "/", Host=name or " ")[0]
        assert status in (400, 421), name


@pytest.mark.parametrize(
    ("origin", "token"),
    [("http://evil.example", None), ("null", None), ("", None), (None, ""), (None, "wrong"), ("https://{host}", None)],
)
def test_nothing_is_changed_for_others(server: Server, origin: str | None, token: str | None) -> None:
    headers = {} if origin is None else {"Origin": origin.format(host=server.host)}
    headers |= {} if token is None else {"X_Gaitlab_Token": token}
    for method, path in (("DELETE", f"/sessions/{session_of(server)}"), ("PUT", "/films"), ("POST", "/bin/0")):
        assert server.ask(method, path, b"{}", **headers)[0] == 403
    assert (server.folder / "session-000" / "session.json").is_file()


def test_a_request_that_the_browser_calls_foreign_is_refused(server: Server) -> None:
    assert server.ask("DELETE", f"/sessions/{session_of(server)}", Sec_Fetch_Site="cross-site")[0] == 403


def of_others(server: Server) -> set[Path]:
    """Return all that lies around the server's own folder."""
    return {path for path in server.folder.parent.rglob("*") if ".gaitlab-serve" not in path.parts}


def test_a_name_is_never_a_path(server: Server) -> None:
    before = of_others(server)
    for name in NAMES:
        job = server.upload(b"no film at all", name)
        (film,) = [one for one in (server.folder / ".gaitlab-serve" / "jobs" / job).iterdir() if one.suffix != ".json"]
        assert film.name == "film"
        assert "<img src=x" not in server.card(job)
        assert server.say("DELETE", f"/films/{job}")[0] == 200
        assert not film.parent.exists()
    assert of_others(server) == before


def test_a_text_file_named_mp4_says_what_the_terminal_says(server: Server, tmp_path: Path) -> None:
    text = tmp_path / "notes.mp4"
    text.write_text("milk, eggs, bread")
    with pytest.raises(InputError, match="is not a video") as told, open_video(text):
        pass
    job = server.upload(text.read_bytes(), "notes.mp4")
    assert server.until_state(job, "failed", "draft") == "failed"
    saved = json.loads((server.folder / ".gaitlab-serve" / "jobs" / job / "job.json").read_text())
    assert saved["message"] == str(told.value).replace(str(text), "notes.mp4")
    assert server.say("POST", f"/films/{job}")[0] == 409
    assert server.say("DELETE", f"/films/{job}")[0] == 200


def test_what_is_too_large_is_refused_before_and_while_it_comes(server: Server) -> None:
    status, body, _ = server.ask("PUT", "/films", bytes(1_100_000))
    assert status == 413
    assert "more than the 1.0 MB" in json.loads(body)["error"]
    assert list((server.folder / ".gaitlab-serve").glob("jobs/*")) == []


def test_an_empty_film_is_refused(server: Server) -> None:
    status, body, _ = server.ask("PUT", "/films", b"")
    assert status == 400
    assert "is empty" in json.loads(body)["error"]


def test_every_answer_has_the_policy(server: Server) -> None:
    for path in ("/", "/library", "/static/home.js", "/nothing", "/films"):
        _, _, headers = server.ask("GET", path)
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert headers["x-content-type-options"] == "nosniff"


def test_a_report_is_in_a_sandbox_and_only_its_files_are_given(server: Server) -> None:
    page = server.get("/library")[1].decode()
    start = page.index("/open/")
    address = page[start : page.index('"', start)]
    status, body, headers = server.ask("GET", address)
    assert (status, body) == (200, b"<h1>report</h1>")
    assert headers["content-security-policy"].startswith("sandbox allow-scripts ")
    assert "allow-same-origin" not in headers["content-security-policy"]
    clip = address.replace("report.html", "clip.mp4")
    assert server.ask("GET", clip, Range="bytes=2-4")[:2] == (206, b"234")
    for name in ("session.json", "..%2Fsession.json", ".rear/../session.json", "%2e%2e/x", "keypoints.npz"):
        assert server.get(address.replace("report.html", name))[0] == 404, name
    secret = address.split("/")[2]
    assert server.get(address.replace(secret, "guess"))[0] == 404


def test_what_is_not_there_is_told(server: Server) -> None:
    for method, path in (("GET", "/films/0"), ("DELETE", "/films/../x"), ("DELETE", "/sessions/0"), ("POST", "/bin/0")):
        status, content = server.say(method, path)
        assert status in (404, 409)
        assert content


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"workers": 0}, "workers takes 1 to"),
        ({"workers": 9999}, "workers takes 1 to"),
        ({"model": "nonsense"}, "unknown pose network 'nonsense'"),
        ({"camera": Path("nonsense")}, "there is no file 'nonsense'"),
        ({"profile": Path("nonsense")}, "cannot read the shop profile 'nonsense'"),
        ({"port": 99999}, "expected 0 to 65535"),
    ],
)
def test_an_option_that_cannot_be_met_is_told_at_the_start(tmp_path: Path, wrong: dict[str, Any], said: str) -> None:
    with pytest.raises(GaitlabError, match=said):
        serve(Options(tmp_path / "reports", **wrong))


def test_a_folder_has_one_server(server: Server) -> None:
    import subprocess
    import sys

    again = [sys.executable, "-m", "gaitlab", "serve", str(server.folder), "--port", "0", "--no-browser"]
    done = subprocess.run(again, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "another `gaitlab serve` has the folder" in done.stderr
    port = [
        sys.executable,
        "-m",
        "gaitlab",
        "serve",
        str(server.folder) + "2",
        "--port",
        str(server.port),
        "--no-browser",
    ]
    done = subprocess.run(port, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert f"cannot listen on port {server.port}" in done.stderr
    assert not Path(f"{server.folder}2").joinpath("report.html").exists()
