"""Summary over cycles: one row per metric and side with n, mean, SD and uncertainty, or why it is missing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from gaitlab.core.gait import BOTH_SIDES, GaitCycle, Repetition
from gaitlab.core.metric import NORMAL_95, MetricValue, Reference, Unsure
from gaitlab.core.pose import FloatArray
from gaitlab.core.statistics import FEWEST, difference_of_legs, mean_of
from gaitlab.metrics.asymmetry import legs_comparable
from gaitlab.metrics.norms import reference_of
from gaitlab.metrics.spec import MetricSpec, point_names
from gaitlab.metrics.trial import HEEL_DOWN_SHARE, Trial

_LOW_FPS = 50.0
# Tolerance for nominal frame rates: 120 fps are 119.88.
_ROUNDED_FPS = 0.99
# Note on the source of the rearfoot's points, as shown in reports.
REARFOOT_NOTES = {
    "four points": "from dots on heel and calf",
    "heel pictures": "from the heel's own pictures laid on each other, not from dots",
    "network points": "from points that a network guessed, not from dots",
    "proxy": "a stand-in from ankle, heel and knee: not the heel's own line, no class can be read from it",
}
# Why times are missing, and what is said of each that rests on an assumption.
UNKNOWN_TIMES = "needs the true frame rate"
ASSUMED_TIMES = "assumed: {factor:.3g} times slow motion"
# Why a metric has no value where there is no gait cycle.
NO_CYCLE, NO_REPETITION = "no accepted gait cycle", "no accepted repetition"
# Names of metrics overground, where they are not those of a treadmill.
LABELS_OVERGROUND = {"speed": "Speed"}
# What follows the name of a metric that rests on an assumed slow motion.
ASSUMED = " (assumed)"
# Activities in which a metric of one activity is omitted; for an ambiguous activity all are given.
_OTHER_THAN = {"running": ("walking",), "walking": ("running",)}


@dataclass(frozen=True, slots=True)
class CycleValue:
    """Value of a metric in one gait cycle, in ``unit``; ``time_s`` is the start of the cycle.

    ``assumed`` says whether the value rests on a slow motion that was assumed.
    """

    metric: str
    side: str
    cycle: int
    time_s: float
    value: float
    unit: str
    assumed: bool = False


def measure(trial: Trial, specs: Iterable[MetricSpec]) -> tuple[list[MetricValue], list[CycleValue]]:
    """Compute all metrics of the trial's view.

    Parameters
    ----------
    trial : Trial
        the recording.
    specs : Iterable[MetricSpec]
        declarations; those of other views and activities are skipped.

    Returns
    -------
    rows : list[MetricValue]
        one per metric and side.
    values : list[CycleValue]
        one per metric and accepted cycle, where finite.
    """
    rows: list[MetricValue] = []
    values: list[CycleValue] = []
    for spec in specs:
        if trial.view not in spec.views or spec.movement != trial.movement:
            continue
        if spec.only and trial.activity in _OTHER_THAN[spec.only]:
            continue
        sides = BOTH_SIDES if spec.per_side else ("both",)
        for side in sides:
            cycles = trial.counted(side)
            reason = missing_reason(trial, spec, side)
            found = [] if reason else [_cycle_value(_pass_of(trial, c), spec, c) for c in cycles]
            found = [v for v in found if np.isfinite(v.value)]
            values += found
            rows.append(_row(trial, spec, side, found, reason, n_cycles=len(cycles)))
    return _with_differences(rows, values), values


def _with_differences(rows: Sequence[MetricValue], values: Sequence[CycleValue]) -> list[MetricValue]:
    """Return the rows of left and right with how well their difference is known from stride to stride."""
    cycles: dict[tuple[str, str], list[CycleValue]] = {}
    for value in values:
        cycles.setdefault((value.metric, value.side), []).append(value)
    spreads = {
        metric: difference_of_legs(*_series(cycles[metric, "left"])[:2], *_series(cycles[metric, "right"])[:2])
        for metric, side in cycles
        if side == "left" and (metric, "right") in cycles
    }
    return [
        replace(row, random_difference=spreads[row.metric].half_width)
        if row.side in BOTH_SIDES and row.metric in spreads else row
        for row in rows
    ]  # fmt: skip


def _series(found: Sequence[CycleValue]) -> tuple[FloatArray, FloatArray, NDArray[np.str_]]:
    """Return (cycle,) values, times and legs in the order of time."""
    ordered = sorted(found, key=lambda one: one.time_s)
    values, time_s, legs = zip(*((one.value, one.time_s, one.side) for one in ordered), strict=True)
    return np.array(values), np.array(time_s), np.array(legs)


def unit_of(trial: Trial, spec: MetricSpec) -> str:
    """Return the unit of the trial's values: leg lengths instead of metres if no scale is known."""
    if spec.unit_without_scale and trial.calibration.metres_per_px is None and not _belt_in_metres(trial, spec):
        return spec.unit_without_scale
    return spec.unit


def missing_reason(trial: Trial, spec: MetricSpec, side: str) -> str:
    """Return why a metric cannot be computed for a side of the trial, or an empty string."""
    calibration = trial.calibration
    # The source of the rearfoot's points was selected among the keypoints that are present.
    chosen = bool(spec.proxy_label and trial.rearfoot_source)
    lacking = [p for p in spec.needs if not chosen and not any(trial.pose.seen(name) for name in point_names(p, side))]
    none = " and no ".join(p.replace("_", " ") for p in lacking)
    whose = "the network gives"
    if trial.dots_alone:
        whose = "no body is seen in a close-up of the lower legs: its dots show"
    elif trial.legs_alone:
        whose = "the film shows legs only:"
    no_length = not np.isfinite(calibration.leg_px) and calibration.metres_per_px is None
    checks = (
        (spec.name in trial.spoiled, trial.spoiled.get(spec.name, "")),
        (trial.clock.source == "unknown" and _rests_on_clock(trial, spec), UNKNOWN_TIMES),
        (bool(lacking), f"{whose} no {none}"),
        (
            trial.legs_alone and no_length and spec.unit_without_scale == "leg lengths",
            "the film shows legs only: needs a known length in the picture",
        ),
        (
            spec.needs_zero and side not in trial.rearfoot_zero_deg,
            "needs half a second of standing still in the recording, or a recording of it, as its zero; the change "
            "from contact does without",
        ),
        (
            trial.pose.fps < _ROUNDED_FPS * spec.needs_fps,
            f"needs {spec.needs_fps:g} frames a second or more, not {trial.pose.fps:.4g}",
        ),
        (spec.needs_mass and trial.mass_kg is None, "needs the body mass"),
        (spec.needs_height and trial.height_m is None, "needs the body height"),
        (
            spec.needs_belt_speed and not spec.unit_without_scale and calibration.belt_speed_mps is None,
            "needs the belt speed, or a scale and visible toes",
        ),
        (
            spec.needs_belt_speed and not np.isfinite(trial.belt_speed),
            "the speed of the stance foot could not be measured",
        ),
    )
    return next((reason for failed, reason in checks if failed), "")


def _rests_on_clock(trial: Trial, spec: MetricSpec) -> bool:
    """Return whether a metric depends on how fast the recording plays: a time, or a length that a speed scales."""
    by_speed = trial.calibration.scale_source == "belt speed" and unit_of(trial, spec) == "m"
    return spec.timed or by_speed or (spec.needs_belt_speed and trial.calibration.speed_was_entered)


def _belt_in_metres(trial: Trial, spec: MetricSpec) -> bool:
    return spec.needs_belt_speed and trial.calibration.belt_speed_mps is not None


def _pass_of(trial: Trial, cycle: GaitCycle | Repetition) -> Trial:
    return trial.of(cycle) if isinstance(cycle, GaitCycle) else trial


def _cycle_value(trial: Trial, spec: MetricSpec, cycle: GaitCycle | Repetition) -> CycleValue:
    value = float(spec.compute(trial, cycle))
    unit = unit_of(trial, spec)
    return CycleValue(spec.name, cycle.side, cycle.number, cycle.start_s, value, unit, _assumed(trial, spec))


def _assumed(trial: Trial, spec: MetricSpec) -> bool:
    """Return whether a metric rests on a slow motion that was assumed."""
    return trial.clock.source == "assumed" and _rests_on_clock(trial, spec)


def _row(
    trial: Trial, spec: MetricSpec, side: str, found: Sequence[CycleValue], reason: str, *, n_cycles: int
) -> MetricValue:
    unit = unit_of(trial, spec)
    surrogate = bool(spec.proxy_label) and trial.by_proxy
    named = LABELS_OVERGROUND.get(spec.name, spec.label) if trial.setting == "overground" else spec.label
    label, reference = (spec.proxy_label, None) if surrogate else (named, _reference(trial, spec, unit))
    if not found:
        why = reason or _why_nothing(trial, spec, side, n_cycles=n_cycles)
        return MetricValue(spec.name, label, side, 0, np.nan, np.nan, np.nan, unit, reference, missing_reason=why)
    if _assumed(trial, spec):
        label = f"{label}{ASSUMED}"
    values, time_s, legs = _series(found)
    mean = float(values.mean())
    # Of metrics without sides the cycles of both legs are there.
    spread = mean_of(values, time_s, legs)
    unsure = spec.systematic(trial, mean) if spec.systematic else Unsure()
    # One or two repetitions tell no spread, but how they are measured may be known: a jump has a height and its ±.
    alone = bool(trial.movement) and len(values) < FEWEST and unsure.together > 0
    return MetricValue(
        metric=spec.name,
        label=label,
        side=side,
        n=len(values),
        mean=mean,
        sd=float(values.std(ddof=1)) if len(values) > 1 else float("nan"),
        # Spread over cycles and systematic part, combined in quadrature.
        uncertainty=float(np.hypot(0.0 if alone else spread.half_width, NORMAL_95 * unsure.together)),
        unit=unit,
        reference=reference,
        note=_note(trial, spec, side, len(values)),
        seen_share=_seen_share(trial, spec, side),
        random=spread.half_width,
        unsure=unsure,
    )


def _why_nothing(trial: Trial, spec: MetricSpec, side: str, *, n_cycles: int) -> str:
    if trial.movement:
        return spec.lacking or "no accepted repetition shows what it needs" if n_cycles else NO_REPETITION
    if n_cycles and not any(np.isfinite(c.end_s) for c in trial.measured(side)):
        of_leg = "" if side == "both" else f" of the {side} leg"
        return f"needs a whole stride, and the pass shows single steps{of_leg} only"
    return "no accepted cycle shows the points it needs" if n_cycles else NO_CYCLE


def _reference(trial: Trial, spec: MetricSpec, unit: str) -> Reference | None:
    """Return the range of people who do the same at the same speed, if the values are in its unit."""
    if unit != spec.unit:
        return None
    if spec.movement:
        return spec.reference
    return reference_of(
        spec.name, spec.reference, activity=trial.activity, setting=trial.setting,
        speed_mps=trial.calibration.belt_speed_mps,
    )  # fmt: skip


def _seen_share(trial: Trial, spec: MetricSpec, side: str) -> float:
    """Return the share of contact frames with the required keypoints (the rearfoot's line), 0 to 1; NaN if unknown."""
    sides = [s for s in BOTH_SIDES if side in (s, "both")]
    if trial.movement:
        return _seen_in_repetitions(trial, spec, sides)
    contacts = [c for c in trial.events.contacts if c.accepted and c.side in sides and np.isfinite(c.toe_off_s)]
    time_s = trial.pose.time_s
    share = HEEL_DOWN_SHARE if spec.proxy_label else 1.0
    frames = [(time_s >= c.foot_strike_s) & (time_s <= c.foot_strike_s + share * c.duration_s) for c in contacts]
    if spec.proxy_label:
        shown = {s: np.isfinite(trial.angles.values_deg[f"{s}_rearfoot_deg"]) for s in sides}
    else:
        shown = {s: _points_seen(trial, spec, s) for s in sides}
    counted = [shown[c.side][here] for c, here in zip(contacts, frames, strict=True)]
    return float(np.mean(np.concatenate(counted))) if counted else float("nan")


def _seen_in_repetitions(trial: Trial, spec: MetricSpec, sides: Sequence[str]) -> float:
    """Return the share of the repetitions' frames that show all required keypoints, 0 to 1; NaN without any."""
    time_s, shares = trial.pose.time_s, []
    for side in sides:
        shown = _points_seen(trial, spec, side)
        shares += [shown[(time_s >= one.start_s) & (time_s <= one.end_s)] for one in trial.counted(side)]
    return float(np.mean(np.concatenate(shares))) if shares else float("nan")


def _points_seen(trial: Trial, spec: MetricSpec, side: str) -> NDArray[np.bool_]:
    """Return (frame,) whether all keypoints of a side that a metric requires are present."""
    seen = np.ones(len(trial.pose), dtype=bool)
    for point in spec.needs:
        seen &= np.isfinite(trial.pose.point(point_names(point, side)[0])[:, 0])
    return seen


def _note(trial: Trial, spec: MetricSpec, side: str, n: int) -> str:
    notes = [ASSUMED_TIMES.format(factor=trial.clock.slow_motion)] if _assumed(trial, spec) else []
    needed = trial.min_cycles * (2 if side == "both" and not trial.movement else 1)
    if trial.single_steps and not any(np.isfinite(c.end_s) for c in trial.measured(side)):
        of_leg = "" if side == "both" else f" of the {side} leg"
        notes.append(f"only {n} single {'step' if n == 1 else 'steps'}, no whole stride{of_leg} was seen")
    elif trial.movement and n < needed:
        notes.append(f"only {n} {'repetition' if n == 1 else 'repetitions'}, {needed} make a stable mean")
    elif n < needed:
        cycles = f"{'' if side == 'both' else f'{side} '}{'cycle' if n == 1 else 'cycles'}"
        # The other sentences count the cycles of a leg: 7 of both legs would seem enough beside them.
        of_both = " of both legs together" if side == "both" else ""
        notes.append(f"only {n} {cycles}{of_both}, {needed} make a stable mean")
    if side == trial.far_side and spec.needs:
        notes.append("far leg: partly hidden, less exact")
    # The sides of the trunk are no legs, and no camera makes them so.
    if side in BOTH_SIDES and not spec.of_trunk and not legs_comparable(spec, oblique=trial.calibration.oblique):
        notes.append("camera looks obliquely: not to be compared with the other leg")
    if side in BOTH_SIDES and spec.name in trial.unlike:
        notes.append(trial.unlike[spec.name])
    if spec.proxy_label and trial.rearfoot_source in REARFOOT_NOTES:
        notes.append(REARFOOT_NOTES[trial.rearfoot_source])
    if spec.name in ("contact_time", "flight_time", "duty_factor") and trial.pose.fps < _LOW_FPS:
        notes.append(f"{trial.pose.fps:.0f} fps: timings are ± {500 / trial.pose.fps:.0f} ms at best")
    return "; ".join(notes)
