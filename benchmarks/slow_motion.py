"""Slow motion that nothing but the strides tells: is it found, and which factor is taken for the likeliest?

    python -m benchmarks.slow_motion

Force-plate trials are filmed at 50 to 240 frames a second with keypoints displaced as by networks, and shown at 25 and
30. Nothing is fitted here: the ranges of cadence and the rates of cameras are those of `gaitlab.events.slow_motion`.
"""

from __future__ import annotations

import argparse
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np

from benchmarks.overground import Shot, film_pass
from benchmarks.truth import DEFAULT_FOLDER, Trial, as_network, film, load_trials
from gaitlab.analysis.clock import find_slow_motion
from gaitlab.analysis.recording import Analysis, analyze_pose
from gaitlab.config import Settings
from gaitlab.core.gait import TRUE_TIME, Clock
from gaitlab.core.person import Runner
from gaitlab.core.pose import PoseSequence
from gaitlab.kinematics.travel import standing_share
from gaitlab.metrics import METRICS

TAKEN_HZ = (25, 30, 50, 60, 100, 120, 240)
SHOWN_HZ = (25, 30)
SECONDS = 6.0
_SETTINGS = Settings()


def analyzed(pose: PoseSequence, trial: Trial, clock: Clock = TRUE_TIME) -> Analysis:
    """Return the analysis of keypoints, whose times are those of the film, at a clock."""
    return analyze_pose(
        replace(pose, time_s=pose.time_s / clock.slow_motion),
        runner=Runner(height_m=trial.height_m), settings=_SETTINGS, clock=clock,
    )  # fmt: skip


def main() -> None:
    """Print how often slow motion is found and right, by rates, and what angles lose without an answer."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--trials", type=Path, default=DEFAULT_FOLDER)
    trials = load_trials(parser.parse_args().trials)
    print(f"{len(trials)} trials of {len({t.subject for t in trials})} runners, {SECONDS:g} s each")
    print("taken  shown  factor  told  likeliest is right  among the likely  likeliest (number of trials)")
    changes: dict[str, list[float]] = {}
    for taken_hz in TAKEN_HZ:
        for shown_hz in SHOWN_HZ:
            factor = taken_hz / shown_hz
            if factor < 1:
                continue
            _row(trials, taken_hz, shown_hz, changes)
    shares = [share for number, trial in enumerate(trials) for share in _standing(trial, number)]
    print(
        f"\nshare of a pass of a runner in which an ankle stands still: {min(shares):.2f} to {max(shares):.2f}, "
        f"median {np.median(shares):.2f} (n {len(shares)})"
    )
    print("\nwithout an answer, against the same film with its true rate (mean difference and spread):")
    for name, values in changes.items():
        print(f"  {name:28} {np.mean(values):+6.2f} ± {np.std(values):5.2f} {METRICS[name].unit}  (n {len(values)})")


def _row(trials: list[Trial], taken_hz: int, shown_hz: int, changes: dict[str, list[float]]) -> None:
    factor = taken_hz / shown_hz
    told = right = among = 0
    likeliest: Counter[str] = Counter()
    for number, trial in enumerate(trials):
        rng = np.random.default_rng(number)
        true = film(as_network(trial, rng=rng), fps=taken_hz, rng=rng)
        true = true.between(true.time_s[0], true.time_s[0] + SECONDS)
        shown = replace(true, time_s=true.time_s * factor)
        found = find_slow_motion(
            analyzed(shown, trial),
            again=lambda clock, pose=shown, one=trial: analyzed(pose, one, clock),  # type: ignore[misc]
        )
        if found is None:
            continue
        slow, unanswered = found
        told += 1
        right += abs(slow.factors[0] / factor - 1) < 0.05
        among += any(abs(one / factor - 1) < 0.05 for one in slow.factors)
        likeliest[f"{slow.factors[0]:.3g}"] += 1
        if factor >= 2:
            _compare(unanswered, analyzed(shown, trial, Clock(factor, "entered")), changes)
    often = ", ".join(f"{name}x {count}" for name, count in likeliest.most_common())
    print(
        f"{taken_hz:5d}  {shown_hz:5d}  {factor:6.3g}  {told:2d}/{len(trials)}  {right:18d}  {among:16d}  {often}",
        flush=True,
    )


def _standing(trial: Trial, number: int) -> list[float]:
    """Return the share of the time in which the ankles stand, in passes at 30 and 60 frames a second."""
    rng = np.random.default_rng(number)
    found = []
    for fps in (30, 60):
        shot = Shot(distance_m=6.0, fps=fps, noise_m=0.004, camera="fixed", forward=1)
        made = analyzed(film_pass(trial, shot, rng=rng), trial).trial
        if made.travel is not None:
            found.append(standing_share(made.pose, made.travel, forward=made.calibration.forward))
    return found


def _compare(unanswered: Analysis, answered: Analysis, changes: dict[str, list[float]]) -> None:
    true = {(row.metric, row.side): row.mean for row in answered.summary}
    for row in unanswered.summary:
        if np.isfinite(row.mean) and np.isfinite(true[row.metric, row.side]):
            changes.setdefault(row.metric, []).append(row.mean - true[row.metric, row.side])


if __name__ == "__main__":
    main()
