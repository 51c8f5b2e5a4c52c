"""The errors of every metric, clip by clip, and the table that ships with gaitlab made of them.

``python -m benchmarks.end_to_end --write`` writes it; nothing in it is typed by hand.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np

from gaitlab.analysis.recording import Analysis, analyze_pose
from gaitlab.apps.truth import Truth, true_metrics
from gaitlab.config import Settings, with_values
from gaitlab.core.metric import MetricValue
from gaitlab.core.person import Runner
from gaitlab.core.pose import PoseSequence
from gaitlab.kinematics.calibration import LEG_SHARE_OF_HEIGHT
from gaitlab.kinematics.frame import near_side
from gaitlab.metrics import METRICS, weakness
from gaitlab.metrics.network_errors import COLUMNS, Key, NetworkError, key_of, network_error

# Stiffness needs a mass, and its error as a share does not hang on it.
MASS_KG = 70.0
# What the table was measured on, in the words of its head.
HEAD = (
    "Written by `python -m benchmarks.end_to_end --write`: not to be edited by hand.",
    "Found minus true on rendered runners whose truth is known, 60 frames a second, and the largest absolute",
    "difference from a stronger network on one real clip. Of metrics whose zero means nothing of it (times, lengths,",
    "stiffness) as a share of the mean; of the others in the metric's unit. bias and sd: between clips.",
)
# The real clip's own vertical scale is not known: this height serves both networks alike.
_REAL_HEIGHT_M = 1.75

ClipErrors = dict[Key, list[float]]
Expected = Mapping[tuple[str, str], float]


def runners_of(truth: Truth) -> tuple[Runner, ...]:
    """Return what may be known of a clip's runner: the belt speed too, or the height alone."""
    with_speed = Runner(belt_speed_mps=truth.belt_speed_mps, height_m=truth.height_m, mass_kg=MASS_KG)
    return (with_speed,) if truth.view == "rear" else (with_speed, Runner(height_m=truth.height_m, mass_kg=MASS_KG))


def errors_of_clip(raw: PoseSequence, truth: Truth, network: str, expected: Expected | None = None) -> ClipErrors:
    """Return the errors of one clip under their keys, by every scale."""
    expected = true_metrics(truth, mass_kg=MASS_KG) if expected is None else expected
    found: ClipErrors = {}
    for runner in runners_of(truth):
        analysis = analyze_pose(raw, runner=runner, settings=Settings(), view=truth.view, network=network)
        found |= errors_of(analysis, expected)
    return found


def errors_of(analysis: Analysis, expected: Expected) -> ClipErrors:
    """Return the errors of one analysis. Values that are too weak to be told are none that a bound must hold."""
    trial = analysis.trial
    near = near_side(trial.calibration.forward)
    rows = {(row.metric, row.side): row for row in analysis.summary if _counts(row)}
    found: ClipErrors = defaultdict(list)

    def add(metric: str, leg: str, error: float, mean: float) -> None:
        spec = METRICS[metric]
        key = key_of(
            spec, network=trial.network, view=trial.view, leg=leg, scale=trial.calibration.scale_source,
            rearfoot=trial.rearfoot_source, dots=False,
        )  # fmt: skip
        found[key].append(error / abs(mean) if spec.ratio else error)

    for (metric, side), row in rows.items():
        if (metric, side) in expected:
            leg = "both" if trial.view == "rear" or side == "both" else "near" if side == near else "far"
            add(metric, leg, row.mean - expected[metric, side], row.mean)
        left, right = (rows.get((metric, s)) for s in ("left", "right"))
        if side == "right" and left and right and {(metric, "left"), (metric, "right")} <= set(expected):
            true = expected[metric, "right"] - expected[metric, "left"]
            sign = -1.0 if trial.view == "side" and near == "left" else 1.0  # near minus far, whichever leg that is
            error = sign * (right.mean - left.mean - true)
            add(metric, "difference", error, (abs(left.mean) + abs(right.mean)) / 2)
    return dict(found)


def _counts(row: MetricValue) -> bool:
    spec = METRICS[row.metric]
    weak = weakness(
        spec, unit=row.unit, n=row.n, mean=row.mean, uncertainty=row.uncertainty, seen_share=row.seen_share
    )  # fmt: skip
    return bool(np.isfinite(row.mean)) and not weak


def table_of(clips: Iterable[ClipErrors], real: Mapping[Key, float] | None = None) -> dict[Key, NetworkError]:
    """Return what the errors of some clips come to."""
    real = real or {}
    found: dict[Key, list[list[float]]] = defaultdict(list)
    for clip in clips:
        for key, errors in clip.items():
            found[key].append(errors)
    return {key: network_error(errors, real=real.get(key, float("nan"))) for key, errors in sorted(found.items())}


def real_differences(raw: PoseSequence, stronger: PoseSequence, network: str) -> dict[Key, float]:
    """Return how far a network's angles and lengths are from a stronger one's on a real side view.

    Both are measured with one scale: what a leg's length would make of the stronger network's.
    """

    def settings(length_px: float) -> Settings:
        return with_values(Settings(), {"calibration.known_length_m": 1.0, "calibration.known_length_px": length_px})

    def measured(pose: PoseSequence, chosen: Settings) -> Analysis:
        return analyze_pose(pose, runner=Runner(), settings=chosen, network=network)

    leg_px = measured(stronger, Settings()).trial.calibration.leg_px
    scaled = settings(leg_px / (LEG_SHARE_OF_HEIGHT * _REAL_HEIGHT_M))
    expected = {(row.metric, row.side): row.mean for row in measured(stronger, scaled).summary}
    found: dict[Key, float] = {}
    for key, errors in errors_of(measured(raw, scaled), expected).items():
        spec = METRICS[key.metric]
        if spec.unit not in ("deg", "m") or spec.needs_belt_speed:
            continue
        for by in ("belt speed", "body height") if key.by else ("",):
            found[key._replace(by=by)] = float(np.max(np.abs(errors)))
    return found


def write_table(path: Path, table: Mapping[Key, NetworkError], head: Iterable[str]) -> None:
    """Write a table that ships, its origin in its head."""
    lines = [*(f"# {line}" for line in head), ",".join(COLUMNS)]
    for key, error in table.items():
        numbers = (f"{error.bias:.4g}", _cell(error.sd), str(error.clips), _cell(error.real))
        lines.append(",".join((*key, *numbers)))
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _cell(value: float) -> str:
    return f"{value:.4g}" if np.isfinite(value) else ""
