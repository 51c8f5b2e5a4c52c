"""From video to numbers against known truth: rendered runners of all kinds, analysed as any video is.

    python -m benchmarks.end_to_end [--clips 24] [--rear-clips 12] [--seconds 5] [--models NAME …] [--write]

Clips and keypoints are made once (`benchmarks.rendered`), so a further network costs only its own time; ``--again``
looks anew, ``--kept`` looks at nothing new. The analysis of the keypoints is always made anew, with the true belt speed
and body height. ``--write`` puts the tables into docs/accuracy.md, and what reports show beside their ± into
gaitlab/metrics/network_errors.csv; networks that were not looked at keep both, unless the errors of the true points
are others than before.
"""

from __future__ import annotations

import argparse
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np

from benchmarks.columns import with_former
from benchmarks.network_errors import (
    HEAD,
    MASS_KG,
    ClipErrors,
    errors_of_clip,
    real_differences,
    runners_of,
    table_of,
    write_table,
)
from benchmarks.rendered import (
    DOTS,
    REAL,
    TRUE_POINTS,
    View,
    as_analysed,
    clip_of,
    is_kept,
    keypoints_of,
    real_keypoints,
    stronger_keypoints,
)
from gaitlab.analysis.recording import Analysis, analyze_pose
from gaitlab.apps.truth import Truth, angle_error, load_truth, near_leg, timing_errors, true_angles, true_metrics
from gaitlab.config import Settings
from gaitlab.core.gait import BOTH_SIDES
from gaitlab.core.pose import FloatArray
from gaitlab.metrics import METRICS
from gaitlab.metrics.network_errors import TABLE, Key, NetworkError, read_table
from gaitlab.pose.models.catalogue import installed

_DOC = Path(__file__).resolve().parent.parent / "docs" / "accuracy.md"
_MODELS = ("runner", "runner-baseline", "openpose-light", "openpose-light+blazepose", "blazepose-full")
# What the tables show of the summary: metric, label, unit, factor (0: percent of the true value).
_METRICS: dict[View, tuple[tuple[str, str, str, float], ...]] = {
    "side": (
        ("cadence", "cadence", "%", 0.0),
        ("contact_time", "contact time, mean", "ms", 1000.0),
        ("flight_time", "flight time", "ms", 1000.0),
        ("duty_factor", "duty factor", "%-points", 100.0),
        ("step_time", "step time", "ms", 1000.0),
        ("step_length", "step length", "%", 0.0),
        ("stride_length", "stride length", "%", 0.0),
        ("vertical_oscillation", "vertical oscillation", "cm", 100.0),
        ("overstride", "overstride", "cm", 100.0),
        ("trunk_lean", "trunk lean", "deg", 1.0),
        ("foot_strike_angle", "foot strike angle", "deg", 1.0),
        ("shank_angle_at_contact", "shank angle at contact", "deg", 1.0),
        ("knee_flexion_at_contact", "knee flexion at contact", "deg", 1.0),
        ("hip_flexion_at_contact", "hip flexion at contact", "deg", 1.0),
        ("ankle_angle_at_contact", "ankle angle at contact", "deg", 1.0),
        ("peak_knee_flexion_stance", "peak knee flexion, stance", "deg", 1.0),
        ("peak_knee_flexion_swing", "peak knee flexion, swing", "deg", 1.0),
        ("peak_hip_extension", "peak hip extension", "deg", 1.0),
        ("peak_dorsiflexion", "peak dorsiflexion", "deg", 1.0),
        ("leg_stiffness", "leg stiffness", "%", 0.0),
        ("vertical_stiffness", "vertical stiffness", "%", 0.0),
    ),
    "rear": (
        ("cadence", "cadence", "%", 0.0),
        ("contact_time", "contact time, mean", "ms", 1000.0),
        ("flight_time", "flight time", "ms", 1000.0),
        ("duty_factor", "duty factor", "%-points", 100.0),
        ("step_time", "step time", "ms", 1000.0),
        ("pelvic_drop", "pelvic drop", "deg", 1.0),
        ("hip_adduction", "hip adduction", "deg", 1.0),
        ("knee_projection_angle", "knee projection angle", "deg", 1.0),
        ("trunk_side_lean", "trunk side lean", "deg", 1.0),
        ("rearfoot_eversion_excursion", "rearfoot eversion excursion", "deg", 1.0),
        ("time_to_peak_eversion", "time to peak eversion, of contact", "%-points", 1.0),
        ("heel_whip", "heel whip", "deg", 1.0),
        ("step_width", "step width", "cm", 100.0),
    ),
}
_CURVES: dict[View, tuple[str, ...]] = {
    "side": ("hip_flexion", "knee_flexion", "ankle_flexion", "shank", "foot"),
    "rear": ("pelvic_drop", "hip_adduction", "rearfoot"),
}
# A lifted heel seen from behind is no rearfoot angle: its curve counts over this share of a contact.
_HEEL_DOWN_SHARE = 0.6
# Lengths by which scale, and the rearfoot by which points, the table of bounds shows; the worst of several.
_SHOWN_BY: dict[View, tuple[str, ...]] = {
    "side": ("belt speed",), "rear": ("body height", "four points", "heel pictures", "network points", "proxy"),
}  # fmt: skip
Errors = dict[tuple[str, str], list[float]]


def in_contact(truth: Truth, side: str, values: FloatArray, *, share: float) -> FloatArray:
    """Return the (frame,) values within the first ``share`` of the foot's true contacts, NaN elsewhere."""
    inside = np.zeros(len(values), dtype=bool)
    for contact in truth.contacts:
        if contact.side == side:
            end_s = contact.foot_strike_s + share * contact.duration_s
            inside |= (truth.time_s >= contact.foot_strike_s) & (truth.time_s <= end_s)
    return np.where(inside, values, np.nan)


def legs_of(truth: Truth) -> dict[str, str]:
    """Return side to the column of the table it counts for: near or far; from behind both legs are one."""
    if truth.view == "rear":
        return dict.fromkeys(BOTH_SIDES, "both")
    return {side: "near" if side == near_leg(truth) else "far" for side in BOTH_SIDES}


def add_errors(errors: Errors, analysis: Analysis, truth: Truth) -> None:
    """Add one clip's errors under (quantity, leg)."""
    expected, angles = true_metrics(truth, mass_kg=MASS_KG), true_angles(truth)
    found = {(row.metric, row.side): row.mean for row in analysis.summary if np.isfinite(row.mean)}
    for side, leg in legs_of(truth).items():
        timing = timing_errors(truth, analysis.trial.events, side)
        errors["contacts missed, %", leg].append(100 * timing.missed / max(timing.missed + len(timing.toe_off_s), 1))
        errors["foot strike, each, ms", leg] += (1000 * timing.foot_strike_s).tolist()
        errors["toe-off, each, ms", leg] += (1000 * timing.toe_off_s).tolist()
        errors["contact time, each, ms", leg] += (1000 * timing.contact_s).tolist()
        for curve in _CURVES[truth.view]:
            values = analysis.trial.angles.values_deg[f"{side}_{curve}_deg"]
            if truth.view == "rear":
                share = _HEEL_DOWN_SHARE if curve == "rearfoot" else 1.0
                values = in_contact(truth, side, values, share=share)
            error = angle_error(angles, analysis.trial.angles.time_s, values, f"{side}_{curve}_deg")
            if np.isfinite(error.raw_deg):
                name = f"{curve.replace('_', ' ')} curve{' in contact' if truth.view == 'rear' else ''}"
                errors[f"{name}, raw, deg", leg].append(error.raw_deg)
                errors[f"{name}, offset removed, deg", leg].append(error.offset_removed_deg)
        for metric, label, unit, factor in _METRICS[truth.view]:
            for key in ((metric, side), (metric, "both")):
                if key in found and key in expected:
                    got, true = found[key], expected[key]
                    errors[f"{label}, {unit}", leg].append((got - true) * factor if factor else 100 * (got / true - 1))


def cell(name: str, values: list[float]) -> str:
    """Return what a table says of errors: curves and misses their mean, others mean absolute error and bias."""
    if not values:
        return "-"
    e = np.asarray(values)
    if "curve" in name or "missed" in name:
        return f"{e.mean():.1f}"
    return f"{np.abs(e).mean():.1f} ({e.mean():+.1f})"


def table(results: dict[str, Errors], legs: Iterable[str]) -> str:
    """Return the errors as a Markdown table, a column a source and leg."""
    legs = tuple(legs)
    names = list(dict.fromkeys(name for errors in results.values() for name, _ in errors))
    columns = [(source, leg) for source in results for leg in legs]
    head = [source if len(legs) == 1 else f"{source}, {leg}" for source, leg in columns]
    lines = ["| error | " + " | ".join(head) + " |", "|---" * (1 + len(columns)) + "|"]
    for name in names:
        cells = [cell(name, results[source].get((name, leg), [])) for source, leg in columns]
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def measured(
    view: View, sources: Iterable[str], *, clips: int, seconds: float, again: bool, kept: bool
) -> tuple[str, str, list[ClipErrors]]:
    """Return the table of a view, a line that says of how many clips, and the errors clip by clip."""
    by_clip: list[ClipErrors] = []
    results: dict[str, Errors] = {source: defaultdict(list) for source in sources}
    used = dict.fromkeys(results, 0)
    for seed in range(clips):
        video = clip_of(view, seed, seconds=seconds)
        truth = load_truth(video.with_suffix(".npz"))
        runner = runners_of(truth)[0]
        for source, errors in results.items():
            if kept and not is_kept(video, source):
                continue
            raw = keypoints_of(video, truth, source, again=again)
            if raw is None:
                print(f"{video.stem} {source}: nobody found")
                continue
            raw = as_analysed(video, truth, raw, source)
            add_errors(errors, analyze_pose(raw, runner=runner, settings=Settings(), view=view), truth)
            by_clip.append(errors_of_clip(raw, truth, source))
            used[source] += 1
    counts = ", ".join(f"{source} {count}" for source, count in used.items())
    line = f"Clips from {'behind' if view == 'rear' else 'the side'}: {clips}, of {seconds:g} s; analysed: {counts}."
    seen = {source: errors for source, errors in results.items() if used[source]}
    return table(seen, ("both",) if view == "rear" else ("near", "far")), line, by_clip


def real_errors(sources: Iterable[str], *, kept: bool) -> dict[Key, float]:
    """Return how far networks are from a stronger one on the real clip; nothing where it is not there."""
    stronger = stronger_keypoints()
    found: dict[Key, float] = {}
    for source in sources:
        raw = real_keypoints(source, kept=kept)
        if stronger is not None and raw is not None:
            found |= real_differences(raw, stronger, source)
    return found


def bounds(errors: dict[Key, NetworkError], view: View) -> str:
    """Return what stands beside ± as a Markdown table, a column a network and leg."""
    legs = ("both", "difference") if view == "rear" else ("near", "far", "difference")
    chosen = {key: error for key, error in errors.items() if key.view == view and key.by in ("", *_SHOWN_BY[view])}
    columns = list(dict.fromkeys((key.network, leg) for key in chosen for leg in legs))
    lines = ["| 95 % bound | " + " | ".join(f"{network}, {leg}" for network, leg in columns) + " |"]
    lines.append("|---" * (1 + len(columns)) + "|")
    for metric, spec in METRICS.items():
        cells, unit = [], "%" if spec.ratio else {"m": "cm"}.get(spec.unit, spec.unit)
        factor = 100.0 if spec.ratio or spec.unit == "m" else 1.0
        for network, leg in columns:
            per_leg = leg if spec.per_side else "both"
            of = [
                error.bound
                for key, error in chosen.items()
                if (key.network, key.metric, key.leg) == (network, metric, per_leg)
            ]
            worst = max((bound for bound in of if np.isfinite(bound)), default=float("nan"))
            cells.append(f"{factor * worst:.1f}" if np.isfinite(worst) else "-")
        if set(cells) != {"-"}:
            lines.append(f"| {spec.label[:1].lower()}{spec.label[1:]}, {unit} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def written(text: str, section: str, content: str) -> str:
    """Return a document whose part between ``<!-- SECTION -->`` and ``<!-- end -->`` is ``content``.

    Raises:
        ValueError: the document has no such part.
    """
    part = _part(section)
    if not part.search(text):
        raise ValueError(f"no part '{section}' in the document; expected '<!-- {section} -->' and '<!-- end -->'")
    return part.sub(lambda found: f"{found[1]}{content}\n{found[3]}", text, count=1)


def section(text: str, name: str) -> str:
    """Return the part of a document between ``<!-- NAME -->`` and ``<!-- end -->``."""
    found = _part(name).search(text)
    return found[2] if found else ""


def _part(name: str) -> re.Pattern[str]:
    return re.compile(rf"(<!-- {name} -->\n)(.*?)(<!-- end -->)", re.DOTALL)


def write_tables(document: Path, tables: Mapping[str, str]) -> None:
    """Put each table into its section of a document."""
    text = document.read_text(encoding="utf-8")
    for section, content in tables.items():
        text = written(text, section, content)
    document.write_text(text, encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--clips", type=int, default=24, help="from the side")
    parser.add_argument("--rear-clips", type=int, default=12)
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--models", nargs="+", help="default: those installed of " + ", ".join(_MODELS))
    parser.add_argument("--again", action="store_true", help="look anew for keypoints found before")
    parser.add_argument("--kept", action="store_true", help="only the keypoints that are there already")
    parser.add_argument("--write", action="store_true", help=f"put the tables into {_DOC.name}")
    options = parser.parse_args()
    models = options.models or [name for name in _MODELS if installed(name)]
    before = _DOC.read_text(encoding="utf-8")
    tables: dict[str, str] = {}
    by_clip: list[ClipErrors] = []
    said: list[str] = []
    former: dict[Key, NetworkError] = {}
    for view, clips, known in (("side", options.clips, TRUE_POINTS), ("rear", options.rear_clips, DOTS)):
        if not clips:
            continue
        rows, line, errors = measured(
            view, [known, *models], clips=clips, seconds=options.seconds, again=options.again, kept=options.kept
        )
        tables[f"table: {view}"], kept = with_former(
            f"{line}\n\n{rows}", section(before, f"table: {view}"), known=known
        )
        print(f"{tables[f'table: {view}']}\n")
        by_clip += errors
        said.append(tables[f"table: {view}"].splitlines()[0])
        former |= {key: error for key, error in read_table(TABLE).items() if key.view == view and key.network in kept}
    real = real_errors(models, kept=options.kept)
    told = dict(sorted({**former, **table_of(by_clip, real)}.items()))
    for view in ("side", "rear"):
        tables[f"bounds: {view}"] = bounds(told, view)
        print(f"{tables[f'bounds: {view}']}\n")
    if options.write:
        write_table(TABLE, told, (*HEAD, " ".join([*said, f"Real clip: {REAL.name if real else 'none'}."])))
        write_tables(_DOC, tables)


if __name__ == "__main__":
    main()
