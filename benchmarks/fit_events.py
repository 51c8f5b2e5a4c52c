"""Fit the leads and weights of `gaitlab.gait.constants` on force-plate trials, and write that file.

    python -m benchmarks.fit_events [DIR]

Every trial is filmed at several frame rates and noise levels, as markers and as a network might see them; the marks
found are regressed on the force plates' times: an event is the weighted mean of its marks less their leads, weights not
negative. The spread that is written is what a fit without the tested runner leaves.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np

from benchmarks.truth import DEFAULT_FOLDER, Trial, as_network, film, load_trials, without
from gaitlab.core import FloatArray, PoseSequence
from gaitlab.core.gait import BOTH_SIDES
from gaitlab.gait.belt import find_belt
from gaitlab.gait.constants import FITTED_BELT_SPEED
from gaitlab.gait.events import fuse, running_marks
from gaitlab.gait.marks import Lead, coarse_stances
from gaitlab.gait.signals import leg_points
from gaitlab.gait.swings import both_swings

Event = Literal["strike", "off"]
Leads = dict[str, Lead]

CONSTANTS = Path(__file__).resolve().parents[1] / "gaitlab" / "gait" / "constants.py"
FEET = ("heel", "big_toe", "small_toe")
# Frames a second, noise in metres, and whether the points move to where a network might see them.
CONDITIONS = (
    (30.0, 0.004, False),
    (60.0, 0.002, False),
    (120.0, 0.004, False),
    (30.0, 0.002, True),
    (60.0, 0.004, True),
    (120.0, 0.002, True),
)
# The marks used for an event, with and without heel and toe.
USED: dict[tuple[Event, bool], tuple[str, ...]] = {
    ("strike", True): ("foot_matches_belt", "ankle_lands", "shank_turns", "hips_fall"),
    ("strike", False): ("foot_matches_belt", "ankle_lands", "shank_turns", "hips_fall"),
    ("off", True): ("knee_bends", "ankle_leaves", "hips_top", "leg_longest", "toe_clear"),
    ("off", False): ("knee_bends", "ankle_leaves", "hips_top"),
}
# Keeps some weight on every mark even where two move together.
_RIDGE_S = 0.003
_LEAST_WEIGHT = 0.02
_NEAR_S = 0.10


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """Marks of many contacts with their truth.

    Attributes:
        marks: event to mark to (contact,) seconds.
        truth_s: event to (contact,) seconds.
        belt_speed: (contact,) leg lengths a second.
        subject: (contact,) whose contact it is.
    """

    marks: dict[Event, dict[str, FloatArray]]
    truth_s: dict[Event, FloatArray]
    belt_speed: FloatArray
    subject: np.ndarray

    def where(self, keep: np.ndarray) -> Sample:
        """Return the contacts for which ``keep`` is True."""
        return Sample(
            {event: {name: s[keep] for name, s in marks.items()} for event, marks in self.marks.items()},
            {event: s[keep] for event, s in self.truth_s.items()},
            self.belt_speed[keep],
            self.subject[keep],
        )


def sample_of(trial: Trial, pose: PoseSequence) -> list[Sample]:
    """Return the marks of every contact, a sample a foot, that the force plates know and the picture shows."""
    legs = [leg_points(pose, side, forward=1) for side in BOTH_SIDES]
    both = both_swings(legs)
    belt = find_belt(legs, [coarse_stances(swings) for swings in both])
    parts = []
    for leg, swings in zip(legs, both, strict=True):
        strike_marks, off_marks = running_marks(leg, swings, belt)
        strike_s, off_s = trial.of(leg.side)
        nearest = np.argmin(np.abs(swings.front_s[:, None] - strike_s[None, :]), axis=0)
        count = len(strike_s)
        part = Sample(
            {
                "strike": {name: s[nearest] for name, s in strike_marks.items()},
                "off": {name: s[nearest] for name, s in off_marks.items()},
            },
            {"strike": strike_s, "off": off_s},
            np.full(count, belt.speed),
            np.full(count, trial.subject),
        )
        parts.append(part.where(np.abs(swings.front_s[nearest] - strike_s) < _NEAR_S))
    return parts


def joined(parts: Sequence[Sample]) -> Sample:
    """Return all samples as one."""
    return Sample(
        {
            event: {name: np.concatenate([p.marks[event][name] for p in parts]) for name in marks}
            for event, marks in parts[0].marks.items()
        },
        {event: np.concatenate([p.truth_s[event] for p in parts]) for event in parts[0].truth_s},
        np.concatenate([p.belt_speed for p in parts]),
        np.concatenate([p.subject for p in parts]),
    )


def samples(trials: Iterable[Trial], *, feet: bool) -> Sample:
    """Film every trial under all `CONDITIONS` and return the marks of all contacts."""
    parts = []
    for number, trial in enumerate(trials):
        for condition, (fps, noise_m, network) in enumerate(CONDITIONS):
            rng = np.random.default_rng([number, condition])
            seen = as_network(trial, rng=rng) if network else trial
            pose = film(seen, fps=fps, noise_m=noise_m, rng=rng)
            parts += sample_of(trial, pose if feet else without(pose, FEET))
    return joined(parts)


def fit(sample: Sample, event: Event, *, feet: bool) -> Leads:
    """Return lead and weight of each mark.

    Leads are least squares in a constant and the inverse belt speed; weights are least squares with sum 1. A mark
    whose weight would be next to nothing or negative is dropped. Contacts that lack a mark are left out.
    """
    names = np.array(USED[event, feet])
    early_s = np.stack([sample.marks[event][name] - sample.truth_s[event] for name in names], axis=1)
    whole = np.isfinite(early_s).all(axis=1)
    early_s = early_s[whole]
    slowness = 1 / np.clip(sample.belt_speed[whole], *FITTED_BELT_SPEED)
    basis = np.stack([np.ones_like(slowness), slowness], axis=1)
    lead = np.linalg.lstsq(basis, early_s, rcond=None)[0]
    deviation = early_s - basis @ lead
    keep = np.arange(len(names))
    while True:
        # The smallest quadratic form of weights that sum to 1, by its Lagrange equations.
        form = deviation[:, keep].T @ deviation[:, keep] / len(deviation) + _RIDGE_S**2 * np.eye(len(keep))
        weights = np.linalg.solve(form, np.ones(len(keep)))
        weights /= weights.sum()
        if weights.min() > _LEAST_WEIGHT:
            break
        keep = np.delete(keep, np.argmin(weights))
    return {
        str(names[j]): Lead(float(lead[0, j]), float(lead[1, j]), float(w)) for j, w in zip(keep, weights, strict=True)
    }


def fit_all(sample: Sample, *, feet: bool) -> dict[Event, Leads]:
    """Return the leads of both events."""
    return {"strike": fit(sample, "strike", feet=feet), "off": fit(sample, "off", feet=feet)}


def left_out_spread_s(sample: Sample, event: Event, *, feet: bool) -> float:
    """Return the root mean square error of runners that the fit has not seen."""
    errors = []
    for subject in np.unique(sample.subject):
        leads = fit(sample.where(sample.subject != subject), event, feet=feet)
        mine = sample.where(sample.subject == subject)
        errors.append(fuse(mine.marks[event], leads, mine.belt_speed)[0] - mine.truth_s[event])
    return float(np.sqrt(np.nanmean(np.concatenate(errors) ** 2)))


_HEADER = '''"""Leads and weights of the marks, written by ``python -m benchmarks.fit_events``: do not edit by hand.

Origin: {contacts} contacts of {runners} runners at 2.5, 3.5 and 4.5 m/s on an instrumented treadmill (Fukuchi et al.
2017, PeerJ 5:e3298; 50 N threshold), filmed at 30-120 fps with 2-4 mm of noise, half of them with the points moved to
where a pose network might see them. Fitted on markers all the same: no network's own habits are in these numbers.
"""

from __future__ import annotations

from gaitlab.gait.marks import Lead

# Belt speeds of the fit, leg lengths a second.
FITTED_BELT_SPEED = ({slowest:.1f}, {fastest:.1f})
# Whether heel and toe were seen: the marks used, and the root mean square error for a runner left out of the fit, s.
'''
_FOOTER = """
# Walking: 94 % of Zeni's events lie within 16.7 ms of the force plate, which is 1.88 standard deviations.
WALKING_SD_S = 0.009
# From the ankle alone, not validated on force plates: a heel-to-toe roll moves it by about this much.
WALKING_ANKLES_SD_S = 0.025
"""


def _table(name: str, tables: dict[bool, tuple[Leads, float]]) -> str:
    lines = [f"{name}: dict[bool, tuple[dict[str, Lead], float]] = {{"]
    for feet, (leads, spread_s) in tables.items():
        lines += [f"    {feet}: (", "        {"]
        lines += [
            f'            "{mark}": Lead({v.after_s:.4f}, {v.after_legs:.4f}, {v.weight:.3f}),'
            for mark, v in leads.items()
        ]
        lines += ["        },", f"        {spread_s:.4f},", "    ),"]
    return "\n".join([*lines, "}\n"])


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", nargs="?", type=Path, default=DEFAULT_FOLDER)
    parser.add_argument("-o", "--output", type=Path, default=CONSTANTS)
    options = parser.parse_args()
    trials = load_trials(options.folder)
    tables: dict[Event, dict[bool, tuple[Leads, float]]] = {"strike": {}, "off": {}}
    slowest, fastest = np.inf, 0.0
    for feet in (True, False):
        sample = samples(trials, feet=feet)
        slowest, fastest = min(slowest, sample.belt_speed.min()), max(fastest, sample.belt_speed.max())
        for event, table in tables.items():
            table[feet] = (fit(sample, event, feet=feet), left_out_spread_s(sample, event, feet=feet))
    header = _HEADER.format(
        contacts=sum(len(trial.strike_s) for trial in trials),
        runners=len({trial.subject for trial in trials}),
        slowest=slowest,
        fastest=fastest,
    )
    text = header + _table("STRIKE", tables["strike"]) + _table("OFF", tables["off"]) + _FOOTER
    options.output.write_text(text)
    print(text)


if __name__ == "__main__":
    main()
