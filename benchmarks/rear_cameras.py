"""How well contacts are found from behind through cameras near and far, low and high: by marks alone, and as shipped.

    python -m benchmarks.rear_cameras [DIR] [--runners treadmill|rendered|both]

The treadmill's runners are tested by lines fitted without them, rendered runners by seeds that no fit has seen (needs
``pip install .[synthetic]``). ``marks`` is what heights alone give; ``found`` is `detect_rear_contacts`. Exits with 1
where a bar is missed on the treadmill's runners.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np

from benchmarks import fit_rear_regression
from benchmarks.rearfoot import EDGE_S, NEAR_S, with_dots
from benchmarks.truth import DEFAULT_FOLDER, Trial, film, load_trials
from gaitlab.core.errors import InputError
from gaitlab.core.gait import BOTH_SIDES, GaitEvents
from gaitlab.core.pose import PoseSequence
from gaitlab.events import rear
from gaitlab.events.models import rear as rear_model
from gaitlab.events.models.rear_regression import REGRESSIONS
from gaitlab.events.rear import detect_rear_contacts
from gaitlab.events.rear_regression import RegressionModel

CAMERAS = (
    (float("inf"), 0.0),
    (6.0, 0.5),
    (5.0, 0.95),
    (4.0, 0.95),
    (3.5, 0.95),
    (3.0, 0.95),
    (3.0, 1.4),
    (2.5, 0.4),
)
_TEST_SEEDS = range(12)
_BARS = {"missed, %": 1.0, "contact MAE, ms": 15.0}
Detect = Callable[[Trial, PoseSequence], GaitEvents]


def by_features(trial: Trial, pose: PoseSequence) -> GaitEvents:
    """Find contacts by the marks on heights, whatever the camera."""
    found = [
        contact
        for times in rear.times_by_features(pose, strike=rear_model.STRIKE, off=rear_model.OFF)
        for contact in rear.contacts_of(pose, times)
    ]
    return rear.events_of(found)


def scores(trials: Sequence[Trial], detect: Detect, camera: tuple[float, float], *, dots: bool) -> dict[str, float]:
    """Return the share of contacts missed and the errors of those found."""
    expected, rows = 0, []
    for number, trial in enumerate(trials):
        pose = film(
            trial, fps=60.0 if number % 2 else 120.0, seen_from="behind", rng=np.random.default_rng([number, 77]),
            camera_distance_m=camera[0], camera_height_m=camera[1],
        )  # fmt: skip
        if dots:
            pose = only_dots(pose)
        try:
            events = detect(trial, pose)
        except InputError:
            events = GaitEvents((), "ambiguous")
        for side in BOTH_SIDES:
            accepted = [c for c in events.of(side) if c.accepted]
            at_s = np.array([c.foot_strike_s for c in accepted])
            for start_s, end_s in zip(*trial.of(side), strict=True):
                if start_s < pose.time_s[0] + EDGE_S or end_s > pose.time_s[-1] - EDGE_S:
                    continue
                expected += 1
                near = int(np.argmin(np.abs(at_s - start_s))) if accepted else 0
                if accepted and abs(at_s[near] - start_s) < NEAR_S:
                    rows.append((accepted[near].foot_strike_s - start_s, accepted[near].toe_off_s - end_s))
    strike, off = 1000 * np.array(rows).reshape(-1, 2).T
    return {
        "missed, %": 100 - 100 * len(rows) / expected,
        "strike bias, ms": float(strike.mean()) if len(rows) else np.nan,
        "toe-off bias, ms": float(off.mean()) if len(rows) else np.nan,
        "contact MAE, ms": float(np.abs(off - strike).mean()) if len(rows) else np.nan,
    }


def only_dots(pose: PoseSequence) -> PoseSequence:
    """Blank everything but the four dots of each leg."""
    from dataclasses import replace

    kept = [name.partition("_")[2] in ("heel", "heel_top", "calf_bottom", "calf_top") for name in pose.skeleton.names]
    return replace(pose, xy=np.where(np.array(kept)[None, :, None], pose.xy, np.nan))


def found_with(fits: Mapping[str, Mapping[str, RegressionModel]]) -> Detect:
    """Find contacts as an analysis does, by lines that have not seen the runner."""

    def detect(trial: Trial, pose: PoseSequence) -> GaitEvents:
        known = {kind: by_runner.get(trial.subject, REGRESSIONS[kind]) for kind, by_runner in fits.items()}
        return detect_rear_contacts(pose, regressions=known)

    return detect


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", nargs="?", type=Path, default=DEFAULT_FOLDER)
    parser.add_argument("--runners", choices=("treadmill", "rendered", "both"), default="both")
    options = parser.parse_args()
    missed_bars = 0
    groups: dict[str, tuple[list[Trial], Mapping[str, Mapping[str, RegressionModel]]]] = {}
    if options.runners != "rendered":
        trials = [with_dots(trial) for trial in load_trials(options.folder)]
        drawn = fit_rear_regression.rendered(fit_rear_regression.SEEDS)
        groups["treadmill"] = (
            trials,
            {k: fit_rear_regression.left_out(trials, drawn, kind=k) for k in ("body", "dots")},
        )
    if options.runners != "treadmill":
        groups["rendered"] = (fit_rear_regression.rendered(_TEST_SEEDS), {"body": {}, "dots": {}})
    for group, (trials, fits) in groups.items():
        for camera in CAMERAS:
            detect = found_with(fits)
            for way, how, dots in (
                ("marks", by_features, False),
                ("found", detect, False),
                ("dots only", detect, True),
            ):
                row = scores(trials, how, camera, dots=dots)
                words = ", ".join(f"{name} {value:.1f}" for name, value in row.items())
                print(f"{group}, {camera[0]:g} m behind, {camera[1]:g} m high, {way}: {words}", flush=True)
                if group == "treadmill" and way == "found":
                    missed_bars += sum(not row[name] <= bar for name, bar in _BARS.items())
    return int(missed_bars > 0)


if __name__ == "__main__":
    sys.exit(main())
