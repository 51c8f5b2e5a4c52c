"""How good networks are: ``python -m training.evaluate rendered|clips|real [--models NAME …]``.

rendered  single crops of the test pictures (bodies, clothes and places never trained on)
clips     rendered clips, followed and conditioned as `gaitlab analyze` does: left and right over time
real      the frames labelled by hand, found by following the whole clip as `gaitlab analyze` does

A point is right if it lies within 5 % of the runner's height of the truth. Only points that can be seen are asked
for, unless ``--hidden``.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from benchmarks.pose_quality import legs_exchanged
from gaitlab.conditioning import mend_swaps
from gaitlab.core import FloatArray, PoseSequence
from gaitlab.core.skeleton import SIDES
from gaitlab.pose.body import Body
from gaitlab.pose.estimator import PoseEstimator, load_estimator
from gaitlab.pose.follow import follow_runner
from gaitlab.video.reader import open_video
from training.augment import SKELETON, load
from training.generate import OUT, TEST_SEEDS

_FEET = ("knee", "ankle", "heel", "big_toe")
_SKIN = ("heel_top", "calf_bottom", "calf_top")
_RIGHT = 0.05
_LABELS = Path(__file__).with_name("labels") / "male_side.json"
_CLIP = Path(__file__).resolve().parents[2] / "shared" / "data" / "treadmill_side" / "male_side.mp4"
Hits = dict[str, list[bool]]


def share(hits: list[bool]) -> str:
    """Return a percentage of right answers as text."""
    return f"{100 * np.mean(hits):5.1f}" if hits else "    -"


def rendered(estimator: PoseEstimator, *, hidden: bool, seed: int = 5) -> list[str]:
    """Judge single crops of the test pictures, by view."""
    stored = load(OUT / "test")
    rng = np.random.default_rng(seed)
    hits: dict[str, Hits] = {}
    legs: dict[str, list[bool]] = {}
    for i, data in enumerate(stored.images):
        image, truth, seen = cv2.imdecode(data, cv2.IMREAD_COLOR), stored.xy[i], stored.seen[i]
        inside = (truth >= 0).all(axis=1) & (truth < (image.shape[1], image.shape[0])).all(axis=1)
        asked = inside if hidden else seen
        if seen.sum() < 12:
            continue  # nobody to be found behind a console
        low, high = truth[inside].min(axis=0), truth[inside].max(axis=0)
        box = np.concatenate([low, high]) + np.tile(rng.normal(0, 0.02 * (high - low)[1], 2), 2)
        # Told where the legs are about, as the frame before tells; far too coarsely to be of help with anything else.
        guess = Body(truth + rng.normal(0, 0.03 * stored.height_px[i], truth.shape), np.ones(len(truth)))
        found = estimator.one(image, box, _of(guess, estimator))
        view = stored.view[i]
        kept = hits.setdefault(view, {})
        for name in (*_FEET, *(_SKIN if view == "rear" else ())):
            for side in SIDES:
                point = f"{side}_{name}"
                if point in estimator.skeleton and asked[SKELETON.index(point)]:
                    kept.setdefault(name, []).append(
                        found is not None
                        and _near(found.point(estimator.skeleton, point), truth[SKELETON.index(point)],
                                  stored.height_px[i])
                    )  # fmt: skip
        if found is not None:
            legs.setdefault(view, []).append(_sides_right(found, estimator, truth))
    lines = []
    for view in sorted(hits):
        cells = "  ".join(f"{name} {share(values)}" for name, values in hits[view].items())
        lines.append(f"{view:14} {cells}   left/right {share(legs.get(view, []))}")
    return lines


def _of(body: Body, estimator: PoseEstimator) -> Body:
    """Return a body of our 31 points in the order of a network's own."""
    names = estimator.skeleton.names
    xy = np.stack([body.xy[SKELETON.index(n)] if n in SKELETON else np.full(2, np.nan) for n in names])
    return Body(xy, np.where(np.isfinite(xy[:, 0]), 1.0, 0.0))


def _near(found: FloatArray, truth: FloatArray, height_px: float) -> bool:
    return bool(np.linalg.norm(found - truth) < _RIGHT * height_px)


def _sides_right(found: Body, estimator: PoseEstimator, truth: FloatArray) -> bool:
    """Whether the legs as they are lie nearer to the truth than exchanged."""
    names = [n for n in ("knee", "ankle") if f"left_{n}" in estimator.skeleton]

    def cost(swap: bool) -> float:
        pairs = [(s, o if swap else s) for s, o in (("left", "right"), ("right", "left"))]
        away = [found.point(estimator.skeleton, f"{s}_{n}") - truth[SKELETON.index(f"{o}_{n}")]
                for s, o in pairs for n in names]  # fmt: skip
        return float(np.nansum(np.linalg.norm(away, axis=1)))

    return cost(False) <= cost(True)


def clips(estimator: PoseEstimator, *, count: int = 4) -> list[str]:
    """Judge left and right over time on rendered clips of people never trained on."""
    from gaitlab.truth import load_truth
    from tools.synthetic.clips import random_clip
    from tools.synthetic.film import render

    lines = []
    for seed in range(TEST_SEEDS, TEST_SEEDS + count):
        seen_from = "behind" if seed % 4 == 3 else None
        video = OUT / "clips" / f"{seed}.mp4"
        if not video.is_file():
            video.parent.mkdir(parents=True, exist_ok=True)
            clip = random_clip(seed, seen_from=seen_from, duration_s=4.0, width_px=360, height_px=448)  # type: ignore[arg-type]
            render(clip, video, video.with_suffix(".npz"), preset="veryfast")
        truth = load_truth(video.with_suffix(".npz"))
        with open_video(video) as opened:
            pose = follow_runner(opened.frames(), estimator).pose
        if pose is None:
            lines.append(f"clip {seed}: nobody found")
            continue
        height_px = truth.height_m / truth.metres_per_px
        mended = mend_swaps(pose)
        exchanged = [legs_exchanged(p, truth.seen()) for p in (pose, mended)]
        near = [
            (np.linalg.norm(mended.point(f"{s}_{n}") - truth.xy_px[: len(pose), truth.names.index(f"{s}_{n}")], axis=1)
             < _RIGHT * height_px).mean()
            for n in _FEET if mended.seen(f"left_{n}") for s in SIDES
        ]  # fmt: skip
        lines.append(
            f"clip {seed} ({truth.seen_from}): left/right right in {100 - exchanged[0]:.1f} % of frames, "
            f"{100 - exchanged[1]:.1f} % after the repair; all points within 5 %: {100 * np.mean(near):.1f}"
        )
    return lines


def real(estimator: PoseEstimator, *, hidden: bool) -> list[str]:
    """Judge the hand-labelled frames of a real clip."""
    labels = json.loads(_LABELS.read_text(encoding="utf-8"))
    with open_video(_CLIP) as video:
        pose = follow_runner(video.frames(), estimator).pose
    if pose is None:
        return ["nobody found"]
    mended = _judged(mend_swaps(pose), labels, hidden=hidden)
    return [*_judged(pose, labels, hidden=hidden), "after the repair of exchanged legs: " + mended[0]]


def _judged(pose: PoseSequence, labels: dict[str, Any], *, hidden: bool) -> list[str]:
    """Return lines on the shares of labelled points that were found, with the legs as named and with either's."""
    height_px = labels["runner_height_px"]
    hits: Hits = {}
    either: Hits = {}
    away: dict[str, list[float]] = {}
    for frame in labels["frames"]:
        at = {name: pose.xy[frame["frame"], pose.skeleton.index(name)] for name in pose.skeleton.names}
        for name, (x, y, state) in frame["points"].items():
            side, joint = name.split("_", 1)
            if joint not in _FEET or (state != "visible" and not hidden) or name not in at:
                continue
            other = name.replace(side, "right" if side == "left" else "left")
            truth = np.array([x, y])
            hits.setdefault(joint, []).append(_near(at[name], truth, height_px))
            hits.setdefault(f"{side} {joint}", []).append(hits[joint][-1])
            away.setdefault(joint, []).append(float(np.linalg.norm(at[name] - truth)) / height_px)
            either.setdefault(joint, []).append(hits[joint][-1] or _near(at[other], truth, height_px))
    cells = [f"{name} {share(values)}" for name, values in hits.items()]
    ignored = [f"{name} {share(values)}" for name, values in either.items()]
    middle = [f"{name} {100 * np.nanmedian(values):.1f}" for name, values in away.items()]
    return ["  ".join(cells), "left/right ignored: " + "  ".join(ignored), "median, % of height: " + "  ".join(middle)]


_WAYS: dict[str, Callable[[PoseEstimator, bool], list[str]]] = {
    "rendered": lambda estimator, hidden: rendered(estimator, hidden=hidden),
    "clips": lambda estimator, hidden: clips(estimator),
    "real": lambda estimator, hidden: real(estimator, hidden=hidden),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=_WAYS)
    parser.add_argument("--models", nargs="+", default=["runner", "runner-baseline", "openpose-light"])
    parser.add_argument("--hidden", action="store_true", help="ask for the points that are hidden, too")
    options = parser.parse_args()
    for name in options.models:
        estimator = load_estimator(name)
        lines = _WAYS[options.what](estimator, options.hidden)
        print(f"\n{name}")
        print("\n".join(f"  {line}" for line in lines), flush=True)


if __name__ == "__main__":
    main()
