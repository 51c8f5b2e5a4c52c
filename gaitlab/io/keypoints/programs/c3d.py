"""C3D, as motion capture systems write it: the markers, read from the file's own blocks (www.c3d.org, user guide)."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from gaitlab.core.errors import InputError
from gaitlab.core.pose import FloatArray
from gaitlab.core.units import FRAME_RATE
from gaitlab.io.keypoints.axes import UNITS, from_the_side
from gaitlab.io.keypoints.imported import LAST_FRAME, Asked, ImportedPoses, body, missing, named_points
from gaitlab.io.reading import read_bytes

_BLOCK = 512
_KEY = 0x50  # second byte of every C3D file
# How a processor writes: Intel, DEC, MIPS.
_ORDERS = {84: "<", 85: "<", 86: ">"}
_DEC = 85
_WIDTHS = {-1: 1, 1: 1, 2: 2, 4: 4}
_MOST_PARAMETERS = 10_000


def read_c3d(path: Path, asked: Asked) -> ImportedPoses:
    """Read every marker's place in space, seen from the runner's side; forces and angles are left."""
    data = read_bytes(path, "file of 'c3d'", advice="choose another --format")
    if len(data) < 2 * _BLOCK or data[1] != _KEY:
        raise missing(path, "c3d", "key of a C3D file in its second byte")
    try:
        facts, points = _markers(data, path)
    except (struct.error, ValueError, IndexError, OverflowError) as error:
        raise InputError(f"'{path}' is damaged: {error}; expected a whole C3D file") from error
    seen = np.isfinite(points).all(axis=-1)
    skeleton, order, notes = named_points(facts.labels, path, seen=seen.sum(axis=0))
    flat, assumed, metres_per_px = from_the_side(points[:, order], skeleton, path, unit=facts.unit, asked=asked.axes)
    people = np.concatenate([flat, ~np.isnan(flat).any(axis=-1, keepdims=True)], axis=-1)
    fps = facts.rate if FRAME_RATE.low <= facts.rate <= FRAME_RATE.high else None
    # The numbers count the capture's frames, of which the first is 1.
    first = facts.first if 0 < facts.first < LAST_FRAME else None
    return ImportedPoses(
        skeleton, [[body(frame)] for frame in people], None, fps, first=first, notes=(*notes, *assumed),
        metres_per_px=metres_per_px,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Facts:
    labels: list[str]
    unit: str
    rate: float
    first: int


def _markers(data: bytes, path: Path) -> tuple[_Facts, FloatArray]:
    """Return what the file says of its markers, and (frame, marker, 3) places, NaN where a marker was not seen."""
    at = (data[0] - 1) * _BLOCK
    processor = data[at + 3]
    if processor not in _ORDERS:
        raise ValueError(f"processor type {processor}")
    numbers = _Numbers(_ORDERS[processor], dec=processor == _DEC)
    count, analog, first, last = struct.unpack_from(f"{numbers.order}4H", data, 2)
    (start,) = struct.unpack_from(f"{numbers.order}H", data, 16)
    (scale,) = numbers.floats(data[12:16])
    (rate,) = numbers.floats(data[20:24])
    parameters = _parameters(data, at + 4, numbers)
    labels = [
        label
        for name in ("LABELS", *(f"LABELS{n}" for n in range(2, 10)))
        for label in parameters.get(("POINT", name), [])
        if isinstance(label, str)
    ][:count]
    labels += [f"marker_{n + 1}" for n in range(len(labels), count)]
    if not count:
        raise ValueError("it has no markers")
    told = parameters.get(("POINT", "UNITS"), ["mm"])
    unit = str(told[0]).lower() if told else "mm"
    wide = 4 if scale < 0 else 2
    row = (4 * count + analog) * wide
    begin = (start - 1) * _BLOCK
    if start < 2 or begin > len(data):
        raise ValueError("its points begin outside of it")
    # The header's count of frames ends at 65535, a longer file goes on.
    frames = (len(data) - begin) // row if last == 0xFFFF else last - first + 1
    if frames < 1 or begin + frames * row > len(data):
        raise ValueError(f"{max(frames, 0)} frames are told, {(len(data) - begin) // row} are in it")
    block = np.frombuffer(data, dtype=np.uint8, count=frames * row, offset=begin).reshape(frames, row)
    raw = np.ascontiguousarray(block[:, : 4 * count * wide]).tobytes()
    values = (numbers.floats(raw) if scale < 0 else numbers.whole(raw)).reshape(frames, count, 4)
    points = values[..., :3] * (1.0 if scale < 0 else scale)
    points[(values[..., 3] < 0) | (points == 0).all(axis=-1)] = np.nan
    clean = [label.strip("\0 ") or f"marker_{n + 1}" for n, label in enumerate(labels)]
    return _Facts(clean, unit if unit in UNITS else "mm", float(rate), first), points


@dataclass(frozen=True, slots=True)
class _Numbers:
    """How a file writes numbers."""

    order: str
    dec: bool

    def floats(self, data: bytes) -> FloatArray:
        if self.dec:  # the two halves of a float are exchanged, and it is four times as large
            words = np.frombuffer(data, dtype="<u2").reshape(-1, 2)[:, ::-1]
            return _wide(np.ascontiguousarray(words).view("<f4").ravel()) / 4
        return _wide(np.frombuffer(data, dtype=f"{self.order}f4"))

    def whole(self, data: bytes) -> FloatArray:
        return np.frombuffer(data, dtype=f"{self.order}i2").astype(np.float64)


def _wide(values: np.ndarray) -> FloatArray:
    with np.errstate(invalid="ignore"):  # damaged numbers are none
        return values.astype(np.float64)


def _parameters(data: bytes, at: int, numbers: _Numbers) -> dict[tuple[str, str], list[str | float]]:
    """Return (group, name) to the texts or numbers of every parameter."""
    groups: dict[int, str] = {}
    found: list[tuple[int, str, list[str | float]]] = []
    for _ in range(_MOST_PARAMETERS):
        length, number = struct.unpack_from("bb", data, at)
        if length == 0 or number == 0:
            break
        length = abs(length)  # negative where it is locked
        name = data[at + 2 : at + 2 + length].decode("latin-1").upper()
        (step,) = struct.unpack_from(f"{numbers.order}h", data, at + 2 + length)
        if number < 0:
            groups[-number] = name
        else:
            found.append((number, name, _values(data, at + 4 + length, numbers)))
        if step <= 0:
            break
        at += 2 + length + step
    return {(groups.get(number, ""), name): values for number, name, values in found}


def _values(data: bytes, at: int, numbers: _Numbers) -> list[str | float]:
    kind, axes = struct.unpack_from("bB", data, at)
    shape = list(data[at + 2 : at + 2 + axes])
    begin = at + 2 + axes
    size = int(np.prod(shape, dtype=np.int64)) if shape else 1
    if kind not in _WIDTHS:
        raise ValueError(f"a parameter of type {kind}")
    content = data[begin : begin + size * _WIDTHS[kind]]
    if len(content) < size * _WIDTHS[kind]:
        raise ValueError("it ends within its parameters")
    if kind == -1:
        width = shape[0] if shape else 1
        return (
            [content[n : n + width].decode("latin-1").strip() for n in range(0, len(content), width)] if width else []
        )
    if kind == 1:
        return [float(value) for value in content]
    return [float(value) for value in (numbers.whole(content) if kind == 2 else numbers.floats(content))]
