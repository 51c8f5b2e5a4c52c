"""How well foot strikes and toe-offs from a virtual side camera agree with force plates.

    python -m benchmarks.events [DIR] [--shipped] [--write]

Every trial is filmed from both sides at 30, 60 and 120 fps with 4 mm of noise and measured with leads fitted on all
other runners (``--shipped``: with those that ship). Then again with the far leg hidden and frames dropped, without
feet, with the points moved to where a pose network might see them, and trembling by 15 mm, as those of a runner of 120
pixels do by one. Exits with 1 where a bar is missed.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from benchmarks.end_to_end import write_tables
from benchmarks.fit_events import EVENTS, FEET, Event, Sample, fit, samples
from benchmarks.truth import DEFAULT_FOLDER, Trial, as_network, drop_frames, film, hide, load_trials, without
from gaitlab.core.gait import BOTH_SIDES, Contact
from gaitlab.core.pose import FloatArray, PoseSequence
from gaitlab.events import detect_contacts, gait_cycles
from gaitlab.events.features import EventModel
from gaitlab.events.models import side as side_model
from gaitlab.signal import preprocessing

DOCUMENT = Path(__file__).resolve().parents[1] / "docs" / "validity.md"
FRAME_RATES = (30.0, 60.0, 120.0)
PX_PER_M = 400.0
NEAR_S = 0.10
# Contacts closer than this to an end of the film are not whole in it.
EDGE_S = 0.25
TREMBLE_M = 0.015
HIDDEN_SHARE, HIDDEN_BURST_S, DROPPED_SHARE = 0.20, (0.05, 0.25), 0.10

Distortion = Callable[[PoseSequence, str, np.random.Generator], PoseSequence]
Fits = dict[str, dict[Event, EventModel]]


@dataclass(frozen=True, slots=True, eq=False)
class Run:
    """What one film of one trial gave.

    Attributes:
        trial: what was filmed.
        fps: frames a second.
        expected: contacts the film shows whole (and, where points are hidden, that were seen).
        found: how many of them were found and accepted.
        invented: accepted contacts that were none.
        rows: (contact, 6) strike error, toe-off error, their standard uncertainties, s; whether the strike type is
            rearfoot (0), midfoot (1) or forefoot (2); whether the leg is the far one.
        contact_s: a foot: error of the mean contact time.
        cadence: relative error.
        belt_speed: relative error.
    """

    trial: Trial
    fps: float
    expected: int
    found: int
    invented: int
    rows: FloatArray
    contact_s: FloatArray
    cadence: float
    belt_speed: float


STRIKE_TYPES = ("rearfoot", "midfoot", "forefoot")


def as_seen(pose: PoseSequence, far: str, rng: np.random.Generator) -> PoseSequence:
    """Leave the film as it is."""
    return pose


def gappy(pose: PoseSequence, far: str, rng: np.random.Generator) -> PoseSequence:
    """Hide the far leg in bursts, drop frames, and fill short gaps as the pipeline does."""
    hidden = hide(pose, far, share=HIDDEN_SHARE, burst_s=HIDDEN_BURST_S, rng=rng)
    return preprocessing.fill(drop_frames(hidden, share=DROPPED_SHARE, rng=rng))


def no_feet(pose: PoseSequence, far: str, rng: np.random.Generator) -> PoseSequence:
    """Drop heels and toes."""
    return without(pose, FEET)


def trembling(pose: PoseSequence, far: str, rng: np.random.Generator) -> PoseSequence:
    """Add noise."""
    return replace(pose, xy=pose.xy + rng.normal(0, TREMBLE_M * PX_PER_M, pose.xy.shape))


def _match(contacts: Sequence[Contact], strike_s: FloatArray) -> dict[int, Contact]:
    """Return for each true strike the accepted contact within `NEAR_S`."""
    matches = {}
    for i, true_s in enumerate(strike_s):
        near = [c for c in contacts if abs(c.foot_strike_s - true_s) < NEAR_S]
        if near:
            matches[i] = min(near, key=lambda c: abs(c.foot_strike_s - true_s))
    return matches


def _visible(pose: PoseSequence, side: str, start_s: float, end_s: float) -> bool:
    """Whether the ankle was seen in every frame around both events."""
    ankle = pose.point(f"{side}_ankle")[:, 0]
    around = (np.abs(pose.time_s - start_s) < EDGE_S / 2) | (np.abs(pose.time_s - end_s) < EDGE_S / 2)
    return bool(np.isfinite(ankle[around]).all())


def run_one(trial: Trial, pose: PoseSequence, fits: dict[Event, EventModel], *, forward: int) -> Run:
    """Detect and compare."""
    events = detect_contacts(pose, forward=forward, strike=fits["strike"], off=fits["off"])
    expected = found = invented = 0
    rows: list[tuple[float, ...]] = []
    contact_s = []
    strides: dict[str, list[FloatArray]] = {"true": [], "found": []}
    for side in BOTH_SIDES:
        strike_s, off_s = trial.of(side)
        accepted = [c for c in events.of(side) if c.accepted]
        matches = _match(accepted, strike_s)
        whole = (strike_s > pose.time_s[0] + EDGE_S) & (off_s < pose.time_s[-1] - EDGE_S)
        shown = [i for i in np.flatnonzero(whole) if _visible(pose, side, strike_s[i], off_s[i])]
        expected += len(shown)
        found += sum(i in matches for i in shown)
        within = [c for c in accepted if strike_s[0] - NEAR_S < c.foot_strike_s < strike_s[-1] + NEAR_S]
        invented += sum(np.min(np.abs(strike_s - c.foot_strike_s)) > NEAR_S for c in within)
        rows += [
            (
                c.foot_strike_s - strike_s[i],
                c.toe_off_s - off_s[i],
                c.foot_strike_sd_s,
                c.toe_off_sd_s,
                STRIKE_TYPES.index(trial.strike[side]),
                float(side == ("left" if forward > 0 else "right")),
            )
            for i, c in matches.items()
        ]
        if matches:
            found_s = np.mean([c.duration_s for c in matches.values()])
            contact_s.append(float(found_s - np.mean([off_s[i] - strike_s[i] for i in matches])))
        strides["true"].append(np.diff(strike_s))
    strides["found"] = [np.array([c.stride_time_s for c in gait_cycles(events) if c.accepted])]
    true_s, mean_s = (float(np.mean(np.concatenate(strides[key]))) for key in ("true", "found"))
    speed = events.belt.speed_px_per_s / PX_PER_M
    return Run(
        trial, pose.fps, expected, found, invented, np.array(rows), np.array(contact_s),
        true_s / mean_s - 1, float(speed / trial.belt_speed_mps() - 1),
    )  # fmt: skip


def run_all(trials: Iterable[Trial], fits: Fits, *, distort: Distortion = as_seen, network: bool = False) -> list[Run]:
    """Film every trial from both sides at every frame rate and measure it."""
    runs = []
    for number, trial in enumerate(trials):
        for fps in FRAME_RATES:
            for forward in (1, -1):
                rng = np.random.default_rng([number, int(fps), forward + 1, 77])
                seen = as_network(trial, rng=rng) if network else trial
                view = "right" if forward > 0 else "left"
                pose = film(seen, fps=fps, seen_from=view, px_per_m=PX_PER_M, rng=rng)
                pose = distort(pose, "left" if forward > 0 else "right", rng)
                runs.append(run_one(trial, pose, fits[trial.subject], forward=forward))
    return runs


def left_out_fits(trials: Sequence[Trial]) -> Fits:
    """Return for each runner the fits made on all others."""
    by_feet = {feet: samples(trials, feet=feet) for feet in (True, False)}

    def others(subject: str) -> dict[bool, Sample]:
        return {feet: sample.where(sample.subject != subject) for feet, sample in by_feet.items()}

    return {
        subject: {event: fit(others(subject), event, spread=False) for event in EVENTS}
        for subject in sorted({trial.subject for trial in trials})
    }


def _ms(errors: FloatArray) -> str:
    """Return bias, spread and mean absolute error, ms."""
    if not len(errors):
        return "      -      "
    e = 1000 * errors
    return f"{e.mean():+5.1f} ±{e.std():4.1f} {np.abs(e).mean():5.1f}"


def _line(name: str, runs: Sequence[Run], keep: Callable[[FloatArray], np.ndarray] | None = None) -> str:
    rows = np.concatenate([run.rows for run in runs])
    if keep is not None:
        rows = rows[keep(rows)]
    contact = rows[:, 1] - rows[:, 0]
    return f"  {name:<22}{len(rows):6}   {_ms(rows[:, 0])}   {_ms(rows[:, 1])}   {_ms(contact)}"


def table(title: str, runs: Sequence[Run]) -> None:
    """Print bias ± spread and mean absolute error of strike, toe-off and contact time."""
    print(f"\n{title}")
    print(f"  {'ms':<22}{'n':>6}   {'strike: bias, MAE':^18}   {'toe-off':^18}   {'contact':^18}")
    for fps in FRAME_RATES:
        print(_line(f"{fps:g} fps", [r for r in runs if abs(r.fps - fps) < 1]))
    for speed in sorted({r.trial.nominal_speed_mps for r in runs}):
        print(_line(f"{speed:g} m/s", [r for r in runs if r.trial.nominal_speed_mps == speed]))
    for i, name in enumerate(STRIKE_TYPES):
        print(_line(name, runs, lambda rows, i=i: rows[:, 4] == i))  # type: ignore[misc]
    print(_line("near leg", runs, lambda rows: rows[:, 5] == 0))
    print(_line("far leg", runs, lambda rows: rows[:, 5] == 1))
    expected, found = sum(r.expected for r in runs), sum(r.found for r in runs)
    invented = sum(r.invented for r in runs)
    rows = np.concatenate([r.rows for r in runs])
    print(f"  found {100 * found / expected:.2f} % of {expected}, invented {100 * invented / expected:.2f} %")
    foot = 1000 * np.abs(np.concatenate([r.contact_s for r in runs]))
    both = 1000 * float(np.mean([abs(r.contact_s.mean()) for r in runs]))
    print(f"  mean contact time, ms: MAE a trial {both:.1f}, a foot {foot.mean():.1f}, worst foot {foot.max():.1f}")
    cadence = 100 * np.abs([r.cadence for r in runs])
    print(f"  cadence and, belt speed given, step length, %: mean {cadence.mean():.2f}, worst {cadence.max():.2f}")
    speed = 100 * np.array([r.belt_speed for r in runs])
    middle, worst = np.median(np.abs(speed)), np.abs(speed).max()
    print(f"  belt speed, %: median {middle:.2f}, worst {worst:.2f}, bias {speed.mean():+.2f}")
    if np.isfinite(rows[:, 2:4]).all():  # fits made here know no uncertainty
        within = [100 * np.mean(np.abs(rows[:, i]) < 2 * rows[:, i + 2]) for i in (0, 1)]
        print(f"  within twice the stated uncertainty, %: strike {within[0]:.1f}, toe-off {within[1]:.1f}")


def markdown(by_condition: Sequence[tuple[str, Sequence[Run]]]) -> str:
    """Return bias ± spread (mean absolute error), ms, a line a condition, as a table of the documentation."""
    lines = ["| | contacts | foot strike, ms | toe-off, ms | contact time, ms |", "|---|---|---|---|---|"]
    for words, runs in by_condition:
        rows = np.concatenate([run.rows for run in runs])
        of = (rows[:, 0], rows[:, 1], rows[:, 1] - rows[:, 0])
        cells = [f"{1000 * e.mean():+.1f} ± {1000 * e.std():.1f} ({1000 * np.abs(e).mean():.1f})" for e in of]
        lines.append(f"| {words} | {len(rows)} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _mae_ms(runs: Sequence[Run], column: int, keep: Callable[[FloatArray], np.ndarray] | None = None) -> float:
    rows = np.concatenate([r.rows for r in runs])
    return float(1000 * np.abs(rows[keep(rows)] if keep else rows)[:, column].mean())


def bars(runs: Sequence[Run], gaps: Sequence[Run]) -> list[tuple[str, float, float]]:
    """Return (what, value, bar) a row; the value must not exceed the bar."""
    at = {fps: [r for r in runs if abs(r.fps - fps) < 1] for fps in FRAME_RATES}
    expected = sum(r.expected for r in runs)
    rows = [
        ("contacts missed, %", 100 * (1 - sum(r.found for r in runs) / expected), 0.5),
        ("contacts invented, %", 100 * sum(r.invented for r in runs) / expected, 0.5),
        ("strike MAE at 60 fps, ms", _mae_ms(at[60.0], 0), 6.0),
        ("toe-off MAE at 60 fps, ms", _mae_ms(at[60.0], 1), 7.0),
        ("strike MAE at 30 fps, ms", _mae_ms(at[30.0], 0), 9.0),
        ("toe-off MAE at 30 fps, ms", _mae_ms(at[30.0], 1), 9.0),
    ]
    for i, name in enumerate(STRIKE_TYPES):
        for column, event in enumerate(("strike", "toe-off")):
            value = _mae_ms(at[60.0], column, lambda rows, i=i: rows[:, 4] == i)  # type: ignore[misc]
            rows.append((f"{event} MAE at 60 fps, {name}, ms", value, 9.0))
    speed = 100 * np.abs([r.belt_speed for r in runs])
    rows += [
        ("mean contact time MAE, ms", 1000 * float(np.mean([abs(r.contact_s.mean()) for r in runs])), 6.0),
        ("cadence and step length, worst, %", 100 * float(np.max(np.abs([r.cadence for r in runs]))), 0.3),
        ("belt speed, median, %", float(np.median(speed)), 3.0),
        ("belt speed, worst, %", float(speed.max()), 7.0),
        ("strike MAE with gaps over without", _mae_ms(gaps, 0) / _mae_ms(runs, 0), 1.5),
        ("toe-off MAE with gaps over without", _mae_ms(gaps, 1) / _mae_ms(runs, 1), 1.5),
        ("contacts missed with gaps, %", 100 * (1 - sum(r.found for r in gaps) / sum(r.expected for r in gaps)), 0.5),
    ]
    return rows


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", nargs="?", type=Path, default=DEFAULT_FOLDER)
    parser.add_argument("--shipped", action="store_true", help="use the leads that ship for every runner")
    parser.add_argument("--write", action="store_true", help=f"put the table into {DOCUMENT.name}")
    options = parser.parse_args()
    trials = load_trials(options.folder)
    subjects = {trial.subject for trial in trials}
    if not trials or (len(subjects) < 2 and not options.shipped):
        print(f"{options.folder} holds trials of {len(subjects)} runners; expected .npz of 2 or more", file=sys.stderr)
        return 2
    shipped: Fits = {s: {"strike": side_model.STRIKE, "off": side_model.OFF} for s in subjects}
    fits = shipped if options.shipped else left_out_fits(trials)
    what = "shipped leads" if options.shipped else "leads fitted on the other runners"
    runs = run_all(trials, fits)
    table(f"As filmed, {what}", runs)
    if not options.shipped:
        table("As filmed, shipped leads (seen these runners)", run_all(trials, shipped))
    gaps = run_all(trials, fits, distort=gappy)
    table(f"Far leg hidden {HIDDEN_SHARE:.0%} of the time, {DROPPED_SHARE:.0%} of frames dropped, {what}", gaps)
    bare = run_all(trials, fits, distort=no_feet)
    table(f"Without heels and toes, {what}", bare)
    network = run_all(trials, fits, network=True)
    table(f"Points where a network might see them, {what}", network)
    noisy = run_all(trials, fits, distort=trembling)
    table(f"Trembling by {1000 * TREMBLE_M:g} mm, {what}", noisy)
    if options.write:
        at = {fps: [run for run in runs if abs(run.fps - fps) < 1] for fps in FRAME_RATES}
        conditions = [(f"{fps:g} frames a second", at[fps]) for fps in FRAME_RATES]
        for i, strike in enumerate(STRIKE_TYPES):
            of_type = [replace(run, rows=run.rows[run.rows[:, 4] == i]) for run in runs]
            conditions.append((f"{strike} strikes", of_type))
        conditions += [
            ("the far leg hidden 20 % of the time, 10 % of the frames dropped", gaps),
            ("without heels and toes", bare),
            ("points displaced as a network might", network),
            (f"points that tremble by {1000 * TREMBLE_M:g} mm", noisy),
        ]
        write_tables(DOCUMENT, {"table: events": markdown(conditions)})
    print("\nBars")
    checked = bars(runs, gaps)
    for name, value, bar in checked:
        print(f"  {name:<42}{value:6.2f}  {'within' if value <= bar else 'OVER'} {bar:g}")
    return int(any(value > bar for _, value, bar in checked))


if __name__ == "__main__":
    sys.exit(main())
