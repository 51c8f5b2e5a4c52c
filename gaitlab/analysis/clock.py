"""The speed at which a film plays, where nothing but its strides tells that it is slow motion.

A film that was taken at 60 to 240 frames a second and plays at 25 or 30 looks like any other, but its runner takes 20
to 100 steps a minute, which nobody runs at. Such a recording is measured at the likeliest speed, at which filters,
contacts and their ranges are those of life: angles, lengths and shares of the cycle hold, times only if it is right.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from gaitlab.analysis.recording import Analysis
from gaitlab.core.gait import Clock, ClockSource
from gaitlab.events.slow_motion import PHONES, film_cadences, likely_factors, plays_fps, too_short
from gaitlab.kinematics.travel import standing_share
from gaitlab.metrics import Trial

# Steps per minute below which nobody runs: from there to the usual range a warning asks, and the numbers stand.
_NOBODY_RUNS = 120.0
# The least number of gait cycles that must be those of a run at the speed that is tried, or their share: of many one
# may pass by chance, and a short film has no more.
_LEAST_CYCLES, _LEAST_SHARE = 2, 0.5

# An ankle stands still for a larger share of a walk past the camera than of a run: 0.19 to 0.37 in force-plate runs
# made into passes (``python -m benchmarks.slow_motion``), 0.39 to 0.52 in two walkers of the clips that were looked at.
_WALKERS_STAND = 0.37


@dataclass(frozen=True, slots=True)
class SlowMotion:
    """A recording that shows a run only if it plays slower than life.

    Attributes
    ----------
    factors : tuple[float, ...]
        how many times slower it may be, the likeliest first.
    cadence : float
        steps per minute as the film plays.
    plays_fps : float
        frames a second that the film plays.
    """

    factors: tuple[float, ...]
    cadence: float
    plays_fps: float

    @property
    def likely_rates_fps(self) -> tuple[float, ...]:
        """Frames a second at which it may have been taken, by ``factors``."""
        return tuple(float(round(factor * self.plays_fps)) for factor in self.factors)


def find_slow_motion(analysis: Analysis, *, again: Callable[[Clock], Analysis]) -> tuple[SlowMotion, Analysis] | None:
    """Return how slow a recording plays and its analysis at that speed, or None where it shows no slow motion.

    Parameters
    ----------
    analysis : Analysis
        the recording as it plays.
    again : Callable[[Clock], Analysis]
        the analysis of the same recording at another speed.

    Notes
    -----
    It is slow motion if at the likeliest speed strides of running are found and, as it plays, none that anybody can run
    or walk at. Whether a stride is one of running is told by the share of the stance and by the way of the hips, which
    do not depend on the speed. A walker past the camera is told by the speed too, which a slow film makes too small:
    there the speed that is tried decides.
    """
    trial = analysis.trial
    if analysis.doubt:
        return None
    walks = trial.activity == "walking" and analysis.supports_gait
    if walks and trial.travel is None:
        return None
    plays = plays_fps(analysis.raw)
    cadences = film_cadences(trial.pose, trial.cycles, view=trial.view)
    for cadence in cadences:
        factors = likely_factors(cadence, fps=plays) if cadence < _NOBODY_RUNS else ()
        for factor in factors:
            tried = again(Clock(factor, "unknown"))
            if _runs(tried.trial):
                ordered = (factor, *(other for other in factors if other != factor))
                return SlowMotion(ordered, cadence, plays), tried
    # A film that is many times slower may show less than two strides.
    for factor in PHONES if not cadences else ():
        tried = again(Clock(float(factor), "unknown"))
        cadence = next(iter(film_cadences(tried.trial.pose, tried.trial.cycles, view=trial.view)), float("nan"))
        factors = likely_factors(cadence / factor, fps=plays)
        if _runs(tried.trial) and factor in factors:
            return SlowMotion(factors, cadence / factor, plays), tried
    return None


def _runs(trial: Trial) -> bool:
    """Return whether a recording shows a run at the speed that is tried."""
    accepted = sum(cycle.accepted for cycle in trial.cycles)
    enough = accepted >= min(_LEAST_CYCLES, max(_LEAST_SHARE * len(trial.cycles), 1))
    return trial.activity == "running" and enough and not _stands_long(trial)


def _stands_long(trial: Trial) -> bool:
    """Return whether a foot stands on the ground for longer than a runner's; False where the ground does not show."""
    if trial.travel is None:
        return False
    return standing_share(trial.pose, trial.travel, forward=trial.calibration.forward) > _WALKERS_STAND


def too_short_for_its_clock(analysis: Analysis) -> str:
    """Return that only slow motion explains the strides, and that the film is too short then; else an empty string."""
    trial = analysis.trial
    if trial.activity == "walking" and analysis.supports_gait:
        return ""
    plays = plays_fps(analysis.raw)
    for cadence in film_cadences(trial.pose, trial.cycles, view=trial.view):
        factors = likely_factors(cadence, fps=plays) if cadence < _NOBODY_RUNS else ()
        if factors and (short := too_short(analysis.raw, cadence, factors[0], view=trial.view)):
            return short
    return ""


def told(slow: SlowMotion, source: ClockSource) -> str:
    """Return the sentence about a recording whose clock is assumed or unknown."""
    factor = slow.factors[0]
    others = ", ".join(f"{slow.cadence * other:.0f} at {other:.3g}x" for other in slow.factors[1:])
    would_be = f"at {factor:.3g}x it would be {slow.cadence * factor:.0f}" + (f" ({others})" if others else "")
    seen = f"{slow.cadence:.0f} steps/min is no cadence of running, so the film plays in slow motion: {would_be}"
    if source == "assumed":
        return (
            f"{seen}; {factor:.3g}x is assumed, and every time, speed and stiffness rests on that: if it is wrong, the "
            "true frame rate must be entered"
        )
    return (
        f"{seen}, the likeliest; times, speeds and stiffness are left out, angles, shares and lengths hold: for the "
        f"times the true frame rate must be entered, {slow.likely_rates_fps[0]:.0f} if it is {factor:.3g}x"
    )


def with_clock(analysis: Analysis, slow: SlowMotion, source: ClockSource) -> Analysis:
    """Return an analysis whose warnings begin with what is known of its clock."""
    return replace(analysis, warnings=(told(slow, source), *analysis.warnings))
