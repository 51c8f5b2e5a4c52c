"""Reading of a keypoint file: the table of formats, the frame times, and the selection of the runner."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np

from gaitlab.core.errors import InputError, argument, one_of
from gaitlab.core.pose import FloatArray, PoseSequence, Step
from gaitlab.core.units import FRAME_RATE
from gaitlab.io.keypoints.coco import read_alphapose, read_coco
from gaitlab.io.keypoints.imported import ImportedPoses, check_imported, most_frames
from gaitlab.io.keypoints.openpose import read_openpose
from gaitlab.io.keypoints.own import read_csv, read_gaitlab_pose
from gaitlab.io.keypoints.trc import read_trc
from gaitlab.tracking.people import link, most_like_a_runner

FORMATS: Mapping[str, Callable[[Path], ImportedPoses]] = {
    "csv": read_csv,
    "gaitlab-pose": read_gaitlab_pose,
    "openpose-json": read_openpose,
    "coco-json": read_coco,
    "alphapose-json": read_alphapose,
    "trc": read_trc,
}


def read_keypoints(
    path: str | Path,
    *,
    format: str,
    fps: float | None = None,
    time_s: FloatArray | None = None,
    person: int | None = None,
) -> PoseSequence:
    """Read the keypoints of one runner.

    Parameters
    ----------
    path : str | Path
        the file, or the folder if the format is a folder of files.
    format : str
        a key of `FORMATS`.
    fps : float | None, optional
        frame rate, Hz, if the file does not contain it.
    time_s : FloatArray | None, optional
        (frame,) true times, s; takes precedence over those of the file.
    person : int | None, optional
        number of the person, by order of appearance; None selects the runner, see `tracking.people.RunnerScore`.

    Returns
    -------
    PoseSequence
        raw keypoints of the person in all frames, NaN where not detected; px, or mm if the file's unit is a length.

    Raises
    ------
    InputError
        if the file is missing, not of that format (names the missing field), without frame rate or without people.
    """
    path = Path(path)
    if format not in FORMATS:
        raise InputError(one_of("keypoint format", format, FORMATS))
    if not os.path.exists(path):
        raise InputError(f"no such file: '{path}'; check the path of the keypoints")
    if path.is_dir() != (format in _FOLDERS):
        kind = "a folder" if path.is_dir() else "a file"
        wanted = "a folder of files" if format in _FOLDERS else "a file"
        raise InputError(f"'{path}' is {kind}, but the format '{format}' is {wanted}; formats: {', '.join(FORMATS)}")
    found = FORMATS[format](path)
    check_imported(found, path)
    return _one_person(found, _clock(found, path, fps=fps, time_s=time_s), path, format=format, person=person)


# Formats that are a folder with one file per frame.
_FOLDERS = frozenset({"openpose-json"})


def _clock(found: ImportedPoses, path: Path, *, fps: float | None, time_s: FloatArray | None) -> FloatArray:
    count = len(found.frames)
    if time_s is not None:
        if len(time_s) != count:
            raise InputError(f"'{path}' has {count} frames, but {len(time_s)} times were given")
        return np.asarray(time_s, dtype=np.float64)
    if found.time_s is not None:
        _check_times(found.time_s, path)
        return found.time_s
    rate = fps or found.fps
    if rate is None:
        raise InputError(f"'{path}' does not say its frame rate; give it with {argument('fps')}, e.g. 120")
    return np.arange(count) / rate


def _check_times(time_s: FloatArray, path: Path) -> None:
    """Check the frame times of a file.

    Raises
    ------
    InputError
        if times are missing, do not increase, are not in seconds, or have too large gaps.
    """
    if not np.isfinite(time_s).all():
        raise InputError(f"'{path}' has no time for frame {int((~np.isfinite(time_s)).argmax())}; expected seconds")
    steps_s = np.diff(time_s)
    if np.any(steps_s <= 0):
        raise InputError(f"the times in '{path}' do not rise from frame to frame; is it one recording?")
    if not len(steps_s):
        return
    step_s = float(np.median(steps_s))
    if not 1 / FRAME_RATE.high <= step_s <= 1 / FRAME_RATE.low:
        raise InputError(
            f"the times in '{path}' make {1 / step_s:g} frames a second; expected seconds, and "
            f"{FRAME_RATE.low:g} to {FRAME_RATE.high:g} frames in one"
        )
    if time_s[-1] - time_s[0] > step_s * most_frames(len(time_s)):
        raise InputError(
            f"'{path}' has {len(time_s)} frames in {time_s[-1] - time_s[0]:g} s; expected one recording, without "
            "such gaps in time"
        )


def _one_person(
    found: ImportedPoses, time_s: FloatArray, path: Path, *, format: str, person: int | None
) -> PoseSequence:
    tracks = link(found.frames, time_s, found.skeleton)
    if not tracks:
        raise InputError(f"'{path}' shows nobody in {len(found.frames)} frames; is it the right file?")
    if person is not None and person >= len(tracks):
        raise InputError(f"person {person} is not in '{path}'; it has {len(tracks)}, counted from 0")
    track = tracks[person] if person is not None else most_like_a_runner(tracks, found.skeleton)
    assert track is not None
    xy = np.full((len(time_s), len(found.skeleton), 2), np.nan)
    score = np.zeros(xy.shape[:2])
    for frame, body in zip(track.frames, track.bodies, strict=True):
        xy[frame], score[frame] = body.xy, body.score
    step = Step(
        "import", {"format": format, "file": path.name}, {"people": len(tracks), "frames_seen": len(track.frames)}
    )
    return PoseSequence(xy, score, time_s, found.skeleton, (step,))
