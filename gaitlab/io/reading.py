"""Reading of a user's files: text, JSON, TOML and CSV within limits, and values of an expected type from them.

Every error is one line that names the file and the position in it.
"""

from __future__ import annotations

import csv
import io
import json
import math
import os
import tomllib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import IO, Any, BinaryIO

from gaitlab.core.errors import InputError, shown

# An hour of whole-body keypoints as JSON has half of it; a video chosen by mistake has more.
LARGEST_BYTES = 1_000_000_000
_NUMBERS = {int, float, type(None)}


def read_text(path: Path, what: str, *, advice: str = "", windows: bool = False) -> str:
    """Return the content of a text file.

    Parameters
    ----------
    path : Path
        the file.
    what : str
        description of the file in errors, e.g. ``settings file``.
    advice : str, optional
        what the errors say last, e.g. which command makes such a file.
    windows : bool, optional
        whether it may also be what older Windows programs write: code page 1252, or UTF-16 with its mark.

    Raises
    ------
    InputError
        if the file is missing, unreadable, a device, too large, or not UTF-8.
    """
    with _opened(path, what, advice) as file:
        content = _all(file)
        if not windows:
            return content.decode("utf-8-sig")
        if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
            return content.decode("utf-16")
        try:
            return content.decode("utf-8-sig")
        except UnicodeDecodeError:
            if b"\0" in content:  # no text has it
                raise
            return content.decode("cp1252")


def read_bytes(path: Path, what: str, *, advice: str = "") -> bytes:
    """Return the content of a file that is no text; arguments and errors as of `read_text`."""
    with _opened(path, what, advice) as file:
        return _all(file)


def read_start(path: Path, what: str, *, size: int) -> bytes:
    """Return the first bytes of a file, at most so many; errors as of `read_text`."""
    with _opened(path, what, "") as file:
        return file.read(size)


@contextmanager
def _opened(path: Path, what: str, advice: str) -> Iterator[BinaryIO]:
    end = f"; {advice}" if advice else ""
    try:
        if path.exists() and not path.is_file():  # a device or a pipe may never end
            kind = "a folder" if path.is_dir() else "no ordinary file"
            raise InputError(f"cannot read the {what} '{path}': it is {kind}{end}")
        with path.open("rb") as file:
            if os.fstat(file.fileno()).st_size > LARGEST_BYTES:
                raise InputError(
                    f"the {what} '{path}' has more than {LARGEST_BYTES / 1e6:.0f} MB; is it the right file?"
                )
            yield file
    except UnicodeDecodeError as error:
        byte = error.object[error.start]
        raise InputError(f"the {what} '{path}' is not UTF-8 text (byte 0x{byte:02x}){end}") from error
    except (OSError, ValueError) as error:  # ValueError: an invalid path
        raise InputError(
            f"cannot read the {what} '{path}': {getattr(error, 'strerror', None) or error}{end}"
        ) from error


def _all(file: BinaryIO) -> bytes:
    # Asked for the most that a file may have, Python takes memory for all of it first.
    return file.read(os.fstat(file.fileno()).st_size)


def read_json(path: Path, what: str, *, advice: str = "", windows: bool = False) -> Entry:
    """Return the content of a JSON file; arguments and errors as of `read_text`."""
    text = read_text(path, what, advice=advice, windows=windows)
    return parse_json(text, f"'{path}'", advice=advice)


def read_toml(path: Path, what: str) -> Entry:
    """Return the content of a TOML file, a table; parameters and errors as in `read_text`."""
    return parse_toml(read_text(path, what), f"the {what} '{path}'")


def parse_json(text: str | bytes, where: str, *, advice: str = "") -> Entry:
    """Return the content of a JSON text.

    Parameters
    ----------
    text : str | bytes
        the JSON.
    where : str
        name of the source in errors, e.g. ``'points.json'``.
    advice : str, optional
        end of the error message.

    Raises
    ------
    InputError
        if it is not JSON, or nested too deeply.
    """
    try:
        return Entry(json.loads(text), where)
    except (ValueError, RecursionError) as error:
        raise InputError(f"{where} is not JSON{_why(error)}" + (f"; {advice}" if advice else "")) from error


def parse_toml(text: str, where: str) -> Entry:
    """Return the content of a TOML text; InputError if it is not TOML, or nested too deeply."""
    try:
        return Entry(tomllib.loads(text), where)
    except (ValueError, RecursionError) as error:
        raise InputError(f"{where} is not TOML{_why(error)}") from error


def _why(error: ValueError | RecursionError) -> str:
    if isinstance(error, RecursionError):
        return " that can be read: it is nested too deeply"
    if isinstance(error, json.JSONDecodeError | tomllib.TOMLDecodeError | UnicodeDecodeError):
        return f": {error}"
    return " that can be read: a number in it has thousands of digits"


def read_rows(
    path: Path, what: str, *, separator: str = ",", advice: str = "", windows: bool = False
) -> Iterator[tuple[int, list[str]]]:
    """Yield the line number and the cells of every row of a CSV file that is not blank, cells without outer spaces.

    Parameters
    ----------
    path : Path
        the file.
    what : str
        description of the file in errors.
    separator : str, optional
        cell separator.
    advice : str, optional
        end of the error message.

    Raises
    ------
    InputError
        as in `read_text`, and for an unclosed quote or an oversized cell.
    """
    with _lines(path, what, advice, windows=windows) as text:
        # A quote that is not closed swallows whatever follows, this line too.
        rows = csv.reader(chain(text, [_END]), delimiter=separator, skipinitialspace=True)
        line = 0
        try:
            for row in rows:
                if row and row[-1].endswith(_END):
                    if row == [_END]:
                        return
                    raise InputError(f"'{path}', line {line + 1}: a quote is opened and not closed")
                line = rows.line_num
                cells = [cell.strip() for cell in row]
                if any(cells):
                    yield line, cells
        except csv.Error as error:
            raise InputError(
                f"'{path}', line {rows.line_num}: {error}; expected cells separated by {separator!r}"
            ) from error


@contextmanager
def _lines(path: Path, what: str, advice: str, *, windows: bool) -> Iterator[IO[str]]:
    """Open a table as text, in memory only where its letters have to be guessed."""
    if windows:
        yield io.StringIO(read_text(path, what, advice=advice, windows=True), newline="")
        return
    with _opened(path, what, advice) as file, io.TextIOWrapper(file, encoding="utf-8-sig", newline="") as text:
        yield text


_END = "\0end\0"


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """A value of a JSON or TOML file, read by its expected type.

    The methods raise InputError for a value of another type.

    Attributes
    ----------
    value : Any
        the value as parsed.
    file : str
        name of the file in errors: ``'points.json'``.
    place : str
        position in the file: ``frames[3]``; empty for the whole content.
    """

    value: Any
    file: str
    place: str = ""

    @property
    def where(self) -> str:
        """File and position, as shown in errors."""
        return f"{self.file}, {self.place}" if self.place else self.file

    def error(self, expected: str) -> InputError:
        """Return the error for an entry that is not as ``expected``."""
        return InputError(f"{self.where}: expected {expected}, not {shown(self.value)}")

    def has(self, name: str) -> bool:
        """Whether this is a table with a non-null field of that name."""
        return isinstance(self.value, dict) and self.value.get(name) is not None

    def field(self, name: str) -> Entry:
        """Return a field of a table; InputError if there is none."""
        if not isinstance(self.value, dict):
            raise self.error(f"a table with the field '{name}'")
        if name not in self.value:
            raise InputError(f"{self.where} has no field '{name}'")
        return self._below(name, self.value[name])

    def fields(self) -> dict[str, Entry]:
        """Return the fields of a table."""
        if not isinstance(self.value, dict):
            raise self.error("a table")
        return {name: self._below(name, value) for name, value in self.value.items()}

    def list(self) -> Sequence[Any]:
        """Return a list as parsed."""
        if not isinstance(self.value, list):
            raise self.error("a list")
        return self.value

    def entries(self) -> Sequence[Entry]:
        """Return the entries of a list."""
        return [Entry(value, self.file, f"{self.place}[{number}]") for number, value in enumerate(self.list())]

    def text(self) -> str:
        """Return a non-empty text."""
        if not isinstance(self.value, str) or not self.value.strip():
            raise self.error("a text")
        return self.value

    def whole(self, low: int, high: int) -> int:
        """Return a whole number from ``low`` to ``high``."""
        if type(self.value) is not int or not low <= self.value <= high:
            raise self.error(f"a whole number from {low} to {high}")
        return self.value

    def number(self, low: float, high: float) -> float:
        """Return a number from ``low`` to ``high``."""
        if type(self.value) not in (int, float) or not low <= self.value <= high:
            raise self.error(f"a number from {low:g} to {high:g}")
        return float(self.value)

    def numbers(self) -> Sequence[float]:
        """Return a list of numbers; null counts as NaN."""
        values = self.list()
        if not set(map(type, values)) <= _NUMBERS:
            number = next(n for n, value in enumerate(values) if type(value) not in _NUMBERS)
            raise self.entries()[number].error("a number")
        try:
            return [math.nan if value is None else float(value) for value in values]
        except OverflowError as error:
            raise InputError(f"{self.where}: one of the numbers has hundreds of digits") from error

    def rows(self, width: int) -> Sequence[float]:
        """Return the flattened numbers of a list of lists of ``width`` numbers; null counts as NaN."""
        rows = self.list()
        for number, row in enumerate(rows):
            if type(row) is not list or len(row) != width:
                raise self.entries()[number].error(f"a list of {width} numbers")
        flat = list(chain.from_iterable(rows))
        if set(map(type, flat)) <= _NUMBERS:
            return Entry(flat, self.file, self.place).numbers()
        raise next(entry.error(f"{width} numbers") for entry in self.entries() if not _all_numbers(entry.value))

    def _below(self, name: str, value: Any) -> Entry:
        word = name if name.isidentifier() and len(name) < 60 else shown(name)
        return Entry(value, self.file, f"{self.place}.{word}".lstrip("."))


def _all_numbers(values: Sequence[Any]) -> bool:
    return set(map(type, values)) <= _NUMBERS
