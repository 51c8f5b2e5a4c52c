"""The central type: keypoint positions over time, with the history of the processing applied to them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gaitlab.core.skeleton import Skeleton

FloatArray = NDArray[np.float64]

# Intervals whose ratio is no larger are alike: a clock of 1/600 s makes 240 frames a second 2 and 3 of its ticks.
_ALIKE = 1.6
# Keypoints a skeleton may lack that are defined as the midpoint of two others.
_MIDPOINTS = {"neck": ("left_shoulder", "right_shoulder"), "mid_hip": ("left_hip", "right_hip")}


def frame_rate_hz(time_s: FloatArray) -> float:
    """Return the frame rate of two or more rising times: that of the mean of the intervals that are like the median.

    The median interval alone would be one of the two that a coarse clock makes of one: 16 or 17 ms of 60 frames a
    second.
    """
    steps_s = np.diff(time_s)
    usual_s = np.median(steps_s)
    alike = (steps_s <= _ALIKE * usual_s) & (steps_s >= usual_s / _ALIKE)
    return float(1.0 / np.mean(steps_s[alike])) if alike.any() else float(1.0 / usual_s)


@dataclass(frozen=True, slots=True)
class Step:
    """One processing step of a sequence: its name, its parameters and its counts."""

    name: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    counts: Mapping[str, Any] = field(default_factory=dict)


def _frozen(array: Any, shape: tuple[int | None, ...], what: str) -> FloatArray:
    copy = np.array(array, dtype=np.float64)
    if copy.ndim != len(shape) or any(e is not None and e != n for e, n in zip(shape, copy.shape, strict=True)):
        raise ValueError(f"{what} must have the shape {shape} (None: any), not {copy.shape}")
    copy.setflags(write=False)
    return copy


@dataclass(frozen=True, slots=True, eq=False)
class PoseSequence:
    """Keypoints of one person over time.

    Attributes
    ----------
    xy : FloatArray
        (frame, keypoint, 2) px, x right, y down, NaN where a keypoint was not detected.
    score : FloatArray
        (frame, keypoint) confidence, 0 to 1.
    time_s : FloatArray
        (frame,) true time in seconds, strictly increasing.
    skeleton : Skeleton
        names of the keypoint columns.
    history : tuple[Step, ...]
        processing steps applied so far, oldest first.
    unsmoothed_xy : FloatArray | None
        (frame, keypoint, 2) px before smoothing, if the sequence keeps them: foot strikes are detected in these, see
        `unsmoothed`.

    Raises
    ------
    ValueError
        if shapes disagree or time does not increase.
    """

    xy: FloatArray
    score: FloatArray
    time_s: FloatArray
    skeleton: Skeleton
    history: tuple[Step, ...] = ()
    unsmoothed_xy: FloatArray | None = None

    def __post_init__(self) -> None:
        xy = _frozen(self.xy, (None, len(self.skeleton), 2), "xy")
        object.__setattr__(self, "xy", xy)
        if self.unsmoothed_xy is not None:
            object.__setattr__(self, "unsmoothed_xy", _frozen(self.unsmoothed_xy, xy.shape, "unsmoothed_xy"))
        object.__setattr__(self, "score", _frozen(self.score, xy.shape[:2], "score"))
        object.__setattr__(self, "time_s", _frozen(self.time_s, xy.shape[:1], "time_s"))
        if np.any(np.diff(self.time_s) <= 0):
            raise ValueError("time_s must rise from frame to frame")

    def __len__(self) -> int:
        return len(self.time_s)

    def __repr__(self) -> str:
        span = f", {self.time_s[0]:.3f} to {self.time_s[-1]:.3f} s, {self.fps:.4g} fps" if len(self) > 1 else ""
        seen = np.isfinite(self.xy[..., 0]).mean() if self.xy.size else 0.0
        steps = ", ".join(step.name for step in self.history) or "none"
        return (
            f"<PoseSequence: {len(self)} frames{span}, {len(self.skeleton)} keypoints ({self.skeleton.name}), "
            f"{seen:.0%} of the points seen, steps: {steps}>"
        )

    @property
    def fps(self) -> float:
        """Frame rate, Hz, see `frame_rate_hz`; NaN for fewer than two frames."""
        return frame_rate_hz(self.time_s) if len(self) > 1 else float("nan")

    def point(self, name: str) -> FloatArray:
        """Return the (frame, 2) px of one keypoint; all NaN if the skeleton lacks it and it cannot be derived.

        ``neck`` and ``mid_hip`` are derived as the midpoints of shoulders and hips if the skeleton lacks them.
        """
        if name in self.skeleton:
            return self.xy[:, self.skeleton.index(name)]
        if name in _MIDPOINTS and all(parent in self.skeleton for parent in _MIDPOINTS[name]):
            left, right = (self.xy[:, self.skeleton.index(parent)] for parent in _MIDPOINTS[name])
            return (left + right) / 2
        return np.full((len(self), 2), np.nan)

    def seen(self, name: str) -> bool:
        """Whether the keypoint is present in at least one frame."""
        return bool(np.isfinite(self.point(name)).any())

    @property
    def unsmoothed(self) -> PoseSequence:
        """The sequence before it was smoothed; itself where it does not keep that."""
        if self.unsmoothed_xy is None:
            return self
        history = tuple(step for step in self.history if step.name != "smoothing")
        return replace(self, xy=self.unsmoothed_xy, unsmoothed_xy=None, history=history)

    def after(self, step: Step, **arrays: Any) -> PoseSequence:
        """Return a new sequence with ``xy``, ``score`` or ``time_s`` replaced and ``step`` added to the history.

        With another ``xy``, what was before smoothing belongs to it no more and is left out.
        """
        kept = {"unsmoothed_xy": None} if "xy" in arrays else {}
        return replace(self, **(kept | arrays), history=(*self.history, step))

    def between(self, start_s: float, end_s: float) -> PoseSequence:
        """Return the frames with ``start_s <= time_s <= end_s``."""
        keep = (self.time_s >= start_s) & (self.time_s <= end_s)
        before = None if self.unsmoothed_xy is None else self.unsmoothed_xy[keep]
        return replace(
            self, xy=self.xy[keep], score=self.score[keep], time_s=self.time_s[keep], unsmoothed_xy=before
        )  # fmt: skip
