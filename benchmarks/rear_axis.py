"""A camera off the axis behind: how well its angle is told, and what it does to frontal-plane angles.

    python -m benchmarks.rear_axis

Force-plate trials are turned about the vertical and filmed from behind, 5 m away and 1 m high, with the runner in the
middle of the picture.
"""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

import numpy as np

from benchmarks.truth import DEFAULT_FOLDER, Trial, film, load_trials
from gaitlab.analysis.framing import off_axis_deg
from gaitlab.analysis.recording import Analysis, analyze_pose
from gaitlab.config import Settings
from gaitlab.core.gait import BOTH_SIDES
from gaitlab.core.person import Runner
from gaitlab.kinematics.calibration import LEG_SHARE_OF_HEIGHT

ANGLES_DEG = (0, 2, 4, 6, 8, 10, 15)
SECONDS = 8.0
_METRICS = ("hip_adduction", "knee_projection_angle", "pelvic_drop", "step_width")


def turned(trial: Trial, degrees: float) -> Trial:
    """Return a trial with the runner at the origin, seen by a camera that stands so far to the runner's right."""
    points = trial.points - np.nanmean(trial.point("mid_hip"), axis=0) * np.array([1.0, 0.0, 1.0])
    angle = np.radians(degrees)
    x, z = points[..., 0].copy(), points[..., 2].copy()
    points[..., 0] = np.cos(angle) * x - np.sin(angle) * z
    points[..., 2] = np.sin(angle) * x + np.cos(angle) * z
    return replace(trial, points=points)


def main() -> None:
    """Print the angle that is told, at a known and at an unknown speed, and the errors of the metrics."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--trials", type=Path, default=DEFAULT_FOLDER)
    trials = load_trials(parser.parse_args().trials)
    rows: dict[int, list[list[float]]] = {}
    for number, trial in enumerate(trials):
        straight: dict[tuple[str, str], float] = {}
        for degrees in ANGLES_DEG:
            pose = film(
                turned(trial, degrees), fps=60, seen_from="behind", rng=np.random.default_rng(number),
                camera_distance_m=5.0, camera_height_m=1.0,
            ).between(0, SECONDS)  # fmt: skip
            analysis = analyze_pose(pose, runner=Runner(height_m=trial.height_m), settings=Settings(), view="rear")
            found = _values(analysis)
            straight = straight or found
            legs = trial.belt_speed_mps() / (LEG_SHARE_OF_HEIGHT * trial.height_m)
            told = [_told(analysis, speed) for speed in (legs, 3.5)]
            unlike = [
                (found[name, "right"] - found[name, "left"]) - (straight[name, "right"] - straight[name, "left"])
                for name in _METRICS
            ]
            own = [abs(found[name, side] - straight[name, side]) for name in _METRICS for side in BOTH_SIDES]
            rows.setdefault(degrees, []).append([*told, *unlike, *own])
    print(f"{len(trials)} trials of {len({t.subject for t in trials})} runners; mean ± standard deviation")
    print("true  told (speed known)  told (unknown)  right - left off by: " + ", ".join(_METRICS))
    for degrees, values in rows.items():
        mean, sd = np.nanmean(values, axis=0), np.nanstd(values, axis=0)
        cells = "  ".join(f"{m:+7.2f} ± {s:4.2f}" for m, s in zip(mean[:6], sd[:6], strict=True))
        each = ", ".join(f"{np.mean(mean[6 + 2 * i : 8 + 2 * i]):.2f}" for i in range(len(_METRICS)))
        print(f"{degrees:4d}  {cells}   each leg off by {each}")


def _values(analysis: Analysis) -> dict[tuple[str, str], float]:
    """Return the means of the metrics, those that would not be told included."""
    from gaitlab.metrics import METRICS, measure

    rows, _ = measure(replace(analysis.trial, spoiled={}), [METRICS[name] for name in _METRICS])
    return {(row.metric, row.side): row.mean for row in rows}


def _told(analysis: Analysis, belt_legs_per_s: float) -> float:
    trial = analysis.trial
    leg_px = trial.calibration.leg_px
    return off_axis_deg(trial.pose, trial.events, leg_px=leg_px, belt_legs_per_s=belt_legs_per_s)


if __name__ == "__main__":
    main()
