"""Fit the leads and weights of `gaitlab.events.models.side` on force-plate trials, and write that file.

    python -m benchmarks.fit_events [DIR]

Every trial is filmed at several frame rates and noise levels, as markers and as a network might see them; the marks
found are regressed on the force plates' times: an event is the weighted mean of its marks less their leads, weights not
negative. The spread that is written is what a fit without the tested runner leaves.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

import numpy as np

from benchmarks.truth import DEFAULT_FOLDER, Trial, as_network, film, load_trials, without
from gaitlab.core.gait import BOTH_SIDES, TimingBias
from gaitlab.core.pose import FloatArray, PoseSequence
from gaitlab.events.belt import measure_belt
from gaitlab.events.features import EventModel, FeatureOffset, coarse_stances
from gaitlab.events.side import fuse, running_features
from gaitlab.events.signals import leg_points
from gaitlab.events.swings import both_swings

Event = Literal["strike", "off"]
EVENTS: tuple[Event, ...] = ("strike", "off")
Offsets = dict[str, FeatureOffset]
Used = Mapping[tuple[Event, bool], tuple[str, ...]]

CONSTANTS = Path(__file__).resolve().parents[1] / "gaitlab" / "events" / "models" / "side.py"
FEET = ("heel", "big_toe", "small_toe")
# Frames a second, noise in metres, and whether the points move to where a network might see them.
CONDITIONS = (
    (30.0, 0.002, False),
    (30.0, 0.004, False),
    (60.0, 0.002, False),
    (60.0, 0.004, False),
    (120.0, 0.004, False),
    (30.0, 0.004, True),
    (60.0, 0.004, True),
    (120.0, 0.004, True),
)
# The marks used for an event, with and without heel and toe.
USED: Used = {
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
        features: event to mark to (contact,) seconds.
        truth_s: event to (contact,) seconds.
        belt_speed: (contact,) leg lengths a second.
        subject: (contact,) whose contact it is.
        foot: (contact,) trial and side.
        markers: (contact,) whether the points are the markers, not where a network might see them.
    """

    features: dict[Event, dict[str, FloatArray]]
    truth_s: dict[Event, FloatArray]
    belt_speed: FloatArray
    subject: np.ndarray
    foot: np.ndarray
    markers: np.ndarray

    def where(self, keep: np.ndarray) -> Sample:
        """Return the contacts for which ``keep`` is True."""
        return Sample(
            {event: {name: s[keep] for name, s in features.items()} for event, features in self.features.items()},
            {event: s[keep] for event, s in self.truth_s.items()},
            self.belt_speed[keep],
            self.subject[keep],
            self.foot[keep],
            self.markers[keep],
        )


def sample_of(trial: Trial, pose: PoseSequence, *, markers: bool) -> list[Sample]:
    """Return the marks of every contact, a sample a foot, that the force plates know and the picture shows."""
    legs = [leg_points(pose, side, forward=1) for side in BOTH_SIDES]
    both = both_swings(legs)
    belt = measure_belt(pose, legs, [coarse_stances(swings) for swings in both], slope_of="toes")
    parts = []
    for leg, swings in zip(legs, both, strict=True):
        strike_features, off_features = running_features(leg, swings, belt)
        strike_s, off_s = trial.of(leg.side)
        nearest = np.argmin(np.abs(swings.front_s[:, None] - strike_s[None, :]), axis=0)
        count = len(strike_s)
        part = Sample(
            {
                "strike": {name: s[nearest] for name, s in strike_features.items()},
                "off": {name: s[nearest] for name, s in off_features.items()},
            },
            {"strike": strike_s, "off": off_s},
            np.full(count, belt.speed_legs_per_s),
            np.full(count, trial.subject),
            np.full(count, f"{trial.name} {leg.side}"),
            np.full(count, markers),
        )
        parts.append(part.where(np.abs(swings.front_s[nearest] - strike_s) < _NEAR_S))
    return parts


def joined(parts: Sequence[Sample]) -> Sample:
    """Return all samples as one."""
    return Sample(
        {
            event: {name: np.concatenate([p.features[event][name] for p in parts]) for name in features}
            for event, features in parts[0].features.items()
        },
        {event: np.concatenate([p.truth_s[event] for p in parts]) for event in parts[0].truth_s},
        np.concatenate([p.belt_speed for p in parts]),
        np.concatenate([p.subject for p in parts]),
        np.concatenate([p.foot for p in parts]),
        np.concatenate([p.markers for p in parts]),
    )


def samples(trials: Iterable[Trial], *, feet: bool) -> Sample:
    """Film every trial under all `CONDITIONS` and return the marks of all contacts."""
    parts = []
    for number, trial in enumerate(trials):
        for condition, (fps, noise_m, network) in enumerate(CONDITIONS):
            rng = np.random.default_rng([number, condition])
            seen = as_network(trial, rng=rng) if network else trial
            pose = film(seen, fps=fps, noise_m=noise_m, rng=rng)
            parts += sample_of(trial, pose if feet else without(pose, FEET), markers=not network)
    return joined(parts)


def fit_offsets(sample: Sample, event: Event, *, feet: bool, used: Used = USED) -> Offsets:
    """Return lead and weight of each mark used.

    Offsets are least squares in a constant and the inverse speed; weights are least squares with sum 1. A mark
    whose weight would be next to nothing or negative is dropped. Contacts that lack a mark are left out.
    """
    names = np.array(used[event, feet])
    early_s = np.stack([sample.features[event][name] - sample.truth_s[event] for name in names], axis=1)
    whole = np.isfinite(early_s).all(axis=1)
    early_s = early_s[whole]
    slowness = 1 / sample.belt_speed[whole]
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
        str(names[j]): FeatureOffset(float(lead[0, j]), float(lead[1, j]), float(w))
        for j, w in zip(keep, weights, strict=True)
    }


def left_out_errors_s(sample: Sample, event: Event, *, feet: bool, used: Used = USED) -> FloatArray:
    """Return (contact,) the errors of runners that the fit has not seen."""
    errors_s = np.full(len(sample.subject), np.nan)
    for subject in np.unique(sample.subject):
        mine = sample.subject == subject
        rest, own = sample.where(~mine), sample.where(mine)
        model = EventModel({feet: fit_offsets(rest, event, feet=feet, used=used)}, {}, speeds_of([rest]))
        time_s, _ = fuse(own.features[event], model, feet=feet, belt_speed=own.belt_speed)
        errors_s[mine] = time_s - own.truth_s[event]
    return errors_s


def left_out_spread_s(sample: Sample, event: Event, *, feet: bool, used: Used = USED) -> float:
    """Return the root mean square error of runners that the fit has not seen."""
    return float(np.sqrt(np.nanmean(left_out_errors_s(sample, event, feet=feet, used=used) ** 2)))


def left_out_bias(sample: Sample, *, feet: bool, without: str = "", used: Used = USED) -> TimingBias:
    """Return what the mean errors of feet that the fit has not seen are like; of markers, and ``without`` a runner.

    A network's own errors are measured with the network (``python -m benchmarks.end_to_end``), not here.
    """
    strike_s, off_s = (left_out_errors_s(sample, event, feet=feet, used=used) for event in EVENTS)
    kept = sample.markers & (sample.subject != without)
    means: dict[str, dict[str, FloatArray]] = {}
    by_chance = []
    for foot in np.unique(sample.foot[kept]):
        mine = kept & (sample.foot == foot)
        errors_s = np.stack([strike_s[mine], off_s[mine], off_s[mine] - strike_s[mine]])
        trial, side = foot.rsplit(" ", 1)
        means.setdefault(trial, {})[side] = np.nanmean(errors_s, axis=1)
        strides = len(np.unique(sample.truth_s["strike"][mine]))
        by_chance.append(np.nanvar(errors_s, axis=1, ddof=1) / strides)
    left, right = (np.array([of_side[side] for of_side in means.values()]) for side in BOTH_SIDES)
    # Errors of the two feet are alike by what they share, and apart by what each has of its own; a mean of few strides
    # is off by chance too, which the spread over strides shows.
    chance = np.mean(by_chance, axis=0)
    own = np.maximum(np.var(right - left, axis=0, ddof=1) / 2 - chance, 0)
    both = np.maximum(np.mean(((left + right) / 2) ** 2, axis=0) - (own + chance) / 2, 0)
    return TimingBias(*np.sqrt([*own, both[0], both[2]]).tolist())


def speeds_of(parts: Iterable[Sample]) -> tuple[float, float]:
    """Return the slowest and the fastest speed of some samples, rounded away from each other."""
    speeds = np.concatenate([part.belt_speed for part in parts])
    return float(np.floor(10 * speeds.min()) / 10), float(np.ceil(10 * speeds.max()) / 10)


def fit(by_feet: dict[bool, Sample], event: Event, *, spread: bool = True) -> EventModel:
    """Return everything fitted for one event; without ``spread`` the standard deviations are left out."""
    return EventModel(
        {feet: fit_offsets(sample, event, feet=feet) for feet, sample in by_feet.items()},
        {feet: left_out_spread_s(s, event, feet=feet) if spread else np.nan for feet, s in by_feet.items()},
        speeds_of(by_feet.values()),
    )


_HEADER = '''"""Offsets and weights of the side view's features, written by ``benchmarks/fit_events.py``: do not edit.

Origin: {contacts} contacts of {runners} runners at 2.5, 3.5 and 4.5 m/s on an instrumented treadmill (Fukuchi et al.
2017, PeerJ 5:e3298; 50 N threshold), projected at 30-120 fps with 2-4 mm of noise, some of them with the points
displaced as by a pose network. Fitted on markers nevertheless: no particular network's systematic errors are included.
"""

from __future__ import annotations

from gaitlab.core.gait import TimingBias
from gaitlab.events.features import EventModel, FeatureOffset

'''
_FOOTER = """
# Walking: 94 % of Zeni's events lie within 16.7 ms of the force plate, which is 1.88 standard deviations.
WALKING_SD_S = 0.009
# From the ankle alone, not validated on force plates: a heel-to-toe roll moves it by about this much.
WALKING_ANKLES_SD_S = 0.025
"""


def source(name: str, model: EventModel) -> str:
    """Return the assignment of ``model`` as Python, in the project's format."""
    lines = [f"{name} = EventModel(", "    offsets={"]
    for feet, offsets in model.offsets.items():
        lines.append(f"        {feet}: {{")
        for feature, offset in offsets.items():
            numbers = f"{offset.after_s:.4f}, {offset.after_legs:.4f}, {offset.weight:.3f}"
            lines.append(f'            "{feature}": FeatureOffset({numbers}),')
        lines.append("        },")
    lines.append("    },")
    lines.append(f"    sd_s={{{', '.join(f'{feet}: {sd_s:.4f}' for feet, sd_s in model.sd_s.items())}}},")
    return "\n".join([*lines, f"    belt_speed={model.belt_speed},", ")", ""])


def bias_source(by_feet: Mapping[bool, Sample], *, used: Used = USED) -> str:
    """Return the assignment of what is left systematic, as Python, in the project's format."""
    told = "# Of mean times over a recording, by whether the feet are visible: markers, a runner left out."
    lines = ["", told, "BIAS = {"]
    for feet, sample in by_feet.items():
        found = left_out_bias(sample, feet=feet, used=used)
        numbers = ", ".join(f"{name}={value:.4f}" for name, value in asdict(found).items())
        lines.append(f"    {feet}: TimingBias({numbers}),")
    return "\n".join([*lines, "}", ""])


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
    text += bias_source(by_feet) + _FOOTER
    options.output.write_text(text)
    print(text)


if __name__ == "__main__":
    main()
