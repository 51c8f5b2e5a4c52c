"""Loading of keypoints from a file or dataset, and estimation from a video."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from gaitlab.core.errors import InputError, argument, shown
from gaitlab.core.pose import PoseSequence
from gaitlab.pipeline import arguments
from gaitlab.pipeline.recording import read_recording
from gaitlab.pipeline.run import ARGUMENTS, picture_px
from gaitlab.pipeline.spec import Progress, RecordingSpec

if TYPE_CHECKING:
    import xarray

_CHECKS = {**ARGUMENTS, "format": arguments.text, "person": arguments.whole(0, 999)}


def load_keypoints(
    source: str | Path | xarray.Dataset, *, format: str = "auto", fps: float | None = None,
    person: int | None = None, layout: str | None = None, axes: str | None = None, picture: str | None = None,
) -> PoseSequence:  # fmt: skip
    """Load the keypoints of one runner from the output of another program.

    Parameters
    ----------
    source : str | Path | xarray.Dataset
        a file, or the folder where the format is a folder of files; or a poses dataset of movement, such as
        `Session.to_xarray` returns.
    format : str, optional
        format of the file, see docs/files.md; ``auto`` detects it from the contents.
    fps : float | None, optional
        frame rate, Hz, if the file or dataset does not contain it; one that its times contradict is refused.
    person : int | None, optional
        which person, by order of appearance, counted from 0; None takes the one most like a runner: longest in the
        picture, in one place, with legs that alternate.
    layout : str | None, optional
        the order of keypoints without names, e.g. ``body_25b``.
    axes : str | None, optional
        which axes point to the right and up, e.g. ``xz`` or ``x-y``.
    picture : str | None, optional
        image size in px, e.g. ``1920x1080``, for normalised coordinates.

    Returns
    -------
    PoseSequence
        ``xy`` (frame, keypoint, 2) in px, x right and y down, NaN where a point was not seen; ``score``
        (frame, keypoint), 0 to 1; ``time_s`` (frame,) in seconds. Keypoints have gaitlab's names (``left_big_toe``).

    Raises
    ------
    InputError
        if the file is missing or not of that format, has no frame rate, no person, or a person who is not upright.

    Examples
    --------
    >>> import gaitlab
    >>> raw = gaitlab.load_keypoints("run.csv", fps=60)
    >>> raw.xy.shape, raw.fps
    ((300, 31, 2), 60.0)
    """
    arguments.check(locals(), _CHECKS, needed=("format",))
    if not isinstance(source, str | os.PathLike):
        if not hasattr(source, "data_vars"):
            raise InputError(
                f"{argument('source')} must be the path of a file or folder, or a poses dataset of movement, not "
                f"{shown(source)}"
            )
        told = {"format": format if format != "auto" else None, "layout": layout, "axes": axes, "picture": picture}
        for name in (name for name, value in told.items() if value is not None):
            raise InputError(f"{argument(name)} is of a file, but a dataset names all this itself; leave it out")
        from gaitlab.io.keypoints.programs.movement import from_dataset

        return from_dataset(source, fps=fps, person=person)
    arguments.path("source", source)
    spec = RecordingSpec(
        video=None, view="side", keypoints=Path(source), keypoints_format=format, fps=fps,
        person=-1 if person is None else person, layout=layout, axes=axes, picture_px=picture_px(picture),
    )  # fmt: skip
    try:
        return read_recording(spec, progress=_silent).raw
    except InputError as error:  # one argument has another name in `gaitlab.analyze`
        raise InputError(error.worded(lambda name: name.removeprefix("keypoints_"))) from error


def estimate_poses(
    video: str | Path,
    *,
    model: str | None = None,
    models_dir: str | Path | None = None,
    person: int | None = None,
    start_s: float | None = None,
    end_s: float | None = None,
    capture_fps: float | None = None,
    rotate: int = 0,
    fps: float | None = None,
    progress: Progress | None = None,
) -> PoseSequence:
    """Find the runner in a video and return their keypoints in every frame.

    Frames are processed one at a time, so memory use does not depend on the length of the video.

    Parameters
    ----------
    video : str | Path
        the video.
    model : str | None, optional
        the pose network, see `gaitlab models list`; None takes the best one installed.
    models_dir : str | Path | None, optional
        a folder of networks to look into first.
    person : int | None, optional
        which person to follow, by order of appearance, counted from 0; None chooses the runner.
    start_s, end_s : float | None, optional
        first and last second of the video to use.
    capture_fps : float | None, optional
        the true frame rate of a slow-motion video, Hz.
    rotate : int, optional
        turn the pictures clockwise by 0, 90, 180 or 270 degrees first.
    fps : float | None, optional
        frame rate of a raw stream, which has no clock, Hz.
    progress : Progress | None, optional
        called as ``progress(stage, done, total)``.

    Returns
    -------
    PoseSequence
        ``xy`` (frame, keypoint, 2) in px, NaN where a point was not found; ``score`` (frame, keypoint), 0 to 1;
        ``time_s`` (frame,) in seconds of true time, as the video's own time stamps say. ``history`` names the network.

    Raises
    ------
    GaitlabError
        if the video or network is missing, or the video shows no person or one who is not upright.
    """
    arguments.check(locals(), _CHECKS, needed=("video", "rotate"))
    arguments.check_span(start_s, end_s)
    spec = RecordingSpec(
        video=video, view="side", fps=fps, capture_fps=capture_fps, start_s=start_s, end_s=end_s, model=model or "auto",
        models_dir=Path(models_dir) if models_dir else None, person=-1 if person is None else person,
        rotate_deg=rotate,
    )  # fmt: skip
    return read_recording(spec, progress=progress or _silent).raw


def _silent(stage: str, done: int, total: int) -> None:
    """Show nothing of the progress."""
