"""Poses as `movement` and xarray have them: a dataset over time, space, keypoints and individuals.

The layout is that of movement's poses datasets: https://movement.neuroinformatics.dev/user_guide/movement_dataset.html
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from gaitlab.core.errors import InputError, argument, shown
from gaitlab.core.person import Body
from gaitlab.core.pose import FloatArray, PoseSequence, Step
from gaitlab.core.skeleton import Skeleton
from gaitlab.io.keypoints.clock import SAME_RATE, check_times, clock, contradicted
from gaitlab.io.keypoints.imported import ImportedPoses, check_imported, named_points
from gaitlab.io.keypoints.shares import check_place
from gaitlab.kinematics.plausibility import check_body, check_posture
from gaitlab.tracking.people import most_like_a_runner
from gaitlab.tracking.track import Track

if TYPE_CHECKING:
    import xarray

DIMENSIONS = ("time", "space", "keypoints", "individuals")
_SAME_S = 1e-5  # times that differ by less are the same, and stay as they are
_NAME = Path("dataset")  # what errors call it, where those of files have a path


def to_dataset(pose: PoseSequence, *, individual: str = "runner", source_file: str = "") -> xarray.Dataset:
    """Return a pose sequence as a dataset of movement.

    Parameters
    ----------
    pose : PoseSequence
        keypoints of one person.
    individual : str, optional
        what the person is called.
    source_file : str, optional
        where the keypoints are from; empty leaves it out.

    Returns
    -------
    xarray.Dataset
        ``position`` (time, space, keypoints, individuals) in px, x right and y down, NaN where a point was not seen;
        ``confidence`` (time, keypoints, individuals), 0 to 1; ``time`` in seconds. Attributes ``fps``, ``time_unit``,
        ``source_software``, ``ds_type`` and, where it is known, ``source_file``.

    Raises
    ------
    InputError
        xarray is not installed.
    """
    try:
        import xarray
    except ImportError as error:
        raise InputError("a dataset needs xarray: pip install 'gaitlab-run[xarray]'") from error
    return xarray.Dataset(
        {
            "position": (DIMENSIONS, pose.xy.transpose(0, 2, 1)[..., None].copy()),
            "confidence": (("time", "keypoints", "individuals"), pose.score[..., None].copy()),
        },
        coords={
            "time": pose.time_s.copy(), "space": ["x", "y"], "keypoints": list(pose.skeleton.names),
            "individuals": [individual],
        },
        attrs={
            "fps": pose.fps, "time_unit": "seconds", "source_software": "gaitlab", "ds_type": "poses",
            **({"source_file": source_file} if source_file else {}),
        },
    )  # fmt: skip


def from_dataset(dataset: xarray.Dataset, *, fps: float | None = None, person: int | None = None) -> PoseSequence:
    """Return the keypoints of one runner in a dataset of movement.

    Parameters
    ----------
    dataset : xarray.Dataset
        as `to_dataset` returns it; ``confidence`` may be missing, and counts as 1 then.
    fps : float | None, optional
        frames a second, where the dataset counts time in frames and does not say; one that its times or attributes
        contradict is refused.
    person : int | None, optional
        which of the individuals, counted from 0; None takes the one most like a runner.

    Raises
    ------
    InputError
        no poses dataset, points in space, no frame rate or two, times that do not rise, or nobody in it who stands
        upright.
    """
    position, confidence = _arrays(dataset)
    skeleton, columns, _ = named_points([str(name) for name in dataset["keypoints"].values.tolist()], _NAME)
    time_s = _times_s(dataset, skeleton, fps)
    position, confidence = position[:, :, columns], confidence[:, columns]
    people: list[FloatArray] = [position[..., number].transpose(0, 2, 1) for number in range(position.shape[3])]
    number = _runner(people, confidence, time_s, skeleton) if person is None else person
    if not 0 <= number < len(people):
        raise InputError(f"person {shown(person)} is not in the dataset; it has {len(people)}, counted from 0")
    xy, score = people[number], confidence[..., number]
    seen = np.isfinite(xy[..., 0]) & np.isfinite(xy[..., 1])
    if not seen.any():
        raise InputError(f"the dataset shows nobody in {len(time_s)} frames; is it the right one?")
    xy = np.where(seen[..., None], xy, np.nan)
    found = ImportedPoses(skeleton, [[Body(*one)] for one in zip(xy, score, strict=True)])
    check_imported(found, _NAME)
    check_place(found, _NAME)
    counts = {"people": len(people), "frames_seen": int(seen.any(axis=1).sum())}
    pose = PoseSequence(xy, score, time_s, skeleton, (Step("import", {"format": "movement"}, counts),))
    check_posture(pose, _NAME, rotate_deg=None)
    check_body(pose, _NAME, from_file=True)
    return pose


def _runner(people: Sequence[FloatArray], confidence: FloatArray, time_s: FloatArray, skeleton: Skeleton) -> int:
    """Return the number of who is most like a runner; the first where nobody is there."""
    tracks = []
    for number, xy in enumerate(people):
        track = Track(number, skeleton)
        for frame in np.flatnonzero(np.isfinite(xy.sum(axis=2)).any(axis=1)):
            track.add(int(frame), float(time_s[frame]), Body(xy[frame], confidence[frame, :, number]))
        tracks += [track] if track.frames else []
    found = most_like_a_runner(tracks, skeleton)
    return 0 if found is None else found.number


def _arrays(dataset: Any) -> tuple[FloatArray, FloatArray]:
    """Return (time, space, keypoint, individual) px and (time, keypoint, individual) confidence 0 to 1."""
    try:
        dims, space = dict(dataset["position"].sizes), dataset["space"].values.tolist()
    except (KeyError, TypeError, AttributeError) as error:
        raise _no_poses("'position' with labels for 'space'") from error
    if set(dims) != set(DIMENSIONS) or "keypoints" not in dataset.coords:
        raise _no_poses(f"'position' over {', '.join(DIMENSIONS)}, with names for 'keypoints'")
    if space != ["x", "y"]:
        raise InputError(f"the dataset has points over {', '.join(map(str, space))}; expected x and y of a picture")
    position = np.asarray(dataset["position"].transpose(*DIMENSIONS).values, dtype=np.float64)
    shape = (position.shape[0], *position.shape[2:])
    if "confidence" not in dataset:
        return position, np.ones(shape)
    told = dataset["confidence"]
    if set(told.dims) != {"time", "keypoints", "individuals"}:
        raise _no_poses("'confidence' over time, keypoints, individuals")
    confidence = np.asarray(told.transpose("time", "keypoints", "individuals").values, dtype=np.float64)
    # Poses that a person clicked have none: movement fills it with NaN.
    if not np.isfinite(confidence).any():
        return position, np.ones(shape)
    return position, np.clip(np.nan_to_num(confidence), 0.0, 1.0)


def _no_poses(expected: str) -> InputError:
    return InputError(f"this is no poses dataset of movement: expected {expected}; or give the path of a file")


def _times_s(dataset: Any, skeleton: Skeleton, fps: float | None) -> FloatArray:
    """Return (frame,) times, s, as the same clock tells them that reads those of files."""
    if "time" not in dataset.coords:
        raise _no_poses("labels for 'time'")
    told = dataset["time"].values
    if np.issubdtype(told.dtype, np.timedelta64) or np.issubdtype(told.dtype, np.datetime64):
        told = (told - told[:1]) / np.timedelta64(1, "s")
    time = np.asarray(told, dtype=np.float64)
    rate = dataset.attrs.get("fps")
    said = float(rate) if isinstance(rate, int | float | np.number) and np.isfinite(rate) and rate > 0 else None
    if dataset.attrs.get("time_unit", "seconds") == "frames":
        if fps and said and abs(fps / said - 1) > SAME_RATE:
            raise InputError(contradicted(_NAME, f"says {said:g} frames a second", fps))
        if fps is None and said is None:
            raise InputError(f"the dataset does not say its frame rate; give it with {argument('fps')}, e.g. 120")
        time, said = time / float(fps or said or 1.0), None
    found = ImportedPoses(skeleton, [()] * len(time), time, said)
    clocked, _, _ = clock(found, _NAME, fps=fps)
    check_times(clocked, _NAME)
    return time if np.abs(clocked - time).max() < _SAME_S else clocked
