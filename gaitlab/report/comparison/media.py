"""Videos of a comparison: selection, and embedding or linking."""

from __future__ import annotations

import base64
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from gaitlab.core.errors import InputError
from gaitlab.report.comparison.content import Compared
from gaitlab.report.shared.media import Media

# Most videos that a laptop plays simultaneously and that fit next to each other.
MOST_VIDEOS = 4


@dataclass(frozen=True, slots=True)
class Film:
    """Video of one session; ``source`` is a URL relative to the page, ``base64_video`` the embedded video."""

    media: Media
    source: str


def shown(compared: Sequence[Compared]) -> tuple[Compared, ...]:
    """Return the sessions whose videos are shown: all, or the first and the last ones."""
    return tuple(compared) if len(compared) <= MOST_VIDEOS else (compared[0], *compared[1 - MOST_VIDEOS :])


def gather_films(compared: Sequence[Compared], page: Path, *, embed: bool) -> Mapping[str, Film]:
    """Return the video by session letter: the plain clip, otherwise the annotated video, or none.

    Parameters
    ----------
    compared : Sequence[Compared]
        the sessions.
    page : Path
        path of the page.
    embed : bool
        whether to embed the videos; otherwise the page links to those in the sessions' folders.

    Raises
    ------
    InputError
        if a video is unreadable.
    """
    return {one.letter: _film(one, page, embed=embed) for one in compared}


def _film(one: Compared, page: Path, *, embed: bool) -> Film:
    clip = one.session.clip
    path = clip or one.session.video
    if path is None:
        return Film(Media(), "")
    drawn = path != clip
    if not embed:
        beside = os.path.relpath(path.resolve(), page.resolve().parent)
        return Film(Media(file=path.name, drawn=drawn), quote(Path(beside).as_posix()))
    try:
        packed = base64.b64encode(path.read_bytes()).decode("ascii")
    except OSError as error:
        raise InputError(f"cannot read the video '{path}': {error.strerror}; write it again") from error
    return Film(Media(base64_video=packed, drawn=drawn), "")
