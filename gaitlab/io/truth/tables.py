"""Tables as truth: contacts, as events.csv of a session has them, or angles, as angles.csv."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from gaitlab.core.errors import InputError, shown
from gaitlab.core.gait import BOTH_SIDES, Angles, Contact, Side
from gaitlab.io.keypoints.columns import number, read_columns, text
from gaitlab.io.keypoints.tables.heading import open_table
from gaitlab.io.truth.angle_names import our_angle, with_our_signs, zero_note
from gaitlab.io.truth.types import Truth

_STRIKE = "foot_strike_s"
# Nobody's foot strikes twice within the first, and no stride lasts the second, s.
_TWICE_S, _NO_STRIDE_S = 0.1, 10.0
_SIDES: dict[str, Side] = {"left": "left", "l": "left", "right": "right", "r": "right"}


def columns_of(path: Path) -> list[str]:
    """Return the headings of a table."""
    return _heading(open_table(path, "csv")[1])


def is_events(columns: list[str]) -> bool:
    """Whether a table with these headings is one of contacts."""
    return {"side", _STRIKE} <= set(columns)


def is_angles(columns: list[str]) -> bool:
    """Whether a table with these headings is one of angles."""
    return "time_s" in columns and any(our_angle(name) is not None for name in columns)


def read_events(path: Path) -> Truth:
    """Read a table of contacts: side, foot_strike_s and, where it is known, toe_off_s; without rows not accepted."""
    header, rows, comma = _opened(path)
    names = [name for name in ("toe_off_s", "accepted") if name in header]
    others = [number(name, comma=comma) if name == "toe_off_s" else text(name) for name in names]
    wanted = [text("side"), number(_STRIKE, comma=comma), *others]
    contacts = []
    for line, (side, strike_s, *more) in read_columns(path, header, rows, wanted):
        if side.strip().lower() not in _SIDES:
            raise InputError(f"'{path}', line {line}: side is {shown(side)}; expected left or right")
        if not np.isfinite(strike_s):
            raise InputError(f"'{path}', line {line}: expected the time of a foot strike in {_STRIKE}")
        given = dict(zip(names, more, strict=True))
        if str(given.get("accepted", "true")).lower() == "false":
            continue
        off_s = float(given.get("toe_off_s", np.nan))
        if off_s <= strike_s:
            raise InputError(f"'{path}', line {line}: the toe-off at {off_s:g} s is not after its foot strike")
        contacts.append(Contact(_SIDES[side.strip().lower()], strike_s, off_s, 0.0, 0.0))
    if not contacts:
        raise InputError(f"'{path}' has no contacts; expected a row a contact: side, {_STRIKE}, toe_off_s")
    contacts.sort(key=lambda contact: contact.foot_strike_s)
    _check_strides(contacts, path)
    ends = [c.toe_off_s if np.isfinite(c.toe_off_s) else c.foot_strike_s for c in contacts]
    span = (contacts[0].foot_strike_s, max(ends))
    return Truth(
        path, f"table of {len(contacts)} contacts", span, contacts=tuple(contacts), contacts_from="events in the file"
    )


def _check_strides(contacts: Sequence[Contact], path: Path) -> None:
    """Raise InputError for a foot that strikes twice at once, and for strides that are none of seconds."""
    for side in BOTH_SIDES:
        strikes_s = np.array([c.foot_strike_s for c in contacts if c.side == side])
        strides_s = np.diff(strikes_s)
        if len(strides_s) and strides_s.min() < _TWICE_S:
            at_s = strikes_s[strides_s.argmin()]
            raise InputError(
                f"'{path}' has two foot strikes of the {side} foot at {at_s:g} s; expected the contacts of one trial"
            )
        if len(strides_s) >= 2 and np.median(strides_s) > _NO_STRIDE_S:
            raise InputError(
                f"'{path}': strides of the {side} foot last {np.median(strides_s):g} s by {_STRIKE}; expected seconds, "
                "not milliseconds or frames"
            )


def read_angles(path: Path) -> Truth:
    """Read a table of angles: time_s and columns such as left_knee_flexion_deg."""
    header, rows, comma = _opened(path)
    known = {name: ours for name in header if (ours := our_angle(name)) is not None}
    wanted = [number("time_s", comma=comma), *(number(name, comma=comma) for name in known)]
    table = np.array([values for _, values in read_columns(path, header, rows, wanted)])
    return angle_truth(path, "table", table, list(known.values()))


def angle_truth(path: Path, what: str, table: np.ndarray, named: list[tuple[str, str]]) -> Truth:
    """Return a truth from (row, 1 + angle) times and degrees.

    Raises
    ------
    InputError
        no rows, or times that do not rise.
    """
    if len(table) < 2 or not np.isfinite(table[:, 0]).all() or (np.diff(table[:, 0]) <= 0).any():
        raise InputError(f"'{path}': expected two rows or more with times that rise from row to row")
    values = {ours: table[:, column] for column, (ours, _) in enumerate(named, start=1)}
    turned, notes = with_our_signs(values)
    program = named[0][1]
    span = (float(table[0, 0]), float(table[-1, 0]))
    return Truth(
        path, f"{what} of {len(values)} angles ({program})", span, angles=Angles(table[:, 0].copy(), turned),
        angles_from=program, notes=(*zero_note(program), *notes),
    )  # fmt: skip


def _opened(path: Path) -> tuple[list[str], Iterable[tuple[int, list[str]]], bool]:
    """Return heading and rows of a table, and whether commas are free to be decimal ones."""
    separator, header, rows = open_table(path, "csv")
    return _heading(header), rows, separator != ","


def _heading(words: list[str]) -> list[str]:
    plain = [word.strip() for word in words]
    return plain if "time_s" in plain else ["time_s" if word.lower() == "time" else word for word in plain]
