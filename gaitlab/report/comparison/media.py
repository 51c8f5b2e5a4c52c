"""The videos of a comparison: which are shown, whether they go into the page or are played from their sessions."""

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

# A laptop plays so many at once, and so many fit beside each other.
MOST_VIDEOS = 4


@dataclass(frozen=True, slots=True)
class Film:
    """What plays in the place of one session; ``source`` is an address from the page, ``base64_video`` the video."""

    media: Media
    source: str


def shown(compared: Sequence[Compared]) -> tuple[Compared, ...]:
    """Choose whose videos are shown: all, or of many the first and the last ones."""
    return tuple(compared) if len(compared) <= MOST_VIDEOS else (compared[0], *compared[1 - MOST_VIDEOS :])


def gather_films(compared: Sequence[Compared], page: Path, *, embed: bool) -> Mapping[str, Film]:
    """Return letter -> what plays: the clean clip, the annotated video where there is none, or nothing.

    Parameters
    ----------
    page : Path
        where the page will lie.
    embed : bool
        put the videos into the page; otherwise it plays those in the sessions' folders.

    Raises
    ------
    InputError
        a video that cannot be read.
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
