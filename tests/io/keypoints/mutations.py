"""Damaged files of keypoints by the thousand: a sound file of every format, and what may happen to one."""

from __future__ import annotations

import io
import json
import pickle
import random
import struct
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

FRAMES = 12
NAMES = ("left_hip", "right_hip", "left_knee", "right_knee", "left_ankle", "right_ankle")
_DEEP = "[" * 100_000 + "]" * 100_000
# What stands in the place of a value. Texts are written as they are: they need not be JSON.
_NASTY = (
    "null", "true", "false", "-1", "0", "1.5", "1000000000", "3000000", "1" + "0" * 400, "1" + "0" * 5000, "1e308",
    "-1e308", "1e999", "NaN", "Infinity", "-Infinity", '""', '"x"', '"12"', '"\\ud800"', "[]", "{}", "[[]]", "[1]",
    "[[1, 2, 3]]", '{"a": 1}', _DEEP, '"' + "y" * 200_000 + '"', "[1, [2, [3]]]", "12abc", "",
)  # fmt: skip
_NASTY_CELLS = (
    "", "NA", "nan", "inf", "-inf", "1e999", "1e308", "-1", "1.5", "1000000000", "3000000", "9" * 400, "9" * 5000,
    "abc", "1_000", "1,5", "true", '"', "\x00", "é", "٣", "0x10", "y" * 200_000, " 7 ", "-0",
)  # fmt: skip


def _point(frame: int, joint: int) -> tuple[float, float, float]:
    return 300.0 + 7 * joint + frame, 100.0 + 50 * joint, 0.9


def _flat(count: int, frame: int) -> list[float]:
    return [value for joint in range(count) for value in _point(frame, joint)]


def _csv() -> str:
    rows = ["frame,keypoint,x_px,y_px,score,time_s"]
    for frame in range(FRAMES):
        for joint, name in enumerate(NAMES):
            x, y, score = _point(frame, joint)
            rows.append(f"{frame},{name},{x},{y},{score},{frame / 50}")
    return "\n".join(rows) + "\n"


def _trc() -> str:
    head = [
        "PathFileType\t4\t(X/Y/Z)\tclip.trc",
        "DataRate\tCameraRate\tNumFrames\tNumMarkers\tUnits\tOrigDataRate\tOrigDataStartFrame\tOrigNumFrames",
        f"50\t50\t{FRAMES}\t{len(NAMES)}\tm\t50\t1\t{FRAMES}",
        "Frame#\tTime\t" + "\t\t\t".join(NAMES) + "\t\t",
        "\t\t" + "\t".join(f"{axis}{n + 1}" for n in range(len(NAMES)) for axis in "XYZ"),
        "",
    ]
    rows = [
        "\t".join([str(frame + 1), str(frame / 50), *(str(value) for value in _flat(len(NAMES), frame))])
        for frame in range(FRAMES)
    ]
    return "\n".join(head + rows) + "\n"


def _gaitlab_pose() -> Any:
    frames = [[list(_point(frame, joint)) for joint in range(len(NAMES))] for frame in range(FRAMES)]
    times = [frame / 50 for frame in range(FRAMES)]
    return {"keypoint_names": list(NAMES), "fps": 50, "timestamps": times, "frames": frames}


def _coco() -> Any:
    people = [{"image_id": frame, "keypoints": _flat(17, frame), "score": 0.9} for frame in range(FRAMES)]
    return {"images": [{"id": frame, "file_name": f"{frame}.png"} for frame in range(FRAMES)], "annotations": people}


def _mmpose() -> Any:
    points = [[list(_point(frame, joint)[:2]) for joint in range(17)] for frame in range(FRAMES)]
    people = [[{"keypoints": xy, "keypoint_scores": [0.9] * 17}] for xy in points]
    return {"instance_info": [{"frame_id": n + 1, "instances": found} for n, found in enumerate(people)]}


def _alphapose() -> Any:
    return [{"image_id": f"{frame}.jpg", "keypoints": _flat(26, frame), "score": 2.9} for frame in range(FRAMES)]


def _openpose(frame: int) -> Any:
    return {"version": 1.3, "people": [{"person_id": [-1], "pose_keypoints_2d": _flat(25, frame)}]}


def _sto() -> str:
    names = "\t".join(f"{name}_t{axis}" for name in NAMES for axis in "xyz")
    rows = ["\t".join(map(str, [frame / 50, *_flat(len(NAMES), frame)])) for frame in range(FRAMES)]
    return "\n".join(["markers", "version=1", f"nRows={FRAMES}", "endheader", f"time\t{names}", *rows]) + "\n"


def _vec3() -> str:
    points = [[",".join(map(str, _point(frame, joint))) for joint in range(len(NAMES))] for frame in range(FRAMES)]
    rows = ["\t".join([str(frame / 50), *row]) for frame, row in enumerate(points)]
    return "\n".join(["DataType=Vec3", "endheader", "\t".join(["time", *NAMES]), *rows]) + "\n"


def _wide() -> str:
    head = ",".join(f"{name}_{axis}" for name in NAMES for axis in ("x", "y", "visibility"))
    rows = [",".join(map(str, [frame, *_flat(len(NAMES), frame)])) for frame in range(FRAMES)]
    return "\n".join([f"frame,{head}", *rows]) + "\n"


def _deeplabcut() -> str:
    coords = ("x", "y", "likelihood")
    head = [
        "scorer" + ",net" * 3 * len(NAMES),
        ",".join(["bodyparts", *(name for name in NAMES for _ in coords)]),
        ",".join(["coords", *coords * len(NAMES)]),
    ]
    rows = [",".join(map(str, [frame, *_flat(len(NAMES), frame)])) for frame in range(FRAMES)]
    return "\n".join(head + rows) + "\n"


def _mediapipe() -> Any:
    def landmarks(frame: int) -> list[dict[str, float]]:
        points = [_point(frame, joint) for joint in range(33)]
        return [{"x": x / 2000, "y": y / 2000, "z": 0.0, "visibility": seen} for x, y, seen in points]

    return [{"frame": frame, "pose_landmarks": landmarks(frame)} for frame in range(FRAMES)]


def _yolo() -> Any:
    def person(frame: int) -> dict[str, Any]:
        x, y, seen = (list(axis) for axis in zip(*(_point(frame, joint) for joint in range(17)), strict=True))
        return {"name": "person", "class": 0, "confidence": 0.9, "keypoints": {"x": x, "y": y, "visible": seen}}

    return [[person(frame)] for frame in range(FRAMES)]


def _yolo_line(frame: int) -> str:
    points = [_point(frame, joint) for joint in range(17)]
    return (
        " ".join(map(str, [0, 0.5, 0.5, 0.2, 0.9, *(v for x, y, s in points for v in (x / 2000, y / 2000, s))])) + "\n"
    )


def c3d(names: Sequence[str], points: np.ndarray, *, rate: float, unit: str, first: int = 1) -> bytes:
    """A C3D file of (frame, marker, 3) points as Intel's processors write it, NaN where a marker is hidden."""

    def parameter(group: int, name: str, content: bytes) -> bytes:
        return (
            struct.pack("bb", len(name), group) + name.encode() + struct.pack("<h", 3 + len(content)) + content + b"\0"
        )

    width = max(map(len, names))
    parameters = parameter(-1, "POINT", b"")[:-1] + b"\0"
    texts = "".join(name.ljust(width) for name in names).encode()
    parameters += parameter(1, "LABELS", struct.pack("bBBB", -1, 2, width, len(names)) + texts)
    parameters += parameter(1, "UNITS", struct.pack("bBB", -1, 1, len(unit)) + unit.encode())
    parameters += b"\0\0"
    blocks = -(-(4 + len(parameters)) // 512)
    header = struct.pack(
        "<BBHHHHHfHHf", 2, 0x50, len(names), 0, first, first + len(points) - 1, 0, -1.0, 2 + blocks, 0, rate
    )
    seen = np.isfinite(points).all(axis=-1, keepdims=True)
    data = np.concatenate([np.where(seen, points, 0.0), np.where(seen, 0.0, -1.0)], axis=-1).astype("<f4").tobytes()
    section = bytes([1, 0x50, blocks, 84]) + parameters
    return header.ljust(512, b"\0") + section.ljust(512 * blocks, b"\0") + data


def _c3d() -> bytes:
    points = np.array([_flat(len(NAMES), frame) for frame in range(FRAMES)]).reshape(FRAMES, len(NAMES), 3)
    return c3d(NAMES, points, rate=50, unit="mm")


def _hdf5(write: Callable[[Any], None]) -> bytes:
    import h5py

    held = io.BytesIO()
    with h5py.File(held, "w") as file:
        write(file)
    return held.getvalue()


def _all_points() -> np.ndarray:
    return np.array([_flat(len(NAMES), frame) for frame in range(FRAMES)]).reshape(FRAMES, len(NAMES), 3)


def _sleap() -> bytes:
    def write(file: Any) -> None:
        points = _all_points()
        file["tracks"] = points[None, ..., :2].transpose(0, 3, 2, 1)
        file["point_scores"] = points[None, ..., 2].transpose(0, 2, 1)
        file["node_names"] = np.array([name.encode() for name in NAMES])

    return _hdf5(write)


def _movement() -> bytes:
    def write(file: Any) -> None:
        points = _all_points()
        axes = {"time": np.arange(FRAMES) / 50, "space": np.array([b"x", b"y"])}
        axes |= {"keypoints": np.array([name.encode() for name in NAMES]), "individuals": np.array([b"runner"])}
        for name, values in axes.items():
            file[name] = values
            file[name].make_scale(name)
        file["position"] = points[..., :2].transpose(0, 2, 1)[..., None]
        file["confidence"] = points[..., 2, None]
        for variable, names in (("position", list(axes)), ("confidence", ["time", "keypoints", "individuals"])):
            for axis, name in enumerate(names):
                file[variable].dims[axis].attach_scale(file[name])
        file.attrs["time_unit"], file.attrs["fps"] = "seconds", 50.0

    return _hdf5(write)


def _pandas() -> bytes:
    def write(file: Any) -> None:
        values = _all_points().reshape(FRAMES, -1)
        table = np.zeros(FRAMES, dtype=[("index", "<i8"), ("values_block_0", "<f8", (values.shape[1],))])
        table["index"], table["values_block_0"] = np.arange(FRAMES), values
        file["df_with_missing/table"] = table
        names = [("net", name, coord) for name in NAMES for coord in ("x", "y", "likelihood")]
        file["df_with_missing/table"].attrs["values_block_0_kind"] = np.bytes_(pickle.dumps(names, protocol=0))

    return _hdf5(write)


# Formats that need h5py.
HDF5 = ("sleap-h5", "movement-nc", "deeplabcut-h5")
# Formats that are a folder with a file a frame, and what its files are called around their number.
FOLDERS = {"openpose-json": ("clip_", "_keypoints.json"), "yolo-txt": ("clip_", ".txt")}

# Format -> sound files of it; a folder's are asked for by frame.
SOUND: dict[str, tuple[Callable[[], Any], ...]] = {
    "opensim": (_sto, _vec3),
    "wide-csv": (_wide,),
    "deeplabcut-csv": (_deeplabcut,),
    "mediapipe-json": (_mediapipe,),
    "yolo-json": (_yolo,),
    "yolo-txt": (lambda: _yolo_line(5),),
    "c3d": (_c3d,),
    "sleap-h5": (_sleap,),
    "movement-nc": (_movement,),
    "deeplabcut-h5": (_pandas,),
    "csv": (_csv,),
    "trc": (_trc,),
    "gaitlab-pose": (_gaitlab_pose,),
    "coco-json": (_coco, _mmpose, _alphapose),
    "alphapose-json": (_alphapose,),
    "openpose-json": (lambda: _openpose(5),),
}


def mutants(format: str, *, count: int, seed: int, folder: Path) -> Iterator[Path]:
    """Write damaged files of a format one after the other, and yield the path to read.

    Args:
        format: a key of `SOUND`.
        count: how many.
        seed: the same seed makes the same files.
        folder: an empty folder to write into; each file replaces the one before.
    """
    dice = random.Random(f"{format} {seed}")
    if format in FOLDERS:
        write_folder(folder, format)
        for _ in range(count):
            path = _name(folder, format, dice.choice(_NUMBERS) if dice.random() < 0.2 else "5")
            path.write_bytes(damaged(dice.choice(SOUND[format])(), dice))
            yield folder
            path.unlink()
        return
    path = folder / "points"
    for _ in range(count):
        path.write_bytes(damaged(dice.choice(SOUND[format])(), dice))
        yield path


_NUMBERS = ("1000000000", "3000000", "9" * 100, "0005", "٣", "5_0", "")


def _name(folder: Path, format: str, number: str) -> Path:
    before, after = FOLDERS[format]
    return folder / f"{before}{number}{after}"


def write_folder(folder: Path, format: str) -> None:
    """Write the sound files of a format that is a folder."""
    for frame in range(FRAMES):
        content = json.dumps(_openpose(frame)) if format == "openpose-json" else _yolo_line(frame)
        _name(folder, format, str(frame)).write_text(content, encoding="utf-8")


def write_sound(path: Path, content: Any) -> None:
    """Write what a builder of `SOUND` returned."""
    if isinstance(content, bytes):
        path.write_bytes(content)
    else:
        path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")


def damaged(content: Any, dice: random.Random) -> bytes:
    """Return the file with one to three things wrong with it."""
    data = b""
    if isinstance(content, bytes):
        data = content
    elif isinstance(content, str):
        text = content
        for _ in range(dice.randint(0, 2)):
            text = _with_other_cell(text, dice)
        data = text.encode("utf-8", "surrogatepass")
    else:
        data = _with_other_value(content, dice) if dice.random() < 0.7 else json.dumps(content, indent=1).encode()
    for _ in range(dice.randint(0, 2) or isinstance(content, str | bytes)):
        data = dice.choice(_BYTES)(data, dice)
    return data


def _with_other_cell(text: str, dice: random.Random) -> str:
    lines = text.split("\n")
    separator = "\t" if "\t" in text else ","
    row = dice.randrange(len(lines))
    cells = lines[row].split(separator)
    cells[dice.randrange(len(cells))] = dice.choice(_NASTY_CELLS)
    lines[row] = separator.join(cells)
    return "\n".join(lines)


def _with_other_value(content: Any, dice: random.Random) -> bytes:
    """Return JSON with one node, at any depth, replaced, dropped, doubled or renamed."""
    marker = "@@@"
    parent, key = content, None
    places: list[tuple[Any, Any]] = []
    while isinstance(parent, dict | list) and parent:
        key = dice.choice(list(parent)) if isinstance(parent, dict) else dice.randrange(len(parent))
        places.append((parent, key))
        parent = parent[key]
    parent, key = dice.choice(places)
    kind = dice.choice(("replace", "replace", "replace", "drop", "double", "rename"))
    if kind == "drop":
        del parent[key]
    elif kind == "double" and isinstance(parent, list):
        parent.insert(key, parent[key])
    elif kind == "rename" and isinstance(parent, dict):
        parent[f"{key}_"] = parent.pop(key)
    else:
        parent[key] = marker
    return json.dumps(content).replace(f'"{marker}"', dice.choice(_NASTY)).encode("utf-8", "surrogatepass")


def _flipped(data: bytes, dice: random.Random) -> bytes:
    changed = bytearray(data)
    for _ in range(dice.randint(1, 8) if data else 0):
        changed[dice.randrange(len(changed))] = dice.randrange(256)
    return bytes(changed)


def _cut(data: bytes, dice: random.Random) -> bytes:
    return data[: dice.randrange(len(data) + 1)]


def _hole(data: bytes, dice: random.Random) -> bytes:
    start = dice.randrange(len(data) + 1)
    return data[:start] + data[start + dice.randint(1, 200) :]


def _inserted(data: bytes, dice: random.Random) -> bytes:
    start = dice.randrange(len(data) + 1)
    new = dice.choice(
        (b"\x00", b"\xff\xfe", b'"', b"[" * 50_000, b"{", b",", b"\n", b"\r", b"9" * 500, dice.randbytes(20))
    )
    return data[:start] + new + data[start:]


def _lines_moved(data: bytes, dice: random.Random) -> bytes:
    lines = data.split(b"\n")
    start, length = dice.randrange(len(lines)), dice.randint(1, 10)
    some = lines[start : start + length]
    rest = lines[:start] + lines[start + length :]
    if dice.random() < 0.4:
        return b"\n".join(rest)  # gone
    to = dice.randrange(len(rest) + 1)
    kept = rest if dice.random() < 0.5 else lines  # moved, or there twice
    return b"\n".join(kept[:to] + some + kept[to:])


_BYTES = (_flipped, _cut, _hole, _inserted, _lines_moved)
