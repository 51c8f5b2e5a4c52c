"""Joint and segment angles, belt speed and step length against the noise-free projection of force-plate trials.

    python -m benchmarks.angles [DIR] [--fps 30 60 120] [--noise-mm 4] [--methods savitzky-golay …] [--faults] [--write]

Every trial goes through a virtual side camera at 400 px/m with white noise on both axes, seen from the right and from
the left, then through gaitlab's own conditioning. The truth is the same projection at the same times without noise.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from pathlib import Path

import numpy as np

from benchmarks.end_to_end import write_tables
from benchmarks.truth import DEFAULT_FOLDER, Trial, drop_frames, film, hide, load_trials
from gaitlab.core.pose import PoseSequence
from gaitlab.events import detect_contacts, gait_cycles
from gaitlab.kinematics.calibration import calibrate, leg_length_px
from gaitlab.kinematics.side import sagittal_angles
from gaitlab.signal import preprocessing

DOCUMENT = Path(__file__).resolve().parents[1] / "docs" / "validity.md"
PX_PER_M = 400.0
ANGLES = ("knee_flexion", "thigh", "shank", "foot", "ankle_flexion")
OUTLIER_THRESHOLD, OUTLIER_FLOOR = 3.0, 0.02
SEED = 20


def filmed_twice(trial: Trial, *, fps: float, noise_mm: float, seen_from: str) -> tuple[PoseSequence, PoseSequence]:
    """Return the same film with noise and without, at the same frame times."""
    noisy, clean = (
        film(trial, fps=fps, seen_from=seen_from, px_per_m=PX_PER_M, noise_m=noise, rng=np.random.default_rng(SEED))
        for noise in (noise_mm / 1000, 0.0)
    )
    return noisy, clean


def with_faults(noisy: PoseSequence, clean: PoseSequence, *, far: str) -> tuple[PoseSequence, PoseSequence]:
    """Hide the far leg 20 % of the time, in bursts, and drop 10 % of the frames of both films alike."""
    hidden = hide(noisy, far, share=0.2, burst_s=(0.05, 0.4), rng=np.random.default_rng(SEED))
    return tuple(  # type: ignore[return-value]
        drop_frames(pose, share=0.1, rng=np.random.default_rng(SEED + 1)) for pose in (hidden, clean)
    )


def measure(
    trial: Trial, *, fps: float, noise_mm: float, seen_from: str, method: str, faults: bool
) -> dict[str, list[float]]:
    """Return the errors of one film: angles in degrees (a value a frame), belt speed and step length in percent."""
    forward = 1 if seen_from == "right" else -1
    noisy, clean = filmed_twice(trial, fps=fps, noise_mm=noise_mm, seen_from=seen_from)
    if faults:
        noisy, clean = with_faults(noisy, clean, far="left" if forward > 0 else "right")
    cleaned = preprocessing.preprocess(
        noisy,
        min_score=0.3,
        outlier_threshold=OUTLIER_THRESHOLD,
        outlier_floor_px=OUTLIER_FLOOR * leg_length_px(noisy, forward=forward),
    )
    pose = preprocessing.smooth(cleaned, method=method, cutoff_hz=10.0)
    zero = {"left": 0.0, "right": 0.0}
    got = sagittal_angles(pose, forward=forward, flat_deg=zero).values_deg
    true = sagittal_angles(clean, forward=forward, flat_deg=zero).values_deg
    errors: dict[str, list[float]] = defaultdict(list)
    for angle in ANGLES:
        for side in ("left", "right"):
            difference = got[f"{side}_{angle}_deg"] - true[f"{side}_{angle}_deg"]
            errors[angle] += difference[np.isfinite(difference)].tolist()
    events = detect_contacts(cleaned, forward=forward)
    known = calibrate(cleaned, events.belt, forward=forward, known_length_m=1.0, known_length_px=PX_PER_M)
    belt_mps = trial.belt_speed_mps()
    errors["belt speed, %"].append(100 * (known.belt_speed_mps / belt_mps - 1))
    errors["belt slope, deg"].append(known.belt.slope_deg)
    steps_s = [c.end_s - c.opposite_strike_s for c in gait_cycles(events) if c.accepted]
    strikes_s = np.sort(trial.strike_s)
    errors["step length, %"].append(100 * (np.nanmean(steps_s) / np.mean(np.diff(strikes_s)) - 1))
    return errors


def line(name: str, values: list[float]) -> str:
    e = np.asarray(values)
    return (
        f"{name:<18} bias {e.mean():+6.2f}   RMS {np.sqrt(np.mean(e**2)):5.2f}   "
        f"median abs {np.median(np.abs(e)):5.2f}   p95 {np.percentile(np.abs(e), 95):5.2f}   "
        f"worst {np.abs(e).max():6.2f}"
    )


def markdown(by_rate: dict[float, dict[str, list[float]]]) -> str:
    """Return bias and root mean square error, a line a quantity, as a table of the documentation."""
    lines = [
        "| bias (RMS) | " + " | ".join(f"{fps:g} frames a second" for fps in by_rate) + " |",
        "|---" * (1 + len(by_rate)) + "|",
    ]
    for name in next(iter(by_rate.values())):
        of = [np.asarray(errors[name]) for errors in by_rate.values()]
        words = name.replace("_", " ") + ("" if "," in name else ", deg")
        lines.append(f"| {words} | " + " | ".join(f"{e.mean():+.2f} ({np.sqrt(np.mean(e**2)):.2f})" for e in of) + " |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("directory", nargs="?", type=Path, default=DEFAULT_FOLDER)
    parser.add_argument("--fps", nargs="+", type=float, default=[30.0, 60.0, 120.0])
    parser.add_argument("--noise-mm", type=float, default=4.0)
    parser.add_argument("--methods", nargs="+", default=["savitzky-golay"])
    parser.add_argument(
        "--faults", action="store_true", help="hide the far leg 20 %% of the time, drop 10 %% of frames"
    )
    parser.add_argument("--write", action="store_true", help=f"put the table into {DOCUMENT.name}")
    options = parser.parse_args()
    by_rate: dict[float, dict[str, list[float]]] = {}
    trials = load_trials(options.directory)
    for fps in options.fps:
        for method in options.methods:
            errors: dict[str, list[float]] = defaultdict(list)
            for trial in trials:
                for seen_from in ("right", "left"):
                    found = measure(
                        trial,
                        fps=fps,
                        noise_mm=options.noise_mm,
                        seen_from=seen_from,
                        method=method,
                        faults=options.faults,
                    )
                    for name, values in found.items():
                        errors[name] += values
            with_what = ", far leg hidden 20 %, frames dropped 10 %" if options.faults else ""
            print(
                f"\n{fps:g} fps, {options.noise_mm:g} mm noise, {method}, {len(trials)} trials, both sides{with_what}"
            )
            for name, values in errors.items():
                print(line(name, values))
            by_rate.setdefault(fps, errors)  # by the first method
    if options.write:
        write_tables(DOCUMENT, {"table: angles": markdown(by_rate)})


if __name__ == "__main__":
    main()
