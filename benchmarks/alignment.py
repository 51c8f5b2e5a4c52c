"""How well `gaitlab validate` finds the time between a film and a laboratory's markers.

    python -m benchmarks.alignment [DIR] [--fps 60]

Every treadmill trial is filmed with its points where a pose network might see them, from a random moment on, and its
curves are aligned with those of the markers: the error of the offset, and how often a stride off is not excluded. The
same with the force plates' contacts, each off by 8 ms (SD) at random, in place of curves.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from benchmarks.truth import DEFAULT_FOLDER, Trial, as_network, film, load_trials
from gaitlab.analysis.tracks import preprocessed
from gaitlab.config import Settings
from gaitlab.core.errors import InputError
from gaitlab.core.gait import Angles, Contact, Side
from gaitlab.core.pose import PoseSequence
from gaitlab.kinematics.calibration import leg_length_px
from gaitlab.kinematics.side import sagittal_angles
from gaitlab.stats.validation.alignment import Recorded, align

PX_PER_M = 400.0
CONTACT_SD_S = 0.008
LENGTH_S = 10.0
# An offset farther off than this is of another stride.
STRIDE_OFF_S = 0.1


def curves(pose: PoseSequence) -> Recorded:
    """Return a recording's angles as an analysis has them."""
    smooth = preprocessed(pose, Settings(), view="side", leg_px=leg_length_px(pose, forward=1))[1]
    angles: Angles = sagittal_angles(smooth, forward=1)
    return Recorded(angles, (), (float(pose.time_s[0]), float(pose.time_s[-1])))


def contacts(trial: Trial, start_s: float, end_s: float, sd_s: float, rng: np.random.Generator) -> Recorded:
    """Return the plates' contacts of a part of a trial, each moment off at random."""
    found = []
    for name, strike_s, off_s in zip(trial.side, trial.strike_s, trial.toe_off_s, strict=True):
        side: Side = "left" if name == "left" else "right"
        if strike_s > start_s and off_s < end_s:
            found.append(Contact(side, strike_s + rng.normal(0, sd_s), off_s + rng.normal(0, sd_s), 0.0, 0.0))
    return Recorded(None, tuple(found), (start_s, end_s))


def report(name: str, errors_s: list[float], doubts: int, refused: int) -> None:
    """Print one line."""
    errors = np.array(errors_s)
    right = errors[np.abs(errors) < STRIDE_OFF_S]
    print(
        f"{name}: {len(errors)} offsets, a stride off {len(errors) - len(right)}, refused {refused}, in doubt "
        f"{doubts}; error {1e3 * right.mean():+.1f} ms, SD {1e3 * right.std():.1f}, at most "
        f"{1e3 * np.abs(right).max():.1f}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path, default=DEFAULT_FOLDER)
    parser.add_argument("--fps", type=float, default=60.0)
    arguments = parser.parse_args()
    errors: dict[str, list[float]] = {"curves": [], "contacts": []}
    doubts, refused = dict.fromkeys(errors, 0), dict.fromkeys(errors, 0)
    for number, trial in enumerate(load_trials(arguments.folder)):
        rng = np.random.default_rng(number)
        seen = film(as_network(trial, rng=rng), fps=arguments.fps, px_per_m=PX_PER_M, rng=rng)
        true = film(trial, fps=150.0, px_per_m=PX_PER_M, noise_m=0.0, rng=rng)
        start_s = float(rng.uniform(trial.time_s[0], trial.time_s[-1] - LENGTH_S))
        part = seen.between(start_s, start_s + LENGTH_S)
        noisy = contacts(trial, start_s, start_s + LENGTH_S, CONTACT_SD_S, rng)
        whole = contacts(trial, float(trial.time_s[0]), float(trial.time_s[-1]), 0.0, rng)
        for name, ours, theirs in (("curves", curves(part), curves(true)), ("contacts", noisy, whole)):
            try:
                offset = align(ours, theirs).offset
            except InputError:
                refused[name] += 1
                continue
            errors[name].append(offset.offset_s)
            doubts[name] += bool(np.isfinite(offset.runner_up_s))
    for name, found in errors.items():
        report(name, found, doubts[name], refused[name])


if __name__ == "__main__":
    main()
