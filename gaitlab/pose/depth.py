"""Whether a network is out of its depth: in whom it is not sure of the legs, and makes them of every length.

A network's own scores say most, but are low as well for a runner who is small or blurred and found rightly; a shank
keeps its length in a view from the side, but not from the front. Very low scores, or low ones of a shank of every
length, are what the clips show in which the network goes wrong (``python -m benchmarks.out_of_depth``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from gaitlab.core.person import Body
from gaitlab.core.pose import PoseSequence
from gaitlab.core.skeleton import SIDES, Skeleton

# How long the runner is followed, in true time, before it is judged.
JUDGED_S = 4.0
_FEWEST = 20  # frames with a runner
_LEG = tuple(f"{side}_{joint}" for side in SIDES for joint in ("hip", "knee", "ankle"))
# A point below this score does not tell the length of a shank.
_SURE = 0.3
_MAD = 1.4826  # of a normal distribution: from the median deviation to the standard deviation


@dataclass(frozen=True, slots=True)
class Depth:
    """How sure a network is of a runner's legs, and how much their length varies.

    Attributes
    ----------
    score : float
        mean score of hips, knees and ankles, 0 to 1, from the first frame with the runner to the last; one that is not
        seen counts as 0.
    scatter : float
        robust standard deviation of the length of the shank, a share of its median: that of the leg where it is larger.
    """

    score: float
    scatter: float


@dataclass(frozen=True, slots=True)
class _Limits:
    """A network is out of its depth below ``lowest`` score, and below ``score`` with more than ``scatter``."""

    lowest: float
    score: float
    scatter: float


# Of the networks that were tried; of others nothing is known. They are those of the weights that were tried: new ones
# need the benchmark anew.
_LIMITS: Mapping[str, _Limits] = {"runner": _Limits(lowest=0.55, score=0.72, scatter=0.15)}


class FirstSeconds:
    """Judges a network by the first seconds in which it follows a runner, while the film is read.

    Parameters
    ----------
    network : str
        name of the network in the catalogue.
    skeleton : Skeleton
        its keypoints.
    """

    def __init__(self, network: str, skeleton: Skeleton) -> None:
        self._network = network
        self._skeleton = skeleton
        self._times_s: list[float] = []
        self._bodies: list[Body | None] = []
        self.judged = network not in _LIMITS

    def see(self, time_s: float, body: Body | None) -> Depth | None:
        """Take the runner of a frame, at its true time; return the depth, once, if the network is out of it."""
        if self.judged or (body is None and not self._bodies):
            return None
        self._times_s.append(time_s)
        self._bodies.append(body)
        return self.end() if time_s - self._times_s[0] >= JUDGED_S else None

    def end(self) -> Depth | None:
        """Judge by what has been seen, as at the end of a short film; return the depth, once, as `see` does."""
        if self.judged or not self._bodies:
            return None
        self.judged = True
        nobody = np.full((len(self._skeleton), 2), np.nan)
        xy = np.array([nobody if body is None else body.xy for body in self._bodies])
        score = np.array([nobody[:, 0] * 0 if body is None else body.score for body in self._bodies])
        pose = PoseSequence(xy, np.nan_to_num(score), np.array(self._times_s), self._skeleton)
        return out_of_depth(pose, self._network)


def depth_of(pose: PoseSequence) -> Depth | None:
    """Return how sure a network is of a runner; None where too little of one is seen, or a leg never."""
    seen = np.flatnonzero(np.isfinite(pose.xy[..., 0]).any(axis=1))
    if len(seen) < _FEWEST or not all(name in pose.skeleton for name in _LEG):
        return None
    span = slice(int(seen[0]), int(seen[-1]) + 1)
    columns = [pose.skeleton.index(name) for name in _LEG]
    xy = pose.xy[span][:, columns]
    score = np.where(np.isfinite(xy[..., 0]), pose.score[span][:, columns], 0.0)
    xy = np.where((score >= _SURE)[..., None], xy, np.nan)
    scatters = []
    for side in range(len(SIDES)):
        knee, ankle = xy[:, 3 * side + 1], xy[:, 3 * side + 2]
        length = np.linalg.norm(knee - ankle, axis=1)
        length = length[np.isfinite(length)]
        if len(length) < _FEWEST:
            return None
        middle = float(np.median(length))
        scatters.append(_MAD * float(np.median(np.abs(length - middle))) / middle if middle > 0 else 0.0)
    return Depth(float(score.mean()), max(scatters))


def told(found: Depth, network: str) -> str:
    """Return how a network shows that it is out of its depth, beside its limits."""
    limits = _LIMITS[network]
    said = (
        f"the network '{network}' is out of its depth: it is sure of hips, knees and ankles to {found.score:.2f} of 1, "
        f"where {limits.score:.2f} and more is usual"
    )
    if found.scatter > limits.scatter:
        said += (
            f", and finds a shank of a length that varies by {100 * found.scatter:.0f} % "
            f"(usual: up to {100 * limits.scatter:.0f} %)"
        )
    return said


def out_of_depth(pose: PoseSequence, network: str) -> Depth | None:
    """Return the depth of a runner's raw keypoints if a network is out of its depth, otherwise None.

    Parameters
    ----------
    pose : PoseSequence
        raw keypoints of the runner, px.
    network : str
        name of the network in the catalogue; None is returned for one of which no limits are known.
    """
    found, limits = depth_of(pose), _LIMITS.get(network)
    if found is None or limits is None:
        return None
    unsure = found.score < limits.score and found.scatter > limits.scatter
    return found if unsure or found.score < limits.lowest else None
