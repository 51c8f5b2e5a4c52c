"""What people change of a session that is there: its notes, and whose page it is. The page follows."""

from __future__ import annotations

from pathlib import Path

from gaitlab.core.errors import InputError, argument, shown
from gaitlab.io.brand import Brand, write_logo
from gaitlab.io.files import alone_in, whole_file
from gaitlab.io.notes import new_note, read_notes, write_notes
from gaitlab.io.session.session import Session, open_session
from gaitlab.io.session.write import write_json
from gaitlab.pipeline.writing import rebuild_report


def add_note(session: Session | str | Path, text: str, *, date: str | None = None) -> Session:
    """Add a note to a session, and rebuild its report if it has one.

    Parameters
    ----------
    session : Session | str | Path
        the session, or its folder.
    text : str
        the note: one line, 2000 characters at most.
    date : str | None, optional
        the day it is of, ``YYYY-MM-DD``; None is today.

    Returns
    -------
    Session
        the session; ``session.notes`` are its notes by date. They are kept when the same recording is analysed again
        with ``force``.

    Raises
    ------
    InputError
        for an empty or too long note, a date that is none, or a damaged session.
    OutputError
        if the folder cannot be written.
    """
    opened, note = _opened(session), new_note(text, date)
    with alone_in(opened.folder):
        write_notes(opened.folder, [*read_notes(opened.folder), note])
        return _shown(opened)


def remove_note(session: Session | str | Path, number: int) -> Session:
    """Remove a note from a session, and rebuild its report if it has one.

    Parameters
    ----------
    session : Session | str | Path
        the session, or its folder.
    number : int
        its position in ``session.notes``, from 1 on.

    Raises
    ------
    InputError
        if there is no such note, or the session is damaged.
    OutputError
        if the folder cannot be written.
    """
    opened = _opened(session)
    with alone_in(opened.folder):
        notes = list(read_notes(opened.folder))
        if not notes:
            raise InputError(f"'{opened.folder}' has no notes, so none can be removed")
        if isinstance(number, bool) or not isinstance(number, int) or not 1 <= number <= len(notes):
            allowed = f"must be the number of a note, 1 to {len(notes)}"
            raise InputError(f"{argument('remove')} {allowed}, not {shown(number)}")
        del notes[number - 1]
        write_notes(opened.folder, notes)
        return _shown(opened)


def set_brand(session: Session, brand: Brand) -> None:
    """Head a session's page, and that of the other clip of its run, with the brand of a shop or clinic.

    Raises
    ------
    OutputError
        if the folder cannot be written.
    """
    for one in [session, *([session.companion] if session.companion else [])]:
        write_logo(one.folder, brand)
        with whole_file(one.folder / "session.json", advice="is the folder writable?") as partial:
            write_json(partial, {**one.info, "brand": brand.entry()})


def _opened(session: Session | str | Path) -> Session:
    return session if isinstance(session, Session) else open_session(session)


def _shown(session: Session) -> Session:
    if session.report.is_file():
        rebuild_report(Session(session.folder))
    return Session(session.folder)
