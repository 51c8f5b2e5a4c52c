"""Identity of all people over a clip, and selection of the runner among them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gaitlab.core.person import Body, overlap, trunk
from gaitlab.core.pose import FloatArray
from gaitlab.core.skeleton import SIDES, Skeleton
from gaitlab.tracking.track import Track

_FORGOTTEN_S = 2.0  # a person hidden for longer gets a new track
# Variation of the ankles' distance in running, as a share of the body height.
_SWING = 0.06
# Share of that below which legs do not move: what stands there, a picture of somebody, a tree. It is judged after so
# long: who is about to run stands at first.
_STANDS, _JUDGED_S = 0.25, 1.0
_SOON_S = 0.06  # legs have hardly moved in so short a time
_SAMPLE = 200  # number of bodies sampled from a track for its score
# Between which points of the legs it is told: feet that go to and fro against each other in gait; against the hips in
# other movements, where both do the same. A foot on a pedal goes round under them.
_IN_GAIT = (("left_ankle", "right_ankle"),)
_OTHERWISE = (("left_hip", "left_ankle"), ("right_hip", "right_ankle"))
# Percentiles of their way between which it is told: in gait legs never rest, half a minute may show a single squat.
_OF_GAIT, _OF_OTHERS = (16.0, 84.0), (5.0, 95.0)
_LEGS = tuple(f"{side}_{joint}" for side in SIDES for joint in ("hip", "knee", "ankle"))
# Who is further than this from where somebody was expected is somebody else.
_FURTHEST = 0.75
# Who crosses the whole picture still counts so much of who stays in place: a walker in a room passes but once, and what
# stays may be a reflection.
_LEAST_STEADY = 0.2


@dataclass(frozen=True, slots=True)
class RunnerScore:
    """Evidence that a person is the runner; people are ranked by the product.

    Attributes
    ----------
    seen_s : float
        visible time, s.
    swing : float
        0 to 1, whether the legs move as they do in gait, or bend as in other movements, unlike those of a poster, a
        standing coach or a tree, whose points only tremble.
    steady : float
        0 to 1, whether the person stays in place, unlike a passer-by.
    size : float
        height, px; a mirror image is smaller than the runner.
    legs : float
        0 to 1, mean confidence of hips, knees and ankles; low for a partly hidden reflection.
    """

    seen_s: float
    swing: float
    steady: float
    size: float
    legs: float

    @property
    def stands(self) -> bool:
        """Whether the legs have not moved for as long as it takes to tell: nobody who runs or walks."""
        return self.swing < _STANDS and self.seen_s >= _JUDGED_S

    @property
    def rank(self) -> float:
        """Product of all components; the runner has the highest."""
        return self.seen_s * self.swing * self.steady * self.size * self.legs


def runner_score(track: Track, skeleton: Skeleton, *, gait: bool = True) -> RunnerScore:
    """Return the score of a person from evenly sampled bodies of their track.

    Parameters
    ----------
    gait : bool, optional
        whether somebody who runs or walks is looked for; else somebody whose legs bend, as in squats and jumps.
    """
    every = max(len(track.bodies) // _SAMPLE, 1)
    sample = track.bodies[::every]
    xy = np.array([body.xy for body in sample])
    boxes = np.array([body.box for body in sample])
    size = float(np.median(boxes[:, 3] - boxes[:, 1]))
    positions = trunk(xy, skeleton)
    drift = float(np.ptp(np.percentile(positions[:, 0], [5, 95]))) / max(size, 1.0)
    return RunnerScore(
        seen_s=_seen_s(track.times_s),
        swing=float(np.clip(_swing(xy, _steps(track, every), skeleton, size, gait=gait) / _SWING, 0.02, 1.0)),
        steady=_LEAST_STEADY + (1 - _LEAST_STEADY) * float(np.exp(-((drift / 0.8) ** 2))),
        size=size,
        legs=_legs(np.array([body.score for body in sample]), xy, skeleton),
    )


def _seen_s(times_s: Sequence[float]) -> float:
    """Return the visible time, s; gaps count up to 0.6 s, because people are not detected in every frame."""
    return float(np.minimum(np.diff(times_s), 0.6).sum()) if len(times_s) > 1 else 0.0


def _legs(score: FloatArray, xy: FloatArray, skeleton: Skeleton) -> float:
    """Return the mean confidence of the legs' keypoints, undetected ones counting 0; at least 0.02."""
    columns = [skeleton.index(name) for name in _LEGS if name in skeleton]
    seen = np.where(np.isfinite(xy[..., 0]), score, 0.0)[:, columns]
    return max(float(seen.mean()), 0.02) if columns else 0.02


def _steps(track: Track, every: int) -> FloatArray:
    """Return by how much the points move to the frame after each sampled one, (step, keypoint, 2) px."""
    pairs = [
        after.xy - before.xy
        for before, after, interval_s in zip(
            track.bodies[::every], track.bodies[1::every], np.diff(track.times_s)[::every], strict=False
        )
        if interval_s <= _SOON_S
    ]
    return np.array(pairs).reshape(-1, *track.bodies[0].xy.shape)


def _swing(xy: FloatArray, steps: FloatArray, skeleton: Skeleton, size: float, *, gait: bool) -> float:
    """Return the largest variation of a vector that legs move, as a share of ``size``, without its trembling.

    Parameters
    ----------
    xy : FloatArray
        (sample, keypoint, 2) px.
    steps : FloatArray
        (step, keypoint, 2) px, how the points move from one frame to the next: legs move little in that time, points
        that lie on no body anywhere.
    gait : bool
        whether it is that between the feet, else those from the hips to the feet.
    """
    pairs, central = (_IN_GAIT, _OF_GAIT) if gait else (_OTHERWISE, _OF_OTHERS)
    most = 0.0
    for first, second in pairs:
        if not (first in skeleton and second in skeleton):
            continue
        apart, step = (_between(points, first, second, skeleton) for points in (xy, steps))
        if len(apart) < 4:
            continue
        variance = _spread(apart, central) ** 2
        if len(step) >= 4:
            # Trembling from frame to frame has twice the variance of its positions, so that nothing is left of it; of
            # the slow swing of legs little is lost.
            variance -= _spread(step, central) ** 2
        # The larger axis, because in a rear view the height alternates.
        most = max(most, float(np.sqrt(variance.max().clip(0.0))))
    return most / max(size, 1.0)


def _spread(vectors: FloatArray, central: tuple[float, float]) -> FloatArray:
    """Return half the width of the central part of vectors (number, 2), percentiles, each axis, robust to outliers."""
    low, high = np.percentile(vectors, central, axis=0)
    return np.asarray(high - low) / 2


def _between(xy: FloatArray, first: str, second: str, skeleton: Skeleton) -> FloatArray:
    """Return the vectors between two points where both are seen, (number, 2) px."""
    apart = xy[:, skeleton.index(first)] - xy[:, skeleton.index(second)]
    return np.asarray(apart[np.isfinite(apart).all(axis=1)])


def most_like_a_runner(tracks: Sequence[Track], skeleton: Skeleton, *, gait: bool = True) -> Track | None:
    """Return the track with the highest `RunnerScore.rank`, see `runner_score`; None without tracks.

    At the end the legs count twice: who stood all the time, however long and near, is not the runner. Before, who
    stands may be about to run.
    """

    def likely(track: Track) -> float:
        score = runner_score(track, skeleton, gait=gait)
        return score.rank * score.swing

    seen = [track for track in tracks if len(track.frames) > 1] or list(tracks)
    return max(seen, key=likely, default=None)


def distance(body: Body, guess: Body) -> float:
    """Return the distance of a body from the expected one: 0 identical, 1 without overlap of the boxes."""
    size = max(float(np.nanmax([b.box[3] - b.box[1] for b in (body, guess)])), 1.0)
    apart = np.linalg.norm(body.xy - guess.xy, axis=1) / size
    shared = np.isfinite(apart)
    points = float(np.minimum(apart[shared], 0.5).mean() * 2) if shared.sum() >= 3 else 1.0
    return 0.5 * points + 0.5 * (1 - overlap(body.box, guess.box))


def match(bodies: Sequence[Body], tracks: Sequence[Track], time_s: float) -> list[tuple[int, int]]:
    """Return (body, track) index pairs: who of the people just seen is who."""
    if not bodies or not tracks:
        return []
    guesses = [track.guess(time_s) for track in tracks]
    return cheapest_pairs(
        np.array([[distance(body, guess) for guess in guesses] for body in bodies]), max_cost=_FURTHEST
    )


def cheapest_pairs(cost: FloatArray, *, max_cost: float) -> list[tuple[int, int]]:
    """Return the (row, column) pairs of least total cost, where a pair may be left unmade for ``max_cost``.

    Parameters
    ----------
    cost : FloatArray
        (row, column), finite.
    max_cost : float
        what it costs not to make a pair: dearer ones are not made.
    """
    if 1 in cost.shape:  # one person, most often: not worth the half second that importing the library takes
        row, column = np.unravel_index(int(cost.argmin()), cost.shape)
        return [(int(row), int(column))] if cost[row, column] < max_cost else []
    from scipy.optimize import linear_sum_assignment

    pairs = zip(*linear_sum_assignment(np.minimum(cost, max_cost)), strict=True)
    return [(int(row), int(column)) for row, column in pairs if cost[row, column] < max_cost]


def link(frames: Sequence[Sequence[Body]], time_s: FloatArray, skeleton: Skeleton) -> list[Track]:
    """Return the tracks of all people of a clip, numbered by order of appearance.

    Parameters
    ----------
    frames : Sequence[Sequence[Body]]
        bodies detected in each frame.
    time_s : FloatArray
        (frame,) s.
    skeleton : Skeleton
        keypoints of the bodies.
    """
    tracks: list[Track] = []
    # With one person per frame, identities are known.
    single = max(map(len, frames), default=0) == 1
    for number, bodies in enumerate(frames):
        now = float(time_s[number])
        seen = [body for body in bodies if np.isfinite(body.xy).any()]
        known = [track for track in tracks if track.hidden_s(now) <= _FORGOTTEN_S]
        alone = single and len(seen) == 1 and len(tracks) == 1
        pairs = {0: 0} if alone else dict(match(seen, known, now))
        for index, body in enumerate(seen):
            if index in pairs:
                (tracks if alone else known)[pairs[index]].add(number, now, body)
            else:
                tracks.append(Track(len(tracks), skeleton))
                tracks[-1].add(number, now, body)
    return tracks
