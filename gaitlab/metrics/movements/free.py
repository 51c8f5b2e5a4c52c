"""Any movement: the ranges of all joints, arms too, and its rhythm where it repeats itself.

Its period is the first clear peak of the autocorrelation of the points that move most; without one the whole recording
is one repetition, whose ranges are told.
"""

from __future__ import annotations

import math

import numpy as np

from gaitlab.core.gait import Repetition
from gaitlab.core.metric import View
from gaitlab.core.pose import FloatArray
from gaitlab.metrics.movements.declaration import FRONTAL, Found, Movement
from gaitlab.metrics.movements.phases import excursions
from gaitlab.metrics.movements.signals import largest, renumbered, repetition, spread
from gaitlab.metrics.spec import MetricSpec
from gaitlab.metrics.trial import Trial

NAME = "any"
# A peak of the autocorrelation that is a rhythm, and the periods that are looked at, s.
_RHYTHM, _PERIOD_S = 0.5, (0.35, 10.0)
# A coordinate that moves by less than this, leg lengths, is none that repeats itself; those of points that are seen in
# less than this share of the frames are left out.
_MOVES, _SEEN = 0.08, 0.9
# A repetition goes this share of the largest.
_OF_LARGEST = 0.35
_END = 5  # frames
# Standard deviation of the running mean by which a curve is evened out, a share of its period.
_EVENED = 0.08
_NEVER = "no rhythm was found: the ranges are those of the whole recording"


def find(trial: Trial) -> Found:
    """Find the periods of a movement, or take the whole recording as one repetition."""
    time_s = trial.pose.time_s
    main = leading_course(trial)
    period_s = period_of(time_s, main)
    if not math.isfinite(period_s):
        return Found((Repetition("both", 0, float(time_s[0]), float(time_s[-1])),), (_NEVER,))
    main = _slower(time_s, main, period_s)
    low, middle, high = np.nanpercentile(main, (2, 50, 98))
    # The level it leaves is where it is at both ends of the recording, else the one near which it stays.
    seen = main[np.isfinite(main)]
    ends = [float(seen[:_END].mean()), float(seen[-_END:].mean())]
    rests = np.mean(ends) if np.ptp(ends) < _OF_LARGEST * (high - low) else middle
    rising = main if rests - low <= high - rests else -main
    ways = excursions(time_s, rising, least=_OF_LARGEST * float(high - low))
    return Found(renumbered([repetition(trial, n, one, moments=("far", "top", "back")) for n, one in enumerate(ways)]))


def _slower(time_s: FloatArray, values: FloatArray, period_s: float) -> FloatArray:
    """Return a curve without what is faster than its period: a hop in every jumping jack is no repetition."""
    from scipy.ndimage import gaussian_filter1d

    step_s = float(np.median(np.diff(time_s)))
    evened: FloatArray = gaussian_filter1d(values, _EVENED * period_s / step_s)
    return evened


def leading_course(trial: Trial) -> FloatArray:
    """Return the common course of the points that move, (frame,) leg lengths: their first principal component.

    Points, not angles: where a network loses an arm for a moment an angle jumps by half a turn, a point by the arm.
    """
    time_s, leg_px = trial.pose.time_s, trial.calibration.leg_px
    curves = []
    for name in trial.pose.skeleton.names:
        for values in trial.pose.point(name).T / leg_px:
            seen = np.isfinite(values)
            # A rhythm outlasts the moments in which a point is lost.
            if seen.mean() > _SEEN and np.ptp(np.percentile(values[seen], (5, 95))) > _MOVES:
                curves.append(np.interp(time_s, time_s[seen], values[seen]))
    if not curves or len(time_s) < 10:
        return np.full(len(time_s), np.nan)
    moved = np.stack(curves, axis=1)
    centred = moved - moved.mean(axis=0)
    _, _, ways = np.linalg.svd(centred, full_matrices=False)
    course: FloatArray = centred @ ways[0]
    return course


def period_of(time_s: FloatArray, values: FloatArray) -> float:
    """Return the period of a curve, s: the first clear peak of its autocorrelation; NaN without one."""
    from scipy.signal import find_peaks

    step_s = float(np.median(np.diff(time_s)))
    seen = np.isfinite(values)
    if seen.sum() < 10 or time_s[seen][-1] - time_s[seen][0] < 2 * _PERIOD_S[0]:
        return math.nan
    even_s = np.arange(time_s[seen][0], time_s[seen][-1], step_s)
    even = np.interp(even_s, time_s[seen], values[seen])
    even = even - even.mean()
    count = len(even)
    lagged = np.correlate(even, even, "full")[count - 1 :] / np.arange(count, 0, -1)
    # Beyond half of the recording too few pairs are left.
    alike = (lagged / lagged[0])[: count // 2 + 1] if lagged[0] > 0 else np.zeros(1)
    peaks, _ = find_peaks(alike, height=_RHYTHM, prominence=0.3)
    fits = [p for p in peaks if _PERIOD_S[0] <= p * step_s <= _PERIOD_S[1]]
    return float(fits[0] * step_s) if fits else math.nan


def _rate(trial: Trial, one: Repetition) -> float:
    after = [other.start_s for other in trial.repetitions if other.start_s > one.start_s]
    return 60.0 / (min(after) - one.start_s) if after else math.nan


Views = tuple[View, ...]
_ALL: Views = ("side", *FRONTAL)
_RHYTHMS, _LEGS, _TRUNK, _ARMS = "Rhythm", "Legs", "Trunk", "Arms"
_LEG, _ARM = ("hip", "knee", "ankle"), ("shoulder", "elbow")


def _range(name: str, label: str, group: str, views: Views, curve: str, needs: tuple[str, ...]) -> MetricSpec:
    what = label.lower()
    return MetricSpec(
        f"range_{name}", f"Range of {what}", "deg", group, views, f"largest less smallest {what} in a repetition",
        spread(curve), (0, 360), needs=needs, per_side="{side}" in curve, movement=NAME,
    )  # fmt: skip


def _peak(name: str, label: str, group: str, views: Views, curve: str, needs: tuple[str, ...]) -> MetricSpec:
    return MetricSpec(
        f"peak_{name}", f"Peak {label.lower()}", "deg", group, views, f"largest {label.lower()} in a repetition",
        largest(curve), (-180, 180), needs=needs, per_side="{side}" in curve, movement=NAME,
    )  # fmt: skip


_SIDE: tuple[View, ...] = ("side",)
_BODY = ("neck", "mid_hip")
_ANGLES: tuple[tuple[str, str, str, tuple[View, ...], str, tuple[str, ...]], ...] = (
    ("hip", "Hip flexion", _LEGS, _SIDE, "{side}_hip_flexion", ("hip", "knee", *_BODY)),
    ("knee", "Knee flexion", _LEGS, _SIDE, "{side}_knee_flexion", _LEG),
    ("ankle", "Ankle dorsiflexion", _LEGS, _SIDE, "{side}_ankle_flexion", ("knee", "ankle", "heel", "big_toe")),
    ("thigh", "Thigh to the vertical", _LEGS, _SIDE, "{side}_thigh", ("hip", "knee")),
    ("shank", "Shank to the vertical", _LEGS, _SIDE, "{side}_shank", ("knee", "ankle")),
    ("knee_projection", "Knee projection", _LEGS, FRONTAL, "{side}_knee_projection", _LEG),
    ("hip_adduction_free", "Hip adduction", _LEGS, FRONTAL, "{side}_hip_adduction", ("hip", "knee")),
    ("trunk", "Trunk lean", _TRUNK, _SIDE, "trunk_lean", _BODY),
    ("side_lean", "Trunk side lean", _TRUNK, FRONTAL, "trunk_side_lean", _BODY),
    ("shoulder", "Shoulder flexion", _ARMS, _SIDE, "{side}_shoulder_flexion", (*_ARM, *_BODY)),
    ("abduction", "Shoulder abduction", _ARMS, FRONTAL, "{side}_shoulder_abduction", (*_ARM, *_BODY)),
    ("elbow", "Elbow flexion", _ARMS, _ALL, "{side}_elbow_flexion", (*_ARM, "wrist")),
)

METRICS = (
    MetricSpec(
        "repetition_rate", "Repetitions a minute", "1/min", _RHYTHMS, _ALL,
        "repetitions a minute, by the time from the beginning of one to that of the next", _rate, (3, 200),
        per_side=False, ratio=True, movement=NAME, lacking="needs two repetitions or more",
    ),
    *(_range(*angle) for angle in _ANGLES),
    *(_peak(f"{angle[0]}_any", *angle[1:]) for angle in _ANGLES),
)  # fmt: skip

_FILM = [
    "The whole person in the picture all the time, the camera still and square to the movement.",
    "Five repetitions or more without a break, where it is a movement that repeats itself.",
]
TEXTS = {
    "title": "{athlete} · movement analysis",
    "words": {NAME: "Any movement"},
    "keyframes": {"start": "Beginning", "top": "Farthest", "end": "End"},
    "next": {"film": _FILM, "front": _FILM},
}

ANY = Movement(
    name=NAME,
    views=_ALL,
    find=find,
    metrics=METRICS,
    headlines={
        "side": ("repetition_rate", "range_hip", "range_knee", "range_trunk", "range_shoulder"),
        **dict.fromkeys(FRONTAL, ("repetition_rate", "range_abduction", "range_elbow", "range_side_lean")),
    },
    moments=("start", "top", "end"),
    mark="top",
    curves={
        "side": (
            "{side}_hip_flexion_deg", "{side}_knee_flexion_deg", "{side}_ankle_flexion_deg", "trunk_lean_deg",
            "{side}_shoulder_flexion_deg", "{side}_elbow_flexion_deg",
        ),
        **dict.fromkeys(
            FRONTAL,
            (
                "{side}_knee_projection_deg", "{side}_hip_adduction_deg", "{side}_shoulder_abduction_deg",
                "{side}_elbow_flexion_deg", "trunk_side_lean_deg",
            ),
        ),
    },
    cutoff_hz=8.0,
    enough=(5, 1),
    fps=(24, 12),
    texts=TEXTS,
)  # fmt: skip
