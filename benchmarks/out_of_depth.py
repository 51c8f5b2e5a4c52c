"""In which clips the default network is out of its depth, and whether it is told: beside what is known of them.

    python -m benchmarks.out_of_depth [--model NAME] [--films DIR] [--kept]

A row a clip, or a passage of one: what `gaitlab.pose.depth` sees in the first seconds followed, and in all; whether it
says so; and, to choose by, the share of frames whose legs had to be exchanged, which does not tell such clips from
others. Where stills of a clip were labelled by hand the last column holds the share of knees, ankles, heels and big
toes that the network, following the runner, has within 5 % of the runner's height, the legs as they fit better; one
that is not found is wrong.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from benchmarks.left_right import LABELS, Filmed, Tracks, filmed, passages, tracks_of
from gaitlab.core.pose import PoseSequence
from gaitlab.core.skeleton import SIDES
from gaitlab.pose.depth import JUDGED_S, Depth, depth_of, out_of_depth
from gaitlab.signal.preprocessing import filter_by_confidence, fix_left_right_swaps

_RIGHT = 0.05


def first_seconds(pose: PoseSequence) -> PoseSequence:
    """Return what is judged while a film is read: the first seconds from where the runner appears."""
    seen = np.flatnonzero(np.isfinite(pose.xy[..., 0]).any(axis=1))
    kept = pose.time_s <= pose.time_s[seen[0] if len(seen) else 0] + JUDGED_S
    return PoseSequence(pose.xy[kept], pose.score[kept], pose.time_s[kept], pose.skeleton)


def exchanges(pose: PoseSequence) -> float:
    """Return the share of frames whose legs are exchanged when they are named over time."""
    done = fix_left_right_swaps(filter_by_confidence(pose, min_score=0.3)).history[-1]
    return float(done.counts["frames_mended"]) / len(pose)


def by_hand(clip: Filmed, tracks: Tracks) -> str:
    """Return the share of labelled points that were found, or nothing where none were labelled."""
    path = LABELS / f"{clip.name}.json"
    if not path.is_file():
        return ""
    labels = json.loads(path.read_text(encoding="utf-8"))
    right: list[bool] = []
    for frame in labels["frames"]:
        height_px = frame.get("runner_height_px", labels.get("runner_height_px"))
        at = np.flatnonzero(tracks.number == frame["frame"])
        for name, (x, y, state) in frame["points"].items():
            side, _, joint = name.partition("_")
            if state != "visible" or joint == "hip" or name not in tracks.pose.skeleton:
                continue
            either = (name, f"{SIDES[1 - SIDES.index(side)]}_{joint}")
            away = [np.linalg.norm(tracks.pose.point(n)[at] - (x, y), axis=1) / height_px for n in either]
            right.append(bool(len(at) and (np.concatenate(away) < _RIGHT).any()))
    return f"{100 * np.mean(right):.0f} % of {len(right)}"


def cells(found: Depth | None) -> str:
    """Return score and scatter as text."""
    return f"{'-':>7}{'-':>8}" if found is None else f"{found.score:7.2f}{found.scatter:8.2f}"


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--model", default="runner")
    parser.add_argument("--films", type=Path, help="folder of the labelled films, see training/labels/README.md")
    parser.add_argument("--kept", action="store_true", help="only the keypoints that are there already")
    options = parser.parse_args(arguments)
    head = f"{'score':>7}{'scatter':>8}"
    print(f"{'clip':24}{head} {'told':4}  {head} {'told':4}{'exchanged':>10}  by hand\n{'':24}first {JUDGED_S:g} s")
    for clip in filmed(options.films, []):
        tracks = tracks_of(clip, options.model, kept=options.kept)
        if tracks is None:
            continue
        for part in passages(clip, tracks):
            name = clip.name + (f" {part.number[0]}" if clip.read and len(clip.read.passages) > 1 else "")
            told = []
            for pose in (first_seconds(part.pose), part.pose):
                told.append(f"{cells(depth_of(pose))} {'yes' if out_of_depth(pose, options.model) else '':4}")
            print(f"{name:24}{told[0]}  {told[1]}{exchanges(part.pose):>10.2f}  {by_hand(clip, part)}", flush=True)


if __name__ == "__main__":
    main()
