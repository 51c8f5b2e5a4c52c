"""Motion of the camera from the background: points outside the runner, followed from picture to picture.

The points are followed by sparse optical flow (Lucas and Kanade 1981, in pyramids) and a similarity is fitted to them
robustly, always from the picture they were found in, so that errors add up only where new points must be found. Where
the camera stands still, it is looked at only now and then.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np

from gaitlab.core.pose import FloatArray
from gaitlab.io.video.reader import Frame, Image
from gaitlab.scene.ground import UNSEEN, ground_step
from gaitlab.scene.motion import CameraMotion

# Pictures are reduced until their longer side has at most so many px.
_LONGEST_PX, _SAMPLED_PX = 640, 960
# Points are corners (Shi and Tomasi 1994) of this strength, so far apart, px; the strongest of each field of the
# picture are kept, lest they all lie on words written into it.
_STRENGTH, _APART_PX, _FIELDS, _IN_FIELD = 2e-5, 17, 8, 3
_WINDOW_PX, _LEVELS = 13, 3
_AGREE_PX = 0.8  # points this near to the similarity agree with it
# New points are found when fewer than this, or than this share of those that agreed at first, are left; fewer than
# the last two, or than that share of all, tell nothing.
_FEW, _FEW_SHARE, _LEAST, _LEAST_SHARE = 20, 0.6, 10, 0.25
_ROUND_RUNNER = 0.15  # of their height, around the runner's box
# Still points in less than this share of the picture may be words written into it; all over it, more than that share
# of those that agree on a motion of so many px, they prove a camera that stands still.
_WORDS, _STILL_SHARE, _DISTINCT_PX = 0.2, 0.4, 2.0
# A camera that moved by less than this, px, for so long stands still, and is looked at again after each such time.
_STILL_PX, _SETTLED_S, _PAUSE_S = 0.5, 2.0, 0.25

# The ground beside the runner moves where it does so by so many px from one picture to the next.
_GROUND_MOVES_PX = 0.5

# For so many pictures on end a camera is taken to move on as it did, with an error of this share of its motion.
_MOST_MISSES, _MISSED = 3, 0.5

_NO_MOTION = np.eye(2, 3)


@dataclass(frozen=True, slots=True, eq=False)
class _Key:
    """The picture that points were found in: its similarity to the first picture and its drift, both small px.

    ``count`` is how many of the points agreed at first; 0 until then.
    """

    to_first: FloatArray
    drift: FloatArray
    count: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class _Told:
    """What is told of one frame: see `CameraMotion`, all in small px."""

    to_first: FloatArray
    inliers: int = 0
    rms: float = 0.0
    drift: float = 0.0
    ground: float = float("nan")


class Background:
    """Follows the background while a video is read.

    Parameters
    ----------
    width, height : int
        of the pictures that the motion is told in, px; those that are shown may be reduced.

    Attributes
    ----------
    looks : int
        number of pictures that were looked at so far: few of those of a camera that stands still.
    """

    def __init__(self, *, width: int, height: int) -> None:
        self._width, self._height = width, height
        self._times_s: list[float] = []
        self._told: list[_Told] = []
        self._scale, self._offset = 1.0, 0.0
        self._grey: np.ndarray | None = None
        self._box: FloatArray | None = None  # of the runner in it, small px
        self._key = _Key(_NO_MOTION, np.zeros(2))
        self._at_key = np.empty((0, 2), np.float32)  # the points in the key picture
        self._now = np.empty((0, 2), np.float32)  # and in the last one
        self._drift_xy = np.zeros(2)
        self._lost, self._misses = False, 0
        self._rests, self._moved_s = False, 0.0
        self._looked_s = -np.inf
        self._looked = 0  # number of the last frame looked at
        self.looks = 0

    def see(self, frame: Frame, box: FloatArray | None) -> None:
        """Follow the background in the next frame.

        Parameters
        ----------
        frame : Frame
            the picture; its reduced one is used where there is one.
        box : FloatArray | None
            (4,) px left, top, right, bottom of the runner in the whole picture, who is no background.
        """
        number = len(self._times_s)
        self._times_s.append(frame.time_s)
        # A camera that is lost stays so: nothing more is told of it.
        if number and (self._rests or self._lost) and frame.time_s - self._looked_s < _PAUSE_S:
            self._told.append(self._told[-1])
            return
        self.looks += 1
        grey = self._reduced(frame.image if frame.small is None else frame.small)
        if self._grey is None or grey.shape != self._grey.shape:
            self._moved_s = frame.time_s
            self._told.append(self._told[-1] if number else _Told(_NO_MOTION))
            self._renew(grey, box)
        else:
            along = UNSEEN.along_px if self._box is None else ground_step(self._grey, grey, self._box).along_px
            if abs(along) >= _GROUND_MOVES_PX:
                self._moved_s = frame.time_s
            self._follow(grey, box)
            # What moved since a look a few frames ago is not known of each of them.
            one_step = number - self._looked == 1 or abs(along) < _GROUND_MOVES_PX
            self._told[-1] = replace(self._told[-1], ground=along if one_step else float("nan"))
        self._grey, self._looked_s, self._looked = grey, frame.time_s, number
        self._box = None if box is None else (np.asarray(box) - self._offset) / self._scale

    def motion(self) -> CameraMotion:
        """Return the motion of the camera in the frames seen."""
        scale, offset = self._scale, self._offset
        small = np.array([told.to_first for told in self._told]).reshape(-1, 2, 3)
        turn, shift = small[:, :, :2], small[:, :, 2]
        # x_px = scale * x_small + offset
        whole = np.concatenate([turn, (scale * shift + offset - offset * turn.sum(axis=2))[:, :, None]], axis=2)
        inliers = np.array([told.inliers for told in self._told], dtype=np.int64)
        if len(inliers) > 1:
            inliers[0] = inliers[1]
        return CameraMotion(
            np.array(self._times_s), whole, inliers, scale * np.array([told.rms for told in self._told]),
            scale * np.array([told.drift for told in self._told]), self._width, self._height,
            scale * np.array([told.ground for told in self._told]),
        )  # fmt: skip

    def _reduced(self, image: Image) -> np.ndarray:
        """Return the green levels of a picture at most 640 px long, and keep the scale."""
        sampled = max(1, max(image.shape[:2]) // _SAMPLED_PX)
        grey = np.ascontiguousarray(image[::sampled, ::sampled, 1])
        halved = max(grey.shape) > _LONGEST_PX
        if halved:
            height, width = (side - side % 2 for side in grey.shape)
            grey = np.asarray(
                cv2.resize(grey[:height, :width], (width // 2, height // 2), interpolation=cv2.INTER_AREA)
            )
        # The picture shown may itself be a reduced one, whose pixels are means of those of the whole one.
        shown = self._width / image.shape[1]
        per_px = sampled * (2 if halved else 1)
        self._scale = shown * per_px
        self._offset = shown * (sampled * (0.5 if halved else 0.0) + 0.5) - 0.5
        return grey

    def _follow(self, grey: np.ndarray, box: FloatArray | None) -> None:
        seen = self._seen_again(grey, box)
        if seen is None and self._grey is not None:
            # Other points of the picture before may be seen in this one.
            self._renew(self._grey, box)
            seen = self._seen_again(grey, box)
        if seen is None:
            self._lose(grey, box)
            return
        fit, self._at_key, self._now = seen
        if not self._key.count:
            self._key = replace(self._key, count=len(self._now))
        off: FloatArray = np.asarray(self._now @ fit[:, :2].T + fit[:, 2] - self._at_key, dtype=np.float64)
        rms = float(np.sqrt((off**2).sum(axis=1).mean()))
        if self._moved_by(fit) >= _STILL_PX:
            self._moved_s = self._times_s[-1]
        rested, self._rests = self._rests, self._times_s[-1] - self._moved_s >= _SETTLED_S
        to_first = self._key.to_first if self._rests else _after(fit, self._key.to_first)
        if rested and not self._rests:
            self._fill(to_first)
        self._misses = 0
        self._tell(to_first, len(self._now), rms, self._key.drift + _split(off, self._at_key))
        if len(self._now) < max(_FEW, _FEW_SHARE * self._key.count):
            self._renew(grey, box)

    def _seen_again(self, grey: np.ndarray, box: FloatArray | None) -> tuple[FloatArray, np.ndarray, np.ndarray] | None:
        """Return the similarity to the key picture, the points there that agree with it and where they are now."""
        kept, now = self._flow(grey, box)
        fit, agree = self._fit(kept, now, grey.shape)
        return None if fit is None else (fit, kept[agree], now[agree])

    def _fit(self, kept: np.ndarray, now: np.ndarray, shape: tuple[int, ...]) -> tuple[FloatArray | None, np.ndarray]:
        """Return the similarity from the last picture to the key picture, and which points agree with it.

        Points that stand still all over the picture tell that the camera does, whatever moves before it; where they
        are close together and others move, they are words written into the picture.
        """
        fit, agree = _similarity(now, kept)
        still: np.ndarray = np.linalg.norm(now - kept, axis=1) < _AGREE_PX / 2
        if still.sum() < _LEAST:
            return fit, agree
        apart = np.ptp(now[still], axis=0)
        if apart[0] * apart[1] < _WORDS * shape[0] * shape[1]:
            others, moving = _similarity(now[~still], kept[~still])
            if others is not None and self._moved_by(others) > _DISTINCT_PX:
                agree = np.zeros(len(now), bool)
                agree[np.flatnonzero(~still)[moving]] = True
                return others, agree
        elif fit is None or (self._moved_by(fit) > _DISTINCT_PX and still.sum() > _STILL_SHARE * agree.sum()):
            return _NO_MOTION, still
        return fit, agree

    def _flow(self, grey: np.ndarray, box: FloatArray | None) -> tuple[np.ndarray, np.ndarray]:
        """Return where points that are still seen were in the key picture, and where they are now, (point, 2)."""
        if self._grey is None or not len(self._now):
            return self._at_key[:0], self._now[:0]
        size = (_WINDOW_PX, _WINDOW_PX)
        # They are looked for where the last step would take them.
        ahead = np.asarray(self._now + self._step(self._now), dtype=np.float32, order="C").reshape(-1, 1, 2)
        now, seen, _ = cv2.calcOpticalFlowPyrLK(
            self._grey, grey, self._now[:, None], ahead, winSize=size, maxLevel=_LEVELS,
            flags=cv2.OPTFLOW_USE_INITIAL_FLOW,
        )  # fmt: skip
        now = now[:, 0]
        height, width = grey.shape
        there = (seen.ravel() > 0) & (now >= 0).all(axis=1) & (now < (width, height)).all(axis=1)
        if box is not None and np.isfinite(box).all():
            left, top, right, bottom = self._small_box(box)
            inside = (now > (left, top)) & (now < (right, bottom))
            there &= ~inside.all(axis=1)
        return self._at_key[there], now[there]

    def _step(self, at: np.ndarray) -> FloatArray:
        """Return how the background moved at some points, (point, 2) px, from the frame before the last to the last."""
        if self._rests or len(self._told) < 2:
            return np.zeros(at.shape)
        before, last = (told.to_first for told in self._told[-2:])
        then = (at @ last[:, :2].T + last[:, 2] - before[:, 2]) @ np.linalg.inv(before[:, :2]).T
        return at - then

    def _renew(self, grey: np.ndarray, box: FloatArray | None) -> None:
        """Find new points, outside the runner, in this picture."""
        points = _corners(grey)
        if box is not None and np.isfinite(box).all():
            left, top, right, bottom = self._small_box(box)
            points = points[~((points > (left, top)) & (points < (right, bottom))).all(axis=1)]
        self._at_key = self._now = _spread(points, grey.shape)
        self._key = _Key(self._told[-1].to_first, self._drift_xy)

    def _lose(self, grey: np.ndarray, box: FloatArray | None) -> None:
        """Go on where nothing of the picture before is found again: for a few pictures as the camera moved last."""
        step = self._step(np.array([[self._width / 2, self._height / 2]]) / self._scale)[0]
        last = self._told[-1].to_first
        self._misses += 1
        self._lost |= self._misses > _MOST_MISSES
        self._rests, self._moved_s = False, self._times_s[-1]
        onward = last if self._lost else _after(np.column_stack([np.eye(2), -step]), last)
        self._tell(onward, 0, float("nan"), self._drift_xy + _MISSED * np.abs(step))
        self._renew(grey, box)

    def _tell(self, to_first: FloatArray, inliers: int, rms: float, drift: FloatArray) -> None:
        self._drift_xy = drift
        size = float("inf") if self._lost else float(np.hypot(*drift))
        self._told.append(_Told(to_first, inliers, rms, size))

    def _fill(self, to_first: FloatArray) -> None:
        """Spread a motion that began between two looks evenly over the frames between them."""
        number = len(self._told)
        start = self._told[self._looked].to_first
        for index in range(self._looked + 1, number):
            share = (index - self._looked) / (number - self._looked)
            self._told[index] = replace(self._told[index], to_first=(1 - share) * start + share * to_first)

    def _moved_by(self, fit: FloatArray) -> float:
        """Return how far a similarity moves the corners of the picture at most, small px."""
        width, height = self._width / self._scale, self._height / self._scale
        corners = np.array([(x, y) for x in (0.0, width) for y in (0.0, height)])
        return float(np.linalg.norm(corners @ fit[:, :2].T + fit[:, 2] - corners, axis=1).max())

    def _small_box(self, box: FloatArray) -> FloatArray:
        margin = _ROUND_RUNNER * (box[3] - box[1])
        grown = box + margin * np.array([-1, -1, 1, 1])
        return np.asarray((grown - self._offset) / self._scale)


def _similarity(start: np.ndarray, end: np.ndarray) -> tuple[FloatArray | None, np.ndarray]:
    """Return the similarity that takes most points to where they end, if there is one, and which it does."""
    if len(start) < _LEAST:
        return None, np.zeros(len(start), bool)
    fit, agree = cv2.estimateAffinePartial2D(
        start, end, method=cv2.RANSAC, ransacReprojThreshold=_AGREE_PX, confidence=0.995
    )
    if fit is None or agree.sum() < max(_LEAST, _LEAST_SHARE * len(start)):
        return None, np.zeros(len(start), bool)
    return np.asarray(fit, dtype=np.float64), agree.ravel() > 0


def _corners(grey: np.ndarray) -> np.ndarray:
    """Return the corners of a picture, (point, 2) px, the strongest first."""
    strength = cv2.cornerMinEigenVal(grey, 3)
    most = cv2.dilate(strength, np.ones((_APART_PX, _APART_PX), np.uint8))
    row, column = np.nonzero((strength == most) & (strength > _STRENGTH))
    order = np.argsort(-strength[row, column], kind="stable")
    return np.column_stack([column, row])[order].astype(np.float32)


def _spread(at: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """Return the first points, (point, 2) px, of each field of the picture."""
    column, row = (at * _FIELDS / np.array(shape[1::-1])).astype(int).T
    fields = row * _FIELDS + column
    order = np.argsort(fields, kind="stable")
    starts = np.searchsorted(fields[order], fields[order])
    return np.ascontiguousarray(at[order[np.arange(len(at)) - starts < _IN_FIELD]])


def _after(first: FloatArray, then: FloatArray) -> FloatArray:
    """Return one similarity after the other."""
    return np.concatenate([then[:, :2] @ first[:, :2], (then[:, :2] @ first[:, 2] + then[:, 2])[:, None]], axis=1)


def _split(off: FloatArray, at: np.ndarray) -> FloatArray:
    """Return half the difference of what the upper and the lower points say, (2,) px: near things move more."""
    upper = at[:, 1] < np.median(at[:, 1])
    if not 0 < upper.sum() < len(at):
        return np.zeros(2)
    return np.asarray(off[upper].mean(axis=0) - off[~upper].mean(axis=0)) / 2
