"""Which view is told of films that show legs only, from behind and from the front.

    python -m benchmarks.legs_only [DIR] [--clips 8] [--models runner]

``points`` are the force-plate runners' markers seen through cameras near and far, low and high, without anything above
the knees: the keypoints of a perfect network. ``exchanged`` are the same with left and right exchanged, which is what a
network does that takes one view for the other: nothing but the way of the feet contradicts it. The lowest and the
highest share of the time in which feet go down is printed beside, and how many would be told wrongly if one limit
between the views were chosen without the tested runner. ``film`` are rendered clips (needs ``pip install
.[synthetic]``) cut at the hips, the middle of the thighs and the knees, and read by a network as an analysis does; of
those from behind the contacts found without hips are compared with the truth. Exits with 1 where a front view is told
as a rear one.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import numpy as np

from benchmarks.rendered import clip_of
from benchmarks.truth import DEFAULT_FOLDER, Trial, film, load_trials, without
from gaitlab.analysis.framing import within_picture
from gaitlab.analysis.rear import rear_trial
from gaitlab.apps.truth import Truth, load_truth
from gaitlab.config import Settings
from gaitlab.core.gait import BOTH_SIDES
from gaitlab.core.person import Runner
from gaitlab.core.pose import PoseSequence, Step
from gaitlab.io.video.reader import Frame, open_video
from gaitlab.kinematics.legs import sinking
from gaitlab.kinematics.view import Seen, view_of
from gaitlab.pose.follow import follow_runner
from gaitlab.pose.networks.estimator import PoseEstimator, load_estimator

# Distance behind or before the runner and height over the belt, m.
CAMERAS = ((4.0, 0.1), (4.0, 0.3), (6.0, 0.5), (2.5, 0.4), (4.0, 0.95), (3.0, 0.95), (3.0, 1.4))
# What the upper edge of the picture goes through.
CUTS: dict[str, tuple[str, ...]] = {"whole": (), "hips": ("hip",), "thighs": ("hip", "knee"), "knees": ("knee",)}
SECONDS, _PART_S = 3.0, (3.0, 6.0)
_EDGE_S, _NEAR_S = 0.15, 0.1
_VIEWS: tuple[tuple[str, Literal["behind", "front"]], ...] = (("rear", "behind"), ("front", "front"))


@dataclass(frozen=True, slots=True)
class Told:
    """What is told of one recording: the view by the rule, and the share of the time in which feet go down."""

    runner: str
    true: str
    seen: Seen
    sinking: float

    @property
    def as_(self) -> str:
        """``rear``, ``front``, ``side``, or ``unclear``."""
        return self.seen.view if self.seen.sure else "unclear"


def centred(trial: Trial) -> Trial:
    """Return a trial whose runner is before the camera, and not where the laboratory's origin happens to be."""
    middle = np.nanmedian((trial.point("left_hip") + trial.point("right_hip")) / 2, axis=0)
    return replace(trial, points=trial.points - [middle[0], 0.0, middle[2]])


def of_points(trials: Sequence[Trial], camera: tuple[float, float], *, fps: float, exchanged: bool) -> list[Told]:
    """Tell the views of all trials from their markers from the knees down."""
    found = []
    for trial in trials:
        for true, seen_from in _VIEWS:
            pose = film(
                trial, fps=fps, seen_from=seen_from, rng=np.random.default_rng(1), camera_distance_m=camera[0],
                camera_height_m=camera[1],
            )  # fmt: skip
            pose = without(pose, ("hip", "shoulder")).between(*_PART_S)
            if exchanged:
                pose = replace(pose, xy=pose.xy[:, list(pose.skeleton.mirrored)])
            found.append(Told(trial.subject, true, view_of(pose), sinking(pose)))
    return found


def left_out_errors(told: Sequence[Told]) -> int:
    """Return how many are on the wrong side of a limit half-way between the views' means of all other runners."""
    wrong = 0
    for one in told:
        means = [
            np.mean([other.sinking for other in told if other.true == true and other.runner != one.runner])
            for true, _ in _VIEWS
        ]
        wrong += (one.sinking > np.mean(means)) != (one.true == "rear")
    return wrong


def counted(told: Sequence[Told]) -> str:
    """Return how often each view was told, by the true one."""
    cells = []
    for true, _ in _VIEWS:
        of_true = [one for one in told if one.true == true]
        counts = Counter(one.as_ for one in of_true)
        shares = [one.sinking for one in of_true if np.isfinite(one.sinking)]
        words = ", ".join(f"{name} {count}" for name, count in counts.most_common())
        sinks = f", feet go down {min(shares):.2f} to {max(shares):.2f} of the time" if shares else ""
        cells.append(f"{true} (n {len(of_true)}, {len({one.runner for one in of_true})} runners): {words}{sinks}")
    return "; ".join(cells)


def _cut(video: Path, top: int) -> Iterator[Frame]:
    with open_video(video) as opened:
        for frame in opened.frames(None, SECONDS):
            yield Frame(frame.time_s, np.ascontiguousarray(frame.image[top:]))


def top_px(truth: Truth, cut: str) -> int:
    """Return the line at which a clip is cut: the mean height of the joints of `CUTS`."""
    rows = [np.median(truth.xy_px[:, truth.names.index(f"{s}_{joint}"), 1]) for s in BOTH_SIDES for joint in CUTS[cut]]
    return round(float(np.mean(rows))) if rows else 0


def keypoints_of_cut(video: Path, cut: str, estimator: PoseEstimator) -> PoseSequence | None:
    """Return what a network finds in a cut clip, as an analysis hands it on; None where it finds nobody."""
    top = top_px(load_truth(video.with_suffix(".npz")), cut)
    with open_video(video) as opened:
        width, height = opened.info.width, opened.info.height - top
    kept = video.with_name(f"{video.stem}-{estimator.name}-{cut}.npz")
    if not kept.is_file():
        pose = follow_runner(_cut(video, top), estimator).pose
        none = np.zeros((0, len(estimator.skeleton)))
        np.savez_compressed(
            kept, xy=none[..., None] if pose is None else pose.xy, score=none if pose is None else pose.score,
            time_s=np.zeros(0) if pose is None else pose.time_s,
        )  # fmt: skip
    with np.load(kept, allow_pickle=False) as data:
        if not len(data["time_s"]):
            return None
        history = (Step("pose", {"model": estimator.name}),)
        pose = PoseSequence(data["xy"], data["score"], data["time_s"], estimator.skeleton, history=history)
    return within_picture(pose, width=width, height=height)[0]


def contact_errors_s(truth: Truth, pose: PoseSequence) -> np.ndarray:
    """Return the (contact, 2) errors of foot strike and toe-off of a rear view, NaN where a contact is missed."""
    found, _ = rear_trial(
        pose, runner=Runner(), settings=Settings(), standing=None, dot_sd_px=None, network="runner"
    )  # fmt: skip
    accepted = [contact for contact in found.events.contacts if contact.accepted]
    rows = []
    for true in truth.contacts:
        if true.foot_strike_s < _EDGE_S or true.toe_off_s > SECONDS - _EDGE_S:
            continue
        errors = [
            (one.foot_strike_s - true.foot_strike_s, one.toe_off_s - true.toe_off_s)
            for one in accepted
            if one.side == true.side and abs(one.foot_strike_s - true.foot_strike_s) < _NEAR_S
        ]
        rows.append(errors[0] if errors else (np.nan, np.nan))
    return np.array(rows).reshape(-1, 2)


def of_films(clips: int, estimator: PoseEstimator, cut: str) -> tuple[list[Told], list[np.ndarray]]:
    """Tell the views of rendered clips cut to the legs, and find the contacts of those from behind."""
    told, errors = [], []
    for seed in range(clips):
        for true, video in (("rear", clip_of("rear", seed, seconds=5)), ("front", clip_of("front", seed, seconds=3))):
            pose = keypoints_of_cut(video, cut, estimator)
            if pose is None:
                told.append(Told(f"{seed}", true, Seen("nobody", 1.0), np.nan))
                continue
            seen = view_of(pose)
            told.append(Told(f"{seed}", true, seen, sinking(pose)))
            if true == "rear" and seen.view == "rear":
                errors.append(contact_errors_s(load_truth(video.with_suffix(".npz")), pose))
    return told, errors


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", nargs="?", type=Path, default=DEFAULT_FOLDER)
    parser.add_argument("--clips", type=int, default=8, help="rendered runners; 0 for none")
    parser.add_argument("--models", nargs="+", default=["runner"])
    options = parser.parse_args()
    trials = [centred(trial) for trial in load_trials(options.folder)]
    taken_for_rear = 0
    for exchanged in (False, True):
        for distance_m, height_m in CAMERAS:
            told = [
                one
                for fps in (30.0, 60.0)
                for one in of_points(trials, (distance_m, height_m), fps=fps, exchanged=exchanged)
            ]
            taken_for_rear += 0 if exchanged else sum(one.true == "front" and one.as_ == "rear" for one in told)
            names = "exchanged" if exchanged else "points"
            print(
                f"{names}, {distance_m:g} m away, {height_m:g} m high: {counted(told)}; on the wrong side of a limit "
                f"of the others: {left_out_errors(told)} of {len(told)}",
                flush=True,
            )
    for model in options.models if options.clips else ():
        estimator = load_estimator(model)
        for cut in CUTS:
            told, errors = of_films(options.clips, estimator, cut)
            taken_for_rear += sum(one.true == "front" and one.as_ == "rear" for one in told)
            print(f"film, {model}, cut at: {cut}; {counted(told)}{_of_contacts(errors)}", flush=True)
    return int(taken_for_rear > 0)


def _of_contacts(errors: Sequence[np.ndarray]) -> str:
    if not errors:
        return ""
    all_ms = 1000 * np.concatenate(errors)
    strike, off = np.nanmean(np.abs(all_ms), axis=0)
    contact = np.nanmean(np.abs(all_ms[:, 1] - all_ms[:, 0]))
    missed = int(np.isnan(all_ms[:, 0]).sum())
    return (
        f"; contacts from behind: {len(all_ms)}, missed {missed}, foot strike {strike:.0f} ms, toe-off {off:.0f} ms, "
        f"contact time {contact:.0f} ms"
    )


if __name__ == "__main__":
    sys.exit(main())
