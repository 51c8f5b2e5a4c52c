"""Reading a file of keypoints: from the file's own terms to one upright, named, timed runner in pixels."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from gaitlab.core.errors import InputError, argument, one_of
from gaitlab.core.person import Body
from gaitlab.core.pose import FloatArray, PoseSequence, Step
from gaitlab.io.keypoints.axes import OF_A_PICTURE, Y_UPWARDS, axes_asked, stands_in, that_stand, turned
from gaitlab.io.keypoints.clock import clock
from gaitlab.io.keypoints.formats import FORMATS, format_of
from gaitlab.io.keypoints.imported import Asked, ImportedPoses, check_imported
from gaitlab.io.keypoints.layouts import layout_named
from gaitlab.io.keypoints.shares import bodies_of, check_place, in_pixels, lowest_share
from gaitlab.io.keypoints.tables.whose import doubts_whose
from gaitlab.tracking.fragments import joined
from gaitlab.tracking.people import link, most_like_a_runner

# Range of the 90th percentile of scores on a scale from 0 to 1.
_HIGH_SCORES = (0.5, 1.0)


@dataclass(frozen=True, slots=True, eq=False)
class Import:
    """The keypoints of one runner read from a file.

    Attributes
    ----------
    pose : PoseSequence
        the keypoints, px.
    format : str
        format of the file, a key of `FORMATS`.
    first : int
        frame of the film that is the first of ``pose``; 0 where the file does not number its frames.
    numbered : bool
        whether the file numbers its frames.
    timed : bool
        whether the file contains frame times.
    shares : bool
        whether its coordinates are shares of the picture.
    notes : tuple[str, ...]
        assumptions made, one sentence each.
    metres_per_px : float | None
        how long a px of ``pose`` is, where the file's unit is a length.
    """

    pose: PoseSequence
    format: str
    first: int
    numbered: bool
    timed: bool
    shares: bool
    notes: tuple[str, ...]
    metres_per_px: float | None = None


def read_keypoints(
    path: str | Path,
    *,
    format: str = "auto",
    fps: float | None = None,
    time_s: FloatArray | None = None,
    person: int | None = None,
) -> PoseSequence:
    """Read the keypoints of one runner.

    Parameters
    ----------
    path : str | Path
        the file, or the folder where the format is a folder of files.
    format : str, optional
        a key of `FORMATS`, or ``auto``.
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
    return import_keypoints(path, format=format, fps=fps, time_s=time_s, person=person).pose


def import_keypoints(
    path: str | Path,
    *,
    format: str = "auto",
    fps: float | None = None,
    film_fps: float | None = None,
    time_s: FloatArray | None = None,
    person: int | None = None,
    layout: str | None = None,
    axes: str | None = None,
    picture_px: tuple[int, int] | None = None,
) -> Import:
    """Read the keypoints of one runner, and say what was assumed; arguments and errors as of `read_keypoints`.

    Parameters
    ----------
    film_fps : float | None, optional
        frames a second of the film, where neither the file nor ``fps`` says them.
    layout : str | None, optional
        the order of keypoints without names.
    axes : str | None, optional
        which axes point to the right and up, e.g. ``xz``.
    picture_px : tuple[int, int] | None, optional
        width and height of the picture, for coordinates that are shares of it.
    """
    path = Path(path)
    if format != "auto" and format not in FORMATS:
        raise InputError(one_of("keypoint format", format, ("auto", *FORMATS)))
    if axes is not None:
        axes_asked(axes)
    if not os.path.exists(path):
        raise InputError(f"no such file: '{path}'; check the path of the keypoints")
    name = format_of(path) if format == "auto" else format
    chosen = FORMATS[name]
    if path.is_dir() != chosen.folder:
        kind = "a folder" if path.is_dir() else "a file"
        wanted = "a folder of files" if chosen.folder else "a file"
        raise InputError(f"'{path}' is {kind}, but the format '{name}' is {wanted}; formats: {', '.join(FORMATS)}")
    found = chosen.read(path, Asked(layout=layout, axes=axes))
    check_imported(found, path)
    check_place(found, path)
    if not chosen.in_space and not found.turned:
        found = _upright(found, path, asked=axes, of_a_table=chosen.table, picture_px=picture_px)
    if layout is not None and found.skeleton.name != layout_named(layout).name:
        raise InputError(
            f"{argument('layout')} is of points without names, but '{path}' names its points "
            f"({', '.join(found.skeleton.names[:3])} …); leave it out"
        )
    is_shares = not chosen.in_space and not found.turned and lowest_share(found) is not None
    if not chosen.in_space:
        found = in_pixels(found, path, picture_px=picture_px)
    found = with_scores_to_one(found, path)
    if format == "auto" and not chosen.own:
        found = replace(found, notes=(f"'{path.name}' was taken for {name} ({chosen.told})", *found.notes))
    of_time: tuple[str, ...] = ()
    if time_s is not None:
        if len(time_s) != len(found.frames):
            raise InputError(f"'{path}' has {len(found.frames)} frames, but {len(time_s)} times were given")
        times_s, first = np.asarray(time_s, dtype=np.float64), 0
    else:
        times_s, first, of_time = clock(found, path, fps=fps, film_fps=film_fps)
    pose, notes = _one_person(found, times_s, path, format=name, person=person)
    if not chosen.rows:  # their reader looked at them before
        notes = (*notes, *doubts_whose(pose, path))
    said = tuple(str(InputError(note)) for note in (*found.notes, *of_time, *notes))
    return Import(
        pose, name, first, found.first is not None, found.time_s is not None, is_shares, said, found.metres_per_px
    )


def _upright(
    found: ImportedPoses, path: Path, *, asked: str | None, of_a_table: bool, picture_px: tuple[int, int] | None
) -> ImportedPoses:
    """Return the points of a picture with x to the right and y downwards: by the axes asked for, or by who stands.

    Raises
    ------
    InputError
        nobody stands upright; names the axes with which they do.
    """
    bodies = bodies_of(found)
    axes, notes = (OF_A_PICTURE, found.notes) if asked is None else (axes_asked(asked), found.notes)
    if asked is None and not stands_in(bodies, found.skeleton):
        better = that_stand(bodies, found.skeleton, of_a_table=of_a_table)
        if of_a_table and better == Y_UPWARDS:
            axes = Y_UPWARDS
            notes = (*notes, f"in '{path.name}' the head has the largest y and the feet the smallest: y points upwards")
        elif better is not None:
            raise InputError(
                f"in '{path}' the runner does not stand upright, with x to the right and y downwards; with "
                f"{argument('axes')} {better} the head is above the hips above the feet"
            )
    if axes == OF_A_PICTURE:
        return found
    low = lowest_share(found)
    whole = (1.0 + low, 1.0 + low) if low is not None else picture_px or (0.0, 0.0)
    return replace(found, frames=turned(found.frames, axes, path, whole=whole), notes=notes)


def with_scores_to_one(found: ImportedPoses, path: Path) -> ImportedPoses:
    """Return people whose scores are 0 to 1, with most near 1 where the file has them on any other scale.

    What counts as not seen is a share of what the file gives points that are seen well.
    """
    scores = [one.score[one.score > 0] for people in found.frames for one in people]
    seen = np.concatenate(scores) if scores else np.empty(0)
    high = float(np.percentile(seen, 90)) if len(seen) else 1.0
    low, top = _HIGH_SCORES
    if low <= high <= top:
        scale = 1.0
    else:
        scale = 1.0 / high if np.isfinite(high) else 1.0
        found = replace(
            found,
            notes=(
                *found.notes,
                f"scores in '{path.name}' are on a scale of their own (nine in ten up to {high:.3g}): taken as shares "
                "of that",
            ),
        )
    frames = [
        [Body(one.xy, np.clip(np.nan_to_num(one.score) * scale, 0.0, 1.0)) for one in people] for people in found.frames
    ]
    return replace(found, frames=frames)


def _one_person(
    found: ImportedPoses, time_s: FloatArray, path: Path, *, format: str, person: int | None
) -> tuple[PoseSequence, tuple[str, ...]]:
    frames, parted = joined(found.frames, found.skeleton)
    tracks = link(frames, time_s, found.skeleton)
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
    counts = {"people": len(tracks), "frames_seen": len(track.frames), **({"parts_joined": parted} if parted else {})}
    step = Step("import", {"format": format, "file": path.name}, counts)
    notes = (
        f"in {parted} frames of '{path.name}' somebody is told in parts, as several people; they were put together",
    )
    return PoseSequence(xy, score, time_s, found.skeleton, (step,)), notes if parted else ()
