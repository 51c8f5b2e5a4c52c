"""gaitlab's own formats: a tidy CSV, a row a point, and a JSON file of one person's points."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np

from gaitlab.errors import InputError
from gaitlab.pose.body import Body
from gaitlab.pose.importers.found import Found, body, load_json, missing, skeleton_of
from gaitlab.pose.importers.names import our_name

# Times written with three digits differ from frame / fps by no more than this.
_ROUNDED_S = 0.0011
_COLUMNS = ("frame", "keypoint", "x_px", "y_px", "score")


def read_csv(path: Path) -> Found:
    """Read ``frame,keypoint,x_px,y_px,score``; ``time_s`` and ``person`` may stand beside them."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = csv.reader(file)
        header = [name.strip() for name in next(rows, [])]
        for column in _COLUMNS:
            if column not in header:
                raise missing(path, "csv", f"column '{column}'")
        at_frame, at_name, at_x, at_y, at_score = (header.index(column) for column in _COLUMNS)
        at_person, at_time = (header.index(c) if c in header else None for c in ("person", "time_s"))
        try:
            entries = [
                (int(r[at_frame]), our_name(r[at_name]), "0" if at_person is None else r[at_person] or "0",
                 float(r[at_x] or "nan"), float(r[at_y] or "nan"), float(r[at_score] or 0),
                 None if at_time is None else r[at_time])
                for r in rows if r
            ]  # fmt: skip
        except (ValueError, IndexError, csv.Error) as error:
            raise InputError(
                f"'{path}', line {rows.line_num}: {error}; expected numbers in {', '.join(_COLUMNS)}"
            ) from error
    if not entries:
        raise InputError(f"'{path}' has no rows; expected one a frame and keypoint")
    names = tuple(dict.fromkeys(name for _, name, *_ in entries))
    index = {name: i for i, name in enumerate(names)}
    first, last = min(e[0] for e in entries), max(e[0] for e in entries)
    values: list[dict[str, np.ndarray]] = [{} for _ in range(last - first + 1)]
    time_s = np.full(len(values), np.nan)
    for frame, name, person, x, y, score, time in entries:
        points = values[frame - first].setdefault(person, np.zeros((len(names), 3)))
        points[index[name]] = x, y, score
        if time:
            time_s[frame - first] = float(time)
    frames = [[body(points) for points in people.values()] for people in values]
    return Found(skeleton_of(names), frames, time_s if np.isfinite(time_s).all() else None)


def read_gaitlab_pose(path: Path) -> Found:
    """Read ``{"keypoint_names", "frames": [[[x, y, score], …], …], "fps" or "timestamps"}``."""
    content = load_json(path, "gaitlab-pose")
    for field in ("keypoint_names", "frames"):
        if not isinstance(content, dict) or field not in content:
            raise missing(path, "gaitlab-pose", f"field '{field}'")
    names = tuple(our_name(name) for name in content["keypoint_names"])
    frames: list[list[Body]] = []
    for number, points in enumerate(content["frames"]):
        if points and len(points) != len(names):
            raise InputError(f"'{path}', frame {number}: {len(points)} points, but {len(names)} keypoint_names")
        frames.append([body(points)] if points else [])
    times, fps = content.get("timestamps"), content.get("fps")
    time_s = np.array(times, dtype=np.float64) if times and len(times) == len(frames) else None
    if time_s is not None and fps and np.abs(time_s - time_s[0] - np.arange(len(time_s)) / fps).max() < _ROUNDED_S:
        time_s = None  # the same clock, only rounded
    return Found(skeleton_of(names), frames, time_s, float(fps) if fps else None)
