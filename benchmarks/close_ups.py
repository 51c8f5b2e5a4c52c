"""Close-ups of the lower legs from behind, read by their tape dots alone: dots, rearfoot angle, contacts, sides.

    python -m benchmarks.close_ups [DIR] [--runners 12] [--seconds 2.5] [--fps 60] [--rendered 202 203] [--no-real]

Drawn: the treadmill's runners, each at one speed, through a camera 2.5 m behind, from mid-calf to the belt, their
legs painted as shapes (`benchmarks.dots`), some of them grey; what the swinging shoe and the other leg cover is
covered. Contacts are those of the force plates, found by regressions that have not seen the runner. Rendered: clips
of `tools.synthetic` by seed, made once (needs ``pip install .[synthetic]``). Real: the clip in ``shared`` against the
reading by eye. Counted are frames of stance in which a leg's four dots are in sight. Exits with 1 where the drawn
runners miss a bar.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np

from benchmarks import dots as painted
from benchmarks import fit_rear_regression
from benchmarks.rearfoot import stances, with_dots
from benchmarks.truth import DEFAULT_FOLDER, Trial, film, load_trials
from gaitlab.analysis.tracks import preprocessed
from gaitlab.config import Settings
from gaitlab.core.errors import InputError
from gaitlab.core.gait import BOTH_SIDES, GaitEvents
from gaitlab.core.pose import FloatArray, PoseSequence
from gaitlab.events.models.rear_regression import REGRESSIONS
from gaitlab.events.rear import detect_rear_contacts
from gaitlab.events.rear_regression import RegressionModel
from gaitlab.io.video.reader import Image, open_video
from gaitlab.kinematics.rear import frontal_angles, size_px
from gaitlab.markers.close_up.runner import CloseUp
from gaitlab.markers.dots import Dots
from gaitlab.markers.layout import DOTS

OUT = Path(__file__).resolve().parent / "out" / "close_ups"
REAL = Path(__file__).resolve().parents[2] / "shared" / "data" / "rear_dots" / "lower_legs.mp4"
_PX_PER_M, _DISTANCE_M, _HEIGHT_M = 1150.0, 2.5, 0.4
_HEEL_DOWN, _NEAR_S, _EDGE_S = 0.6, 0.1, 0.2
_RIGHT_DOTS = 0.5  # a dot found further from the truth, in radii of a dot and one px, is another spot
_LOOKED_AT = 40
_VIEWS = 3  # cameras through which the other runners are seen for the regressions
_BARS = {"dots missed, %": 2.0, "RMS, deg": 2.0, "strike MAE, ms": 15.0, "toe-off MAE, ms": 15.0}
Rows = dict[str, float]


def filmed(trial: Trial, *, fps: float, seconds: float) -> PoseSequence:
    """Return the true points in pixels of a close-up, from 1 s on: the legs in its middle, the knees above its edge."""
    pose = film(
        trial, fps=fps, seen_from="behind", px_per_m=_PX_PER_M, noise_m=0.0, rng=np.random.default_rng(0),
        camera_distance_m=_DISTANCE_M, camera_height_m=_HEIGHT_M,
    ).between(1.0, 1.0 + seconds)  # fmt: skip
    xy = pose.xy.copy()
    for side in BOTH_SIDES:
        xy[:, pose.skeleton.index(f"{side}_hip")] = np.nan  # no thighs
    pose = replace(pose, xy=xy)
    low = float(np.nanmax(pose.xy[..., 1]))
    middle = float(np.nanmedian(np.concatenate([pose.point(f"{side}_heel")[:, 0] for side in BOTH_SIDES])))
    return replace(pose, xy=pose.xy + [painted.WIDTH_PX / 2 - middle, painted.HEIGHT_PX - 20 - low])


def drawn(
    trial: Trial, true: PoseSequence, look: painted.Look, *, grey: bool, seed: int
) -> Iterator[tuple[Image, list[bool]]]:
    """Yield the pictures of a close-up, and which dots each shows."""
    rng = np.random.default_rng(seed)
    for image, shows in painted.pictures(
        trial, true.time_s, true, look, px_per_m=_PX_PER_M, rng=rng, shoe_hides=True
    ):  # fmt: skip
        if grey:
            image = cv2.cvtColor(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), cv2.COLOR_GRAY2BGR)
        yield image, shows


def found_dots(images: Sequence[Image], time_s: FloatArray) -> Dots:
    """Follow the dots of a film's pictures."""
    spread = np.unique(np.linspace(0, len(images) - 1, min(_LOOKED_AT, len(images))).astype(int))
    looked = CloseUp([images[i] for i in spread], "the close-up")
    for image in images:
        looked.see(image)
    return looked.followed(time_s)


def measured(found: PoseSequence, fit: RegressionModel) -> tuple[PoseSequence, GaitEvents]:
    """Return the smoothed tracks and the contacts, as an analysis has them."""
    cleaned, smooth = preprocessed(found, Settings(), view="rear", leg_px=size_px(found))
    return smooth, detect_rear_contacts(cleaned, regressions={**REGRESSIONS, "dots": fit})


def angle_errors(smooth: PoseSequence, true: PoseSequence, heel_down: dict[str, np.ndarray]) -> FloatArray:
    """Return the errors of the rearfoot angle, degrees, in the frames of each side in which the heel is down."""
    seen, truth = (frontal_angles(p, (), source="four points").values_deg for p in (smooth, true))
    errors = np.concatenate(
        [(seen[f"{s}_rearfoot_deg"] - truth[f"{s}_rearfoot_deg"])[heel_down[s]] for s in BOTH_SIDES]
    )
    return np.asarray(errors[np.isfinite(errors)])


def contact_errors(events: GaitEvents, contacts: Sequence[tuple[str, float, float]]) -> tuple[FloatArray, int]:
    """Return (contact, 2) errors of foot strike and toe-off, s, of the accepted contacts, and how many were missed."""
    rows, missed = [], 0
    for side, start_s, end_s in contacts:
        near = [
            c for c in events.contacts if c.accepted and c.side == side and abs(c.foot_strike_s - start_s) < _NEAR_S
        ]
        if near:
            best = min(near, key=lambda c: abs(c.foot_strike_s - start_s))
            rows.append((best.foot_strike_s - start_s, best.toe_off_s - end_s))
        missed += not near
    return np.array(rows).reshape(-1, 2), missed


def one_drawn(
    trial: Trial, look: painted.Look, fit: RegressionModel, *, fps: float, seconds: float, grey: bool, seed: int
) -> tuple[Rows, FloatArray, FloatArray]:
    """Return the figures of one drawn runner, and the errors of angles and contacts.

    Raises:
        InputError: no dots were found.
    """
    true = filmed(trial, fps=fps, seconds=seconds)
    pairs = list(drawn(trial, true, look, grey=grey, seed=seed))
    dots = found_dots([image for image, _ in pairs], true.time_s)
    visible = np.array([shows for _, shows in pairs]).reshape(len(true), 2, len(DOTS)).all(axis=2)
    near_px = _RIGHT_DOTS * look.dot_m * _PX_PER_M + 1.0
    missed, exchanged, heel_down = [], [], {}
    for number, side in enumerate(BOTH_SIDES):
        frames = np.concatenate([np.empty(0, int), *stances(trial, side, true.time_s)])
        frames = frames[visible[frames, number]]
        there = np.stack([true.point(f"{side}_{d}")[frames] for d in DOTS])
        away, other = (
            np.linalg.norm(np.stack([dots.pose.point(f"{s}_{d}")[frames] for d in DOTS]) - there, axis=2)
            for s in (side, "right" if side == "left" else "left")
        )
        missed.append(~(away < near_px).all(axis=0))
        exchanged.append((other < near_px).any(axis=0))
        down = np.concatenate([np.empty(0, int), *stances(trial, side, true.time_s, _HEEL_DOWN)])
        heel_down[side] = down[visible[down, number]]
    smooth, events = measured(dots.pose, fit)
    inside = [
        (side, a, b)
        for side in BOTH_SIDES
        for a, b in zip(*trial.of(side), strict=True)
        if a > true.time_s[0] + _EDGE_S and b < true.time_s[-1] - _EDGE_S
    ]
    angles, (contacts, lost) = angle_errors(smooth, true, heel_down), contact_errors(events, inside)
    return (
        {
            "stance frames": float(sum(map(len, missed))),
            "dots missed, %": 100 * float(np.concatenate(missed).mean()),
            "of the other leg, %": 100 * float(np.concatenate(exchanged).mean()),
            "contacts": float(len(inside)), "contacts missed": float(lost),
        },
        angles,
        contacts,
    )  # fmt: skip


def rendered_clip(seed: int, *, seconds: float = 2.6) -> Path:
    """Return the clip of a seed, rendered if it is not there yet: dark shoes, on which white dots stand out."""
    video = OUT / f"rear-{seed}.mp4"
    if not video.with_suffix(".npz").is_file():
        from tools.synthetic.clips import random_clip
        from tools.synthetic.film import render
        from tools.synthetic.scene import Camera

        OUT.mkdir(parents=True, exist_ok=True)
        clip = random_clip(seed, seen_from="behind", duration_s=seconds)
        camera = Camera(
            seen_from="behind", distance_m=0.6 * clip.camera.distance_m, height_m=0.45,
            yaw_deg=clip.camera.yaw_deg / 2, roll_deg=clip.camera.roll_deg, width_px=400, height_px=544, view_m=0.80,
            middle_m=0.33,
        )  # fmt: skip
        outfit = replace(
            clip.person.outfit, dots=True, legs="shorts", shoe=(0.6, 0.35, 0.1), sole=(0.05, 0.045, 0.04),
            sock=(0.05, 0.05, 0.05),
        )  # fmt: skip
        clip = replace(clip, camera=camera, person=replace(clip.person, outfit=outfit), bystander=None)
        render(clip, video, video.with_suffix(".npz"), preset="veryfast")
    return video


def one_rendered(seed: int) -> tuple[Rows, FloatArray, FloatArray]:
    """Return the figures of a rendered clip, and the errors of angles and contacts.

    A dot's truth is the middle of its disc, which may be covered: what is missed holds frames that show no dot.
    """
    from gaitlab.apps.truth import load_truth

    video = rendered_clip(seed)
    truth = load_truth(video.with_suffix(".npz"))
    with open_video(video) as opened:
        images = [frame.image.copy() for frame in opened.frames()]
    true = truth.seen()
    dots = found_dots(images, true.time_s)
    smooth, events = measured(dots.pose, REGRESSIONS["dots"])
    first, last = true.time_s[0] + _EDGE_S, true.time_s[-1] - _EDGE_S
    inside = [
        (c.side, c.foot_strike_s, c.toe_off_s) for c in truth.contacts if c.foot_strike_s > first and c.toe_off_s < last
    ]
    missed, heel_down = [], {}
    for side in BOTH_SIDES:
        spans = [(a, b) for whose, a, b in inside if whose == side]
        shares = (1.0, _HEEL_DOWN)
        whole, down = (
            np.flatnonzero(np.any([(true.time_s >= a) & (true.time_s <= a + q * (b - a)) for a, b in spans], axis=0))
            for q in shares
        )
        heel_down[side] = down
        seen = np.stack([np.isfinite(dots.pose.point(f"{side}_{d}")[whole, 0]) for d in DOTS])
        missed.append(~seen.all(axis=0))
    angles, (contacts, lost) = angle_errors(smooth, true, heel_down), contact_errors(events, inside)
    return (
        {
            "stance frames": float(sum(map(len, missed))),
            "dots missed, %": 100 * float(np.concatenate(missed).mean()),
            "contacts": float(len(inside)), "contacts missed": float(lost),
        },
        angles,
        contacts,
    )  # fmt: skip


def summary(rows: Sequence[Rows], angles: FloatArray, contacts: FloatArray) -> Rows:
    """Return the figures of several clips together."""
    weights = [row["stance frames"] for row in rows]
    strike, off = 1000 * contacts.T
    off = off[np.isfinite(off)]
    if not len(off):  # no contact at all was accepted
        strike = off = np.array([np.nan])
    total = sum(row["contacts"] for row in rows)
    found = {
        "dots missed, %": float(np.average([row["dots missed, %"] for row in rows], weights=weights)),
        "RMS, deg": float(np.sqrt(np.mean(angles**2))), "bias, deg": float(angles.mean()),
        "strike MAE, ms": float(np.abs(strike).mean()), "strike bias, ms": float(strike.mean()),
        "strike SD, ms": float(strike.std()), "toe-off MAE, ms": float(np.abs(off).mean()),
        "toe-off bias, ms": float(off.mean()), "toe-off SD, ms": float(off.std()),
        "contacts": total, "contacts missed, %": 100 * sum(row["contacts missed"] for row in rows) / max(total, 1),
    }  # fmt: skip
    if all("of the other leg, %" in row for row in rows):
        found["of the other leg, %"] = float(np.average([row["of the other leg, %"] for row in rows], weights=weights))
    return found


def real() -> None:
    """Print the contacts of the real clip beside those that were read by eye."""
    from tests.by_eye import clips

    read = next(clip for clip in clips() if clip.file == "rear_dots/lower_legs.mp4")
    with open_video(REAL) as opened:
        pairs = [(frame.image.copy(), frame.time_s) for frame in opened.frames()]
    dots = found_dots([image for image, _ in pairs], np.array([time_s for _, time_s in pairs]))
    _, events = measured(dots.pose, REGRESSIONS["dots"])
    off = {"foot strike": [], "toe-off": []}  # type: dict[str, list[float]]
    within = total = 0
    for contact in read.contacts:
        for what, event, name in (
            ("foot strike", contact.strike, "foot_strike_s"), ("toe-off", contact.toe_off, "toe_off_s")
        ):  # fmt: skip
            if event is None:
                continue
            at = np.array([getattr(c, name) * read.fps for c in events.contacts if c.side == contact.side])
            # What happened between two pictures is read in the later one, half a picture late in the mean.
            gaps = at[np.isfinite(at)] - (event.frame - 0.5)
            total += 1
            if len(gaps) and np.abs(gaps).min() < 0.3 * read.fps:
                gap = float(gaps[np.argmin(np.abs(gaps))])
                off[what].append(gap)
                within += abs(gap) <= 1.0
    print(f"real clip: {within} of {total} events within one frame (40 ms) of the reading, itself known to ± 1 frame")
    for what, gaps_ in off.items():
        known = np.array(gaps_)
        print(f"  {what:<12}{len(known):3d} found, mean {known.mean():+.2f}, SD {known.std(ddof=1):.2f} frames")


def show(title: str, found: Rows) -> bool:
    """Print figures with their bars; return whether all are within."""
    print(title)
    good = True
    for name, value in found.items():
        bar = _BARS.get(name)
        good &= bar is None or value <= bar
        verdict = "" if bar is None else f"  {'within' if value <= bar else 'OVER'} {bar:g}"
        print(f"  {name:<22}{value:8.2f}{verdict}")
    return good


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", nargs="?", type=Path, default=DEFAULT_FOLDER)
    parser.add_argument("--runners", type=int, default=12)
    parser.add_argument("--seconds", type=float, default=2.5)
    parser.add_argument("--fps", type=float, default=60.0)
    parser.add_argument("--rendered", type=int, nargs="*", default=[202, 203], metavar="SEED")
    parser.add_argument("--no-real", action="store_true")
    options = parser.parse_args()
    good = True
    if options.runners:
        trials = [with_dots(trial) for trial in load_trials(options.folder)]
        by_subject: dict[object, list[Trial]] = {}
        for trial in trials:
            by_subject.setdefault(trial.subject, []).append(trial)
        # Every runner at one speed, slow, middle and fast in turn.
        chosen = [own[i % len(own)] for i, own in enumerate(by_subject.values())][: options.runners]
        seen = fit_rear_regression.all_seen(trials, kind="dots", views=_VIEWS, seed=1)
        parts = []
        for number, trial in enumerate(chosen):
            fit = fit_rear_regression.fit_regression([s for s in seen if s.trial.subject != trial.subject], kind="dots")
            look = painted.LOOKS[number % len(painted.LOOKS)]
            # A grey picture shows no dot that differs by its hue alone.
            grey = number % 2 == 1 and look.dot == painted.Look().dot
            try:
                part = one_drawn(
                    trial, look, fit, fps=options.fps, seconds=options.seconds, grey=grey, seed=number
                )  # fmt: skip
            except InputError as error:
                print(f"  {trial.name}: {error}", flush=True)
                good = False
                continue
            told = summary([part[0]], part[1], part[2])
            print(f"{trial.name}: {', '.join(f'{k} {v:.2f}' for k, v in told.items())}", flush=True)
            parts.append(part)
        if parts:
            good &= show(
                f"{len(parts)} of {len(chosen)} drawn runners",
                summary([p[0] for p in parts], *(np.concatenate([p[k] for p in parts]) for k in (1, 2))),
            )
    for seed in options.rendered:
        try:
            row, angles, contacts = one_rendered(seed)
        except InputError as error:
            print(f"rendered {seed}: {error}")
            continue
        show(f"rendered {seed}", summary([row], angles, contacts))
    if not options.no_real and REAL.is_file():
        real()
    return int(not good)


if __name__ == "__main__":
    sys.exit(main())
