"""A truth measured as a recording is: angles and metrics of its points, with its own contacts."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from gaitlab.analysis.side import Tracks, side_angles, trial_of_tracks
from gaitlab.analysis.tracks import preprocessed
from gaitlab.config import Settings, with_values
from gaitlab.core.errors import GaitlabError
from gaitlab.core.gait import BOTH_SIDES, Activity, Angles, Belt, Contact, GaitEvents
from gaitlab.core.person import Runner
from gaitlab.core.pose import PoseSequence
from gaitlab.core.skeleton import Skeleton
from gaitlab.events import gait_cycles
from gaitlab.events.cycles import single_steps
from gaitlab.kinematics.calibration import Calibration, facing, leg_length_px
from gaitlab.kinematics.side import sagittal_angles
from gaitlab.metrics import METRICS, CycleValue, Trial, measure

_RATE_HZ = 100.0
_SPEED = "speed"
# Skeletons of trials whose points are none.
_CONTACTS, _ANGLES = "contacts", "angles"
_POINTS = ("hip", "knee", "ankle", "heel", "big_toe", "small_toe")


def trial_of_points(
    pose: PoseSequence, *, metres_per_px: float | None, height_m: float | None, mass_kg: float | None
) -> Trial | None:
    """Return points of a side view measured as those of a recording; None where they cannot be.

    Parameters
    ----------
    pose : PoseSequence
        markers or labels, px, y down.
    metres_per_px : float | None
        their unit, where it is known: markers are not levelled by the belt.
    height_m, mass_kg : float | None
        of the body.
    """
    # Markers have true directions; a picture of labels is levelled as that of the session is.
    settings = with_values(Settings(), {"calibration.level": "off"} if metres_per_px else {})
    try:
        leg_px = leg_length_px(pose, forward=facing(pose)[0])
        cleaned, smoothed = preprocessed(pose, settings, view="side", leg_px=leg_px)
        tracks = Tracks(pose, cleaned, smoothed, Runner(height_m=height_m, mass_kg=mass_kg), settings)
        trial, _ = trial_of_tracks(tracks)
    except GaitlabError:
        return None
    if metres_per_px is None:
        return trial
    speed = trial.calibration.belt.speed_px_per_s * metres_per_px
    return replace(
        trial,
        calibration=replace(
            trial.calibration,
            metres_per_px=metres_per_px,
            scale_source="known length",
            scales={"known length": metres_per_px},
            belt_speed_mps=float(speed) if math.isfinite(speed) else None,
        ),
        min_cycles=1,
    )


def trial_of_contacts(span_s: tuple[float, float], *, belt_speed_mps: float | None, mass_kg: float | None) -> Trial:
    """Return a trial without points: its times are known, all else is not."""
    time_s = np.arange(span_s[0], max(span_s[1], span_s[0] + 0.1), 1 / _RATE_HZ)
    skeleton = Skeleton(_CONTACTS, ("left_ankle", "right_ankle"))
    pose = PoseSequence(np.full((len(time_s), 2, 2), np.nan), np.zeros((len(time_s), 2)), time_s, skeleton)
    known = Calibration(
        forward=1,
        facing_agreement=1.0,
        belt=Belt(),
        tilt_deg=0.0,
        tilt_source="known",
        metres_per_px=1.0,
        scale_source="known length",
        scales={"known length": 1.0},
        belt_speed_mps=belt_speed_mps,
        leg_px=math.nan,
    )
    return Trial(
        view="side", pose=pose, angles=Angles(time_s, {}), events=GaitEvents((), "ambiguous"), cycles=(),
        calibration=known, height_m=None, mass_kg=mass_kg, min_cycles=1,
    )  # fmt: skip


def trial_of_angles(angles: Angles) -> Trial:
    """Return a trial whose angles are known, and nothing else: only metrics that are angles may be asked of it."""
    names = ("neck", "mid_hip", *(f"{side}_{point}" for side in BOTH_SIDES for point in _POINTS))
    frames = len(angles.time_s)
    # Where the points are counts for no angle; that there are some says that the angle is not missing.
    nowhere = np.zeros((frames, len(names), 2))
    pose = PoseSequence(nowhere, np.ones((frames, len(names))), angles.time_s, Skeleton(_ANGLES, names))
    known = sagittal_angles(pose, forward=1).values_deg
    values = {name: angles.values_deg.get(name, np.full(frames, np.nan)) for name in known}
    trial = trial_of_contacts((float(angles.time_s[0]), float(angles.time_s[-1])), belt_speed_mps=None, mass_kg=None)
    return replace(trial, pose=pose, angles=Angles(angles.time_s, values))


def with_contacts(trial: Trial, contacts: Sequence[Contact], activity: Activity) -> Trial:
    """Return a trial whose contacts are others, with the foot's zero and the cycles by them."""
    inside = tuple(c for c in contacts if _whole(c, trial.pose))
    events = GaitEvents(inside, activity, trial.events.belt)
    kept = trial.passes or trial.pose.skeleton.name in (_CONTACTS, _ANGLES)
    angles = trial.angles if kept else side_angles(trial.pose, events, trial.calibration)
    return replace(
        trial, events=events, angles=angles, cycles=gait_cycles(events),
        single_steps=single_steps(events) if trial.travel is not None else (),
    )  # fmt: skip


def cycle_values(trial: Trial, *, angles_alone: bool) -> list[CycleValue]:
    """Return the metrics of every cycle; ``angles_alone`` where the contacts are not the truth's own.

    The speed of a trial without points is the session's own, and no truth.
    """
    specs = [spec for spec in METRICS.values() if not angles_alone or spec.unit == "deg"]
    own_speed = trial.pose.skeleton.name == _CONTACTS
    return [value for value in measure(trial, specs)[1] if not (own_speed and value.metric == _SPEED)]


def _whole(contact: Contact, pose: PoseSequence) -> bool:
    return bool(contact.foot_strike_s >= pose.time_s[0] and contact.foot_strike_s <= pose.time_s[-1])
