"""From raw keypoints to numbers: tracks, events, angles, metrics. Arrays in, arrays out, no files."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from gaitlab.analysis.claims import contradiction
from gaitlab.analysis.rear import rear_trial
from gaitlab.analysis.side import side_trial
from gaitlab.config import Settings
from gaitlab.core.errors import InputError
from gaitlab.core.gait import BOTH_SIDES
from gaitlab.core.metric import MetricValue, View
from gaitlab.core.person import Runner
from gaitlab.core.pose import FloatArray, PoseSequence
from gaitlab.events.slow_motion import slow_motion_warnings
from gaitlab.kinematics.frame import near_side
from gaitlab.metrics import METRICS, CycleValue, Trial, measure, shipped, with_network_errors
from gaitlab.signal import preprocessing
from gaitlab.signal.missing import missing_frames


@dataclass(frozen=True, slots=True, eq=False)
class Analysis:
    """All that came out of one recording.

    Attributes
    ----------
    trial : Trial
        what the metrics looked at: smoothed keypoints, angles, events, cycles, calibration.
    raw : PoseSequence
        keypoints as they came.
    summary : tuple[MetricValue, ...]
        a row a metric and side.
    values : tuple[CycleValue, ...]
        a row a metric and accepted cycle.
    warnings : tuple[str, ...]
        sentences a reader must see.
    doubt : str
        what forbids to build on any of it, because the keypoints contradict what was said; mostly empty.
    """

    trial: Trial
    raw: PoseSequence
    summary: tuple[MetricValue, ...]
    values: tuple[CycleValue, ...]
    warnings: tuple[str, ...]
    doubt: str = ""

    @property
    def facing(self) -> str:
        """``left`` or ``right`` in the picture; ``away`` from the camera in a rear view."""
        if self.trial.view == "rear":
            return "away"
        return "right" if self.trial.calibration.forward > 0 else "left"

    @property
    def supports_gait(self) -> bool:
        """Whether at least one gait cycle was accepted."""
        return any(cycle.accepted for cycle in self.trial.cycles)


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
        how tracks are repaired and smoothed.
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
        trial, told = rear_trial(
            raw, runner=runner, settings=settings, standing=standing, dot_sd_px=dot_sd_px, network=network
        )
    else:
        trial, told = side_trial(raw, runner=runner, settings=settings, network=network)
    return _measured(raw, trial, told, doubt=contradiction(raw, view=view, facing=runner.facing))


def _measured(raw: PoseSequence, trial: Trial, told: tuple[str, ...], *, doubt: str) -> Analysis:
    """Measure a trial and gather what a reader must know; what follows from a false premise is not worth telling."""
    rows, values = measure(trial, METRICS.values())
    found = (
        *slow_motion_warnings(trial.cycles, trial.activity, missing=missing_frames(raw.time_s)),
        *trial.calibration.warnings,
        *_cycle_warnings(trial),
    )
    return Analysis(
        trial=trial,
        raw=raw,
        summary=tuple(with_network_errors(trial, rows, METRICS, shipped())),
        values=tuple(values),
        doubt=doubt,
        warnings=(
            *(() if doubt else told),
            *preprocessing.smoothing_warnings(trial.pose),
            *(() if doubt else found),
        ),
    )


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
    raw, pose, cycles = analysis.raw, analysis.trial.pose, analysis.trial.cycles
    counts = {step.name: dict(step.counts) for step in pose.history}
    rejected = Counter(cycle.reason for cycle in cycles if not cycle.accepted)
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
        "cycles_accepted": {s: sum(c.accepted for c in cycles if c.side == s) for s in BOTH_SIDES},
        "cycles_rejected": dict(rejected),
        "history": [
            {"step": step.name, "parameters": dict(step.parameters), "counts": dict(step.counts)}
            for step in pose.history
        ],
    }
