"""Protocol buffers on the wire, as far as network files need them: fields in, fields out, no schema compiler.

Encoding: https://protobuf.dev/programming-guides/encoding/
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator, Sequence

import numpy as np

VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5
Value = int | memoryview


def fields(message: bytes | memoryview) -> Iterator[tuple[int, int, Value]]:
    """Yield field number, wire type and value of a message: an int for varints, a memoryview of the rest.

    Raises
    ------
    ValueError
        if the message is truncated or has a deprecated wire type.
    """
    view = memoryview(message)
    place = 0
    while place < len(view):
        key, place = _varint(view, place)
        number, kind = key >> 3, key & 7
        if kind == VARINT:
            value, place = _varint(view, place)
            yield number, kind, value
            continue
        if kind == BYTES:
            length, place = _varint(view, place)
        elif kind in (FIXED32, FIXED64):
            length = 4 if kind == FIXED32 else 8
        else:
            raise ValueError(f"wire type {kind} at byte {place}: not a protocol buffer")
        if place + length > len(view):
            raise ValueError(f"the message ends {place + length - len(view)} bytes early")
        yield number, kind, view[place : place + length]
        place += length


def children(message: bytes | memoryview, number: int) -> Iterator[memoryview]:
    """Yield the values of one length-delimited field."""
    for field, _, value in fields(message):
        if field == number and isinstance(value, memoryview):
            yield value


def text(message: bytes | memoryview, number: int) -> str:
    """Return a string field, empty where it is missing."""
    return bytes(next(children(message, number), memoryview(b""))).decode("utf-8", "replace")


def integers(message: bytes | memoryview, number: int) -> list[int]:
    """Return a repeated integer field, packed or not."""
    found: list[int] = []
    for field, _, value in fields(message):
        if field != number:
            continue
        if isinstance(value, int):
            found.append(value)
            continue
        place = 0
        while place < len(value):
            one, place = _varint(value, place)
            found.append(one)
    return found


def floats(message: bytes | memoryview, number: int) -> np.ndarray:
    """Return a repeated float field, packed or not."""
    parts = [np.frombuffer(value, dtype="<f4") for value in children(message, number)]
    return np.concatenate(parts) if len(parts) != 1 else parts[0]


def _varint(view: memoryview, place: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        if place >= len(view) or shift > 63:
            raise ValueError(f"a number without an end at byte {place}: not a protocol buffer")
        byte = view[place]
        value |= (byte & 0x7F) << shift
        place, shift = place + 1, shift + 7
        if byte < 0x80:
            return value, place


def varint(value: int) -> bytes:
    """Return an integer as a varint; negative ones as the two's complement of 64 bits."""
    value &= (1 << 64) - 1
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def put(number: int, value: int | float | str | bytes | memoryview) -> bytes:
    """Return one field: an int as a varint, a float as 32 bits, everything else with its length."""
    if isinstance(value, int):
        return varint(number << 3 | VARINT) + varint(value)
    if isinstance(value, float):
        return varint(number << 3 | FIXED32) + struct.pack("<f", value)
    content = value.encode() if isinstance(value, str) else value
    return b"".join((varint(number << 3 | BYTES), varint(len(content)), content))


def put_packed(number: int, values: Iterable[int]) -> bytes:
    """Return a repeated integer field in one piece."""
    return put(number, b"".join(varint(v) for v in values))


def copy(parts: Sequence[tuple[int, int, Value]]) -> bytes:
    """Encode a message from fields as returned by the reader."""
    out = []
    for number, kind, value in parts:
        if kind == BYTES or isinstance(value, int):
            out.append(put(number, value))
        else:
            out.append(varint(number << 3 | kind) + bytes(value))
    return b"".join(out)
