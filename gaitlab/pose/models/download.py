"""Download of a file over https: resumable, limited in size and time, verified before it is put in place."""

from __future__ import annotations

import hashlib
import http.client
import os
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any

from gaitlab.core.errors import ModelError
from gaitlab.pose.models.catalogue import ModelFile, Wheel
from gaitlab.pose.models.checksums import checksum_problem

# progress(file name, bytes so far, total bytes or None if unknown)
Progress = Callable[[str, int, int | None], None]
LIMIT_S = 3600.0
_PIECE = 1 << 16
_ATTEMPTS = 4  # per source, as long as each makes progress
_LARGEST_BYTES = 300_000_000  # limit for a file of unknown size


class SourceError(Exception):
    """Failure of one source; another may work."""


def fetch(
    file: ModelFile,
    target: Path,
    *,
    progress: Progress | None = None,
    timeout_s: float = 30.0,
    limit_s: float = LIMIT_S,
) -> None:
    """Download a file from the first of its sources that provides it complete and with the right checksum.

    Parameters
    ----------
    file : ModelFile
        file to download; its SHA-256 must be known.
    target : Path
        path to write.
    progress : Progress | None, optional
        called as ``progress(file name, bytes so far, total bytes or None)``.
    timeout_s : float, optional
        longest time without data from a server, s.
    limit_s : float, optional
        longest total time, s.

    Raises
    ------
    ModelError
        if no source works; gives the reason for each.
    """
    if not file.sha256:
        raise ModelError(f"'{file.name}' has no SHA-256 to check it against, so it is not fetched")
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(target.name + ".part")
    report = progress or (lambda name, done, total: None)
    until_s = time.monotonic() + limit_s
    failed: list[str] = []
    sources: list[str | Wheel] = [*file.sources, *([file.wheel] if file.wheel else [])]
    for source in sources:
        try:
            if isinstance(source, Wheel):
                _take_from_wheel(source, part, until_s=until_s)
            else:
                _download(source, part, file, report, timeout_s=timeout_s, until_s=until_s)
            _check(part, file)
        except SourceError as error:
            where = source.requirement if isinstance(source, Wheel) else source
            failed.append(f"{where}: {error}")
            continue
        os.replace(part, target)
        return
    raise ModelError(
        f"'{file.name}' could not be fetched ({'; '.join(failed) or 'it has no public source'}); "
        f"try again later, or put the file at '{target}' yourself"
    )


def _check(part: Path, file: ModelFile) -> None:
    problem = checksum_problem(part, file)
    if problem:
        part.unlink()  # a file with wrong content must not be resumed
        raise SourceError(f"not the file that was asked for: {problem}")


def _download(url: str, part: Path, file: ModelFile, report: Progress, *, timeout_s: float, until_s: float) -> None:
    """Download to ``part``, resuming interrupted attempts as long as each makes progress."""
    _must_be_https(url)
    if part.exists() and part.stat().st_size > _most_bytes(file):
        part.unlink()
    reason = "the server does not give the rest of the file"
    for attempt in range(_ATTEMPTS):
        if time.monotonic() >= until_s:
            raise SourceError("it took too long, the server is too slow")
        before = part.stat().st_size if part.exists() else 0
        try:
            if _download_on(url, part, file, report, timeout_s=timeout_s, until_s=until_s):
                return
            reason = "the connection closed before the end"
        except urllib.error.HTTPError as error:
            if error.code == 416 and before:  # the partial file is complete or too long
                if not checksum_problem(part, file):
                    return
                part.unlink()
                continue
            raise SourceError(f"the server answered {error.code} {error.reason[:60]}") from error
        except (OSError, http.client.HTTPException, ValueError) as error:
            reason = str(error) or type(error).__name__
        after = part.stat().st_size if part.exists() else 0
        if after <= before and attempt:
            break
    raise SourceError(reason)


def _download_on(url: str, part: Path, file: ModelFile, report: Progress, *, timeout_s: float, until_s: float) -> bool:
    """Make one attempt; return whether the file is complete."""
    have = part.stat().st_size if part.exists() else 0
    request = urllib.request.Request(url, headers={"User-Agent": "gaitlab"})
    if have:
        request.add_header("Range", f"bytes={have}-")
    with _opener(until_s) as opener, opener.open(request, timeout=timeout_s) as response:
        begins = f"bytes {have}-"
        goes_on = response.status == 206 and str(response.headers.get("Content-Range", "")).startswith(begins)
        if not goes_on:
            have = 0
        length = response.headers.get("Content-Length")
        total = have + int(length) if length is not None else file.bytes
        _must_be_small(total or 0, part, file)
        with part.open("ab" if goes_on else "wb") as out:
            # read1, because read waits for a whole block even from a slow server.
            while piece := response.read1(_PIECE):
                have += len(piece)
                _must_be_small(have, part, file)
                out.write(piece)
                report(file.name, have, total)
    return total is None or have >= total


def _most_bytes(file: ModelFile) -> int:
    return file.bytes if file.bytes is not None else _LARGEST_BYTES


def _must_be_small(size: int, part: Path, file: ModelFile) -> None:
    if size > _most_bytes(file):
        part.unlink(missing_ok=True)
        raise SourceError(f"not the file that was asked for: it has {size} bytes or more, not {_most_bytes(file)}")


def _must_be_https(url: str) -> None:
    if not url.lower().startswith("https://"):
        raise SourceError(f"it leads to '{url[:200]}', but only https is fetched from")


class _Redirects(urllib.request.HTTPRedirectHandler):
    """Handler that follows redirects to https only."""

    def redirect_request(self, req: Any, fp: Any, code: int, msg: str, headers: Any, newurl: str) -> Any:
        _must_be_https(newurl)
        return super().redirect_request(req, fp, code, msg, headers, newurl)


class _Connection(http.client.HTTPSConnection):
    """A connection that exposes its socket, so that it can be closed by a timer."""

    def __init__(self, *arguments: Any, opened: Callable[[socket.socket], None], **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._opened = opened

    def connect(self) -> None:
        super().connect()
        self._opened(self.sock)


class _Https(urllib.request.HTTPSHandler):
    """Handler for https only."""

    def __init__(self, opened: Callable[[socket.socket], None]) -> None:
        super().__init__()
        self._opened = opened

    def https_open(self, req: urllib.request.Request) -> Any:
        connection: Any = partial(_Connection, opened=self._opened)
        return self.do_open(connection, req, context=ssl.create_default_context())


@contextmanager
def _opener(until_s: float) -> Iterator[urllib.request.OpenerDirector]:
    """Context manager for an opener of https URLs whose connections are closed when the time limit is reached."""
    sockets: list[socket.socket] = []

    def cut() -> None:
        for one in sockets:
            with suppress(OSError):  # already closed
                socket.socket.shutdown(one, socket.SHUT_RDWR)

    def opened(one: socket.socket) -> None:
        sockets.append(one)
        if time.monotonic() >= until_s:
            cut()

    opener = urllib.request.OpenerDirector()
    for handler in (
        urllib.request.ProxyHandler(), _Https(opened), _Redirects(), urllib.request.HTTPErrorProcessor(),
        urllib.request.HTTPDefaultErrorHandler(), urllib.request.UnknownHandler(),
    ):  # fmt: skip
        opener.add_handler(handler)
    timer = threading.Timer(max(until_s - time.monotonic(), 0.0), cut)
    timer.daemon = True
    timer.start()
    try:
        yield opener
    finally:
        timer.cancel()


def _take_from_wheel(wheel: Wheel, part: Path, *, until_s: float) -> None:
    """Download a wheel with pip, as configured on this machine, and extract one member."""
    with tempfile.TemporaryDirectory(dir=part.parent) as folder:
        version = wheel.python.replace(".", "")
        command = [
            sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps",
            "--only-binary=:all:", f"--platform={wheel.platform}", f"--python-version={wheel.python}",
            "--implementation=cp", f"--abi=cp{version}", f"--dest={folder}", wheel.requirement,
        ]  # fmt: skip
        left_s = max(until_s - time.monotonic(), 0.0)
        try:
            result = subprocess.run(command, capture_output=True, text=True, check=False, timeout=left_s)
        except subprocess.TimeoutExpired as error:
            raise SourceError("pip took too long") from error
        files = list(Path(folder).glob("*.whl"))
        if result.returncode or len(files) != 1:
            said = [line for line in result.stderr.splitlines() if line.strip()]
            raise SourceError(f"pip could not download it: {said[-1] if said else 'it gave no reason'}")
        with files[0].open("rb") as content:
            if hashlib.file_digest(content, "sha256").hexdigest() != wheel.sha256:
                raise SourceError("pip's package is not the one that was checked")
        try:
            with zipfile.ZipFile(files[0]) as archive:
                part.write_bytes(archive.read(wheel.member))
        except (zipfile.BadZipFile, KeyError) as error:
            raise SourceError(f"the package has no {wheel.member}") from error
