"""How well contacts, speed and step length overground agree with force plates.

    python -m benchmarks.overground [DIR]

Every treadmill trial becomes a run overground by adding the way of the belt, and is filmed in passes of one to four
seconds: by a fixed pinhole camera 4 to 8 m from the path (which is oblique by up to 10 degrees, the camera rolled by
up to 2), and by one that turns with the runner, whose motion is taken from the background with an error of one pixel a
frame, which adds up to a drift or not. Leads are fitted on the treadmill films of all other runners. Exits with 1
where a bar is missed.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np

from benchmarks.events import Fits, left_out_fits
from benchmarks.fit_events import Event
from benchmarks.truth import DEFAULT_FOLDER, Trial, load_trials
from gaitlab.analysis.passes import MOST_OBLIQUE_DEG
from gaitlab.core.errors import InputError
from gaitlab.core.gait import BOTH_SIDES, Contact, GaitEvents, other
from gaitlab.core.pose import FloatArray, PoseSequence
from gaitlab.core.skeleton import SKELETONS
from gaitlab.core.units import Marks
from gaitlab.events import detect_contacts
from gaitlab.events.features import EventModel, coarse_stances
from gaitlab.events.signals import leg_points
from gaitlab.events.swings import both_swings
from gaitlab.kinematics.calibration import LEG_SHARE_OF_HEIGHT, leg_length_px
from gaitlab.kinematics.frame import near_side
from gaitlab.kinematics.travel import Travel, in_runners_frame, passes, travel_of
from gaitlab.signal.spline import resample

FIELD_DEG = 65.0
WIDTH_PX = 1920.0
FOCAL_PX = WIDTH_PX / 2 / np.tan(np.radians(FIELD_DEG / 2))
CAMERA_HEIGHT_M = 1.1
MARKS_SHARE, CLICK_PX = 0.7, 2.0  # share of a pass between two marks on the path, and how well they are clicked
BODY_M = 1.2  # of the picture's width, so that the whole runner is in it
DISTANCES_M = (4.0, 6.0, 8.0)
OBLIQUE_DEG, ROLL_DEG = 10.0, 2.0
SHORTEST_S, LONGEST_S = 1.0, 4.0
_MARKER_GAP_S = 0.05
NEAR_S = 0.10
# Contacts closer than this to an end of the pass are not whole in it.
EDGE_S = 0.15
# A foot that is slower than this share of the runner's speed stands still, for the plain detector.
STILL = 0.35


@dataclass(frozen=True, slots=True)
class Shot:
    """How a pass is filmed: ``camera`` is ``fixed``, or what the error of a followed background does: ``drift`` or
    ``jitter``, one pixel a frame. ``oblique_deg`` is by how much the path comes nearer; None for up to 10 degrees."""

    distance_m: float
    fps: float
    noise_m: float
    camera: str
    forward: int
    oblique_deg: float | None = None


def film_pass(trial: Trial, shot: Shot, *, rng: np.random.Generator) -> PoseSequence:
    """Film one pass of a trial that runs overground."""
    return film_with_marks(trial, shot, rng=rng)[0]


def film_with_marks(trial: Trial, shot: Shot, *, rng: np.random.Generator) -> tuple[PoseSequence, PoseSequence, Marks]:
    """Film one pass of a trial that runs overground, past two marks on the ground that are clicked to two pixels.

    Returned are the keypoints where the ground stands still, with the error of the camera's motion if it follows, the
    same as the picture shows them, and the marks: those of a camera that follows where it would show them without its
    motion.
    """
    speed = trial.belt_speed_mps()
    field_m = 2 * shot.distance_m * np.tan(np.radians(FIELD_DEG / 2))
    duration_s = float(np.clip((field_m - BODY_M) / speed, SHORTEST_S, LONGEST_S))
    start_s = rng.uniform(trial.time_s[0] + 0.1, trial.time_s[-1] - duration_s - 0.1)
    time_s = np.arange(start_s + rng.uniform(0, 1 / shot.fps), start_s + duration_s, 1 / shot.fps)
    skeleton = SKELETONS["runner_31"]
    xyz = np.stack([trial.point(name) for name in skeleton.names], axis=1)
    flat = resample(xyz.reshape(len(xyz), -1), trial.time_s, time_s, longest_gap_s=_MARKER_GAP_S)
    xyz = flat.reshape(len(time_s), len(skeleton), 3)
    hips = np.nanmean(xyz[:, skeleton.index("mid_hip")], axis=0)
    # The exact motion overground: the belt's way is added. The pass is centred in the picture.
    along, side = xyz[..., 0] - hips[0], xyz[..., 2] - hips[2]
    along = along + speed * (time_s - time_s.mean())[:, None]
    some_deg = rng.uniform(-OBLIQUE_DEG, OBLIQUE_DEG)
    turn = np.radians(some_deg if shot.oblique_deg is None else -shot.oblique_deg)
    across = shot.forward * along * np.cos(turn) + shot.forward * side * np.sin(turn)
    # What is to the right of a runner to image-right, and to the left of one to image-left, is nearer.
    depth = shot.distance_m + along * np.sin(turn) - shot.forward * side * np.cos(turn)
    marks_m = MARKS_SHARE * speed * np.array([time_s[0] - time_s.mean(), time_s[-1] - time_s.mean()])
    marks_across, marks_depth = shot.forward * marks_m * np.cos(turn), shot.distance_m + marks_m * np.sin(turn)
    marks = FOCAL_PX * np.stack([marks_across, np.full(2, CAMERA_HEIGHT_M)], axis=-1) / marks_depth[:, None]
    if shot.camera != "fixed":
        marks[:, 0] = FOCAL_PX * np.arctan2(marks_across, marks_depth)
    if shot.camera == "fixed":
        picture = FOCAL_PX * np.stack([across / depth, (CAMERA_HEIGHT_M - xyz[..., 1]) / depth], axis=-1)
        pan_px: FloatArray = np.zeros((len(time_s), 1, 2))
    else:
        picture, pan_px = _panned(across, depth, xyz[..., 1], skeleton.index("mid_hip"), time_s)
    picture = picture + rng.normal(0, shot.noise_m, picture.shape) * FOCAL_PX / shot.distance_m
    in_picture = picture - pan_px
    if shot.camera != "fixed":
        error = rng.normal(0, 1.0, (len(time_s), 1, 2))
        picture = picture + (np.cumsum(error, axis=0) if shot.camera == "drift" else error)
    roll = np.radians(rng.uniform(-ROLL_DEG, ROLL_DEG))
    rolled = np.array([[np.cos(roll), np.sin(roll)], [-np.sin(roll), np.cos(roll)]])
    picture, in_picture, marks = picture @ rolled, in_picture @ rolled, marks @ rolled + WIDTH_PX / 2
    score = np.isfinite(picture[..., 0]).astype(np.float64)
    first, second = marks[:, 0] + np.random.default_rng(len(time_s)).normal(0, CLICK_PX, 2)
    pose, shown = (PoseSequence(xy + WIDTH_PX / 2, score, time_s, skeleton) for xy in (picture, in_picture))
    return pose, shown, Marks(float(np.ptp(marks_m)), (float(first), float(second)))


def _panned(
    across: FloatArray, depth: FloatArray, height: FloatArray, hip: int, time_s: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return the picture of a camera that turns with the hips, with the background's motion added again, and that."""
    angle = np.arctan2(across, depth)
    seen = np.isfinite(angle[:, hip])
    pan = np.polyval(np.polyfit(time_s[seen], angle[seen, hip], 3), time_s)[:, None]
    ahead = angle - pan
    distance = np.hypot(across, depth) * np.cos(ahead)
    pan_px = FOCAL_PX * np.stack([pan, np.zeros_like(pan)], axis=-1)
    return FOCAL_PX * np.stack([np.tan(ahead), (CAMERA_HEIGHT_M - height) / distance], axis=-1) + pan_px, pan_px


@dataclass(frozen=True, slots=True, eq=False)
class Run:
    """What one pass gave.

    Attributes:
        shot: how it was filmed.
        trial: what was filmed.
        expected, found, invented: contacts; expected are those whole in the pass.
        rows: (contact, 3) strike error, toe-off error, s; whether the leg is the far one.
        still: (contact, 3) coarse strike and toe-off errors of the stand-still detector, s; speed, m/s.
        speed: relative errors of the speed of the hips: with the true length of the legs, with the body height, with
            the body height and the proportions of the other runners, with two marks on the path.
        steps: relative errors of the mean step length: speed by step time, distance of the feet (both with the true
            length of the legs), distance of the feet with two marks on the path.
        towards_deg: by how much the path is found to come nearer.
        contact_s: error of the mean contact time.
    """

    shot: Shot
    trial: Trial
    expected: int
    found: int
    invented: int
    rows: FloatArray
    still: FloatArray
    speed: tuple[float, ...]
    steps: tuple[float, ...]
    contact_s: float
    towards_deg: float


def run_pass(
    trial: Trial, shot: Shot, models: dict[Event, EventModel], *, rng: np.random.Generator, leg_share: float
) -> Run:
    """Film a pass, find its contacts and compare; ``leg_share`` is the legs' share of the height in other runners."""
    pose, shown, marks = film_with_marks(trial, shot, rng=rng)
    leg_px = leg_length_px(pose, forward=shot.forward)
    seen = passes(pose, leg_px=leg_px)
    whole = slice(0, len(pose))
    middle_px = (WIDTH_PX / 2, WIDTH_PX / 2) if shot.camera == "fixed" else None
    travel = travel_of(pose, whole, picture_px=WIDTH_PX, middle_px=middle_px)
    # Of a camera that follows, contacts are found in the picture, as `analysis.side` does.
    frame = (
        in_runners_frame(pose, travel) if shot.camera == "fixed" else in_runners_frame(shown, travel.seen_from(shown))
    )
    try:
        if not seen:
            raise InputError("no pass was seen")
        events = detect_contacts(frame, forward=shot.forward, strike=models["strike"], off=models["off"])
    except InputError:
        events = GaitEvents((), "ambiguous")
    expected = found = invented = 0
    rows: list[tuple[float, ...]] = []
    standing: list[tuple[float, ...]] = []
    contact_s = []
    stands = stand_still(frame, travel, forward=shot.forward)
    for side in BOTH_SIDES:
        strike_s, off_s = trial.of(side)
        whole_s = np.flatnonzero((strike_s > pose.time_s[0] + EDGE_S) & (off_s < pose.time_s[-1] - EDGE_S))
        accepted = [c for c in events.of(side) if c.accepted]
        far = float(side != near_side(shot.forward))
        expected += len(whole_s)
        for i in whole_s:
            if near := [c for c in accepted if abs(c.foot_strike_s - strike_s[i]) < NEAR_S]:
                rows.append((near[0].foot_strike_s - strike_s[i], near[0].toe_off_s - off_s[i], far))
                contact_s.append(near[0].duration_s - (off_s[i] - strike_s[i]))
                found += 1
            if stood := [s for s in stands[side] if abs(s[0] - strike_s[i]) < NEAR_S]:
                standing.append((stood[0][0] - strike_s[i], stood[0][1] - off_s[i], trial.nominal_speed_mps))
        invented += sum(np.abs(strike_s - c.foot_strike_s).min() > NEAR_S for c in accepted)
    leg_m = _leg_m(trial)
    mps = travel.speed_legs_per_s * leg_m
    true_mps = trial.belt_speed_mps()
    by_height = trial.height_m * LEG_SHARE_OF_HEIGHT / leg_m
    by_others = trial.height_m * leg_share / leg_m
    by_marks = marks.apart_m / travel.between_px(marks.x_px) * travel.leg_px / leg_m
    return Run(
        shot, trial, expected, found, invented, np.array(rows).reshape(-1, 3), np.array(standing).reshape(-1, 3),
        tuple(mps * scale / true_mps - 1 for scale in (1.0, by_height, by_others, by_marks)),
        _steps(trial, events, frame, travel, forward=shot.forward, leg_m=leg_m, by_marks=by_marks),
        float(np.mean(contact_s)) if contact_s else np.nan, travel.towards_deg,
    )  # fmt: skip


def _leg_m(trial: Trial) -> float:
    """Return the true length of thigh plus shank in the sagittal plane, the mean of both legs, m."""
    lengths = []
    for side in BOTH_SIDES:
        hip, knee, ankle = (trial.point(f"{side}_{joint}")[:, :2] for joint in ("hip", "knee", "ankle"))
        length = np.linalg.norm(knee - hip, axis=1) + np.linalg.norm(ankle - knee, axis=1)
        if np.isfinite(length).any():
            lengths.append(np.nanmedian(length))
    return float(np.mean(lengths))


def _steps(
    trial: Trial,
    events: GaitEvents,
    frame: PoseSequence,
    travel: Travel,
    *,
    forward: int,
    leg_m: float,
    by_marks: float,
) -> tuple[float, ...]:
    """Return the relative errors of the mean step length by speed and time, and by the places of the feet, twice."""
    contacts = [c for c in events.contacts if c.accepted]
    true_m, timed_m, placed_m = [], [], []
    way_px = travel.way_px
    for before, after in pairwise(contacts):
        if after.side != other(before.side):
            continue
        ends = [_true_place_m(trial, c) for c in (before, after)]
        places = [_place_px(c, frame, way_px, forward=forward) for c in (before, after)]
        if not np.isfinite([*ends, *places]).all():
            continue
        true_m.append(ends[1] - ends[0])
        timed_m.append(travel.speed_legs_per_s * leg_m * (after.foot_strike_s - before.foot_strike_s))
        placed_m.append((places[1] - places[0]) * leg_m / travel.leg_px)
    if not true_m:
        return np.nan, np.nan, np.nan
    mean_m = np.mean(true_m)
    found = (np.mean(timed_m), np.mean(placed_m), np.mean(placed_m) * by_marks)
    return tuple(float(value / mean_m - 1) for value in found)


def _true_place_m(trial: Trial, contact: Contact) -> float:
    """Return where a foot truly strikes along the ground, m; NaN for a contact that is none."""
    strike_s, _ = trial.of(contact.side)
    at_s = strike_s[np.argmin(np.abs(strike_s - contact.foot_strike_s))]
    if abs(at_s - contact.foot_strike_s) > NEAR_S:
        return np.nan
    heel = trial.point(f"{contact.side}_heel")[:, 0]
    return float(np.interp(at_s, trial.time_s, heel) + trial.belt_speed_mps() * at_s)


def _place_px(contact: Contact, frame: PoseSequence, way_px: FloatArray, *, forward: int) -> float:
    """Return where a foot stands on the ground, px along the way: its heel in the middle of stance."""
    share = (frame.time_s - contact.foot_strike_s) / contact.duration_s
    stands = (share > 0.25) & (share < 0.6)
    place = forward * frame.point(f"{contact.side}_heel")[:, 0] + way_px
    return float(np.nanmedian(place[stands])) if np.isfinite(place[stands]).any() else np.nan


def stand_still(frame: PoseSequence, travel: Travel, *, forward: int) -> dict[str, list[tuple[float, float]]]:
    """Return (strike, toe-off) of each foot by the plainest detector: while heel or toe stands still on the ground.

    It stands still where it is slower than a share of the speed of travel; the first and the last moment around the
    middle of the coarse stance are the events, before the constant that is fitted to them is taken off.
    """
    legs = [leg_points(frame, side, forward=forward) for side in BOTH_SIDES]
    try:
        swings = both_swings(legs)
    except InputError:
        return {side: [] for side in BOTH_SIDES}
    found: dict[str, list[tuple[float, float]]] = {}
    for leg, swing in zip(legs, swings, strict=True):
        speed = travel.speed_px_per_s / leg.leg_px
        slip = np.stack(
            [
                np.hypot(leg.slope(leg.xy[name][:, 0]) + speed, leg.slope(leg.xy[name][:, 1])) / speed
                for name in ("heel", "toe")
            ]
        )
        still = np.nanmin(np.where(np.isfinite(slip), slip, np.inf), axis=0) < STILL
        found[leg.side] = []
        for strike_s, off_s in zip(*coarse_stances(swing), strict=True):
            middle = int(np.searchsorted(leg.time_s, (strike_s + off_s) / 2)) if np.isfinite(off_s) else -1
            if not 0 <= middle < len(still) or not still[middle]:
                continue
            before, after = np.flatnonzero(~still[:middle]), np.flatnonzero(~still[middle:])
            if len(before) and len(after):
                found[leg.side].append((float(leg.time_s[before[-1]]), float(leg.time_s[middle + after[0]])))
    return found


def leg_shares(trials: Sequence[Trial]) -> dict[str, float]:
    """Return of each runner the length of thigh plus shank as a share of the height, the mean of all other runners."""
    own = {trial.subject: [] for trial in trials}  # type: dict[str, list[float]]
    for trial in trials:
        own[trial.subject].append(_leg_m(trial) / trial.height_m)
    return {name: float(np.mean([np.mean(own[o]) for o in own if o != name])) for name in own}


def run_all(
    trials: Sequence[Trial],
    fits: Fits,
    *,
    fps: float,
    noise_m: float,
    camera: str,
    oblique_deg: float | None = None,
    distances_m: Sequence[float] = DISTANCES_M,
) -> list[Run]:
    """Film every trial from each distance in both directions."""
    shares, runs = leg_shares(trials), []
    for number, trial in enumerate(trials):
        for distance_m in distances_m:
            for forward in (1, -1):
                rng = np.random.default_rng([number, int(10 * distance_m), forward + 1])
                shot = Shot(distance_m, fps, noise_m, camera, forward, oblique_deg)
                share = shares[trial.subject]
                runs.append(run_pass(trial, shot, fits[trial.subject], rng=rng, leg_share=share))
    return runs


def _ms(errors: FloatArray) -> str:
    e = 1000 * errors[np.isfinite(errors)]
    return f"{e.mean():+5.1f} ±{e.std():4.1f} {np.abs(e).mean():5.1f}" if len(e) else "      -      "


def _stand_still_rows(runs: Sequence[Run]) -> FloatArray:
    """Return the errors of the stand-still detector with its constants (a + b / speed) fitted on the other runners."""
    parts = [(run.trial.subject, run.still) for run in runs if len(run.still)]
    errors = []
    for subject in sorted({name for name, _ in parts}):
        rest = np.concatenate([still for name, still in parts if name != subject])
        mine = np.concatenate([still for name, still in parts if name == subject])
        basis, own = (np.stack([np.ones(len(s)), 1 / s[:, 2]], axis=1) for s in (rest, mine))
        errors.append(mine[:, :2] - own @ np.linalg.lstsq(basis, rest[:, :2], rcond=None)[0])
    return np.concatenate(errors)


def table(title: str, runs: Sequence[Run]) -> None:
    """Print bias ± spread and mean absolute error of the events, and what lengths and speeds are off by."""
    print(f"\n{title}")
    print(f"  {'ms':<26}{'n':>6}   {'strike: bias, MAE':^18}   {'toe-off':^18}")
    groups = [("all", list(runs))]
    groups += [(f"{v:g} m/s", [r for r in runs if r.trial.nominal_speed_mps == v]) for v in (2.5, 3.5, 4.5)]
    groups += [(f"{d:g} m away", [r for r in runs if r.shot.distance_m == d]) for d in DISTANCES_M]
    for name, group in groups:
        rows = np.concatenate([r.rows for r in group])
        print(f"  {name:<26}{len(rows):6}   {_ms(rows[:, 0])}   {_ms(rows[:, 1])}")
    rows = np.concatenate([r.rows for r in runs])
    for name, far in (("near leg", 0), ("far leg", 1)):
        print(
            f"  {name:<26}{(rows[:, 2] == far).sum():6}   "
            + "   ".join(_ms(rows[rows[:, 2] == far, i]) for i in (0, 1))
        )
    still = _stand_still_rows(runs)
    print(f"  {'stand-still, for comparison':<26}{len(still):5}   {_ms(still[:, 0])}   {_ms(still[:, 1])}")
    expected, found = sum(r.expected for r in runs), sum(r.found for r in runs)
    print(f"  found {100 * found / expected:.2f} % of {expected}, invented {sum(r.invented for r in runs)}")
    print(f"  mean contact time of a pass, ms: {_ms(np.array([r.contact_s for r in runs]))}")
    scales = ("legs' true length", "body height", "body height, legs as the other runners'", "marks on the path")
    for i, name in enumerate(scales):
        _percent(f"speed, scale from the {name}", np.array([r.speed[i] for r in runs]))
    for i, name in enumerate(("speed by step time", "places of the feet", "places of the feet, marks on the path")):
        _percent(f"step length, {name}", np.array([r.steps[i] for r in runs]))


def _percent(name: str, errors: FloatArray) -> None:
    e = 100 * errors[np.isfinite(errors)]
    print(f"  {name}, %: bias {e.mean():+.1f}, MAE {np.abs(e).mean():.1f}, worst {np.abs(e).max():.1f}")


def oblique_table(trials: Sequence[Trial], fits: Fits) -> None:
    """Print what a path that comes nearer, or goes away, by a known angle does to events and speed."""
    print("\nPath that comes nearer by an angle (below 0: goes away): fixed camera, 6 m, 60 fps, 4 mm, legs true")
    print(
        f"  {'angle':<6}{'told':^16}{'refused':>8}   {'strike: bias, MAE':^18}   {'toe-off':^18}   speed, %   steps, %"
    )
    for angle in (0.0, 10.0, 20.0, 30.0, 40.0, -20.0, -30.0, -40.0):
        how = {"fps": 60.0, "noise_m": 0.004, "oblique_deg": angle}
        runs = run_all(trials, fits, camera="fixed", distances_m=(6.0,), **how)
        told, rows = np.array([r.towards_deg for r in runs]), np.concatenate([r.rows for r in runs])
        speed, steps = (100 * np.array([e[i] for e in es]) for es, i in (
            ([r.speed for r in runs], 0), ([r.steps for r in runs], 1)))  # fmt: skip
        refused = 100 * np.mean(np.abs(told) > MOST_OBLIQUE_DEG)
        print(
            f"  {angle:<6g}{told.mean():6.1f} ±{told.std():4.1f}    {refused:6.0f} %   "
            f"{_ms(rows[:, 0])}   {_ms(rows[:, 1])}   {np.nanmean(speed):+5.1f}      {np.nanmean(steps):+5.1f}"
        )


def bars(fixed: Sequence[Run], followed: Sequence[Run]) -> list[tuple[str, float, float]]:
    """Return (what, value, bar) a row; the value must not exceed the bar."""
    rows, moved = (np.concatenate([r.rows for r in runs]) for runs in (fixed, followed))
    missed = 100 * (1 - sum(r.found for r in fixed) / sum(r.expected for r in fixed))
    return [
        ("strike MAE, fixed camera, ms", 1000 * float(np.abs(rows[:, 0]).mean()), 8.0),
        ("toe-off MAE, fixed camera, ms", 1000 * float(np.abs(rows[:, 1]).mean()), 10.0),
        ("contacts missed, %", missed, 1.0),
        ("strike MAE, camera follows, ms", 1000 * float(np.abs(moved[:, 0]).mean()), 12.0),
        ("toe-off MAE, camera follows, ms", 1000 * float(np.abs(moved[:, 1]).mean()), 12.0),
        ("speed MAE, true scale, %", 100 * float(np.mean([abs(r.speed[0]) for r in fixed])), 3.0),
        ("speed MAE, marks on the path, %", 100 * float(np.mean([abs(r.speed[3]) for r in fixed])), 3.0),
        ("step length MAE, marks on the path, %", 100 * float(np.nanmean([abs(r.steps[2]) for r in fixed])), 4.0),
        ("step length MAE, true scale, %", 100 * float(np.nanmean([abs(r.steps[0]) for r in fixed])), 4.0),
    ]


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", nargs="?", type=Path, default=DEFAULT_FOLDER)
    options = parser.parse_args()
    trials = load_trials(options.folder)
    if len({trial.subject for trial in trials}) < 2:
        print(f"{options.folder} holds trials of fewer than 2 runners; expected .npz of 2 or more", file=sys.stderr)
        return 2
    fits = left_out_fits(trials)
    fixed = run_all(trials, fits, fps=60.0, noise_m=0.004, camera="fixed")
    table("Fixed camera, 60 fps, 4 mm", fixed)
    table("Fixed camera, 30 fps, 4 mm", run_all(trials, fits, fps=30.0, noise_m=0.004, camera="fixed"))
    followed = {camera: run_all(trials, fits, fps=60.0, noise_m=0.004, camera=camera) for camera in ("drift", "jitter")}
    for camera, runs in followed.items():
        table(f"Following camera, 60 fps, 4 mm, error of the background: {camera} of 1 px a frame", runs)
    oblique_table(trials, fits)
    print("\nBars")
    checked = bars(fixed, [run for runs in followed.values() for run in runs])
    for name, value, bar in checked:
        print(f"  {name:<42}{value:6.2f}  {'within' if value <= bar else 'OVER'} {bar:g}")
    return int(any(value > bar for _, value, bar in checked))


if __name__ == "__main__":
    sys.exit(main())
