"""Keypoints from a file: checked, and each paired with the frame of the film that it belongs to."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from gaitlab.core.errors import InputError, argument
from gaitlab.core.pose import FloatArray, PoseSequence
from gaitlab.kinematics.plausibility import check_body, check_posture
from gaitlab.metrics import MOVEMENTS
from gaitlab.metrics.movements.recognise import recognise
from gaitlab.pipeline.spec import AUTO, RecordingSpec

if TYPE_CHECKING:
    from gaitlab.io.keypoints.read import Import
    from gaitlab.io.video.reader import Video

# A file may end before its film, where the runner has left the picture; one of half as many frames is another film's.
_LEAST_TOLD = 0.6


def file_facts(found: Import) -> dict[str, Any]:
    """Return what session.json says in place of a pose network."""
    return {"name": "keypoints from a file", "format": found.format}


def read_file(spec: RecordingSpec, opened: Video | None = None) -> Import:
    """Read the file of keypoints, whose runner stands upright and has a body's proportions."""
    from gaitlab.io.keypoints import import_keypoints

    assert spec.keypoints is not None
    size = (opened.info.width, opened.info.height) if opened is not None else spec.picture_px
    person = spec.person if spec.person >= 0 else None
    found = import_keypoints(
        Path(spec.keypoints), format=spec.keypoints_format, fps=spec.fps, person=person,
        film_fps=opened.info.fps if opened is not None else spec.fps_otherwise,
        layout=spec.layout, axes=spec.axes, picture_px=size,
    )  # fmt: skip
    if spec.picture_px is not None and opened is None and not found.shares:
        raise InputError(
            f"{argument('picture')} is of coordinates that are shares of the picture, but those in '{spec.keypoints}' "
            "are not; leave it out"
        )
    check_posture(found.pose, spec.keypoints, rotate_deg=None)
    return replace(
        found,
        notes=(*found.notes, *check_body(found.pose, spec.keypoints, from_file=True, gait=is_gait(spec, found.pose))),
    )


def is_gait(spec: RecordingSpec, pose: PoseSequence) -> bool:
    """Whether keypoints are taken for those of gait: as was said, or as they show."""
    return spec.movement not in MOVEMENTS and not (spec.movement == AUTO and recognise(pose).movement)


def part_of(raw: PoseSequence, spec: RecordingSpec) -> PoseSequence:
    """Return the part of a recording between the start and the end that were asked for."""
    if spec.start_s is not None and spec.start_s > raw.time_s[-1]:
        raise InputError(
            f"{argument('start_s')} ({spec.start_s:g} s) is beyond the end of '{spec.keypoints}' "
            f"({raw.time_s[-1]:.3f} s)"
        )
    return raw.between(spec.start_s or 0.0, spec.end_s if spec.end_s is not None else np.inf)


def read_film_keypoints(spec: RecordingSpec, opened: Video) -> Import:
    """Return the keypoints of a film's file, each with the frame that it belongs to.

    Raises
    ------
    InputError
        they are not of this film.
    """
    found = read_file(spec, opened)
    raw, notes = found.pose, found.notes
    # Other programs see both fields of an interlaced picture in one frame.
    times_s = next((one for one in (opened.timestamps_s, opened.coded_times_s) if len(one) == len(raw)), None)
    if times_s is None:
        times_s = opened.timestamps_s
        at = _frames_of(found, times_s)
        if at is None:
            raise InputError(
                f"'{spec.keypoints}' has keypoints for {len(raw)} frames, but '{spec.video}' has "
                f"{opened.info.frames}; they must belong together"
            )
        xy = np.full((len(times_s), *raw.xy.shape[1:]), np.nan)
        score = np.zeros(xy.shape[:2])
        xy[at], score[at] = raw.xy, raw.score
        raw = replace(raw, xy=xy, score=score, time_s=times_s)
        notes = (
            *notes,
            f"'{Path(spec.keypoints or '').name}' tells frames {at[0]} to {at[-1]} of the film's {len(times_s)}, "
            "counted from 0; in the others nobody was seen",
        )
    return replace(found, pose=part_of(replace(raw, time_s=times_s), spec), notes=notes)


def _frames_of(found: Import, film_s: FloatArray) -> np.ndarray | None:
    """Return which frames of a film are those of a file: by its times, or by its numbers; None where they are not."""
    count = len(found.pose)
    if found.timed:
        step_s = float(np.median(np.diff(film_s)))
        at = np.abs(film_s[:, None] - found.pose.time_s).argmin(axis=0)
        fits = np.abs(film_s[at] - found.pose.time_s).max() <= 0.51 * step_s and len(set(at.tolist())) == count
        return at if fits else None
    last = found.first + count
    return np.arange(found.first, last) if found.numbered and _LEAST_TOLD * len(film_s) <= last <= len(film_s) else None
