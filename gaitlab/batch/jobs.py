"""What a batch has to do: a job a video, from names or from the rows of a CSV file."""

from __future__ import annotations

import csv
import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from gaitlab import units
from gaitlab.errors import GaitlabError, InputError, one_of
from gaitlab.text import folder_name, from_cell


@dataclass(frozen=True, slots=True)
class Job:
    """One video and how to analyse it.

    Attributes:
        source: the video or the keypoints, as the user named it.
        options: arguments of `gaitlab.analyze`, without settings and output.
        name: of its session folder, unique in a batch.
        trouble: why it cannot be done, where its row already says so.
    """

    source: str
    options: Mapping[str, Any] = field(default_factory=dict)
    name: str = ""
    trouble: str = ""


def _quantity(kind: units.Quantity) -> Callable[[str], float]:
    return lambda text: units.parse(text, kind)


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError as error:
        raise InputError(f"expected a number, not '{text}'") from error


# Column of the CSV file -> argument of `gaitlab.analyze` and how its text is read.
_COLUMNS: dict[str, tuple[str, Callable[[str], Any]]] = {
    "video": ("video", str),
    "keypoints": ("keypoints", str),
    "format": ("keypoints_format", str),
    "fps": ("fps", _number),
    "capture_fps": ("capture_fps", _number),
    "view": ("view", str),
    "facing": ("facing", str),
    "speed": ("belt_speed_mps", _quantity(units.SPEED)),
    "height": ("height_m", _quantity(units.HEIGHT)),
    "mass": ("mass_kg", _quantity(units.MASS)),
    "athlete": ("athlete", str),
    "label": ("label", str),
    "start": ("start_s", _number),
    "end": ("end_s", _number),
    "model": ("model", str),
}
_FILES = ("video", "keypoints")


def jobs_of_videos(videos: Iterable[str | Path], options: Mapping[str, Any] | None = None) -> list[Job]:
    """Return a job a video, all with the same further arguments of `gaitlab.analyze`."""
    return _named([Job(str(video), {"video": str(video), **(options or {})}) for video in videos])


def jobs_of_list(path: str | Path, options: Mapping[str, Any] | None = None) -> list[Job]:
    """Return a job a row of a CSV file.

    Columns: ``video, keypoints, format, fps, capture_fps, view, facing, speed, height, mass, athlete, label, start,
    end, model``; speed, height and mass with their units; files relative to the CSV's folder; an empty cell counts as
    not said. A row that makes no sense becomes a job with its ``trouble``, so that the others go on.

    Args:
        options: arguments of `gaitlab.analyze` for rows that do not say otherwise.

    Raises:
        InputError: where the file cannot be read, has an unknown column, or neither ``video`` nor ``keypoints``.
    """
    path = Path(path)
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            reader = csv.DictReader(file, skipinitialspace=True)
            columns = [name.strip().lower() for name in reader.fieldnames or []]
            reader.fieldnames = columns
            rows = list(reader)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"cannot read the list '{path}': {error}") from error
    for name in columns:
        if name not in _COLUMNS:
            raise InputError(f"'{path}': {one_of('column', name, _COLUMNS)}")
    if not set(_FILES) & set(columns):
        raise InputError(f"'{path}' names no videos: expected a column 'video' or 'keypoints', not {columns}")
    return _named([_job_of_row(row, path.parent, options or {}) for row in rows])


def _job_of_row(row: Mapping[str | None, Any], folder: Path, options: Mapping[str, Any]) -> Job:
    said: dict[str, Any] = dict(options)
    # A name that was copied from one of gaitlab's own tables is what it was before it went there.
    cells = {name: from_cell(text.strip()) for name, text in row.items() if name and text and text.strip()}
    source = next((cells[name] for name in _FILES if name in cells), "")
    if None in row:
        return Job(
            source, said, trouble="the row has more cells than there are columns; quote a text that holds a comma"
        )
    if not source:
        return Job(source, trouble="the row names neither a video nor keypoints")
    for name, text in cells.items():
        argument, read = _COLUMNS[name]
        try:
            said[argument] = read(text)
        except GaitlabError as error:
            said |= {word: cells[word] for word in ("athlete", "label") if word in cells}
            return Job(source, said, trouble=str(error) if name in str(error) else f"{name}: {error}")
        if name in _FILES:
            said[argument] = str(folder / text)
    return Job(source, said)


def _named(jobs: Sequence[Job]) -> list[Job]:
    """Give every job a folder name that tells it from the others, whatever the order they come in."""
    names = [_name(job) for job in jobs]
    # Compared without case: there are file systems that do.
    often = Counter(name.lower() for name in names)
    named = []
    for job, name in zip(jobs, names, strict=True):
        mark = f"-{_digest(job.source, dict(job.options))[:8]}" if often[name.lower()] > 1 else ""
        named.append(replace(job, name=name + mark))
    repeated = Counter(job.name for job in named)
    seen: set[str] = set()
    unique = []
    for job in named:
        again = repeated[job.name] > 1 and job.name in seen and not job.trouble
        seen.add(job.name)
        unique.append(replace(job, trouble="the same video with the same options stands above") if again else job)
    return unique


def _name(job: Job) -> str:
    return folder_name(job.options.get("athlete"), Path(job.source).stem, job.options.get("label"))


def fingerprint(job: Job, settings: Mapping[str, Any], *, version: str) -> str:
    """Return what changes when the video, the keypoints, an option, a setting or gaitlab does.

    Raises:
        InputError: where a file cannot be read.
    """
    contents = {name: _file_digest(Path(job.options[name])) for name in _FILES if job.options.get(name)}
    options = {name: value for name, value in job.options.items() if name not in _FILES}
    return _digest(contents, options, settings, version)


def _digest(*facts: Any) -> str:
    text = json.dumps(facts, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def _file_digest(path: Path) -> str:
    try:
        if path.is_dir():  # OpenPose writes a file a frame
            return _digest([[p.name, _file_digest(p)] for p in sorted(path.iterdir()) if p.is_file()])
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except FileNotFoundError as error:
        raise InputError(f"no such file: '{path}'") from error
    except OSError as error:
        raise InputError(f"cannot read '{path}': {error.strerror}") from error
