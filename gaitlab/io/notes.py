"""Notes of people on a session: a file of its own, because nothing that an analysis finds is in it.

``notes.json`` is ``{"schema_version": 1, "notes": [{"date": "2026-11-29", "text": "new shoes"}, …]}``. An analysis that
replaces a session keeps it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date as calendar
from pathlib import Path

from gaitlab.core.errors import InputError, argument, shown
from gaitlab.core.text import check_said
from gaitlab.io.files import whole_file
from gaitlab.io.reading import read_json
from gaitlab.io.session.contents import NOTES, within
from gaitlab.io.session.write import write_json

_VERSION = 1
LONGEST = 2000  # characters
_MOST = 1000


@dataclass(frozen=True, slots=True)
class Note:
    """What somebody noted.

    Attributes
    ----------
    date : str
        the day it is of, ``YYYY-MM-DD``.
    text : str
        one line.
    """

    date: str
    text: str


def new_note(text: str, date: str | None = None) -> Note:
    """Return a note; InputError if its text is empty, too long or holds control characters, or the date is none.

    Parameters
    ----------
    text : str
        one line, 2000 characters at most.
    date : str | None, optional
        the day it is of, ``YYYY-MM-DD``; None is today, in local time.
    """
    said = text.strip() if isinstance(text, str) else text
    if not isinstance(said, str) or not said:
        raise InputError(f"a note is a text, e.g. 'left calf sore', not {shown(text)}")
    check_said(said, "note", longest=LONGEST)
    return Note(calendar.today().isoformat() if date is None else _day(date), said)


def _day(text: str) -> str:
    try:
        return calendar.fromisoformat(text).isoformat()
    except (TypeError, ValueError) as error:
        raise InputError(f"{argument('date')} is a day such as 2026-11-29, not {shown(text)}") from error


def read_notes(folder: Path) -> tuple[Note, ...]:
    """Return the notes of a session folder by their dates, those of one day as they were added; empty without any.

    Raises
    ------
    InputError
        if the file is damaged, a link, or written by a newer gaitlab.
    """
    path = within(folder, NOTES)
    if not path.is_file():
        return ()
    advice = "mend it, or delete it to go on without notes"
    content = read_json(path, "notes", advice=advice)
    version = content.field("schema_version")
    if isinstance(version.value, int) and version.value > _VERSION:
        raise InputError(f"'{path}' was written by a newer gaitlab: update gaitlab")
    version.whole(1, _VERSION)
    entries = content.field("notes").entries()
    if len(entries) > _MOST:
        raise InputError(f"'{path}' has {len(entries)} notes; expected {_MOST} at most; {advice}")
    found = []
    for entry in entries:
        date, text = entry.field("date"), entry.field("text").text()
        try:
            found.append(new_note(text, date.text()))
        except InputError as error:
            raise InputError(f"{entry.where}: {error}; {advice}") from error
    return tuple(sorted(found, key=lambda note: note.date))


def write_notes(folder: Path, notes: Sequence[Note]) -> None:
    """Write the notes of a session folder, whole or not at all; without any there is no file.

    Raises
    ------
    InputError
        for more than 1000 notes, or if the file is a link.
    OutputError
        if it cannot be written.
    """
    path = within(folder, NOTES)
    if len(notes) > _MOST:
        raise InputError(f"'{folder}' has {_MOST} notes already; remove some first")
    with whole_file(path, advice="is the folder writable?") as partial:
        write_json(partial, {"schema_version": _VERSION, "notes": [asdict(note) for note in notes]})
    if not notes:
        path.unlink(missing_ok=True)


def keep_notes(before: Path, after: Path) -> None:
    """Write the notes of a session into the folder that is to replace it."""
    if notes := read_notes(before):
        write_notes(after, notes)
