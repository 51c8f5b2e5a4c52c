"""Analysis of one recording from raw keypoints: tracks, events, angles and metrics, without file access."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from gaitlab.analysis.claims import contradiction
from gaitlab.analysis.rear import rear_trial
from gaitlab.analysis.side import side_trial
from gaitlab.config import Settings
from gaitlab.core.gait import BOTH_SIDES, TRUE_TIME, Clock
from gaitlab.core.metric import MetricValue, View
from gaitlab.core.person import Runner
from gaitlab.core.pose import FloatArray, PoseSequence
from gaitlab.events.slow_motion import ramp_warnings, slow_motion_warnings
from gaitlab.kinematics.plausibility import check_anybody
from gaitlab.metrics import METRICS, CycleValue, Trial, measure, shipped, with_network_errors
from gaitlab.signal import preprocessing
from gaitlab.signal.missing import missing_frames

_NO_GAIT = "the film shows no gait"


@dataclass(frozen=True, slots=True, eq=False)
class Analysis:
    """Results of the analysis of one recording.

    Attributes
    ----------
    trial : Trial
        input of the metrics: smoothed keypoints, angles, events, cycles and calibration.
    raw : PoseSequence
        keypoints before preprocessing, px.
    summary : tuple[MetricValue, ...]
        one row per metric and side.
    values : tuple[CycleValue, ...]
        one row per metric and accepted cycle.
    warnings : tuple[str, ...]
        warnings for the report, one sentence each.
    shown : PoseSequence
        smoothed keypoints in the picture, px, for drawing; in a trial on a treadmill its own.
    doubt : str
        contradiction between the keypoints and the stated view or facing, which invalidates the results; else empty.
    """

    trial: Trial
    raw: PoseSequence
    shown: PoseSequence
    summary: tuple[MetricValue, ...]
    values: tuple[CycleValue, ...]
    warnings: tuple[str, ...]
    doubt: str = ""

    @property
    def facing(self) -> str:
        """``left`` or ``right`` in the picture; ``away`` from the camera or ``towards`` it from behind and in front."""
        if self.trial.view != "side":
            return "away" if self.trial.view == "rear" else "towards"
        return "right" if self.trial.calibration.forward > 0 else "left"

    @property
    def supports_gait(self) -> bool:
        """Whether a gait cycle or a repetition was accepted, or a short pass shows single steps."""
        return bool(self.trial.counted("both"))


def analyze_pose(
    raw: PoseSequence,
    *,
    runner: Runner,
    settings: Settings,
    view: View = "side",
    standing: PoseSequence | None = None,
    dot_sd_px: Mapping[str, FloatArray] | None = None,
    network: str = "",
    on_ground: PoseSequence | None = None,
    camera: str = "",
    picture_px: tuple[int, int] | None = None,
    clock: Clock = TRUE_TIME,
) -> Analysis:
    """Analyse a side or rear view.

    Parameters
    ----------
    raw : PoseSequence
        keypoints of one person, px, as returned by a network or read from a file.
    runner : Runner
        known properties of the person.
    settings : Settings
        how tracks are repaired and smoothed.
    view : View, optional
        what the camera sees.
    standing : PoseSequence | None, optional
        rear view only: keypoints of the same person standing still, which define the zero of the rearfoot angle;
        otherwise the first still half second of ``raw`` is used, if there is one.
    dot_sd_px : Mapping[str, FloatArray] | None, optional
        rear view only: name of a tape dot to (frame,) standard deviation of its position, px.
    network : str, optional
        name of the pose network, used to look up its known errors; empty if unknown.
    on_ground : PoseSequence | None, optional
        side view only: the same keypoints in coordinates in which the ground stands still, px, where a camera followed
        the person; by default ``raw``, as a fixed camera sees them.
    camera : str, optional
        side view only: what the pictures say of the camera, see `scene.motion.Camera`; empty where nobody looked.
    picture_px : tuple[int, int] | None, optional
        side view only: width and height of the pictures, px, by which a pass that comes towards the camera is told.
    clock : Clock, optional
        how fast the recording plays; the times of ``raw`` are those of life. Where it is unknown, no times are given.

    Returns
    -------
    Analysis
        trial, metrics and warnings.

    Raises
    ------
    InputError
        if the sequence contains no person, or one filmed from the front, or one who passes obliquely.
    """
    check_anybody(raw)
    if clock.source == "unknown":  # a speed makes lengths by the time
        runner = replace(runner, belt_speed_mps=None)
    if view == "rear":
        trial, told = rear_trial(
            raw, runner=runner, settings=settings, standing=standing, dot_sd_px=dot_sd_px, network=network
        )
        shown = trial.pose
    else:
        trial, shown, told = side_trial(
            raw, runner=runner, settings=settings, network=network, on_ground=on_ground, camera=camera,
            picture_px=picture_px,
        )  # fmt: skip
    trial = replace(trial, clock=clock)
    return _measured(raw, trial, told, shown=shown, doubt=contradiction(raw, view=view, facing=runner.facing))


def _measured(raw: PoseSequence, trial: Trial, told: tuple[str, ...], *, shown: PoseSequence, doubt: str) -> Analysis:
    """Compute the metrics and collect the warnings, omitting those that depend on a contradicted view or facing."""
    rows, values = measure(trial, METRICS.values())
    found = (
        *slow_motion_warnings(
            trial.cycles,
            trial.activity,
            missing=missing_frames(raw.time_s),
            pose=raw,
            view=trial.view,
            slowed=trial.clock.slow_motion > 1,
        ),
        *ramp_warnings(trial.pose, view=trial.view),
        *trial.calibration.warnings,
        *_cycle_warnings(trial),
    )
    return Analysis(
        trial=trial,
        raw=raw,
        shown=shown,
        summary=tuple(with_network_errors(trial, rows, METRICS, shipped())),
        values=tuple(values),
        doubt=doubt,
        warnings=(
            *(() if doubt else told),
            *preprocessing.smoothing_warnings(trial.pose),
            *(() if doubt else found),
        ),
    )


def contradicted(analysis: Analysis, doubt: str) -> Analysis:
    """Return an analysis of gait without its cycles, where the film clearly shows something else.

    Parameters
    ----------
    doubt : str
        the sentence that says so.
    """
    cycles = tuple(replace(cycle, accepted=False, reason=_NO_GAIT) for cycle in analysis.trial.cycles)
    trial = replace(analysis.trial, cycles=cycles, single_steps=(), passes=())
    return _measured(analysis.raw, trial, (), shown=analysis.shown, doubt=doubt)


def _cycle_warnings(trial: Trial) -> list[str]:
    accepted = Counter(cycle.side for cycle in trial.cycles if cycle.accepted)
    if not accepted and trial.single_steps:
        return [
            f"no whole stride was seen: what {len(trial.single_steps)} single contacts show is given, and nothing of a "
            "whole stride; a pass through more of the picture gives strides"
        ]
    warnings = []
    for side in BOTH_SIDES:
        count = accepted[side]
        if 0 < count < trial.min_cycles:
            cycles = "cycle" if count == 1 else "cycles"
            warnings.append(f"only {count} {side} gait {cycles} could be used; {trial.min_cycles} make a stable mean")
        elif not count and any(accepted.values()) and not trial.measured(side):
            far = " (the far leg)" if side == trial.far_side else ""
            warnings.append(f"no {side} gait cycle could be used{far}")
    return warnings


def quality(analysis: Analysis) -> dict[str, Any]:
    """Return the track and cycle quality written to session.json: counts, shares and rejection reasons."""
    pose = analysis.trial.pose
    cycles = analysis.trial.repetitions if analysis.trial.movement else analysis.trial.cycles
    # Before and after a pass the runner is not in the picture.
    raw_xy = analysis.raw.xy[analysis.trial.shown]
    counts = {step.name: dict(step.counts) for step in pose.history}
    rejected = Counter(cycle.reason for cycle in cycles if not cycle.accepted)
    return {
        "share_of_frames_seen": {
            name: round(float(np.isfinite(raw_xy[:, column, 0]).mean()), 4)
            for column, name in enumerate(pose.skeleton.names)
        },
        "points_below_min_score": counts["gate"]["points_dropped"],
        "swaps_mended": counts["swaps"]["frames_mended"],
        "outliers_dropped": counts["outliers"]["points_dropped"],
        "points_filled": counts["gaps"]["points_filled"],
        "share_left_open": counts["gaps"]["share_left_open"],
        "cycles_accepted": {s: sum(c.accepted for c in cycles if c.side in (s, "both")) for s in BOTH_SIDES},
        "cycles_rejected": dict(rejected),
        **({"repetitions_accepted": sum(c.accepted for c in cycles)} if analysis.trial.movement else {}),
        "single_steps": {s: sum(c.side == s for c in analysis.trial.single_steps) for s in BOTH_SIDES},
        "history": [
            {"step": step.name, "parameters": dict(step.parameters), "counts": dict(step.counts)}
            for step in pose.history
        ],
    }
