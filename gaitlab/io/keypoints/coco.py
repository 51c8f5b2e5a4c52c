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
    Asked,
    ImportedPoses,
    body,
    frames_of,
    load_json,
    missing,
    named_points,
    same_count,
    table,
)
from gaitlab.io.keypoints.layouts import layout_of
from gaitlab.io.reading import Entry


def read_coco(path: Path, asked: Asked) -> ImportedPoses:
    """Read COCO results, a COCO data set, or the predictions of MMPose's inferencer."""
    content = load_json(path, "coco-json")
    names = _names(content)
    if content.has("instance_info"):
        content = content.field("instance_info")
    if isinstance(content.value, dict):
        return _data_set(path, content, names, asked)
    frames = content.entries()
    if frames and frames[0].has("instances"):
        seen = [(frame.field("frame_id"), one) for frame in frames for one in frame.field("instances").entries()]
        people = [(_number(image, path, "coco-json"), one) for image, one in seen]
        return _found(path, "coco-json", people, names, asked)
    return _results(path, "coco-json", content, names, asked)


def read_alphapose(path: Path, asked: Asked) -> ImportedPoses:
    """Read AlphaPose's results: COCO-17, HALPE-26 or HALPE-136 points a person, ``image_id`` a file name."""
    return _results(path, "alphapose-json", load_json(path, "alphapose-json"), None, asked)


def _names(content: Entry) -> list[str] | None:
    """Return the ordered keypoint names, if the file has them: ``meta_info`` of MMPose or categories of COCO."""
    if content.has("meta_info"):
        meta = content.field("meta_info")
        if meta.has("keypoint_id2name"):
            by_id = meta.field("keypoint_id2name").fields()
            if not all(number.isdecimal() and len(number) < _DIGITS for number in by_id):
                raise meta.field("keypoint_id2name").error("a number for every name")
            ordered = [by_id[number].text() for number in sorted(by_id, key=int)]
            return ordered if len({int(number) for number in by_id}) == len(ordered) else None
        for field in ("keypoint_names", "keypoints"):
            if meta.has(field) and isinstance(meta.field(field).value, list):
                return [name.text() for name in meta.field(field).entries()]
    if content.has("categories"):
        for category in content.field("categories").entries():
            if category.has("keypoints"):
                return [name.text() for name in category.field("keypoints").entries()]
    return None


_DIGITS = 6


def _data_set(path: Path, content: Entry, names: list[str] | None, asked: Asked) -> ImportedPoses:
    """Read people of named and numbered pictures; the names' numbers are those of the film, or else the numbers are."""
    if not content.has("annotations"):
        raise missing(path, "coco-json", "field 'annotations' or 'instance_info'")
    images = content.field("images").entries() if content.has("images") else []
    numbers = [image.field("id").whole(0, LAST_FRAME) for image in images]
    order = {number: place for place, number in enumerate(sorted(numbers))}
    if images and all(image.has("file_name") for image in images):
        told = [_last_number(image.field("file_name")) for image in images]
        by_name = [number for number in told if number is not None]
        if len(set(by_name)) == len(images):
            order = dict(zip(numbers, by_name, strict=True))
    people = []
    for one in content.field("annotations").entries():
        number = one.field("image_id").whole(0, LAST_FRAME)
        if order and number not in order:
            raise InputError(f"{one.where} is of picture {number}, which is none of 'images'")
        people.append((order.get(number, number), one))
    return _found(path, "coco-json", people, names, asked)


def _results(path: Path, format: str, content: Entry, names: list[str] | None, asked: Asked) -> ImportedPoses:
    if not isinstance(content.value, list):
        raise missing(path, format, "list of people")
    people = []
    for one in content.entries():
        for field in ("image_id", "keypoints"):
            if not one.has(field):
                raise missing(path, format, f"field '{field}'")
        people.append((_number(one.field("image_id"), path, format), one))
    return _found(path, format, people, names, asked)


def _found(
    path: Path, format: str, people: Sequence[tuple[int, Entry]], names: list[str] | None, asked: Asked
) -> ImportedPoses:
    """Return the people of each frame; frames without detections are empty."""
    if not people:
        raise InputError(f"'{path}' shows nobody; is it the right file?")
    numbered = [(number, _points(one, path, format)) for number, one in people]
    return by_number(path, numbered, names, asked)


def by_number(
    path: Path, numbered: Sequence[tuple[int, FloatArray]], names: list[str] | None, asked: Asked
) -> ImportedPoses:
    """Return people told as (frame number, (keypoint, 3) points), with the points' names where the file has them."""
    count = same_count({len(points) for _, points in numbered}, path)
    if names is not None and len(names) == count and asked.layout is None:
        often = np.sum([np.isfinite(points[:, :2]).all(axis=1) & (points[:, 2] > 0) for _, points in numbered], axis=0)
        skeleton, columns, notes = named_points(names, path, seen=often)
    else:
        skeleton, columns, notes = layout_of([points for _, points in numbered], path, asked=asked.layout)
    frames: defaultdict[int, list[Body]] = defaultdict(list)
    for number, points in numbered:
        frames[number].append(body(points[columns]))
    return ImportedPoses(skeleton, frames_of(frames, path), first=min(frames), notes=notes)


def _last_number(entry: Entry) -> int | None:
    """Return the last number in a file's name; None where it has none."""
    digits = re.findall(r"\d+", re.split(r"[/\\]", entry.text())[-1].rsplit(".", 1)[0])
    return int(digits[-1]) if digits and len(digits[-1]) <= len(str(LAST_FRAME)) else None


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
