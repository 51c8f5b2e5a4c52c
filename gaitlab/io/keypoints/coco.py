"""Lists of people with their image: Detectron2, MMPose and AlphaPose."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from gaitlab.core.errors import InputError, shown
from gaitlab.core.person import Body
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
from gaitlab.io.reading import Entry


def read_coco(path: Path) -> ImportedPoses:
    """Read COCO results, a COCO data set, or the predictions of MMPose's inferencer."""
    content = load_json(path, "coco-json")
    if content.has("instance_info"):
        content = content.field("instance_info")
    if isinstance(content.value, dict):
        return _data_set(path, content)
    frames = content.entries()
    if frames and frames[0].has("instances"):
        seen = [(frame.field("frame_id"), one) for frame in frames for one in frame.field("instances").entries()]
        return _found(path, "coco-json", [(_number(image, path, "coco-json"), one) for image, one in seen])
    return _results(path, "coco-json", content)


def read_alphapose(path: Path) -> ImportedPoses:
    """Read AlphaPose's results: COCO-17, HALPE-26 or HALPE-136 keypoints per person, ``image_id`` a file name."""
    return _results(path, "alphapose-json", load_json(path, "alphapose-json"))


def _data_set(path: Path, content: Entry) -> ImportedPoses:
    """Read people of numbered images; the order of the images is that of the video."""
    if not content.has("annotations"):
        raise missing(path, "coco-json", "field 'annotations' or 'instance_info'")
    images = content.field("images").entries() if content.has("images") else []
    numbers = sorted(image.field("id").whole(0, LAST_FRAME) for image in images)
    order = {number: frame for frame, number in enumerate(numbers)}
    people = []
    for one in content.field("annotations").entries():
        number = one.field("image_id").whole(0, LAST_FRAME)
        if order and number not in order:
            raise InputError(f"{one.where} is of picture {number}, which is none of 'images'")
        people.append((order.get(number, number), one))
    return _found(path, "coco-json", people)


def _results(path: Path, format: str, content: Entry) -> ImportedPoses:
    if not isinstance(content.value, list):
        raise missing(path, format, "list of people")
    people = []
    for one in content.entries():
        for field in ("image_id", "keypoints"):
            if not one.has(field):
                raise missing(path, format, f"field '{field}'")
        people.append((_number(one.field("image_id"), path, format), one))
    return _found(path, format, people)


def _found(path: Path, format: str, people: Sequence[tuple[int, Entry]]) -> ImportedPoses:
    """Return the people by frame; frames without people are empty."""
    if not people:
        raise InputError(f"'{path}' shows nobody; is it the right file?")
    numbered = [(number, _points(one, path, format)) for number, one in people]
    skeleton, columns = skeleton_by_count(same_count({len(points) for _, points in numbered}, path), path)
    frames: defaultdict[int, list[Body]] = defaultdict(list)
    for number, points in numbered:
        frames[number].append(body(points[columns]))
    return ImportedPoses(skeleton, frames_of(frames, path))


def _number(image: Entry, path: Path, format: str) -> int:
    """Return the frame number from ``12``, ``"12.jpg"`` or ``"clip_0012.png"``."""
    if not isinstance(image.value, str):
        return image.whole(0, LAST_FRAME)
    digits = re.findall(r"\d+", image.value.rsplit(".", 1)[0])
    if not digits:
        raise missing(path, format, f"frame number in 'image_id' ({shown(image.value)})")
    if len(digits[-1]) > len(str(LAST_FRAME)):
        raise image.error("a frame number")
    return int(digits[-1])


def _points(one: Entry, path: Path, format: str) -> FloatArray:
    """Return (keypoint, 3) x, y, score of one person from either layout of scores."""
    if not one.has("keypoints"):
        raise missing(path, format, "field 'keypoints'")
    keypoints = one.field("keypoints")
    if one.has("keypoint_scores"):
        scores = np.array(one.field("keypoint_scores").numbers())
        xy = table(keypoints, 2)
        if len(xy) != len(scores):
            raise InputError(f"{one.where}: {len(xy)} keypoints, but {len(scores)} scores")
        return np.column_stack([xy, scores])
    points = table(keypoints, 3)
    # Manual annotations have visibility flags: 0 not labelled, 1 hidden, 2 visible.
    if set(np.unique(points[:, 2])) <= {0.0, 1.0, 2.0}:
        points[:, 2] = points[:, 2] > 0
    return points
