"""Analysis of a side view: setting, facing, contacts, belt or ground, scale and sagittal-plane angles."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial

import numpy as np

from gaitlab.analysis.claims import FORWARD, facing_unclear
from gaitlab.analysis.tracks import preprocessed
from gaitlab.config import Settings
from gaitlab.core.errors import InputError
from gaitlab.core.gait import BOTH_SIDES, Activity, Angles, CameraWork, GaitEvents, Setting
from gaitlab.core.person import Runner
from gaitlab.core.pose import PoseSequence
from gaitlab.events import detect_contacts, gait_cycles
from gaitlab.events.activity import activity_at
from gaitlab.events.slow_motion import other_rate, slow_motion_warnings
from gaitlab.kinematics.calibration import Calibration, calibrate, facing, leg_length_px
from gaitlab.kinematics.side import flat_foot_deg, sagittal_angles
from gaitlab.kinematics.travel import Travel, followed, in_runners_frame, passes, strides_in_place, travel_of
from gaitlab.metrics import Trial
from gaitlab.signal.missing import missing_frames

# What a camera does whose person stays where it points, or goes through its picture.
_STAYS: Mapping[str, CameraWork] = {"fixed": "fixed", "hand-held": "hand-held", "moving": "hand-held"}
# Where a foot on the ground slides by more than this share of the speed that the camera's motion says, that is wrong.
_SLIDES = 0.25
# Share of the cycles that are accepted where the frame rate is right, also in poor recordings.
_USABLE_SHARE = 0.15


def side_trial(
    raw: PoseSequence,
    *,
    runner: Runner,
    settings: Settings,
    network: str,
    on_ground: PoseSequence | None = None,
    camera: str = "",
) -> tuple[Trial, tuple[str, ...]]:
    """Prepare a side view for the metrics; return the trial and its warnings.

    Parameters
    ----------
    raw, runner, settings, network, on_ground, camera
        see `recording.analyze_pose`.
    """
    ground = raw if on_ground is None else on_ground
    seen, setting, told = _pass_of(ground, said=runner.setting)
    part = ground if seen is None else _part(ground, seen[0])
    shown, agreement = facing(part)
    forward = FORWARD.get(runner.facing, shown)
    if forward != shown:
        agreement = 1 - agreement
    leg_px = leg_length_px(part, forward=forward)
    cleaned, pose = preprocessed(part, settings, view="side", leg_px=leg_px)
    travel, work = None, _STAYS.get(camera, "")
    if seen is not None:
        work = "following" if followed(raw, ground, seen[0]) else work
        travel = travel_of(cleaned, seen[0], passes=seen[1])
        cleaned, pose = in_runners_frame(cleaned, travel), _within(ground, in_runners_frame(pose, travel), seen[0])
    if setting == "overground" and runner.belt_speed_mps is not None:
        told = (*told, "the belt speed that was entered is not used: the runner moves over the ground")
        runner = replace(runner, belt_speed_mps=None)
    events, warnings = _events(cleaned, forward=forward, settings=settings, travel=travel)
    if travel is not None:
        events, travel, sliding = over_ground(events, travel, follows=work == "following")
        warnings = (*warnings, *sliding)
    calibration = side_calibration(
        cleaned, events, forward=forward, runner=runner, settings=settings, facing_agreement=agreement,
        leg_px=travel.leg_px if travel is not None else None,
    )  # fmt: skip
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
        setting=setting,
        camera=work,
        travel=travel,
    )
    unclear = facing_unclear(agreement) if runner.facing == "auto" else ()
    return trial, (*told, *warnings, *unclear)


def _pass_of(ground: PoseSequence, *, said: str) -> tuple[tuple[slice, int] | None, Setting, tuple[str, ...]]:
    """Return the pass to measure and how many there are (None where the person stays in place), setting and warnings.

    Several passes are not put together: back and forth the camera sees another leg, and the pace is another one.
    """
    leg_px = leg_length_px(ground, forward=facing(ground)[0])
    found = passes(ground, leg_px=leg_px) if said != "treadmill" else ()
    if said == "auto" and strides_in_place(ground, found, leg_px=leg_px):
        found = ()
    if not found:
        return None, "overground" if said == "overground" else "treadmill", ()
    longest = max(found, key=lambda frames: ground.time_s[frames.stop - 1] - ground.time_s[frames.start])
    told: tuple[str, ...] = ()
    if len(found) > 1:
        start_s, end_s = ground.time_s[longest.start], ground.time_s[longest.stop - 1]
        told = (
            f"{len(found)} passes through the picture were seen; the longest was measured, {start_s:.1f} to "
            f"{end_s:.1f} s: for another one, start and end must be entered",
        )
    return (longest, len(found)), "overground", told


def _part(pose: PoseSequence, frames: slice) -> PoseSequence:
    return replace(pose, xy=pose.xy[frames], score=pose.score[frames], time_s=pose.time_s[frames], unsmoothed_xy=None)


def _within(whole: PoseSequence, part: PoseSequence, frames: slice) -> PoseSequence:
    """Return the keypoints of a part at their place in the whole recording, NaN before and after."""
    xy, score = np.full_like(whole.xy, np.nan), np.zeros_like(whole.score)
    xy[frames], score[frames] = part.xy, part.score
    return replace(part, xy=xy, score=score, time_s=whole.time_s)


def _events(
    cleaned: PoseSequence, *, forward: int, settings: Settings, travel: Travel | None
) -> tuple[GaitEvents, tuple[str, ...]]:
    """Detect the contacts; a recording without contacts gives a warning, not an error."""
    try:
        events = side_contacts(cleaned, forward=forward, settings=settings, travel=travel)
    except InputError as error:
        return GaitEvents((), "ambiguous"), (str(error), *other_rate(cleaned, forward=forward))
    cycles = gait_cycles(events)
    # At a wrong frame rate one cycle of many may pass by chance.
    usable = sum(cycle.accepted for cycle in cycles) >= max(_USABLE_SHARE * len(cycles), 1)
    # An impossible cadence says what is wrong by itself.
    if usable or slow_motion_warnings(cycles, events.activity, missing=missing_frames(cleaned.time_s)):
        return events, ()
    return events, other_rate(cleaned, forward=forward)


def over_ground(events: GaitEvents, travel: Travel, *, follows: bool) -> tuple[GaitEvents, Travel, tuple[str, ...]]:
    """Return events and travel with the same speed of the ground, and warnings.

    The hips tell it better than the foot does. Where the camera goes along and the foot that stands slides far over
    the ground that the camera's motion tells, what was followed is too far behind the runner: then the foot tells it.
    """
    belt = events.belt
    slides = belt.speed_px_per_s / travel.speed_px_per_s - 1
    if not (follows and abs(slides) > _SLIDES):
        belt = replace(belt, speed_px_per_s=travel.speed_px_per_s, speed_legs_per_s=travel.speed_legs_per_s)
        return replace(events, belt=belt), travel, ()
    told = (
        f"the foot that stands goes back {100 * slides:+.0f} % faster than the motion of the camera says of the ground; "
        "speed and lengths are those of the foot, and less sure",
    )
    return events, travel.standing_on(belt.speed_px_per_s), told


def side_contacts(
    cleaned: PoseSequence, *, forward: int, settings: Settings, travel: Travel | None = None
) -> GaitEvents:
    """Detect the contacts in repaired tracks; InputError if there are none.

    Overground the tracks are in the runner's frame, where the ground takes the place of the belt.
    """
    activities: dict[str, Activity | None] = {"auto": None, "running": "running", "walking": "walking"}
    activity = activities[settings.gait.activity]
    if travel is None:
        return detect_contacts(cleaned, forward=forward, activity=activity)
    return detect_contacts(cleaned, forward=forward, activity=activity or activity_at(travel.speed_legs_per_s))


def side_calibration(
    cleaned: PoseSequence,
    events: GaitEvents,
    *,
    forward: int,
    runner: Runner,
    settings: Settings,
    facing_agreement: float = 1.0,
    leg_px: float | None = None,
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
        leg_px=leg_px,
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
