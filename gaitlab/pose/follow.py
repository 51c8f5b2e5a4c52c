"""Tracking of one runner through a clip, frame by frame, without keeping frames in memory.

At intervals all people are detected in the whole image. Each person is then tracked in a crop in every frame; after two
seconds only those who may be the runner are tracked further.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from gaitlab.core.errors import InputError
from gaitlab.core.person import Body, box_height, overlap
from gaitlab.core.pose import FloatArray, PoseSequence, Step
from gaitlab.core.skeleton import Skeleton
from gaitlab.io.video.reader import Frame
from gaitlab.pose.networks.estimator import PoseEstimator
from gaitlab.tracking.people import RunnerScore, distance, match, most_like_a_runner, runner_score
from gaitlab.tracking.track import ROUNDED_S, Track

_FIRST_DETECTIONS = 2  # number of first frames with detection in the whole image
_DETECTION_INTERVAL_S = 0.1  # while nobody is tracked
_TRIAL_S = 2.0
_RANKING_INTERVAL_S = 0.25
_LEAST_RANK = 0.3  # relative to the best person
_MOST_TRACKED = 4
# People smaller than this share of the most probable runner are not searched for while that one is tracked.
_LEAST_HEIGHT = 0.6
# Longest interval of frames that are looked at in turn with their mirror images: 90 frames per second and more. At 60,
# noise that both looks average out reaches the angles (docs/speed.md).
_IN_TURN_S = 1 / 89
# Mean difference, grey levels, of the pixels sampled at this distance, below which a picture repeats the one before.
_SAMPLED_PX, _REPEATED_LEVELS = 16, 0.5
_OF_LATE_S = 0.5  # who was seen in half as many of these frames as another has the lesser claim to a body
_HIDDEN_S = 1.0  # longest occlusion during which the crop is still searched
_FORGOTTEN_S = 5.0
_LEAST_REPORTED_S = 0.5  # people visible for a shorter time are not reported
# Two tracks closer than this are the same person.
_SAME = 0.2


@dataclass(frozen=True, slots=True, eq=False)
class Followed:
    """Result of tracking a clip.

    Attributes
    ----------
    pose : PoseSequence | None
        raw keypoints of the runner in all frames; None if nobody was detected.
    boxes : FloatArray
        (frame, 4) left, top, right, bottom of the runner's keypoints, px; NaN where not detected.
    person : int | None
        number of the runner, by order of appearance.
    others : list[dict[str, Any]]
        the other people: ``person``, ``first_s``, ``last_s``, ``seen_s``, the first ``box``, px, and whether the person
        ``stands``, without ever moving the legs.
    chosen : bool
        whether the runner was selected automatically.
    stands : bool
        whether even the most probable runner never moves the legs.
    """

    pose: PoseSequence | None
    boxes: FloatArray
    person: int | None
    others: list[dict[str, Any]]
    chosen: bool = True
    stands: bool = False


def follow_runner(
    frames: Iterable[Frame],
    estimator: PoseEstimator,
    *,
    person: int | None = None,
    slow_motion: float = 1.0,
    gait: bool = True,
    on_frame: Callable[[Frame, Body | None], None] | None = None,
) -> Followed:
    """Track the runner and return their keypoints in every frame.

    Parameters
    ----------
    frames : Iterable[Frame]
        the clip, in order.
    estimator : PoseEstimator
        the pose network.
    person : int | None, optional
        number of the person to track (by order of appearance, as in ``Followed.others``); by default the runner is
        selected automatically.
    slow_motion : float, optional
        how many times slower than life the clip plays, see `PersonTracker`.
    gait : bool, optional
        whether the runner is selected by how legs move in gait, else by how they bend, see `runner_score`.
    on_frame : Callable[[Frame, Body | None], None] | None, optional
        called after every frame with the frame and the body of the most probable runner so far.

    Raises
    ------
    InputError
        if ``person`` was not detected.
    """
    tracker = PersonTracker(estimator, person=person, slow_motion=slow_motion, gait=gait)
    for frame in frames:
        tracker.see(frame)
        if on_frame is not None:
            on_frame(frame, tracker.current)
    return tracker.result()


class PersonTracker:
    """Tracker of all people of a clip; `see` processes the next frame.

    People are tracked in true time: the crop is to be smooth over a step. In slow motion that is not seen as such, it
    bounces with the runner, and the network, which then sees less movement, underestimates it.

    Parameters
    ----------
    estimator : PoseEstimator
        the pose network.
    person : int | None, optional
        number of the person to track; by default the runner is selected automatically.
    slow_motion : float, optional
        how many times slower than life the clip plays.
    gait : bool, optional
        whether the runner is selected by how legs move in gait, else by how they bend, see `runner_score`.
    """

    def __init__(
        self, estimator: PoseEstimator, *, person: int | None = None, slow_motion: float = 1.0, gait: bool = True
    ) -> None:
        self._estimator = estimator
        self._gait = gait
        self._wanted = person
        self._slow_motion = slow_motion
        self._shown_s: list[float] = []  # on the clock of the clip; all other times are true ones
        self._tracks: list[Track] = []
        self._times_s: list[float] = []
        self._last_detection_s = -np.inf
        self._last_ranking_s = -np.inf
        # How the last new picture was looked at, when that was, and some pixels of the last picture.
        self._mirror: bool | None = None
        self._new_s = -np.inf
        self._sample: np.ndarray | None = None
        # Since when, s, two tracks by their numbers have seen one body and never two.
        self._shared: dict[frozenset[int], float] = {}
        self._rank: dict[int, float] = {}  # `RunnerScore.rank` of each person at the last ranking
        self._standing = False  # whether the most probable runner has not moved the legs until then

    def see(self, frame: Frame) -> None:
        """Track and, at intervals, detect people in the next frame."""
        number = len(self._times_s)
        self._shown_s.append(frame.time_s)
        frame = replace(frame, time_s=frame.time_s / self._slow_motion)
        self._times_s.append(frame.time_s)
        self._follow(number, frame)
        followed = any(t.dense and t.frames[-1] == number for t in self._tracks)
        pause_s = self._estimator.detection_interval_s if followed else _DETECTION_INTERVAL_S
        if number < _FIRST_DETECTIONS or frame.time_s - self._last_detection_s >= pause_s - ROUNDED_S:
            self._last_detection_s = frame.time_s
            self._detect(number, frame)
        ranked_s = frame.time_s - self._last_ranking_s
        if ranked_s >= _RANKING_INTERVAL_S - ROUNDED_S or len(self._rank) < len(self._tracks):
            self._last_ranking_s = frame.time_s
            self._rank_people(frame.time_s)

    @property
    def current(self) -> Body | None:
        """Body of the most probable runner in the last frame; None if not detected."""
        alive = [t for t in self._tracks if t.hidden_s(self._times_s[-1]) <= _HIDDEN_S]
        if self._wanted is not None:
            alive = [t for t in alive if t.number == self._wanted]
        track = max(alive, key=lambda t: self._rank.get(t.number, 0.0), default=None)
        return track.bodies[-1] if track is not None and track.frames[-1] == len(self._times_s) - 1 else None

    def seen_last(self) -> list[tuple[int, Body]]:
        """Return number and body of everybody who was seen in the last frame."""
        last = len(self._times_s) - 1
        return [(track.number, track.bodies[-1]) for track in self._tracks if track.frames[-1] == last]

    def result(self) -> Followed:
        """Return the runner and the others.

        Raises
        ------
        InputError
            if the requested person was not detected.
        """
        runner = self._runner()
        if runner is None:
            return Followed(None, np.empty((len(self._times_s), 4)), None, [])
        pose = _sequence(runner, self._shown_s, self._estimator)
        boxes = np.full((len(pose), 4), np.nan)
        for frame, body in zip(runner.frames, runner.bodies, strict=True):
            boxes[frame] = body.box
        others = [
            _described(t, slow_motion=self._slow_motion, stands=self._score(t).stands)
            for t in self._tracks
            if t is not runner and t.times_s[-1] - t.times_s[0] >= _LEAST_REPORTED_S
        ]
        return Followed(
            pose, boxes, runner.number, others, chosen=self._wanted is None, stands=self._score(runner).stands
        )  # fmt: skip

    def _score(self, track: Track) -> RunnerScore:
        return runner_score(track, self._estimator.skeleton, gait=self._gait)

    def _follow(self, number: int, frame: Frame) -> None:
        """Detect each tracked person in their crop.

        Two crops may show the same body, when a person passes in front of another or of a reflection: it is assigned to
        the track with the nearest prediction, and the other person is hidden. Who was hardly seen of late comes last:
        a figure that was never there waits for somebody to pass, and would take them.
        """
        found: list[tuple[float, int, Track, Body]] = []
        mirrored = self._mirrored(frame)
        for track in self._tracks:
            if not track.dense or track.hidden_s(frame.time_s) > _HIDDEN_S:
                continue
            box, guess = track.box(frame.time_s), track.guess(frame.time_s)
            body = self._estimator.detect_person(frame.image, box, guess, mirrored=mirrored)
            if body is not None and overlap(body.box, box) >= 0.2:
                found.append((distance(body, guess), track.seen_since(frame.time_s - _OF_LATE_S), track, body))
        taken: list[tuple[Track, Body]] = []
        most = max((seen for _, seen, _, _ in found), default=0)
        for _, _, track, body in sorted(found, key=lambda claim: (2 * claim[1] < most, claim[0])):
            winner = next((one for one, other in taken if distance(body, other) < _SAME), None)
            if winner is None:
                taken.append((track, body))
                track.add(number, frame.time_s, body)
            else:
                self._shared.setdefault(frozenset((track.number, winner.number)), frame.time_s)
        apart = {track.number for track, _ in taken}
        self._shared = {pair: since_s for pair, since_s in self._shared.items() if not pair <= apart}
        self._unite(frame.time_s)

    def _unite(self, time_s: float) -> None:
        """Make two tracks one that have seen the same body, and never two, for longer than anybody hides another.

        A network that takes parts of a person for a second one follows them up to the whole person, and the frames are
        shared out between both tracks, each of which then has gaps.
        """
        for pair, since_s in list(self._shared.items()):
            if time_s - since_s < _HIDDEN_S - ROUNDED_S:
                continue
            del self._shared[pair]
            # Who got none of these frames is hidden by the other; of two who share them the one with more goes on.
            got = {number: self._tracks[number].seen_since(since_s) for number in pair}
            greater, lesser = sorted(pair, key=lambda number: (-got[number], number))
            if got[lesser] and all(self._tracks[number].dense for number in pair):
                self._tracks[greater].take_over(self._tracks[lesser], since_s)

    def _least_height_px(self, number: int) -> float:
        """Return the height below which nobody would be taken for the runner rather than who is tracked in a frame.

        Whoever comes, however small, is taken rather than a figure that never moves its legs.
        """
        if number < _FIRST_DETECTIONS or self.current is None or self._standing:
            return 0.0
        return _LEAST_HEIGHT * box_height(self.current.box)

    def _mirrored(self, frame: Frame) -> bool | None:
        """Return whether to look at the mirror image of a frame, or None for both: in fast films in turn.

        What is wrong with one is wrong with the other the other way round. Where frames follow each other fast, the
        smoothing averages over both, and one look a frame is enough. A repeated picture is looked at like the first.
        """
        if len(self._times_s) > 1 and self._times_s[-1] - self._times_s[-2] > _IN_TURN_S:
            self._mirror, self._sample, self._new_s = None, None, frame.time_s
            return None
        sample = frame.image[::_SAMPLED_PX, ::_SAMPLED_PX].astype(np.int16)
        if self._sample is None or np.abs(sample - self._sample).mean() > _REPEATED_LEVELS:
            fast = frame.time_s - self._new_s <= _IN_TURN_S
            self._mirror = self._mirror is False if fast else None
            self._new_s = frame.time_s
        self._sample = sample
        return self._mirror

    def _detect(self, number: int, frame: Frame) -> None:
        """Detect all people in the whole image and start tracks for new ones."""
        bodies = self._estimator.detect_people(frame.image, least_height_px=self._least_height_px(number))
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

    def _rank_people(self, time_s: float) -> None:
        """Rank all people, and stop tracking those who are unlikely to be the runner after the trial period."""
        stand: dict[int, bool] = {}
        for track in self._tracks:
            if track.number not in self._rank or track.hidden_s(time_s) <= _FORGOTTEN_S:
                score = self._score(track)
                self._rank[track.number] = score.rank
                stand[track.number] = score.stands
        self._standing = stand.get(max(stand, key=lambda number: self._rank[number], default=-1), False)
        dense = [t for t in self._tracks if t.dense and t.hidden_s(time_s) <= _FORGOTTEN_S]
        # Figures that stand there, however long, do not keep out who has just come.
        dense.sort(key=lambda t: (stand.get(t.number, False), -self._rank[t.number]))
        for position, track in enumerate(dense):
            tried = time_s - track.times_s[0] >= _TRIAL_S - ROUNDED_S
            unlikely = tried and self._rank[track.number] < _LEAST_RANK * self._rank[dense[0].number]
            if track.number != self._wanted and (unlikely or position >= _MOST_TRACKED):
                track.dense = False

    def _runner(self) -> Track | None:
        if self._wanted is None:
            return most_like_a_runner(self._tracks, self._estimator.skeleton, gait=self._gait)
        if self._wanted < len(self._tracks):
            return self._tracks[self._wanted]
        if not self._tracks:
            return None
        seen = ", ".join(
            f"{t.number} ({self._shown_s[t.frames[0]]:.1f}-{self._shown_s[t.frames[-1]]:.1f} s)" for t in self._tracks
        )
        raise InputError(f"person {self._wanted} was not seen; there are: {seen}")


def _sequence(track: Track, times_s: Sequence[float], estimator: PoseEstimator) -> PoseSequence:
    skeleton: Skeleton = estimator.skeleton
    xy, score = np.full((len(times_s), len(skeleton), 2), np.nan), np.zeros((len(times_s), len(skeleton)))
    for frame, body in zip(track.frames, track.bodies, strict=True):
        xy[frame], score[frame] = body.xy, body.score
    step = Step("pose", {"model": estimator.name}, {"frames_seen": len(track.frames), "frames": len(times_s)})
    return PoseSequence(xy, score, np.array(times_s), skeleton, (step,))


def _described(track: Track, *, slow_motion: float, stands: bool) -> dict[str, Any]:
    """Return what is reported of another person, times on the clock of the clip."""
    first_s, last_s = (slow_motion * track.times_s[end] for end in (0, -1))
    return {
        "person": track.number,
        "first_s": round(first_s, 3),
        "last_s": round(last_s, 3),
        "seen_s": round(last_s - first_s, 3),
        "box": [round(float(v), 1) for v in track.bodies[0].box],
        "stands": stands,
    }
