"""Whether 95 % intervals hold 95 %, and are no wider than that takes: runners on force plates, and simulated ones.

    python -m benchmarks.intervals [DIR] [--runners 1000] [--write]

Force plates: every trial is filmed from either side and from behind at 60 frames a second with 4 mm of noise. Event
offsets, and what is left systematic in the timing, are fitted on the other runners. *Timing*: the mean of what was
filmed against force plates over the same strides, with the systematic part of ± and the chance of single errors.
*Runner*: the first half of a trial is filmed, the truth is the force plates' mean of the second, and the interval that
of both: ± of the first and the second's own spread over strides. The belt's speed is entered with an error of one
percent.

Simulated runners: neighbouring cycles correlate by 0, 0.3 or 0.6, the timing of each foot and of both is off by one
draw of what `BIAS` states.

*Times as wide as needed*: the intervals, times the factor that makes them hold just 95 %, would still do; this is that
factor's inverse.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from benchmarks import fit_events, fit_rear_events
from benchmarks.end_to_end import write_tables
from benchmarks.events import left_out_fits
from benchmarks.fit_events import EVENTS, left_out_bias
from benchmarks.simulated import NAMES as OF_LEGS
from benchmarks.simulated import Made, autoregression, simulated, told, trial_of
from benchmarks.truth import DEFAULT_FOLDER, film, load_trials
from benchmarks.truth import Trial as PlateTrial
from gaitlab.core.gait import BOTH_SIDES, Contact, GaitEvents, TimingBias
from gaitlab.core.metric import NORMAL_95, MetricValue
from gaitlab.core.pose import PoseSequence
from gaitlab.core.statistics import mean_of
from gaitlab.events import detect_contacts
from gaitlab.events.rear import detect_rear_contacts
from gaitlab.metrics import METRICS, CycleValue, measure

NAMES = (
    "cadence", "stride_time", "step_time", "contact_time", "flight_time", "duty_factor", "step_length",
)  # fmt: skip
DOCUMENT = Path(__file__).resolve().parents[1] / "docs" / "validity.md"
_FPS = 60.0
_CONSOLE_SD = 0.01
_NEAR_S = 0.10
_CORRELATIONS, _COUNTS = (0.0, 0.3, 0.6), (7, 10, 20, 40)


@dataclass(frozen=True, slots=True)
class Held:
    """Errors and the half-widths that should hold 95 % of them."""

    errors: tuple[float, ...]
    half_widths: tuple[float, ...]

    @property
    def covered_percent(self) -> float:
        return 100 * float(np.mean(np.abs(self.errors) <= np.array(self.half_widths)))

    @property
    def times_needed(self) -> float:
        """How many times wider the intervals are than those that would hold just 95 %."""
        return float(1 / np.quantile(np.abs(self.errors) / np.array(self.half_widths), 0.95))


Measured = tuple[list[MetricValue], list[CycleValue]]


def measured(events: GaitEvents, *, speed_mps: float) -> Measured:
    """Return what gaitlab says of some contacts on a belt of an entered speed."""
    return measure(trial_of(events, speed_mps=speed_mps), [METRICS[name] for name in NAMES])


def plates(trial: PlateTrial, contacts: Iterable[Contact]) -> GaitEvents:
    """Return contacts with their times from the force plates; those that the plates do not know are left out."""
    true = []
    for contact in contacts:
        strike_s, off_s = trial.of(contact.side)
        nearest = int(np.argmin(np.abs(strike_s - contact.foot_strike_s)))
        if abs(strike_s[nearest] - contact.foot_strike_s) < _NEAR_S:
            true.append(replace(contact, foot_strike_s=strike_s[nearest], toe_off_s=off_s[nearest]))
    return GaitEvents(tuple(true), "running")


def _of_second_half(trial: PlateTrial, middle_s: float) -> GaitEvents:
    contacts = [
        Contact(side, strike_s, off_s, 0.0, 0.0)  # type: ignore[arg-type]
        for side in BOTH_SIDES
        for strike_s, off_s in zip(*trial.of(side), strict=True)
        if strike_s > middle_s
    ]
    return GaitEvents(tuple(sorted(contacts, key=lambda c: c.foot_strike_s)), "running")


Found = dict[tuple[str, str], list[tuple[float, float]]]


# What finds the contacts of a film of a trial, with whatever is fitted fitted on other runners.
Detector = Callable[[PoseSequence, PlateTrial], GaitEvents]


def on_plates(trials: Sequence[PlateTrial], cameras: Mapping[str, Detector]) -> dict[str, Found]:
    """Return (error, half-width) by metric and side, of what was filmed (``timing``) and of the ``runner``."""
    found: dict[str, Found] = {"timing": {}, "runner": {}}
    for number, trial in enumerate(trials):
        belt_mps = trial.belt_speed_mps()
        for view, detect in cameras.items():
            rng = np.random.default_rng([number, *view.encode()])
            pose = film(trial, fps=_FPS, seen_from=view, rng=rng)  # type: ignore[arg-type]
            entered_mps = belt_mps * (1 + rng.normal(0, _CONSOLE_SD))
            whole = detect(pose, trial)
            true = measured(plates(trial, whole.contacts), speed_mps=belt_mps)
            _compare(found["timing"], measured(whole, speed_mps=entered_mps), true)

            middle_s = float(pose.time_s.mean())
            half = detect(pose.between(-np.inf, middle_s), trial)
            true = measured(_of_second_half(trial, middle_s), speed_mps=belt_mps)
            _compare(found["runner"], measured(half, speed_mps=entered_mps), true, other_strides=True)
    return found


def from_the_side(trials: Sequence[PlateTrial]) -> dict[str, Detector]:
    """Return the detectors of both sides' cameras."""
    fits, filmed = left_out_fits(trials), fit_events.samples(trials, feet=True)
    biases = {subject: left_out_bias(filmed, feet=True, without=subject) for subject in fits}

    def detector(forward: int) -> Detector:
        def detect(pose: PoseSequence, trial: PlateTrial) -> GaitEvents:
            fit = fits[trial.subject]
            events = detect_contacts(pose, forward=forward, strike=fit["strike"], off=fit["off"])
            return _with_bias(events, biases[trial.subject])

        return detect

    return {"right": detector(1), "left": detector(-1)}


def from_behind(trials: Sequence[PlateTrial]) -> dict[str, Detector]:
    """Return the detector of the camera behind."""
    by_feet = {feet: fit_rear_events.samples(trials, feet=feet) for feet in (True, False)}
    subjects = sorted({trial.subject for trial in trials})
    fits, biases = {}, {}
    for subject in subjects:
        others = {feet: sample.where(sample.subject != subject) for feet, sample in by_feet.items()}
        fits[subject] = {event: fit_rear_events.fit(others, event, spread=False) for event in EVENTS}
        biases[subject] = left_out_bias(by_feet[True], feet=True, without=subject, used=fit_rear_events.USED)

    def detect(pose: PoseSequence, trial: PlateTrial) -> GaitEvents:
        fit = fits[trial.subject]
        return _with_bias(detect_rear_contacts(pose, strike=fit["strike"], off=fit["off"]), biases[trial.subject])

    return {"behind": detect}


def _with_bias(events: GaitEvents, bias: TimingBias) -> GaitEvents:
    return replace(events, contacts=tuple(replace(contact, bias=bias) for contact in events.contacts))


def _compare(found: Found, here: Measured, truth: Measured, *, other_strides: bool = False) -> None:
    """Add errors of rows with the half-widths that should hold them.

    Of the same strides an error has a systematic part and, stride by stride, chance; of others the spread of both.
    """
    rows, true_rows = ({(row.metric, row.side): row for row in one[0]} for one in (here, truth))
    for key, row in rows.items():
        error = row.mean - true_rows[key].mean
        if not np.isfinite(error):
            continue
        if not other_strides and not row.systematic:
            continue  # nothing but the spread makes it uncertain
        if other_strides:
            half_width = np.hypot(row.uncertainty, true_rows[key].random)
        else:
            half_width = np.hypot(row.systematic, _by_chance(here[1], truth[1], *key))
        found.setdefault(key, []).append((error, float(half_width)))


def _by_chance(here: Sequence[CycleValue], truth: Sequence[CycleValue], metric: str, side: str) -> float:
    """Return the half-width of a mean error from the errors of single strides."""
    of_truth = {(v.metric, v.side, v.cycle): v.value for v in truth}
    errors = [
        v.value - of_truth[v.metric, v.side, v.cycle]
        for v in here
        if v.metric == metric and side in (v.side, "both") and (v.metric, v.side, v.cycle) in of_truth
    ]
    return NORMAL_95 * float(np.std(errors, ddof=1)) / np.sqrt(len(errors))


def held(found: Found) -> dict[str, Held]:
    """Return what intervals hold, by metric, both legs together."""
    together: dict[str, list[tuple[float, float]]] = {}
    for (metric, _), pairs in found.items():
        together.setdefault(metric, []).extend(pairs)
    return {metric: Held(*map(tuple, zip(*pairs, strict=True))) for metric, pairs in together.items()}


def spread_held(r: float, n: int, runs: int) -> Held:
    """Return what the interval of a mean of ``n`` correlated cycles holds."""
    rng = np.random.default_rng([n, int(10 * r), 3])
    time_s = 0.7 * np.arange(n)
    values = [autoregression(rng, r, n) for _ in range(runs)]
    return Held(tuple(one.mean() for one in values), tuple(mean_of(one, time_s).half_width for one in values))


def told_percent(made: Made, runs: int, *, steps: float = 0.0, contacts: float = 0.0) -> dict[str, float]:
    """Return in how many % of simulated runners each metric is said to differ between the legs."""
    rng = np.random.default_rng([int(10 * made.correlation), int(1000 * steps), int(1000 * contacts), 5])
    shares = told([simulated(rng, made, steps=steps, contacts=contacts) for _ in range(runs)])
    return {metric: 100 * share for metric, share in shares.items()}


def _label(metric: str) -> str:
    return METRICS[metric].label.lower()


def plate_table(found: Mapping[str, Found]) -> str:
    """Return what the intervals hold on force plates, a line a metric."""
    timing, runner = held(found["timing"]), held(found["runner"])
    lines = [
        "| | timing: n | held, % | times as wide as needed | runner: n | held, % | times as wide as needed |",
        "|---|---|---|---|---|---|---|",
    ]
    for metric in NAMES:
        cells = []
        for one in (timing.get(metric), runner[metric]):
            cells += (
                [str(len(one.errors)), f"{one.covered_percent:.0f}", f"{one.times_needed:.2f}"] if one else ["-"] * 3
            )
        lines.append(f"| {_label(metric)} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def spread_table(runs: int) -> str:
    """Return what the interval of the spread holds, a line a number of cycles."""
    headings = [f"correlation {r:g}: held, % | times as wide as needed" for r in _CORRELATIONS]
    lines = ["| cycles | " + " | ".join(headings) + " |", "|---" * (1 + 2 * len(_CORRELATIONS)) + "|"]
    for n in _COUNTS:
        found = [spread_held(r, n, runs) for r in _CORRELATIONS]
        cells = [f"{one.covered_percent:.1f} | {one.times_needed:.2f}" for one in found]
        lines.append(f"| {n} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def neighbours_table(trials: Sequence[PlateTrial]) -> str:
    """Return how alike neighbouring cycles are on force plates: correlation, and coefficient of variation."""
    series: dict[str, list[np.ndarray]] = {"contact time": [], "stride time": []}
    for trial in trials:
        for side in BOTH_SIDES:
            strike_s, off_s = trial.of(side)
            stride_s = np.diff(strike_s)
            series["contact time"].append(off_s - strike_s)
            series["stride time"].append(stride_s[stride_s < 1.5 * np.median(stride_s)])
    lines = ["| force plates, each foot | correlation of neighbours, mean ± SD | variation, % |", "|---|---|---|"]
    for words, of in series.items():
        r = np.array([_neighbours(one) for one in of])
        varies = 100 * np.median([one.std(ddof=1) / one.mean() for one in of])
        lines.append(f"| {words} | {r.mean():.2f} ± {r.std(ddof=1):.2f} | {varies:.1f} |")
    return "\n".join(lines)


def _neighbours(values: np.ndarray) -> float:
    """Return the correlation of neighbours, corrected for short series (Kendall 1954)."""
    away = values - values.mean()
    r = float(np.mean(away[1:] * away[:-1]) / np.mean(away**2))
    return r + (1 + 3 * r) / len(values)


def legs_table(runs: int) -> str:
    """Return how often the legs of simulated runners are said to differ, %."""
    lines = [
        "| runner, 20 strides | " + " | ".join(_label(name) for name in OF_LEGS) + " |",
        "|---" * (1 + len(OF_LEGS)) + "|",
    ]
    cases: list[tuple[str, dict[str, float]]] = [
        ("symmetric", {}), ("right contacts 5 % longer", {"contacts": 0.05}),
        ("right contacts 10 % longer", {"contacts": 0.10}), ("right steps 5 % longer", {"steps": 0.05}),
        ("right steps 10 % longer", {"steps": 0.10}),
    ]  # fmt: skip
    for words, longer in cases:
        for r in _CORRELATIONS:
            shares = told_percent(Made(correlation=r), runs, **longer)
            cells = " | ".join(f"{shares[name]:.1f}" for name in OF_LEGS)
            lines.append(f"| {words}, correlation {r:g} | {cells} |")
    return "\n".join(lines)


def main() -> None:
    """Print the tables, and put them into the document if asked to."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", nargs="?", type=Path, default=DEFAULT_FOLDER)
    parser.add_argument("--runners", type=int, default=1000, help="simulated ones, each time")
    parser.add_argument("--write", action="store_true", help=f"put the tables into {DOCUMENT.name}")
    options = parser.parse_args()
    trials = load_trials(options.folder)
    tables = {
        "table: plates": plate_table(on_plates(trials, from_the_side(trials))),
        "table: plates behind": plate_table(on_plates(trials, from_behind(trials))),
        "table: neighbours": neighbours_table(trials),
        "table: spread": spread_table(options.runners),
        "table: legs": legs_table(options.runners),
    }
    for table in tables.values():
        print(table, end="\n\n", flush=True)
    if options.write:
        write_tables(DOCUMENT, tables)


if __name__ == "__main__":
    main()
