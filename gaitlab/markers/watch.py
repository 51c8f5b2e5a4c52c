"""Collection of images of the lower legs during tracking, stopped early if they cannot be used."""

from __future__ import annotations

from collections import deque

import numpy as np

from gaitlab.core.errors import InputError
from gaitlab.core.gait import BOTH_SIDES
from gaitlab.core.pose import FloatArray, PoseSequence
from gaitlab.core.skeleton import Skeleton
from gaitlab.io.video.reader import Image
from gaitlab.kinematics.view import view_of
from gaitlab.markers.dots import NO_DOTS, DotCollector, dots_possible
from gaitlab.markers.heel_registration import EdgeCollector

# Interval of the checks in frames, until one is decisive, and number of last frames used.
_CHECK_EVERY, _MEMORY_FRAMES = 15, 600
# Least duration, s, and least confidence of the camera view.
_VIEW_S, _VIEW_SURE = 2.0, 0.9


def collectors(skeleton: Skeleton, *, dots: bool, heels: bool) -> tuple[DotCollector | None, EdgeCollector | None]:
    """Return who looks at the lower legs in every frame: one for dots, or else one for heels, if there are legs."""
    if dots:
        return DotCollector(skeleton), None
    if heels and all(f"{side}_{joint}" in skeleton for side in BOTH_SIDES for joint in ("knee", "ankle")):
        return None, EdgeCollector(skeleton)
    return None, None


class LegWatch:
    """Passes every frame to a collector; stops early without dots, or without need for heel images (side view).

    Parameters
    ----------
    collector : DotCollector | EdgeCollector
        collector of dots or of heel images.
    skeleton : Skeleton
        keypoints of the bodies.
    unless_side : bool
        whether heel images are needed only in a rear view.
    dots_told : bool
        whether the positions of the dots were given by the user.

    Attributes
    ----------
    collector : DotCollector | EdgeCollector | None
        the collector; None once it is not needed any more.
    """

    def __init__(
        self, collector: DotCollector | EdgeCollector, skeleton: Skeleton, *, unless_side: bool, dots_told: bool
    ) -> None:
        self.collector: DotCollector | EdgeCollector | None = collector
        self._skeleton = skeleton
        self._bodies: deque[tuple[float, FloatArray]] = deque(maxlen=_MEMORY_FRAMES)
        self._frames = 0
        self._open = not dots_told if isinstance(collector, DotCollector) else unless_side

    def see(self, image: Image, time_s: float, xy: FloatArray | None) -> None:
        """Process the next frame with its time, s, and its body's (keypoint, 2) px, or None without a body.

        Raises
        ------
        InputError
            if dots are to be detected automatically and there are none in the first steps of the runner.
        """
        if self.collector is None:
            return
        self.collector.see(image, xy)
        if not self._open:
            return
        self._bodies.append((time_s, np.full((len(self._skeleton), 2), np.nan) if xy is None else xy))
        self._frames += 1
        if self._frames % _CHECK_EVERY == 0:
            self._check()

    def _check(self) -> None:
        times_s, points = zip(*self._bodies, strict=True)
        raw = PoseSequence(np.array(points), np.ones(np.shape(points)[:2]), np.array(times_s), self._skeleton)
        if isinstance(self.collector, DotCollector):
            possible = dots_possible(raw, self.collector.seen[-len(raw) :])
            if possible is False:
                raise InputError(NO_DOTS)
            self._open = possible is None
            return
        seen = np.isfinite(raw.xy).any(axis=(1, 2))
        if seen.sum() >= _VIEW_S * raw.fps:
            view = view_of(raw)
            self._open = False
            if view.view == "side" and view.score >= _VIEW_SURE:
                self.collector = None
