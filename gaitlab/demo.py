"""The demonstration: a real clip through the whole way."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from gaitlab.errors import InputError
from gaitlab.pipeline import Progress, analyze
from gaitlab.resources import resource_folder

if TYPE_CHECKING:
    from gaitlab.store.session import Session

_CLIP = Path("data") / "treadmill_side" / "male_side.mp4"


def demo_session(*, output: Path, force: bool = False, progress: Progress | None = None) -> Session:
    """Analyse the demonstration clip and return its session.

    Raises:
        InputError: where the clip is not there.
    """
    clip = resource_folder("models").parent.parent / "shared" / _CLIP
    if not clip.is_file():
        raise InputError(
            f"the demonstration needs the clip '{_CLIP.name}' in a folder 'shared' beside the checkout, "
            f"expected at '{clip}'"
        )
    return analyze(
        clip,
        height_m=1.78,
        athlete="Demo runner",
        label="demo",
        output=output,
        force=force,
        progress=progress,
    )
