"""What runners at a known speed measure: the table of norms that ships with gaitlab, from force-plate trials.

    python -m benchmarks.norms [DIR] [--write]

Twelve runners on an instrumented treadmill at three speeds (Fukuchi, Fukuchi & Duarte 2017, PeerJ 5:e3298, CC BY),
seen by a camera without noise from the side and from behind, measured by gaitlab's own definitions; foot strikes and
toe-offs are those of the force plates. Of every runner the mean of both legs counts once. Metrics that hang on the
type of foot strike are left out: of a group of heel and forefoot strikers neither is near the mean. Trunk and hip
joints carry no markers, so that hip angles and trunk lean have no norm here.
"""

from __future__ import annotations

import argparse
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from benchmarks.end_to_end import write_tables
from benchmarks.rearfoot import with_dots
from benchmarks.truth import DEFAULT_FOLDER, Trial, film, load_trials
from gaitlab.analysis.truth import trial_of_points, with_contacts
from gaitlab.core.gait import BOTH_SIDES, Contact, GaitEvents
from gaitlab.core.pose import FloatArray
from gaitlab.events import gait_cycles
from gaitlab.kinematics.rear import frontal_angles
from gaitlab.metrics import METRICS, measure
from gaitlab.metrics import Trial as Measured
from gaitlab.metrics.norms import TABLE
from gaitlab.report.session.rules import read_rules
from gaitlab.report.shared.curves import cycle_curve
from gaitlab.report.shared.numbers import display

DOCUMENT = Path(__file__).resolve().parents[1] / "docs" / "findings.md"
PX_PER_M = 400.0
FPS = 120.0
SIDE = (
    "cadence", "stride_time", "step_time", "contact_time", "flight_time", "duty_factor", "step_length", "stride_length",
    "vertical_oscillation", "overstride", "shank_angle_at_contact", "knee_flexion_at_contact",
    "peak_knee_flexion_stance", "peak_knee_flexion_swing", "peak_dorsiflexion",
)  # fmt: skip
REAR = ("step_width", "rearfoot_eversion_excursion")
CURVES = ("knee_flexion", "ankle_flexion")
# A runner counts at a speed with this many cycles.
_FEWEST_CYCLES = 7
_DIGITS = {"deg": 2, "steps/min": 2}


@dataclass
class Found:
    """What one runner measures at one speed: mean of both legs by metric, and of every curve over the cycle."""

    subject: str
    speed_mps: float
    nominal_mps: float
    metrics: dict[str, float] = field(default_factory=dict)
    curves: dict[str, FloatArray] = field(default_factory=dict)


def contacts(trial: Trial) -> tuple[Contact, ...]:
    """Return the contacts of the force plates."""
    found = (
        Contact("left" if side == "left" else "right", strike_s, toe_off_s, 0.0, 0.0, True, "")
        for side, strike_s, toe_off_s in zip(
            trial.side.tolist(), trial.strike_s.tolist(), trial.toe_off_s.tolist(), strict=True
        )
    )
    return tuple(sorted(found, key=lambda contact: contact.foot_strike_s))


def from_the_side(trial: Trial) -> Measured | None:
    """Return the trial as a side view without noise."""
    pose = film(trial, fps=FPS, px_per_m=PX_PER_M, noise_m=0.0, rng=np.random.default_rng(1))
    seen = trial_of_points(pose, metres_per_px=1 / PX_PER_M, height_m=trial.height_m, mass_kg=None)
    if seen is None:
        return None
    speed = replace(seen.calibration, belt_speed_mps=trial.belt_speed_mps())
    return with_contacts(replace(seen, calibration=speed), contacts(trial), "running")


def from_behind(trial: Trial, side: Measured) -> Measured:
    """Return the trial as a rear view without noise; scale and cycles are known."""
    pose = film(
        with_dots(trial), fps=FPS, seen_from="behind", px_per_m=PX_PER_M, noise_m=0.0, rng=np.random.default_rng(1)
    )
    inside = [c for c in contacts(trial) if pose.time_s[0] <= c.foot_strike_s <= pose.time_s[-1]]
    events = GaitEvents(tuple(inside), "running")
    return Measured(
        view="rear", pose=pose, angles=frontal_angles(pose, events.contacts, source="four points"), events=events,
        cycles=gait_cycles(events), calibration=side.calibration, height_m=None, mass_kg=None, min_cycles=1,
        rearfoot_source="four points",
    )  # fmt: skip


def found_of(trial: Trial) -> Found:
    """Return what a trial's runner measures."""
    found = Found(trial.subject, trial.belt_speed_mps(), trial.nominal_speed_mps)
    side = from_the_side(trial)
    if side is None:
        return found
    for seen, names in ((side, SIDE), (from_behind(trial, side), REAR)):
        means: dict[str, list[float]] = defaultdict(list)
        for row in measure(seen, [METRICS[name] for name in names])[0]:
            if row.n >= _FEWEST_CYCLES:
                means[row.metric].append(row.mean)
        found.metrics |= {name: float(np.mean(values)) for name, values in means.items()}
    for name in CURVES:
        curves = [
            cycle_curve(
                side.angles.time_s, side.angles.values_deg[f"{leg}_{name}_deg"],
                [c for c in side.cycles if c.side == leg],
            )
            for leg in BOTH_SIDES
        ]  # fmt: skip
        whole = [
            c.mean_deg for c in curves if c is not None and c.n >= _FEWEST_CYCLES and np.isfinite(c.mean_deg).all()
        ]
        if whole:
            found.curves[name] = np.mean(whole, axis=0)
    return found


def table_of(all_found: Iterable[Found]) -> dict[str, object]:
    """Return the table: by metric a row a speed of [speed, mean, SD, runners], by curve the same over the cycle."""
    by_speed: dict[float, list[Found]] = defaultdict(list)
    for found in all_found:
        by_speed[found.nominal_mps].append(found)
    metrics: dict[str, list[list[float]]] = {}
    curves: dict[str, list[dict[str, object]]] = {}
    for _, runners in sorted(by_speed.items()):
        for name in (*SIDE, *REAR):
            have = [one for one in runners if name in one.metrics]
            values = np.array([one.metrics[name] for one in have])
            digits = _DIGITS.get(METRICS[name].unit, 4)
            metrics.setdefault(name, []).append(
                [_speed(have), round(float(values.mean()), digits), round(float(values.std(ddof=1)), digits), len(have)]
            )
        for name in CURVES:
            have = [one for one in runners if name in one.curves]
            together = np.array([one.curves[name] for one in have])
            curves.setdefault(name, []).append({
                "speed_mps": _speed(have), "runners": len(have),
                "mean_deg": np.round(together.mean(axis=0), 1).tolist(),
                "sd_deg": np.round(together.std(axis=0, ddof=1), 1).tolist(),
            })  # fmt: skip
    return {"metrics": metrics, "curves": curves}


def _speed(runners: Iterable[Found]) -> float:
    """Return the speed of the belt as the feet show it, mean over the runners."""
    return round(float(np.mean([one.speed_mps for one in runners])), 2)


def text_of(table: Mapping[str, object]) -> str:
    """Return the table as JSON, a line a row."""
    head = {
        "written_by": "python -m benchmarks.norms --write: not to be edited by hand",
        "data": "Running Biomechanics Data Set: Fukuchi, Fukuchi & Duarte 2017, PeerJ 5:e3298, doi:10.7717/peerj.3298",
        "licence": "CC BY",
        "columns": ["speed_mps", "mean", "sd", "runners"],
    }
    rows = [f"  {json.dumps(name)}: {json.dumps(value)}" for name, value in head.items()]
    for part in ("metrics", "curves"):
        entries = table[part]
        assert isinstance(entries, dict)
        lines = [f"    {json.dumps(name)}: {json.dumps(value)}" for name, value in entries.items()]
        rows.append(f'  "{part}": {{\n' + ",\n".join(lines) + "\n  }")
    return "{\n" + ",\n".join(rows) + "\n}\n"


def norms_markdown(metrics: Mapping[str, Sequence[Sequence[float]]]) -> str:
    """Return the norms as a table of the documentation, a line a metric, in the units of the report."""
    speeds = [f"{3.6 * row[0]:.1f} km/h" for row in metrics["cadence"]]
    lines = ["| mean ± SD, n 12 | " + " | ".join(speeds) + " |", "|---" * (1 + len(speeds)) + "|"]
    for name, rows in metrics.items():
        spec = METRICS[name]
        show = display(spec.unit, spec.decimals)
        label = f"{spec.label} {spec.group.lower()}" if spec.group == "At foot strike" else spec.label
        cells = [f"{show.number(mean)} ± {show.half_width(sd)}" for _, mean, sd, _ in rows]
        lines.append(f"| {label}, {show.unit} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def findings_markdown() -> str:
    """Return the table of findings for the documentation: when each is told, and how well it is known what it means."""
    lines = ["| finding | told where | evidence | sources |", "|---|---|---|---|"]
    words = {"above": "above", "below": "below"}
    for rule in read_rules().rules:
        when = []
        for one in rule.when:
            spec = METRICS[one.metric]
            if one.kind == "differs":
                when.append(f"{spec.label.lower()} differs between the legs")
            elif one.limit is None:
                when.append(f"{spec.label.lower()} is {words[one.kind]} that of other runners")
            else:
                show = display(spec.unit, spec.decimals)
                when.append(f"{spec.label.lower()} is {words[one.kind]} {show.number(one.limit)}{show.suffix}")
        cited = "; ".join(source.split(",")[0] for source in rule.sources)
        lines.append(f"| {rule.title} | {' and '.join(when)} | {rule.evidence} | {cited} |")
    return "\n".join(lines)


def main() -> None:
    """Print the norms, and write them with ``--write``."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", nargs="?", type=Path, default=DEFAULT_FOLDER)
    parser.add_argument(
        "--write",
        action="store_true",
        help=f"write {TABLE.name}, which ships with gaitlab, and the tables of {DOCUMENT.name}",
    )
    options = parser.parse_args()
    table = table_of(found_of(trial) for trial in load_trials(options.folder))
    metrics = table["metrics"]
    assert isinstance(metrics, dict)
    for name, rows in metrics.items():
        print(f"{name:<28}" + "   ".join(f"{v:.2f} m/s: {mean:.3f} ± {sd:.3f} (n {n})" for v, mean, sd, n in rows))
    if options.write:
        TABLE.write_text(text_of(table), encoding="utf-8")
        write_tables(DOCUMENT, {"table: norms": norms_markdown(metrics), "table: findings": findings_markdown()})


if __name__ == "__main__":
    main()
