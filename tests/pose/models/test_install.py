"""Installation over https from a server of our own that truncates, stalls, drips, redirects and lies."""

from __future__ import annotations

import hashlib
import ssl
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from gaitlab.core.errors import ModelError
from gaitlab.core.skeleton import SKELETONS
from gaitlab.pose.models import catalogue, install
from gaitlab.pose.models.catalogue import Form, Model, ModelFile
from gaitlab.pose.models.download import fetch
from gaitlab.pose.networks.estimator import load_estimator

CONTENT = bytes(range(256)) * 2000  # 512 000 bytes
SUM = hashlib.sha256(CONTENT).hexdigest()
CERTIFICATE = Path(__file__).with_name("loopback.pem")


class Server(ThreadingHTTPServer):
    """Serves CONTENT in the way the path names, and remembers what was asked."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked: list[tuple[str, str | None]] = []
        self.ended = threading.Event()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(CERTIFICATE)
        self.socket = context.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)

    def url(self, path: str) -> str:
        return f"https://127.0.0.1:{self.server_address[1]}/{path}"

    def handle_error(self, *_: object) -> None:
        """Say nothing: clients that hang up are what is tested."""


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
        elif kind.startswith("to-"):
            self.send_response(302)
            self.send_header("Location", f"{kind[3:]}://127.0.0.1:{self.server.server_address[1]}/good")
            self.end_headers()
        elif kind == "endless":  # and does not say how much comes
            self.send_response(200)
            self.end_headers()
            while not self.server.ended.is_set():
                self.wfile.write(CONTENT)
        elif kind == "drips":
            self._head(200, len(CONTENT))
            self._drip(CONTENT)
        elif kind == "drips-heads":
            self.wfile.write(b"HTTP/1.0 200 OK\r\nX: ")
            self._drip(b"x" * 10_000)
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

    def _drip(self, content: bytes) -> None:
        for byte in content:
            if self.server.ended.wait(0.02):
                return
            self.wfile.write(bytes([byte]))

    def _send(self, code: int, body: bytes, length: int, start: int = 0) -> None:
        self._head(code, length, start)
        self.wfile.write(body)
        self.wfile.flush()

    def _head(self, code: int, length: int, start: int = 0) -> None:
        self.send_response(code)
        self.send_header("Content-Length", str(length))
        if code == 206:
            self.send_header("Content-Range", f"bytes {start}-{len(CONTENT) - 1}/{len(CONTENT)}")
        self.end_headers()


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))  # whom the downloads trust
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with Server() as running:
        threading.Thread(target=running.serve_forever, args=(0.01,), daemon=True).start()
        yield running
        running.ended.set()
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


def refused(url: str, tmp_path: Path, *, limit_s: float = 5.0) -> str:
    """Fetch what must not arrive; return why, after checking that nothing of it is left in place."""
    began = time.monotonic()
    with pytest.raises(ModelError) as error:
        fetch(wanted(url), tmp_path / "net.bin", limit_s=limit_s)
    assert time.monotonic() - began < limit_s + 10.0
    assert not (tmp_path / "net.bin").exists()
    return str(error.value)


@pytest.mark.parametrize("scheme", ["http", "ftp", "file"])
def test_only_https_is_fetched_from_also_behind_a_redirect(server: Server, tmp_path: Path, scheme: str) -> None:
    assert f"it leads to '{scheme}://" in refused(server.url("good").replace("https", scheme), tmp_path)
    assert not server.asked
    said = refused(server.url(f"to-{scheme}"), tmp_path)
    assert f"it leads to '{scheme}://" in said or (scheme == "file" and "302" in said)  # that one Python refuses itself
    assert server.asked == [(f"to-{scheme}", None)]


def test_a_server_that_nobody_vouches_for_gives_nothing(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    assert "certificate verify failed" in refused(server.url("good"), tmp_path)
    assert not server.asked


def test_a_server_that_sends_without_end_is_stopped_at_the_size(server: Server, tmp_path: Path) -> None:
    assert "or more, not 512000" in refused(server.url("endless"), tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_server_that_announces_too_much_is_not_listened_to(server: Server, tmp_path: Path) -> None:
    small = ModelFile("net.bin", bytes=1000, sha256=SUM, sources=(server.url("good"),))
    with pytest.raises(ModelError, match="it has 512000 bytes or more, not 1000"):
        fetch(small, tmp_path / "net.bin")


@pytest.mark.parametrize("kind", ["drips", "drips-heads"])
def test_a_server_that_drips_is_left_when_the_time_is_over(server: Server, tmp_path: Path, kind: str) -> None:
    assert "it took too long" in refused(server.url(kind), tmp_path, limit_s=0.5)


def test_nothing_is_fetched_that_no_sum_tells_from_a_wrong_one(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = ModelFile("net.bin", sources=(server.url("good"),))
    with pytest.raises(ModelError, match="has no SHA-256"):
        fetch(file, tmp_path / "net.bin")
    unknown = replace(model(server.url("good")), forms=(Form("onnx", (file,)),))
    monkeypatch.setattr(catalogue, "catalogue", lambda: {"test-net": unknown})
    (status,) = install.list_models(models_dir=tmp_path)
    assert (status.downloadable, status.needs_sum) == (False, True)
    with pytest.raises(ModelError, match=r"nobody published the SHA-256 of net\.bin.*install test-net --sha256 SUM"):
        install.install("test-net", models_dir=tmp_path)
    with pytest.raises(ModelError, match="64 hexadecimal digits"):
        install.install("test-net", models_dir=tmp_path, sha256="1234")
    assert not server.asked
    with pytest.raises(ModelError, match="its sha256 is"):
        install.install("test-net", models_dir=tmp_path, sha256="0" * 64)
    (path,) = install.install("test-net", models_dir=tmp_path, sha256=SUM.upper())
    (checked,) = install.verify("test-net", models_dir=tmp_path)
    assert (checked.problem, checked.has_sum) == ("", True)
    server.asked.clear()
    with pytest.raises(ModelError, match="its sha256 is"):  # a file that is there must be the one that was named, too
        install.install("test-net", models_dir=tmp_path, sha256="0" * 64)
    path.with_name("net.bin.sha256").unlink()
    install.install("test-net", models_dir=tmp_path, sha256=SUM)
    assert path.with_name("net.bin.sha256").read_text() == f"{SUM}  net.bin\n"
    path.write_bytes(b"another")
    assert "sha256" in install.verify("test-net", models_dir=tmp_path)[0].problem


def test_what_lies_at_no_https_address_is_fetched_by_hand(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"download .* from http://.* and put it into .*checked against its SHA-256"):
        install.plan("openpose-body25", folder=tmp_path)


def test_a_network_that_ships_is_here_and_one_that_is_damaged_is_not_said_to_be(tmp_path: Path) -> None:
    shipped = catalogue.resource_folder("models") / "runner.onnx"
    assert install.install("runner") == [shipped]
    (tmp_path / "runner.onnx").write_bytes(b"x")
    with pytest.raises(ModelError, match="no public source"):
        install.install("runner", models_dir=tmp_path)


def test_an_installed_network_that_changed_is_not_loaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    content = (catalogue.resource_folder("models") / "runner.onnx").read_bytes()
    path = tmp_path / "runner.onnx"
    path.write_bytes(content)
    load_estimator("runner", models_dir=tmp_path)
    monkeypatch.setattr(hashlib, "file_digest", lambda *_: pytest.fail("it was read again"))
    load_estimator("runner", models_dir=tmp_path)
    monkeypatch.undo()
    path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    with pytest.raises(
        ModelError, match=r"runner\.onnx' is not the pose network 'runner' that is known: its sha256 is"
    ):
        load_estimator("runner", models_dir=tmp_path)


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
    assert [c.problem for c in install.verify("test-net", models_dir=tmp_path)] == [""]
    path.write_bytes(CONTENT[:-1] + b"!")
    assert "sha256" in install.verify("test-net", models_dir=tmp_path)[0].problem
    install.install("test-net", models_dir=tmp_path)
    assert path.read_bytes() == CONTENT


def test_a_published_md5_is_enough(tmp_path: Path) -> None:
    from gaitlab.pose.models.checksums import checksum_problem

    path = tmp_path / "net.bin"
    path.write_bytes(CONTENT)
    file = ModelFile("net.bin", md5=hashlib.md5(CONTENT).hexdigest())
    assert checksum_problem(path, file) == ""
    path.write_bytes(CONTENT[1:])
    assert checksum_problem(path, file).startswith("its md5 is")
