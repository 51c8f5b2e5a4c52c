"""Contacts from force plates: when the vertical force passes a threshold, and which foot was on the ground then."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gaitlab.core.errors import InputError, argument
from gaitlab.core.gait import BOTH_SIDES, Contact, Side, other
from gaitlab.core.pose import FloatArray, PoseSequence
from gaitlab.signal.smoothing import butterworth

DEFAULT_N = 50.0
CUTOFF_HZ = 50.0
# Contacts outside this are none of a foot, s; longer ones are of two feet on one plate.
_SHORTEST_S, _LONGEST_S = 0.05, 1.5
# Where every contact on all plates together is shorter than this, s, nobody walked: there is flight in between.
_RUNNING_S = 0.45
# By how much the foot on the ground is lower than the other, mm; else the one nearer to the plate is taken.
_LOWER_MM = 30.0


@dataclass(frozen=True, slots=True, eq=False)
class Plate:
    """The vertical force on one plate, N, at (sample,) times, s, and the (3,) place of its middle."""

    time_s: FloatArray
    vertical_n: FloatArray
    centre: FloatArray


@dataclass(frozen=True, slots=True)
class Load:
    """A time for which something stood on a plate: start and end, s, and the number of the plate."""

    start_s: float
    end_s: float
    plate: int


def loads(time_s: FloatArray, vertical_n: FloatArray, *, threshold_n: float, plate: int = 0) -> list[Load]:
    """Return when a force exceeds a threshold, to a part of a sample; what the recording's ends cut off is left out.

    Parameters
    ----------
    time_s, vertical_n : FloatArray
        (sample,) s and N, upwards positive.
    threshold_n : float
        N.
    plate : int, optional
        its number.
    """
    rate_hz = (len(time_s) - 1) / (time_s[-1] - time_s[0])
    force = np.nan_to_num(vertical_n)
    if rate_hz > 2.2 * CUTOFF_HZ:
        force = butterworth(force[:, None], time_s, cutoff_hz=CUTOFF_HZ)[:, 0]
    above = force > threshold_n
    rises, falls = np.flatnonzero(above[1:] & ~above[:-1]).tolist(), np.flatnonzero(~above[1:] & above[:-1]).tolist()

    def moment(i: int) -> float:
        share = (threshold_n - force[i]) / (force[i + 1] - force[i])
        return float(time_s[i] + share * (time_s[i + 1] - time_s[i]))

    found = []
    for rise in rises:
        after = bisect_right(falls, rise)
        if after < len(falls) and moment(falls[after]) - moment(rise) >= _SHORTEST_S:
            found.append(Load(moment(rise), moment(falls[after]), plate))
    return found


def contacts_on_plates(plates: Sequence[Plate], *, threshold_n: float) -> tuple[list[Load], list[str]]:
    """Return the contacts on all plates, and what must be said of them.

    Raises
    ------
    InputError
        both feet stand on one plate at once, or nothing exceeds the threshold.

    Notes
    -----
    A runner's foot may stand on two plates: then their sum counts. In walking each plate counts by itself, for on all
    of them together somebody always stands.
    """
    time_s = plates[0].time_s
    together = loads(time_s, np.sum([p.vertical_n for p in plates], axis=0), threshold_n=threshold_n)
    if together and max(load.end_s - load.start_s for load in together) < _RUNNING_S:
        found = together
    else:
        found = [
            load
            for number, plate in enumerate(plates)
            for load in loads(plate.time_s, plate.vertical_n, threshold_n=threshold_n, plate=number)
        ]
    if not found:
        most = max(float(np.nanmax(p.vertical_n)) for p in plates)
        raise InputError(
            f"the force on the plates never rises above {argument('threshold_n')} {threshold_n:g} N and falls below it "
            f"again (highest {most:.0f} N); is a plate not zeroed, or do both feet stand on it at once?"
        )
    usable = [load for load in found if load.end_s - load.start_s <= _LONGEST_S]
    if len(usable) < len(found) / 2:
        raise InputError(
            "most contacts on the plates last longer than 1.5 s: both feet stand on one plate at once, so it does not "
            "tell when each came and left; use a split belt, or give the events in a file"
        )
    resting = [float(np.percentile(p.vertical_n, 5)) for p in plates]
    notes = [
        f"plate {number + 1} shows {rest:.0f} N while nobody stands on it: zero it, or raise the threshold"
        for number, rest in enumerate(resting)
        if threshold_n / 2 < abs(rest)
    ]
    return sorted(usable, key=lambda load: load.start_s), notes


def sides_by_feet(
    found: Sequence[Load], pose: PoseSequence, ways: Sequence[float] | None
) -> tuple[tuple[Contact, ...], int]:
    """Return contacts of the foot that is lower in the middle of each, or else nearer to its plate, and how many were unclear.

    Parameters
    ----------
    found : Sequence[Load]
        contacts.
    pose : PoseSequence
        feet from the side, px of 1 mm, y down, on the clock of the contacts.
    ways : Sequence[float] | None
        where each plate's middle is along x, px; None where a plate moves with the feet, as a belt.
    """  # noqa: E501
    contacts, unclear = [], 0
    feet = {side: _foot(pose, side) for side in BOTH_SIDES}
    for load in found:
        length = load.end_s - load.start_s
        middle = (pose.time_s > load.start_s + 0.25 * length) & (pose.time_s < load.start_s + 0.75 * length)
        low = {side: _median(feet[side][middle, 1]) for side in BOTH_SIDES}
        if not np.isfinite(list(low.values())).all():
            unclear += 1
            continue
        side: Side = max(BOTH_SIDES, key=lambda one: low[one])
        if abs(low["left"] - low["right"]) < _LOWER_MM:
            if ways is None:
                unclear += 1
                continue
            away = {one: abs(_median(feet[one][middle, 0]) - ways[load.plate]) for one in BOTH_SIDES}
            side = min(BOTH_SIDES, key=lambda one: away[one])
        contacts.append(Contact(side, load.start_s, load.end_s, 0.0, 0.0))
    return tuple(contacts), unclear


def alternating(found: Sequence[Load], *, first: Side = "left") -> tuple[Contact, ...]:
    """Return contacts of feet in turn, also across contacts that are missing in between."""
    starts = np.array([load.start_s for load in found])
    if len(starts) < 2:
        return tuple(Contact(first, load.start_s, load.end_s, 0.0, 0.0) for load in found)
    step_s = float(np.median(np.diff(starts)))
    number = np.concatenate([[0], np.cumsum(np.maximum(np.round(np.diff(starts) / step_s), 1))]).astype(int)
    sides = (first, other(first))
    return tuple(
        Contact(sides[n % 2], load.start_s, load.end_s, 0.0, 0.0) for n, load in zip(number, found, strict=True)
    )


def _foot(pose: PoseSequence, side: Side) -> FloatArray:
    """Return (frame, 2) the lowest point of a foot, px."""
    points = np.stack([pose.point(f"{side}_{name}") for name in ("heel", "big_toe", "small_toe", "ankle")])
    if not np.isfinite(points[:3]).any():
        return np.asarray(points[3])
    heights = np.where(np.isfinite(points[:3, :, 1]), points[:3, :, 1], -np.inf)
    lowest = heights.argmax(axis=0)
    return np.asarray(points[lowest, np.arange(points.shape[1])])


def _median(values: FloatArray) -> float:
    known = values[np.isfinite(values)]
    return float(np.median(known)) if len(known) else float("nan")
