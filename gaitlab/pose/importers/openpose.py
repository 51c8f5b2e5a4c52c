"""OpenPose's output: a folder with a JSON file a frame."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gaitlab.errors import InputError
from gaitlab.pose.body import Body
from gaitlab.pose.importers.found import Found, body, load_json, missing, skeleton_by_count

_FIELDS = ("pose_keypoints_2d", "pose_keypoints")  # newer and older OpenPose
_NUMBER = re.compile(r"(\d+)_keypoints\.json$")


def read_openpose(folder: Path) -> Found:
    """Read ``NAME_000000000012_keypoints.json`` …; numbers that are missing are frames without people."""
    files = {int(match[1]): path for path in folder.iterdir() if (match := _NUMBER.search(path.name))}
    if not files:
        raise missing(folder, "openpose-json", "files '*_keypoints.json'")
    people = {number: _people(path) for number, path in sorted(files.items())}
    counts = {len(values) // 3 for frame in people.values() for values in frame}
    if not counts:
        raise InputError(f"'{folder}' shows nobody in {len(files)} files; is it the right folder?")
    if len(counts) > 1:
        raise InputError(f"'{folder}' mixes people of {' and '.join(map(str, sorted(counts)))} keypoints")
    skeleton, columns = skeleton_by_count(counts.pop(), folder)
    frames: list[list[Body]] = []
    for number in range(min(files), max(files) + 1):
        frames.append([_columns(body(values), columns) for values in people.get(number, [])])
    return Found(skeleton, frames)


def _columns(whole: Body, columns: Any) -> Body:
    return Body(whole.xy[columns], whole.score[columns])


def _people(path: Path) -> list[list[float]]:
    content = load_json(path, "openpose-json")
    if not isinstance(content, Mapping) or "people" not in content:
        raise missing(path, "openpose-json", "field 'people'")
    people = []
    for person in content["people"]:
        field = next((name for name in _FIELDS if name in person), None)
        if field is None:
            raise missing(path, "openpose-json", "field 'pose_keypoints_2d'")
        if len(person[field]) >= 3:
            people.append(person[field])
    return people
