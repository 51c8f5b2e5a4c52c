"""Where the ankle joint goes in the shoe while somebody runs: the table of ``tools/synthetic/ankle.py``, measured.

    python -m benchmarks.ankle_in_shoe [--data FOLDER]

The shoe is the line from the marker on the heel counter to that on the fifth metatarsal head; the ankle is the middle
of the markers on both malleoli. Where it is along that line and across it, less where it is under load (40 % of
stance), is averaged over the contacts of a trial's foot, and then over all feet, trials and runners alike.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from benchmarks.truth import DEFAULT_FOLDER, Trial, load_trials
from gaitlab.core.pose import FloatArray

# Shares of stance, then 1 + shares of swing: close to each other where the foot lands.
PHASES = (
    0, 0.02, 0.04, 0.06, 0.08, 0.10, 0.12, 0.14, 0.17, 0.20, 0.25, 0.30, 0.40, 0.50, 0.60, 0.70, 0.80, 0.90,
    1, 1.10, 1.20, 1.35, 1.50, 1.65, 1.80, 1.90, 1.96,
)  # fmt: skip
_LOADED = 0.4
_LONGEST_SWING_S = 0.8


def ankle_course(trial: Trial, side: str) -> FloatArray | None:
    """Return (phase, 2) m: how far forward and up in the shoe the ankle is of where it is under load; None unseen."""
    heel, ankle, toe = (trial.point(f"{side}_{name}")[:, :2] for name in ("heel", "ankle", "small_toe"))
    if any(np.isnan(points).all() for points in (heel, ankle, toe)):
        return None
    along = (toe - heel) / np.linalg.norm(toe - heel, axis=1, keepdims=True)
    across = np.stack([-along[:, 1], along[:, 0]], axis=1)
    place = np.stack([((ankle - heel) * axis).sum(axis=1) for axis in (along, across)], axis=1)
    strike_s, off_s = trial.of(side)
    phases, courses = np.array(PHASES), []
    for start_s, end_s, next_s in zip(strike_s[:-1], off_s[:-1], strike_s[1:], strict=True):
        if next_s - end_s > _LONGEST_SWING_S:
            continue
        at_s = np.interp(np.append(phases, _LOADED), (0, 1, 2), (start_s, end_s, next_s))
        read = np.stack([np.interp(at_s, trial.time_s, column) for column in place.T], axis=1)
        courses.append(read[:-1] - read[-1])
    return np.nanmean(courses, axis=0)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=DEFAULT_FOLDER)
    trials = load_trials(parser.parse_args().data)
    courses = [course for trial in trials for side in ("left", "right") for course in [ankle_course(trial, side)]]
    seen = np.array([course for course in courses if course is not None])
    mean, spread = np.nanmean(seen, axis=0), np.nanstd(seen, axis=0)
    print(f"{len(seen)} feet of {len({trial.subject for trial in trials})} runners, {len(trials)} trials; mm")
    print("phase    forward    sd     up    sd")
    for phase, (forward, up), (forward_sd, up_sd) in zip(PHASES, 1000 * mean, 1000 * spread, strict=True):
        print(f"{phase:5.2f}  {forward:7.1f} {forward_sd:6.1f} {up:6.1f} {up_sd:5.1f}")


if __name__ == "__main__":
    main()
