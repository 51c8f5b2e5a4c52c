"""Following one runner through a clip, frame by frame, with the frames never held.

Everybody is looked for in the whole picture now and then. Whoever appears is followed in a crop of their own in
every frame; after a trial of two seconds only those stay who might be the runner.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from gaitlab.core.errors import InputError
from gaitlab.core.person import Body, overlap
from gaitlab.core.pose import FloatArray, PoseSequence, Step
from gaitlab.core.skeleton import Skeleton
from gaitlab.io.video.reader import Frame
from gaitlab.pose.networks.estimator import PoseEstimator
from gaitlab.tracking.people import distance, match, most_like_a_runner, runner_score
from gaitlab.tracking.track import Track

_FIRST_LOOKS = 2  # frames in a row that begin with the whole picture
_LOOK_AGAIN_S = 0.1  # while nobody is followed
_TRIAL_S = 2.0
_JUDGE_EVERY_S = 0.25
_UNLIKE = 0.3  # of the best one's rank
_MOST_FOLLOWED = 4
_HIDDEN_S = 1.0  # out of sight no longer than this, and the crop is still searched
_FORGOTTEN_S = 5.0
_WORTH_TELLING_S = 0.5  # who was seen for less is nobody
# Somebody else's body: two tracks that come this near are one person.
_SAME = 0.2


@dataclass(frozen=True, slots=True, eq=False)
class Followed:
    """What came of a clip.

    Attributes
    ----------
    pose : PoseSequence | None
        the runner's raw keypoints, a row a frame; None where nobody was found.
    boxes : FloatArray
        (frame, 4) left, top, right, bottom px of the runner's points; NaN where not seen.
    person : int | None
        the runner's number, by order of appearance.
    others : list[dict[str, Any]]
        everybody else: ``person``, ``first_s``, ``last_s``, ``seen_s``, ``box`` where they were seen first.
    chosen : bool
        whether the runner was chosen among them, not named.
    """

    pose: PoseSequence | None
    boxes: FloatArray
    person: int | None
    others: list[dict[str, Any]]
    chosen: bool = True


def follow_runner(
    frames: Iterable[Frame],
    estimator: PoseEstimator,
    *,
    person: int | None = None,
    on_frame: Callable[[Frame, Body | None], None] | None = None,
) -> Followed:
    """Find the runner and return their keypoints in every frame.

    Parameters
    ----------
    frames : Iterable[Frame]
        the clip, in order.
    estimator : PoseEstimator
        the pose network.
    person : int | None, optional
        the number of the person to follow instead (by order of appearance, as ``others`` counts).
    on_frame : Callable[[Frame, Body | None], None] | None, optional
        called after every frame with the frame and the body of who is the likeliest runner so far.

    Raises
    ------
    InputError
        ``person`` was not seen.
    """
    tracker = PersonTracker(estimator, person=person)
    for frame in frames:
        tracker.see(frame)
        if on_frame is not None:
            on_frame(frame, tracker.current)
    return tracker.result()


class PersonTracker:
    """Everybody of a clip so far; `see` takes the next frame."""

    def __init__(self, estimator: PoseEstimator, *, person: int | None = None) -> None:
        self._estimator = estimator
        self._wanted = person
        self._tracks: list[Track] = []
        self._times_s: list[float] = []
        self._last_look_s = -np.inf
        self._last_judged_s = -np.inf
        self._rank: dict[int, float] = {}  # of each person's likeness to a runner, when last judged

    def see(self, frame: Frame) -> None:
        """Look for everybody in the next frame."""
        number = len(self._times_s)
        self._times_s.append(frame.time_s)
        self._follow(number, frame)
        followed = any(t.dense and t.frames[-1] == number for t in self._tracks)
        pause_s = self._estimator.look_every_s if followed else _LOOK_AGAIN_S
        if number < _FIRST_LOOKS or frame.time_s - self._last_look_s >= pause_s - 1e-6:
            self._last_look_s = frame.time_s
            self._look(number, frame)
        if frame.time_s - self._last_judged_s >= _JUDGE_EVERY_S or len(self._rank) < len(self._tracks):
            self._last_judged_s = frame.time_s
            self._judge(frame.time_s)

    @property
    def current(self) -> Body | None:
        """The likeliest runner's body in the last frame seen."""
        alive = [t for t in self._tracks if t.hidden_s(self._times_s[-1]) <= _HIDDEN_S]
        if self._wanted is not None:
            alive = [t for t in alive if t.number == self._wanted]
        track = max(alive, key=lambda t: self._rank.get(t.number, 0.0), default=None)
        return track.bodies[-1] if track is not None and track.frames[-1] == len(self._times_s) - 1 else None

    def result(self) -> Followed:
        """Return the runner and the others.

        Raises
        ------
        InputError
            the person asked for was not seen.
        """
        runner = self._runner()
        if runner is None:
            return Followed(None, np.empty((len(self._times_s), 4)), None, [])
        pose = _sequence(runner, self._times_s, self._estimator)
        boxes = np.full((len(pose), 4), np.nan)
        for frame, body in zip(runner.frames, runner.bodies, strict=True):
            boxes[frame] = body.box
        others = [
            _described(t) for t in self._tracks if t is not runner and t.times_s[-1] - t.times_s[0] >= _WORTH_TELLING_S
        ]
        return Followed(pose, boxes, runner.number, others, chosen=self._wanted is None)

    def _follow(self, number: int, frame: Frame) -> None:
        """Find the people who are followed, each in their crop.

        Two crops may show one body, where somebody passes in front of somebody else or of a reflection: it is of whom
        it was expected of, and the other one is hidden.
        """
        found: list[tuple[float, Track, Body]] = []
        for track in self._tracks:
            if not track.dense or track.hidden_s(frame.time_s) > _HIDDEN_S:
                continue
            box, guess = track.box(frame.time_s), track.guess(frame.time_s)
            body = self._estimator.one(frame.image, box, guess)
            if body is not None and overlap(body.box, box) >= 0.2:
                found.append((distance(body, guess), track, body))
        taken: list[Body] = []
        for _, track, body in sorted(found, key=lambda claim: claim[0]):
            if all(distance(body, other) >= _SAME for other in taken):
                taken.append(body)
                track.add(number, frame.time_s, body)

    def _look(self, number: int, frame: Frame) -> None:
        """Find everybody in the whole picture; who is not known is new."""
        bodies = self._estimator.everybody(frame.image)
        known = [t for t in self._tracks if t.hidden_s(frame.time_s) <= _FORGOTTEN_S]
        pairs = dict(match(bodies, known, frame.time_s))
        for index, body in enumerate(bodies):
            if index in pairs:
                track = known[pairs[index]]
                if track.frames[-1] != number:
                    track.add(number, frame.time_s, body)
            elif all(distance(body, t.bodies[-1]) > 2 * _SAME for t in known if t.frames[-1] == number):
                track = Track(len(self._tracks), self._estimator.skeleton)
                track.add(number, frame.time_s, body)
                self._tracks.append(track)

    def _judge(self, time_s: float) -> None:
        """Rank everybody, and stop following those who had their trial and are far from being the runner."""
        for track in self._tracks:
            if track.number not in self._rank or track.hidden_s(time_s) <= _FORGOTTEN_S:
                self._rank[track.number] = runner_score(track, self._estimator.skeleton).rank
        dense = [t for t in self._tracks if t.dense and t.hidden_s(time_s) <= _FORGOTTEN_S]
        dense.sort(key=lambda t: -self._rank[t.number])
        for place, track in enumerate(dense):
            tried = time_s - track.times_s[0] >= _TRIAL_S
            unlike = tried and self._rank[track.number] < _UNLIKE * self._rank[dense[0].number]
            if track.number != self._wanted and (unlike or place >= _MOST_FOLLOWED):
                track.dense = False

    def _runner(self) -> Track | None:
        if self._wanted is None:
            return most_like_a_runner(self._tracks, self._estimator.skeleton)
        if self._wanted < len(self._tracks):
            return self._tracks[self._wanted]
        if not self._tracks:
            return None
        seen = ", ".join(f"{t.number} ({t.times_s[0]:.1f}-{t.times_s[-1]:.1f} s)" for t in self._tracks)
        raise InputError(f"person {self._wanted} was not seen; there are: {seen}")


def _sequence(track: Track, times_s: Sequence[float], estimator: PoseEstimator) -> PoseSequence:
    skeleton: Skeleton = estimator.skeleton
    xy, score = np.full((len(times_s), len(skeleton), 2), np.nan), np.zeros((len(times_s), len(skeleton)))
    for frame, body in zip(track.frames, track.bodies, strict=True):
        xy[frame], score[frame] = body.xy, body.score
    step = Step("pose", {"model": estimator.name}, {"frames_seen": len(track.frames), "frames": len(times_s)})
    return PoseSequence(xy, score, np.array(times_s), skeleton, (step,))


def _described(track: Track) -> dict[str, Any]:
    return {
        "person": track.number,
        "first_s": round(track.times_s[0], 3),
        "last_s": round(track.times_s[-1], 3),
        "seen_s": round(track.times_s[-1] - track.times_s[0], 3),
        "box": [round(float(v), 1) for v in track.bodies[0].box],
    }
