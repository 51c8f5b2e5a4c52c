"""Everybody through the clip: who is who from look to look, and which of them is the runner."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gaitlab.core.person import Body, overlap, trunk
from gaitlab.core.pose import FloatArray
from gaitlab.core.skeleton import SIDES, Skeleton
from gaitlab.tracking.track import Track

# Ankles whose distance varies by this share of the body's height swing as a runner's do.
_FORGOTTEN_S = 2.0  # out of sight longer, and who comes is somebody new
_SWING = 0.06
_SAMPLE = 200  # bodies of a track that are enough to judge it
_ANKLES = ("left_ankle", "right_ankle")
_LEGS = tuple(f"{side}_{joint}" for side in SIDES for joint in ("hip", "knee", "ankle"))
# Who is further than this from where somebody was expected is somebody else.
_FURTHEST = 0.75
# Who crosses the whole picture still counts so much of who stays in place: a walker in a room passes but once, and what
# stays may be a reflection.
_PASSES = 0.2


@dataclass(frozen=True, slots=True)
class RunnerScore:
    """How like a runner a person is; the product ranks people.

    Attributes
    ----------
    seen_s : float
        for how long they were seen.
    swing : float
        0..1, whether the legs alternate; a poster's and a standing coach's do not.
    steady : float
        0..1, whether they stay in their place; a passer-by does not.
    size : float
        height in px; the runner is filmed larger than their mirror image.
    legs : float
        0..1, how surely hips, knees and ankles are seen; a reflection over a sofa shows none.
    """

    seen_s: float
    swing: float
    steady: float
    size: float
    legs: float

    @property
    def rank(self) -> float:
        """More is more like a runner."""
        return self.seen_s * self.swing * self.steady * self.size * self.legs


def runner_score(track: Track, skeleton: Skeleton) -> RunnerScore:
    """Judge a person from what was seen of them, evenly sampled."""
    sample = track.bodies[:: max(len(track.bodies) // _SAMPLE, 1)]
    xy = np.array([body.xy for body in sample])
    boxes = np.array([body.box for body in sample])
    size = float(np.median(boxes[:, 3] - boxes[:, 1]))
    places = trunk(xy, skeleton)
    drift = float(np.ptp(np.percentile(places[:, 0], [5, 95]))) / max(size, 1.0)
    return RunnerScore(
        seen_s=_seen_s(track.times_s),
        swing=float(np.clip(_swing(xy, skeleton, size) / _SWING, 0.02, 1.0)),
        steady=_PASSES + (1 - _PASSES) * float(np.exp(-((drift / 0.8) ** 2))),
        size=size,
        legs=_legs(np.array([body.score for body in sample]), xy, skeleton),
    )


def _seen_s(times_s: Sequence[float]) -> float:
    """Time covered by what was seen: gaps count up to half a second, as people are not looked for in every frame."""
    return float(np.minimum(np.diff(times_s), 0.6).sum()) if len(times_s) > 1 else 0.0


def _legs(score: FloatArray, xy: FloatArray, skeleton: Skeleton) -> float:
    """Return the mean score of the legs' points, those not seen counting nothing; little is left of legs unknown."""
    columns = [skeleton.index(name) for name in _LEGS if name in skeleton]
    seen = np.where(np.isfinite(xy[..., 0]), score, 0.0)[:, columns]
    return max(float(seen.mean()), 0.02) if columns else 0.02


def _swing(xy: FloatArray, skeleton: Skeleton, size: float) -> float:
    """Return how much the ankles' distance from each other varies, as a share of ``size``."""
    if not all(name in skeleton for name in _ANKLES):
        return 0.0
    left, right = (xy[:, skeleton.index(name)] for name in _ANKLES)
    apart = (left - right)[np.isfinite(left - right).all(axis=1)]
    if len(apart) < 4:
        return 0.0
    # The middle two thirds: a few wrong points make no swing. In a rear view it is the height that alternates.
    low, high = np.percentile(apart, [16, 84], axis=0)
    return float((high - low).max()) / 2 / max(size, 1.0)


def most_like_a_runner(tracks: Sequence[Track], skeleton: Skeleton) -> Track | None:
    """Return the person who is in the picture longest, largest and surest, with legs that alternate, in one place."""
    seen = [track for track in tracks if len(track.frames) > 1] or list(tracks)
    return max(seen, key=lambda track: runner_score(track, skeleton).rank, default=None)


def distance(body: Body, guess: Body) -> float:
    """Return how far a body is from an expected one: 0 the same, 1 the boxes do not even touch."""
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
    from scipy.optimize import linear_sum_assignment

    pairs = zip(*linear_sum_assignment(np.minimum(cost, max_cost)), strict=True)
    return [(int(row), int(column)) for row, column in pairs if cost[row, column] < max_cost]


def link(frames: Sequence[Sequence[Body]], time_s: FloatArray, skeleton: Skeleton) -> list[Track]:
    """Return everybody of a clip whose people are known frame by frame, numbered by order of appearance."""
    tracks: list[Track] = []
    # A file of one person needs no guessing who is who.
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
