"""Fit the leads and weights of `gaitlab.events.models.rear` on force-plate trials seen from behind; write that file.

    python -m benchmarks.fit_rear_events [DIR]

As `benchmarks.fit_events` does for the side view: every trial is filmed from afar at several frame rates, and the marks
found are regressed on the force plates' times. The spread that is written is what a fit without the tested runner
leaves.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from benchmarks.fit_events import (
    FEET,
    Event,
    Sample,
    Used,
    bias_source,
    fit_offsets,
    joined,
    left_out_spread_s,
    source,
    speeds_of,
)
from benchmarks.truth import DEFAULT_FOLDER, Trial, film, load_trials, without
from gaitlab.core.gait import BOTH_SIDES
from gaitlab.core.pose import PoseSequence
from gaitlab.events.features import EventModel
from gaitlab.events.rear import coarse_stances, lift_speed, rear_features, rear_swings
from gaitlab.events.signals import leg_points

CONSTANTS = Path(__file__).resolve().parents[1] / "gaitlab" / "events" / "models" / "rear.py"
EVENTS: tuple[Event, ...] = ("strike", "off")
FRAME_RATES = (30.0, 60.0, 120.0)
NOISE_M = 0.004
# The marks used for an event, with and without heel and toe.
USED: Used = {
    ("strike", True): ("ankle_low", "ankle_lowers", "toe_low", "hips_fall"),
    ("strike", False): ("ankle_low", "ankle_lowers", "hips_fall"),
    ("off", True): ("ankle_up", "ankle_high", "heel_high", "toe_clear", "toe_leaves", "leg_longest", "hips_top"),
    ("off", False): ("ankle_up", "ankle_high", "hips_top"),
}
_NEAR_S = 0.10


def sample_of(trial: Trial, pose: PoseSequence) -> list[Sample]:
    """Return the marks of every contact, a sample a foot, that the force plates know and the picture shows whole."""
    legs = [leg_points(pose, side, forward=1) for side in BOTH_SIDES]
    parts = []
    for leg, swings in zip(legs, rear_swings(legs), strict=True):
        strike_features, off_features = rear_features(leg, swings)
        strike_s, off_s = trial.of(leg.side)
        coarse_s, _ = coarse_stances(swings)
        nearest = np.argmin(np.abs(coarse_s[:, None] - strike_s[None, :]), axis=0)
        part = Sample(
            {
                "strike": {name: s[nearest] for name, s in strike_features.items()},
                "off": {name: s[nearest] for name, s in off_features.items()},
            },
            {"strike": strike_s, "off": off_s},
            np.full(len(strike_s), lift_speed(leg)),
            np.full(len(strike_s), trial.subject),
            np.full(len(strike_s), f"{trial.name} {leg.side}"),
            np.full(len(strike_s), True),
        )
        parts.append(part.where(np.abs(coarse_s[nearest] - strike_s) < _NEAR_S))
    return parts


def samples(trials: Iterable[Trial], *, feet: bool) -> Sample:
    """Film every trial at all `FRAME_RATES` and return the marks of all contacts."""
    parts = []
    for number, trial in enumerate(trials):
        for fps in FRAME_RATES:
            rng = np.random.default_rng([number, int(fps), 7])
            pose = film(trial, fps=fps, seen_from="behind", noise_m=NOISE_M, rng=rng)
            parts += sample_of(trial, pose if feet else without(pose, FEET))
    return joined(parts)


def fit(by_feet: dict[bool, Sample], event: Event, *, spread: bool = True) -> EventModel:
    """Return everything fitted for one event; without ``spread`` the standard deviations are left out."""
    sd_s = {
        feet: left_out_spread_s(s, event, feet=feet, used=USED) if spread else np.nan for feet, s in by_feet.items()
    }
    offsets = {feet: fit_offsets(sample, event, feet=feet, used=USED) for feet, sample in by_feet.items()}
    return EventModel(offsets, sd_s, speeds_of([by_feet[False]]))


_HEADER = '''"""Offsets and weights of the rear view's features, by ``benchmarks/fit_rear_events.py``: do not edit.

Origin: {contacts} contacts of {runners} runners at 2.5, 3.5 and 4.5 m/s on an instrumented treadmill (Fukuchi et al.
2017, PeerJ 5:e3298; 50 N threshold), projected from behind and afar at 30-120 fps with 4 mm of noise. Fitted on
markers, so no network's systematic errors are included. Speeds are those of the lifted ankle.
"""

from __future__ import annotations

from gaitlab.core.gait import TimingBias
from gaitlab.events.features import EventModel, FeatureOffset

'''


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", nargs="?", type=Path, default=DEFAULT_FOLDER)
    parser.add_argument("-o", "--output", type=Path, default=CONSTANTS)
    options = parser.parse_args()
    trials = load_trials(options.folder)
    by_feet = {feet: samples(trials, feet=feet) for feet in (True, False)}
    header = _HEADER.format(
        contacts=sum(len(trial.strike_s) for trial in trials), runners=len({trial.subject for trial in trials})
    )
    text = header + "".join(source(event.upper(), fit(by_feet, event)) for event in EVENTS)
    text += bias_source(by_feet, used=USED)
    options.output.write_text(text)
    print(text)


if __name__ == "__main__":
    main()
