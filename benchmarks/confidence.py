"""What a network's scores tell of its errors, on real people: ``python -m benchmarks.confidence [--write]``.

A point's expected error is read off its score by a line through five knots, fitted on photographs that the network was
not trained on (``choose``) and held against others (``judge``): its bin's mean error, as it was told and as it was.
``--write`` puts knots, and what the scores tell on the rendered clips of `benchmarks.end_to_end`, into
gaitlab/metrics/network_confidence.csv, and the table into docs/model_card.md.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from benchmarks.end_to_end import write_tables
from benchmarks.rendered import OUT, keypoints_of
from gaitlab.apps.truth import load_truth, near_leg
from gaitlab.core.gait import BOTH_SIDES
from gaitlab.core.pose import FloatArray
from gaitlab.core.skeleton import SIDES
from gaitlab.metrics import METRICS
from gaitlab.metrics.network_errors import CONFIDENCE, Confidence
from gaitlab.metrics.spec import point_names
from gaitlab.pose.networks.estimator import PoseEstimator, load_estimator
from training.photographs import HIDDEN, SKELETON, Photographs, looked_at, photographs

_CARD = Path(__file__).resolve().parent.parent / "docs" / "model_card.md"
_POINTS = ("hip", "knee", "ankle", "shoulder", "elbow", "wrist")
_BINS = 5
_FARTHEST = 0.5  # a point on somebody else counts as this far off, a share of the height
_HEAD = (
    "Written by `python -m benchmarks.confidence --write`: not to be edited by hand.",
    "Lines with a score: knots of the expected error, a share of the height, of a point with that score. The others:",
    "the root of the mean square of the expected errors on the rendered clips on which network_errors.csv rests.",
)


def scored(estimator: PoseEstimator, people: Photographs) -> FloatArray:
    """Return (point, 2): score, and how far off, a share of the height, of every labelled point that was found."""
    rows = []
    for i in range(len(people.images)):
        body = looked_at(estimator, people, i)
        if body is None:
            continue
        for name in (f"{side}_{point}" for side in SIDES for point in _POINTS):
            k = SKELETON.index(name)
            at, score = body.xy[estimator.skeleton.index(name)], body.score[estimator.skeleton.index(name)]
            if people.sure[i, k] >= HIDDEN and np.isfinite(at[0]):
                rows.append((score, min(np.linalg.norm(at - people.xy[i, k]) / people.height_px[i], _FARTHEST)))
    return np.array(rows, dtype=np.float64).reshape(-1, 2)


def knots(rows: FloatArray) -> FloatArray:
    """Return (knot, 2) score and expected error: the means of as many points each, never growing with the score."""
    rows = rows[np.argsort(rows[:, 0])]
    means = np.array([part.mean(axis=0) for part in np.array_split(rows, _BINS)])
    means[:, 1] = np.minimum.accumulate(means[:, 1])
    return means


def reliability(rows: FloatArray, confidence: Confidence) -> Iterator[tuple[float, float, int, float, float]]:
    """Yield least and largest score, points, mean error as told and as it was, of bins with as many points each."""
    rows = rows[np.argsort(rows[:, 0])]
    for part in np.array_split(rows, _BINS):
        told = float(confidence.expected(part[:, 0]).mean())
        yield float(part[0, 0]), float(part[-1, 0]), len(part), told, float(part[:, 1].mean())


def usual(network: str, confidence: Confidence) -> dict[tuple[str, str, str], float]:
    """Return view, leg and point to what the scores told on the rendered clips that are there."""
    squares = defaultdict(list)
    points = {point for spec in METRICS.values() for point in spec.needs}
    for video in sorted(OUT.glob("*.mp4")):
        truth = load_truth(video.with_suffix(".npz"))
        pose = keypoints_of(video, truth, network) if truth.view in ("side", "rear") else None
        if pose is None:
            continue
        for side in BOTH_SIDES:
            leg = "both" if truth.view == "rear" else "near" if side == near_leg(truth) else "far"
            for point in points:
                name = point_names(point, side)[0]
                if name in pose.skeleton and pose.seen(name):
                    seen = np.isfinite(pose.point(name)[:, 0])
                    told = confidence.expected(pose.score[seen, pose.skeleton.index(name)])
                    squares[truth.view, leg, point].append(float(np.mean(told**2)))
    return {key: float(np.sqrt(np.mean(values))) for key, values in sorted(squares.items())}


def table(network: str, rows: FloatArray, confidence: Confidence) -> list[str]:
    """Return the table of docs/model_card.md."""
    lines = [f"{len(rows)} points of `{network}` on photographs for judging, as many in each bin.", ""]
    lines += ["| score | expected error, % of the height | measured | measured / expected |", "|---|---|---|---|"]
    for low, high, _, told, was in reliability(rows, confidence):
        lines.append(f"| {low:.2f} to {high:.2f} | {100 * told:.1f} | {100 * was:.1f} | {was / told:.2f} |")
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", default="runner")
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    estimator = load_estimator(options.model, checked=False)
    fitted = knots(scored(estimator, photographs("choose", feet=False)))
    confidence = Confidence(tuple(fitted[:, 0]), tuple(fitted[:, 1]), {})
    lines = table(options.model, scored(estimator, photographs("judge", feet=False)), confidence)
    print("\n".join(lines))
    if options.write:
        written = [*(f"# {line}" for line in _HEAD), "network,view,leg,point,score,error"]
        written += [f"{options.model},,,,{score:.4f},{error:.5f}" for score, error in fitted]
        there = usual(options.model, confidence)
        written += [f"{options.model},{','.join(key)},,{error:.5f}" for key, error in there.items()]
        CONFIDENCE.write_text("\n".join(written) + "\n", encoding="utf-8")
        write_tables(_CARD, {"confidence": "\n".join(lines)})


if __name__ == "__main__":
    main()
