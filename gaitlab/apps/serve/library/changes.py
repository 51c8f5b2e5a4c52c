"""Changes to sessions: another athlete or label, and taking them away so that they can be brought back."""

from __future__ import annotations

import json
import logging
import os
import secrets
import shutil
import time
from contextlib import suppress
from pathlib import Path

from gaitlab.core.errors import InputError, OutputError
from gaitlab.core.text import check_said
from gaitlab.io.files import whole_file
from gaitlab.io.session.index import session_folders
from gaitlab.io.session.session import Session, open_session
from gaitlab.io.session.write import write_json
from gaitlab.pipeline.writing import rebuild_report

_log = logging.getLogger("gaitlab")
_KEPT_DAYS = 30.0
_DAY_S = 86400.0
_WHERE = "where.json"


def rename(folder: Path, *, athlete: str | None, label: str | None) -> None:
    """Give a session another athlete and label, in its description and on its page.

    Raises
    ------
    InputError
        if the session is damaged, or a name is nothing to read.
    OutputError
        if it cannot be written.
    """
    check_said(athlete, "athlete's name")
    check_said(label, "label")
    session = open_session(folder)
    for one in [session, *([session.companion] if session.companion else [])]:
        with whole_file(one.folder / "session.json", advice="is the folder writable?") as partial:
            write_json(partial, {**one.info, "athlete": athlete or None, "label": label or None})
    rebuild_report(Session(folder))


class Bin:
    """What was taken away, for thirty days.

    Parameters
    ----------
    folder : Path
        where it lies.
    directory : Path
        the folder of sessions.
    """

    def __init__(self, folder: Path, directory: Path) -> None:
        self._folder = folder
        self._directory = directory

    def take(self, session: Path) -> str:
        """Move a session into the bin, and return the key that brings it back.

        Raises
        ------
        InputError
            if it holds other sessions, or is the folder of sessions itself.
        OutputError
            if it cannot be moved.
        """
        if session == self._directory or len(list(session_folders(session))) > 1:
            raise InputError(
                f"'{session}' holds other sessions, so it is not deleted as a whole; move those away first"
            )
        key = secrets.token_hex(8)
        place = self._folder / key
        try:
            place.mkdir(parents=True)
            (place / _WHERE).write_text(json.dumps({"place": str(session.relative_to(self._directory))}))
            session.rename(place / "session")
        except OSError as error:
            shutil.rmtree(place, ignore_errors=True)
            raise OutputError(f"'{session}' cannot be moved: {error.strerror}; is it in use?") from error
        return key

    def bring_back(self, key: str) -> None:
        """Move a session back to where it was.

        Raises
        ------
        InputError
            if there is no such key, or another session is there now.
        """
        if not key.isalnum() or not (place := self._folder / key).is_dir():
            raise InputError("this was deleted for good; what was deleted can be brought back for thirty days")
        target = self._directory / json.loads((place / _WHERE).read_text())["place"]
        if os.path.lexists(target):
            raise InputError(f"another session is at '{target}' now; move it away first")
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            (place / "session").rename(target)
        except OSError as error:
            raise OutputError(f"'{target}' cannot be written: {error.strerror}; is the folder writable?") from error
        shutil.rmtree(place, ignore_errors=True)

    def empty(self) -> None:
        """Delete what was taken away more than thirty days ago."""
        for place in self._folder.iterdir() if self._folder.is_dir() else ():
            with suppress(OSError):
                if time.time() - (place / _WHERE).stat().st_mtime > _KEPT_DAYS * _DAY_S:
                    shutil.rmtree(place)
