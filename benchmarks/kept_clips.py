"""Rendered clips as numbers alone: what the default network saw of them and what is true, small enough to be kept.

    python -m benchmarks.kept_clips      # writes tests/data/rendered_clips.npz from the clips of benchmarks.end_to_end

The tests hold the report's sentences against the truth of clips that the table of network errors was not made of
(each clip is left out in turn), and of the demonstration clips, without a renderer or a network. Places are kept to
1/32 px.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.network_errors import MASS_KG
from benchmarks.rendered import OUT, as_analysed, clip_of, keypoints_of
from gaitlab.apps.demo import demo_clip
from gaitlab.apps.truth import Truth, load_truth, true_metrics
from gaitlab.core.metric import View
from gaitlab.core.person import Runner
from gaitlab.core.pose import PoseSequence, Step
from gaitlab.core.skeleton import Skeleton

KEPT = Path(__file__).resolve().parent.parent / "tests" / "data" / "rendered_clips.npz"
NETWORK = "runner"
_CLIPS: tuple[tuple[View, int], ...] = (("side", 24), ("rear", 12))
_SECONDS = 5.0
_PARTS_A_PX = 32.0


@dataclass(frozen=True, slots=True, eq=False)
class KeptClip:
    """One clip: what the network saw, what is known of the runner, and every metric's true mean by metric and side."""

    name: str
    view: View
    raw: PoseSequence
    runner: Runner
    expected: dict[tuple[str, str], float]


def read_clips(path: Path = KEPT) -> list[KeptClip]:
    """Read all kept clips, those of the demonstration last."""
    with np.load(path, allow_pickle=False) as data:
        facts: list[dict[str, Any]] = json.loads(str(data["facts"]))
        return [_clip(one, data[f"{one['name']}_xy"], data[f"{one['name']}_score"]) for one in facts]


def _clip(facts: dict[str, Any], xy: np.ndarray, score: np.ndarray) -> KeptClip:
    places = np.cumsum(xy.astype(np.int64), axis=0)
    pose = PoseSequence(
        np.where(score[..., None] > 0, places / _PARTS_A_PX, np.nan),
        score / 255.0,
        np.arange(len(xy)) / facts["fps"],
        Skeleton(NETWORK, tuple(facts["names"])),
        history=(Step("pose", {"model": NETWORK}),),
    )
    expected = {(metric, side): value for metric, side, value in facts["expected"]}
    runner = Runner(belt_speed_mps=facts["belt_speed_mps"], height_m=facts["height_m"], mass_kg=MASS_KG)
    return KeptClip(facts["name"], facts["view"], pose, runner, expected)


def _packed(raw: PoseSequence) -> tuple[np.ndarray, np.ndarray]:
    """Return places as differences from frame to frame, which pack well, and scores as bytes; 0: not seen."""
    seen = np.isfinite(raw.xy).all(axis=-1)
    score = np.where(seen, np.clip(np.round(raw.score * 255), 1, 255), 0).astype(np.uint8)
    places = np.round(np.nan_to_num(raw.xy) * _PARTS_A_PX).astype(np.int32)
    # A point that is not seen stays where it was: its place is never read.
    for frame in range(1, len(places)):
        places[frame] = np.where(seen[frame][:, None], places[frame], places[frame - 1])
    return np.diff(places, axis=0, prepend=np.zeros_like(places[:1])).astype(np.int16), score


def _facts(name: str, truth: Truth, raw: PoseSequence) -> dict[str, Any]:
    expected = true_metrics(truth, mass_kg=MASS_KG)
    return {
        "name": name, "view": truth.view, "fps": raw.fps, "names": raw.skeleton.names,
        "belt_speed_mps": truth.belt_speed_mps, "height_m": truth.height_m,
        "expected": [(metric, side, round(value, 6)) for (metric, side), value in expected.items()],
    }  # fmt: skip


def main() -> None:
    sources: list[tuple[Path, Path, Path]] = []
    for view, count in _CLIPS:
        for seed in range(count):
            video = clip_of(view, seed, seconds=_SECONDS)
            sources.append((video, video.with_suffix(".npz"), video))
    # The demonstration's keypoints are kept beside those of the others.
    for view, _ in _CLIPS:
        sources.append((*demo_clip(view), OUT / f"demo-{view}.mp4"))
    facts: list[dict[str, Any]] = []
    arrays: dict[str, np.ndarray] = {}
    for video, truth_file, beside in sources:
        truth, name = load_truth(truth_file), beside.stem
        raw = keypoints_of(video, truth, NETWORK, kept_beside=beside)
        if raw is None:
            continue
        raw = as_analysed(video, truth, raw, NETWORK, kept_beside=beside)
        facts.append(_facts(name, truth, raw))
        arrays[f"{name}_xy"], arrays[f"{name}_score"] = _packed(raw)
    KEPT.parent.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(KEPT, facts=np.array(json.dumps(facts)), **arrays)
    print(f"{KEPT}: {len(facts)} clips, {KEPT.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
