"""The lower legs while the runner is being found: gathered as the frames pass, and left where that is in vain."""

from __future__ import annotations

from collections import deque

import numpy as np

from gaitlab.core.errors import InputError
from gaitlab.core.pose import FloatArray, PoseSequence
from gaitlab.core.skeleton import Skeleton
from gaitlab.io.video.reader import Image
from gaitlab.kinematics.view import view_of
from gaitlab.markers.dots import NO_DOTS, DotCollector, dots_possible
from gaitlab.markers.heel_registration import EdgeCollector

# Every so many frames the last ones are judged, until they have told.
_JUDGE_EVERY, _MEMORY_FRAMES = 15, 600
# So much of a clip says from where the camera sees the runner, and so sure.
_VIEW_S, _VIEW_SURE = 2.0, 0.9


class LegWatch:
    """Shows every frame to a collector; ends an analysis without dots after a few steps, and pictures of side views.

    Parameters
    ----------
    collector : DotCollector | EdgeCollector
        of dots or of heels.
    skeleton : Skeleton
        of the bodies.
    unless_side : bool
        heels are wanted only if the runner is seen from behind.
    dots_told : bool
        where the dots are is known, so that they need not be found.
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
        """Take the next frame, its time and its body's (keypoint, 2) px, None where nobody was found.

        Raises
        ------
        InputError
            dots are to be found by themselves, the runner has made a few steps, and nothing looks like any.
        """
        if self.collector is None:
            return
        self.collector.see(image, xy)
        if not self._open:
            return
        self._bodies.append((time_s, np.full((len(self._skeleton), 2), np.nan) if xy is None else xy))
        self._frames += 1
        if self._frames % _JUDGE_EVERY == 0:
            self._judge()

    def _judge(self) -> None:
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
