"""Table of keypoint formats, and detection of the format of a file."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from gaitlab.core.errors import InputError, argument
from gaitlab.io.keypoints.coco import read_alphapose, read_coco
from gaitlab.io.keypoints.imported import Asked, ImportedPoses
from gaitlab.io.keypoints.openpose import read_openpose
from gaitlab.io.keypoints.own import read_csv, read_gaitlab_pose
from gaitlab.io.keypoints.programs.c3d import read_c3d
from gaitlab.io.keypoints.programs.hdf5 import MAGIC, opened, read_deeplabcut_h5, read_movement, read_sleap
from gaitlab.io.keypoints.programs.landmarks import read_mediapipe, read_yolo_folder, read_yolo_json
from gaitlab.io.keypoints.programs.opensim import read_opensim
from gaitlab.io.keypoints.programs.strangers import check_content, check_folder, check_json, no_table
from gaitlab.io.keypoints.programs.trc import read_trc
from gaitlab.io.keypoints.programs.wide import in_one_line, points_of, read_deeplabcut_csv, read_wide
from gaitlab.io.keypoints.tables.heading import START, cells_of, heading, our_columns
from gaitlab.io.reading import read_start, read_text


@dataclass(frozen=True, slots=True)
class Format:
    """A file format of keypoints.

    Attributes
    ----------
    read : Callable[[Path, Asked], ImportedPoses]
        reader of the format.
    told : str
        how it is distinguished from other formats.
    lacks : str
        information the file lacks and the user must supply.
    example : str
        example of a file name or of the first content.
    folder : bool
        whether it is a folder with one file per frame.
    in_space : bool
        whether its points may be three-dimensional, in a unit of length.
    own : bool
        whether it is gaitlab's own format.
    table : bool
        whether it is a table whose axes people choose, not a network.
    rows : bool
        whether it has a row a frame, whose person its reader looks at.
    """

    read: Callable[[Path, Asked], ImportedPoses]
    told: str
    lacks: str
    example: str
    folder: bool = False
    in_space: bool = False
    own: bool = False
    table: bool = False
    rows: bool = False


FORMATS: Mapping[str, Format] = {
    "csv": Format(
        read_csv, "columns frame, keypoint, x_px and y_px", "rate, without time_s", "0,left_hip,612.5,480.2,0.93",
        own=True, table=True,
    ),
    "gaitlab-pose": Format(
        read_gaitlab_pose, "fields keypoint_names and frames", "", '{"keypoint_names": [...], "fps": 60, ...}', own=True
    ),
    "openpose-json": Format(
        read_openpose, "a folder of numbered JSON files with people in them", "rate, names",
        "run_000000000012_keypoints.json", folder=True,
    ),
    "coco-json": Format(
        read_coco, "people with keypoints and the number of their picture, or MMPose's instances", "rate",
        '[{"image_id": 12, "keypoints": [...]}]',
    ),
    "alphapose-json": Format(
        read_alphapose, "people with keypoints and the name of their picture", "rate, names",
        '[{"image_id": "12.jpg", "keypoints": [...]}]',
    ),
    "trc": Format(read_trc, "first line PathFileType", "scores", "PathFileType\t4\t(X/Y/Z)\trun.trc", in_space=True),
    "c3d": Format(read_c3d, "key of a C3D file", "scores", "run.c3d", in_space=True),
    "opensim": Format(
        read_opensim, "a line endheader", "points, where it holds joint angles", "run_markers.sto", in_space=True
    ),
    "wide-csv": Format(
        read_wide, "columns such as left_hip_x and left_hip_y, or x1 and y1", "rate, without a time",
        "frame,left_hip_x,left_hip_y,left_hip_visibility", table=True, rows=True,
    ),
    "deeplabcut-csv": Format(
        read_deeplabcut_csv, "headings scorer, bodyparts and coords", "rate", "scorer,DLC_resnet50"
    ),
    "deeplabcut-h5": Format(read_deeplabcut_h5, "an HDF5 table of pandas", "rate", "runDLC_resnet50.h5"),
    "sleap-h5": Format(read_sleap, "HDF5 with tracks and node_names", "rate", "run.analysis.h5"),
    "movement-nc": Format(
        read_movement, "NetCDF with position by time, space, keypoints and individuals",
        "rate, where its times are no seconds", "run.nc",
    ),
    "mediapipe-json": Format(
        read_mediapipe, "frames with pose_landmarks of x, y and visibility", "rate, picture's size",
        '[{"frame": 0, "pose_landmarks": [{"x": 0.51, ...}]}]',
    ),
    "yolo-json": Format(
        read_yolo_json, "a list a frame of people with a box and keypoints", "rate, names",
        '[[{"name": "person", "box": {...}, "keypoints": {"x": [...], ...}}]]',
    ),
    "yolo-txt": Format(
        read_yolo_folder, "a folder of numbered text files", "rate, names, picture's size", "labels/run_12.txt",
        folder=True,
    ),
}  # fmt: skip


def format_of(path: Path) -> str:
    """Return the key of `FORMATS` from the contents of a file or folder, or from its name if they are ambiguous.

    Raises
    ------
    InputError
        if the format is not recognised.
    """
    if path.is_dir():
        return _folder(path)
    start = read_start(path, "file of keypoints", size=START)
    check_content(path, start)
    if start.startswith(MAGIC):
        return _hdf5(path)
    # The first byte of a C3D is a small number; that of a text may be the same letter only beside its own name.
    if start[1:2] == b"\x50" and (start[0] == 2 or path.suffix.lower() == ".c3d"):
        return "c3d"
    if start[:2] in (b"\xff\xfe", b"\xfe\xff"):
        text = start[: len(start) // 2 * 2].decode("utf-16", "replace")
    else:
        text = start.decode("utf-8-sig", "replace")
    if text.startswith("PathFileType"):
        return "trc"
    lines = text.splitlines()
    if any(line.strip().lower() == "endheader" for line in lines[:100]):
        return "opensim"
    if text.lstrip()[:1] in ("[", "{"):
        return _json(path, text.lstrip())
    if lines and (found := _table(lines)):
        return found
    if lines and path.suffix.lower() in _TABLES and len(words := heading(lines)[1]) > 1:
        raise no_table(path, words)
    if found := _BY_NAME.get(path.suffix.lower(), ""):
        return found  # whose reader says what is missing
    raise InputError(
        f"'{path}' is no file of keypoints that is known; name its format with {argument('keypoints_format')}: "
        f"{', '.join(FORMATS)}"
    )


_TABLES = (".csv", ".tsv", ".txt")
_BY_NAME = {
    ".json": "gaitlab-pose", ".csv": "csv", ".trc": "trc", ".c3d": "c3d", ".sto": "opensim", ".mot": "opensim",
}  # fmt: skip


def _folder(path: Path) -> str:
    try:
        names = [one.name.lower() for one in path.iterdir()]
    except OSError as error:
        raise InputError(f"cannot read the folder '{path}': {error.strerror}") from error
    check_folder(path, names)
    texts = sum(bool(re.search(r"\d\)?\.txt$", name)) for name in names)
    return "yolo-txt" if texts and not any(name.endswith(".json") for name in names) else "openpose-json"


def _hdf5(path: Path) -> str:
    with opened(path, "hdf5") as file:
        if "tracks" in file and "node_names" in file:
            return "sleap-h5"
        return "movement-nc" if "position" in file else "deeplabcut-h5"


def _table(lines: Sequence[str]) -> str | None:
    separator, words, at = heading(lines)
    ours = set(our_columns(words))
    if words and words[0].lower() == "scorer":
        return "deeplabcut-csv"
    if {"frame", "keypoint"} <= ours or {"keypoint", "x_px"} <= ours:
        return "csv"
    below = [cell.strip() for cell in cells_of(lines[at + 1], separator)] if at + 1 < len(lines) else []
    return "wide-csv" if len(points_of(in_one_line(words, below) or words)[0]) > 1 else None


def _json(path: Path, start: str) -> str:
    """Return which JSON it is by the first names in it, without reading gigabytes; a small file is looked at whole."""
    names = re.findall(r'"(\w+)"\s*:', start)
    known = set(names)
    check_json(path, known)
    if "keypoint_names" in known and "instance_info" not in known and "meta_info" not in known:
        return "gaitlab-pose"
    if known & {"pose_landmarks", "poseLandmarks", "landmarks"}:
        return "mediapipe-json"
    if known & {"instance_info", "instances", "meta_info", "annotations", "images", "keypoint_scores", "categories"}:
        return "coco-json"
    if "image_id" in known:
        return "alphapose-json" if re.search(r'"image_id"\s*:\s*"', start) else "coco-json"
    if re.match(r"\[\s*\[", start) and (known & {"box", "keypoints"} or not known):
        return "yolo-json"
    if known & {"pose_keypoints_2d", "people"}:
        raise InputError(f"'{path}' is one frame of OpenPose; name the folder that it lies in")
    return _rest(path)


def _rest(path: Path) -> str:
    """Return which JSON a file is whose first names tell nothing, by the fields of the whole."""
    try:
        content = json.loads(read_text(path, "file of keypoints", windows=True))
    except (ValueError, RecursionError):
        return "gaitlab-pose"  # whose reader says that it is no JSON
    if isinstance(content, dict):
        return "gaitlab-pose" if "frames" in content or "keypoint_names" in content else "coco-json"
    return "coco-json"
