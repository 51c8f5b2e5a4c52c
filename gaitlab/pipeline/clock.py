"""How fast a recording plays: as the user or the file says, or as strides tell: then assumed, asked or left open."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from gaitlab.analysis.clock import find_slow_motion, too_short_for_its_clock, with_clock
from gaitlab.analysis.recording import Analysis
from gaitlab.core.gait import Clock
from gaitlab.pipeline.recording import Recording

# ask(cadence, rates, plays_fps): steps a minute that the film shows, the frame rates it may have been taken at, Hz,
# likeliest first, and the one that it plays at; returns the true one, or None where it is not known.
Ask = Callable[[float, Sequence[float], float], float | None]
# measure(recording, clock): its analysis; keypoints and camera of the recording are at the times of that clock.
Measure = Callable[[Recording, Clock], Analysis]
_SAME_RATE = 0.02


@dataclass(frozen=True, slots=True)
class Unsaid:
    """What is done where nobody said how slow a film plays: ``assume`` the likeliest, or ``ask`` who is there."""

    assume: bool = False
    ask: Ask | None = None


def measured(source: Recording, *, unsaid: Unsaid, measure: Measure) -> tuple[Recording, Analysis]:
    """Return a recording on the clock that is found for it, and its analysis.

    Parameters
    ----------
    source : Recording
        the recording as its file or the user says that it plays.
    unsaid : Unsaid
        what is done where its strides contradict that nothing was said.
    measure : Measure
        the analysis of a recording whose times are those of a clock.
    """
    analysis = measure(source, Clock(source.slow_motion, source.clock))
    if source.clock != "film" or source.nobody:
        return source, analysis

    def again(clock: Clock) -> Analysis:
        return measure(_faster(source, clock.slow_motion), clock)

    found = find_slow_motion(analysis, again=again)
    if found is None:
        short = too_short_for_its_clock(analysis)
        if not short:
            return source, _not_told(analysis) if unsaid.assume else analysis
        untimed = again(Clock(1.0, "unknown"))
        told = tuple(dict.fromkeys((short, *untimed.warnings)))
        return _at(source, Clock(1.0, "unknown")), replace(untimed, warnings=told)
    slow, unanswered = found
    if unsaid.assume:
        clock = Clock(slow.factors[0], "assumed")
        return _at(source, clock), with_clock(again(clock), slow, "assumed")
    said_fps = None if unsaid.ask is None else unsaid.ask(slow.cadence, slow.likely_rates_fps, slow.plays_fps)
    if said_fps is None or said_fps < (1 - _SAME_RATE) * slow.plays_fps:
        return _at(source, Clock(slow.factors[0], "unknown")), with_clock(unanswered, slow, "unknown")
    if abs(said_fps / slow.plays_fps - 1) < _SAME_RATE:
        return replace(source, clock="entered"), analysis
    clock = Clock(said_fps / slow.plays_fps, "entered")
    return _at(source, clock), again(clock)


def _not_told(analysis: Analysis) -> Analysis:
    """Return an analysis with a note where no stride says how fast the recording plays, though that was asked for."""
    if analysis.supports_gait:
        return analysis
    note = "no stride shows how slow the film plays, so no frame rate was assumed; its times are those as it plays"
    return replace(analysis, warnings=(*analysis.warnings, note))


def _at(source: Recording, clock: Clock) -> Recording:
    return replace(_faster(source, clock.slow_motion), slow_motion=clock.slow_motion, clock=clock.source)


def _faster(source: Recording, factor: float) -> Recording:
    """Return a recording whose times are those of a film that plays faster by a factor."""
    time_s = source.raw.time_s / factor
    camera = None if source.camera is None else replace(source.camera, time_s=time_s)
    return replace(source, raw=replace(source.raw, time_s=time_s), camera=camera)
