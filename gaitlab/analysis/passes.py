"""Passes overground: which there are, how each travels, and several of them put together as one trial."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from gaitlab.core.errors import InputError, argument
from gaitlab.core.gait import Angles, GaitEvents, Setting
from gaitlab.core.pose import PoseSequence
from gaitlab.events import gait_cycles
from gaitlab.kinematics.calibration import facing, leg_length_px
from gaitlab.kinematics.travel import Travel, passes, strides_in_place, travel_of
from gaitlab.metrics import Trial

# Where a foot on the ground slides by more than the first share of the speed that the camera's motion says, one of the
# two is off and it is told; by more than the second, the camera's motion is wrong.
_DOUBTFUL, _SLIDES = 0.1, 0.25
# A path that comes towards the camera, or goes away, by more than this is not seen from the side.
MOST_OBLIQUE_DEG = 30.0
# Passes at speeds that differ by more than this share are not one pace.
_SAME_PACE = 0.1


def passes_of(ground: PoseSequence, *, said: str) -> tuple[tuple[slice, ...], Setting]:
    """Return the passes to measure, none where the person stays in place, and the setting.

    Parameters
    ----------
    ground : PoseSequence
        keypoints in coordinates in which the ground stands still, px.
    said : str
        ``treadmill``, ``overground`` or ``auto``.
    """
    leg_px = leg_length_px(ground, forward=facing(ground)[0])
    found = passes(ground, leg_px=leg_px) if said != "treadmill" else ()
    if said == "auto" and strides_in_place(ground, found, leg_px=leg_px):
        found = ()
    return found, "overground" if found or said == "overground" else "treadmill"


def part_of(pose: PoseSequence, frames: slice) -> PoseSequence:
    """Return some frames of a sequence."""
    return replace(pose, xy=pose.xy[frames], score=pose.score[frames], time_s=pose.time_s[frames], unsmoothed_xy=None)


def within(whole: PoseSequence, part: PoseSequence, frames: slice) -> PoseSequence:
    """Return the keypoints of a part at their place in the whole recording, NaN before and after."""
    xy, score = np.full_like(whole.xy, np.nan), np.zeros_like(whole.score)
    xy[frames], score[frames] = part.xy, part.score
    return replace(part, xy=xy, score=score, time_s=whole.time_s)


def travel_of_pass(
    cleaned: PoseSequence, frames: slice, *, picture_px: tuple[int, int] | None, follows: bool
) -> Travel:
    """Return the travel in a pass, see `kinematics.travel.travel_of`, in pictures of a width and height, px."""
    longer_px = float(max(picture_px)) if picture_px is not None else None
    middle_px = (picture_px[0] / 2, picture_px[1] / 2) if picture_px is not None and not follows else None
    return travel_of(cleaned, frames, picture_px=longer_px, middle_px=middle_px)


def across_the_picture(found: Sequence[Trial]) -> tuple[list[Trial], tuple[str, ...]]:
    """Return the passes that are seen from the side, and a warning of those that are not.

    Raises
    ------
    InputError
        if there is none.
    """
    straight = [trial for trial in found if abs(_towards_deg(trial)) <= MOST_OBLIQUE_DEG]
    oblique = [trial for trial in found if abs(_towards_deg(trial)) > MOST_OBLIQUE_DEG]
    said = "; ".join(
        f"{_span(trial)}: about {abs(_towards_deg(trial)):.0f}° "
        f"{'towards' if _towards_deg(trial) > 0 else 'away from'} the camera"
        for trial in oblique
    )
    if not straight:
        raise InputError(
            f"the runner's path is not across the picture ({said}); expected one within {MOST_OBLIQUE_DEG:.0f}°, "
            f"better 10°: film at a right angle to the path, or choose a part with {argument('start_s')} and "
            f"{argument('end_s')}"
        )
    told = f"passes that are not across the picture are left out ({said})"
    return straight, (told,) if oblique else ()


def _towards_deg(trial: Trial) -> float:
    return trial.travel.towards_deg if trial.travel is not None else 0.0


def together(found: Sequence[Trial], *, among: int) -> tuple[Trial, tuple[str, ...]]:
    """Return one trial of all passes at the pace of the longest, and what is said of them.

    Parameters
    ----------
    found : Sequence[Trial]
        a pass each, in the order of time.
    among : int
        how many passes the recording shows.
    """
    longest = max(found, key=lambda trial: (any(c.accepted for c in trial.cycles), _duration_s(trial)))
    alike = [trial for trial in found if trial is longest or _same_pace(trial, longest)]
    rest = [trial for trial in found if trial not in alike]
    if among == 1:
        return longest, ()
    one = len(alike) == 1
    told = [
        f"{among} passes through the picture were seen; "
        f"{'one of them is measured' if one else f'{len(alike)} of them are put together'}: "
        + "; ".join(_described(trial) for trial in alike)
    ]
    if rest:
        told.append(
            f"left out, because no step was found or the pace is another one: {'; '.join(map(_described, rest))}; "
            "for one of them, the part to analyse must be entered"
        )
    return (longest if one else _pooled(longest, alike)), tuple(told)


def _pooled(longest: Trial, alike: Sequence[Trial]) -> Trial:
    """Return the trial of several passes, with what is said of one recording from the longest."""
    xy, score = longest.pose.xy.copy(), longest.pose.score.copy()
    metres_per_leg = (longest.calibration.metres_per_px or 0.0) * longest.calibration.leg_px
    each = []
    for trial in alike:
        frames = trial.travel.frames if trial.travel is not None else slice(None)
        xy[frames], score[frames] = trial.pose.xy[frames], trial.pose.score[frames]
        # The legs are as long in every pass.
        if metres_per_leg and trial.calibration.metres_per_px is None:
            scale = metres_per_leg / trial.calibration.leg_px
            speed = scale * trial.calibration.belt.speed_px_per_s
            trial = replace(
                trial, calibration=replace(trial.calibration, metres_per_px=scale, belt_speed_mps=speed)
            )  # fmt: skip
        each.append(trial)
    contacts = sorted((c for trial in alike for c in trial.events.contacts), key=lambda c: c.foot_strike_s)
    events = GaitEvents(tuple(contacts), longest.events.activity, longest.events.belt)
    return replace(
        longest, pose=replace(longest.pose, xy=xy, score=score), angles=angles_of(alike),
        events=events, cycles=gait_cycles(events), passes=tuple(each),
        single_steps=tuple(sorted((c for one in each for c in one.single_steps), key=lambda c: c.start_s)),
    )  # fmt: skip


def angles_of(alike: Sequence[Trial]) -> Angles:
    """Return the angles of several passes, each in its time."""
    first = alike[0].angles
    joined = {name: np.full(len(first.time_s), np.nan) for name in first.values_deg}
    for trial in alike:
        frames = trial.travel.frames if trial.travel is not None else slice(None)
        for name, values in joined.items():
            values[frames] = trial.angles.values_deg[name][frames]
    return Angles(first.time_s, joined)


def _same_pace(trial: Trial, longest: Trial) -> bool:
    """Return whether a pass has steps, and is of the same gait and pace as the longest."""
    if trial.travel is None or longest.travel is None or not trial.events.contacts:
        return False
    ratio = trial.travel.speed_legs_per_s / longest.travel.speed_legs_per_s
    return trial.events.activity == longest.events.activity and abs(ratio - 1) <= _SAME_PACE


def _duration_s(trial: Trial) -> float:
    return float(np.ptp(ends_s(trial)))


def ends_s(trial: Trial) -> tuple[float, float]:
    """Return when a pass begins and ends, s."""
    frames = trial.travel.frames if trial.travel is not None else slice(0, len(trial.pose))
    return float(trial.pose.time_s[frames.start]), float(trial.pose.time_s[frames.stop - 1])


def _span(trial: Trial) -> str:
    start_s, end_s = ends_s(trial)
    return f"{start_s:.1f} to {end_s:.1f} s"


def _described(trial: Trial) -> str:
    """Return when a pass is, which way, how fast, and how many cycles it gave."""
    way = "right" if trial.calibration.forward > 0 else "left"
    unit = "m/s" if trial.calibration.metres_per_px is not None else "leg lengths/s"
    count = sum(cycle.accepted for cycle in trial.cycles)
    return (
        f"{_span(trial)} facing {way}, {trial.belt_speed:.2f} {unit}, {count} {'cycle' if count == 1 else 'cycles'}"
    )  # fmt: skip


def over_ground(events: GaitEvents, travel: Travel, *, follows: bool) -> tuple[GaitEvents, Travel, tuple[str, ...]]:
    """Return events and travel with the same speed of the ground, and warnings.

    The hips tell it better than the foot does. Where the camera goes along and the foot that stands slides far over
    the ground that the camera's motion tells, what was followed is too far behind the runner: then the foot tells it.
    """
    belt = events.belt
    slides = belt.speed_px_per_s / travel.speed_px_per_s - 1
    if not (follows and abs(slides) > _SLIDES):
        belt = replace(belt, speed_px_per_s=travel.speed_px_per_s, speed_legs_per_s=travel.speed_legs_per_s)
        doubtful = (
            f"the foot that stands goes back {_slides(slides)} than the camera's motion says of the ground: speed and "
            "lengths on the ground may be off by that",
        )
        return replace(events, belt=belt), travel, doubtful if follows and abs(slides) > _DOUBTFUL else ()
    told = (
        f"the foot that stands goes back {_slides(slides)} than the camera's motion says of the ground; speed and "
        "lengths are those of the foot, and less sure",
    )
    return events, travel.standing_on(belt.speed_px_per_s), told


def _slides(share: float) -> str:
    return f"{100 * abs(share):.0f} % {'faster' if share > 0 else 'slower'}"
