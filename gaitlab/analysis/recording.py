"""From raw keypoints to numbers: conditioning, events, angles, metrics. Arrays in, arrays out, no files."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np

from gaitlab.analysis.claims import FORWARD, contradiction, facing_unclear
from gaitlab.config import Settings
from gaitlab.core.errors import InputError
from gaitlab.core.gait import BOTH_SIDES, Activity, Angles, GaitCycle, GaitEvents, Side
from gaitlab.core.metric import MetricValue, View
from gaitlab.core.pose import FloatArray, PoseSequence
from gaitlab.events import belt_speed_px_per_s, detect_contacts, gait_cycles
from gaitlab.events.rear import detect_rear_contacts
from gaitlab.events.slow_motion import slow_motion_warnings, slower_than_life
from gaitlab.kinematics.calibration import Calibration, calibrate, facing, leg_length_px
from gaitlab.kinematics.frame import near_side
from gaitlab.kinematics.rear import (
    calibrate_rear,
    frontal_angles,
    leg_px,
    rearfoot_sd_deg,
    rearfoot_source,
    standing_deg,
)
from gaitlab.kinematics.side import flat_foot_deg, sagittal_angles
from gaitlab.kinematics.view import view_of
from gaitlab.metrics import METRICS, CycleValue, Trial, measure, shipped, with_network_errors
from gaitlab.signal import preprocessing
from gaitlab.signal.missing import missing_frames

# The heel turns faster than the rest of the leg: tracked dots keep its peak at a higher cut-off than the side view's
# (rearfoot in stance 1.42 deg RMS at 12 Hz, 1.59 at 10: ``python -m benchmarks.rearfoot``).
_CUTOFF_HZ: dict[View, float] = {"side": 10.0, "rear": 12.0}
# Standard deviation of the rearfoot angle in one frame from which on a reader is told.
_UNSURE_DEG = 3.0


@dataclass(frozen=True, slots=True)
class Runner:
    """What is known of the person beforehand; None where it is not."""

    belt_speed_mps: float | None = None
    height_m: float | None = None
    mass_kg: float | None = None
    facing: str = "auto"


@dataclass(frozen=True, slots=True, eq=False)
class Analysis:
    """All that came out of one recording.

    Attributes
    ----------
    trial : Trial
        what the metrics looked at.
    raw : PoseSequence
        keypoints as they came.
    pose : PoseSequence
        mended and smoothed keypoints.
    angles : Angles
        angle curves in degrees.
    events : GaitEvents
        contacts and activity.
    cycles : tuple[GaitCycle, ...]
        gait cycles, accepted and not.
    calibration : Calibration
        facing, tilt and scale.
    summary : tuple[MetricValue, ...]
        a row a metric and side.
    values : tuple[CycleValue, ...]
        a row a metric and accepted cycle.
    warnings : tuple[str, ...]
        sentences a reader must see.
    doubt : str
        what forbids to build on any of it, because the keypoints contradict what was said; mostly empty.
    rearfoot_source : str
        of a rear view: which of `REARFOOT_LINES` showed the rearfoot; empty: none.
    """

    trial: Trial
    view: View
    raw: PoseSequence
    pose: PoseSequence
    angles: Angles
    events: GaitEvents
    cycles: tuple[GaitCycle, ...]
    calibration: Calibration
    summary: tuple[MetricValue, ...]
    values: tuple[CycleValue, ...]
    warnings: tuple[str, ...]
    doubt: str = ""
    rearfoot_source: str = ""

    @property
    def facing(self) -> str:
        """``left`` or ``right`` in the picture; ``away`` from the camera in a rear view."""
        if self.view == "rear":
            return "away"
        return "right" if self.calibration.forward > 0 else "left"

    @property
    def supports_gait(self) -> bool:
        """Whether at least one gait cycle was accepted."""
        return any(cycle.accepted for cycle in self.cycles)


def analyze_pose(
    raw: PoseSequence,
    *,
    runner: Runner,
    settings: Settings,
    view: View = "side",
    standing: PoseSequence | None = None,
    dot_sd_px: Mapping[str, FloatArray] | None = None,
    network: str = "",
) -> Analysis:
    """Measure a side or a rear view.

    Parameters
    ----------
    raw : PoseSequence
        keypoints of one person as a network or a file gave them.
    runner : Runner
        what is known of the person.
    settings : Settings
        how tracks are mended and smoothed.
    view : View, optional
        what the camera sees.
    standing : PoseSequence | None, optional
        of a rear view: keypoints of the same person standing still, the zero of the rearfoot; without it the first
        still half second of ``raw`` serves, where there is one.
    dot_sd_px : Mapping[str, FloatArray] | None, optional
        of a rear view: name of a tape dot to (frame,) standard deviation of its place.
    network : str, optional
        name of the network that found the keypoints, whose errors are known; empty where they are not.

    Raises
    ------
    InputError
        where the sequence shows no person, or one seen from the front.
    """
    if len(raw) < 2 or not np.isfinite(raw.xy).any():
        raise InputError("the keypoints show nobody; expected at least two frames with a person in them")
    if view == "rear":
        return _analyze_rear(
            raw, runner=runner, settings=settings, standing=standing, dot_sd_px=dot_sd_px, network=network
        )
    return _analyze_side(raw, runner=runner, settings=settings, network=network)


def _analyze_side(raw: PoseSequence, *, runner: Runner, settings: Settings, network: str) -> Analysis:
    shown, agreement = facing(raw)
    forward = FORWARD.get(runner.facing, shown)
    if forward != shown:
        agreement = 1 - agreement
    cleaned, pose = conditioned(raw, settings, view="side", leg=leg_length_px(raw, forward=forward))
    events, warnings = _events(cleaned, forward=forward, settings=settings)
    calibration = calibrate(
        cleaned,
        events.contacts,
        forward=forward,
        belt_speed_px_per_s=_belt_speed_px_per_s(cleaned, events, forward=forward),
        facing_agreement=agreement,
        belt_speed_mps=runner.belt_speed_mps,
        height_m=runner.height_m,
        known_length_m=settings.calibration.known_length_m or None,
        known_length_px=settings.calibration.known_length_px or None,
        level=settings.calibration.level,
    )
    trial = Trial(
        view="side",
        pose=pose,
        angles=_angles(pose, events, calibration),
        events=events,
        cycles=gait_cycles(events),
        calibration=calibration,
        height_m=runner.height_m,
        mass_kg=runner.mass_kg,
        min_cycles=settings.gait.min_cycles,
        network=network,
    )
    unclear = facing_unclear(agreement) if runner.facing == "auto" else ()
    return _measured(raw, trial, (*warnings, *unclear), doubt=contradiction(raw, view="side", facing=runner.facing))


def _analyze_rear(
    raw: PoseSequence,
    *,
    runner: Runner,
    settings: Settings,
    standing: PoseSequence | None,
    dot_sd_px: Mapping[str, FloatArray] | None,
    network: str,
) -> Analysis:
    if view_of(raw).view == "front":
        raise InputError(
            "the runner's left hip is on the right of the picture, so the camera stands in front; a rear view must be "
            "filmed from behind"
        )
    cleaned, pose = conditioned(raw, settings, view="rear", leg=leg_px(raw))
    warnings: tuple[str, ...] = ()
    try:
        events = detect_rear_contacts(cleaned)
    except InputError as error:
        events, warnings = GaitEvents((), "ambiguous"), (str(error),)
    source = rearfoot_source(pose)
    angles = frontal_angles(pose, events.contacts, source=source)
    if source == "proxy":
        warnings += (
            "no points on the heel's and the calf's mid-lines: the rearfoot is shown by a rear-view ankle alignment "
            "(proxy) from ankle, heel and knee, which is no clinical angle and supports no class",
        )
    if dot_sd_px:
        angles = replace(angles, values_deg={**angles.values_deg, **rearfoot_sd_deg(pose, dot_sd_px)})
        warnings += _unsure_dots(angles)
    if events.activity == "walking":
        warnings += ("foot contacts from behind are fitted on running; in walking their times are rough",)
    trial = Trial(
        view="rear",
        pose=pose,
        angles=angles,
        events=events,
        cycles=gait_cycles(events),
        calibration=calibrate_rear(
            pose,
            belt_speed_mps=runner.belt_speed_mps,
            height_m=runner.height_m,
            known_length_m=settings.calibration.known_length_m or None,
            known_length_px=settings.calibration.known_length_px or None,
            level=settings.calibration.level,
        ),
        height_m=runner.height_m,
        mass_kg=runner.mass_kg,
        min_cycles=settings.gait.min_cycles,
        rearfoot_source=source,
        rearfoot_zero_deg=_zero_deg(pose, angles, source, standing=standing, settings=settings),
        network=network,
        tracked_dots=bool(dot_sd_px),
    )
    return _measured(raw, trial, warnings, doubt=contradiction(raw, view="rear", facing=runner.facing))


def _zero_deg(
    pose: PoseSequence, angles: Angles, source: str, *, standing: PoseSequence | None, settings: Settings
) -> dict[Side, float]:
    """Return the rearfoot's zero of each side: from the standing recording, or from where the runner stands still.

    Raises
    ------
    InputError
        a standing recording in which nobody stands still with the points that the running one shows.
    """
    if not source or standing is None:
        return standing_deg(pose, angles) if source else {}
    _, still = conditioned(standing, settings, view="rear", leg=leg_px(standing))
    found = standing_deg(still, frontal_angles(still, (), source=source))
    if len(found) < len(BOTH_SIDES):
        raise InputError(
            "the standing recording shows no half second of standing still with the points that show the rearfoot "
            f"({source}) on both sides; film the runner from behind, standing still on both feet, or leave it out"
        )
    return found


def _unsure_dots(angles: Angles) -> tuple[str, ...]:
    """Say so where the places of the dots leave the angle of the rearfoot unsure."""
    unsure = {s: float(np.nanmedian(angles.values_deg[f"{s}_rearfoot_sd_deg"])) for s in BOTH_SIDES}
    worst = max(unsure, key=lambda side: unsure[side])
    if not unsure[worst] > _UNSURE_DEG:
        return ()
    return (
        f"the tape dots of the {worst} leg give the rearfoot angle to ± {unsure[worst]:.1f}° in one frame: larger "
        "dots, a camera nearer to the feet or more light would help",
    )


def conditioned(raw: PoseSequence, settings: Settings, *, view: View, leg: float) -> tuple[PoseSequence, PoseSequence]:
    """Return the tracks mended, and mended and smoothed; ``leg`` is the leg's length in pixels or NaN."""
    leg_px = leg if np.isfinite(leg) else 0.0
    cleaned = preprocessing.preprocess(
        raw,
        min_score=settings.tracks.min_score,
        outlier_threshold=settings.tracks.outlier_threshold,
        outlier_floor_px=settings.tracks.outlier_floor * leg_px,
        doubt_px=preprocessing.DOUBT_OF_LEG * leg_px,
    )
    pose = preprocessing.smooth(
        cleaned,
        method=settings.smoothing.method,
        cutoff_hz=settings.smoothing.cutoff_hz or _CUTOFF_HZ[view],
        choose=settings.smoothing.cutoff,
    )
    return cleaned, pose


def _measured(raw: PoseSequence, trial: Trial, warnings: tuple[str, ...], *, doubt: str) -> Analysis:
    """Measure a trial and gather what a reader must know; what follows from a false premise is not worth telling."""
    rows, values = measure(trial, METRICS.values())
    found = (
        *slow_motion_warnings(trial.cycles, trial.activity, missing=missing_frames(raw.time_s)),
        *trial.calibration.warnings,
        *_cycle_warnings(trial),
    )
    return Analysis(
        trial=trial,
        view=trial.view,
        raw=raw,
        pose=trial.pose,
        angles=trial.angles,
        events=trial.events,
        cycles=trial.cycles,
        calibration=trial.calibration,
        summary=tuple(with_network_errors(trial, rows, METRICS, shipped())),
        values=tuple(values),
        rearfoot_source=trial.rearfoot_source,
        doubt=doubt,
        warnings=(
            *(() if doubt else warnings),
            *preprocessing.smoothing_warnings(trial.pose),
            *(() if doubt else found),
        ),
    )


def _events(cleaned: PoseSequence, *, forward: int, settings: Settings) -> tuple[GaitEvents, tuple[str, ...]]:
    """Find the contacts; a recording without any is a finding, not an error."""
    chosen: dict[str, Activity | None] = {"auto": None, "running": "running", "walking": "walking"}
    try:
        events = detect_contacts(cleaned, forward=forward, activity=chosen[settings.gait.activity])
    except InputError as error:
        return GaitEvents((), "ambiguous"), (str(error), *slower_than_life(cleaned, forward=forward))
    return events, ()


def _belt_speed_px_per_s(cleaned: PoseSequence, events: GaitEvents, *, forward: int) -> float:
    """Return how fast the feet ride backwards at the hips' distance: the mean of both sides; NaN without a ride."""
    if not any(contact.accepted for contact in events.contacts):
        return float("nan")
    speeds = [v for v in belt_speed_px_per_s(cleaned, events.contacts, forward=forward).values() if np.isfinite(v)]
    return float(np.mean(speeds)) if speeds else float("nan")


def _angles(pose: PoseSequence, events: GaitEvents, calibration: Calibration) -> Angles:
    """Angles with the foot's zero taken from the stances themselves."""
    in_frame = partial(sagittal_angles, pose, forward=calibration.forward, tilt_deg=calibration.tilt_deg)
    unzeroed = in_frame(flat_deg=dict.fromkeys(BOTH_SIDES, 0.0))
    flat_deg = {
        side: flat_foot_deg(unzeroed.values_deg[f"{side}_foot_deg"], pose.time_s, events.of(side))
        for side in BOTH_SIDES
    }
    return in_frame(flat_deg=flat_deg)


def _cycle_warnings(trial: Trial) -> list[str]:
    accepted = Counter(cycle.side for cycle in trial.cycles if cycle.accepted)
    warnings = []
    for side in BOTH_SIDES:
        count = accepted[side]
        if 0 < count < trial.min_cycles:
            cycles = "cycle" if count == 1 else "cycles"
            warnings.append(f"only {count} {side} gait {cycles} could be used; {trial.min_cycles} make a stable mean")
        elif not count and any(accepted.values()):
            far = " (the far leg)" if trial.view == "side" and side != near_side(trial.calibration.forward) else ""
            warnings.append(f"no {side} gait cycle could be used{far}")
    return warnings


def quality(analysis: Analysis) -> dict[str, Any]:
    """Return what session.json says of the tracks: seen, mended, dropped, filled, accepted, rejected and why."""
    raw, pose = analysis.raw, analysis.pose
    counts = {step.name: dict(step.counts) for step in pose.history}
    rejected = Counter(cycle.reason for cycle in analysis.cycles if not cycle.accepted)
    return {
        "share_of_frames_seen": {
            name: round(float(np.isfinite(raw.xy[:, column, 0]).mean()), 4)
            for column, name in enumerate(raw.skeleton.names)
        },
        "points_below_min_score": counts["gate"]["points_dropped"],
        "swaps_mended": counts["swaps"]["frames_mended"],
        "outliers_dropped": counts["outliers"]["points_dropped"],
        "points_filled": counts["gaps"]["points_filled"],
        "share_left_open": counts["gaps"]["share_left_open"],
        "cycles_accepted": {s: sum(c.accepted for c in analysis.cycles if c.side == s) for s in BOTH_SIDES},
        "cycles_rejected": dict(rejected),
        "history": [
            {"step": step.name, "parameters": dict(step.parameters), "counts": dict(step.counts)}
            for step in pose.history
        ],
    }
