"""OpenPose's output, and Pose2Sim's: a folder with a JSON file a frame."""

from __future__ import annotations

import re
from pathlib import Path

from gaitlab.core.errors import InputError
from gaitlab.core.pose import FloatArray
from gaitlab.io.keypoints.imported import (
    LAST_FRAME,
    Asked,
    ImportedPoses,
    body,
    frames_of,
    load_json,
    missing,
    same_count,
    table,
)
from gaitlab.io.keypoints.layouts import layout_of

_FIELDS = ("pose_keypoints_2d", "pose_keypoints")  # newer and older OpenPose
# run_000000000012_keypoints.json, cam01_000012.json, frame (12)_keypoints.json
_NAME = re.compile(r"(?P<recording>.*?)[\s_.-]*\(?(?P<number>\d+)\)?(?P<ending>_keypoints)?", re.I | re.S)
_ENDING = "_keypoints"


def read_openpose(folder: Path, asked: Asked) -> ImportedPoses:
    """Read ``NAME_000000000012_keypoints.json`` …; numbers that are missing are frames without people."""
    files = frame_files(folder)
    people = {number: _people(path) for number, path in sorted(files.items())}
    counts = {len(points) for frame in people.values() for points in frame}
    if not counts:
        raise InputError(f"'{folder}' shows nobody in {len(files)} files; is it the right folder?")
    same_count(counts, folder)
    everybody = [points for frame in people.values() for points in frame]
    skeleton, columns, notes = layout_of(everybody, folder, asked=asked.layout)
    bodies = {number: [body(points[columns]) for points in frame] for number, frame in people.items()}
    return ImportedPoses(skeleton, frames_of(bodies, folder), first=min(bodies), notes=notes)


def frame_files(folder: Path, *, ending: str = ".json") -> dict[int, Path]:
    """Return the files of one recording, which end so, by frame number.

    Raises
    ------
    InputError
        none, those of two recordings, two of one number, or a number that is none of a frame.
    """
    try:
        paths = [path for path in sorted(folder.iterdir()) if path.suffix.lower() == ending]
    except OSError as error:
        raise InputError(f"cannot read the folder '{folder}': {error.strerror}") from error
    named = [(path, match) for path in paths if (match := _NAME.fullmatch(path.stem))]
    # Where some are called keypoints, the others are something else.
    named = [(path, match) for path, match in named if match["ending"]] or named
    if nameless := [path for path in paths if path.stem.endswith(_ENDING) and not _NAME.fullmatch(path.stem)]:
        raise InputError(f"'{nameless[0]}' has no frame number in its name; expected e.g. run_000000000012{ending}")
    if not named:
        raise missing(folder, "openpose-json" if ending == ".json" else "yolo-txt", f"numbered files '*_12{ending}'")
    recordings = sorted({match["recording"] for _, match in named})
    if len(recordings) > 1:
        count = "two" if len(recordings) == 2 else str(len(recordings))
        raise InputError(
            f"'{folder}' has the files of {count} recordings, '{recordings[0]}' and '{recordings[1]}'; keep the files "
            "of one recording in a folder of their own, and name that"
        )
    files: dict[int, Path] = {}
    for path, match in named:
        number = int(match["number"]) if len(match["number"]) < len(str(LAST_FRAME)) else LAST_FRAME
        if number == LAST_FRAME:
            raise InputError(f"'{path}' has no frame number in its name; expected e.g. run_000000000012{ending}")
        if number in files:
            raise InputError(
                f"'{folder}' has two files of frame {number}, '{files[number].name}' and '{path.name}'; keep the "
                "files of one recording in a folder of their own"
            )
        files[number] = path
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
