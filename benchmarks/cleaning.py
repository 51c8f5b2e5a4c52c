"""What mending and smoothing do to points that were right: raw against cleaned, at the frame rates people film at.

    python -m benchmarks.cleaning [--clips NAME …] [--models NAME …] [--fps 12 15 25 30 60] [--kept]

Clips: ``demo-side`` and ``demo-rear`` (they ship), ``side-00`` or ``rear-03`` (rendered, see `benchmarks.rendered`) and
``real`` (the frames labelled by hand). A network's points of the whole clip are thinned out to each frame rate, from
every first frame there is, and go through the conditioning of an analysis. Of hip, knee, ankle, heel and big toe of
both legs the table says how many of a hundred lie within 5 % of body height of the truth: raw, after each step, and
cleaned at the end. A point that is missing is not right. Exits with 1 where cleaning cost more than `BAR` points.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.rendered import OUT, clip_of
from gaitlab.analysis.tracks import preprocessed
from gaitlab.apps.truth import load_truth
from gaitlab.config import Settings
from gaitlab.core.metric import View
from gaitlab.core.pose import FloatArray, PoseSequence
from gaitlab.core.skeleton import SIDES, SKELETONS
from gaitlab.io.video.reader import open_video
from gaitlab.kinematics.calibration import facing, leg_length_px
from gaitlab.kinematics.rear import leg_px
from gaitlab.pose.follow import follow_runner
from gaitlab.pose.models.catalogue import installed
from gaitlab.pose.networks.estimator import load_estimator
from gaitlab.signal import preprocessing

KINDS = ("hip", "knee", "ankle", "heel", "big_toe")
STEPS = ("raw", "gate", "swaps", "outliers", "gaps", "cleaned")
FRAME_RATES = (12.0, 15.0, 25.0, 30.0, 60.0)
MODELS = ("runner", "runner-baseline", "openpose-light", "blazepose-lite")
CLIPS = ("demo-side", "demo-rear", "real", "side-01", "rear-01")
# Points of a hundred that cleaning may cost.
BAR = 1.0
_RIGHT = 0.05
_SECONDS = 5.0
_HERE = Path(__file__).resolve().parent
_DEMO = _HERE.parent / "gaitlab" / "apps" / "demo_data"
_LABELS = _HERE.parent / "training" / "labels" / "male_side.json"
_REAL = _HERE.parents[1] / "shared" / "data" / "treadmill_side" / "male_side.mp4"
# The steps of a point kind: one list of right or wrong for each of `STEPS`.
Hits = dict[str, list[list[bool]]]


@dataclass(frozen=True, slots=True, eq=False)
class Clip:
    """A film and where the points of its runner truly are.

    Attributes:
        video: the film.
        view: ``side`` or ``rear``.
        height_px: the runner's height.
        truth: point to (frame, 2) px, NaN where nobody knows.
    """

    video: Path
    view: View
    height_px: float
    truth: dict[str, FloatArray]


def clip_named(name: str) -> Clip:
    """Return one of the clips by its name, rendered if it is not there yet."""
    if name == "real":
        return _labelled()
    kind, which = name.split("-")
    if kind == "demo":
        video, known = _DEMO / f"{which}.mp4", _DEMO / f"{which}_truth.npz"
    else:
        video = clip_of("rear" if kind == "rear" else "side", int(which), seconds=_SECONDS)
        known = video.with_suffix(".npz")
    truth = load_truth(known)
    points = {point: truth.xy_px[:, i] for i, point in enumerate(truth.names)}
    return Clip(video, truth.view, truth.height_m / truth.metres_per_px, points)


def _labelled() -> Clip:
    """Return the real clip; points that nothing shows in a frame were not asked for."""
    labels = json.loads(_LABELS.read_text(encoding="utf-8"))
    frames = 1 + max(frame["frame"] for frame in labels["frames"])
    truth: dict[str, FloatArray] = defaultdict(lambda: np.full((frames, 2), np.nan))
    for frame in labels["frames"]:
        for point, (x, y, state) in frame["points"].items():
            if state == "visible" or point.endswith("hip"):
                truth[point][frame["frame"]] = x, y
    return Clip(_REAL, "side", labels["runner_height_px"], dict(truth))


def keypoints(name: str, clip: Clip, model: str, *, kept: bool) -> PoseSequence | None:
    """Return what a network sees in a clip, looked for once; None where nobody was found or, if ``kept``, looked."""
    stem = clip.video.stem if clip.video.parent == OUT else name
    path = OUT / f"{stem}-{model}.npz"
    if not path.is_file():
        if kept or not installed(model):
            return None
        with open_video(clip.video) as opened:
            pose = follow_runner(opened.frames(), load_estimator(model)).pose
        if pose is None:
            return None
        path.parent.mkdir(parents=True, exist_ok=True)
        np.savez_compressed(
            path, xy=pose.xy, score=pose.score, time_s=pose.time_s, skeleton=np.array(pose.skeleton.name)
        )
    with np.load(path, allow_pickle=False) as data:
        return PoseSequence(data["xy"], data["score"], data["time_s"], SKELETONS[str(data["skeleton"])])


def thinned(pose: PoseSequence, fps: float) -> Iterator[tuple[np.ndarray, PoseSequence]]:
    """Yield the frames and points that a camera of so many frames a second would have left, from each first frame.

    Where the rate is no whole part of the film's, from five points of time within the interval.
    """
    apart = pose.fps / fps
    whole = abs(apart - round(apart)) < 0.01
    for first in np.arange(round(apart) if whole else 5) * (1.0 if whole else apart / 5):
        kept = np.round(np.arange(first, len(pose) - 0.6, apart)).astype(int)
        yield kept, PoseSequence(pose.xy[kept], pose.score[kept], pose.time_s[kept], pose.skeleton)


def cleaned_by_steps(raw: PoseSequence, *, view: View, settings: Settings) -> dict[str, PoseSequence]:
    """Return the points after each of `STEPS`."""
    leg = leg_px(raw) if view == "rear" else leg_length_px(raw, forward=facing(raw)[0])
    tracks = settings.tracks
    confident = preprocessing.filter_by_confidence(
        raw, min_score=tracks.min_score, doubt_px=preprocessing.DOUBT_OF_LEG * leg
    )
    swapped = preprocessing.fix_left_right_swaps(confident)
    without = preprocessing.remove_outliers(
        swapped, threshold=tracks.outlier_threshold, floor_px=tracks.outlier_floor * leg
    )
    filled = preprocessing.fill(without)
    _, cleaned = preprocessed(raw, settings, view=view, leg_px=leg)
    return dict(zip(STEPS, (raw, confident, swapped, without, filled, cleaned), strict=True))


def hits_of(clip: Clip, pose: PoseSequence, *, fps: float) -> Hits:
    """Return by kind of point, for each step, which of the points that the truth knows were right."""
    hits: Hits = {}
    for frames, raw in thinned(pose, fps):
        steps = cleaned_by_steps(raw, view=clip.view, settings=Settings())
        for kind in KINDS:
            for point in (f"{side}_{kind}" for side in SIDES):
                if point not in clip.truth or point not in raw.skeleton:
                    continue
                known = frames[frames < len(clip.truth[point])]
                expected = clip.truth[point][known]
                asked = np.isfinite(expected[:, 0])
                for step, tracks in zip(hits.setdefault(kind, [[] for _ in STEPS]), steps.values(), strict=True):
                    away_px = np.linalg.norm(tracks.point(point)[: len(known)] - expected, axis=1)
                    step.extend((away_px < _RIGHT * clip.height_px)[asked].tolist())
    return {kind: steps for kind, steps in hits.items() if steps[0]}


def row(name: str, model: str, fps: float, hits: Hits) -> tuple[str, float]:
    """Return a line of the table, and by how many of a hundred points cleaning is behind raw at the worst kind."""
    shares = {kind: [100 * float(np.mean(step)) for step in steps] for kind, steps in hits.items()}
    cells = [" ".join(f"{shares[kind][i]:5.1f}" if kind in shares else "    -" for kind in KINDS)
             for i in range(len(STEPS))]  # fmt: skip
    lost = max(share[0] - share[-1] for share in shares.values())
    return f"{name:9} {model:16} {fps:3g}  " + " | ".join(cells) + ("  WORSE" if lost > BAR else ""), lost


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--clips", nargs="+", default=CLIPS)
    parser.add_argument("--models", nargs="+", default=MODELS)
    parser.add_argument("--fps", nargs="+", type=float, default=FRAME_RATES)
    parser.add_argument("--kept", action="store_true", help="only the keypoints that are there already")
    options = parser.parse_args(arguments)
    print("of a hundred " + ", ".join(KINDS) + " points within 5 % of body height of the truth")
    print(f"{'clip':9} {'network':16} fps  " + " | ".join(f"{step:29}" for step in STEPS))
    losses = []
    for name in options.clips:
        clip = clip_named(name)
        for model in options.models:
            pose = keypoints(name, clip, model, kept=options.kept)
            if pose is None:
                continue
            for fps in (fps for fps in options.fps if fps < 1.01 * pose.fps):
                line, lost = row(name, model, fps, hits_of(clip, pose, fps=fps))
                losses.append(lost)
                print(line, flush=True)
    worst, missed = max(losses, default=0.0), sum(lost > BAR for lost in losses)
    print(f"\nworst loss of a kind of point {worst:.1f}, bar {BAR:g}; {missed} of {len(losses)} lines miss it")
    return int(missed > 0)


if __name__ == "__main__":
    sys.exit(main())
