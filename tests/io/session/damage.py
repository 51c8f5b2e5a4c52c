"""Sessions damaged at random, from a seed: one file of them, in one of the ways that disks, editors and people have."""

from __future__ import annotations

import csv
import io
import json
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from tests.io.session.damage_arrays import ARRAYS

FILES = ("session.json", "keypoints.npz", "angles.csv", "events.csv", "cycles.csv", "summary.csv")
VALUES: tuple[Any, ...] = (
    None,
    "text",
    "",
    -1,
    0,
    1e308,
    -1e308,
    10**30,
    True,
    [],
    {},
    [[1]],
    {"a": {}},
    "../victim",
    "\x1b[31m",
    "\udcff",
    float("nan"),
    float("inf"),
    "[/red]",
    "{0.__class__}",
    "{",
    3.7,
    1e-320,
)
CELLS = (
    "abc",
    "NaN",
    "inf",
    "1e400",
    "-",
    "",
    "1e308",
    '"',
    "=1+1",
    "\x00",
    "x" * 5000,
    "1_0",
    "1,5",
    "true",
    "-5",
    "٣",
    "[/b]",
    "1e-320",
    "99999999999",
)


def damage(folder: Path, rng: random.Random) -> str:
    """Damage one session in one way and say how."""
    name = rng.choice(FILES)
    own = JSON if name == "session.json" else ARRAYS if name.endswith(".npz") else TABLE
    how = rng.choice(GENERAL if rng.random() < 0.3 else own)
    how(folder / name, rng)
    return f"{name}: {how.__name__}"


# Any file


def truncated(path: Path, rng: random.Random) -> None:
    content = path.read_bytes()
    path.write_bytes(content[: rng.randrange(1, len(content))])


def emptied(path: Path, rng: random.Random) -> None:
    path.write_bytes(b"")


def removed(path: Path, rng: random.Random) -> None:
    path.unlink()


def noise(path: Path, rng: random.Random) -> None:
    path.write_bytes(rng.randbytes(500))


def flipped(path: Path, rng: random.Random) -> None:
    content = bytearray(path.read_bytes())
    for _ in range(rng.choice((1, 5, 50))):
        content[rng.randrange(len(content))] = rng.randrange(256)
    path.write_bytes(bytes(content))


def a_folder(path: Path, rng: random.Random) -> None:
    path.unlink()
    path.mkdir()


def a_link(path: Path, rng: random.Random) -> None:
    target = path.parent.parent / f"elsewhere-{path.name}"
    target.write_bytes(path.read_bytes())
    path.unlink()
    path.symlink_to(target)


def longer(path: Path, rng: random.Random) -> None:
    path.write_bytes(path.read_bytes() + rng.choice((b"\x00" * 10, b"\xff\xfe", b",,,\n", b"}", b'"')))


Damage = Callable[[Path, random.Random], None]
GENERAL: tuple[Damage, ...] = (truncated, emptied, removed, noise, flipped, a_folder, a_link, longer)


# session.json


def _places(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield (*at, key)
            yield from _places(inner, (*at, key))
    elif isinstance(value, list):
        for number, inner in enumerate(value[:3]):
            yield (*at, number)
            yield from _places(inner, (*at, number))


def _holder(content: Any, place: tuple[Any, ...]) -> Any:
    for step in place[:-1]:
        content = content[step]
    return content


def _write(path: Path, content: Any) -> None:
    path.write_text(json.dumps(content))


def _some_place(content: Any, rng: random.Random) -> tuple[Any, ...]:
    """Every level is as likely: the history alone has hundreds of numbers."""
    places = list(_places(content))
    depth = rng.choice(sorted({len(place) for place in places}))
    return rng.choice([place for place in places if len(place) == depth])


def wrong_value(path: Path, rng: random.Random) -> None:
    content = json.loads(path.read_text())
    for _ in range(rng.choice((1, 1, 3))):
        place = _some_place(content, rng)
        _holder(content, place)[place[-1]] = rng.choice(VALUES)
    _write(path, content)


def lost_entry(path: Path, rng: random.Random) -> None:
    content = json.loads(path.read_text())
    place = _some_place(content, rng)
    del _holder(content, place)[place[-1]]
    _write(path, content)


def another_document(path: Path, rng: random.Random) -> None:
    path.write_text(
        rng.choice(
            (
                "[]",
                "3",
                "null",
                '"text"',
                "{}",
                '{"schema_version": 2}',
                "[" * 100_000,
                '{"a":' * 100_000,
                "1" * 6000,
                '{"schema_version": 1e400}',
                '{"schema_version": true}',
            )
        )
    )


def companion(path: Path, rng: random.Random) -> None:
    content = json.loads(path.read_text())
    content["with"] = rng.choice(
        (
            {"folder": "../victim", "name": "b.mp4", "view": "rear", "quality": {}},
            {"folder": ".rear", "name": "b.mp4", "view": "rear", "quality": {}},
            {"folder": "/", "name": "b.mp4", "view": "rear"},
            {"folder": 3, "view": []},
            5,
            {},
            [],
        )
    )
    _write(path, content)


def more_entries(path: Path, rng: random.Random) -> None:
    content = json.loads(path.read_text())
    content[rng.choice(("shop_profile", "with", "asymmetry", "others_seen", "video"))] = rng.choice(
        (*VALUES, {"feet": [{"side": "x"}]}, [{"metric": 3}], {"width": 0, "height": 0, "fps": 0, "name": "x"})
    )
    _write(path, content)


JSON: tuple[Damage, ...] = (
    wrong_value,
    wrong_value,
    wrong_value,
    lost_entry,
    lost_entry,
    another_document,
    companion,
    more_entries,
)


# Tables


def _rows(path: Path) -> list[list[str]]:
    return list(csv.reader(io.StringIO(path.read_text())))


def _write_rows(path: Path, rows: list[list[str]]) -> None:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    path.write_text(out.getvalue())


def wrong_cell(path: Path, rng: random.Random) -> None:
    rows = _rows(path)
    if len(rows) < 2:
        return
    for _ in range(rng.choice((1, 1, 20))):
        row = rows[rng.randrange(1, len(rows))]
        row[rng.randrange(len(row))] = rng.choice(CELLS)
    _write_rows(path, rows)


def wrong_column(path: Path, rng: random.Random) -> None:
    rows = _rows(path)
    at = rng.randrange(len(rows[0]))
    for row in rows[1:]:
        row[at] = rng.choice(CELLS)
    _write_rows(path, rows)


def lost_column(path: Path, rng: random.Random) -> None:
    rows = _rows(path)
    at = rng.randrange(len(rows[0]))
    for row in rows:
        del row[at]
    _write_rows(path, rows)


def renamed_column(path: Path, rng: random.Random) -> None:
    rows = _rows(path)
    rows[0][rng.randrange(len(rows[0]))] = rng.choice(("other", "", rows[0][0], "=cmd", "side", "x\x1b[0m"))
    _write_rows(path, rows)


def short_rows(path: Path, rng: random.Random) -> None:
    rows = _rows(path)
    at = rng.randrange(len(rows))
    rows[at] = rows[at][: rng.randrange(len(rows[at]))]
    _write_rows(path, rows)


def long_rows(path: Path, rng: random.Random) -> None:
    rows = _rows(path)
    rows[rng.randrange(len(rows))] += ["more", "and more"]
    _write_rows(path, rows)


def other_rows(path: Path, rng: random.Random) -> None:
    head, *rows = _rows(path)
    how = rng.randrange(4)
    if how == 0:
        rng.shuffle(rows)
    elif how == 1:
        rows = rows + rows
    elif how == 2:
        rows = []
    else:
        rows = rows[: len(rows) // 2]
    _write_rows(path, [head, *rows])


def other_bytes(path: Path, rng: random.Random) -> None:
    text = path.read_text()
    path.write_bytes(
        rng.choice(
            (
                text.replace("\n", "\r\n").encode(),
                text.replace(",", ";").encode(),
                text.encode("utf-16"),
                b"\xef\xbb\xbf" + text.encode(),
                text.replace("e", "\xe9").encode("latin-1"),
                ('"' + text).encode(),
                text.replace("\n", "\n\n").encode(),
            )
        )
    )


TABLE: tuple[Damage, ...] = (
    wrong_cell, wrong_cell, wrong_cell, wrong_column, wrong_column, lost_column, renamed_column, short_rows, long_rows,
    other_rows, other_bytes,
)  # fmt: skip
