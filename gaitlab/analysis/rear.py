"""Analysis of a rear view: contacts, scale, frontal-plane angles and the rearfoot angle relative to standing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from gaitlab.analysis.framing import rear_framing
from gaitlab.analysis.tracks import preprocessed
from gaitlab.config import Settings
from gaitlab.core.errors import InputError
from gaitlab.core.gait import BOTH_SIDES, Angles, GaitEvents, Side
from gaitlab.core.person import Runner
from gaitlab.core.pose import FloatArray, PoseSequence
from gaitlab.events import gait_cycles
from gaitlab.events.rear import detect_rear_contacts
from gaitlab.kinematics.calibration import Calibration
from gaitlab.kinematics.legs import legs_alone
from gaitlab.kinematics.rear import (
    calibrate_rear,
    frontal_angles,
    rearfoot_sd_deg,
    rearfoot_source,
    size_px,
    standing_deg,
)
from gaitlab.kinematics.view import view_of
from gaitlab.metrics import Trial

# Standard deviation of the rearfoot angle in one frame above which a warning is given.
_UNSURE_DEG = 3.0
_LEGS_ONLY = (
    "the film shows legs only: contacts are found by heels and calves, and what needs hips or trunk (pelvic drop, hip "
    "adduction, knee projection, trunk lean) is not told"
)


def rear_trial(
    raw: PoseSequence,
    *,
    runner: Runner,
    settings: Settings,
    standing: PoseSequence | None,
    dot_sd_px: Mapping[str, FloatArray] | None,
    network: str,
) -> tuple[Trial, tuple[str, ...]]:
    """Prepare a rear view for the metrics; return the trial and its warnings.

    Parameters
    ----------
    raw, runner, settings, standing, dot_sd_px, network
        see `recording.analyze_pose`.

    Raises
    ------
    InputError
        if the runner is seen from the front, or the standing recording contains no still stretch.
    """
    seen = view_of(raw)
    if seen.view == "front" and not seen.unclear_legs:
        raise InputError(
            f"the runner's left {'leg' if seen.legs_only else 'hip'} is on the right of the picture, so the camera "
            "stands in front; a rear view must be filmed from behind"
        )
    alone = legs_alone(raw)
    legs = () if alone is raw else (_LEGS_ONLY,)
    raw = alone
    cleaned, pose = preprocessed(raw, settings, view="rear", leg_px=size_px(raw))
    warnings: tuple[str, ...] = legs
    try:
        events = detect_rear_contacts(cleaned)
    except InputError as error:
        events, warnings = GaitEvents((), "ambiguous"), (*legs, str(error))
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
    calibration = rear_calibration(pose, events, runner=runner, settings=settings)
    framing = rear_framing(
        pose, events, leg_px=calibration.leg_px, belt_legs_per_s=_belt_legs_per_s(calibration, runner)
    )  # fmt: skip
    warnings += framing.warnings
    trial = Trial(
        view="rear",
        pose=pose,
        angles=angles,
        events=events,
        cycles=gait_cycles(events),
        calibration=calibration,
        height_m=runner.height_m,
        mass_kg=runner.mass_kg,
        min_cycles=settings.gait.min_cycles,
        rearfoot_source=source,
        rearfoot_zero_deg=_zero_deg(pose, angles, source, standing=standing, settings=settings),
        # The errors known of a network are those of a body that is seen whole.
        network="" if legs else network,
        tracked_dots=bool(dot_sd_px),
        spoiled=framing.spoiled,
        unlike=framing.unlike,
    )
    return trial, warnings


def _belt_legs_per_s(calibration: Calibration, runner: Runner) -> float | None:
    """Return the speed of the belt in leg lengths per second, where speed and scale are known."""
    if runner.belt_speed_mps is None or not calibration.metres_per_px:
        return None
    return runner.belt_speed_mps / (calibration.metres_per_px * calibration.leg_px)


def rear_calibration(pose: PoseSequence, events: GaitEvents, *, runner: Runner, settings: Settings) -> Calibration:
    """Return the scale of a rear view, from its smoothed tracks."""
    return calibrate_rear(
        pose,
        events.belt,
        belt_speed_mps=runner.belt_speed_mps,
        height_m=runner.height_m,
        known_length_m=settings.calibration.known_length_m,
        known_length_px=settings.calibration.known_length_px,
        level=settings.calibration.level,
    )


def _zero_deg(
    pose: PoseSequence, angles: Angles, source: str, *, standing: PoseSequence | None, settings: Settings
) -> dict[Side, float]:
    """Return the zero of the rearfoot angle per side, degrees, from the standing recording or a still stretch.

    Raises
    ------
    InputError
        if the standing recording contains no still stretch with the keypoints of the running recording.
    """
    if not source or standing is None:
        return standing_deg(pose, angles) if source else {}
    _, still = preprocessed(standing, settings, view="rear", leg_px=size_px(standing))
    found = standing_deg(still, frontal_angles(still, (), source=source))
    if len(found) < len(BOTH_SIDES):
        raise InputError(
            "the standing recording shows no half second of standing still with the points that show the rearfoot "
            f"({source}) on both sides; film the runner from behind, standing still on both feet, or leave it out"
        )
    return found


def _unsure_dots(angles: Angles) -> tuple[str, ...]:
    """Return a warning if the position uncertainty of the dots makes the rearfoot angle uncertain."""
    unsure = {s: float(np.nanmedian(angles.values_deg[f"{s}_rearfoot_sd_deg"])) for s in BOTH_SIDES}
    worst = max(unsure, key=lambda side: unsure[side])
    if not unsure[worst] > _UNSURE_DEG:
        return ()
    return (
        f"the tape dots of the {worst} leg give the rearfoot angle to ± {unsure[worst]:.1f}° in one frame: larger "
        "dots, a camera nearer to the feet or more light would help",
    )
