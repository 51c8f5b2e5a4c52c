"""Stills and video of a page: embedded or linked, decided before anything is read."""

from __future__ import annotations

import base64
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from gaitlab.core.errors import InputError

# Largest video for which the page can still be sent by e-mail.
EMBED_BELOW_BYTES = 15_000_000


@dataclass(frozen=True, slots=True)
class Media:
    """Stills and video of a page.

    Attributes
    ----------
    stills : Mapping[str, bytes]
        key of a moment to JPEG of its box.
    file : str
        name of the video next to the page; empty if it is embedded, or there is none.
    base64_video : str
        the embedded video; empty if it is next to the page.
    drawn : bool
        whether the skeleton is already drawn into the video.
    """

    stills: Mapping[str, bytes] = field(default_factory=dict)
    file: str = ""
    base64_video: str = ""
    drawn: bool = False

    @property
    def has_video(self) -> bool:
        """Whether there is a video to play."""
        return bool(self.file or self.base64_video)


def embeds(size_bytes: int, *, embed_video: bool | None) -> bool:
    """Return whether a video is embedded: as requested, otherwise if it is small."""
    return size_bytes < EMBED_BELOW_BYTES if embed_video is None else embed_video


def gather_media(
    folder: Path,
    *,
    annotated: Path | None,
    clip: Path | None,
    embed_video: bool | None,
    stills: Mapping[str, bytes],
) -> Media:
    """Return stills and video of the page: the plain clip, otherwise the annotated video next to the page.

    Raises
    ------
    InputError
        if a clip is unreadable, or not embedded and outside the folder of the page.
    """
    if clip is None:
        return Media(stills, annotated.name if annotated else "", drawn=True)
    try:
        if embeds(clip.stat().st_size, embed_video=embed_video):
            return Media(stills, base64_video=base64.b64encode(clip.read_bytes()).decode("ascii"))
    except OSError as error:
        raise InputError(f"cannot read the clip '{clip}': {error.strerror}; write it again") from error
    # Relative to the page, because the folder may be moved.
    if os.path.dirname(os.path.abspath(clip)) != os.path.abspath(folder):
        raise InputError(f"the clip '{clip}' must lie in '{folder}', beside the page, or be embedded in it")
    return Media(stills, clip.name)
