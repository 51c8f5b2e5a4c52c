"""Sanitising of external text for its destination: a terminal, a spreadsheet cell, a folder name."""

from __future__ import annotations

import hashlib
import re
import unicodedata

from gaitlab.core.errors import InputError

# Control characters, line breaks and bidirectional marks; lone surrogates, which no file can hold.
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
_SURROGATE = re.compile("[\ud800-\udfff]")
# Start of a formula for spreadsheets; the full-width forms for some of their East Asian editions.
_FORMULA = re.compile("'*[=+\\-@\t\r\n＝＋－＠]")
_NUMBER = re.compile(r"[+-]?\d+(\.\d*)?([eE][+-]?\d+)?", re.ASCII)
# Languages of pages by their codes (ISO 639-1); the words of each are a folder of `gaitlab/report/locale`.
LANGUAGES = ("en", "de", "fr", "es")
_LONGEST_FOLDER = 120  # bytes: suffixes are added, and file systems allow 255
_LONGEST_TEXT = 300  # characters of a name or a label
_RESERVED_BY_WINDOWS = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)


def printable(text: str, *, keep: str = "") -> str:
    """Return text for a terminal, with control and bidirectional characters escaped, e.g. as ``\\x1b``.

    Parameters
    ----------
    text : str
        any text.
    keep : str, optional
        control characters that stay, e.g. line breaks.
    """
    return _CONTROL.sub(lambda found: found[0] if found[0] in keep else _spelled(found[0]), text)


def _spelled(one: str) -> str:
    if "\udc80" <= one <= "\udcff":  # a byte of a file name that is not UTF-8
        return f"\\x{ord(one) - 0xDC00:02x}"
    return one.encode("unicode_escape").decode()


def whole_characters(text: str) -> str:
    """Return text that any file can hold: lone surrogates, as in file names that are not UTF-8, become �."""
    return _SURROGATE.sub("\ufffd", text)


def is_number(text: str) -> bool:
    """Whether a cell holds a plain number that every program reads alike."""
    return _NUMBER.fullmatch(text) is not None


def to_cell(text: str) -> str:
    """Return text for a table cell that a spreadsheet does not take for a formula; `from_cell` is the inverse."""
    return f"'{whole_characters(text)}" if _FORMULA.match(text) and not is_number(text) else whole_characters(text)


def from_cell(cell: str) -> str:
    """Return the original text of a cell written by `to_cell`."""
    return cell[1:] if cell[:1] == "'" and _FORMULA.match(cell) else cell


def folder_name(*parts: str | None) -> str:
    """Return a folder name joined from texts that is valid on every file system, 120 bytes at most."""
    text = re.sub(r"(?:[^\w.]|-)+", "-", "-".join(part for part in parts if part)).strip("-.")
    if _RESERVED_BY_WINDOWS.fullmatch(text):
        text = f"session-{text}"
    if len(text.encode()) > _LONGEST_FOLDER:
        digest = hashlib.sha256(text.encode()).hexdigest()[:8]
        text = f"{text.encode()[: _LONGEST_FOLDER - 9].decode(errors='ignore').rstrip('-.')}-{digest}"
    return text or "session"


def plain_name(name: str) -> str:
    """Return a name as names are compared: no matter its case, its spaces, or how its accents are encoded."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def check_said(text: str | None, what: str, *, longest: int = _LONGEST_TEXT) -> None:
    """Raise InputError if a name, a label or a note is too long or contains control characters."""
    if text is None:
        return
    if len(text) > longest:
        raise InputError(f"the {what} has {len(text)} characters; expected {longest} at most")
    if odd := _CONTROL.search(text):
        raise InputError(
            f"the {what} '{printable(text)}' holds {_spelled(odd[0])}, which is nothing to read; leave it out"
        )
