"""Progress of a whole analysis as one share of the time that it takes, from the progress of its stages."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Literal

from gaitlab.pipeline.spec import Progress

Work = Literal["reading", "measuring", "drawing", "page"]
# What the stages belong to; every other stage is one of reading.
_WORK: Mapping[str, Work] = {
    "measuring the gait": "measuring", "drawing the video": "drawing", "taking the stills": "page",
    "writing the page": "page",
}  # fmt: skip
# Seconds that each work of a clip takes, for so many frames (docs/speed.md). They need not be exact: what has begun is
# measured, and so many of its frames count as having taken what was expected.
_EXPECTED_S: Mapping[Work, Callable[[int], float]] = {
    "reading": lambda frames: 1.0 + 0.015 * frames,
    "measuring": lambda frames: 1.5 + 0.0005 * frames,
    "drawing": lambda frames: 0.004 * frames,
    "page": lambda frames: 0.6,
}
_TRUSTED_FRAMES = 20
PARTS = 1000


class WholeProgress:
    """Progress over all stages: call it as ``progress(stage, done, total)`` with those of a stage.

    What it was made for is called as ``progress(stage, done, PARTS)``, where ``done`` is the share of the time that has
    passed since the first call and never falls. What comes before it, the look whether there is anybody, takes longer
    the larger the pictures are: counted in, the share would begin far too high and stand there for seconds.

    Parameters
    ----------
    progress : Progress
        called with the stage and the progress of the whole.
    clips : int
        number of recordings that are read, measured and drawn.
    drawn : bool
        whether videos are made.
    """

    def __init__(self, progress: Progress, *, clips: int, drawn: bool) -> None:
        self._progress = progress
        self._left: dict[Work, int] = dict.fromkeys(_EXPECTED_S, clips)
        if not drawn:
            self._left["drawing"] = 0
        self._began_s = self._stage_began_s = float("nan")
        self._stage, self._work, self._frames, self._done = "", "", 0, 0

    def __call__(self, stage: str, done: int, total: int) -> None:
        """Take the progress of a stage: ``done`` of ``total`` frames, or 0 of 1 for what is done in one go."""
        now_s = time.monotonic()
        work = _WORK.get(stage, "reading")
        if not self._stage:
            self._began_s = now_s
        if stage != self._stage:
            self._stage, self._stage_began_s = stage, now_s
        if work != self._work:
            self._work = work
            self._left[work] = max(self._left[work] - 1, 0)
        if work == "reading" and total > 1:
            self._frames = total
        expected_s = _EXPECTED_S[work](self._frames)
        frame_s = (now_s - self._stage_began_s + _TRUSTED_FRAMES * expected_s / total) / (done + _TRUSTED_FRAMES)
        stage_left_s = expected_s if done == 0 else frame_s * max(total - done, 0)
        later_s = sum(count * _EXPECTED_S[name](self._frames) for name, count in self._left.items())
        passed_s = now_s - self._began_s
        share = passed_s / max(passed_s + stage_left_s + later_s, 1e-9)
        self._done = max(self._done, min(int(PARTS * share), PARTS - 1))
        self._progress(stage, self._done, PARTS)
