"""Installation against a server of our own that truncates, stalls, redirects, lies and has lost the file."""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from gaitlab.core.skeleton import SKELETONS
from gaitlab.errors import ModelError
from gaitlab.pose import catalogue, install
from gaitlab.pose.catalogue import Form, Model, ModelFile
from gaitlab.pose.download import fetch

CONTENT = bytes(range(256)) * 2000  # 512 000 bytes
SUM = hashlib.sha256(CONTENT).hexdigest()


class Server(ThreadingHTTPServer):
    """Serves CONTENT in the way the path names, and remembers what was asked."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked: list[tuple[str, str | None]] = []

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/{path}"


class Handler(BaseHTTPRequestHandler):
    server: Server

    def log_message(self, *_: object) -> None:
        pass

    def do_GET(self) -> None:
        kind, wanted = self.path.strip("/"), self.headers.get("Range")
        self.server.asked.append((kind, wanted))
        start = int(wanted.removeprefix("bytes=").rstrip("-")) if wanted else 0
        if kind == "gone":
            self.send_error(404)
        elif kind == "moved":
            self.send_response(302)
            self.send_header("Location", "/good")
            self.end_headers()
        elif kind == "no-ranges":
            self._send(200, CONTENT, len(CONTENT))
        elif kind == "other":
            self._send(200, b"<html>please sign in</html>", 27)
        elif kind == "cut":  # a third at a time
            end = min(start + len(CONTENT) // 3 + 1, len(CONTENT))
            self._send(206 if wanted else 200, CONTENT[start:end], len(CONTENT) - start, start)
        elif kind == "silent":
            self._send(200, CONTENT[:100], len(CONTENT))
            time.sleep(1.5)
        elif wanted and start >= len(CONTENT):
            self.send_error(416)
        else:
            self._send(206 if wanted else 200, CONTENT[start:], len(CONTENT) - start, start)

    def _send(self, code: int, body: bytes, length: int, start: int = 0) -> None:
        self.send_response(code)
        self.send_header("Content-Length", str(length))
        if code == 206:
            self.send_header("Content-Range", f"bytes {start}-{len(CONTENT) - 1}/{len(CONTENT)}")
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as running:
        threading.Thread(target=running.serve_forever, args=(0.01,), daemon=True).start()
        yield running
        running.shutdown()


def wanted(*urls: str) -> ModelFile:
    return ModelFile("net.bin", bytes=len(CONTENT), sha256=SUM, sources=urls)


def test_a_download_arrives_with_progress(server: Server, tmp_path: Path) -> None:
    seen: list[tuple[str, int, int | None]] = []
    fetch(wanted(server.url("good")), tmp_path / "net.bin", progress=lambda *a: seen.append(a))
    assert (tmp_path / "net.bin").read_bytes() == CONTENT
    assert seen[-1] == ("net.bin", len(CONTENT), len(CONTENT))
    assert [p.name for p in tmp_path.iterdir()] == ["net.bin"]


def test_a_broken_connection_is_resumed_where_it_broke(server: Server, tmp_path: Path) -> None:
    fetch(wanted(server.url("cut")), tmp_path / "net.bin")
    assert (tmp_path / "net.bin").read_bytes() == CONTENT
    third = len(CONTENT) // 3 + 1
    assert [r for _, r in server.asked] == [None, f"bytes={third}-", f"bytes={2 * third}-"]


def test_yesterdays_part_is_gone_on_with(server: Server, tmp_path: Path) -> None:
    (tmp_path / "net.bin.part").write_bytes(CONTENT[:1000])
    fetch(wanted(server.url("good")), tmp_path / "net.bin")
    assert (tmp_path / "net.bin").read_bytes() == CONTENT
    assert server.asked == [("good", "bytes=1000-")]


def test_a_server_without_ranges_starts_again(server: Server, tmp_path: Path) -> None:
    (tmp_path / "net.bin.part").write_bytes(b"x" * 1000)
    fetch(wanted(server.url("no-ranges")), tmp_path / "net.bin")
    assert (tmp_path / "net.bin").read_bytes() == CONTENT


def test_a_whole_part_is_not_asked_for_again(server: Server, tmp_path: Path) -> None:
    (tmp_path / "net.bin.part").write_bytes(CONTENT)
    fetch(wanted(server.url("good")), tmp_path / "net.bin")
    assert (tmp_path / "net.bin").read_bytes() == CONTENT


@pytest.mark.parametrize("bad", ["gone", "other", "silent"])
def test_the_next_source_is_tried(server: Server, tmp_path: Path, bad: str) -> None:
    fetch(wanted(server.url(bad), server.url("moved")), tmp_path / "net.bin", timeout_s=0.3)
    assert (tmp_path / "net.bin").read_bytes() == CONTENT


def test_failure_leaves_nothing_in_place_and_says_why(server: Server, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"404.*27 bytes, not 512000.*put the file at"):
        fetch(wanted(server.url("gone"), server.url("other")), tmp_path / "net.bin")
    assert not (tmp_path / "net.bin").exists()


def model(url: str, *, commercial: bool = True) -> Model:
    return Model(
        "test-net", "a test", SKELETONS["coco_18"], "openpose", "for research only", commercial,
        (Form("onnx", (wanted(url),)),),
    )  # fmt: skip


def test_a_licence_must_be_accepted(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalogue, "catalogue", lambda: {"test-net": model(server.url("good"), commercial=False)})
    with pytest.raises(ModelError, match=r"for research only.*--accept-licence"):
        install.install("test-net", models_dir=tmp_path)
    assert not server.asked
    paths = install.install("test-net", models_dir=tmp_path, accept_licence=True)
    assert paths == [tmp_path / "test-net" / "net.bin"]
    server.asked.clear()
    install.install("test-net", models_dir=tmp_path)  # whole: nothing to accept, nothing to fetch
    assert not server.asked


def test_a_damaged_file_is_found_and_fetched_again(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catalogue, "catalogue", lambda: {"test-net": model(server.url("good"))})
    (path,) = install.install("test-net", models_dir=tmp_path)
    assert [c.trouble for c in install.verify("test-net", models_dir=tmp_path)] == [""]
    path.write_bytes(CONTENT[:-1] + b"!")
    assert "sha256" in install.verify("test-net", models_dir=tmp_path)[0].trouble
    install.install("test-net", models_dir=tmp_path)
    assert path.read_bytes() == CONTENT


def test_a_published_md5_is_enough(tmp_path: Path) -> None:
    from gaitlab.pose.download import checksum_trouble

    path = tmp_path / "net.bin"
    path.write_bytes(CONTENT)
    file = ModelFile("net.bin", md5=hashlib.md5(CONTENT).hexdigest())
    assert checksum_trouble(path, file) == ""
    path.write_bytes(CONTENT[1:])
    assert checksum_trouble(path, file).startswith("its md5 is")
