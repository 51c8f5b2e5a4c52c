"""Assembly of people from peaks of the heatmaps and part affinity fields.

The greedy parsing of Cao et al. (2017, arXiv:1611.08050) with the parameters of OpenPose's C++ code.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from gaitlab.core.person import Body
from gaitlab.core.pose import FloatArray
from gaitlab.pose.networks.heatmaps import local_peaks, refine
from gaitlab.pose.networks.limbs import Limb

# Resolution of the maps relative to the input, for OpenPose's number of samples along a limb.
_STRIDE_PX = 8


@dataclass(frozen=True, slots=True)
class Rules:
    """Parameters of the assembly (OpenPose's, for COCO and BODY_25).

    Attributes
    ----------
    peak_threshold : float
        least heatmap value of a candidate.
    sample_threshold : float
        least field along the limb for a sample to agree.
    sample_share : float
        least share of samples that agree.
    min_points : int
        least number of keypoints of a person.
    min_score : float
        least score of a person per keypoint.
    """

    peak_threshold: float = 0.05
    sample_threshold: float = 0.05
    sample_share: float = 0.95
    min_points: int = 3
    min_score: float = 0.4


@dataclass(frozen=True, slots=True, eq=False)
class Peaks:
    """Candidates of all keypoints: channel (peak,), position in cells (peak, 2) and height (peak,)."""

    channel: np.ndarray
    xy: FloatArray
    score: FloatArray


def find_peaks(heatmaps: FloatArray, *, threshold: float, max_peaks: int = 40) -> Peaks:
    """Return the highest candidates of (keypoint, row, column) heatmaps, at most ``max_peaks`` per keypoint."""
    channel, row, column = local_peaks(heatmaps, threshold=threshold)
    height = heatmaps[channel, row, column]
    order = np.lexsort((-height, channel))
    channel, row, column, height = channel[order], row[order], column[order], height[order]
    first = np.searchsorted(channel, channel)
    keep = np.arange(len(channel)) - first < max_peaks
    channel, row, column = channel[keep], row[keep], column[keep]
    return Peaks(channel, refine(heatmaps, channel, row, column), np.clip(height[keep], 0.0, 1.0))


def assemble(
    heatmaps: FloatArray,
    fields: FloatArray,
    limbs: Sequence[Limb],
    *,
    rules: Rules,
    confirming: Collection[tuple[int, int]] = (),
) -> list[Body]:
    """Return the people in the maps, in cells, by decreasing score.

    Parameters
    ----------
    heatmaps : FloatArray
        (keypoint, row, column), without the background.
    fields : FloatArray
        (2 · limb, row, column) part affinity fields.
    limbs : Sequence[Limb]
        keypoints and field channels of each limb.
    rules : Rules
        thresholds.
    confirming : Collection[tuple[int, int]], optional
        limbs that only add a free candidate to a known person (OpenPose's shoulder to ear).
    """
    peaks = find_peaks(heatmaps, threshold=rules.peak_threshold)
    people: list[dict[int, int]] = []  # keypoint -> candidate
    scores: list[float] = []
    owner: dict[int, int] = {}
    for first, second, channel in limbs:
        a, b, score = _connections(peaks, fields, (first, second, channel), rules)
        for start, end, value in zip(a.tolist(), b.tolist(), score.tolist(), strict=True):
            known = (start in owner) != (end in owner)
            if known or (first, second) not in confirming:
                _connect(people, scores, owner, peaks, (first, start), (second, end), value)
    bodies = [
        (total, _body(members, peaks, len(heatmaps)))
        for members, total in zip(people, scores, strict=True)
        if len(members) >= rules.min_points and total / len(members) >= rules.min_score
    ]
    return [body for _, body in sorted(bodies, key=lambda pair: -pair[0])]


def _connections(
    peaks: Peaks, fields: FloatArray, limb: Limb, rules: Rules
) -> tuple[np.ndarray, np.ndarray, FloatArray]:
    """Return the accepted pairs of one limb by decreasing score, each candidate at most once, with their scores."""
    first, second, channel = limb
    starts, ends = np.flatnonzero(peaks.channel == first), np.flatnonzero(peaks.channel == second)
    if not len(starts) or not len(ends):
        return starts[:0], ends[:0], np.empty(0)
    score, share = limb_scores(
        peaks.xy[starts], peaks.xy[ends], fields[channel : channel + 2], threshold=rules.sample_threshold
    )
    usable = (share > rules.sample_share) & (score > 0)
    i, j = np.nonzero(usable)
    # The candidates' heights break ties between equal fields.
    value = score[i, j] + 1e-3 * (peaks.score[starts[i]] + peaks.score[ends[j]])
    free_start, free_end = np.ones(len(starts), dtype=bool), np.ones(len(ends), dtype=bool)
    kept = []
    for k in np.argsort(-value, kind="stable"):
        if free_start[i[k]] and free_end[j[k]]:
            free_start[i[k]] = free_end[j[k]] = False
            kept.append(k)
    return starts[i[kept]], ends[j[kept]], score[i[kept], j[kept]]


def limb_scores(
    starts: FloatArray, ends: FloatArray, field: FloatArray, *, threshold: float
) -> tuple[FloatArray, FloatArray]:
    """Return the support of a field for every pair: mean agreement and share of samples above ``threshold``.

    Parameters
    ----------
    starts : FloatArray
        (n, 2) cells.
    ends : FloatArray
        (m, 2) cells.
    field : FloatArray
        (2, row, column).

    threshold : float
        least agreement of a sample.

    Returns
    -------
    score, share : FloatArray
        (n, m) each.
    """
    line = ends[None] - starts[:, None]  # (n, m, 2)
    length = np.linalg.norm(line, axis=-1)
    direction = line / np.maximum(length, 1e-6)[..., None]
    reach = np.abs(line).max(axis=-1) * _STRIDE_PX
    samples = np.clip(np.round(np.sqrt(5 * reach)), 5, 25)  # OpenPose bodyPartConnectorBase
    step = np.arange(25)
    part = np.minimum(step / np.maximum(samples[..., None] - 1, 1), 1.0)  # (n, m, 25)
    place = np.rint(starts[:, None, None] + part[..., None] * line[:, :, None]).astype(int)
    rows, columns = field.shape[1:]
    x, y = np.clip(place[..., 0], 0, columns - 1), np.clip(place[..., 1], 0, rows - 1)
    agreement = field[0, y, x] * direction[..., None, 0] + field[1, y, x] * direction[..., None, 1]
    counted = step < samples[..., None]
    above = counted & (agreement > threshold)
    share = above.sum(axis=-1) / samples
    score = np.where(above, agreement, 0.0).sum(axis=-1) / np.maximum(above.sum(axis=-1), 1)
    return np.where(length > 1e-6, score, 0.0), share


def _connect(
    people: list[dict[int, int]],
    scores: list[float],
    owner: dict[int, int],
    peaks: Peaks,
    start: tuple[int, int],
    end: tuple[int, int],
    value: float,
) -> None:
    """Add one connection to the people: start a person, extend one, or merge two."""
    has_start, has_end = owner.get(start[1]), owner.get(end[1])
    if has_start is None and has_end is None:
        people.append({start[0]: start[1], end[0]: end[1]})
        scores.append(value + float(peaks.score[start[1]] + peaks.score[end[1]]))
        owner[start[1]] = owner[end[1]] = len(people) - 1
    elif has_start is not None and has_end is not None:
        if has_start == has_end:
            scores[has_start] += value
        elif not people[has_start].keys() & people[has_end].keys():
            for part, candidate in people[has_end].items():
                people[has_start][part] = candidate
                owner[candidate] = has_start
            scores[has_start] += scores[has_end] + value
            people[has_end], scores[has_end] = {}, 0.0
    else:
        person, (part, candidate) = (has_start, end) if has_start is not None else (has_end, start)
        assert person is not None
        if part not in people[person]:
            people[person][part] = candidate
            owner[candidate] = person
            scores[person] += value + float(peaks.score[candidate])


def _body(members: dict[int, int], peaks: Peaks, keypoints: int) -> Body:
    xy, score = np.full((keypoints, 2), np.nan), np.zeros(keypoints)
    for part, candidate in members.items():
        xy[part], score[part] = peaks.xy[candidate], peaks.score[candidate]
    return Body(xy, score)
