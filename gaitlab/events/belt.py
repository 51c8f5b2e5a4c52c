"""Slope and speed of the treadmill belt in the image, estimated from the feet in stance.

For overground running past a fixed camera the ground takes the place of the belt, because the motion of the runner is
removed from the tracks (`signals.leg_points`).
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from gaitlab.core.gait import Belt, Contact, Side
from gaitlab.core.pose import FloatArray, PoseSequence
from gaitlab.events.signals import LegPoints
from gaitlab.kinematics.frame import near_side

# Foot strikes and toe-offs of one foot, (contact,) seconds each; NaN where the recording ends first.
Stances = tuple[FloatArray, FloatArray]

# Share of stance in which the foot is flat on the belt and moves with it.
RIDING = (0.25, 0.60)
# Share of stance in which the path of the 5th metatarsal gives the slope: in rearfoot strikes it lands after the heel.
# On force-plate trials its path is level within 0.2 ± 0.3 degrees over this share.
_TOES_DOWN = (0.40, 0.80)
_FEWEST_STANCES = 4
_MAX_TILT_DEG = 15.0
# Toes in stance move at belt speed: markers within 1 %, near and far leg within 4 % of their mean.
_SLIPPING = 0.12
# Standard error of the median relative to that of the mean, for normally distributed values.
_MEDIAN_SD = float(np.sqrt(np.pi / 2))


@dataclass(frozen=True, slots=True)
class _FootPoint:
    """Keypoints of one part of the foot and their motion relative to the belt while the foot is flat.

    The ankle rises early and rotates forward and down over the toe, so its path has an intrinsic slope and it moves
    more slowly than the belt (medians of the trials of treadmill_truth).

    Attributes
    ----------
    points : tuple[str, ...]
        names in `LegPoints`.
    speed : float
        their speed as a share of belt speed.
    slope_share : tuple[float, float]
        start and end of the part of stance in which their path gives the slope, as shares of stance.
    own_slope_deg : float
        slope of their path on a level belt, degrees, positive if it rises in the direction of running.
    """

    points: tuple[str, ...]
    speed: float
    slope_share: tuple[float, float] = RIDING
    own_slope_deg: float = 0.0


_TOES = _FootPoint(("small_toe", "big_toe"), 1.0, slope_share=_TOES_DOWN)
_HEEL = _FootPoint(("heel",), 0.992)
_ANKLE = _FootPoint(("ankle",), 0.964, own_slope_deg=-1.7)
_SPEED_SHOWN_BY = (_TOES, _HEEL, _ANKLE)
_SLOPE_SHOWN_BY: tuple[tuple[Literal["toes", "ankle"], _FootPoint], ...] = (("toes", _TOES), ("ankle", _ANKLE))


def stance_slices(
    time_s: FloatArray, strike_s: FloatArray, off_s: FloatArray, share: tuple[float, float] = RIDING
) -> list[slice]:
    """Return for each contact the slice of samples in a share of its stance; empty if toe-off is unknown."""
    slices = []
    for start_s, end_s in zip(strike_s, off_s, strict=True):
        if not np.isfinite(end_s):
            slices.append(slice(0, 0))
            continue
        first_s, last_s = (start_s + part * (end_s - start_s) for part in share)
        slices.append(slice(*np.searchsorted(time_s, (first_s, last_s))))
    return slices


def stances_of(contacts: Iterable[Contact], leg: LegPoints) -> Stances:
    """Return the (contact,) foot strikes and toe-offs of a leg's accepted contacts, s."""
    mine = [contact for contact in contacts if contact.side == leg.side and contact.accepted]
    return np.array([contact.foot_strike_s for contact in mine]), np.array([contact.toe_off_s for contact in mine])


def measure_belt(
    pose: PoseSequence,
    legs: Sequence[LegPoints],
    stances: Sequence[Stances],
    *,
    slope_of: Literal["5th metatarsal", "toes"] = "5th metatarsal",
) -> Belt:
    """Estimate slope and speed of the belt from both legs.

    Speed is the mean of both legs: perspective makes the far leg appear slower, so the mean applies at the distance of
    the hips. Slope is the median over stances; stances in which the toes slip are excluded.

    Parameters
    ----------
    pose : PoseSequence
        unsmoothed keypoints, px; smoothing spreads foot strike and push-off into the part of stance used for the
        slope.
    legs : Sequence[LegPoints]
        both legs of ``pose``.
    stances : Sequence[Stances]
        for each leg the (contact,) times of foot strike and toe-off, s. Approximate times suffice for event detection;
        accepted contacts nearly halve the speed error (0.43 against 0.73 % RMS at 60 fps).
    slope_of : Literal['5th metatarsal', 'toes'], optional
        keypoint whose path gives the slope. ``5th metatarsal`` uses the near foot (its big toe, if the network has no
        5th metatarsal), and both feet if the near foot has too few stances: the far foot is partly occluded and less
        accurate. ``toes`` uses the toes of both feet, the reference for the heights used in event detection; toe-off
        errors of network keypoints are 1 ms smaller with it.

    Returns
    -------
    Belt
        slope in degrees and speed in px/s; NaN for quantities that no stance provides.
    """
    speeds = [_speed(leg, stance) for leg, stance in zip(legs, stances, strict=True)]
    seen = [(speed, sd, leg.leg_px) for (speed, sd), leg in zip(speeds, legs, strict=True) if np.isfinite(speed)]
    if not seen:
        return Belt()
    speed, sd, leg_px = np.array(seen).T
    belt = Belt(
        speed_px_per_s=float(np.mean(speed * leg_px)),
        speed_sd_px_per_s=float(np.hypot.reduce(sd * leg_px)) / len(seen),
        speed_legs_per_s=float(speed.mean()),
    )
    forward = legs[0].forward
    both = [(leg.side, stance) for leg, stance in zip(legs, stances, strict=True)]
    near = [(side, stance) for side, stance in both if side == near_side(forward)]
    for name, part in _SLOPE_SHOWN_BY:
        for feet in (both,) if slope_of == "toes" else (near, both):
            rides = [
                path for side, stance in feet for path in _paths(pose, side, stance, part, every=slope_of == "toes")
            ]
            slopes_deg = np.array([_slope_deg(ride) for ride in rides if _rides(ride, part, belt)])
            if len(slopes_deg) >= _FEWEST_STANCES:
                return replace(
                    belt, slope_deg=float(np.median(slopes_deg)) + forward * part.own_slope_deg,
                    slope_sd_deg=_sd_of_median(slopes_deg), slope_seen_on=name,
                )  # fmt: skip
    return belt


def level(leg: LegPoints, belt: Belt) -> LegPoints:
    """Return the leg rotated by the slope of the belt, limited to ±15 degrees; unchanged if the slope is unknown."""
    rise_deg = -leg.forward * float(np.clip(np.nan_to_num(belt.slope_deg), -_MAX_TILT_DEG, _MAX_TILT_DEG))
    sin, cos = np.sin(np.radians(rise_deg)), np.cos(np.radians(rise_deg))
    turn = np.array([[cos, -sin], [sin, cos]])
    return replace(leg, xy={name: points @ turn for name, points in leg.xy.items()})


def _velocities(leg: LegPoints, stances: Stances, points: tuple[str, ...], share: tuple[float, float]) -> FloatArray:
    """Return (stance, point, 2) velocities over a share of stance, leg lengths/s; NaN where samples are missing."""
    slices = stance_slices(leg.time_s, *stances, share)
    found = np.full((len(slices), len(points), 2), np.nan)
    for i, ride in enumerate(slices):
        if ride.stop - ride.start >= 3:
            time_s = leg.time_s[ride] - leg.time_s[ride].mean()
            for k, name in enumerate(points):
                found[i, k] = time_s @ leg.xy[name][ride] / (time_s @ time_s)
    return found


def _speed(leg: LegPoints, stances: Stances) -> tuple[float, float]:
    """Return the belt speed from one foot and its standard uncertainty, leg lengths/s; NaN if unavailable.

    The median of the estimates from toes, heel and ankle is robust to one keypoint that a network misplaces (markers
    agree to 1 %; the near toe of BlazePose is 30 % too fast while the other foot passes it). With fewer than three
    estimates, the first is used.
    """
    shown = []
    for part in _SPEED_SHOWN_BY:
        speeds = np.linalg.norm(_velocities(leg, stances, part.points, RIDING), axis=-1) / part.speed
        if np.isfinite(speeds).any():
            shown.append((float(np.nanmedian(speeds)), _sd_of_median(_mean_of_points(speeds))))
    if len(shown) == len(_SPEED_SHOWN_BY):
        return sorted(shown)[len(shown) // 2]
    return shown[0] if shown else (float("nan"), float("nan"))


# One stance: (n,) s and (n, 2) px of each keypoint of the foot, with the means subtracted.
_Path = list[tuple[FloatArray, FloatArray]]


def _paths(pose: PoseSequence, side: Side, stances: Stances, part: _FootPoint, *, every: bool) -> Iterator[_Path]:
    """Yield for each stance the image paths of all keypoints of a part of the foot, or of the first only."""
    tracks = [pose.point(f"{side}_{name}") for name in part.points if pose.seen(f"{side}_{name}")]
    for strike_s, off_s in zip(*stances, strict=True):
        start_s, end_s = (strike_s + share * (off_s - strike_s) for share in part.slope_share)
        path: _Path = []
        for xy in tracks if every else tracks[:1]:
            rides = (pose.time_s >= start_s) & (pose.time_s <= end_s) & np.isfinite(xy[:, 0])
            if rides.sum() >= 2:
                time_s = pose.time_s[rides]
                path.append((time_s - time_s.mean(), xy[rides] - xy[rides].mean(axis=0)))
        if path:
            yield path


def _rides(path: _Path, part: _FootPoint, belt: Belt) -> bool:
    """Return whether a part of the foot moves at belt speed, within 12 %."""
    velocity = np.mean([time_s @ xy / (time_s @ time_s) for time_s, xy in path], axis=0)
    speed_px_per_s = float(np.hypot(*velocity)) / part.speed
    return abs(speed_px_per_s - belt.speed_px_per_s) <= _SLIPPING * belt.speed_px_per_s


def _slope_deg(path: _Path) -> float:
    """Return the slope of a path, degrees, positive if it descends towards image-right."""
    x, y = np.concatenate([xy for _, xy in path]).T
    return float(np.degrees(np.arctan(x @ y / (x @ x))))


def _mean_of_points(values: FloatArray) -> FloatArray:
    """Return the mean over points of (stance, point, …) values, for stances with at least one point."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        mean: FloatArray = np.nanmean(values, axis=1)
    shown: FloatArray = mean[np.isfinite(mean).all(axis=tuple(range(1, mean.ndim)))]
    return shown


def _sd_of_median(values: FloatArray) -> float:
    """Return the standard uncertainty of the median of independent values; NaN for fewer than two.

    It agrees with the difference between halves of force-plate trials (``python -m benchmarks.halves``).
    """
    return float(_MEDIAN_SD * values.std(ddof=1) / np.sqrt(len(values))) if len(values) > 1 else float("nan")
