"""Text that somebody else wrote, made harmless for where it goes: a terminal, a spreadsheet, a folder's name."""

from __future__ import annotations

import hashlib
import re

from gaitlab.core.errors import InputError

# What steers a terminal, breaks a line or turns the direction of writing; halves of characters, which no file can hold.
_STEERS = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
_HALVES = re.compile("[\ud800-\udfff]")
# What spreadsheets take for the beginning of a formula, some only in their East Asian editions.
_FORMULA = re.compile("'*[=+\\-@\t\r\n＝＋－＠]")
_NUMBER = re.compile(r"[+-]?\d+(\.\d*)?([eE][+-]?\d+)?", re.ASCII)
_LONGEST_FOLDER = 120  # bytes: marks are added to it, and file systems allow 255
_LONGEST_SAID = 300
_TAKEN_BY_WINDOWS = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)


def printable(text: str, *, keep: str = "") -> str:
    """Return text for a terminal: what would steer it or reorder letters is spelled out, e.g. as ``\\x1b``.

    Parameters
    ----------
    keep : str, optional
        characters that stay although they steer, e.g. line breaks.
    """
    return _STEERS.sub(lambda found: found[0] if found[0] in keep else _spelled(found[0]), text)


def _spelled(one: str) -> str:
    if "\udc80" <= one <= "\udcff":  # a byte of a file's name that is no UTF-8
        return f"\\x{ord(one) - 0xDC00:02x}"
    return one.encode("unicode_escape").decode()


def whole_characters(text: str) -> str:
    """Return text that any file can hold: what is no character, as in names of files that are no UTF-8, becomes �."""
    return _HALVES.sub("\ufffd", text)


def is_number(text: str) -> bool:
    """Whether a cell holds a plain number, as every program reads it."""
    return _NUMBER.fullmatch(text) is not None


def to_cell(text: str) -> str:
    """Return text for a cell of a table that a spreadsheet may open: never a formula. `from_cell` gives it back."""
    return f"'{whole_characters(text)}" if _FORMULA.match(text) and not is_number(text) else whole_characters(text)


def from_cell(cell: str) -> str:
    """Return the text that `to_cell` was given."""
    return cell[1:] if cell[:1] == "'" and _FORMULA.match(cell) else cell


def folder_name(*parts: str | None) -> str:
    """Return a folder's name made of texts, without anything that a file system might mind."""
    text = re.sub(r"(?:[^\w.]|-)+", "-", "-".join(part for part in parts if part)).strip("-.")
    if _TAKEN_BY_WINDOWS.fullmatch(text):
        text = f"session-{text}"
    if len(text.encode()) > _LONGEST_FOLDER:
        mark = hashlib.sha256(text.encode()).hexdigest()[:8]
        text = f"{text.encode()[: _LONGEST_FOLDER - 9].decode(errors='ignore').rstrip('-.')}-{mark}"
    return text or "session"


def check_said(text: str | None, what: str) -> None:
    """Raise InputError where a name or a label would spoil a page, a table or a terminal."""
    if text is None:
        return
    if len(text) > _LONGEST_SAID:
        raise InputError(f"the {what} has {len(text)} characters; expected {_LONGEST_SAID} at most")
    if odd := _STEERS.search(text):
        raise InputError(
            f"the {what} '{printable(text)}' holds {_spelled(odd[0])}, which is nothing to read; leave it out"
        )
