"""Cycling from the side: turns of the crank, cadence, and the angles of leg and trunk by the crank's angle.

The ball of the foot goes round with the pedal: a circle through its places in the picture gives the crank's angle, 0
on top and 90 degrees forward. The bicycle stands (a trainer, rollers), so that the circle does too. What bike fitters
look at is the knee with the pedal at its lowest; 25 to 30 degrees, held still, are advised against knee pain and for
economy (Bini, Hume & Croft 2011, Sports Med 41:463-476, doi:10.2165/11588740-000000000-00000, a review), and while
pedalling the angle is another one (`sources.BIKE_FITTERS`).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from gaitlab.core.gait import Repetition, Side, other
from gaitlab.core.metric import Reference, Unsure
from gaitlab.core.pose import FloatArray
from gaitlab.kinematics.frame import forward_up, near_side
from gaitlab.kinematics.side import foot_deg, shank_deg
from gaitlab.metrics.movements.declaration import Found, Movement
from gaitlab.metrics.movements.free import period_of
from gaitlab.metrics.movements.phases import bridged
from gaitlab.metrics.movements.signals import at, largest, renumbered, spread
from gaitlab.metrics.sources import BIKE_FITTERS
from gaitlab.metrics.spec import MetricSpec
from gaitlab.metrics.trial import Trial

NAME = "cycling"
# Where the ball of the foot lies between heel and big toe; the pedal's axle is below it.
_BALL = 0.7
# A crank of 0.165 to 0.175 m is 0.2 of a leg; turns that last longer or shorter than these, s, are none.
_CRANK_LEGS, _TURN_S = (0.1, 0.4), (0.3, 3.0)
# The ball keeps to its circle within this share of the radius: a foot that walks does not.
_ROUND = 0.25
# Its way is as high as it is wide, but for a camera that stands askew; that of a foot that runs or walks on a treadmill
# is half as high.
_HIGH_TO_WIDE = (0.65, 1.6)
# A point that is off the circle by more of the radius is not that foot.
_OUTLIER = 0.5
# A turn lasts as long as the rhythm of the foot within this share; less of the recording in turns than that is told.
_UNLIKE, _MOST = 0.2, 0.6
_LOST = "in much of the recording no whole turn could be followed: the points of the feet are lost or exchanged there"
# Share of a turn's frames in which the foot is seen.
_SEEN = 0.8


def find(trial: Trial) -> Found:
    """Find the turns of the crank of both legs by the circle of the near foot."""
    time_s, near = trial.pose.time_s, near_side(trial.calibration.forward)
    ball = _ball(trial, near)
    circle = circle_of(ball[np.isfinite(ball).all(axis=1)])
    if circle is None:
        return Found((), ("no foot is seen to go round with a pedal: heel or ankle and toes must be in the picture",))
    centre, radius, off = circle
    high = _HIGH_TO_WIDE[0] < _high_to_wide(ball) < _HIGH_TO_WIDE[1]
    if off > _ROUND or not high or not _CRANK_LEGS[0] < radius / trial.calibration.leg_px < _CRANK_LEGS[1]:
        return Found((), ("the feet do not go round as on pedals",))
    turned = crank_turns(time_s, ball, centre, radius)
    found: list[Repetition] = []
    for side, ahead in ((near, 0.0), (other(near), 0.5)):
        found += _turns(time_s, turned + ahead, side, seen=np.isfinite(ball[:, 0]))
    found = _alike(found, period_of(time_s, np.where(np.isfinite(ball[:, 1]), ball[:, 1], np.nan)))
    told = sum(one.duration_s for one in found if one.accepted) / 2
    lost = () if told > _MOST * float(time_s[-1] - time_s[0]) else (_LOST,)
    return Found(renumbered(found), lost)


def _alike(found: Sequence[Repetition], period_s: float) -> list[Repetition]:
    """Return turns, rejected where they do not last as long as the rhythm of the foot tells, s, or there is none.

    Where a network takes the other foot for a moment the circle is left half-way, and two turns become one.
    """
    return [
        one if not one.accepted or abs(one.duration_s / period_s - 1) < _UNLIKE
        else replace(one, accepted=False, reason="it does not last as long as the foot's rhythm tells")
        for one in found
    ]  # fmt: skip


def _ball(trial: Trial, side: Side) -> FloatArray:
    """Return where the ball of a foot is, (frame, 2) px, X forward and Y up; of the ankle where no foot is seen."""
    heel, toe, ankle = (
        forward_up(trial.pose.point(f"{side}_{name}"), forward=trial.calibration.forward)
        for name in ("heel", "big_toe", "ankle")
    )
    ball = heel + _BALL * (toe - heel)
    return ball if np.isfinite(ball).any() else ankle


def circle_of(points: FloatArray) -> tuple[FloatArray, float, float] | None:
    """Return centre, radius and relative scatter of the circle through most of (n, 2) points; None where there is none.

    By least squares (Kasa 1976), and once more without the points that lie far from it, as where a network takes the
    other foot; the scatter is that of the median, so that a few of them do not make a circle less round.
    """
    first = _circle(points)
    if first is None:
        return None
    near = np.abs(np.linalg.norm(points - first[0], axis=1) / first[1] - 1) < _OUTLIER
    second = _circle(points[near]) if near.mean() > 0.5 else None
    centre, radius = second or first
    away = np.linalg.norm(points - centre, axis=1)
    return centre, radius, float(1.4826 * np.median(np.abs(away - np.median(away))) / radius)


def _high_to_wide(points: FloatArray) -> float:
    """Return how high the way of (n, 2) points is to how wide, without the outermost of them."""
    low, high = np.nanpercentile(points, (5, 95), axis=0)
    wide, tall = high - low
    return float(tall / wide) if wide > 0 else math.inf


def _circle(points: FloatArray) -> tuple[FloatArray, float] | None:
    """Return centre and radius of the circle through (n, 2) points; None for too few, or points of no extent."""
    if len(points) < 3 or not np.ptp(points, axis=0).all():
        return None
    middle = points.mean(axis=0)
    x, y = (points - middle).T
    solution, *_ = np.linalg.lstsq(np.stack([2 * x, 2 * y, np.ones(len(x))], axis=1), x**2 + y**2, rcond=None)
    radius = math.sqrt(max(solution[2] + solution[0] ** 2 + solution[1] ** 2, 0.0))
    centre = middle + solution[:2]
    return (centre, radius) if radius > 0 else None


def crank_turns(time_s: FloatArray, ball: FloatArray, centre: FloatArray, radius: float) -> FloatArray:
    """Return how often the crank has turned, (frame,): whole on top, rising forwards; NaN where it is not seen."""
    angle = np.arctan2(ball[:, 0] - centre[0], ball[:, 1] - centre[1])
    away = np.linalg.norm(ball - centre, axis=1) / radius
    seen = np.isfinite(angle) & (np.abs(away - 1) < _OUTLIER)
    turns = np.full(len(angle), np.nan)
    turns[seen] = np.unwrap(angle[seen]) / (2 * np.pi)
    return bridged(time_s, turns)


def _turns(time_s: FloatArray, turned: FloatArray, side: Side, *, seen: FloatArray) -> list[Repetition]:
    """Return the turns of one leg from top to top."""
    known = np.isfinite(turned)
    if known.sum() < 2 or turned[known][-1] <= turned[known][0]:
        return []
    # A crank goes one way: what trembles about the circle is evened out.
    rising = np.maximum.accumulate(turned[known])
    here_s = time_s[known]
    distinct = np.concatenate([[True], np.diff(rising) > 0])
    first, last = math.ceil(rising[0]), math.floor(rising[-1])
    at_s = np.interp(np.arange(first, last + 0.1, 0.25), rising[distinct], here_s[distinct])
    found = []
    for number in range(last - first):
        top_s, forward_s, bottom_s, _, end_s = at_s[4 * number : 4 * number + 5]
        inside = (time_s >= top_s) & (time_s <= end_s)
        reason = ""
        if not _TURN_S[0] <= end_s - top_s <= _TURN_S[1]:
            reason = f"a turn of {end_s - top_s:.1f} s: nobody pedals so"
        elif seen[inside].mean() < _SEEN:
            reason = "the foot is not seen in it"
        moments = {"forward": float(forward_s), "bottom": float(bottom_s)}
        found.append(Repetition(side, 0, float(top_s), float(end_s), moments, accepted=not reason, reason=reason))
    return found


def _cadence(trial: Trial, one: Repetition) -> float:
    return 60.0 / one.duration_s


def _cadence_unsure(trial: Trial, mean: float) -> Unsure:
    """Return the uncertainty of a cadence: that of the first and the last top, a third of a frame each."""
    counted = [one for one in trial.counted("both") if isinstance(one, Repetition)]
    span_s = max(one.end_s for one in counted) - min(one.start_s for one in counted)
    return Unsure(shared=mean * 0.33 * math.sqrt(2) / trial.pose.fps / span_s)


def _mean_lean(trial: Trial, one: Repetition) -> float:
    return float(np.nanmean(trial.angle("trunk_lean_deg", one.start_s, one.end_s)))


def _ankle_range(trial: Trial, one: Repetition) -> float:
    """Return the range of the angle between foot and shank, whose zero is not known where nobody stands."""
    heel, toe, ankle, knee = (
        trial.position(f"{one.side}_{name}", one.start_s, one.end_s) for name in ("heel", "big_toe", "ankle", "knee")
    )
    bent = foot_deg(heel, toe) + shank_deg(knee, ankle)
    seen = bent[np.isfinite(bent)]
    return float(np.ptp(seen)) if len(seen) >= _SEEN * len(bent) else math.nan


_LEG, _TRUNK = ("hip", "knee", "ankle"), ("neck", "mid_hip")
_PEDAL, _KNEE, _HIP = "Pedalling", "Knee", "Hip, ankle and trunk"

METRICS = (
    MetricSpec(
        "crank_cadence", "Cadence", "rpm", _PEDAL, ("side",), "turns of the crank a minute", _cadence, (20, 200),
        per_side=False, systematic=_cadence_unsure, ratio=True, movement=NAME,
    ),
    MetricSpec(
        "knee_at_bottom", "Knee flexion, pedal lowest", "deg", _KNEE, ("side",),
        "knee flexion with the pedal at its lowest (bottom dead centre), while pedalling",
        at("{side}_knee_flexion", "bottom"), (0, 80), needs=_LEG, reference=Reference(25, 35, BIKE_FITTERS),
        movement=NAME,
    ),
    MetricSpec(
        "cycling_peak_knee_flexion", "Peak knee flexion", "deg", _KNEE, ("side",),
        "largest knee flexion in a turn, near the top", largest("{side}_knee_flexion"), (70, 150), needs=_LEG,
        movement=NAME,
    ),
    MetricSpec(
        "cycling_knee_range", "Range of the knee", "deg", _KNEE, ("side",),
        "largest less smallest knee flexion in a turn", spread("{side}_knee_flexion"), (30, 110), needs=_LEG,
        movement=NAME,
    ),
    MetricSpec(
        "cycling_hip_flexion", "Peak hip flexion (thigh to trunk)", "deg", _HIP, ("side",),
        "largest flexion of the thigh against the trunk in a turn", largest("{side}_hip_flexion"), (40, 170),
        needs=("hip", "knee", *_TRUNK), movement=NAME,
    ),
    MetricSpec(
        "cycling_hip_range", "Range of the hip", "deg", _HIP, ("side",),
        "largest less smallest flexion of the thigh against the trunk in a turn", spread("{side}_hip_flexion"),
        (20, 90), needs=("hip", "knee", *_TRUNK), movement=NAME,
    ),
    MetricSpec(
        "cycling_ankle_range", "Range of the ankle", "deg", _HIP, ("side",),
        "largest less smallest angle between foot and shank in a turn", _ankle_range, (0, 80),
        needs=("knee", "ankle", "heel", "big_toe"), movement=NAME,
    ),
    MetricSpec(
        "cycling_trunk_lean", "Trunk lean", "deg", _HIP, ("side",),
        "mean forward lean of the trunk against the vertical", _mean_lean, (0, 90), needs=_TRUNK, per_side=False,
        movement=NAME,
    ),
)  # fmt: skip

TEXTS = {
    "title": "{athlete} · cycling analysis",
    "words": {NAME: "Cycling"},
    "headlines": {"published": "bike fitters, pedal held still: {range}{unit}"},
    "cycle": {
        "title": "Over the turn of the crank",
        "lead": "Mean ± standard deviation of the accepted turns, from the pedal on top (0 %) to the next time "
        "(100 %). Dotted lines: the pedal at its lowest.",
        "x": "% of the turn",
    },
    "columns": {"ankle_flexion": "Ankle dorsiflexion about its mean"},
    "keyframes": {"start": "Pedal on top", "forward": "Pedal forward", "bottom": "Pedal lowest", "end": "On top again"},
    "next": {
        "checks": {"fps": ""},  # said below
        "film": [
            "Half a minute at a steady cadence on a trainer, the camera square to the side at the height of the knees.",
            "60 frames a second or more, hips, knee, ankle and shoe of the near leg in sight all the time.",
            "The other side too: one camera sees one leg well, the other behind the frame.",
        ],
        "hint": {
            "knee_at_bottom": {
                "within": "Where the pedal is lowest the knee is bent as bike fitters set it with the pedal held "
                "still: no reason here to move the saddle.",
                "above": "Where the pedal is lowest the knee is more bent than bike fitters set it with the pedal held "
                "still, as over a low saddle. Before moving it: a centimetre up makes the knee some degrees "
                "straighter; then film again.",
                "below": "Where the pedal is lowest the knee is straighter than bike fitters set it with the pedal "
                "held still, as over a high saddle. Before moving it: a centimetre down bends the knee some degrees "
                "more; then film again.",
                "unsure": "Whether the saddle is too high or too low cannot be told from this film: where the pedal is "
                "lowest the knee, with all its uncertainty, is neither inside nor outside what bike fitters set.",
                "unknown": "Whether the saddle is too high or too low cannot be told from this film: how far its "
                "points of hip, knee and ankle are off was never measured.",
            },
        },
    },
}  # fmt: skip

CYCLING = Movement(
    name=NAME,
    views=("side",),
    find=find,
    metrics=METRICS,
    headlines={
        "side": ("crank_cadence", "knee_at_bottom", "cycling_peak_knee_flexion", "cycling_hip_flexion",
                 "cycling_trunk_lean"),
    },
    moments=("start", "forward", "bottom"),
    mark="bottom",
    curves={
        "side": ("{side}_hip_flexion_deg", "{side}_knee_flexion_deg", "{side}_ankle_flexion_deg", "trunk_lean_deg"),
    },
    cutoff_hz=8.0,
    enough=(20, 1),
    fps=(50, 24),
    texts=TEXTS,
    ankle_about_mean=True,
)  # fmt: skip
