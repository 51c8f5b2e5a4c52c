"""JSON of detections, frame by frame: what people write of MediaPipe, and Ultralytics' YOLO-pose."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np

from gaitlab.core.errors import InputError, shown
from gaitlab.core.pose import FloatArray
from gaitlab.io.keypoints.imported import LAST_FRAME, Asked, ImportedPoses, body, frames_of, load_json, missing
from gaitlab.io.keypoints.layouts import layout_of
from gaitlab.io.keypoints.openpose import frame_files
from gaitlab.io.keypoints.tables.times import times_of, unit_of
from gaitlab.io.reading import Entry, read_text

_LANDMARKS = ("pose_landmarks", "poseLandmarks", "landmarks")
_NUMBERS = ("frame", "frame_id", "frame_number", "frame_index")
_SCORES = ("visibility", "score", "presence")
_LATEST = 1e20  # any date, in nanoseconds
_BOX = 5  # class and box before the points of a line


def read_mediapipe(path: Path, asked: Asked) -> ImportedPoses:
    """Read a list of frames, each of ``pose_landmarks``: one person's or several people's ``{x, y, visibility}``."""
    content = load_json(path, "mediapipe-json")
    if content.has("frames"):
        content = content.field("frames")
    if not isinstance(content.value, list):
        raise missing(path, "mediapipe-json", "list of frames")
    people: dict[int, list[FloatArray]] = {}
    times: dict[int, float] = {}
    numbered = False
    for place, frame in enumerate(content.entries()):
        number = place
        field = next((name for name in _NUMBERS if frame.has(name)), None)
        if field is not None:
            number, numbered = frame.field(field).whole(0, LAST_FRAME), True
        if isinstance(frame.value, dict):
            for time_s in _time(frame):
                times[number] = time_s
            name = next((name for name in _LANDMARKS if name in frame.value), None)
            if name is None:
                raise missing(path, "mediapipe-json", f"field 'pose_landmarks' in {frame.place}")
            if not frame.has(name):
                people.setdefault(number, [])
                continue
            frame = frame.field(name)
        elif frame.value is None:
            people.setdefault(number, [])
            continue
        if frame.has("landmark"):  # as protobuf's MessageToDict has it
            frame = frame.field("landmark")
        bodies = frame.entries()
        many = bool(bodies) and isinstance(bodies[0].value, list)
        found = [_landmarks(one) for one in bodies] if many else [_landmarks(frame)]
        people.setdefault(number, []).extend(points for points in found if len(points))
    return _found(path, people, asked, numbered=numbered, times=times)


def _time(frame: Entry) -> Iterator[float]:
    """Yield the time of a frame, s by its field's name or as it is, where it has one."""
    for name, value in frame.fields().items():
        if (unit_s := unit_of(name)) is not None and type(value.value) in (int, float):
            yield value.number(-_LATEST, _LATEST) * (unit_s or 1.0)
            return


def _landmarks(person: Entry) -> FloatArray:
    rows = []
    for one in person.entries():
        score = next((one.field(name) for name in _SCORES if one.has(name)), None)
        x, y = (Entry([one.field(axis).value], one.file, one.place).numbers()[0] for axis in "xy")
        rows.append((x, y, 1.0 if score is None else Entry([score.value], one.file, one.place).numbers()[0]))
    return np.array(rows, dtype=np.float64).reshape(-1, 3)


def read_yolo_json(path: Path, asked: Asked) -> ImportedPoses:
    """Read a list of frames, each the list that Ultralytics' ``result.to_json()`` gives."""
    content = load_json(path, "yolo-json")
    if not isinstance(content.value, list):
        raise missing(path, "yolo-json", "list of frames, each a list of people")
    people: dict[int, list[FloatArray]] = {}
    for number, frame in enumerate(content.entries()):
        people[number] = []
        for one in frame.entries():
            if not one.has("keypoints"):
                raise missing(path, "yolo-json", "field 'keypoints'")
            points = one.field("keypoints")
            x, y = (np.array(points.field(axis).numbers()) for axis in "xy")
            seen = np.array(points.field("visible").numbers()) if points.has("visible") else np.ones(len(x))
            if not len(x) == len(y) == len(seen):
                raise InputError(f"{points.where}: {len(x)} x, {len(y)} y and {len(seen)} scores; expected as many")
            unseen = (x == 0) & (y == 0)
            people[number].append(np.column_stack([x, y, np.where(unseen, 0.0, seen)]))
    return _found(path, people, asked, numbered=False)


def read_yolo_folder(folder: Path, asked: Asked) -> ImportedPoses:
    """Read the folder that Ultralytics' ``save_txt`` writes: ``NAME_12.txt`` a frame, a line a person, shares of it."""
    people = {}
    for number, path in sorted(frame_files(folder, ending=".txt").items()):
        people[number] = [
            _line(line, path, at)
            for at, line in enumerate(read_text(path, "file of 'yolo-txt'").splitlines(), start=1)
            if line.strip()
        ]
    return _found(folder, people, asked, numbered=True)


def _line(line: str, path: Path, at: int) -> FloatArray:
    try:
        numbers = [float(word) for word in line.split()]
    except ValueError as error:
        raise InputError(f"'{path}', line {at}: {shown(line)}; expected numbers") from error
    points = numbers[_BOX:]
    wide = next((w for w in (3, 2) if len(points) // w >= 5 and len(points) % w in (0, 1)), None)
    if wide is None:
        raise InputError(f"'{path}', line {at}: {len(numbers)} numbers; expected class, box and 2 or 3 a keypoint")
    found = np.array(points[: len(points) // wide * wide]).reshape(-1, wide)  # the box's score may follow
    score = found[:, 2] if wide == 3 else np.ones(len(found))
    return np.column_stack([found[:, :2], np.where((found[:, :2] == 0).all(axis=1), 0.0, score)])


def _found(
    path: Path, people: dict[int, list[FloatArray]], asked: Asked, *, numbered: bool,
    times: Mapping[int, float] | None = None,
) -> ImportedPoses:  # fmt: skip
    everybody: Sequence[FloatArray] = [points for frame in people.values() for points in frame]
    if not everybody:
        raise InputError(f"'{path}' shows nobody in {len(people)} frames; is it the right file?")
    if len({len(points) for points in everybody}) > 1:
        raise InputError(f"'{path}' mixes people of different numbers of keypoints")
    skeleton, columns, notes = layout_of(everybody, path, asked=asked.layout)
    bodies = {number: [body(points[columns]) for points in frame] for number, frame in people.items()}
    frames, first = frames_of(bodies, path), min(bodies)
    return ImportedPoses(
        skeleton, frames, times_of(times or {}, first, len(frames)), first=first if numbered else None, notes=notes
    )
