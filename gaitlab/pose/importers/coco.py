"""Lists of people with the picture each was found in: Detectron2, MMPose and AlphaPose."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from gaitlab.errors import InputError
from gaitlab.pose.body import Body
from gaitlab.pose.importers.found import Found, body, load_json, missing, skeleton_by_count


def read_coco(path: Path) -> Found:
    """Read COCO results, a COCO data set, or the predictions of MMPose's inferencer."""
    content = load_json(path, "coco-json")
    if isinstance(content, Mapping) and "instance_info" in content:
        content = content["instance_info"]
    if isinstance(content, list) and content and "instances" in content[0]:
        return _frames(path, "coco-json", [(frame["frame_id"], p) for frame in content for p in frame["instances"]])
    if isinstance(content, Mapping):
        if "annotations" not in content:
            raise missing(path, "coco-json", "field 'annotations' or 'instance_info'")
        order = {image["id"]: n for n, image in enumerate(sorted(content.get("images", []), key=lambda i: i["id"]))}
        people = content["annotations"]
        return _frames(path, "coco-json", [(order.get(p.get("image_id"), p.get("image_id")), p) for p in people])
    return _results(path, "coco-json", content)


def read_alphapose(path: Path) -> Found:
    """Read AlphaPose's results: COCO-17, HALPE-26 or HALPE-136 points a person, ``image_id`` a file name."""
    return _results(path, "alphapose-json", load_json(path, "alphapose-json"))


def _results(path: Path, format: str, content: Any) -> Found:
    if not isinstance(content, list):
        raise missing(path, format, "list of people")
    for entry in content:
        for field in ("image_id", "keypoints"):
            if field not in entry:
                raise missing(path, format, f"field '{field}'")
    return _frames(path, format, [(entry["image_id"], entry) for entry in content])


def _frames(path: Path, format: str, people: list[tuple[Any, Mapping[str, Any]]]) -> Found:
    """Return the people by frame; frames nobody is in are empty."""
    if not people:
        raise InputError(f"'{path}' shows nobody; is it the right file?")
    numbered = [(_number(image, path, format), _points(entry, path, format)) for image, entry in people]
    counts = {len(points) for _, points in numbered}
    if len(counts) > 1:
        raise InputError(f"'{path}' mixes people of {' and '.join(map(str, sorted(counts)))} keypoints")
    skeleton, columns = skeleton_by_count(counts.pop(), path)
    first, last = min(n for n, _ in numbered), max(n for n, _ in numbered)
    frames: list[list[Body]] = [[] for _ in range(last - first + 1)]
    for number, points in numbered:
        frames[number - first].append(body(points[columns]))
    return Found(skeleton, frames)


def _number(image: Any, path: Path, format: str) -> int:
    """Return the frame's number of ``12``, ``"12.jpg"`` or ``"clip_0012.png"``."""
    digits = re.findall(r"\d+", str(image).rsplit(".", 1)[0] if isinstance(image, str) else str(image))
    if not digits:
        raise missing(path, format, f"frame number in 'image_id' ('{image}')")
    return int(digits[-1])


def _points(entry: Mapping[str, Any], path: Path, format: str) -> np.ndarray:
    """Return (keypoint, 3) x, y, score of one person, whichever way the scores are told."""
    if "keypoints" not in entry:
        raise missing(path, format, "field 'keypoints'")
    points = np.array(entry["keypoints"], dtype=np.float64)
    if "keypoint_scores" in entry:
        return np.column_stack([points.reshape(-1, 2), np.array(entry["keypoint_scores"], dtype=np.float64)])
    points = points.reshape(-1, 3)
    # People who label by hand write 0 not labelled, 1 hidden, 2 visible.
    if set(np.unique(points[:, 2])) <= {0.0, 1.0, 2.0}:
        points[:, 2] = points[:, 2] > 0
    return points
