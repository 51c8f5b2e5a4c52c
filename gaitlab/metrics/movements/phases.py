"""Repetitions in a curve that leaves a level and comes back: when each begins, turns and ends."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from gaitlab.core.pose import FloatArray
from gaitlab.signal.runs import runs

# A way begins and ends where so much of it is behind or before: what is slower nobody can tell from standing still.
EDGE = 0.05
# Who holds is there within so much of the way from where they stay: noise crosses a narrower band on a long hold.
HELD = 0.1
# The level at the top is this percentile of the time there: above the middle, because a curve that only turns is mostly
# below its top, and not the largest, which noise lifts.
_STAYS_PERCENTILE = 75
# An excursion is one that comes back by this share of the largest, so that a halt on the way is no repetition.
_COMES_BACK = 0.35
# Of one that begins or ends with the recording, or with a gap, the way there is whole if it is this share of the other:
# there a level that is not reached is a part that was not filmed. Between two repetitions few come back all the way.
_WHOLE_AT_ENDS, _WHOLE = 0.9, 0.6
# A curve is bridged over gaps up to this length, s.
_LONGEST_GAP_S = 0.25


@dataclass(frozen=True, slots=True)
class Excursion:
    """One way out and back of a curve.

    Attributes
    ----------
    start_s, far_s, back_s, end_s : float
        when it leaves its level, comes to its farthest, leaves that again, and is back; s.
    top_s : float
        when it is farthest, s.
    size : float
        how far it goes from the level before, in the curve's unit.
    whole : bool
        whether the recording shows it from its beginning to its end.
    """

    start_s: float
    far_s: float
    top_s: float
    back_s: float
    end_s: float
    size: float
    whole: bool


def excursions(time_s: FloatArray, values: FloatArray, *, least: float, held: float | None = None) -> list[Excursion]:
    """Return the excursions of a curve, in the order of time.

    Parameters
    ----------
    time_s : FloatArray
        (frame,) s.
    values : FloatArray
        (frame,) curve; NaN where it was not seen.
    least : float
        smallest excursion, in the unit of the curve.
    held : float | None, optional
        share of the way from the level at which it stays, within which it is there; None takes `EDGE` of its largest
        value.
    """
    from scipy.signal import find_peaks

    filled = bridged(time_s, values)
    found: list[Excursion] = []
    for part in runs(np.isfinite(filled)):
        here_s, here = time_s[part], filled[part]
        prominence = max(least, _COMES_BACK * float(np.ptp(here)))
        # Both ends count as level, so that a repetition that the recording cuts is seen, and told as cut.
        peaks, _ = find_peaks(np.pad(here, 1, constant_values=here.min()), prominence=prominence)
        peaks = _apart(here, peaks - 1, prominence)
        if not len(peaks):
            continue
        bounds = [0, *(int(i + np.argmin(here[i : j + 1])) for i, j in pairwise(peaks))]
        ends = [*bounds[1:], len(here) - 1]
        for peak, first, last in zip(peaks, bounds, ends, strict=True):
            found.append(_excursion(here_s, here, peak, first, last, held=held))
    return found


def _apart(values: FloatArray, peaks: NDArray[np.intp], prominence: float) -> list[int]:
    """Return peaks between which a curve comes back: of two that are equally high scipy keeps both."""
    kept: list[int] = []
    for peak in peaks.tolist():
        if kept and values[kept[-1] : peak + 1].min() > min(values[kept[-1]], values[peak]) - prominence:
            kept[-1] = max(kept[-1], peak, key=lambda index: values[index])
        else:
            kept.append(peak)
    return kept


def bridged(time_s: FloatArray, values: FloatArray) -> FloatArray:
    """Return a curve with its short gaps bridged by straight lines."""
    seen = np.isfinite(values)
    if not seen.any():
        return values
    filled = np.interp(time_s, time_s[seen], values[seen])
    for gap in runs(~seen):
        first, last = max(gap.start - 1, 0), min(gap.stop, len(time_s) - 1)
        if gap.start == 0 or gap.stop == len(time_s) or time_s[last] - time_s[first] > _LONGEST_GAP_S:
            filled[gap] = np.nan
    return filled


def _excursion(
    time_s: FloatArray, values: FloatArray, peak: int, first: int, last: int, *, held: float | None
) -> Excursion:
    top = float(values[peak])
    before, after = (float(np.percentile(part, 10)) for part in (values[first : peak + 1], values[peak : last + 1]))
    before, after = min(before, top), min(after, top)
    rises, falls = top - before, top - after
    near = EDGE if held is None else held
    if held is not None:
        there = values[_run_above(values, top - held * min(rises, falls), peak, first, last)]
        top = float(np.percentile(there, _STAYS_PERCENTILE))
        rises, falls = top - before, top - after
    start = crossing_s(time_s, values, before + EDGE * rises, peak, first)
    far = crossing_s(time_s, values, top - near * rises, peak, first)
    back = crossing_s(time_s, values, top - near * falls, peak, last)
    end = crossing_s(time_s, values, after + EDGE * falls, peak, last)
    size = max(rises, falls)
    least = [_WHOLE_AT_ENDS if at_end else _WHOLE for at_end in (first == 0, last == len(values) - 1)]
    whole = rises > least[0] * size and falls > least[1] * size
    return Excursion(start, far, float(time_s[peak]), back, end, size, whole=whole)


def _run_above(values: FloatArray, level: float, peak: int, first: int, last: int) -> slice:
    """Return where a curve stays above a level about a peak, between two indices."""
    start, stop = peak, peak
    while start > first and values[start - 1] > level:
        start -= 1
    while stop < last and values[stop + 1] > level:
        stop += 1
    return slice(start, stop + 1)


def crossing_s(time_s: FloatArray, values: FloatArray, level: float, start: int, stop: int) -> float:
    """Return when a curve first falls to a level on its way from one index to another, before or after, s.

    It is read between two frames by a straight line; the time at ``stop`` if it does not fall so far.
    """
    step = 1 if stop >= start else -1
    for index in range(start, stop, step):
        here, there = float(values[index]), float(values[index + step])
        if here > level >= there:
            share = (here - level) / (here - there)
            return float(time_s[index] + share * (time_s[index + step] - time_s[index]))
    return float(time_s[stop])


def extreme_s(time_s: FloatArray, values: FloatArray, start_s: float, end_s: float, *, lowest: bool) -> float:
    """Return when a curve is lowest, or highest, between two times, s; NaN where it is not seen."""
    here = np.flatnonzero((time_s >= start_s) & (time_s <= end_s) & np.isfinite(values))
    if not len(here):
        return np.nan
    return float(time_s[here[np.argmin(values[here]) if lowest else np.argmax(values[here])]])


def leaves_level_s(time_s: FloatArray, hips: FloatArray, low_s: float, until_s: float) -> float:
    """Return when the hips are almost at the level they stand on, from their lowest point on, or back from there, s."""
    if not np.isfinite(low_s):
        return np.nan
    inside = (time_s >= min(low_s, until_s)) & (time_s <= max(low_s, until_s)) & np.isfinite(hips)
    here_s, here = time_s[inside], hips[inside]
    if len(here) < 2:
        return low_s
    back = until_s < low_s
    low = len(here) - 1 if back else 0
    level = float(np.percentile(here, 90))
    if not level > here[low]:
        return low_s
    # Turned upside down the curve falls from its lowest point to the level.
    return crossing_s(here_s, -here, -(level - EDGE * (level - here[low])), low, 0 if back else len(here) - 1)
