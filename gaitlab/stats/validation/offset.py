"""The time between two clocks, by the cross-correlation of what both recorded.

Gait repeats itself: one stride off, curves fit almost as well. No two strides are the same length, though, so over many
of them the right place fits best. How surely it does is tested second by second against the runner-up; where it is not
sure, that is said.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gaitlab.core.pose import FloatArray

GRID_HZ = 200.0
# Least time, s, or share of the shorter recording, that both must show.
_OVERLAP_S, _OVERLAP_SHARE = 2.0, 0.6
# The runner-up is the best peak farther away than this, s: half a short step.
_APART_S = 0.12
# Student's t, over half seconds, above which the runner-up is out, and how many times as much of the curve it may leave
# unexplained.
_SURE_T = 2.5
_BLOCK_S = 0.5
AS_GOOD, AS_GOOD_AT_LEAST = 2.0, 0.002
# Recordings that were started together: offsets below this, s.
TOGETHER_S = 0.03
# The shortest stride, s, and how much of the best repetition the first one shows.
_SHORTEST_S, _REPEATS = 0.4, 0.9
# So much of a recording is looked at for the rate of its clock, s.
_LONGEST_S = 60.0
# Rates of the two clocks that are tried, and how many times less of the curves another one must leave unexplained.
_RATE_STEP, _RATE_STEPS, _AS_GOOD_CLOCK = 0.005, 10, 1.5

Signal = tuple[FloatArray, FloatArray]


@dataclass(frozen=True, slots=True)
class Offset:
    """How far apart two clocks are.

    Attributes
    ----------
    offset_s : float
        seconds to add to the truth's times to get those of the session.
    correlation : float
        Pearson's, mean over the signals, at that offset; NaN where it was given and nothing can be correlated.
    runner_up_s : float
        the next best offset that cannot be excluded; NaN where there is none.
    overlap_s : float
        how long both recorded.
    source : str
        ``curves``, ``contacts`` or ``given``.
    """

    offset_s: float
    correlation: float
    runner_up_s: float
    overlap_s: float
    source: str


def find_offset(found: Sequence[Signal], true: Sequence[Signal], *, source: str) -> Offset | None:
    """Return the offset at which the signals of two recordings fit best; None where they have too little in common.

    Parameters
    ----------
    found, true : Sequence[Signal]
        the same signals in the same order, each (sample,) times, s, and (sample,) values, NaN where missing; at least
        one.
    source : str
        what the signals are.
    """
    a0, b0 = (min(time_s[0] for time_s, _ in some) for some in (found, true))
    a, b = _on_grid(found, a0), _on_grid(true, b0)
    scores, lags = _correlations(a, b, least=_least(a, b))
    if not np.isfinite(scores).any():
        return None
    peaks = _peaks(scores)
    best = peaks[0]
    rivals = [
        p
        for p in peaks[1:]
        if abs(p - best) > _APART_S * GRID_HZ
        and 1 - scores[p] < AS_GOOD * (1 - scores[best]) + AS_GOOD_AT_LEAST
        and not _worse(a, b, lags[p], lags[best])
    ]
    best, rivals = _prefer_together(best, rivals, lags, a0 - b0)
    at, correlation = _parabola(scores, best)
    lag = lags[0] + at
    runner = rivals[0] if rivals else None
    return Offset(
        float(lag / GRID_HZ + a0 - b0),
        correlation,
        math.nan if runner is None else float(lags[runner] / GRID_HZ + a0 - b0),
        float(_common(a.shape[1], b.shape[1], round(lag)) / GRID_HZ),
        source,
    )


def correlation_at(found: Sequence[Signal], true: Sequence[Signal], offset_s: float) -> float:
    """Return the mean correlation of the signals at a given offset; NaN where they do not overlap."""
    a0, b0 = (min(time_s[0] for time_s, _ in some) for some in (found, true))
    a, b = _on_grid(found, a0), _on_grid(true, b0)
    return _correlation(*_shifted(a, b, round((offset_s - a0 + b0) * GRID_HZ)))


def fits_better(found: Sequence[Signal], true: Sequence[Signal], exchanged: Sequence[Signal], offset_s: float,
                other_s: float) -> bool:  # fmt: skip
    """Return whether ``exchanged`` at ``other_s`` surely fits better than ``true`` at ``offset_s``."""
    starts = [min(time_s[0] for time_s, _ in some) for some in (found, true, exchanged)]
    a, b, c = (_on_grid(some, start) for some, start in zip((found, true, exchanged), starts, strict=True))
    lag_b, lag_c = (
        round((at - starts[0] + start) * GRID_HZ) for at, start in ((offset_s, starts[1]), (other_s, starts[2]))
    )
    surely: bool = _t_of(_errors(a, b, lag_b) - _errors(a, c, lag_c)) > _SURE_T
    return surely


def rate_of_curves(found: Sequence[Signal], true: Sequence[Signal], offset_s: float) -> float:
    """Return how much faster the session's clock runs: 1 unless another rate within 5 % fits clearly better.

    Of a long truth the part around the session is looked at, where ``offset_s`` puts it.
    """
    found = [_part(one, (found[0][0][0], found[0][0][-1]), _LONGEST_S) for one in found]
    true = [_part(one, (found[0][0][0] - offset_s, found[0][0][-1] - offset_s), _LONGEST_S) for one in true]
    starts = [min(time_s[0] for time_s, _ in some) for some in (found, true)]
    a = _on_grid(found, starts[0])

    def fit(rate: float) -> float:
        b = _on_grid([(time_s * rate, values) for time_s, values in true], starts[1] * rate)
        scores, _ = _correlations(a, b, least=_least(a, b))
        return float(np.nanmax(scores)) if np.isfinite(scores).any() else -1.0

    same = fit(1.0)
    fits = {rate: fit(rate) for rate in (1.0 + _RATE_STEP * step for step in range(-_RATE_STEPS, _RATE_STEPS + 1))}
    best = max(fits, key=lambda rate: fits[rate])
    return best if _AS_GOOD_CLOCK * (1 - fits[best]) < 1 - same - AS_GOOD_AT_LEAST else 1.0


def _part(signal: Signal, span_s: tuple[float, float], longest_s: float) -> Signal:
    """Return the part of a signal within a span, widened by a tenth of what is looked at, and no longer than that."""
    end_s = min(span_s[1], span_s[0] + longest_s)
    room_s = 0.1 * (end_s - span_s[0])
    kept = (signal[0] >= span_s[0] - room_s) & (signal[0] <= end_s + room_s)
    return (signal[0][kept], signal[1][kept]) if kept.sum() > 1 else signal


def period_s(signals: Sequence[Signal]) -> float:
    """Return after how many seconds curves repeat themselves; NaN where they do not."""
    grid = _on_grid(signals, min(time_s[0] for time_s, _ in signals))
    most = grid.shape[1] // 2
    lags = np.arange(round(_SHORTEST_S * GRID_HZ), most, 2)
    fits = np.array([_correlation(grid[:, lag:], grid[:, :-lag]) for lag in lags])
    if len(fits) < 3 or not np.isfinite(fits).all():
        return math.nan
    tops = np.flatnonzero((fits[1:-1] >= fits[:-2]) & (fits[1:-1] > fits[2:])) + 1
    good = [top for top in tops if fits[top] > _REPEATS * fits[tops].max()]
    return float(lags[good[0]] / GRID_HZ) if good else math.nan


def event_train(times_s: FloatArray, span_s: tuple[float, float], *, width_s: float = 0.05) -> Signal:
    """Return moments as a signal: a bell of ``width_s`` (SD) at each, from the start to the end of a span."""
    time_s = np.arange(span_s[0], span_s[1] + 1 / GRID_HZ, 1 / GRID_HZ)
    known = times_s[np.isfinite(times_s)]
    bells = np.exp(-(((time_s[:, None] - known[None, :]) / width_s) ** 2) / 2) if len(known) else np.zeros((1, 1))
    return time_s, np.broadcast_to(bells.sum(axis=1), time_s.shape).copy()


def clock_rate(found_s: FloatArray, true_s: FloatArray) -> float:
    """Return how much faster the session's clock runs, from matched moments; NaN for fewer than six of them."""
    if len(found_s) < 6 or np.ptp(true_s) <= 0:
        return math.nan
    return float(np.polyfit(true_s - true_s.mean(), found_s - found_s.mean(), 1)[0])


def _least(a: FloatArray, b: FloatArray) -> int:
    """Return how many samples two recordings must have in common."""
    shorter = min(a.shape[1], b.shape[1])
    return int(min(shorter, max(_OVERLAP_S * GRID_HZ, _OVERLAP_SHARE * shorter)))


def _on_grid(signals: Sequence[Signal], start_s: float) -> FloatArray:
    """Return (signal, sample) values at an even rate from ``start_s`` on, NaN where missing."""
    end_s = max(time_s[-1] for time_s, _ in signals)
    grid_s = start_s + np.arange(int((end_s - start_s) * GRID_HZ) + 1) / GRID_HZ
    return np.stack([np.interp(grid_s, t, v, left=np.nan, right=np.nan) for t, v in signals])


def _correlations(a: FloatArray, b: FloatArray, *, least: int) -> tuple[FloatArray, np.ndarray]:
    """Return the mean correlation at every lag with ``least`` samples in common, and the lags."""
    from scipy.signal import fftconvolve

    lags = np.arange(-(b.shape[1] - 1), a.shape[1])
    total, count = np.zeros(len(lags)), np.zeros(len(lags))
    for x, y in zip(a, b, strict=True):
        seen = [np.isfinite(one).astype(float) for one in (x, y)]
        zeroed = [np.where(np.isfinite(one), one - np.nanmean(one), 0.0) if np.isfinite(one).any() else one * 0
                  for one in (x, y)]  # fmt: skip
        (x0, y0), (mx, my) = zeroed, seen

        def together(p: FloatArray, q: FloatArray) -> FloatArray:
            return np.asarray(fftconvolve(p, q[::-1]))

        n = together(mx, my)
        with np.errstate(divide="ignore", invalid="ignore"):
            sx, sy = together(x0, my), together(mx, y0)
            vx = together(x0**2, my) - sx**2 / n
            vy = together(mx, y0**2) - sy**2 / n
            r = (together(x0, y0) - sx * sy / n) / np.sqrt(np.maximum(vx, 0) * np.maximum(vy, 0))
        there = (n >= least - 0.5) & np.isfinite(r) & (vx > 1e-6 * vx.max(initial=1.0)) & (np.abs(r) <= 1.001)
        total[there] += r[there]
        count[there] += 1
    with np.errstate(divide="ignore", invalid="ignore"):
        # A lag at which only some of the signals are seen is not better for that.
        return np.where(count == count.max(initial=0.0), total / count, np.nan), lags


def _peaks(scores: FloatArray) -> list[int]:
    """Return the places of local maxima, the highest first."""
    known = np.where(np.isfinite(scores), scores, -np.inf)
    padded = np.concatenate([[-np.inf], known, [-np.inf]])
    top = np.flatnonzero((padded[1:-1] >= padded[:-2]) & (padded[1:-1] > padded[2:]))
    top = top[np.isfinite(known[top])]
    ordered: list[int] = top[np.argsort(-known[top])].tolist()
    return ordered[:12] or [int(known.argmax())]


def _worse(a: FloatArray, b: FloatArray, lag: int, best: int) -> bool:
    """Whether a lag surely fits worse than the best one, in the seconds that both overlap."""
    return _t_of(_errors(a, b, lag) - _errors(a, b, best)) > _SURE_T


def _errors(a: FloatArray, b: FloatArray, lag: int) -> FloatArray:
    """Return the mean square difference of the standardised signals in each second of ``a``; NaN beside the overlap."""
    x, y = _shifted(a, b, lag, keep=True)
    both = np.isfinite(x) & np.isfinite(y)
    width = round(_BLOCK_S * GRID_HZ)
    found = np.full(a.shape[1] // width, np.nan)
    if both.sum() < width:
        return found
    square = np.zeros_like(x)
    for row in range(len(x)):
        if both[row].any():
            pair = [(one[row] - one[row][both[row]].mean()) / max(one[row][both[row]].std(), 1e-9) for one in (x, y)]
            square[row] = np.where(both[row], (pair[0] - pair[1]) ** 2, np.nan)
        else:
            square[row] = np.nan
    for block in range(len(found)):
        part = square[:, block * width : (block + 1) * width]
        if np.isfinite(part).mean() > 0.5:
            found[block] = np.nanmean(part)
    return found


def _t_of(differences: FloatArray) -> float:
    known = differences[np.isfinite(differences)]
    if len(known) < 3:
        return 0.0
    sd = known.std(ddof=1)
    return float(known.mean() / max(sd / math.sqrt(len(known)), 1e-12))


def _prefer_together(best: int, rivals: list[int], lags: np.ndarray, between_s: float) -> tuple[int, list[int]]:
    """Among offsets that fit alike take the one at which both recordings began together, if there is one."""
    alike = [best, *rivals]
    together = [p for p in alike if abs(lags[p] / GRID_HZ + between_s) < TOGETHER_S]
    if not rivals or not together:
        return best, rivals
    return together[0], [p for p in alike if p != together[0]]


def _parabola(scores: FloatArray, at: int) -> tuple[float, float]:
    """Return place and height of the top of the parabola through a maximum and its neighbours."""
    if not 0 < at < len(scores) - 1 or not np.isfinite(scores[at - 1 : at + 2]).all():
        return float(at), float(scores[at])
    before, top, after = scores[at - 1 : at + 2]
    bend = before - 2 * top + after
    step = 0.5 * (before - after) / bend if bend < 0 else 0.0
    return at + float(step), float(min(top - 0.25 * (before - after) * step, 1.0))


def _shifted(a: FloatArray, b: FloatArray, lag: int, *, keep: bool = False) -> tuple[FloatArray, FloatArray]:
    """Return the parts of ``a`` and ``b`` that coincide when ``b`` begins at sample ``lag`` of ``a``.

    With ``keep`` both are as long as ``a``, NaN beside the overlap.
    """
    start, stop = max(lag, 0), min(a.shape[1], b.shape[1] + lag)
    if not keep:
        return (a[:, start:stop], b[:, start - lag : stop - lag]) if stop > start else (a[:, :0], b[:, :0])
    moved = np.full_like(a, np.nan)
    if stop > start:
        moved[:, start:stop] = b[:, start - lag : stop - lag]
    return a, moved


def _correlation(x: FloatArray, y: FloatArray) -> float:
    found = []
    for one, two in zip(x, y, strict=True):
        both = np.isfinite(one) & np.isfinite(two)
        if both.sum() > GRID_HZ / 2 and one[both].std() > 0 and two[both].std() > 0:
            found.append(np.corrcoef(one[both], two[both])[0, 1])
    return float(np.mean(found)) if found else math.nan


def _common(long_a: int, long_b: int, lag: int) -> int:
    return max(min(long_a, long_b + lag) - max(lag, 0), 0)
