"""Detection of repeated frames and rows of keypoints, such as in a 30 Hz recording stored at 60 Hz."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gaitlab.core.pose import FloatArray, PoseSequence
from gaitlab.io.video.reader import Image
from gaitlab.signal.runs import runs

_LINES = 96  # of a picture that are compared
_MOVING = 0.03  # share of its pixels that tell whether something moved: those that changed most
# A picture repeats the one before if it changed by less than this share of what pictures around it do, in so many of
# them, where anything moves (grey levels); a film has repeated ones if this share of its moving pictures are.
_SAME, _AROUND, _USUAL, _LEAST = 0.2, 10, 80.0, 4.0
_SHARE = 0.12
# What stays the same for longer, s, is somebody who holds still, between two movements: a camera of ten frames a second
# and more has taken another picture by then.
_STILL_S = 0.11
_WAITS = 0.8  # frames that an even picture is shown too late or early
# Every second row is put in between if it lies so much nearer to the middle of its neighbours than the others do: 0.79
# and more in good recordings, without and with a network's errors.
_BETWEEN = 0.3
_SAME_PX = 1e-6


@dataclass(frozen=True, slots=True, eq=False)
class Repeated:
    """Which frames of a video are new pictures.

    Attributes
    ----------
    new : np.ndarray
        (frame,) bool.
    times_s : FloatArray
        (new frame,) when they were taken, on the video's clock.
    fps : float
        how many of them a second of the video, on average.
    even : bool
        whether they follow each other evenly.
    """

    new: np.ndarray
    times_s: FloatArray
    fps: float
    even: bool


class RepeatedPictures:
    """Detects repeated frames while a video is read."""

    def __init__(self) -> None:
        self._last: np.ndarray | None = None
        self._changes: list[float] = []

    def see(self, image: Image) -> None:
        """Compare a picture with the one before, by the pixels that changed most."""
        every = max(1, min(image.shape[:2]) // _LINES)
        small = image[::every, ::every, 1].astype(np.int16)
        if self._last is not None:
            change = np.abs(small - self._last).ravel()
            most = max(round(_MOVING * change.size), 1)
            self._changes.append(float(np.partition(change, -most)[-most:].mean()))
        self._last = small

    def found(self, time_s: FloatArray) -> Repeated | None:
        """Return which frames are new, if many are not.

        Parameters
        ----------
        time_s : FloatArray
            (frame,) of those that were seen.
        """
        change = np.array(self._changes)
        if len(change) < 2 * _AROUND or len(change) != len(time_s) - 1:
            return None
        windows = np.lib.stride_tricks.sliding_window_view(np.pad(change, _AROUND, mode="reflect"), 2 * _AROUND + 1)
        usual = np.percentile(windows, _USUAL, axis=1)
        moving = usual >= _LEAST
        same = moving & (change < _SAME * usual)
        near = np.lib.stride_tricks.sliding_window_view(np.pad(usual, _AROUND, mode="edge"), 2 * _AROUND + 1)
        for run in runs(change < _SAME * near.max(axis=1)):
            if time_s[run.stop] - time_s[run.start] > _STILL_S:
                same[run] = False
        if moving.sum() < 2 * _AROUND or same.sum() < _SHARE * moving.sum():
            return None
        new = np.concatenate([[True], ~same])
        return _taken(time_s, new)


def _taken(time_s: FloatArray, new: np.ndarray) -> Repeated:
    """Return when the new pictures were taken.

    Where they are shown they wait for a frame: 25 a second come 2 and 3 frames of 60 after each other. If none waits
    for longer than that, they were taken evenly.

    Parameters
    ----------
    time_s : FloatArray
        (frame,) of all.
    new : np.ndarray
        (frame,) whether it is a new one.
    """
    shown_s = time_s[new]
    frame_s = float(np.mean(np.diff(time_s)))
    number = np.arange(len(shown_s)) - (len(shown_s) - 1) / 2
    interval_s = float(number @ shown_s / (number @ number))
    even_s = shown_s.mean() + interval_s * number
    if np.abs(even_s - shown_s).max() <= _WAITS * frame_s:
        return Repeated(new, even_s, 1 / interval_s, even=True)
    return Repeated(new, shown_s, (len(shown_s) - 1) / float(shown_s[-1] - shown_s[0]), even=False)


def repeated_rows(pose: PoseSequence) -> Repeated | None:
    """Return which rows of keypoints are new, if many repeat the row before or lie in the middle of two others.

    Parameters
    ----------
    pose : PoseSequence
        raw keypoints, px.
    """
    if len(pose) < 2 * _AROUND:
        return None
    step = np.diff(pose.xy, axis=0)
    seen: np.ndarray = np.isfinite(pose.xy[..., 0])
    shown: np.ndarray = seen[1:] & seen[:-1]
    moved = np.where(shown[..., None], np.abs(step), 0.0).max(axis=(1, 2))
    same: np.ndarray = (moved < _SAME_PX) & np.equal(seen[1:], seen[:-1]).all(axis=1) & shown.any(axis=1)
    if same.sum() >= _SHARE * shown.any(axis=1).sum() and not same.all():
        new = np.concatenate([[True], ~same])
    else:
        off = np.linalg.norm(np.diff(step, axis=0), axis=-1)  # of rows 1, 2 ... from the middle of their neighbours
        odd, even = (_mean(off[first::2]) for first in (0, 1))
        if not min(odd, even) < _BETWEEN * max(odd, even):
            return None
        new = np.arange(len(pose)) % 2 == (0 if odd < even else 1)
    return _taken(pose.time_s, new)


def _mean(values: FloatArray) -> float:
    """Return the mean of the finite values; unlike a median it is not that of whole pixels where these are rounded."""
    seen = values[np.isfinite(values)]
    return float(np.mean(seen)) if len(seen) else float("nan")
