"""Errors of the movements against rendered people whose truth is exact: ``python -m benchmarks.movement_detectors``.

Keypoints are projected from bodies that move as an equation says, with noise, without a network: what is told is the
error of the detectors and of the way from points to numbers. Constants were chosen on seeds 0 to 11; the figures are
those of seeds 100 to 123.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from gaitlab.analysis.movement import analyze_movement
from gaitlab.analysis.recording import Analysis
from gaitlab.config import Settings
from gaitlab.core.metric import View
from gaitlab.core.person import Runner
from tools.synthetic.movements.points import film_points

Truth = Mapping[str, np.ndarray]
SEEDS, CHOSEN_ON = range(100, 124), range(12)
_VIEWS: tuple[View, View] = ("side", "front")


@dataclass(frozen=True, slots=True)
class Held:
    """A metric that is held against a truth: its true value of every repetition; ``side`` None takes both legs."""

    metric: str
    true: Callable[[Truth], np.ndarray]
    factor: float
    unit: str


def _angle(instant: str, name: str) -> Callable[[Truth], np.ndarray]:
    """Return the mean of both legs of a true angle at an instant, or of the one without a side."""

    def value(truth: Truth) -> np.ndarray:
        names = list(truth["angle_names"])
        at = truth[f"{instant}_angles_deg"]
        columns = [i for i, one in enumerate(names) if one == name or one.partition("_")[2] == name]
        return np.asarray(at[:, columns].mean(axis=1))

    return value


def _of(name: str) -> Callable[[Truth], np.ndarray]:
    return lambda truth: np.atleast_1d(truth[name])


_JUMP = (
    Held("jump_height", _of("jump_height_m"), 100, "cm"),
    Held("jump_flight_time", _of("flight_s"), 1000, "ms"),
    Held("jump_hip_rise", _of("hip_rise_m"), 100, "cm"),
    Held("jump_knee_flexion", _angle("deepest", "knee_flexion_deg"), 1, "deg"),
    Held("jump_hip_flexion", _angle("deepest", "hip_flexion_deg"), 1, "deg"),
    Held("jump_landing_knee_flexion", _angle("landing", "knee_flexion_deg"), 1, "deg"),
)
_DROP = (
    *_JUMP[:3],
    Held("jump_contact_time", _of("contact_time_s"), 1000, "ms"),
    Held("reactive_strength_index", _of("reactive_strength_index"), 1, "mm/ms"),
)
_SQUAT = (
    Held("squat_depth", _angle("deepest", "thigh_over_horizontal_deg"), 1, "deg"),
    Held("squat_knee_flexion", _angle("deepest", "knee_flexion_deg"), 1, "deg"),
    Held("squat_trunk_lean", _angle("deepest", "trunk_lean_deg"), 1, "deg"),
    Held("squat_time", lambda truth: truth["end_s"] - truth["start_s"], 1, "s"),
)
_CYCLING = (
    Held("crank_cadence", _of("cadence_rpm"), 1, "rpm"),
    Held("knee_at_bottom", _of("knee_at_bottom_deg"), 1, "deg"),
)
# Movement of gaitlab, kind of the renderer, what is held against its truth.
HELD: tuple[tuple[str, str, tuple[Held, ...]], ...] = (
    ("jump", "countermovement_jump", _JUMP),
    ("jump", "squat_jump", _JUMP),
    ("jump", "drop_jump", _DROP),
    ("squat", "squat", _SQUAT),
    ("sit-to-stand", "sit_to_stand", ()),
    ("cycling", "cycling", _CYCLING),
    ("any", "arm_raise", ()),
    ("any", "lunge", ()),
)


def main() -> None:
    """Print the errors of every movement, view and frame rate."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--chosen-on", action="store_true", help="the seeds that constants were chosen on")
    parser.add_argument("--noise", type=float, default=1.5, help="standard deviation of every coordinate, px")
    parser.add_argument("--fps", type=float, default=0.0, help="only this frame rate")
    parser.add_argument("--kind", default="", help="only this one of the renderer")
    said = parser.parse_args()
    seeds = CHOSEN_ON if said.chosen_on else SEEDS
    for movement, kind, held in HELD:
        if said.kind in ("", kind):
            for view in _VIEWS if movement != "cycling" else _VIEWS[:1]:
                for fps in (said.fps,) if said.fps else (30.0, 60.0, 120.0, 240.0):
                    for line in lines_of(movement, kind, held, view=view, fps=fps, seeds=seeds, noise_px=said.noise):
                        print(line)


def lines_of(
    movement: str, kind: str, held: tuple[Held, ...], *, view: View, fps: float, seeds: range, noise_px: float
) -> Iterator[str]:
    """Yield a line on the repetitions, and one a metric: bias, spread and largest error over repetitions."""
    errors: dict[str, list[float]] = {one.metric: [] for one in held}
    right = 0
    for seed in seeds:
        analysis, truth = analysed(movement, kind, view=view, fps=fps, seed=seed, noise_px=noise_px)
        found = analysis.trial.counted("both")
        if len(found) == int(truth["repetitions"]):
            right += 1
            for one in held:
                errors[one.metric] += list(one.factor * (_values(analysis, one.metric) - one.true(truth)))
    head = f"{kind:21} {view:5} {fps:4.0f}"
    yield f"{head}  repetitions right in {right} of {len(seeds)}"
    for one in held:
        seen = np.array([error for error in errors[one.metric] if np.isfinite(error)])
        if len(seen):
            yield (
                f"{head}  {one.metric:28} {seen.mean():+7.2f} ± {seen.std():5.2f}, at most {np.abs(seen).max():5.2f} "
                f"{one.unit} (n {len(seen)})"
            )


def analysed(
    movement: str, kind: str, *, view: View, fps: float, seed: int, noise_px: float, **settings: object
) -> tuple[Analysis, Truth]:
    """Return the analysis of a rendered person's keypoints, with the height entered, and the truth."""
    pose, truth = film_points(kind, view=view, fps=fps, seed=seed, noise_px=noise_px, **settings)  # type: ignore[arg-type]
    runner = Runner(height_m=float(truth["height_m"]))
    return analyze_movement(pose, movement=movement, runner=runner, settings=Settings(), view=view), truth


def _values(analysis: Analysis, metric: str) -> np.ndarray:
    """Return the value of every repetition, the mean of both legs; NaN where one has none."""
    found: dict[float, list[float]] = {one.start_s: [] for one in analysis.trial.counted("both")}
    for value in analysis.values:
        if value.metric == metric:
            found[value.time_s].append(value.value)
    return np.array([np.mean(values) if values else np.nan for values in found.values()])


if __name__ == "__main__":
    main()
