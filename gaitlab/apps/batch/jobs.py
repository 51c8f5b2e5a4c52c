"""Jobs of a batch, one per video, from file names or from the rows of a CSV file."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from gaitlab.core import units
from gaitlab.core.errors import GaitlabError, InputError, one_of, shown
from gaitlab.core.text import LANGUAGES, folder_name, from_cell
from gaitlab.io.reading import read_rows
from gaitlab.pipeline.spec import AUTO
from gaitlab.pipeline.unused_arguments import idle


@dataclass(frozen=True, slots=True)
class Job:
    """One video and how to analyse it.

    Attributes
    ----------
    source : str
        the video or keypoint file, as given by the user.
    options : Mapping[str, Any]
        arguments of `gaitlab.analyze`, without output; names with a dot are settings of this job.
    name : str
        name of its session folder, unique in a batch.
    problem : str
        why it cannot be processed, if this is known from its row; otherwise empty.
    """

    source: str
    options: Mapping[str, Any] = field(default_factory=dict)
    name: str = ""
    problem: str = ""


def _quantity(kind: units.Quantity) -> Callable[[str], float]:
    return lambda text: units.parse(text, kind)


def _number(name: str, kind: units.Quantity) -> Callable[[str], float]:
    def read(text: str) -> float:
        try:
            value = float(text)
        except ValueError as error:
            raise InputError(f"{name}: expected a number, not {shown(text)}") from error
        units.check(name, value, kind)
        return value

    return read


def _whole(text: str) -> int:
    try:
        return int(text)
    except ValueError as error:
        raise InputError(f"expected a whole number, not {shown(text)}") from error


def _capture_rate(text: str) -> float | str:
    return AUTO if text == AUTO else _number("capture_fps", units.FRAME_RATE)(text)


def _language(text: str) -> str:
    if text not in LANGUAGES:
        raise InputError(one_of("language", text, LANGUAGES))
    return text


# Column of the CSV file to the argument of `gaitlab.analyze`, or the setting, and its parser.
_COLUMNS: dict[str, tuple[str, Callable[[str], Any]]] = {
    "video": ("video", str),
    "keypoints": ("keypoints", str),
    "format": ("keypoints_format", str),
    "layout": ("layout", str),
    "axes": ("axes", str),
    "picture": ("picture", str),
    "fps": ("fps", _number("fps", units.FRAME_RATE)),
    "capture_fps": ("capture_fps", _capture_rate),
    "rotate": ("rotate", _whole),
    "view": ("view", str),
    "movement": ("movement", str),
    "facing": ("facing", str),
    "setting": ("setting", str),
    "speed": ("belt_speed_mps", _quantity(units.SPEED)),
    "height": ("height_m", _quantity(units.HEIGHT)),
    "mass": ("mass_kg", _quantity(units.MASS)),
    "distance": ("distance", str),
    "athlete": ("athlete", str),
    "label": ("label", str),
    "start": ("start_s", _number("start", units.TIME)),
    "end": ("end_s", _number("end", units.TIME)),
    "model": ("model", str),
    "language": ("report.language", _language),
}
_COLUMN_OF = {argument: column for column, (argument, _) in _COLUMNS.items()}
_FILES = ("video", "keypoints")
_READ = (*_FILES, "profile")  # what is in them counts, not where they lie


def column_of(argument: str) -> str:
    """Return the column of a list for an argument of `gaitlab.analyze`."""
    return _COLUMN_OF.get(argument, argument)


# Suffixes of videos in a folder.
_VIDEOS = (
    ".mp4", ".m4v", ".mov", ".avi", ".mkv", ".webm", ".mts", ".m2ts", ".ts", ".mpg", ".mpeg", ".wmv", ".3gp", ".mxf",
    ".h264", ".hevc",
)  # fmt: skip


def jobs_of_videos(videos: Iterable[str | Path], options: Mapping[str, Any] | None = None) -> list[Job]:
    """Return one job per video, all with the same further arguments of `gaitlab.analyze`.

    Parameters
    ----------
    videos : Iterable[str | Path]
        videos, or folders of videos.
    options : Mapping[str, Any] | None, optional
        the further arguments.

    Raises
    ------
    InputError
        if a folder contains no videos or is unreadable.
    """
    files = [file for video in videos for file in (_videos_in(Path(video)) if Path(video).is_dir() else [video])]
    return _named([Job(str(file), {"video": str(file), **(options or {})}) for file in files])


def _videos_in(folder: Path) -> list[Path]:
    """Return the videos directly in a folder, sorted by name."""
    try:
        files = sorted(file for file in folder.iterdir() if file.suffix.lower() in _VIDEOS and file.is_file())
    except OSError as error:
        raise InputError(f"cannot read the folder '{folder}': {error.strerror}") from error
    if (folder / "session.json").exists():
        raise InputError(f"'{folder}' is a session, not a folder of videos; name the folder of the recordings")
    found = [file for file in files if not file.name.startswith(".")]  # macOS writes ._NAME.mp4 on other file systems
    if not found:
        raise InputError(f"'{folder}' holds no video; expected files that end in {' '.join(_VIDEOS)}")
    return found


def jobs_of_list(path: str | Path, options: Mapping[str, Any] | None = None) -> list[Job]:
    """Return one job per row of a CSV file.

    Columns: ``video, keypoints, format, fps, capture_fps, rotate, view, movement, facing, setting, speed, height, mass,
    distance, athlete, label, start, end, model, language``; speed, height and mass with their units; files relative to
    the CSV's folder; an empty cell means not given. An invalid row becomes a job with its ``problem``, so that the
    others are processed.

    Parameters
    ----------
    path : str | Path
        the CSV file.
    options : Mapping[str, Any] | None, optional
        arguments of `gaitlab.analyze` for rows without an own value, where they have an effect.

    Raises
    ------
    InputError
        if the file is unreadable, has an unknown column, or neither ``video`` nor ``keypoints``, or an option has no
        effect on any row.
    """
    path = Path(path)
    rows = [cells for _, cells in read_rows(path, "list")]
    columns = [name.lower() for name in rows[0]] if rows else []
    for name in columns:
        if name not in _COLUMNS:
            raise InputError(f"'{path}': {one_of('column', name, _COLUMNS)}")
        if columns.count(name) > 1:
            raise InputError(f"'{path}' has the column '{name}' twice; leave one of them out")
    if not set(_FILES) & set(columns):
        raise InputError(
            f"'{path}' names no videos: expected a column 'video' or 'keypoints', not {shown(', '.join(columns))}"
        )
    jobs = [_job_of_row(columns, cells, path.parent, options or {}) for cells in rows[1:]]
    for name, value in (options or {}).items():
        # An option may have no effect on some rows; without effect on any row it is an error.
        vain = [dict(idle({**job.options, name: value})).get(name) for job in jobs]
        if vain and all(vain):
            raise InputError(f"{vain[0]} (so it is for every row of '{path}')")
    return _named(jobs)


def _job_of_row(columns: Sequence[str], row: Sequence[str], folder: Path, options: Mapping[str, Any]) -> Job:
    said: dict[str, Any] = dict(options)
    # Undo the escaping of names copied from gaitlab's tables.
    cells = {name: from_cell(text) for name, text in zip(columns, row, strict=False) if text}
    source = next((cells[name] for name in _FILES if name in cells), "")
    if any(row[len(columns) :]):
        return Job(
            source, said, problem="the row has more cells than there are columns; quote a text that holds a comma"
        )
    if not source:
        return Job(source, problem="the row names neither a video nor keypoints")
    for name, text in cells.items():
        argument, read = _COLUMNS[name]
        try:
            said[argument] = read(text)
        except GaitlabError as error:
            said |= {word: cells[word] for word in ("athlete", "label") if word in cells}
            return Job(source, said, problem=str(error) if name in str(error) else f"{name}: {error}")
        if name in _FILES:
            said[argument] = str(folder / text)
    own = {_COLUMNS[name][0] for name in cells}
    vain = dict(idle(said))
    if wrong := next((sentence for name, sentence in vain.items() if name in own), None):
        return Job(source, said, problem=InputError(wrong).worded(column_of))
    return Job(source, {name: value for name, value in said.items() if name not in vain})


def _named(jobs: Sequence[Job]) -> list[Job]:
    """Return the jobs with unique folder names that do not depend on their order."""
    names = [_name(job) for job in jobs]
    # Compared without case, as on some file systems.
    often = Counter(name.lower() for name in names)
    named = []
    for job, name in zip(jobs, names, strict=True):
        mark = f"-{_digest(job.source, dict(job.options))[:8]}" if often[name.lower()] > 1 else ""
        named.append(replace(job, name=name + mark))
    repeated = Counter(job.name for job in named)
    seen: set[str] = set()
    unique = []
    for job in named:
        again = repeated[job.name] > 1 and job.name in seen and not job.problem
        seen.add(job.name)
        unique.append(replace(job, problem="the same video with the same options stands above") if again else job)
    return unique


def _name(job: Job) -> str:
    return folder_name(job.options.get("athlete"), Path(job.source).stem, job.options.get("label"))


def fingerprint(job: Job, settings: Mapping[str, Any], *, version: str) -> str:
    """Return a hash of the video, the keypoints, the shop's file, the options, the settings and gaitlab's version.

    Raises
    ------
    InputError
        if a file is unreadable.
    """
    contents = {name: _file_digest(Path(job.options[name])) for name in _READ if job.options.get(name)}
    options = {name: value for name, value in job.options.items() if name not in _READ}
    return _digest(contents, options, settings, version)


def _digest(*facts: Any) -> str:
    text = json.dumps(facts, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def _file_digest(path: Path) -> str:
    try:
        if path.is_dir():  # OpenPose writes one file per frame
            return _digest([[p.name, _file_digest(p)] for p in sorted(path.iterdir()) if p.is_file()])
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except FileNotFoundError as error:
        raise InputError(f"no such file: '{path}'") from error
    except OSError as error:
        raise InputError(f"cannot read '{path}': {error.strerror}") from error
