"""Pictures and video of a page: what is put into it, what lies beside it, decided before anything is read."""

from __future__ import annotations

import base64
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from gaitlab.core.errors import InputError

# Under this, a page with its video in it can still be sent by mail.
EMBED_BELOW_BYTES = 15_000_000


@dataclass(frozen=True, slots=True)
class Media:
    """The pictures of a page.

    Attributes
    ----------
    stills : Mapping[str, bytes]
        key of a moment -> JPEG of its box.
    file : str
        name of the video beside the page; empty where it is in the page, or there is none.
    base64_video : str
        the video itself; empty where it lies beside the page.
    drawn : bool
        whether the skeleton is drawn into the video, so that the page must not draw it once more.
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
    """Decide whether a video goes into the page: as asked, otherwise where it is small."""
    return size_bytes < EMBED_BELOW_BYTES if embed_video is None else embed_video


def gather_media(
    folder: Path,
    *,
    annotated: Path | None,
    clip: Path | None,
    embed_video: bool | None,
    stills: Mapping[str, bytes],
) -> Media:
    """Choose the page's video: the clean clip where there is one, otherwise the annotated video beside the page.

    Raises
    ------
    InputError
        a clip that cannot be read, or that would be shown from outside the folder of the page.
    """
    if clip is None:
        return Media(stills, annotated.name if annotated else "", drawn=True)
    try:
        if embeds(clip.stat().st_size, embed_video=embed_video):
            return Media(stills, base64_video=base64.b64encode(clip.read_bytes()).decode("ascii"))
    except OSError as error:
        raise InputError(f"cannot read the clip '{clip}': {error.strerror}; write it again") from error
    # Beside the page, for the folder may be moved and the page sent on with it.
    if os.path.dirname(os.path.abspath(clip)) != os.path.abspath(folder):
        raise InputError(f"the clip '{clip}' must lie in '{folder}', beside the page, or be embedded in it")
    return Media(stills, clip.name)
