"""Analysis of a side view: setting, facing, contacts, belt or ground, scale and sagittal-plane angles."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from math import isfinite

from gaitlab.analysis.claims import FORWARD, facing_unclear
from gaitlab.analysis.framing import spoiled_by_cut
from gaitlab.analysis.passes import (
    across_the_picture,
    over_ground,
    part_of,
    passes_of,
    together,
    travel_of_pass,
    within,
)
from gaitlab.analysis.tracks import preprocessed
from gaitlab.config import Settings
from gaitlab.core.errors import InputError
from gaitlab.core.gait import BOTH_SIDES, Activity, Angles, CameraWork, GaitEvents, Setting
from gaitlab.core.person import Runner
from gaitlab.core.pose import PoseSequence
from gaitlab.events import detect_contacts, gait_cycles
from gaitlab.events.activity import activity_at
from gaitlab.events.cycles import single_steps
from gaitlab.events.slow_motion import other_rate, slow_motion_warnings
from gaitlab.kinematics.calibration import Calibration, calibrate, facing, leg_length_px
from gaitlab.kinematics.side import flat_foot_deg, sagittal_angles
from gaitlab.kinematics.travel import Travel, followed, in_runners_frame
from gaitlab.metrics import Trial
from gaitlab.signal.missing import missing_frames

# What a camera does whose person stays where it points, or goes through its picture.
_STAYS: Mapping[str, CameraWork] = {"fixed": "fixed", "hand-held": "hand-held", "moving": "hand-held"}
_NOT_PASSED = (
    "the distance that was entered gives no scale: the runner was not followed past both marks; give the x of two "
    "marks on their path that the picture shows them pass"
)
# Share of the cycles that are accepted where the frame rate is right, also in poor recordings.
_USABLE_SHARE = 0.15


@dataclass(frozen=True, slots=True, eq=False)
class Tracks:
    """What is measured in a side view, and what is known of it, see `recording.analyze_pose`.

    Attributes
    ----------
    shown : PoseSequence
        keypoints in the picture, px, by which it is told whether the camera goes along.
    cleaned, smoothed : PoseSequence
        repaired tracks, and repaired and smoothed ones; overground in coordinates in which the ground stands still, px.
    runner, settings, network, camera, picture_px
        see `recording.analyze_pose`.
    in_picture : tuple[PoseSequence, PoseSequence] | None
        ``cleaned`` and ``smoothed`` in the picture, where those are on the ground.
    ground : PoseSequence | None
        repaired tracks on the ground of a camera that moves, whatever is measured.
    """

    shown: PoseSequence
    cleaned: PoseSequence
    smoothed: PoseSequence
    runner: Runner
    settings: Settings
    network: str = ""
    camera: str = ""
    picture_px: tuple[int, int] | None = None
    in_picture: tuple[PoseSequence, PoseSequence] | None = None
    ground: PoseSequence | None = None


def side_trial(
    raw: PoseSequence,
    *,
    runner: Runner,
    settings: Settings,
    network: str,
    on_ground: PoseSequence | None = None,
    camera: str = "",
    picture_px: tuple[int, int] | None = None,
) -> tuple[Trial, PoseSequence, tuple[str, ...]]:
    """Prepare a side view for the metrics; return the trial, the smoothed keypoints in the picture and warnings.

    Parameters
    ----------
    raw, runner, settings, network, on_ground, camera, picture_px
        see `recording.analyze_pose`.
    """
    leg_px = leg_length_px(raw, forward=FORWARD.get(runner.facing, facing(raw)[0]))
    clean = partial(preprocessed, settings=settings, view="side", leg_px=leg_px)
    cleaned, smoothed = clean(raw)
    tracks = Tracks(raw, cleaned, smoothed, runner, settings, network, camera, picture_px)
    if on_ground is not None and on_ground is not raw:
        cleaned, over_it = clean(on_ground)
        tracks = replace(tracks, ground=cleaned)
        if passes_of(cleaned, said=runner.setting)[0]:
            tracks = replace(
                tracks, cleaned=cleaned, smoothed=over_it, in_picture=(tracks.cleaned, tracks.smoothed)
            )  # fmt: skip
    trial, warnings = trial_of_tracks(tracks)
    return trial, smoothed, warnings


def trial_of_tracks(tracks: Tracks) -> tuple[Trial, tuple[str, ...]]:
    """Return the trial of repaired and smoothed tracks, on a treadmill or of the passes overground, and warnings."""
    runner = tracks.runner
    found, setting = passes_of(tracks.cleaned, said=runner.setting)
    told = _setting_doubted(tracks.cleaned if tracks.ground is None else tracks.ground, runner.setting)
    if setting == "overground" and runner.belt_speed_mps is not None:
        told = (*told, "the belt speed that was entered is not used: the runner moves over the ground")
        runner = replace(runner, belt_speed_mps=None)
    if runner.marks is not None and not found:
        told = (*told, "the distance that was entered is not used: the runner stays in place in the picture")
    if not found:
        trial, warnings = _measured(replace(tracks, runner=runner), None, setting)
        return trial, (*told, *warnings)
    # A facing that was entered is that of one of several ways; each pass shows its own.
    tracks = replace(tracks, runner=runner if len(found) == 1 else replace(runner, facing="auto"))
    each = [_measured(tracks, frames, setting) for frames in found]
    straight, oblique = across_the_picture([trial for trial, _ in each])
    trial, pooled = together(straight, among=len(found))
    spans = {one.travel.frames.start for one in trial.passes or (trial,) if one.travel is not None}
    taken = [texts for one, texts in each if one.travel is not None and one.travel.frames.start in spans]
    return trial, (*told, *oblique, *pooled, *dict.fromkeys(text for texts in taken for text in texts))


def _setting_doubted(ground: PoseSequence, said: str) -> tuple[str, ...]:
    """Say so where the hips do not move as they do in the setting that was entered."""
    if said == "auto" or (shows := passes_of(ground, said="auto")[1]) == said:
        return ()
    what = {
        "overground": "the runner moves over the ground: there, speed and steps would be other ones",
        "treadmill": "the runner stays in place in the picture: speed and steps over the ground are not those of life",
    }
    return (f"the setting that was entered, {said}, is measured, but {what[shows]}; is it the right one?",)


def _measured(tracks: Tracks, frames: slice | None, setting: Setting) -> tuple[Trial, tuple[str, ...]]:
    """Return the trial of a pass, or of the whole recording, and its warnings."""
    runner, settings, cleaned, pose = tracks.runner, tracks.settings, tracks.cleaned, tracks.smoothed
    travel, work = None, _STAYS.get(tracks.camera, "")
    shown, agreement = facing(tracks.shown if frames is None else part_of(cleaned, frames))
    forward = FORWARD.get(runner.facing, shown)
    if forward != shown:
        agreement = 1 - agreement
    if frames is not None:
        work = "following" if followed(tracks.shown, cleaned, frames) else work
        cleaned, pose = part_of(cleaned, frames), part_of(pose, frames)
        travel = travel_of_pass(cleaned, frames, picture_px=tracks.picture_px, follows=work == "following")
        frame = travel
        if work == "following" and tracks.in_picture is not None:
            # Such a camera goes along with the hips already; the error of its motion would move the feet about them.
            cleaned, pose = (part_of(tracks_of, frames) for tracks_of in tracks.in_picture)
            frame = travel.seen_from(cleaned)
        cleaned = in_runners_frame(cleaned, frame)
        pose = within(tracks.smoothed, in_runners_frame(pose, frame), frames)
    events, warnings = _events(cleaned, forward=forward, settings=settings, travel=travel, film=bool(tracks.network))
    if travel is not None:
        events, travel, sliding = over_ground(events, travel, follows=work == "following")
        warnings = (*warnings, *sliding)
    calibration = side_calibration(
        cleaned, events, forward=forward, runner=runner, settings=settings, facing_agreement=agreement, travel=travel
    )
    trial = Trial(
        view="side",
        pose=pose,
        angles=side_angles(pose, events, calibration),
        events=events,
        cycles=gait_cycles(events),
        single_steps=single_steps(events) if travel is not None else (),
        calibration=calibration,
        height_m=runner.height_m,
        mass_kg=runner.mass_kg,
        min_cycles=settings.gait.min_cycles,
        network=tracks.network,
        setting=setting,
        camera=work,
        travel=travel,
        spoiled=spoiled_by_cut(tracks.shown),
    )
    if runner.marks is not None and travel is not None and "known length" not in calibration.scales:
        warnings = (*warnings, _NOT_PASSED)
    return trial, (*warnings, *(facing_unclear(agreement) if runner.facing == "auto" else ()))


def _events(
    cleaned: PoseSequence, *, forward: int, settings: Settings, travel: Travel | None, film: bool
) -> tuple[GaitEvents, tuple[str, ...]]:
    """Detect the contacts; a recording without contacts gives a warning, not an error."""
    try:
        events = side_contacts(cleaned, forward=forward, settings=settings, travel=travel)
    except InputError as error:
        return GaitEvents((), "ambiguous"), (str(error), *other_rate(cleaned, forward=forward, film=film))
    cycles = gait_cycles(events)
    # At a wrong frame rate one cycle of many may pass by chance.
    usable = sum(cycle.accepted for cycle in cycles) >= max(_USABLE_SHARE * len(cycles), 1)
    # An impossible cadence says what is wrong by itself.
    if usable or slow_motion_warnings(cycles, events.activity, missing=missing_frames(cleaned.time_s)):
        return events, ()
    return events, other_rate(cleaned, forward=forward, film=film)


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
    travel: Travel | None = None,
) -> Calibration:
    """Return tilt and scale of a side view, from its repaired tracks and the belt or ground its contacts show."""
    known_m, known_px = settings.calibration.known_length_m, settings.calibration.known_length_px
    if runner.marks is not None and travel is not None:
        between_px = travel.between_px(runner.marks.x_px)
        known_m, known_px = (runner.marks.apart_m, between_px) if isfinite(between_px) else (0.0, 0.0)
    return calibrate(
        cleaned,
        events.belt,
        forward=forward,
        facing_agreement=facing_agreement,
        belt_speed_mps=runner.belt_speed_mps,
        height_m=runner.height_m,
        known_length_m=known_m,
        known_length_px=known_px,
        level=settings.calibration.level,
        leg_px=travel.leg_px if travel is not None else None,
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
