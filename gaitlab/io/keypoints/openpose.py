"""OpenPose's output: a folder with one JSON file per frame."""

from __future__ import annotations

import re
from pathlib import Path

from gaitlab.core.errors import InputError
from gaitlab.core.pose import FloatArray
from gaitlab.io.keypoints.imported import (
    LAST_FRAME,
    ImportedPoses,
    body,
    frames_of,
    load_json,
    missing,
    same_count,
    skeleton_by_count,
    table,
)

_FIELDS = ("pose_keypoints_2d", "pose_keypoints")  # newer and older OpenPose
_NUMBER = re.compile(r"(\d+)_keypoints\.json$")


def read_openpose(folder: Path) -> ImportedPoses:
    """Read ``NAME_000000000012_keypoints.json`` …; missing numbers are frames without people."""
    files = _files(folder)
    people = {number: _people(path) for number, path in sorted(files.items())}
    counts = {len(points) for frame in people.values() for points in frame}
    if not counts:
        raise InputError(f"'{folder}' shows nobody in {len(files)} files; is it the right folder?")
    skeleton, columns = skeleton_by_count(same_count(counts, folder), folder)
    bodies = {number: [body(points[columns]) for points in frame] for number, frame in people.items()}
    return ImportedPoses(skeleton, frames_of(bodies, folder))


def _files(folder: Path) -> dict[int, Path]:
    """Return the files by frame number.

    Raises
    ------
    InputError
        if there are none, two with the same number, or an invalid number.
    """
    files: dict[int, Path] = {}
    try:
        paths = sorted(folder.iterdir())
    except OSError as error:
        raise InputError(f"cannot read the folder '{folder}': {error.strerror}") from error
    for path in paths:
        if match := _NUMBER.search(path.name):
            number = int(match[1]) if len(match[1]) < len(str(LAST_FRAME)) else LAST_FRAME
            if number == LAST_FRAME:
                raise InputError(
                    f"'{path}' has no frame number in its name; expected e.g. run_000000000012_keypoints.json"
                )
            if number in files:
                raise InputError(
                    f"'{folder}' has two files of frame {number}, '{files[number].name}' and '{path.name}'; keep the "
                    "files of one recording in a folder of their own"
                )
            files[number] = path
    if not files:
        raise missing(folder, "openpose-json", "files '*_keypoints.json'")
    return files


def _people(path: Path) -> list[FloatArray]:
    """Return (keypoint, 3) x, y, score of every person in a file."""
    content = load_json(path, "openpose-json")
    if not content.has("people"):
        raise missing(path, "openpose-json", "field 'people'")
    people = []
    for person in content.field("people").entries():
        field = next((name for name in _FIELDS if person.has(name)), None)
        if field is None:
            raise missing(path, "openpose-json", "field 'pose_keypoints_2d'")
        points = table(person.field(field), 3)
        if len(points):
            people.append(points)
    return people
