"""Shots of a spliced film: where it cuts, dissolves or goes blank, told from small grey pictures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np

from gaitlab.core.person import trunk
from gaitlab.core.pose import FloatArray, PoseSequence, frame_rate_hz
from gaitlab.io.video.reader import Image

_SIDE = 40  # width and height of the small pictures
_SAMPLED = 120  # lines of a picture that they are made of
# A cut changes the picture by so many grey levels, also after the best shift (px of the small picture), and so many
# times as much as the pictures within so many seconds around it do: 3.0 to 6.8 in real cuts.
_CUT_LEVELS, _SHIFT, _CUT_RATIO, _AROUND_S = 6.0, 5, 2.5, 0.5
# A camera that shakes changes several pictures on end so much, a cut one alone: so many times as much as each of its
# neighbours, 2.0 to 7.1 in real cuts, 1.25 at most in films without.
_NEIGHBOURS, _NEIGHBOUR_RATIO = 4, 1.6
_CALM_LEVELS = 1.0  # pictures that stand still are taken to change by so much
# Where the runner jumps by so many body heights between two frames, a smaller change of the picture is a cut.
_JUMP_HEIGHTS, _JUMP_RATIO = 0.5, 1.8
# In a dissolve of this half length, s, the pictures between two are mixtures of both, up to this share of how far the
# two are apart: 0.11 to 0.27 in real dissolves, 0.32 at least in films without. The two differ by this share of their
# own contrast. Somebody who moves before a camera that stands still is no mixture: without the worst of the picture the
# rest is one up to 0.08, where films without have 0.14 at least. Where there is a dissolve, pictures that are less
# clearly mixtures, and some around, belong to it too.
_HALVES_S, _MIXTURE, _DIFFERENT = (0.17, 0.33, 0.5), 0.28, 0.55
_BEST, _BEST_MIXTURE = 0.7, 0.1
_ALSO_MIXTURE, _MARGIN_S = 0.36, 0.2
# Pictures between the two that are looked at, and by how much one may be more like the last than the one before it.
_LOOKED_AT, _STEPS = 7, (0.04, 0.4)
_BLANK_SD = 4.0  # grey levels: a picture with less contrast shows nothing
_LEAST_S = 0.3  # what is shorter is no shot


@dataclass(frozen=True, slots=True)
class Shot:
    """A part of a film without a cut: its first and last frame and when they are shown, s."""

    first: int
    last: int
    start_s: float
    end_s: float


class ShotFinder:
    """Keeps a small grey picture of every frame while a video is read, 1.6 kB each."""

    def __init__(self) -> None:
        self._small: list[np.ndarray] = []

    def see(self, image: Image) -> None:
        """Keep a picture, reduced."""
        every = max(1, min(image.shape[:2]) // _SAMPLED)
        green = np.ascontiguousarray(image[::every, ::every, 1])
        self._small.append(np.asarray(cv2.resize(green, (_SIDE, _SIDE), interpolation=cv2.INTER_AREA)))

    def found(self, time_s: FloatArray, pose: PoseSequence | None = None) -> list[Shot]:
        """Return the shots of the frames seen; the whole film is one where it has no cut.

        Parameters
        ----------
        time_s : FloatArray
            (frame,) of the frames seen.
        pose : PoseSequence | None, optional
            the runner in these frames; a jump of theirs makes a smaller change of the picture a cut.
        """
        if len(self._small) != len(time_s):
            raise ValueError(f"{len(self._small)} pictures were seen, but there are {len(time_s)} times")
        return find_shots(self._small, time_s, jumps=None if pose is None else jumps(pose))


def find_shots(small: Sequence[Image], time_s: FloatArray, *, jumps: np.ndarray | None = None) -> list[Shot]:
    """Return the shots of a film in the order of time.

    Parameters
    ----------
    small : Sequence[Image]
        (frame, height, width) grey levels, reduced pictures, 8 bits; of an hour they are the most that is kept, and
        never copied.
    time_s : FloatArray
        (frame,).
    jumps : np.ndarray | None, optional
        (frame,) bool, whether the runner jumps from the frame before to this one.
    """
    if len(time_s) < 3:
        return [_shot(0, len(time_s) - 1, time_s)] if len(time_s) else []
    fps = frame_rate_hz(time_s)
    between = _dissolves(small, fps=fps) | _blank(small)
    cut = _cuts(small, fps=fps, jumps=jumps)
    # A cut inside a dissolve is the dissolve.
    parts = np.split(np.arange(len(time_s)), np.flatnonzero(cut))
    shots = [run for part in parts for run in _runs(part[~between[part]])]
    long = [run for run in shots if time_s[run[-1]] - time_s[run[0]] >= _LEAST_S]
    return [_shot(int(run[0]), int(run[-1]), time_s) for run in long] or [_shot(0, len(time_s) - 1, time_s)]


def longest(shots: Sequence[Shot], time_s: FloatArray, *, seen: np.ndarray) -> Shot:
    """Return the shot that shows the runner for longest.

    Parameters
    ----------
    shots : Sequence[Shot]
        one or more.
    time_s : FloatArray
        (frame,) on the same clock.
    seen : np.ndarray
        (frame,) bool, whether the runner is seen.
    """

    def seen_s(shot: Shot) -> float:
        inside = (time_s >= shot.start_s) & (time_s <= shot.end_s)
        return (shot.end_s - shot.start_s) * float(seen[inside].mean()) if inside.any() else 0.0

    return max(shots, key=seen_s)


def spliced(shots: Sequence[Shot], taken: Shot) -> tuple[str, ...]:
    """Return a note that says which shot of a spliced film is measured, and how to measure the others."""
    if len(shots) < 2:
        return ()
    others = ", ".join(f"{shot.start_s:.2f} to {shot.end_s:.2f}" for shot in shots if shot != taken)
    return (
        f"the film is spliced from {len(shots)} shots; the one from {taken.start_s:.2f} to {taken.end_s:.2f} s is "
        f"measured, which shows the runner for longest; for another the part to analyse must be entered: {others} s",
    )


def jumps(pose: PoseSequence) -> np.ndarray:
    """Return (frame,) bool, whether the runner is elsewhere than the motion before and after lets expect."""
    at = trunk(pose.xy, pose.skeleton)
    seen: np.ndarray = np.isfinite(pose.xy[..., 1])
    height_px = np.array([np.ptp(y[s]) if s.sum() > 1 else np.nan for y, s in zip(pose.xy[..., 1], seen, strict=True)])
    found = np.zeros(len(pose), bool)
    if len(pose) < 4 or not np.isfinite(height_px).any():
        return found
    step = np.diff(at, axis=0)
    # Against the steps before and after: who runs fast does not jump.
    usual = np.stack([step[:-2], step[2:]])
    off = np.linalg.norm(step[1:-1] - usual, axis=-1).min(axis=0)
    found[2:-1] = off > _JUMP_HEIGHTS * float(np.nanmedian(height_px))
    return found


def _cuts(small: Sequence[Image], *, fps: float, jumps: np.ndarray | None) -> np.ndarray:
    """Return (frame,) bool, whether a picture has nothing to do with the one before."""
    change = np.array([cv2.absdiff(after, before).mean() for before, after in pairwise(small)])
    usual = np.maximum(np.nanmedian(_others(change, max(round(_AROUND_S * fps), 3)), axis=1), _CALM_LEVELS)
    most = np.nanmax(_others(change, _NEIGHBOURS), axis=1)
    found = np.zeros(len(small), bool)
    for index in np.flatnonzero(change > _JUMP_RATIO * usual):
        if jumps is not None and jumps[index + 1]:
            found[index + 1] = True
        elif change[index] > max(_CUT_LEVELS, _CUT_RATIO * usual[index], _NEIGHBOUR_RATIO * most[index]):
            found[index + 1] = _shifted_change(small[int(index)], small[int(index) + 1]) > _CUT_LEVELS
    return found


def _others(values: FloatArray, reach: int) -> FloatArray:
    """Return (frame, neighbour) values around each, without its own; NaN beyond the ends."""
    windows = np.lib.stride_tricks.sliding_window_view(np.pad(values, reach, constant_values=np.nan), 2 * reach + 1)
    return np.delete(windows, reach, axis=1)


def _shifted_change(before: np.ndarray, after: np.ndarray) -> float:
    """Return the mean change of the pixels, grey levels, that is left after the best shift of the picture."""
    reach, (height, width) = _SHIFT, before.shape
    before, after = before.astype(np.int16), after.astype(np.int16)
    inner = after[reach : height - reach, reach : width - reach]
    windows = np.lib.stride_tricks.sliding_window_view(before, inner.shape)
    return float(np.abs(windows - inner).mean(axis=(2, 3)).min())


def _dissolves(small: Sequence[Image], *, fps: float) -> np.ndarray:
    """Return (frame,) bool, whether a picture belongs to a dissolve: those between two are mixtures of the two."""
    flat = [picture.ravel() for picture in small]
    contrast = np.array([picture.std() for picture in flat])
    sure, likely = np.zeros(len(flat), bool), np.zeros(len(flat), bool)
    for half in dict.fromkeys(max(round(half_s * fps), 3) for half_s in _HALVES_S):
        mids = np.unique(np.linspace(1, 2 * half - 1, _LOOKED_AT).round().astype(int))
        for first in range(len(flat) - 2 * half):
            own = max((contrast[first] + contrast[first + 2 * half]) / 2, _BLANK_SD)
            left, best = _left_of_mixture(
                np.array([flat[first + n] for n in (0, *mids, 2 * half)]), least=_DIFFERENT * own
            )
            likely[first : first + 2 * half + 1] |= left < _ALSO_MIXTURE or best < _BEST_MIXTURE
            sure[first : first + 2 * half + 1] |= left < _MIXTURE or best < _BEST_MIXTURE
    found = np.zeros(len(flat), bool)
    margin = round(_MARGIN_S * fps)
    for run in _runs(np.flatnonzero(likely)):
        if sure[run].any():
            found[max(run[0] - margin, 0) : run[-1] + margin + 1] = True
    return found


def _left_of_mixture(pictures: np.ndarray, *, least: float) -> tuple[float, float]:
    """Return how far the pictures between the first and the last are from mixtures of the two, the worst of them.

    As a share of how far these two are apart: of the whole picture, and of the best part of it. Infinite where the two
    differ by less than ``least`` grey levels, or the mixture does not go from the one to the other all the way.
    """
    one = pictures[0].astype(np.float32)
    way = pictures[-1] - one
    apart = float(way @ way)
    if np.sqrt(apart / len(way)) < least:
        return np.inf, np.inf
    off = pictures[1:-1] - one
    left: np.ndarray = (off - (off @ way / apart)[:, None] * way) ** 2
    best = np.argpartition(left.max(axis=0), round(_BEST * len(way)))[: round(_BEST * len(way))]
    return _share_left(off, way), _share_left(off[:, best], way[best])


def _share_left(off: np.ndarray, way: np.ndarray) -> float:
    apart = float(way @ way)
    if apart == 0:
        return np.inf
    share = off @ way / apart
    steps = np.diff([0.0, *share, 1.0])
    if steps.min() < _STEPS[0] or steps.max() > _STEPS[1]:
        return np.inf
    return float(np.sqrt(((off - share[:, None] * way) ** 2).sum(axis=1).max() / apart))


def _blank(small: Sequence[Image]) -> np.ndarray:
    return np.array([picture.std() < _BLANK_SD for picture in small])


def _runs(frames: np.ndarray) -> list[np.ndarray]:
    """Return the stretches of consecutive frames."""
    return [run for run in np.split(frames, np.flatnonzero(np.diff(frames) > 1) + 1) if len(run)]


def _shot(first: int, last: int, time_s: FloatArray) -> Shot:
    return Shot(first, last, float(time_s[first]), float(time_s[last]))
