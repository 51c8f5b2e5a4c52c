"""Verification of a network's files by size and checksums, which are cached per file."""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from gaitlab.core.errors import ModelError
from gaitlab.io.files import whole_file
from gaitlab.io.resources import resource_folder
from gaitlab.pose.models.catalogue import InstalledModel, ModelFile

_SUM = re.compile(r"[0-9a-f]{64}")


def read_sum(text: str) -> str:
    """Return a SHA-256 given by the user, normalised; ModelError if it is invalid."""
    word = text.strip().lower()
    if not _SUM.fullmatch(word):
        raise ModelError(f"a SHA-256 has 64 hexadecimal digits, which '{text.strip()[:80]}' has not")
    return word


def checksum_problem(path: Path, file: ModelFile) -> str:
    """Return what is wrong with a file's size or content, or an empty string."""
    size = path.stat().st_size
    if file.bytes is not None and size != file.bytes:
        return f"it has {size} bytes, not {file.bytes}"
    for kind, expected in (("sha256", file.sha256), ("md5", file.md5)):
        if expected and (actual := digest(path, kind)) != expected:
            return f"its {kind} is {actual[:12]}…, not {expected[:12]}…"
    return ""


def digest(path: Path, kind: str) -> str:
    """Return a file's checksum, hexadecimal; a file that did not change since is not read again."""
    state = path.stat()
    return _digest_of(path, kind, state.st_size, state.st_mtime_ns, state.st_ino)


@lru_cache(maxsize=256)
def _digest_of(path: Path, kind: str, *_: int) -> str:
    """Return a file's checksum; size, modification time and inode are keys of the cache."""
    with path.open("rb") as content:
        return hashlib.file_digest(content, kind).hexdigest()


def known_file(path: Path, file: ModelFile) -> ModelFile:
    """Return the entry of a file, with the checksum from its installation if none is published."""
    beside = _beside(path)
    if file.sha256 or not beside.is_file():
        return file
    return replace(file, sha256=read_sum(beside.read_text(encoding="utf-8", errors="replace").partition(" ")[0]))


def remember_sum(path: Path, sha256: str) -> None:
    """Write the checksum of an installed file next to it, in the format of ``sha256sum``."""
    with whole_file(_beside(path), advice="") as partial:
        partial.write_text(f"{sha256}  {path.name}\n", encoding="utf-8")


def _beside(path: Path) -> Path:
    return path.with_name(path.name + ".sha256")


def check_network(found: InstalledModel) -> None:
    """Verify the files of a network.

    Raises
    ------
    ModelError
        if a file is wrong; names the file, the fault and the remedy.
    """
    for part in found.parts:
        check_network(part)
    for path in found.paths:
        problem = checksum_problem(path, known_file(path, file_of(found, path)))
        if problem:
            raise ModelError(
                f"'{path}' is not the pose network '{found.name}' that is known: {problem}; {_what_helps(found, path)}"
            )


def _what_helps(found: InstalledModel, path: Path) -> str:
    if path.is_relative_to(resource_folder("models")):
        return "it came with gaitlab: install that anew"
    if any(form.downloadable for form in found.model.forms):
        return f"delete it and run: gaitlab models install {found.name}"
    return "put the right one in its place"


def file_of(found: InstalledModel, path: Path) -> ModelFile:
    """Return the entry in the catalogue for a file of a network."""
    return next(file for form in found.model.forms for file in form.files if file.name == path.name)
