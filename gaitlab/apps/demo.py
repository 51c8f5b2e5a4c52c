"""The demonstration: analysis of the clip included in gaitlab."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from gaitlab.apps.truth import load_truth
from gaitlab.core.errors import InputError
from gaitlab.pipeline.run import analyze
from gaitlab.pipeline.spec import Progress

if TYPE_CHECKING:
    from gaitlab.io.session.session import Session

_FOLDER = Path(__file__).resolve().parent / "demo_data"
View = Literal["side", "rear"]


def demo_clip(view: View = "side") -> tuple[Path, Path]:
    """Return the paths of the clip of a view and of its truth: a rendered runner with known contacts and angles.

    Raises
    ------
    InputError
        if they are not installed.
    """
    clip, truth = _FOLDER / f"{view}.mp4", _FOLDER / f"{view}_truth.npz"
    for path in (clip, truth):
        if not path.is_file():
            raise InputError(f"the demonstration clip is not there; expected '{path}': install gaitlab anew")
    return clip, truth


def demo_session(
    *, output: Path, model: str | None = None, annotate: bool = True, force: bool = False,
    progress: Progress | None = None,
) -> Session:  # fmt: skip
    """Analyse the demonstration clip and return its session.

    Parameters
    ----------
    output : Path
        the session folder.
    model : str | None, optional
        the pose network; None uses the best one installed.
    annotate : bool, optional
        whether to make the annotated video.
    force : bool, optional
        whether to replace an existing session.
    progress : Progress | None, optional
        called as ``progress(stage, done, total)``.

    Raises
    ------
    GaitlabError
        if the clip is missing, or no network is available.
    """
    clip, beside = demo_clip()
    truth = load_truth(beside)
    settings: dict[str, Any] = {"video.annotate": annotate}
    return analyze(
        clip,
        view="side",
        belt_speed_mps=truth.belt_speed_mps,
        height_m=truth.height_m,
        athlete="Demo runner",
        label="demo",
        model=model,
        settings=settings,
        output=output,
        force=force,
        progress=progress,
    )
