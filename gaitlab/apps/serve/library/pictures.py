"""The small picture of a session: one frame of its clip, which has hidden what was to be hidden."""

from __future__ import annotations

import logging
from pathlib import Path

from gaitlab.core.errors import GaitlabError
from gaitlab.io.session.session import Session
from gaitlab.io.video.reader import open_video
from gaitlab.io.video.stills import Shot, take_stills

_log = logging.getLogger("gaitlab")
_LINES = 180


def small_picture(folder: Path) -> bytes:
    """Return a frame from the middle of a session's clip or annotated video as JPEG; empty where there is none."""
    try:
        session = Session(folder)
        film = session.clip or session.video
        if film is None:
            return b""
        with open_video(film) as video:
            info = video.info
            shot = Shot(info.duration_s / 2, (0, 0, info.width, info.height))
            return take_stills(video, {"small": shot}, max_height_px=_LINES).get("small", b"")
    except GaitlabError as error:
        _log.warning("no small picture of '%s': %s", folder, error)
        return b""
