"""Analysis of a side view: facing, contacts, belt, scale and sagittal-plane angles."""

from __future__ import annotations

from functools import partial

from gaitlab.analysis.claims import FORWARD, facing_unclear
from gaitlab.analysis.tracks import preprocessed
from gaitlab.config import Settings
from gaitlab.core.errors import InputError
from gaitlab.core.gait import BOTH_SIDES, Activity, Angles, GaitEvents
from gaitlab.core.person import Runner
from gaitlab.core.pose import PoseSequence
from gaitlab.events import detect_contacts, gait_cycles
from gaitlab.events.slow_motion import other_rate, slow_motion_warnings
from gaitlab.kinematics.calibration import Calibration, calibrate, facing, leg_length_px
from gaitlab.kinematics.side import flat_foot_deg, sagittal_angles
from gaitlab.metrics import Trial
from gaitlab.signal.missing import missing_frames


def side_trial(raw: PoseSequence, *, runner: Runner, settings: Settings, network: str) -> tuple[Trial, tuple[str, ...]]:
    """Prepare a side view for the metrics; return the trial and its warnings.

    Parameters
    ----------
    raw, runner, settings, network
        see `recording.analyze_pose`.
    """
    shown, agreement = facing(raw)
    forward = FORWARD.get(runner.facing, shown)
    if forward != shown:
        agreement = 1 - agreement
    cleaned, pose = preprocessed(raw, settings, view="side", leg_px=leg_length_px(raw, forward=forward))
    events, warnings = _events(cleaned, forward=forward, settings=settings)
    calibration = side_calibration(
        cleaned, events, forward=forward, runner=runner, settings=settings, facing_agreement=agreement
    )
    trial = Trial(
        view="side",
        pose=pose,
        angles=side_angles(pose, events, calibration),
        events=events,
        cycles=gait_cycles(events),
        calibration=calibration,
        height_m=runner.height_m,
        mass_kg=runner.mass_kg,
        min_cycles=settings.gait.min_cycles,
        network=network,
    )
    unclear = facing_unclear(agreement) if runner.facing == "auto" else ()
    return trial, (*warnings, *unclear)


def _events(cleaned: PoseSequence, *, forward: int, settings: Settings) -> tuple[GaitEvents, tuple[str, ...]]:
    """Detect the contacts; a recording without contacts gives a warning, not an error."""
    try:
        events = side_contacts(cleaned, forward=forward, settings=settings)
    except InputError as error:
        return GaitEvents((), "ambiguous"), (str(error), *other_rate(cleaned, forward=forward))
    cycles = gait_cycles(events)
    usable = any(cycle.accepted for cycle in cycles)
    # An impossible cadence says what is wrong by itself.
    if usable or slow_motion_warnings(cycles, events.activity, missing=missing_frames(cleaned.time_s)):
        return events, ()
    return events, other_rate(cleaned, forward=forward)


def side_contacts(cleaned: PoseSequence, *, forward: int, settings: Settings) -> GaitEvents:
    """Detect the contacts in repaired tracks; InputError if there are none."""
    activities: dict[str, Activity | None] = {"auto": None, "running": "running", "walking": "walking"}
    return detect_contacts(cleaned, forward=forward, activity=activities[settings.gait.activity])


def side_calibration(
    cleaned: PoseSequence,
    events: GaitEvents,
    *,
    forward: int,
    runner: Runner,
    settings: Settings,
    facing_agreement: float = 1.0,
) -> Calibration:
    """Return tilt and scale of a side view, from its repaired tracks and the belt that its contacts show."""
    return calibrate(
        cleaned,
        events.belt,
        forward=forward,
        facing_agreement=facing_agreement,
        belt_speed_mps=runner.belt_speed_mps,
        height_m=runner.height_m,
        known_length_m=settings.calibration.known_length_m,
        known_length_px=settings.calibration.known_length_px,
        level=settings.calibration.level,
    )


def side_angles(pose: PoseSequence, events: GaitEvents, calibration: Calibration) -> Angles:
    """Return the sagittal-plane angles, with the foot angle zeroed on the flat foot in stance."""
    in_frame = partial(sagittal_angles, pose, forward=calibration.forward, tilt_deg=calibration.tilt_deg)
    unzeroed = in_frame(flat_deg=dict.fromkeys(BOTH_SIDES, 0.0))
    flat_deg = {
        side: flat_foot_deg(unzeroed.values_deg[f"{side}_foot_deg"], pose.time_s, events.of(side))
        for side in BOTH_SIDES
    }
    return in_frame(flat_deg=flat_deg)
