"""Which session is held against which truth, also from a list, with the errors of both."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from gaitlab.core.errors import InputError, argument, shown
from gaitlab.io.session.session import Session

Pathlike = str | Path
_LIST = ("session", "truth", "subject", "offset_s", "markers")
_LONGEST_OFFSET_S = 1e6


@dataclass(frozen=True, slots=True)
class Pairing:
    """A session and the truth it is held against; ``subject`` is who was measured, None for the session's athlete."""

    session: Session | Pathlike
    truth: Pathlike
    subject: str | None = None
    offset_s: float | None = None
    markers: Pathlike | None = None


def check_pairings(pairings: Sequence[Pairing]) -> None:
    """Raise InputError for an offset that is no time, or a pair that is named twice and would count twice."""
    named = set()
    for one in pairings:
        if one.offset_s is not None and not abs(one.offset_s) <= _LONGEST_OFFSET_S:
            raise InputError(
                f"{argument('offset_s')} must be the seconds to add to the truth's times, up to {_LONGEST_OFFSET_S:g}, "
                f"not {shown(one.offset_s)}"
            )
        folder = one.session.folder if isinstance(one.session, Session) else one.session
        pair = os.path.realpath(folder), os.path.realpath(one.truth)
        if pair in named:
            raise InputError(f"'{folder}' with '{one.truth}' is named twice; each counts once")
        named.add(pair)


def read_list(path: Pathlike) -> list[Pairing]:
    """Read a CSV with the columns session, truth and, if wanted, subject, offset_s, markers; paths are from its folder.

    Raises
    ------
    InputError
        no such file, columns missing, or a cell that is none.
    """
    path = Path(path)
    try:
        text = path.read_text(encoding="utf-8-sig")
        first = text.partition("\n")[0]
        rows = list(csv.DictReader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=first.count)))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"cannot read the list '{path}': {getattr(error, 'strerror', None) or error}") from error
    known = set(rows[0]) if rows else set()
    if not {"session", "truth"} <= known:
        raise InputError(f"the list '{path}' needs a heading and rows with the columns {', '.join(_LIST[:2])}")
    strange = sorted(str(name) for name in known - set(_LIST))
    if strange:
        raise InputError(f"the list '{path}' has the column {shown(strange[0])}; known: {', '.join(_LIST)}")
    return [_pairing(row, path, number) for number, row in enumerate(rows, start=2)]


def _pairing(row: Mapping[str, str | None], path: Path, line: int) -> Pairing:
    cells = {name: (row.get(name) or "").strip() for name in _LIST}
    if not cells["session"] or not cells["truth"]:
        raise InputError(f"the list '{path}', line {line}: expected a session and a truth")
    try:
        offset_s = float(cells["offset_s"].replace(",", ".")) if cells["offset_s"] else None
    except ValueError as error:
        raise InputError(
            f"the list '{path}', line {line}: offset_s is {shown(cells['offset_s'])}; expected seconds"
        ) from error
    markers: Pathlike | None = cells["markers"] or None
    if markers and (path.parent / markers).is_file():
        markers = path.parent / markers
    return Pairing(
        path.parent / cells["session"], path.parent / cells["truth"], cells["subject"] or None, offset_s, markers
    )
