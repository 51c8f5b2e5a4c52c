"""Fit the leads and weights of `gaitlab.gait.constants` on force-plate trials, and write that file.

    python -m benchmarks.fit_events [DIR]

Every trial is filmed at several frame rates and noise levels; the marks found are regressed on the force plates' times:
an event is the weighted mean of its marks less their leads, weights not negative. The spread that is written is what a
fit without the tested runner leaves.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.truth import DEFAULT_FOLDER, Trial, film, load_trials, without
from gaitlab.core import FloatArray, PoseSequence
from gaitlab.core.gait import BOTH_SIDES
from gaitlab.gait.constants import Lead
from gaitlab.gait.events import fuse, running_marks
from gaitlab.gait.signals import bridged, leg_points
from gaitlab.gait.swings import find_swings, stride_time_s

CONSTANTS = Path(__file__).resolve().parents[1] / "gaitlab" / "gait" / "constants.py"
FRAME_RATES = (30.0, 60.0, 120.0)
NOISE_M = (0.002, 0.004)
FEET = ("heel", "big_toe", "small_toe")
STRIKE_USED = {
    True: ("ankle_down", "foot_matches_belt", "shank_turns", "hips_fall", "heel_low", "toe_falls"),
    False: ("ankle_down", "foot_matches_belt", "shank_turns", "hips_fall"),
}
OFF_USED = {
    True: ("toe_up", "toe_clear", "foot_turns", "hips_rise", "knee_straight"),
    False: ("knee_straight", "thigh_back", "hips_rise"),
}
# Marks against each other, in seconds: keeps weights even where marks move together.
_RIDGE_S = 0.003
_NEAR_S = 0.10


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """Marks of many contacts with their truth: names to (contact,) seconds, and whose contact each is."""

    strike_marks: dict[str, FloatArray]
    off_marks: dict[str, FloatArray]
    strike_s: FloatArray
    off_s: FloatArray
    subject: np.ndarray

    def without(self, subject: str) -> Sample:
        """Return the contacts of all other runners."""
        keep = self.subject != subject
        return Sample(
            {k: v[keep] for k, v in self.strike_marks.items()},
            {k: v[keep] for k, v in self.off_marks.items()},
            self.strike_s[keep],
            self.off_s[keep],
            self.subject[keep],
        )


def sample_of(trial: Trial, pose: PoseSequence) -> Sample:
    """Return the marks of every contact that the force plates know and the picture shows whole."""
    legs = {side: leg_points(pose, side, forward=1) for side in BOTH_SIDES}
    stride_s = stride_time_s(bridged(legs["left"].reach) - bridged(legs["right"].reach))
    parts = []
    for side, leg in legs.items():
        swings = find_swings(leg.time_s, leg.reach, stride_s)
        strike_marks, off_marks = running_marks(leg, swings, belt_speed=None)
        strike_s, off_s = trial.of(side)
        nearest = np.argmin(np.abs(swings.front_s[:, None] - strike_s[None, :]), axis=0)
        good = np.abs(swings.front_s[nearest] - strike_s) < _NEAR_S
        nearest, strike_s, off_s = nearest[good], strike_s[good], off_s[good]
        parts.append(
            Sample(
                {k: v[nearest] for k, v in strike_marks.items()},
                {k: v[nearest] for k, v in off_marks.items()},
                strike_s,
                off_s,
                np.full(len(strike_s), trial.subject),
            )
        )
    return joined(parts)


def joined(parts: Sequence[Sample]) -> Sample:
    """Return all samples as one."""
    return Sample(
        {k: np.concatenate([p.strike_marks[k] for p in parts]) for k in parts[0].strike_marks},
        {k: np.concatenate([p.off_marks[k] for p in parts]) for k in parts[0].off_marks},
        np.concatenate([p.strike_s for p in parts]),
        np.concatenate([p.off_s for p in parts]),
        np.concatenate([p.subject for p in parts]),
    )


def samples(trials: Iterable[Trial], *, feet: bool) -> Sample:
    """Film every trial at all frame rates and noise levels and return the marks of all contacts."""
    parts = []
    for number, trial in enumerate(trials):
        for fps in FRAME_RATES:
            for noise_m in NOISE_M:
                rng = np.random.default_rng([number, int(fps), int(noise_m * 1e6)])
                pose = film(trial, fps=fps, noise_m=noise_m, rng=rng)
                parts.append(sample_of(trial, pose if feet else without(pose, FEET)))
    return joined(parts)


def fit(marks: dict[str, FloatArray], truth_s: FloatArray, used: Sequence[str]) -> dict[str, Lead]:
    """Return lead and weight of each mark: leads are medians, weights least squares with sum 1, none negative.

    Contacts where a mark is missing are left out of the weights. A mark whose weight would be negative is dropped.
    """
    early_s = np.stack([marks[name] - truth_s for name in used], axis=1)
    after_s = np.nanmedian(early_s, axis=0)
    deviation = (early_s - after_s)[np.isfinite(early_s).all(axis=1)]
    keep = np.arange(len(used))
    while True:
        # Least squares with sum 1: the smallest quadratic form of the weights, by its Lagrange equations.
        form = deviation[:, keep].T @ deviation[:, keep] / len(deviation) + _RIDGE_S**2 * np.eye(len(keep))
        weights = np.linalg.solve(form, np.ones(len(keep)))
        weights /= weights.sum()
        if weights.min() > 0.02:
            break
        keep = np.delete(keep, np.argmin(weights))
    leads = {used[j]: Lead(float(after_s[j]), float(w)) for j, w in zip(keep, weights, strict=True)}
    time_s, _ = fuse(marks, leads)
    bias_s = float(np.nanmean(time_s - truth_s))
    return {name: Lead(lead.after_s + bias_s, lead.weight) for name, lead in leads.items()}


def left_out_spread_s(sample: Sample, event: str, used: Sequence[str]) -> float:
    """Return the root mean square error of runners that the fit has not seen."""
    errors = []
    for subject in np.unique(sample.subject):
        rest = sample.without(subject)
        mine = sample.subject == subject
        marks, truth_s = (
            (sample.strike_marks, sample.strike_s) if event == "strike" else (sample.off_marks, sample.off_s)
        )
        rest_marks, rest_s = (rest.strike_marks, rest.strike_s) if event == "strike" else (rest.off_marks, rest.off_s)
        time_s, _ = fuse({k: v[mine] for k, v in marks.items()}, fit(rest_marks, rest_s, used))
        errors.append(time_s - truth_s[mine])
    return float(np.sqrt(np.nanmean(np.concatenate(errors) ** 2)))


_HEADER = '''"""Leads and weights of the marks, written by ``python -m benchmarks.fit_events``: do not edit by hand.

Origin: {contacts} contacts of {runners} runners at 2.5, 3.5 and 4.5 m/s on an instrumented treadmill (Fukuchi et al.
2017, PeerJ 5:e3298; 50 N threshold), filmed at {rates} fps with {noises} mm of noise. Fitted on markers: a network's
heel and toe lie elsewhere on the shoe, so real video errs more than the spread says.
"""

from __future__ import annotations

from typing import NamedTuple


class Lead(NamedTuple):
    """How long after the event a mark comes, on average, and how much it counts."""

    after_s: float
    weight: float


# Whether heel and toe were seen: the marks used, and the root mean square error for a runner left out of the fit, s.
'''
_FOOTER = """
# Walking: 94 % of Zeni's events lie within 16.7 ms of the force plate, which is 1.88 standard deviations.
WALKING_SD_S = 0.009
# From the ankle alone, not validated on force plates: a heel-to-toe roll moves it by about this much.
WALKING_ANKLES_SD_S = 0.025
"""


def _table(name: str, tables: dict[bool, tuple[dict[str, Lead], float]]) -> str:
    lines = [f"{name}: dict[bool, tuple[dict[str, Lead], float]] = {{"]
    for feet, (leads, spread_s) in tables.items():
        lines.append(f"    {feet}: (")
        lines.append("        {")
        lines += [f'            "{mark}": Lead({v.after_s:.4f}, {v.weight:.3f}),' for mark, v in leads.items()]
        lines += ["        },", f"        {spread_s:.4f},", "    ),"]
    return "\n".join([*lines, "}\n"])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", nargs="?", type=Path, default=DEFAULT_FOLDER)
    parser.add_argument("-o", "--output", type=Path, default=CONSTANTS)
    options = parser.parse_args()
    trials = load_trials(options.folder)
    strike, off = {}, {}
    for feet in (True, False):
        sample = samples(trials, feet=feet)
        strike[feet] = (
            fit(sample.strike_marks, sample.strike_s, STRIKE_USED[feet]),
            left_out_spread_s(sample, "strike", STRIKE_USED[feet]),
        )
        off[feet] = (
            fit(sample.off_marks, sample.off_s, OFF_USED[feet]),
            left_out_spread_s(sample, "off", OFF_USED[feet]),
        )
    header = _HEADER.format(
        contacts=sum(len(trial.strike_s) for trial in trials),
        runners=len({trial.subject for trial in trials}),
        rates=", ".join(f"{rate:g}" for rate in FRAME_RATES),
        noises=" and ".join(f"{1000 * noise:g}" for noise in NOISE_M),
    )
    options.output.write_text(header + _table("STRIKE", strike) + _table("OFF", off) + _FOOTER)
    print(options.output.read_text())


if __name__ == "__main__":
    main()
