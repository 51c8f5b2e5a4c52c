"""Exchanged legs that were put in: motion-captured runners, as a network that confuses their legs would see them.

    python -m benchmarks.left_right_made [--trials N] [--frames-per-second F …] [--seed N]

The trials of `benchmarks.truth` are seen from the side and from behind, with noise, gaps, points that jump to the other
leg and legs that are taken for one where they overlap. Their names are exchanged for a few frames now and then, or not
at all. A trial may be played faster than it was (a sprint) or slower (the legs of a walker's pace). A row tells what
share of the frames in which the legs are 0.2 m apart is exchanged before and after they are named over time. The
constants of `gaitlab.signal.swaps` were chosen on trials 1, 7, 13 … of each speed; other trials judge them.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.truth import DEFAULT_FOLDER, Trial, film, load_trials
from gaitlab.core.pose import FloatArray
from gaitlab.core.skeleton import SIDES
from gaitlab.signal.swaps import swapped_frames

_POINTS = ("knee", "ankle", "heel", "big_toe")
_SECONDS = 4.0
_APART_M, _TOGETHER_M = 0.2, 0.1
_TAKEN_FROM_THE_OTHER, _MISSING = 0.06, 0.05  # shares of points
_NOISE_M = 0.04
# Speed of the trial and of the legs: how many times faster it is played.
PACES = {"walk": (2.5, 0.6), "run": (3.5, 1.0), "sprint": (4.5, 1.45)}
# How often a second the names are exchanged, and for how long on average.
EXCHANGES = {"never": (0.0, 0.0), "blinks": (3.0, 0.04), "steps": (0.6, 0.2)}


@dataclass(frozen=True, slots=True, eq=False)
class Made:
    """Legs as a network names them, (frame, point, 2) m, and the frames that are exchanged and that are asked for."""

    left: FloatArray
    right: FloatArray
    time_s: FloatArray
    exchanged: np.ndarray
    asked: np.ndarray


def made(
    trial: Trial, *, seen_from: str, fps: float, pace: float, exchange: tuple[float, float], rng: np.random.Generator
) -> Made:
    """Return a trial as a network that confuses its legs sees it."""
    pose = film(trial, fps=fps / pace, seen_from=seen_from, px_per_m=1.0, noise_m=0.0, rng=rng)  # type: ignore[arg-type]
    pose_s = pose.time_s / pace
    frames = np.flatnonzero(pose_s - pose_s[0] < _SECONDS)
    time_s = pose_s[frames]
    legs = np.stack([np.stack([pose.point(f"{side}_{name}")[frames] for name in _POINTS], axis=1) for side in SIDES])
    apart = np.linalg.norm(legs[0] - legs[1], axis=-1)
    seen = legs + rng.normal(0, _NOISE_M, legs.shape)
    together = (apart < _TOGETHER_M) & (rng.random(apart.shape) < 0.5)
    for side in (0, 1):
        taken = rng.random(apart.shape) < _TAKEN_FROM_THE_OTHER
        taken |= together if side else False
        seen[side][taken] = seen[1 - side][taken] + rng.normal(0, _NOISE_M, (int(taken.sum()), 2))
    seen[rng.random(seen.shape[:-1]) < _MISSING] = np.nan
    exchanged = _spells(len(time_s), fps, exchange, rng)
    seen[:, exchanged] = seen[::-1, exchanged]
    return Made(seen[0], seen[1], time_s, exchanged, np.nanmax(apart, axis=1) > _APART_M)


def _spells(frames: int, fps: float, exchange: tuple[float, float], rng: np.random.Generator) -> np.ndarray:
    exchanged = np.zeros(frames, dtype=bool)
    a_second, length_s = exchange
    at = 0
    while a_second and at < frames:
        at += max(1, round(rng.exponential(1 / a_second) * fps))
        until = at + max(1, round(rng.exponential(length_s) * fps))
        exchanged[at:until], at = True, until
    return exchanged


def rows(trials: Sequence[Trial], frame_rates: Sequence[float], seed: int) -> Iterator[tuple[str, float, float]]:
    """Yield name, and the share of exchanged frames, %, before and after, of each way to see and confuse the legs."""
    for pace, (speed_mps, faster) in PACES.items():
        chosen = [trial for trial in trials if abs(trial.nominal_speed_mps - speed_mps) < 0.1]
        for seen_from in ("right", "behind"):
            for fps in frame_rates:
                for name, exchange in EXCHANGES.items():
                    rng = np.random.default_rng(seed)
                    wrong = np.zeros(2)
                    asked = 0
                    for trial in chosen:
                        one = made(trial, seen_from=seen_from, fps=fps, pace=faster, exchange=exchange, rng=rng)
                        found = swapped_frames(one.left, one.right, one.time_s)
                        wrong += [(one.exchanged & one.asked).sum(), ((found != one.exchanged) & one.asked).sum()]
                        asked += int(one.asked.sum())
                    before, after = 100 * wrong / max(asked, 1)
                    yield f"{pace:8}{seen_from:8}{fps:5.0f}  {name:8}", before, after


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--folder", type=Path, default=DEFAULT_FOLDER)
    parser.add_argument("--trials", type=int, default=4, help="runners a pace, of those that judge")
    parser.add_argument("--frames-per-second", nargs="+", type=float, default=[25.0, 30.0, 60.0])
    parser.add_argument("--seed", type=int, default=11)
    options = parser.parse_args(arguments)
    trials = load_trials(options.folder)
    subjects = sorted({trial.subject for trial in trials})
    judging = [s for i, s in enumerate(subjects) if i % 6 != 1][: options.trials]
    print(f"of frames with the legs apart, exchanged, %, before and after; {len(judging)} runners")
    table = list(rows([trial for trial in trials if trial.subject in judging], options.frames_per_second, options.seed))
    for name, before, after in table:
        print(f"{name}{before:7.1f}{after:7.2f}", flush=True)
    print(f"mean {np.mean([r[1] for r in table]):.2f} {np.mean([r[2] for r in table]):.2f}, "
          f"worst {max(r[1] for r in table):.1f} {max(r[2] for r in table):.1f}")  # fmt: skip


if __name__ == "__main__":
    main()
